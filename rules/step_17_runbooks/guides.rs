//! What is known of every kind of incident, whatever the spec: where it shows, what to look at, what to turn, how to end it and how
//! to keep it from coming back (S17-o1). `{}` stands for the place.

use super::Incident;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_13_scaling::Hotspot;
use crate::step_18_observability::MetricKind;
use crate::vocabulary::{FaultKind, Vocabulary};
use Mechanism as M;
use MetricKind as K;

/// What is known of one kind of incident.
pub struct Guide {
    /// The kind.
    pub incident: Incident,
    /// The obligation it implements.
    pub id: &'static str,
    /// Figures in which it shows.
    pub signs: &'static [MetricKind],
    /// Mechanisms whose lever helps.
    pub levers: &'static [Mechanism],
    /// Whether it can have broken an invariant, so that audits must say when it is over.
    pub endangers: bool,
    /// How to be sure that this is it.
    pub diagnosis: &'static [&'static str],
    /// What to do at once.
    pub mitigation: &'static [&'static str],
    /// How to find out why.
    pub cause: &'static [&'static str],
    /// How to recover fully.
    pub resolution: &'static [&'static str],
    /// What to change.
    pub prevention: &'static [&'static str],
}

/// What is known of it.
pub fn of(incident: Incident) -> &'static Guide {
    // INVARIANT: one guide each, in the order of the vocabulary, which a test sees to.
    &GUIDES[incident.place()]
}

/// The incident that a fault is.
pub fn of_fault(fault: FaultKind) -> Incident {
    match fault {
        FaultKind::ClientRetry => Incident::LostAnswer,
        FaultKind::DuplicateDelivery => Incident::Duplicates,
        FaultKind::PartialWrite => Incident::HalfWrite,
        FaultKind::OutOfOrder => Incident::Disorder,
        FaultKind::TemporalBoundary => Incident::Boundary,
        FaultKind::NodeCrash => Incident::Crash,
        FaultKind::Partition => Incident::Split,
        FaultKind::SlowDownstream => Incident::SlowDependency,
        FaultKind::RetryStorm => Incident::RetryStorm,
        FaultKind::HolderCrash => Incident::StuckClaim,
    }
}

/// The incident that a hot spot makes.
pub fn of_hotspot(kind: Hotspot) -> Incident {
    match kind {
        Hotspot::KeyWrite => Incident::Contention,
        Hotspot::KeyRead => Incident::HotRead,
        Hotspot::FanOut => Incident::HotFanOut,
        Hotspot::Partition => Incident::HotPartition,
        Hotspot::TimeBoundary => Incident::HotMoment,
    }
}

/// The incident that an alert on such a figure tells of; none where another figure of the same thing leads further.
pub fn of_metric(kind: MetricKind) -> Option<Incident> {
    Some(match kind {
        K::Duration => Incident::Slow,
        K::Errors => Incident::Failing,
        K::Retries | K::LockTimeouts | K::QueueDepth => Incident::Contention,
        K::Lag | K::DeadLetters => Incident::Stale,
        K::Violations => Incident::Violation,
        K::ClaimAge | K::Expiries => Incident::StuckClaim,
        K::FenceRejections => Incident::StaleHolder,
        K::SagaAge | K::UndoFailures => Incident::StuckSaga,
        K::MissedRetries => Incident::LostAnswer,
        K::BreakerState => Incident::SlowDependency,
        K::Down => Incident::Crash,
        K::Saturation => Incident::Full,
        _ => return None,
    })
}

const DECIDING: &[Mechanism] = &[
    M::CasOnVersion,
    M::CasOnStateAndVersion,
    M::CasOnPredicate,
    M::SingleWriterQueue,
    M::RowLock,
    M::PessimisticLock,
    M::InPlaceUpdate,
];
const CARRYING: &[Mechanism] = &[
    M::Outbox,
    M::Cdc,
    M::MessageQueue,
    M::PubSub,
    M::IdempotentConsumer,
    M::StreamAggregation,
    M::CacheAside,
    M::Ttl,
    M::Cqrs,
    M::Rebuild,
    M::Windowing,
];

