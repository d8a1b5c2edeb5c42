//! Conditions: on what they depend, and which changes they survive. Sign analysis, one variable at a time.

use super::{Direction, Polarity};
use crate::expression::{Action, Expr, Operator};
use crate::fact::*;
use crate::vocabulary::{Aggregate, Primitive, Sign};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What can change under a condition.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Variable {
    /// The value of a field.
    Field(Field),
    /// Which instances of an object there are.
    Instances(Object),
}

/// How an expression follows a variable that rises; `false` is below `true`, a set below its supersets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tendency {
    Constant,
    Rising,
    Falling,
    Unknown,
}
use Tendency::*;

impl Tendency {
    fn join(self, other: Tendency) -> Tendency {
        match (self, other) {
            (Constant, tendency) | (tendency, Constant) => tendency,
            (one, other) if one == other => one,
            _ => Unknown,
        }
    }

    fn flip(self) -> Tendency {
        match self {
            Rising => Falling,
            Falling => Rising,
            other => other,
        }
    }

    /// Known to follow in neither direction, unless constant.
    fn blur(self) -> Tendency {
        if self == Constant { Constant } else { Unknown }
    }
}

/// One operation: its conditions, its effects, and what they say of the signs of its values.
pub struct Context<'f> {
    /// All facts, with what is looked up often.
    pub index: &'f Index<'f>,
    /// The conjuncts of its guard.
    pub conditions: Vec<(Guard, &'f Expr)>,
    /// Its effects.
    pub effects: Vec<&'f (Effect, Operation, Object, Option<Field>, Action)>,
    /// The transitions it takes.
    pub steps: Vec<&'f (Transition, Object, State, State)>,
    /// The objects of which it names an instance; twice where it names two.
    pub instances: Vec<(Object, Parameter)>,
    /// Values that it stores in fields declared non-negative.
    non_negative: Vec<&'f Expr>,
}

/// What is looked up often.
pub struct Index<'f> {
    /// All facts.
    pub facts: &'f Facts,
    /// Fields whose values are never below zero.
    non_negative: HashSet<Field>,
    /// Parameters that are refused below zero.
    asked: HashSet<Parameter>,
    /// The first field of each object's key, or else its first field.
    identity: HashMap<Object, Field>,
    /// Objects with states, and a field for these to stand in.
    pub machines: BTreeMap<Object, Machine>,
    /// The parameters that name the instances that effects are on.
    through: HashMap<Effect, Parameter>,
}

/// A state machine.
pub struct Machine {
    /// The field that holds the state.
    pub status: Field,
    /// All states.
    pub states: Vec<State>,
}

impl<'f> Index<'f> {
    /// Reads the facts once.
    pub fn new(facts: &'f Facts) -> Self {
        let declared = facts.sign.iter().filter(|(_, sign)| *sign == Sign::NonNegative).map(|(field, _)| *field);
        let durations = facts.field.iter().filter(|(.., kind)| *kind == Type::Primitive(Primitive::Duration));
        let refused = facts.parameter_sign.iter().filter(|(_, sign)| *sign == Sign::NonNegative);
        let lasting = facts.parameter.iter().filter(|(.., kind)| *kind == Type::Primitive(Primitive::Duration));
        let mut identity = HashMap::new();
        for (object, key) in &facts.key {
            identity.entry(*object).or_insert(*key);
        }
        for (field, object, _) in &facts.field {
            identity.entry(*object).or_insert(*field);
        }
        Index {
            facts,
            non_negative: declared.chain(durations.map(|(field, ..)| *field)).collect(),
            asked: refused.map(|(of, _)| *of).chain(lasting.map(|(of, ..)| *of)).collect(),
            identity,
            machines: machines(facts),
            through: facts.through.iter().copied().collect(),
        }
    }

