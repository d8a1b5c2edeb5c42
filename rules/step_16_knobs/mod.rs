//! Step 16, operational parameters: every number with its range and effect (S16-g1, CK-16a).
//!
//! [`levers`] says which mechanism brings which numbers, [`settings`] what each is by default and between what it may
//! move, [`effects`] what turning it does. Numbers that the framework's own list leaves out are here as well.
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod checks;
pub mod constraints;
pub mod decisions;
pub mod effects;
pub mod levers;
pub mod settings;
#[cfg(test)]
mod tests;

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::proof::{Fact, Premises, RuleId, premises};
use crate::quantity::Quantity;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::vocabulary::{Vocabulary, vocabulary};
use ascent::ascent;
use levers::LEVERS;
use settings::Settings;
use std::collections::BTreeMap;

vocabulary! {
    /// The numbers a design needs (S16-cat1 to S16-cat5, A-67).
    KnobKind = "kind of operational parameter" {
        RetryLimit = "conditional-write retry limit": "Attempts before a conflict is answered.",
        LeaseTtl = "lease TTL": "How long a claim lasts unrenewed.",
        LockTimeout = "lock timeout": "How long a lock is waited for.",
        CacheTtl = "cache TTL": "How long a copy is served.",
        CacheSize = "cache size": "Copies kept.",
        RefillWindow = "refill window": "How long one refill serves all who ask.",
        ChangeLag = "change lag": "How far a carrier of changes may be behind.",
        RetryBudget = "retry budget": "Attempts before a message is set aside.",
        BackoffBase = "backoff base": "The first wait between attempts.",
        BackoffMax = "backoff maximum": "The longest wait between attempts.",
        Jitter = "jitter": "The random part of a wait.",
        WindowSize = "window size": "The length of a window.",
        AllowedLateness = "allowed lateness": "How long after its close a window still takes events.",
        WatermarkLag = "watermark lag": "How far behind real time the watermark is held.",
        OutcomeTtl = "idempotency TTL": "How long outcomes are remembered.",
        MarkRetention = "dedup retention": "How long applied events are remembered.",
        ReplayWindow = "replay window": "How far back a consumer can begin again.",
        CallTimeout = "call timeout": "The longest wait for a called service.",
        StoreTimeout = "store timeout": "The longest wait of a path for one access to its store.",
        AttemptWait = "attempt wait": "The first wait between attempts while somebody waits for the path.",
        RequestAttempts = "request attempts": "How often whoever asked sends one request at most.",
        BreakerThreshold = "circuit-breaker threshold": "The error rate at which calls stop.",
        ProbeInterval = "probe interval": "How often a stopped call is tried.",
        DecayHalfLife = "half-life": "How fast a weight decays.",
        TopK = "ranking length": "How many are kept.",
        FanOutThreshold = "fan-out threshold": "Receivers above which reads pull.",
        ReadRatio = "read-to-write ratio": "Above which a path counts as read-heavy.",
        QueueDepth = "queue depth": "Waiting requests before new ones are refused.",
        RelayInterval = "relay interval": "How often the outbox is read.",
        EvolveThreshold = "evolution threshold": "The level that starts the next stage.",
        AlertThreshold = "alert threshold": "The level that alerts.",
        IncidentThreshold = "incident threshold": "The level that is an incident.",
        CellResolution = "cell resolution": "The size of a geographic cell.",
        BoundaryWindow = "boundary window": "How near a deadline counts as at it.",
    }
}

