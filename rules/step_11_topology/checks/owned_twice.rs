//! S1102: one object or view, two owners.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::Topic;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1102",
        slug: "owned-twice",
        severity: Severity::Error,
        page: include_str!("owned_twice.md"),
        cites: &["S11-d4", "S11-g1", "CK-11a"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let owns = design.facts.owns.iter().map(|(service, what)| (*what, *service, Entity::from(*service)));
    let decisions = design.facts.decision.iter().filter(|(_, choice)| choice.topic == Topic::Service);
    let decided = decisions.filter_map(|(decision, choice)| match choice.entity {
        Some(Entity::Service(service)) => Some((choice.of?, service, Entity::from(*decision))),
        _ => None,
    });
    let mut owners: BTreeMap<Entity, Vec<(Service, Entity)>> = BTreeMap::new();
    for (what, service, said) in owns.chain(decided) {
        owners.entry(what).or_default().push((service, said));
    }
    let found = owners.into_iter().filter_map(|(what, all)| {
        let (first, said) = *all.first()?;
        let (other, again) = *all.iter().find(|(service, _)| *service != first)?;
        let site = if matches!(again, Entity::Service(_)) { clause(again, "owns") } else { again.into() };
        let finding = RULE
            .at(site, format!("`{}` is owned by `{}` and by `{}`", design.name(what), design.name(first), design.name(other)))
            .label("owned here as well")
            .with(said, "owned here first")
            .note("S11-d4: state has one owner; two that write it share a store, and the boundary between them protects nothing")
            .help(format!("let one own it, and the other read a view of `{}` or call", design.name(what)));
        Some(finding.because(fact!(owns, first, what)))
    });
    found.collect()
}
