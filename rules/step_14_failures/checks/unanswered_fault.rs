//! S1401: something can go wrong, and nothing derived or decided answers it (AP-14).

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::{FaultKind, Vocabulary};
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1401",
        slug: "unanswered-fault",
        severity: Severity::Error,
        page: include_str!("unanswered_fault.md"),
        cites: &["AP-14", "S14-g1", "S14-f1", "S14-f2", "S14-f3", "S14-f4", "S14-f6", "CK-14a", "CK-14b", "CK-14c"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let modes: BTreeMap<FailureMode, (FaultKind, Entity)> =
        design.failures.failure.iter().map(|(mode, fault, path)| (*mode, (*fault, *path))).collect();
    let unhandled = design.failures.unhandled.iter().filter_map(|(mode,)| Some((*mode, *modes.get(mode)?)));
    let reported = unhandled.filter(|(_, (fault, path))| !told_before(design, *fault, *path));
    reported.map(|(mode, (fault, path))| finding(design, mode, fault, path)).collect()
}

/// A retry without identity, a claim under a lock, a view without rebuild path: earlier steps tell of those at their cause.
fn told_before(design: &Design, fault: FaultKind, path: Entity) -> bool {
    let open = design.facts.hole.iter().any(|(entity, _)| *entity == path);
    let retried = fault == FaultKind::ClientRetry && !design.failures.once_per.iter().any(|(other,)| Entity::from(*other) == path);
    let held = fault == FaultKind::HolderCrash;
    let rebuilt = matches!(path, Entity::View(view) if design.validation.diverges.binary_search(&(view,)).is_ok());
    open || retried || held || rebuilt
}

fn finding(design: &Design, mode: FailureMode, fault: FaultKind, path: Entity) -> Finding {
    let name = design.name(path);
    let finding = RULE
        .at(path, format!("{}, and nothing answers it", design.name(mode)))
        .label(label(fault))
        .note("AP-14: what nobody answers happens all the same, as a duplicate, a half-done write or a wrong value")
        .help(help(fault, &name))
        .because(fact!(unhandled, mode));
    let declared = design.failures.struck.iter().find(|(other, kind, _)| *other == path && *kind == fault);
    match declared {
        Some((.., declared)) => finding.with(*declared, format!("{} can happen", fault.word())),
        None => finding,
    }
}

fn label(fault: FaultKind) -> &'static str {
    match fault {
        FaultKind::ClientRetry => "would take effect twice",
        FaultKind::DuplicateDelivery => "would be applied twice",
        FaultKind::PartialWrite => "one part done, the other never",
        FaultKind::OutOfOrder => "an older change would replace a newer one",
        FaultKind::TemporalBoundary => "in time or too late, nobody can say",
        FaultKind::NodeCrash => "dies half-way, and nobody takes it up",
        FaultKind::Partition => "cut off, and nobody says what it does",
        FaultKind::SlowDownstream => "waits for as long as the other takes",
        FaultKind::RetryStorm => "all come back at the same moment",
        FaultKind::HolderCrash => "held for ever",
    }
}

fn help(fault: FaultKind, name: &str) -> String {
    match fault {
        FaultKind::ClientRetry => format!("give `{name}` a key that stays the same on every retry: `once per request_id`"),
        FaultKind::DuplicateDelivery => format!("give what is carried to `{name}` an identity by which it is told apart: a `key`"),
        FaultKind::PartialWrite => format!(
            "say how `{name}` is undone (`calls X to do, undone by undo`), that the called service is `idempotent`, or keep what it writes in one service"
        ),
        FaultKind::OutOfOrder => format!("give what is carried to `{name}` an order (`ordering: total by … within …`) or make its aggregate one that does not depend on order"),
        FaultKind::TemporalBoundary => format!("let one conditional write of `{name}` test the time"),
        FaultKind::NodeCrash => format!("give `{name}` a `rebuild` path, or an operation that takes up what was left"),
        FaultKind::Partition => "say what is asked of the system then: `partition policy: may block`, `tolerate minority` or `never block`".into(),
        FaultKind::SlowDownstream => format!("give `{name}` a latency target, from which its timeout follows, or a view to answer from"),
        FaultKind::RetryStorm => format!("say that the actor of `{name}` `retries`, so that its retries are spread and bounded"),
        FaultKind::HolderCrash => format!("say how long `{name}` may hold: `for 30s`"),
    }
}