ascent! {
    /// The tunable numbers.
    pub struct Knobs;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `called(derived, name)`: what this step calls the things it derives; sorted, one each.
    relation called(Entity, String);

    /// `knob(knob, kind, of)`: a parameter of a design parameter, table, component or path (S16-g1).
    relation knob(Knob, KnobKind, Entity);
    /// `default(knob, value)`: what it is set to: the author's decision, or what is derived.
    relation default(Knob, Quantity);
    /// `range(knob, min, max)`
    relation range(Knob, Quantity, Quantity);
    /// `bounded(knob, by, rule)`: why the range is as it is: another parameter, objective or declaration.
    relation bounded(Knob, Entity, crate::proof::RuleId);
    /// `settled(knob, decision)`: the author decides its value.
    relation settled(Knob, Decision);
    /// `constraint(of, law, rule)`: what must hold among the numbers of a thing.
    relation constraint(Entity, constraints::Law, crate::proof::RuleId);

    // From Step 6, from declarations, and from Step 15.
    relation uses(Dp, Mechanism, Fact);
    relation window(Entity, Fact);
    relation decays(View, Quantity);
    relation top(View, Quantity);
    relation hop_timeout(Entity, Entity, Quantity);
    relation attempts(Entity, Entity, Quantity);
    relation backoff(Entity, Quantity);
    relation lag(View, Quantity);
    relation clocked(Operation);
    relation read_by(View, Actor, Option<Quantity>);
    relation query_radius(Query, Field, Quantity);

    /// `lever(kind, of, rule, premises)`: a number is needed, before it has an id.
    relation lever(KnobKind, Entity, RuleId, Premises);

    // S16-g1, S16-cat1 to S16-cat5, A-67. Every mechanism brings the numbers that make it behave.
    lever(*kind, Entity::from(*dp), row.rule, premises(&[*selected])) <--
        uses(dp, mechanism, selected),
        for row in LEVERS,
        if row.of.contains(mechanism),
        for kind in row.kinds.iter(),
        if row.system.is_none();

    // S16-e5. Retries are tuned together, so that no path becomes the storm of another.
    lever(*kind, Entity::System(System(0)), row.rule, premises(&[*selected])) <--
        uses(_, mechanism, selected),
        for row in LEVERS,
        if row.of.contains(mechanism),
        for kind in row.kinds.iter(),
        if row.system.is_some();

    // S16-cat4, S16-e6. A window has a length, takes events for a while after its end, and waits for late ones.
    lever(kind, what, "S16-cat4", premises(&[*declared])) <--
        window(what, declared),
        for kind in [KnobKind::WindowSize, KnobKind::AllowedLateness, KnobKind::WatermarkLag];

    // What a ranking keeps and how fast a weight decays are numbers as well.
    lever(KnobKind::DecayHalfLife, Entity::from(*view), "A-67", premises(&[fact!(decays, *view, *time)])) <-- decays(view, time);
    lever(KnobKind::TopK, Entity::from(*view), "A-67", premises(&[fact!(top, *view, *count)])) <-- top(view, count);

    // From when on a path counts as read-heavy.
    lever(KnobKind::ReadRatio, Entity::System(System(0)), "A-78", premises(&[fact!(read_by, *view, *actor)])) <--
        read_by(view, actor, _);

    // S15-d4. Every timeout follows from the budget of the paths that wait: a service has one for all who call it, …
    lever(KnobKind::CallTimeout, callee, "S15-d4", premises(&[fact!(hop_timeout, *path, *callee, *time)])) <--
        hop_timeout(path, callee, time),
        if matches!(callee, Entity::Service(_));
    // … an access to a store as many as there are paths, for each has its own deadline.
    lever(KnobKind::StoreTimeout, path, "S15-d4", premises(&[fact!(hop_timeout, *path, *callee, *time)])) <--
        hop_timeout(path, callee, time),
        if matches!(callee, Entity::Object(_));

    // Attempts on a path wait for each other out of the time of that path.
    lever(KnobKind::AttemptWait, path, "A-36", premises(&[fact!(attempts, *path, *callee, *times), fact!(backoff, *path, *base)])) <--
        backoff(path, base),
        attempts(path, callee, times),
        if *times > Quantity::count(1);

    // How far a projection is behind says when to look, when to act, and when to build differently.
    lever(kind, Entity::from(*view), "A-68", premises(&[fact!(lag, *view, *bound)])) <--
        lag(view, bound),
        if !bound.is_zero(),
        for kind in [KnobKind::EvolveThreshold, KnobKind::AlertThreshold, KnobKind::IncidentThreshold];

    // How near a deadline counts as at it: as near as clocks agree.
    lever(KnobKind::BoundaryWindow, Entity::from(*operation), "A-54", premises(&[fact!(clocked, *operation)])) <--
        clocked(operation);

    // PR-rd5. A search by place visits cells of some size.
    lever(KnobKind::CellResolution, Entity::from(*query), "PR-rd5", premises(&[fact!(query_radius, *query, *field, *distance)])) <--
        query_radius(query, field, distance);
}

