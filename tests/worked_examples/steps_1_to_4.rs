//! Requirements, objects, axes, invariants.

use crate::{Examples, Of, design, expect};
use sysd::rules::fact::*;
use sysd::rules::step_01_normalization::StateOperation;
use sysd::rules::step_02_objects::Test;
use sysd::rules::vocabulary::*;

pub fn normalized_requirements(examples: &mut Examples) {
    let (auction, rides) = (design("auction"), design("ride_hailing"));
    let (dating, alerts) = (design("dating"), design("price_alerts"));
    expect!(examples, "S1-e1", auction.requires("R1", ActorKind::User, StateOperation::ConditionalUpdate, "Auction"));
    expect!(
        examples,
        "S1-e2",
        auction.requires("R2", ActorKind::Client, StateOperation::ReadProjection, "AuctionView")
    );
    expect!(
        examples,
        "S1-e3",
        alerts.requires("R3", ActorKind::User, StateOperation::EvaluateAndDeliver, "AlertSubscription"),
        alerts.requires("R3", ActorKind::User, StateOperation::EvaluateAndDeliver, "PriceObservation"),
        StateOperation::EvaluateAndDeliver.is_of_the_system(),
    );
    expect!(examples, "S1-e4", rides.requires("R1", ActorKind::Client, StateOperation::Overwrite, "DriverPresence"));
    expect!(
        examples,
        "S1-e5",
        rides.requires("R2", ActorKind::User, StateOperation::CreateRecord, "Trip"),
        rides.requires("R2", ActorKind::User, StateOperation::AppendEvent, "LocationPing"),
    );
    expect!(examples, "S1-e6", dating.requires("R1", ActorKind::User, StateOperation::AppendDecision, "Swipe"));
    expect!(
        examples,
        "S1-e7",
        dating.requires("R3", ActorKind::User, StateOperation::DetectAndPush, "Swipe"),
        dating.requires("R3", ActorKind::User, StateOperation::DetectAndPush, "Match"),
        StateOperation::DetectAndPush.is_of_the_system(),
    );
}

pub fn objects(examples: &mut Examples) {
    let (auction, board) = (design("auction"), design("leaderboard"));
    let (feed, rides, dating) = (design("activity_feed"), design("ride_hailing"), design("dating"));
    expect!(
        examples,
        "S2-v1e",
        auction.passes("Bid", Test::OwnershipPurity),
        auction.ownership("Bid") == Some(Ownership::SingleWriter),
        auction.owners("Bid") == ["Bidder"],
    );
    expect!(
        examples,
        "S2-v2e",
        auction.passes("Bid", Test::EvolutionPurity) && auction.evolution("Bid") == Some(Evolution::AppendOnly),
        auction.passes("Auction", Test::EvolutionPurity),
        auction.evolution("Auction") == Some(Evolution::StateMachine),
    );
    expect!(
        examples,
        "S2-v3e",
        auction.passes("Auction", Test::OrderingPurity),
        auction.orderings("Auction").contains(&Ordering::Total),
        auction.within("Auction") == ["auction_id"],
    );
    expect!(
        examples,
        "S2-v4e1",
        auction.rejected("CurrentHighestBid", &["Auction", "Bid"]),
        auction.is_guard_field("Auction.current_highest", "Bid"),
    );
    expect!(examples, "S2-v4e2", board.derives("Leaderboard", &["VideoAggregate"]));
    expect!(
        examples,
        "S2-x1",
        board.derives("Leaderboard", &["VideoAggregate"]),
        !design("stored_leaderboard").passes("Leaderboard", Test::NonDerivability),
    );
    expect!(examples, "S2-x2", auction.rejected("CurrentHighestBid", &["Auction", "Bid"]));
    expect!(examples, "S2-x3", feed.derives("UserFeed", &["Activity", "Friendship"]));
    expect!(examples, "S2-x4", feed.rejected("ActivityPage", &[]));
    expect!(examples, "S2-x5", rides.derives("SurgeMultiplier", &["LocationPing"]));
    expect!(examples, "S2-x6", dating.derives("Stack", &["Profile", "Swipe"]));
}

