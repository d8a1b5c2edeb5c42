//! What the program reads: earlier steps in flat form, and comparisons of numbers.

use super::Capability::*;
use super::{Landscape, keeps};
use crate::artifact::Cell;
use crate::fact::*;
use crate::load;
use crate::proof::{Fact, IntoTerm, premises};
use crate::quantity::{Dimension, Quantity};
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::patterns::Mechanism::{self, *};
use crate::step_09_schema::TableClass;
use crate::vocabulary::*;
use crate::{Design, Facts, fact};
use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedMul};
use std::collections::{BTreeMap, BTreeSet};

vocabulary! {
    /// What one node carries, which the framework leaves open; `load { writes_of_one_node: 20k/s }` in a spec sets it.
    Limit = "limit" {
        NodeWrites = "writes of one node": "So many writes per second are too much for a store of which one node takes all.",
        NodeReads = "reads of one node": "So many reads per second are too much for a store of which one node answers all.",
        HotStorage = "hot storage": "From so much on, records that are rarely read move to an archive.",
        LargeRecord = "large record": "From so much on, a record is an object for an object store.",
    }
}

impl Limit {
    /// What holds where the author says nothing.
    pub fn default(self) -> Quantity {
        match self {
            Limit::NodeWrites => Quantity::whole(10_000, Dimension::Rate),
            Limit::NodeReads => Quantity::whole(50_000, Dimension::Rate),
            Limit::HotStorage => Quantity::whole(50_000_000_000_000, Dimension::Bytes),
            Limit::LargeRecord => Quantity::whole(1_000_000, Dimension::Bytes),
        }
    }

    /// The author's number, or the default.
    pub fn value(self, facts: &Facts) -> Quantity {
        load::stated(facts, self.word(), self.default().dimension).map_or(self.default(), |(_, number)| number)
    }
}

type Rate = Ratio<i128>;

/// The program with its inputs.
pub fn read(design: &Design) -> Landscape {
    let (facts, parameters) = (&design.facts, &design.parameters);
    let uses = uses(design);
    let streamed = streamed(design);
    let merging: BTreeSet<Dp> =
        uses.iter().filter(|(_, mechanism, _)| merges(*mechanism)).map(|(dp, ..)| *dp).collect();
    let in_place: BTreeSet<Dp> =
        uses.iter().filter(|(_, it, _)| matches!(it, InPlaceUpdate | InTransactionWrite)).map(|u| u.0).collect();
    let decides = parameters.dp.iter().filter(|(dp, kind, _)| {
        let aggregate = *kind == DpKind::Aggregate && in_place.contains(dp);
        !merging.contains(dp) && (aggregate || (keeps(*kind) && *kind != DpKind::Outcomes))
    });
    let (logged, ingests, feeds) = paths(design, &streamed);
    let home = home(design);
    let mut step = Landscape {
        dp: parameters.dp.clone(),
        guards: parameters.guards.clone(),
        foreign_read: design.evidence.foreign_read.clone(),
        truth: truths(design),
        volatile: design.validation.volatile.clone(),
        upstream: facts.upstream.clone(),
        top: facts.top.iter().map(|(view, _)| (*view,)).collect(),
        decides: decides.map(|(dp, ..)| (*dp,)).collect(),
        same_service: same_service(design, &home),
        home,
        large: large(facts),
        asked: asked(facts),
        answerer: answerers(design),
        reads_source: reads_source(design),
        deduped: deduped(design, &streamed),
        waits: waits(design),
        inbox: inboxes(design),
        streamed: streamed.iter().map(|object| (*object,)).collect(),
        // A merged state is kept by its own law: nothing of what decides on writes is asked of it.
        uses: uses.into_iter().filter(|(dp, it, _)| !merging.contains(dp) || merges(*it)).collect(),
        logged,
        ingests,
        feeds,
        ..Landscape::default()
    };
    for (object,) in &step.streamed {
        let view = facts.upstream.iter().find(|(_, source)| *source == Source::Object(*object));
        let grounds: Vec<Fact> = view.map(|(view, _)| fact!(upstream, *view, *object)).into_iter().collect();
        step.because.push((fact!(streamed, *object), "S10-m3", premises(&grounds)));
    }
    step
}

