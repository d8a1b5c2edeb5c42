//! The load arithmetic: every value with its formula and what was put into it. Exact; what overflows is left out.

use crate::evidence::Evidence;
use crate::fact::*;
use crate::proof::{Fact, premises};
use crate::quantity::{Dimension, Quantity};
use crate::step_06_mechanisms::properties::thresholds::{Contention, Threshold, contention, fan_out};
use crate::step_08_algorithms::Feature;
use crate::step_09_schema::TableClass;
use crate::step_10_technology::catalogue::commit_of;
use crate::vocabulary::{FanOut, Vocabulary, vocabulary};
use crate::{Design, Facts, fact};
use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedDiv};
use std::collections::{BTreeMap, BTreeSet};

vocabulary! {
    /// A value of the load model. What it means is its formula.
    LoadKind = "value of the load model" {
        Total = "in total": "declared; the sum over readers, announcers or causes",
        Deliveries = "deliveries at most": "occurrences × receivers",
        Intake = "changes into it": "sum of the rates of what writes its sources",
        ReadsPerWrite = "reads per change": "reads ÷ changes into it",
        Hottest = "on the busiest key": "declared",
        Together = "on that key, by all that change it": "sum over the operations that change it",
        EvenShare = "on each key, if all were equal": "total ÷ population",
        Skew = "busiest against equal": "busiest ÷ equal share",
        InFlight = "at a time on the busiest key": "rate of all that change it × time from reading to writing",
        WorstInFlight = "at a time, if all were on one key": "total × time from reading to writing",
        Limit = "limit of compare-and-set on one key": "1 ÷ time from reading to writing",
        Lost = "attempts lost on the busiest key": "n ÷ (1 + n), n at a time",
        Batch = "decisions per commit of a single writer": "rate × time of a commit ÷ 60%, rounded up: a writer without time to spare has a line that only grows",
        UnderWay = "under way": "rate × time each may take",
        Inflow = "data written": "rate × size of a record",
        Kept = "data kept": "rate × size × retention, or population × size",
        Yearly = "data added in a year": "rate × size × 365d, for nothing removes it",
        Changed = "records changed": "sum of the rates of what changes it",
        Rewritten = "data rewritten": "rate of changes × size of a record",
        RowsWritten = "rows written": "the rate of what makes them",
        RowsKept = "rows kept": "rate × time they are kept",
    }
}

/// One value, worked out.
#[derive(Clone, PartialEq, Debug)]
pub struct LoadValue {
    /// The path, or the object where it is about data kept.
    pub of: Entity,
    /// What it is.
    pub kind: LoadKind,
    /// The result.
    pub value: Quantity,
    /// The numbers as put into the formula: `50/s × 500us`.
    pub inputs: String,
    /// What it rests on.
    pub from: Vec<Fact>,
}

/// All values, path by path.
pub fn loads(design: &Design) -> Vec<LoadValue> {
    let (facts, evidence) = (&design.facts, &design.evidence);
    let totals = totals(facts);
    let rates: Rates = totals.iter().map(|(of, total)| (*of, total.value)).collect();
    let mut all: Vec<LoadValue> = totals.into_values().collect();
    all.extend(fan_outs(facts, &rates));
    all.extend(intakes(facts, evidence, &rates));
    all.extend(on_one_key(design, &rates));
    all.extend(data(facts, evidence, &rates));
    all.extend(changed(facts, evidence, &rates));
    all.extend(under_way(facts, &rates));
    let rows = rows(design, &all);
    all.extend(rows);
    all.sort_by_key(|it| (it.of, it.kind));
    all.dedup_by_key(|it| (it.of, it.kind));
    all
}

/// How often each path runs, as far as it is known.
type Rates = BTreeMap<Entity, Quantity>;

impl LoadValue {
    fn new(of: impl Into<Entity>, kind: LoadKind, value: Quantity, inputs: String, from: Vec<Fact>) -> LoadValue {
        LoadValue { of: of.into(), kind, value, inputs, from }
    }

    /// The fact that states it.
    pub fn fact(&self) -> Fact {
        fact!(load_value, self.of, self.kind, self.value)
    }

