//! S0803: a claim that no operation ends.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0803",
        slug: "claim-without-release",
        severity: Severity::Warning,
        page: include_str!("claim_without_release.md"),
        cites: &["A-45", "S8-p7", "S8-t2"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let released: BTreeSet<Operation> = facts.released_by.iter().map(|(operation, _)| *operation).collect();
    let claims = facts.holds.iter().filter(|(operation, _)| !released.contains(operation));
    let open = |operation: &Operation| facts.hole.iter().any(|(entity, _)| *entity == Entity::Operation(*operation));
    let findings = claims.filter(|(operation, _)| !open(operation)).map(|(operation, object)| {
        let (name, held) = (design.name(*operation), design.name(*object));
        RULE.at(clause(*operation, "holds"), format!("nothing ends the claim that `{name}` takes on `{held}`, except time"))
            .label("until what?")
            .note("A-45: the step that puts a claim to use must end its time limit by compare-and-set on the claim; a limit that runs on lets a second holder in while the first one works")
            .help("name the operations that end it: `holds … until Finish, GiveBack for 30s`")
            .because(fact!(holds, *operation, *object))
    });
    findings.collect()
}
