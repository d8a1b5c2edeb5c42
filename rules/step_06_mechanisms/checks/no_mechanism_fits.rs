//! S0624: conditions on the state are to be kept, and no row of table 6.2 covers what is declared of it.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_06_mechanisms::Family;
use crate::vocabulary::{Ownership, Vocabulary};
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0624",
        slug: "no-mechanism-fits",
        severity: Severity::Error,
        page: include_str!("no_mechanism_fits.md"),
        cites: &["A-5", "A-1", "S6.2-r5", "CK-6b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let step = &design.mechanisms;
    let covered: BTreeSet<Dp> = step.mechanism.iter().map(|(dp, ..)| *dp).collect();
    let open = step.family.iter().filter(|(dp, family)| *family == Family::ConcurrencyControl && !covered.contains(dp));
    let guarded = open.filter_map(|(dp, _)| {
        // What is not decided yet (S0301) is asked for there.
        let objects = design.parameters.guards.iter().filter(|(of, _)| of == dp).map(|(_, object)| *object);
        let objects = objects.filter(|object| registers(design, *object));
        let all = objects.filter(|object| design.axes.ownership.iter().any(|(of, it, _)| of == object && *it == Ownership::AllSucceed));
        all.into_iter().next().map(|object| finding(design, *dp, object))
    });
    guarded.collect()
}

/// Whether all that is written are values that keep the larger or the smaller. Of what does not commute, and of additions under a
/// condition, it is told before that they do not merge (S0305); of a state machine that it contradicts itself (S0312).
fn registers(design: &Design, object: Object) -> bool {
    let evidence = &design.evidence;
    let machine = design.facts.state.iter().any(|(_, of)| *of == object);
    let added = evidence.additive.iter().any(|(_, field)| design.facts.object_of(*field) == object);
    evidence.commutes.binary_search(&(object,)).is_ok() && !machine && !added
}

fn finding(design: &Design, dp: Dp, object: Object) -> Finding {
    let (name, parameter) = (design.name(object), design.name(dp));
    RULE.at(clause(object, "ownership"), format!("no mechanism keeps `{parameter}`: all writers of `{name}` succeed, and what they write is not merged"))
        .label("nobody is to lose")
        .with(clause(object, "evolution"), "a later write replaces an earlier one")
        .note("A-1: writers who all succeed need a law that reconciles them; where one value replaces another, one of the writers has lost")
        .help("let one win: `ownership: many writers, one winner per …`")
        .help("or say that concurrent writes are reconciled: `evolution: merge`, with effects that commute")
        .because(fact!(ownership, object, Ownership::AllSucceed.word()))
}
