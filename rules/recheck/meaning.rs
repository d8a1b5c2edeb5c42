//! What the main relations mean, said a second time: plain searches, quadratic where that is clearest.

use crate::Design;
use crate::expression::{Action, Expr};
use crate::fact::*;
use crate::proof::{Fact, Term};
use crate::step_07_validation::Need;
use crate::vocabulary::{Origin, Vocabulary};
use std::collections::BTreeSet;

/// Whether a fact is true by the meaning of its relation.
pub type Meaning = fn(&Design, &Fact) -> bool;

/// The meaning of a relation, where it is said again.
pub fn of(relation: &str) -> Option<Meaning> {
    MEANINGS.iter().find(|(name, _)| *name == relation).map(|(_, meaning)| *meaning)
}

#[rustfmt::skip]
static MEANINGS: &[(&str, Meaning)] = &[
    ("writes", writes), ("creates", creates), ("writer", writer), ("clocked", clocked),
    ("ownership", declared_or_inferred), ("evolution", declared_or_inferred), ("ordering", declared_or_inferred),
    ("invariant", declared_or_derived), ("protects", protects),
    ("keeper", keeper), ("truth", truth), ("materialized", materialized), ("volatile", volatile),
    ("decides_on_copy", decides_on_copy), ("projection", projection), ("rebuildable", rebuildable), ("diverges", diverges),
    ("depends", depends), ("shares_order", shares_order), ("own_order", own_order), ("cycle", cycle),
    ("view_cycle", view_cycle), ("lag", lag), ("total_lag", total_lag),
];

// ── evidence ──

fn writes(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::Operation(operation)), Term::Entity(Entity::Object(object)), _] = fact.terms else {
        return false;
    };
    let facts = &design.facts;
    let of_machine = |transition: &Transition| facts.transition.iter().any(|t| t.0 == *transition && t.1 == object);
    let by_effect = facts.effect.iter().any(|(_, op, on, ..)| *op == operation && *on == object);
    by_effect || facts.triggers.iter().any(|(op, transition)| *op == operation && of_machine(transition))
}

fn creates(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::Operation(operation)), Term::Entity(Entity::Object(object)), _] = fact.terms else {
        return false;
    };
    let created = |action: &Action| matches!(action, Action::Create(_));
    design.facts.effect.iter().any(|(_, op, on, _, action)| *op == operation && *on == object && created(action))
}

fn writer(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::Object(object)), Term::Entity(Entity::Actor(actor)), _] = fact.terms else {
        return false;
    };
    let runs = design.facts.operation.iter().filter(|(_, by)| *by == actor);
    runs.into_iter().any(|(operation, _)| writes(design, &crate::fact!(writes, *operation, object)))
}

fn clocked(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::Operation(operation)), ..] = fact.terms else { return false };
    let facts = &design.facts;
    let timed = |expr: &Expr| expr.reads_clock();
    facts.guard.iter().any(|(_, op, condition)| *op == operation && timed(condition))
}

// ── axes and invariants ──

/// What is called declared is declared, and what is called inferred is not.
fn declared_or_inferred(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::Object(object)), Term::Word(word), origin] = fact.terms else { return true };
    let facts = &design.facts;
    let declared: Vec<&str> = match fact.relation {
        "ownership" => facts.ownership.iter().filter(|(it, _)| *it == object).map(|(_, axis)| axis.word()).collect(),
        "evolution" => facts.evolution.iter().filter(|(it, _)| *it == object).map(|(_, axis)| axis.word()).collect(),
        _ => facts.ordering.iter().filter(|(it, _)| *it == object).map(|(_, axis)| axis.word()).collect(),
    };
    match origin {
        Term::Word(origin) if origin == Origin::Declared.word() => declared.contains(&word),
        Term::Word(_) => !declared.contains(&word),
        _ => true,
    }
}

fn declared_or_derived(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::Invariant(invariant)), Term::Word(_), Term::Word(origin)] = fact.terms else {
        return true;
    };
    (origin == Origin::Declared.word()) == (invariant.index() < design.facts.names.invariants.len())
}

/// An operation runs under a parameter that enforces an invariant the operation must keep.
fn protects(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::Dp(dp)), Term::Entity(Entity::Operation(operation)), _] = fact.terms else {
        return false;
    };
    let enforced = design.parameters.enforces.iter().filter(|(it, _)| *it == dp);
    enforced.into_iter().any(|(_, invariant)| design.invariants.governs.contains(&(*invariant, operation)))
}

// ── validation ──

fn keeper(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(what), Term::Entity(Entity::Dp(dp)), _] = fact.terms else { return false };
    match what {
        Entity::Object(object) => design.parameters.guards.contains(&(dp, object)),
        Entity::View(view) => design.parameters.serves_view.contains(&(dp, view)),
        _ => false,
    }
}

/// Nothing is right twice, and what keeps nothing else is right by itself.
fn truth(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(concept), Term::Entity(authority), _] = fact.terms else { return false };
    let step = &design.validation;
    let alone = step.truth.iter().filter(|(it, _)| *it == concept).count() == 1;
    let kept = step.keeper.iter().any(|(what, _)| *what == concept);
    let keeps = |dp| step.keeper.contains(&(concept, dp));
    alone
        && match authority {
            Entity::Dp(dp) => keeps(dp),
            itself => itself == concept && !kept,
        }
}

