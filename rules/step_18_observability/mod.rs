//! Step 18, observability: every objective measurable, every failure detectable, every parameter tunable.
//!
//! What is measured follows from the mechanisms, paths and invariants ([`metrics`]); which level alerts follows from the
//! objectives and bounds ([`alerts`]); what each alert is good for, this program says.
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod alerts;
pub mod artifact;
pub mod checks;
pub mod counts;
pub mod metrics;
pub mod tables;
#[cfg(test)]
mod tests;

use crate::fact::*;
use crate::proof::premises;
use crate::quantity::Quantity;
use crate::step_15_objectives::SloType;
use crate::step_16_knobs::KnobKind;
use crate::vocabulary::{FaultKind, Vocabulary, vocabulary};
use crate::{Design, fact};
use ascent::ascent;

vocabulary! {
    /// What can be measured.
    MetricKind = "kind of metric" {
        // Of every path
        Requests = "requests": "Requests, whatever became of them.",
        Errors = "errors": "Requests that failed for a reason of the system's own.",
        Duration = "duration": "Time a path takes.",
        HotKeyRate = "hottest key": "Requests per second on the busiest key.",
        BoundaryDecisions = "boundary decisions": "Decisions near a deadline.",
        // Of decisions
        Attempts = "attempts": "Conditional writes tried.",
        Conflicts = "conflicts": "Conditional writes that lost.",
        Retries = "retries": "Attempts beyond the first.",
        LockTimeouts = "lock timeouts": "Waits for a lock that were given up.",
        QueueDepth = "queue depth": "Requests that wait.",
        Inserts = "inserts": "Records created under a unique key.",
        DuplicateInserts = "duplicate inserts": "Inserts that found their record there already.",
        AccessChecks = "access checks": "Permissions tested.",
        Denials = "denials": "Requests refused for want of permission.",
        // Of remembered outcomes
        OutcomeLookups = "outcome lookups": "Requests whose key was looked up.",
        OutcomeHits = "outcome hits": "Requests answered from a stored outcome.",
        OutcomeExpiries = "outcome expiries": "Outcomes forgotten when their time was over.",
        ClientRetries = "client retries": "Requests that their client marks as a repetition.",
        MissedRetries = "missed retries": "Repetitions that found no outcome: without a key, or after it was forgotten.",
        // Of claims
        Claims = "claims": "Claims granted.",
        Expiries = "expiries": "Claims that ended by themselves.",
        ClaimAge = "claim age": "How long the oldest claim has been held.",
        Commands = "fenced commands": "Commands that carried a fence or an epoch.",
        FenceRejections = "fence rejections": "Commands refused for an old claim.",
        // Of events and copies
        Throughput = "throughput": "Events applied.",
        Lag = "lag": "How far a consumer or copy is behind.",
        DeadLetters = "dead letters": "Messages set aside.",
        DedupHits = "dedup hits": "Events that had been applied.",
        LateEvents = "late events": "Events too late for their window.",
        ApplyDuration = "apply duration": "Time to bring one change into a read model.",
        CacheLookups = "cache lookups": "Reads that asked a copy first.",
        CacheHits = "cache hits": "Reads answered from a copy.",
        // Of work across services
        BreakerState = "open breakers": "Circuit breakers that stop calls.",
        SagaAge = "saga age": "How long the oldest saga is unfinished.",
        UndoFailures = "undo failures": "Undo steps that failed.",
        // Of invariants
        Violations = "violations": "Violations an audit found.",
        AuditAge = "audit age": "Time since the last audit that ran to its end.",
        // Of what is deployed
        Saturation = "saturation": "How full something is.",
        Down = "instances down": "Instances that do not answer.",
    }

    /// What a metric is in the convention of Prometheus.
    Instrument = "instrument" {
        Counter = "counter": "Only ever rises; what is asked is how fast.",
        Gauge = "gauge": "A level.",
        Histogram = "histogram": "Counts by size; one boundary is the target.",
    }

    /// How an alert reads its metric.
    Condition = "condition of an alert" {
        Level = "level": "The value itself is above the threshold.",
        Share = "share": "It makes up more than the threshold of another metric.",
        Slower = "slower": "More of it than the percentile leaves is above the threshold.",
        Rate = "rate": "So many per second, above the threshold.",
        Any = "any": "There are more of it in the window than the threshold.",
    }

    /// Who has to hear of an alert, and when.
    Urgency = "urgency" {
        Page = "page": "Somebody is woken: an objective is broken, or will be within the hour.",
        Ticket = "ticket": "Somebody looks on the next working day.",
    }

    /// Discrete events that an investigation needs (S18-r3).
    LogEvent = "log event" {
        Decision = "decision": "Request key, state and version read, every condition and whether it held, the clock, the result.",
        Rejection = "rejection": "Request key, and the condition that did not hold with its values.",
        Conflict = "conflict": "Key, version expected and found, attempt.",
        Replay = "replay": "Request key, and that a stored outcome was given again.",
        TransitionFailure = "transition failure": "Instance, state found, transition asked for.",
        ClaimChange = "claim change": "Instance, holder, fence, granted, released or expired.",
        FenceRejection = "fence rejection": "Instance, fence carried and fence known, sender.",
        SetAside = "set aside": "Message id, consumer, attempts, last error.",
        Dropped = "dropped": "Event id, event time, watermark, window.",
        StepOutcome = "step outcome": "Saga id, step, done, failed or undone, attempt.",
        Denial = "denial": "Who, what, and which permission was missing.",
        BreakerChange = "breaker change": "Service, opened, probed or closed, error rate.",
        Audit = "audit": "Invariant, records looked at, violations with their keys.",
    }
}

