//! Step 20, evolution path: the smallest correct design, and what triggers each step from it.
//!
//! Stage 1 is derived from the same spec by the same tables, as if nothing were asked of it yet ([`low_load`]); what one store
//! and one service can do in place of a mechanism stands in for it until its stage comes ([`stages`]).
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod checks;
pub mod locks;
pub mod low_load;
pub mod stages;
#[cfg(test)]
mod tests;

use crate::fact::*;
use crate::proof::premises;
use crate::quantity::{Dimension, Quantity};
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_09_schema::TableClass;
use crate::step_13_scaling::Strategy;
use crate::step_18_observability::MetricKind;
use crate::vocabulary::{Vocabulary, vocabulary};
use crate::{Design, fact};
use ascent::ascent;
use stages::Level;

vocabulary! {
    /// How hard a schema change is (S20-p1 to S20-p3).
    ChangeClass = "class of change" {
        Additive = "additive": "Safe: nothing existing changes.",
        Migrating = "migrating": "Existing data must be rewritten while in use.",
        Irreversible = "irreversible": "Cannot be changed without rewriting everything.",
    }

    /// Decisions that nobody takes back once there is data (S20-p3).
    Lock = "irreversible decision" {
        Identity = "identity": "Other records, clients and links refer to it.",
        PartitionKey = "partition key": "It says where every record lies; another one means to write every record anew.",
        OrderScope = "scope of the order": "Positions were handed out within it; a wider one has no positions, a narrower one has gaps.",
        OrderField = "order": "Readers have seen the records in it.",
        MergeLaw = "merge law": "Replicas that are not reachable go on merging by the old one.",
        EventForm = "form of events": "What has happened stays as it was written, and is read for as long as it is kept.",
        Retention = "retention": "What was dropped is gone.",
    }
}

