//! How a promise of no violations is measured: queries over the tables of Step 9 that find what violates it.
//!
//! Where what is stored shows a violation, they read that. A condition on state that has changed since is judged by what was
//! recorded with the outcome: who asked for what, and what the decision read ([`crate::step_09_schema::decision`]). Never by the
//! row of today: what was right when it was decided would be reported. Names are those of the relational export.

mod decisions;
mod laws;
mod names;

use super::assumptions::HORIZON;
use crate::Design;
use crate::expression::{Action, Expr, Operator};
use crate::fact::*;
use crate::sql::{Kind, Kinds, Sql, binary, identifier, interval, not};
use crate::step_04_invariants::reading::Reading;
use crate::step_04_invariants::statuses;
use crate::step_09_schema::TableClass;
use crate::step_09_schema::decision::{Grounds, grounds};
use crate::vocabulary::Coupling;
use std::collections::{BTreeMap, BTreeSet};

/// What can be violated (S15-r3): everything but what is not said yet, lags, which have a target of their own, and what is
/// promised of nobody.
pub fn violable(design: &Design) -> Vec<(Invariant,)> {
    let auditor = Auditor::new(design);
    let all = design.invariants.invariant.iter().map(|(invariant, ..)| *invariant);
    all.filter(|invariant| auditor.is_violable(*invariant)).map(|invariant| (invariant,)).collect()
}

/// A query that finds violations, and nothing if there are none.
pub struct Query {
    /// Where it looks.
    pub reads: Evidence,
    /// As a database takes it.
    pub sql: String,
}

/// Where a violation can still be seen afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// In the records themselves.
    Records,
    /// In what was recorded with the outcomes: the records do not keep what was decided on.
    Outcomes,
}

/// What is said of an invariant without a query.
pub const UNSEEN: &str = "nothing that is stored shows one: tests of the path must";

impl Evidence {
    /// As tables name it.
    pub fn word(self) -> &'static str {
        match self {
            Evidence::Records => "records",
            Evidence::Outcomes => "recorded outcomes",
        }
    }

    fn query(self, sql: String) -> Query {
        Query { reads: self, sql }
    }
}

