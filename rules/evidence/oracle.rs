//! Evidence against brute force: every guard with every effect, over domains small enough to try all of them.
//!
//! The oracle runs operations on instances and never looks at polarities, directions or laws.

use super::condition::Index;
use super::replay::{Instance, Replay, Request};
use super::{Evidence, derive};
use crate::expression::{Action, Expr, Operator};
use crate::fact::*;
use crate::testing::{Spec, is, number};
use crate::vocabulary::{ActorKind, Primitive};
use Operator::*;

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
    fn try_all(&self, mut attempt: impl FnMut(&Replay<'_>, &Instance, [&Request; 2])) {
        let index = Index::new(&self.spec.facts);
        let operations = index.operations();
        let replay = Replay::new(&index, &operations, self.object);
        let [first, second] = self.operations.map(|operation| replay.requests(operation));
        for instance in replay.instances(self.operations) {
            let instance = Some(instance);
            for one in &first {
                for other in &second {
                    attempt(&replay, &instance, [one, other]);
                }
            }
        }
    }
}

/// Runs an operation, if its conditions hold.
fn run(replay: &Replay<'_>, operation: Operation, instance: &Instance, request: &Request) -> Instance {
    match replay.admits(operation, instance, request).unwrap() {
        true => replay.apply(operation, instance, request).unwrap(),
        false => instance.clone(),
    }
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
            bench.try_all(|replay, instance, [one, other]| {
                let admits = |operation, instance, request| replay.admits(operation, instance, request).unwrap();
                falsified |= admits(reader, instance, one)
                    && admits(writer, instance, other)
                    && !admits(reader, &run(replay, writer, instance, other), one);
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
            bench.try_all(|replay, instance, [a, b]| {
                let arrive = |operation, instance: &Instance, request: &Request| {
                    let register = (6..=8).contains(&if operation == first { one } else { other });
                    match register {
                        true => run(replay, operation, instance, request),
                        false => replay.apply(operation, instance, request).unwrap(),
                    }
                };
                if replay.admits(first, instance, a).unwrap() && replay.admits(second, instance, b).unwrap() {
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
        bench.try_all(|replay, instance, [request, _]| {
            let once = run(replay, operation, instance, request);
            twice_is_once &= run(replay, operation, &once, request) == once;
        });
        assert!(!repeatable || twice_is_once, "{called:?}");
        assert_eq!(repeatable, !matches!(effect, 0..=3 | 9..=11 | 21), "{called:?}");
    }
}
