//! Step 18, observability: every objective measurable, every failure detectable, every parameter tunable.

pub mod artifact;
pub mod checks;

use crate::Design;
use crate::fact::*;
use crate::quantity::Quantity;
use crate::vocabulary::{Vocabulary, vocabulary};
use ascent::ascent;

vocabulary! {
    /// What can be measured.
    MetricKind = "kind of metric" {
        Requests = "requests": "Requests by outcome.",
        Duration = "duration": "Time a path takes.",
        Conflicts = "conflicts": "Conditional writes that lost.",
        Retries = "retries": "Attempts beyond the first.",
        OutcomeHits = "outcome hits": "Requests answered from a stored outcome.",
        Expiries = "expiries": "Claims that ended by themselves.",
        FenceRejections = "fence rejections": "Commands refused for an old claim.",
        Lag = "lag": "How far a consumer or copy is behind.",
        DeadLetters = "dead letters": "Messages set aside.",
        DedupHits = "dedup hits": "Events that had been applied.",
        Violations = "violations": "Violations an audit found.",
        QueueDepth = "queue depth": "Requests that wait.",
        CacheHits = "cache hits": "Reads answered from a copy.",
        BreakerState = "breaker state": "Whether calls are stopped.",
        SagaAge = "saga age": "How long the oldest saga is unfinished.",
        Saturation = "saturation": "How full a component is.",
        Throughput = "throughput": "Operations per second.",
        BoundaryDecisions = "boundary decisions": "Decisions near a deadline.",
    }
}

ascent! {
    /// Metrics, alerts, logs, spans.
    pub struct Observability;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `called(derived, name)`: what this step calls the things it derives; sorted, one each.
    relation called(Entity, String);

    /// `metric(metric, kind, of)`: of a design parameter, component or path (S18-r1).
    relation metric(Metric, MetricKind, Entity);
    /// `measures(metric, slo)`: S18-g1.
    relation measures(Metric, Slo);
    /// `alert(alert, metric, threshold)`: S18-r4.
    relation alert(Alert, Metric, Quantity);
    /// `detects(alert, mode)`: CK-18b.
    relation detects(Alert, FailureMode);
    /// `guards_slo(alert, slo)`: CK-18c.
    relation guards_slo(Alert, Slo);
    /// `audited(invariant)`: an audit query counts its violations.
    relation audited(Invariant);
}

/// Runs the step's program on the design so far.
pub fn derive(_design: &Design) -> Observability {
    Observability::default()
}