/// Everything a parameter consists of: selected, added, or the form that something selected takes.
fn uses(design: &Design) -> Vec<(Dp, Mechanism, Fact)> {
    let step = &design.mechanisms;
    let stated = |relation, dp: Dp, mechanism: Mechanism, row: &'static str| {
        (dp, mechanism, Fact::new(relation, &[dp.term(), mechanism.word().term(), row.term()]))
    };
    let selected = step.mechanism.iter().map(|(dp, mechanism, row)| stated("mechanism", *dp, *mechanism, row));
    let added = step.adds.iter().map(|(dp, mechanism, row)| stated("adds", *dp, *mechanism, row));
    let formed = step.form.iter().map(|(dp, of, form, _)| (*dp, *form, fact!(form, *dp, of.word(), form.word())));
    // One ground for each is enough.
    let mut uses: Vec<_> = selected.chain(added).chain(formed).collect();
    let mut seen = BTreeSet::new();
    uses.retain(|(dp, mechanism, _)| seen.insert((*dp, *mechanism)));
    uses
}

fn merges(mechanism: Mechanism) -> bool {
    matches!(mechanism, Crdt | VersionVector | OperationalTransformation)
}

/// Writes per second of each object, by every operation that writes it and has a rate.
pub fn writes(design: &Design) -> BTreeMap<Object, Rate> {
    let rates: BTreeMap<Operation, Quantity> = design.facts.rate.iter().copied().collect();
    let rated = design.evidence.writes.iter().filter_map(|(operation, object)| Some((*object, rates.get(operation)?)));
    total(rated.filter(|(_, rate)| rate.dimension == Dimension::Rate).map(|(object, rate)| (object, rate.amount)))
}

/// Reads per second of each view, by those who read it and by queries.
pub fn reads(facts: &Facts) -> BTreeMap<View, Rate> {
    let asked: BTreeMap<Query, Quantity> = facts.query_rate.iter().copied().collect();
    let of_views = facts.read_by.iter().filter_map(|(view, _, rate)| Some((*view, (*rate)?)));
    let of_queries = facts.query_reads.iter().filter_map(|(query, source)| match source {
        Source::View(view) => Some((*view, *asked.get(query)?)),
        Source::Object(_) => None,
    });
    let all = of_views.chain(of_queries).filter(|(_, rate)| rate.dimension == Dimension::Rate);
    total(all.map(|(view, rate)| (view, rate.amount)))
}

fn total<K: Ord>(rates: impl Iterator<Item = (K, Rate)>) -> BTreeMap<K, Rate> {
    let mut total: BTreeMap<K, Rate> = BTreeMap::new();
    for (key, rate) in rates {
        let sum = total.entry(key).or_default();
        *sum = sum.checked_add(&rate).unwrap_or(*sum);
    }
    total
}

/// Appended objects that nobody decides on and nobody reads record by record: all that reads them folds them (S10-e5). It follows
/// from mechanisms and load alone, so the algorithms of Step 8 know it as well.
pub fn streamed(design: &Design) -> BTreeSet<Object> {
    let facts = &design.facts;
    let uses = uses(design);
    let limit = Limit::NodeWrites.value(facts).amount;
    let writes = writes(design);
    let folding: BTreeSet<Entity> = {
        let folds: BTreeSet<Dp> =
            uses.iter().filter(|(_, it, _)| *it == StreamAggregation).map(|(dp, ..)| *dp).collect();
        design.parameters.dp.iter().filter(|(dp, ..)| folds.contains(dp)).map(|(_, _, of)| *of).collect()
    };
    let read: BTreeSet<Source> =
        facts.query_reads.iter().filter(|(query, _)| !indexed(facts, *query)).map(|(_, source)| *source).collect();
    let decided: BTreeSet<Object> = design.evidence.foreign_read.iter().map(|(_, object, _)| *object).collect();
    let guarded: BTreeSet<Object> = {
        let deciding = design.parameters.dp.iter().filter(|(_, kind, _)| super::tables::DECIDING.contains(kind));
        let deciding: BTreeSet<Dp> = deciding.map(|(dp, ..)| *dp).collect();
        design.parameters.guards.iter().filter(|(dp, _)| deciding.contains(dp)).map(|(_, object)| *object).collect()
    };
    let shared: BTreeSet<Object> = {
        let mut by: BTreeMap<Operation, Vec<Object>> = BTreeMap::new();
        design.evidence.writes.iter().for_each(|(operation, object)| by.entry(*operation).or_default().push(*object));
        by.into_values().filter(|objects| objects.len() > 1).flatten().collect()
    };
    let appended = design.axes.evolution.iter().filter(|(_, evolution, _)| *evolution == Evolution::AppendOnly);
    let appended = appended.map(|(object, ..)| *object).filter(|object| {
        let piped = design.axes.ownership.iter().any(|(other, own, _)| other == object && *own == Ownership::Pipeline);
        let many = writes.get(object).is_some_and(|rate| *rate > limit);
        let source = Source::Object(*object);
        let mut views = facts.upstream.iter().filter(|(_, from)| *from == source).peekable();
        let folded = views.peek().is_some() && views.all(|(view, _)| folding.contains(&(*view).into()));
        let untouched = [&decided, &guarded, &shared].iter().all(|set| !set.contains(object));
        (piped || many) && folded && untouched && !read.contains(&source)
    });
    appended.collect()
}