/// Runs the step's program on the design so far.
pub fn derive(design: &Design) -> Knobs {
    let facts = &design.facts;
    let mut step = Knobs {
        uses: levers::uses(design),
        window: levers::windows(facts),
        decays: facts.decays.clone(),
        top: facts.top.clone(),
        hop_timeout: design.objectives.hop_timeout.clone(),
        attempts: design.objectives.attempts.clone(),
        backoff: design.objectives.backoff.clone(),
        lag: crate::step_15_objectives::lags(design),
        clocked: design.evidence.clocked.clone(),
        read_by: facts.read_by.clone(),
        query_radius: facts.query_radius.clone(),
        ..Knobs::default()
    };
    step.run();
    number(design, &mut step);
    constraints::record(design, &mut step);
    settle!(step; because, called, knob, default, range, bounded, settled, constraint);
    step
}

/// Hands out the ids: by kind, then by what a number is of. Sets each to its default or to what the author decides.
fn number(design: &Design, step: &mut Knobs) {
    let mut levers: BTreeMap<(KnobKind, Entity), (RuleId, Premises)> = BTreeMap::new();
    step.lever.sort();
    for (kind, of, rule, grounds) in &step.lever {
        levers.entry((*kind, *of)).or_insert_with(|| (*rule, grounds.clone()));
    }
    let settings = Settings::new(design);
    let numbered = levers.into_iter().filter_map(|((kind, of), why)| Some((kind, of, why, settings.of(kind, of)?)));
    for (id, (kind, of, (rule, grounds), setting)) in numbered.enumerate() {
        let knob = Knob(id as u32);
        let fact = fact!(knob, knob, kind.word(), of);
        step.knob.push((knob, kind, of));
        step.default.push((knob, setting.default));
        step.range.push((knob, setting.min, setting.max));
        step.called.push((knob.into(), format!("{} {kind}", owner(design, of))));
        step.because.push((fact, rule, grounds));
        step.because.push((fact!(range, knob, setting.min, setting.max), setting.rule, premises(&[fact])));
        if let Some(by) = setting.by {
            step.bounded.push((knob, by, setting.rule));
            step.because.push((fact!(bounded, knob, by, setting.rule), setting.rule, premises(&[fact])));
        }
        step.because.push((fact!(default, knob, setting.default), rule, premises(&[fact])));
    }
    step.knob.sort();
    decisions::settle(design, step);
}

/// What a number is of; a number of everything is the system's.
fn owner(design: &Design, of: Entity) -> String {
    match of {
        Entity::System(_) if design.facts.names.systems.is_empty() => "system".to_owned(),
        of => design.name(of),
    }
}

impl Knobs {
    /// The number of a kind and of a thing.
    pub fn find(&self, kind: KnobKind, of: impl Into<Entity>) -> Option<Knob> {
        let of = of.into();
        // Ids are handed out in this order.
        let at = self.knob.binary_search_by_key(&(kind, of), |(_, kind, of)| (*kind, *of)).ok()?;
        Some(self.knob[at].0)
    }

    /// What a number is set to.
    pub fn value(&self, knob: Knob) -> Option<Quantity> {
        let at = self.default.binary_search_by_key(&knob, |(other, _)| *other).ok()?;
        Some(self.default[at].1)
    }

    /// Between what a number may move.
    pub fn range_of(&self, knob: Knob) -> Option<(Quantity, Quantity)> {
        let at = self.range.binary_search_by_key(&knob, |(other, ..)| *other).ok()?;
        Some((self.range[at].1, self.range[at].2))
    }

    /// What the number of a kind and of a thing is set to.
    pub fn set(&self, kind: KnobKind, of: impl Into<Entity>) -> Option<Quantity> {
        self.value(self.find(kind, of)?)
    }
}
