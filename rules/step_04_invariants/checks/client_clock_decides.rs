//! S0408: deadlines by a clock that anybody can set.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::Clock;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0408",
        slug: "client-clock-decides",
        severity: Severity::Error,
        page: include_str!("client_clock_decides.md"),
        cites: &["S8-d1", "A-54"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let trusted = design.facts.clock.contains(&(Clock::Client,));
    let clocked = &design.evidence.clocked;
    let Some((first,)) = clocked.first().filter(|_| trusted) else { return vec![] };
    let site = clause(System(0), "clock");
    let finding = RULE
        .at(site, format!("the client's clock decides whether `{}` is in time", design.name(*first)))
        .label("anybody can set it")
        .note("S8-d1: a client's clock is never trusted; who is late would set it back");
    let finding = clocked.iter().fold(finding, |finding, (operation,)| {
        finding.with(clause(*operation, "when"), "depends on the time")
    });
    let change = Change::Replace(site, "clock store".to_owned());
    vec![
        finding
            .help("let the clock of the store decide, inside the conditional write, or that of the service")
            .fix("let the store's clock decide", Applicability::Unsafe, change),
    ]
}