/// Whether an index of its own answers the query: by place, by words, or over everything.
fn indexed(facts: &Facts, query: Query) -> bool {
    asked(facts).iter().any(|(other, ..)| *other == query)
}

/// S10-m4, S10-m9, S10-sh7: what a query asks for beyond a look-up by key.
fn asked(facts: &Facts) -> Vec<(Query, super::Capability, &'static str, Fact)> {
    let radius = facts.query_radius.iter().map(|(query, ..)| (*query, Radius, "S10-m4", fact!(query_radius, *query)));
    let text = facts.query_text.iter().map(|(query, _)| (*query, FullText, "S10-m9", fact!(query_text, *query)));
    let keyed: BTreeSet<Query> = facts.query_by.iter().map(|(query, _)| *query).collect();
    let keyed: BTreeSet<Query> = radius.clone().chain(text.clone()).map(|(query, ..)| query).chain(keyed).collect();
    let open = facts.query_fans_out.iter().filter(|(query,)| !keyed.contains(query));
    let open = open.map(|(query,)| (*query, Analytics, "S10-sh7", fact!(query_fans_out, *query)));
    let mut asked: Vec<_> = radius.clone().chain(text.clone()).chain(open).collect();
    asked.sort();
    asked.dedup_by_key(|(query, capability, ..)| (*query, *capability));
    asked
}

/// What answers a query: the parameter that maintains its projection, or the query itself.
fn answerers(design: &Design) -> Vec<(Query, Entity)> {
    let maintained: BTreeMap<Entity, Dp> = design
        .parameters
        .dp
        .iter()
        .filter(|(_, kind, _)| *kind == DpKind::Projection)
        .map(|(dp, _, of)| (*of, *dp))
        .collect();
    let queries = (0..design.facts.names.queries.len() as u32).map(Query);
    queries.map(|query| (query, maintained.get(&query.into()).map_or(query.into(), |dp| (*dp).into()))).collect()
}

/// the object that a parameter without a copy reads, where no index answers.
fn reads_source(design: &Design) -> Vec<(Dp, Object)> {
    let facts = &design.facts;
    let read = design.mechanisms.mechanism.iter().filter(|(_, mechanism, _)| *mechanism == ReadSource).filter_map(
        |(dp, ..)| {
            let (_, _, of) = design.parameters.dp.iter().find(|(other, ..)| other == dp)?;
            let sources: Vec<Source> = match of {
                Entity::View(view) => {
                    facts.upstream.iter().filter(|(other, _)| other == view).map(|(_, from)| *from).collect()
                }
                Entity::Query(query) if !indexed(facts, *query) => {
                    facts.query_reads.iter().filter(|(other, _)| other == query).map(|(_, from)| *from).collect()
                }
                _ => vec![],
            };
            let object = sources.into_iter().find_map(|source| match source {
                Source::Object(object) => Some(object),
                Source::View(_) => None,
            })?;
            Some((*dp, object))
        },
    );
    read.collect()
}

