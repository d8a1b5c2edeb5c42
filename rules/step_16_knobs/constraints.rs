//! What must hold among the numbers, whoever sets them.

use super::KnobKind::{self, *};
use super::Knobs;
use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::groups::Groups;
use crate::proof::{Fact, RuleId, premises};
use crate::quantity::{Dimension, Quantity};
use crate::step_15_objectives::budget::{Spend, spends, waits};
use crate::step_15_objectives::lags;
use crate::vocabulary::{Vocabulary, vocabulary};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

vocabulary! {
    /// What must hold among numbers.
    Law = "constraint among parameters" {
        Staleness = "delays within the staleness bound": "What makes a copy old adds up to no more than its bound (A-66).",
        Lease = "work within the claim": "A claim outlasts the work done under it.",
        Retries = "attempts within the deadline": "All attempts and waits fit into the path's time (A-36).",
        Horizon = "retries within the memory of outcomes": "Outcomes are remembered as long as anybody tries again (A-62).",
        Replay = "replays within the memory of marks": "Events are remembered as long as they can come again.",
        Refill = "refill within the time for the store": "Who waits for a refill waits within the time the path has for its store (S15-d3).",
        Ladder = "thresholds in order": "Evolve below alert below incident (A-68).",
        Backoff = "first wait within the longest": "The first wait is no longer than the longest.",
    }
}

/// One of them, about numbers of this design: the left side must not exceed the right.
#[derive(Clone, PartialEq, Debug)]
pub struct Constraint {
    /// Which.
    pub law: Law,
    /// What it is about.
    pub of: Entity,
    /// The obligation.
    pub rule: RuleId,
    /// The left side as it is summed up: names and figures.
    pub parts: Vec<(String, Quantity)>,
    /// What the left side comes to; none where that is too large to say.
    pub left: Option<Quantity>,
    /// What it must not exceed: name and figure.
    pub right: (String, Quantity),
    /// The numbers in it, whose change could mend it.
    pub knobs: Vec<Knob>,
    /// Whether the two sides must differ.
    pub strict: bool,
}

impl Constraint {
    /// Whether it holds; a left side that is too large to say does not.
    pub fn holds(&self) -> bool {
        self.left.is_some_and(|left| match left.compare(&self.right.1) {
            Some(Ordering::Less) => true,
            Some(Ordering::Equal) => !self.strict,
            _ => false,
        })
    }

    /// `cache TTL 80ms + change lag 20ms = 100ms <= staleness bound 100ms`
    pub fn text(&self) -> String {
        let parts: Vec<String> = self.parts.iter().map(|(name, figure)| format!("{name} {figure}")).collect();
        let sum = match (self.left, self.parts.len()) {
            (None, _) => " = too large".to_owned(),
            (Some(_), 1) => String::new(),
            (Some(left), _) => format!(" = {left}"),
        };
        let sign = match (self.holds(), self.strict) {
            (true, true) => "<",
            (true, false) => "<=",
            (false, true) => "not <",
            (false, false) => "not <=",
        };
        format!("{}{sum} {sign} {} {}", parts.join(" + "), self.right.0, self.right.1)
    }
}

/// All of them, law by law.
pub fn constraints(design: &Design) -> Vec<Constraint> {
    among(design, &design.knobs)
}

/// Puts on record what constrains what: with the numbers in it, for they are why there is something to hold.
pub fn record(design: &Design, step: &mut Knobs) {
    for law in among(design, step) {
        let numbers = law.knobs.iter().filter_map(|knob| Some(fact!(default, *knob, step.value(*knob)?)));
        let numbers: Vec<Fact> = numbers.collect();
        step.because.push((fact!(constraint, law.of, law.law, law.rule), law.rule, premises(&numbers)));
        step.constraint.push((law.of, law.law, law.rule));
    }
}

fn among(design: &Design, step: &Knobs) -> Vec<Constraint> {
    let laws = [staleness, lease, retries, refill, horizon, replay, ladder, backoff];
    laws.iter().flat_map(|law| law(design, step)).collect()
}

/// A sum, a bound, and the numbers in it.
fn constraint(
    law: Law,
    of: Entity,
    rule: RuleId,
    parts: Vec<(String, Quantity)>,
    right: (String, Quantity),
    knobs: Vec<Knob>,
) -> Constraint {
    let zero = Quantity::whole(0, right.1.dimension);
    let left = parts.iter().try_fold(zero, |sum, (_, part)| sum.checked_add(part));
    Constraint { law, of, rule, parts, left, right, knobs, strict: false }
}

