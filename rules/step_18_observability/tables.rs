//! What each mechanism, fault, objective and parameter has to show, as data.

use super::{Condition, Instrument, LogEvent, MetricKind};
use crate::quantity::{Dimension, Quantity};
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_15_objectives::SloType;
use crate::step_16_knobs::KnobKind;
use crate::vocabulary::FaultKind;
use Instrument::*;
use LogEvent::*;
use MetricKind::*;
use std::cmp::Ordering;

/// A line of the plan: what runs it, what it counts, and what it writes down.
pub struct Plan {
    /// The obligation it implements.
    pub id: &'static str,
    /// Mechanisms that are all seen by the same figures.
    pub mechanisms: &'static [Mechanism],
    /// What is measured.
    pub metrics: &'static [MetricKind],
    /// What is written down for investigations.
    pub logs: &'static [LogEvent],
}

/// What a mechanism needs to be watched (S18-e1 to S18-e6; the failure of each in the pattern reference).
#[rustfmt::skip]
pub static PLANS: &[Plan] = {
    use Mechanism::*;
    &[
        Plan { id: "S18-e1", mechanisms: &[CasOnVersion, CasOnStateAndVersion, CasOnPredicate], metrics: &[Attempts, Conflicts, Retries], logs: &[Conflict, Rejection] },
        Plan { id: "S18-e1", mechanisms: &[CasOnStateAndVersion], metrics: &[], logs: &[TransitionFailure] },
        Plan { id: "PR-cc4", mechanisms: &[PessimisticLock, RowLock], metrics: &[Attempts, LockTimeouts], logs: &[Rejection] },
        Plan { id: "PR-wr4", mechanisms: &[SingleWriterQueue], metrics: &[QueueDepth, Attempts, Conflicts, Retries], logs: &[Rejection] },
        Plan { id: "S18-e2", mechanisms: &[IdempotencyKey], metrics: &[OutcomeLookups, OutcomeHits, OutcomeExpiries, ClientRetries, MissedRetries], logs: &[Replay] },
        Plan { id: "S18-e3", mechanisms: &[Lease, Reservation], metrics: &[Claims, Expiries, ClaimAge], logs: &[ClaimChange] },
        Plan { id: "S18-e3", mechanisms: &[FencingToken, OwnershipEpoch], metrics: &[Commands, MetricKind::FenceRejections], logs: &[FenceRejection] },
        Plan { id: "S18-e4", mechanisms: &[StreamAggregation, EventDedup, IdempotentConsumer], metrics: &[Throughput, DedupHits], logs: &[] },
        Plan { id: "S18-e4", mechanisms: &[StreamAggregation, Cdc, Outbox, MessageQueue, PubSub, DurableNotification, FanOutOnWrite], metrics: &[Lag, DeadLetters], logs: &[SetAside] },
        Plan { id: "PR-ti1", mechanisms: &[Windowing], metrics: &[Throughput, LateEvents], logs: &[Dropped] },
        Plan { id: "S18-e5", mechanisms: &[Cqrs, Denormalization, SpatialPartition, SynchronousUpdate], metrics: &[ApplyDuration], logs: &[] },
        Plan { id: "PR-rd1", mechanisms: &[CacheAside], metrics: &[CacheLookups, CacheHits], logs: &[] },
        Plan { id: "S18-e6", mechanisms: &[UniqueKey, ContentHash, WriteThenRead], metrics: &[Inserts, DuplicateInserts], logs: &[Replay] },
        Plan { id: "PR-cc6", mechanisms: &[Saga], metrics: &[SagaAge, UndoFailures], logs: &[StepOutcome] },
        Plan { id: "PR-cc7", mechanisms: &[TwoPhaseCommit], metrics: &[SagaAge], logs: &[StepOutcome] },
        Plan { id: "PR-ft3", mechanisms: &[CircuitBreaker], metrics: &[BreakerState], logs: &[BreakerChange] },
        Plan { id: "PR-ft4", mechanisms: &[Bulkhead, Escrow], metrics: &[Saturation], logs: &[] },
        Plan { id: "PR-ti7", mechanisms: &[ScheduledTrigger, Crdt, LeaderlessReplication, VersionVector, StateVectorSync], metrics: &[Lag], logs: &[] },
        Plan { id: "S6.1-r6", mechanisms: &[AuthorizationCheck], metrics: &[AccessChecks, Denials], logs: &[Denial] },
    ]
};

