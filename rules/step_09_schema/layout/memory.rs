//! The columns of what mechanisms remember: outcomes, sagas, events, marks, fences, positions.

use super::{Drawn, Layout, Part, drawn, first};
use crate::expression::{Action, Expr};
use crate::fact::*;
use crate::quantity::{Dimension, Quantity};
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_08_algorithms::saga::overtaking;
use crate::vocabulary::{Aggregate, Primitive};

impl Layout<'_> {
    /// the outcome lies where the row lies that decides.
    fn requested(&self, operation: Operation) -> Vec<Drawn> {
        let facts = &self.design.facts;
        let (spread, fields) = match self.place(operation) {
            Some((object, fields)) => (self.spread_of(object), fields),
            None => (vec![], vec![]),
        };
        let mut columns: Vec<Drawn> = vec![];
        for field in fields {
            let column = self.field(field).part(Part::Identity, "A-50");
            columns.push(if spread.contains(&field) { column.part(Part::Place, "A-50") } else { column });
        }
        let placed = !columns.is_empty();
        let keys = facts.once_per.iter().filter(|(of, _)| *of == operation);
        for (_, parameter) in keys {
            let name = facts.name(*parameter);
            if columns.iter().any(|column| column.name == name) {
                continue;
            }
            let kind = facts.parameter[parameter.index()].2;
            let column = Drawn { kind, ..drawn(name, Primitive::Id, "S9-d4") }.part(Part::Identity, "S9-d4");
            columns.push(if placed { column } else { column.part(Part::Place, "S9-e3") });
        }
        columns
    }

    pub(super) fn outcomes(&self, operation: Operation) -> Vec<Drawn> {
        let mut columns = self.requested(operation);
        let grounds = self.grounds.get(&operation).cloned().unwrap_or_default();
        // who asked for what, and what the decision read, as it was then: the state moves on.
        if grounds.caller || grounds.per_caller {
            let caller = drawn("caller", Primitive::Id, "S16-cat5");
            columns.push(if grounds.caller { caller } else { caller.null() });
        }
        columns.push(drawn("request", Primitive::Json, "A-76"));
        if grounds.reads() {
            columns.push(drawn("read", Primitive::Json, "A-76").null());
        }
        columns.push(drawn("accepted", Primitive::Boolean, "A-37"));
        columns.push(drawn("answer", Primitive::Json, "S9-e3"));
        columns.push(drawn("created_at", Primitive::Timestamp, "S9-e3"));
        columns.push(drawn("expires_at", Primitive::Timestamp, "S9-e3").null().part(Part::Sweep, "S9-e3"));
        columns
    }

    /// how far it came, the one-way decision to abort, and what the recovery scan looks for.
    pub(super) fn saga(&self, operation: Operation) -> Vec<Drawn> {
        let mut columns = self.requested(operation);
        self.identify(operation, &mut columns);
        // Whoever goes on with it knows what was asked; another request under the same key is none of its.
        columns.push(drawn("request", Primitive::Json, "A-44"));
        // What it decided on before it asked anybody: a record that has changed meanwhile is another, whatever its state.
        let overtaken = overtaking(self.design, operation).into_iter().map(|(_, object)| object);
        if overtaken.into_iter().any(|object| self.machinery(object).iter().any(|column| column.name == "version")) {
            columns.push(drawn("version", Primitive::Integer, "PR-cc1").null());
        }
        columns.push(drawn("state", Primitive::Text, "A-44").part(Part::Sweep, "A-44"));
        columns.push(drawn("steps_begun", Primitive::Integer, "A-44"));
        columns.push(drawn("steps_done", Primitive::Integer, "A-44"));
        columns.push(drawn("answer", Primitive::Json, "A-44").null());
        columns.push(drawn("started_at", Primitive::Timestamp, "A-44"));
        columns.push(drawn("updated_at", Primitive::Timestamp, "A-44").part(Part::Sweep, "A-44"));
        columns
    }

    /// of the sagas that make one record only one may come as far as a call, so the log says which record it is about, where
    /// the request does.
    fn identify(&self, operation: Operation, columns: &mut Vec<Drawn>) {
        let Some((object, _)) = self.place(operation) else { return };
        let mut made = self.design.facts.effect.iter().filter(|(_, of, on, ..)| (*of, *on) == (operation, object));
        let Some((.., Action::Create(values))) = made.next() else { return };
        let given =
            |key: &Field| values.iter().any(|(field, value)| field == key && matches!(value, Expr::Parameter(_)));
        let key = self.key(object);
        if key.is_empty() || !key.iter().all(given) {
            return;
        }
        for (at, field) in key.iter().enumerate() {
            let name = self.design.facts.name(*field);
            match columns.iter().position(|column| column.stores == Some(*field) || column.name == name) {
                Some(found) => columns[found].stores = Some(*field),
                None => columns.insert(at.min(columns.len()), self.field(*field).part(Part::Identity, "A-51")),
            }
        }
    }

    pub(super) fn outbox(&self, of: Entity) -> Vec<Drawn> {
        let facts = &self.design.facts;
        let maker =
            facts.announces.iter().find(|(_, event)| Entity::Event(*event) == of).map(|(operation, _)| *operation);
        let placed = maker.and_then(|operation| self.place(operation)).map(|(object, _)| self.spread_of(object));
        let mut columns = vec![drawn("event_id", Primitive::Uuid, "A-39").part(Part::Identity, "A-39")];
        let placed = placed.unwrap_or_default().into_iter();
        columns.extend(placed.map(|field| self.field(field).part(Part::Place, "A-39")));
        columns.push(drawn("position", Primitive::Integer, "A-39").part(Part::Order, "A-39"));
        columns.push(drawn("payload", Primitive::Json, "A-39"));
        columns.push(drawn("created_at", Primitive::Timestamp, "A-39"));
        columns.push(drawn("sent_at", Primitive::Timestamp, "A-39").null().part(Part::Sweep, "A-39"));
        columns
    }

    /// A request to another operation lies where the change lies that makes it, and says which operation is asked.
    pub(super) fn requests(&self, operation: Operation) -> Vec<Drawn> {
        let placed = self.place(operation).map(|(object, _)| self.spread_of(object)).unwrap_or_default().into_iter();
        let mut columns = vec![drawn("request_id", Primitive::Uuid, "A-39").part(Part::Identity, "A-39")];
        columns.extend(placed.map(|field| self.field(field).part(Part::Place, "A-39")));
        columns.push(drawn("position", Primitive::Integer, "A-39").part(Part::Order, "A-39"));
        columns.push(drawn("operation", Primitive::Text, "A-39"));
        columns.push(drawn("payload", Primitive::Json, "A-39"));
        columns.push(drawn("created_at", Primitive::Timestamp, "A-39"));
        columns.push(drawn("answered_at", Primitive::Timestamp, "A-39").null().part(Part::Sweep, "A-39"));
        columns
    }

    /// A mark lies with the aggregate it protects, and stays as long as its event can come again.
    pub(super) fn marks(&self, of: Entity) -> (Vec<Drawn>, Option<Quantity>) {
        let facts = &self.design.facts;
        let Entity::View(view) = of else {
            let receiver = drawn("receiver", Primitive::Id, "S6.4-r4").part(Part::Identity, "S6.4-r4");
            let event = drawn("event_id", Primitive::Uuid, "S6.4-r4").part(Part::Identity, "S6.4-r4");
            let taken = drawn("applied_at", Primitive::Timestamp, "S6.4-r4").part(Part::Sweep, "S6.4-r4");
            return (vec![receiver.part(Part::Place, "S6.4-r4"), event, taken], None);
        };
        let grouped = facts.grouped.iter().filter(|(of, _)| *of == view);
        let mut columns: Vec<Drawn> = grouped.map(|(_, field)| self.field(*field).part(Part::Place, "A-42")).collect();
        if self.revised.contains(&view) {
            return (self.counted_for(view, columns), None);
        }
        let mut kept = None;
        for (_, source) in facts.upstream.iter().filter(|(of, _)| *of == view) {
            let Source::Object(object) = source else { continue };
            for field in self.key(*object) {
                match columns.iter_mut().find(|column| column.stores == Some(*field)) {
                    Some(column) => column.parts.push((Part::Identity, "A-42")),
                    None => columns.push(self.field(*field).part(Part::Identity, "A-42")),
                }
            }
            kept = kept.or_else(|| self.retention(*object)).or_else(|| self.remembered(*object));
        }
        columns.push(drawn("applied_at", Primitive::Timestamp, "A-42").part(Part::Sweep, "A-42"));
        (columns, kept)
    }

    /// The mark of a record that changes what it counts for says what that was and where, and stays as long as the record.
    fn counted_for(&self, view: View, grouped: Vec<Drawn>) -> Vec<Drawn> {
        let facts = &self.design.facts;
        let mutable = |column: &Drawn| {
            column.stores.is_some_and(|field| self.design.evidence.mutable.binary_search(&(field,)).is_ok())
        };
        // Where the group changes, the mark lies with the record and not with the row.
        let moves = grouped.iter().any(mutable);
        let grouped = grouped.into_iter();
        let mut columns: Vec<Drawn> =
            grouped.map(|column| if moves { Drawn { parts: vec![], ..column } } else { column }).collect();
        for (_, source) in facts.upstream.iter().filter(|(of, _)| *of == view) {
            let Source::Object(object) = source else { continue };
            for field in self.key(*object) {
                let place = if moves { Some((Part::Place, "A-42")) } else { None };
                let parts = std::iter::once((Part::Identity, "A-42")).chain(place);
                match columns.iter_mut().find(|column| column.stores == Some(*field)) {
                    Some(column) => column.parts.extend(parts),
                    None => columns.push(Drawn { parts: parts.collect(), ..self.field(*field) }),
                }
            }
        }
        let computed = facts.computed.iter().find(|(of, ..)| *of == view);
        let value = match computed {
            Some((_, Aggregate::Count, _)) | Some((.., None)) | None => Type::Primitive(Primitive::Integer),
            Some((.., Some(field))) => facts.field[field.index()].2,
        };
        columns.push(Drawn { kind: value, ..drawn("counted", Primitive::Integer, "A-43") });
        columns.push(drawn("applied_at", Primitive::Timestamp, "A-42").part(Part::Sweep, "A-42"));
        columns
    }

    /// How long requests that create such records are recognised.
    fn remembered(&self, object: Object) -> Option<Quantity> {
        let makers = self.design.evidence.creates.iter().filter(|(_, made)| *made == object);
        makers.map(|(operation, _)| *operation).find_map(|operation| first(&self.design.facts.remembered, operation))
    }

    pub(super) fn epochs(&self, of: Entity) -> Vec<Drawn> {
        let epoch = drawn("epoch", Primitive::Integer, "A-47");
        let fenced = |object: &Object| self.guarded.contains(&(*object, Mechanism::FencingToken));
        if let Entity::Object(object) = of
            && fenced(&object)
        {
            let spread = self.spread_of(object);
            let key = self.key(object).iter().map(|field| {
                let column = self.field(*field).part(Part::Identity, "A-47");
                if spread.contains(field) { column.part(Part::Place, "A-47") } else { column }
            });
            return key.chain([epoch]).collect();
        }
        let number = drawn("partition_number", Primitive::Integer, "A-7");
        let owner = drawn("owner", Primitive::Id, "A-7");
        vec![number.part(Part::Identity, "A-7").part(Part::Place, "A-7"), owner, epoch]
    }

    pub(super) fn sequence(&self, object: Object) -> Vec<Drawn> {
        let within = self.design.axes.ordered_within.iter().filter(|(of, _)| *of == object);
        let scope =
            within.map(|(_, field)| self.field(*field).part(Part::Identity, "S4-T2i").part(Part::Place, "S4-T2i"));
        scope.chain([drawn("last_position", Primitive::Integer, "S4-T2i")]).collect()
    }
}