pub fn axes(examples: &mut Examples) {
    let (auction, rides) = (design("auction"), design("ride_hailing"));
    let (dating, alerts) = (design("dating"), design("price_alerts"));
    expect!(
        examples,
        "S3-e1",
        auction.ownership("Auction") == Some(Ownership::OneWinner),
        auction.partition("Auction") == ["auction_id"],
        auction.evolution("Auction") == Some(Evolution::StateMachine),
        auction.transitions("Auction").starts_with(&["CREATED -> OPEN".into()]),
        auction.transitions("Auction").contains(&"OPEN -> ENDED".into()),
        auction.writes_field("PlaceBid", "Auction.current_highest"),
        auction.orderings("Auction") == [Ordering::Total, Ordering::Lifecycle],
        auction.within("Auction") == ["auction_id"],
    );
    expect!(
        examples,
        "S3-e2",
        auction.ownership("Bid") == Some(Ownership::SingleWriter) && auction.owners("Bid") == ["Bidder"],
        auction.evolution("Bid") == Some(Evolution::AppendOnly),
        auction.orderings("Bid") == [Ordering::Total] && auction.within("Bid") == ["auction_id"],
        auction.ordered_by("Bid") == ["created_at"],
        auction.ordered_by("Auction").is_empty(),
    );
    let driver = rides.transitions("Driver");
    let path = ["OFFLINE -> AVAILABLE", "AVAILABLE -> DISPATCHED", "DISPATCHED -> ON_TRIP", "ON_TRIP -> AVAILABLE"];
    expect!(
        examples,
        "S3-e3",
        rides.ownership("Driver") == Some(Ownership::OneWinner) && rides.owners("Driver") == ["Dispatcher"],
        rides.evolution("Driver") == Some(Evolution::StateMachine),
        path.iter().all(|step| driver.iter().any(|taken| taken == step)),
        !driver.iter().any(|step| step == "DISPATCHED -> OFFLINE" || step == "ON_TRIP -> OFFLINE"),
        rides.orderings("Driver") == [Ordering::Lifecycle],
        rides.passes("Driver", Test::OwnershipPurity),
    );
    expect!(
        examples,
        "S3-e4",
        matches!(dating.ownership("Swipe"), Some(Ownership::SingleWriter | Ownership::SingleWriterPerPartition)),
        dating.owners("Swipe") == ["Member"] && dating.partition("Swipe") == ["swiper_id"],
        dating.evolution("Swipe") == Some(Evolution::AppendOnly),
        dating.orderings("Swipe") == [Ordering::Total] && dating.within("Swipe") == ["swiper_id"],
        dating.ordered_by("Swipe") == ["swiped_at"],
    );
    expect!(
        examples,
        "S3-e5",
        alerts.ownership("AlertSubscription") == Some(Ownership::SingleWriter),
        alerts.owners("AlertSubscription") == ["Shopper"],
        alerts.evolution("AlertSubscription") == Some(Evolution::Overwrite),
        alerts.orderings("AlertSubscription") == [Ordering::Unordered],
    );
}

