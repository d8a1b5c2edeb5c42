//! Properties that are a comparison of numbers, and the thresholds they are compared with.

use crate::Facts;
use crate::expression::Action;
use crate::fact::*;
use crate::load;
use crate::quantity::{Dimension, Quantity};
use crate::vocabulary::*;
use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedMul};
use std::collections::{BTreeMap, BTreeSet};

vocabulary! {
    /// A number the framework leaves open; `load { read_write_ratio: 20 }` in a spec sets it.
    Threshold = "threshold" {
        ReadWriteRatio = "read write ratio": "So many reads per write count as far more, and the other way round.",
        LargeAudience = "large audience": "From so many receivers on, pushing to each is too much.",
        StoreRoundTrip = "store round trip": "From reading a record to writing it conditionally.",
        CacheRefill = "cache refill": "From a miss to a filled entry.",
        LeastTtl = "least ttl": "A shorter time to live caches nothing.",
    }
}

impl Threshold {
    /// What holds where the author says nothing.
    pub fn default(self) -> Quantity {
        match self {
            Threshold::ReadWriteRatio => Quantity::count(10),
            Threshold::LargeAudience => Quantity::count(100_000),
            Threshold::StoreRoundTrip => Quantity::whole(500_000, Dimension::Time),
            Threshold::CacheRefill => Quantity::whole(50_000_000, Dimension::Time),
            Threshold::LeastTtl => Quantity::whole(1_000_000_000, Dimension::Time),
        }
    }

    /// The author's number, or the default.
    pub fn value(self, facts: &Facts) -> Quantity {
        self.declared(facts).unwrap_or(self.default())
    }

    /// The author's number, where there is one.
    pub fn declared(self, facts: &Facts) -> Option<Quantity> {
        load::stated(facts, self.word(), self.default().dimension).map(|(_, number)| number)
    }
}

/// The load on the busiest key of an operation, against what compare-and-set can carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Contention {
    /// The operation.
    pub operation: Operation,
    /// Whose instance is hot.
    pub object: Object,
    /// Attempts on the busiest instance.
    pub rate: Quantity,
    /// Attempts of all operations that change that instance: whichever comes first changes the row under the others.
    pub all: Quantity,
    /// From reading to writing.
    pub round_trip: Quantity,
}

impl Contention {
    /// Attempts under way at the same moment on one key, of whatever operation: rate times round trip (Little's law).
    pub fn in_flight(&self) -> Option<Ratio<i128>> {
        let seconds = Ratio::new(1, 1_000_000_000).checked_mul(&self.round_trip.amount)?;
        seconds.checked_mul(&self.all.amount)
    }

    /// Whether attempts arrive faster than one after the other can win.
    pub fn exceeds_cas(&self) -> bool {
        self.in_flight().is_none_or(|in_flight| in_flight > Ratio::from_integer(1))
    }
}

/// The contention on every hot key the author names. The busiest instance is taken to be the same one for every operation.
pub fn contention(facts: &Facts) -> Vec<Contention> {
    let round_trip = Threshold::StoreRoundTrip.value(facts);
    let changing = changing(facts);
    let rated = || facts.hottest.iter().filter(|(_, _, rate)| rate.dimension == Dimension::Rate);
    let mut meeting: BTreeMap<Object, Rate> = BTreeMap::new();
    for (_, object, rate) in rated().filter(|(operation, object, _)| changing.contains(&(*operation, *object))) {
        let all = meeting.entry(*object).or_default();
        *all = all.checked_add(&rate.amount).unwrap_or(*all);
    }
    let all = |operation: Operation, object: Object, rate: Quantity| match meeting.get(&object) {
        Some(all) if changing.contains(&(operation, object)) => Quantity::new(*all, Dimension::Rate),
        _ => rate,
    };
    rated()
        .map(|&(operation, object, rate)| {
            let all = all(operation, object, rate);
            Contention { operation, object, rate, all, round_trip }
        })
        .collect()
}

/// Operations and the objects of which they change or remove an instance.
fn changing(facts: &Facts) -> BTreeSet<(Operation, Object)> {
    let effects = facts.effect.iter().filter(|(.., action)| !matches!(action, Action::Create(_)));
    let effects = effects.map(|(_, operation, object, ..)| (*operation, *object));
    let machines: BTreeMap<Transition, Object> =
        facts.transition.iter().map(|(transition, object, ..)| (*transition, *object)).collect();
    let moved = facts.triggers.iter().filter_map(|(operation, taken)| Some((*operation, *machines.get(taken)?)));
    effects.chain(moved).collect()
}

/// How reads and writes of a view or object compare.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Balance {
    /// Reads exceed writes by the ratio.
    Reads,
    /// Writes exceed reads by the ratio.
    Writes,
    /// Neither exceeds the other by the ratio.
    Even,
    /// A rate is missing.
    Unknown,
}

