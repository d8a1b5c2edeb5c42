//! Step 17, runbooks: what an operator does.
//!
//! One for every failure that can happen, for every hot spot, and for everything else that can wake somebody. What it says is
//! in [`procedure`]; what is said of each kind of incident, in [`guides`].
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod checks;
pub mod guides;
pub mod procedure;

use crate::fact::*;
use crate::proof::premises;
use crate::quantity::Quantity;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_11_topology::{ComponentKind, failure};
use crate::step_13_scaling::{Hotspot, Strategy};
use crate::step_18_observability::{MetricKind, Urgency};
use crate::vocabulary::{FaultKind, Vocabulary, vocabulary};
use crate::{Design, fact};
use ascent::ascent;
use std::collections::{BTreeMap, BTreeSet};

vocabulary! {
    /// What an operator is confronted with.
    Incident = "incident" {
        LostAnswer = "answers lost": "Clients hear nothing and ask again.",
        Duplicates = "duplicates delivered": "Messages arrive more than once.",
        HalfWrite = "write half done": "One step took effect and the next did not.",
        Disorder = "events out of order": "Events arrive in another order than they were made.",
        Boundary = "dispute at a deadline": "Something arrived just at a deadline.",
        Crash = "node gone": "A node died at some step.",
        Split = "network split": "Two groups of nodes cannot reach each other.",
        SlowDependency = "slow dependency": "A called service answers late or not at all.",
        RetryStorm = "retry storm": "Waiting clients send again at the same moment.",
        StuckClaim = "claim not released": "A process died while it held a claim.",
        Contention = "contention storm": "Too many compete for one key.",
        HotRead = "hot key read": "One key takes most reads.",
        HotFanOut = "fan-out too large": "One event has too many receivers.",
        HotPartition = "hot partition": "Keys fall on one shard.",
        HotMoment = "everything at once": "A time boundary sets everything off together.",
        Stale = "copy too old": "A projection is further behind than it may be.",
        Violation = "invariant violated": "An audit found what must never be.",
        StuckSaga = "saga stuck": "A write over several services neither ends nor is undone.",
        StaleHolder = "old holder acts": "Commands carry claims that have ended.",
        Slow = "slow path": "A path takes longer than promised.",
        Failing = "failing path": "A path fails more often than promised.",
        Full = "nearly full": "Something deployed runs out of room.",
    }
}

