//! Evidence against brute force: every guard with every effect, over domains small enough to try all of them.
//!
//! The oracle runs operations on instances and never looks at polarities, directions or laws.

use super::{Evidence, derive};
use crate::expression::{Action, Expr, Operator};
use crate::fact::*;
use crate::testing::{Spec, is, number};
use crate::vocabulary::{ActorKind, Primitive};
use Operator::*;
use std::collections::{BTreeMap, BTreeSet};

/// A value of a field or parameter. A set is a bit mask of its elements.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Value {
    Integer(i64),
    Boolean(bool),
    Set(u8),
    State(State),
}

/// The fields of one instance, or none once it is deleted; with it the parameters of one request.
type Instance = Option<BTreeMap<Field, Value>>;
type Request = BTreeMap<Parameter, Value>;

/// One object with a field of every kind, and two operations on it.
struct Bench {
    spec: Spec,
    object: Object,
    x: Field,
    set: Field,
    flag: Field,
    status: Field,
    states: [State; 3],
    operations: [Operation; 2],
    amounts: [Parameter; 2],
    elements: [Parameter; 2],
    bits: [Parameter; 2],
}

impl Bench {
    fn new() -> Bench {
        let mut spec = Spec::default();
        let actor = spec.actor("Writer", ActorKind::User);
        let object = spec.object("Thing");
        let x = spec.field(object, "x", Primitive::Integer);
        let set = spec.field(object, "set", Primitive::Set);
        let flag = spec.field(object, "flag", Primitive::Boolean);
        let (status, states) = spec.machine(object, ["A", "B", "C"]);
        let operations = ["First", "Second"].map(|called| spec.operation(called, actor));
        let amounts = operations.map(|operation| spec.number(operation, "amount"));
        let elements = operations.map(|operation| spec.number(operation, "element"));
        let bits = operations.map(|operation| spec.parameter(operation, "bit", Type::Primitive(Primitive::Boolean)));
        Bench { spec, object, x, set, flag, status, states, operations, amounts, elements, bits }
    }

    /// Conditions, by name, of one of the two operations.
    fn guards(&self, of: usize) -> Vec<(&'static str, Expr)> {
        let (x, amount, element) = (self.x, self.amounts[of], self.elements[of]);
        let (set, flag, status, [a, b, _]) = (self.set, self.flag, self.status, self.states);
        let not = |inner| Expr::Not(Box::new(inner));
        vec![
            ("amount > x", is(amount, Greater, x)),
            ("amount >= x", is(amount, AtLeast, x)),
            ("x < amount", is(x, Less, amount)),
            ("x <= amount", is(x, AtMost, amount)),
            ("x > amount", is(x, Greater, amount)),
            ("x >= amount", is(x, AtLeast, amount)),
            ("x == amount", is(x, Equal, amount)),
            ("x != amount", is(x, NotEqual, amount)),
            ("x + amount <= 2", is(is(x, Plus, amount), AtMost, number(2))),
            ("2 >= amount + x", is(number(2), AtLeast, is(amount, Plus, x))),
            ("x - amount >= 0", is(is(x, Minus, amount), AtLeast, number(0))),
            ("amount - x >= 1", is(is(amount, Minus, x), AtLeast, number(1))),
            ("2 * x <= amount", is(is(number(2), Times, x), AtMost, amount)),
            ("x * -1 <= amount", is(is(x, Times, number(-1)), AtMost, amount)),
            ("not x >= amount", not(is(x, AtLeast, amount))),
            ("not x == amount", not(is(x, Equal, amount))),
            ("x > amount or x > 2", is(is(x, Greater, amount), Or, is(x, Greater, number(2)))),
            ("x > amount or x < amount", is(is(x, Greater, amount), Or, is(x, Less, amount))),
            ("element in set", is(element, In, set)),
            ("element not in set", is(element, NotIn, set)),
            ("not element in set", not(is(element, In, set))),
            ("flag", flag.into()),
            ("not flag", not(flag.into())),
            ("flag == true", is(flag, Equal, Expr::Boolean(true))),
            ("flag != true", is(flag, NotEqual, Expr::Boolean(true))),
            ("false == flag", is(Expr::Boolean(false), Equal, flag)),
            ("status == A", is(status, Equal, a)),
            ("status != A", is(status, NotEqual, a)),
            ("B == status", is(b, Equal, status)),
            ("not status == B", not(is(status, Equal, b))),
            ("status == A or status == B", is(is(status, Equal, a), Or, is(status, Equal, b))),
            ("status == A or x < amount", is(is(status, Equal, a), Or, is(x, Less, amount))),
        ]
    }