/// The figure by which a promise of that type is kept or broken (S15-r1 to S15-r5).
pub fn measured_by(slo: SloType) -> MetricKind {
    match slo {
        SloType::Latency => Duration,
        SloType::Availability => Requests,
        SloType::Correctness => Violations,
        SloType::Freshness => Lag,
        SloType::Throughput => Requests,
    }
}

/// Whether an alert at the threshold fires no later than the target is missed. A throughput is a capacity: it is missed when so
/// much more is asked for that the headroom is gone.
pub fn guards(slo: SloType, threshold: &Quantity, target: &Quantity) -> bool {
    let target = match slo {
        SloType::Throughput => target.checked_mul(&HEADROOM).unwrap_or(*target),
        _ => *target,
    };
    match threshold.compare(&target) {
        Some(order) => order != Ordering::Greater,
        // A count of violations per day against none.
        None => threshold.is_zero(),
    }
}

/// How a fault shows (CK-18b): figures of the path, component or parameter it befalls.
#[rustfmt::skip]
pub static SYMPTOMS: &[(FaultKind, &[MetricKind])] = &[
    (FaultKind::ClientRetry, &[MissedRetries, DuplicateInserts, Violations, Conflicts]),
    (FaultKind::DuplicateDelivery, &[Violations, DedupHits, DuplicateInserts, MissedRetries, DeadLetters]),
    (FaultKind::PartialWrite, &[Lag, SagaAge, UndoFailures, Violations, DeadLetters]),
    (FaultKind::OutOfOrder, &[LateEvents, Lag, Violations, DeadLetters]),
    (FaultKind::TemporalBoundary, &[Violations, LateEvents]),
    (FaultKind::NodeCrash, &[Errors, Lag, Down, ClaimAge]),
    (FaultKind::Partition, &[Errors, Lag, Down]),
    (FaultKind::SlowDownstream, &[Duration, BreakerState, Errors, Lag]),
    (FaultKind::RetryStorm, &[Requests, Retries, Errors, QueueDepth, HotKeyRate, Saturation]),
    (FaultKind::HolderCrash, &[Expiries, ClaimAge]),
];

/// What turning a parameter moves (S18-g1): there it is seen whether the turn was right.
#[rustfmt::skip]
pub static EFFECTS: &[(KnobKind, &[MetricKind])] = &[
    (KnobKind::RetryLimit, &[Retries, Conflicts, Duration]),
    (KnobKind::LeaseTtl, &[Expiries, ClaimAge]),
    (KnobKind::LockTimeout, &[LockTimeouts, Duration]),
    (KnobKind::CacheTtl, &[CacheHits, Lag]),
    (KnobKind::CacheSize, &[CacheHits, Saturation]),
    (KnobKind::RefillWindow, &[CacheHits, Duration]),
    (KnobKind::RetryBudget, &[DeadLetters, Lag]),
    (KnobKind::BackoffBase, &[Lag, Retries, Duration, Errors, DeadLetters]),
    (KnobKind::BackoffMax, &[Lag, Retries, Duration, Errors, DeadLetters]),
    (KnobKind::Jitter, &[Requests, Retries, Lag]),
    (KnobKind::WindowSize, &[Throughput, Lag, Saturation]),
    (KnobKind::AllowedLateness, &[LateEvents, Lag]),
    (KnobKind::WatermarkLag, &[LateEvents, Lag]),
    (KnobKind::OutcomeTtl, &[MissedRetries, OutcomeExpiries]),
    (KnobKind::MarkRetention, &[DedupHits, Violations]),
    (KnobKind::CallTimeout, &[Duration, Errors]),
    (KnobKind::StoreTimeout, &[Duration, Errors]),
    (KnobKind::AttemptWait, &[Retries, Conflicts, Duration]),
    (KnobKind::RequestAttempts, &[MissedRetries, Requests, Errors]),
    (KnobKind::BreakerThreshold, &[BreakerState, Errors]),
    (KnobKind::ProbeInterval, &[BreakerState, Errors]),
    (KnobKind::DecayHalfLife, &[Throughput, Lag, Duration]),
    (KnobKind::TopK, &[ApplyDuration, Duration, Lag]),
    (KnobKind::FanOutThreshold, &[Lag, DeadLetters]),
    (KnobKind::ReadRatio, &[Requests, CacheHits, Duration]),
    (KnobKind::QueueDepth, &[QueueDepth, Duration, Requests]),
    (KnobKind::RelayInterval, &[Lag]),
    (KnobKind::EvolveThreshold, &[Retries, Saturation, Lag, Duration, Requests]),
    (KnobKind::AlertThreshold, &[Retries, Errors, Lag, Duration, Requests]),
    (KnobKind::IncidentThreshold, &[Retries, Errors, Lag, Duration, Requests]),
    (KnobKind::CellResolution, &[ApplyDuration, Duration, HotKeyRate]),
    (KnobKind::ChangeLag, &[Lag]),
    (KnobKind::ReplayWindow, &[Lag, DeadLetters, DedupHits]),
    (KnobKind::BoundaryWindow, &[BoundaryDecisions]),
];

