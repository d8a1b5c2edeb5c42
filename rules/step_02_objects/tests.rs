//! The validity tests against naive loops over random facts, and the classes against their table.

use super::tables::{CLASSES, COMPUTED, SCREENS, Trait, ends_in};
use super::{Test, derive};
use crate::evidence;
use crate::fact::*;
use crate::table::Profile;
use crate::testing::{Spec, random};
use crate::vocabulary::*;

/// S2-v3, S2-v3x: one order, and bound.
fn ordering_is_impure(facts: &Facts, object: Object) -> bool {
    let declared = |ordering| facts.ordering.contains(&(object, ordering));
    let bound = facts.ordered_within.iter().any(|(other, _)| *other == object);
    let several = [Ordering::Total, Ordering::Partial, Ordering::Unordered, Ordering::Lifecycle].map(declared);
    let together = matches!(several, [true, false, false, true]);
    let unbound = (declared(Ordering::Total) || declared(Ordering::Partial)) && !bound;
    unbound || several.iter().filter(|declared| **declared).count() > 1 && !together
}

#[test]
fn impure_orders_are_what_loops_find() {
    let mut failing = 0;
    for seed in 0..300 {
        let facts = random(seed);
        let step = derive(&facts, &evidence::derive(&facts));
        for object in (0..facts.names.objects.len() as u32).map(Object) {
            let fails = step.fails.contains(&(object, Test::OrderingPurity));
            assert_eq!(fails, ordering_is_impure(&facts, object), "seed {seed}");
            assert_ne!(fails, step.passes.contains(&(object, Test::OrderingPurity)), "seed {seed}");
            failing += usize::from(fails);
        }
    }
    assert!(failing > 50);
}

/// S2-c1: every combination of traits has exactly one class.
#[test]
fn classes_are_total() {
    for set in 0..1 << Trait::ALL.len() {
        let rows: Vec<&str> = CLASSES.iter().filter(|row| row.matches(Profile(set))).map(|row| row.id).collect();
        assert_eq!(rows.len(), 1, "traits {set:b}: {rows:?}");
    }
}

/// S2-v0, A-57: two writers that share neither field nor condition are two rules; a condition links them.
#[test]
fn a_condition_makes_one_rule_of_two() {
    let mut spec = Spec::default();
    let (author, moderator) = (spec.actor("Author", ActorKind::User), spec.actor("Moderator", ActorKind::Admin));
    let post = spec.object("Post");
    let (text, flagged) = (spec.field(post, "text", Primitive::Text), spec.field(post, "flagged", Primitive::Boolean));
    let (edit, flag) = (spec.operation("Edit", author), spec.operation("Flag", moderator));
    let new = spec.parameter(edit, "text", Type::Primitive(Primitive::Text));
    spec.then(edit, text, crate::expression::Action::Assign(new.into()));
    spec.then(flag, flagged, crate::expression::Action::Assign(crate::expression::Expr::Boolean(true)));
    let fails = |facts: &Facts| derive(facts, &evidence::derive(facts)).fails.contains(&(post, Test::OwnershipPurity));
    assert!(fails(&spec.facts));
    spec.when(edit, crate::expression::Expr::Not(Box::new(flagged.into())));
    assert!(!fails(&spec.facts));
}

#[test]
fn names_that_tell() {
    assert!(
        ends_in("UserFeed", COMPUTED) && ends_in("Leaderboard", COMPUTED) && ends_in("CurrentHighestBid", COMPUTED)
    );
    assert!(ends_in("SurgeMultiplier", COMPUTED) && ends_in("Stack", COMPUTED) && !ends_in("Feedback", COMPUTED));
    assert!(ends_in("ActivityPage", SCREENS) && !ends_in("Homepage", SCREENS) && !ends_in("Account", COMPUTED));
}
