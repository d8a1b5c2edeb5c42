//! S1302: the busiest key gets more than the mechanism lets through one after the other.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::quantity::Quantity;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_06_mechanisms::properties::thresholds::{Threshold, contention};
use crate::vocabulary::Vocabulary;
use std::cmp::Ordering::Greater;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1302",
        slug: "lock-on-hot-key",
        severity: Severity::Warning,
        page: include_str!("lock_on_hot_key.md"),
        cites: &["S13-r2", "S13-h1", "PR-cc4"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut findings = vec![];
    for hot in contention(&design.facts) {
        let under = design.mechanisms.mechanism.iter().find(|(dp, mechanism, _)| {
            // Compare-and-set, leases and queues are step 6's to tell (S0618).
            matches!(mechanism, Mechanism::RowLock | Mechanism::PessimisticLock)
                && design.parameters.protects.contains(&(*dp, hot.operation))
                && design.parameters.guards.contains(&(*dp, hot.object))
        });
        let Some((dp, mechanism, _)) = under else { continue };
        let held = held(design, hot.operation, *mechanism);
        // Whoever changes the same row waits in the same line.
        let Some(waiting) = hot.all.checked_mul(&held) else { continue };
        if waiting.compare(&Quantity::count(1)) == Some(Greater) {
            findings.push(finding(design, hot.operation, hot.object, (hot.all, held), (*dp, *mechanism)));
        }
    }
    findings
}

/// How long one holder keeps the others out.
fn held(design: &Design, operation: Operation, mechanism: Mechanism) -> Quantity {
    let declared = design.facts.hold_time.iter().find(|(other, _)| *other == operation).map(|(_, time)| *time);
    let beyond_request = mechanism == Mechanism::PessimisticLock;
    declared.filter(|_| beyond_request).unwrap_or(Threshold::StoreRoundTrip.value(&design.facts))
}

fn finding(
    design: &Design,
    operation: Operation,
    object: Object,
    (rate, held): (Quantity, Quantity),
    (dp, mechanism): (Dp, Mechanism),
) -> Finding {
    let (name, what) = (design.name(operation), design.name(object));
    let most = Quantity::count(1).checked_div(&held).map_or("fewer".to_owned(), |most| most.to_string());
    RULE.at(clause(operation, "rate"), format!("`{name}` reaches one `{what}` {rate}, and {} lets {most} through", mechanism.word()))
        .label(format!("held for {held} each time"))
        .note("S13-r2: on one key a lock lets one through at a time; what arrives faster than that waits ever longer")
        .help(format!("hold it for less, spread `{what}` over more keys, or leave the choice of {} out", mechanism.word()))
        .because(fact!(mechanism, dp, mechanism.word()))
}