    /// Its entry in the log.
    pub fn because(&self) -> crate::proof::Because {
        (self.fact(), "S13-o1", premises(&self.from))
    }
}

/// How often each path runs: as declared, as the load model says, or as often as what causes it.
fn totals(facts: &Facts) -> BTreeMap<Entity, LoadValue> {
    let mut all: BTreeMap<Entity, LoadValue> = BTreeMap::new();
    let declared = |of: Entity, rate: Quantity, from: Fact| {
        LoadValue::new(of, LoadKind::Total, rate, rate.to_string(), vec![from])
    };
    for &(load, of, rate) in facts.load.iter().filter(|(_, _, number)| number.dimension == Dimension::Rate) {
        if let Some(of) = of {
            all.insert(of, declared(of, rate, fact!(load, load, of)));
        }
    }
    for &(query, rate) in facts.query_rate.iter().filter(|(_, rate)| rate.dimension == Dimension::Rate) {
        all.insert(query.into(), declared(query.into(), rate, fact!(query_rate, query, rate)));
    }
    for &(operation, rate) in facts.rate.iter().filter(|(_, rate)| rate.dimension == Dimension::Rate) {
        all.insert(operation.into(), declared(operation.into(), rate, fact!(rate, operation, rate)));
    }
    for (view, readers) in readers(facts) {
        let from = readers.iter().map(|(actor, rate)| fact!(read_by, view, *actor, *rate)).collect();
        if let Some((rate, inputs)) = sum(readers.iter().map(|(_, rate)| *rate)) {
            all.insert(view.into(), LoadValue::new(view, LoadKind::Total, rate, inputs, from));
        }
    }
    caused(facts, &mut all);
    announced(facts, &mut all);
    all
}

fn readers(facts: &Facts) -> BTreeMap<View, Vec<(Actor, Quantity)>> {
    let mut readers: BTreeMap<View, Vec<(Actor, Quantity)>> = BTreeMap::new();
    for &(view, actor, rate) in &facts.read_by {
        if let Some(rate) = rate.filter(|rate| rate.dimension == Dimension::Rate) {
            readers.entry(view).or_default().push((actor, rate));
        }
    }
    readers
}

/// An operation without a rate runs as often as what causes it. A circle of causes stays unknown.
fn caused(facts: &Facts, all: &mut BTreeMap<Entity, LoadValue>) {
    let mut causes: BTreeMap<Operation, Vec<Operation>> = BTreeMap::new();
    for &(cause, effect) in facts.causes.iter().filter(|(_, effect)| !all.contains_key(&(*effect).into())) {
        causes.entry(effect).or_default().push(cause);
    }
    let mut open: BTreeSet<Operation> = causes.keys().copied().collect();
    loop {
        let known = |operation: &&Operation| causes[*operation].iter().all(|cause| all.contains_key(&(*cause).into()));
        let ready: Vec<Operation> = open.iter().filter(known).copied().collect();
        for operation in &ready {
            open.remove(operation);
            let rates = causes[operation].iter().map(|cause| all[&(*cause).into()].value);
            let from = causes[operation].iter().map(|cause| fact!(causes, *cause, *operation)).collect();
            if let Some((rate, inputs)) = sum(rates) {
                all.insert((*operation).into(), LoadValue::new(*operation, LoadKind::Total, rate, inputs, from));
            }
        }
        if ready.is_empty() {
            return;
        }
    }
}

/// An event happens as often as the operations that announce it.
fn announced(facts: &Facts, all: &mut BTreeMap<Entity, LoadValue>) {
    let mut announcers: BTreeMap<Event, Vec<Operation>> = BTreeMap::new();
    facts.announces.iter().for_each(|(operation, event)| announcers.entry(*event).or_default().push(*operation));
    for (event, operations) in announcers {
        let rates = operations.iter().filter_map(|operation| Some(all.get(&(*operation).into())?.value));
        let from = operations.iter().map(|operation| fact!(announces, *operation, event)).collect();
        if let Some((rate, inputs)) = sum(rates) {
            all.insert(event.into(), LoadValue::new(event, LoadKind::Total, rate, inputs, from));
        }
    }
}

