//! Design parameters, mechanisms, truths.

use crate::{Examples, Of, design, expect};
use sysd::rules::fact::*;
use sysd::rules::step_05_parameters::DpKind::{self, *};
use sysd::rules::step_06_mechanisms::Family;
use sysd::rules::step_06_mechanisms::patterns::Mechanism::{self, *};
use sysd::rules::vocabulary::*;

pub fn design_parameters(examples: &mut Examples) {
    let (auction, rides) = (design("auction"), design("ride_hailing"));
    let (board, dating) = (design("leaderboard"), design("dating"));
    let acceptance = auction.dp(Acceptance, "Auction");
    expect!(
        examples,
        "S5-e1",
        auction.enforces(acceptance, &["I1", "I2"]),
        auction.closure(acceptance, &["Auction.status", "Auction.current_highest", "Auction.end_time"]),
        auction.protected(acceptance, "PlaceBid"),
    );
    let outcomes = auction.dp(Outcomes, "PlaceBid");
    expect!(examples, "S5-e2", auction.enforces(outcomes, &["I3"]), auction.protected(outcomes, "PlaceBid"));
    let (claim, answers) = (rides.dp(Claim, "Driver"), rides.dp(Outcomes, "Dispatch"));
    expect!(
        examples,
        "S5-e3",
        rides.enforces(claim, &["I1"]) && rides.enforces(answers, &["I2"]),
        rides.closure(claim, &["Driver.status"]),
    );
    let aggregate = board.dp(DpKind::Aggregate, "VideoAggregate");
    let (top, path) = (board.dp(Projection, "Leaderboard"), board.dp(Path, "Leaderboard"));
    expect!(
        examples,
        "S5-e4",
        board.enforces(aggregate, &["I1"]),
        board.enforces(top, &["I4"]),
        board.enforces(path, &["I4"]),
    );
    expect!(examples, "S5-e5", auction.enforces(acceptance, &["I1", "I2"]));
    expect!(examples, "S5-e6", auction.enforces(outcomes, &["I3"]));
    expect!(examples, "S5-e7", auction.enforces(auction.dp(Projection, "AuctionView"), &["I4"]));
    expect!(examples, "S5-e8", board.enforces(aggregate, &["I1"]));
    expect!(
        examples,
        "S5-e9",
        board.enforces(top, &["I4"]),
        board.enforces_type(top, InvariantType::Accounting) && board.enforces_type(top, InvariantType::Propagation),
    );
    expect!(examples, "S5-e10", rides.enforces(claim, &["I1"]));
    expect!(examples, "S5-e11", rides.enforces(answers, &["I2"]));
    expect!(examples, "S5-e12", dating.enforces(dating.dp(Creation, "Match"), &["I1"]));
    expect!(examples, "S5-e13", dating.enforces(dating.dp(Identity, "Match"), &["I2"]));
}

