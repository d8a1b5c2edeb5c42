//! Names, windows and levels.

use super::Urgency;
use super::alerts::window;
use super::metrics::{prefix, quoted};
use super::tables::{EFFECTS, SYMPTOMS};
use crate::fact::{Entity, Facts};
use crate::quantity::Quantity;
use crate::step_15_objectives::SloType;
use crate::step_16_knobs::KnobKind;
use crate::testing::{Spec, name, random};
use crate::vocabulary::{ActorKind, FaultKind, Vocabulary};

#[test]
fn a_window_holds_enough_requests_to_speak_of_a_percentile() {
    let at = |rate: &str, percentile: &str| {
        window(Some(Quantity::parse(rate).unwrap()), Some(Quantity::parse(percentile).unwrap()))
    };
    let time = |text: &str| Some(Quantity::parse(text).unwrap());
    // 5% of 2000/s over 5 minutes are 30000; 1% of 1/s over 15 minutes are 9, over half an hour 18; of one a day none ever.
    assert_eq!(at("2k/s", "95%"), time("5min"));
    assert_eq!(at("1/s", "99%"), time("30min"));
    assert_eq!(at("1/d", "99%"), None);
    assert_eq!(at("0/s", "99%"), time("5min"));
    assert_eq!(at("1/s", "100%"), time("5min"));
    assert_eq!(window(None, None), time("5min"));
}

/// S18-g1: at one request a second and one in a thousand that may fail, ten may fail in no less than three hours.
#[test]
fn one_failure_wakes_nobody() {
    let mut spec = Spec::default();
    let actor = spec.actor("User", ActorKind::User);
    for (called, rate) in [("Often", "2k/s"), ("Seldom", "1/s"), ("Never", "10/d")] {
        let operation = spec.operation(called, actor);
        spec.facts.rate.push((operation, Quantity::parse(rate).unwrap()));
    }
    let design = crate::derive(spec.facts);
    let step = &design.observability;
    let failing = |called: &str| {
        let name = format!("Failing of {called}");
        let (alert, _) = step.called.iter().find(|(_, other)| *other == name).expect("an alert");
        let Entity::Alert(alert) = *alert else { panic!("{name} is no alert") };
        (step.window[alert.index()].1.to_string(), step.urgency[alert.index()].1)
    };
    assert_eq!(failing("Often"), ("5min".to_owned(), Urgency::Page));
    assert_eq!(failing("Seldom"), ("6h".to_owned(), Urgency::Page));
    assert_eq!(failing("Never"), ("1d".to_owned(), Urgency::Ticket));
}

/// S15-r5: the load that is stated is no news.
#[test]
fn the_stated_load_alerts_nobody() {
    let mut spec = Spec::default();
    let actor = spec.actor("User", ActorKind::User);
    let operation = spec.operation("Write", actor);
    spec.facts.rate.push((operation, Quantity::parse("100/s").unwrap()));
    let design = crate::derive(spec.facts);
    let step = &design.observability;
    let beyond = step.named.iter().filter(|(_, name)| *name == "BeyondStatedLoad").map(|(alert, _)| *alert);
    let levels: Vec<Quantity> = beyond.map(|alert| step.alert[alert.index()].2).collect();
    assert_eq!(levels, [Quantity::parse("120/s").unwrap()]);
    let throughput =
        design.objectives.slo.iter().find(|(_, kind, _)| *kind == SloType::Throughput).expect("an objective");
    assert!(step.guards_slo.iter().any(|(_, slo)| *slo == throughput.0), "CK-18c");
}

#[test]
fn a_prefix_is_a_name_of_prometheus() {
    let of = |called: &str| {
        let mut facts = Facts::default();
        facts.names.systems(name(called));
        prefix(&facts)
    };
    assert_eq!(of("auction_house"), "auction_house");
    assert_eq!(of("Ride-Hailing 2"), "ride_hailing_2");
    assert_eq!(of("3d"), "system_3d");
    assert_eq!(of("מערכת"), "system");
    assert_eq!(of("\"}\n# <script>"), "script");
    assert!(of(&"x".repeat(300)).len() <= 40);
    assert_eq!(prefix(&Facts::default()), "system");
}

#[test]
fn a_label_value_ends_where_its_name_ends() {
    assert_eq!(quoted("a\"b\\c\nd"), r#""a\"b\\c\nd""#);
}

#[test]
fn every_fault_has_symptoms_and_every_parameter_effects() {
    for fault in FaultKind::ALL {
        assert!(SYMPTOMS.iter().any(|(of, symptoms)| of == fault && !symptoms.is_empty()), "{fault}");
    }
    for kind in KnobKind::ALL {
        assert!(EFFECTS.iter().any(|(of, effects)| of == kind && !effects.is_empty()), "{kind}");
    }
}

#[test]
fn alerts_stand_on_metrics_and_shares_on_wholes() {
    for seed in 0..50 {
        let design = crate::derive(random(seed));
        let step = &design.observability;
        assert_eq!(step.alert.len(), step.window.len());
        for (at, (alert, metric, _)) in step.alert.iter().enumerate() {
            assert_eq!((alert.index(), step.metric[metric.index()].0), (at, *metric));
            let (_, condition, against) = step.fires[at];
            assert_eq!(condition == super::Condition::Share, against.is_some());
        }
    }
}
