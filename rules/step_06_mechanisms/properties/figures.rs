//! Properties that are a comparison of figures, and the thresholds they are compared with.

use crate::Facts;
use crate::fact::*;
use crate::quantity::{Dimension, Quantity};
use crate::vocabulary::*;
use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedMul};

vocabulary! {
    /// A figure the framework leaves open; `load { read_write_ratio: 20 }` in a spec sets it.
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

    /// The author's figure, or the default.
    pub fn value(self, facts: &Facts) -> Quantity {
        let named = |load: Load| facts.name(load).replace(['_', '-'], " ") == self.word();
        let default = self.default();
        let declared =
            facts.load.iter().filter(|(load, _, figure)| named(*load) && figure.dimension == default.dimension);
        declared.map(|(_, _, figure)| *figure).next_back().unwrap_or(default)
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
    /// From reading to writing.
    pub round_trip: Quantity,
}

impl Contention {
    /// Attempts under way at the same moment on one key: rate times round trip (Little's law).
    pub fn in_flight(&self) -> Option<Ratio<i128>> {
        let seconds = Ratio::new(1, 1_000_000_000).checked_mul(&self.round_trip.amount)?;
        seconds.checked_mul(&self.rate.amount)
    }

    /// Whether attempts arrive faster than one after the other can win.
    pub fn exceeds_cas(&self) -> bool {
        self.in_flight().is_none_or(|in_flight| in_flight > Ratio::from_integer(1))
    }
}

/// The contention on every hot key the author names.
pub fn contention(facts: &Facts) -> Vec<Contention> {
    let round_trip = Threshold::StoreRoundTrip.value(facts);
    let rated = facts.hottest.iter().filter(|(_, _, rate)| rate.dimension == Dimension::Rate);
    rated.map(|&(operation, object, rate)| Contention { operation, object, rate, round_trip }).collect()
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

/// How often a source is read and written, in total.
pub fn balance(facts: &Facts, source: Source) -> Balance {
    let Some((reads, writes)) = read_rate(facts, source).zip(write_rate(facts, source)) else {
        return Balance::Unknown;
    };
    let ratio = Threshold::ReadWriteRatio.value(facts).amount;
    let exceeds = |more: Ratio<i128>, less: Ratio<i128>| less.checked_mul(&ratio).is_some_and(|bound| more >= bound);
    match () {
        () if exceeds(reads, writes) => Balance::Reads,
        () if exceeds(writes, reads) => Balance::Writes,
        () => Balance::Even,
    }
}

/// Reads per second; `None` where nobody says.
fn read_rate(facts: &Facts, source: Source) -> Option<Ratio<i128>> {
    let of_view =
        facts.read_by.iter().filter(|(view, ..)| Source::View(*view) == source).filter_map(|(.., rate)| *rate);
    let asked = facts.query_reads.iter().filter(|(_, read)| *read == source);
    let of_queries = asked.flat_map(|(query, _)| facts.query_rate.iter().filter(move |(other, _)| other == query));
    sum(of_view.chain(of_queries.map(|(_, rate)| *rate)))
}

/// Writes per second, of an object or of all that a view is computed from; `None` where nobody says.
fn write_rate(facts: &Facts, source: Source) -> Option<Ratio<i128>> {
    let objects = objects_behind(facts, source);
    let mut writers: Vec<Operation> = facts
        .effect
        .iter()
        .filter(|(_, _, object, ..)| objects.contains(object))
        .map(|(_, operation, ..)| *operation)
        .collect();
    writers.sort();
    writers.dedup();
    sum(facts.rate.iter().filter(|(operation, _)| writers.contains(operation)).map(|(_, rate)| *rate))
}

/// The objects a source is, or is computed from, through other views.
pub fn objects_behind(facts: &Facts, source: Source) -> Vec<Object> {
    let (mut found, mut seen, mut pending) = (vec![], vec![], vec![source]);
    while let Some(source) = pending.pop() {
        match source {
            Source::Object(object) => found.push(object),
            Source::View(view) if !seen.contains(&view) => {
                seen.push(view);
                pending.extend(facts.upstream.iter().filter(|(other, _)| *other == view).map(|(_, source)| *source));
            }
            Source::View(_) => (),
        }
    }
    found.sort();
    found.dedup();
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
    let said = |event: &Event| facts.fan_out.iter().any(|(other, _)| other == event);
    let sized = facts.audience_size.iter().filter(|(event, _)| !said(event));
    let by_size = |size: &Quantity| if size.amount >= large { FanOut::OnRead } else { FanOut::OnWrite };
    facts.fan_out.iter().copied().chain(sized.map(|(event, size)| (*event, by_size(size)))).collect()
}

fn sum(rates: impl Iterator<Item = Quantity>) -> Option<Ratio<i128>> {
    let rates = rates.filter(|rate| rate.dimension == Dimension::Rate).map(|rate| rate.amount);
    rates.reduce(|total, rate| total.checked_add(&rate).unwrap_or(total))
}
