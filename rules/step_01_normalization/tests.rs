//! The verbs of the table, hidden writes against naive loops, and mutual conditions.

use super::tables::{VERBS, find_verb, verbs_in};
use super::{StateOperation, derive};
use crate::expression::{Expr, Operator};
use crate::fact::*;
use crate::testing::{Spec, is, random};
use crate::vocabulary::*;
use crate::{evidence, step_02_objects};
use std::collections::BTreeSet;

#[test]
fn sentences_use_verbs() {
    let verbs = [
        ("Users can bid on an item", Some(UiVerb::Bid)),
        ("Users see the current highest bid", Some(UiVerb::View)),
        ("Users get price-drop notifications", Some(UiVerb::GetNotification)),
        ("Drivers go online", Some(UiVerb::Update)),
        ("Rider requests a ride", Some(UiVerb::Create)),
        ("Users swipe right on a profile", Some(UiVerb::React)),
        ("Users get a match notification", Some(UiVerb::GetNotification)),
        ("A shopper sets an alert for a price", Some(UiVerb::Subscribe)),
        ("An editor sets the title", Some(UiVerb::Update)),
        ("Members search for rooms", Some(UiVerb::Search)),
        ("Buyers check out", Some(UiVerb::Create)),
        ("Users withdraw a bid", None),
        ("Members mark messages as read", None),
        ("A buyer gets a list of orders", None),
        ("As a member I can see my orders", Some(UiVerb::View)),
        // To open may be to see a page or to create an account.
        ("Customers open an account", None),
        ("The weather is fine", None),
        ("", None),
    ];
    for (sentence, verb) in verbs {
        assert_eq!(find_verb(sentence).map(|(verb, _)| verb), verb, "{sentence}");
    }
}

/// A sentence that does two things comes down to one of them at least.
#[test]
fn a_sentence_may_have_several_verbs() {
    assert_eq!(verbs_in("Customers view the price and buy at it"), [UiVerb::View, UiVerb::Create]);
    assert_eq!(verbs_in("A search warrant locks the record; a message was read"), []);
}

/// S1-r1 to S1-r8: each verb has one row, each word one verb, and each operation some verb.
#[test]
fn the_table_is_whole() {
    assert_eq!(VERBS.iter().map(|row| row.verb).collect::<Vec<_>>(), UiVerb::ALL);
    let words: Vec<&str> = VERBS.iter().flat_map(|row| row.words).copied().collect();
    assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
    for operation in StateOperation::ALL {
        assert!(VERBS.iter().any(|row| row.means.contains(operation)), "{operation}");
    }
}

/// S1-c3, A-73: all that an operation writes, but for the object of its first row, is hidden.
#[test]
fn hidden_writes_are_what_loops_find() {
    let mut hidden = 0;
    for seed in 0..300 {
        let facts = random(seed);
        let evidence = evidence::derive(&facts);
        let step = derive(&facts, &evidence, &step_02_objects::derive(&facts, &evidence));
        let mut expected = BTreeSet::new();
        for (requirement, _, _, what) in &facts.touches {
            let Entity::Operation(operation) = what else { continue };
            let mut acts: Vec<_> = step
                .acts
                .iter()
                .filter(|(of, ..)| of == operation)
                .map(|(_, state, object)| (state.rank(), *object))
                .collect();
            acts.sort();
            expected.extend(acts.iter().skip(1).map(|(_, object)| (*requirement, *operation, *object)));
            for (cause, caused) in &facts.causes {
                let written = evidence.writes.iter().filter(|(other, _)| cause == operation && other == caused);
                expected.extend(written.map(|(_, object)| (*requirement, *caused, *object)));
            }
        }
        assert_eq!(step.hidden_write.iter().copied().collect::<BTreeSet<_>>(), expected, "seed {seed}");
        hidden += expected.len();
    }
    assert!(hidden > 100);
}

/// Two swipes that mirror each other, by the record that is created and by the record that is handed over.
#[test]
fn mutual_conditions() {
    for handed in [false, true] {
        let mut spec = Spec::default();
        let user = spec.actor("User", ActorKind::User);
        let swipe = spec.object("Swipe");
        let (swiper, target) = (spec.field(swipe, "swiper", Primitive::Id), spec.field(swipe, "target", Primitive::Id));
        let operation = spec.operation("Swipe", user);
        let (one, other) = if handed {
            let given = spec.instance(operation, "swipe", swipe);
            (Expr::Field(target, Some(given)), Expr::Field(swiper, Some(given)))
        } else {
            let profile = spec.parameter(operation, "profile", Type::Primitive(Primitive::Id));
            spec.create(operation, swipe, vec![(swiper, Expr::Caller), (target, profile.into())]);
            (Expr::Parameter(profile), Expr::Caller)
        };
        let looked_for = vec![(swiper, one), (target, other)];
        spec.when(operation, is(Expr::Exists(swipe, looked_for.clone()), Operator::Equal, Expr::Boolean(true)));
        assert_eq!(super::mutual::operations(&spec.facts), [(operation,)]);
        // The same record over again mirrors nothing.
        let straight = vec![looked_for[1].clone(), looked_for[0].clone()]
            .into_iter()
            .zip([swiper, target])
            .map(|((_, value), field)| (field, value));
        spec.facts.guard[0].2 = Expr::Exists(swipe, straight.collect());
        assert_eq!(super::mutual::operations(&spec.facts), []);
    }
}
