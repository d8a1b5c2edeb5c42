//! The services: those the author declares, and for what none of them owns, as few as the reasons for a boundary ask for.

use super::BoundaryReason::{self, *};
use crate::fact::*;
use crate::proof::{Fact, RuleId};
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_06_mechanisms::properties::thresholds::Threshold;
use crate::step_09_schema::TableClass;
use crate::step_10_technology::inputs::{self, Limit, owners};
use crate::step_10_technology::placing::groups;
use crate::step_10_technology::tables::DECIDING;
use crate::vocabulary::*;
use crate::{Design, fact};
use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedMul, Zero};
use std::collections::{BTreeMap, BTreeSet};

/// One service as it is drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    /// The declared service, or the first object or view of a derived one.
    pub of: Entity,
    /// What it is called.
    pub name: String,
    /// The same without the word "service", for what belongs to it.
    pub short: String,
    /// Operations, queries and views it answers, and checks at its boundary.
    pub hosts: BTreeSet<Entity>,
    /// What tells it from others.
    pub traits: Traits,
}

/// What speaks for or against a boundary between two responsibilities.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Traits {
    /// The objects it owns.
    pub objects: BTreeSet<Object>,
    /// The views it owns.
    pub views: BTreeSet<View>,
    /// Writes per second.
    pub writes: Ratio<i128>,
    /// Reads per second.
    pub reads: Ratio<i128>,
    /// It decides on writes that must not be decided wrongly.
    pub decides: bool,
    /// Who changes what it owns.
    pub changers: BTreeSet<Actor>,
    /// It must not fail because another is slow.
    pub critical: bool,
    /// It may be slow, or fail for a while.
    pub shaky: bool,
}

/// All services, and who owns what.
#[derive(Default, Debug)]
pub struct Drafts {
    /// In the order of their ids.
    pub services: Vec<Draft>,
    /// The place of the service of an object or view.
    pub owner: BTreeMap<Entity, usize>,
    /// What each operation is about.
    subjects: BTreeMap<Operation, Object>,
}

/// Draws the services of a design.
pub fn drafts(design: &Design) -> Drafts {
    let survey = Survey::new(design);
    let mut drafts = declared(&survey);
    objects(&survey, &mut drafts);
    views(&survey, &mut drafts);
    let answered = answered(design, &drafts);
    for (place, what) in answered {
        drafts.services[place].hosts.insert(what);
    }
    drafts
}

/// What the design says of every object and view, gathered once: boundaries are judged between all of them.
pub struct Survey<'d> {
    design: &'d Design,
    written: BTreeMap<Object, Ratio<i128>>,
    read: BTreeMap<View, Ratio<i128>>,
    /// The rates of the queries that read an object.
    queried: BTreeMap<Object, Vec<Ratio<i128>>>,
    decided: BTreeSet<Object>,
    changers: BTreeMap<Object, Vec<Actor>>,
    /// So many times more reads than writes, or the other way round, are another scale.
    far: Ratio<i128>,
    /// So many writes per second are too much for one node.
    most: Ratio<i128>,
}