ascent! {
    /// The stages.
    pub struct Evolution;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `called(derived, name)`: what this step calls the things it derives; sorted, one each.
    relation called(Entity, String);

    // From earlier steps.
    /// `taken(dp, mechanism, choice)`: what the parameter takes in the end, and the conclusion of Step 6 that says so.
    relation taken(Dp, Mechanism, crate::proof::Fact);
    /// `at_low_load(dp, mechanism)`: what the tables give it while nothing is asked of it.
    relation at_low_load(Dp, Mechanism);
    relation dp(Dp, DpKind, Entity);
    /// `copy(dp)`: serves a view that may lag, so that stage 1 can do without it.
    relation copy(Dp);
    relation strategy_of(Entity, Strategy);
    /// `forgets(dp, time)`: a store of outcomes that are dropped after a time.
    relation forgets(Dp, Quantity);
    /// `placed(what, level)`: past the load that the stage before carries ([`stages::beyond`]).
    relation past(Entity, Level, crate::proof::RuleId, crate::proof::Premises);
    relation metric(Metric, MetricKind, Entity);
    /// `ladder(metric, level, threshold)`: the stage of that level has had its day where the figure is higher ([`stages::ladder`]).
    relation ladder(Metric, Level, Quantity);
    relation table(Table, TableClass, Entity);
    relation partition_key(Table, Column);
    relation rebuildable(View);
    relation outlived(View);

    // ── what comes when ──

    /// `comes(level, what, mechanism)`: the mechanism is worth its cost from that stage on.
    relation comes(Level, Entity, Mechanism);

    // S20-e1: what must be right is right from the start.
    comes(1, Entity::from(dp), mechanism) <--
        taken(dp, mechanism, _),
        at_low_load(dp, mechanism),
        !copy(dp),
        if stages::home(*mechanism) == 1;

    // S20-d1: what only load asks for comes when load does.
    comes(level, Entity::from(dp), mechanism) <--
        taken(dp, mechanism, _),
        !copy(dp),
        if *mechanism != Mechanism::NoMechanism,
        let level = stages::home(*mechanism);

    // S20-e2: copies come with the second stage, whatever keeps them; until then what is read is computed when it is read.
    comes(level, Entity::from(dp), mechanism) <--
        taken(dp, mechanism, _),
        copy(dp),
        if *mechanism != Mechanism::NoMechanism,
        // What reads the source is what there is until then.
        let level = if *mechanism == Mechanism::ReadSource { 1 } else { stages::home(*mechanism).max(2) };

    // S20-e2: stores of outcomes are swept.
    comes(2, Entity::from(dp), Mechanism::Ttl) <-- forgets(dp, _);

    // S13-o1: what the scaling model has for a path.
    comes(level, path, mechanism) <--
        strategy_of(path, strategy),
        if let Some((level, mechanism)) = stages::of_strategy(*strategy);

    /// `stage(stage, level)`: a count; 1 is the minimum correct design (S20-e1). Ids follow the levels that anything comes with.
    relation stage(Stage, Quantity);
    relation numbered(Stage, Level);

    /// `adds(stage, what, mechanism)`: what the stage brings.
    relation adds(Stage, Entity, Mechanism);
    adds(stage, what, mechanism),
    because(fact!(adds, *stage, *what, mechanism.word()), stages::rule(*level), grounds(*what, *mechanism)) <--
        numbered(stage, level),
        comes(level, what, mechanism);

    /// `stands_in(dp, mechanism, later)`: until the later one comes, the mechanism does its work in one store and one service.
    relation stands_in(Dp, Mechanism, Mechanism);

    // S20-e1: the view is computed by query when it is read.
    stands_in(dp, Mechanism::ReadSource, mechanism),
    because(fact!(stands_in, *dp, Mechanism::ReadSource.word(), mechanism.word()), "S20-e1", premises(&[*choice])) <--
        taken(dp, mechanism, choice),
        copy(dp),
        if !matches!(mechanism, Mechanism::NoMechanism | Mechanism::ReadSource);

    // S20-e1: one store gives the same guarantee, by means of its own.
    stands_in(dp, instead, mechanism),
    because(fact!(stands_in, *dp, instead.word(), mechanism.word()), "S20-e1", premises(&[*choice])) <--
        taken(dp, mechanism, choice),
        !copy(dp),
        if let Some(instead) = stages::instead(*mechanism);

    // ── when to go on ──

    /// `signal(stage, metric, threshold)`: leaving the stage when the metric crosses the threshold (S20-d1).
    relation signal(Stage, Metric, Quantity);
    signal(stage, metric, threshold),
    because(fact!(signal, *stage, *metric, *threshold), "S20-d1", premises(&[fact!(metric, *metric, kind.word(), *of)])) <--
        numbered(stage, level),
        numbered(_, next),
        if next > level,
        ladder(metric, level, threshold),
        metric(metric, kind, of);

    /// `beyond(stage, what)`: what is declared of the path, object or system is more than the stage carries.
    relation beyond(Stage, Entity);
    beyond(stage, what),
    because(fact!(beyond, *stage, *what), rule, grounds.clone()) <--
        numbered(stage, level),
        past(what, level, rule, grounds);

    // ── what changing one's mind costs ──

    /// `change(table, class, rule)`: how hard a change of the table's keys or form is (S20-p1 to S20-p3).
    relation change(Table, ChangeClass, crate::proof::RuleId);

    // S20-p1: what can be computed again is built anew beside the old, and swapped.
    change(table, ChangeClass::Additive, "S20-p1"),
    because(fact!(change, *table, ChangeClass::Additive.word(), "S20-p1"), "S20-p1", premises(&[fact!(table, *table, class.word(), *of)])) <--
        table(table, class, of),
        if matches!(class, TableClass::Projection | TableClass::Aggregate),
        if let Entity::View(view) = of,
        rebuildable(view),
        !outlived(view);

    /// `final_copy(view)`: a copy that cannot be computed again in full.
    relation final_copy(View);
    final_copy(view) <-- table(_, _, of), if let Entity::View(view) = of, !rebuildable(view);
    final_copy(view) <-- outlived(view);

    // S20-p2, A-63: such a copy is data like any other.
    change(table, ChangeClass::Migrating, "S20-p2"),
    because(fact!(change, *table, ChangeClass::Migrating.word(), "S20-p2"), "A-63", premises(&[fact!(table, *table, class.word(), *of)])) <--
        table(table, class, of),
        if matches!(class, TableClass::Projection | TableClass::Aggregate),
        if let Entity::View(view) = of,
        final_copy(view);

    // S20-p2: state in flight and numbers that must never restart move with care, or not at all.
    change(table, ChangeClass::Migrating, "S20-p2"),
    because(fact!(change, *table, ChangeClass::Migrating.word(), "S20-p2"), "S20-p2", premises(&[fact!(table, *table, class.word(), *of)])) <--
        table(table, class, of),
        if !matches!(class, TableClass::Projection | TableClass::Aggregate | TableClass::Truth);

    // S20-p3: where a record of the truth lies, its identity and its order stay.
    change(table, ChangeClass::Irreversible, "S20-p3"),
    because(fact!(change, *table, ChangeClass::Irreversible.word(), "S20-p3"), "S20-p3", premises(&[fact!(table, *table, TableClass::Truth.word(), *of), fact!(partition_key, *table, *column)])) <--
        table(table, TableClass::Truth, of),
        partition_key(table, column);

    // S20-p1: a column that may be empty is added to any table.
    change(table, ChangeClass::Additive, "S20-p1"),
    because(fact!(change, *table, ChangeClass::Additive.word(), "S20-p1"), "S20-p1", premises(&[fact!(table, *table, TableClass::Truth.word(), *of)])) <--
        table(table, TableClass::Truth, of);

    // S20-p2: what every record must have, what means something else from now on, one more state that all readers must know.
    change(table, ChangeClass::Migrating, "S20-p2"),
    because(fact!(change, *table, ChangeClass::Migrating.word(), "S20-p2"), "S20-p2", premises(&[fact!(table, *table, TableClass::Truth.word(), *of)])) <--
        table(table, TableClass::Truth, of);

    /// `brings(stage, table)`: the table comes with the stage; that is additive (S20-p1).
    relation brings(Stage, Table);
    brings(stage, table),
    because(fact!(brings, *stage, *table), "S20-p1", premises(&[fact!(table, *table, class.word(), *of)])) <--
        table(table, class, of),
        numbered(stage, level),
        if *level == stages::of_table(*class);

    /// `locked(what, decision)`: it cannot be taken back once there is data, so it is taken with care at the first stage (S20-p3).
    relation locked(Entity, Lock);
}

