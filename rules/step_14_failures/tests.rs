//! The failure model on random designs, against the slow and obvious way.

use super::*;
use crate::expression::Action;
use crate::testing::{Spec, name, number, random};
use crate::vocabulary::Primitive;
use std::collections::BTreeSet;

/// Random facts with every fault declared everywhere.
fn faulty(seed: u64) -> Design {
    let mut facts = random(seed);
    for kind in FaultKind::ALL {
        let fault = facts.names.faults(Name::default());
        facts.fault.push((fault, *kind));
    }
    crate::derive(facts)
}

#[test]
fn every_mode_that_can_happen_is_answered_or_reported() {
    // S14-g1, AP-14.
    for seed in 0..60 {
        let step = faulty(seed).failures;
        let answered: BTreeSet<FailureMode> = step.handled_by.iter().map(|it| it.0).collect();
        let open: BTreeSet<FailureMode> = step.unhandled.iter().map(|it| it.0).collect();
        for (mode,) in &step.possible {
            assert!(answered.contains(mode) != open.contains(mode), "seed {seed}: {mode:?}");
        }
        let possible: BTreeSet<FailureMode> = step.possible.iter().map(|it| it.0).collect();
        assert!(open.is_subset(&possible), "seed {seed}");
        assert_eq!(step.called.len(), step.failure.len(), "seed {seed}");
    }
}

#[test]
fn every_write_answers_for_retries_and_crashes() {
    // CK-14a, AP-14: what happens on a retry, what on a crash.
    for seed in 0..60 {
        let design = faulty(seed);
        for (operation, _) in &design.facts.operation {
            for fault in [FaultKind::ClientRetry, FaultKind::NodeCrash] {
                let asked = design.failures.failure.iter().any(|it| it.1 == fault && it.2 == (*operation).into());
                assert!(asked, "seed {seed}: {fault} of {operation:?}");
            }
        }
    }
}

#[test]
fn a_partition_between_regions_strikes_what_is_written_there() {
    // S6.3-Q1-r4, S6.3-Q2-r3.
    let cut_off = |written: &[usize]| {
        let mut spec = Spec::default();
        let caller = spec.actor("U", ActorKind::User);
        let account = spec.object("Account");
        spec.key(account, "account_id");
        let balance = spec.field(account, "balance", Primitive::Integer);
        let withdraw = spec.operation("Withdraw", caller);
        spec.instance(withdraw, "account", account);
        spec.then(withdraw, balance, Action::Decrease(number(1)));
        let regions = ["eu", "us", "ap"].map(|called| spec.facts.names.regions(name(called)));
        spec.facts.written_from = written.iter().map(|at| (account, regions[*at])).collect();
        let fault = spec.facts.names.faults(Name::default());
        spec.facts.fault.push((fault, FaultKind::Partition));
        spec.facts.fault_at = regions[..2].iter().map(|region| (fault, (*region).into())).collect();
        let design = crate::derive(spec.facts);
        design.failures.happens.contains(&(withdraw.into(), FaultKind::Partition))
    };
    assert!(cut_off(&[0, 1]));
    assert!(cut_off(&[1, 2]));
    assert!(!cut_off(&[2]));
    assert!(!cut_off(&[]));
}

#[test]
fn a_retry_can_happen_exactly_where_somebody_sends_again() {
    for seed in 0..60 {
        let design = crate::derive(random(seed));
        let facts = &design.facts;
        for (operation, actor) in &facts.operation {
            let sends_again = facts.actor_fault.iter().any(|(other, flaw)| {
                other == actor && matches!(flaw, ActorFault::Retries | ActorFault::CrashesAfterSend)
            });
            let everywhere = facts.fault.iter().any(|(fault, kind)| {
                let here = facts.fault_at.iter().filter(|(other, _)| other == fault).count() == 0;
                here && matches!(kind, FaultKind::ClientRetry | FaultKind::RetryStorm)
            });
            let happens = design.failures.happens.contains(&((*operation).into(), FaultKind::ClientRetry));
            assert_eq!(happens, sends_again || everywhere, "seed {seed}: {operation:?}");
        }
    }
}

#[test]
fn every_fault_has_a_line() {
    for fault in FaultKind::ALL {
        assert!(ANSWERS.iter().any(|row| row.fault == *fault), "{fault}");
    }
}

#[test]
fn every_ordered_object_has_one_policy() {
    // S14-f4, A-35.
    for seed in 0..60 {
        let design = faulty(seed);
        let ordered: BTreeSet<Object> = design.failures.ordered.iter().map(|it| it.0).collect();
        for object in ordered {
            let policies = design.failures.late_policy.iter().filter(|it| it.0 == object).count();
            assert_eq!(policies, 1, "seed {seed}: {object:?}");
        }
    }
}
