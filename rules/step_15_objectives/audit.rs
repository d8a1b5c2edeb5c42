//! How a promise of no violations is measured: one query per invariant that finds what violates it.
//!
//! Queries are SQL in the words of the spec. They read the stored state where it shows a violation; otherwise the log of
//! changes of an object (`Auction_changes`: old and new of every field, and when) or of the decisions on a path
//! (`PlaceBid_decisions`: who asked, the outcome, and what the condition read).

use crate::Design;
use crate::expression::{Action, Expr, Operator};
use crate::fact::*;
use crate::step_04_invariants::reading::Reading;
use crate::step_04_invariants::statuses;
use crate::vocabulary::{Aggregate, Coupling, Primitive, Vocabulary};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What can be violated and counted (S15-r3): everything but what is not said yet, and lags, which have a target of their own.
pub fn violable(design: &Design) -> Vec<(Invariant,)> {
    let auditor = Auditor::new(design);
    let all = design.invariants.invariant.iter().map(|(invariant, ..)| *invariant);
    all.filter(|invariant| !auditor.queries(*invariant).is_empty()).map(|invariant| (invariant,)).collect()
}

/// The queries that find violations of one invariant; made once for many.
pub struct Auditor<'d> {
    design: &'d Design,
    reading: Reading<'d>,
    status: BTreeMap<Object, Field>,
    key: BTreeMap<Object, Vec<Field>>,
    created: BTreeMap<Operation, (Object, &'d [(Field, Expr)])>,
    conditions: BTreeMap<Operation, Vec<&'d Expr>>,
    instance: BTreeMap<Parameter, Object>,
}

impl<'d> Auditor<'d> {
    /// Puts declarations at hand.
    pub fn new(design: &'d Design) -> Auditor<'d> {
        let facts = &design.facts;
        let mut key: BTreeMap<Object, Vec<Field>> = BTreeMap::new();
        facts.key.iter().for_each(|(object, field)| key.entry(*object).or_default().push(*field));
        let mut conditions: BTreeMap<Operation, Vec<&Expr>> = BTreeMap::new();
        facts
            .guard
            .iter()
            .for_each(|(_, operation, condition)| conditions.entry(*operation).or_default().push(condition));
        let created = facts.effect.iter().rev().filter_map(|(_, operation, object, _, action)| match action {
            Action::Create(fields) => Some((*operation, (*object, fields.as_slice()))),
            _ => None,
        });
        let instance = facts.parameter.iter().filter_map(|(parameter, _, kind)| match kind {
            Type::Object(object) => Some((*parameter, *object)),
            _ => None,
        });
        Auditor {
            design,
            reading: Reading::new(design),
            status: statuses(facts).into_iter().collect(),
            key,
            created: created.collect(),
            conditions,
            instance: instance.collect(),
        }
    }

    /// Each finds violations, and none if there are none. Empty where the invariant says nothing that can be tested.
    pub fn queries(&self, invariant: Invariant) -> Vec<String> {
        match self.reading.statement(invariant) {
            Statement::Vague | Statement::Unresolved | Statement::Within(..) => vec![],
            Statement::GuardOf(operation) => self.unless_guarded(operation),
            Statement::Holds(condition) => self.unless_held(&condition).into_iter().collect(),
            Statement::Increases(field, scope) => vec![self.unless_increasing(field, scope)],
            Statement::Ordered(object, by, scope) => vec![self.unless_ordered(object, by, scope)],
            Statement::Transitions(object) => vec![self.unless_allowed(object)],
            Statement::Equals { target, law, group } => self.unless_equal(target, &law, group).into_iter().collect(),
            Statement::OncePer(operation, key) => vec![self.unless_once(operation, &key)],
            Statement::UniquePer(object, fields) => vec![self.unless_unique(object, &fields)],
            Statement::OnlyMay(permission, what) => vec![self.unless_permitted(&permission, what)],
            Statement::Delivered(event) => self.unless_delivered(event).into_iter().collect(),
            Statement::Completes(operation) => vec![self.unless_complete(operation)],
        }
    }

    fn name(&self, entity: impl Into<Entity>) -> &'d str {
        self.design.facts.name(entity)
    }