/// S13-r4: what one event costs where every receiver is written to.
fn fan_outs(facts: &Facts, rates: &Rates) -> Vec<LoadValue> {
    let pushed: BTreeSet<Event> =
        fan_out(facts).into_iter().filter(|(_, how)| *how == FanOut::OnWrite).map(|(event, _)| event).collect();
    let sized =
        facts.audience_size.iter().filter(|(event, size)| pushed.contains(event) && size.dimension == Dimension::Count);
    let values = sized.filter_map(|&(event, size)| {
        let occurrences = rate(rates, event)?;
        let inputs = format!("{occurrences} × {size}");
        let from = vec![fact!(load_value, event, LoadKind::Total, occurrences), fact!(audience_size, event, size)];
        Some(LoadValue::new(event, LoadKind::Deliveries, occurrences.checked_mul(&size)?, inputs, from))
    });
    values.collect()
}

/// How often a view is to be brought up to date, and how that compares with its reads (S13-r3, S13-r5).
fn intakes(facts: &Facts, evidence: &Evidence, rates: &Rates) -> Vec<LoadValue> {
    let mut writers: BTreeMap<Object, Vec<Operation>> = BTreeMap::new();
    evidence.writes.iter().for_each(|(operation, object)| writers.entry(*object).or_default().push(*operation));
    let mut upstream: BTreeMap<View, Vec<Source>> = BTreeMap::new();
    facts.upstream.iter().for_each(|(view, source)| upstream.entry(*view).or_default().push(*source));
    let mut found = vec![];
    for &view in upstream.keys() {
        let objects = behind(&upstream, view);
        let writers: BTreeSet<Operation> =
            objects.iter().filter_map(|object| writers.get(object)).flatten().copied().collect();
        let rated: Vec<(Operation, Quantity)> =
            writers.into_iter().filter_map(|operation| Some((operation, rate(rates, operation)?))).collect();
        let Some((intake, inputs)) = sum(rated.iter().map(|(_, rate)| *rate)) else { continue };
        let from = rated.iter().map(|(operation, rate)| fact!(load_value, *operation, LoadKind::Total, *rate));
        found.push(LoadValue::new(view, LoadKind::Intake, intake, inputs, from.take(4).collect()));
        let reads = rate(rates, view);
        if let Some((reads, ratio)) = reads.and_then(|reads| Some((reads, reads.checked_div(&intake)?))) {
            let from = vec![
                fact!(load_value, view, LoadKind::Total, reads),
                fact!(load_value, view, LoadKind::Intake, intake),
            ];
            found.push(LoadValue::new(view, LoadKind::ReadsPerWrite, ratio, format!("{reads} ÷ {intake}"), from));
        }
    }
    found
}

/// The objects a view is computed from, through other views.
fn behind(upstream: &BTreeMap<View, Vec<Source>>, view: View) -> BTreeSet<Object> {
    let (mut found, mut seen, mut pending) = (BTreeSet::new(), BTreeSet::from([view]), vec![view]);
    while let Some(view) = pending.pop() {
        for source in upstream.get(&view).into_iter().flatten() {
            match source {
                Source::Object(object) => _ = found.insert(*object),
                Source::View(view) if seen.insert(*view) => pending.push(*view),
                Source::View(_) => (),
            }
        }
    }
    found
}

/// S13-r2, S13-h1: what the busiest key gets, against what compare-and-set can win there.
fn on_one_key(design: &Design, rates: &Rates) -> Vec<LoadValue> {
    let (facts, evidence) = (&design.facts, &design.evidence);
    let round_trip = Threshold::StoreRoundTrip.value(facts);
    let population: BTreeMap<Object, Quantity> = facts.population.iter().copied().collect();
    let mut found = vec![];
    for hot in hot_keys(design) {
        let total = rate(rates, hot.operation);
        found.extend(contended(population.get(&hot.object).copied(), total, hot, loses(design, hot.operation)));
    }
    for operation in evidence.changes.iter().map(|(operation, _)| *operation).collect::<BTreeSet<_>>() {
        let Some(total) = rate(rates, operation) else { continue };
        if let Some(worst) = total.checked_mul(&round_trip) {
            let inputs = format!("{total} × {round_trip}");
            found.push(LoadValue::new(
                operation,
                LoadKind::WorstInFlight,
                worst,
                inputs,
                vec![fact!(load_value, operation, LoadKind::Total, total)],
            ));
        }
    }
    found
}