fn materialized(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::View(view)), ..] = fact.terms else { return false };
    design.facts.computed.iter().any(|(it, ..)| *it == view)
}

fn volatile(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::Object(object)), ..] = fact.terms else { return false };
    design.facts.ephemeral.contains(&(object,)) && !design.facts.derivable.iter().any(|(it, _)| *it == object)
}

fn decides_on_copy(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::Operation(operation)), Term::Entity(Entity::View(view)), _] = fact.terms else {
        return false;
    };
    let reads = |condition: &Expr| {
        let mut found = false;
        condition.walk(&mut |expr| found |= *expr == Expr::View(view));
        found
    };
    design.facts.guard.iter().any(|(_, op, condition)| *op == operation && reads(condition))
}

fn projection(design: &Design, fact: &Fact) -> bool {
    source(fact).is_some_and(|pair| design.facts.upstream.contains(&pair))
}

fn rebuildable(design: &Design, fact: &Fact) -> bool {
    source(fact).is_some_and(|pair| design.facts.upstream.contains(&pair) && design.facts.rebuild.contains(&pair))
}

fn diverges(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::View(view)), ..] = fact.terms else { return false };
    let facts = &design.facts;
    let ways = facts.rebuild.iter().filter(|path| path.0 == view && facts.upstream.contains(path));
    facts.upstream.iter().any(|(it, _)| *it == view) && ways.count() == 0
}

fn source(fact: &Fact) -> Option<(View, Source)> {
    match fact.terms {
        [Term::Entity(Entity::View(view)), Term::Entity(Entity::Object(object)), _] => {
            Some((view, Source::Object(object)))
        }
        [Term::Entity(Entity::View(view)), Term::Entity(Entity::View(source)), _] => Some((view, Source::View(source))),
        _ => None,
    }
}

/// Nothing depends on itself in one step, and what it needs is something.
fn depends(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::Dp(dp)), Term::Entity(Entity::Dp(on)), Term::Word(need)] = fact.terms else {
        return false;
    };
    let exists = |dp: Dp| design.parameters.dp.iter().any(|(it, ..)| *it == dp);
    dp != on && exists(dp) && exists(on) && Need::parse(need).is_some()
}

fn shares_order(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::Dp(one)), Term::Entity(Entity::Dp(other)), Term::Entity(Entity::Object(object))] =
        fact.terms
    else {
        return false;
    };
    let needs = |dp: Dp| design.validation.needs_order.contains(&(dp, object));
    one != other && needs(one) && needs(other)
}

fn own_order(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::View(view)), Term::Entity(Entity::Object(object)), _] = fact.terms else { return false };
    let facts = &design.facts;
    facts.assigns_own_sequence.contains(&(view,)) && facts.upstream.contains(&(view, Source::Object(object)))
}

/// Walking on from the parameter, one comes back to it.
fn cycle(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::Dp(dp)), ..] = fact.terms else { return false };
    let ties = |need: Need| !matches!(need, Need::Settled | Need::Together);
    let edges = design.validation.depends.iter().filter(|(.., need)| ties(*need)).map(|(dp, on, _)| (*dp, *on));
    returns(dp, &edges.collect::<Vec<_>>())
}

fn view_cycle(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::View(view)), ..] = fact.terms else { return false };
    let edges = design.facts.upstream.iter().filter_map(|(view, source)| match source {
        Source::View(source) => Some((*view, *source)),
        Source::Object(_) => None,
    });
    returns(view, &edges.collect::<Vec<_>>())
}

fn returns<N: Copy + Ord>(start: N, edges: &[(N, N)]) -> bool {
    let (mut open, mut seen) = (vec![start], BTreeSet::new());
    while let Some(node) = open.pop() {
        for (_, to) in edges.iter().filter(|(from, _)| *from == node) {
            if *to == start {
                return true;
            }
            if seen.insert(*to) {
                open.push(*to);
            }
        }
    }
    false
}

/// No declared bound is tighter.
fn lag(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::View(view)), Term::Quantity(bound), _] = fact.terms else { return false };
    let facts = &design.facts;
    let declared = facts.staleness.iter().filter(|(it, _)| *it == view).map(|(_, bound)| *bound);
    let promised = facts.statement.iter().filter_map(|(_, statement)| match statement {
        Statement::Within(it, bound) if *it == view => Some(*bound),
        _ => None,
    });
    let all: Vec<_> = declared.chain(promised).collect();
    all.contains(&bound) && all.iter().all(|other| other.amount >= bound.amount)
}

/// The view's own lag and that of the slowest view it is computed from.
fn total_lag(design: &Design, fact: &Fact) -> bool {
    let [Term::Entity(Entity::View(view)), Term::Quantity(total), _] = fact.terms else { return false };
    let step = &design.validation;
    let Some((_, own)) = step.lag.iter().find(|(it, _)| *it == view) else { return false };
    let sources = design.facts.upstream.iter().filter(|(it, _)| *it == view);
    let lags = sources.filter_map(|(_, source)| match source {
        Source::View(source) => step.total_lag.iter().find(|(it, _)| it == source).map(|(_, lag)| lag.amount),
        Source::Object(_) => None,
    });
    total.amount == own.amount + lags.max().unwrap_or(0.into())
}