ascent! {
    /// The runbooks.
    pub struct Runbooks;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `called(derived, name)`: what this step calls the things it derives; sorted, one each.
    relation called(Entity, String);

    /// `runbook(runbook, of)`: for a failure mode, a hot path, or something that can wake somebody (S17-g1).
    relation runbook(Runbook, Entity);
    /// `incident(runbook, incident)`: what has happened.
    relation incident(Runbook, Incident);
    /// `on(runbook, what)`: where it has happened: the path, component, parameter or invariant.
    relation on(Runbook, Entity);

    // From earlier steps, and from the alerts.
    relation failure(FailureMode, FaultKind, Entity);
    relation handled_by(FailureMode, Mechanism);
    relation strategy_of(Entity, Strategy);
    relation detects(Alert, FailureMode);
    relation alert(Alert, Metric, Quantity);
    relation metric(Metric, MetricKind, Entity);
    relation urgency(Alert, Urgency);
    relation near(Entity, Entity);
    relation taken(Dp, Mechanism);
    relation governs(Invariant, Operation);
    relation audited(Invariant);

    /// `triggered(runbook, alert)`: the alert that leads to it.
    relation triggered(Runbook, Alert);

    /// `shown(runbook, mode, alert, at_work)`: the alert tells of the failure, by a figure of what is at work or by what it has done.
    relation shown(Runbook, FailureMode, Alert, bool);
    shown(runbook, mode, alert, *kind != MetricKind::Violations) <--
        runbook(runbook, of),
        if let Entity::FailureMode(mode) = of,
        detects(alert, mode),
        alert(alert, metric, _),
        metric(metric, kind, _);

    /// `told(runbook)`: some figure shows the failure at work.
    relation told(Runbook);
    told(runbook) <-- shown(runbook, _, _, true);

    // S17-g1, CK-17a: the alerts that detect the failure …
    triggered(runbook, alert),
    because(fact!(triggered, *runbook, *alert), "S17-g1", premises(&[fact!(runbook, *runbook, *mode), fact!(detects, *alert, *mode)])) <--
        shown(runbook, mode, alert, true);

    // … and where none shows it, the audits that find what it has done.
    triggered(runbook, alert),
    because(fact!(triggered, *runbook, *alert), "A-76", premises(&[fact!(runbook, *runbook, *mode), fact!(detects, *alert, *mode)])) <--
        shown(runbook, mode, alert, false),
        !told(runbook);

    // S17-e1, S17-e2, S17-e3: an alert on what the incident shows in.
    triggered(runbook, alert),
    because(fact!(triggered, *runbook, *alert), "S17-e1", premises(&[fact!(runbook, *runbook, *what), fact!(metric, *metric, kind.word(), *of), fact!(alert, *alert, *metric)])) <--
        incident(runbook, incident),
        on(runbook, what),
        runbook(runbook, what),
        near(of, what),
        metric(metric, kind, of),
        if guides::of(*incident).signs.contains(kind),
        alert(alert, metric, _);

    /// `lever(runbook, mechanism)`: a mechanism that can be turned to make it better.
    relation lever(Runbook, Mechanism);

    // S14-f1 to S14-f6: what handles the failure.
    lever(runbook, mechanism),
    because(fact!(lever, *runbook, mechanism.word()), "S17-o1", premises(&[fact!(handled_by, *mode, mechanism.word())])) <--
        runbook(runbook, of),
        if let Entity::FailureMode(mode) = of,
        handled_by(mode, mechanism);

    // The mechanisms at the place itself that such an incident is about.
    lever(runbook, mechanism),
    because(fact!(lever, *runbook, mechanism.word()), "S17-o1", premises(&[fact!(incident, *runbook, incident.word()), fact!(dp, *dp)])) <--
        incident(runbook, incident),
        on(runbook, what),
        near(at, what),
        if let Entity::Dp(dp) = at,
        taken(dp, mechanism),
        if guides::of(*incident).levers.contains(mechanism);

    /// `eased(runbook, strategy)`: what the scaling model does about the hot spot (CK-17b).
    relation eased(Runbook, Strategy);

    // CK-17b, S13-h1 to S13-h5.
    eased(runbook, strategy),
    because(fact!(eased, *runbook, strategy.word()), "S17-g1", premises(&[fact!(runbook, *runbook, *path), fact!(strategy, *path, strategy.word())])) <--
        runbook(runbook, path),
        strategy_of(path, strategy);

    /// `verified(runbook, invariant)`: it is over only when an audit finds the invariant intact.
    relation verified(Runbook, Invariant);

    // whatever could have broken it.
    verified(runbook, invariant),
    because(fact!(verified, *runbook, *invariant), "A-76", premises(&[fact!(incident, *runbook, incident.word()), fact!(audited, *invariant)])) <--
        incident(runbook, incident),
        if guides::of(*incident).endangers,
        on(runbook, what),
        near(at, what),
        if let Entity::Invariant(invariant) = at,
        audited(invariant);
}

/// Runs the step's program on the design so far and on the alerts.
pub fn derive(design: &Design) -> Runbooks {
    let watch = &design.observability;
    let mut step = Runbooks {
        failure: design.failures.failure.clone(),
        handled_by: design.failures.handled_by.iter().map(|&(mode, mechanism, _)| (mode, mechanism)).collect(),
        strategy_of: design.scaling.strategy.iter().map(|&(path, strategy, _)| (path, strategy)).collect(),
        detects: watch.detects.clone(),
        alert: watch.alert.clone(),
        metric: watch.metric.clone(),
        urgency: watch.urgency.clone(),
        near: watch.near.clone(),
        taken: crate::step_18_observability::metrics::in_use(design)
            .into_iter()
            .map(|(dp, mechanism, _)| (dp, mechanism))
            .collect(),
        governs: design.invariants.governs.clone(),
        audited: watch.audited.clone(),
        ..Runbooks::default()
    };
    number(design, &mut step);
    step.run();
    settle!(step; because, called, runbook, incident, on, triggered, lever, eased, verified);
    step
}

