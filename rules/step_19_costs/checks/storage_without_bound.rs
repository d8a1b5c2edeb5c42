//! S1905: records are added for ever, and nothing says for how long they are kept.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_19_costs::usage::usages;
use crate::step_19_costs::{CostKind, Growth};
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1905",
        slug: "storage-without-bound",
        severity: Severity::Info,
        page: include_str!("storage_without_bound.md"),
        cites: &["S19-p1", "S19-p2", "CK-19a"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let kept: BTreeSet<Object> = facts.retention.iter().map(|(object, _)| *object).collect();
    let counted: BTreeSet<Object> = facts.population.iter().map(|(object, _)| *object).collect();
    let rated: BTreeSet<Operation> = facts.rate.iter().map(|(operation, _)| *operation).collect();
    let findings = usages(design).into_iter().filter_map(|usage| {
        let (Entity::Object(object), CostKind::Storage) = (usage.of, usage.kind) else { return None };
        let adds = design.costs.driver.iter().any(|(of, by)| *of == usage.of && matches!(by, Entity::Operation(op) if rated.contains(op)));
        let appended = design.costs.appended.contains(&(object,));
        if !appended || !adds || kept.contains(&object) || counted.contains(&object) {
            return None;
        }
        let name = design.name(object);
        Some(
            RULE.at(object, format!("`{name}` grows for ever: nothing says how long its records are kept"))
                .label("added to, never taken from")
                .note("S19-p2: what is kept is rate × size × retention; without the last it has no limit, and neither has its cost")
                .help(format!("say how long they are needed: `retention 1y`; if for ever, how many there will be: `population 1G` (for {name})"))
                .because(fact!(growth, object, Growth::Linear, "S19-e1")),
        )
    });
    findings.collect()
}