/// Logged paths with the rule that says so, those that feed a computation, and those that read one object's changes.
type Paths = (Vec<(Dp, &'static str)>, Vec<(Dp,)>, Vec<(Dp, Object)>);

/// S10-m7: which paths of changes go through a log.
fn paths(design: &Design, streamed: &BTreeSet<Object>) -> Paths {
    let facts = &design.facts;
    let folded: BTreeSet<Entity> = {
        let all = design.mechanisms.mechanism.iter().filter(|(_, mechanism, _)| *mechanism == StreamAggregation);
        let folds: BTreeSet<Dp> = all.map(|(dp, ..)| *dp).collect();
        design.parameters.dp.iter().filter(|(dp, ..)| folds.contains(dp)).map(|(_, _, of)| *of).collect()
    };
    let mut sources: BTreeMap<View, Vec<Source>> = BTreeMap::new();
    facts.upstream.iter().for_each(|(view, source)| sources.entry(*view).or_default().push(*source));
    let followed = followers(design);
    let (mut logged, mut ingests, mut feeds) = (vec![], vec![], vec![]);
    for (dp, kind, of) in &design.parameters.dp {
        let (DpKind::Path, Entity::View(view)) = (kind, of) else { continue };
        let from = sources.get(view).map_or(&[][..], |all| all);
        let computed = folded.contains(of);
        let behind = |source: &Source| match source {
            Source::Object(object) => streamed.contains(object),
            Source::View(view) => folded.contains(&(*view).into()),
        };
        let many = from.len() > 1 || from.iter().any(|source| followed.get(source).is_some_and(|count| *count > 1));
        match () {
            () if computed => logged.push((*dp, "S10-sh4")),
            () if from.iter().any(behind) => logged.push((*dp, "S10-sh4")),
            () if many => logged.push((*dp, "S10-m7")),
            () => (),
        }
        ingests.extend(computed.then_some((*dp,)));
        feeds.extend(from.iter().filter_map(|source| match source {
            Source::Object(object) => Some((*dp, *object)),
            Source::View(_) => None,
        }));
    }
    (logged, ingests, feeds)
}

/// How many follow the changes of each source: views that are copies of it, and deliveries of what happened to it.
fn followers(design: &Design) -> BTreeMap<Source, usize> {
    let copied: BTreeSet<Entity> = {
        let carried = design.mechanisms.mechanism.iter().filter(|(_, mechanism, _)| *mechanism == Cdc);
        let carried: BTreeSet<Dp> = carried.map(|(dp, ..)| *dp).collect();
        design.parameters.dp.iter().filter(|(dp, ..)| carried.contains(dp)).map(|(_, _, of)| *of).collect()
    };
    let views =
        design.facts.upstream.iter().filter(|(view, _)| copied.contains(&(*view).into())).map(|(_, source)| *source);
    let told: BTreeSet<(Event, Object)> = design
        .facts
        .announces
        .iter()
        .flat_map(|(operation, event)| {
            design
                .evidence
                .writes
                .iter()
                .filter(move |(other, _)| other == operation)
                .map(move |(_, object)| (*event, *object))
        })
        .collect();
    let mut followers: BTreeMap<Source, usize> = BTreeMap::new();
    for source in views.chain(told.into_iter().map(|(_, object)| Source::Object(object))) {
        *followers.entry(source).or_default() += 1;
    }
    followers
}

/// The objects an operation writes in one transaction: all of them, or those of one service where a saga carries the rest.
pub fn home(design: &Design) -> Vec<(Operation, Object)> {
    let coordinated: BTreeSet<Entity> = design
        .parameters
        .dp
        .iter()
        .filter(|(_, kind, _)| *kind == DpKind::Coordination)
        .map(|(_, _, of)| *of)
        .collect();
    let owners = owners(&design.facts);
    let mut of: BTreeMap<Operation, Vec<Object>> = BTreeMap::new();
    design.evidence.writes.iter().for_each(|(operation, object)| of.entry(*operation).or_default().push(*object));
    let owner = |object: &Object| owners.get(&(*object).into());
    let (subjects, mut homes) = (design.facts.subjects(), vec![]);
    for (operation, objects) in of {
        let apart = coordinated.contains(&operation.into());
        let first = subjects.get(&operation).and_then(owner);
        let stays = objects.iter().filter(|object| !apart || owner(object) == first);
        homes.extend(stays.map(|object| (operation, *object)));
    }
    homes
}

/// S11-d4: who owns what, as the author says by `owns` or decides.
pub fn owners(facts: &Facts) -> BTreeMap<Entity, Service> {
    let owns = facts.owns.iter().map(|(service, what)| (*what, *service));
    let decided = facts.decision.iter().filter(|(_, choice)| choice.topic == Topic::Service).filter_map(
        |(_, choice)| match choice.entity {
            Some(Entity::Service(service)) => Some((choice.of?, service)),
            _ => None,
        },
    );
    decided.chain(owns).collect()
}

/// Pairs of a written object and one the condition reads that no boundary keeps apart.
fn same_service(design: &Design, home: &[(Operation, Object)]) -> Vec<(Object, Object)> {
    let owners = owners(&design.facts);
    let owner = |object: Object| owners.get(&object.into());
    let mut of: BTreeMap<Operation, Vec<Object>> = BTreeMap::new();
    home.iter().for_each(|(operation, object)| of.entry(*operation).or_default().push(*object));
    let read = design.evidence.foreign_read.iter();
    let pairs =
        read.flat_map(|(operation, read, _)| of.get(operation).into_iter().flatten().map(|object| (*object, *read)));
    pairs.filter(|(object, read)| owner(*object) == owner(*read)).collect()
}

fn truths(design: &Design) -> Vec<(Object, Entity)> {
    let objects = design.validation.truth.iter().filter_map(|(concept, authority)| match concept {
        Entity::Object(object) => Some((*object, *authority)),
        _ => None,
    });
    objects.collect()
}

/// S10-sh6: records of binary content, or identified by it, that are large.
fn large(facts: &Facts) -> Vec<(Object,)> {
    let limit = Limit::LargeRecord.value(facts).amount;
    let binary = |object: Object| {
        let content =
            facts.field.iter().any(|(_, of, kind)| *of == object && *kind == Type::Primitive(Primitive::Bytes));
        content || facts.content_addressed.iter().any(|(other, _)| *other == object)
    };
    let sized = facts.size.iter().filter(|(_, size)| size.dimension == Dimension::Bytes && size.amount >= limit);
    sized.filter(|(object, _)| binary(*object)).map(|(object, _)| (*object,)).collect()
}

/// The identity of what is streamed: whoever folds the stream recognises duplicates (S6.4-r3).
fn deduped(design: &Design, streamed: &BTreeSet<Object>) -> Vec<(Dp, Object)> {
    let identities = design.parameters.dp.iter().filter(|(_, kind, _)| *kind == DpKind::Identity);
    let of = identities.filter_map(|(dp, _, of)| match of {
        Entity::Object(object) if streamed.contains(object) => Some((*dp, *object)),
        _ => None,
    });
    of.collect()
}

/// The inboxes that take more than one node writes: every receiver has a row of each event (S9-d3).
fn inboxes(design: &Design) -> Vec<(Table, Entity)> {
    let facts = &design.facts;
    let limit = Limit::NodeWrites.value(facts).amount;
    let rate = |operation: &Operation| {
        let mut rated = facts.rate.iter().filter(|(of, rate)| of == operation && rate.dimension == Dimension::Rate);
        rated.next().map(|(_, rate)| rate.amount)
    };
    let deliveries = |event: Event| {
        let size = facts.audience_size.iter().find(|(of, _)| *of == event).map(|(_, size)| size.amount)?;
        let makers = facts.announces.iter().filter(|(_, other)| *other == event);
        let made = makers.filter_map(|(operation, _)| rate(operation));
        made.fold(None, |sum: Option<Rate>, one| sum.unwrap_or_default().checked_add(&one))?.checked_mul(&size)
    };
    let tables = design.schema.table.iter().filter(|(_, class, _)| *class == TableClass::Inbox);
    let beyond = tables.filter(|(.., of)| match of {
        Entity::Event(event) => deliveries(*event).is_some_and(|rows| rows > limit),
        _ => false,
    });
    beyond.map(|(table, _, of)| (*table, *of)).collect()
}

fn waits(design: &Design) -> Vec<(Dp, Event)> {
    let deliveries = design.parameters.dp.iter().filter(|(_, kind, _)| *kind == DpKind::Delivery);
    let of = deliveries.filter_map(|(dp, _, of)| match of {
        Entity::Event(event) => Some((*dp, *event)),
        _ => None,
    });
    of.collect()
}

/// S10-m10: what an object's records come to over the time they are kept, in bytes; nothing where a number is missing.
///
/// Records that are only added and for which no retention is declared are kept for ever, of which one year counts.
pub fn kept(design: &Design, writes: &BTreeMap<Object, Rate>, object: Object) -> Option<Rate> {
    let facts = &design.facts;
    let (_, size) = facts.size.iter().find(|(other, size)| *other == object && size.dimension == Dimension::Bytes)?;
    let appended =
        |(other, evolution, _): &(Object, Evolution, Origin)| *other == object && *evolution == Evolution::AppendOnly;
    design.axes.evolution.iter().find(|row| appended(row))?;
    let year = Quantity::whole(365 * 86_400 * 1_000_000_000, Dimension::Time);
    let time = facts.retention.iter().find(|(other, _)| *other == object).map_or(year, |(_, time)| *time);
    let seconds = time.amount.checked_mul(&Ratio::new(1, 1_000_000_000))?;
    writes.get(&object)?.checked_mul(&size.amount)?.checked_mul(&seconds)
}

/// A list of names as cells.
pub fn entities<'a>(design: &Design, all: impl Iterator<Item = &'a Entity>) -> Cell {
    Cell::list(all.map(|entity| Cell::Entity(*entity, design.name(*entity))).collect())
}
