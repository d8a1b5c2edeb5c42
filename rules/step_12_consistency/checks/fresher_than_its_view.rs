//! S1203: a query that promises to be fresher than the view it reads.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::quantity::Quantity;
use std::cmp::Ordering::Greater;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1203",
        slug: "fresher-than-its-view",
        severity: Severity::Error,
        page: include_str!("fresher_than_its_view.md"),
        cites: &["S12-o1", "CK-12c", "S4-T5"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let lag: BTreeMap<View, Quantity> = design.validation.lag.iter().copied().collect();
    let promised: BTreeMap<Query, Quantity> = design.consistency.query_freshness.iter().copied().collect();
    let findings = design.facts.query_reads.iter().filter_map(|&(query, source)| {
        let Source::View(view) = source else { return None };
        let (promise, behind) = (promised.get(&query)?, lag.get(&view)?);
        (behind.compare(promise) == Some(Greater)).then(|| finding(design, query, *promise, view, *behind))
    });
    findings.collect()
}

fn finding(design: &Design, query: Query, promise: Quantity, view: View, behind: Quantity) -> Finding {
    let (name, from) = (design.name(query), design.name(view));
    RULE.at(clause(query, "freshness"), format!("`{name}` promises {promise}, and `{from}` may be {behind} old"))
        .label("cannot be kept")
        .with(clause(view, "staleness"), format!("`{from}` may be {behind} behind"))
        .note("S4-T5: whoever reads a view sees its source as it was; an answer is never fresher than what it is read from")
        .help(format!("promise `freshness <= {behind}`, tighten `{from}`, or read what `{from}` is computed from"))
        .fix(
            format!("promise what `{from}` keeps"),
            Applicability::Unsafe,
            Change::Replace(clause(query, "freshness"), format!("freshness <= {behind}")),
        )
        .because(fact!(lag, view, behind))
}
