//! What is recorded with a decision, so that it can be judged after the state has moved on.

use crate::expression::Expr;
use crate::fact::*;
use crate::vocabulary::ActorKind;
use std::collections::{BTreeMap, BTreeSet};

/// What an operation decides on: what its condition reads, and who may run it.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Grounds {
    /// Whether the time decides.
    pub clock: bool,
    /// Whether it matters who asks: to the condition, to a permission, or to what is written.
    pub caller: bool,
    /// Whether two callers may use one key without meaning one request (S16-cat5).
    pub per_caller: bool,
    /// The fields of the instances it is given, as they were before it changed anything.
    pub fields: BTreeSet<(Parameter, Field)>,
}

impl Grounds {
    /// Whether there is anything to record of what was read.
    pub fn reads(&self) -> bool {
        self.clock || !self.fields.is_empty()
    }
}

/// The member of a recorded reading that holds the time of the decision; instances are members by the names of their parameters.
pub const DECIDED_AT: &str = "decided_at";

/// The grounds of every operation.
pub fn grounds(facts: &Facts) -> BTreeMap<Operation, Grounds> {
    let instances = Instances::new(facts);
    let mut all: BTreeMap<Operation, Grounds> = BTreeMap::new();
    let kinds: BTreeMap<Actor, ActorKind> = facts.actor_kind.iter().copied().collect();
    for (operation, actor) in &facts.operation {
        let outside = kinds.get(actor).is_some_and(|kind| !kind.is_system());
        all.entry(*operation).or_default().per_caller = outside;
    }
    for (_, operation, condition) in &facts.guard {
        instances.read(*operation, condition, all.entry(*operation).or_default());
    }
    for (_, statement) in &facts.statement {
        let Statement::OnlyMay(permission, Entity::Operation(operation)) = statement else { continue };
        let of = all.entry(*operation).or_default();
        if let Permission::Is(who) = permission {
            instances.read(*operation, who, of);
            of.caller |= !matches!(who, Expr::Binary(operator, ..) if operator.makes_condition());
        }
    }
    for (_, operation, _, _, action) in &facts.effect {
        all.entry(*operation).or_default().caller |= action.values().any(Expr::asks_who);
    }
    let moved: BTreeMap<Transition, Object> = facts.transition.iter().map(|(it, object, ..)| (*it, *object)).collect();
    let statuses: BTreeMap<Object, Field> = crate::step_04_invariants::statuses(facts).into_iter().collect();
    for (operation, transition) in &facts.triggers {
        let Some(status) = moved.get(transition).and_then(|object| statuses.get(object)) else { continue };
        instances.field(*operation, *status, None, all.entry(*operation).or_default());
    }
    all
}

/// The instances that operations are given.
struct Instances<'f> {
    facts: &'f Facts,
    of: BTreeMap<Operation, Vec<(Parameter, Object)>>,
}

impl<'f> Instances<'f> {
    fn new(facts: &'f Facts) -> Instances<'f> {
        let mut of: BTreeMap<Operation, Vec<(Parameter, Object)>> = BTreeMap::new();
        for (parameter, of_what, kind) in &facts.parameter {
            if let (Entity::Operation(operation), Type::Object(object)) = (of_what, kind) {
                of.entry(*operation).or_default().push((*parameter, *object));
            }
        }
        Instances { facts, of }
    }

    fn read(&self, operation: Operation, condition: &Expr, into: &mut Grounds) {
        into.clock |= condition.reads_clock();
        into.caller |= condition.asks_who();
        condition.walk(&mut |part| {
            if let Expr::Field(field, instance) = part {
                self.field(operation, *field, *instance, into);
            }
        });
    }

    /// A field without an instance is one of the only instance of its object.
    fn field(&self, operation: Operation, field: Field, named: Option<Parameter>, into: &mut Grounds) {
        let object = self.facts.object_of(field);
        let given = self.of.get(&operation).map_or(&[][..], Vec::as_slice);
        let mut fitting =
            given.iter().filter(|(parameter, of)| *of == object && named.is_none_or(|it| it == *parameter));
        if let (Some((parameter, _)), None) = (fitting.next(), fitting.next()) {
            into.fields.insert((*parameter, field));
        }
    }
}
