//! Parts of statements: conditions, new values, keys.

use sysd_rules::expression::{Action, Expr};
use sysd_rules::fact;
use sysd_rules::fact::*;
use sysd_rules::sql::{Kind, expression, literal};
use sysd_rules::vocabulary::Primitive;

use super::plan::Plan;
use crate::export::postgres::expression::{Instance, Scope};
use crate::export::postgres::names::comment;

/// The conditions of the operation and its permissions, each with the fact it states.
pub fn conditions(plan: &Plan, scope: &Scope) -> Result<Vec<(String, String)>, String> {
    let mut tests = tested(plan, scope, |from| matches!(from, Entity::Guard(_)))?;
    tests.extend(permissions(plan, scope)?);
    Ok(tests)
}

/// What says who may: no outcome, for whoever may not has asked for nothing.
pub fn permissions(plan: &Plan, scope: &Scope) -> Result<Vec<(String, String)>, String> {
    let database = plan.database;
    let mut tests = tested(plan, scope, |from| !matches!(from, Entity::Guard(_)))?;
    for (invariant, table, role) in &plan.roles {
        let name = database.table(*table);
        let test = format!(
            "exists (select 1 from {name} as p where p.principal = in_caller and p.permission = {})",
            literal(role)
        );
        tests.push((test, comment(&format!("{}: only {role}", database.design.name(*invariant)))));
    }
    Ok(tests)
}

fn tested(plan: &Plan, scope: &Scope, of: impl Fn(&Entity) -> bool) -> Result<Vec<(String, String)>, String> {
    let database = plan.database;
    let facts = &database.design.facts;
    let mut tests = vec![];
    for (from, condition) in plan.conditions.iter().filter(|(from, _)| of(from)) {
        let test = scope.condition(condition).map_err(|reason| format!("`{}`: {reason}", condition.text(facts)))?;
        let trace = match from {
            Entity::Guard(guard) => {
                format!("{}: {}", database.trace(&fact!(guard, *guard, plan.operation)), condition.text(facts))
            }
            other => format!("{}: {}", database.design.name(*other), condition.text(facts)),
        };
        tests.push((test, comment(&trace)));
    }
    Ok(tests)
}

/// What a caller is told: the condition, without the fact it states.
pub fn reason(trace: &str) -> &str {
    trace.split_once("): ").map_or(trace, |(_, condition)| condition)
}

/// What a column is set to.
pub fn new_value(scope: &Scope, column: &str, kind: Kind, action: &Action) -> Result<String, String> {
    let sum = |value: &Expr, sign: &str| {
        let value = expression(scope, value)?;
        match (kind, value.kind()) {
            (Kind::Bigint | Kind::Numeric, _) => Ok(format!("t.{column} {sign} {}", value.cast(kind))),
            (Kind::Timestamptz | Kind::Interval, Some(Kind::Interval)) => {
                Ok(format!("t.{column} {sign} {}", value.as_operand()))
            }
            _ => Err(format!("a {kind} is not changed by an amount")),
        }
    };
    match action {
        Action::Assign(value) => scope.value(value, kind),
        Action::Increase(value) => sum(value, "+"),
        Action::Decrease(value) => sum(value, "-"),
        Action::Add(_) | Action::Remove(_) if kind != Kind::Jsonbs => Err(format!("a {kind} has no members")),
        Action::Add(value) => {
            let member = scope.value(value, Kind::Jsonb)?;
            let all = format!("coalesce(t.{column}, '{{}}')");
            Ok(format!("case when {member} = any ({all}) then {all} else array_append({all}, {member}) end"))
        }
        Action::Remove(value) => Ok(format!("array_remove(t.{column}, {})", scope.value(value, Kind::Jsonb)?)),
        Action::Transition(state) => Ok(literal(scope.database.design.facts.name(*state))),
        Action::Create(_) | Action::Delete => Err("it makes or removes a record".to_owned()),
    }
}

/// Where the machine goes: one state, or by the one it is in.
pub fn next_state(facts: &Facts, moves: &[(Transition, State, State)], column: &str) -> Option<String> {
    let (_, _, first) = moves.first()?;
    if moves.iter().all(|(_, _, to)| to == first) {
        return Some(literal(facts.name(*first)));
    }
    let cases = moves
        .iter()
        .map(|(_, from, to)| format!("when {} then {}", literal(facts.name(*from)), literal(facts.name(*to))));
    Some(format!("case t.{column} {} end", cases.collect::<Vec<_>>().join(" ")))
}

pub fn status(plan: &Plan, object: Object) -> Option<String> {
    let kind = Type::Primitive(Primitive::Status);
    let mut fields = plan.database.design.facts.field.iter().filter(|(_, of, own)| *of == object && *own == kind);
    let (field, ..) = fields.next()?;
    plan.database.truth_column(*field).map(|(column, _)| column.to_owned())
}

/// A record without a value that its table demands cannot be made.
pub fn unfilled(plan: &Plan, object: Object, columns: &[String]) -> Result<(), String> {
    let (database, facts) = (plan.database, &plan.database.design.facts);
    for (_, field) in facts.key.iter().filter(|(of, _)| *of == object) {
        let Some((column, _)) = database.truth_column(*field) else { continue };
        let filled =
            columns.iter().any(|other| other == column) || facts.initial.iter().any(|(other, _)| other == field);
        if !filled {
            return Err(format!("nothing fills the key `{}` of the record it makes", facts.path(*field)));
        }
    }
    Ok(())
}

pub fn by_key(plan: &Plan, instance: &Instance, alias: &str) -> String {
    let conditions = instance.key.iter().map(|(field, argument)| {
        let column = plan.database.truth_column(*field).map_or("\"\"", |(column, _)| column);
        format!("{alias}.{column} = {argument}")
    });
    conditions.collect::<Vec<_>>().join(" and ")
}

/// The list of settings: a comma behind each but the last, and a comment behind that.
pub fn listed(sets: &[(String, String)]) -> String {
    let last = sets.len().saturating_sub(1);
    let line = |(at, (set, trace)): (usize, &(String, String))| {
        format!("    {set}{} -- {}", if at == last { "" } else { "," }, comment(trace))
    };
    sets.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}
