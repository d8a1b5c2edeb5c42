//! Step 13, scaling model: the dimensions in which load grows, and where it will hurt.

pub mod artifact;
pub mod checks;

use crate::Design;
use crate::fact::*;
use crate::quantity::Quantity;
use crate::vocabulary::{Vocabulary, vocabulary};
use ascent::ascent;

vocabulary! {
    /// How a path scales (S13-r1 to S13-r5).
    ScaleType = "scale type" {
        WriteHeavy = "write-heavy": "Many writes, few reads, little contention per key.",
        ContentionHeavy = "contention-heavy": "Many competing writes on one key.",
        ReadHeavy = "read-heavy": "Many reads, few writes.",
        FanOutHeavy = "fan-out heavy": "One write makes many notifications.",
        AggregationHeavy = "aggregation-heavy": "Events are bucketed and aggregated.",
    }
}

vocabulary! {
    /// Where load concentrates (S13-h1 to S13-h5).
    Hotspot = "hot spot" {
        KeyWrite = "single-key write": "One key takes most writes.",
        KeyRead = "single-key read": "One key takes most reads.",
        FanOut = "fan-out": "One event has very many receivers.",
        Partition = "partition": "Keys fall on one shard.",
        TimeBoundary = "time boundary": "Everything happens at the same second.",
    }
}

vocabulary! {
    /// What is done about a bottleneck.
    Strategy = "scaling strategy" {
        PartitionByKey = "partition by key": "Spread over shards by the key.",
        SingleWriterQueue = "single-writer queue": "One writer per hot key, a queue in front, the conditional write kept below it (A-30).",
        RetryBudget = "retry budget": "Conditional writes with bounded retries.",
        Cache = "cache": "Short-lived copies, one refill at a time.",
        ReadModel = "read model": "A projection in the shape of the read.",
        Cdn = "edge copies": "Copies near the readers.",
        FanOutOnWrite = "fan-out on write": "Push to every inbox.",
        FanOutOnRead = "fan-out on read": "Each receiver pulls.",
        HybridFanOut = "hybrid fan-out": "Push for most, pull for the largest.",
        PreAggregate = "pre-aggregation": "Aggregate parts before the whole.",
        StreamProcessor = "stream processor": "Keyed state over the event stream.",
        RandomSuffix = "random key suffix": "Spread writes of one key, add up on read; only for commutative state (A-29).",
        Stagger = "stagger": "Spread what would happen at once.",
        AsyncQueue = "asynchronous queue": "Queue with backpressure.",
        CellCache = "cell cache": "Copies per geographic cell.",
    }
}

ascent! {
    /// Load, hot spots, strategies.
    pub struct Scaling;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    /// `scale_type(path, type, rule)`: S13-r1 to S13-r5.
    relation scale_type(Entity, ScaleType, crate::proof::RuleId);
    /// `total(path, rate)`: in total, per second.
    relation total(Entity, Quantity);
    /// `hot(path, kind, key)`: the hot spot: its kind, and the object, view or event whose key is hot (S13-h1 to S13-h5).
    relation hot(Entity, Hotspot, Entity);
    /// `hot_rate(path, rate)`: on the busiest key.
    relation hot_rate(Entity, Quantity);
    /// `strategy(path, strategy, rule)`: what is done about it.
    relation strategy(Entity, Strategy, crate::proof::RuleId);
}

/// Runs the step's program on the design so far.
pub fn derive(_design: &Design) -> Scaling {
    Scaling::default()
}