impl<'d> Survey<'d> {
    /// Reads the design once.
    pub fn new(design: &'d Design) -> Survey<'d> {
        let facts = &design.facts;
        let asked: BTreeMap<Query, _> = facts.query_rate.iter().copied().collect();
        let mut queried: BTreeMap<Object, Vec<Ratio<i128>>> = BTreeMap::new();
        for (query, source) in &facts.query_reads {
            if let (Source::Object(object), Some(rate)) = (source, asked.get(query)) {
                queried.entry(*object).or_default().push(rate.amount);
            }
        }
        let deciding = design.parameters.dp.iter().filter(|(_, kind, _)| DECIDING.contains(kind));
        let deciding: BTreeSet<Dp> = deciding.map(|(dp, ..)| *dp).collect();
        let decided = design.parameters.guards.iter().filter(|(dp, _)| deciding.contains(dp));
        let mut changers: BTreeMap<Object, Vec<Actor>> = BTreeMap::new();
        design.evidence.writer.iter().for_each(|(object, actor)| changers.entry(*object).or_default().push(*actor));
        Survey {
            design,
            written: inputs::writes(design),
            read: inputs::reads(facts),
            queried,
            decided: decided.map(|(_, object)| *object).collect(),
            changers,
            far: Threshold::ReadWriteRatio.value(facts).amount,
            most: Limit::NodeWrites.value(facts).amount,
        }
    }

    /// S11-d1 to S11-d4: why the two may stand apart.
    pub fn reasons(&self, one: &Traits, other: &Traits) -> Vec<(BoundaryReason, RuleId)> {
        let far = |more: Ratio<i128>, less: Ratio<i128>| {
            !more.is_zero() && less.checked_mul(&self.far).is_some_and(|bound| more >= bound)
        };
        let leans = |it: &Traits| (far(it.writes, it.reads), far(it.reads, it.writes));
        let (one_leans, other_leans) = (leans(one), leans(other));
        let opposite = (one_leans.0 && other_leans.1) || (one_leans.1 && other_leans.0);
        let outgrows = |it: &Traits, than: &Traits| it.writes > self.most && than.writes <= self.most;
        let mut found = vec![];
        if opposite || outgrows(one, other) || outgrows(other, one) {
            found.push((Scaling, "S11-d1"));
        }
        if one.critical != other.critical || one.shaky != other.shaky {
            found.push((Isolation, "S11-d2"));
        }
        let idle = |it: &Traits| it.objects.is_empty() && it.views.is_empty();
        if one.decides != other.decides && !idle(one) && !idle(other) {
            found.push((Consistency, "S11-d3"));
        }
        let apart = one.changers.is_disjoint(&other.changers) && !one.changers.is_empty() && !other.changers.is_empty();
        if apart {
            found.push((DataOwnership, "S11-d4"));
        }
        found
    }

    /// What shows a reason.
    pub fn grounds(&self, reason: BoundaryReason, one: &Traits, other: &Traits) -> Vec<Fact> {
        match reason {
            Scaling => self.rates(one).into_iter().chain(self.rates(other)).collect(),
            DataOwnership => {
                let owned = one.objects.iter().chain(&other.objects).take(4);
                let first = owned.filter_map(|object| Some((*object, *self.changers.get(object)?.first()?)));
                first.map(|(object, actor)| fact!(writer, object, actor)).collect()
            }
            Isolation | Consistency => vec![],
        }
    }

    fn rates(&self, of: &Traits) -> Vec<Fact> {
        let (facts, evidence) = (&self.design.facts, &self.design.evidence);
        let written = evidence.writes.iter().filter(|(_, object)| of.objects.contains(object));
        let written = written.filter_map(|(operation, _)| facts.rate.iter().find(|(rated, _)| rated == operation));
        let written = written.map(|(operation, rate)| fact!(rate, *operation, *rate));
        let read = facts.read_by.iter().filter(|(view, ..)| of.views.contains(view));
        read.map(|(view, actor, _)| fact!(read_by, *view, *actor)).chain(written).take(2).collect()
    }

    fn traits(&self, owned: &[Entity]) -> Traits {
        let objects: BTreeSet<Object> = owned.iter().filter_map(|what| Object::of(*what)).collect();
        let views: BTreeSet<View> = owned.iter().filter_map(|what| View::of(*what)).collect();
        let queries = objects.iter().filter_map(|object| self.queried.get(object)).flatten();
        Traits {
            writes: sum(objects.iter().filter_map(|object| self.written.get(object))),
            reads: sum(views.iter().filter_map(|view| self.read.get(view)).chain(queries)),
            decides: !objects.is_disjoint(&self.decided),
            changers: objects.iter().filter_map(|object| self.changers.get(object)).flatten().copied().collect(),
            objects,
            views,
            ..Traits::default()
        }
    }
}

fn sum<'r>(rates: impl Iterator<Item = &'r Ratio<i128>>) -> Ratio<i128> {
    rates.fold(Ratio::zero(), |sum: Ratio<i128>, rate| sum.checked_add(rate).unwrap_or(sum))
}

impl Drafts {
    /// The service whose store, cache or worker keeps a thing; `None` for what is shared.
    pub fn home_of(&self, design: &Design, what: Entity) -> Option<usize> {
        let first = |all: &[Entity]| all.iter().find_map(|entity| self.owner.get(entity).copied());
        match what {
            Entity::Object(_) | Entity::View(_) => self.owner.get(&what).copied(),
            Entity::Dp(dp) => {
                let parameters = &design.parameters;
                let (_, _, of) = *parameters.dp.get(dp.index())?;
                let guarded = || {
                    let mut guards = parameters.guards.iter().filter(|(other, _)| *other == dp);
                    guards.find_map(|(_, object)| self.owner.get(&(*object).into()).copied())
                };
                first(&[of]).or_else(guarded).or_else(|| self.home_of(design, of))
            }
            Entity::Operation(operation) => {
                let subject = *self.subjects.get(&operation)?;
                self.owner.get(&subject.into()).copied()
            }
            Entity::Query(query) => {
                let read: Vec<Entity> = design
                    .facts
                    .query_reads
                    .iter()
                    .filter(|(other, _)| *other == query)
                    .map(|(_, source)| (*source).into())
                    .collect();
                first(&read)
            }
            Entity::Event(event) => {
                let makers = design.facts.announces.iter().filter(|(_, other)| *other == event);
                makers.filter_map(|(operation, _)| self.home_of(design, (*operation).into())).next()
            }
            Entity::Table(table) => {
                let (_, class, of) = *design.schema.table.get(table.index())?;
                // S11-d1: what waits for receivers belongs to whoever delivers it, where it has a store of its own.
                if class == TableClass::Inbox && design.technology.inbox.iter().any(|(other, _)| *other == table) {
                    return None;
                }
                (!matches!(of, Entity::Table(_))).then(|| self.home_of(design, of)).flatten()
            }
            _ => None,
        }
    }