/// How often every object and view is read and written, in total.
pub fn balances(facts: &Facts) -> Vec<(Source, Balance)> {
    let (reads, writes) = (read_rates(facts), write_rates(facts));
    let ratio = Threshold::ReadWriteRatio.value(facts).amount;
    let exceeds = |more: Rate, less: Rate| less.checked_mul(&ratio).is_some_and(|bound| more >= bound);
    let objects = (0..facts.names.objects.len() as u32).map(|id| Source::Object(Object(id)));
    let views = (0..facts.names.views.len() as u32).map(|id| Source::View(View(id)));
    let upstream = upstream(facts);
    let balance = |source: Source| {
        // What nobody reads at a rate is not followed to its sources.
        let read = reads.get(&source).copied();
        let behind = read.map(|_| objects_behind(&upstream, source)).unwrap_or_default();
        let written = sum(behind.iter().filter_map(|object| writes.get(object).copied()));
        match read.zip(written) {
            None => Balance::Unknown,
            Some((read, written)) if exceeds(read, written) => Balance::Reads,
            Some((read, written)) if exceeds(written, read) => Balance::Writes,
            Some(_) => Balance::Even,
        }
    };
    objects.chain(views).map(|source| (source, balance(source))).collect()
}

type Rate = Ratio<i128>;

/// Reads per second, of what somebody gives a rate for.
fn read_rates(facts: &Facts) -> BTreeMap<Source, Rate> {
    let asked: BTreeMap<Query, Quantity> = facts.query_rate.iter().copied().collect();
    let of_views = facts.read_by.iter().filter_map(|(view, _, rate)| Some((Source::View(*view), (*rate)?)));
    let of_queries = facts.query_reads.iter().filter_map(|(query, source)| Some((*source, *asked.get(query)?)));
    totals(of_views.chain(of_queries))
}

/// Writes per second of each object, by the operations with a rate; an operation with several effects writes once.
fn write_rates(facts: &Facts) -> BTreeMap<Object, Rate> {
    let rates: BTreeMap<Operation, Quantity> = facts.rate.iter().copied().collect();
    let written: BTreeSet<(Object, Operation)> =
        facts.effect.iter().map(|(_, operation, object, ..)| (*object, *operation)).collect();
    totals(written.into_iter().filter_map(|(object, operation)| Some((object, *rates.get(&operation)?))))
}

fn totals<K: Ord>(rates: impl Iterator<Item = (K, Quantity)>) -> BTreeMap<K, Rate> {
    let mut totals: BTreeMap<K, Rate> = BTreeMap::new();
    for (key, rate) in rates.filter(|(_, rate)| rate.dimension == Dimension::Rate) {
        let total = totals.entry(key).or_default();
        *total = total.checked_add(&rate.amount).unwrap_or(*total);
    }
    totals
}

fn upstream(facts: &Facts) -> BTreeMap<View, Vec<Source>> {
    let mut upstream: BTreeMap<View, Vec<Source>> = BTreeMap::new();
    facts.upstream.iter().for_each(|(view, source)| upstream.entry(*view).or_default().push(*source));
    upstream
}

/// The objects a source is, or is computed from, through other views.
fn objects_behind(upstream: &BTreeMap<View, Vec<Source>>, source: Source) -> BTreeSet<Object> {
    let (mut found, mut seen, mut pending) = (BTreeSet::new(), BTreeSet::new(), vec![source]);
    while let Some(source) = pending.pop() {
        match source {
            Source::Object(object) => {
                found.insert(object);
            }
            Source::View(view) if seen.insert(view) => pending.extend(upstream.get(&view).into_iter().flatten()),
            Source::View(_) => (),
        }
    }
    found
}

/// The views whose bound leaves room for a time to live and a refill.
pub fn ttl_suffices(facts: &Facts) -> Vec<(View,)> {
    let least = Threshold::LeastTtl.value(facts).amount + Threshold::CacheRefill.value(facts).amount;
    let roomy = facts.staleness.iter().filter(|(_, bound)| bound.dimension == Dimension::Time && bound.amount >= least);
    roomy.map(|(view, _)| (*view,)).collect()
}

/// What each event is: pushed to few or pulled by many; nothing where the author gives neither size nor word.
pub fn fan_out(facts: &Facts) -> Vec<(Event, FanOut)> {
    let large = Threshold::LargeAudience.value(facts).amount;
    let said: BTreeSet<Event> = facts.fan_out.iter().map(|(event, _)| *event).collect();
    let sized = facts.audience_size.iter().filter(|(event, _)| !said.contains(event));
    let by_size = |size: &Quantity| if size.amount >= large { FanOut::OnRead } else { FanOut::OnWrite };
    facts.fan_out.iter().copied().chain(sized.map(|(event, size)| (*event, by_size(size)))).collect()
}

fn sum(rates: impl Iterator<Item = Rate>) -> Option<Rate> {
    rates.reduce(|total, rate| total.checked_add(&rate).unwrap_or(total))
}
