//! From facts to the input relations of [`Evidence`]: expressions are taken apart here, and nowhere after.

use super::change::{Law, dependencies, direction, law, names_its_record};
use super::condition::{Context, Index, shift};
use super::linear::holds_after;
use super::states;
use super::{Evidence, Polarity};
use crate::expression::{Action, Expr};
use crate::fact::*;
use crate::vocabulary::Aggregate;
use std::collections::{BTreeMap, HashSet};

/// The input relations.
pub fn read(facts: &Facts) -> Evidence {
    let index = Index::new(facts);
    let operations = index.operations();
    let mut evidence = Evidence {
        run_by: facts.operation.clone(),
        field_of: facts.field.iter().map(|(field, object, _)| (*field, *object)).collect(),
        guard_of: facts.guard.iter().map(|(guard, operation, _)| (*guard, *operation)).collect(),
        effect_on: facts.effect.iter().map(|(effect, operation, object, ..)| (*effect, *operation, *object)).collect(),
        refers: references(facts),
        aggregated: aggregates(facts),
        reached_by: facts.through.clone(),
        ..Evidence::default()
    };
    for machine in index.machines.values() {
        evidence.status_of.extend(machine.states.iter().map(|state| (*state, machine.status)));
    }
    for (number, context) in operations.iter().enumerate() {
        let operation = Operation(number as u32);
        conditions(&mut evidence, context);
        evidence
            .stepped
            .extend(context.steps.iter().map(|(transition, _, from, to)| (operation, *transition, *from, *to)));
        let barred = states::barred(context).into_iter();
        evidence.barred.extend(barred.map(|(transition, guard)| (operation, transition, guard)));
        evidence.leaves.extend(states::effects(context));
    }
    let by_transition = evidence.stepped.iter().map(|(_, _, from, to)| (*from, *to));
    let steps: Vec<_> = by_transition.chain(evidence.leaves.iter().map(|(_, _, from, to)| (*from, *to))).collect();
    evidence.loses = states::losses(&index, &operations, &steps);
    effects(&mut evidence, &index, &operations);
    evidence.endangers = dangers(facts, &operations);
    evidence
}

fn conditions(evidence: &mut Evidence, context: &Context<'_>) {
    for (guard, condition) in &context.conditions {
        let (fields, records) = dependencies(context, condition);
        evidence.depends.extend(fields.into_iter().map(|(field, polarity)| (*guard, field, polarity)));
        evidence.counts.extend(records.into_iter().map(|(field, polarity)| (*guard, field, polarity)));
        if condition.reads_clock() {
            evidence.timed.push((*guard,));
        }
    }
    evidence.tests_state.extend(states::tests(context));
}

