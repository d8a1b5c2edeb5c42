//! Which tables there are: one for each object, one for each view that is kept, and what the mechanisms of step 6 remember.

use super::TableClass;
use crate::expression::{Action, Expr};
use crate::fact;
use crate::fact::*;
use crate::proof::{Premises, RuleId, premises};
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::vocabulary::{Class, Coupling};
use crate::{Design, vocabulary};
use ascent::ascent;
use std::collections::{BTreeMap, BTreeSet};

ascent! {
    /// The tables that the design needs, and why.
    pub struct Needed;

    /// `needed(class, of, rule, premises)`
    relation needed(TableClass, Entity, RuleId, Premises);

    relation object(Object);
    relation primary(Object, Class);
    relation view(View);
    relation upstream(View, Source);
    relation materialized(View);
    relation dp(Dp, DpKind, Entity);
    relation enforces(Dp, Invariant);
    relation guards(Dp, Object);
    relation protects(Dp, Operation);
    relation serves_view(Dp, View);
    relation announces(Operation, Event);
    relation causes(Operation, Operation);
    relation once_per(Operation, Parameter);
    /// `uses(dp, mechanism)`: selected, added, or the form it takes.
    relation uses(Dp, Mechanism);
    /// `selected(dp, mechanism)`: the mechanism itself.
    relation selected(Dp, Mechanism);
    /// `by_role(invariant)`: it permits something to actors of one kind.
    relation by_role(Invariant);
    /// `counted(object)`: the positions of its records are handed out, not brought along.
    relation counted(Object);

    // S9-d1, CK-9a: every primary object has a table.
    needed(TableClass::Truth, Entity::from(*object), "S9-d1", premises(&[fact!(primary, *object)])) <-- object(object), primary(object, _);
    needed(TableClass::Truth, Entity::from(*object), "S9-d1", premises(&[])) <-- object(object), !primary(object, _);

    // S9-d2, S9-d5, CK-9b: what is read in a shape of its own has a table of its own, never that of its source.
    needed(TableClass::Aggregate, Entity::from(*view), "A-63", premises(&[fact!(materialized, *view)])) <-- materialized(view);
    needed(TableClass::Projection, Entity::from(*view), "S9-d2", premises(&[fact!(projection, *view)])) <--
        view(view),
        upstream(view, _),
        !materialized(view),
        !in_place(view);
    relation in_place(View);
    in_place(view) <-- serves_view(dp, view), selected(dp, Mechanism::ReadSource);

    // S9-d4, S9-e3, CK-9d: an outcome for every request that must not take effect twice.
    needed(TableClass::Outcomes, of, "S9-d4", premises(&[fact!(dp, *dp, DpKind::Outcomes, *of), fact!(mechanism, *dp, Mechanism::IdempotencyKey)])) <--
        dp(dp, DpKind::Outcomes, of),
        if let Entity::Operation(operation) = of,
        once_per(operation, _),
        selected(dp, Mechanism::IdempotencyKey);

    // an event commits with the change that makes it; one that may be lost is sent after the commit.
    relation best_effort(Event);
    needed(TableClass::Outbox, Entity::from(*event), "A-39", premises(&[fact!(dp, *dp), fact!(announces, *operation, *event)])) <--
        uses(dp, Mechanism::Outbox),
        protects(dp, operation),
        announces(operation, event),
        !best_effort(event);
    needed(TableClass::Outbox, of, "A-39", premises(&[fact!(dp, *dp, DpKind::Delivery, *of)])) <--
        uses(dp, Mechanism::Outbox),
        dp(dp, DpKind::Delivery, of);
    needed(TableClass::Outbox, Entity::from(*view), "A-39", premises(&[fact!(serves_view, *dp, *view)])) <--
        uses(dp, Mechanism::Outbox),
        dp(dp, DpKind::Path, _),
        serves_view(dp, view);

    // A-39, S9-d4: the request that an operation makes of another commits with the change that makes it.
    needed(TableClass::Requests, Entity::from(*operation), "A-39", premises(&[fact!(causes, *operation, *caused)])) <--
        causes(operation, caused);

    // A-42, S6.4-r3: which events an aggregate has taken, written in the transaction that takes them.
    needed(TableClass::Marks, Entity::from(*view), "A-42", premises(&[fact!(dp, *dp, DpKind::Aggregate), fact!(adds, *dp, Mechanism::EventDedup)])) <--
        uses(dp, Mechanism::EventDedup),
        dp(dp, DpKind::Aggregate, _),
        serves_view(dp, view);
    // S6.4-r4: messages come at least once; an inbox recognises them by itself.
    needed(TableClass::Marks, of, "S6.4-r4", premises(&[fact!(dp, *dp, DpKind::Delivery, *of), fact!(adds, *dp, Mechanism::IdempotentConsumer)])) <--
        uses(dp, Mechanism::IdempotentConsumer),
        dp(dp, DpKind::Delivery, of),
        !kept_for(of);

    // a saga that forgets how far it came ends half done.
    needed(TableClass::SagaLog, Entity::from(*operation), "A-44", premises(&[fact!(dp, *dp, DpKind::Coordination), fact!(protects, *dp, *operation)])) <--
        uses(dp, Mechanism::Saga),
        protects(dp, operation);

    // the fence outlives every claim; A-7: and every owner.
    needed(TableClass::Epochs, Entity::from(*object), "A-47", premises(&[fact!(guards, *dp, *object), fact!(adds, *dp, Mechanism::FencingToken)])) <--
        uses(dp, Mechanism::FencingToken),
        guards(dp, object);
    needed(TableClass::Epochs, of, "A-7", premises(&[fact!(dp, *dp), fact!(adds, *dp, Mechanism::OwnershipEpoch)])) <--
        uses(dp, Mechanism::OwnershipEpoch),
        dp(dp, _, of);

    // S4-T2i: the authority of an order knows the last position it gave away.
    needed(TableClass::Sequences, Entity::from(*object), "S4-T2i", premises(&[fact!(guards, *dp, *object), fact!(mechanism, *dp, Mechanism::SequenceAuthority)])) <--
        selected(dp, Mechanism::SequenceAuthority),
        guards(dp, object),
        counted(object);

    // S6.3-Q5: what is pushed to each receiver, or waits for one that is away, is a record.
    relation kept_for(Entity);
    kept_for(of), needed(TableClass::Inbox, of, "S9-d1", premises(&[fact!(dp, *dp, DpKind::Delivery, *of)])) <--
        dp(dp, DpKind::Delivery, of),
        uses(dp, mechanism),
        if matches!(mechanism, Mechanism::FanOutOnWrite | Mechanism::DurableNotification);

    // a permission by role is state that somebody grants; one by a field or an object is stored there.
    needed(TableClass::Permissions, Entity::from(*dp), "A-13", premises(&[fact!(dp, *dp, DpKind::Access), fact!(enforces, *dp, *invariant)])) <--
        dp(dp, DpKind::Access, _),
        enforces(dp, invariant),
        by_role(invariant);
}

