//! S0603: a command under a lease goes to a resource that cannot refuse an old claim.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_06_mechanisms::decisions::{adds, operations};
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::vocabulary::ServiceTrait;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0603",
        slug: "lease-without-fencing",
        severity: Severity::Error,
        page: include_str!("lease_without_fencing.md"),
        cites: &["S6.4-r2", "A-48", "A-56", "CK-6d"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let leases = design.mechanisms.mechanism.iter().filter(|(_, mechanism, _)| *mechanism == Mechanism::Lease);
    let checks = |service: Service| facts.service_trait.contains(&(service, ServiceTrait::ChecksFencing));
    let mut unchecked: BTreeMap<Operation, Vec<(Call, Service)>> = BTreeMap::new();
    for (call, operation, service) in facts.call.iter().filter(|(.., service)| !checks(*service)) {
        unchecked.entry(*operation).or_default().push((*call, *service));
    }
    let mut found: BTreeMap<Call, (Dp, Operation, Service)> = BTreeMap::new();
    for (dp, ..) in leases {
        let mut under_claim: Vec<Operation> = operations(design, *dp).collect();
        let released = facts.released_by.iter().filter(|(holding, _)| under_claim.contains(holding));
        under_claim.extend(released.map(|(_, release)| *release).collect::<Vec<_>>());
        for operation in under_claim {
            for (call, service) in unchecked.get(&operation).into_iter().flatten() {
                found.entry(*call).or_insert((*dp, operation, *service));
            }
        }
    }
    let findings = found.into_iter().map(|(_, (dp, operation, service))| {
        let (name, resource) = (design.name(operation), design.name(service));
        RULE.at(clause(operation, "calls"), format!("`{name}` calls `{resource}` under a lease, and `{resource}` does not check whose claim it is"))
            .label("an expired holder's call is carried out as well")
            .with(service, format!("`{resource}` is not declared to check fencing"))
            .note("6.4#2: a lease ends without its holder noticing; only the resource can tell the old claim from the new one, and it must do so at every access (A-48)")
            .help(format!("declare `{resource}` with `checks fencing` if it compares a rising claim number, or write the outcome to a record of your own and let `{resource}` read it from there"))
            .because(adds(dp, Mechanism::FencingToken, "6.4#2"))
    });
    findings.collect()
}
