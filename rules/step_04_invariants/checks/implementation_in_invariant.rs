//! S0405: an invariant that says how instead of what.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_04_invariants::Reading;
use crate::step_05_parameters::tables::{contains, pattern_in, technology_in};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0405",
        slug: "implementation-in-invariant",
        severity: Severity::Warning,
        page: include_str!("implementation_in_invariant.md"),
        cites: &["S4-q4", "S4-c3", "S4-g1"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let all = (0..design.facts.names.invariants.len() as u32).map(Invariant);
    all.filter_map(|invariant| finding(design, invariant)).collect()
}

fn finding(design: &Design, invariant: Invariant) -> Option<Finding> {
    let title = design.facts.names.get(invariant.into())?.title.as_deref()?;
    let own = design.facts.names.technologies.iter().map(|technology| technology.name.as_str());
    let (what, word) = match technology_in(title).or_else(|| own.into_iter().find(|name| contains(title, name))) {
        Some(word) => ("a product", word),
        None => ("a pattern", pattern_in(title)?),
    };
    let name = design.name(invariant);
    let finding = RULE
        .at(invariant, format!("`{name}` names {what}, `{word}`"))
        .label("says how, not what")
        .note("S4-q4: an invariant is stated over the state of the domain; what enforces it is derived from it, never the other way round");
    let reading = Reading::new(design);
    Some(match reading.statement(invariant) {
        Statement::Vague | Statement::Unresolved => finding.help("say what must be true of the state, whatever stores it"),
        _ => finding.help(format!("its statement says it without: {}", reading.says(invariant))),
    })
}
