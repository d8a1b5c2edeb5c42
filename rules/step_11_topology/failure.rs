//! What it means that a component is gone, and how it comes back, per mode (A-32, S11-d7).

use super::{ComponentKind, Criticality};
use crate::Design;
use crate::fact::*;
use crate::step_05_parameters::DpKind;
use crate::step_10_technology::TechnologyShape;
use crate::step_10_technology::catalogue::CATALOGUE;
use crate::vocabulary::Vocabulary;
use std::collections::BTreeSet;

/// What happens to those who depend on it. What fails closed loses work and never correctness; the impact of failing open
/// is told as well, for it is the reason to fail closed.
pub fn impact(design: &Design, component: Component, level: Criticality) -> Vec<String> {
    let hosted: Vec<Entity> = hosted(design, component).collect();
    let kind = kind(design, component);
    match (kind, level) {
        (Some(ComponentKind::Gateway), _) => vec![format!("{} cannot finish", flowing(design, component))],
        (Some(ComponentKind::Worker), _) => vec![waiting(design, component, &hosted)],
        (_, Criticality::Critical) => closed(design, &hosted),
        (Some(ComponentKind::Log), _) => {
            vec!["changes wait at their source; events are lost if it cannot be recovered".into()]
        }
        (Some(ComponentKind::Processor), _) => {
            let views = names(design, computed(design, &hosted).into_iter());
            vec![format!("{views} goes stale")]
        }
        (Some(ComponentKind::Service), Criticality::High) => {
            vec![format!("{} is refused, and tried again", names(design, paths(&hosted)))]
        }
        (Some(ComponentKind::Store), Criticality::High) => {
            vec![format!("{} cannot be written or read", names(design, things(&hosted)))]
        }
        _ => vec![format!(
            "{} is stale, or answered more slowly from its source",
            names(design, things(&hosted).chain(paths(&hosted)))
        )],
    }
}

/// How it recovers, by what it is (S11-e1 to S11-e7).
pub fn recovery(design: &Design, component: Component) -> Vec<String> {
    let hosted: Vec<Entity> = hosted(design, component).collect();
    let text = match kind(design, component) {
        Some(ComponentKind::Service) => "another instance takes over: nothing is kept in it".into(),
        Some(ComponentKind::Store) => stored(design, component),
        Some(ComponentKind::Log) => "producers try again; what cannot be processed goes to a dead-letter queue".into(),
        Some(ComponentKind::Processor) => "restart from the last checkpoint, and replay the log from there".into(),
        Some(ComponentKind::Cache) => format!("rebuild from {}", names(design, sources(design, &hosted).into_iter())),
        Some(ComponentKind::Gateway) => "circuit breaker and retry; what was begun is finished or undone later".into(),
        Some(ComponentKind::Worker) => "another instance goes on from the last position".into(),
        None => return vec![],
    };
    let seen = matches!(kind(design, component), Some(ComponentKind::Worker))
        && hosted.iter().any(|what| delivers(design, *what));
    std::iter::once(text).chain(seen.then(|| "receivers see it at the latest when they ask".into())).collect()
}

/// closed, nothing wrong happens and no work is done; open, work is done and invariants break.
fn closed(design: &Design, hosted: &[Entity]) -> Vec<String> {
    let dps: BTreeSet<Dp> = hosted.iter().filter_map(|what| Dp::of(*what)).collect();
    let protected = design
        .parameters
        .protects
        .iter()
        .filter(|(dp, _)| dps.contains(dp))
        .map(|(_, operation)| Entity::from(*operation));
    let refused: BTreeSet<Entity> =
        protected.chain(paths(hosted).filter(|what| matches!(what, Entity::Operation(_)))).collect();
    let invariants = design
        .parameters
        .enforces
        .iter()
        .filter(|(dp, _)| dps.contains(dp))
        .map(|(_, invariant)| Entity::from(*invariant));
    let broken: BTreeSet<Entity> = invariants.collect();
    let duplicates =
        dps.iter().any(|dp| matches!(design.parameters.dp.get(dp.index()), Some((_, DpKind::Outcomes, _))));
    let mut said = vec![format!("closed: {} refused", names(design, refused.into_iter()))];
    if !broken.is_empty() {
        let also = if duplicates { ", and duplicates would be possible" } else { "" };
        said.push(format!("open, it would break {}{also}", names(design, broken.into_iter())));
    }
    said
}

