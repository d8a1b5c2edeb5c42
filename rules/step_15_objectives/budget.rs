//! How the time of a path is spent: its own work, and what it waits for, repeated attempts included (S15-d3, S15-d4, A-36).
//!
//! The target at the highest percentile is taken as a deadline. Percentiles of parts do not add up to the percentile of
//! the whole; timeouts do, and nothing here adds anything else.

use super::Objectives;
use super::assumptions::Assumption;
use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::proof::{Fact, premises};
use crate::quantity::{Dimension, Quantity};
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::vocabulary::{Origin, ServiceTrait};
use std::collections::{BTreeMap, BTreeSet};

/// How the time of one path is spent.
#[derive(Clone, PartialEq, Debug)]
pub struct Spend {
    /// An operation, query or view.
    pub path: Entity,
    /// The objective that sets the deadline.
    pub slo: Slo,
    /// Within which it must have answered.
    pub deadline: Quantity,
    /// What its own work takes.
    pub own: Quantity,
    /// The first wait between two attempts; later ones are twice as long each.
    pub backoff: Quantity,
    /// What it waits for, in the order of declaration, its store first.
    pub hops: Vec<Hop>,
}

/// Something a path waits for.
#[derive(Clone, PartialEq, Debug)]
pub struct Hop {
    /// A service, or the object whose store is accessed; none for a part that only a budget names.
    pub callee: Option<Entity>,
    /// What it is called.
    pub name: String,
    /// What one attempt takes when all is well: what the service states, or a default.
    pub need: Quantity,
    /// What all attempts and the waits between them may take together.
    pub share: Quantity,
    /// How many attempts fit.
    pub attempts: i128,
    /// What one attempt may take.
    pub timeout: Quantity,
    /// Whether the author set the share.
    pub origin: Origin,
    /// Why it is a hop.
    pub because: Fact,
}

impl Spend {
    /// What own work and the hops that the author gives a time to come to, where that exceeds the deadline.
    pub fn overspent(&self) -> Option<Quantity> {
        let mut declared =
            self.hops.iter().filter(|hop| hop.origin == Origin::Declared).map(|hop| hop.share).peekable();
        declared.peek()?;
        let total = declared.try_fold(self.own, |total, share| total.checked_add(&share))?;
        (total > self.deadline).then_some(total)
    }
}

impl Hop {
    /// `timeout × attempts + waits`: never more than the share.
    pub fn worst(&self, backoff: Quantity) -> Option<Quantity> {
        let tried = self.timeout.checked_mul(&Quantity::count(self.attempts))?;
        tried.checked_add(&waits(self.attempts, backoff)?)
    }
}

/// Adds timeouts, attempts and waits to the step.
pub fn fill(design: &Design, step: &mut Objectives) {
    let spends = spends_of(design, step);
    for spend in &spends {
        let grounds = fact!(target, spend.slo, spend.deadline);
        step.backoff.push((spend.path, spend.backoff));
        step.because.push((fact!(backoff, spend.path, spend.backoff), "A-36", premises(&[grounds])));
        for hop in &spend.hops {
            let Some(callee) = hop.callee else { continue };
            let attempts = Quantity::count(hop.attempts);
            let tried = fact!(attempts, spend.path, callee, attempts);
            step.attempts.push((spend.path, callee, attempts));
            step.hop_timeout.push((spend.path, callee, hop.timeout));
            step.because.push((tried, "A-36", premises(&[hop.because])));
            let limited = fact!(hop_timeout, spend.path, callee, hop.timeout);
            step.because.push((limited, "S15-d4", premises(&[grounds, hop.because, tried])));
        }
    }
    step.attempts.sort();
    step.attempts.dedup();
    step.hop_timeout.sort();
    step.hop_timeout.dedup();
}

/// How every path with something to wait for spends its time.
pub fn spends(design: &Design) -> Vec<Spend> {
    spends_of(design, &design.objectives)
}

/// The time within which each path must have answered.
pub fn deadlines(design: &Design) -> BTreeMap<Entity, Quantity> {
    spends(design).into_iter().map(|spend| (spend.path, spend.deadline)).collect()
}

/// What each path has for all accesses to its store.
pub fn store_shares(design: &Design) -> BTreeMap<Entity, Quantity> {
    let spends = spends(design);
    let hops = spends.iter().flat_map(|spend| spend.hops.iter().map(|hop| (spend.path, hop)));
    hops.filter(|(_, hop)| matches!(hop.callee, Some(Entity::Object(_)))).map(|(path, hop)| (path, hop.share)).collect()
}