/// Runs the step's program on the design so far.
pub fn derive(design: &Design) -> Evolution {
    let mut step = Evolution {
        taken: stages::taken(&design.mechanisms),
        at_low_load: stages::taken(&low_load::mechanisms(design)).into_iter().map(|(dp, it, _)| (dp, it)).collect(),
        dp: design.parameters.dp.clone(),
        copy: stages::copies(design),
        strategy_of: design.scaling.strategy.iter().map(|&(path, strategy, _)| (path, strategy)).collect(),
        forgets: stages::forgets(design),
        past: stages::beyond(design),
        metric: design.observability.metric.clone(),
        ladder: stages::ladder(design),
        table: design.schema.table.clone(),
        partition_key: design.schema.partition_key.clone(),
        rebuildable: design.validation.rebuildable.iter().map(|(view, _)| (*view,)).collect(),
        outlived: stages::outlived(design),
        ..Evolution::default()
    };
    stages::number(design, &mut step);
    locks::fill(design, &mut step);
    step.run();
    settle!(step; because, called, stage, adds, stands_in, signal, beyond, change, brings, locked, numbered);
    step
}

/// What a mechanism that comes rests on: the choice of Step 6, or the strategy of Step 13.
fn grounds(what: Entity, mechanism: Mechanism) -> crate::proof::Premises {
    match what {
        Entity::Dp(dp) if mechanism != Mechanism::Ttl => premises(&[fact!(dp, dp)]),
        _ => premises(&[]),
    }
}

/// A percentage.
pub const fn percent(amount: i128) -> Quantity {
    Quantity::whole(amount, Dimension::Percent)
}
