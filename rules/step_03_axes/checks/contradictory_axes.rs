//! S0312: axes that no object can have together.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_03_axes::tables::{Axis, CONTRADICTIONS};
use crate::table::{Profile, Row};
use crate::vocabulary::{Evolution, Origin, Vocabulary};
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0312",
        slug: "contradictory-axes",
        severity: Severity::Error,
        page: include_str!("contradictory_axes.md"),
        cites: &["A-5", "S3-d2", "S3-d3", "S3-ord-r2", "S3-ord-r4"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut objects: BTreeMap<Object, Vec<Axis>> = BTreeMap::new();
    for &(object, ownership) in &design.facts.ownership {
        objects.entry(object).or_default().extend(Axis::of_ownership(ownership));
    }
    for &(object, evolution) in &design.facts.evolution {
        objects.entry(object).or_default().push(Axis::of_evolution(evolution));
    }
    for &(object, ordering) in &design.facts.ordering {
        objects.entry(object).or_default().push(Axis::of_ordering(ordering));
    }
    // What only evidence shows contradicts nothing by itself, but explains a lifecycle.
    for (object, ..) in design.axes.evolution.iter().filter(|(_, evolution, _)| *evolution == Evolution::StateMachine) {
        objects.entry(*object).or_default().push(Axis::StateMachine);
    }
    let mut findings = vec![];
    for (object, axes) in objects {
        let profile = Profile::of(axes.iter().copied());
        // Two evolutions are a finding of their own.
        let several = design.facts.evolution.iter().filter(|(other, _)| *other == object).count() > 1;
        let rows = CONTRADICTIONS.iter().filter(|row| !several && row.matches(profile));
        findings.extend(rows.map(|row| finding(design, object, row)));
    }
    findings
}

fn finding(design: &Design, object: Object, row: &Row<Axis, (Severity, &str)>) -> Finding {
    let (severity, advice) = row.gives;
    let words: Vec<&str> = row.when.iter().map(|axis| axis.word()).collect();
    let without = row.unless.iter().map(|axis| format!(" without a {}", axis.word())).collect::<String>();
    let clauses: Vec<&'static str> = row.when.iter().map(|axis| clause_of(*axis)).collect();
    let mut finding = RULE
        .at(clause(object, clauses[0]), format!("`{}` cannot have {}{without}", design.name(object), words.join(" and ")))
        .label(words[0])
        .note(format!("{}: {}", row.cites[0], row.why))
        .help(advice);
    for (word, axis) in clauses.iter().zip(&words).skip(1) {
        finding = finding.with(clause(object, word), *axis);
    }
    finding.severity = severity;
    let ownership = design.facts.ownership.iter().find(|(other, _)| *other == object);
    ownership.into_iter().fold(finding, |finding, (_, ownership)| finding.because(fact!(ownership, object, ownership, Origin::Declared)))
}

fn clause_of(axis: Axis) -> &'static str {
    match axis {
        Axis::OneWriter | Axis::OneWinner | Axis::AllSucceed => "ownership",
        Axis::AppendOnly | Axis::Overwrite | Axis::StateMachine | Axis::Merge => "evolution",
        Axis::Partial | Axis::Total | Axis::Unordered | Axis::Lifecycle => "ordering",
    }
}
