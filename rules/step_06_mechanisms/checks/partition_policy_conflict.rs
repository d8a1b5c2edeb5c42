//! S0614: asked to go on alone in a partition, and to ask the other regions.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_06_mechanisms::decisions::refused;
use crate::vocabulary::Vocabulary;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0614",
        slug: "partition-policy-conflict",
        severity: Severity::Error,
        page: include_str!("partition_policy_conflict.md"),
        cites: &["A-20", "S6.3-Q1-r4", "S6.3-Q2-r3", "CK-6c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let system = Entity::System(System(0));
    let refused = refused(design, &["A-20"]);
    let refused = refused.iter().map(|refusal| {
        let name = design.name(refusal.dp);
        let message = format!("{} for `{name}` stops when regions lose sight of each other", refusal.mechanism.word());
        refusal.finding(&RULE, design, message).with(clause(system, "partition"), "no region may wait for another")
    });
    let mut policies: Vec<&str> = design.facts.partition_policy.iter().map(|(policy,)| policy.word()).collect();
    policies.sort();
    policies.dedup();
    let several = (policies.len() > 1).then(|| {
        RULE.at(clause(system, "partition"), format!("asked for `{}` in a network partition", policies.join("` and `")))
            .label("one system cannot do both")
            .note("A-20: a quorum goes on where a majority is; going on everywhere means that nobody is asked")
            .help("keep one")
    });
    several.into_iter().chain(refused).collect()
}
