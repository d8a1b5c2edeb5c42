//! The tables of step 6, row for row and in the framework's order.
//!
//! `6.2#4` is the fourth row of table 6.2. `6.2+A-3` is a row the framework lacks, with the ambiguity or rule that
//! calls for it. Rows of one table never select two different mechanisms for one parameter: `unless` says who comes first.

use super::Family::{self, *};
use super::patterns::Mechanism::{self, *};
use super::properties::Property::{self, *};
use crate::table::{Row, rows};

/// What a row of the questions or combinations contributes, once something is selected.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// The mechanism of the family, outside concurrency control.
    Selects(Mechanism),
    /// Needed besides one of these mechanisms; besides any, where there are none.
    Adds(&'static [Mechanism], &'static [Mechanism]),
    /// The form that one of these mechanisms takes.
    Takes(&'static [Mechanism], Mechanism),
    /// One of these mechanisms is right under this question as well.
    Confirms(&'static [Mechanism]),
}

use Answer::*;

/// Every form of compare-and-set.
pub const CAS: &[Mechanism] = &[CasOnVersion, CasOnStateAndVersion, CasOnPredicate];
/// What decides between writers of one key.
const DECIDING: &[Mechanism] =
    &[CasOnVersion, CasOnStateAndVersion, CasOnPredicate, Lease, PessimisticLock, RowLock, SingleWriterQueue];
/// What answers reads.
const READ_FROM: &[Mechanism] =
    &[CacheAside, Cqrs, Denormalization, SpatialPartition, ReadSource, StreamAggregation, InPlaceUpdate];
const ANY: &[Mechanism] = &[];

/// 6.1: the family by the type of invariant; a parameter carries several.
#[rustfmt::skip]
pub static CLASSIFICATION: &[Row<Property, Family>] = rows! {
    "6.1#1" ["S6.1-r1" "CK-6a"]: [Eligibility] unless [] => ConcurrencyControl, "check and write must be one step";
    "6.1#2" ["S6.1-r2"]: [Order] unless [] => Family::SequenceAuthority, "one actor hands out positions within the scope";
    "6.1#3" ["S6.1-r3"]: [Accounting] unless [] => AggregationPipeline, "every event must reach the aggregate exactly once";
    "6.1#4" ["S6.1-r4"]: [Uniqueness] unless [] => DedupGate, "the earlier outcome must be looked up first";
    "6.1#5" ["S6.1-r5"]: [Propagation] unless [] => PropagationPath, "the change must reach the view within its bound";
    "6.1#6" ["S6.1-r6" "A-13"]: [Access] unless [] => AuthorizationBoundary, "permission must be tested before anything else";
};

/// 6.2: ownership and evolution select the concurrency mechanism (CK-6b).
#[rustfmt::skip]
pub static OWNERSHIP_EVOLUTION: &[Row<Property, Mechanism>] = rows! {
    "6.2#1" ["S6.2-r1" "CK-6b"]: [GuardsState SingleWriter] unless [] => NoMechanism, "one writer cannot race with itself";
    "6.2#2" ["S6.2-r2"]: [GuardsState Partitioned] unless [] => PartitionRouting, "sending all writes of a key to one owner is the mechanism";
    "6.2#3" ["S6.2-r3"]: [GuardsState MultiWriter Overwrite] unless [StateMachine Counter Merge AllSucceed HoldsAcrossRequests HotKey GoesOnAlone] => CasOnVersion, "writers compete to set the next value, and who comes late must lose";
    "6.2#4" ["S6.2-r4"]: [GuardsState MultiWriter StateMachine] unless [AllSucceed HoldsAcrossRequests HotKey GoesOnAlone] => CasOnStateAndVersion, "must reject transitions that are not allowed and all but one of the competitors";
    "6.2#5" ["S6.2-r5" "A-23"]: [GuardsState MultiWriter Merge Commutative Associative] unless [Counter StateMachine Overwrite OneWinner Contended HoldsAcrossRequests] => Crdt, "writes that commute merge without asking anybody";
    "6.2#6" ["S6.2-r6" "A-31"]: [GuardsState MultiWriter HoldsAcrossRequests] unless [HolderMayCrash AllSucceed GoesOnAlone] => PessimisticLock, "one at a time, and the lock cannot outlive its holder";
    "6.2#7" ["S6.2-r7" "A-4"]: [GuardsState MultiWriter HoldsAcrossRequests HolderMayCrash] unless [AllSucceed GoesOnAlone] => Lease, "the claim outlives the request, and its holder may die: it must end by itself";
    "6.2#8" ["S6.2-r8"]: [Coordinates Decomposable] unless [] => Saga, "every step is local to one service and can be undone";
    "6.2#9" ["S6.2-r9" "S6.2-d4"]: [Coordinates] unless [Decomposable GoesOnAlone] => TwoPhaseCommit, "all or nothing over services, because it cannot be cut into local steps";
    "6.2+A-3" ["A-3" "A-6" "S5-d5"]: [GuardsState MultiWriter AppendOnly] unless [Counter Overwrite StateMachine Merge HoldsAcrossRequests AbsenceTest NaturalKey] => NoMechanism, "records that are only added exclude nobody; what remains is recognising duplicates";
    "6.2+S5-e13" ["S5-e13" "S4-e9"]: [GuardsState MultiWriter AppendOnly NaturalKey] unless [Counter Overwrite StateMachine Merge HoldsAcrossRequests GoesOnAlone] => UniqueKey, "of two inserts of one key the store lets one through";
    "6.2+S4-e9" ["S4-e9"]: [GuardsState MultiWriter AppendOnly AbsenceTest] unless [Counter Overwrite StateMachine Merge HoldsAcrossRequests NaturalKey GoesOnAlone] => UniqueKey, "that something does not exist can only be tested by inserting it";
    "6.2+A-23" ["A-23" "S6.3-Q3-a1"]: [GuardsState MultiWriter Counter] unless [StateMachine HoldsAcrossRequests GoesOnAlone] => InPlaceUpdate, "additions commute, so the store adds in place and nobody loses";
    "6.2+A-21" ["A-21" "S6.3-Q1-r4"]: [GuardsState MultiWriter Counter GoesOnAlone] unless [StateMachine HoldsAcrossRequests] => Crdt, "every region adds on its own and the sums are merged";
    "6.2+A-11" ["A-11"]: [GuardsState MultiWriter AllSucceed PartialOrder Overwrite] unless [StateMachine Counter Merge HoldsAcrossRequests] => VersionVector, "concurrent versions are both right until somebody merges them";
    "6.2+PR-wr4" ["PR-wr4" "A-30"]: [GuardsState MultiWriter HotKey StateMachine] unless [AllSucceed HoldsAcrossRequests GoesOnAlone] => SingleWriterQueue, "more attempts on one key than compare-and-set can win in turn: queue them before one writer";
    "6.2+A-30" ["PR-wr4" "A-30"]: [GuardsState MultiWriter HotKey Overwrite] unless [StateMachine Counter Merge AllSucceed HoldsAcrossRequests GoesOnAlone] => SingleWriterQueue, "more attempts on one key than compare-and-set can win in turn: queue them before one writer";
};

/// Families that table 6.2 does not cover, routed by what they enforce.
#[rustfmt::skip]
pub static ROUTES: &[Row<Property, Mechanism>] = rows! {
    "A-10#1" ["A-10" "S4-T4i"]: [Uniqueness NaturalKey] unless [GuardsState ContentAddressed] => UniqueKey, "the domain's own key tells duplicates apart";
    "A-10#2" ["A-10" "S4-T4i"]: [Uniqueness Repeatable] unless [GuardsState ContentAddressed NaturalKey Guarded] => NoMechanism, "doing it again changes nothing";
    "A-10#3" ["A-10" "S4-T4i"]: [Uniqueness] unless [GuardsState ContentAddressed NaturalKey Repeatable] => IdempotencyKey, "the first outcome is kept and given again";
    "A-10#4" ["A-10" "A-37"]: [Uniqueness Repeatable Guarded] unless [GuardsState ContentAddressed NaturalKey] => IdempotencyKey, "the effect could be repeated, but the retry must not be told that its own success stands in the way";
    "A-10#5" ["A-10" "S6.1-r3"]: [Accounting FromEvents] unless [ServesReads] => StreamAggregation, "events are folded into the aggregate per key, off the path of the writer";
    "A-10#6" ["A-10" "A-42"]: [Accounting Additive] unless [FromEvents ServesReads Contended GoesOnAlone] => InPlaceUpdate, "the aggregate is added to in the transaction that records the event";
    "A-10#7" ["A-10"]: [Accounting] unless [FromEvents Additive Contended ServesReads Merge] => StreamAggregation, "what is not a sum of its writers' own additions is folded from their events";
    "A-10#8" ["A-10" "A-13"]: [Access] unless [] => AuthorizationCheck, "whoever passes the boundary has been checked";
};

/// Q1 to Q5, row for row (CK-6c).
#[rustfmt::skip]
pub static QUESTIONS: &[Row<Property, Answer>] = rows! {
    // Q1. Where does contention localise?
    "Q1#1" ["S6.3-Q1-r1"]: [InProcess] unless [] => Takes(CAS, HardwareCas), "one process, one instruction, no network";
    "Q1#2" ["S6.3-Q1-r2" "S6.3-Q1-a1" "S6.3-Q1-a2"]: [InService] unless [] => Takes(&[CasOnVersion, CasOnStateAndVersion, CasOnPredicate, Lease], DistributedCas), "instances share nothing but the store, so the store compares";
    "Q1#3" ["S6.3-Q1-r3"]: [AcrossServices] unless [] => Confirms(&[Saga, TwoPhaseCommit]), "no lock inside a process spans services";
    "Q1#4" ["S6.3-Q1-r4" "S6.3-Q1-a3"]: [AcrossRegions GoesOnAlone] unless [] => Confirms(&[Crdt, VersionVector]), "a region that is cut off must go on, so nothing may ask the others";
    "Q1+A-3" ["S6.3-Q1-r4" "A-3"]: [AcrossRegions GoesOnAlone AppendOnly] unless [] => Adds(&[NoMechanism], &[LeaderlessReplication]), "records are added in every region and exchanged later";
    "Q1+PR-cs1" ["PR-cs1" "A-20"]: [AcrossRegions] unless [GoesOnAlone TolerateMinority] => Takes(DECIDING, LeaderFollower), "writes may wait, so one region leads";
    "Q1+A-21" ["A-21"]: [HasHomeRegion MultiWriter] unless [] => Adds(ANY, &[HomeRegion]), "each key is decided in its home region; the others forward";
    "Q1+PR-cs4" ["PR-cs4"]: [AcrossRegions] unless [] => Adds(&[Crdt], &[StateVectorSync]), "replicas catch up by telling what they have seen";
    // Q2. What breaks, and what must be survived?
    "Q2#1" ["S6.3-Q2-r1" "S6.3-Q2-a1"]: [Retried GuardsState Guarded] unless [NaturalKey ContentAddressed FromEvents] => Adds(ANY, &[IdempotencyKey]), "who hears nothing asks again, and must be told the first outcome";
    "Q2+A-6" ["S6.3-Q2-r1" "A-6"]: [Retried GuardsState] unless [Guarded Repeatable NaturalKey ContentAddressed FromEvents] => Adds(ANY, &[IdempotencyKey]), "who hears nothing does it again, and twice is not once";
    "Q2#2" ["S6.3-Q2-r2" "S6.3-Q2-a2" "A-45"]: [HolderMayCrash] unless [] => Confirms(&[Lease]), "the store lets go of what a dead holder held";
    "Q2#3" ["S6.3-Q2-r3" "A-20"]: [AcrossRegions TolerateMinority] unless [] => Takes(DECIDING, Quorum), "the majority goes on, the smaller side waits";
    "Q2+A-20" ["S6.3-Q2-r3" "A-20"]: [PartitionFault GoesOnAlone] unless [] => Confirms(&[Crdt, VersionVector]), "nothing is asked of the other side";
    "Q2#4" ["S6.3-Q2-r4" "S6.3-Q2-a3" "PR-ft3"]: [SlowDownstream] unless [] => Adds(ANY, &[Timeout, CircuitBreaker]), "a slow service must not hold its callers";
    "Q2+PR-ft5" ["PR-ft5" "PR-ft2"]: [CallsOut] unless [] => Adds(ANY, &[Timeout, RetryBackoff]), "every outbound call ends within the caller's budget";
    "Q2+PR-ft4" ["PR-ft4"]: [CallsOut ServesCritical] unless [] => Adds(ANY, &[Bulkhead]), "what is critical keeps resources of its own";
    "Q2#5" ["S6.3-Q2-r5"]: [RetryStorm GuardsState] unless [] => Adds(ANY, &[RetryBackoff]), "without jitter all come back at the same moment";
    "Q2#6" ["S6.3-Q2-r6" "S6.3-Q5-a2" "A-39"]: [Announces GuardsState] unless [Coordinates] => Adds(ANY, &[Outbox]), "the event commits with the write or not at all";
    "Q2+S6.3-Q5-r1" ["S6.3-Q2-r6"]: [PartialWrite GuardsState] unless [Announces Coordinates] => Adds(ANY, &[InTransactionWrite]), "all parts commit together";
    "Q2+S5-d5" ["S6.3-Q2-r6" "S5-d5"]: [SeveralInstances GuardsState] unless [PartialWrite Coordinates] => Adds(DECIDING, &[InTransactionWrite]), "two instances change together: one transaction takes both, in the order of their keys";
    "Q2+A-44" ["S6.3-Q2-r6" "A-44"]: [PartialWrite Coordinates] unless [] => Confirms(&[Saga]), "the log shows what was done, and what must be undone";
    "Q2+A-7" ["A-7"]: [OwnerMayMove] unless [] => Adds(&[PartitionRouting, SingleWriterQueue], &[OwnershipEpoch]), "after a failover two nodes may own one key for a moment";
    // Q3. What does the data allow?
    "Q3#1" ["S6.3-Q3-r1" "S6.3-Q3-a1" "A-23"]: [Commutative Associative] unless [] => Confirms(&[Crdt, StreamAggregation, InPlaceUpdate]), "order does not matter, so nobody needs to wait";
    "Q3#2" ["S6.3-Q3-r2" "S6.3-Q3-a2"]: [Uniqueness ContentAddressed] unless [] => Selects(ContentHash), "the hash is the key, so duplicates cost nothing";
    "Q3#3" ["S6.3-Q3-r3" "A-25"]: [Monotone] unless [] => Confirms(CAS), "the value moves one way, so testing the value is enough and no history is kept";
    "Q3#4" ["S6.3-Q3-r4" "A-3"]: [Order TotalOrder] unless [GoesOnAlone] => Selects(Mechanism::SequenceAuthority), "two authorities would hand out conflicting positions";
    "Q3#5" ["S6.3-Q3-r5" "S6.3-Q3-a3"]: [Spatial] unless [] => Confirms(&[SpatialPartition]), "without cells a search by place visits everything";
    "Q3#6" ["S6.3-Q3-r6"]: [Windowed] unless [] => Adds(READ_FROM, &[Windowing]), "what comes late and what comes at the boundary needs a rule";
    "Q3+AP-9" ["AP-9"]: [GuardsState MultiWriter] unless [Commutative] => Confirms(DECIDING), "the order of writes matters, so merging them would be wrong";
    "Q3+A-11" ["A-11"]: [GuardsState MultiWriter AppendOnly PartialOrder] unless [] => Adds(&[NoMechanism, UniqueKey], &[VersionVector]), "what happened before what travels with the record";
    "Q3+A-53" ["A-53"]: [GuardsState MutualRead] unless [] => Adds(ANY, &[WriteThenRead]), "if both sides look before they write, both miss each other";
    // Q4. How is it read and written? Spatial before shape before joins before cache; the others add.
    "Q4#1" ["S6.3-Q4-r1" "S6.3-Q4-a1" "PR-rd1"]: [ServesReads ReadHeavy SomeStaleness] unless [Spatial OtherShape JoinHeavy] => Selects(CacheAside), "read far more than written, in the shape it was written";
    "Q4#2" ["S6.3-Q4-r2" "S6.3-Q4-a3" "A-26"]: [ServesReads ReadHeavy OtherShape] unless [Spatial] => Selects(Cqrs), "read far more than written, in a shape that the source does not have";
    "Q4#3" ["S6.3-Q4-r3" "A-26"]: [ServesReads ReadHeavy JoinHeavy] unless [Spatial OtherShape] => Selects(Denormalization), "the joins are done once, when written";
    "Q4#4" ["S6.3-Q4-r4"]: [WriteHeavy AppendOnly] unless [] => Adds(ANY, &[AppendLog, HashPartition]), "written far more than read: append, and spread by key";
    "Q4+PR-wr1" ["S6.3-Q4-r4" "PR-wr1"]: [GuardsState WriteHeavy] unless [AppendOnly] => Adds(ANY, &[HashPartition]), "written far more than read: spread by key";
    "Q4+PR-wr3" ["S6.3-Q4-r4" "PR-wr3"]: [Uniqueness NaturalKey WriteHeavy AppendOnly] unless [GuardsState Contended AbsenceTest UnstableRead TotalOrder ContentAddressed] => Adds(&[UniqueKey], &[LeaderlessReplication]), "nothing is decided on the way in, so any replica may take it, and what comes twice has one key";
    "Q4#5" ["S6.3-Q4-r5"]: [FansOut] unless [] => Adds(READ_FROM, &[ScatterGather]), "the answer is spread over partitions";
    "Q4#6" ["S6.3-Q4-r6" "S6.3-Q4-a2" "A-26"]: [ServesReads Spatial] unless [] => Selects(SpatialPartition), "a search by place needs cells before anything else";
    "Q4#7" ["S6.3-Q4-r7"]: [Decays] unless [] => Adds(READ_FROM, &[TemporalDecay]), "the recent weighs more";
    "Q4+PR-ti2" ["S6.3-Q4-r7" "PR-ti2"]: [RecentOnly] unless [] => Adds(READ_FROM, &[Ttl]), "only the recent past is asked for";
    "Q4+PR-rd2" ["PR-rd2"]: [ServesReads OtherShape] unless [ReadHeavy Spatial] => Selects(Cqrs), "the shape that is read exists nowhere else";
    "Q4+A-26" ["A-26"]: [ServesReads] unless [Copies Spatial] => Selects(ReadSource), "not worth a copy: the source answers";
    // Q5. How tightly are maker and receiver coupled?
    "Q5#1" ["S6.3-Q5-r1"]: [Delivers Atomically] unless [] => Selects(InTransactionWrite), "the maker needs it done before it goes on";
    "Q5+S4-T1i" ["S6.3-Q5-r1" "S4-T1i"]: [GuardsState Eligibility] unless [] => Takes(DECIDING, InTransactionWrite), "the caller waits for the decision, and check, write and record commit together";
    "Q5#2" ["S6.3-Q5-r2"]: [Delivers BestEffort] unless [Atomically OfflineAudience] => Selects(RetryBackoff), "tried again a few times and not missed";
    "Q5#3" ["S6.3-Q5-r3" "S6.3-Q5-a2"]: [CarriesChanges ApplicationEvent] unless [Atomically BestEffort] => Selects(Outbox), "the application makes the event, in the transaction of the write";
    "Q5+S6.3-Q5-r7" ["S6.3-Q5-r7"]: [CarriesChanges ApplicationEvent BestEffort OfflineAudience] unless [Atomically] => Selects(Outbox), "who may be away is not served by trying a few times";
    "Q5#4" ["S6.3-Q5-r4" "S6.3-Q5-a1"]: [CarriesChanges RowChange SomeStaleness Copies] unless [] => Selects(Cdc), "the changed row is the event";
    "Q5+S4-T5i" ["S4-T5i"]: [CarriesChanges RowChange ZeroStaleness Copies] unless [] => Selects(SynchronousUpdate), "no staleness means in the same transaction";
    "Q5+A-26" ["A-26"]: [CarriesChanges RowChange] unless [Copies] => Selects(NoMechanism), "the source itself is read, so nothing has to be carried";
    "Q5#5" ["S6.3-Q5-r5" "A-78"]: [Delivers PushesToFew] unless [] => Adds(ANY, &[FanOutOnWrite]), "few receivers: push to each";
    "Q5#6" ["S6.3-Q5-r6" "A-78"]: [Delivers PullsForMany] unless [] => Adds(ANY, &[FanOutOnRead]), "very many receivers: let them pull";
    "Q5#7" ["S6.3-Q5-r7" "S6.3-Q5-a3"]: [Delivers OfflineAudience] unless [PullsForMany] => Adds(ANY, &[DurableNotification, RetryBackoff]), "it must still be there when the receiver comes back";
    "Q5+PR-ev5" ["PR-ev5" "S6.3-Q5-r6" "S6.3-Q5-r7"]: [Delivers OfflineAudience PullsForMany] unless [] => Confirms(&[Outbox]), "what is kept once is there for whoever comes back: a record per receiver would be the copies that pulling avoids";
};

/// 6.4: what a mechanism never goes without (CK-6d).
#[rustfmt::skip]
pub static COMBINATIONS: &[Row<Property, Answer>] = rows! {
    "6.4#1" ["S6.4-r1" "S6.4-d1" "AP-6" "CK-6d"]: [Eligibility] unless [] => Adds(DECIDING, &[IdempotencyKey]), "a retry meets its own success and is told that it lost, or wins twice";
    "6.4#2" ["S6.4-r2" "A-47" "A-56"]: [HolderMayCrash] unless [] => Adds(&[Lease], &[FencingToken]), "a holder whose time is up may still act; every access must refuse it";
    "6.4#3" ["S6.4-r3" "A-23" "A-42"]: [Accounting] unless [Repeatable] => Adds(&[StreamAggregation, InPlaceUpdate], &[EventDedup]), "an event that comes twice would count twice";
    "6.4#4" ["S6.4-r4"]: [CarriesChanges] unless [] => Adds(&[Cdc, Outbox], &[IdempotentConsumer]), "messages come at least once";
    "6.4#5" ["S6.4-r5"]: [Order TotalOrder] unless [GoesOnAlone] => Adds(ANY, &[SharedSequence]), "two numberings of one order split it";
    "6.4#6" ["S6.4-r6"]: [] unless [] => Adds(&[Saga], &[StepIdempotency]), "a saga repeats steps it is not sure of";
    "6.4+A-4" ["A-4"]: [StateMachine] unless [] => Adds(&[Lease], &[CasOnStateAndVersion]), "the lease is taken by compare-and-set, and every transition stays one";
    "6.4+S6.2-r3" ["A-4"]: [Overwrite] unless [StateMachine] => Adds(&[Lease], &[CasOnVersion]), "the lease is taken by compare-and-set";
    "6.4+A-30" ["A-30"]: [StateMachine] unless [] => Adds(&[SingleWriterQueue], &[CasOnStateAndVersion]), "compare-and-set stays active under the queue, so that going from one to the other is safe";
    "6.4+PR-wr4" ["A-30"]: [Overwrite] unless [StateMachine] => Adds(&[SingleWriterQueue], &[CasOnVersion]), "compare-and-set stays active under the queue, so that going from one to the other is safe";
    "6.4+A-23" ["A-23"]: [] unless [Repeatable] => Adds(&[Crdt], &[EventDedup]), "adding is commutative and not repeatable: an operation merged twice counts twice";
    "6.4+A-22" ["A-22"]: [GuardsAcross Reserves] unless [] => Adds(&[Saga], &[Reservation]), "a saga does not isolate; what is set aside is seen as taken";
    "6.4+A-35" ["A-35"]: [Accounting KeepsLatest] unless [] => Adds(&[StreamAggregation], &[IdempotentConsumer]), "an old event that comes late must not replace a newer one";
    "6.4+A-3" ["A-3"]: [MultiWriter AppendOnly] unless [Uniqueness ContentAddressed Accounting] => Adds(&[NoMechanism], &[IdempotencyKey]), "what is only added can be added twice";
    "6.4+S5-e13" ["S5-e13"]: [GuardsState NaturalKey] unless [] => Adds(&[CasOnVersion, CasOnStateAndVersion, CasOnPredicate, InPlaceUpdate], &[UniqueKey]), "creation is decided by the key, changes by compare-and-set";
    "6.4+S7-c2" ["S7-c2" "S6-o5" "A-63"]: [] unless [] => Adds(&[Cqrs, Denormalization, SpatialPartition, StreamAggregation], &[Rebuild]), "a copy that cannot be computed again drifts for ever";
    "6.4+PR-ti7" ["PR-ti7"]: [Scheduled GuardsState] unless [] => Adds(ANY, &[ScheduledTrigger]), "time starts it, and two schedulers may fire";
};
