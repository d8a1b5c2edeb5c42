//! S0409: two declarations that cannot both be meant.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::quantity::Quantity;
use crate::vocabulary::*;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0409",
        slug: "contradictory-invariants",
        severity: Severity::Error,
        page: include_str!("contradictory_invariants.md"),
        cites: &["S4-c2", "S4-T5", "S4-T4", "S4-T6"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut findings = bounds(design);
    findings.extend(keys(design));
    findings.extend(permissions(design));
    findings
}

/// Two bounds of one view: of two invariants, or of an invariant and a view that may lag more.
fn bounds(design: &Design) -> Vec<Finding> {
    let mut tightest: BTreeMap<View, (Invariant, Quantity)> = BTreeMap::new();
    let mut findings = vec![];
    for (invariant, statement) in &design.facts.statement {
        let Statement::Within(view, bound) = statement else { continue };
        let Some((first, other)) = tightest.get(view).copied() else {
            tightest.insert(*view, (*invariant, *bound));
            continue;
        };
        if bound.compare(&other).is_some_and(Ordering::is_ne) {
            let (one, two, view) = (design.name(first), design.name(*invariant), design.name(*view));
            findings.push(
                RULE.at(*invariant, format!("`{one}` bounds `{view}` by {other}, `{two}` by {bound}"))
                    .label(format!("says {bound}"))
                    .with(first, format!("says {other}"))
                    .note("S4-T5: a view has one bound; the looser one is met whenever the tighter is, and means nothing")
                    .help("keep the one that readers need"),
            );
        }
    }
    for (view, staleness) in &design.facts.staleness {
        let Some((invariant, bound)) = tightest.get(view) else { continue };
        if staleness.compare(bound) == Some(Ordering::Greater) {
            let (name, view_name) = (design.name(*invariant), design.name(*view));
            let site = clause(*view, "staleness");
            findings.push(
                RULE.at(site, format!("`{view_name}` may be {staleness} old, but `{name}` bounds it by {bound}"))
                    .label("looser than the invariant")
                    .with(*invariant, format!("says {bound}"))
                    .note("S4-T5: what is built is the view as declared; it would break the invariant and nobody would notice")
                    .help(format!("write `staleness <= {bound}`"))
                    .fix("take the invariant's bound", Applicability::Unsafe, Change::Replace(site, format!("staleness <= {bound}"))),
            );
        }
    }
    findings
}

/// An invariant and its operation that take different things for the identity of a request.
fn keys(design: &Design) -> Vec<Finding> {
    let mut once: BTreeMap<Operation, BTreeSet<Parameter>> = BTreeMap::new();
    for (operation, parameter) in &design.facts.once_per {
        once.entry(*operation).or_default().insert(*parameter);
    }
    let stated = design.facts.statement.iter().filter_map(|(invariant, statement)| match statement {
        Statement::OncePer(operation, key) if !key.is_empty() => Some((*invariant, *operation, key)),
        _ => None,
    });
    let differing = stated.filter_map(|(invariant, operation, key)| {
        let own = once.get(&operation)?;
        let key: BTreeSet<Parameter> = key.iter().copied().collect();
        (*own != key).then(|| (invariant, operation, list(design, own), list(design, &key)))
    });
    let findings = differing.map(|(invariant, operation, own, key)| {
        let (name, operation_name) = (design.name(invariant), design.name(operation));
        RULE.at(invariant, format!("`{name}` identifies a request by {key}, `{operation_name}` by {own}"))
            .label(format!("once per {key}"))
            .with(clause(operation, "once"), format!("once per {own}"))
            .note("S4-T4: prior outcomes are looked up by one key; a retry that is new by the other would count twice")
            .help("name the same parameters in both")
    });
    findings.collect()
}

fn list(design: &Design, parameters: &BTreeSet<Parameter>) -> String {
    parameters.iter().map(|parameter| format!("`{}`", design.facts.name(*parameter))).collect::<Vec<_>>().join(", ")
}

/// Two invariants of which each lets only its own actor run an operation: then nobody may.
fn permissions(design: &Design) -> Vec<Finding> {
    let mut allowed: BTreeMap<Entity, (Invariant, Actor)> = BTreeMap::new();
    let mut findings = vec![];
    for (invariant, statement) in &design.facts.statement {
        let Statement::OnlyMay(Permission::Actor(actor), what) = statement else { continue };
        let Some((first, other)) = allowed.get(what).copied() else {
            allowed.insert(*what, (*invariant, *actor));
            continue;
        };
        if other != *actor {
            let (one, two, what) = (design.name(other), design.name(*actor), design.name(*what));
            findings.push(
                RULE.at(*invariant, format!("only `{one}` and only `{two}` may `{what}`: nobody may"))
                    .label(format!("only `{two}`"))
                    .with(first, format!("only `{one}`"))
                    .note(format!("S4-T6: {}", InvariantType::Access.gloss()))
                    .help("if either may, say so of an operation each, or of a permission object that both can hold"),
            );
        }
    }
    findings
}
