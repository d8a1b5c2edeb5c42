//! S0605: a step of a saga runs at somebody else's service, which does not take a key.

use super::steps;
use crate::Design;
use crate::finding::*;
use crate::step_06_mechanisms::decisions::adds;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::vocabulary::ServiceTrait;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0605",
        slug: "saga-step-without-idempotency",
        severity: Severity::Error,
        page: include_str!("saga_step_without_idempotency.md"),
        cites: &["S6.4-r6", "A-51", "CK-6d"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let has = |service, wanted| design.facts.service_trait.contains(&(service, wanted));
    let foreign = steps(design).into_iter().filter(|step| has(step.service, ServiceTrait::External) && !has(step.service, ServiceTrait::Idempotent));
    let findings = foreign.map(|step| {
        let (name, service) = (design.facts.name(step.call), design.name(step.service));
        RULE.at(step.call, format!("`{name}` can happen twice: `{service}` does not take a key"))
            .label("repeated when its answer is lost")
            .with(step.service, format!("`{service}` is external and not declared `idempotent`"))
            .note("6.4#6: a saga repeats every step it is not sure of, so each must take effect at most once per key")
            .help(format!("declare `{service}` as `idempotent` if it accepts a key that stays the same on a retry (A-51); otherwise ask it for the outcome before trying again"))
            .because(adds(step.dp, Mechanism::StepIdempotency, "6.4#6"))
    });
    findings.collect()
}
