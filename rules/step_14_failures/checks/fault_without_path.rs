//! S1403: a declared fault that can strike nothing.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::{FaultKind, Vocabulary};
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1403",
        slug: "fault-without-path",
        severity: Severity::Warning,
        page: include_str!("fault_without_path.md"),
        cites: &["S14-g1", "S14-o1"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let step = &design.failures;
    let happens: BTreeSet<(Entity, FaultKind)> = step.happens.iter().copied().collect();
    let struck = step.struck.iter().filter(|(path, kind, _)| happens.contains(&(*path, *kind)));
    let striking: BTreeSet<Fault> = struck.map(|(.., fault)| *fault).collect();
    let placed: BTreeSet<Fault> = design.facts.fault_at.iter().map(|(fault, _)| *fault).collect();
    // A fault that is said of the whole system is a statement of principle.
    let idle = design.facts.fault.iter().filter(|(fault, _)| placed.contains(fault) && !striking.contains(fault));
    let findings = idle.filter(|(_, kind)| !is_elsewhere(*kind)).map(|(fault, kind)| {
        let places = design.facts.fault_at.iter().filter(|(other, _)| other == fault);
        let names: Vec<String> = places.map(|(_, place)| format!("`{}`", design.name(*place))).collect();
        let finding = RULE.at(*fault, format!("{} of {} can happen nowhere", kind.word(), names.join(", ")))
            .label("strikes no path")
            .note("S14-g1: a fault is answered on the paths it strikes; this one meets none, so it changes nothing in the design")
            .help(format!("{}, or take the fault away", what_it_needs(*kind)));
        let places = design.facts.fault_at.iter().filter(|(other, _)| other == fault);
        places.fold(finding, |finding, (_, place)| finding.with(*place, "has nothing it could strike"))
    });
    findings.collect()
}

/// Faults that are asked of whatever runs; that one strikes nothing is no mistake worth a word.
fn is_elsewhere(kind: FaultKind) -> bool {
    matches!(kind, FaultKind::DuplicateDelivery | FaultKind::ClientRetry)
}

fn what_it_needs(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::PartialWrite => "name an operation that announces, calls, or writes more than one object",
        FaultKind::OutOfOrder => "name a view or an event that changes are carried to",
        FaultKind::TemporalBoundary => "name an operation whose condition reads `now`, or a view over a window",
        FaultKind::SlowDownstream => "name an operation that calls a service, or a service that something reads from",
        FaultKind::HolderCrash => "name an operation that `holds` something",
        FaultKind::NodeCrash | FaultKind::Partition => "name an operation, a view, an event or a service that owns something",
        FaultKind::RetryStorm | FaultKind::ClientRetry | FaultKind::DuplicateDelivery => "name an actor or an operation",
    }
}
