//! S1402: a deadline decided by the clocks of several servers, and nothing says how far they differ.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::load;
use crate::quantity::{Dimension, Quantity};
use crate::vocabulary::Clock;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1402",
        slug: "boundary-within-clock-skew",
        severity: Severity::Warning,
        page: include_str!("boundary_within_clock_skew.md"),
        cites: &["S14-f5", "A-54", "A-38", "S14-e4"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let by_servers = design.facts.clock.iter().any(|(clock,)| *clock == Clock::Server);
    let clocked = &design.evidence.clocked;
    let Some((first,)) = clocked.first().filter(|_| by_servers && skew(design).is_none()) else { return vec![] };
    let name = design.name(*first);
    let finding = RULE
        .at(clause(*first, "when"), format!("`{name}` is in time or too late by the clock of whichever server decides"))
        .label("two servers may differ here")
        .with(clause(System(0), "clock"), "each server has a clock of its own")
        .note("S14-f5: what comes just at a deadline needs a rule; between servers whose clocks differ both answers are given");
    let finding = clocked.iter().skip(1).fold(finding, |finding, (operation,)| {
        finding.with(clause(*operation, "when"), "depends on it as well")
    });
    vec![
        finding
            .help("let the store's clock decide inside the write (A-54): then no moment is left open")
            .help("or say how far the servers' clocks differ, `load { clock_skew: 50ms }`: within that of the deadline either answer is right, and stays")
            .fix(
                "let the store's clock decide",
                Applicability::Unsafe,
                Change::Replace(clause(System(0), "clock"), "clock store".to_owned()),
            )
            .because(fact!(clocked, *first)),
    ]
}

/// How far the clocks of servers differ at most, where the author says so: `load { clock_skew: 50ms }`.
pub fn skew(design: &Design) -> Option<Quantity> {
    load::stated(&design.facts, load::CLOCK_SKEW, Dimension::Time).map(|(_, figure)| figure)
}
