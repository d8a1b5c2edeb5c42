//! What is deployed: services, stores, logs, processors, caches, external services and workers, and what lives in each.

use super::ComponentKind::{self, *};
use super::services::Drafts;
use crate::Design;
use crate::fact::*;
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_10_technology::TechnologyShape;
use crate::step_10_technology::catalogue::CATALOGUE;
use crate::vocabulary::*;
use std::collections::{BTreeMap, BTreeSet};

/// One thing to be deployed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Part {
    /// What it is.
    pub kind: ComponentKind,
    /// Of what.
    pub of: Entity,
    /// Which service it belongs to, by its place; what is shared has none.
    pub service: Option<usize>,
    /// What it is called.
    pub name: String,
    /// What lives in it.
    pub hosts: BTreeSet<Entity>,
    /// It keeps what is rarely read any more (S10-m10).
    pub cold: bool,
}

/// All components in the order of their ids: services first, then what they stand on, shared things last.
pub fn parts(design: &Design, drafts: &Drafts) -> Vec<Part> {
    let mut parts: Vec<Part> = drafts
        .services
        .iter()
        .enumerate()
        .map(|(place, draft)| Part {
            kind: ComponentKind::Service,
            of: draft.of,
            service: Some(place),
            name: draft.name.clone(),
            hosts: draft.hosts.clone(),
            cold: false,
        })
        .collect();
    let held = stores(design, drafts);
    parts.extend(held);
    parts.extend(workers(design, drafts));
    parts.extend(gateways(design));
    name_apart(&mut parts);
    parts
}

/// S11-d4: every service has stores of its own; logs, processors and archives are shared.
fn stores(design: &Design, drafts: &Drafts) -> Vec<Part> {
    let step = &design.technology;
    let mut parts: BTreeMap<(ComponentKind, Option<usize>, Technology), Part> = BTreeMap::new();
    let shape: BTreeMap<Entity, TechnologyShape> = step.shape.iter().map(|(what, shape, _)| (*what, *shape)).collect();
    let volatile =
        |what: &Entity| matches!(what, Entity::Object(object) if design.validation.volatile.contains(&(*object,)));
    for (what, technology) in &step.product {
        let service = drafts.home_of(design, *what);
        let product = design.name(*technology);
        // Tables have no shape of their own: they take the one of the product.
        let shape =
            shape.get(what).copied().or_else(|| CATALOGUE.iter().find(|it| it.name == product).map(|it| it.shape));
        let own = |text: &str| {
            service.map_or_else(
                || format!("{text} ({product})"),
                |place| format!("{} {text} ({product})", drafts.services[place].short),
            )
        };
        let (kind, service, name) = match shape {
            Some(TechnologyShape::Log) => (Log, None, format!("event log ({product})")),
            Some(TechnologyShape::StreamProcessor) => (Processor, None, format!("stream processor ({product})")),
            // Merging is done by a library, wherever the state is.
            Some(TechnologyShape::ReplicatedData) => continue,
            Some(TechnologyShape::InMemory) if !holds_truth(design, *what, &volatile) => (Cache, service, own("cache")),
            _ => (Store, service, own("store")),
        };
        let part = parts.entry((kind, service, *technology)).or_insert_with(|| Part {
            kind,
            of: (*technology).into(),
            service,
            name,
            hosts: BTreeSet::new(),
            cold: false,
        });
        part.hosts.insert(*what);
    }
    for (object, technology) in &step.archived {
        let name = format!("archive ({})", design.name(*technology));
        let fresh =
            Part { kind: Store, of: (*technology).into(), service: None, name, hosts: BTreeSet::new(), cold: true };
        let part = parts.entry((Store, Some(usize::MAX), *technology)).or_insert(fresh);
        part.hosts.insert((*object).into());
    }
    parts.into_values().collect()
}

/// Whether something in memory is kept with an object whose truth may be there.
fn holds_truth(design: &Design, what: Entity, volatile: &impl Fn(&Entity) -> bool) -> bool {
    let guarded =
        |dp: Dp| design.parameters.guards.iter().any(|(other, object)| *other == dp && volatile(&(*object).into()));
    match what {
        Entity::Dp(dp) => {
            !matches!(design.parameters.dp.get(dp.index()), Some((_, DpKind::Projection | DpKind::Aggregate, _)))
                && guarded(dp)
        }
        what => volatile(&what),
    }
}

