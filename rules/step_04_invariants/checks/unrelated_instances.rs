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
        let mut apart: Vec<Tie> = vec![];
        // What one tie says already, another need not say again.
        let mut known: Vec<BTreeSet<Side>> = vec![];
        for (position, &(one, object)) in named.iter().enumerate() {
            for (place, &(other, referred)) in named.iter().enumerate() {
                if object == referred || !uses.both(one, other) {
                    continue;
                }
                let mut fields = references(facts, &stands_for, object, referred);
                if position < place && fields.is_empty() && references(facts, &stands_for, referred, object).is_empty() {
                    fields = shared(facts, object, referred);
                }
                if uses.moves(&fields) {
                    continue;
                }
                for key in keys(facts, referred) {
                    let held: Vec<Side> = fields.iter().filter(|(_, of)| of == key).map(|(field, _)| (one, *field)).collect();
                    let Some(first) = held.first() else { continue };
                    let meant = (other, *key);
                    let joined = held.iter().any(|side| uses.compared(*side, meant) || together(&known, *side, meant));
                    if !joined {
                        apart.push((*first, meant));
                    }
                    join(&mut known, *first, meant);
                }
            }
        }
        if !apart.is_empty() {
            findings.push(finding(design, operation, &apart));
        }
    }
    findings
}

/// A field of an instance.
type Side = (Parameter, Field);
/// Two that should be equal: a field, and the key that it stands for.
type Tie = (Side, Side);

fn together(known: &[BTreeSet<Side>], one: Side, other: Side) -> bool {
    known.iter().any(|class| class.contains(&one) && class.contains(&other))
}

fn join(known: &mut Vec<BTreeSet<Side>>, one: Side, other: Side) {
    let (of_either, rest): (Vec<_>, Vec<_>) = known.drain(..).partition(|class| class.contains(&one) || class.contains(&other));
    *known = rest;
    known.push(of_either.into_iter().flatten().chain([one, other]).collect());
}

/// The fields of an object that hold the key of another, or the part of it that both have in common, each with that part.
fn references(facts: &Facts, stands_for: &[Field], object: Object, referred: Object) -> Vec<(Field, Field)> {
    let same = |one: Field, other: Field| stands_for[one.index()] == stands_for[other.index()];
    let held = keys(facts, referred).flat_map(|key| {
        let own = facts.field.iter().filter(move |(field, of, _)| *of == object && field != key);
        own.map(|(field, ..)| (*field, *key)).filter(|(field, key)| same(*field, *key))
    });
    held.collect()
}

/// What two objects are both known by, each as its own key: `key_hash` of a key and of its bucket. A word that any key may be called
/// says nothing.
fn shared(facts: &Facts, object: Object, referred: Object) -> Vec<(Field, Field)> {
    const ANY: [&str; 8] = ["id", "key", "uuid", "code", "name", "number", "hash", "slug"];
    let kind = |of: Field| facts.field.iter().find(|(field, ..)| *field == of).map(|(.., kind)| kind);
    let same = |one: Field, other: Field| {
        facts.name(one) == facts.name(other) && kind(one) == kind(other) && !ANY.contains(&facts.name(one))
    };
    let own: Vec<Field> = keys(facts, object).copied().collect();
    let both = keys(facts, referred).flat_map(|key| own.iter().map(|field| (*field, *key)));
    both.filter(|(field, key)| same(*field, *key)).collect()
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

fn finding(design: &Design, operation: Operation, apart: &[Tie]) -> Finding {
    let facts = &design.facts;
    let kind = |parameter: Parameter| {
        let of = facts.parameter.iter().find(|(other, ..)| *other == parameter);
        of.and_then(|(.., kind)| if let Type::Object(object) = kind { Some(*object) } else { None })
    };
    let shown = |(parameter, field): Side| format!("{}.{}", facts.name(parameter), facts.name(field));
    let named: BTreeSet<Parameter> = apart.iter().flat_map(|(one, other)| [one.0, other.0]).collect();
    let takes: Vec<String> = named.iter().filter_map(|it| Some(format!("one `{}`", design.name(kind(*it)?)))).collect();
    let equal: Vec<String> = apart.iter().map(|(one, other)| format!("{} == {}", shown(*one), shown(*other))).collect();
    let (one, other) = apart[0];
    let referred = kind(other.0).map_or_else(String::new, |object| design.name(object));
    let own = kind(one.0).is_some_and(|object| keys(facts, object).any(|key| *key == one.1));
    let role = if own { format!("what a `{referred}` is known by as well") } else { format!("says which `{referred}` it belongs to") };
    RULE.at(operation, format!("`{}` takes {}, and nothing says that they belong together", design.name(operation), takes.join(" and ")))
        .label(format!("`{}` may be another than `{}`", facts.name(other.0), shown(one)))
        .with(one.1, role)
        .note("S4-p2: an invariant holds for whatever a caller sends, not only for what a careful caller would")
        .help(format!("require it: `when {}`", equal.join(" and ")))
}