/// The contention on every hot key, with the time of a commit in the product that was taken for it.
///
/// Step 6 chose the mechanism before there was a product, by the number that holds for all of them.
pub fn hot_keys(design: &Design) -> Vec<Contention> {
    let found = contention(&design.facts).into_iter();
    found.map(|hot| Contention { round_trip: round_trip(design, hot.object), ..hot }).collect()
}

/// From reading a record of the object to writing it: as the author says, or as long as its product commits.
pub fn round_trip(design: &Design, object: Object) -> Quantity {
    let general = Threshold::StoreRoundTrip.value(&design.facts);
    if Threshold::StoreRoundTrip.declared(&design.facts).is_some() {
        return general;
    }
    let product = design.technology.product_of(object.into()).map(|product| design.name(product));
    let commit = product.and_then(|product| commit_of(&product)).map(|commit| commit.time());
    commit.filter(|commit| commit.amount > general.amount).unwrap_or(general)
}

/// Whether an attempt is lost when another changes the row first: not one that only adds, or merges.
pub fn loses(design: &Design, operation: Operation) -> bool {
    let has = |feature: Feature| design.algorithms.has(operation, feature);
    !has(Feature::AddsInPlace) && !has(Feature::Merges)
}

/// How much of its time a single writer may be at work: near all of it, who comes waits longer and longer.
const BUSY: Ratio<i128> = Ratio::new_raw(3, 5);

fn contended(population: Option<Quantity>, total: Option<Quantity>, hot: Contention, loses: bool) -> Vec<LoadValue> {
    let (operation, rate, round_trip) = (hot.operation, hot.rate, hot.round_trip);
    let declared = fact!(hottest, operation, hot.object, rate);
    let one = Quantity::count(1);
    let mut found = vec![LoadValue::new(operation, LoadKind::Hottest, rate, rate.to_string(), vec![declared])];
    let mut add = |kind, value: Option<Quantity>, inputs: String, from: Vec<Fact>| {
        found.extend(value.map(|value| LoadValue::new(operation, kind, value, inputs, from)));
    };
    let stated = fact!(load_value, operation, LoadKind::Hottest, rate);
    let (all, mut meeting) = (hot.all, vec![stated]);
    if all != rate {
        let others = all.checked_sub(&rate).map_or(String::new(), |others| format!("{rate} + {others} of others"));
        add(LoadKind::Together, Some(all), others, vec![stated]);
        meeting = vec![fact!(load_value, operation, LoadKind::Together, all)];
    }
    let in_flight = hot.in_flight().map(|amount| Quantity::new(amount, Dimension::Count));
    add(LoadKind::InFlight, in_flight, format!("{all} × {round_trip}"), meeting);
    if loses {
        add(LoadKind::Limit, one.checked_div(&round_trip), format!("1 ÷ {round_trip}"), vec![]);
    }
    if let Some(n) = in_flight {
        let from = vec![fact!(load_value, operation, LoadKind::InFlight, n)];
        if loses {
            let lost = n.checked_add(&one).and_then(|all| n.checked_div(&all)).and_then(percent);
            add(LoadKind::Lost, lost, format!("{n} ÷ (1 + {n})"), from.clone());
        }
        // Rounded up; `ceil` would overflow at the end of the range.
        let spaced = n.amount.checked_div(&BUSY);
        let most = spaced.and_then(|spaced| Some(spaced.numer().checked_add(&(spaced.denom() - 1))? / spaced.denom()));
        let batch = most.map(Quantity::count).filter(|_| hot.exceeds_cas());
        add(LoadKind::Batch, batch, format!("{all} × {round_trip} ÷ 60%"), from);
    }
    if let Some((total, population)) = total.zip(population) {
        let even = total.checked_div(&population);
        let from =
            vec![fact!(load_value, operation, LoadKind::Total, total), fact!(population, hot.object, population)];
        add(LoadKind::EvenShare, even, format!("{total} ÷ {population}"), from);
        if let Some(even) = even {
            let from = vec![stated, fact!(load_value, operation, LoadKind::EvenShare, even)];
            add(LoadKind::Skew, rate.checked_div(&even), format!("{rate} ÷ {even}"), from);
        }
    }
    found
}

