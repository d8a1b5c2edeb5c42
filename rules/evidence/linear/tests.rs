//! Sums against brute force: what is said to hold after a write does, in every small state and for every small request.

use super::super::condition::Index;
use super::super::replay::{Instance, Replay};
use super::holds_after;
use crate::expression::{Action, Expr, Operator};
use crate::fact::*;
use crate::testing::{Spec, is, number};
use crate::vocabulary::{ActorKind, Primitive, Sign};
use Operator::*;

/// Two whole numbers of a record, and an operation that changes the first of them.
struct Bench {
    spec: Spec,
    object: Object,
    x: Field,
    y: Field,
    operation: Operation,
    amount: Parameter,
}

impl Bench {
    fn new() -> Bench {
        let mut spec = Spec::default();
        let actor = spec.actor("Writer", ActorKind::User);
        let object = spec.object("Account");
        let x = spec.field(object, "x", Primitive::Integer);
        let y = spec.field(object, "y", Primitive::Integer);
        let operation = spec.operation("Change", actor);
        let amount = spec.number(operation, "amount");
        Bench { spec, object, x, y, operation, amount }
    }

    fn value(&self, which: usize) -> Expr {
        let (x, y, amount): (Expr, Expr, Expr) = (self.x.into(), self.y.into(), self.amount.into());
        match which {
            0 => x,
            1 => y,
            2 => amount,
            3 => is(x, Plus, amount),
            4 => is(x, Minus, amount),
            5 => is(number(2), Times, x),
            6 => number(0),
            _ => number(1),
        }
    }

    fn action(&self, which: usize) -> Action {
        match which {
            0 => Action::Increase(self.amount.into()),
            1 => Action::Decrease(self.amount.into()),
            2 => Action::Assign(self.amount.into()),
            3 => Action::Assign(is(self.x, Plus, number(1))),
            4 => Action::Decrease(number(1)),
            _ => Action::Assign(self.y.into()),
        }
    }

    /// What is said of the condition after the action, and whether so it is whenever it held before, the guards held, and no value
    /// was below zero that must not be.
    fn said_and_so(mut self, guards: &[Expr], action: Action, condition: &Expr, signed: bool) -> (Option<bool>, bool) {
        if signed {
            self.spec.facts.sign.extend([(self.x, Sign::NonNegative), (self.y, Sign::NonNegative)]);
            self.spec.facts.parameter_sign.push((self.amount, Sign::NonNegative));
        }
        for guard in guards {
            self.spec.when(self.operation, guard.clone());
        }
        let effect = self.spec.then(self.operation, self.x, action);
        // An operation without effect, whose condition is the one asked about.
        let question = self.spec.operation("Question", Actor(0));
        self.spec.when(question, condition.clone());
        let index = Index::new(&self.spec.facts);
        let operations = index.operations();
        let said = holds_after(&operations[self.operation.index()], effect, condition, &[condition]);
        let replay = Replay::new(&index, &operations, self.object);
        let mut so = true;
        let small = -3..=3;
        for (x, y) in small.clone().flat_map(|x| small.clone().map(move |y| (x, y))) {
            for amount in small.clone().filter(|amount| !signed || [x, y, *amount].iter().all(|value| *value >= 0)) {
                use super::super::replay::Value::Integer;
                let before: Instance = Some([(self.x, Integer(x)), (self.y, Integer(y))].into());
                let request = [(self.amount, Integer(amount))].into();
                let holds = |operation, instance: &Instance| replay.admits(operation, instance, &request) == Some(true);
                if holds(question, &before) && holds(self.operation, &before) {
                    let after = replay.apply(self.operation, &before, &request).expect("sums of small numbers");
                    let below = matches!(after.as_ref().and_then(|it| it.get(&self.x)), Some(Integer(x)) if *x < 0);
                    so &= signed && below || holds(question, &after);
                }
            }
        }
        (said, so)
    }
}

/// Every guard of two terms, alone and with a second one, with every write and every condition.
#[test]
fn what_is_said_to_hold_holds() {
    let comparisons = [Less, AtMost, Equal, AtLeast, Greater];
    let terms = || (0..8).flat_map(|left| (0..8).map(move |right| (left, right))).filter(|(left, right)| left != right);
    let guards: Vec<(usize, Operator, usize)> =
        terms().flat_map(|(left, right)| comparisons.map(|operator| (left, operator, right))).collect();
    let conditions = [(0, AtMost, 1), (0, Less, 1), (0, AtLeast, 6), (0, Greater, 7), (1, AtMost, 0), (5, Less, 1)];
    let (mut kept, mut not) = (0, 0);
    for (n, guard) in guards.iter().enumerate() {
        for action in 0..6 {
            for (left, operator, right) in conditions {
                let bench = Bench::new();
                let comparison = |(left, operator, right): (usize, Operator, usize)| {
                    is(bench.value(left), operator, bench.value(right))
                };
                // The second guard walks through all of them as the first one does.
                let beside = guards[(n * 7 + action * 11) % guards.len()];
                let asked = comparison((left, operator, right));
                let guards = [comparison(*guard), comparison(beside)];
                let guards = &guards[..1 + n % 2];
                let described = format!("{guards:?}, {:?}: {asked:?}", bench.action(action));
                let action = bench.action(action);
                let (said, so) = bench.said_and_so(guards, action, &asked, n % 3 == 0);
                assert!(said != Some(true) || so, "said to hold, and does not: {described}");
                if said == Some(true) { kept += 1 } else { not += 1 }
            }
        }
    }
    assert!(kept > 500 && not > 500, "{kept} kept, {not} not: too few of one kind to be a test");
}

/// What users write, and must not be refused; and what they forget.
#[test]
fn conditions_as_they_are_written() {
    let said = |guard: &dyn Fn(&Bench) -> Expr, action: usize, condition: (usize, Operator, usize), signed: bool| {
        let bench = Bench::new();
        let (guard, action) = (guard(&bench), bench.action(action));
        let condition = is(bench.value(condition.0), condition.1, bench.value(condition.2));
        bench.said_and_so(&[guard], action, &condition, signed).0
    };
    let within = (0, AtMost, 1);
    assert_eq!(said(&|it| is(it.value(3), AtMost, it.y), 0, within, false), Some(true), "x + amount <= y, x += amount");
    assert_eq!(said(&|it| is(it.amount, AtMost, is(it.y, Minus, it.x)), 0, within, false), Some(true), "on one side");
    assert_eq!(said(&|it| is(it.x, AtMost, it.y), 0, within, false), Some(false), "tested before what is added");
    assert_eq!(said(&|it| is(it.x, Less, it.y), 3, within, false), Some(true), "less, of whole numbers, is one less");
    assert_eq!(
        said(&|it| is(it.x, AtLeast, it.amount), 1, (0, AtLeast, 6), false),
        Some(true),
        "x >= amount, x -= amount"
    );
    assert_eq!(said(&|it| is(it.x, Greater, it.amount), 1, (0, Greater, 6), false), Some(true), "and above zero");
    assert_eq!(said(&|it| is(it.amount, AtMost, it.y), 2, within, false), Some(true), "the value itself");
    assert_eq!(
        said(&|it| is(it.y, Greater, number(0)), 1, within, true),
        Some(true),
        "what is taken is not below zero"
    );
    assert_eq!(said(&|it| is(it.y, Greater, number(0)), 1, within, false), Some(false), "unless it may be");
}
