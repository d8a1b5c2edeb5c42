//! S0410: uniqueness is asked for longer than outcomes are remembered.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::quantity::Quantity;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0410",
        slug: "uniqueness-outlives-memory",
        severity: Severity::Error,
        page: include_str!("uniqueness_outlives_memory.md"),
        cites: &["A-62", "S4-T4", "S4-T4i"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let horizons: BTreeMap<Invariant, Quantity> = facts.horizon.iter().copied().collect();
    let remembered: BTreeMap<Operation, Quantity> = facts.remembered.iter().copied().collect();
    let kept: BTreeMap<Object, Quantity> = facts.retention.iter().copied().collect();
    let natural: BTreeSet<Operation> = design.invariants.natural.iter().map(|(operation, _)| *operation).collect();
    let findings = facts.statement.iter().filter_map(|(invariant, statement)| match statement {
        Statement::OncePer(operation, _) => {
            let time = *remembered.get(operation)?;
            let horizon = horizons.get(invariant).copied();
            // Where identity refuses a second record, nothing needs to be remembered.
            let natural = natural.contains(operation);
            (!natural && outlives(horizon, time)).then(|| forgotten(design, *invariant, *operation, horizon, time))
        }
        Statement::UniquePer(object, _) => {
            let (time, horizon) = (*kept.get(object)?, *horizons.get(invariant)?);
            outlives(Some(horizon), time).then(|| deleted(design, *invariant, *object, horizon, time))
        }
        _ => None,
    });
    findings.collect()
}

/// Without a horizon it is asked for ever.
fn outlives(horizon: Option<Quantity>, time: Quantity) -> bool {
    horizon.is_none_or(|horizon| horizon.compare(&time) == Some(Ordering::Greater))
}

fn forgotten(design: &Design, invariant: Invariant, operation: Operation, horizon: Option<Quantity>, time: Quantity) -> Finding {
    let (name, operation_name) = (design.name(invariant), design.name(operation));
    let asked = horizon.map_or("for ever".to_owned(), |horizon| format!("for {horizon}"));
    let finding = RULE
        .at(invariant, format!("`{name}` holds {asked}, but `{operation_name}` forgets its outcomes after {time}"))
        .label(format!("asks for one outcome {asked}"))
        .with(clause(operation, "once"), format!("remembers for {time}"))
        .note("A-62: a request that is sent again after its outcome was forgotten is a new request, and takes effect twice")
        .help(format!("say how long a retry can come: `horizon {time}`, or remember outcomes as long as the invariant holds"));
    match horizon {
        Some(_) => finding,
        None => {
            let change = Change::Add(invariant.into(), format!("horizon {time}"));
            finding.fix(format!("ask for uniqueness within {time}"), Applicability::Unsafe, change)
        }
    }
}

fn deleted(design: &Design, invariant: Invariant, object: Object, horizon: Quantity, time: Quantity) -> Finding {
    let (name, object_name) = (design.name(invariant), design.name(object));
    RULE.at(invariant, format!("`{name}` holds for {horizon}, but records of `{object_name}` are kept for {time}"))
        .label("outlives the records it compares")
        .with(clause(object, "retention"), format!("deleted after {time}"))
        .note("A-62: what has been deleted cannot be recognised when it comes again")
        .help("keep the records, or their keys, as long as the invariant holds")
}
