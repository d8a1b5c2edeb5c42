//! S1006: a product provides something that nothing can ask for.

use crate::Design;
use crate::finding::*;
use crate::step_10_technology::Capability;
use crate::vocabulary::Vocabulary;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1006",
        slug: "unknown-capability",
        severity: Severity::Error,
        page: include_str!("unknown_capability.md"),
        cites: &["S10-g1"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let unknown = design.facts.provides.iter().filter(|(_, word)| Capability::parse(word.trim()).is_none());
    unknown
        .map(|(technology, word)| {
            let all = Capability::ALL.iter().map(|capability| capability.word());
            let score = |known: &str| strsim::jaro_winkler(known, &word.to_lowercase());
            let nearest = all.clone().filter(|known| score(known) > 0.8).max_by(|one, other| score(one).total_cmp(&score(other)));
            let finding = RULE
                .at(clause(*technology, "provides"), format!("`{word}` is no capability"))
                .label("nothing asks for it under this name")
                .note("S10-g1: mechanisms ask for capabilities by name; a product that offers another name is never found");
            match nearest {
                Some(known) => finding.help(format!("did you mean `{known}`?")),
                None => finding.help(format!("write one of: {}", all.collect::<Vec<_>>().join(", "))),
            }
        })
        .collect()
}