/// How a store comes back, by its shape.
fn stored(design: &Design, component: Component) -> String {
    let Some((_, _, Entity::Technology(technology))) = design.topology.component.get(component.index()) else {
        return "restore".into();
    };
    let name = design.name(*technology);
    let shape = CATALOGUE.iter().find(|product| product.name == name).map(|product| product.shape);
    match shape {
        Some(TechnologyShape::Oltp) | None => "failover to a synchronous replica, promoted under a new epoch".into(),
        Some(TechnologyShape::WideColumn) => "the other replicas answer; the lost one is repaired from them".into(),
        Some(TechnologyShape::InMemory) => {
            "failover by sentinel or cluster; claims of before are refused by their fence (A-56)".into()
        }
        Some(shape) => format!("by the {} itself; copies are in several zones", shape.word()),
    }
}

fn waiting(design: &Design, component: Component, hosted: &[Entity]) -> String {
    if let Some((_, _, Entity::Actor(actor))) = design.topology.component.get(component.index()) {
        let run =
            design.facts.operation.iter().filter(|(_, by)| by == actor).map(|(operation, _)| Entity::from(*operation));
        return format!("{} waits", names(design, run));
    }
    let of = hosted.iter().filter_map(|what| match what {
        Entity::Dp(dp) => design.parameters.dp.get(dp.index()).map(|(_, _, of)| *of),
        what => Some(*what),
    });
    let kept = hosted.iter().any(|what| matches!(what, Entity::Dp(dp) if matches!(design.parameters.dp.get(dp.index()), Some((_, DpKind::Claim, _)))));
    if kept {
        format!("claims on {} that ran out are given back late", names(design, of))
    } else {
        format!("{} delayed", names(design, of))
    }
}

/// What a gateway is called for.
fn flowing(design: &Design, component: Component) -> String {
    let flows = design.topology.flows.iter().filter(|(_, to, _)| *to == component).map(|(_, _, what)| *what);
    names(design, flows)
}

fn delivers(design: &Design, what: Entity) -> bool {
    matches!(what, Entity::Dp(dp) if matches!(design.parameters.dp.get(dp.index()), Some((_, DpKind::Delivery, _))))
}

/// The views that parameters in a processor compute.
fn computed(design: &Design, hosted: &[Entity]) -> BTreeSet<Entity> {
    let dps: BTreeSet<Dp> = hosted.iter().filter_map(|what| Dp::of(*what)).collect();
    design.technology.folded.iter().filter(|(dp, _)| dps.contains(dp)).map(|(_, view)| (*view).into()).collect()
}

/// What the views and queries of a cache are copies of (S7-c2).
fn sources(design: &Design, hosted: &[Entity]) -> BTreeSet<Entity> {
    let of = |what: &Entity| match what {
        Entity::Dp(dp) => design.parameters.dp.get(dp.index()).map(|(_, _, of)| *of),
        what => Some(*what),
    };
    let copies: BTreeSet<Entity> = hosted.iter().filter_map(of).collect();
    let views = design
        .facts
        .upstream
        .iter()
        .filter(|(view, _)| copies.contains(&(*view).into()))
        .map(|(_, source)| (*source).into());
    let queries = design
        .facts
        .query_reads
        .iter()
        .filter(|(query, _)| copies.contains(&(*query).into()))
        .map(|(_, source)| (*source).into());
    views.chain(queries).collect()
}

fn hosted(design: &Design, component: Component) -> impl Iterator<Item = Entity> + '_ {
    design.topology.hosts.iter().filter(move |(other, _)| *other == component).map(|(_, what)| *what)
}

/// What a component is.
pub fn kind(design: &Design, component: Component) -> Option<ComponentKind> {
    design.topology.component.get(component.index()).map(|(_, kind, _)| *kind)
}

fn things(hosted: &[Entity]) -> impl Iterator<Item = Entity> + '_ {
    hosted.iter().copied().filter(|what| matches!(what, Entity::Object(_) | Entity::View(_) | Entity::Event(_)))
}

fn paths(hosted: &[Entity]) -> impl Iterator<Item = Entity> + '_ {
    hosted.iter().copied().filter(|what| matches!(what, Entity::Operation(_) | Entity::Query(_)))
}

fn names(design: &Design, all: impl Iterator<Item = Entity>) -> String {
    let names: BTreeSet<String> = all.map(|what| design.name(what)).collect();
    if names.is_empty() { "what it serves".into() } else { names.into_iter().collect::<Vec<_>>().join(", ") }
}
