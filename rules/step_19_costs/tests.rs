//! Formulas, prices and what is too large, over hand-written facts.

use super::CostKind;
use super::money::{lines, read};
use super::usage::{Estimate, shown, usages};
use crate::artifact::Cell;
use crate::fact::*;
use crate::quantity::Quantity;
use crate::testing::{Spec, name};
use crate::vocabulary::*;
use crate::{Design, derive};

fn q(literal: &str) -> Quantity {
    Quantity::parse(literal).expect("a literal")
}

/// Bids that are added at a rate and kept for a time.
fn bids(rate: &str, price: Option<(&str, &str)>) -> (Design, Object) {
    let mut spec = Spec::default();
    let actor = spec.actor("Bidder", ActorKind::User);
    let bid = spec.object("Bid");
    spec.key(bid, "bid_id");
    spec.facts.evolution.push((bid, Evolution::AppendOnly));
    let place = spec.operation("PlaceBid", actor);
    spec.create(place, bid, vec![]);
    spec.facts.rate.push((place, q(rate)));
    spec.facts.size.push((bid, q("100B")));
    spec.facts.retention.push((bid, q("10d")));
    if let Some((unit, amount)) = price {
        let price = spec.facts.names.prices(name("storage"));
        spec.facts.price.push((price, unit.to_owned(), q(amount)));
    }
    (derive(spec.facts), bid)
}

#[test]
fn storage_is_rate_times_size_times_retention() {
    let (design, bid) = bids("1k/s", None);
    let usages = usages(&design);
    let storage = usages.iter().find(|usage| usage.of == bid.into() && usage.kind == CostKind::Storage);
    let storage = storage.expect("bids are stored");
    assert_eq!(storage.total(&design.facts, Estimate::Likely), Some(q("86.4GB")));
    assert_eq!(storage.total(&design.facts, Estimate::Low), Some(q("43.2GB")));
    assert_eq!(storage.total(&design.facts, Estimate::High), Some(q("172.8GB")));
    assert_eq!(storage.formula(), "rate of PlaceBid (1k/s) × size of Bid (100B) × retention of Bid (10d)");
}

#[test]
fn money_is_usage_times_price() {
    let (design, bid) = bids("1k/s", Some(("GB month", "0.10USD")));
    let lines = lines(&design);
    let storage = lines.iter().find(|line| line.usage.of == bid.into() && line.usage.kind == CostKind::Storage);
    assert_eq!(storage.and_then(|line| line.monthly[1]), Some(q("8.64USD")));
    let (design, bid) = bids("1k/s", Some(("GB day", "0.10USD")));
    let lines = super::money::lines(&design);
    let storage = lines.iter().find(|line| line.usage.of == bid.into() && line.usage.kind == CostKind::Storage);
    assert_eq!(storage.and_then(|line| line.monthly[1]), Some(q("259.20USD")));
}

/// S19-p2: a look-up grows with the logarithm of what is kept, also where that is not counted but follows from rate and retention.
#[test]
fn a_look_up_is_as_deep_as_what_is_kept() {
    let mut spec = Spec::default();
    let actor = spec.actor("Bidder", ActorKind::User);
    let bid = spec.object("Bid");
    spec.key(bid, "bid_id");
    spec.facts.evolution.push((bid, Evolution::AppendOnly));
    let place = spec.operation("PlaceBid", actor);
    spec.create(place, bid, vec![]);
    let history = spec.facts.names.queries(name("BidHistory"));
    spec.facts.query_reads.push((history, Source::Object(bid)));
    spec.facts.query_rate.push((history, q("5k/s")));
    spec.facts.rate.push((place, q("1k/s")));
    spec.facts.retention.push((bid, q("10d")));
    let design = derive(spec.facts);
    let usages = usages(&design);
    let usage = usages.iter().find(|usage| usage.of == history.into()).expect("a query is work");
    // 864M keys are four levels of 256.
    assert_eq!(usage.formula(), "rate of BidHistory (5k/s) × pages per look-up among 864M Bid (4)");
    assert_eq!(usage.total(&design.facts, Estimate::Likely), Some(q("20k/s")));
}