    /// One context per operation, by its id.
    pub fn operations(&'f self) -> Vec<Context<'f>> {
        let empty = || Context {
            index: self,
            conditions: vec![],
            effects: vec![],
            steps: vec![],
            instances: vec![],
            non_negative: vec![],
        };
        let mut contexts: Vec<Context<'f>> = self.facts.names.operations.iter().map(|_| empty()).collect();
        for (guard, operation, condition) in &self.facts.guard {
            if let Some(context) = contexts.get_mut(operation.index()) {
                context.conditions.push((*guard, condition));
            }
        }
        for effect in &self.facts.effect {
            let Some(context) = contexts.get_mut(effect.1.index()) else { continue };
            context.effects.push(effect);
            if let Action::Create(values) = &effect.4 {
                let stored =
                    values.iter().filter(|(field, _)| self.non_negative.contains(field)).map(|(_, value)| value);
                context.non_negative.extend(stored);
            }
        }
        for (operation, transition) in &self.facts.triggers {
            if let Some(context) = contexts.get_mut(operation.index()) {
                context.steps.extend(self.facts.transition.get(transition.index()));
            }
        }
        for (parameter, of, kind) in &self.facts.parameter {
            if let (Entity::Operation(operation), Type::Object(object)) = (of, kind)
                && let Some(context) = contexts.get_mut(operation.index())
            {
                context.instances.push((*object, *parameter));
            }
        }
        contexts
    }

    /// The objects whose instances an aggregate runs over.
    pub fn objects_of(&self, inner: &Expr) -> Vec<Object> {
        let mut objects = vec![];
        inner.walk(&mut |expr| match expr {
            Expr::Field(field, _) => objects.push(self.facts.object_of(*field)),
            Expr::Exists(object, _) => objects.push(*object),
            _ => (),
        });
        objects
    }

    /// The field by which instances of an object are told apart.
    pub fn identity(&self, object: Object) -> Option<Field> {
        self.identity.get(&object).copied()
    }
}

impl Context<'_> {
    /// Which changes of the variable a condition survives; `None` where it does not depend on it.
    pub fn polarity(&self, condition: &Expr, variable: Variable) -> Option<Polarity> {
        match self.tendency(condition, variable) {
            Constant => None,
            Rising => Some(Polarity::High),
            Falling => Some(Polarity::Low),
            Unknown => Some(Polarity::Equal),
        }
    }

    fn tendency(&self, expr: &Expr, variable: Variable) -> Tendency {
        match expr {
            Expr::Field(field, _) if variable == Variable::Field(*field) => Rising,
            Expr::Not(inner) => self.tendency(inner, variable).flip(),
            Expr::Binary(operator, left, right) => self.binary(*operator, left, right, variable),
            Expr::Exists(object, matched) => self.exists(*object, matched, variable),
            Expr::Aggregate(function, inner) => self.aggregate(*function, inner, variable),
            _ => Constant,
        }
    }

    fn binary(&self, operator: Operator, left: &Expr, right: &Expr, variable: Variable) -> Tendency {
        let (one, other) = (self.tendency(left, variable), self.tendency(right, variable));
        match operator {
            Operator::And | Operator::Or | Operator::Plus => one.join(other),
            Operator::Minus | Operator::Greater | Operator::AtLeast => one.join(other.flip()),
            Operator::Less | Operator::AtMost => one.flip().join(other),
            // What is looked for must not move; what it is looked for in may grow.
            Operator::In => one.blur().join(other),
            Operator::NotIn => one.blur().join(other.flip()),
            Operator::Equal | Operator::NotEqual => match truth(left, right) {
                Some(value) if value == (operator == Operator::Equal) => one.join(other),
                Some(_) => one.join(other).flip(),
                None => one.join(other).blur(),
            },
            Operator::Times => match (one, other) {
                (tendency, Constant) => self.scaled(tendency, right),
                (Constant, tendency) => self.scaled(tendency, left),
                _ => Unknown,
            },
            Operator::Divide if other == Constant => self.scaled(one, right),
            Operator::Divide => Unknown,
        }
    }

    /// A tendency multiplied or divided by something whose sign may be known.
    fn scaled(&self, tendency: Tendency, factor: &Expr) -> Tendency {
        match self.sign(factor) {
            _ if tendency == Constant => Constant,
            Some(Signum::ZeroOrMore) => tendency,
            Some(Signum::ZeroOrLess) => tendency.flip(),
            None => Unknown,
        }
    }