pub fn questions(examples: &mut Examples) {
    let (auction, rides, board) = (design("auction"), design("ride_hailing"), design("leaderboard"));
    let (editor, payments, dating) = (design("collaborative_editor"), design("payments"), design("dating"));
    let (acceptance, claim) = (auction.dp(Acceptance, "Auction"), rides.dp(Claim, "Driver"));
    expect!(examples, "S6.3-Q1-a1", auction.takes(acceptance, CasOnStateAndVersion, DistributedCas));
    expect!(examples, "S6.3-Q1-a2", rides.takes(claim, Lease, DistributedCas));
    let document = editor.guarding("Document");
    expect!(
        examples,
        "S6.3-Q1-a3",
        editor.selects(document, Crdt),
        editor.confirms(document, Crdt, "Q1#4"),
        editor.excludes(document, TwoPhaseCommit) && editor.excludes(document, PessimisticLock),
    );
    expect!(examples, "S6.3-Q2-a1", auction.adds(acceptance, IdempotencyKey));
    expect!(
        examples,
        "S6.3-Q2-a2",
        rides.selects(claim, Lease) && rides.confirms(claim, Lease, "Q2#2"),
        rides.excludes(claim, PessimisticLock),
    );
    expect!(
        examples,
        "S6.3-Q2-a3",
        payments.anywhere("Authorize", CircuitBreaker) && payments.anywhere("Authorize", Timeout),
        payments.anywhere("Capture", CircuitBreaker) && payments.anywhere("Capture", Timeout),
    );
    let aggregate = board.dp(DpKind::Aggregate, "VideoAggregate");
    expect!(
        examples,
        "S6.3-Q3-a1",
        board.selects(aggregate, StreamAggregation) && board.confirms(aggregate, StreamAggregation, "Q3#1"),
        board.adds(aggregate, EventDedup),
        !board.selects(aggregate, PessimisticLock) && !board.selects(aggregate, Lease),
    );
    let files = design("file_blocks");
    expect!(
        examples,
        "S6.3-Q3-a2",
        files.selects(files.dp(Identity, "Block"), ContentHash),
        files.missing(Outcomes, "PutBlock"),
    );
    expect!(examples, "S6.3-Q3-a3", rides.answers("DriversNearby", SpatialPartition));
    let view = auction.dp(Projection, "AuctionView");
    expect!(
        examples,
        "S6.3-Q4-a1",
        auction.selects(view, CacheAside),
        auction.selects(auction.dp(Path, "AuctionView"), Cdc),
    );
    expect!(
        examples,
        "S6.3-Q4-a2",
        rides.answers("DriversNearby", SpatialPartition) && !rides.answers("DriversNearby", CacheAside),
    );
    expect!(
        examples,
        "S6.3-Q4-a3",
        board.selects(board.dp(Projection, "Leaderboard"), Cqrs),
        board.adds(board.dp(Projection, "Leaderboard"), Rebuild),
    );
    expect!(examples, "S6.3-Q5-a1", auction.selects(auction.dp(Path, "AuctionView"), Cdc));
    expect!(
        examples,
        "S6.3-Q5-a2",
        auction.adds(acceptance, Outbox),
        auction.selects(auction.dp(Delivery, "BidAccepted"), Outbox),
    );
    let matched = dating.dp(Delivery, "Matched");
    expect!(examples, "S6.3-Q5-a3", dating.adds(matched, DurableNotification) && dating.adds(matched, RetryBackoff),);
}

pub fn auction(examples: &mut Examples) {
    let it = design("auction");
    let acceptance = it.dp(Acceptance, "Auction");
    expect!(
        examples,
        "S6-A1",
        it.ownership("Auction") == Some(Ownership::OneWinner) && it.partition("Auction") == ["auction_id"],
        it.evolution("Auction") == Some(Evolution::StateMachine),
        it.orderings("Auction").contains(&Ordering::Total) && it.within("Auction") == ["auction_id"],
    );
    expect!(
        examples,
        "S6-A2",
        it.enforces(acceptance, &["I1", "I2"]) && it.enforces(it.dp(Outcomes, "PlaceBid"), &["I3"]),
    );
    expect!(
        examples,
        "S6-A3",
        it.family(acceptance, Family::ConcurrencyControl) && it.family(acceptance, Family::SequenceAuthority),
    );
    expect!(examples, "S6-A4", it.selects_by(acceptance, CasOnStateAndVersion, "6.2#4"));
    expect!(
        examples,
        "S6-A5",
        it.takes(acceptance, CasOnStateAndVersion, DistributedCas),
        it.adds_by(acceptance, IdempotencyKey, "Q2#1"),
        it.confirms(acceptance, CasOnStateAndVersion, "Q3+AP-9") && it.excludes(acceptance, Crdt),
        it.selects(it.dp(Projection, "AuctionView"), CacheAside),
        it.selects(it.dp(Path, "AuctionView"), Cdc),
    );
    expect!(examples, "S6-A6", it.adds_by(acceptance, IdempotencyKey, "6.4#1"));
    let written = it.components(acceptance);
    expect!(
        examples,
        "S6-A7",
        written.contains("current_highest") && written.contains("winning_bid"),
        written.contains("version"),
        written.contains("OPEN") && written.contains("end_time") && written.contains("amount"),
    );
    expect!(
        examples,
        "S6-A8",
        it.selects(it.dp(Outcomes, "PlaceBid"), IdempotencyKey),
        it.components(it.dp(Outcomes, "PlaceBid")).contains("request_id"),
        it.handling(it.dp(Outcomes, "PlaceBid")).contains("before anything else"),
    );
    expect!(
        examples,
        "S6-A9",
        it.selects(it.dp(Projection, "AuctionView"), CacheAside),
        it.selects(it.dp(Path, "AuctionView"), Cdc) && it.adds(it.dp(Path, "AuctionView"), IdempotentConsumer),
        it.components(it.dp(Path, "AuctionView")).contains("Auction"),
    );
}

