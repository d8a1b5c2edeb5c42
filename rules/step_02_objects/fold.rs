//! Objects that are nothing but a running total of somebody else's records (S2-v4, A-59, AP-1).
//!
//! An object is *folded* from an immutable one if all its fields but the key are changed, each change comes with a record of
//! the other (created with it, or handed to a service that works off such records), what is written depends on that record
//! and on the old value alone, and no condition reads it. Then replaying the records rebuilds it: it is a view.

use crate::evidence::Evidence;
use crate::expression::{Action, Expr};
use crate::fact::*;
use crate::vocabulary::Primitive;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// `(object, event)`: the object is folded from the records of the event.
pub fn folded(facts: &Facts, evidence: &Evidence) -> Vec<(Object, Object)> {
    let changed: HashSet<Object> = evidence.changes.iter().map(|(_, object)| *object).collect();
    let immutable: HashSet<Object> =
        evidence.creates.iter().map(|(_, object)| *object).filter(|object| !changed.contains(object)).collect();
    let machines: HashSet<Object> = facts.state.iter().map(|(_, object)| *object).collect();
    let read: HashSet<Field> = evidence.depends.iter().map(|(_, field, _)| *field).collect();
    let records = Records::new(facts, &immutable);
    let mut effects: BTreeMap<Object, Vec<&Change>> = BTreeMap::new();
    for effect in &facts.effect {
        effects.entry(effect.2).or_default().push(effect);
    }
    let fields = fields_by_object(facts);
    let mut folded = vec![];
    for (object, effects) in effects {
        let fields = fields.get(&object).map_or(&[][..], |fields| fields);
        // what a predicate reads may stand where it is.
        if machines.contains(&object) || !changed.contains(&object) || fields.iter().any(|field| read.contains(field)) {
            continue;
        }
        let written: HashSet<Field> = effects.iter().filter_map(|effect| effect.3).collect();
        let explained = fields.iter().all(|field| written.contains(field) || records.identity.contains(field));
        if explained {
            folded.extend(records.source_of(&effects).map(|event| (object, event)));
        }
    }
    folded
}

type Change = (Effect, Operation, Object, Option<Field>, Action);

/// The records that come with an operation: those it creates, and those it is handed.
struct Records<'f> {
    /// What the operation writes into a record of the object it creates.
    created: BTreeMap<(Operation, Object), BTreeSet<Parameter>>,
    /// Records it is handed by parameter.
    handed: BTreeMap<(Operation, Parameter), Object>,
    immutable: &'f HashSet<Object>,
    /// Fields that say which record it is, not what is in it.
    identity: HashSet<Field>,
}

impl<'f> Records<'f> {
    fn new(facts: &Facts, immutable: &'f HashSet<Object>) -> Self {
        let mut created: BTreeMap<(Operation, Object), BTreeSet<Parameter>> = BTreeMap::new();
        for (_, operation, object, _, action) in &facts.effect {
            if let Action::Create(values) = action {
                let stored = created.entry((*operation, *object)).or_default();
                values.iter().for_each(|(_, value)| stored.extend(parameters(value)));
            }
        }
        let services = facts.actor_kind.iter().filter(|(_, kind)| kind.is_system());
        let services: HashSet<Actor> = services.map(|(actor, _)| *actor).collect();
        let worked_off: HashSet<Operation> = facts
            .operation
            .iter()
            .filter(|(_, actor)| services.contains(actor))
            .map(|(operation, _)| *operation)
            .collect();
        let mut handed = BTreeMap::new();
        for (parameter, of, kind) in &facts.parameter {
            if let (Entity::Operation(operation), Type::Object(object)) = (of, kind)
                && worked_off.contains(operation)
            {
                handed.insert((*operation, *parameter), *object);
            }
        }
        Records { created, handed, immutable, identity: identity(facts) }
    }

    /// The one object whose records explain every one of these effects.
    fn source_of(&self, effects: &[&Change]) -> Option<Object> {
        let mut candidates: Option<BTreeSet<Object>> = None;
        for effect in effects {
            let explaining = match &effect.4 {
                // A row that starts with nothing but its key explains itself.
                Action::Create(values)
                    if values.iter().all(|(field, value)| is_constant(value) || self.identity.contains(field)) =>
                {
                    continue;
                }
                action => self.explaining(effect.1, effect.3, action.value()?),
            };
            candidates = Some(match candidates {
                None => explaining,
                Some(before) => before.intersection(&explaining).copied().collect(),
            });
        }
        candidates?.into_iter().next()
    }

    /// The immutable objects of which a record comes with the operation and contains all that the value depends on.
    fn explaining(&self, operation: Operation, own: Option<Field>, value: &Expr) -> BTreeSet<Object> {
        let created = self.created.range((operation, Object(0))..=(operation, Object(u32::MAX)));
        let of_created = created
            .filter(|(_, stored)| self.depends_only_on(value, own, &|parameter| stored.contains(&parameter), None));
        let mut objects: BTreeSet<Object> = of_created.map(|((_, object), _)| *object).collect();
        let handed = self.handed.range((operation, Parameter(0))..=(operation, Parameter(u32::MAX)));
        let of_handed = handed.filter(|((_, record), _)| self.depends_only_on(value, own, &|_| false, Some(*record)));
        objects.extend(of_handed.map(|(_, object)| *object));
        objects.retain(|object| self.immutable.contains(object));
        objects
    }

    fn depends_only_on(
        &self,
        value: &Expr,
        own: Option<Field>,
        stored: &dyn Fn(Parameter) -> bool,
        record: Option<Parameter>,
    ) -> bool {
        let mut only = !value.reads_clock();
        value.walk(&mut |expr| match expr {
            Expr::Parameter(parameter) => only &= stored(*parameter),
            Expr::Field(field, through) => only &= Some(*field) == own || (through.is_some() && *through == record),
            Expr::View(_) | Expr::Hole | Expr::Unknown | Expr::Exists(..) | Expr::Aggregate(..) => only = false,
            _ => (),
        });
        only
    }
}

fn fields_by_object(facts: &Facts) -> BTreeMap<Object, Vec<Field>> {
    let mut fields: BTreeMap<Object, Vec<Field>> = BTreeMap::new();
    for (field, object, _) in &facts.field {
        fields.entry(*object).or_default().push(*field);
    }
    fields
}

fn identity(facts: &Facts) -> HashSet<Field> {
    let refers = |kind: &Type| matches!(kind, Type::Object(_) | Type::Primitive(Primitive::Uuid | Primitive::Id));
    let references = facts.field.iter().filter(|(.., kind)| refers(kind)).map(|(field, ..)| *field);
    references.chain(facts.key.iter().map(|(_, key)| *key)).collect()
}

fn is_constant(value: &Expr) -> bool {
    matches!(value, Expr::Quantity(_) | Expr::Text(_) | Expr::Boolean(_) | Expr::State(_))
}

fn parameters(value: &Expr) -> Vec<Parameter> {
    let mut parameters = vec![];
    value.walk(&mut |expr| {
        if let Expr::Parameter(parameter) = expr {
            parameters.push(*parameter);
        }
    });
    parameters
}
