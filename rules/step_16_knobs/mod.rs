//! Step 16, operational parameters: every number with its range and effect.

pub mod artifact;
pub mod checks;

use crate::Design;
use crate::fact::*;
use crate::quantity::Quantity;
use crate::vocabulary::{Vocabulary, vocabulary};
use ascent::ascent;

vocabulary! {
    /// The numbers a design needs (S16-cat1 to S16-cat5, A-67).
    KnobKind = "kind of operational parameter" {
        RetryLimit = "conditional-write retry limit": "Attempts before a conflict is answered.",
        LeaseTtl = "lease TTL": "How long a claim lasts unrenewed.",
        LockTimeout = "lock timeout": "How long a lock is waited for.",
        CacheTtl = "cache TTL": "How long a copy is served.",
        CacheSize = "cache size": "Copies kept.",
        RefillWindow = "refill window": "How long one refill serves all who ask.",
        RetryBudget = "retry budget": "Attempts before a message is set aside.",
        BackoffBase = "backoff base": "The first wait between attempts.",
        BackoffMax = "backoff maximum": "The longest wait between attempts.",
        Jitter = "jitter": "The random part of a wait.",
        WindowSize = "window size": "The length of a window.",
        AllowedLateness = "allowed lateness": "How long after its close a window still takes events.",
        WatermarkLag = "watermark lag": "How far behind real time the watermark is held.",
        OutcomeTtl = "idempotency TTL": "How long outcomes are remembered.",
        MarkRetention = "dedup retention": "How long applied events are remembered.",
        CallTimeout = "call timeout": "The longest wait for a called service.",
        BreakerThreshold = "circuit-breaker threshold": "The error rate at which calls stop.",
        ProbeInterval = "probe interval": "How often a stopped call is tried.",
        DecayHalfLife = "half-life": "How fast a weight decays.",
        TopK = "ranking length": "How many are kept.",
        FanOutThreshold = "fan-out threshold": "Receivers above which reads pull.",
        ReadRatio = "read-to-write ratio": "Above which a path counts as read-heavy.",
        QueueDepth = "queue depth": "Waiting requests before new ones are refused.",
        RelayInterval = "relay interval": "How often the outbox is read.",
        EvolveThreshold = "evolution threshold": "The level that starts the next stage.",
        AlertThreshold = "alert threshold": "The level that alerts.",
        IncidentThreshold = "incident threshold": "The level that is an incident.",
        CellResolution = "cell resolution": "The size of a geographic cell.",
        BoundaryWindow = "boundary window": "How near a deadline counts as at it.",
    }
}

ascent! {
    /// The tunable numbers.
    pub struct Knobs;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `called(derived, name)`: what this step calls the things it derives; sorted, one each.
    relation called(Entity, String);

    /// `knob(knob, kind, of)`: a parameter of a design parameter, table, component or path (S16-g1).
    relation knob(Knob, KnobKind, Entity);
    /// `default(knob, value)`
    relation default(Knob, Quantity);
    /// `range(knob, min, max)`
    relation range(Knob, Quantity, Quantity);
    /// `bounded(knob, by, rule)`: why the range is as it is: another parameter, objective or declaration.
    relation bounded(Knob, Entity, crate::proof::RuleId);
}

/// Runs the step's program on the design so far.
pub fn derive(_design: &Design) -> Knobs {
    Knobs::default()
}
