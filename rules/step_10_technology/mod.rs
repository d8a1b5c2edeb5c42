//! Step 10, technology landscape: capability to shape to product.

pub mod artifact;
pub mod checks;

use crate::Design;
use crate::fact::*;
use crate::vocabulary::{Vocabulary, vocabulary};
use ascent::ascent;

vocabulary! {
    /// What a store, log or processor must be able to do (S10-m*).
    Capability = "capability" {
        ConditionalWrite = "conditional write": "Writes only if a predicate holds, atomically.",
        Transaction = "transaction": "Several records change together or not at all.",
        UniqueKey = "unique key": "Refuses a second record with the same key.",
        OutcomeRecord = "outcome record": "Written once, read on retry.",
        ExpiringClaim = "expiring claim": "A claim that ends by itself.",
        KeyedAppend = "keyed append": "Appends at a high rate, ordered per key.",
        Replay = "fan-out with replay": "Many readers, each from its own position.",
        Windows = "windowed computation": "Stateful computation over windows, event by event.",
        TopK = "bounded sorted set": "A ranking of bounded length.",
        Radius = "radius query": "Everything within a distance.",
        PointRead = "point read": "A record by its key, fast.",
        FullText = "full-text search": "Records by the words in them.",
        LargeObject = "large object": "Immutable content of any size.",
        Archive = "cold archive": "Cheap storage that is rarely read.",
        MergeableState = "mergeable state": "Replicas that take writes on their own and merge.",
    }
}

vocabulary! {
    /// The kinds of technology (S10-sh1 to S10-sh7).
    TechnologyShape = "technology shape" {
        Oltp = "OLTP store": "Transactional conditional writes, point access, foreign keys.",
        WideColumn = "wide-column store": "High-rate append, range reads per key.",
        InMemory = "in-memory store": "Sub-millisecond reads, ephemeral hot state, claims, spatial index, bounded sorted sets.",
        Log = "append log": "Ordered ingest, replay, fan-out, buffering.",
        StreamProcessor = "stream processor": "Stateful computation over events, windows, watermarks.",
        ObjectStore = "object store": "Cheap immutable large objects.",
        Search = "search store": "Full text, ad-hoc analytics.",
        ReplicatedData = "replicated data types": "Mergeable state in every region or client.",
    }
}

ascent! {
    /// Which product keeps what, and why.
    pub struct Landscape;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    /// `needs(what, capability, rule)`: a table, parameter or path needs the capability (S10-m1 to S10-m10).
    relation needs(Entity, Capability, crate::proof::RuleId);
    /// `shape(what, shape, rule)`: the technology shape that has it (S10-sh1 to S10-sh7).
    relation shape(Entity, TechnologyShape, crate::proof::RuleId);
    /// `called(product, name)`: products of the catalogue have the ids past the declared ones.
    relation called(Entity, String);
    /// `product(what, product)`: the product chosen.
    relation product(Entity, Technology);
    /// `also(what, product)`: would do as well.
    relation also(Entity, Technology);
}

/// Runs the step's program on the design so far.
pub fn derive(_design: &Design) -> Landscape {
    Landscape::default()
}
