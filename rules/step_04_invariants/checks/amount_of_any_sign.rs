//! S0425: an amount that is bounded from above and may be below zero.

use crate::Design;
use crate::evidence::condition::{Context, Index};
use crate::expression::{Action, Expr};
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::{Primitive, Vocabulary};
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0425",
        slug: "amount-of-any-sign",
        severity: Severity::Warning,
        page: include_str!("amount_of_any_sign.md"),
        cites: &["S8-p3", "S4-T1", "S4-T1i"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    // That it can make an invariant false is S0418.
    let endangering: BTreeSet<Effect> = design.evidence.endangers.iter().map(|(effect, ..)| *effect).collect();
    let index = Index::new(&design.facts);
    let mut told: BTreeSet<Parameter> = BTreeSet::new();
    let mut findings = vec![];
    for context in index.operations() {
        for (effect, operation, _, field, action) in &context.effects {
            let (Action::Increase(Expr::Parameter(amount)) | Action::Decrease(Expr::Parameter(amount)), Some(field)) = (action, field) else { continue };
            let any = context.sign(&Expr::Parameter(*amount)).is_none() && is_number(design, *amount);
            if any && is_bounded(&context, *amount) && !endangering.contains(effect) && told.insert(*amount) {
                findings.push(finding(design, (*effect, *operation), *amount, *field, matches!(action, Action::Increase(_))));
            }
        }
    }
    findings
}

fn is_number(design: &Design, parameter: Parameter) -> bool {
    let kind = design.facts.parameter[parameter.index()].2;
    matches!(kind, Type::Primitive(Primitive::Integer | Primitive::Counter | Primitive::Decimal | Primitive::Money))
}

/// Whether the operation compares with it: then it matters how large it is.
fn is_bounded(context: &Context<'_>, amount: Parameter) -> bool {
    context.conditions.iter().any(|(_, condition)| {
        let mut found = false;
        condition.walk(&mut |part| found |= *part == Expr::Parameter(amount));
        found && matches!(condition, Expr::Binary(operator, ..) if operator.makes_condition())
    })
}

fn finding(design: &Design, (effect, operation): (Effect, Operation), amount: Parameter, field: Field, adds: bool) -> Finding {
    let facts = &design.facts;
    let (name, value, path) = (design.name(operation), facts.name(amount), facts.path(field));
    let kind = match facts.parameter[amount.index()].2 {
        Type::Primitive(primitive) => primitive.word(),
        _ => "integer",
    };
    let (does, instead) = if adds { ("adds it to", "takes away") } else { ("takes it from", "adds") };
    RULE.at(amount, format!("`{name}` takes any `{value}` and {does} `{path}`"))
        .label("may be below zero")
        .with(clause(operation, "when"), "bounds it from one side only")
        .note(format!("S8-p3: what cannot be meant is refused by itself; an amount below zero passes a bound on the other side, and {instead} what it was not to"))
        .help(format!("declare it `{value}: {kind} non-negative`, or require `{value} > 0`"))
        .because(fact!(effect, effect, operation))
}