/// S13-r1, S13-r5: what is written and what is kept.
fn data(facts: &Facts, evidence: &Evidence, rates: &Rates) -> Vec<LoadValue> {
    let population: BTreeMap<Object, Quantity> = facts.population.iter().copied().collect();
    let retention: BTreeMap<Object, Quantity> = facts.retention.iter().copied().collect();
    let mut creators: BTreeMap<Object, Vec<(Operation, Quantity)>> = BTreeMap::new();
    for &(operation, object) in &evidence.creates {
        creators.entry(object).or_default().extend(rate(rates, operation).map(|rate| (operation, rate)));
    }
    let appended = |object: Object| {
        let removed = evidence.deletes.iter().any(|(_, other)| *other == object);
        !removed && !evidence.changes.iter().any(|(_, other)| *other == object)
    };
    let mut found = vec![];
    for &(object, size) in facts.size.iter().filter(|(_, size)| size.dimension == Dimension::Bytes) {
        let creators = creators.get(&object).map_or(&[][..], |creators| creators);
        let flow = inflow(object, size, creators);
        if let Some(count) = population.get(&object).copied() {
            let from = vec![fact!(population, object, count), fact!(size, object, size)];
            let kept = count.checked_mul(&size);
            found.extend(
                kept.map(|kept| LoadValue::new(object, LoadKind::Kept, kept, format!("{count} × {size}"), from)),
            );
        } else if let Some((flow, time)) = flow.as_ref().zip(retention.get(&object).copied()) {
            let from = vec![flow.fact(), fact!(retention, object, time)];
            let kept = flow.value.checked_mul(&time);
            let inputs = format!("{} × {time}", flow.inputs);
            found.extend(kept.map(|kept| LoadValue::new(object, LoadKind::Kept, kept, inputs, from)));
        } else if let Some(flow) = flow.as_ref().filter(|_| appended(object)) {
            let year = Quantity::whole(365 * 86_400 * 1_000_000_000, Dimension::Time);
            let added = flow.value.checked_mul(&year);
            let inputs = format!("{} × 365d", flow.inputs);
            found.extend(added.map(|added| LoadValue::new(object, LoadKind::Yearly, added, inputs, vec![flow.fact()])));
        }
        found.extend(flow);
    }
    found
}

/// S13-g1: what is written without a new record coming of it.
fn changed(facts: &Facts, evidence: &Evidence, rates: &Rates) -> Vec<LoadValue> {
    let sizes: BTreeMap<Object, Quantity> =
        facts.size.iter().copied().filter(|(_, size)| size.dimension == Dimension::Bytes).collect();
    let mut changers: BTreeMap<Object, Vec<(Operation, Quantity)>> = BTreeMap::new();
    for &(operation, object) in &evidence.changes {
        changers.entry(object).or_default().extend(rate(rates, operation).map(|rate| (operation, rate)));
    }
    let mut found = vec![];
    for (object, changers) in changers {
        let Some((all, inputs)) = sum(changers.iter().map(|(_, rate)| *rate)) else { continue };
        let from =
            changers.iter().take(4).map(|(operation, rate)| fact!(load_value, *operation, LoadKind::Total, *rate));
        let changes = LoadValue::new(object, LoadKind::Changed, all, inputs, from.collect());
        if let Some(size) = sizes.get(&object) {
            let from = vec![changes.fact(), fact!(size, object, *size)];
            let bytes = all.checked_mul(size);
            let inputs = format!("{all} × {size}");
            found.extend(bytes.map(|bytes| LoadValue::new(object, LoadKind::Rewritten, bytes, inputs, from)));
        }
        found.push(changes);
    }
    found
}