    fn names(&self, fields: &[Field]) -> String {
        fields.iter().map(|field| self.name(*field)).collect::<Vec<_>>().join(", ")
    }

    /// Eligibility, by what is stored where the created record shows it, and by the log of decisions for the rest: a
    /// condition on state that has changed since cannot be seen afterwards.
    fn unless_guarded(&self, operation: Operation) -> Vec<String> {
        let conditions = self.conditions.get(&operation).map_or(&[][..], Vec::as_slice);
        let stored = |condition: &&Expr| self.in_stored_state(operation, condition);
        let mut shown: Vec<String> = conditions.iter().filter_map(stored).collect();
        shown.dedup();
        let hidden = conditions.iter().filter(|condition| stored(condition).is_none());
        let mut hidden: Vec<String> = hidden.map(|condition| self.sql(condition)).collect();
        hidden.extend(self.origins(operation));
        let mut queries = vec![];
        if let (Some((object, fields)), false) = (self.created.get(&operation), shown.is_empty()) {
            let (record, mut from) = (self.name(*object), self.name(*object).to_owned());
            for (other, on) in self.joined(fields) {
                _ = write!(from, " join {} on {on}", self.name(other));
            }
            queries.push(format!("select {record}.* from {from} where not ({})", shown.join(" and ")));
        }
        if !hidden.is_empty() {
            let name = self.name(operation);
            queries.push(format!("select * from {name}_decisions where applied and not ({})", hidden.join(" and ")));
        }
        queries
    }

    /// The states its transitions start from, as conditions on what the decision read.
    fn origins(&self, operation: Operation) -> Vec<String> {
        let facts = &self.design.facts;
        let mut from: BTreeMap<Object, Vec<String>> = BTreeMap::new();
        for (_, transition) in facts.triggers.iter().filter(|(other, _)| *other == operation) {
            for (_, object, origin, _) in facts.transition.iter().filter(|(other, ..)| other == transition) {
                from.entry(*object).or_default().push(format!("'{}'", self.name(*origin)));
            }
        }
        let read = from.into_iter().filter_map(|(object, states)| {
            let status = self.status.get(&object)?;
            Some(format!("{}.{} in ({})", self.name(object), self.name(*status), states.join(", ")))
        });
        read.collect()
    }

    /// A condition over the record that the operation creates and what never changes, if that says it all.
    fn in_stored_state(&self, operation: Operation, condition: &Expr) -> Option<String> {
        let (object, fields) = self.created.get(&operation)?;
        let stored = |value: &Expr| fields.iter().find(|(_, of)| of == value).map(|(field, _)| *field);
        let joined = self.joined(fields);
        let changes = |field: &Field| self.design.evidence.writes_field.iter().any(|(_, other)| other == field);
        let mut shown = true;
        condition.walk(&mut |part| {
            shown &= match part {
                Expr::Parameter(_) | Expr::Now | Expr::Caller => stored(part).is_some(),
                Expr::Field(field, Some(instance)) => {
                    let read =
                        self.instance.get(instance).is_some_and(|of| joined.iter().any(|(other, _)| other == of));
                    read && !changes(field) && self.status.get(&self.design.facts.object_of(*field)) != Some(field)
                }
                Expr::Field(..)
                | Expr::View(_)
                | Expr::Exists(..)
                | Expr::Aggregate(..)
                | Expr::Hole
                | Expr::Unknown => false,
                _ => true,
            }
        });
        let record = self.name(*object);
        shown.then(|| {
            self.written(condition, &|part| stored(part).map(|field| format!("{record}.{}", self.name(field))))
        })
    }

    /// The objects whose key is among the fields of a new record, and how to find their instance.
    fn joined(&self, fields: &[(Field, Expr)]) -> Vec<(Object, String)> {
        let mut joined = vec![];
        for (field, value) in fields {
            let Expr::Field(of, Some(instance)) = value else { continue };
            let Some(object) = self.instance.get(instance) else { continue };
            if self.key.get(object).is_some_and(|key| key == &[*of]) {
                let facts = &self.design.facts;
                joined.push((*object, format!("{} = {}", facts.path(*field), facts.path(*of))));
            }
        }
        joined
    }

