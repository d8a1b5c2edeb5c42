//! S0601: a guarded write that is retried and has no request identity.

use crate::Design;
use crate::expression::Expr;
use crate::fact::*;
use crate::finding::*;
use crate::step_06_mechanisms::decisions::{adds, operations};
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::vocabulary::*;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0601",
        slug: "cas-without-idempotency-key",
        severity: Severity::Error,
        page: include_str!("cas_without_idempotency_key.md"),
        cites: &["AP-6", "S6.4-r1", "S6.4-d1", "A-9", "A-41", "CK-6d", "CK-8c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let needed = design.mechanisms.adds.iter();
    let needed = needed.filter(|(_, mechanism, row)| *mechanism == Mechanism::IdempotencyKey && *row == "6.4#1");
    let mut unkeyed: BTreeMap<Operation, Dp> = BTreeMap::new();
    for (dp, ..) in needed {
        for operation in operations(design, *dp).filter(|operation| !is_keyed(design, *operation)) {
            unkeyed.entry(operation).or_insert(*dp);
        }
    }
    unkeyed.into_iter().filter_map(|(operation, dp)| finding(design, operation, dp)).collect()
}

fn finding(design: &Design, operation: Operation, dp: Dp) -> Option<Finding> {
    let (site, text) = retried(design, operation)?;
    let facts = &design.facts;
    let name = design.name(operation);
    let by = design.mechanisms.mechanism.iter().find(|(other, ..)| *other == dp).map_or("", |(_, by, _)| by.word());
    let mut finding = RULE
        .at(place(design, operation), format!("`{name}` is retried and has no request key, under {by}"))
        .label("decides on state that its own first attempt may have changed")
        .with(site, text)
        .note("6.4#1: a retry whose first attempt succeeded meets its own success: it is told that it lost, or it succeeds twice")
        .because(adds(dp, Mechanism::IdempotencyKey, "6.4#1"));
    let parameters = facts.parameter.iter().filter(|(_, of, _)| *of == operation.into());
    let candidate = parameters.map(|(parameter, ..)| facts.name(*parameter)).find(|name| names_a_request(name));
    finding = match candidate {
        Some(parameter) => finding.help("say which parameter identifies the request").fix(
            format!("make `{parameter}` the request key"),
            Applicability::Safe,
            Change::Add(operation.into(), format!("once per {parameter}")),
        ),
        None => finding.help("add a parameter that stays the same when the request is sent again, such as `request_id: uuid`, and the clause `once per request_id`"),
    };
    Some(finding)
}

/// A condition on state that can change; the operation itself, where what it requires is a state to leave.
fn place(design: &Design, operation: Operation) -> Site {
    let needed: BTreeSet<Guard> = design.evidence.needs.iter().map(|(guard, ..)| *guard).collect();
    let guards = design.facts.guard.iter().filter(|(_, of, _)| *of == operation);
    let decisive = |condition: &Expr| !condition.existences().is_empty();
    match guards.into_iter().any(|(guard, _, condition)| needed.contains(guard) || decisive(condition)) {
        true => clause(operation, "when"),
        false => operation.into(),
    }
}

fn is_keyed(design: &Design, operation: Operation) -> bool {
    design.facts.once_per.iter().any(|(keyed, _)| *keyed == operation)
}

/// Who sends it again, and where the spec says so.
fn retried(design: &Design, operation: Operation) -> Option<(Site, String)> {
    let facts = &design.facts;
    let actors = facts.operation.iter().filter(|(of, _)| *of == operation).map(|(_, actor)| *actor);
    for actor in actors.clone() {
        let faults = facts.actor_fault.iter().filter(|(of, _)| *of == actor);
        for (_, fault) in faults {
            match fault {
                ActorFault::Retries => return Some((actor.into(), format!("`{}` retries", design.name(actor)))),
                ActorFault::CrashesAfterSend => {
                    let text = format!("`{}` may crash after sending and send again", design.name(actor));
                    return Some((actor.into(), text));
                }
                _ => (),
            }
        }
    }
    let everywhere = |fault: Fault| facts.fault_at.iter().all(|(other, _)| *other != fault);
    let here = |fault: Fault| {
        let places = facts.fault_at.iter().filter(move |(other, _)| *other == fault).map(|(_, place)| *place);
        places.into_iter().any(|place| place == operation.into() || actors.clone().any(|actor| place == actor.into()))
    };
    let declared = facts.fault.iter().find(|(fault, kind)| *kind == FaultKind::ClientRetry && (everywhere(*fault) || here(*fault)));
    declared.map(|(fault, _)| ((*fault).into(), "clients that hear nothing send again".to_owned()))
}

fn names_a_request(name: &str) -> bool {
    let name = name.to_lowercase();
    ["request", "idempot", "dedup", "command_id", "attempt_key"].iter().any(|part| name.contains(part))
}
