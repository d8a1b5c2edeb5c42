//! Which mechanism answers which fault, on which kind of path: the framework's demands as data (S14-f1 to S14-f6).

use crate::fact::Entity;
use crate::proof::RuleId;
use crate::step_06_mechanisms::patterns::Mechanism::{self, *};
use crate::step_11_topology::ComponentKind;
use crate::vocabulary::FaultKind::{self, *};

/// What a row is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum On {
    /// An operation.
    Write,
    /// A view, or a query.
    Read,
    /// An event.
    Event,
}

/// One line: any of the mechanisms answers the fault there.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// What goes wrong.
    pub fault: FaultKind,
    /// Where.
    pub on: On,
    /// Any of these gives the right behaviour.
    pub by: &'static [Mechanism],
    /// The demand it meets.
    pub rule: RuleId,
    /// Why that is enough, or all there is.
    pub why: &'static str,
}

impl Answer {
    /// Whether the mechanism answers the fault on that path by this line.
    pub fn fits(&self, path: Entity, fault: FaultKind, mechanism: Mechanism) -> bool {
        self.fault == fault && on(path) == Some(self.on) && self.by.contains(&mechanism)
    }
}

/// What kind of path a thing is, to the table.
pub fn on(path: Entity) -> Option<On> {
    match path {
        Entity::Operation(_) => Some(On::Write),
        Entity::View(_) | Entity::Query(_) | Entity::Object(_) => Some(On::Read),
        Entity::Event(_) => Some(On::Event),
        _ => None,
    }
}

/// The reason why a mechanism answers a fault: of its line, or of the clause that is no line.
pub fn why(path: Entity, fault: FaultKind, mechanism: Mechanism) -> Option<&'static str> {
    let line = ANSWERS.iter().find(|row| row.fits(path, fault, mechanism)).map(|row| row.why);
    line.or(match (fault, mechanism) {
        (PartialWrite, Outbox | Cdc) => Some("the event commits with the write, and is sent until it is taken"),
        (PartialWrite | NodeCrash, InTransactionWrite) => Some("nothing is committed, or all of it is"),
        (PartialWrite, RetryBackoff) => Some("the other side executes a request once, so it is sent until it succeeds"),
        (OutOfOrder, StreamAggregation) => Some("the parts give the same whole in any order"),
        (TemporalBoundary, _) => Some("two that start it at the same time find that it is done"),
        (FaultKind::Partition, LeaderFollower) => Some("who does not reach the one that decides is refused, or waits"),
        (SlowDownstream, Timeout) => Some("given up within its latency target"),
        _ => None,
    })
}

const fn line(fault: FaultKind, on: On, by: &'static [Mechanism], rule: RuleId, why: &'static str) -> Answer {
    Answer { fault, on, by, rule, why }
}