    /// Gives one of the two operations the effect of that number; `None` past the last one.
    fn act(&mut self, of: usize, effect: usize) -> Option<&'static str> {
        let (operation, amount, element, bit) =
            (self.operations[of], self.amounts[of], self.elements[of], self.bits[of]);
        let (x, set, flag, status, [a, b, c]) = (self.x, self.set, self.flag, self.status, self.states);
        let grows = is(amount, AtLeast, number(0));
        let (called, field, action, guard) = match effect {
            0 => ("x += amount when amount >= 0", x, Action::Increase(amount.into()), Some(grows)),
            1 => ("x -= amount when amount >= 0", x, Action::Decrease(amount.into()), Some(grows)),
            2 => ("x += amount", x, Action::Increase(amount.into()), None),
            3 => ("x += -1", x, Action::Increase(number(-1)), None),
            4 => ("x = amount", x, Action::Assign(amount.into()), None),
            5 => ("x = 2", x, Action::Assign(number(2)), None),
            6 => ("x = amount when amount > x", x, Action::Assign(amount.into()), Some(is(amount, Greater, x))),
            7 => ("x = amount when x <= amount", x, Action::Assign(amount.into()), Some(is(x, AtMost, amount))),
            8 => ("x = amount when x > amount", x, Action::Assign(amount.into()), Some(is(x, Greater, amount))),
            9 => ("x = x + 1", x, Action::Assign(is(x, Plus, number(1))), None),
            10 => ("x = x - amount", x, Action::Assign(is(x, Minus, amount)), None),
            11 => ("x = x * 2", x, Action::Assign(is(x, Times, number(2))), None),
            12 => ("add element to set", set, Action::Add(element.into()), None),
            13 => ("remove element from set", set, Action::Remove(element.into()), None),
            14 => ("flag = true", flag, Action::Assign(Expr::Boolean(true)), None),
            15 => ("flag = false", flag, Action::Assign(Expr::Boolean(false)), None),
            16 => ("flag = bit", flag, Action::Assign(bit.into()), None),
            17 => ("status = C", status, Action::Transition(c), None),
            18 => ("status = B when status == A", status, Action::Assign(b.into()), Some(is(status, Equal, a))),
            19 => ("A -> B", status, Action::Transition(b), Some(is(status, Equal, a))),
            20 => ("status = A when status != A", status, Action::Transition(a), Some(is(status, NotEqual, a))),
            21 => ("x += 1 when x < 2", x, Action::Increase(number(1)), Some(is(x, Less, number(2)))),
            22 => {
                self.spec.delete(operation, self.object);
                return Some("delete");
            }
            _ => return None,
        };
        match effect {
            // By a transition that names the operation: neither guard nor effect is written.
            19 => drop(self.spec.transition(self.object, a, b, Some(operation))),
            _ => {
                guard.into_iter().for_each(|guard| self.spec.when(operation, guard));
                self.spec.then(operation, field, action);
            }
        }
        Some(called)
    }

    /// Every instance and every pair of requests, over the fields and parameters that occur.
    fn try_all(&self, mut attempt: impl FnMut(&Instance, [&Request; 2])) {
        let facts = &self.spec.facts;
        let fields: BTreeSet<Field> = facts
            .guard
            .iter()
            .flat_map(|(.., guard)| guard.fields())
            .chain(facts.effect.iter().flat_map(touched))
            .chain([self.status])
            .collect();
        let mut instances = vec![BTreeMap::new()];
        for field in fields {
            instances = extend(&instances, field, &self.domain(&facts.field[field.index()].2));
        }
        let [first, second] = [0, 1].map(|of| {
            let mut requests = vec![BTreeMap::new()];
            for parameter in [self.amounts[of], self.elements[of], self.bits[of]] {
                if self.occurs(parameter) {
                    let domain = if parameter == self.elements[of] {
                        (0..3).map(Value::Integer).collect()
                    } else {
                        self.domain(&facts.parameter[parameter.index()].2)
                    };
                    requests = extend(&requests, parameter, &domain);
                }
            }
            requests
        });
        for instance in &instances {
            for one in &first {
                for other in &second {
                    attempt(&Some(instance.clone()), [one, other]);
                }
            }
        }
    }

    fn occurs(&self, parameter: Parameter) -> bool {
        let mut found = false;
        let mut look = |expr: &Expr| found |= *expr == Expr::Parameter(parameter);
        self.spec.facts.guard.iter().for_each(|(.., guard)| guard.walk(&mut look));
        for (.., action) in &self.spec.facts.effect {
            if let Action::Assign(value)
            | Action::Increase(value)
            | Action::Decrease(value)
            | Action::Add(value)
            | Action::Remove(value) = action
            {
                value.walk(&mut look);
            }
        }
        found
    }

    fn domain(&self, kind: &Type) -> Vec<Value> {
        match kind {
            Type::Primitive(Primitive::Integer) => (-3..=3).map(Value::Integer).collect(),
            Type::Primitive(Primitive::Set) => (0..8).map(Value::Set).collect(),
            Type::Primitive(Primitive::Boolean) => vec![Value::Boolean(false), Value::Boolean(true)],
            _ => self.states.map(Value::State).to_vec(),
        }
    }

    /// Whether every condition of an operation holds.
    fn admits(&self, operation: Operation, instance: &Instance, request: &Request) -> bool {
        let Some(fields) = instance else { return false };
        let facts = &self.spec.facts;
        let mut steps = facts.triggers.iter().filter(|(other, _)| *other == operation).peekable();
        let in_state = steps.peek().is_none()
            || steps
                .any(|(_, transition)| fields[&self.status] == Value::State(facts.transition[transition.index()].2));
        let mut guards = facts.guard.iter().filter(|(_, of, _)| *of == operation);
        in_state && guards.all(|(.., guard)| evaluate(guard, fields, request) == Value::Boolean(true))
    }

    /// Runs an operation, if its conditions hold.
    fn run(&self, operation: Operation, instance: &Instance, request: &Request) -> Instance {
        if self.admits(operation, instance, request) {
            self.apply(operation, instance, request)
        } else {
            instance.clone()
        }
    }

    /// The effects of an operation, whatever its conditions.
    fn apply(&self, operation: Operation, instance: &Instance, request: &Request) -> Instance {
        let before = instance.as_ref()?;
        let mut after = before.clone();
        for (.., field, action) in self.spec.facts.effect.iter().filter(|(_, of, ..)| *of == operation) {
            if *action == Action::Delete {
                return None;
            }
            let field = field.unwrap();
            after.insert(field, result(action, before[&field], before, request));
        }
        for (_, transition) in self.spec.facts.triggers.iter().filter(|(other, _)| *other == operation) {
            after.insert(self.status, Value::State(self.spec.facts.transition[transition.index()].3));
        }
        Some(after)
    }
}

