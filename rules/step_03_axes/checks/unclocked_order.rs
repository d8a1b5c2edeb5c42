//! S0313: a total order by a time that no clock is named for, or that two records can share.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::Ordering;
use std::collections::HashSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0313",
        slug: "unclocked-order",
        severity: Severity::Warning,
        page: include_str!("unclocked_order.md"),
        cites: &["A-79", "A-54", "S3-ord-r1", "S3-e2", "S3-e4"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let keyed: HashSet<Object> = facts.key.iter().map(|(object, _)| *object).collect();
    let by_time: HashSet<Object> = design.axes.ordered_by_time.iter().map(|(object,)| *object).collect();
    let total: HashSet<Object> = facts.ordering.iter().filter(|(_, ordering)| *ordering == Ordering::Total).map(|(object, _)| *object).collect();
    let ordered = facts.ordered_by.iter().filter(|(object, _)| by_time.contains(object) && total.contains(object));
    let mut findings = vec![];
    for &(object, field) in ordered {
        let (name, time) = (design.name(object), design.name(field));
        let at = |message: String| RULE.at(clause(object, "ordering"), message).label(format!("by `{time}`"));
        if facts.clock.is_empty() {
            let mut finding = at(format!("`{name}` is ordered by `{time}`, and no clock is named that sets it"))
                .note("A-79: two machines disagree about the time by more than two records are apart, so one clock has to decide");
            finding = match system(design) {
                Some(system) => finding.fix("let the store's clock decide", Applicability::Unsafe, Change::Add(system, "clock store".to_owned())),
                None => finding.help("name the clock: `system name { clock store }`"),
            };
            findings.push(finding);
        } else if !keyed.contains(&object) {
            findings.push(at(format!("two records of `{name}` may carry the same `{time}`"))
                .note("A-79: a time is no total order by itself; of two records at the same time the key decides which is first, and there is none")
                .help(format!("give `{name}` a key: `key id: uuid`")));
        }
    }
    findings
}

fn system(design: &Design) -> Option<Entity> {
    (!design.facts.names.systems.is_empty()).then_some(Entity::System(System(0)))
}