fn spends_of(design: &Design, step: &Objectives) -> Vec<Spend> {
    let ledger = Ledger::new(design);
    let mut deadlines: BTreeMap<Entity, (Quantity, Slo, Quantity)> = BTreeMap::new();
    let targets: BTreeMap<Slo, Quantity> = step.target.iter().copied().collect();
    let of: BTreeMap<Slo, Entity> = step.slo.iter().map(|(slo, _, of)| (*slo, *of)).collect();
    let latencies: BTreeSet<Slo> =
        step.slo.iter().filter(|(_, kind, _)| *kind == super::SloType::Latency).map(|(slo, ..)| *slo).collect();
    for (slo, percentile) in step.percentile.iter().filter(|(slo, _)| latencies.contains(slo)) {
        let (Some(path), Some(target)) = (of.get(slo), targets.get(slo)) else { continue };
        let latest = deadlines.entry(*path).or_insert((*percentile, *slo, *target));
        *latest = (*latest).max((*percentile, *slo, *target));
    }
    deadlines.into_iter().map(|(path, (_, slo, deadline))| ledger.spend(path, slo, deadline)).collect()
}

/// What is assumed of a path nobody gives a target: the default, or the time that one attempt of everything it waits for
/// takes, in whole seconds.
pub fn assumed(design: &Design, paths: impl Iterator<Item = Entity>) -> Vec<(Entity, Quantity)> {
    let ledger = Ledger::new(design);
    let default = Assumption::PathLatency.value(&design.facts);
    let others = Quantity::whole(100, Dimension::Percent).checked_sub(&Assumption::OwnShare.value(&design.facts));
    let least = |path: Entity| {
        let needs = ledger.hops(path).iter().fold(NONE, |sum, hop| plus(sum, hop.need));
        let least = needs.checked_div(&others.filter(|share| !share.is_zero() && !share.is_negative())?)?;
        Some(Quantity::whole(least.amount.to_integer().checked_add(SECOND)? / SECOND * SECOND, Dimension::Time))
    };
    let longest = |path: Entity| match least(path) {
        Some(least) if least > default && !ledger.calls_of(path).is_empty() => least,
        _ => default,
    };
    paths.map(|path| (path, longest(path))).collect()
}

/// What paths wait for, at hand by path.
struct Ledger<'d> {
    design: &'d Design,
    written: BTreeMap<Operation, Object>,
    read: BTreeMap<Entity, (Object, Fact)>,
    calls: BTreeMap<Operation, Vec<(Call, Service)>>,
    latency: BTreeMap<Service, Quantity>,
    declared: BTreeMap<Entity, Vec<(Budget, &'d str, Quantity)>>,
    repeatable: BTreeSet<Operation>,
    compared: BTreeSet<Operation>,
    cached: BTreeSet<View>,
    idempotent: BTreeSet<Service>,
    reserves: BTreeSet<Call>,
}