/// What runs on a schedule, from a queue, or as a part of the system that acts by itself.
fn workers(design: &Design, drafts: &Drafts) -> Vec<Part> {
    let mut parts: BTreeMap<(Option<usize>, &'static str), Part> = BTreeMap::new();
    let step = &design.mechanisms;
    let selected = step.mechanism.iter().chain(&step.adds);
    let used: BTreeSet<(Dp, Mechanism)> = selected.map(|(dp, mechanism, _)| (*dp, *mechanism)).collect();
    let uses = |dp: Dp, wanted: &[Mechanism]| wanted.iter().any(|mechanism| used.contains(&(dp, *mechanism)));
    let folded: BTreeSet<View> = design.technology.folded.iter().map(|(_, view)| *view).collect();
    for (dp, kind, of) in &design.parameters.dp {
        let home = drafts.home_of(design, (*dp).into());
        let role = match kind {
            DpKind::Delivery => Some((None, "notification worker")),
            DpKind::Path
                if uses(*dp, &[Mechanism::Cdc, Mechanism::Outbox])
                    && !matches!(of, Entity::View(view) if folded.contains(view)) =>
            {
                Some((drafts.home_of(design, *of), "projection updater"))
            }
            DpKind::Coordination => Some((home, "saga recovery")),
            DpKind::Claim if uses(*dp, &[Mechanism::Lease]) => Some((home, "claim reaper")),
            _ => None,
        };
        let relay = (!matches!(kind, DpKind::Delivery | DpKind::Path) && uses(*dp, &[Mechanism::Outbox]))
            .then_some((home, "outbox relay"));
        for (service, role) in role.into_iter().chain(relay) {
            let name = service.map_or(role.to_owned(), |place| format!("{} {role}", drafts.services[place].short));
            let fresh = Part { kind: Worker, of: (*dp).into(), service, name, hosts: BTreeSet::new(), cold: false };
            let part = parts.entry((service, role)).or_insert(fresh);
            // A relay carries the events; the parameter itself lives in the store.
            match role {
                "outbox relay" => part.hosts.extend(announced(design, *dp)),
                _ => drop(part.hosts.insert((*dp).into())),
            }
        }
    }
    let acting = design.facts.actor_kind.iter().filter(|(_, kind)| kind.is_system());
    let acting = acting.filter(|(actor, _)| design.facts.operation.iter().any(|(_, by)| by == actor));
    let acting = acting.map(|(actor, _)| Part {
        kind: Worker,
        of: (*actor).into(),
        service: None,
        name: design.name(*actor),
        hosts: BTreeSet::new(),
        cold: false,
    });
    parts.into_values().chain(acting).collect()
}

/// The events that operations under a parameter announce.
fn announced(design: &Design, dp: Dp) -> Vec<Entity> {
    let protected: BTreeSet<Operation> =
        design.parameters.protects.iter().filter(|(other, _)| *other == dp).map(|(_, operation)| *operation).collect();
    let events = design.facts.announces.iter().filter(|(operation, _)| protected.contains(operation));
    events.map(|(_, event)| (*event).into()).collect()
}

/// What somebody else runs.
fn gateways(design: &Design) -> Vec<Part> {
    let outside: BTreeSet<crate::fact::Service> = design
        .facts
        .service_trait
        .iter()
        .filter(|(_, it)| *it == ServiceTrait::External)
        .map(|(service, _)| *service)
        .collect();
    let part = |service: &crate::fact::Service| {
        let calls = design.facts.call.iter().filter(|(_, _, to)| to == service).map(|(call, ..)| Entity::from(*call));
        let owned = design.facts.owns.iter().filter(|(by, _)| by == service).map(|(_, what)| *what);
        Part {
            kind: Gateway,
            of: (*service).into(),
            service: None,
            name: design.name(*service),
            hosts: calls.chain(owned).collect(),
            cold: false,
        }
    };
    outside.iter().map(part).collect()
}

/// Two components are never called the same: the later ones are numbered.
fn name_apart(parts: &mut [Part]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for part in parts {
        let count = seen.entry(part.name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            part.name = format!("{} {count}", part.name);
        }
    }
}
