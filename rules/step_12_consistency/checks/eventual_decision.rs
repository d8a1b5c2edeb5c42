//! S1201: the author makes a path eventual on which correctness depends (AP-13).

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::Consistency;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1201",
        slug: "eventual-decision",
        severity: Severity::Error,
        page: include_str!("eventual_decision.md"),
        cites: &["AP-13", "S12-d1", "S12-g1", "CK-12b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let weaker = design.consistency.asked.iter().filter(|(_, asked, _)| *asked != Consistency::Strong);
    let findings = weaker.filter_map(|&(path, asked, decision)| {
        let Entity::Operation(operation) = path else { return None };
        (design.consistency.of(path) == Some(Consistency::Strong)).then(|| finding(design, operation, asked, decision))
    });
    findings.collect()
}

fn finding(design: &Design, operation: Operation, asked: Consistency, decision: Decision) -> Finding {
    let name = design.name(operation);
    let critical = design.consistency.critical.iter().find(|(other, _)| *other == operation);
    let mut finding = RULE
        .at(decision, format!("`{name}` is to be {asked}, and a wrong decision of it is no lag"))
        .label("would decide on state that may be old")
        .note("AP-13: what is accepted on old state stays accepted; nothing shows that it was wrong until somebody is charged or sent twice")
        .note("S12-d1: eventual is for paths whose readers see the past for a moment, and nothing worse")
        .help(format!("leave the decision out: `{name}` is strong; let what its readers see lag instead"))
        .fix("leave the decision out", Applicability::Unsafe, Change::Remove(decision.into()))
        .because(fact!(consistency, operation, Consistency::Strong));
    if let Some((_, dp)) = critical {
        finding = finding.with(operation, format!("runs under {}", design.name(*dp)));
    }
    finding
}