pub fn invariant_types(examples: &mut Examples) {
    use InvariantType::*;
    let (auction, rides, dating) = (design("auction"), design("ride_hailing"), design("dating"));
    let (board, feed, jobs) = (design("leaderboard"), design("activity_feed"), design("job_scheduler"));
    let (comments, payments, stock) = (design("live_comments"), design("payments"), design("inventory"));
    expect!(
        examples,
        "S4-T1e1",
        auction.states("I1", Eligibility, "PlaceBid"),
        auction.guards("PlaceBid")
            == ["amount > auction.current_highest", "auction.status == OPEN", "now < auction.end_time"],
        auction.concurrent("I1"),
    );
    expect!(
        examples,
        "S4-T1e2",
        rides.states("I1", Eligibility, "Dispatch"),
        rides.guards("Dispatch") == ["driver.status == AVAILABLE"],
        rides.concurrent("I1"),
    );
    expect!(
        examples,
        "S4-T1e3",
        jobs.states("I2", Eligibility, "StartRun"),
        jobs.guards("StartRun") == ["run.claimed_by == caller", "run.status == CLAIMED"],
    );
    expect!(examples, "S4-T2e1", auction.states("I2", Ordering, "Bid.amount"), auction.scope("I2") == ["auction_id"]);
    expect!(examples, "S4-T2e2", comments.states("I1", Ordering, "Comment"), comments.scope("I1") == ["video_id"]);
    expect!(examples, "S4-T2e3", auction.states("I5", Ordering, "Auction"), rides.states("I3", Ordering, "Driver"));
    expect!(examples, "S4-T3e1", board.states("I1", Accounting, "VideoAggregate"), board.scope("I1") == ["video_id"]);
    expect!(
        examples,
        "S4-T3e2",
        feed.states("I5", Accounting, "MonthlyActive"),
        feed.computes("MonthlyActive", Aggregate::CountDistinct, "ActivitySample.athlete_id"),
    );
    expect!(
        examples,
        "S4-T3e3",
        stock.states("I2", Accounting, "StockItem.available"),
        stock.law_reads("I2") == ["Cancellation.quantity", "Reservation.quantity", "StockItem.initial"],
        stock.scope("I2") == ["sku"],
    );
    expect!(examples, "S4-T4e1", auction.states("I3", Uniqueness, "PlaceBid"));
    expect!(
        examples,
        "S4-T4e2",
        payments.states("I3", Uniqueness, "Capture"),
        payments.states("I2", Uniqueness, "Payment"),
    );
    expect!(examples, "S4-T4e3", dating.states("I3", Uniqueness, "Swipe"), dating.states("I2", Uniqueness, "Match"),);
    expect!(examples, "S4-T5e1", auction.lags("I4", "AuctionView", "100ms"));
    expect!(examples, "S4-T5e2", dating.lags("I4", "Stack", "0s"));
    expect!(examples, "S4-T5e3", feed.lags("I9", "ProfileCard", "60s"));
    expect!(
        examples,
        "S4-T6e1",
        feed.states("I1", Access, "MyActivities"),
        feed.grants("I2", "FriendActivities", "Friendship"),
        feed.primary("Friendship") == Some(Class::Relationship),
    );
    expect!(examples, "S4-T6e2", auction.states("I7", Access, "Cancel"));
    expect!(examples, "S4-T6e3", rides.states("I5", Access, "SendLocation"));
}

pub fn numbered_invariants(examples: &mut Examples) {
    use InvariantType::*;
    let (auction, rides) = (design("auction"), design("ride_hailing"));
    let (board, dating) = (design("leaderboard"), design("dating"));
    expect!(examples, "S4-e1", auction.states("I1", Eligibility, "PlaceBid") && auction.guards("PlaceBid").len() == 3);
    expect!(examples, "S4-e2", auction.states("I2", Ordering, "Bid.amount") && auction.scope("I2") == ["auction_id"]);
    expect!(
        examples,
        "S4-e3",
        auction.states("I3", Uniqueness, "PlaceBid"),
        auction.once("PlaceBid") == ["request_id"]
    );
    expect!(examples, "S4-e4", rides.states("I1", Eligibility, "Dispatch"));
    expect!(
        examples,
        "S4-e5",
        rides.states("I2", Uniqueness, "Dispatch"),
        rides.once("Dispatch") == ["dispatch_request_id"],
    );
    expect!(
        examples,
        "S4-e6",
        board.states("I1", Accounting, "VideoAggregate"),
        board.computes("VideoAggregate", Aggregate::Sum, "ScoreEvent.delta"),
    );
    expect!(examples, "S4-e7", board.lags("I4", "Leaderboard", "60s"));
    expect!(
        examples,
        "S4-e8",
        dating.states("I1", Eligibility, "CreateMatch"),
        dating.guards("CreateMatch").len() == 2,
        dating.is_mutual("CreateMatch", "Swipe"),
    );
    expect!(examples, "S4-e9", dating.states("I2", Uniqueness, "Match"), dating.pairs("Match", "first", "second"));
}

impl Of {
    /// Whether a requirement is really that: by an actor of that kind, that operation, on that state.
    fn requires(self, requirement: &str, kind: ActorKind, operation: StateOperation, state: &str) -> bool {
        let (design, requirement) = (self.design(), self.id::<Requirement>(requirement));
        design.normalization.normalized.iter().any(|(of, actor, does, what)| {
            (*of, *does, design.name(*what).as_str()) == (requirement, operation, state)
                && design.facts.actor_kind.contains(&(*actor, kind))
        })
    }

