//! Objectives, operational parameters, costs.

use crate::{Examples, Of, design, expect};
use sysd::rules::fact::*;
use sysd::rules::quantity::Quantity;
use sysd::rules::step_05_parameters::DpKind::{self, *};
use sysd::rules::step_15_objectives::SloType::{self, *};
use sysd::rules::step_15_objectives::audit::Auditor;
use sysd::rules::step_16_knobs::KnobKind::{self, *};
use sysd::rules::step_19_costs::usage::usages;
use sysd::rules::step_19_costs::{CostKind, Growth};
use sysd::rules::vocabulary::Origin;

pub fn objectives(examples: &mut Examples) {
    let (auction, rides, board) = (design("auction"), design("ride_hailing"), design("leaderboard"));
    let (payments, comments) = (design("payments"), design("live_comments"));
    let bid: Operation = auction.id("PlaceBid");
    expect!(examples, "S15-e1", auction.promises(Latency, bid, Some("95%"), "200ms", Origin::Declared));
    let closed: Invariant = auction.id("I1");
    expect!(
        examples,
        "S15-e2",
        auction.promises(Correctness, closed, None, "0", Origin::Derived),
        auction.audits(closed, "(bid.created_at < auction.end_time) is not true"),
        auction.audits(
            closed,
            "cast(request ->> 'amount' as numeric) > cast(read -> 'auction' ->> 'current_highest' as numeric)"
        ),
    );
    expect!(
        examples,
        "S15-e3",
        comments.promises(Freshness, comments.view("LiveComments"), Some("99%"), "500ms", Origin::Declared)
    );
    expect!(
        examples,
        "S15-e4",
        board.promises(Freshness, board.view("Leaderboard"), Some("99%"), "60s", Origin::Declared)
    );
    let assign: Operation = rides.id("Assign");
    expect!(examples, "S15-e5", rides.promises(Latency, assign, Some("95%"), "2s", Origin::Declared));
    let charged: Invariant = payments.id("I3");
    expect!(
        examples,
        "S15-e6",
        payments.promises(Correctness, charged, None, "0", Origin::Derived),
        payments.audits(charged, "having count(*) > 1"),
    );
    // the capacity is the author's figure, whichever of the framework's two it is.
    let ingest: Operation = board.id("RecordScore");
    expect!(examples, "S15-e7", board.promises(Throughput, ingest, None, "100k/s", Origin::Declared));
}

fn q(literal: &str) -> Quantity {
    Quantity::parse(literal).expect("a literal")
}

impl Of {
    /// Whether there is such an objective.
    fn promises(
        self,
        kind: SloType,
        of: impl Into<Entity>,
        percentile: Option<&str>,
        target: &str,
        origin: Origin,
    ) -> bool {
        let step = &self.design().objectives;
        let mut found = step.of(kind, of).filter(|(slo, figure)| {
            *figure == q(target)
                && step.percentile_of(*slo) == percentile.map(q)
                && step.origin.contains(&(*slo, origin))
        });
        found.next().is_some()
    }

    /// Whether a query that finds violations of the invariant says so.
    fn audits(self, invariant: Invariant, part: &str) -> bool {
        Auditor::new(self.design()).queries(invariant).iter().any(|query| query.sql.contains(part))
    }
}

pub fn parameters(examples: &mut Examples) {
    let (auction, rides, board) = (design("auction"), design("ride_hailing"), design("leaderboard"));
    let acceptance = auction.found_parameter(Acceptance, "Auction");
    expect!(examples, "S16-e1", auction.turns(RetryLimit, acceptance, "3", "1", "10"));
    let claim = rides.found_parameter(Claim, "Driver");
    expect!(examples, "S16-e2", rides.turns(LeaseTtl, claim, "30s", "5s", "120s"));
    // the framework lets the copy live as long as its bound and longer; the lag of changes comes out of it as well.
    let copy = auction.found_parameter(Projection, "AuctionView");
    expect!(examples, "S16-e3", auction.turns(CacheTtl, copy, "80ms", "0s", "80ms"));
    let ingest = board.found_parameter(DpKind::Aggregate, "VideoAggregate");
    expect!(examples, "S16-e4", board.turns(RetryBudget, ingest, "5", "1", "20"));
    expect!(examples, "S16-e5", auction.turns(BackoffBase, System(0), "100ms", "10ms", "1s"));
    let hourly = board.object("ScoreEvent");
    expect!(examples, "S16-e6", board.turns(WindowSize, hourly, "1h", "5min", "24h"));
    // lowering it closes windows sooner and makes more events late.
    let lowered = sysd::rules::step_16_knobs::effects::of(WatermarkLag).down;
    expect!(
        examples,
        "S16-e7",
        board.turns(WatermarkLag, hourly, "10s", "0s", "60s"),
        lowered.contains("close sooner") && lowered.contains("late"),
    );
}