    fn add(&mut self, draft: Draft) -> usize {
        let owned = draft.traits.objects.iter().map(|object| Entity::from(*object));
        let owned: Vec<Entity> = owned.chain(draft.traits.views.iter().map(|view| Entity::from(*view))).collect();
        let place = self.services.len();
        self.owner.extend(owned.into_iter().map(|what| (what, place)));
        self.services.push(draft);
        place
    }

    fn join(&mut self, place: usize, traits: Traits) {
        let all = traits
            .objects
            .iter()
            .map(|object| Entity::from(*object))
            .chain(traits.views.iter().map(|view| Entity::from(*view)));
        self.owner.extend(all.map(|what| (what, place)));
        let own = &mut self.services[place].traits;
        own.writes = own.writes.checked_add(&traits.writes).unwrap_or(own.writes);
        own.reads = own.reads.checked_add(&traits.reads).unwrap_or(own.reads);
        own.objects.extend(traits.objects);
        own.views.extend(traits.views);
        own.changers.extend(traits.changers);
        own.decides |= traits.decides;
        own.critical |= traits.critical;
        own.shaky |= traits.shaky;
    }
}

/// The declared services that are the system's own.
fn declared(survey: &Survey) -> Drafts {
    let design = survey.design;
    let facts = &design.facts;
    let has = |service: Service, wanted: ServiceTrait| facts.service_trait.contains(&(service, wanted));
    let slow: BTreeSet<Fault> =
        facts.fault.iter().filter(|(_, kind)| *kind == FaultKind::SlowDownstream).map(|(fault, _)| *fault).collect();
    let owners = owners(facts);
    let mut drafts = Drafts { subjects: facts.subjects(), ..Drafts::default() };
    for service in (0..facts.names.services.len() as u32).map(Service) {
        if has(service, ServiceTrait::External) {
            continue;
        }
        let owned: Vec<Entity> = owners.iter().filter(|(_, by)| **by == service).map(|(what, _)| *what).collect();
        let mut traits = survey.traits(&owned);
        traits.critical = has(service, ServiceTrait::Critical);
        let slowed = facts.fault_at.iter().any(|(fault, at)| slow.contains(fault) && *at == service.into());
        traits.shaky = has(service, ServiceTrait::MayDegrade) || slowed;
        let name = design.name(service);
        let short = name.strip_suffix("Service").filter(|short| !short.is_empty()).unwrap_or(&name).to_owned();
        drafts.add(Draft { of: service.into(), name, short, hosts: BTreeSet::new(), traits });
    }
    drafts
}

/// S11-d5: objects that nobody owns join the service they share a transaction with, or one nothing sets them apart from.
fn objects(survey: &Survey, drafts: &mut Drafts) {
    let design = survey.design;
    let mut left: BTreeSet<Object> = (0..design.facts.names.objects.len() as u32).map(Object).collect();
    let tied = groups(&design.technology)
        .into_iter()
        .map(|group| group.members.into_iter().filter_map(Object::of).collect::<Vec<_>>());
    let tied: Vec<Vec<Object>> = tied.filter(|objects| !objects.is_empty()).collect();
    tied.iter().flatten().for_each(|object| _ = left.remove(object));
    let mut all: Vec<Vec<Object>> = tied.into_iter().chain(left.into_iter().map(|object| vec![object])).collect();
    // By name: which services come out must not depend on what was declared first.
    all.iter_mut().for_each(|objects| objects.sort_by_key(|object| design.name(*object)));
    all.sort_by_cached_key(|objects| objects.first().map(|object| design.name(*object)));
    let mains = mains(design);
    let first_derived = drafts.services.len();
    for objects in all {
        let owned = objects.iter().find_map(|object| drafts.owner.get(&(*object).into()).copied());
        let loose: Vec<Entity> =
            objects.into_iter().map(Entity::from).filter(|object| !drafts.owner.contains_key(object)).collect();
        let Some(first) = loose.first().copied() else { continue };
        let traits = survey.traits(&loose);
        let alike = || {
            (first_derived..drafts.services.len())
                .find(|place| survey.reasons(&drafts.services[*place].traits, &traits).is_empty())
        };
        match owned.or_else(alike) {
            Some(place) => drafts.join(place, traits),
            None => {
                let decided = loose.iter().filter(|object| mains.contains(object));
                let main = decided.min_by_key(|object| design.name(**object)).copied().unwrap_or(first);
                let short = design.name(main);
                drafts.add(Draft { of: main, name: format!("{short} service"), short, hosts: BTreeSet::new(), traits });
            }
        }
    }
}

