//! What views, guards and laws say, made flat for the program: who reads a view, which views are defined alike, how far they lag.

use super::Validation;
use crate::expression::Expr;
use crate::fact;
use crate::fact::*;
use crate::proof::{Fact, premises};
use crate::quantity::Quantity;
use crate::step_04_invariants::Invariants;
use crate::vocabulary::{Aggregate, InvariantType};
use std::collections::{BTreeMap, BTreeSet};

/// `guard_reads(guard, operation, view)`: a condition of the operation looks at a column of the view.
pub fn guard_reads(facts: &Facts) -> Vec<(Guard, Operation, View)> {
    let mut reads = vec![];
    for (guard, operation, condition) in &facts.guard {
        condition.walk(&mut |expr| {
            if let Expr::View(view) = expr {
                reads.push((*guard, *operation, *view));
            }
        });
    }
    reads
}

/// `synchronous(view)`: it must not lag at all, so it changes in the transaction of its source (S4-T5i).
pub fn synchronous(facts: &Facts) -> Vec<(View,)> {
    bounds(facts).iter().filter(|(_, (bound, _))| bound.is_zero()).map(|(view, _)| (*view,)).collect()
}

/// `defined_like(view, other)`: both compute the same function of the same events, whatever they then cut off or weigh.
/// Views that compute nothing are copies, and copies in two shapes are no contradiction.
pub fn defined_like(facts: &Facts) -> Vec<(View, View)> {
    let mut definitions: BTreeMap<View, Definition> = BTreeMap::new();
    for &(view, function, field) in &facts.computed {
        definitions.entry(view).or_default().computed.push((function, field));
    }
    for &(view, source) in &facts.upstream {
        definitions.entry(view).and_modify(|definition| definition.upstream.push(source));
    }
    for &(view, field) in &facts.grouped {
        definitions.entry(view).and_modify(|definition| definition.grouped.push(field));
    }
    for (view, condition) in &facts.filtered {
        definitions.entry(*view).and_modify(|definition| definition.filtered.push(format!("{condition:?}")));
    }
    for &(view, length) in &facts.window {
        definitions.entry(view).and_modify(|definition| definition.window.push(length));
    }
    let mut alike: BTreeMap<Definition, Vec<View>> = BTreeMap::new();
    for (view, definition) in definitions {
        alike.entry(definition.sorted()).or_default().push(view);
    }
    // The first of those defined alike stands for all, so that the pairs stay linear in the views.
    alike.values().flat_map(|views| views[1..].iter().map(|view| (views[0], *view))).collect()
}

#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
struct Definition {
    upstream: Vec<Source>,
    computed: Vec<(Aggregate, Option<Field>)>,
    grouped: Vec<Field>,
    filtered: Vec<String>,
    window: Vec<Quantity>,
}

impl Definition {
    fn sorted(mut self) -> Self {
        self.upstream.sort();
        self.computed.sort();
        self.grouped.sort();
        self.filtered.sort();
        self
    }
}

/// `target_of(field, view)`: a law makes the field an aggregate that the view computes as well, of the same events: not of those
/// of a window, or of some.
pub fn target_of(facts: &Facts) -> Vec<(Entity, View)> {
    let windowed = facts.window.iter().map(|(view, _)| *view);
    let partial: BTreeSet<View> = windowed.chain(facts.filtered.iter().map(|(view, _)| *view)).collect();
    let mut grouped: BTreeMap<View, BTreeSet<Field>> = BTreeMap::new();
    for &(view, field) in &facts.grouped {
        grouped.entry(view).or_default().insert(field);
    }
    let mut computed: BTreeMap<(Aggregate, Field), Vec<View>> = BTreeMap::new();
    for &(view, function, field) in facts.computed.iter().filter(|(view, ..)| !partial.contains(view)) {
        if let Some(field) = field {
            computed.entry((function, field)).or_default().push(view);
        }
    }
    // What is only ever given at the creation of its record is how things stood then.
    let kept: BTreeSet<Field> = facts.effect.iter().filter_map(|(.., field, _)| *field).collect();
    let mut targets = vec![];
    for (_, statement) in &facts.statement {
        let Statement::Equals { target: target @ Entity::Field(own), law, group } = statement else { continue };
        let Expr::Aggregate(function, of) = law else { continue };
        let Expr::Field(field, _) = **of else { continue };
        let views = computed.get(&(*function, field)).into_iter().flatten();
        let group: BTreeSet<Field> = group.iter().copied().collect();
        let same = |view: &&View| grouped.get(view).map_or(group.is_empty(), |fields| *fields == group);
        targets.extend(views.filter(same).filter(|_| kept.contains(own)).map(|view| (*target, *view)));
    }
    targets
}

