//! Step 15, SLO definition: measurable promises (CK-15a to CK-15d).
//!
//! What an author promises is taken as it is (S15-d1); what follows is marked as derived. [`assumptions`] are the defaults,
//! [`paths`] what there is to promise, [`budget`] splits a path's time over what it waits for, [`audit`] says how a
//! promise of no violations is measured.
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod assumptions;
pub mod audit;
pub mod budget;
pub mod checks;
pub mod paths;
#[cfg(test)]
mod tests;

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::proof::{Fact, Premises, RuleId, premises};
use crate::quantity::Quantity;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::vocabulary::{InvariantType, Origin, Vocabulary, vocabulary};
use ascent::ascent;
use assumptions::Assumption;
use std::collections::BTreeSet;

vocabulary! {
    /// What an objective promises (S15-r1 to S15-r5).
    SloType = "type of objective" {
        Latency = "latency": "A percentile of the time a path takes.",
        Availability = "availability": "The fraction of time a path works.",
        Correctness = "correctness": "The number of violations of an invariant: zero.",
        Freshness = "freshness": "How old a projection may be.",
        Throughput = "throughput": "A sustained rate.",
    }
}

ascent! {
    /// The objectives.
    pub struct Objectives;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `called(derived, name)`: what this step calls the things it derives; sorted, one each.
    relation called(Entity, String);

    /// `slo(slo, type, of)`: an objective of a path, invariant, projection or component.
    relation slo(Slo, SloType, Entity);
    /// `target(slo, target)`: the number: a time, a rate, a percentage, a count of violations.
    relation target(Slo, Quantity);
    /// `percentile(slo, percentile)`: for latency and freshness; none where the bound holds always.
    relation percentile(Slo, Quantity);
    /// `origin(slo, origin)`: declared, or derived and by what.
    relation origin(Slo, Origin);
    /// `hop_timeout(path, callee, timeout)`: what one call may take so that the whole stays within its budget (S15-d4, A-36).
    /// The callee is a service, or the object whose store is accessed.
    relation hop_timeout(Entity, Entity, Quantity);
    /// `attempts(path, callee, attempts)`: how often the call is made at most; the timeouts of all of them fit.
    relation attempts(Entity, Entity, Quantity);
    /// `backoff(path, base)`: the first wait between attempts on the path; it doubles.
    relation backoff(Entity, Quantity);

    // What there is to promise, and what the author promises; each with the fact it rests on.
    relation path(Entity, Fact);
    relation asked_latency(Entity, Quantity, Quantity, Fact);
    relation asked_availability(Entity, Quantity, Fact);
    relation asked_rate(Entity, Quantity, Fact);
    relation lag(View, Quantity);
    relation query_freshness(Query, Quantity);
    relation invariant(Invariant, InvariantType, Origin);
    relation violable(Invariant);
    relation assumption(Assumption, Quantity);
    relation assumed(Entity, Quantity);

    /// `promise(of, type, percentile, target, origin, rule, premises)`: before the objectives have ids.
    relation promise(Entity, SloType, Option<Quantity>, Quantity, Origin, RuleId, Premises);

    // S15-r1, S15-d1. Latency as declared, …
    promise(path, SloType::Latency, Some(*percentile), time, Origin::Declared, "S15-r1", premises(&[*declared])) <--
        asked_latency(path, percentile, time, declared);

    // CK-15a. … and a default where nobody declares one.
    promise(path, SloType::Latency, Some(*percentile), time, Origin::Derived, "S15-d1", premises(&[*exists])) <--
        path(path, exists),
        assumption(Assumption::FreshnessPercentile, percentile),
        assumed(path, time),
        !asked_latency(path, _, _, _);

    // S15-r2, S15-d1. Availability as declared, or the default.
    promise(path, SloType::Availability, None, share, Origin::Declared, "S15-r2", premises(&[*declared])) <--
        asked_availability(path, share, declared);
    promise(path, SloType::Availability, None, share, Origin::Derived, "S15-d1", premises(&[*exists])) <--
        path(path, exists),
        assumption(Assumption::PathAvailability, share),
        !asked_availability(path, _, _);

    // S15-r3, S15-d2, CK-15b. Of an invariant no violation at all is promised.
    promise(Entity::from(*invariant), SloType::Correctness, None, Quantity::count(0), Origin::Derived, "S15-d2",
            premises(&[fact!(invariant, *invariant, kind.word(), origin.word())])) <--
        violable(invariant),
        invariant(invariant, kind, origin);

    // S15-r4, CK-15c. A projection is as fresh as its bound says; one without any lag always is.
    promise(Entity::from(*view), SloType::Freshness, percentile, bound, Origin::Declared, "S15-r4",
            premises(&[fact!(lag, *view, *bound)])) <--
        lag(view, bound),
        assumption(Assumption::FreshnessPercentile, share),
        let percentile = (!bound.is_zero()).then_some(*share);
    promise(Entity::from(*query), SloType::Freshness, percentile, bound, Origin::Declared, "S15-r4",
            premises(&[fact!(query_freshness, *query, *bound)])) <--
        query_freshness(query, bound),
        assumption(Assumption::FreshnessPercentile, share),
        let percentile = (!bound.is_zero()).then_some(*share);

    // S15-r5, A-69. Throughput is what the author expects of the path; nothing else can know it.
    promise(path, SloType::Throughput, None, rate, Origin::Declared, "S15-r5", premises(&[*declared])) <--
        asked_rate(path, rate, declared);
}