fn best_effort(facts: &Facts) -> Vec<(Event,)> {
    let coupled = facts.coupling.iter().filter(|(_, coupling)| *coupling == Coupling::BestEffort);
    coupled.map(|(event, _)| (*event,)).collect()
}

/// Every table once, in the order of classes and of what they are for, with the first reason for it.
pub fn needed(design: &Design) -> Vec<(TableClass, Entity, RuleId, Premises)> {
    let facts = &design.facts;
    let objects = 0..facts.names.objects.len() as u32;
    let mechanisms = &design.mechanisms;
    let selected: Vec<(Dp, Mechanism)> =
        mechanisms.mechanism.iter().map(|(dp, mechanism, _)| (*dp, *mechanism)).collect();
    let adds = mechanisms.adds.iter().map(|(dp, mechanism, _)| (*dp, *mechanism));
    let forms = mechanisms.form.iter().map(|(dp, _, form, _)| (*dp, *form));
    let mut program = Needed {
        object: objects.map(|object| (Object(object),)).collect(),
        primary: design.objects.primary.clone(),
        view: (0..facts.names.views.len() as u32).map(|view| (View(view),)).collect(),
        upstream: facts.upstream.clone(),
        materialized: design.validation.materialized.clone(),
        dp: design.parameters.dp.clone(),
        enforces: design.parameters.enforces.clone(),
        guards: design.parameters.guards.clone(),
        protects: design.parameters.protects.clone(),
        serves_view: design.parameters.serves_view.clone(),
        announces: facts.announces.clone(),
        best_effort: best_effort(facts),
        causes: facts.causes.clone(),
        once_per: facts.once_per.clone(),
        uses: selected.iter().copied().chain(adds).chain(forms).collect(),
        selected,
        by_role: by_role(facts),
        counted: counted(facts),
        ..Needed::default()
    };
    program.run();
    program.needed.sort();
    let mut tables: BTreeMap<(TableClass, Entity), (RuleId, Premises)> = BTreeMap::new();
    for (class, of, rule, grounds) in program.needed {
        tables.entry((class, of)).or_insert((rule, grounds));
    }
    tables.into_iter().map(|((class, of), (rule, grounds))| (class, of, rule, grounds)).collect()
}

/// `only Moderator may TakeDown`: who is a moderator is nowhere in the objects.
fn by_role(facts: &Facts) -> Vec<(Invariant,)> {
    let stated = facts.statement.iter();
    let roles = stated.filter(|(_, statement)| matches!(statement, Statement::OnlyMay(Permission::Actor(_), _)));
    roles.map(|(invariant, _)| (*invariant,)).collect()
}

/// Objects ordered by a number that no operation fills in when it creates a record.
pub fn counted(facts: &Facts) -> Vec<(Object,)> {
    let positions = facts.ordered_by.iter().filter(|(_, field)| is_number(facts, *field));
    positions.filter(|(object, field)| !is_filled(facts, *object, *field)).map(|(object, _)| (*object,)).collect()
}

/// Numbers that operations add to or take from: as long as none has, they are zero.
pub fn accumulated(facts: &Facts) -> BTreeSet<Field> {
    use vocabulary::Primitive::{Counter, Decimal, Integer, Money};
    let grow = facts.effect.iter().filter(|(.., action)| matches!(action, Action::Increase(_) | Action::Decrease(_)));
    let fields = grow.filter_map(|(.., field, _)| *field);
    let is_number =
        |field: &Field| matches!(facts.field[field.index()].2, Type::Primitive(Integer | Counter | Decimal | Money));
    fields.filter(is_number).collect()
}

fn is_number(facts: &Facts, field: Field) -> bool {
    use vocabulary::Primitive::{Counter, Integer};
    matches!(facts.field[field.index()].2, Type::Primitive(Integer | Counter))
}

fn is_filled(facts: &Facts, object: Object, field: Field) -> bool {
    let created = facts.effect.iter().filter(|(_, _, of, _, _)| *of == object);
    let mut filled = created.filter_map(|(.., action)| match action {
        Action::Create(values) => Some(values),
        _ => None,
    });
    filled.any(|values| values.iter().any(|(other, value)| *other == field && *value != Expr::Hole))
}