/// S19-p2, S1906: a rate and a population are two statements about one number.
#[test]
fn a_population_that_its_rate_outgrows_is_told() {
    let told = |population: &str, retention: &str| {
        let (design, bid) = bids("1k/s", None);
        let mut facts = design.facts;
        facts.population.push((bid, q(population)));
        facts.retention = vec![(bid, q(retention))];
        let findings = crate::check(&derive(facts));
        findings.into_iter().find(|finding| finding.code.code == "S1906").map(|finding| finding.message)
    };
    assert_eq!(told("432M", "10d"), None);
    let message = told("431M", "10d").expect("less than half");
    assert_eq!(message, "1k/s for the 10d of its retention make 864M of `Bid`, not 431M");
    assert_eq!(told("431M", "9d"), None);
}

/// every figure has a unit, the work of processors too.
#[test]
fn work_is_counted_in_processors() {
    let (design, _) = bids("1k/s", None);
    let tables = super::artifact::tables(&design);
    let usage = tables.iter().find(|table| table.title == "Usage").expect("a table");
    let compute = usage.rows.iter().find(|row| row[1].plain() == "compute").expect("work");
    assert_eq!(compute[3..], ["2.5 vCPU", "5 vCPU", "10 vCPU"].map(Cell::text));
}

#[test]
fn units_of_prices_are_read() {
    let mut facts = Facts::default();
    for (of, unit, bought, period) in [
        ("storage", "GB month", "1GB", Some("30d")),
        ("storage", "TB-year", "1TB", Some("1y")),
        ("storage", "", "1GB", Some("30d")),
        ("requests", "1M", "1M", None),
        ("requests", "million requests", "1M", None),
        ("IOPS", "month", "1", Some("30d")),
        ("network", "GB", "1GB", None),
        ("compute", "vCPU hour", "1", Some("1h")),
        ("memory", "GB hour", "1GB", Some("1h")),
    ] {
        let price = facts.names.prices(name(of));
        let rate = read(&facts, price, unit, q("1USD")).unwrap_or_else(|| panic!("{of} per {unit}"));
        assert_eq!((rate.unit, rate.period), (q(bought), period.map(q)), "{of} per {unit}");
    }
    let price = facts.names.prices(name("storage"));
    assert_eq!(read(&facts, price, "1M requests", q("1USD")), None);
    assert_eq!(read(&facts, price, "hour", q("1USD")), None);
    let price = facts.names.prices(name("network"));
    assert_eq!(read(&facts, price, "GB month", q("1USD")), None);
    let price = facts.names.prices(name("iops"));
    assert_eq!(read(&facts, price, "zillion", q("1USD")), None);
    let price = facts.names.prices(name("happiness"));
    assert_eq!(read(&facts, price, "GB", q("1USD")), None);
}

#[test]
fn what_is_too_large_is_said_and_never_panics() {
    let huge = "9".repeat(30);
    let (design, bid) = bids(&format!("{huge}/s"), Some(("GB month", &format!("{huge}USD"))));
    let usages = usages(&design);
    let storage = usages.iter().find(|usage| usage.of == bid.into() && usage.kind == CostKind::Storage);
    assert!(storage.is_some_and(|usage| usage.overflows(&design.facts)));
    for step in crate::STEPS.iter().filter(|step| [15, 16, 19].contains(&step.number)) {
        assert!(!(step.artifact)(&design).is_empty());
    }
    let _ = crate::check(&design);
}

#[test]
fn figures_are_shown_as_people_read_them() {
    assert_eq!(shown(q("200ms")), "200ms");
    assert_eq!(shown(q("123456789")), "~123M");
    assert_eq!(shown(q("9M/h")), "2.5k/s");
    assert_eq!(shown(q("9/h")), "9/h");
    assert_eq!(shown(q("2100000USD")), "2.1M USD");
    assert_eq!(shown(q("360USD")), "360 USD");
    assert_eq!(shown(q("0.9USD")), "0.90 USD");
    assert_eq!(shown(q("0.001USD")), "under 0.01 USD");
    assert_eq!(shown(q("1234.56789USD")), "~1230 USD");
    assert_eq!(shown(q("1.23456789USD")), "~1.23 USD");
}
