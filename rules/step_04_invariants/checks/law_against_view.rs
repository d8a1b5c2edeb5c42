//! S0424: a view computes one thing, and an invariant says that it equals another.

use crate::Design;
use crate::expression::Expr;
use crate::fact::*;
use crate::finding::*;
use crate::groups::Groups;
use crate::vocabulary::{Aggregate, Vocabulary};
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0424",
        slug: "law-against-view",
        severity: Severity::Error,
        page: include_str!("law_against_view.md"),
        cites: &["S4-T3", "S4-T3i", "S4-q3"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let computed: BTreeMap<View, (Aggregate, Option<Field>)> =
        facts.computed.iter().map(|(view, function, field)| (*view, (*function, *field))).collect();
    let groups = Groups::new(facts.grouped.iter().copied());
    let mut findings = vec![];
    for (invariant, statement) in &facts.statement {
        let Statement::Equals { target: Entity::View(view), law, group } = statement else { continue };
        let Some((stated, of)) = plain(law) else { continue };
        let Some((function, field)) = computed.get(view) else { continue };
        let groups = groups.get(*view);
        let same = *function == stated && (stated == Aggregate::Count || *field == of);
        // A law of a view may leave out what the view says already; what it does say is said of the same rows.
        let within = |one: &[Field], other: &[Field]| one.iter().all(|field| other.contains(field));
        let grouped = group.is_empty() || within(group, groups) && within(groups, group);
        if !(same && grouped) {
            let is = says(facts, *function, *field, groups);
            let asked = says(facts, stated, of, group);
            findings.push(finding(design, *invariant, *view, &is, &asked));
        }
    }
    findings
}

/// An aggregate of a field, and of nothing that is worked out first.
fn plain(law: &Expr) -> Option<(Aggregate, Option<Field>)> {
    match law {
        Expr::Aggregate(function, inner) => match &**inner {
            Expr::Field(field, _) => Some((*function, Some(*field))),
            _ => None,
        },
        _ => None,
    }
}

fn says(facts: &Facts, function: Aggregate, field: Option<Field>, groups: &[Field]) -> String {
    let of = field.map_or(String::new(), |field| facts.path(field));
    let groups: Vec<&str> = groups.iter().map(|field| facts.name(*field)).collect();
    let each = if groups.is_empty() { String::new() } else { format!(" for each {}", groups.join(", ")) };
    format!("{}({of}){each}", function.word())
}

fn finding(design: &Design, invariant: Invariant, view: View, is: &str, asked: &str) -> Finding {
    let (name, what) = (design.name(view), design.name(invariant));
    RULE.at(invariant, format!("`{what}` says that `{name}` equals `{asked}`, and `{name}` computes `{is}`"))
        .label("something else")
        .with(view, "is computed otherwise")
        .note("S4-T3i: the aggregate equals one function of its events; an audit of another one reports every row, for ever")
        .help("write the same law at both, or leave it to the view")
}