/// The queries that find violations of one invariant; made once for many.
pub struct Auditor<'d> {
    design: &'d Design,
    reading: Reading<'d>,
    status: BTreeMap<Object, Field>,
    key: BTreeMap<Object, Vec<Field>>,
    created: BTreeMap<Operation, (Object, &'d [(Field, Expr)])>,
    conditions: BTreeMap<Operation, Vec<&'d Expr>>,
    parameters: BTreeMap<Parameter, (&'d str, Type)>,
    grounds: BTreeMap<Operation, Grounds>,
    written: BTreeSet<Field>,
    tables: BTreeMap<(TableClass, Entity), Table>,
    columns: BTreeMap<(Table, Field), Column>,
    kinds: Kinds,
}

impl<'d> Auditor<'d> {
    /// Puts declarations at hand.
    pub fn new(design: &'d Design) -> Auditor<'d> {
        let (facts, schema) = (&design.facts, &design.schema);
        let mut key: BTreeMap<Object, Vec<Field>> = BTreeMap::new();
        facts.key.iter().for_each(|(object, field)| key.entry(*object).or_default().push(*field));
        let mut conditions: BTreeMap<Operation, Vec<&Expr>> = BTreeMap::new();
        for (_, operation, condition) in &facts.guard {
            conditions.entry(*operation).or_default().push(condition);
        }
        let created = facts.effect.iter().rev().filter_map(|(_, operation, object, _, action)| match action {
            Action::Create(fields) => Some((*operation, (*object, fields.as_slice()))),
            _ => None,
        });
        let parameters = facts.parameter.iter().map(|(it, _, kind)| (*it, (facts.name(*it), *kind)));
        let columns = schema.stores.iter().filter_map(|(column, field)| {
            let (_, table, _) = schema.column.get(column.index())?;
            Some(((*table, *field), *column))
        });
        Auditor {
            design,
            reading: Reading::new(design),
            status: statuses(facts).into_iter().collect(),
            key,
            created: created.collect(),
            conditions,
            parameters: parameters.collect(),
            grounds: grounds(facts),
            written: design.evidence.writes_field.iter().map(|(_, field)| *field).collect(),
            tables: schema.table.iter().map(|(table, class, of)| ((*class, *of), *table)).collect(),
            columns: columns.collect(),
            kinds: Kinds::new(facts),
        }
    }

    /// Whether it says something that can be untrue, whether or not anything stored shows that.
    fn is_violable(&self, invariant: Invariant) -> bool {
        match self.reading.statement(invariant) {
            Statement::Vague | Statement::Unresolved | Statement::Within(..) => false,
            Statement::Delivered(event) => !self.is_best_effort(event),
            _ => true,
        }
    }

    /// What finds violations of an invariant; empty where nothing that is stored shows one.
    pub fn queries(&self, invariant: Invariant) -> Vec<Query> {
        let records = |query: Option<String>| query.into_iter().map(|it| Evidence::Records.query(it)).collect();
        let outcomes = |query: Option<String>| query.into_iter().map(|it| Evidence::Outcomes.query(it)).collect();
        match self.reading.statement(invariant) {
            Statement::Vague | Statement::Unresolved | Statement::Within(..) => vec![],
            Statement::GuardOf(operation) => self.unless_guarded(operation),
            Statement::Holds(condition) => records(self.unless_held(&condition)),
            Statement::Increases(field, scope) => records(self.unless_increasing(field, &scope)),
            Statement::Ordered(object, by, scope) => records(self.unless_ordered(object, by, &scope)),
            Statement::Transitions(object) => self.unless_allowed(object),
            Statement::Equals { target, law, group } => records(self.unless_equal(target, &law, &group)),
            Statement::OncePer(operation, key) => self.unless_once(operation, &key).into_iter().collect(),
            Statement::UniquePer(object, fields) => records(self.unless_unique(object, &fields)),
            Statement::OnlyMay(permission, what) => outcomes(self.unless_permitted(&permission, what)),
            Statement::Delivered(event) => records(self.unless_delivered(event)),
            Statement::Completes(operation) => records(self.unless_complete(operation)),
        }
    }

    fn facts(&self) -> &'d Facts {
        &self.design.facts
    }

    fn table_of(&self, class: TableClass, of: impl Into<Entity>) -> Option<(Table, String)> {
        let table = *self.tables.get(&(class, of.into()))?;
        Some((table, identifier(self.design.schema.name(table))))
    }

    /// The table of an object.
    fn table(&self, object: Object) -> Option<String> {
        self.table_of(TableClass::Truth, object).map(|(_, name)| name)
    }

    fn column_in(&self, table: Table, field: Field) -> Option<String> {
        self.columns.get(&(table, field)).map(|column| identifier(self.design.schema.name(*column)))
    }

    /// The column of a field in the table of its object.
    fn column(&self, field: Field) -> Option<String> {
        let (table, _) = self.table_of(TableClass::Truth, self.facts().object_of(field))?;
        self.column_in(table, field)
    }

    /// A column that a mechanism adds.
    fn added(&self, table: Table, name: &str) -> Option<String> {
        let column = self.design.schema.added(table, name)?;
        Some(identifier(self.design.schema.name(column)))
    }

    /// `bid.amount`
    fn path(&self, field: Field) -> Option<String> {
        Some(format!("{}.{}", self.table(self.facts().object_of(field))?, self.column(field)?))
    }

    fn listed(&self, fields: &[Field]) -> Option<String> {
        let names: Option<Vec<String>> = fields.iter().map(|field| self.column(*field)).collect();
        names.map(|names| names.join(", "))
    }

    /// A condition over the records of one object.
    fn unless_held(&self, condition: &Expr) -> Option<String> {
        let object = self.facts().object_of(*condition.fields().first()?);
        let elsewhere = condition.fields().iter().any(|field| self.facts().object_of(*field) != object);
        let condition = self.over_stored(condition).filter(|_| !elsewhere)?;
        Some(format!("select * from {} where {}", self.table(object)?, not(&condition).text()))
    }

    fn unless_increasing(&self, field: Field, scope: &[Field]) -> Option<String> {
        let object = self.facts().object_of(field);
        let (table, column, by) = (self.table(object)?, self.column(field)?, self.order(object, None)?);
        let within = match scope {
            [] => String::new(),
            scope => format!("partition by {} ", self.listed(scope)?),
        };
        Some(format!(
            "select * from (select {table}.*, lag({column}) over ({within}order by {by}) as earlier from {table}) as accepted \
             where {column} <= earlier"
        ))
    }

    /// Two records in one place: readers may then see them in either order.
    fn unless_ordered(&self, object: Object, by: Option<Field>, scope: &[Field]) -> Option<String> {
        let mut place = vec![];
        if !scope.is_empty() {
            place.push(self.listed(scope)?);
        }
        place.push(self.order(object, by)?);
        let place = place.join(", ");
        Some(format!("select {place}, count(*) from {} group by {place} having count(*) > 1", self.table(object)?))
    }

    /// The field an object is ordered by, the tie-break with it.
    fn order(&self, object: Object, by: Option<Field>) -> Option<String> {
        let declared = || self.facts().ordered_by.iter().find(|(other, _)| *other == object).map(|(_, field)| *field);
        let tie = self.design.axes.tie_broken_by.iter().find(|(other, _)| *other == object).map(|(_, field)| *field);
        let field = by.or_else(declared)?;
        let fields: Vec<Field> = [Some(field), tie.filter(|tie| *tie != field)].into_iter().flatten().collect();
        self.listed(&fields)
    }

    fn unless_unique(&self, object: Object, fields: &[Field]) -> Option<String> {
        let pair = self.facts().canonical_pair.iter().find(|(other, ..)| *other == object);
        let group = match pair {
            Some((_, one, other)) if fields.contains(one) && fields.contains(other) => {
                let (one, other) = (self.column(*one)?, self.column(*other)?);
                format!("least({one}, {other}), greatest({one}, {other})")
            }
            _ => self.listed(fields)?,
        };
        let table = self.table(object).filter(|_| !group.is_empty())?;
        Some(format!("select {group}, count(*) from {table} group by {group} having count(*) > 1"))
    }

    fn is_best_effort(&self, event: Event) -> bool {
        self.facts().coupling.contains(&(event, Coupling::BestEffort))
    }

    /// What was announced and has not left when every retry must be over; nothing is promised of what is sent at best effort.
    fn unless_delivered(&self, event: Event) -> Option<String> {
        let (table, outbox) = self.table_of(TableClass::Outbox, event).filter(|_| !self.is_best_effort(event))?;
        let (sent, created) = (self.added(table, "sent_at")?, self.added(table, "created_at")?);
        Some(format!("select * from {outbox} where {sent} is null and {}", overdue(&created)))
    }

    /// A write over several services that is neither done nor undone, or a condition that holds without its effect.
    fn unless_complete(&self, operation: Operation) -> Option<String> {
        let conditions = self.conditions.get(&operation).map_or(&[][..], Vec::as_slice);
        let met = conditions.iter().filter_map(|condition| match condition {
            Expr::Exists(object, fields) => Some((*object, fields.as_slice())),
            _ => None,
        });
        let met: Vec<(Object, &[(Field, Expr)])> = met.collect();
        let Some((created, fields)) = self.created.get(&operation).filter(|_| !met.is_empty()) else {
            let (table, log) = self.table_of(TableClass::SagaLog, operation)?;
            let (state, started) = (self.added(table, "state")?, self.added(table, "started_at")?);
            let under_way = format!("{state} not in ('DONE', 'ABORTED')");
            return Some(format!("select * from {log} where {under_way} and {}", overdue(&started)));
        };
        let (mut from, mut on, mut known) = (vec![], vec![], BTreeMap::new());
        let equal = |one: &Sql, other: &Sql| binary(Operator::Equal, one, other).ok();
        for (place, (object, matched)) in met.iter().enumerate() {
            let alias = identifier(&format!("{}{}", self.facts().name(*object), place + 1));
            for (field, value) in *matched {
                let column = Sql::operand(format!("{alias}.{}", self.column(*field)?), self.kind(*field));
                match value {
                    Expr::Parameter(parameter) => match known.get(parameter) {
                        Some(same) => on.push(equal(&column, same)?),
                        None => drop(known.insert(*parameter, column)),
                    },
                    value => on.push(equal(&column, &self.over_stored(value)?)?),
                }
            }
            from.push(format!("{} as {alias}", self.table(*object)?));
        }
        let same = self.same_record(*created, fields, &known)?;
        let made = format!("exists (select 1 from {} where {})", self.table(*created)?, same.text());
        on.push(not(&Sql::operand(made, Kind::Boolean)));
        Some(format!("select * from {} where {}", from.join(", "), Sql::all(&on).text()))
    }

    /// That a record is the one made of these; of a pair, whichever of the two it names first.
    fn same_record(&self, created: Object, fields: &[(Field, Expr)], known: &BTreeMap<Parameter, Sql>) -> Option<Sql> {
        let made = fields.iter().filter_map(|(field, value)| match value {
            Expr::Parameter(parameter) => Some((*field, known.get(parameter)?)),
            _ => None,
        });
        let made: Vec<(Field, &Sql)> = made.collect();
        let value = |field: Field| made.iter().find(|(other, _)| *other == field).map(|(_, value)| *value);
        let pair = self.facts().canonical_pair.iter().find(|(other, ..)| *other == created);
        let pair = pair.and_then(|&(_, one, other)| Some((one, other, value(one)?, value(other)?)));
        let mut same = vec![];
        if let Some((one, other, first, second)) = pair {
            let (one, other) = (self.path(one)?, self.path(other)?);
            let (first, second) = (first.text(), second.text());
            for choice in ["least", "greatest"] {
                let alike = format!("{choice}({one}, {other}) = {choice}({first}, {second})");
                same.push(Sql::term(alike, Kind::Boolean));
            }
        }
        let apart = made.iter().filter(|(it, _)| pair.is_none_or(|(one, other, ..)| ![one, other].contains(it)));
        for (field, value) in apart {
            same.push(binary(Operator::Equal, &self.stored(*field).ok()?, value).ok()?);
        }
        (!same.is_empty()).then(|| Sql::all(&same))
    }
}

/// That something was begun so long ago that nobody tries any more.
fn overdue(since: &str) -> String {
    format!("{since} < now() - {}", interval(&HORIZON))
}
