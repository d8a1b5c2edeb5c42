//! S0618: more attempts on one key than compare-and-set can win.

use crate::Design;
use crate::finding::*;
use crate::step_06_mechanisms::decisions::holds;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_06_mechanisms::properties::Property;
use crate::step_06_mechanisms::properties::thresholds::contention;
use crate::vocabulary::Vocabulary;
use num_traits::ToPrimitive;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0618",
        slug: "hot-key-beyond-cas",
        severity: Severity::Warning,
        page: include_str!("hot_key_beyond_cas.md"),
        cites: &["PR-wr4", "A-30", "A-78", "CK-6c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let step = &design.mechanisms;
    let mut findings = vec![];
    for hot in contention(&design.facts).into_iter().filter(|contention| contention.exceeds_cas()) {
        let under = step.mechanism.iter().find(|(dp, mechanism, _)| {
            let decides = mechanism.is_cas() || matches!(mechanism, Mechanism::SingleWriterQueue | Mechanism::Lease);
            decides && design.parameters.protects.contains(&(*dp, hot.operation)) && design.parameters.guards.contains(&(*dp, hot.object))
        });
        let Some((dp, mechanism, _)) = under else { continue };
        let (name, object) = (design.name(hot.operation), design.name(hot.object));
        // Rounded up; `ceil` would overflow at the end of the range.
        let rounded = |n: num_rational::Ratio<i128>| Some((*n.numer()).checked_add(*n.denom() - 1)? / *n.denom());
        let in_flight = hot.in_flight().and_then(rounded).and_then(|count| count.to_u64());
        let in_flight = in_flight.map_or("very many".into(), |count| count.to_string());
        let queued = *mechanism == Mechanism::SingleWriterQueue;
        let others = match hot.all == hot.rate {
            true => String::new(),
            false => format!(" ({} with all that change it)", hot.all),
        };
        let mut finding = RULE
            .at(clause(hot.operation, "rate"), format!("`{name}` comes to one `{object}` at {}{others}, about {in_flight} at a time", hot.rate))
            .label(format!("a compare-and-set wins once in {}", hot.round_trip))
            .note("PR-wr4: attempts that overlap on one key lose against each other; beyond one at a time losers pile up and retry")
            .because(holds(*dp, Property::HotKey));
        if queued {
            finding.severity = Severity::Info;
            finding = finding.help("a single-writer queue per key is derived, with compare-and-set active beneath it (A-30)");
        } else {
            finding = finding.help(format!("leave the choice of {} out, and attempts are queued before one writer per key", mechanism.word()));
        }
        findings.push(finding.help("`load { store_round_trip: … }` sets the time from reading to writing"));
    }
    findings
}