    fn exists(&self, object: Object, matched: &[(Field, Expr)], variable: Variable) -> Tendency {
        let values = matched.iter().fold(Constant, |all, (_, value)| all.join(self.tendency(value, variable)));
        let own = match variable {
            Variable::Instances(other) if other == object => Rising,
            Variable::Field(field) if matched.iter().any(|(other, _)| *other == field) => Unknown,
            _ => Constant,
        };
        values.blur().join(own)
    }

    fn aggregate(&self, function: Aggregate, inner: &Expr, variable: Variable) -> Tendency {
        let of = match variable {
            Variable::Instances(object) => {
                if !self.index.objects_of(inner).contains(&object) {
                    return Constant;
                }
                match function {
                    Aggregate::Count | Aggregate::CountDistinct | Aggregate::Max => Rising,
                    Aggregate::Sum if self.sign(inner) == Some(Signum::ZeroOrMore) => Rising,
                    Aggregate::Sum if self.sign(inner) == Some(Signum::ZeroOrLess) => Falling,
                    Aggregate::Min => Falling,
                    Aggregate::Sum | Aggregate::Latest => Unknown,
                }
            }
            Variable::Field(_) => self.tendency(inner, variable),
        };
        match (function, variable) {
            (_, Variable::Instances(_)) => of,
            (Aggregate::Sum | Aggregate::Max | Aggregate::Min | Aggregate::Latest, _) => of,
            (Aggregate::Count, _) => Constant,
            (Aggregate::CountDistinct, _) => of.blur(),
        }
    }

