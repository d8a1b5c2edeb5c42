//! Clusters against a naive oracle, and what every set of parameters has to be: complete, linked, minimal.

use super::clusters::{Part, clusters};
use super::*;
use crate::expression::{Action, Expr, Operator};
use crate::testing::{Spec, is, number};
use crate::{Design, evidence, step_02_objects, step_03_axes, step_04_invariants};
use std::collections::{BTreeMap, BTreeSet};

/// The design as far as this step.
fn derive(facts: Facts) -> Design {
    let evidence = evidence::derive(&facts);
    let objects = step_02_objects::derive(&facts, &evidence);
    let axes = step_03_axes::derive(&facts, &evidence, &objects);
    let invariants = step_04_invariants::derive(&facts, &evidence, &axes);
    let parameters = super::derive(&facts, &evidence, &axes, &invariants);
    Design {
        facts,
        evidence: evidence.into(),
        objects: objects.into(),
        axes: axes.into(),
        invariants: invariants.into(),
        parameters: parameters.into(),
        ..Design::default()
    }
}

/// Numbers that look random and are the same on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % u64::from(limit)) as u32
    }
}

/// A-19, by definition: two parts share a cluster iff a chain of parts leads from one to the other, each sharing scope
/// and object, invariant or operation with the next.
fn naive(parts: &[Part], governs: &[(Invariant, Operation)]) -> Vec<BTreeSet<usize>> {
    let touch = |one: &Part, other: &Part| {
        let operation = governs.iter().any(|(invariant, operation)| {
            *invariant == one.invariant && governs.contains(&(other.invariant, *operation))
        });
        let same_scope = one.scope == other.scope && (!one.scope.is_empty() || one.object == other.object);
        same_scope && (one.object == other.object || one.invariant == other.invariant || operation)
    };
    let mut reached: Vec<BTreeSet<usize>> = (0..parts.len()).map(|part| BTreeSet::from([part])).collect();
    for _ in 0..parts.len() {
        for members in &mut reached {
            for (other, part) in parts.iter().enumerate() {
                if members.iter().any(|member| touch(&parts[*member], part)) {
                    members.insert(other);
                }
            }
        }
    }
    reached
}

#[test]
fn clusters_are_connected_components() {
    let mut numbers = Numbers(0x5eed);
    let (mut alone, mut together) = (0, 0);
    for _ in 0..400 {
        let parts: BTreeSet<Part> = (0..1 + numbers.below(9))
            .map(|_| Part {
                invariant: Invariant(numbers.below(5)),
                object: Object(numbers.below(4)),
                scope: (0..numbers.below(3)).map(|_| Field(numbers.below(3))).collect(),
            })
            .collect();
        let parts: Vec<Part> = parts.into_iter().collect();
        let governs: Vec<_> =
            (0..numbers.below(6)).map(|_| (Invariant(numbers.below(5)), Operation(numbers.below(3)))).collect();
        let found = clusters(&parts, &governs);
        for (one, reached) in naive(&parts, &governs).iter().enumerate() {
            for other in 0..parts.len() {
                assert_eq!(
                    found[one] == found[other],
                    reached.contains(&other),
                    "{parts:?} {governs:?}: {one}, {other}"
                );
            }
            if reached.len() == 1 { alone += 1 } else { together += 1 }
        }
    }
    assert!(alone > 100 && together > 100, "the random parts are all alike: {alone} alone, {together} together");
}

/// Random systems of objects with guarded, retried, announcing operations and views of them.
fn random(numbers: &mut Numbers) -> Facts {
    let mut spec = Spec::default();
    let actors = [spec.actor("User", ActorKind::User), spec.actor("Worker", ActorKind::InternalService)];
    spec.facts.actor_fault.push((actors[0], ActorFault::Retries));
    let objects: Vec<(Object, Field, Field)> = (0..1 + numbers.below(4))
        .map(|index| {
            let object = spec.object(&format!("Object{index}"));
            let key = spec.key(object, &format!("object{index}_id"));
            (object, key, spec.field(object, "amount", Primitive::Integer))
        })
        .collect();
    for index in 0..1 + numbers.below(5) {
        let operation = spec.operation(&format!("Operation{index}"), actors[numbers.below(2) as usize]);
        let (object, _, amount) = objects[numbers.below(objects.len() as u32) as usize];
        match numbers.below(4) {
            0 => _ = spec.create(operation, object, vec![]),
            1 => _ = spec.then(operation, amount, Action::Increase(number(1))),
            _ => _ = spec.then(operation, amount, Action::Assign(number(7))),
        }
        let (_, _, read) = objects[numbers.below(objects.len() as u32) as usize];
        if numbers.below(3) > 0 {
            spec.when(operation, is(read, Operator::AtLeast, number(3)));
        }
        if numbers.below(2) == 0 {
            let request = spec.parameter(operation, "request_id", Type::Primitive(Primitive::Uuid));
            spec.facts.once_per.push((operation, request));
        }
    }
    for index in 0..numbers.below(3) {
        let (object, key, amount) = objects[numbers.below(objects.len() as u32) as usize];
        let view = spec.view(&format!("View{index}"), &[Source::Object(object)]);
        if numbers.below(2) == 0 {
            spec.facts.computed.push((view, Aggregate::Sum, Some(amount)));
            spec.facts.grouped.push((view, key));
        }
    }
    spec.facts
}