/// What is promised of queries that something else answers than the source: what is read where it is written has no lag.
pub fn copied(design: &Design) -> Vec<(Query, Quantity)> {
    let facts = &design.facts;
    let at_the_source = [Mechanism::ReadSource, Mechanism::ScatterGather, Mechanism::NoMechanism];
    let derived =
        facts.query_reads.iter().filter(|(_, source)| matches!(source, Source::View(_))).map(|(query, _)| *query);
    let copies =
        design.mechanisms.answers.iter().filter(|(_, by, _)| !at_the_source.contains(by)).map(|(query, ..)| *query);
    let copied: BTreeSet<Query> = derived.chain(copies).collect();
    facts.query_freshness.iter().filter(|(query, _)| copied.contains(query)).copied().collect()
}

/// How old views may be that something keeps; what is read through is as old as its source.
pub fn lags(design: &Design) -> Vec<(View, Quantity)> {
    let lag = design.validation.lag.iter();
    lag.filter(|(view, _)| !design.algorithms.is_read_through(*view)).copied().collect()
}

/// Runs the step's program on the design so far.
pub fn derive(design: &Design) -> Objectives {
    let facts = &design.facts;
    let paths = paths::paths(facts);
    let mut step = Objectives {
        assumed: budget::assumed(design, paths.iter().map(|(path, _)| *path)),
        path: paths,
        asked_latency: paths::latencies(facts),
        asked_availability: paths::availabilities(facts),
        asked_rate: paths::rates(facts),
        lag: lags(design),
        query_freshness: copied(design),
        invariant: design.invariants.invariant.clone(),
        violable: audit::violable(design),
        assumption: Assumption::ALL.iter().map(|it| (*it, it.value(facts))).collect(),
        ..Objectives::default()
    };
    step.run();
    number(design, &mut step);
    budget::fill(design, &mut step);
    settle!(step; because, called, slo, target, percentile, origin, hop_timeout, attempts, backoff);
    step
}

/// A tuple of `promise`.
type Promise = (Entity, SloType, Option<Quantity>, Quantity, Origin, RuleId, Premises);

/// Hands out the ids: by what an objective is of, then by type and percentile. Of several targets for the same the
/// tightest counts; that they differ is reported.
fn number(design: &Design, step: &mut Objectives) {
    step.promise.sort();
    let mut promises: Vec<Promise> = vec![];
    for promise in &step.promise {
        match promises.last_mut() {
            Some(last) if (last.0, last.1, last.2) == (promise.0, promise.1, promise.2) => {
                if tighter(promise.1, promise.3, last.3) {
                    last.clone_from(promise);
                }
            }
            _ => promises.push(promise.clone()),
        }
    }
    for (id, (of, kind, percentile, target, origin, rule, grounds)) in promises.into_iter().enumerate() {
        let slo = Slo(id as u32);
        let fact = fact!(slo, slo, kind.word(), of);
        step.slo.push((slo, kind, of));
        step.target.push((slo, target));
        step.origin.push((slo, origin));
        step.because.push((fact, rule, grounds.clone()));
        step.because.push((fact!(target, slo, target), rule, grounds));
        step.because.push((fact!(origin, slo, origin.word()), rule, premises(&[fact])));
        if let Some(percentile) = percentile {
            step.percentile.push((slo, percentile));
            step.because.push((fact!(percentile, slo, percentile), rule, premises(&[fact])));
        }
        step.called.push((slo.into(), name(design, kind, of, percentile)));
    }
}

/// Whether one target asks more than another: less time, more of everything else.
fn tighter(kind: SloType, one: Quantity, other: Quantity) -> bool {
    match kind {
        SloType::Latency | SloType::Freshness | SloType::Correctness => one < other,
        SloType::Availability | SloType::Throughput => one > other,
    }
}

/// "PlaceBid p95 latency", "violations of I1".
fn name(design: &Design, kind: SloType, of: Entity, percentile: Option<Quantity>) -> String {
    let of = design.name(of);
    match (kind, percentile) {
        (SloType::Correctness, _) => format!("violations of {of}"),
        (_, Some(percentile)) => format!("{of} {} {kind}", shown(percentile)),
        (_, None) => format!("{of} {kind}"),
    }
}

/// `p95`, `p99.9`
pub fn shown(percentile: Quantity) -> String {
    format!("p{percentile}").trim_end_matches('%').to_owned()
}

impl Objectives {
    /// The objectives of one type of one thing, each with its target.
    pub fn of(&self, kind: SloType, of: impl Into<Entity>) -> impl Iterator<Item = (Slo, Quantity)> + '_ {
        let of = of.into();
        let slos = self.slo.iter().filter(move |(_, other, what)| *other == kind && *what == of);
        slos.filter_map(|(slo, ..)| Some((*slo, self.target_of(*slo)?)))
    }

    /// The number of an objective.
    pub fn target_of(&self, slo: Slo) -> Option<Quantity> {
        let at = self.target.binary_search_by_key(&slo, |(other, _)| *other).ok()?;
        Some(self.target[at].1)
    }

    /// The percentile an objective is about.
    pub fn percentile_of(&self, slo: Slo) -> Option<Quantity> {
        let at = self.percentile.binary_search_by_key(&slo, |(other, _)| *other).ok()?;
        Some(self.percentile[at].1)
    }

    /// The time within which a path must have answered: its target at the highest percentile (S15-d4).
    pub fn deadline(&self, path: Entity) -> Option<(Slo, Quantity)> {
        let latencies = self.of(SloType::Latency, path);
        latencies.max_by_key(|(slo, _)| self.percentile_of(*slo))
    }
}
