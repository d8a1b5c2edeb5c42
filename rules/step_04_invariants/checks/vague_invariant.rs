//! S0402: an invariant that is only a sentence (AP-4).

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_04_invariants::implied::Implied;
use crate::step_04_invariants::{Invariants, Reading};
use crate::vocabulary::*;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0402",
        slug: "vague-invariant",
        severity: Severity::Error,
        page: include_str!("vague_invariant.md"),
        cites: &["AP-4", "S4-q1", "S4-q2", "S4-q3", "S4-c2", "S4-p4"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let vague = design.facts.statement.iter().filter(|(_, statement)| *statement == Statement::Vague);
    let vague: Vec<Invariant> = vague.map(|(invariant, _)| *invariant).collect();
    if vague.is_empty() {
        return vec![];
    }
    let reading = Reading::new(design);
    vague.into_iter().map(|invariant| finding(design, &reading, invariant)).collect()
}

fn finding(design: &Design, reading: &Reading<'_>, invariant: Invariant) -> Finding {
    let name = design.name(invariant);
    let kind = design.invariants.kind(invariant);
    let finding = RULE
        .at(invariant, format!("`{name}` is a sentence, and nothing tests it"))
        .label("states nothing about the state")
        .note("AP-4: no mechanism can be derived from a sentence; a stranger must be able to decide whether it holds");
    let candidates = candidates(design, reading, invariant, kind);
    let finding = candidates.iter().take(3).fold(finding, |finding, (implied, clause)| {
        finding.help(format!("write `{clause}`, if that is meant: {}", reading.says(*implied)))
    });
    match (&candidates[..], kind) {
        ([(_, clause)], _) => {
            let title = format!("state it: `{clause}`");
            finding.fix(title, Applicability::Unsafe, Change::Add(invariant.into(), clause.clone()))
        }
        ([], Some(kind)) => finding.help(format!("state it over the state: {}", form(kind))),
        _ => finding,
    }
}

/// What the rest of the spec already implies of that type, and of what the invariant is for, as clauses.
fn candidates(
    design: &Design,
    reading: &Reading<'_>,
    invariant: Invariant,
    kind: Option<InvariantType>,
) -> Vec<(Invariant, String)> {
    let invariants = &design.invariants;
    let needed: BTreeSet<Requirement> = Invariants::of(&invariants.serves, invariant).collect();
    let serves = |other: Invariant| {
        needed.is_empty() || Invariants::of(&invariants.serves, other).any(|requirement| needed.contains(&requirement))
    };
    let fitting = |(other, implied): &(Invariant, Implied)| {
        let fits = kind == Some(implied.kind()) && serves(*other);
        fits.then(|| reading.clause(*implied)).flatten().map(|clause| (*other, clause))
    };
    invariants.implied.iter().filter_map(fitting).collect()
}

/// The clause that states an invariant of the type (S4-T1 to S4-T6).
fn form(kind: InvariantType) -> &'static str {
    match kind {
        InvariantType::Eligibility => "`of Operation` says that its `when …` holds at the moment it takes effect; `holds <condition>` says it of every state",
        InvariantType::Ordering => "`Object.field increases within key`, `Object ordered by field within key`, or `transitions of Object`",
        InvariantType::Accounting => "`View = sum(Event.field) for each key`, or `Object.field = count(Event) for each key`",
        InvariantType::Uniqueness => "`Operation once per request_id`, or `Object unique per field, field`",
        InvariantType::Propagation => "`View within 1s`, or `Event delivered`",
        InvariantType::Access => "`only object.owner may Operation`, or `Operation needs PermissionObject`",
    }
}