/// `granted_by(invariant, object)`: an instance of the object is the permission that the invariant asks for.
pub fn granted_by(facts: &Facts) -> Vec<(Invariant, Object)> {
    let granted = facts.statement.iter().filter_map(|(invariant, statement)| match statement {
        Statement::OnlyMay(Permission::GrantedBy(object), _) => Some((*invariant, *object)),
        _ => None,
    });
    granted.collect()
}

/// `orders(invariant, object)`: the invariant asks for an order of the object's instances.
pub fn orders(invariants: &Invariants) -> Vec<(Invariant, Object)> {
    let ordering = invariants.invariant.iter().filter(|(_, kind, _)| *kind == InvariantType::Ordering);
    let ordering: BTreeSet<Invariant> = ordering.map(|(invariant, ..)| *invariant).collect();
    let about = invariants.about.iter().filter_map(|(invariant, what)| match what {
        Entity::Object(object) => Some((*invariant, *object)),
        _ => None,
    });
    about.filter(|(invariant, _)| ordering.contains(invariant)).collect()
}

/// Adds how far each view lags: behind its upstream as declared, the tightest of its bounds, and behind the primary
/// objects along the slowest chain of views. A view without a bound, or on a circle, has no total.
pub fn fill_lags(facts: &Facts, step: &mut Validation) {
    let bounds = bounds(facts);
    for (&view, &(bound, declared)) in &bounds {
        // S4-T5, S7-o3.
        step.because.push((fact!(lag, view, bound), "S4-T5", premises(&[declared])));
        step.lag.push((view, bound));
    }
    for (view, total, slowest) in totals(step) {
        let mut rests_on: Vec<Fact> =
            bounds.get(&view).map(|(bound, _)| fact!(lag, view, *bound)).into_iter().collect();
        rests_on.extend(slowest.map(|(source, bound)| fact!(total_lag, source, bound)));
        step.because.push((fact!(total_lag, view, total), "S7-o3", premises(&rests_on)));
        step.total_lag.push((view, total));
    }
}

/// The tightest bound of each view, and the declaration that sets it.
fn bounds(facts: &Facts) -> BTreeMap<View, (Quantity, Fact)> {
    let promised = facts.statement.iter().filter_map(|(invariant, statement)| match statement {
        Statement::Within(view, bound) => Some((*view, *bound, fact!(statement, *invariant))),
        _ => None,
    });
    let declared = facts.staleness.iter().map(|&(view, bound)| (view, bound, fact!(staleness, view, bound)));
    let mut bounds = BTreeMap::new();
    for (view, bound, declared) in declared.chain(promised) {
        let tightest = bounds.entry(view).or_insert((bound, declared));
        *tightest = (bound, declared).min(*tightest);
    }
    bounds
}

/// A view, its total lag, and the slowest view it is computed from.
type Total = (View, Quantity, Option<(View, Quantity)>);

/// Sums along the chains, sources first. Chains may be long, so this walks with a stack of its own.
fn totals(step: &Validation) -> Vec<Total> {
    let bounds: BTreeMap<View, Quantity> = step.lag.iter().copied().collect();
    let mut sources: BTreeMap<View, Vec<View>> = BTreeMap::new();
    for (view, source) in &step.upstream {
        if let Source::View(source) = source {
            sources.entry(*view).or_default().push(*source);
        }
    }
    let mut known: BTreeMap<View, Option<Quantity>> = step.view_cycle.iter().map(|(view, _)| (*view, None)).collect();
    let mut totals = vec![];
    let mut stack: Vec<View> = bounds.keys().rev().copied().collect();
    while let Some(&view) = stack.last() {
        let from = sources.get(&view).map_or(&[][..], |from| from);
        let open: Vec<View> = from.iter().filter(|source| !known.contains_key(source)).copied().collect();
        if !known.contains_key(&view) && !open.is_empty() {
            stack.extend(open);
            continue;
        }
        stack.pop();
        if known.contains_key(&view) {
            continue;
        }
        let total = bounds.get(&view).and_then(|bound| {
            let from: Option<Vec<(Quantity, View)>> =
                from.iter().map(|&source| Some((known[&source]?, source))).collect();
            let slowest = from?.into_iter().max();
            let total = slowest.map_or(Some(*bound), |(lag, _)| bound.checked_add(&lag))?;
            totals.push((view, total, slowest.map(|(lag, source)| (source, lag))));
            Some(total)
        });
        known.insert(view, total);
    }
    totals
}

/// Whether a view is computed from something, directly or through other views.
pub fn derives(facts: &Facts, view: View, from: Entity) -> bool {
    let (mut pending, mut seen) = (vec![view], BTreeSet::new());
    while let Some(view) = pending.pop() {
        if !seen.insert(view) {
            continue;
        }
        for (_, source) in facts.upstream.iter().filter(|(other, _)| *other == view) {
            if Entity::from(*source) == from {
                return true;
            }
            if let Source::View(view) = source {
                pending.push(*view);
            }
        }
    }
    false
}
