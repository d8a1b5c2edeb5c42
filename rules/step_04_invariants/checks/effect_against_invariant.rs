//! S0418: an effect that can make a condition on the state false, in an operation that requires nothing of what it changes.

use crate::Design;
use crate::evidence::Direction;
use crate::expression::{Action, Expr};
use crate::fact;
use crate::fact::*;
use crate::finding::*;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0418",
        slug: "effect-against-invariant",
        severity: Severity::Error,
        page: include_str!("effect_against_invariant.md"),
        cites: &["S4-T1i", "S4-c4", "S5-d3", "CK-4b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let dangers = design.evidence.endangers.iter();
    dangers.filter_map(|&(effect, invariant, field)| finding(design, effect, invariant, field)).collect()
}

fn finding(design: &Design, effect: Effect, invariant: Invariant, field: Field) -> Option<Finding> {
    let facts = &design.facts;
    let (_, operation, _, _, action) = facts.effect.get(effect.index())?;
    let mut moved = design.evidence.moves.iter().filter(|(of, changed, _)| *of == effect && *changed == field);
    let (_, _, direction) = moved.next()?;
    let how = match (direction, action) {
        (Direction::Up, _) => "raises it, whatever it is".to_owned(),
        (Direction::Down, _) => "lowers it, whatever it is".to_owned(),
        (Direction::Anywhere, Action::Assign(value)) => format!("sets it to `{}`, whatever the rest is", value.text(facts)),
        (Direction::Anywhere, _) => "sets it to anything".to_owned(),
    };
    let (name, path, what) = (design.name(*operation), facts.path(field), design.name(invariant));
    let required = facts.guard.iter().find(|(_, of, condition)| of == operation && condition.fields().contains(&field));
    let why = match required {
        Some(_) => format!("what it requires of `{path}` does not hold any more after the write"),
        None => format!("nothing that it requires looks at `{path}`"),
    };
    let mut finding = RULE
        .at(effect, format!("`{name}` can make `{what}` false: {why}"))
        .label(how)
        .with(invariant, "is to hold in every state")
        .note("S4-T1i: a condition on the state holds only if every write that could end it is made under a condition itself")
        .because(fact!(moves, effect, field, *direction));
    if let Some((guard, ..)) = required {
        finding = finding.with(*guard, "is required of the state before it");
    }
    Some(match after(facts, invariant, field, action) {
        Some(condition) => finding.help(format!("require it of the state after the write: `when {condition}`")),
        None => finding.help(format!("let `{name}` require what keeps it: `when …` over `{path}`")),
    })
}

/// The invariant with what the effect makes of the field in its place.
fn after(facts: &Facts, invariant: Invariant, field: Field, action: &Action) -> Option<String> {
    let (_, statement) = facts.statement.iter().find(|(of, statement)| *of == invariant && matches!(statement, Statement::Holds(_)))?;
    let Statement::Holds(Expr::Binary(operator, left, right)) = statement else { return None };
    let value = |side: &Expr| match (side, action) {
        (Expr::Field(of, _), Action::Increase(by)) if *of == field => format!("{} + {}", side.text(facts), by.text(facts)),
        (Expr::Field(of, _), Action::Decrease(by)) if *of == field => format!("{} - {}", side.text(facts), by.text(facts)),
        (Expr::Field(of, _), Action::Assign(value)) if *of == field => value.text(facts),
        _ => side.text(facts),
    };
    Some(format!("{} {} {}", value(left), operator.symbol(), value(right)))
}
