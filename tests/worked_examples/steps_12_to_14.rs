//! Consistency of paths, load, failures.

use crate::{Examples, Of, design, expect};
use sysd::rules::fact::*;
use sysd::rules::quantity::Quantity;
use sysd::rules::step_12_consistency::Delivery::{self, *};
use sysd::rules::vocabulary::Consistency::{self, *};

pub fn consistency(examples: &mut Examples) {
    let (auction, rides) = (design("auction"), design("ride_hailing"));
    let (board, dating) = (design("leaderboard"), design("dating"));
    let (bid, dispatch) = (auction.id::<Operation>("PlaceBid"), rides.id::<Operation>("Dispatch"));
    expect!(examples, "S12-e1", auction.is(bid, Strong, Some("0s")));
    expect!(examples, "S12-e2", auction.is(auction.view("AuctionView"), Bounded, Some("100ms")));
    expect!(examples, "S12-e3", rides.is(dispatch, Strong, Some("0s")));
    // The corpus wants the position shown within seconds; what a match is made with may be older, as the framework has it.
    let nearby = rides.id::<Query>("DriversNearby");
    expect!(
        examples,
        "S12-e4",
        rides.is(nearby, Bounded, Some("5s")),
        rides.is(rides.view("SurgeMultiplier"), Bounded, Some("30s")),
    );
    // On two axes: events come at least once, and take effect once.
    let score = board.id::<Operation>("RecordScore");
    expect!(
        examples,
        "S12-e5",
        board.is(score, Eventual, None),
        board.delivers(score, AtLeastOnce) && board.delivers(score, ExactlyOnceEffect),
    );
    expect!(examples, "S12-e6", board.is(board.view("Leaderboard"), Bounded, Some("60s")));
    expect!(examples, "S12-e7", dating.is(dating.id::<Operation>("CreateMatch"), Strong, Some("0s")));
    let matched = dating.id::<Event>("Matched");
    expect!(examples, "S12-e8", dating.is(matched, Eventual, None), dating.delivers(matched, BestEffort));
}

impl Of {
    /// Whether the path is so strong, and so old at most.
    fn is(self, path: impl Into<Entity>, strength: Consistency, bound: Option<&str>) -> bool {
        let (path, step) = (path.into(), &self.design().consistency);
        let bounds: Vec<Quantity> =
            step.bound.iter().filter(|(other, _)| *other == path).map(|(_, age)| *age).collect();
        let expected: Vec<Quantity> = bound.into_iter().filter_map(|literal| Quantity::parse(literal).ok()).collect();
        step.of(path) == Some(strength) && bounds == expected
    }

    fn delivers(self, path: impl Into<Entity>, delivery: Delivery) -> bool {
        let path = path.into();
        self.design().consistency.delivery.iter().any(|(other, it, _)| (*other, *it) == (path, delivery))
    }
}
