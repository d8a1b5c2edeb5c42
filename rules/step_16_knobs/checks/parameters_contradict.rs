//! S1603: two numbers that cannot both be as they are.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::quantity::Quantity;
use crate::step_06_mechanisms::properties::thresholds::Threshold;
use crate::step_16_knobs::constraints::{Constraint, Law, constraints, place};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1603",
        slug: "parameters-contradict",
        severity: Severity::Error,
        page: include_str!("parameters_contradict.md"),
        cites: &["A-36", "A-62", "A-66", "A-67", "A-68", "S16-cat1", "S16-cat3"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let broken = constraints(design).into_iter().filter(|law| !law.holds() && !told_before(design, law));
    broken.map(|law| finding(design, &law)).collect()
}

fn finding(design: &Design, law: &Constraint) -> Finding {
    let decision = design.knobs.settled.iter().find(|(knob, _)| law.knobs.contains(knob)).map(|(_, decision)| *decision);
    let at: Entity = decision.map_or(place(design, law.of), Entity::from);
    let name = design.name(law.of);
    RULE.at(at, format!("the numbers of `{name}` contradict each other: {}", law.text()))
        .label(if decision.is_some() { "decided here" } else { "follows from this" })
        .note(format!("{}: {}", law.rule, why(law.law)))
        .help("change the decision, or loosen what it runs against")
}

/// S0612 reports a time to live that exceeds the bound by itself; Step 15, that a deadline is too short for what is derived.
fn told_before(design: &Design, law: &Constraint) -> bool {
    if law.law == Law::Retries {
        return !law.knobs.iter().any(|knob| design.knobs.settled.iter().any(|(settled, _)| settled == knob));
    }
    let (Law::Staleness, Entity::View(view)) = (law.law, law.of) else { return false };
    let refill = Threshold::CacheRefill.value(&design.facts);
    let longer = |ttl: Quantity| ttl.checked_add(&refill).is_some_and(|oldest| oldest > law.right.1);
    design.facts.decision.iter().any(|(_, choice)| choice.of == Some(view.into()) && choice.quantity.is_some_and(longer))
}

fn why(law: Law) -> &'static str {
    match law {
        Law::Staleness => "a copy filled from a source that is behind already lives on for its whole time: the delays add up",
        Law::Lease => "a claim that ends before its work does is taken by somebody else while the first still works",
        Law::Retries => "every attempt and every wait comes out of the time of the path; who asked has given up before the last one",
        Law::Refill => "who misses the copy waits for the refill, and for the store once more if it comes too late",
        Law::Horizon => "a retry that comes after the outcome was forgotten is a new request, and takes effect twice",
        Law::Replay => "an event sent again after it was forgotten is applied twice",
        Law::Ladder => "first it is built differently, then somebody is woken, then it is an incident: a level above the next is never reached in time",
        Law::Backoff => "the first wait cannot be longer than the longest",
    }
}
