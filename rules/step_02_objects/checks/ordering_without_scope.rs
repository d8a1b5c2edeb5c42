//! S0203: an order that does not say among what.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_02_objects::Test;
use crate::vocabulary::{Ordering, Vocabulary};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0203",
        slug: "ordering-without-scope",
        severity: Severity::Error,
        page: include_str!("ordering_without_scope.md"),
        cites: &["S2-v3", "S2-v3x", "S2-v3e", "AP-3", "S3-d1", "S3-c2", "S3-ord-r1", "CK-3b", "CK-2c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let unbound = design.objects.unbound.iter();
    unbound.filter(|(object,)| !design.facts.hole.contains(&(Entity::Object(*object), "ordering"))).map(|(object,)| finding(design, *object)).collect()
}

fn finding(design: &Design, object: Object) -> Finding {
    let name = design.name(object);
    let declared = design.facts.ordering.iter().filter(|(other, _)| *other == object).map(|(_, ordering)| *ordering);
    let declared: Vec<Ordering> = declared.collect();
    let order = if declared.contains(&Ordering::Total) { "totally" } else { "partially" };
    let finding = RULE
        .at(clause(object, "ordering"), format!("`{name}` is {order} ordered, within what?"))
        .label("no `within`")
        .note("S3-d1: an order over everything needs one authority for everything; most orders are only asked for within one parent")
        .because(fact!(fails, object, Test::OrderingPurity));
    let scopes = scopes(design, object);
    match scopes[..] {
        [] => finding.help("name the field within whose values the order holds: `within <field>`"),
        [only] => {
            let clause_text = written(design, object, &declared, only);
            finding.fix(format!("bind the order to `{}`", design.name(only)), Applicability::Unsafe, Change::Replace(clause(object, "ordering"), clause_text))
        }
        _ => {
            let names: Vec<String> = scopes.iter().map(|field| format!("`{}`", design.name(*field))).collect();
            finding.help(format!("name the field within whose values the order holds: {}", names.join(" or ")))
        }
    }
}

/// Fields that could be the scope: what the contest is per, or else references to other things.
fn scopes(design: &Design, object: Object) -> Vec<Field> {
    let facts = &design.facts;
    let contest = facts.winner_per.iter().filter(|(other, _)| *other == object).map(|(_, field)| *field);
    let contest: Vec<Field> = contest.collect();
    if !contest.is_empty() {
        return contest;
    }
    let references = facts.field.iter().filter(|(_, of, kind)| *of == object && matches!(kind, Type::Object(_)));
    references.map(|(field, ..)| *field).collect()
}

/// The clause with a scope.
fn written(design: &Design, object: Object, declared: &[Ordering], scope: Field) -> String {
    let words: Vec<&str> = declared.iter().map(|ordering| ordering.word()).collect();
    let by = design.facts.ordered_by.iter().find(|(other, _)| *other == object);
    let by = match by {
        Some((_, field)) => format!(" by {}", design.name(*field)),
        None if declared.contains(&Ordering::Total) => " by acceptance".to_owned(),
        None => String::new(),
    };
    format!("ordering: {}{by} within {}", words.join(", "), design.name(scope))
}