/// What is decided on: of several objects it gives the name that stands for all.
fn mains(design: &Design) -> BTreeSet<Entity> {
    let decided = design.parameters.dp.iter().filter(|(_, kind, _)| DECIDING.contains(kind));
    decided.map(|(_, _, of)| *of).collect()
}

/// S11-d1, S11-d3: views that nobody owns stay with their source, unless they scale or are consistent in another way.
fn views(survey: &Survey, drafts: &mut Drafts) {
    let design = survey.design;
    let at_once = design
        .mechanisms
        .mechanism
        .iter()
        .filter(|(_, mechanism, _)| matches!(mechanism, Mechanism::SynchronousUpdate | Mechanism::ReadSource));
    let at_once = at_once.filter_map(|(dp, ..)| design.parameters.dp.get(dp.index()));
    let synchronous: BTreeSet<Entity> = at_once.map(|(_, _, of)| *of).collect();
    let mut sources: BTreeMap<View, Vec<Source>> = BTreeMap::new();
    design.facts.upstream.iter().for_each(|(view, source)| sources.entry(*view).or_default().push(*source));
    let mut reading: Option<usize> = None;
    let mut views: Vec<View> = (0..design.facts.names.views.len() as u32).map(View).collect();
    views.sort_by_cached_key(|view| design.name(*view));
    for view in views {
        if drafts.owner.contains_key(&view.into()) {
            continue;
        }
        let source = source_of(&sources, drafts, view);
        let traits = survey.traits(&[view.into()]);
        let at_once = synchronous.contains(&view.into());
        let stays =
            source.filter(|place| at_once || survey.reasons(&drafts.services[*place].traits, &traits).is_empty());
        match (stays, reading) {
            (Some(place), _) | (None, Some(place)) => drafts.join(place, traits),
            (None, None) => {
                let short = design.name(view);
                reading = Some(drafts.add(Draft {
                    of: view.into(),
                    name: format!("{short} service"),
                    short,
                    hosts: BTreeSet::new(),
                    traits,
                }));
            }
        }
    }
    // More than one view: the service is named by what it does.
    if let Some(draft) = reading.map(|place| &mut drafts.services[place]).filter(|draft| draft.traits.views.len() > 1) {
        draft.name = "read service".to_owned();
        draft.short = "read".to_owned();
    }
}

/// The service of the first object behind a view, however many views are between.
fn source_of(sources: &BTreeMap<View, Vec<Source>>, drafts: &Drafts, view: View) -> Option<usize> {
    let (mut seen, mut pending) = (BTreeSet::from([view]), vec![view]);
    while let Some(view) = pending.pop() {
        for source in sources.get(&view).into_iter().flatten() {
            match source {
                Source::Object(object) => return drafts.owner.get(&(*object).into()).copied(),
                Source::View(next) if seen.insert(*next) => pending.push(*next),
                Source::View(_) => (),
            }
        }
    }
    None
}

/// Who answers which operation, query and view, and who checks permissions.
fn answered(design: &Design, drafts: &Drafts) -> Vec<(usize, Entity)> {
    let facts = &design.facts;
    let operations = (0..facts.names.operations.len() as u32).map(|id| Entity::from(Operation(id)));
    let queries = (0..facts.names.queries.len() as u32).map(|id| Entity::from(Query(id)));
    let views = (0..facts.names.views.len() as u32).map(|id| Entity::from(View(id)));
    let checks =
        design.parameters.dp.iter().filter(|(_, kind, _)| *kind == DpKind::Access).map(|(dp, ..)| Entity::from(*dp));
    let all = operations.chain(queries).chain(views).chain(checks);
    // An operation that writes nothing of its own (it calls or causes) belongs to the first service by name.
    let first = (0..drafts.services.len()).min_by_key(|place| &drafts.services[*place].name);
    let fallback = |what: Entity| first.filter(|_| matches!(what, Entity::Operation(_)));
    all.filter_map(|what| Some((drafts.home_of(design, what).or_else(|| fallback(what))?, what))).collect()
}