fn touched(effect: &(Effect, Operation, Object, Option<Field>, Action)) -> Vec<Field> {
    let value = match &effect.4 {
        Action::Assign(value) | Action::Increase(value) | Action::Decrease(value) => value.fields(),
        _ => vec![],
    };
    effect.3.into_iter().chain(value).collect()
}

fn extend<K: Ord + Copy>(maps: &[BTreeMap<K, Value>], key: K, domain: &[Value]) -> Vec<BTreeMap<K, Value>> {
    let with =
        |map: &BTreeMap<K, Value>, value: &Value| map.iter().map(|(k, v)| (*k, *v)).chain([(key, *value)]).collect();
    maps.iter().flat_map(|map| domain.iter().map(move |value| with(map, value))).collect()
}

fn result(action: &Action, old: Value, fields: &BTreeMap<Field, Value>, request: &Request) -> Value {
    let of = |value| evaluate(value, fields, request);
    match (action, old) {
        (Action::Assign(value), _) => of(value),
        (Action::Increase(value), Value::Integer(old)) => Value::Integer(old + integer(of(value))),
        (Action::Decrease(value), Value::Integer(old)) => Value::Integer(old - integer(of(value))),
        (Action::Add(value), Value::Set(old)) => Value::Set(old | 1 << integer(of(value))),
        (Action::Remove(value), Value::Set(old)) => Value::Set(old & !(1 << integer(of(value)))),
        (Action::Transition(state), _) => Value::State(*state),
        other => panic!("no such effect: {other:?}"),
    }
}

fn integer(value: Value) -> i64 {
    match value {
        Value::Integer(value) => value,
        other => panic!("no integer: {other:?}"),
    }
}

fn evaluate(expr: &Expr, fields: &BTreeMap<Field, Value>, request: &Request) -> Value {
    let of = |expr| evaluate(expr, fields, request);
    match expr {
        Expr::Field(field, _) => fields[field],
        Expr::Parameter(parameter) => request[parameter],
        Expr::Quantity(quantity) => Value::Integer(*quantity.amount.numer() as i64),
        Expr::Boolean(value) => Value::Boolean(*value),
        Expr::State(state) => Value::State(*state),
        Expr::Not(inner) => Value::Boolean(of(inner) != Value::Boolean(true)),
        Expr::Binary(operator, left, right) => compare(*operator, of(left), of(right)),
        other => panic!("not evaluated here: {other:?}"),
    }
}

