//! S0406: a condition on state that lies in another partition than what the operation writes.

use crate::Design;
use crate::evidence::Stability;
use crate::fact::*;
use crate::finding::*;
use crate::step_04_invariants::scope::canonical;
use crate::{fact, vocabulary::Vocabulary};
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0406",
        slug: "guard-across-scopes",
        severity: Severity::Warning,
        page: include_str!("guard_across_scopes.md"),
        cites: &["S4-c4", "S4-T1i", "S4-q5", "CK-4b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let spread = Spread::new(design);
    let considered: BTreeSet<Invariant> = design.facts.about_concurrency.iter().map(|(invariant, _)| *invariant).collect();
    let argued = design.invariants.governs.iter().filter(|(invariant, _)| considered.contains(invariant));
    let argued: BTreeSet<Operation> = argued.map(|(_, operation)| *operation).collect();
    let unstable = design.evidence.foreign_read.iter().filter(|(_, _, stability)| *stability == Stability::Unstable);
    let unargued = unstable.filter(|(operation, ..)| !argued.contains(operation));
    unargued.filter_map(|(operation, object, _)| finding(design, &spread, *operation, *object)).collect()
}

fn finding(design: &Design, spread: &Spread, operation: Operation, read: Object) -> Option<Finding> {
    let scope = spread.keys.get(&read)?;
    let written = spread.written.get(&operation)?.iter().copied();
    let written = written.filter(|object| !spread.refers(*object, scope)).min()?;
    let (name, read_name, written_name) = (design.name(operation), design.name(read), design.name(written));
    let key: Vec<String> = scope.iter().map(|field| format!("`{}`", design.facts.path(*field))).collect();
    let finding = RULE
        .at(clause(operation, "when"), format!("`{name}` checks `{read_name}` and writes `{written_name}`, which is spread by another key"))
        .label(format!("`{read_name}` may change between check and action"))
        .with(read, format!("kept per {}", key.join(", ")))
        .with(written, "written here, and refers to none of it")
        .note("S4-T1i: check and action must be one atomic step; state of two partitions has none unless one transaction covers both")
        .help(format!("keep what is checked in `{written_name}`, or give `{written_name}` a field that refers to `{read_name}`, so that both can live together"))
        .help(format!("or say how it holds: `invariant … eligibility {{ of {name}; concurrency \"…\" }}`"));
    Some(finding.because(fact!(foreign_read, operation, read, Stability::Unstable.word())))
}

/// Where objects can live: their keys, and all keys their fields refer to; and which are written together.
struct Spread {
    keys: BTreeMap<Object, BTreeSet<Field>>,
    fields: BTreeMap<Object, BTreeSet<Field>>,
    written: BTreeMap<Operation, Vec<Object>>,
}

impl Spread {
    fn new(design: &Design) -> Spread {
        let facts = &design.facts;
        let stands_for = canonical(facts);
        let mut spread = Spread { keys: BTreeMap::new(), fields: BTreeMap::new(), written: BTreeMap::new() };
        for (operation, object) in &design.evidence.writes {
            spread.written.entry(*operation).or_default().push(*object);
        }
        for (object, field) in &facts.key {
            spread.keys.entry(*object).or_default().insert(stands_for[field.index()]);
        }
        for (field, object, _) in &facts.field {
            spread.fields.entry(*object).or_default().insert(stands_for[field.index()]);
        }
        spread
    }

    /// Whether every instance names the instance of the scope that it belongs to.
    fn refers(&self, object: Object, scope: &BTreeSet<Field>) -> bool {
        self.fields.get(&object).is_some_and(|fields| scope.is_subset(fields))
    }
}
