//! S0805: a copy whose rows come and go with the time, kept on changes alone.

use crate::Design;
use crate::expression::Expr;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_08_algorithms::Maintenance;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0805",
        slug: "copy-by-clock",
        severity: Severity::Warning,
        page: include_str!("copy_by_clock.md"),
        cites: &["A-43", "PR-ti7", "S4-T5"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let kept: BTreeMap<View, Maintenance> = design.algorithms.maintained.iter()
        .filter(|(_, way, _)| matches!(way, Maintenance::Apply | Maintenance::Follow | Maintenance::Together))
        .map(|(view, way, _)| (*view, *way))
        .collect();
    let timed = design.facts.filtered.iter().filter(|(_, condition)| condition.reads_clock());
    timed.filter_map(|(view, condition)| Some(finding(design, *view, *kept.get(view)?, condition))).collect()
}

fn finding(design: &Design, view: View, way: Maintenance, condition: &Expr) -> Finding {
    let facts = &design.facts;
    let name = design.name(view);
    let source = facts.upstream.iter().find(|(of, _)| *of == view).map_or("its source".to_owned(), |(_, source)| format!("`{}`", design.name(*source)));
    RULE.at(clause(view, "where"), format!("`{name}` is kept on changes of {source}, and what belongs in it changes with the time"))
        .label(format!("`{}` changes without any write", condition.text(facts)))
        .note("A-43: whoever keeps a copy hears of changes; a row whose time has passed stays until somebody changes its record")
        .help("leave the time out of what is kept, and let whoever reads it compare; or let an operation that a scheduler runs end the record")
        .help("where it is a count of the recent past, say so: `over 60s`")
        .because(fact!(maintained, view, way))
}
