//! The split of deadlines, over hand-written facts.

use super::budget::{spends, waits};
use crate::fact::*;
use crate::quantity::Quantity;
use crate::testing::{Spec, name};
use crate::vocabulary::*;
use crate::{Design, derive};

fn q(literal: &str) -> Quantity {
    Quantity::parse(literal).expect("a literal")
}

/// An operation with a deadline that calls two services; one states that it takes 100 ms.
fn two_calls(deadline: &str) -> (Design, Operation, [Service; 2]) {
    let mut spec = Spec::default();
    let actor = spec.actor("User", ActorKind::User);
    let operation = spec.operation("Pay", actor);
    spec.facts.latency.push((operation, q("95%"), q(deadline)));
    let services = ["Slow", "Quick"].map(|called| spec.facts.names.services(name(called)));
    for service in services {
        let call = spec.facts.names.calls(name("call"));
        spec.facts.call.push((call, operation, service));
        spec.facts.service_trait.push((service, ServiceTrait::Idempotent));
    }
    spec.facts.service_latency.push((services[0], q("95%"), q("100ms")));
    spec.facts.service_latency.push((services[1], q("95%"), q("20ms")));
    (derive(spec.facts), operation, services)
}

#[test]
fn all_attempts_of_all_hops_fit_into_the_deadline() {
    for deadline in ["1ns", "1ms", "10ms", "100ms", "120ms", "150ms", "300ms", "500ms", "2s", "1h"] {
        let (design, operation, _) = two_calls(deadline);
        let spent = spends(&design);
        let spend = spent.iter().find(|spend| spend.path == operation.into()).expect("the path has a deadline");
        let mut total = spend.own;
        for hop in &spend.hops {
            let worst = hop.worst(spend.backoff).expect("small figures");
            assert!(worst <= hop.share, "{deadline}: {hop:?}");
            total = total.checked_add(&worst).expect("small figures");
        }
        assert!(total <= q(deadline), "{deadline}: {total}");
        assert_eq!(spend.hops.len(), 2);
    }
}

#[test]
fn attempts_are_given_up_before_the_timeout_gets_shorter_than_the_need() {
    let (design, _, [slow, quick]) = two_calls("500ms");
    let attempts = |callee: Service| {
        let of = design.objectives.attempts.iter().find(|(_, other, _)| *other == callee.into());
        of.map(|(.., attempts)| *attempts)
    };
    assert_eq!(attempts(slow), Some(q("2")));
    assert_eq!(attempts(quick), Some(q("2")));
    let (design, _, [slow, _]) = two_calls("200ms");
    assert_eq!(
        design.objectives.attempts.iter().find(|(_, other, _)| *other == slow.into()).map(|row| row.2),
        Some(q("1"))
    );
}

#[test]
fn waits_double() {
    assert_eq!(waits(1, q("10ms")), Some(q("0s")));
    assert_eq!(waits(2, q("10ms")), Some(q("10ms")));
    assert_eq!(waits(4, q("10ms")), Some(q("70ms")));
    assert_eq!(waits(1_000, q("10ms")), None);
}
