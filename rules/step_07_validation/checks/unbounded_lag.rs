//! S0713: a projection that may be arbitrarily old.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0713",
        slug: "unbounded-lag",
        severity: Severity::Error,
        page: include_str!("unbounded_lag.md"),
        cites: &["S7-o3", "A-74", "S4-T5", "CK-7c"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let bounded: BTreeSet<View> = design.validation.lag.iter().map(|(view, _)| *view).collect();
    let views: BTreeSet<View> = design.validation.projection.iter().map(|(view, _)| *view).collect();
    let open = |view: &&View| facts.hole.iter().any(|(entity, word)| *entity == (**view).into() && *word == "staleness");
    let unbounded = views.difference(&bounded).filter(|view| !open(view));
    let findings = unbounded.map(|&view| {
        let name = design.name(view);
        RULE.at(view, format!("`{name}` may be arbitrarily old"))
            .label("has no staleness bound")
            .note("S7-o3: of every projection it must be known how far it may lag; without a bound no propagation can be chosen or measured")
            .help("say what readers tolerate: `staleness <= 1s`; `staleness <= 0s` if it must never lag; `staleness <= ?` to be decided")
    });
    findings.collect()
}
