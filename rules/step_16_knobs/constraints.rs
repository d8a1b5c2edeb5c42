//! What must hold among the numbers, whoever sets them.

use super::KnobKind::{self, *};
use crate::Design;
use crate::fact::*;
use crate::proof::RuleId;
use crate::quantity::{Dimension, Quantity};
use crate::step_15_objectives::budget::{Spend, spends, waits};
use crate::vocabulary::Vocabulary;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Which of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Law {
    /// What makes a copy old adds up to no more than its bound.
    Staleness,
    /// A claim outlasts the work done under it.
    Lease,
    /// All attempts and waits fit into the path's time.
    Retries,
    /// Outcomes are remembered as long as anybody tries again.
    Horizon,
    /// Events are remembered as long as they can come again.
    Replay,
    /// Evolve below alert below incident.
    Ladder,
    /// The first wait is no longer than the longest.
    Backoff,
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
    let laws = [staleness, lease, retries, horizon, replay, ladder, backoff];
    laws.iter().flat_map(|law| law(design)).collect()
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

fn staleness(design: &Design) -> Vec<Constraint> {
    let step = &design.knobs;
    let mut serving: BTreeMap<View, BTreeSet<Dp>> = BTreeMap::new();
    for (dp, view) in &design.parameters.serves_view {
        serving.entry(*view).or_default().insert(*dp);
    }
    let mut all = vec![];
    for &(view, bound) in design.validation.lag.iter().filter(|(_, bound)| !bound.is_zero()) {
        let dps = serving.get(&view);
        let about = |what: &Entity| {
            *what == view.into() || matches!(what, Entity::Dp(dp) if dps.is_some_and(|dps| dps.contains(dp)))
        };
        let delays = step.knob.iter().filter(|(_, kind, what)| {
            matches!(kind, CacheTtl | ChangeLag | RelayInterval | WatermarkLag) && about(what)
        });
        let delays: Vec<(Knob, KnobKind)> = delays.map(|(knob, kind, _)| (*knob, *kind)).collect();
        let parts: Vec<(String, Quantity)> =
            delays.iter().filter_map(|(knob, kind)| Some((kind.word().to_owned(), step.value(*knob)?))).collect();
        if !parts.is_empty() {
            let knobs = delays.iter().map(|(knob, _)| *knob).collect();
            all.push(constraint(Law::Staleness, view.into(), "A-66", parts, ("staleness bound".into(), bound), knobs));
        }
    }
    all
}

fn lease(design: &Design) -> Vec<Constraint> {
    let step = &design.knobs;
    let deadlines = super::settings::deadlines(design);
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

/// Only what the author changed can break it: what is derived fits.
fn retries(design: &Design) -> Vec<Constraint> {
    spends(design).iter().filter_map(|spend| attempts(design, spend)).collect()
}

fn attempts(design: &Design, spend: &Spend) -> Option<Constraint> {
    let step = &design.knobs;
    let settled = |knob: &Knob| step.settled.binary_search_by_key(knob, |(other, _)| *other).is_ok();
    let limits = step
        .knob
        .iter()
        .filter(|(knob, kind, of)| *kind == RetryLimit && settled(knob) && protects(design, *of, spend.path));
    let limit = limits.map(|(knob, ..)| *knob).next();
    let (mut parts, mut knobs) = (vec![("own work".to_owned(), spend.own)], vec![]);
    for hop in &spend.hops {
        let timeout = hop.callee.and_then(|callee| step.find(CallTimeout, callee)).filter(settled);
        let tries = limit.filter(|_| matches!(hop.callee, Some(Entity::Object(_))));
        let times = tries.and_then(|knob| step.value(knob)).map_or(hop.attempts, |tries| tries.amount.to_integer());
        let each = timeout.and_then(|knob| step.value(knob)).unwrap_or(hop.timeout);
        let tried = each.checked_mul(&Quantity::count(times)).zip(waits(times.max(1), spend.backoff));
        let worst = tried.and_then(|(tried, waits)| tried.checked_add(&waits)).unwrap_or(TOO_LONG);
        parts.push((format!("{times} × {each} of {} and waits", hop.name), worst));
        knobs.extend(timeout.into_iter().chain(tries));
    }
    let right = (format!("time of {}", design.name(spend.path)), spend.deadline);
    (!knobs.is_empty()).then(|| constraint(Law::Retries, spend.path, "A-36", parts, right, knobs))
}

fn protects(design: &Design, of: Entity, path: Entity) -> bool {
    let (Entity::Dp(dp), Entity::Operation(operation)) = (of, path) else { return false };
    design.parameters.protects.contains(&(dp, operation))
}

fn horizon(design: &Design) -> Vec<Constraint> {
    let step = &design.knobs;
    let budget = step.knob.iter().filter(|(_, kind, _)| *kind == RetryBudget);
    let budget = budget.filter_map(|(knob, ..)| Some((step.value(*knob)?, *knob))).max();
    let longest = step.knob.iter().find(|(_, kind, _)| *kind == BackoffMax).map(|(knob, ..)| *knob);
    let Some((wait, longest)) = longest.and_then(|knob| Some((step.value(knob)?, knob))) else { return vec![] };
    let tries = budget.map_or(Quantity::count(1), |(tries, _)| tries);
    let all = step.knob.iter().filter(|(_, kind, _)| *kind == OutcomeTtl);
    let all = all.filter_map(|&(knob, _, of)| {
        let kept = (OutcomeTtl.word().to_owned(), step.value(knob)?);
        let part = (format!("{tries} attempts, {wait} apart:"), wait.checked_mul(&tries).unwrap_or(TOO_LONG));
        let knobs = [knob, longest].into_iter().chain(budget.map(|(_, knob)| knob)).collect();
        Some(constraint(Law::Horizon, of, "A-62", vec![part], kept, knobs))
    });
    all.collect()
}

fn replay(design: &Design) -> Vec<Constraint> {
    let step = &design.knobs;
    let all = step.knob.iter().filter(|(_, kind, _)| *kind == ReplayWindow).filter_map(|&(knob, _, of)| {
        let marks = step.find(MarkRetention, of)?;
        let part = (ReplayWindow.word().to_owned(), step.value(knob)?);
        let right = (MarkRetention.word().to_owned(), step.value(marks)?);
        Some(constraint(Law::Replay, of, "A-67", vec![part], right, vec![knob, marks]))
    });
    all.collect()
}

fn ladder(design: &Design) -> Vec<Constraint> {
    let step = &design.knobs;
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

fn backoff(design: &Design) -> Vec<Constraint> {
    let step = &design.knobs;
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
