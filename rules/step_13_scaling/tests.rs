//! The arithmetic on numbers worked out by hand, and the verdict on hot keys.

use super::loads::LoadKind::*;
use super::*;
use crate::expression::{Action, Operator};
use crate::testing::{Spec, is, random};
use crate::vocabulary::{Evolution, Ownership, Primitive};
use crate::{Design, Facts};
use num_rational::Ratio;

/// Bids on auctions: so many in total, so many on the busiest one.
fn auction(total: i128, hottest: Option<i128>) -> Facts {
    let mut spec = Spec::default();
    let bidder = spec.actor("Bidder", ActorKind::User);
    let auction = spec.object("Auction");
    let key = spec.key(auction, "auction_id");
    let highest = spec.field(auction, "highest", Primitive::Integer);
    spec.facts.ownership.push((auction, Ownership::OneWinner));
    spec.facts.winner_per.push((auction, key));
    spec.facts.evolution.push((auction, Evolution::Overwrite));
    spec.facts.ordering.push((auction, Ordering::Unordered));
    let bid = spec.operation("PlaceBid", bidder);
    let instance = spec.instance(bid, "auction", auction);
    let amount = spec.number(bid, "amount");
    spec.when(bid, is(amount, Operator::Greater, crate::expression::Expr::Field(highest, Some(instance))));
    spec.then(bid, highest, Action::Assign(amount.into()));
    spec.facts.rate.push((bid, rate(total)));
    spec.facts.hottest.extend(hottest.map(|hottest| (bid, auction, rate(hottest))));
    spec.facts
}

fn rate(per_second: i128) -> Quantity {
    Quantity::whole(per_second, Dimension::Rate)
}

fn load_value(design: &Design, kind: LoadKind) -> Option<Ratio<i128>> {
    design.scaling.load_value.iter().find(|it| it.1 == kind).map(|it| it.2.amount)
}

fn taken(design: &Design, strategy: Strategy, rule: &str) -> bool {
    design.scaling.strategy.iter().any(|it| it.1 == strategy && it.2 == rule)
}

fn verdict(design: &Design) -> String {
    let table = &artifact::tables(design)[1];
    table.rows.first().and_then(|row| row.last()).map_or(String::new(), crate::artifact::Cell::plain)
}

#[test]
fn ten_thousand_bids_a_second_on_one_auction_are_beyond_compare_and_set() {
    // S13-h1: 500 microseconds from reading to writing let two thousand win in a second.
    // No more in all than one node takes, so that the product is one that commits within a zone.
    let design = crate::derive(auction(10_000, Some(10_000)));
    assert_eq!(load_value(&design, InFlight), Some(Ratio::from_integer(5)));
    assert_eq!(load_value(&design, Limit), Some(Ratio::from_integer(2_000)));
    assert_eq!(load_value(&design, Lost), Some(Ratio::new(500, 6)));
    // Five at a time, with two fifths of the writer's time to spare.
    assert_eq!(load_value(&design, Batch), Some(Ratio::from_integer(9)));
    assert!(taken(&design, Strategy::SingleWriterQueue, "S13-r2"));
    assert!(verdict(&design).starts_with("beyond compare-and-set"), "{}", verdict(&design));
    assert!(verdict(&design).contains("commits 9 decisions"), "{}", verdict(&design));
}

#[test]
fn a_calm_key_takes_retries_and_names_the_queue_as_the_next_step() {
    // compare-and-set now, the queue when the busiest key gets busier.
    let design = crate::derive(auction(20_000, Some(50)));
    assert_eq!(load_value(&design, Batch), None);
    assert!(taken(&design, Strategy::RetryBudget, "S13-r2"));
    assert!(taken(&design, Strategy::SingleWriterQueue, "S13-h1"));
    assert_eq!(verdict(&design), "compare-and-set carries it");
}

#[test]
fn what_is_not_known_of_a_contended_key_is_asked_for() {
    let asked = |facts| {
        let findings = crate::check(&crate::derive(facts));
        findings.iter().filter(|finding| finding.code.code == "S1301").count()
    };
    assert_eq!(asked(auction(20_000, None)), 1);
    assert_eq!(asked(auction(20_000, Some(50))), 0);
    assert_eq!(asked(auction(100, None)), 0);
}