impl<'d> Ledger<'d> {
    fn new(design: &'d Design) -> Ledger<'d> {
        let (facts, parameters) = (&design.facts, &design.parameters);
        // What is changed in place is what others wait for too; what is only created lies beside it.
        let mut written: BTreeMap<Operation, Object> = design.evidence.writes.iter().copied().collect();
        let changing: BTreeSet<Operation> = written.keys().copied().collect();
        written.extend(facts.subjects().into_iter().filter(|(operation, _)| changing.contains(operation)));
        let mut declared: BTreeMap<Entity, Vec<(Budget, &str, Quantity)>> = BTreeMap::new();
        let whole: BTreeMap<Budget, Entity> = facts.budget.iter().map(|(budget, of, ..)| (*budget, *of)).collect();
        for (budget, name, time) in &facts.hop {
            if let Some(path) = whole.get(budget) {
                declared.entry(*path).or_default().push((*budget, name, *time));
            }
        }
        let mut calls: BTreeMap<Operation, Vec<(Call, Service)>> = BTreeMap::new();
        for &(call, operation, service) in &facts.call {
            calls.entry(operation).or_default().push((call, service));
        }
        let compared: BTreeSet<Dp> =
            design.mechanisms.mechanism.iter().filter(|(_, it, _)| it.is_cas()).map(|(dp, ..)| *dp).collect();
        let compared = parameters.protects.iter().filter(|(dp, _)| compared.contains(dp)).map(|(_, it)| *it);
        let caching = design.mechanisms.mechanism.iter().filter(|(_, it, _)| *it == Mechanism::CacheAside);
        let caching: BTreeSet<Dp> = caching.map(|(dp, ..)| *dp).collect();
        let cached = parameters.serves_view.iter().filter(|(dp, _)| caching.contains(dp)).map(|(_, view)| *view);
        let repeatable = facts.once_per.iter().map(|(operation, _)| *operation);
        let repeatable = repeatable.chain(design.invariants.natural.iter().map(|(operation, _)| *operation));
        let idempotent = facts.service_trait.iter().filter(|(_, it)| *it == ServiceTrait::Idempotent);
        Ledger {
            design,
            written,
            read: read_from(facts),
            calls,
            latency: facts.service_latency.iter().map(|(service, _, time)| (*service, *time)).collect(),
            declared,
            repeatable: repeatable.collect(),
            compared: compared.collect(),
            cached: cached.collect(),
            idempotent: idempotent.map(|(service, _)| *service).collect(),
            reserves: facts.reserves.iter().map(|(call,)| *call).collect(),
        }
    }

    /// the author's hops first; what they and the path's own work leave is shared by the others, in proportion to
    /// what each needs. Attempts are given up before a timeout gets shorter than the need.
    fn spend(&self, path: Entity, slo: Slo, deadline: Quantity) -> Spend {
        let assumed = |it: Assumption| it.value(&self.design.facts);
        let part = |share: Assumption| deadline.checked_mul(&assumed(share)).unwrap_or(NONE);
        let own = part(Assumption::OwnShare);
        // Not cut off to milliseconds: what the attempts leave is measured by it.
        let backoff = whole_nanoseconds(part(Assumption::BackoffShare));
        let mut hops = self.hops(path);
        let taken = hops.iter().filter(|hop| hop.origin == Origin::Declared).fold(own, |sum, hop| plus(sum, hop.share));
        let rest = deadline.checked_sub(&taken).filter(|rest| !rest.is_negative()).unwrap_or(NONE);
        let free = |hop: &&mut Hop| hop.origin != Origin::Declared;
        let wanted = |hop: &Hop| hop.need.checked_mul(&Quantity::count(hop.attempts)).unwrap_or(hop.need);
        let all =
            hops.iter().filter(|hop| hop.origin != Origin::Declared).fold(NONE, |sum, hop| plus(sum, wanted(hop)));
        for hop in hops.iter_mut().filter(free) {
            let part = wanted(hop).checked_div(&all).and_then(|part| rest.checked_mul(&part));
            hop.share = rounded(part.unwrap_or(NONE));
        }
        for hop in &mut hops {
            (hop.attempts, hop.timeout) = fitted(hop, backoff);
        }
        Spend { path, slo, deadline, own, backoff, hops }
    }

    fn hops(&self, path: Entity) -> Vec<Hop> {
        let facts = &self.design.facts;
        let assumed = |it: Assumption| it.value(facts);
        let mut hops: Vec<Hop> = self.cache(path).into_iter().chain(self.store(path)).collect();
        if let Entity::Operation(operation) = path {
            for &(call, service) in self.calls_of(path) {
                // A call that may take effect twice is never made twice.
                let safe = self.idempotent.contains(&service) || self.reserves.contains(&call);
                let attempts = if safe { whole(assumed(Assumption::CallAttempts)) } else { 1 };
                let need = self.latency.get(&service).copied().unwrap_or(assumed(Assumption::CallLatency));
                let because = fact!(call, call, operation, service);
                hops.push(hop(service.into(), facts.name(service), need, attempts, because));
            }
        }
        for &(budget, name, time) in self.declared.get(&path).into_iter().flatten() {
            let called = hops.iter_mut().find(|hop| hop.name == name && hop.origin != Origin::Declared);
            let because = fact!(hop, budget);
            match called {
                Some(called) => (called.share, called.origin, called.because) = (time, Origin::Declared, because),
                None => {
                    let part = Hop {
                        callee: None,
                        share: time,
                        origin: Origin::Declared,
                        ..hop(path, name, time, 1, because)
                    };
                    hops.push(part);
                }
            }
        }
        hops
    }

    fn calls_of(&self, path: Entity) -> &[(Call, Service)] {
        let Entity::Operation(operation) = path else { return &[] };
        self.calls.get(&operation).map_or(&[], Vec::as_slice)
    }

    /// The look into the cache that comes first: a miss has cost that time already (S15-d3).
    fn cache(&self, path: Entity) -> Option<Hop> {
        let Entity::View(view) = path else { return None };
        let (_, because) = *self.read.get(&path).filter(|_| self.cached.contains(&view))?;
        let name = format!("cache of {}", self.design.facts.name(view));
        let need = Assumption::CacheLatency.value(&self.design.facts);
        Some(Hop { callee: None, ..hop(path, &name, need, 1, because) })
    }

    /// The access to the store that the path cannot go without.
    fn store(&self, path: Entity) -> Option<Hop> {
        let facts = &self.design.facts;
        let assumed = |it: Assumption| it.value(facts);
        let (object, attempts, because) = match path {
            Entity::Operation(operation) => {
                let object = *self.written.get(&operation)?;
                let attempts = match (self.compared.contains(&operation), self.repeatable.contains(&operation)) {
                    (true, _) => whole(assumed(Assumption::ConflictAttempts)),
                    (false, true) => whole(assumed(Assumption::CallAttempts)),
                    (false, false) => 1,
                };
                (object, attempts, fact!(writes, operation, object))
            }
            path => {
                let (object, because) = *self.read.get(&path)?;
                (object, whole(assumed(Assumption::CallAttempts)), because)
            }
        };
        Some(hop(object.into(), facts.name(object), assumed(Assumption::StoreLatency), attempts, because))
    }
}

/// The object behind a query or a view: what is read where nothing is at hand.
fn read_from(facts: &Facts) -> BTreeMap<Entity, (Object, Fact)> {
    let upstream: BTreeMap<View, Source> = facts.upstream.iter().rev().copied().collect();
    let mut known: BTreeMap<View, Option<Object>> = BTreeMap::new();
    let mut behind = |mut source: Source| {
        // A view may be declared a view of itself, and chains may be long: what has been followed once is known.
        let mut followed = BTreeSet::new();
        let object = loop {
            match source {
                Source::Object(object) => break Some(object),
                Source::View(view) => match (known.get(&view), upstream.get(&view)) {
                    (Some(object), _) => break *object,
                    (None, Some(next)) if followed.insert(view) => source = *next,
                    _ => break None,
                },
            }
        };
        known.extend(followed.into_iter().map(|view| (view, object)));
        object
    };
    let mut read = BTreeMap::new();
    for &(query, source) in facts.query_reads.iter().rev() {
        read.extend(behind(source).map(|object| (query.into(), (object, fact!(query_reads, query, source)))));
    }
    for (&view, &source) in &upstream {
        read.extend(behind(source).map(|object| (view.into(), (object, fact!(upstream, view, source)))));
    }
    read
}

/// A hop of which the shares are not known yet.
fn hop(callee: Entity, name: &str, need: Quantity, attempts: i128, because: Fact) -> Hop {
    let name = name.to_owned();
    Hop { callee: Some(callee), name, need, share: NONE, attempts, timeout: NONE, origin: Origin::Derived, because }
}

/// So many attempts, each with so much time, as fit into the share. At least one is made.
fn fitted(hop: &Hop, backoff: Quantity) -> (i128, Quantity) {
    let each = |attempts: i128| {
        let left = hop.share.checked_sub(&waits(attempts, backoff)?)?;
        let each = rounded(left.checked_div(&Quantity::count(attempts))?);
        (attempts == 1 || each >= hop.need && each > NONE).then_some((attempts, each))
    };
    (1..=hop.attempts.clamp(1, MOST_ATTEMPTS)).rev().find_map(each).unwrap_or((1, hop.share))
}

/// The waits between so many attempts: `base × (2^(attempts - 1) - 1)`. Jitter only makes them shorter.
pub fn waits(attempts: i128, base: Quantity) -> Option<Quantity> {
    let doublings = u32::try_from(attempts.checked_sub(1)?).ok()?;
    base.checked_mul(&Quantity::count(2_i128.checked_pow(doublings)?.checked_sub(1)?))
}

/// More attempts than anybody waits for.
const MOST_ATTEMPTS: i128 = 64;

/// In nanoseconds.
const SECOND: i128 = 1_000_000_000;

/// No time at all.
const NONE: Quantity = Quantity::whole(0, Dimension::Time);

/// A time cut off to milliseconds, a shorter one to tens of microseconds, and what is shorter still to nanoseconds: nobody sets a
/// timeout to the nanosecond.
fn rounded(time: Quantity) -> Quantity {
    let nanoseconds = time.amount.to_integer();
    let step = [1_000_000, 10_000].into_iter().find(|step| nanoseconds >= *step).unwrap_or(1);
    Quantity::whole(nanoseconds - nanoseconds % step, time.dimension)
}

/// A time without parts of a nanosecond.
fn whole_nanoseconds(time: Quantity) -> Quantity {
    Quantity::whole(time.amount.to_integer(), time.dimension)
}

fn plus(one: Quantity, other: Quantity) -> Quantity {
    one.checked_add(&other).unwrap_or(one)
}

/// A count as a number; 1 where it is none.
fn whole(count: Quantity) -> i128 {
    count.amount.to_integer().clamp(1, MOST_ATTEMPTS)
}
