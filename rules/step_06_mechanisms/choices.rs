//! What else would do, what would be wrong, and what has no solution.

use super::patterns::Mechanism::{self, *};
use super::properties::Property::{self, *};
use super::tables::CAS;
use crate::table::{Row, rows};

const CONTROL: &[Mechanism] = &[
    CasOnVersion,
    CasOnStateAndVersion,
    CasOnPredicate,
    HardwareCas,
    DistributedCas,
    PessimisticLock,
    RowLock,
    Lease,
    SingleWriterQueue,
    Crdt,
    OperationalTransformation,
    VersionVector,
];
const WAITING: &[Mechanism] = &[
    CasOnVersion,
    CasOnStateAndVersion,
    CasOnPredicate,
    DistributedCas,
    PessimisticLock,
    RowLock,
    Lease,
    SingleWriterQueue,
    TwoPhaseCommit,
    Quorum,
    LeaderFollower,
    SequenceAuthority,
    UniqueKey,
];

/// Another mechanism that is sufficient.
#[derive(Clone, Copy, Debug)]
pub struct Alternative {
    /// Instead of one of these.
    pub to: &'static [Mechanism],
    /// What would do as well.
    pub mechanism: Mechanism,
    /// What would tip the choice.
    pub tips: &'static str,
}

const fn instead(to: &'static [Mechanism], mechanism: Mechanism, tips: &'static str) -> Alternative {
    Alternative { to, mechanism, tips }
}

/// Mechanisms that are sufficient as well, each with what would tip the choice.
#[rustfmt::skip]
pub static ALTERNATIVES: &[Row<Property, Alternative>] = rows! {
    "alternative#1" ["A-25" "S6.3-Q3-r3"]: [GuardsState MultiWriter Monotone] unless [Computed HoldsAcrossRequests GoesOnAlone] => instead(&[CasOnVersion, CasOnStateAndVersion], CasOnPredicate, "attempts on one key fail because the version moved though their own condition still holds"), "the value moves one way and the write carries every condition, so the version only adds false conflicts";
    "alternative#2" ["S6.2-r6" "A-31"]: [GuardsState MultiWriter] unless [HoldsAcrossRequests CallsOut SpansServices InProcess AcrossRegions Counter] => instead(CAS, RowLock, "attempts often collide and deciding again is expensive, and nothing is called while the row is locked"), "the lock lives and dies with one short transaction";
    "alternative#3" ["PR-wr4" "A-30"]: [GuardsState MultiWriter] unless [HotKey HoldsAcrossRequests AcrossRegions InProcess Counter] => instead(CAS, SingleWriterQueue, "the busiest key gets more attempts than compare-and-set can win in turn"), "one writer per key decides in turn; compare-and-set stays active beneath";
    "alternative#4" ["A-25" "A-23"]: [GuardsState MultiWriter Additive NumericBound] unless [Computed HoldsAcrossRequests GoesOnAlone StateMachine] => instead(&[CasOnVersion, SingleWriterQueue], InPlaceUpdate, "attempts collide although there is enough for all of them"), "the store adds in place, on the condition that enough is left";
    "alternative#5" ["PR-wr4" "A-30"]: [GuardsState MultiWriter HotKey StateMachine] unless [HoldsAcrossRequests GoesOnAlone] => instead(&[SingleWriterQueue], CasOnStateAndVersion, "the busiest key calms down to what compare-and-set can win in turn"), "it is active beneath the queue anyway";
    "alternative#6" ["PR-wr4" "A-30"]: [GuardsState MultiWriter HotKey Overwrite] unless [StateMachine HoldsAcrossRequests GoesOnAlone] => instead(&[SingleWriterQueue], CasOnVersion, "the busiest key calms down to what compare-and-set can win in turn"), "it is active beneath the queue anyway";
    "alternative#7" ["A-12"]: [GuardsState MultiWriter Merge CentralSequencer] unless [GoesOnAlone] => instead(&[Crdt], OperationalTransformation, "clients are thin and the sequencer is there anyway"), "one sequencer orders all edits and rewrites them";
    "alternative#8" ["A-23"]: [GuardsState MultiWriter Merge Commutative] unless [AcrossRegions GoesOnAlone] => instead(&[Crdt], InPlaceUpdate, "all writers reach one store"), "an addition in place is a merge with one replica";
    "alternative#9" ["A-23"]: [GuardsState MultiWriter Counter] unless [AcrossRegions] => instead(&[InPlaceUpdate], StreamAggregation, "one counter gets more additions than its record can take, and readers can wait a little"), "the additions become events and are folded off the path of the writer";
    "alternative#10" ["A-48"]: [HoldsAcrossRequests IdentifiesHolder] unless [] => instead(&[FencingToken], HolderIdentity, "a holder never claims the same thing twice"), "the condition names the holder, so somebody else's command is refused";
    "alternative#11" ["S6.3-Q5-r3"]: [CarriesChanges RowChange SomeStaleness Copies] unless [] => instead(&[Cdc], Outbox, "receivers need what the row does not say, or its columns must be free to change"), "the application decides what the event says";
    "alternative#12" ["S6.3-Q5-r4"]: [CarriesChanges ApplicationEvent] unless [Atomically OfflineAudience] => instead(&[Outbox], Cdc, "the changed row says all that receivers need"), "the log of the store is the stream";
    "alternative#13" ["A-27" "S4-T5e3"]: [CarriesChanges RowChange SomeStaleness Copies TtlSuffices] unless [OtherShape JoinHeavy Spatial] => instead(&[Cdc], Ttl, "nobody minds waiting for the whole time to live, and one moving part less is worth it"), "time to live and refill together stay within the bound";
    "alternative#14" ["A-26" "PR-cs1"]: [ServesReads ReadHeavy SomeStaleness] unless [OtherShape JoinHeavy Spatial] => instead(&[CacheAside], ReadSource, "followers of the source can carry the reads"), "a follower is a copy that the store keeps";
    "alternative#15" ["A-26"]: [ServesReads OtherShape] unless [ReadHeavy Spatial Decays] => instead(&[Cqrs], ReadSource, "computing it on every read is cheap enough"), "what is rarely read need not be kept";
    "alternative#16" ["PR-ti3"]: [Accounting CountsDistinct] unless [] => instead(&[StreamAggregation], ApproximateCounting, "a stated error is fine and the exact set does not fit in memory"), "a sketch counts different values in fixed space";
    "alternative#17" ["A-42"]: [Accounting Additive FromEvents] unless [HotKey Windowed] => instead(&[StreamAggregation], InPlaceUpdate, "readers need the sum in the moment of the write, and no key is hot"), "the transaction that records the event adds to the sum";
    "alternative#18" ["S6.3-Q5-r6"]: [Delivers PushesToFew] unless [] => instead(&[FanOutOnWrite], FanOutOnRead, "audiences grow, or receivers rarely look"), "pulling costs the reader instead of the writer";
    "alternative#19" ["S6.3-Q5-r5"]: [Delivers PullsForMany] unless [] => instead(&[FanOutOnRead], FanOutOnWrite, "most audiences are small and reads must be fast"), "pushing costs the writer instead of the reader";
    "alternative#20" ["A-11"]: [GuardsState MultiWriter PartialOrder AllSucceed Commutative] unless [Contended] => instead(&[VersionVector], Crdt, "a law says how concurrent versions merge"), "siblings then merge by themselves";
};

