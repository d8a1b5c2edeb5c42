//! State machines: in which states an operation's conditions admit it, and which steps of others they do not survive.

use super::condition::{Context, Index, Machine, is_field};
use crate::expression::{Action, Expr, Operator};
use crate::fact::*;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Every step between states that an operation takes by an effect rather than by a transition that names it.
pub fn effects(context: &Context<'_>) -> Vec<(Effect, Operation, State, State)> {
    let mut taken = vec![];
    for (effect, operation, object, field, action) in &context.effects {
        let Some(machine) = context.index.machines.get(object) else { continue };
        let targets = match action {
            Action::Transition(to) | Action::Assign(Expr::State(to)) => vec![*to],
            Action::Assign(_) if *field == Some(machine.status) => machine.states.clone(),
            _ => continue,
        };
        let named = |to: &State| context.steps.iter().any(|(_, of, _, end)| of == object && end == to);
        let instance = context.through(*effect).filter(|_| !context.single_instance(machine.status));
        let sources = admissions(context, *object, machine).remove(&instance).unwrap_or_else(|| machine.states.clone());
        for to in targets.iter().filter(|to| !named(to)) {
            taken.extend(sources.iter().map(|from| (*effect, *operation, *from, *to)));
        }
    }
    taken
}

/// Transitions that name the operation, and the condition that excludes the state each starts from.
pub fn barred(context: &Context<'_>) -> Vec<(Transition, Guard)> {
    let mut found = vec![];
    for (transition, object, from, _) in &context.steps {
        let Some(machine) = context.index.machines.get(object) else { continue };
        // Which of several instances takes the step is not said.
        if !context.single_instance(machine.status) {
            continue;
        }
        let excludes =
            |condition: &Expr| test(context, condition, machine).is_some_and(|(_, states)| !states.contains(from));
        let guard = context.conditions.iter().find(|(_, condition)| excludes(condition));
        found.extend(guard.map(|(guard, _)| (*transition, *guard)));
    }
    found
}

/// The conditions that compare the status of one instance with states and do nothing else.
pub fn tests(context: &Context<'_>) -> Vec<(Guard, Field)> {
    let mut tests = vec![];
    for (guard, condition) in &context.conditions {
        let machines = condition.fields().into_iter().filter_map(|field| machine_of(context.index, field));
        tests.extend(
            machines
                .filter(|(_, machine)| test(context, condition, machine).is_some())
                .map(|(_, machine)| (*guard, machine.status)),
        );
    }
    tests.sort();
    tests.dedup();
    tests
}

/// `(operation, from, to)`: the operation's conditions admit `from` and not `to`, and somebody moves an instance so.
pub fn losses(
    index: &Index<'_>,
    operations: &[Context<'_>],
    steps: &[(State, State)],
) -> Vec<(Operation, State, State)> {
    let owners: HashMap<State, Object> = index.facts.state.iter().copied().collect();
    let mut moves: HashMap<Object, HashSet<(State, State)>> = HashMap::new();
    for (from, to) in steps {
        if let Some(object) = owners.get(from) {
            moves.entry(*object).or_default().insert((*from, *to));
        }
    }
    let mut losses = vec![];
    for (number, context) in operations.iter().enumerate() {
        let read = context.conditions.iter().flat_map(|(_, condition)| condition.fields());
        let mut objects: Vec<Object> =
            read.filter_map(|field| machine_of(index, field)).map(|(object, _)| object).collect();
        objects.extend(context.steps.iter().map(|(_, object, ..)| *object));
        objects.sort();
        objects.dedup();
        for object in objects {
            let Some(machine) = index.machines.get(&object) else { continue };
            for admitted in admissions(context, object, machine).into_values() {
                let lost = moves.get(&object).into_iter().flatten();
                let lost = lost.filter(|(from, to)| admitted.contains(from) && !admitted.contains(to));
                losses.extend(lost.map(|(from, to)| (Operation(number as u32), *from, *to)));
            }
        }
    }
    losses.sort();
    losses.dedup();
    losses
}

/// The states in which an operation's conditions admit each instance it names; `None` is the only instance there is.
fn admissions(context: &Context<'_>, object: Object, machine: &Machine) -> BTreeMap<Option<Parameter>, Vec<State>> {
    let mut admissions: BTreeMap<Option<Parameter>, Vec<State>> = BTreeMap::new();
    let mut admit = |instance: Option<Parameter>, states: Vec<State>| {
        let all = admissions.entry(instance).or_insert_with(|| machine.states.clone());
        all.retain(|state| states.contains(state));
    };
    let sources: Vec<State> =
        context.steps.iter().filter(|(_, of, ..)| *of == object).map(|(_, _, from, _)| *from).collect();
    if !sources.is_empty() {
        admit(None, sources);
    }
    for (_, condition) in &context.conditions {
        if let Some((instance, states)) = test(context, condition, machine) {
            admit(instance, states);
        }
    }
    admissions
}

/// A condition that compares the status of one instance with states: which instance, and the states it admits.
fn test(context: &Context<'_>, condition: &Expr, machine: &Machine) -> Option<(Option<Parameter>, Vec<State>)> {
    let admitted = admitted(condition, machine)?;
    if context.single_instance(machine.status) {
        return Some((None, admitted));
    }
    let mut instances = vec![];
    condition.walk(&mut |expr| {
        if let Expr::Field(_, instance) = expr {
            instances.push(*instance);
        }
    });
    instances.dedup();
    match instances[..] {
        [instance] => Some((instance, admitted)),
        _ => None,
    }
}

/// The states in which a pure test of the status can hold; `None` for any other condition.
fn admitted(condition: &Expr, machine: &Machine) -> Option<Vec<State>> {
    let among = |keep: &dyn Fn(&State) -> bool| machine.states.iter().copied().filter(keep).collect();
    match condition {
        Expr::Not(inner) => {
            let inner = admitted(inner, machine)?;
            Some(among(&|state| !inner.contains(state)))
        }
        Expr::Binary(operator @ (Operator::And | Operator::Or), left, right) => {
            let (one, other) = (admitted(left, machine)?, admitted(right, machine)?);
            Some(among(&|state| match operator {
                Operator::And => one.contains(state) && other.contains(state),
                _ => one.contains(state) || other.contains(state),
            }))
        }
        Expr::Binary(operator @ (Operator::Equal | Operator::NotEqual), left, right) => match (&**left, &**right) {
            (field, Expr::State(tested)) | (Expr::State(tested), field) if is_field(field, machine.status) => {
                Some(among(&|state| (state == tested) == (*operator == Operator::Equal)))
            }
            _ => None,
        },
        _ => None,
    }
}

fn machine_of<'i>(index: &'i Index<'_>, field: Field) -> Option<(Object, &'i Machine)> {
    let (_, object, _) = index.facts.field.get(field.index())?;
    index.machines.get(object).filter(|machine| machine.status == field).map(|machine| (*object, machine))
}
