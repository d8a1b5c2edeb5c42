//! S0315: a declared axis that the operations contradict: nothing is ever replaced, or nobody can meet.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::{Evolution, Ownership, Vocabulary};
use std::collections::HashSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0315",
        slug: "axis-without-evidence",
        severity: Severity::Warning,
        page: include_str!("axis_without_evidence.md"),
        cites: &["S3-evo-r2", "S3-evo-r1", "S3-own-r3", "A-58", "S2-n1"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let changed: HashSet<Object> = design.evidence.changes.iter().map(|(_, object)| *object).collect();
    let created: HashSet<Object> = design.evidence.creates.iter().map(|(_, object)| *object).collect();
    let several: HashSet<Object> = facts.written_by.iter().map(|(object, _)| *object).collect();
    let unchanged = |object: &Object| created.contains(object) && !changed.contains(object) && !several.contains(object);
    let replaced = facts.evolution.iter().filter(|(object, evolution)| matches!(evolution, Evolution::Overwrite | Evolution::Merge) && unchanged(object));
    let replaced = replaced.map(|&(object, evolution)| {
        let doing = if evolution == Evolution::Merge { "merged" } else { "replaced" };
        RULE.at(clause(object, "evolution"), format!("`{}` is to be {doing}, but its records are only created", design.name(object)))
            .label(evolution.word())
            .note("S3-evo-r1: records that never change need no version and no merge; they are safe to copy")
            .help("or is the operation that changes them missing?")
            .fix("declare it append-only", Applicability::Unsafe, Change::Replace(clause(object, "evolution"), "evolution: append-only".to_owned()))
    });
    let meeting: HashSet<Object> = design.axes.meets.iter().map(|(object,)| *object).collect();
    // Who runs an operation without an actor is not known, and asked for where it is declared.
    let run: HashSet<Operation> = facts.operation.iter().map(|(operation, _)| *operation).collect();
    let by_anybody: HashSet<Object> =
        design.evidence.changes.iter().filter(|(operation, _)| !run.contains(operation)).map(|(_, object)| *object).collect();
    let lonely = facts.ownership.iter().filter(|(object, ownership)| {
        let many = matches!(ownership, Ownership::OneWinner | Ownership::AllSucceed);
        many && changed.contains(object) && !meeting.contains(object) && !by_anybody.contains(object)
    });
    let lonely = lonely.map(|&(object, ownership)| {
        let writer = design.evidence.changer.iter().find(|(other, _)| *other == object);
        let who = writer.map_or("one writer".to_owned(), |(_, actor)| format!("`{}`", design.name(*actor)));
        let finding = RULE
            .at(clause(object, "ownership"), format!("`{}` is to have many writers, but only {who} changes it, alone with each instance", design.name(object)))
            .label(ownership.word())
            .note("S3-own-r1: a writer that cannot meet another needs no coordination")
            .help("say how many writers there are (`count 8` on the actor), or declare `single writer`");
        writer.into_iter().fold(finding, |finding, (object, actor)| finding.because(fact!(changer, object, actor)))
    });
    replaced.chain(lonely).collect()
}