fn staleness(design: &Design, step: &Knobs) -> Vec<Constraint> {
    let serving = Groups::new(design.parameters.serves_view.iter().map(|(dp, view)| (*view, *dp)));
    let delays =
        step.knob.iter().filter(|(_, kind, _)| matches!(kind, CacheTtl | ChangeLag | RelayInterval | WatermarkLag));
    let delays = Groups::new(delays.map(|(knob, kind, of)| (*of, (*knob, *kind))));
    let mut all = vec![];
    for (view, bound) in lags(design).into_iter().filter(|(_, bound)| !bound.is_zero()) {
        let about = serving.get(view).iter().map(|dp| Entity::from(*dp)).chain([view.into()]);
        let about: BTreeSet<Entity> = about.collect();
        let mut delays: Vec<(Knob, KnobKind)> = about.into_iter().flat_map(|what| delays.get(what)).copied().collect();
        delays.sort();
        let parts: Vec<(String, Quantity)> =
            delays.iter().filter_map(|(knob, kind)| Some((kind.word().to_owned(), step.value(*knob)?))).collect();
        if !parts.is_empty() {
            let knobs = delays.iter().map(|(knob, _)| *knob).collect();
            all.push(constraint(Law::Staleness, view.into(), "A-66", parts, ("staleness bound".into(), bound), knobs));
        }
    }
    all
}

fn lease(design: &Design, step: &Knobs) -> Vec<Constraint> {
    let deadlines = crate::step_15_objectives::budget::deadlines(design);
    let mut all = vec![];
    for &(knob, _, of) in step.knob.iter().filter(|(_, kind, _)| *kind == LeaseTtl) {
        let (Entity::Dp(dp), Some(time)) = (of, step.value(knob)) else { continue };
        let under = design.parameters.protects.iter().filter(|(other, _)| *other == dp);
        let work = under.filter_map(|(_, operation)| Some((*deadlines.get(&(*operation).into())?, *operation)));
        if let Some((deadline, operation)) = design.facts.largest(work) {
            let part = (format!("time of {}", design.name(operation)), deadline);
            all.push(constraint(Law::Lease, of, "S16-cat1", vec![part], (LeaseTtl.word().into(), time), vec![knob]));
        }
    }
    all
}

fn retries(design: &Design, step: &Knobs) -> Vec<Constraint> {
    let limits = retry_limits(design, step);
    let waiting = spends(design).into_iter().filter(|spend| !spend.hops.is_empty());
    waiting.map(|spend| attempts(design, step, &spend, limits.get(&spend.path).copied())).collect()
}

/// The number that limits the attempts of each path.
fn retry_limits(design: &Design, step: &Knobs) -> BTreeMap<Entity, Knob> {
    let protects = Groups::new(design.parameters.protects.iter().copied());
    let mut limits = BTreeMap::new();
    for (knob, _, of) in step.knob.iter().filter(|(_, kind, _)| *kind == RetryLimit) {
        let Entity::Dp(dp) = of else { continue };
        for operation in protects.get(*dp) {
            limits.entry((*operation).into()).or_insert(*knob);
        }
    }
    limits
}

/// `attempts × timeout`, hop by hop, and the waits between attempts, in the numbers that are set.
fn attempts(design: &Design, step: &Knobs, spend: &Spend, limit: Option<Knob>) -> Constraint {
    let pause = step.find(AttemptWait, spend.path);
    let backoff = pause.and_then(|knob| step.value(knob)).unwrap_or(spend.backoff);
    let (mut parts, mut knobs) = (vec![("own work".to_owned(), spend.own)], vec![]);
    let mut waited = Quantity::whole(0, Dimension::Time);
    for hop in &spend.hops {
        let timeout = match hop.callee {
            Some(Entity::Object(_)) => step.find(StoreTimeout, spend.path),
            Some(callee) => step.find(CallTimeout, callee),
            None => None,
        };
        let tries = limit.filter(|_| matches!(hop.callee, Some(Entity::Object(_))));
        let times = tries.map_or(hop.attempts, |knob| tried(step, knob, hop.attempts));
        let each = timeout.and_then(|knob| step.value(knob)).unwrap_or(hop.timeout);
        let all = each.checked_mul(&Quantity::count(times)).unwrap_or(TOO_LONG);
        let part = if times == 1 { hop.name.clone() } else { format!("{} {times} × {each}:", hop.name) };
        parts.push((part, all));
        let pauses = waits(times.max(1), backoff).and_then(|pauses| waited.checked_add(&pauses));
        waited = pauses.unwrap_or(TOO_LONG);
        knobs.extend(timeout.into_iter().chain(tries));
    }
    if !waited.is_zero() {
        parts.push(("waits between attempts".to_owned(), waited));
        knobs.extend(pause);
    }
    let right = (format!("time of {}", design.name(spend.path)), spend.deadline);
    constraint(Law::Retries, spend.path, "A-36", parts, right, knobs)
}

/// The limit that the author sets; else as many attempts as fit, and no more than the limit.
fn tried(step: &Knobs, limit: Knob, fitting: i128) -> i128 {
    let settled = step.settled.binary_search_by_key(&limit, |(other, _)| *other).is_ok();
    match step.value(limit).map(|limit| limit.amount.to_integer()) {
        Some(limit) if settled => limit,
        Some(limit) => fitting.min(limit),
        None => fitting,
    }
}

