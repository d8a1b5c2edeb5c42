//! What turning a number does, up and down (S16-o1).

use super::KnobKind::{self, *};

/// What it does to raise the number, and to lower it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Effect {
    /// More of it.
    pub up: &'static str,
    /// Less of it.
    pub down: &'static str,
}

/// The effects of turning a number.
#[rustfmt::skip]
pub fn of(kind: KnobKind) -> Effect {
    let (up, down) = match kind {
        RetryLimit => ("more attempts succeed under contention; the slowest take longer", "failure comes sooner; fewer succeed under contention"),
        LeaseTtl => ("a claim whose holder died is held longer", "slow work loses its claim more often"),
        LockTimeout => ("more wait behind a slow holder", "more give up that would have got the lock"),
        CacheTtl => ("readers see older copies", "fresher copies, more reads of the source"),
        CacheSize => ("more hits, more memory", "more misses, more reads of the source"),
        RefillWindow => ("one refill serves more readers, who wait longer", "several refill the same entry at once"),
        ChangeLag => ("cheaper carrying, in larger batches; copies are older", "fresher copies, more work in small batches"),
        RetryBudget => ("more attempts before a message is set aside; it blocks others longer", "a passing failure sets more messages aside"),
        BackoffBase => ("slower recovery of one request, less of a storm", "faster recovery of one request, more of a storm"),
        BackoffMax => ("a long outage is asked less often, and its end noticed later", "its end is noticed sooner, under more load"),
        Jitter => ("retries spread out, and their time is less certain", "retries come in waves"),
        WindowSize => ("coarser in time, less state", "finer in time, more state"),
        AllowedLateness => ("more late events still count; windows are kept longer", "more late events are counted apart"),
        // the framework's own row has the second half turned round.
        WatermarkLag => ("more late events are in time; windows close later", "windows close sooner; more events are late"),
        OutcomeTtl => ("later retries are still recognised; more is stored", "a late retry is taken for a new request"),
        MarkRetention => ("older events are still recognised; more is stored", "an event sent again late counts twice"),
        ReplayWindow => ("a consumer can begin again from further back; more is stored", "what a consumer lost longer ago is lost"),
        CallTimeout => ("slow answers still count; the path may miss its own target", "answers on their way are cut off"),
        StoreTimeout => ("a slow store still answers; the path may miss its own target", "answers on their way are cut off"),
        AttemptWait => ("fewer attempts meet again; the path takes longer", "attempts that met meet again"),
        RequestAttempts => ("more requests outlast a disturbance; outcomes must be known for longer", "a short disturbance is seen by whoever asked"),
        BreakerThreshold => ("failing calls are made longer", "calls stop at a short disturbance"),
        ProbeInterval => ("recovery is noticed later", "a service on its knees is asked more often"),
        DecayHalfLife => ("the past weighs longer; ranks change slowly", "only the last moments count; ranks jump"),
        TopK => ("more is kept and sorted", "what just misses the list is not seen"),
        FanOutThreshold => ("larger audiences are pushed to: storms of writes", "more readers pull and merge: slower reads"),
        ReadRatio => ("fewer views are worth a copy", "more copies to keep up to date"),
        QueueDepth => ("more wait, and longer, before they are refused", "a short peak is refused"),
        RelayInterval => ("fewer reads of the outbox; events leave later", "events leave sooner; more empty reads"),
        EvolveThreshold => ("the next stage comes later, maybe too late", "the next stage is built before it is needed"),
        AlertThreshold => ("somebody is woken later", "somebody is woken for nothing"),
        IncidentThreshold => ("damage grows before it is called an incident", "alerts become incidents that are none"),
        CellResolution => ("fewer cells per search, more records in each", "more cells per search, fewer records in each"),
        BoundaryWindow => ("more requests near a deadline are looked at twice", "clocks that differ decide more of them"),
    };
    Effect { up, down }
}