/// How long a row stays that has been sent, answered or delivered: a day, for whoever looks into what was lost (S9-o1). One that
/// has not been stays until it has.
pub(super) fn settled() -> Quantity {
    Quantity::whole(86_400_000_000_000, Dimension::Time)
}

/// What waits for a receiver.
pub(super) fn inbox() -> Vec<Drawn> {
    vec![
        drawn("receiver", Primitive::Id, "S9-d1").part(Part::Identity, "S9-d4").part(Part::Place, "S9-d3"),
        drawn("event_id", Primitive::Uuid, "S9-d4").part(Part::Identity, "S9-d4"),
        drawn("payload", Primitive::Json, "S9-d1"),
        drawn("created_at", Primitive::Timestamp, "S9-d1").part(Part::Order, "S9-p1"),
        drawn("delivered_at", Primitive::Timestamp, "S9-d1").null().part(Part::Sweep, "S9-q1"),
    ]
}

/// Who may do what.
pub(super) fn permissions() -> Vec<Drawn> {
    vec![
        drawn("principal", Primitive::Id, "A-13").part(Part::Identity, "A-13").part(Part::Place, "A-13"),
        drawn("permission", Primitive::Text, "A-13").part(Part::Identity, "A-13"),
        drawn("granted_at", Primitive::Timestamp, "A-13"),
    ]
}