/// The runbook that an alert sends an operator to: the one about such a figure of that very thing where there is one, otherwise the
/// first that it triggers.
pub fn leads_to(design: &Design, alert: Alert) -> Option<Runbook> {
    let step = &design.runbooks;
    let mut triggered = step.triggered.iter().filter(|(_, other)| *other == alert).map(|(runbook, _)| *runbook);
    let own = design.observability.watched(alert).and_then(|(_, kind, of)| Some((guides::of_metric(kind)?, of)));
    let is_own = |runbook: &Runbook| {
        own.is_some_and(|(incident, of)| {
            step.incident.binary_search(&(*runbook, incident)).is_ok() && step.on.binary_search(&(*runbook, of)).is_ok()
        })
    };
    triggered.clone().find(is_own).or_else(|| triggered.next())
}

/// Who needs a runbook, in order: failures, hot spots, then what else pages. One for each incident at each place.
fn number(design: &Design, step: &mut Runbooks) {
    let mut wanted: Vec<(Incident, Entity, Entity, crate::proof::Fact)> = vec![];
    let possible: BTreeSet<FailureMode> = design.failures.possible.iter().map(|(mode,)| *mode).collect();
    let modes = design.failures.failure.iter().filter(|(mode, ..)| possible.contains(mode));
    wanted.extend(modes.map(|&(mode, fault, path)| {
        // Who runs another organisation's service is that organisation: to us it answers late or not at all.
        let foreign =
            matches!(path, Entity::Component(it) if failure::kind(design, it) == Some(ComponentKind::Gateway));
        let incident = if foreign { Incident::SlowDependency } else { guides::of_fault(fault) };
        (incident, path, mode.into(), fact!(failure, mode, fault.word(), path))
    }));
    let hot: BTreeMap<Entity, (Hotspot, Entity)> =
        design.scaling.hot.iter().map(|&(path, kind, key)| (path, (kind, key))).collect();
    wanted.extend(
        design
            .scaling
            .hot
            .iter()
            .map(|&(path, kind, key)| (guides::of_hotspot(kind), path, path, fact!(hot, path, kind.word(), key))),
    );
    // What the author says of the busiest key makes a hot spot, whether or not the load model has come to it.
    let declared = design.facts.hottest.iter().filter(|(operation, ..)| !hot.contains_key(&operation.into()));
    wanted.extend(declared.map(|&(operation, object, rate)| {
        (Incident::Contention, operation.into(), operation.into(), fact!(hottest, operation, object, rate))
    }));
    let watch = &design.observability;
    let paging = watch.urgency.iter().filter(|(_, urgency)| *urgency == Urgency::Page);
    wanted.extend(paging.filter_map(|&(alert, _)| {
        let (metric, kind, of) = watch.watched(alert)?;
        Some((guides::of_metric(kind)?, of, of, fact!(alert, alert, metric)))
    }));
    let mut seen: BTreeMap<(Incident, Entity), Runbook> = BTreeMap::new();
    for (incident, place, of, because) in wanted {
        let next = Runbook(seen.len() as u32);
        let known = *seen.entry((incident, place)).or_insert(next);
        step.because.push((fact!(runbook, known, of), "S17-g1", premises(&[because])));
        step.runbook.push((known, of));
        if known == next {
            step.because.push((fact!(incident, known, incident.word()), "S17-o1", premises(&[because])));
            step.incident.push((known, incident));
            step.on.push((known, place));
            step.called.push((known.into(), format!("{} on {}", upper(incident.word()), design.name(place))));
        }
    }
    step.runbook.sort_unstable();
    step.runbook.dedup();
    step.because.sort_unstable();
}

/// Sentence case.
fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