    fn unless_held(&self, condition: &Expr) -> Option<String> {
        let object = self.design.facts.object_of(*condition.fields().first()?);
        Some(format!("select * from {} where not ({})", self.name(object), self.sql(condition)))
    }

    fn unless_increasing(&self, field: Field, scope: Option<Field>) -> String {
        let object = self.design.facts.object_of(field);
        let (object, column) = (self.name(object), self.name(field));
        let by = self.order(self.design.facts.object_of(field), None);
        let within = scope.map_or(String::new(), |scope| format!("partition by {} ", self.name(scope)));
        format!(
            "select * from (select {object}.*, lag({column}) over ({within}order by {by}) as earlier from {object}) accepted \
             where {column} <= earlier"
        )
    }

    /// Two records in one place: readers may then see them in either order.
    fn unless_ordered(&self, object: Object, by: Option<Field>, scope: Option<Field>) -> String {
        let mut place: Vec<String> = scope.iter().map(|scope| self.name(*scope).to_owned()).collect();
        place.push(self.order(object, by));
        let place = place.join(", ");
        format!("select {place}, count(*) from {} group by {place} having count(*) > 1", self.name(object))
    }

    /// The field an object is ordered by, the tie-break with it; the position in the log of changes where there is none.
    fn order(&self, object: Object, by: Option<Field>) -> String {
        let declared =
            || self.design.facts.ordered_by.iter().find(|(other, _)| *other == object).map(|(_, field)| *field);
        let tie = self.design.axes.tie_broken_by.iter().find(|(other, _)| *other == object).map(|(_, field)| *field);
        match by.or_else(declared) {
            Some(field) => {
                self.names(&[Some(field), tie.filter(|tie| *tie != field)].into_iter().flatten().collect::<Vec<_>>())
            }
            None => "position".into(),
        }
    }

    fn unless_allowed(&self, object: Object) -> String {
        let transitions = self.design.facts.transition.iter().filter(|(_, of, ..)| *of == object);
        let allowed = transitions.map(|(_, _, from, to)| format!("('{}', '{}')", self.name(*from), self.name(*to)));
        let status = self.status.get(&object).map_or("status", |field| self.name(*field));
        let allowed: Vec<String> = allowed.collect();
        let moved = format!("old_{status} <> new_{status}");
        let changes = format!("select * from {}_changes where {moved}", self.name(object));
        if allowed.is_empty() {
            changes
        } else {
            format!("{changes} and (old_{status}, new_{status}) not in ({})", allowed.join(", "))
        }
    }

    /// The aggregate, computed again from the events.
    fn unless_equal(&self, target: Entity, law: &Expr, group: Option<Field>) -> Option<String> {
        let facts = &self.design.facts;
        let (row, column, view) = match target {
            Entity::View(view) => (self.name(view), "value", Some(view)),
            Entity::Field(field) => (self.name(facts.object_of(field)), self.name(field), None),
            _ => return None,
        };
        let Expr::Aggregate(function, of) = law else {
            return Some(format!("select * from {row} where {row}.{column} <> {}", self.sql(law)));
        };
        let (events, value) = match &**of {
            Expr::Field(field, _) => (facts.object_of(*field), facts.path(*field)),
            Expr::Exists(object, _) => (*object, "*".to_owned()),
            _ => return None,
        };
        let grouped = facts.grouped.iter().filter(|(other, _)| Some(*other) == view).map(|(_, field)| *field);
        let mut groups: Vec<Field> = grouped.collect();
        if groups.is_empty() {
            groups.extend(group);
        }
        let from = self.name(events);
        let mut kept: Vec<String> =
            groups.iter().map(|field| format!("{from}.{0} = {row}.{0}", self.name(*field))).collect();
        kept.extend(facts.filtered.iter().filter(|(other, _)| Some(*other) == view).map(|(_, only)| self.sql(only)));
        let window = facts.window.iter().find(|(other, _)| Some(*other) == view);
        if let (Some((_, length)), Some(at)) = (window, self.time_of(events)) {
            kept.push(format!("{from}.{} > now() - interval '{length}'", self.name(at)));
        }
        let kept = if kept.is_empty() { String::new() } else { format!(" where {}", kept.join(" and ")) };
        let again = match function {
            Aggregate::Sum => format!("coalesce(sum({value}), 0)"),
            Aggregate::CountDistinct => format!("count(distinct {value})"),
            Aggregate::Latest => {
                let by = self.time_of(events).map_or("position", |at| self.name(at));
                let again = format!("select {value} from {from}{kept} order by {from}.{by} desc limit 1");
                return Some(format!("select * from {row} where {row}.{column} is distinct from ({again})"));
            }
            function => format!("{}({value})", function.word()),
        };
        Some(format!("select * from {row} where {row}.{column} <> (select {again} from {from}{kept})"))
    }