#[test]
fn every_invariant_has_a_parameter_and_every_parameter_an_invariant() {
    let mut numbers = Numbers(0xc0de);
    for _ in 0..60 {
        let design = derive(random(&mut numbers));
        let enforced: BTreeSet<Invariant> =
            design.parameters.enforces.iter().map(|(_, invariant)| *invariant).collect();
        // S5-c1
        for (invariant, ..) in &design.invariants.invariant {
            assert!(enforced.contains(invariant), "nothing enforces {}", design.name(*invariant));
        }
        // S5-c2
        let enforcing: BTreeSet<Dp> = design.parameters.enforces.iter().map(|(dp, _)| *dp).collect();
        for (dp, ..) in &design.parameters.dp {
            assert!(enforcing.contains(dp), "{} enforces nothing", design.name(*dp));
        }
        minimal(&design);
    }
}

/// A-18, S5-c3: what a parameter does, no other does. What is done is the kind of thing done, to what, for which invariant.
fn minimal(design: &Design) {
    let mut does: BTreeMap<(DpKind, Entity, Invariant), Vec<Dp>> = BTreeMap::new();
    for (dp, invariant) in &design.parameters.enforces {
        let (_, kind, of) = design.parameters.dp[dp.index()];
        does.entry((kind, of, *invariant)).or_default().push(*dp);
    }
    for ((kind, of, invariant), dps) in does {
        assert_eq!(dps.len(), 1, "{} {kind} enforces {} twice", design.name(of), design.name(invariant));
    }
}

/// Two machines that one operation moves: one transaction, but two scopes, so two parameters (S5-v1).
#[test]
fn an_operation_over_two_scopes_runs_under_two_parameters() {
    let mut spec = Spec::default();
    let worker = spec.actor("Worker", ActorKind::InternalService);
    let (one, other) = (spec.object("Seat"), spec.object("Voucher"));
    spec.key(one, "seat_id");
    spec.key(other, "voucher_id");
    let free = spec.field(one, "free", Primitive::Boolean);
    let left = spec.field(other, "left", Primitive::Integer);
    let book = spec.operation("Book", worker);
    spec.when(
        book,
        is(is(free, Operator::Equal, Expr::Boolean(true)), Operator::And, is(left, Operator::AtLeast, number(1))),
    );
    spec.then(book, free, Action::Assign(Expr::Boolean(false)));
    spec.then(book, left, Action::Decrease(number(1)));
    let design = derive(spec.facts);
    let names: Vec<String> = design.parameters.dp.iter().map(|(dp, ..)| design.name(*dp)).collect();
    assert_eq!(names, ["Seat acceptance", "Voucher acceptance"]);
    assert_eq!(design.parameters.protects, [(Dp(0), book), (Dp(1), book)]);
}

/// A-61, S5-v2: a unique request id on the record and a store of outcomes: the store answers.
#[test]
fn a_unique_request_id_beside_a_store_of_outcomes_is_a_backstop() {
    let mut spec = Spec::default();
    let buyer = spec.actor("Buyer", ActorKind::User);
    spec.facts.actor_fault.push((buyer, ActorFault::Retries));
    let (stock, sale) = (spec.object("Stock"), spec.object("Sale"));
    spec.key(stock, "item_id");
    let left = spec.field(stock, "left", Primitive::Integer);
    spec.key(sale, "sale_id");
    let request_field = spec.field(sale, "request_id", Primitive::Uuid);
    let sell = spec.operation("Sell", buyer);
    let request = spec.parameter(sell, "request_id", Type::Primitive(Primitive::Uuid));
    spec.facts.once_per.push((sell, request));
    spec.when(sell, is(left, Operator::AtLeast, number(1)));
    spec.then(sell, left, Action::Decrease(number(1)));
    spec.create(sell, sale, vec![]);
    let unique = spec.facts.names.invariants(crate::testing::name("I1"));
    spec.facts.invariant.push((unique, InvariantType::Uniqueness));
    spec.facts.statement.push((unique, Statement::UniquePer(sale, vec![request_field])));
    let design = derive(spec.facts);
    let [(record, authority)] = design.parameters.backstop[..] else { panic!("{:?}", design.parameters.backstop) };
    assert_eq!(design.name(record), "Sale identity");
    assert_eq!(design.name(authority), "Sell idempotency store");
}

/// where identity spares the store, the other cover is reported.
#[test]
fn a_natural_key_spares_the_store_of_outcomes() {
    let mut spec = Spec::default();
    let member = spec.actor("Member", ActorKind::User);
    spec.facts.actor_fault.push((member, ActorFault::Retries));
    let vote = spec.object("Vote");
    spec.key(vote, "vote_id");
    let cast = spec.operation("Cast", member);
    let id = spec.parameter(cast, "vote_id", Type::Primitive(Primitive::Uuid));
    spec.facts.once_per.push((cast, id));
    spec.create(cast, vote, vec![]);
    let design = derive(spec.facts);
    let names: Vec<String> = design.parameters.dp.iter().map(|(dp, ..)| design.name(*dp)).collect();
    assert_eq!(names, ["Vote identity"]);
    assert_eq!(design.parameters.instead, [(Dp(0), DpKind::Outcomes, Entity::Operation(cast))]);
}

/// Every entry of the logs of steps 4 and 5 concludes something that is so, from what is so.
#[test]
fn logs_hold_of_the_finished_design() {
    let mut numbers = Numbers(0x10c5);
    for _ in 0..20 {
        let design = derive(random(&mut numbers));
        let design = design.logged();
        let log = design.invariants.because.iter().chain(&design.parameters.because);
        for (conclusion, rule, premises) in log {
            for fact in std::iter::once(conclusion).chain(premises.iter()) {
                let holds = crate::relation::named(fact.relation).any(|relation| relation.holds(design, fact));
                assert!(holds, "{rule}: {fact:?} does not hold");
            }
            assert!(crate::recheck::clauses::exists(rule), "there is no rule {rule}");
        }
    }
}