/// Mechanisms that are wrong here, with the row that says so (d1 to d4, anti-patterns).
#[rustfmt::skip]
pub static EXCLUSIONS: &[Row<Property, &'static [Mechanism]>] = rows! {
    "6.2-d1" ["S6.2-d1"]: [GuardsState MultiWriter Merge Commutative Associative] unless [StateMachine Overwrite OneWinner Contended HoldsAcrossRequests] => &[PessimisticLock, RowLock, Lease, CasOnVersion, CasOnStateAndVersion, CasOnPredicate, SingleWriterQueue], "writes that merge need no turns, and turns would lose some of them";
    "6.2-d2" ["S6.2-d2"]: [GuardsState SingleWriter] unless [] => CONTROL, "one writer cannot race with itself: the mechanism costs and gives nothing";
    "6.2-d2+r2" ["S6.2-d2" "S6.2-r2"]: [GuardsState Partitioned] unless [] => &[PessimisticLock, RowLock, Lease, CasOnVersion, CasOnStateAndVersion, CasOnPredicate, Crdt], "within a partition one writer cannot race with itself";
    "6.2-d3" ["S6.2-d3" "AP-7"]: [GuardsState HoldsAcrossRequests HolderMayCrash] unless [] => &[PessimisticLock, RowLock], "a lock of a holder that died is never released";
    "6.2-d4" ["S6.2-d4" "AP-8"]: [Coordinates Decomposable] unless [] => &[TwoPhaseCommit], "a coordinator that dies blocks everybody, and local steps with undo do without one";
    "AP-9" ["AP-9"]: [GuardsState MultiWriter] unless [Commutative] => &[Crdt], "the order of writes matters, so replicas would merge to a state that no order gives";
    "A-23" ["A-23" "AP-9"]: [GuardsState MultiWriter Commutative Contended] unless [] => &[Crdt], "effects commute, but a condition that held on one replica may not hold on the merged state";
    "A-4" ["A-4"]: [GuardsState MultiWriter] unless [HoldsAcrossRequests] => &[Lease], "no operation holds it beyond its request; a state with a deadline is ended by the transition that is due, not by a lease";
    "A-31" ["A-31"]: [GuardsState MultiWriter] unless [HoldsAcrossRequests InProcess] => &[PessimisticLock], "a lock outside a transaction outlives a holder that dies";
    "A-20" ["A-20" "S6.3-Q2-r3" "S6.3-Q1-r4"]: [GoesOnAlone] unless [] => WAITING, "whatever asks another region stops when regions lose sight of each other";
    "Q1-r3" ["S6.3-Q1-r3"]: [Coordinates] unless [GuardsState] => &[CasOnVersion, CasOnStateAndVersion, CasOnPredicate, HardwareCas, PessimisticLock, RowLock], "nothing inside one store spans services";
    "6.2-r9" ["S6.2-r9"]: [GuardsState] unless [Coordinates SpansServices] => &[TwoPhaseCommit, Saga], "everything is in one service: one transaction does it";
    "A-38" ["A-38"]: [GuardsState MultiWriter] unless [Monotone] => &[CasOnPredicate], "nothing shows that the value moves one way only, and one that comes back to where it was passes the test: compare the version";
    "A-27" ["A-27" "A-66"]: [CarriesChanges RowChange] unless [TtlSuffices] => &[Ttl], "time to live and refill exceed the bound";
    "S4-T5i" ["S4-T5i"]: [CarriesChanges RowChange ZeroStaleness] unless [] => &[Cdc, Outbox, CacheAside], "no staleness is allowed, and this comes later";
    "Q3-r5" ["S6.3-Q3-r5" "S6.3-Q4-a2"]: [ServesReads Spatial] unless [] => &[CacheAside, Denormalization, Cqrs], "without cells a search by place still visits everything";
    "Q5-r7" ["S6.3-Q5-r7"]: [Delivers OfflineAudience] unless [] => &[Gossip, PubSub, MessageQueue, Cdc], "what is sent to somebody who is away is gone";
    "A-12" ["A-12" "S6.2-d1"]: [GuardsState Merge] unless [CentralSequencer] => &[OperationalTransformation], "nobody is named who puts edits in order";
};

