//! Which mechanism asks for which capability, and which shape of technology has it: rows in the framework's order.

use super::Capability::{self, *};
use super::TechnologyShape::{self, *};
use crate::proof::RuleId;
use crate::step_05_parameters::DpKind::{self, *};
use crate::step_06_mechanisms::patterns::Mechanism::{self, *};

/// One line: a mechanism, for a parameter of one of these kinds, asks for a capability.
#[derive(Clone, Copy, Debug)]
pub struct Need {
    /// The obligation or ambiguity that says so.
    pub id: RuleId,
    /// Any of these mechanisms …
    pub of: &'static [Mechanism],
    /// … of a parameter of one of these kinds.
    pub kinds: &'static [DpKind],
    /// What it asks for.
    pub gives: Capability,
}

const fn need(id: RuleId, of: &'static [Mechanism], kinds: &'static [DpKind], gives: Capability) -> Need {
    Need { id, of, kinds, gives }
}

/// What decides on writes.
pub const DECIDING: &[DpKind] = &[Acceptance, Claim, Creation, Sequence];
/// What decides on writes, or recognises them.
const KEEPING: &[DpKind] = &[Acceptance, Claim, Creation, Sequence, Identity, Outcomes, Aggregate];

/// From mechanism to capability.
#[rustfmt::skip]
pub static NEEDS: &[Need] = &[
    need("S10-m1", &[CasOnVersion, CasOnStateAndVersion, CasOnPredicate, FencingToken, OwnershipEpoch], DECIDING, ConditionalWrite),
    need("S10-d1", &[RowLock, PessimisticLock, InTransactionWrite, Outbox, Reservation], DECIDING, Transaction),
    // the outcome is recorded in the transaction of the decision.
    need("A-37", &[IdempotencyKey], DECIDING, Transaction),
    need("A-42", &[InPlaceUpdate, InTransactionWrite], &[Aggregate], Transaction),
    need("A-44", &[Saga, TwoPhaseCommit], &[Coordination], ConditionalWrite),
    need("A-44", &[Saga, TwoPhaseCommit], &[Coordination], DurableState),
    need("S10-m2", &[Lease], &[Claim], ExpiringClaim),
    need("S10-m3", &[AppendLog], &[Path], KeyedAppend),
    need("S10-m4", &[SpatialPartition], &[Projection], Radius),
    need("S10-sh5", &[StreamAggregation], &[Aggregate], KeyedState),
    need("S10-m7", &[Outbox, Cdc, PubSub, MessageQueue, FanOutOnWrite], &[Delivery], Replay),
    need("S10-m8", &[IdempotencyKey], &[Outcomes], OutcomeRecord),
    need("S10-d1", &[Mechanism::UniqueKey, ContentHash], KEEPING, Capability::UniqueKey),
    need("A-23", &[InPlaceUpdate], KEEPING, AtomicAdd),
    need("S6.1-r2", &[SequenceAuthority], DECIDING, AtomicAdd),
    need("S10-sh3", &[CacheAside], &[Projection], PointRead),
    need("S9-d2", &[Denormalization, Cqrs], &[Projection], ReadModel),
    need("A-12", &[Crdt, VersionVector, OperationalTransformation], KEEPING, MergeableState),
];

/// One line: a capability is had by a shape.
#[derive(Clone, Copy, Debug)]
pub struct Fit {
    /// The obligation or ambiguity that says so.
    pub id: RuleId,
    /// The capability.
    pub of: Capability,
    /// The shape.
    pub gives: TechnologyShape,
}

const fn fit(id: RuleId, of: Capability, gives: TechnologyShape) -> Fit {
    Fit { id, of, gives }
}

/// From capability to shape: a product of another shape is not asked, whatever it can do (S10-g1).
#[rustfmt::skip]
pub static SHAPES: &[Fit] = &[
    fit("S10-m1", ConditionalWrite, Oltp),
    // what scripts can do depends on the version. Truth keeps out of memory by its need of durable state.
    fit("A-80", ConditionalWrite, InMemory),
    fit("S10-sh1", Transaction, Oltp),
    fit("A-49", Transaction, InMemory),
    fit("S10-m2", ExpiringClaim, InMemory),
    // a claim that stands in the truth's own row expires by a column, not by a key.
    fit("A-46", ExpiringClaim, Oltp),
    fit("S10-m3", KeyedAppend, WideColumn),
    fit("S10-m3", KeyedAppend, Log),
    fit("S10-m4", Radius, InMemory),
    fit("S10-m4", Radius, Oltp),
    fit("S10-m5", Windows, StreamProcessor),
    fit("S10-sh5", KeyedState, StreamProcessor),
    fit("S10-m6", TopK, InMemory),
    fit("S10-m7", Replay, Log),
    fit("S10-m8", OutcomeRecord, Oltp),
    fit("A-49", OutcomeRecord, InMemory),
    fit("S10-m9", FullText, Search),
    fit("S10-sh7", Analytics, Search),
    fit("S10-m10", Archive, ObjectStore),
    fit("S10-sh6", LargeObject, ObjectStore),
    fit("S10-d1", Capability::UniqueKey, Oltp),
    fit("S10-d1", Capability::UniqueKey, WideColumn),
    fit("S10-d1", Capability::UniqueKey, InMemory),
    fit("S10-sh6", Capability::UniqueKey, ObjectStore),
    fit("S10-sh1", AtomicAdd, Oltp),
    fit("S10-sh2", AtomicAdd, WideColumn),
    fit("S10-sh3", AtomicAdd, InMemory),
    fit("S10-sh3", PointRead, InMemory),
    fit("S10-sh1", ReadModel, Oltp),
    fit("S10-sh2", ReadModel, WideColumn),
    fit("S10-sh3", ReadModel, InMemory),
    fit("S10-sh7", ReadModel, Search),
    fit("S10-sh1", DurableState, Oltp),
    fit("S10-sh2", DurableState, WideColumn),
    fit("S10-sh4", DurableState, Log),
    fit("S10-sh6", DurableState, ObjectStore),
    fit("S10-d4", StrongRead, Oltp),
    fit("S10-d4", StrongRead, WideColumn),
    fit("S10-sh6", StrongRead, ObjectStore),
    fit("S10-sh1", ChangeFeed, Oltp),
    fit("S10-sh2", ChangeFeed, WideColumn),
    fit("S10-sh4", ChangeFeed, Log),
    fit("S10-d3", Spread, Oltp),
    fit("S10-d3", Spread, WideColumn),
    fit("S10-d3", Spread, InMemory),
    fit("S10-d3", Spread, Log),
    fit("S10-d3", Spread, StreamProcessor),
    fit("S10-d3", Spread, ObjectStore),
    fit("S10-d3", Spread, Search),
    fit("A-12", MergeableState, ReplicatedData),
];

/// The line by which a shape has a capability.
pub fn fitting(capability: Capability, shape: TechnologyShape) -> Option<RuleId> {
    SHAPES.iter().find(|fit| fit.of == capability && fit.gives == shape).map(|fit| fit.id)
}