    /// The sign of a value, where it is known.
    pub fn sign(&self, value: &Expr) -> Option<Signum> {
        let asserted = self.conditions.iter().any(|(_, condition)| asserts_non_negative(condition, value));
        if asserted || self.non_negative.contains(&value) {
            return Some(Signum::ZeroOrMore);
        }
        match value {
            Expr::Quantity(quantity) if quantity.is_negative() => Some(Signum::ZeroOrLess),
            Expr::Quantity(_) => Some(Signum::ZeroOrMore),
            Expr::Field(field, _) => self.index.non_negative.contains(field).then_some(Signum::ZeroOrMore),
            Expr::Parameter(parameter) => self.index.asked.contains(parameter).then_some(Signum::ZeroOrMore),
            Expr::Binary(operator, left, right) => {
                let (one, other) = (self.sign(left)?, self.sign(right)?);
                match operator {
                    Operator::Plus => (one == other).then_some(one),
                    Operator::Minus => (one != other).then_some(one),
                    Operator::Times | Operator::Divide if one == other => Some(Signum::ZeroOrMore),
                    Operator::Times | Operator::Divide => Some(Signum::ZeroOrLess),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// In which direction `field += amount` moves the field.
    pub fn increase(&self, amount: &Expr) -> Direction {
        match self.sign(amount) {
            Some(Signum::ZeroOrMore) => Direction::Up,
            Some(Signum::ZeroOrLess) => Direction::Down,
            None => Direction::Anywhere,
        }
    }

    /// In which direction `field = value` moves the field.
    pub fn assignment(&self, effect: Effect, field: Field, value: &Expr) -> Direction {
        match value {
            Expr::Boolean(true) => return Direction::Up,
            Expr::Boolean(false) => return Direction::Down,
            _ => (),
        }
        let own = self.own(effect, field);
        if let Some((amount, sense)) = shift(value, &own) {
            return if sense { self.increase(amount) } else { self.increase(amount).opposite() };
        }
        let bounds = self.conditions.iter().filter_map(|(_, condition)| bound(condition, value, &own));
        bounds.min().unwrap_or(Direction::Anywhere)
    }

    /// Whether an expression is the field of the very instance that the effect is on: with two instances at hand, what is
    /// said of one says nothing about the other.
    pub fn own(&self, effect: Effect, field: Field) -> impl Fn(&Expr) -> bool + use<> {
        let single = self.single_instance(field);
        let through = self.through(effect);
        move |expr| match expr {
            Expr::Field(other, instance) => *other == field && (single || through.is_some() && *instance == through),
            _ => false,
        }
    }

    /// The effects of the operation that write elsewhere what is in the field that this one changes.
    pub fn readers(&self, effect: Effect, field: Option<Field>) -> impl Iterator<Item = Effect> {
        let own = field.map(|field| (field, self.own(effect, field), self.index.facts.object_of(field)));
        let through = self.through(effect);
        self.effects.iter().filter_map(move |(other, _, object, _, action)| {
            let (_, is_own, of) = own.as_ref()?;
            let elsewhere = matches!(action, Action::Create(_)) || object != of || self.through(*other) != through;
            let mut reads = false;
            let mut look = |part: &Expr| reads |= is_own(part);
            action.values().for_each(|value| value.walk(&mut look));
            (elsewhere && reads).then_some(*other)
        })
    }

    /// The parameter that names the instance the effect is on.
    pub fn through(&self, effect: Effect) -> Option<Parameter> {
        self.index.through.get(&effect).copied()
    }

    /// Whether the operation is about no more than one instance of the field's object.
    pub fn single_instance(&self, field: Field) -> bool {
        let object = self.index.facts.object_of(field);
        self.instances.iter().filter(|(other, _)| *other == object).count() <= 1
    }
}

/// What is known of a value's sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signum {
    /// Never below zero.
    ZeroOrMore,
    /// Never above zero.
    ZeroOrLess,
}

/// `value` as the field's own value plus (`true`) or minus (`false`) an amount.
pub fn shift<'e>(value: &'e Expr, own: &dyn Fn(&Expr) -> bool) -> Option<(&'e Expr, bool)> {
    match value {
        Expr::Binary(Operator::Plus, left, right) if own(left) => Some((right, true)),
        Expr::Binary(Operator::Plus, left, right) if own(right) => Some((left, true)),
        Expr::Binary(Operator::Minus, left, right) if own(left) => Some((right, false)),
        _ => None,
    }
}

/// The direction of `field = value` under a condition that compares the two: `value > field` lets it rise only.
fn bound(condition: &Expr, value: &Expr, own: &dyn Fn(&Expr) -> bool) -> Option<Direction> {
    let Expr::Binary(operator, left, right) = condition else { return None };
    let upward = match operator {
        Operator::Greater | Operator::AtLeast => true,
        Operator::Less | Operator::AtMost => false,
        _ => return None,
    };
    match (&**left, &**right) {
        (one, other) if one == value && own(other) => Some(if upward { Direction::Up } else { Direction::Down }),
        (one, other) if other == value && own(one) => Some(if upward { Direction::Down } else { Direction::Up }),
        _ => None,
    }
}

/// Whether the expression is that field, of whichever instance.
pub fn is_field(expr: &Expr, field: Field) -> bool {
    matches!(expr, Expr::Field(other, _) if *other == field)
}

/// Whether the condition implies that the value is zero or more.
fn asserts_non_negative(condition: &Expr, value: &Expr) -> bool {
    let zero_or_more = |expr: &Expr| matches!(expr, Expr::Quantity(quantity) if !quantity.is_negative());
    match condition {
        Expr::Binary(Operator::Greater | Operator::AtLeast, left, right) => **left == *value && zero_or_more(right),
        Expr::Binary(Operator::Less | Operator::AtMost, left, right) => **right == *value && zero_or_more(left),
        _ => false,
    }
}

/// The truth value that one of two sides is, if one is.
fn truth(left: &Expr, right: &Expr) -> Option<bool> {
    match (left, right) {
        (Expr::Boolean(value), _) | (_, Expr::Boolean(value)) => Some(*value),
        _ => None,
    }
}

/// Objects whose states have a field to stand in.
fn machines(facts: &Facts) -> BTreeMap<Object, Machine> {
    let mut machines = BTreeMap::new();
    for (field, object, kind) in &facts.field {
        if *kind == Type::Primitive(Primitive::Status) {
            machines.entry(*object).or_insert(Machine { status: *field, states: vec![] });
        }
    }
    for (state, object) in &facts.state {
        if let Some(machine) = machines.get_mut(object) {
            machine.states.push(*state);
        }
    }
    machines
}