pub fn dispatch(examples: &mut Examples) {
    let it = design("ride_hailing");
    let claim = it.dp(Claim, "Driver");
    let taken = it.transitions("Driver");
    expect!(
        examples,
        "S6-B1",
        it.ownership("Driver") == Some(Ownership::OneWinner),
        it.evolution("Driver") == Some(Evolution::StateMachine),
        it.orderings("Driver") == [Ordering::Lifecycle],
        taken.contains(&"DISPATCHED -> ON_TRIP".into()) && !taken.contains(&"DISPATCHED -> OFFLINE".into()),
    );
    expect!(
        examples,
        "S6-B2",
        it.guards("Dispatch") == ["driver.status == AVAILABLE"] && it.enforces(claim, &["I1"]),
        it.enforces(it.dp(Outcomes, "Dispatch"), &["I2"]),
        it.adds(claim, FencingToken) && it.confirms(claim, Lease, "Q2#2"),
    );
    expect!(
        examples,
        "S6-B3",
        it.family(claim, Family::ConcurrencyControl),
        it.selects_by(claim, Lease, "6.2#7"),
        it.adds(claim, FencingToken),
    );
    expect!(
        examples,
        "S6-B4",
        it.takes(claim, Lease, DistributedCas),
        it.confirms(claim, Lease, "Q2#2") && it.adds(claim, FencingToken),
        it.confirms(claim, Lease, "Q3+AP-9") && it.excludes(claim, Crdt),
        it.takes(claim, Lease, InTransactionWrite),
    );
    expect!(examples, "S6-B5", it.adds_by(claim, IdempotencyKey, "6.4#1"), it.adds_by(claim, FencingToken, "6.4#2"),);
    let parts = it.components(claim);
    expect!(
        examples,
        "S6-B6",
        parts.contains("Driver") && parts.contains("driver_id"),
        parts.contains("AVAILABLE") && parts.contains("DISPATCHED"),
        parts.contains("30s"),
    );
    expect!(
        examples,
        "S6-B7",
        it.adds(claim, FencingToken),
        it.handling(claim).contains("a command with an old claim is refused"),
    );
    expect!(
        examples,
        "S6-B8",
        it.selects(it.dp(Outcomes, "Dispatch"), IdempotencyKey),
        it.components(it.dp(Outcomes, "Dispatch")).contains("dispatch_request_id"),
    );
}