/// S15-d3: a reader who misses the copy waits for the refill out of what the path has for the store.
fn refill(design: &Design, step: &Knobs) -> Vec<Constraint> {
    let spends: BTreeMap<Entity, Spend> = spends(design).into_iter().map(|spend| (spend.path, spend)).collect();
    let serves = Groups::new(design.parameters.serves_view.iter().copied());
    let mut all = vec![];
    for &(knob, _, of) in step.knob.iter().filter(|(_, kind, _)| *kind == RefillWindow) {
        let (Entity::Dp(dp), Some(window)) = (of, step.value(knob)) else { continue };
        for view in serves.get(dp) {
            let path = Entity::from(*view);
            let Some(spend) = spends.get(&path) else { continue };
            let Some(store) = spend.hops.iter().find(|hop| matches!(hop.callee, Some(Entity::Object(_)))) else {
                continue;
            };
            let part = (RefillWindow.word().to_owned(), window);
            let right = (format!("time of {} for {}", design.name(path), store.name), store.share);
            all.push(constraint(Law::Refill, path, "S15-d3", vec![part], right, vec![knob]));
        }
    }
    all
}

/// who retries is whoever asked; of what another operation asks for, the relay of requests. Between n attempts lie n - 1 waits.
fn horizon(design: &Design, step: &Knobs) -> Vec<Constraint> {
    let of_kind =
        |wanted: KnobKind| step.knob.iter().filter(move |(_, kind, _)| *kind == wanted).map(|(knob, ..)| *knob);
    let budget = of_kind(RetryBudget).filter_map(|knob| Some((step.value(knob)?, knob))).max();
    let asked = of_kind(RequestAttempts).filter_map(|knob| Some((step.value(knob)?, knob))).next();
    let Some((wait, longest)) = of_kind(BackoffMax).find_map(|knob| Some((step.value(knob)?, knob))) else {
        return vec![];
    };
    let caused: BTreeSet<Operation> = design.facts.causes.iter().map(|(_, caused)| *caused).collect();
    let all = step.knob.iter().filter(|(_, kind, _)| *kind == OutcomeTtl);
    let all = all.filter_map(|&(knob, _, of)| {
        let kept = (OutcomeTtl.word().to_owned(), step.value(knob)?);
        let relayed = matches!(place(design, of), Entity::Operation(operation) if caused.contains(&operation));
        let (tries, tried) = if relayed { budget.or(asked)? } else { asked.or(budget)? };
        let waits = tries.amount.to_integer().saturating_sub(1).max(0);
        let part = (
            format!("{tries} attempts with {waits} waits of {wait}:"),
            wait.checked_mul(&Quantity::count(waits)).unwrap_or(TOO_LONG),
        );
        Some(constraint(Law::Horizon, of, "A-62", vec![part], kept, vec![knob, longest, tried]))
    });
    all.collect()
}

/// A design parameter stands for what it is of.
pub fn place(design: &Design, of: Entity) -> Entity {
    match of {
        Entity::Dp(dp) => design.parameters.dp.get(dp.index()).map_or(of, |(_, _, of)| *of),
        of => of,
    }
}

fn replay(_: &Design, step: &Knobs) -> Vec<Constraint> {
    let all = step.knob.iter().filter(|(_, kind, _)| *kind == ReplayWindow).filter_map(|&(knob, _, of)| {
        let marks = step.find(MarkRetention, of)?;
        let part = (ReplayWindow.word().to_owned(), step.value(knob)?);
        let right = (MarkRetention.word().to_owned(), step.value(marks)?);
        Some(constraint(Law::Replay, of, "A-67", vec![part], right, vec![knob, marks]))
    });
    all.collect()
}

fn ladder(_: &Design, step: &Knobs) -> Vec<Constraint> {
    let mut all = vec![];
    for &(low, lower, of) in &step.knob {
        let higher = match lower {
            EvolveThreshold => AlertThreshold,
            AlertThreshold => IncidentThreshold,
            _ => continue,
        };
        let Some(high) = step.find(higher, of) else { continue };
        let (Some(left), Some(right)) = (step.value(low), step.value(high)) else { continue };
        let law = constraint(
            Law::Ladder,
            of,
            "A-68",
            vec![(lower.word().into(), left)],
            (higher.word().into(), right),
            vec![low, high],
        );
        all.push(Constraint { strict: true, ..law });
    }
    all
}

fn backoff(_: &Design, step: &Knobs) -> Vec<Constraint> {
    let all = step.knob.iter().filter(|(_, kind, _)| *kind == BackoffBase).filter_map(|&(base, _, of)| {
        let longest = step.find(BackoffMax, of)?;
        let part = (BackoffBase.word().to_owned(), step.value(base)?);
        let right = (BackoffMax.word().to_owned(), step.value(longest)?);
        Some(constraint(Law::Backoff, of, "S16-cat3", vec![part], right, vec![base, longest]))
    });
    all.collect()
}

/// Stands for a time that cannot be said: longer than anything.
const TOO_LONG: Quantity = Quantity::whole(i128::MAX / 2, Dimension::Time);
