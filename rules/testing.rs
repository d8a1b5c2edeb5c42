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

    /// A parameter that names an instance.
    pub fn instance(&mut self, operation: Operation, called: &str, object: Object) -> Parameter {
        self.parameter(operation, called, Type::Object(object))
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

    /// `requirement name "sentence" { actor touch what }`
    pub fn requirement(&mut self, sentence: &str, actor: Actor, touch: Touch, what: impl Into<Entity>) -> Requirement {
        let title = Some(sentence.to_owned());
        let requirement = self.facts.names.requirements(Name { title, ..name("R") });
        self.facts.touches.push((requirement, actor, touch, what.into()));
        self.facts.says.extend(
            crate::step_01_normalization::tables::verbs_in(sentence).into_iter().map(|verb| (requirement, verb)),
        );
        requirement
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

/// Random facts: a few actors, objects and operations, with effects and conditions of every kind. The same seed gives the same.
pub fn random(seed: u64) -> Facts {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut spec = Spec::default();
    let actors: Vec<Actor> = (0..3).map(|_| spec.actor("actor", *dice.pick(ActorKind::ALL))).collect();
    for actor in &actors {
        if dice.one_in(3) {
            spec.facts.actor_count.push((*actor, Quantity::count(*dice.pick(&[1, 8]))));
        }
    }
    let objects: Vec<Object> = (0..3).map(|i| object(&mut spec, &mut dice, i)).collect();
    let operations: Vec<Operation> = (0..4).map(|_| spec.operation("operation", *dice.pick(&actors))).collect();
    for operation in &operations {
        let object = *dice.pick(&objects);
        let instance = spec.instance(*operation, "instance", object);
        let amount = spec.number(*operation, "amount");
        let fields: Vec<Field> =
            spec.facts.field.iter().filter(|(_, of, _)| *of == object).map(|(field, ..)| *field).collect();
        let field = *dice.pick(&fields);
        if dice.one_in(2) {
            let compared = *dice.pick(&[Operator::Greater, Operator::Less, Operator::Equal]);
            spec.when(*operation, is(amount, compared, Expr::Field(field, Some(instance))));
        }
        if dice.one_in(4) {
            spec.when(*operation, is(Expr::Caller, Operator::Equal, Expr::Field(fields[0], Some(instance))));
        }
        match dice.below(6) {
            0 => drop(spec.then(*operation, field, Action::Assign(amount.into()))),
            1 => drop(spec.then(*operation, field, Action::Increase(number(1)))),
            2 => drop(spec.delete(*operation, object)),
            3 => drop(spec.create(*operation, object, vec![(fields[0], amount.into())])),
            _ => {
                spec.create(*operation, *dice.pick(&objects), vec![]);
                spec.then(*operation, field, Action::Assign(amount.into()));
            }
        }
    }
    for (_, _, from, to) in spec.facts.transition.clone() {
        if dice.one_in(2) {
            spec.then(*dice.pick(&operations), Field(0), Action::Increase(number(1)));
            let transition = spec.facts.transition.iter().find(|(_, _, a, b)| (*a, *b) == (from, to)).map(|row| row.0);
            spec.facts.triggers.extend(transition.map(|transition| (*dice.pick(&operations), transition)));
        }
    }
    for operation in &operations {
        spec.requirement("Users do something", *dice.pick(&actors), Touch::Does, *operation);
    }
    spec.facts.causes.push((operations[0], operations[3]));
    spec.facts
}

/// An object with a key, two numbers, and with some luck axes, a machine, a source.
fn object(spec: &mut Spec, dice: &mut Dice, i: u32) -> Object {
    let object = spec.object("Object");
    let key = spec.key(object, "key");
    let number = spec.field(object, "number", Primitive::Integer);
    spec.field(object, "other", Primitive::Money);
    if dice.one_in(3) {
        spec.facts.ownership.push((object, *dice.pick(Ownership::ALL)));
    }
    if dice.one_in(3) {
        let (_, [a, b]) = spec.machine(object, ["A", "B"]);
        spec.transition(object, a, b, None);
    } else if dice.one_in(3) {
        spec.facts.evolution.push((object, *dice.pick(Evolution::ALL)));
    }
    for _ in 0..dice.below(3) {
        spec.facts.ordering.push((object, *dice.pick(Ordering::ALL)));
    }
    if dice.one_in(3) {
        spec.facts.ordered_within.push((object, key));
    }
    if dice.one_in(3) {
        spec.facts.ordered_by.push((object, number));
    }
    if dice.one_in(4) {
        spec.facts.class.push((object, *dice.pick(Class::ALL)));
    }
    if i > 0 && dice.one_in(5) {
        spec.facts.derivable.push((object, Source::Object(Object(0))));
    }
    object
}

/// Numbers that look random (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len() as u64) as usize]
    }
}