pub fn leaderboard(examples: &mut Examples) {
    let it = design("leaderboard");
    let aggregate = it.dp(DpKind::Aggregate, "VideoAggregate");
    let (top, trending) = (it.dp(Projection, "Leaderboard"), it.dp(Projection, "Trending"));
    expect!(
        examples,
        "S6-C1",
        it.ownership("ScoreEvent") == Some(Ownership::Pipeline),
        it.evolution("ScoreEvent") == Some(Evolution::AppendOnly),
        it.orderings("ScoreEvent") == [Ordering::Total] && it.within("ScoreEvent") == ["video_id"],
    );
    expect!(
        examples,
        "S6-C2",
        it.design().objects.derived.contains(&(it.view("VideoAggregate"),)),
        it.design().validation.materialized.contains(&(it.view("VideoAggregate"),)),
        it.closure(aggregate, &["ScoreEvent.delta", "ScoreEvent.video_id"]),
    );
    expect!(
        examples,
        "S6-C3",
        it.states("I1", InvariantType::Accounting, "VideoAggregate"),
        it.states("I2", InvariantType::Accounting, "WindowAggregate"),
        it.states("I3", InvariantType::Uniqueness, "RecordScore"),
        it.states("I4", InvariantType::Propagation, "Leaderboard"),
    );
    expect!(
        examples,
        "S6-C4",
        it.family(aggregate, Family::AggregationPipeline),
        it.family(it.enforcing("I3"), Family::DedupGate),
        it.family(it.dp(Path, "Leaderboard"), Family::PropagationPath),
        !it.family(aggregate, Family::ConcurrencyControl) && it.adds(aggregate, EventDedup),
    );
    expect!(
        examples,
        "S6-C5",
        it.adds_by(aggregate, EventDedup, "6.4#3"),
        it.confirms(aggregate, StreamAggregation, "Q3#1"),
        it.selects(top, Cqrs) && it.answers("TopAcross", ScatterGather) && it.adds(trending, TemporalDecay),
        it.selects(it.dp(Path, "Leaderboard"), Cdc) || it.selects(it.dp(Path, "Leaderboard"), Outbox),
    );
    expect!(
        examples,
        "S6-C6",
        it.components(aggregate).contains("video_id") && it.components(aggregate).contains("event_id"),
        it.adds(it.dp(DpKind::Aggregate, "WindowAggregate"), Windowing),
        it.components(top).contains("category"),
        it.adds(trending, TemporalDecay) && it.components(trending).contains("6h"),
    );
}

pub fn output(examples: &mut Examples) {
    let (auction, rides, board) = (design("auction"), design("ride_hailing"), design("leaderboard"));
    let acceptance = auction.dp(Acceptance, "Auction");
    expect!(
        examples,
        "S6-o2",
        auction.selects(acceptance, CasOnStateAndVersion) && auction.adds(acceptance, IdempotencyKey),
        auction.components(acceptance).contains("auction_id"),
        auction.handling(acceptance).contains("a bounded number of times"),
        auction.handling(acceptance).contains("before anything else"),
    );
    let claim = rides.dp(Claim, "Driver");
    expect!(
        examples,
        "S6-o3",
        rides.selects(claim, Lease) && rides.adds(claim, FencingToken),
        rides.components(claim).contains("driver_id"),
        rides.handling(claim).contains("ends by itself") && rides.handling(claim).contains("refused"),
    );
    let aggregate = board.dp(DpKind::Aggregate, "VideoAggregate");
    expect!(
        examples,
        "S6-o4",
        board.selects(aggregate, StreamAggregation) && board.adds(aggregate, EventDedup),
        board.components(aggregate).contains("event_id"),
        board.handling(aggregate).contains("checkpoint") && board.handling(aggregate).contains("dropped"),
    );
    let trending = board.dp(Projection, "Trending");
    expect!(
        examples,
        "S6-o5",
        board.selects(trending, Cqrs) && board.adds(trending, TemporalDecay) && board.adds(trending, Rebuild),
        board.handling(trending).contains("built again from its upstream"),
    );
}

