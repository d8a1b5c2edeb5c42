//! Mutual conditions: an operation that acts when a record meets the one that mirrors it, as two swipes do (S1-e7).

use crate::expression::{Action, Expr};
use crate::fact::*;

type Values = [(Field, Expr)];

/// Operations with a condition "there is a record whose two ends are those of mine, exchanged".
pub fn operations(facts: &Facts) -> Vec<(Operation,)> {
    let required = required(facts);
    let mut mutual = vec![];
    for (operation, object, matched) in &required {
        let mirrored = mirrors_created(facts, *operation, *object, matched)
            || mirrors_handed(facts, *object, matched)
            || mirrors_required(&required, *operation, *object, matched);
        if mirrored {
            mutual.push((*operation,));
        }
    }
    mutual.sort();
    mutual.dedup();
    mutual
}

/// The records that conditions ask for.
fn required(facts: &Facts) -> Vec<(Operation, Object, &Values)> {
    let mut required = vec![];
    for (_, operation, condition) in &facts.guard {
        condition.walk(&mut |expr| {
            if let Expr::Exists(object, matched) = expr {
                required.push((*operation, *object, matched.as_slice()));
            }
        });
    }
    required
}

/// The operation asks for both: the record, and the one that it mirrors.
fn mirrors_required(
    required: &[(Operation, Object, &Values)],
    operation: Operation,
    object: Object,
    matched: &Values,
) -> bool {
    let mut others = required.iter().filter(|(by, of, _)| (*by, *of) == (operation, object));
    others.any(|(.., values)| mirrors(matched, values))
}

/// The operation creates the record that the one it looks for mirrors.
fn mirrors_created(facts: &Facts, operation: Operation, object: Object, matched: &Values) -> bool {
    let created = facts.effect.iter().filter(|(_, of, on, ..)| *of == operation && *on == object);
    let mut created =
        created.filter_map(|(.., action)| if let Action::Create(values) = action { Some(values) } else { None });
    created.any(|values| mirrors(matched, values))
}

/// Whether two fields have each other's values.
fn mirrors(matched: &Values, values: &Values) -> bool {
    let mine = |field: Field| values.iter().find(|(other, _)| *other == field).map(|(_, value)| value);
    exchanged(matched, &|one, other, looked_for, opposite| {
        looked_for != opposite && mine(one) == Some(opposite) && mine(other) == Some(looked_for)
    })
}

/// The operation is handed the record that the one it looks for mirrors.
fn mirrors_handed(facts: &Facts, object: Object, matched: &Values) -> bool {
    let of = |field: Field, value: &Expr| {
        matches!(value, Expr::Field(read, Some(_)) if *read == field) && facts.object_of(field) == object
    };
    exchanged(matched, &|one, other, looked_for, opposite| of(other, looked_for) && of(one, opposite))
}

/// Whether two of the matched fields, `one == looked_for` and `other == opposite`, satisfy the test.
fn exchanged(matched: &Values, test: &dyn Fn(Field, Field, &Expr, &Expr) -> bool) -> bool {
    matched.iter().enumerate().any(|(i, (one, looked_for))| {
        matched.iter().skip(i + 1).any(|(other, opposite)| test(*one, *other, looked_for, opposite))
    })
}
