//! The output artifact of this step: boundaries, partitions, failure domains, and the picture of it all (S11-o1 to S11-o3).

use super::failure::{impact, recovery};
use super::{BoundaryReason, ComponentKind, Criticality};
use crate::artifact::{Cell, Edge, Figure, Graph, GraphKind, Node, Shape, Table};
use crate::fact::*;
use crate::vocabulary::{ActorKind, Vocabulary};
use crate::{Design, fact};
use std::collections::{BTreeMap, BTreeSet};

/// The step's tables: S11-o2, S11-o3, and what stands behind the picture.
pub fn tables(design: &Design) -> Vec<Table> {
    vec![components(design), boundaries(design), partitions(design), failure_domains(design)]
}

/// S11-o1: services with what belongs to them, and what flows between.
pub fn figures(design: &Design) -> Vec<Figure> {
    if design.topology.component.is_empty() { vec![] } else { vec![Figure::Graph(topology(design))] }
}

fn components(design: &Design) -> Table {
    let step = &design.topology;
    let rows = step.component.iter().map(|(component, kind, of)| {
        let hosted = step.hosts.iter().filter(|(other, what)| other == component && !matches!(what, Entity::Call(_)));
        let hosted: Vec<Entity> = hosted.map(|(_, what)| *what).collect();
        let names: Vec<String> = hosted.iter().map(|what| design.name(*what)).collect();
        // A thing and its table have one name: the kind tells them apart.
        let hosted = hosted.iter().zip(&names).map(|(what, name)| {
            let alike = names.iter().filter(|other| *other == name).count() > 1;
            let text = if alike { format!("{name} ({})", what.noun()) } else { name.clone() };
            Cell::Derived(fact!(hosts, *component, *what), text)
        });
        let service = step.belongs.iter().find(|(other, _)| other == component);
        let service =
            service.map(|(_, service)| Cell::Derived(fact!(belongs, *component, *service), design.name(*service)));
        vec![
            Cell::Derived(fact!(component, *component, *kind, *of), design.name(*component)),
            Cell::text(kind.word()),
            service.unwrap_or(Cell::Empty),
            Cell::list(hosted.collect()),
        ]
    });
    Table {
        title: "Components",
        columns: vec!["Component", "Kind", "Belongs to", "Hosts"],
        rows: rows.collect(),
        empty: "nothing is deployed",
    }
}

/// S11-d1 to S11-d5: every two services, and what justifies the boundary between them.
fn boundaries(design: &Design) -> Table {
    let mut reasons: BTreeMap<(Component, Component), Vec<BoundaryReason>> = BTreeMap::new();
    for (one, other, reason) in &design.topology.justified {
        reasons.entry((*one, *other)).or_default().push(*reason);
    }
    let services = super::services(design);
    for (place, one) in services.iter().enumerate() {
        for other in &services[place + 1..] {
            reasons.entry((*one, *other)).or_default();
        }
    }
    let rows = reasons.into_iter().map(|((one, other), all)| {
        let because =
            all.iter().map(|reason| Cell::Derived(fact!(justified, one, other, *reason), reason.word().into()));
        let because = because.collect::<Vec<_>>();
        let because = if because.is_empty() { Cell::text("nothing: they could be one") } else { Cell::list(because) };
        // A boundary has no direction: which side is named first must not depend on what was declared first.
        let mut sides = [one, other].map(|side| Cell::Entity(side.into(), design.name(side)));
        sides.sort_by_key(Cell::plain);
        let [one, other] = sides;
        vec![one, other, because]
    });
    Table {
        title: "Service boundaries",
        columns: vec!["Service", "Apart from", "Because of"],
        rows: rows.collect(),
        empty: "there is one service, and no boundary",
    }
}

