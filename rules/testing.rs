//! A small way to write facts by hand, for the tests of the rules.

use crate::expression::{Action, Expr, Operator};
use crate::fact::*;
use crate::quantity::Quantity;
use crate::vocabulary::*;

/// Facts under construction. Everything is declared in the order of the calls.
#[derive(Default)]
pub struct Spec {
    /// What is declared so far.
    pub facts: Facts,
}

/// A name and nothing else.
pub fn name(name: &str) -> Name {
    Name { name: name.to_owned(), ..Name::default() }
}

impl Spec {
    /// `actor name : kind`
    pub fn actor(&mut self, called: &str, kind: ActorKind) -> Actor {
        let actor = self.facts.names.actors(name(called));
        self.facts.actor_kind.push((actor, kind));
        actor
    }

    /// `object name { }`
    pub fn object(&mut self, called: &str) -> Object {
        self.facts.names.objects(name(called))
    }

    /// A field of a built-in type.
    pub fn field(&mut self, object: Object, called: &str, primitive: Primitive) -> Field {
        self.typed(object, called, Type::Primitive(primitive))
    }

    fn typed(&mut self, object: Object, called: &str, kind: Type) -> Field {
        let field = self.facts.names.fields(name(called));
        self.facts.field.push((field, object, kind));
        field
    }

    /// `key name: uuid`
    pub fn key(&mut self, object: Object, called: &str) -> Field {
        let field = self.field(object, called, Primitive::Uuid);
        self.facts.key.push((object, field));
        field
    }

    /// The states of a machine, the first being the initial one, and the field that holds them.
    pub fn machine<const N: usize>(&mut self, object: Object, states: [&str; N]) -> (Field, [State; N]) {
        let status = self.field(object, "status", Primitive::Status);
        let states = states.map(|called| self.facts.names.states(name(called)));
        self.facts.state.extend(states.map(|state| (state, object)));
        self.facts.initial_state.extend(states.first().map(|state| (object, *state)));
        self.facts.evolution.push((object, Evolution::StateMachine));
        (status, states)
    }

    /// `from -> to on operation`
    pub fn transition(&mut self, object: Object, from: State, to: State, on: Option<Operation>) -> Transition {
        let called = format!("{} -> {}", self.facts.name(from), self.facts.name(to));
        let transition = self.facts.names.transitions(name(&called));
        self.facts.transition.push((transition, object, from, to));
        self.facts.triggers.extend(on.map(|operation| (operation, transition)));
        transition
    }

    /// `operation name by actor { }`
    pub fn operation(&mut self, called: &str, actor: Actor) -> Operation {
        let operation = self.facts.names.operations(name(called));
        self.facts.operation.push((operation, actor));
        operation
    }

    /// A parameter of an operation.
    pub fn parameter(&mut self, operation: Operation, called: &str, kind: Type) -> Parameter {
        let parameter = self.facts.names.parameters(name(called));
        self.facts.parameter.push((parameter, operation.into(), kind));
        parameter
    }

    /// A parameter that is a whole number.
    pub fn number(&mut self, operation: Operation, called: &str) -> Parameter {
        self.parameter(operation, called, Type::Primitive(Primitive::Integer))
    }

    /// `when condition`
    pub fn when(&mut self, operation: Operation, condition: Expr) {
        for conjunct in condition.conjuncts() {
            let guard = self.facts.names.guards(name("condition"));
            self.facts.guard.push((guard, operation, conjunct));
        }
    }

    /// `then object.field …`
    pub fn then(&mut self, operation: Operation, field: Field, action: Action) -> Effect {
        let object = self.facts.object_of(field);
        self.effect(operation, object, Some(field), action)
    }

    /// `then create object(field: value, …)`
    pub fn create(&mut self, operation: Operation, object: Object, fields: Vec<(Field, Expr)>) -> Effect {
        self.effect(operation, object, None, Action::Create(fields))
    }

    /// `then delete object`
    pub fn delete(&mut self, operation: Operation, object: Object) -> Effect {
        self.effect(operation, object, None, Action::Delete)
    }

    /// Any effect.
    pub fn effect(&mut self, operation: Operation, object: Object, field: Option<Field>, action: Action) -> Effect {
        let effect = self.facts.names.effects(name("effect"));
        self.facts.effect.push((effect, operation, object, field, action));
        effect
    }

    /// `view name of sources { }`
    pub fn view(&mut self, called: &str, sources: &[Source]) -> View {
        let view = self.facts.names.views(name(called));
        self.facts.upstream.extend(sources.iter().map(|source| (view, *source)));
        view
    }
}

/// `left operator right`
pub fn is(left: impl Into<Expr>, operator: Operator, right: impl Into<Expr>) -> Expr {
    Expr::Binary(operator, Box::new(left.into()), Box::new(right.into()))
}

/// A plain number.
pub fn number(amount: i128) -> Expr {
    Expr::Quantity(Quantity::count(amount))
}

impl From<Field> for Expr {
    fn from(field: Field) -> Expr {
        Expr::Field(field, None)
    }
}
impl From<Parameter> for Expr {
    fn from(parameter: Parameter) -> Expr {
        Expr::Parameter(parameter)
    }
}
impl From<State> for Expr {
    fn from(state: State) -> Expr {
        Expr::State(state)
    }
}
