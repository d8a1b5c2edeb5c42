//! What every invariant says, declared or derived, with the rows that takes at hand.

use super::implied::Implied;
use super::statements::declared;
use crate::Design;
use crate::expression::Expr;
use crate::fact::*;
use crate::quantity::Quantity;
use crate::vocabulary::Aggregate;
use std::collections::BTreeMap;

/// The design, and the declarations that statements refer to by what they are about. Made once for many invariants.
pub struct Reading<'d> {
    pub(super) design: &'d Design,
    pub(super) guards: By<'d, Operation, (Guard, Operation, Expr)>,
    pub(super) triggers: By<'d, Operation, (Operation, Transition)>,
    pub(super) transitions: By<'d, Object, (Transition, Object, State, State)>,
    pub(super) calls: By<'d, Operation, (Call, Operation, Service)>,
    pub(super) creates: By<'d, Operation, (Operation, Object)>,
    pub(super) audience: By<'d, Event, (Event, Actor)>,
    pub(super) upstream: By<'d, View, (View, Source)>,
    pub(super) computed: By<'d, View, (View, Aggregate, Option<Field>)>,
    pub(super) grouped: By<'d, View, (View, Field)>,
    pub(super) filtered: By<'d, View, (View, Expr)>,
    pub(super) window: By<'d, View, (View, Quantity)>,
    pub(super) top: By<'d, View, (View, Quantity)>,
    pub(super) read: By<'d, Query, (Query, Source)>,
    pub(super) freshness: By<'d, Query, (Query, Quantity)>,
    pub(super) pairs: By<'d, Object, (Object, Field, Field)>,
    once_per: By<'d, Operation, (Operation, Parameter)>,
    staleness: By<'d, View, (View, Quantity)>,
    ordered_by: By<'d, Object, (Object, Field)>,
    ordered_within: By<'d, Object, (Object, Field)>,
    hashed: By<'d, Object, (Object, Field)>,
}

impl<'d> Reading<'d> {
    /// Sorts the declarations by what they are about.
    pub fn new(design: &'d Design) -> Reading<'d> {
        let facts = &design.facts;
        Reading {
            design,
            guards: By::new(&facts.guard, |row| row.1),
            triggers: By::new(&facts.triggers, |row| row.0),
            transitions: By::new(&facts.transition, |row| row.1),
            calls: By::new(&facts.call, |row| row.1),
            creates: By::new(&design.evidence.creates, |row| row.0),
            audience: By::new(&facts.audience, |row| row.0),
            upstream: By::new(&facts.upstream, |row| row.0),
            computed: By::new(&facts.computed, |row| row.0),
            grouped: By::new(&facts.grouped, |row| row.0),
            filtered: By::new(&facts.filtered, |row| row.0),
            window: By::new(&facts.window, |row| row.0),
            top: By::new(&facts.top, |row| row.0),
            read: By::new(&facts.query_reads, |row| row.0),
            freshness: By::new(&facts.query_freshness, |row| row.0),
            pairs: By::new(&facts.canonical_pair, |row| row.0),
            once_per: By::new(&facts.once_per, |row| row.0),
            staleness: By::new(&facts.staleness, |row| row.0),
            ordered_by: By::new(&facts.ordered_by, |row| row.0),
            ordered_within: By::new(&facts.ordered_within, |row| row.0),
            hashed: By::new(&facts.content_addressed, |row| row.0),
        }
    }

    /// What an invariant says.
    pub fn statement(&self, invariant: Invariant) -> Statement {
        match self.design.invariants.implied(invariant) {
            Some(implied) => self.state(implied),
            None => declared(&self.design.facts, invariant).cloned().unwrap_or(Statement::Vague),
        }
    }

    /// What an implied invariant says.
    pub fn state(&self, implied: Implied) -> Statement {
        match implied {
            Implied::Guard(operation) => Statement::GuardOf(operation),
            Implied::Lifecycle(object) => Statement::Transitions(object),
            Implied::Order(object) => {
                let first = |rows: &By<'d, Object, (Object, Field)>| rows.of(object).next().map(|(_, field)| *field);
                let scope = self.ordered_within.of(object).map(|(_, field)| *field).collect();
                Statement::Ordered(object, first(&self.ordered_by), scope)
            }
            Implied::Law(view) => Statement::Equals {
                target: view.into(),
                law: self.law(view),
                group: self.grouped.of(view).map(|(_, field)| *field).collect(),
            },
            Implied::Once(operation) => {
                let key = self.once_per.of(operation).map(|(_, parameter)| *parameter);
                Statement::OncePer(operation, key.collect())
            }
            Implied::Unique(object) => Statement::UniquePer(object, self.identity(object)),
            Implied::Bound(view) => match self.staleness.of(view).next() {
                Some((_, bound)) => Statement::Within(view, *bound),
                // The bound is missing and asked for.
                None => Statement::Unresolved,
            },
            // No author can state it: the index has no name, and a law speaks of what is counted, not of who counts.
            Implied::Index(_) | Implied::Additions(_) => Statement::Unresolved,
            Implied::Delivery(event) => Statement::Delivered(event),
            Implied::Complete(operation) => Statement::Completes(operation),
            Implied::Permission(operation) => {
                let who = self.guards.of(operation).find(|(_, _, condition)| condition.is_permission());
                let who = who.map_or(Expr::Unknown, |(_, _, condition)| condition.clone());
                Statement::OnlyMay(Permission::Is(who), operation.into())
            }
        }
    }

    /// The fields that identify an object by content or as an unordered pair, apart from its key.
    fn identity(&self, object: Object) -> Vec<Field> {
        let hashed = self.hashed.of(object).map(|(_, field)| *field);
        hashed.chain(self.pairs.of(object).flat_map(|(_, one, other)| [*one, *other])).collect()
    }

    /// The law of a view: its aggregate, or what it is a selection of.
    fn law(&self, view: View) -> Expr {
        let records = match self.upstream.of(view).next() {
            Some((_, Source::Object(object))) => Expr::Exists(*object, vec![]),
            Some((_, Source::View(view))) => Expr::View(*view),
            None => Expr::Unknown,
        };
        match self.computed.of(view).next() {
            Some((_, function, Some(field))) => Expr::Aggregate(*function, Box::new(Expr::Field(*field, None))),
            Some((_, function, None)) => Expr::Aggregate(*function, Box::new(records)),
            None => Expr::Aggregate(Aggregate::Max, Box::new(records)),
        }
    }
}

/// The rows of a relation by one of their columns.
pub(super) struct By<'d, K, R>(BTreeMap<K, Vec<&'d R>>);

impl<'d, K: Ord, R> By<'d, K, R> {
    fn new(rows: &'d [R], key: impl Fn(&R) -> K) -> By<'d, K, R> {
        let mut by: BTreeMap<K, Vec<&'d R>> = BTreeMap::new();
        for row in rows {
            by.entry(key(row)).or_default().push(row);
        }
        By(by)
    }

    /// The rows with that key, as declared.
    pub(super) fn of(&self, key: K) -> impl Iterator<Item = &'d R> + '_ {
        self.0.get(&key).into_iter().flatten().copied()
    }
}