/// The table, fault by fault.
#[rustfmt::skip]
pub static ANSWERS: &[Answer] = &[
    line(ClientRetry, On::Write, &[IdempotencyKey, UniqueKey, ContentHash, EventDedup, StepIdempotency], "S14-f1", "the second attempt finds what the first one left"),
    line(RetryStorm, On::Write, &[RetryBackoff], "S6.3-Q2-r5", "waits grow and differ, so that not all come back at once"),
    line(RetryStorm, On::Write, &[CircuitBreaker, Bulkhead], "PR-ft3", "what cannot be served is refused at once"),
    line(DuplicateDelivery, On::Read, &[EventDedup, IdempotentConsumer], "S14-f2", "what was applied is remembered, in the transaction that applies it"),
    line(DuplicateDelivery, On::Read, &[CacheAside, SynchronousUpdate], "S14-f2", "applying it again changes nothing"),
    line(DuplicateDelivery, On::Event, &[IdempotentConsumer, EventDedup, IdempotencyKey], "S14-f2", "the receiver remembers what it took"),
    line(DuplicateDelivery, On::Event, &[DurableNotification], "S6.3-Q5-r7", "it carries an id, and shows once"),
    line(PartialWrite, On::Write, &[Saga, TwoPhaseCommit], "S6.3-Q2-r6", "a durable log says what was done, and what must be undone"),
    line(OutOfOrder, On::Read, &[IdempotentConsumer], "S14-f4", "an older change does not replace a newer one"),
    line(OutOfOrder, On::Read, &[Windowing], "S14-f4", "the watermark says what is late, and the window takes what is not too late"),
    line(OutOfOrder, On::Read, &[SynchronousUpdate, SharedSequence, CacheAside], "S14-f4", "there is no other order than the source's"),
    line(OutOfOrder, On::Event, &[IdempotentConsumer, SharedSequence, FanOutOnRead], "S14-f4", "a receiver reads on from its position"),
    line(OutOfOrder, On::Event, &[DurableNotification], "S14-f4", "each stands for itself"),
    line(TemporalBoundary, On::Write, &[CasOnVersion, CasOnStateAndVersion, CasOnPredicate, RowLock, InTransactionWrite, Lease, UniqueKey], "S14-f5", "the time is tested inside the write, by one clock (A-38, A-54)"),
    line(TemporalBoundary, On::Write, &[SingleWriterQueue, PartitionRouting, NoMechanism], "S14-f5", "one writer decides, by one clock"),
    line(TemporalBoundary, On::Read, &[Windowing], "S14-f5", "events count by their own time, up to the allowed lateness"),
    line(NodeCrash, On::Write, &[CasOnVersion, CasOnStateAndVersion, CasOnPredicate, InPlaceUpdate, UniqueKey, RowLock, Lease, InTransactionWrite, ContentHash], "S14-f6", "nothing is committed, or all of it is"),
    line(NodeCrash, On::Write, &[Saga], "A-44", "a recovery scan takes it up from the log"),
    line(NodeCrash, On::Write, &[OwnershipEpoch], "A-7", "another owner takes over, and the old one is refused"),
    line(NodeCrash, On::Write, &[IdempotencyKey, EventDedup], "S14-f6", "the retry finds the outcome, or that there is none"),
    line(NodeCrash, On::Write, &[Crdt, VersionVector], "S14-f6", "other replicas take the write, and merge"),
    line(NodeCrash, On::Read, &[StreamAggregation, Cdc, Outbox], "S14-e6", "readers see the past for as long as it is down; it goes on from its last position"),
    line(NodeCrash, On::Read, &[SynchronousUpdate], "S14-f6", "it commits with its source or not at all"),
    line(NodeCrash, On::Read, &[CacheAside, ReadSource], "S14-f6", "readers go to the source meanwhile"),
    line(NodeCrash, On::Read, &[Rebuild], "S14-f6", "it is computed again from its upstream"),
    line(NodeCrash, On::Event, &[Outbox, Cdc, InTransactionWrite, DurableNotification], "S14-f6", "it is on record, and sent again"),
    line(FaultKind::Partition, On::Write, &[Quorum], "PR-cs2", "the majority goes on, the smaller side refuses"),
    line(FaultKind::Partition, On::Write, &[LeaderFollower, HomeRegion], "PR-cs1", "who is cut off from the leader waits"),
    line(FaultKind::Partition, On::Write, &[Crdt, VersionVector, LeaderlessReplication, Escrow], "A-20", "every side goes on, and they merge when they meet"),
    line(FaultKind::Partition, On::Write, &[DistributedCas, InTransactionWrite], "S11-d7", "who does not reach the store refuses, rather than decide alone"),
    line(FaultKind::Partition, On::Write, &[Saga, CircuitBreaker, Timeout], "S6.3-Q2-r4", "steps that do not reach the other side are tried again or undone"),
    line(FaultKind::Partition, On::Write, &[IdempotencyKey], "S14-f1", "the outcome is undecided to the caller, who asks again with the same key"),
    line(FaultKind::Partition, On::Read, &[IdempotentConsumer, StreamAggregation, Cdc, Outbox, CacheAside], "S11-d7", "readers see the past until the sides meet"),
    line(FaultKind::Partition, On::Event, &[Outbox, Cdc, DurableNotification], "S14-f3", "it waits on record until the receiver is reached"),
    line(SlowDownstream, On::Write, &[Timeout], "PR-ft5", "the call is given up within the caller's budget"),
    line(SlowDownstream, On::Write, &[CircuitBreaker, Bulkhead], "PR-ft3", "callers fail at once instead of waiting in line"),
    line(SlowDownstream, On::Read, &[CacheAside, Cqrs, Denormalization, StreamAggregation, SpatialPartition], "S14-f6", "the copy answers, as old as it is"),
    line(HolderCrash, On::Write, &[Lease], "S14-e5", "the claim ends by itself"),
    line(HolderCrash, On::Write, &[RowLock], "A-31", "the lock is gone with its connection"),
];

/// What keeps a deployed thing going when a node of it dies.
#[derive(Clone, Copy, Debug)]
pub struct Standby {
    /// What it is.
    pub kind: ComponentKind,
    /// What takes over.
    pub mechanism: Mechanism,
    /// What that means.
    pub why: &'static str,
}

/// S14-f6: by kind of component, the way back.
#[rustfmt::skip]
pub static COMPONENTS: &[Standby] = &[
    Standby { kind: ComponentKind::Service, mechanism: RetryBackoff, why: "it keeps nothing: other instances take the retries" },
    Standby { kind: ComponentKind::Store, mechanism: LeaderFollower, why: "a follower that has every acknowledged write takes over" },
    Standby { kind: ComponentKind::Log, mechanism: LeaderFollower, why: "a replica of the partition takes over; producers try again" },
    Standby { kind: ComponentKind::Processor, mechanism: StreamAggregation, why: "goes on from the last checkpoint" },
    Standby { kind: ComponentKind::Cache, mechanism: Rebuild, why: "filled again from what it copies" },
    Standby { kind: ComponentKind::Gateway, mechanism: CircuitBreaker, why: "calls fail at once until a probe succeeds" },
    Standby { kind: ComponentKind::Worker, mechanism: ScheduledTrigger, why: "the next run makes up for the one that was missed" },
];

/// Whether the second attempt finds what the first one left.
pub fn remembers(mechanism: Mechanism) -> bool {
    matches!(mechanism, IdempotencyKey | UniqueKey | ContentHash | EventDedup | StepIdempotency)
}

/// Whether it brings changes as messages.
pub fn carries(mechanism: Mechanism) -> bool {
    matches!(mechanism, Mechanism::Cdc | Mechanism::Outbox | Mechanism::MessageQueue | Mechanism::PubSub)
}

/// Whether it carries one write over several services.
pub fn spans(mechanism: Mechanism) -> bool {
    matches!(mechanism, Saga | TwoPhaseCommit)
}
