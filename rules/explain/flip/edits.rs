//! What an author could declare otherwise: one clause each, ready to be applied.

mod numbers;

use crate::Design;
use crate::explain::question::parameters;
use crate::expression::{Action, Expr, Operator};
use crate::fact::*;
use crate::quantity::{Dimension, Quantity};
use crate::step_06_mechanisms::properties::Property::{self, *};
use crate::vocabulary::*;
use std::collections::BTreeSet;

/// One way to declare something else.
pub(super) struct Edit {
    /// What it is about; two edits of one clause make no pair.
    pub clause: (Option<Entity>, &'static str),
    /// The properties of a parameter that such a clause decides about.
    pub turns: &'static [Property],
    /// What would have to be written.
    pub text: String,
    /// Writes it.
    pub apply: Box<dyn Fn(&mut Facts)>,
}

/// What could be declared otherwise of the objects, operations and views that the parameters of a thing are about; of a thing
/// that no parameter is about, of itself and what changes it.
pub(super) fn edits(design: &Design, of: Entity) -> Vec<Edit> {
    let dps: BTreeSet<Dp> = parameters(design, of).into_iter().collect();
    let step = &design.parameters;
    let of_dp = |dp: &Dp| dps.contains(dp);
    let mut objects: BTreeSet<Object> =
        step.guards.iter().filter(|(dp, _)| of_dp(dp)).map(|(_, object)| *object).collect();
    let mut operations: BTreeSet<Operation> =
        step.protects.iter().filter(|(dp, _)| of_dp(dp)).map(|(_, it)| *it).collect();
    let views: BTreeSet<View> = step.serves_view.iter().filter(|(dp, _)| of_dp(dp)).map(|(_, view)| *view).collect();
    match of {
        Entity::Object(object) if objects.is_empty() => drop(objects.insert(object)),
        Entity::Operation(operation) if operations.is_empty() => drop(operations.insert(operation)),
        _ => (),
    }
    let changing = design.evidence.writes.iter().filter(|(_, object)| objects.contains(object));
    operations.extend(changing.map(|(operation, _)| *operation));
    let mut edits = vec![];
    objects.iter().for_each(|object| of_object(design, *object, &mut edits));
    operations.iter().for_each(|operation| of_operation(design, *operation, &mut edits));
    views.iter().for_each(|view| of_view(design, *view, &mut edits));
    numbers::of_operations(design, &operations, &mut edits);
    numbers::of_views(design, &views, &mut edits);
    claims(design, &objects, &operations, &mut edits);
    invariants(design, &objects, &operations, &mut edits);
    of_system(design, &operations, &mut edits);
    edits
}

fn of_object(design: &Design, object: Object, edits: &mut Vec<Edit>) {
    let (name, facts) = (design.name(object), &design.facts);
    let mut edit = |clause: &'static str, turns: &'static [Property], word: &str, apply: Box<dyn Fn(&mut Facts)>| {
        let text = format!("`{name}` with `{clause}: {word}`");
        edits.push(Edit { clause: (Some(object.into()), clause), turns, text, apply });
    };
    for &ownership in Ownership::ALL.iter().filter(|axis| !facts.ownership.contains(&(object, **axis))) {
        let apply = move |facts: &mut Facts| {
            facts.ownership.retain(|(other, _)| *other != object);
            facts.ownership.push((object, ownership));
        };
        edit(
            "ownership",
            &[SingleWriter, Partitioned, MultiWriter, OneWinner, AllSucceed],
            ownership.word(),
            Box::new(apply),
        );
    }
    for &evolution in Evolution::ALL.iter().filter(|axis| !facts.evolution.contains(&(object, **axis))) {
        let apply = move |facts: &mut Facts| {
            facts.evolution.retain(|(other, _)| *other != object);
            facts.evolution.push((object, evolution));
        };
        edit("evolution", &[AppendOnly, Overwrite, StateMachine, Merge], evolution.word(), Box::new(apply));
    }
    for &ordering in Ordering::ALL.iter().filter(|axis| !facts.ordering.contains(&(object, **axis))) {
        let apply = move |facts: &mut Facts| {
            facts.ordering.retain(|(other, _)| *other != object);
            facts.ordering.push((object, ordering));
        };
        edit("ordering", &[TotalOrder, PartialOrder], ordering.word(), Box::new(apply));
    }
    if !facts.written_everywhere.contains(&(object,)) {
        let clause = (Some(object.into()), "written");
        let text = format!("`{name}` with `written everywhere`");
        let apply = Box::new(move |facts: &mut Facts| facts.written_everywhere.push((object,)));
        edits.push(Edit { clause, turns: &[AcrossRegions], text, apply });
    }
}

fn of_operation(design: &Design, operation: Operation, edits: &mut Vec<Edit>) {
    let (name, facts) = (design.name(operation), &design.facts);
    let mut edit = |clause: &'static str, turns: &'static [Property], text: String, apply: Box<dyn Fn(&mut Facts)>| {
        edits.push(Edit { clause: (Some(operation.into()), clause), turns, text: format!("`{name}` {text}"), apply });
    };
    for &scope in Scope::ALL.iter().filter(|scope| !facts.across.contains(&(operation, **scope))) {
        let apply = move |facts: &mut Facts| {
            facts.across.retain(|(other, _)| *other != operation);
            facts.across.push((operation, scope));
        };
        edit(
            "across",
            &[InProcess, InService, AcrossServices, AcrossRegions],
            format!("with `across {scope}`"),
            Box::new(apply),
        );
    }
    if facts.holds.iter().any(|(other, _)| *other == operation) {
        let apply = move |facts: &mut Facts| facts.holds.retain(|(other, _)| *other != operation);
        edit("holds", &[HoldsAcrossRequests], "without `holds`".into(), Box::new(apply));
    }
    if facts.once_per.iter().any(|(other, _)| *other == operation) {
        let apply = move |facts: &mut Facts| facts.once_per.retain(|(other, _)| *other != operation);
        edit("once", &[NaturalKey], "without `once per`".into(), Box::new(apply));
    }
}

fn of_view(design: &Design, view: View, edits: &mut Vec<Edit>) {
    let name = design.name(view);
    for &shape in Shape::ALL.iter().filter(|shape| !design.facts.shape.contains(&(view, **shape))) {
        let apply = move |facts: &mut Facts| {
            facts.shape.retain(|(other, _)| *other != view);
            facts.shape.push((view, shape));
        };
        let text = format!("`{name}` with `{shape}`");
        let turns = &[OtherShape, JoinHeavy, Copies];
        edits.push(Edit { clause: (Some(view.into()), "shape"), turns, text, apply: Box::new(apply) });
    }
}

/// Claims that could be taken: until any other operation that changes the object.
fn claims(design: &Design, objects: &BTreeSet<Object>, operations: &BTreeSet<Operation>, edits: &mut Vec<Edit>) {
    // In nanoseconds.
    const TIME: Quantity = Quantity::whole(15 * 60 * 1_000_000_000, Dimension::Time);
    let writes = &design.evidence.writes;
    let held: BTreeSet<Operation> = design.facts.holds.iter().map(|(operation, _)| *operation).collect();
    for (operation, object) in writes.iter().filter(|(it, object)| operations.contains(it) && objects.contains(object))
    {
        let (operation, object) = (*operation, *object);
        let ends: BTreeSet<Operation> =
            writes.iter().filter(|(it, of)| *of == object && *it != operation).map(|(it, _)| *it).collect();
        if ends.is_empty() || held.contains(&operation) {
            continue;
        }
        let until: Vec<&str> = ends.iter().map(|it| design.facts.name(*it)).collect();
        let what = instance(&design.facts, operation, object);
        let text =
            format!("`{}` with `holds {what} until {} for {TIME}`", design.facts.name(operation), until.join(", "));
        let apply = move |facts: &mut Facts| {
            facts.holds.push((operation, object));
            facts.released_by.extend(ends.iter().map(|end| (operation, *end)));
            facts.hold_time.push((operation, TIME));
        };
        let clause = (Some(operation.into()), "holds");
        edits.push(Edit { clause, turns: &[HoldsAcrossRequests], text, apply: Box::new(apply) });
    }
}

/// How an operation names the instance of an object that it is about.
fn instance(facts: &Facts, operation: Operation, object: Object) -> &str {
    let named = facts.parameter.iter().find(|(_, of, kind)| *of == operation.into() && *kind == Type::Object(object));
    named.map_or(facts.name(object), |(parameter, ..)| facts.name(*parameter))
}

/// Invariants that could be stated of what nothing is stated of: without one, nothing needs a mechanism.
fn invariants(design: &Design, objects: &BTreeSet<Object>, operations: &BTreeSet<Operation>, edits: &mut Vec<Edit>) {
    let facts = &design.facts;
    let mut stated = |text: String, statement: Statement| {
        let apply = move |facts: &mut Facts| {
            let name = Name { name: "another invariant".into(), ..Name::default() };
            let invariant = facts.names.invariants(name);
            facts.invariant.push((invariant, InvariantType::Eligibility));
            facts.statement.push((invariant, statement.clone()));
        };
        edits.push(Edit {
            clause: (None, "invariant"),
            turns: &[GuardsState, Eligibility],
            text,
            apply: Box::new(apply),
        });
    };
    let kept: BTreeSet<Object> = design.parameters.guards.iter().map(|(_, object)| *object).collect();
    for operation in operations.iter().filter(|it| facts.guard.iter().any(|(_, of, _)| of == *it)) {
        let statement = Statement::GuardOf(*operation);
        if !facts.statement.iter().any(|(_, other)| *other == statement) {
            stated(format!("an `invariant` with `of {}`", facts.name(*operation)), statement);
        }
    }
    let changed = facts.effect.iter().filter(|(_, it, object, ..)| operations.contains(it) && !kept.contains(object));
    let added = changed.filter_map(|(_, _, object, field, action)| match action {
        Action::Increase(_) | Action::Decrease(_) if objects.contains(object) => *field,
        _ => None,
    });
    for field in added.collect::<BTreeSet<Field>>() {
        let (value, least) = (Expr::Field(field, None), Expr::Quantity(Quantity::count(0)));
        let statement = Statement::Holds(Expr::Binary(Operator::AtLeast, Box::new(value), Box::new(least)));
        stated(format!("an `invariant` with `holds {} >= 0`", facts.path(field)), statement);
    }
}

/// Faults that could be left out, or could happen to who runs the operations, and what is asked of a network partition.
fn of_system(design: &Design, operations: &BTreeSet<Operation>, edits: &mut Vec<Edit>) {
    let facts = &design.facts;
    for &(fault, kind) in &facts.fault {
        let apply = move |facts: &mut Facts| facts.fault.retain(|(other, _)| *other != fault);
        let clause = (Some(fault.into()), "fault");
        edits.push(Edit { clause, turns: faulty(kind), text: format!("no `fault {kind}`"), apply: Box::new(apply) });
    }
    for &(actor, fault) in &facts.actor_fault {
        let apply = move |facts: &mut Facts| facts.actor_fault.retain(|other| *other != (actor, fault));
        let text = format!("`{}` without `{fault}`", design.name(actor));
        let clause = (Some(actor.into()), fault.word());
        edits.push(Edit { clause, turns: failing(fault), text, apply: Box::new(apply) });
    }
    let run = facts.operation.iter().filter(|(operation, _)| operations.contains(operation));
    let running: BTreeSet<Actor> = run.map(|(_, actor)| *actor).collect();
    for (actor, fault) in running.iter().flat_map(|actor| ActorFault::ALL.iter().map(|fault| (*actor, *fault))) {
        if facts.actor_fault.contains(&(actor, fault)) {
            continue;
        }
        let apply = move |facts: &mut Facts| facts.actor_fault.push((actor, fault));
        let text = format!("`{}` with `{fault}`", design.name(actor));
        let clause = (Some(actor.into()), fault.word());
        edits.push(Edit { clause, turns: failing(fault), text, apply: Box::new(apply) });
    }
    for &policy in PartitionPolicy::ALL.iter().filter(|policy| !facts.partition_policy.contains(&(**policy,))) {
        let apply = move |facts: &mut Facts| facts.partition_policy = vec![(policy,)];
        let text = format!("`partition {policy}` in the system");
        let turns = &[GoesOnAlone, TolerateMinority];
        edits.push(Edit { clause: (None, "partition"), turns, text, apply: Box::new(apply) });
    }
}

fn failing(fault: ActorFault) -> &'static [Property] {
    match fault {
        ActorFault::Retries | ActorFault::CrashesAfterSend => &[Retried],
        ActorFault::CrashesWhileHolding => &[HolderMayCrash],
        ActorFault::Offline => &[OfflineAudience],
    }
}

fn faulty(kind: FaultKind) -> &'static [Property] {
    match kind {
        FaultKind::HolderCrash => &[HolderMayCrash],
        FaultKind::ClientRetry => &[Retried],
        FaultKind::DuplicateDelivery => &[AtLeastOnce],
        FaultKind::PartialWrite => &[PartialWrite],
        FaultKind::RetryStorm => &[RetryStorm],
        _ => &[PartitionFault, OwnerMayMove, SlowDownstream],
    }
}
