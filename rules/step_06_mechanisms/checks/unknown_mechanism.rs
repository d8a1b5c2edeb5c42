//! S0621: a decision on something that is no mechanism of the pattern reference.

use crate::Design;
use crate::finding::*;
use crate::step_06_mechanisms::concerned;
use crate::step_06_mechanisms::decisions::instead;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::vocabulary::Topic;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0621",
        slug: "unknown-mechanism",
        severity: Severity::Error,
        page: include_str!("unknown_mechanism.md"),
        cites: &["A-15", "AP-5", "CK-6a"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let decided = design.facts.decision.iter().filter(|(_, choice)| choice.topic == Topic::Mechanism);
    // A hole is reported as such, and so is a name that did not resolve.
    let unknown = decided.filter(|(_, choice)| !matches!(choice.word.as_str(), "" | "?") && Mechanism::meant_by(&choice.word).is_empty());
    let findings = unknown.map(|(decision, choice)| {
        let finding = RULE
            .at(*decision, format!("`{}` is no mechanism", choice.word))
            .label("not in the pattern reference")
            .note("A-15: step 6 decides on mechanisms; which product provides one is decided with `decide store` or `technology`");
        let concerned = choice.of.map_or_else(Default::default, |of| concerned(&design.parameters, of));
        match concerned.first().and_then(|dp| instead(design, *dp)) {
            Some(derived) => finding.help(format!("what follows from the rest of the spec is {derived}")),
            None => finding.help("write a mechanism such as `cas`, `lease`, `crdt`, `saga` or `outbox`"),
        }
    });
    findings.collect()
}