    fn passes(self, object: &str, test: Test) -> bool {
        self.design().objects.passes.contains(&(self.object(object), test))
    }

    fn primary(self, object: &str) -> Option<Class> {
        let object = self.object(object);
        self.design().objects.primary.iter().find(|(other, _)| *other == object).map(|(_, class)| *class)
    }

    /// Whether the candidate is rejected, with a reason, as derivable from just these.
    fn rejected(self, candidate: &str, sources: &[&str]) -> bool {
        let (facts, candidate) = (&self.design().facts, self.id::<Rejected>(candidate));
        let from = facts.rejected_from.iter().filter(|(other, _)| *other == candidate);
        let from: Vec<&str> = from.map(|(_, source)| facts.name(*source)).collect();
        from == sources && facts.rejected.iter().any(|(other, reason)| *other == candidate && !reason.is_empty())
    }

    fn is_guard_field(self, field: &str, event: &str) -> bool {
        let field: Field = self.id(field);
        let found = (self.design().facts.object_of(field), field, self.object(event));
        self.design().objects.guard_field.contains(&found)
    }

    /// Whether it is a derived view, made of just these.
    fn derives(self, view: &str, sources: &[&str]) -> bool {
        let (design, view) = (self.design(), self.view(view));
        let upstream = design.facts.upstream.iter().filter(|(other, _)| *other == view);
        let upstream: Vec<&str> = upstream.map(|(_, source)| design.facts.name(*source)).collect();
        design.objects.derived.contains(&(view,)) && upstream == sources
    }

    pub(crate) fn ownership(self, object: &str) -> Option<Ownership> {
        let object = self.object(object);
        let found = self.design().axes.ownership.iter().find(|(other, ..)| *other == object);
        found.map(|(_, ownership, _)| *ownership)
    }

    pub(crate) fn evolution(self, object: &str) -> Option<Evolution> {
        let object = self.object(object);
        let found = self.design().axes.evolution.iter().find(|(other, ..)| *other == object);
        found.map(|(_, evolution, _)| *evolution)
    }

    /// In the order of the vocabulary.
    pub(crate) fn orderings(self, object: &str) -> Vec<Ordering> {
        let object = self.object(object);
        let found = self.design().axes.ordering.iter().filter(|(other, ..)| *other == object);
        let mut found: Vec<Ordering> = found.map(|(_, ordering, _)| *ordering).collect();
        found.sort();
        found
    }

