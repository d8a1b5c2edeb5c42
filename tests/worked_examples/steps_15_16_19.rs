//! Objectives, operational parameters, costs.

use crate::{Examples, Of, design, expect};
use sysd::rules::fact::*;
use sysd::rules::quantity::Quantity;
use sysd::rules::step_15_objectives::SloType::{self, *};
use sysd::rules::step_15_objectives::audit::Auditor;
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
        auction.audits(closed, "where not (Bid.created_at < Auction.end_time)"),
        auction.audits(closed, "amount > Auction.current_highest"),
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
        Auditor::new(self.design()).queries(invariant).iter().any(|query| query.contains(part))
    }
}