/// How a kind of metric appears in Prometheus.
pub struct Series {
    /// Without the system's prefix: unit and `_total` by convention.
    pub name: &'static str,
    /// Counter, gauge or histogram.
    pub instrument: Instrument,
}

impl MetricKind {
    /// Its series.
    pub fn series(self) -> Series {
        let (name, instrument) = match self {
            Requests => ("requests_total", Counter),
            Errors => ("request_errors_total", Counter),
            Duration => ("request_duration_seconds", Histogram),
            HotKeyRate => ("hottest_key_requests_per_second", Gauge),
            BoundaryDecisions => ("boundary_decisions_total", Counter),
            Attempts => ("write_attempts_total", Counter),
            Conflicts => ("write_conflicts_total", Counter),
            Retries => ("write_retries_total", Counter),
            LockTimeouts => ("lock_timeouts_total", Counter),
            QueueDepth => ("queue_depth", Gauge),
            Inserts => ("inserts_total", Counter),
            DuplicateInserts => ("duplicate_inserts_total", Counter),
            AccessChecks => ("access_checks_total", Counter),
            Denials => ("access_denials_total", Counter),
            OutcomeLookups => ("outcome_lookups_total", Counter),
            OutcomeHits => ("outcome_hits_total", Counter),
            OutcomeExpiries => ("outcome_expiries_total", Counter),
            ClientRetries => ("client_retries_total", Counter),
            MissedRetries => ("client_retries_missed_total", Counter),
            Claims => ("claims_total", Counter),
            Expiries => ("claim_expiries_total", Counter),
            ClaimAge => ("oldest_claim_seconds", Gauge),
            Commands => ("fenced_commands_total", Counter),
            MetricKind::FenceRejections => ("fence_rejections_total", Counter),
            Throughput => ("events_applied_total", Counter),
            Lag => ("lag_seconds", Gauge),
            DeadLetters => ("dead_letters", Gauge),
            DedupHits => ("duplicate_events_total", Counter),
            LateEvents => ("late_events_total", Counter),
            ApplyDuration => ("apply_duration_seconds", Histogram),
            CacheLookups => ("cache_lookups_total", Counter),
            CacheHits => ("cache_hits_total", Counter),
            BreakerState => ("breakers_open", Gauge),
            SagaAge => ("oldest_saga_seconds", Gauge),
            UndoFailures => ("undo_failures_total", Counter),
            Violations => ("invariant_violations", Gauge),
            AuditAge => ("audit_age_seconds", Gauge),
            Saturation => ("saturation_ratio", Gauge),
            Down => ("instances_down", Gauge),
        };
        Series { name, instrument }
    }
}

