//! What each mechanism does when something fails: retries, races, crashes, duplicates (S6-o1).

use super::patterns::Mechanism::{self, *};

/// What the mechanism does about retries, races, crashes and duplicates.
pub fn handling(mechanism: Mechanism) -> Option<&'static str> {
    HANDLING.iter().find(|(other, _)| *other == mechanism).map(|(_, text)| *text)
}

#[rustfmt::skip]
static HANDLING: &[(Mechanism, &str)] = &[
    (CasOnVersion, "on conflict read again, check again, try again a bounded number of times; then the outcome is undecided and safe to retry (A-40)"),
    (CasOnStateAndVersion, "on conflict read again, check again, try again a bounded number of times; then the outcome is undecided and safe to retry (A-40)"),
    (CasOnPredicate, "no row changed means the condition does not hold now: read again to say which part"),
    (InPlaceUpdate, "an addition cannot lose a race; it commits with the record that it was made (A-42)"),
    (IdempotencyKey, "a retry is answered from the record before anything else; every outcome is recorded by insert-if-absent, a success in the transaction of the write (A-37)"),
    (UniqueKey, "the second insert finds the first record and answers with it"),
    (ContentHash, "a duplicate is the record that is there"),
    (WriteThenRead, "own record first, durably; then look, with a read that sees every acknowledged write (A-53)"),
    (Lease, "a claim that nobody renews ends by itself; the step that makes it last takes the time limit away (A-45)"),
    (FencingToken, "a command with an old claim is refused; the counter outlives the claim (A-47)"),
    (HolderIdentity, "a command of anybody but the holder is refused"),
    (PessimisticLock, "waiting ends at the lock timeout; the lock dies with the process that holds it"),
    (RowLock, "waiting ends at the lock timeout; commit, abort and a lost connection all free it"),
    (PartitionRouting, "a key whose owner is gone waits until it has a new one"),
    (OwnershipEpoch, "a write of an owner that was replaced is refused (A-7)"),
    (SingleWriterQueue, "what waits too long is answered as undecided; the next attempt is accepted again"),
    (SequenceAuthority, "position and record commit together, so a crash leaves no position without a record"),
    (SharedSequence, "a reader that missed something asks for all after its last position"),
    (Crdt, "replicas that were apart merge when they meet again"),
    (VersionVector, "versions that do not know of each other are both kept"),
    (StateVectorSync, "after a break only what the other has not seen is sent"),
    (Saga, "the log is durable; a crash is found by a scan, and once undoing has begun it only goes on undoing (A-44)"),
    (StepIdempotency, "a step that is repeated finds its own first outcome"),
    (Reservation, "what is set aside and not confirmed in time is released"),
    (TwoPhaseCommit, "who has prepared waits for the coordinator, whose log must survive"),
    (StreamAggregation, "after a crash it goes on from the last checkpoint; the sink takes the same result twice (A-34)"),
    (EventDedup, "a second event of one id is dropped; id and effect commit together (A-42)"),
    (IdempotentConsumer, "a message that is not newer than what is there changes nothing"),
    (Windowing, "what is late but allowed corrects the window; what is later is counted apart"),
    (CacheAside, "a lost cache is refilled from the source, one reader at a time per entry"),
    (Cqrs, "a model that is lost or wrong is built again from its upstream"),
    (Denormalization, "copies that differ are written again from the source"),
    (SpatialPartition, "a lost index is built again from the records; neighbouring cells are searched too"),
    (ReadSource, "reads fail when the source does"),
    (Rebuild, "computed again beside the old copy, then exchanged"),
    (ScatterGather, "a partition that does not answer in time is named in the answer"),
    (Cdc, "the reader goes on from its last position; nothing is lost while the log is kept"),
    (Outbox, "the relay sends until taken; a crash sends again, never not at all"),
    (SynchronousUpdate, "view and source commit together or not at all"),
    (InTransactionWrite, "all commit together or not at all"),
    (DurableNotification, "tried again with backoff; seen at the latest when the receiver asks"),
    (FanOutOnWrite, "an inbox that fails is tried again from the event"),
    (FanOutOnRead, "a source that fails is left out and named"),
    (RetryBackoff, "given up when the budget of the caller is spent"),
    (CircuitBreaker, "open, it fails at once; a probe closes it again"),
    (Timeout, "the outcome of a call that was given up is unknown: ask again with the same key"),
    (Bulkhead, "a full pool refuses at once"),
    (AuthorizationCheck, "no answer from the permissions means no"),
    (ScheduledTrigger, "a run that was missed is made up for; a run that comes twice finds nothing to do"),
    (HomeRegion, "while the home is cut off, writes of its keys wait"),
];