pub fn costs(examples: &mut Examples) {
    let (auction, rides, board, dating) =
        (design("auction"), design("ride_hailing"), design("leaderboard"), design("dating"));
    let bid = auction.object("Bid");
    let place: Operation = auction.id("PlaceBid");
    expect!(
        examples,
        "S19-e1",
        auction.grows(bid, Growth::Linear, place),
        auction.pays(bid, CostKind::Storage) && auction.pays(bid, CostKind::Iops),
    );
    let event = board.object("ScoreEvent");
    let record: Operation = board.id("RecordScore");
    expect!(
        examples,
        "S19-e2",
        board.grows(event, Growth::Linear, record) && board.pays(event, CostKind::Storage),
        board.costs_formula(event, "rate of RecordScore (100k/s)")
            && board.costs_formula(event, "retention of ScoreEvent"),
    );
    let (scores, ranking) = (board.view("VideoAggregate"), board.view("Leaderboard"));
    let (video, category): (Field, Field) = (board.id("ScoreEvent.video_id"), board.id("ScoreEvent.category"));
    expect!(examples, "S19-e3", board.grows(scores, Growth::Linear, video) && board.pays(scores, CostKind::Memory));
    expect!(
        examples,
        "S19-e4",
        board.grows(ranking, Growth::Constant, category) && board.pays(ranking, CostKind::Memory),
        board.costs_formula(ranking, "length of Leaderboard (100)"),
    );
    let driver = rides.object("Driver");
    expect!(examples, "S19-e5", rides.grows_as(driver, Growth::Linear) && rides.pays(driver, CostKind::Memory));
    let swipe = dating.object("Swipe");
    expect!(examples, "S19-e6", dating.grows_as(swipe, Growth::Quadratic) && dating.pays(swipe, CostKind::Storage));
    let outcomes = auction.found_parameter(Outcomes, "PlaceBid");
    expect!(
        examples,
        "S19-e7",
        auction.grows(outcomes, Growth::Constant, place) && auction.pays(outcomes, CostKind::Storage),
        auction.costs_formula(outcomes, "rate of PlaceBid (2k/s) × time outcomes of PlaceBid are kept (1d)"),
    );
}

impl Of {
    /// The design parameter of that kind and thing.
    fn found_parameter(self, kind: DpKind, of: &str) -> Dp {
        let found = self
            .design()
            .parameters
            .dp
            .iter()
            .find(|(_, other, what)| *other == kind && self.design().name(*what) == of);
        found.unwrap_or_else(|| panic!("there is no {kind} of {of}")).0
    }

    /// Whether there is such a number, and it moves in that range.
    fn turns(self, kind: KnobKind, of: impl Into<Entity>, default: &str, min: &str, max: &str) -> bool {
        let step = &self.design().knobs;
        let knob = step.find(kind, of);
        knob.is_some_and(|knob| step.value(knob) == Some(q(default)) && step.range_of(knob) == Some((q(min), q(max))))
    }

    fn grows_as(self, of: impl Into<Entity>, growth: Growth) -> bool {
        let of = of.into();
        self.design().costs.growth.iter().any(|(other, how, _)| *other == of && *how == growth)
    }

    fn grows(self, of: impl Into<Entity>, growth: Growth, by: impl Into<Entity>) -> bool {
        let of = of.into();
        self.grows_as(of, growth) && self.design().costs.driver.contains(&(of, by.into()))
    }

    fn pays(self, of: impl Into<Entity>, cost: CostKind) -> bool {
        let of = of.into();
        self.design().costs.dominant.iter().any(|(other, kind, _)| *other == of && *kind == cost)
    }

    fn costs_formula(self, of: impl Into<Entity>, part: &str) -> bool {
        let of = of.into();
        usages(self.design()).iter().any(|usage| usage.of == of && usage.formula().contains(part))
    }
}
