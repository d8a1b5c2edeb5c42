//! S0419: two instances that a request names apart, though one of them says which other it belongs to.

use crate::Design;
use crate::expression::{Action, Expr, Operator};
use crate::fact::*;
use crate::finding::*;
use crate::groups::Groups;
use crate::step_04_invariants::scope::canonical;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0419",
        slug: "unrelated-instances",
        severity: Severity::Warning,
        page: include_str!("unrelated_instances.md"),
        cites: &["S4-p2", "S4-T3", "S5-d5"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let stands_for = canonical(facts);
    let mut instances: BTreeMap<Operation, Vec<(Parameter, Object)>> = BTreeMap::new();
    for (parameter, of, kind) in &facts.parameter {
        if let (Entity::Operation(operation), Type::Object(object)) = (of, kind) {
            instances.entry(*operation).or_default().push((*parameter, *object));
        }
    }
    instances.retain(|_, named| named.len() > 1);
    let guards = Groups::new(facts.guard.iter().map(|(_, operation, condition)| (*operation, condition)));
    let effects = Groups::new(facts.effect.iter().map(|(effect, of, _, field, action)| (*of, (*effect, *field, action))));
    let through: BTreeMap<Effect, Parameter> = facts.through.iter().copied().collect();
    let moved: BTreeSet<(Operation, Object)> =
        facts.triggers.iter().map(|(operation, transition)| (*operation, facts.transition[transition.index()].1)).collect();
    let mut findings = vec![];
    for (operation, named) in instances {
        let mut uses = Uses::of(guards.get(operation), effects.get(operation), &through);
        // What takes a transition is used, whatever else is said of it.
        let moved = named.iter().filter(|(_, object)| moved.contains(&(operation, *object)));
        uses.named.extend(moved.map(|(parameter, _)| *parameter));
        for &(one, object) in &named {
            for &(other, referred) in &named {
                let fields = references(facts, &stands_for, object, referred);
                if object == referred || !uses.both(one, other) || uses.moves(&fields) {
                    continue;
                }
                let apart = keys(facts, referred).filter_map(|key| {
                    let mut held = fields.iter().filter(|(_, other)| other == key).copied();
                    let first = held.clone().next()?;
                    (!held.any(|(field, key)| uses.compared((one, field), (other, key)))).then_some(first)
                });
                let apart: Vec<(Field, Field)> = apart.collect();
                if !apart.is_empty() {
                    findings.push(finding(design, operation, (one, object), (other, referred), &apart));
                }
            }
        }
    }
    findings
}

/// The fields of an object that hold the key of another, each with that key; none where a part of the key is not held.
fn references(facts: &Facts, stands_for: &[Field], object: Object, referred: Object) -> Vec<(Field, Field)> {
    let mut all = vec![];
    for key in keys(facts, referred) {
        let own = facts.field.iter().filter(|(field, of, _)| *of == object && field != key);
        let held: Vec<Field> = own.map(|(field, ..)| *field).filter(|field| stands_for[field.index()] == stands_for[key.index()]).collect();
        if held.is_empty() {
            return vec![];
        }
        all.extend(held.into_iter().map(|field| (field, *key)));
    }
    all
}

fn keys(facts: &Facts, object: Object) -> impl Iterator<Item = &Field> {
    facts.key.iter().filter(move |(of, _)| *of == object).map(|(_, key)| key)
}

/// What an operation looks at and does.
struct Uses<'f> {
    /// Sides that conditions ask to be equal.
    equal: Vec<(&'f Expr, &'f Expr)>,
    /// All that is read or written through a parameter.
    named: Vec<Parameter>,
    /// Fields that effects set.
    set: Vec<Field>,
}

impl<'f> Uses<'f> {
    fn of(
        guards: &[&'f Expr],
        effects: &[(Effect, Option<Field>, &'f Action)],
        through: &BTreeMap<Effect, Parameter>,
    ) -> Uses<'f> {
        let mut uses = Uses { equal: vec![], named: vec![], set: vec![] };
        for condition in guards {
            uses.read(condition);
            if let Expr::Binary(Operator::Equal, left, right) = condition {
                uses.equal.push((left, right));
            }
        }
        for (effect, field, action) in effects {
            uses.named.extend(through.get(effect));
            uses.set.extend(*field);
            action.values().for_each(|value| uses.read(value));
        }
        uses
    }

    fn read(&mut self, value: &'f Expr) {
        value.walk(&mut |expr| match expr {
            Expr::Parameter(parameter) | Expr::Field(_, Some(parameter)) => self.named.push(*parameter),
            _ => (),
        });
    }

    fn both(&self, one: Parameter, other: Parameter) -> bool {
        self.named.contains(&one) && self.named.contains(&other)
    }

    /// Whether it is what the operation changes, to whom an instance belongs.
    fn moves(&self, fields: &[(Field, Field)]) -> bool {
        fields.iter().any(|(field, _)| self.set.contains(field))
    }

    /// Whether conditions ask, directly or by what both equal, that the field of the one is the key of the other.
    fn compared(&self, one: (Parameter, Field), other: (Parameter, Field)) -> bool {
        let is = |side: &Expr, (parameter, field): (Parameter, Field)| match side {
            Expr::Field(read, Some(of)) => *of == parameter && *read == field,
            Expr::Parameter(of) => *of == parameter && other == (parameter, field),
            _ => false,
        };
        let sides = || self.equal.iter().flat_map(|(left, right)| [(*left, *right), (*right, *left)]);
        let mut reached: Vec<&Expr> = sides().filter(|(side, _)| is(side, one)).map(|(_, to)| to).collect();
        let mut next = 0;
        while let Some(&at) = reached.get(next) {
            let further: Vec<&Expr> = sides().filter(|(side, to)| *side == at && !reached.contains(to)).map(|(_, to)| to).collect();
            reached.extend(further);
            next += 1;
        }
        reached.into_iter().any(|side| is(side, other))
    }
}

fn finding(
    design: &Design,
    operation: Operation,
    (one, object): (Parameter, Object),
    (other, referred): (Parameter, Object),
    apart: &[(Field, Field)],
) -> Finding {
    let facts = &design.facts;
    let (name, belongs, owner) = (design.name(operation), facts.name(one), facts.name(other));
    let fields: Vec<String> = apart.iter().map(|(field, _)| format!("`{belongs}.{}`", facts.name(*field))).collect();
    let equal = apart.iter().map(|(field, key)| format!("{belongs}.{} == {owner}.{}", facts.name(*field), facts.name(*key)));
    let equal: Vec<String> = equal.collect();
    RULE.at(operation, format!("`{name}` takes one `{}` and one `{}`, and nothing says that they belong together", design.name(object), design.name(referred)))
        .label(format!("`{owner}` may be another than {}", fields.join(", ")))
        .with(apart[0].0, format!("says which `{}` it belongs to", design.name(referred)))
        .note("S4-p2: an invariant holds for whatever a caller sends, not only for what a careful caller would")
        .help(format!("require it: `when {}`", equal.join(" and ")))
}