/// One for each incident, in the order of the vocabulary.
#[rustfmt::skip]
pub static GUIDES: &[Guide] = &[
    Guide {
        incident: Incident::LostAnswer, id: "S14-f1", endangers: true,
        signs: &[K::MissedRetries, K::DuplicateInserts, K::OutcomeHits], levers: &[M::IdempotencyKey, M::UniqueKey, M::RetryBackoff],
        diagnosis: &["compare repetitions with stored outcomes given again: each repetition should be one of these", "take one request key from the replay log and follow its first attempt in the trace"],
        mitigation: &["keep outcomes longer; do not purge them while clients still repeat", "tell clients to wait longer before they repeat"],
        cause: &["does the client make a new key for each attempt?", "is the oldest repetition older than outcomes are kept?", "is the outcome recorded in the transaction of the write (A-37)?"],
        resolution: &["find requests of {} with more than one outcome by audit, and undo all but the first with the product's owner"],
        prevention: &["keep outcomes longer than the longest retry", "refuse requests without a key"],
    },
    Guide {
        incident: Incident::Duplicates, id: "S14-f2", endangers: true,
        signs: &[K::DedupHits, K::DeadLetters], levers: &[M::EventDedup, M::IdempotentConsumer],
        diagnosis: &["compare duplicates seen with events applied", "look whether the relay or a rebalancing consumer sends from an old position"],
        mitigation: &["none is needed while duplicates are recognised: they change nothing", "where they are not, stop the consumer of {}; its events wait in the log"],
        cause: &["was the position stored apart from the effect?", "are marks forgotten before the source stops sending again?"],
        resolution: &["recompute what was applied twice from the log of events", "start the consumer from its last position"],
        prevention: &["record the event's id in the transaction of its effect (A-42)", "keep marks as long as the source can send again"],
    },
    Guide {
        incident: Incident::HalfWrite, id: "S14-f3", endangers: true,
        signs: &[K::Lag, K::SagaAge, K::DeadLetters], levers: &[M::Outbox, M::Cdc, M::Saga, M::StepIdempotency, M::InTransactionWrite],
        diagnosis: &["look at the age of the oldest row that waits for the relay, or of the oldest unfinished step", "follow one such request in the trace: which step is its last?"],
        mitigation: &["restart the relay or the recovery scan; both go on where they stopped", "do not repeat the step by hand: the log does it, once"],
        cause: &["did the relay lose its connection or its lock?", "does one message fail every time and hold up those behind it?"],
        resolution: &["let the relay catch up; set aside what cannot be delivered, with its error", "confirm that each change of {} has its event"],
        prevention: &["write the event in the transaction of the change, never after it (A-39)", "alert on the age of the oldest row, not on their number"],
    },
    Guide {
        incident: Incident::Disorder, id: "S14-f4", endangers: true,
        signs: &[K::LateEvents, K::DeadLetters, K::Lag], levers: &[M::Windowing, M::IdempotentConsumer, M::SequenceAuthority, M::SharedSequence],
        diagnosis: &["compare event time with arrival time for one key", "look whether producers write one key to several partitions"],
        mitigation: &["hold the watermark further back: windows close later and take more"],
        cause: &["is the partition key of the log the scope of the order?", "did a producer send again what it had buffered?"],
        resolution: &["correct the windows that were closed from the log of events", "take back what was set aside, in order"],
        prevention: &["key the log by the scope of the order", "have consumers refuse a lower position for the same key"],
    },
    Guide {
        incident: Incident::Boundary, id: "S14-f5", endangers: true,
        signs: &[K::BoundaryDecisions, K::LateEvents], levers: &[M::CasOnPredicate, M::CasOnStateAndVersion, M::ScheduledTrigger],
        diagnosis: &["take the decisions around the deadline from the outcomes, with the time each was made at", "compare the clocks of the nodes that decide"],
        mitigation: &["stand by the recorded decision: the clock of the authority counts, not the client's", "where clocks drifted, take the node out"],
        cause: &["is the time tested inside the conditional write (A-38)?", "whose clock was it (A-54)?"],
        resolution: &["list what was decided within the drift of the deadline of {}, and let the product's owner settle it"],
        prevention: &["use the clock of the store within the write", "say in the product what holds within the window at the deadline"],
    },
    Guide {
        incident: Incident::Crash, id: "S14-f6", endangers: true,
        signs: &[K::Down, K::Errors], levers: &[M::LeaderFollower, M::Quorum, M::OwnershipEpoch, M::Lease, M::IdempotencyKey],
        diagnosis: &["which instances do not answer, and since when", "what was under way on them: traces without an end"],
        mitigation: &["let the others take over; start a new instance", "if a store failed over, keep it closed to writes until what it acknowledged is confirmed there (A-56)"],
        cause: &["memory, disk, deployment, host?", "did load move to the others, and are they next?"],
        resolution: &["clients repeat with the same key and get the stored outcome", "recovery scans take up what was half done"],
        prevention: &["run enough instances that one may go at the busiest hour", "rehearse the failover"],
    },
    Guide {
        incident: Incident::Split, id: "S14-f6", endangers: true,
        signs: &[K::Errors, K::Lag, K::Down, K::FenceRejections], levers: &[M::Quorum, M::HomeRegion, M::OwnershipEpoch, M::Escrow, M::Crdt, M::LeaderFollower],
        diagnosis: &["which groups of nodes see each other", "does any key have two owners: are there writes with an old epoch?"],
        mitigation: &["leave the smaller side closed for what must be right; let it serve copies, marked as old"],
        cause: &["link, name resolution, certificate, configuration?"],
        resolution: &["when both sides see each other again, let replicas catch up before {} opens on both"],
        prevention: &["test with a cut link what each side does"],
    },
    Guide {
        incident: Incident::SlowDependency, id: "PR-ft3", endangers: false,
        signs: &[K::Duration, K::BreakerState, K::Errors], levers: &[M::CircuitBreaker, M::Timeout, M::Bulkhead, M::RetryBackoff],
        diagnosis: &["in the trace of {}: which span takes the time", "is the dependency slow for all or for some keys?"],
        mitigation: &["open the breaker: fail at once rather than late", "do without what the dependency gives, where the product allows"],
        cause: &["ask who runs the dependency", "did our calls grow: repetitions, a new caller?"],
        resolution: &["close the breaker by its probe, not by hand", "settle what was left undecided: ask the dependency by the key of the request"],
        prevention: &["a timeout from the caller's budget on every call, retries within it (A-36)", "separate pools for what must not wait for it"],
    },
    Guide {
        incident: Incident::RetryStorm, id: "PR-ft2", endangers: false,
        signs: &[K::Requests, K::Retries, K::QueueDepth, K::Saturation], levers: &[M::RetryBackoff, M::CircuitBreaker, M::Bulkhead, M::SingleWriterQueue],
        diagnosis: &["share of repetitions among requests: does load rise while users do not?", "do they come in waves?"],
        mitigation: &["answer early that it is busy, and after how long to ask again", "let in what the store can take; refuse the rest before it costs anything"],
        cause: &["what made the first wave: a deployment, a failover, a deadline?", "which client repeats without waiting longer each time?"],
        resolution: &["open slowly, a share at a time", "nothing is lost: repetitions carry their key"],
        prevention: &["longer waits with jitter in every client, with a budget of retries"],
    },
    Guide {
        incident: Incident::StuckClaim, id: "S17-e3", endangers: true,
        signs: &[K::ClaimAge, K::Expiries], levers: &[M::Lease, M::FencingToken, M::HolderIdentity, M::Reservation, M::ScheduledTrigger],
        diagnosis: &["the oldest claim on {}: who holds it, since when, with which expiry", "is the holder alive?"],
        mitigation: &["none is needed while claims expire: the next one gets it", "where one has no expiry, end it by the operation that releases it, which raises the fence"],
        cause: &["was the expiry set in the same write as the claim?", "did the holder die between claim and release, or does it take longer than the time to live?"],
        resolution: &["audit that there is no claim without expiry and none past it", "confirm that commands of the old holder are refused"],
        prevention: &["claim and expiry in one write, ever", "renew at a third of the time to live where work may take longer", "end the expiry when the claim becomes permanent (A-45)"],
    },
    Guide {
        incident: Incident::Contention, id: "S17-e1", endangers: false,
        signs: &[K::Retries, K::Conflicts, K::HotKeyRate, K::QueueDepth, K::LockTimeouts, K::Duration], levers: DECIDING,
        diagnosis: &["requests per second by key: which one is hot", "conflicts against attempts on that key: what share of the work is lost"],
        mitigation: &["put a queue in front of the hot key, with one writer that takes from it; leave the conditional write active beneath (A-30)", "refuse early when the queue is longer than a client will wait"],
        cause: &["did a key get more attention than it was designed for, or do clients repeat too fast?"],
        resolution: &["let the queue drain; when its key's rate is below what conditional writes carry, write directly again: both ways are safe side by side"],
        prevention: &["watch the rate of the busiest key and queue it before attempts collide", "shorten the time from read to write"],
    },
    Guide {
        incident: Incident::HotRead, id: "S13-h2", endangers: false,
        signs: &[K::HotKeyRate, K::CacheHits, K::Duration, K::Saturation], levers: &[M::CacheAside, M::Ttl, M::Cqrs, M::Denormalization],
        diagnosis: &["which key is read most, and from where", "misses on that key: do many refill it at once?"],
        mitigation: &["keep the key in the memory of each instance for as long as its bound allows", "let one refill at a time"],
        cause: &["did entries end together?", "was the copy dropped by frequent changes?"],
        resolution: &["return to the usual time to live when the rate falls"],
        prevention: &["jitter on times to live", "copies at the edge for what all see alike"],
    },
    Guide {
        incident: Incident::HotFanOut, id: "S13-h3", endangers: false,
        signs: &[K::Lag, K::DeadLetters, K::Requests], levers: &[M::FanOutOnWrite, M::FanOutOnRead, M::PubSub, M::MessageQueue],
        diagnosis: &["which event has most receivers, and how long the queue behind it is"],
        mitigation: &["let receivers of the largest sources pull; push to the rest"],
        cause: &["is the source new, or did its audience grow?"],
        resolution: &["drain the queue; those who wait lose nothing, the record is the truth"],
        prevention: &["a threshold of receivers above which reads pull, as a parameter"],
    },
    Guide {
        incident: Incident::HotPartition, id: "S13-h4", endangers: false,
        signs: &[K::HotKeyRate, K::Saturation, K::Lag, K::Duration], levers: &[M::HashPartition, M::RangePartition, M::PartitionRouting, M::InPlaceUpdate],
        diagnosis: &["load by partition: is one far above the others", "is it one key or a range of keys?"],
        mitigation: &["move the partition to a node of its own", "where changes only add up, spread the key by a suffix and add up on read; never where order or conditions matter (A-29)"],
        cause: &["does the key follow time, or a few large owners?"],
        resolution: &["split the partition, and move keys while both copies are written"],
        prevention: &["a key with enough values of equal weight, chosen before data is there"],
    },
    Guide {
        incident: Incident::HotMoment, id: "S13-h5", endangers: false,
        signs: &[K::Requests, K::Lag, K::QueueDepth, K::Saturation], levers: &[M::ScheduledTrigger, M::Windowing, M::Ttl],
        diagnosis: &["requests per second around the full minute and hour"],
        mitigation: &["spread what is due over the time it may take"],
        cause: &["which schedule, window or expiry ends at the same moment for all?"],
        resolution: &["let the queue drain; a run that was missed is made up for"],
        prevention: &["jitter on schedules, expiries and flushes"],
    },
    Guide {
        incident: Incident::Stale, id: "S17-e2", endangers: false,
        signs: &[K::Lag, K::DeadLetters, K::ApplyDuration], levers: CARRYING,
        diagnosis: &["where the lag arises: at the source, on the way, or when it is written to {}", "does one message fail again and again?", "how long one change takes to apply"],
        mitigation: &["none is needed for correctness: {} is a copy, and the truth is elsewhere", "where users see it, show how old it is"],
        cause: &["did the consumer restart, rebalance, or lose its checkpoint?", "is more coming than it can apply?"],
        resolution: &["start the consumer from its last position: it catches up", "where the copy is wrong, not old, rebuild it beside the old one and swap"],
        prevention: &["alert at half the bound", "take positions more often, so that a restart repeats less"],
    },
    Guide {
        incident: Incident::Violation, id: "A-76", endangers: true,
        signs: &[K::Violations], levers: &[],
        diagnosis: &["the audit's log names the records: take the oldest", "find its request among the outcomes: what was asked, what was read, what was decided"],
        mitigation: &["stop what can make it worse: close the operations that must keep it", "keep the evidence: logs, versions, clocks"],
        cause: &["was there a deployment, a repair by hand, a failover before the oldest violation?", "does the write carry the whole condition?"],
        resolution: &["correct the records by operations, not by hand in the store", "run the audit again over all records"],
        prevention: &["a test that drives the same operations at the same time", "a constraint in the store where it can state the invariant"],
    },
    Guide {
        incident: Incident::StuckSaga, id: "PR-cc6", endangers: true,
        signs: &[K::SagaAge, K::UndoFailures], levers: &[M::Saga, M::StepIdempotency, M::Reservation, M::TwoPhaseCommit, M::CircuitBreaker],
        diagnosis: &["the oldest unfinished one in its log: which step, how many attempts, aborting or not", "does the service of that step answer?"],
        mitigation: &["let the recovery scan try again; it may, for steps take effect once", "hold new ones back while the service of the step is down"],
        cause: &["does an undo step fail for a reason that will not go away?"],
        resolution: &["where an undo cannot succeed, settle it by hand on both sides, and record that in the log", "reservations that nobody confirms end by themselves"],
        prevention: &["an undo that cannot be refused", "a reservation instead of an undo, where others see the state in between (A-22)"],
    },
    Guide {
        incident: Incident::StaleHolder, id: "A-70", endangers: true,
        signs: &[K::FenceRejections], levers: &[M::FencingToken, M::OwnershipEpoch, M::Lease],
        diagnosis: &["who sends with old fences: one instance, or all", "how much older than the present fence"],
        mitigation: &["none is needed for correctness: what is refused has no effect", "take the instance out that does not notice that its claim has ended"],
        cause: &["is work longer than the time to live?", "does a paused process go on where it stopped?"],
        resolution: &["confirm that every resource of {} refuses old fences"],
        prevention: &["holders test their claim before each command and stop when it has ended"],
    },
    Guide {
        incident: Incident::Slow, id: "S15-r1", endangers: false,
        signs: &[K::Duration, K::QueueDepth, K::Retries], levers: &[M::Timeout, M::CircuitBreaker, M::CacheAside, M::Bulkhead],
        diagnosis: &["in the trace of {}: which span grew", "is it every request, some keys, or one instance?"],
        mitigation: &["shed what is least important first", "undo the last deployment if it began there"],
        cause: &["load, contention, a dependency, a missing index?"],
        resolution: &["watch the percentile through one busy hour"],
        prevention: &["a budget per hop, and an alert at the hop"],
    },
    Guide {
        incident: Incident::Failing, id: "S15-r2", endangers: false,
        signs: &[K::Errors, K::Down, K::BreakerState], levers: &[M::RetryBackoff, M::CircuitBreaker, M::LeaderFollower, M::Bulkhead],
        diagnosis: &["errors of {} by kind and by instance", "is it ours, or a dependency's?"],
        mitigation: &["undo the last deployment if it began there", "take out the instances that fail"],
        cause: &["deployment, configuration, expired secret, full store?"],
        resolution: &["clients repeat with their key; nothing is done twice"],
        prevention: &["roll out to a share first, and stop on errors"],
    },
    Guide {
        incident: Incident::Full, id: "S20-d1", endangers: false,
        signs: &[K::Saturation], levers: &[M::Ttl, M::Bulkhead, M::Escrow],
        diagnosis: &["what fills {}: records, connections, memory", "how fast: days or hours left"],
        mitigation: &["add room; drop what may be forgotten first: copies, outcomes past their time"],
        cause: &["growth as expected, or something that is never deleted?"],
        resolution: &["back below two thirds"],
        prevention: &["go to the next stage of the evolution when its signal comes, not when it is full"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_incident_has_its_guide() {
        assert_eq!(GUIDES.len(), Incident::ALL.len());
        for incident in Incident::ALL {
            let guide = of(*incident);
            assert_eq!(guide.incident, *incident);
            for part in [guide.diagnosis, guide.mitigation, guide.cause, guide.resolution, guide.prevention] {
                assert!(!part.is_empty(), "{incident}");
            }
            assert!(!guide.signs.is_empty(), "{incident}");
        }
    }
}
