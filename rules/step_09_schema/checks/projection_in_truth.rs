//! S0905: a value computed from other records stands among the truth, and nothing decides on it there.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0905",
        slug: "projection-in-truth",
        severity: Severity::Warning,
        page: include_str!("projection_in_truth.md"),
        cites: &["S9-d5", "CK-9b", "A-59"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let laws = facts.statement.iter().filter_map(|(invariant, statement)| match statement {
        Statement::Equals { target: Entity::Field(field), .. } => Some((*invariant, *field)),
        _ => None,
    });
    // it may stand there if a condition of its own row reads it.
    let decided_on = |field: Field| {
        let object = facts.object_of(field);
        facts.guard.iter().any(|(_, operation, condition)| {
            condition.fields().contains(&field) && design.evidence.writes.contains(&(*operation, object))
        })
    };
    // One that a view computes as well is `computed-twice`.
    let twice = |field: Field| design.validation.field_and_view.iter().any(|(what, _)| *what == field.into());
    let mixed = laws.filter(|(_, field)| !decided_on(*field) && !twice(*field));
    mixed.map(|(invariant, field)| finding(design, invariant, field)).collect()
}

fn finding(design: &Design, invariant: Invariant, field: Field) -> Finding {
    let (path, object) = (design.facts.path(field), design.name(design.facts.object_of(field)));
    RULE.at(field, format!("`{path}` is computed from other records and stands among the truth of `{object}`"))
        .label("no condition of its own row reads it")
        .with(invariant, "says what it is computed from")
        .note("S9-d5: source and projection are never one table: which of the two is right when they differ could not be said")
        .help("declare a view of those records instead; a field may stay only where a condition of the same row decides on it (A-59)")
        .because(fact!(statement, invariant))
}
