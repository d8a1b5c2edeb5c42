//! Which mechanism brings which numbers (S16-cat1 to S16-cat5, A-67).

use super::KnobKind::{self, *};
use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::proof::{Fact, RuleId, Term};
use crate::step_06_mechanisms::patterns::Mechanism::{self, *};
use crate::vocabulary::Vocabulary;
use std::collections::BTreeMap;

/// One line: mechanisms, and the numbers none of them goes without.
#[derive(Clone, Copy, Debug)]
pub struct Lever {
    /// The obligation.
    pub rule: RuleId,
    /// Any of these.
    pub of: &'static [Mechanism],
    /// All of these.
    pub kinds: &'static [KnobKind],
    /// Whether there is one for the whole system, and why.
    pub system: Option<&'static str>,
}

const fn line(rule: RuleId, of: &'static [Mechanism], kinds: &'static [KnobKind]) -> Lever {
    Lever { rule, of, kinds, system: None }
}

/// In the order of the framework's categories, then what its list leaves out.
#[rustfmt::skip]
pub static LEVERS: &[Lever] = &[
    line("S16-cat1", &[CasOnVersion, CasOnStateAndVersion, CasOnPredicate], &[RetryLimit]),
    line("S16-cat1", &[Lease, Reservation],              &[LeaseTtl]),
    line("S16-cat1", &[PessimisticLock, RowLock],        &[LockTimeout]),
    line("S16-cat2", &[CacheAside],                      &[CacheTtl, CacheSize, RefillWindow]),
    line("S16-cat2", &[Ttl],                             &[CacheTtl]),
    line("S16-cat3", &[Outbox, DurableNotification, MessageQueue, StreamAggregation, Cdc, Saga], &[RetryBudget]),
    line("S16-cat5", &[IdempotencyKey],                  &[OutcomeTtl]),
    Lever { rule: "A-62",     of: &[IdempotencyKey], kinds: &[RequestAttempts], system: Some("A-62") },
    Lever { rule: "S16-cat3", of: RETRYING, kinds: &[BackoffBase, BackoffMax, Jitter], system: Some("S16-e5") },
    // what is derived and has no line in the framework's list.
    line("A-66",     &[Cdc],                             &[ChangeLag]),
    line("A-67",     &[EventDedup, IdempotentConsumer],  &[MarkRetention, ReplayWindow]),
    line("PR-ft3",   &[CircuitBreaker],                  &[BreakerThreshold, ProbeInterval]),
    line("A-78",     &[FanOutOnWrite, FanOutOnRead],     &[FanOutThreshold]),
    line("PR-wr4",   &[SingleWriterQueue],               &[QueueDepth]),
    line("PR-ev3",   &[Outbox],                          &[RelayInterval]),
    line("A-68",     &[CasOnVersion, CasOnStateAndVersion, CasOnPredicate], &[EvolveThreshold, AlertThreshold, IncidentThreshold]),
];

/// What is tried again by itself, or by whoever hears nothing.
const RETRYING: &[Mechanism] = &[
    CasOnVersion,
    CasOnStateAndVersion,
    CasOnPredicate,
    IdempotencyKey,
    Outbox,
    DurableNotification,
    MessageQueue,
    StreamAggregation,
    Cdc,
    Saga,
    RetryBackoff,
    Timeout,
];

/// `uses(dp, mechanism, fact)`: whether selected, added, or the form of another.
pub fn uses(design: &Design) -> Vec<(Dp, Mechanism, Fact)> {
    let step = &design.mechanisms;
    let selection = |relation, dp: Dp, mechanism: Mechanism, row: RuleId| {
        Fact::new(relation, &[dp.into(), Term::Word(mechanism.word()), Term::Word(row)])
    };
    let mut uses: BTreeMap<(Dp, Mechanism), Fact> = BTreeMap::new();
    for &(dp, mechanism, row) in &step.mechanism {
        uses.entry((dp, mechanism)).or_insert(selection("mechanism", dp, mechanism, row));
    }
    for &(dp, mechanism, row) in &step.adds {
        uses.entry((dp, mechanism)).or_insert(selection("adds", dp, mechanism, row));
    }
    for &(dp, mechanism, form, _) in &step.form {
        uses.entry((dp, form)).or_insert(fact!(form, dp, mechanism.word(), form.word()));
    }
    uses.into_iter().map(|((dp, mechanism), fact)| (dp, mechanism, fact)).collect()
}

/// `window(what, declared)`: an object or view that is aggregated over stretches of time.
pub fn windows(facts: &Facts) -> Vec<(Entity, Fact)> {
    let objects = facts.windowed.iter().map(|&(object, length)| (object.into(), fact!(windowed, object, length)));
    let views = facts.window.iter().map(|&(view, length)| (view.into(), fact!(window, view, length)));
    objects.chain(views).collect()
}
