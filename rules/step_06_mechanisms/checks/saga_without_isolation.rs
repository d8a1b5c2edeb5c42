//! S0607: a condition over several services under a saga, which does not isolate.

use crate::Design;
use crate::finding::*;
use crate::step_06_mechanisms::decisions::{holds, operations};
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_06_mechanisms::properties::Property;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0607",
        slug: "saga-without-isolation",
        severity: Severity::Error,
        page: include_str!("saga_without_isolation.md"),
        cites: &["A-22", "S6.2-r8", "S6.3-Q1-r3"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let step = &design.mechanisms;
    let sagas = step.mechanism.iter().filter(|(_, mechanism, _)| *mechanism == Mechanism::Saga).map(|(dp, ..)| *dp);
    let open = sagas.filter(|dp| step.has(*dp, Property::GuardsAcross) && !step.has(*dp, Property::Reserves));
    let findings = open.flat_map(|dp| {
        operations(design, dp).map(move |operation| {
            let name = design.name(operation);
            RULE.at(clause(operation, "when"), format!("nothing holds the condition of `{name}` while its steps run in several services"))
                .label("may be false before the last step")
                .note("A-22: a saga commits step by step, so what one service checked can change before the next acts; it needs to set aside first and confirm later")
                .help("mark the calls with `reserves` where the service sets aside what it will need, or move what the condition reads into one service")
                .because(holds(dp, Property::GuardsAcross))
        })
    });
    findings.collect()
}
