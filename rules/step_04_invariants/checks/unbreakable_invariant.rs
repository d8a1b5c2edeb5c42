//! S0414: an invariant on state that nothing changes.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_04_invariants::Reading;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0414",
        slug: "unbreakable-invariant",
        severity: Severity::Error,
        page: include_str!("unbreakable_invariant.md"),
        cites: &["S4-p2", "S4-q3", "S5-c1", "CK-5a"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let kept: BTreeSet<Invariant> = design.invariants.governs.iter().map(|(invariant, _)| *invariant).collect();
    let stated = design.facts.statement.iter().filter(|(invariant, _)| !kept.contains(invariant));
    let found = stated.filter_map(|(invariant, statement)| {
        let broken = breaks(design, statement).map(|broken| left_behind(design, *invariant, broken));
        broken.or_else(|| Some(finding(design, *invariant, missing(design, statement)?)))
    });
    found.collect()
}

/// Of a field that is said to equal what is computed from other records: who changes those and leaves the field as it is. It was
/// filled once, when its record was made, and nothing keeps it.
fn breaks(design: &Design, statement: &Statement) -> Option<(Operation, Object, Field)> {
    let Statement::Equals { target: Entity::Field(field), law, .. } = statement else { return None };
    let sources: BTreeSet<Object> = law.fields().into_iter().map(|field| design.facts.object_of(field)).collect();
    let writers = design.evidence.writes.iter().filter(|(_, object)| sources.contains(object));
    let sets = |operation: Operation| {
        design.facts.effect.iter().any(|(_, of, _, set, _)| *of == operation && *set == Some(*field))
    };
    let mut writers = writers.filter(|(operation, _)| !sets(*operation));
    writers.next().map(|(operation, object)| (*operation, *object, *field))
}

fn left_behind(design: &Design, invariant: Invariant, (operation, object, field): (Operation, Object, Field)) -> Finding {
    let (name, by, path) = (design.name(invariant), design.name(operation), design.facts.path(field));
    RULE.at(invariant, format!("`{by}` breaks `{name}`: it writes `{}` and leaves `{path}` as it is", design.name(object)))
        .label(format!("says that {}", Reading::new(design).says(invariant)))
        .with(operation, format!("changes what `{path}` is said to equal"))
        .note("S4-p2: an invariant is what holds after every write; a value that is right only when its record is made is a snapshot")
        .help(format!("change `{path}` where `{}` is written; or take the invariant away, if it is the state of one moment", design.name(object)))
        .because(fact!(writes, operation, object))
}

/// What no operation does; nothing for statements that are not kept by operations.
fn missing(design: &Design, statement: &Statement) -> Option<String> {
    let facts = &design.facts;
    match statement {
        Statement::Holds(condition) => {
            let fields: BTreeSet<Field> = condition.fields().into_iter().collect();
            let fields: Vec<String> = fields.into_iter().map(|field| format!("`{}`", facts.path(field))).collect();
            Some(match fields.is_empty() {
                true => "it reads no state".to_owned(),
                false => format!("no operation changes {}", fields.join(" or ")),
            })
        }
        Statement::Increases(field, _) => Some(format!("no operation writes `{}`", design.name(facts.object_of(*field)))),
        Statement::Ordered(object, ..) => Some(format!("no operation writes `{}`", design.name(*object))),
        Statement::UniquePer(object, _) => Some(format!("no operation creates `{}`", design.name(*object))),
        Statement::Transitions(object) => Some(format!("no operation takes a transition of `{}`", design.name(*object))),
        Statement::Equals { target: Entity::Field(field), .. } => {
            Some(format!("no operation keeps `{}` up to date", facts.path(*field)))
        }
        _ => None,
    }
}

fn finding(design: &Design, invariant: Invariant, missing: String) -> Finding {
    let name = design.name(invariant);
    RULE.at(invariant, format!("no operation can break `{name}`, or keep it: {missing}"))
        .label(format!("says that {}", Reading::new(design).says(invariant)))
        .note("S4-p2: an invariant is what must survive concurrent writes, retries and crashes; here nothing writes")
        .help("declare the operation that changes this state (`then …`), or take the invariant away")
}
