//! S0422: values that are to increase, and an operation that takes any.

use crate::Design;
use crate::evidence::Direction;
use crate::expression::{Action, Expr, Operator};
use crate::fact::*;
use crate::finding::*;
use crate::groups::Groups;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0422",
        slug: "unchecked-increase",
        severity: Severity::Error,
        page: include_str!("unchecked_increase.md"),
        cites: &["S4-T2", "S4-T2i", "S4-T2e1"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let increasing = facts.statement.iter().filter_map(|(invariant, statement)| match statement {
        Statement::Increases(field, _) => Some((*field, *invariant)),
        _ => None,
    });
    let increasing = Groups::new(increasing);
    let mut findings = vec![];
    for (effect, operation, _, changed, action) in &facts.effect {
        let set: Vec<(Field, &Expr)> = match (action, changed) {
            (Action::Create(values), _) => values.iter().map(|(field, value)| (*field, value)).collect(),
            (Action::Assign(value) | Action::Decrease(value) | Action::Increase(value), Some(field)) => vec![(*field, value)],
            _ => vec![],
        };
        let made = matches!(action, Action::Create(_));
        for (field, value) in set {
            for invariant in increasing.get(field) {
                let any = if made { is_asked(value) && !is_compared(facts, *operation, value) } else { !rises(design, *effect, field) };
                if any {
                    findings.push(finding(design, (*invariant, field), (*effect, *operation), value, made));
                }
            }
        }
    }
    findings
}

/// Whoever asks says what it is.
fn is_asked(value: &Expr) -> bool {
    matches!(value, Expr::Parameter(_))
}

/// Whether the operation requires that the value is larger than something.
fn is_compared(facts: &Facts, operation: Operation, value: &Expr) -> bool {
    facts.guard.iter().filter(|(_, of, _)| *of == operation).any(|(.., condition)| match condition {
        Expr::Binary(Operator::Greater | Operator::AtLeast, left, _) => **left == *value,
        Expr::Binary(Operator::Less | Operator::AtMost, _, right) => **right == *value,
        _ => false,
    })
}

fn rises(design: &Design, effect: Effect, field: Field) -> bool {
    design.evidence.moves.binary_search(&(effect, field, Direction::Up)).is_ok()
}

fn finding(
    design: &Design,
    (invariant, field): (Invariant, Field),
    (effect, operation): (Effect, Operation),
    value: &Expr,
    made: bool,
) -> Finding {
    let facts = &design.facts;
    let (name, what, path) = (design.name(operation), design.name(invariant), facts.path(field));
    let value = value.text(facts);
    let than = if made { "…".to_owned() } else { path.clone() };
    RULE.at(effect, format!("`{name}` takes any `{path}`, and `{what}` says that it increases"))
        .label(if made { "may be smaller than the one before" } else { "may set it back" })
        .with(invariant, "asks for larger values only")
        .note("S4-T2i: one write after the other is an order of writes, not of what they write: who comes last may bring the smaller value")
        .help(format!("require it of the value: `when {value} > {than}`"))
}
