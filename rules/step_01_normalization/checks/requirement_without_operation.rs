//! S0101: a product sentence that nobody has said the meaning of.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_01_normalization::tables::row;
use crate::vocabulary::Vocabulary;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0101",
        slug: "requirement-without-operation",
        severity: Severity::Warning,
        page: include_str!("requirement_without_operation.md"),
        cites: &["S1-c1", "S1-g1", "S1-p2", "CK-1a"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let touched = facts.touches.iter().map(|(requirement, ..)| Entity::from(requirement));
    let open = facts.hole.iter().map(|(at, _)| *at);
    let spared: BTreeSet<Entity> = touched.chain(open).collect();
    let bare = (0..facts.names.requirements.len() as u32).map(Requirement);
    bare.filter(|requirement| !spared.contains(&requirement.into())).map(finding(design)).collect()
}

fn finding(design: &Design) -> impl Fn(Requirement) -> Finding + '_ {
    |requirement| {
        let said = design.facts.says.iter().find(|(other, _)| *other == requirement);
        let means = said.and_then(|(_, verb)| row(*verb)).map(|row| {
            let means: Vec<&str> = row.means.iter().map(|operation| operation.word()).collect();
            format!("{}: \"{}\" can mean to {}", row.id, row.verb, means.join(", to "))
        });
        let finding = RULE
            .at(requirement, format!("nothing says what `{}` does to which state", design.name(requirement)))
            .label("a sentence, and no operation behind it")
            .note("S1-c1: until it is an actor, an operation and data, every later step guesses")
            .help("write who does what: `Actor does Operation`, `Actor reads View`, `Actor queries Query`, `Actor follows View` or `Actor is told of Event`");
        means.into_iter().fold(finding, Finding::note)
    }
}