/// Requirements no mechanism satisfies: regions go on alone, and yet one decision per key is asked for.
#[rustfmt::skip]
pub static UNSATISFIABLE: &[Row<Property, &'static str>] = rows! {
    "A-21#1" ["A-21"]: [GuardsState MultiWriter GoesOnAlone StateMachine] unless [HoldsAcrossRequests] => "one winner per transition", "two regions that cannot see each other would both let somebody win";
    "A-21#2" ["A-21"]: [GuardsState MultiWriter GoesOnAlone Overwrite] unless [StateMachine Counter AllSucceed Merge HoldsAcrossRequests] => "one current value", "two regions that cannot see each other would both replace it";
    "A-21#3" ["A-21"]: [GuardsState MultiWriter GoesOnAlone HoldsAcrossRequests] unless [] => "one holder", "two regions that cannot see each other would both grant the claim";
    "A-21#4" ["A-21"]: [GuardsState MultiWriter GoesOnAlone AppendOnly NaturalKey] unless [Counter StateMachine Overwrite Merge HoldsAcrossRequests] => "one record per key", "two regions that cannot see each other would both insert it";
    "A-21#5" ["A-21"]: [GuardsState MultiWriter GoesOnAlone AppendOnly AbsenceTest] unless [Counter StateMachine Overwrite Merge HoldsAcrossRequests NaturalKey] => "one record per key", "two regions that cannot see each other would both insert it";
    "A-21#8" ["A-21" "S6.3-Q2-r3"]: [Coordinates GoesOnAlone] unless [Decomposable] => "all or nothing over services", "who has prepared would wait for a region it cannot see";
    "A-21#7" ["A-21"]: [GuardsState GoesOnAlone Order TotalOrder] unless [StateMachine Overwrite HoldsAcrossRequests] => "a total order", "two regions that cannot see each other would both hand out the next position";
};

/// Axes that contradict each other; step 3 reports them, so nothing is selected here.
#[rustfmt::skip]
pub static CONTRADICTIONS: &[Row<Property, &'static str>] = rows! {
    "6.2+A-5#1" ["A-5"]: [AllSucceed StateMachine] unless [] => "all succeed, and transitions exclude each other", "of two transitions from one state only one can happen";
    "6.2+A-5#2" ["A-5"]: [OneWinner Merge] unless [] => "one winner, and everything merges", "what merges has no losers";
    "6.2+A-5#3" ["A-5"]: [AllSucceed Overwrite] unless [Counter PartialOrder StateMachine Merge] => "all succeed, and each replaces the other", "of two replacements only one is left";
    "6.2+A-5#4" ["A-5" "S6.2-r5"]: [Merge] unless [Commutative] => "merge, and the order of writes matters", "replicas would merge to a state that no order gives";
    "6.2+A-5#5" ["A-5" "A-23"]: [Merge Contended] unless [OneWinner Overwrite StateMachine] => "merge, and a condition that another write can make false", "what held on one replica may not hold on the merged state";
    "6.2+A-5#6" ["A-5"]: [AllSucceed HoldsAcrossRequests] unless [] => "all succeed, and one holds it alone", "who must wait for a claim does not succeed at once";
    "6.2+A-5#7" ["A-5" "AP-2"]: [Merge Overwrite] unless [] => "merge and overwrite in one object", "one of the two loses writes";
    "6.2+A-5#8" ["A-5" "AP-2"]: [Merge StateMachine] unless [] => "merge and state machine in one object", "transitions do not merge";
};