pub fn truths(examples: &mut Examples) {
    let (auction, rides, board) = (design("auction"), design("ride_hailing"), design("leaderboard"));
    let (comments, dating) = (design("live_comments"), design("dating"));
    expect!(
        examples,
        "S7-e1",
        auction.truth("Auction") == ["Auction acceptance"],
        auction.projects("AuctionView", "Auction"),
    );
    expect!(
        examples,
        "S7-e2",
        rides.truth("Driver") == ["Driver claim"],
        design("memory_of_dispatch").finds("projection-without-rebuild"),
        design("memory_of_dispatch").finds("unbounded-lag"),
    );
    expect!(
        examples,
        "S7-e3",
        board.truth("VideoAggregate") == ["VideoAggregate aggregate store"],
        board.projects("Leaderboard", "VideoAggregate"),
    );
    expect!(
        examples,
        "S7-e4",
        comments.truth("Comment") == [comments.design().name(comments.enforcing("I1"))],
        comments.projects("CommentHistory", "Comment") && comments.projects("LiveComments", "Comment"),
        comments.adds(comments.enforcing("I1"), SharedSequence),
    );
    expect!(
        examples,
        "S7-e5",
        dating.truth("Match") == ["Match creation"],
        dating.needs(dating.dp(Delivery, "Matched"), dating.dp(Creation, "Match")),
    );
    let (top, aggregate) = (board.dp(Projection, "Leaderboard"), board.dp(DpKind::Aggregate, "VideoAggregate"));
    expect!(examples, "S7-e6", board.needs(top, aggregate) && !board.needs(aggregate, top));
    expect!(
        examples,
        "S7-e7",
        board.rebuilds("Leaderboard", "VideoAggregate"),
        design("stored_leaderboard").finds("projection-without-rebuild"),
    );
}

pub fn bad_examples(examples: &mut Examples) {
    let market = design("two_truths");
    expect!(examples, "S7-x1", market.finds("decision-on-projection"));
    expect!(examples, "S7-x2", market.finds("competing-sequences"));
    expect!(examples, "S7-x3", market.finds("computed-twice"));
}

impl Of {
    /// The design parameter of that kind, of that thing. There must be one.
    fn dp(self, kind: DpKind, of: &str) -> Dp {
        let found = self.find(kind, of);
        found.unwrap_or_else(|| panic!("{}: there is no {} of `{of}`", self.0.name, kind.word()))
    }

    fn missing(self, kind: DpKind, of: &str) -> bool {
        self.find(kind, of).is_none()
    }

    fn find(self, kind: DpKind, of: &str) -> Option<Dp> {
        let design = self.design();
        let found = design.parameters.dp.iter().find(|(_, is, what)| *is == kind && design.name(*what) == of);
        found.map(|(dp, ..)| *dp)
    }

    /// The design parameter that protects the state of an object.
    fn guarding(self, object: &str) -> Dp {
        let object = self.object(object);
        let found = self.design().parameters.guards.iter().find(|(_, other)| *other == object);
        found.unwrap_or_else(|| panic!("{}: nothing guards the object", self.0.name)).0
    }

    /// The design parameter that enforces an invariant.
    fn enforcing(self, invariant: &str) -> Dp {
        let invariant: Invariant = self.id(invariant);
        let found = self.design().parameters.enforces.iter().find(|(_, other)| *other == invariant);
        found.unwrap_or_else(|| panic!("{}: nothing enforces the invariant", self.0.name)).0
    }

    fn enforces(self, dp: Dp, invariants: &[&str]) -> bool {
        invariants.iter().all(|name| self.design().parameters.enforces.contains(&(dp, self.id(name))))
    }

    fn enforces_type(self, dp: Dp, kind: InvariantType) -> bool {
        let design = self.design();
        let mut enforced = design.parameters.enforces.iter().filter(|(other, _)| *other == dp);
        enforced.any(|(_, invariant)| design.invariants.kind(*invariant) == Some(kind))
    }

    fn closure(self, dp: Dp, fields: &[&str]) -> bool {
        fields.iter().all(|field| self.design().parameters.closure.contains(&(dp, self.id(field))))
    }

