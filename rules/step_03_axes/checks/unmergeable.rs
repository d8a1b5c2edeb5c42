//! S0305: a merge that loses writes or breaks conditions.

use crate::Design;
use crate::expression::Action;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_03_axes::counterexample::{Counterexample, conflict, divergence};
use crate::vocabulary::{Evolution, Ownership};
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0305",
        slug: "unmergeable",
        severity: Severity::Error,
        page: include_str!("unmergeable.md"),
        cites: &["S3-own-r4", "S3-evo-r4", "S3-d3", "A-21", "A-23"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let merging = facts.evolution.iter().filter(|(_, evolution)| *evolution == Evolution::Merge).map(|(object, _)| (*object, "evolution"));
    let succeeding = facts.ownership.iter().filter(|(_, ownership)| *ownership == Ownership::AllSucceed).map(|(object, _)| (*object, "ownership"));
    let mut objects: BTreeMap<Object, &'static str> = succeeding.collect();
    objects.extend(merging);
    // A state machine that all may drive contradicts itself before any operation is looked at.
    objects.retain(|object, _| !facts.evolution.contains(&(*object, Evolution::StateMachine)));
    objects.into_iter().filter_map(|(object, word)| finding(design, object, word)).collect()
}

fn finding(design: &Design, object: Object, word: &'static str) -> Option<Finding> {
    let name = design.name(object);
    let (found, why) = match (divergence(design, object), conflict(design, object).filter(|found| !is_register(design, object, found))) {
        (Some(found), _) => (found, "S3-evo-r4: replicas that merge must end up equal in whatever order they hear of the writes, and these effects do not commute"),
        (None, Some(found)) => (found, "S3-own-r4: a merge keeps every write, so a condition that another write can make false is not kept"),
        (None, None) => return None,
    };
    let pair = match found.operation == found.other {
        true => format!("two runs of `{}`", design.name(found.operation)),
        false => format!("`{}` and `{}`", design.name(found.operation), design.name(found.other)),
    };
    let mut finding = RULE
        .at(clause(object, word), format!("`{name}` cannot merge {pair}"))
        .label("concurrent writes are to merge")
        .note(found.story)
        .note(why)
        .help("declare `many writers, one winner`, or change the effects to what commutes: `+=`, `add`, `remove`, or `x = a when a > x` alone");
    finding = match found.operation == found.other {
        true => finding.with(found.operation, "two replicas each accept one run of it"),
        false => {
            finding.with(found.operation, "one replica accepts this").with(found.other, "while another accepts this")
        }
    };
    let conflict = design.evidence.conflict.iter().find(|(one, other, _)| (*one, *other) == (found.operation, found.other));
    Some(conflict.into_iter().fold(finding, |finding, (one, other, field)| finding.because(fact!(conflict, one, other, field))))
}

/// A max or min register that nothing else hangs on: what loses is as if it had never been sent.
fn is_register(design: &Design, object: Object, found: &Counterexample) -> bool {
    let facts = &design.facts;
    let register = |operation: Operation| {
        let effects: Vec<&Action> =
            facts.effect.iter().filter(|(_, of, ..)| *of == operation).map(|(.., action)| action).collect();
        let answers = facts.announces.iter().any(|(of, _)| *of == operation) || facts.call.iter().any(|(_, of, _)| *of == operation);
        let guards = facts.guard.iter().filter(|(_, of, _)| *of == operation).count();
        matches!(effects[..], [Action::Assign(_)]) && guards == 1 && !answers
    };
    let commutes = design.evidence.commutes.contains(&(object,));
    commutes && register(found.operation) && register(found.other)
}