    /// When an event happened: what it is ordered by, or its first point in time.
    fn time_of(&self, object: Object) -> Option<Field> {
        let facts = &self.design.facts;
        let ordered = facts.ordered_by.iter().find(|(other, _)| *other == object).map(|(_, field)| *field);
        let timed = |(_, other, kind): &&(Field, Object, Type)| {
            *other == object && *kind == Type::Primitive(Primitive::Timestamp)
        };
        ordered.or_else(|| facts.field.iter().find(timed).map(|(field, ..)| *field))
    }

    /// A request that took effect twice: two records by the identity of the request, or two decisions that were applied.
    fn unless_once(&self, operation: Operation, key: &[Parameter]) -> String {
        let filled = self.design.invariants.filled.iter().filter(|(other, ..)| *other == operation);
        let filled: Vec<(Object, Field)> = filled.map(|(_, object, field)| (*object, *field)).collect();
        if let (Some((object, _)), true) = (filled.first(), !key.is_empty() && filled.len() >= key.len()) {
            let fields: Vec<Field> =
                filled.iter().filter(|(other, _)| other == object).map(|(_, field)| *field).collect();
            return self.unless_unique(*object, &fields);
        }
        let key: Vec<&str> = key.iter().map(|parameter| self.name(*parameter)).collect();
        let key = if key.is_empty() { "request".to_owned() } else { key.join(", ") };
        let decisions = format!("{}_decisions", self.name(operation));
        format!("select {key}, count(*) from {decisions} where applied group by {key} having count(*) > 1")
    }

    fn unless_unique(&self, object: Object, fields: &[Field]) -> String {
        let pair = self.design.facts.canonical_pair.iter().find(|(other, ..)| *other == object);
        let group = match pair {
            Some((_, one, other)) if fields.contains(one) && fields.contains(other) => {
                let (one, other) = (self.name(*one), self.name(*other));
                format!("least({one}, {other}), greatest({one}, {other})")
            }
            _ => self.names(fields),
        };
        let group = if group.is_empty() { "key".to_owned() } else { group };
        format!("select {group}, count(*) from {} group by {group} having count(*) > 1", self.name(object))
    }

    fn unless_permitted(&self, permission: &Permission, what: Entity) -> String {
        let log = format!("{}_decisions", self.name(what));
        let broken = match permission {
            Permission::Is(condition @ Expr::Binary(operator, ..)) if operator.compares() => {
                format!("not ({})", self.sql(condition))
            }
            Permission::Is(who) => format!("caller <> {}", self.sql(who)),
            Permission::Actor(actor) => format!("caller_role <> '{}'", self.name(*actor)),
            Permission::GrantedBy(object) => {
                let granted = self.name(*object);
                format!("not exists (select 1 from {granted} where {granted}.granted_to = {log}.caller)")
            }
        };
        format!("select * from {log} where applied and {broken}")
    }