    fn protected(self, dp: Dp, operation: &str) -> bool {
        self.design().parameters.protects.contains(&(dp, self.id(operation)))
    }

    fn family(self, dp: Dp, family: Family) -> bool {
        self.design().mechanisms.family.contains(&(dp, family))
    }

    fn selects(self, dp: Dp, mechanism: Mechanism) -> bool {
        self.design().mechanisms.mechanism.iter().any(|(other, is, _)| (*other, *is) == (dp, mechanism))
    }

    fn selects_by(self, dp: Dp, mechanism: Mechanism, row: &'static str) -> bool {
        self.design().mechanisms.mechanism.contains(&(dp, mechanism, row))
    }

    fn adds(self, dp: Dp, mechanism: Mechanism) -> bool {
        self.design().mechanisms.adds.iter().any(|(other, is, _)| (*other, *is) == (dp, mechanism))
    }

    fn adds_by(self, dp: Dp, mechanism: Mechanism, row: &'static str) -> bool {
        self.design().mechanisms.adds.contains(&(dp, mechanism, row))
    }

    fn takes(self, dp: Dp, mechanism: Mechanism, form: Mechanism) -> bool {
        self.design().mechanisms.form.iter().any(|(other, is, as_, _)| (*other, *is, *as_) == (dp, mechanism, form))
    }

    fn confirms(self, dp: Dp, mechanism: Mechanism, row: &'static str) -> bool {
        self.design().mechanisms.confirmed.contains(&(dp, mechanism, row))
    }

    fn excludes(self, dp: Dp, mechanism: Mechanism) -> bool {
        self.design().mechanisms.excluded.iter().any(|(other, is, _)| (*other, *is) == (dp, mechanism))
    }

    /// Whether some design parameter that protects the operation comes with the mechanism.
    fn anywhere(self, operation: &str, mechanism: Mechanism) -> bool {
        let operation: Operation = self.id(operation);
        let mut around = self.design().parameters.protects.iter().filter(|(_, other)| *other == operation);
        around.any(|(dp, _)| self.selects(*dp, mechanism) || self.adds(*dp, mechanism))
    }

    fn answers(self, query: &str, mechanism: Mechanism) -> bool {
        let query: Query = self.id(query);
        self.design().mechanisms.answers.iter().any(|(other, is, _)| (*other, *is) == (query, mechanism))
    }

    /// What step 6 says the parameter consists of.
    fn components(self, dp: Dp) -> String {
        self.column(dp, 2)
    }

    /// What step 6 says happens when something fails.
    fn handling(self, dp: Dp) -> String {
        self.column(dp, 3)
    }

    /// A column of the result of step 6.
    fn column(self, dp: Dp, column: usize) -> String {
        let tables = sysd::rules::step_06_mechanisms::artifact::tables(self.design());
        let row = self.design().parameters.dp.iter().position(|(other, ..)| *other == dp);
        row.map(|row| tables[0].rows[row][column].plain()).unwrap_or_default()
    }

    /// Whose state is right.
    fn truth(self, concept: &str) -> Vec<String> {
        let design = self.design();
        let truths = design.validation.truth.iter().filter(|(what, _)| design.name(*what) == concept);
        truths.map(|(_, authority)| design.name(*authority)).collect()
    }

    fn projects(self, view: &str, source: &str) -> bool {
        let design = self.design();
        let view = self.view(view);
        design.validation.projection.iter().any(|(other, from)| *other == view && design.name(*from) == source)
    }

    fn rebuilds(self, view: &str, source: &str) -> bool {
        let design = self.design();
        let view = self.view(view);
        design.validation.rebuildable.iter().any(|(other, from)| *other == view && design.name(*from) == source)
    }

    fn needs(self, dp: Dp, on: Dp) -> bool {
        self.design().validation.depends.iter().any(|(one, other, _)| (*one, *other) == (dp, on))
    }
}