fn compare(operator: Operator, left: Value, right: Value) -> Value {
    let truth = Value::Boolean(true);
    let contains = |element: Value, set: Value| matches!(set, Value::Set(set) if set & 1 << integer(element) != 0);
    Value::Boolean(match operator {
        Or => left == truth || right == truth,
        And => left == truth && right == truth,
        Equal => left == right,
        NotEqual => left != right,
        Less => left < right,
        AtMost => left <= right,
        Greater => left > right,
        AtLeast => left >= right,
        In => contains(left, right),
        NotIn => !contains(left, right),
        Plus => return Value::Integer(integer(left) + integer(right)),
        Minus => return Value::Integer(integer(left) - integer(right)),
        Times => return Value::Integer(integer(left) * integer(right)),
        Divide => return Value::Integer(integer(left) / integer(right)),
    })
}

fn conflicts(evidence: &Evidence, one: Operation, other: Operation) -> bool {
    evidence.conflict.iter().any(|(a, b, _)| (*a, *b) == (one, other))
}

/// Language.md: a guard is stable under an effect iff no small state falsifies it. No cell is unsound, and all but those of one condition are exact.
#[test]
fn every_guard_under_every_effect() {
    let mut cells = 0;
    for guard in 0..Bench::new().guards(0).len() {
        for effect in 0.. {
            let mut bench = Bench::new();
            let (condition, expr) = bench.guards(0).swap_remove(guard);
            let [reader, writer] = bench.operations;
            bench.spec.when(reader, expr);
            let Some(called) = bench.act(1, effect) else { break };
            let mut falsified = false;
            bench.try_all(|instance, [one, other]| {
                falsified |= bench.admits(reader, instance, one)
                    && bench.admits(writer, instance, other)
                    && !bench.admits(reader, &bench.run(writer, instance, other), one);
            });
            let evidence = derive(&bench.spec.facts);
            let conflict = conflicts(&evidence, reader, writer);
            // A test of the state mixed with another condition is taken to depend on every move of the state.
            let exact = conflict == falsified || condition == "status == A or x < amount";
            assert!(conflict >= falsified && exact, "`{condition}` under `{called}`: {conflict}");
            cells += 1;
        }
    }
    assert!(cells >= 700, "{cells} cells");
}

/// Effects said to commute do: two replicas that both admitted a request agree once each has heard of the other's. A max or
/// min register looks again on arrival; that is its law.
#[test]
fn every_effect_with_every_other() {
    let mut commuting = 0;
    for one in 0..23 {
        for other in 0..23 {
            let mut bench = Bench::new();
            let names = (bench.act(0, one), bench.act(1, other));
            let [first, second] = bench.operations;
            if !derive(&bench.spec.facts).commutes.contains(&(bench.object,)) {
                continue;
            }
            commuting += 1;
            let arrive = |operation, instance: &Instance, request: &Request| {
                let register = (6..=8).contains(&if operation == first { one } else { other });
                if register {
                    bench.run(operation, instance, request)
                } else {
                    bench.apply(operation, instance, request)
                }
            };
            bench.try_all(|instance, [a, b]| {
                if bench.admits(first, instance, a) && bench.admits(second, instance, b) {
                    let ab = arrive(second, &arrive(first, instance, a), b);
                    let ba = arrive(first, &arrive(second, instance, b), a);
                    assert_eq!(ab, ba, "{names:?} on {instance:?} with {a:?} and {b:?}");
                }
            });
        }
    }
    assert!(commuting > 100, "{commuting} pairs");
}

/// an operation said to be repeatable has, run twice, the effect of once; addition never is.
#[test]
fn every_effect_twice() {
    for effect in 0..23 {
        let mut bench = Bench::new();
        let called = bench.act(0, effect);
        let [operation, _] = bench.operations;
        let repeatable = derive(&bench.spec.facts).repeatable.contains(&(operation,));
        let mut twice_is_once = true;
        bench.try_all(|instance, [request, _]| {
            let once = bench.run(operation, instance, request);
            twice_is_once &= bench.run(operation, &once, request) == once;
        });
        assert!(!repeatable || twice_is_once, "{called:?}");
        assert_eq!(repeatable, !matches!(effect, 0..=3 | 9..=11 | 21), "{called:?}");
    }
}