/// S13-g1, S9-d4: the rows that mechanisms write besides the records, and how many of them there are at a time.
fn rows(design: &Design, known: &[LoadValue]) -> Vec<LoadValue> {
    let schema = &design.schema;
    let known_of = |of: Entity, kind: LoadKind| known.iter().find(|it| it.of == of && it.kind == kind);
    let mut found = vec![];
    for &(table, class, of) in &schema.table {
        let made = match (class, of) {
            (TableClass::Outcomes | TableClass::SagaLog | TableClass::Requests, _) => known_of(of, LoadKind::Total),
            (TableClass::Outbox, Entity::Event(_)) => known_of(of, LoadKind::Total),
            (TableClass::Outbox | TableClass::Marks, Entity::View(_)) => known_of(of, LoadKind::Intake),
            (TableClass::Inbox, _) => known_of(of, LoadKind::Deliveries),
            _ => None,
        };
        let Some(made) = made else { continue };
        let from = vec![made.fact(), fact!(table, table, class, of)];
        let written = LoadValue::new(table, LoadKind::RowsWritten, made.value, made.value.to_string(), from);
        if let Some((_, time)) = schema.kept.iter().find(|(other, _)| *other == table) {
            let from = vec![written.fact(), fact!(kept, table, *time)];
            let inputs = format!("{} × {time}", made.value);
            let kept = made.value.checked_mul(time);
            found.extend(kept.map(|kept| LoadValue::new(table, LoadKind::RowsKept, kept, inputs, from)));
        }
        found.push(written);
    }
    found
}

fn inflow(object: Object, size: Quantity, creators: &[(Operation, Quantity)]) -> Option<LoadValue> {
    let (rate, inputs) = sum(creators.iter().map(|(_, rate)| *rate))?;
    let made = creators.iter().take(3).map(|(operation, rate)| fact!(load_value, *operation, LoadKind::Total, *rate));
    let from = made.chain([fact!(size, object, size)]).collect();
    let inputs = if creators.len() > 1 { format!("({inputs})") } else { inputs };
    Some(LoadValue::new(object, LoadKind::Inflow, rate.checked_mul(&size)?, format!("{inputs} × {size}"), from))
}

/// Little's law: requests under way where each takes as long as it may.
fn under_way(facts: &Facts, rates: &Rates) -> Vec<LoadValue> {
    let operations = facts.latency.iter().map(|&(of, at, time)| (of.into(), time, fact!(latency, of, at, time)));
    let queries =
        facts.query_latency.iter().map(|&(of, at, time)| (of.into(), time, fact!(query_latency, of, at, time)));
    let views = facts.read_latency.iter().map(|&(of, at, time)| (of.into(), time, fact!(read_latency, of, at, time)));
    let values = operations.chain(queries).chain(views).filter_map(|(of, time, promised): (Entity, Quantity, Fact)| {
        let rate = rate(rates, of)?;
        let from = vec![fact!(load_value, of, LoadKind::Total, rate), promised];
        Some(LoadValue::new(of, LoadKind::UnderWay, rate.checked_mul(&time)?, format!("{rate} × {time}"), from))
    });
    values.collect()
}

fn rate(rates: &Rates, of: impl Into<Entity>) -> Option<Quantity> {
    rates.get(&of.into()).copied()
}

/// The sum and how it is written, the largest first; nothing where there is nothing to add, or it does not fit.
fn sum(rates: impl Iterator<Item = Quantity>) -> Option<(Quantity, String)> {
    let mut rates: Vec<Quantity> = rates.collect();
    rates.sort_by(|one, other| other.cmp(one));
    let total = rates.iter().try_fold(Ratio::from_integer(0_i128), |total, rate| total.checked_add(&rate.amount))?;
    let dimension = rates.first()?.dimension;
    let inputs: Vec<String> = rates.iter().map(Quantity::to_string).collect();
    Some((Quantity::new(total, dimension), inputs.join(" + ")))
}

/// A fraction as hundredths.
fn percent(fraction: Quantity) -> Option<Quantity> {
    let hundred = Quantity::count(100);
    fraction.checked_mul(&hundred).map(|hundredths| Quantity::new(hundredths.amount, Dimension::Percent))
}