/// S11-o2: what is spread by which key, and where.
fn partitions(design: &Design) -> Table {
    let step = &design.topology;
    let mut keys: BTreeMap<Entity, (Vec<Field>, &'static str)> = BTreeMap::new();
    for (what, field, rule) in &step.spread {
        keys.entry(*what).or_insert((vec![], rule)).0.push(*field);
    }
    let rows = keys.into_iter().map(|(what, (fields, rule))| {
        let scope = fields.iter().map(|field| design.facts.name(*field)).collect::<Vec<_>>().join(", ");
        let key = match rule {
            "S11-r5" => format!("canonical(min({scope}), max({scope}))"),
            "S11-r6" => format!("cell of {scope}"),
            "S11-r7" => format!("(granularity, bucket, {scope})"),
            _ => scope.clone(),
        };
        let first = fact!(spread, what, fields[0]);
        let at = step
            .hosts
            .iter()
            .filter(|(component, other)| *other == what && !is(design, *component, ComponentKind::Service));
        let at = at.map(|(component, _)| Cell::Derived(fact!(hosts, *component, what), design.name(*component)));
        vec![
            Cell::Entity(what, design.name(what)),
            Cell::text(format!("per {scope}")),
            Cell::Derived(first, key),
            Cell::list(at.collect()),
            Cell::Row(rule),
        ]
    });
    Table {
        title: "Partition topology",
        columns: vec!["What", "Invariant scope", "Partition key", "Component", "Rule"],
        rows: rows.collect(),
        empty: "nothing is spread",
    }
}

/// S11-o3, CK-11c: the most critical first.
fn failure_domains(design: &Design) -> Table {
    let step = &design.topology;
    let mut levels: Vec<(Criticality, Component)> =
        step.criticality.iter().map(|(component, level)| (*level, *component)).collect();
    levels.sort();
    let rows = levels.into_iter().map(|(level, component)| {
        let closed = step.fails_closed.binary_search(&(component,)).is_ok();
        let mode = if closed {
            Cell::Derived(fact!(fails_closed, component), "fails closed".into())
        } else {
            Cell::text(if level == Criticality::High { "holds back and catches up" } else { "degrades" })
        };
        vec![
            Cell::Entity(component.into(), design.name(component)),
            Cell::Derived(fact!(criticality, component, level), level.word().into()),
            Cell::list(impact(design, component, level).into_iter().map(Cell::Text).collect()),
            mode,
            Cell::list(recovery(design, component).into_iter().map(Cell::Text).collect()),
        ]
    });
    Table {
        title: "Failure domains",
        columns: vec!["Component", "Correctness criticality", "Failure impact", "Mode", "Recovery path"],
        rows: rows.collect(),
        empty: "nothing is deployed",
    }
}

/// The picture: a group per service, shared things outside, actors at the edge.
fn topology(design: &Design) -> Graph {
    let step = &design.topology;
    let place: BTreeMap<Component, usize> =
        step.component.iter().enumerate().map(|(place, (component, ..))| (*component, place)).collect();
    let mut nodes: Vec<Node> =
        step.component.iter().map(|(component, kind, _)| node(design, *component, *kind)).collect();
    let mut labels: BTreeMap<(usize, usize), BTreeSet<(String, Entity)>> = BTreeMap::new();
    for (from, to, what) in &step.flows {
        if let (Some(from), Some(to)) = (place.get(from), place.get(to)) {
            labels.entry((*from, *to)).or_default().insert((design.name(*what), *what));
        }
    }
    let asynchronous = |place: usize| {
        matches!(step.component[place].1, ComponentKind::Log | ComponentKind::Processor | ComponentKind::Worker)
            && !matches!(step.component[place].2, Entity::Actor(_))
    };
    let mut edges: Vec<Edge> = labels
        .into_iter()
        .map(|((from, to), all)| {
            let fact = all.first().map(|(_, what)| fact!(flows, step.component[from].0, step.component[to].0, *what));
            Edge {
                from,
                to,
                label: short(all.into_iter().map(|(name, _)| name)),
                dashed: asynchronous(from) || asynchronous(to),
                fact,
            }
        })
        .collect();
    for (actor, at, all) in outside(design) {
        nodes.push(Node {
            label: design.name(actor),
            lines: vec![],
            shape: Shape::Outside,
            group: None,
            of: Some(actor.into()),
        });
        let from = nodes.len() - 1;
        edges.extend(place.get(&at).map(|to| Edge {
            from,
            to: *to,
            label: short(all.into_iter()),
            dashed: false,
            fact: None,
        }));
    }
    Graph { title: "Services and data flows".into(), kind: GraphKind::Flow, nodes, edges }
}

fn node(design: &Design, component: Component, kind: ComponentKind) -> Node {
    let shape = match kind {
        ComponentKind::Store | ComponentKind::Cache => Shape::Store,
        ComponentKind::Log => Shape::Queue,
        ComponentKind::Gateway => Shape::Outside,
        ComponentKind::Service | ComponentKind::Processor | ComponentKind::Worker => Shape::Box,
    };
    let level = design
        .topology
        .criticality
        .iter()
        .find(|(other, _)| *other == component)
        .map(|(_, level)| level.word().to_owned());
    let group =
        design.topology.belongs.iter().find(|(other, _)| *other == component).map(|(_, service)| design.name(*service));
    let group = group.or_else(|| (kind == ComponentKind::Service).then(|| design.name(component)));
    Node { label: design.name(component), lines: level.into_iter().collect(), shape, group, of: Some(component.into()) }
}

/// Actors outside the system: which service each talks to, and about what.
fn outside(design: &Design) -> Vec<(Actor, Component, BTreeSet<String>)> {
    let system: BTreeSet<Actor> = design
        .facts
        .actor_kind
        .iter()
        .filter(|(_, kind)| ActorKind::is_system(*kind))
        .map(|(actor, _)| *actor)
        .collect();
    let runs = design.facts.operation.iter().map(|(operation, actor)| (*actor, Entity::from(*operation)));
    let asks = design.facts.asks.iter().map(|(query, actor)| (*actor, Entity::from(*query)));
    let reads = design.facts.read_by.iter().map(|(view, actor, _)| (*actor, Entity::from(*view)));
    let mut all: BTreeMap<(Actor, Component), BTreeSet<String>> = BTreeMap::new();
    for (actor, what) in runs.chain(asks).chain(reads).filter(|(actor, _)| !system.contains(actor)) {
        let at = design
            .topology
            .hosts
            .iter()
            .find(|(component, other)| *other == what && is(design, *component, ComponentKind::Service));
        if let Some((component, _)) = at {
            all.entry((actor, *component)).or_default().insert(design.name(what));
        }
    }
    all.into_iter().map(|((actor, component), names)| (actor, component, names)).collect()
}

fn is(design: &Design, component: Component, kind: ComponentKind) -> bool {
    design.topology.component.get(component.index()).is_some_and(|(_, of, _)| *of == kind)
}

/// A label of at most three names.
fn short(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    match names.len() {
        0..=3 => names.join(", "),
        more => format!("{}, and {} more", names[..3].join(", "), more - 3),
    }
}
