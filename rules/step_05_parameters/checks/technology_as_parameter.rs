//! S0501: a product in the place of a mechanism (AP-5).

use crate::Design;
use crate::finding::*;
use crate::step_05_parameters::named::{decided, standing_name};
use crate::step_05_parameters::tables::{contains, technology_in};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0501",
        slug: "technology-as-parameter",
        severity: Severity::Error,
        page: include_str!("technology_as_parameter.md"),
        cites: &["AP-5", "S5-d1", "S5-v3", "S5-c4", "CK-5b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let own = &design.facts.names.technologies;
    let findings = decided(&design.facts).filter_map(|(decision, choice)| {
        let declared = || own.iter().map(|technology| technology.name.as_str()).find(|name| contains(&choice.word, name));
        let word = technology_in(&choice.word).or_else(declared)?;
        let finding = RULE
            .at(decision, format!("`{}` names a product, `{word}`, not what must exist at runtime", choice.word))
            .label("a technology is no design parameter")
            .note("AP-5: which product does it is decided in step 10, when the capability it needs is known; before that, it is locked in for no reason");
        let finding = match standing_name(design, decision, choice) {
            Some(name) => finding.help(format!("name the mechanism: what enforces these invariants is derived as `{name}`")),
            None => finding.help("name what enforces the invariants: the thing it is of, and what it does to it"),
        };
        Some(finding.help(format!("a preference for `{word}` is declared as `technology {word} : preferred`", word = identifier(word))))
    });
    findings.collect()
}

/// A product's name as the language writes names.
fn identifier(word: &str) -> String {
    word.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
}
