//! S1301: enough attempts for a hot key, and nobody says how many fall on one.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_06_mechanisms::properties::thresholds::Threshold;
use crate::step_12_consistency::of;
use crate::step_13_scaling::loads::LoadKind;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1301",
        slug: "hot-key-unknown",
        severity: Severity::Warning,
        page: include_str!("hot_key_unknown.md"),
        cites: &["S13-h1", "S13-r2", "CK-13b", "PR-wr4"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let said: BTreeSet<Operation> = design.facts.hottest.iter().map(|(operation, ..)| *operation).collect();
    let contends: BTreeSet<Operation> = design.scaling.contends.iter().map(|(operation, _)| *operation).collect();
    contends.difference(&said).map(|operation| finding(design, *operation)).collect()
}

fn finding(design: &Design, operation: Operation) -> Finding {
    let name = design.name(operation);
    let values = of(&design.scaling.load_value, |it| it.0, operation.into());
    let value = |kind: LoadKind| values.iter().find(|it| it.1 == kind).map(|it| it.2);
    let total = value(LoadKind::Total).map_or("often".to_owned(), |rate| rate.to_string());
    let object = of(&design.evidence.changes, |it| it.0, operation).first().map(|(_, object)| *object);
    let what = object.map_or("key".to_owned(), |object| format!("`{}`", design.name(object)));
    let round_trip = Threshold::StoreRoundTrip.value(&design.facts);
    let finding = RULE
        .at(clause(operation, "rate"), format!("`{name}` runs {total}, and nothing says how much of it meets one {what}"))
        .label("evenly spread, or on one key?")
        .note(format!("S13-h1: a compare-and-set on one key wins once in {round_trip}; were all attempts on one key, most would lose"))
        .note("S13-r2: what happens on the busiest key decides between bounded retries and a queue before one writer")
        .help("say what the busiest one gets: `rate 20k/s, hottest auction 500/s`");
    match value(LoadKind::WorstInFlight) {
        Some(worst) => finding.because(fact!(load_value, operation, LoadKind::WorstInFlight, worst)),
        None => finding,
    }
}