    /// What was announced and not taken; nothing is promised of what is sent at best effort.
    fn unless_delivered(&self, event: Event) -> Option<String> {
        let best_effort = self.design.facts.coupling.contains(&(event, Coupling::BestEffort));
        let outbox =
            format!("select * from {}_outbox where taken_at is null and given_up_at is not null", self.name(event));
        (!best_effort).then_some(outbox)
    }

    /// A write over several services that is neither done nor undone, or a condition that holds without its effect.
    fn unless_complete(&self, operation: Operation) -> String {
        let name = self.name(operation);
        let conditions = self.conditions.get(&operation).map_or(&[][..], Vec::as_slice);
        let met: Vec<(Object, &[(Field, Expr)])> = conditions
            .iter()
            .filter_map(|condition| match condition {
                Expr::Exists(object, fields) => Some((*object, fields.as_slice())),
                _ => None,
            })
            .collect();
        let Some((created, fields)) = self.created.get(&operation).filter(|_| !met.is_empty()) else {
            return format!("select * from {name}_log where ended_at is null and started_at < now() - deadline");
        };
        let (mut from, mut on, mut known) = (vec![], vec![], BTreeMap::new());
        for (place, (object, matched)) in met.iter().enumerate() {
            let alias = format!("{}{}", self.name(*object).to_lowercase(), place + 1);
            for (field, value) in *matched {
                let column = format!("{alias}.{}", self.name(*field));
                match value {
                    Expr::Parameter(parameter) => match known.get(parameter) {
                        Some(same) => on.push(format!("{column} = {same}")),
                        None => drop(known.insert(*parameter, column)),
                    },
                    value => on.push(format!("{column} = {}", self.sql(value))),
                }
            }
            from.push(format!("{} {alias}", self.name(*object)));
        }
        let same = fields.iter().filter_map(|(field, value)| match value {
            Expr::Parameter(parameter) => {
                Some(format!("{} = {}", self.design.facts.path(*field), known.get(parameter)?))
            }
            _ => None,
        });
        let same: Vec<String> = same.collect();
        on.push(format!("not exists (select 1 from {} where {})", self.name(*created), same.join(" and ")));
        format!("select * from {} where {}", from.join(", "), on.join(" and "))
    }

    fn sql(&self, expr: &Expr) -> String {
        self.written(expr, &|_| None)
    }

    /// An expression as SQL; `instead` says what stands for parts of it.
    fn written(&self, expr: &Expr, instead: &dyn Fn(&Expr) -> Option<String>) -> String {
        if let Some(text) = instead(expr) {
            return text;
        }
        let facts = &self.design.facts;
        match expr {
            Expr::Field(field, Some(instance)) => match self.instance.get(instance) {
                Some(object) => format!("{}.{}", self.name(*object), self.name(*field)),
                None => facts.path(*field),
            },
            Expr::State(state) => format!("'{}'", self.name(*state)),
            Expr::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Expr::Now => "decided_at".to_owned(),
            Expr::Not(inner) => format!("not ({})", self.written(inner, instead)),
            Expr::Binary(operator, left, right) => {
                let sides = (self.written(left, instead), self.written(right, instead));
                let (left, right) = (bracketed(left, sides.0), bracketed(right, sides.1));
                format!("{left} {} {right}", sql_operator(*operator))
            }
            Expr::Exists(object, fields) => {
                let record = self.name(*object);
                let same = fields
                    .iter()
                    .map(|(field, value)| format!("{record}.{} = {}", self.name(*field), self.written(value, instead)));
                let same: Vec<String> = same.collect();
                let only = if same.is_empty() { String::new() } else { format!(" where {}", same.join(" and ")) };
                format!("exists (select 1 from {record}{only})")
            }
            other => other.text(facts),
        }
    }
}

/// What is itself a choice or a conjunction stands in parentheses inside another.
fn bracketed(expr: &Expr, text: String) -> String {
    match expr {
        Expr::Binary(Operator::Or | Operator::And, ..) => format!("({text})"),
        _ => text,
    }
}

fn sql_operator(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "=",
        Operator::NotEqual => "<>",
        other => other.symbol(),
    }
}