ascent! {
    /// Metrics, alerts, logs, spans.
    pub struct Observability;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `called(derived, name)`: what this step calls the things it derives; sorted, one each.
    relation called(Entity, String);

    /// `metric(metric, kind, of)`: of a design parameter, component, path or invariant (S18-r1).
    relation metric(Metric, MetricKind, Entity);
    /// `alert(alert, metric, threshold)`: S18-r4.
    relation alert(Alert, Metric, Quantity);
    /// `fires(alert, condition, against)`: how the alert reads its metric, and the metric it is a share of.
    relation fires(Alert, Condition, Option<Metric>);
    /// `named(alert, name)`: what alerts of this sort are called, in the convention of Prometheus.
    relation named(Alert, &'static str);
    /// `percentile(alert, percentile)`: of a latency.
    relation percentile(Alert, Quantity);
    /// `window(alert, time)`: over so long it is read: long enough to hold enough requests at the declared rate.
    relation window(Alert, Quantity);
    /// `urgency(alert, urgency)`
    relation urgency(Alert, Urgency);
    /// `audited(invariant)`: an audit query counts its violations.
    relation audited(Invariant);
    /// `logs(what, event)`: a parameter or path writes such lines (S18-r3).
    relation logs(Entity, LogEvent);
    /// `span(path, part)`: a request of the path spends time there, and its trace shows how much (S18-r2).
    relation span(Entity, Entity);

    // From earlier steps.
    relation slo(Slo, SloType, Entity);
    relation target(Slo, Quantity);
    relation knob(Knob, KnobKind, Entity);
    relation failure(FailureMode, FaultKind, Entity);
    relation possible(FailureMode);
    relation dp_of(Dp, Entity);
    relation enforces(Dp, Invariant);
    relation guards(Dp, Object);
    relation protects(Dp, Operation);
    relation serves_view(Dp, View);
    relation governs(Invariant, Operation);
    relation constrains(Invariant, Entity);
    relation call(Operation, Service);
    relation announces(Operation, Event);
    relation table_of(Table, Entity);
    relation hosts(Component, Entity);
    relation event_of(Event, Dp);

    // ── what is near what: where a metric of one thing says something of another ──

    /// `near(measured, about)`: what is measured of the one shows how the other fares.
    relation near(Entity, Entity);
    near(of, of) <-- metric(_, _, of);
    near(Entity::from(dp), of), near(of, Entity::from(dp)) <-- dp_of(dp, of);
    near(Entity::from(dp), Entity::from(operation)), near(Entity::from(operation), Entity::from(dp)) <-- protects(dp, operation);
    near(Entity::from(dp), Entity::from(view)), near(Entity::from(view), Entity::from(dp)) <-- serves_view(dp, view);
    near(Entity::from(dp), Entity::from(object)) <-- guards(dp, object);
    near(Entity::from(invariant), Entity::from(operation)) <-- governs(invariant, operation);
    near(Entity::from(invariant), what) <-- constrains(invariant, what);
    near(Entity::from(invariant), Entity::from(dp)) <-- enforces(dp, invariant);
    near(Entity::from(service), Entity::from(operation)) <-- call(operation, service);
    near(Entity::from(operation), Entity::from(service)) <-- call(operation, service);
    near(Entity::from(dp), Entity::from(event)) <-- announces(operation, event), protects(dp, operation);
    near(Entity::from(dp), Entity::from(operation)) <-- announces(operation, event), event_of(event, dp);
    // What stands in a table or runs on a component fares as these do: one step further, no closure.
    relation about(Entity, Entity);
    about(measured, what) <-- near(measured, what);
    about(measured, Entity::from(table)) <-- table_of(table, of), near(measured, of);
    about(Entity::from(component), what), about(what, Entity::from(component)) <-- hosts(component, what);
    about(measured, Entity::from(component)) <-- hosts(component, what), near(measured, what);

    // ── what it is good for ──

    /// `measures(metric, slo)`: S18-g1.
    relation measures(Metric, Slo);

    // S18-g1, CK-18a: a promise is kept or broken by a figure that is measured of the very thing it is about.
    measures(metric, slo),
    because(fact!(measures, *metric, *slo), "S18-g1", premises(&[fact!(slo, *slo, kind.word(), *of), fact!(metric, *metric, measured.word(), *of)])) <--
        slo(slo, kind, of),
        metric(metric, measured, of),
        if tables::measured_by(*kind) == *measured;

    // A promise of correctness may be made of an operation or object: the audits of its invariants measure it.
    measures(metric, slo),
    because(fact!(measures, *metric, *slo), "A-76", premises(&[fact!(slo, *slo, kind.word(), *of), fact!(metric, *metric, MetricKind::Violations.word())])) <--
        slo(slo, kind, of),
        if *kind == SloType::Correctness,
        near(measured, of),
        if matches!(measured, Entity::Invariant(_)) && measured != of,
        metric(metric, MetricKind::Violations, measured);

    /// `guards_slo(alert, slo)`: CK-18c.
    relation guards_slo(Alert, Slo);

    // S18-r4, CK-18c: an alert at the target, or before it.
    guards_slo(alert, slo),
    because(fact!(guards_slo, *alert, *slo), "S18-r4", premises(&[fact!(measures, *metric, *slo), fact!(alert, *alert, *metric, *threshold)])) <--
        measures(metric, slo),
        alert(alert, metric, threshold),
        slo(slo, kind, _),
        target(slo, target),
        if tables::guards(*kind, threshold, target);

    // S15-r2: what is promised as a share of requests that work is guarded by the share of those that fail.
    guards_slo(alert, slo),
    because(fact!(guards_slo, *alert, *slo), "S18-r4", premises(&[fact!(slo, *slo, kind.word(), *of), fact!(alert, *alert, *metric, *threshold)])) <--
        slo(slo, kind, of),
        if *kind == SloType::Availability,
        metric(metric, MetricKind::Errors, of),
        alert(alert, metric, threshold);

    /// `detects(alert, mode)`: CK-18b.
    relation detects(Alert, FailureMode);

    // S18-g1, CK-18b: a fault shows in figures of what it befalls.
    detects(alert, mode),
    because(fact!(detects, *alert, *mode), "S18-g1", premises(&[fact!(failure, *mode, fault.word(), *path), fact!(metric, *metric, kind.word(), *of), fact!(alert, *alert, *metric)])) <--
        possible(mode),
        failure(mode, fault, path),
        about(of, path),
        metric(metric, kind, of),
        if tables::SYMPTOMS.iter().any(|(of, symptoms)| of == fault && symptoms.contains(kind)),
        alert(alert, metric, _);

    /// `shows(metric, knob)`: turning the parameter moves the figure, so that it can be tuned while it runs (S18-g1).
    relation shows(Metric, Knob);

    shows(metric, knob),
    because(fact!(shows, *metric, *knob), "S18-g1", premises(&[fact!(knob, *knob, kind.word(), *of), fact!(metric, *metric, measured.word())])) <--
        knob(knob, kind, of),
        about(what, of),
        metric(metric, measured, what),
        if tables::EFFECTS.iter().any(|(of, effects)| of == kind && effects.contains(measured));
}

/// Runs the step's program on the design so far.
pub fn derive(design: &Design) -> Observability {
    let facts = &design.facts;
    let mut step = Observability {
        slo: design.objectives.slo.clone(),
        target: design.objectives.target.clone(),
        knob: design.knobs.knob.clone(),
        failure: design.failures.failure.clone(),
        possible: design.failures.possible.clone(),
        dp_of: design.parameters.dp.iter().map(|&(dp, _, of)| (dp, of)).collect(),
        enforces: design.parameters.enforces.clone(),
        guards: design.parameters.guards.clone(),
        protects: design.parameters.protects.clone(),
        serves_view: design.parameters.serves_view.clone(),
        governs: design.invariants.governs.clone(),
        constrains: design.invariants.about.clone(),
        call: facts.call.iter().map(|&(_, operation, service)| (operation, service)).collect(),
        announces: facts.announces.clone(),
        table_of: design.schema.table.iter().map(|&(table, _, of)| (table, of)).collect(),
        hosts: design.topology.hosts.clone(),
        event_of: metrics::deliveries(design),
        ..Observability::default()
    };
    counts::fill(design, &mut step);
    metrics::fill(design, &mut step);
    alerts::fill(design, &mut step);
    metrics::fill_logs_and_spans(design, &mut step);
    step.run();
    settle!(step;
        because, called, metric, alert, fires, named, percentile, window, urgency, audited, logs, span,
        measures, guards_slo, detects, shows, near
    );
    step
}

impl Observability {
    /// What an alert watches: its metric's kind, and of what.
    pub fn watched(&self, alert: Alert) -> Option<(Metric, MetricKind, Entity)> {
        let at = self.alert.binary_search_by_key(&alert, |(other, ..)| *other).ok()?;
        self.metric.get(self.alert[at].1.index()).copied()
    }
}