/// A figure that alerts at a level of its own, whatever is promised.
pub struct Level {
    /// The obligation it implements.
    pub id: &'static str,
    /// The figure.
    pub kind: MetricKind,
    /// How it is read.
    pub condition: Condition,
    /// What it is a share of.
    pub against: Option<MetricKind>,
    /// The level where nothing sets it.
    pub threshold: Quantity,
    /// The name of such alerts.
    pub name: &'static str,
    /// Whether somebody is woken.
    pub pages: bool,
}

const fn percent(amount: i128) -> Quantity {
    Quantity::whole(amount, Dimension::Percent)
}

const fn seconds(amount: i128) -> Quantity {
    Quantity::whole(amount * 1_000_000_000, Dimension::Time)
}

const fn line(
    id: &'static str,
    kind: MetricKind,
    condition: Condition,
    against: Option<MetricKind>,
    threshold: Quantity,
    name: &'static str,
    pages: bool,
) -> Level {
    Level { id, kind, condition, against, threshold, name, pages }
}

/// Levels that alert (S18-e1 to S18-e6). Shares, where a count above nothing would fire in normal operation; the retry
/// rate twice, so that the ladder evolve < alert < incident has its two upper rungs.
#[rustfmt::skip]
pub static LEVELS: &[Level] = &[
    line("S18-e1", Retries, Condition::Share, Some(Attempts), percent(50), "RetriesHigh", false),
    line("S17-e1", Retries, Condition::Share, Some(Attempts), percent(80), "RetryStorm", true),
    line("PR-cc4", LockTimeouts, Condition::Share, Some(Attempts), percent(1), "LockTimeouts", true),
    line("S18-e2", MissedRetries, Condition::Share, Some(ClientRetries), percent(1), "RetriesWithoutOutcome", true),
    line("S18-e3", Expiries, Condition::Share, Some(Claims), percent(5), "ClaimsExpire", false),
    line("A-70", MetricKind::FenceRejections, Condition::Share, Some(Commands), percent(1), "StaleHolders", true),
    line("S18-e4", DeadLetters, Condition::Level, None, Quantity::count(0), "DeadLetters", false),
    line("S18-e4", DedupHits, Condition::Share, Some(Throughput), percent(10), "ManyDuplicates", false),
    line("S14-f4", LateEvents, Condition::Share, Some(Throughput), percent(1), "EventsTooLate", false),
    line("A-70", DuplicateInserts, Condition::Share, Some(Inserts), percent(10), "DuplicateInsertsHigh", false),
    line("PR-cc6", SagaAge, Condition::Level, None, seconds(300), "SagaStuck", true),
    line("PR-cc6", UndoFailures, Condition::Any, None, Quantity::count(0), "UndoFails", true),
    line("PR-ft3", BreakerState, Condition::Level, None, Quantity::count(0), "BreakerOpen", false),
    line("S6.1-r6", Denials, Condition::Share, Some(AccessChecks), percent(10), "DenialsHigh", false),
    line("A-76", Violations, Condition::Level, None, Quantity::count(0), "InvariantViolated", true),
    line("A-76", AuditAge, Condition::Level, None, seconds(86_400), "AuditMissing", false),
    line("PR-wr4", QueueDepth, Condition::Level, None, Quantity::count(1_000), "QueueLong", false),
    line("S20-e1", Saturation, Condition::Level, None, percent(80), "NearlyFull", false),
    line("S14-f6", Down, Condition::Level, None, Quantity::count(0), "InstanceDown", true),
];

/// Of everything that serves requests, the share that may fail before somebody is woken, where no availability is promised.
pub const ERROR_SHARE: Quantity = percent(1);

/// How much more than the stated load may come before somebody looks (S15-r5).
pub const HEADROOM: Quantity = percent(120);

/// How far a delivery may be behind before somebody looks, where no bound is declared (S18-e4).
pub const DELIVERY_LAG: Quantity = seconds(30);

/// How long a claim may be held where nothing says how long it lasts (S16-e2).
pub const CLAIM_AGE: Quantity = seconds(30);
