//! S0302: a single writer, and several actors that write.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::{Ownership, Vocabulary};
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0302",
        slug: "several-single-writers",
        severity: Severity::Error,
        page: include_str!("several_single_writers.md"),
        cites: &["S3-own-r1", "S3-own-r2", "S2-v1", "A-57"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    // One writer per key is a statement about instances: several kinds of actor may each write their own.
    let single = |ownership: &Ownership| *ownership == Ownership::SingleWriter;
    let single = design.facts.ownership.iter().filter(|(_, ownership)| single(ownership));
    let mut changers = by_object(&design.evidence.changer);
    let mut writers = by_object(&design.axes.wrote);
    let owners = by_object(&design.facts.owner);
    single
        .filter_map(|&(object, ownership)| {
            // Whoever only creates a record hands it over to whoever changes it.
            let writers = changers.remove(&object).or_else(|| writers.remove(&object))?;
            let owners = owners.get(&object).map_or(&[][..], |owners| owners);
            let strange = writers.iter().any(|writer| !owners.is_empty() && !owners.contains(writer));
            (strange || writers.len() > 1).then(|| finding(design, object, ownership, &writers))
        })
        .collect()
}

fn by_object(relation: &[(Object, Actor)]) -> BTreeMap<Object, Vec<Actor>> {
    let mut actors: BTreeMap<Object, Vec<Actor>> = BTreeMap::new();
    for &(object, actor) in relation {
        actors.entry(object).or_default().push(actor);
    }
    for actors in actors.values_mut() {
        actors.sort();
        actors.dedup();
    }
    actors
}

fn finding(design: &Design, object: Object, ownership: Ownership, writers: &[Actor]) -> Finding {
    let names: Vec<String> = writers.iter().map(|writer| format!("`{}`", design.name(*writer))).collect();
    let owners = design.facts.owner.iter().filter(|(other, _)| *other == object).map(|(_, actor)| design.name(*actor));
    let owners: Vec<String> = owners.collect();
    let by = if owners.is_empty() { String::new() } else { format!(", `{}`", owners.join(", ")) };
    let mut finding = RULE
        .at(clause(object, "ownership"), format!("`{}` has a single writer{by}, but {} write{} it", design.name(object), names.join(" and "), if writers.len() == 1 { "s" } else { "" }))
        .label(ownership.word())
        .note("S3-own-r1: a single writer needs no coordination, so nothing would stop the others from overwriting each other");
    for &writer in writers {
        let operation = design.facts.operation.iter().find(|(operation, actor)| *actor == writer && design.evidence.writes.contains(&(*operation, object)));
        if let Some((operation, _)) = operation {
            finding = finding.with(*operation, format!("`{}` writes it here", design.name(writer))).because(fact!(writes, operation, object));
        }
    }
    let inferred = if design.evidence.contended.contains(&(object,)) { "many writers, one winner" } else { "many writers, all succeed" };
    finding.help(format!("name the writer who writes, declare `{inferred}`, or split the object by writer"))
}