#[test]
fn absurd_numbers_are_left_out_and_nothing_panics() {
    for amount in [0, -1, i128::MAX, i128::MIN + 1] {
        let mut facts = auction(amount, Some(amount));
        facts.population.push((Object(0), Quantity::count(0)));
        facts.size.push((Object(0), Quantity::whole(i128::MAX, Dimension::Bytes)));
        facts.latency.push((
            Operation(0),
            Quantity::whole(9_500, Dimension::Percent),
            Quantity::whole(i128::MAX, Dimension::Time),
        ));
        let design = crate::derive(facts);
        assert_eq!(load_value(&design, EvenShare), None);
        assert!(!design.sections().is_empty());
    }
}

#[test]
fn what_is_caused_runs_as_often_as_its_causes_and_a_circle_stays_unknown() {
    let mut spec = Spec::default();
    let actor = spec.actor("Billing", ActorKind::InternalService);
    let [one, other, caused, circle] = ["One", "Other", "Caused", "Circle"].map(|name| spec.operation(name, actor));
    spec.facts.rate = vec![(one, rate(3)), (other, rate(4))];
    spec.facts.causes = vec![(one, caused), (other, caused), (circle, circle)];
    let design = crate::derive(spec.facts);
    let total = |operation: Operation| design.scaling.total.iter().find(|it| it.0 == operation.into()).map(|it| it.1);
    assert_eq!(total(caused), Some(rate(7)));
    assert_eq!(total(circle), None);
}

#[test]
fn every_path_scales_in_some_way_and_something_is_done_about_it() {
    // CK-13a, CK-13c.
    for seed in 0..40 {
        let design = crate::derive(random(seed));
        for (path, _) in &design.consistency.path {
            assert!(design.scaling.scale_type.iter().any(|it| it.0 == *path), "seed {seed}: {path:?} has no type");
            assert!(design.scaling.strategy.iter().any(|it| it.0 == *path), "seed {seed}: {path:?} has no strategy");
        }
    }
}

#[test]
fn a_product_that_commits_in_more_than_one_zone_carries_less_on_one_key() {
    // More in all than one node takes: the product spreads by key and replicates by majority.
    let design = crate::derive(auction(20_000, Some(400)));
    assert_eq!(load_value(&design, Limit), Some(Ratio::from_integer(500)));
    assert_eq!(load_value(&design, InFlight), Some(Ratio::new(4, 5)));
    let design = crate::derive(auction(20_000, Some(1_000)));
    assert!(verdict(&design).contains("store_round_trip: 2ms"), "{}", verdict(&design));
}

#[test]
fn whoever_changes_the_row_takes_part_in_its_contention_and_what_only_adds_loses_nothing() {
    // S13-r2: a deposit adds blindly, and yet raises the version that a bid compares.
    let mut facts = auction(5_000, Some(50));
    let object = Object(0);
    let (bid, deposit) = (Operation(0), Operation(1));
    let mut spec = Spec { facts };
    let other = spec.operation("Deposit", Actor(0));
    assert_eq!(other, deposit);
    let total = spec.field(object, "total", Primitive::Counter);
    let amount = spec.number(deposit, "amount");
    spec.then(deposit, total, Action::Increase(amount.into()));
    facts = spec.facts;
    facts.rate.push((deposit, rate(2_000)));
    facts.hottest.push((deposit, object, rate(950)));
    let design = crate::derive(facts);
    let of = |operation: Operation, kind: LoadKind| {
        design.scaling.load_value.iter().find(|it| it.0 == operation.into() && it.1 == kind).map(|it| it.2.amount)
    };
    assert_eq!(of(bid, Together), Some(Ratio::from_integer(1_000)));
    assert_eq!(of(bid, InFlight), Some(Ratio::new(1, 2)));
    // Half an attempt at a time: every third is lost, where its own fifty would lose a fortieth.
    assert_eq!(of(bid, Lost), Some(Ratio::new(100, 3)));
    assert_eq!(of(deposit, Lost), None);
    assert_eq!(of(deposit, Limit), None);
}