/// S4-T1i: effects that nothing keeps from making a condition on the state false: neither does what the operation requires make it
/// hold after the write, nor, where that is beyond sums, does it require anything of the field at all. Where any change could make it
/// false nothing is said: what changes together is not seen from one effect.
fn dangers(facts: &Facts, operations: &[Context<'_>]) -> Vec<(Effect, Invariant, Field)> {
    let mut changes: BTreeMap<Field, Vec<(&Context<'_>, Effect, &Action)>> = BTreeMap::new();
    for context in operations {
        for (effect, _, _, field, action) in &context.effects {
            if let Some(field) = field {
                changes.entry(*field).or_default().push((context, *effect, action));
            }
        }
    }
    let mut found = vec![];
    let always = facts.statement.iter().filter_map(|(invariant, statement)| match statement {
        Statement::Holds(condition) => Some((*invariant, condition)),
        _ => None,
    });
    let always: Vec<(Invariant, &Expr)> = always.collect();
    let mut about: BTreeMap<Field, Vec<&Expr>> = BTreeMap::new();
    for (_, condition) in &always {
        condition.fields().into_iter().for_each(|field| about.entry(field).or_default().push(condition));
    }
    for (invariant, condition) in &always {
        let mut fields = condition.fields();
        fields.sort_unstable();
        fields.dedup();
        for field in fields {
            for (context, effect, action) in changes.get(&field).into_iter().flatten() {
                let (read, _) = dependencies(context, condition);
                let polarity = read.iter().find(|(of, _)| *of == field).map(|(_, polarity)| *polarity);
                let direction = direction(context, *effect, field, action);
                let breaks = polarity
                    .zip(direction)
                    .is_some_and(|(polarity, direction)| polarity != Polarity::Equal && polarity.broken_by(direction));
                let required = || context.conditions.iter().any(|(_, condition)| condition.fields().contains(&field));
                let kept = || {
                    let fields = condition.fields();
                    let beside: Vec<&Expr> = fields.iter().flat_map(|field| about[field].iter().copied()).collect();
                    holds_after(context, *effect, condition, &beside).unwrap_or_else(required)
                };
                if breaks && !kept() {
                    found.push((*effect, *invariant, field));
                }
            }
        }
    }
    found
}

/// The laws of the effects on one field, or on whole records, each with one effect that follows it.
type Laws<'f> = BTreeMap<Law<'f>, Effect>;

fn effects(evidence: &mut Evidence, index: &Index<'_>, operations: &[Context<'_>]) {
    let target = |object: &Object, field: Option<Field>, action: &Action| match action {
        Action::Transition(_) => field.or_else(|| index.machines.get(object).map(|machine| machine.status)),
        _ => field,
    };
    let all = operations.iter().flat_map(|context| &context.effects);
    let changed: HashSet<Field> =
        all.filter_map(|(_, _, object, field, action)| target(object, *field, action)).collect();
    let mut laws: BTreeMap<(Object, Option<Field>), Laws<'_>> = BTreeMap::new();
    let mut repeated = vec![];
    for context in operations {
        for (effect, operation, object, field, action) in &context.effects {
            let field = target(object, *field, action);
            let others: Vec<Effect> = context.readers(*effect, field).collect();
            let law = match law(context, (*effect, field), action, &|field| changed.contains(&field)) {
                // In which place a number was drawn shows.
                Law::Additive if !others.is_empty() => Law::Dependent,
                law => law,
            };
            evidence.passes_on.extend(others.into_iter().map(|other| (*effect, other)));
            if let Some(field) = field {
                change(evidence, context, (*effect, *operation, field), action, &law);
            }
            match action {
                Action::Create(_) => evidence.created_by.push((*effect, *operation, *object)),
                Action::Delete => evidence.deleted_by.push((*effect, *operation, *object)),
                _ => (),
            }
            let lawful = match action {
                Action::Create(values) => names_its_record(index.facts, *object, values),
                _ => law.is_idempotent(),
            };
            evidence.lawful.extend(lawful.then_some((*effect,)));
            evidence.clash.extend((!law.commutes_with(&law)).then_some((*effect, *effect, *object)));
            evidence.value_reads.extend(action.values().flat_map(Expr::fields).map(|read| (*effect, *operation, read)));
            repeated.push((*effect, (*object, field), law.clone()));
            laws.entry((*object, field)).or_default().entry(law).or_insert(*effect);
        }
    }
    evidence.clash.extend(clashes(&laws));
    let late = repeated.into_iter().filter(|(_, on, law)| laws.get(on).is_some_and(|all| undoes(law, all)));
    evidence.undoes = late.map(|(effect, ..)| (effect,)).collect();
}

/// A second run undoes what the effects on the same thing have done since the first, unless they commute with it: then it is as if
/// the second had followed the first at once. Who deletes twice finds nothing, or what has been made anew.
fn undoes(law: &Law<'_>, all: &Laws<'_>) -> bool {
    *law == Law::Delete || all.keys().any(|other| !law.commutes_with(other))
}

/// What one effect does to one field.
fn change(
    evidence: &mut Evidence,
    context: &Context<'_>,
    (effect, operation, field): (Effect, Operation, Field),
    action: &Action,
    law: &Law<'_>,
) {
    evidence.moves.extend(direction(context, effect, field, action).map(|direction| (effect, field, direction)));
    if *law == Law::Additive {
        evidence.adds.push((effect, operation, field));
    }
    match action {
        Action::Assign(Expr::State(_)) => (),
        Action::Assign(value) if shift(value, &context.own(effect, field)).is_none() => {
            evidence.assigned.push((effect, operation, field))
        }
        _ => (),
    }
}

/// Pairs of effects with different laws that do not commute: of each field, neighbours in the order of the laws.
fn clashes(laws: &BTreeMap<(Object, Option<Field>), Laws<'_>>) -> Vec<(Effect, Effect, Object)> {
    let mut clashes = vec![];
    for ((object, field), of_field) in laws {
        let whole = field.and_then(|_| laws.get(&(*object, None)));
        let deletion = whole.and_then(|laws| laws.get_key_value(&Law::Delete));
        let all: Vec<_> = of_field.iter().chain(deletion).collect();
        for pair in all.windows(2) {
            if !pair[0].0.commutes_with(pair[1].0) {
                clashes.push((*pair[0].1, *pair[1].1, *object));
            }
        }
    }
    clashes
}

/// Objects whose instances refer to instances of others.
fn references(facts: &Facts) -> Vec<(Object, Object, Field)> {
    let other = |kind: &Type| if let Type::Object(other) = kind { Some(*other) } else { None };
    facts.field.iter().filter_map(|(field, object, kind)| Some((*object, other(kind)?, *field))).collect()
}

/// Views and invariants that compute an aggregate.
fn aggregates(facts: &Facts) -> Vec<(Entity, Aggregate)> {
    let views = facts.computed.iter().map(|(view, function, _)| (Entity::View(*view), *function));
    let mut aggregates: Vec<_> = views.collect();
    for (invariant, statement) in &facts.statement {
        if let Statement::Equals { law, .. } = statement {
            law.walk(&mut |expr| {
                if let Expr::Aggregate(function, _) = expr {
                    aggregates.push(((*invariant).into(), *function));
                }
            });
        }
    }
    aggregates
}
