//! Comparisons as sums: whether what an operation requires before a write makes a condition hold after it (S4-T1i).
//!
//! Sums with constant factors are decided; of anything else nothing is said.

#[cfg(test)]
mod tests;

use super::condition::{Context, Signum};
use crate::expression::{Action, Expr, Operator};
use crate::fact::*;
use crate::vocabulary::Primitive;
use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedMul, CheckedSub, One, Signed, Zero};
use std::collections::BTreeMap;

/// Whether the condition on the state holds after the operation has made all its changes: by its own conditions, one or two together,
/// by the conditions that hold in every state, and by the signs of values. `None` where that is more than sums can say.
pub fn holds_after(context: &Context<'_>, effect: Effect, condition: &Expr, always: &[&Expr]) -> Option<bool> {
    let after = Reading { context, effect, changed: true };
    let [target] = &after.comparison(condition)?[..] else { return None };
    let before = Reading { changed: false, ..after };
    let mut premises = vec![Comparison { sum: Sum::default(), strict: false }];
    let touches = |condition: &Expr| condition.fields().iter().any(|field| after.action(*field).is_some());
    for (_, required) in &context.conditions {
        match before.comparison(required) {
            Some(comparisons) => premises.extend(comparisons),
            // What is required of a changed field in another way may be enough.
            None if touches(required) => return None,
            None => (),
        }
    }
    premises.extend(always.iter().filter_map(|condition| before.comparison(condition)).flatten());
    let pairs = premises.iter().enumerate().flat_map(|(i, one)| premises[i + 1..].iter().map(move |two| (one, two)));
    let together = pairs.filter_map(|(one, two)| one.and(two));
    Some(premises.iter().cloned().chain(together).any(|premise| before.implies(&premise, target)))
}

/// What a sum is made of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Atom {
    /// A field, and the parameter that names the instance, where there are several.
    Field(Field, Option<Parameter>),
    Parameter(Parameter),
    Now,
}

/// Atoms with their factors, and a constant.
#[derive(Clone, Default, PartialEq, Debug)]
struct Sum {
    atoms: BTreeMap<Atom, Ratio<i128>>,
    constant: Ratio<i128>,
}

impl Sum {
    fn plus(&self, other: &Sum, factor: Ratio<i128>) -> Option<Sum> {
        let mut all = self.clone();
        for (atom, times) in &other.atoms {
            let known = all.atoms.entry(*atom).or_insert_with(Ratio::zero);
            *known = known.checked_add(&times.checked_mul(&factor)?)?;
        }
        all.atoms.retain(|_, times| !times.is_zero());
        all.constant = all.constant.checked_add(&other.constant.checked_mul(&factor)?)?;
        Some(all)
    }
}

/// The sum is at most zero, or less.
#[derive(Clone, Debug)]
struct Comparison {
    sum: Sum,
    strict: bool,
}

impl Comparison {
    fn and(&self, other: &Comparison) -> Option<Comparison> {
        Some(Comparison { sum: self.sum.plus(&other.sum, Ratio::one())?, strict: self.strict || other.strict })
    }
}

/// How expressions are read: with the values before the write, or with those that the operation leaves.
#[derive(Clone, Copy)]
struct Reading<'c, 'f> {
    context: &'c Context<'f>,
    effect: Effect,
    changed: bool,
}

impl Reading<'_, '_> {
    /// An equation is two comparisons.
    fn comparison(&self, condition: &Expr) -> Option<Vec<Comparison>> {
        let Expr::Binary(operator, left, right) = condition else { return None };
        let (upward, downward, strict) = match operator {
            Operator::AtMost => (true, false, false),
            Operator::Less => (true, false, true),
            Operator::AtLeast => (false, true, false),
            Operator::Greater => (false, true, true),
            Operator::Equal => (true, true, false),
            _ => return None,
        };
        let (left, right) = (self.sum(left)?, self.sum(right)?);
        let mut all = vec![];
        if upward {
            all.push(Comparison { sum: left.plus(&right, -Ratio::<i128>::one())?, strict });
        }
        if downward {
            all.push(Comparison { sum: right.plus(&left, -Ratio::<i128>::one())?, strict });
        }
        Some(all)
    }

