//! S0426: a law that does not say, of each record that holds its value, which events it is made of.

use crate::Design;
use crate::expression::Expr;
use crate::fact::*;
use crate::finding::*;
use crate::step_04_invariants::scope::canonical;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0426",
        slug: "group-apart-from-key",
        severity: Severity::Error,
        page: include_str!("group_apart_from_key.md"),
        cites: &["S4-T3", "S4-T3i", "S4-q3"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let matching = Matching { facts, stands_for: canonical(facts) };
    let laws = facts.statement.iter().filter_map(|(invariant, statement)| match statement {
        Statement::Equals { target: Entity::Field(target), law, group } => Some((*invariant, *target, law, group)),
        _ => None,
    });
    laws.filter_map(|(invariant, target, law, group)| {
        let Law { events, key, missing, surplus } = matching.law(target, law, group)?;
        let found = || finding(design, invariant, target, group, &key);
        if !missing.is_empty() {
            return Some(too_coarse(design, found(), &matching, (target, law), events, &key, &missing));
        }
        (!surplus.is_empty()).then(|| too_fine(design, found(), target, group, &surplus))
    })
    .collect()
}

/// What a law is a sum of, and how its groups lie to the records that hold its value.
struct Law {
    events: Object,
    key: Vec<Field>,
    /// Parts of the key that no group fixes.
    missing: Vec<Field>,
    /// Groups that a record has no field for.
    surplus: Vec<Field>,
}

/// Which field of one object is which of another.
struct Matching<'f> {
    facts: &'f Facts,
    stands_for: Vec<Field>,
}

impl Matching<'_> {
    /// Nothing where there is no aggregate, one record only, or no group that can be told to be a field of the record: it may be
    /// one under another name.
    fn law(&self, target: Field, law: &Expr, group: &[Field]) -> Option<Law> {
        let facts = self.facts;
        let object = facts.object_of(target);
        let events = aggregated(facts, law)?;
        let alone = facts.population.iter().any(|(of, count)| *of == object && count.to_string() == "1");
        let key: Vec<Field> = facts.key.iter().filter(|(of, _)| *of == object).map(|(_, field)| *field).collect();
        if alone || key.is_empty() || events == object {
            return None;
        }
        let refers = |field: &Field| facts.field[field.index()].2 == Type::Object(object);
        let fixed: BTreeSet<Field> = match group.iter().any(refers) {
            true => key.iter().copied().collect(),
            false => group.iter().filter_map(|field| self.same(*field, object)).collect(),
        };
        if fixed.is_empty() && !group.is_empty() {
            return None;
        }
        let missing = match self.identities(object, &key).iter().any(|fields| fields.iter().all(|it| fixed.contains(it))) {
            true => vec![],
            false => key.iter().copied().filter(|field| !fixed.contains(field)).collect(),
        };
        let surplus = group.iter().copied().filter(|field| !refers(field) && self.same(*field, object).is_none());
        Some(Law { events, surplus: surplus.collect(), missing, key })
    }

    /// The field of an object that is this one of another: by what both stand for, or by name.
    fn same(&self, field: Field, object: Object) -> Option<Field> {
        let facts = self.facts;
        let own = || facts.field.iter().filter(|(_, of, _)| *of == object).map(|(own, ..)| *own);
        let alike = |own: &Field| self.stands_for[own.index()] == self.stands_for[field.index()];
        own().find(alike).or_else(|| own().find(|own| facts.name(*own) == facts.name(field)))
    }

    /// The combinations of fields of which there is one record each.
    fn identities(&self, object: Object, key: &[Field]) -> Vec<Vec<Field>> {
        let facts = self.facts;
        let unique = facts.statement.iter().filter_map(|(_, statement)| match statement {
            Statement::UniquePer(of, fields) if *of == object => Some(fields.clone()),
            _ => None,
        });
        let pairs = facts.canonical_pair.iter().filter(|(of, ..)| *of == object).map(|(_, one, other)| vec![*one, *other]);
        std::iter::once(key.to_vec()).chain(unique).chain(pairs).collect()
    }
}

/// What the law is an aggregate of; nothing where it is none.
fn aggregated(facts: &Facts, law: &Expr) -> Option<Object> {
    let mut of = None;
    law.walk(&mut |expr| {
        if let Expr::Aggregate(_, inner) = expr {
            of = of.or_else(|| match &**inner {
                Expr::Exists(object, _) => Some(*object),
                inner => inner.fields().first().map(|field| facts.object_of(*field)),
            });
        }
    });
    of
}

fn finding(design: &Design, invariant: Invariant, target: Field, group: &[Field], key: &[Field]) -> Finding {
    let facts = &design.facts;
    let object = design.name(facts.object_of(target));
    let grouped = match group.is_empty() {
        true => "adds up all there is".to_owned(),
        false => format!("has one value for each {}", listed(facts, group)),
    };
    RULE.at(invariant, format!("`{}` {grouped}, and there is one `{object}` for each {}", design.name(invariant), listed(facts, key)))
        .with(target, "holds the value")
}

/// Several records are to hold the one value of a group.
fn too_coarse(
    design: &Design,
    finding: Finding,
    matching: &Matching,
    (target, law): (Field, &Expr),
    events: Object,
    key: &[Field],
    missing: &[Field],
) -> Finding {
    let facts = &design.facts;
    let object = design.name(facts.object_of(target));
    let apart = listed(facts, missing);
    let finding = finding
        .label(format!("the same for every {apart}"))
        .note(format!("S4-T3i: the aggregate equals one function of its events: as soon as there is a second {apart}, the values differ from what this says"));
    let said: Option<Vec<&str>> = key.iter().map(|field| Some(facts.name(matching.same(*field, events)?))).collect();
    match said {
        Some(fields) => finding.help(format!(
            "group by the whole key: `{} = {} for each {}`",
            facts.path(target),
            law.text(facts),
            fields.join(", ")
        )),
        None => finding.help(format!("let `{}` say which `{object}` it counts for: give it {apart} too, and group by it", design.name(events))),
    }
}

/// One record is to hold the values of several groups.
fn too_fine(design: &Design, finding: Finding, target: Field, group: &[Field], surplus: &[Field]) -> Finding {
    let facts = &design.facts;
    let (object, more) = (design.name(facts.object_of(target)), listed(facts, surplus));
    let kept: Vec<&str> = group.iter().filter(|field| !surplus.contains(field)).map(|field| facts.name(*field)).collect();
    finding
        .label(format!("`{object}` has no {more}"))
        .note("S4-T3i: the aggregate equals one function of its events: a record holds one value, and here is one for each group")
        .help(format!("make {more} part of the key of `{object}`, or group by {} alone", kept.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")))
}

fn listed(facts: &Facts, fields: &[Field]) -> String {
    fields.iter().map(|field| format!("`{}`", facts.name(*field))).collect::<Vec<_>>().join(", ")
}