    pub(crate) fn within(self, object: &str) -> Vec<&'static str> {
        self.fields(&self.design().axes.ordered_within, object)
    }

    pub(crate) fn partition(self, object: &str) -> Vec<&'static str> {
        self.fields(&self.design().axes.partition_by, object)
    }

    fn ordered_by(self, object: &str) -> Vec<&'static str> {
        self.fields(&self.design().facts.ordered_by, object)
    }

    fn fields(self, relation: &'static [(Object, Field)], object: &str) -> Vec<&'static str> {
        let (facts, object) = (&self.design().facts, self.object(object));
        relation.iter().filter(|(other, _)| *other == object).map(|(_, field)| facts.name(*field)).collect()
    }

    fn owners(self, object: &str) -> Vec<&'static str> {
        let (facts, object) = (&self.design().facts, self.object(object));
        facts.owner.iter().filter(|(other, _)| *other == object).map(|(_, actor)| facts.name(*actor)).collect()
    }

    /// As the author lists them.
    pub(crate) fn transitions(self, object: &str) -> Vec<String> {
        let (facts, object) = (&self.design().facts, self.object(object));
        let of_object = facts.transition.iter().filter(|(_, other, ..)| *other == object);
        of_object.map(|(transition, ..)| facts.name(*transition).to_owned()).collect()
    }

    fn writes_field(self, operation: &str, field: &str) -> bool {
        self.design().evidence.writes_field.contains(&(self.id(operation), self.id(field)))
    }

    /// Whether the invariant is of that type and says something of that operation, object, view or field.
    pub(crate) fn states(self, invariant: &str, kind: InvariantType, of: &str) -> bool {
        let (design, invariant) = (self.design(), self.id::<Invariant>(invariant));
        let typed = design.invariants.invariant.contains(&(invariant, kind, Origin::Declared));
        typed && self.subject(invariant).is_some_and(|subject| subject == of)
    }

    /// The statement of an invariant.
    fn said(self, invariant: Invariant) -> Option<&'static Statement> {
        self.design().facts.statement.iter().find(|(other, _)| *other == invariant).map(|(_, said)| said)
    }

    fn subject(self, invariant: Invariant) -> Option<String> {
        let facts = &self.design().facts;
        let entity = match self.said(invariant)? {
            Statement::GuardOf(operation) | Statement::Completes(operation) | Statement::OncePer(operation, _) => {
                (*operation).into()
            }
            Statement::Delivered(event) => (*event).into(),
            Statement::Increases(field, _) => Entity::Field(*field),
            Statement::Ordered(object, ..) | Statement::Transitions(object) | Statement::UniquePer(object, _) => {
                (*object).into()
            }
            Statement::Equals { target, .. } => *target,
            Statement::Within(view, _) => (*view).into(),
            Statement::OnlyMay(_, what) => *what,
            Statement::Vague | Statement::Holds(_) => return None,
        };
        Some(match entity {
            Entity::Field(field) => facts.path(field),
            entity => facts.name(entity).to_owned(),
        })
    }

    fn concurrent(self, invariant: &str) -> bool {
        self.design().invariants.concurrent.contains(&(self.id(invariant),))
    }

    /// The conjuncts of an operation's guard, in alphabetical order.
    pub(crate) fn guards(self, operation: &str) -> Vec<&'static str> {
        let (facts, operation) = (&self.design().facts, self.id::<Operation>(operation));
        let of_operation = facts.guard.iter().filter(|(_, other, _)| *other == operation);
        let mut found: Vec<&str> = of_operation.map(|(guard, ..)| facts.name(*guard)).collect();
        found.sort_unstable();
        found
    }

    fn scope(self, invariant: &str) -> Vec<&'static str> {
        let (design, invariant) = (self.design(), self.id::<Invariant>(invariant));
        let found = design.invariants.scope.iter().filter(|(other, _)| *other == invariant);
        let mut found: Vec<&str> = found.map(|(_, field)| design.facts.name(*field)).collect();
        found.dedup();
        found
    }

    fn computes(self, view: &str, function: Aggregate, field: &str) -> bool {
        self.design().facts.computed.contains(&(self.view(view), function, Some(self.id(field))))
    }

    /// The fields that an accounting law reads, in alphabetical order.
    fn law_reads(self, invariant: &str) -> Vec<String> {
        let Some(Statement::Equals { law, .. }) = self.said(self.id(invariant)) else { return vec![] };
        let mut fields: Vec<String> = law.fields().into_iter().map(|field| self.design().facts.path(field)).collect();
        fields.sort();
        fields
    }

    fn lags(self, invariant: &str, of: &str, bound: &str) -> bool {
        let invariant: Invariant = self.id(invariant);
        let typed = self.design().invariants.kind(invariant) == Some(InvariantType::Propagation);
        let bound = sysd::rules::quantity::Quantity::parse(bound).ok();
        let said = self.said(invariant);
        typed && matches!(said, Some(Statement::Within(view, most)) if *view == self.view(of) && Some(*most) == bound)
    }

    fn grants(self, invariant: &str, what: &str, permission: &str) -> bool {
        let said = self.said(self.id(invariant));
        matches!(said, Some(Statement::OnlyMay(Permission::GrantedBy(object), of))
            if *object == self.object(permission) && self.design().name(*of) == what)
    }

    fn once(self, operation: &str) -> Vec<&'static str> {
        let (facts, operation) = (&self.design().facts, self.id::<Operation>(operation));
        facts.once_per.iter().filter(|(other, _)| *other == operation).map(|(_, key)| facts.name(*key)).collect()
    }

    fn is_mutual(self, operation: &str, object: &str) -> bool {
        self.design().invariants.mutual.contains(&(self.id(operation), self.object(object)))
    }

    fn pairs(self, object: &str, one: &str, other: &str) -> bool {
        let field = |name: &str| self.id::<Field>(&format!("{object}.{name}"));
        self.design().facts.canonical_pair.contains(&(self.object(object), field(one), field(other)))
    }
}