    fn sum(&self, value: &Expr) -> Option<Sum> {
        match value {
            Expr::Quantity(quantity) => Some(Sum { constant: quantity.amount, ..Sum::default() }),
            Expr::Parameter(parameter) => Some(self.atom(Atom::Parameter(*parameter))),
            Expr::Now => Some(self.atom(Atom::Now)),
            Expr::Field(field, through) => self.field(*field, *through),
            Expr::Binary(Operator::Plus, left, right) => self.sum(left)?.plus(&self.sum(right)?, Ratio::one()),
            Expr::Binary(Operator::Minus, left, right) => {
                self.sum(left)?.plus(&self.sum(right)?, -Ratio::<i128>::one())
            }
            Expr::Binary(Operator::Times, left, right) => {
                let (left, right) = (self.sum(left)?, self.sum(right)?);
                match (left.atoms.is_empty(), right.atoms.is_empty()) {
                    (true, _) => Sum::default().plus(&right, left.constant),
                    (_, true) => Sum::default().plus(&left, right.constant),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn atom(&self, atom: Atom) -> Sum {
        Sum { atoms: BTreeMap::from([(atom, Ratio::one())]), constant: Ratio::zero() }
    }

    fn field(&self, field: Field, through: Option<Parameter>) -> Option<Sum> {
        let context = self.context;
        // A condition on every instance is one on that which the effect is on.
        let through = through.or_else(|| self.is_aimed(field).then(|| context.through(self.effect)).flatten());
        let through = through.filter(|_| !context.single_instance(field));
        let own = self.atom(Atom::Field(field, through));
        let aimed = through.is_none() || through == context.through(self.effect);
        let Some(action) = self.action(field).filter(|_| self.changed && aimed) else { return Some(own) };
        // The value is made of what was there before.
        let before = Reading { changed: false, ..*self };
        match action {
            Action::Assign(value) => before.sum(value),
            Action::Increase(amount) => own.plus(&before.sum(amount)?, Ratio::one()),
            Action::Decrease(amount) => own.plus(&before.sum(amount)?, -Ratio::<i128>::one()),
            _ => None,
        }
    }

    fn is_aimed(&self, field: Field) -> bool {
        let facts = self.context.index.facts;
        let target = self.context.effects.iter().find(|(effect, ..)| *effect == self.effect);
        target.is_some_and(|(_, _, object, ..)| *object == facts.object_of(field))
    }

    /// What the operation does to the field of the instance.
    fn action(&self, field: Field) -> Option<&Action> {
        let mut effects = self.context.effects.iter().filter(|(_, _, _, of, _)| *of == Some(field));
        let own =
            effects.clone().find(|(effect, ..)| self.context.through(*effect) == self.context.through(self.effect));
        own.or_else(|| effects.next()).map(|(.., action)| action)
    }

    /// Whether the one makes the other true: what the other has more is zero at most.
    fn implies(&self, premise: &Comparison, target: &Comparison) -> bool {
        let Some(more) = target.sum.plus(&premise.sum, -Ratio::<i128>::one()) else { return false };
        let at_most_zero = |(atom, times): (&Atom, &Ratio<i128>)| match self.sign(*atom) {
            Some(Signum::ZeroOrMore) => times.is_negative(),
            Some(Signum::ZeroOrLess) => times.is_positive(),
            None => false,
        };
        if !more.atoms.iter().all(at_most_zero) {
            return false;
        }
        // Of whole numbers, less is one less.
        let step = if premise.strict && self.is_whole(&premise.sum) { Ratio::one() } else { Ratio::zero() };
        let Some(rest) = more.constant.checked_sub(&step) else { return false };
        match target.strict {
            false => !rest.is_positive(),
            true => rest.is_negative() || rest.is_zero() && premise.strict && step.is_zero(),
        }
    }

    fn sign(&self, atom: Atom) -> Option<Signum> {
        match atom {
            Atom::Field(field, through) => self.context.sign(&Expr::Field(field, through)),
            Atom::Parameter(parameter) => self.context.sign(&Expr::Parameter(parameter)),
            Atom::Now => None,
        }
    }

    fn is_whole(&self, sum: &Sum) -> bool {
        let facts = self.context.index.facts;
        let whole = |kind: Type| matches!(kind, Type::Primitive(Primitive::Integer | Primitive::Counter));
        let counts = |(atom, times): (&Atom, &Ratio<i128>)| {
            times.is_integer()
                && match atom {
                    Atom::Field(field, _) => whole(facts.field[field.index()].2),
                    Atom::Parameter(parameter) => whole(facts.parameter[parameter.index()].2),
                    Atom::Now => false,
                }
        };
        sum.constant.is_integer() && sum.atoms.iter().all(counts)
    }
}
