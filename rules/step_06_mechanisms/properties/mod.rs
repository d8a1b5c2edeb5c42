//! The properties of a design parameter that the tables of step 6 look at.
//!
//! [`writes`] derives those of write paths, [`failures`] where they coordinate and what can go wrong there, [`reads`]
//! those of views, queries and deliveries. [`thresholds`] compares numbers, [`expressions`] reads guards and effects.

mod expressions;
mod failures;
mod reads;
pub mod thresholds;
mod writes;

use crate::Facts;
use crate::evidence::Evidence;
use crate::fact::{Dp, Query};
use crate::log::Log;
use crate::step_03_axes::Axes;
use crate::step_04_invariants::Invariants;
use crate::step_05_parameters::Parameters;
use crate::vocabulary::{Vocabulary, vocabulary};

vocabulary! {
    /// What can be true of a design parameter; each is derived by one clause.
    Property = "property" {
        // What it enforces (6.1)
        Eligibility = "eligibility": "Enforces that a condition holds at the moment of decision.",
        Order = "order": "Enforces an order that all readers agree on.",
        Accounting = "accounting": "Enforces that an aggregate reflects every event once.",
        Uniqueness = "uniqueness": "Enforces that asking again changes nothing.",
        Propagation = "propagation": "Enforces that a view reflects its source within a bound.",
        Access = "access": "Enforces that only who is permitted acts.",
        GuardsState = "guards state": "Protects the state of an object that operations write.",

        // Ownership, in terms of table 6.2
        SingleWriter = "one writer": "One writer per instance, of what is written and of what the condition reads.",
        Partitioned = "one writer per partition key": "Every key has one owner that does all its writes.",
        MultiWriter = "multi-writer": "More than one writer can meet on one instance.",
        OneWinner = "one winner": "Of several attempts at the same time one succeeds.",
        AllSucceed = "all succeed": "Attempts at the same time all take effect.",

        // Evolution and order
        AppendOnly = "append-only": "Records are added and never changed.",
        Overwrite = "overwrite": "One current value is replaced.",
        StateMachine = "state machine": "Guarded transitions between named states.",
        Merge = "merge": "Concurrent writes are reconciled by a law.",
        TotalOrder = "total order": "Any two in the scope are comparable.",
        PartialOrder = "partial order": "One happened before the other, or they are concurrent.",

        // What guards and effects show
        Guarded = "guarded": "An operation checks a condition before it writes.",
        Contended = "contended": "One operation can make the condition of another false.",
        Commutative = "commutative": "The effects give the same in any order.",
        Associative = "associative": "The effects give the same however they are grouped.",
        Repeatable = "repeatable": "An effect applied twice is the effect applied once, whatever ran in between.",
        NonNegative = "non-negative": "Amounts added are never below zero.",
        Additive = "additive": "Values change only by adding to them.",
        Monotone = "monotone": "Values move one way, and every write checks the value it moves.",
        Computed = "computed from what was read": "A value written is computed from a value that can change.",
        Counter = "counter": "Values change only by adding, and no condition of a writer depends on them.",
        NumericBound = "numeric bound": "The condition keeps a number within a limit.",
        Clocked = "clocked": "A condition reads the clock.",
        UnstableRead = "unstable foreign read": "A condition reads another object, which may change before the write.",
        AbsenceTest = "absence test": "A condition says that some record does not exist.",
        SeveralInstances = "several instances": "One run changes two instances of an object, each under its own key.",
        MutualRead = "mutual read": "The condition looks for a record of the kind that the operation itself writes.",
        ContentAddressed = "content-addressed": "The identity is the hash of the content.",
        NaturalKey = "natural key": "The domain has a key that makes duplicates recognisable.",
        HotKey = "too hot for CAS": "Attempts on the busiest key arrive faster than a compare-and-set can win one after the other.",

        // Of the operation
        HoldsAcrossRequests = "holds across requests": "Takes a claim that outlives the request.",
        HolderMayCrash = "holder may crash": "Who holds the claim can die without letting go.",
        CanFence = "can be fenced": "Everything a holder commands can refuse an old claim.",
        IdentifiesHolder = "identifies the holder": "A condition compares the caller with who the record names.",
        SpansServices = "spans services": "One write has parts in several services.",
        Coordinates = "coordinates services": "Carries one write across several services.",
        Decomposable = "decomposable": "The write can be cut into local steps.",
        GuardsAcross = "condition across services": "A condition of a write that spans services depends on state of more than one.",
        Reserves = "reserves": "Every step sets aside what it will need before it is confirmed.",
        Scheduled = "scheduled": "A scheduler starts the operation.",
        CentralSequencer = "central sequencer": "The author names who puts edits in order.",

        // Scope (Q1)
        InProcess = "within a process": "Contention is on one data structure of one process.",
        InService = "within a service": "Contention is between instances that share a store.",
        AcrossServices = "across services": "Contention is between services.",
        AcrossRegions = "across regions": "One instance is written in several regions.",
        TolerateMinority = "tolerate minority": "In a partition the majority goes on.",
        HasHomeRegion = "home region": "Written from several regions, and every instance has one that decides.",
        GoesOnAlone = "goes on alone": "Every region writes on its own in a partition, without asking the others.",

        // Failures (Q2)
        Retried = "retried": "Who asks and hears nothing asks again.",
        AtLeastOnce = "at least once": "A message or event can arrive again.",
        Announces = "announces": "The operation tells others of what it did, and they must hear of it.",
        PartialWrite = "partial write": "One part of a write can succeed and the next not.",
        CallsOut = "calls out": "Another service is called.",
        SlowDownstream = "slow downstream": "A called service can get slow.",
        ServesCritical = "shared with critical": "A critical service shares resources with it.",
        RetryStorm = "retry storm": "Many clients ask again at the same moment.",
        PartitionFault = "partition fault": "Services can lose sight of each other.",
        OwnerMayMove = "owner may move": "After a crash or partition another node can take over a key.",

        // Streams and time (Q3)
        FromEvents = "from events": "The aggregate is folded from a stream of events.",
        Windowed = "windowed": "Aggregated over stretches of time.",
        KeepsLatest = "keeps the latest": "Keeps the last value by the order of the events.",
        CountsDistinct = "counts distinct": "Counts different values.",

        // Reads (Q4)
        ServesReads = "serves reads": "Finds what is asked for, in the source or in a copy.",
        Copies = "copies": "What is read is worth a copy: another shape, a place to search by, or far more reads than writes.",
        ReadHeavy = "reads ≫ writes": "Read far more often than written.",
        WriteHeavy = "writes ≫ reads": "Written far more often than read.",
        OtherShape = "different shape": "Read in another shape than written.",
        JoinHeavy = "join-heavy": "Read in the same shape, joined from many records.",
        ZeroStaleness = "zero staleness": "What is read must reflect every write that was acknowledged.",
        SomeStaleness = "positive staleness": "What is read may lag by a stated time.",
        TtlSuffices = "TTL suffices": "The bound leaves room for a time to live and a refill.",
        FansOut = "fans out": "A query touches many partitions.",
        Spatial = "spatial": "Looked up by place.",
        RecentOnly = "recent only": "Only the recent past is read.",
        Decays = "decays": "Weighted by recency.",

        // Changes on their way (Q5)
        CarriesChanges = "carries changes": "Brings a change to who depends on it.",
        RowChange = "row change": "The change of the record is the event.",
        ApplicationEvent = "application event": "The application decides what the event says.",
        Delivers = "delivers": "Brings an event to its audience.",
        Atomically = "atomically": "The maker needs it done before it goes on.",
        BestEffort = "best effort": "Sent and tried again, not waited for.",
        OfflineAudience = "offline audience": "A receiver may not be there.",
        PushesToFew = "small audience": "One event goes to few receivers, or the author asks for pushing.",
        PullsForMany = "large audience": "One event goes to very many receivers, or the author asks for pulling.",
    }
}

/// What the three programs derive, together and in order.
pub struct Properties {
    /// `property(dp, property)`
    pub property: Vec<(Dp, Property)>,
    /// `query_property(query, property)`
    pub query_property: Vec<(Query, Property)>,
    /// Why.
    pub because: Log,
}

/// Runs the three programs.
pub fn derive(
    facts: &Facts,
    evidence: &Evidence,
    axes: &Axes,
    invariants: &Invariants,
    parameters: &Parameters,
) -> Properties {
    let writes = writes::derive(facts, evidence, axes, invariants, parameters);
    let failures = failures::derive(facts, evidence, parameters);
    let reads = reads::derive(facts, parameters);
    let mut property = [writes.property, failures.property, reads.property].concat();
    let mut query_property = reads.query_property;
    property.sort();
    property.dedup();
    query_property.sort();
    let because = writes.because.into_iter().chain(failures.because).chain(reads.because).collect();
    Properties { property, query_property, because }
}
