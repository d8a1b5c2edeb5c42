//! Violations by an operation: what the outcome says it was decided on, by whom, and how often.

use super::names::{Recorded, Stored};
use super::{Auditor, Evidence, Query};
use crate::expression::{Action, Expr};
use crate::fact::*;
use crate::sql::{Kind, Names, Sql, expression, identifier, literal};
use crate::step_09_schema::TableClass;
use std::collections::{BTreeMap, BTreeSet};

impl Auditor<'_> {
    /// Eligibility, by what is stored where the created record shows it, and by what was recorded with the outcome for the
    /// rest: a condition on state that has changed since cannot be seen afterwards.
    pub(super) fn unless_guarded(&self, operation: Operation) -> Vec<Query> {
        let conditions = self.conditions.get(&operation).map_or(&[][..], Vec::as_slice);
        let recorded = Recorded { auditor: self, operation };
        let (mut shown, mut hidden, mut read) = (vec![], vec![], vec![]);
        for condition in conditions {
            match self.in_stored_state(operation, condition) {
                Some(condition) if !shown.contains(&condition) => shown.push(condition),
                Some(_) => (),
                None => {
                    let Ok(decided) = expression(&recorded, condition) else { continue };
                    hidden.push(decided);
                    condition.walk(&mut |part| {
                        if let Expr::Field(field, instance) = part {
                            read.extend(recorded.field(*field, *instance));
                        }
                    });
                }
            }
        }
        // A condition of the author's may say already where it begins.
        let origins = self.origins(operation).into_iter();
        hidden.extend(origins.filter(|(status, _)| !read.contains(status)).map(|(_, origin)| origin));
        let decisions = self.table_of(TableClass::Outcomes, operation).and_then(|(table, outcomes)| {
            let accepted = self.added(table, "accepted").filter(|_| !hidden.is_empty())?;
            let sql = format!("select * from {outcomes} where {accepted} and {}", untrue(&Sql::all(&hidden)));
            Some(Evidence::Outcomes.query(sql))
        });
        let shown = self.unless_shown(operation, &shown).map(|sql| Evidence::Records.query(sql));
        shown.into_iter().chain(decisions).collect()
    }

    /// Records that the operation has created although the condition does not hold of them.
    fn unless_shown(&self, operation: Operation, shown: &[Sql]) -> Option<String> {
        let (object, fields) = self.created.get(&operation).filter(|_| !shown.is_empty())?;
        let record = self.table(*object)?;
        let mut from = record.clone();
        for (other, on) in self.joined(fields) {
            from.push_str(&format!(" join {} on {on}", self.table(other)?));
        }
        Some(format!("select {record}.* from {from} where {}", untrue(&Sql::all(shown))))
    }

    /// The states its transitions start from: the status that the decision read, and the condition on it.
    fn origins(&self, operation: Operation) -> Vec<(Sql, Sql)> {
        let facts = self.facts();
        let mut from: BTreeMap<Object, BTreeSet<&str>> = BTreeMap::new();
        for (_, transition) in facts.triggers.iter().filter(|(other, _)| *other == operation) {
            for (_, object, origin, _) in facts.transition.iter().filter(|(other, ..)| other == transition) {
                from.entry(*object).or_default().insert(facts.name(*origin));
            }
        }
        let recorded = Recorded { auditor: self, operation };
        let read = from.into_iter().filter_map(|(object, states)| {
            let status = expression(&recorded, &Expr::Field(*self.status.get(&object)?, None)).ok()?;
            let states: Vec<String> = states.into_iter().map(literal).collect();
            let begins = format!("{} in ({})", status.as_operand(), states.join(", "));
            Some((status, Sql::term(begins, Kind::Boolean)))
        });
        read.collect()
    }

    /// A condition over the record that the operation creates and what never changes, if that says it all.
    fn in_stored_state(&self, operation: Operation, condition: &Expr) -> Option<Sql> {
        let (_, fields) = self.created.get(&operation)?;
        let joined = self.joined(fields);
        let mut shown = true;
        condition.walk(&mut |part| {
            shown &= match part {
                Expr::Parameter(_) | Expr::Now | Expr::Caller => self.keeps(fields, part).is_some(),
                Expr::Field(field, Some(parameter)) => {
                    let read = self.instance(*parameter).is_some_and(|of| joined.iter().any(|(other, _)| *other == of));
                    let own = self.status.get(&self.facts().object_of(*field)) == Some(field);
                    read && !own && !self.written.contains(field)
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
        let stored = Stored { auditor: self, made: fields };
        shown.then(|| expression(&stored, condition).ok()).flatten()
    }

    /// The object that a parameter is an instance of.
    fn instance(&self, parameter: Parameter) -> Option<Object> {
        match self.parameters.get(&parameter)?.1 {
            Type::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The objects whose key is among the fields of a new record, and how to find their instance.
    fn joined(&self, fields: &[(Field, Expr)]) -> Vec<(Object, String)> {
        let found = fields.iter().filter_map(|(field, value)| {
            let Expr::Field(of, Some(parameter)) = value else { return None };
            let object = self.instance(*parameter)?;
            let whole = self.key.get(&object).is_some_and(|key| key == &[*of]);
            let on = format!("{} = {}", self.path(*field)?, self.path(*of)?);
            whole.then_some((object, on))
        });
        found.collect()
    }

    /// A request that took effect twice: two records by the identity of the request, or two outcomes of one caller's. Under one key
    /// the records of outcomes have but one; here is found what they cannot keep out: a key used again elsewhere.
    pub(super) fn unless_once(&self, operation: Operation, key: &[Parameter]) -> Option<Query> {
        let filled = self.design.invariants.filled.iter().filter(|(other, ..)| *other == operation);
        let filled: Vec<(Object, Field)> = filled.map(|(_, object, field)| (*object, *field)).collect();
        if let (Some((object, _)), true) = (filled.first(), !key.is_empty() && filled.len() >= key.len()) {
            let fields: Vec<Field> =
                filled.iter().filter(|(other, _)| other == object).map(|(_, field)| *field).collect();
            if let Some(query) = self.unless_unique(*object, &fields) {
                return Some(Evidence::Records.query(query));
            }
        }
        let (table, outcomes) = self.table_of(TableClass::Outcomes, operation).filter(|_| !key.is_empty())?;
        let accepted = self.added(table, "accepted")?;
        let caller =
            self.added(table, "caller").filter(|_| self.grounds.get(&operation).is_some_and(|it| it.per_caller));
        let known = caller.as_ref().map_or(String::new(), |caller| format!(" and {caller} is not null"));
        let asked: Option<Vec<String>> = key.iter().map(|parameter| self.asked(table, *parameter)).collect();
        let group: Vec<String> = caller.into_iter().chain(asked?).collect();
        let group = group.join(", ");
        Some(Evidence::Outcomes.query(format!(
            "select {group}, count(*) from {outcomes} where {accepted}{known} group by {group} having count(*) > 1"
        )))
    }

    /// A parameter of the key as a column of the outcomes, or as it was asked for.
    fn asked(&self, table: Table, parameter: Parameter) -> Option<String> {
        let name = self.parameters.get(&parameter)?.0;
        let schema = &self.design.schema;
        let mut columns = schema.columns(table).filter(|column| !self.stores(*column) && schema.name(*column) == name);
        match columns.next() {
            Some(_) => Some(identifier(name)),
            None => Some(format!("{} ->> {}", self.added(table, "request")?, literal(name))),
        }
    }

    /// Who it was, by what the decision read. Who was granted a role then may have lost it since, and is not judged.
    pub(super) fn unless_permitted(&self, permission: &Permission, what: Entity) -> Option<String> {
        let (Permission::Is(who), Entity::Operation(operation)) = (permission, what) else { return None };
        let (table, outcomes) = self.table_of(TableClass::Outcomes, what)?;
        let recorded = Recorded { auditor: self, operation };
        let meant = expression(&recorded, who).ok()?;
        let broken = match who {
            Expr::Binary(operator, ..) if operator.makes_condition() => untrue(&meant),
            _ => format!("{} is distinct from {}", expression(&recorded, &Expr::Caller).ok()?.text(), meant.as_text()),
        };
        Some(format!("select * from {outcomes} where {} and {broken}", self.added(table, "accepted")?))
    }

    /// Decisions that began where no transition begins; and rows that are as a decision has left them, by their version, in
    /// another state than it leads to.
    pub(super) fn unless_allowed(&self, object: Object) -> Vec<Query> {
        let facts = self.facts();
        let mut targets: BTreeMap<Operation, BTreeSet<&str>> = BTreeMap::new();
        for (operation, transition) in &facts.triggers {
            for (_, _, _, to) in facts.transition.iter().filter(|(other, of, ..)| other == transition && *of == object)
            {
                targets.entry(*operation).or_default().insert(facts.name(*to));
            }
        }
        let begun = targets.keys().filter_map(|operation| self.unless_begun(*operation, object));
        let left = targets.iter().filter_map(|(operation, to)| self.unless_left(*operation, object, to));
        let all = [begun.collect::<Vec<_>>(), left.collect()];
        let all = all.into_iter().filter(|parts| !parts.is_empty());
        all.map(|parts| Evidence::Outcomes.query(parts.join(" union all "))).collect()
    }

    /// `'Open' as operation, auction_id`: what tells the parts of such a query apart.
    fn told_apart(&self, operation: Operation, object: Object, table: Table) -> Option<String> {
        let mut columns = vec![format!("{} as operation", literal(self.facts().name(operation)))];
        for field in self.key.get(&object)? {
            columns.push(format!("o.{}", self.column_in(table, *field)?));
        }
        Some(columns.join(", "))
    }

    fn unless_begun(&self, operation: Operation, object: Object) -> Option<String> {
        let (table, outcomes) = self.table_of(TableClass::Outcomes, operation)?;
        let (columns, accepted) = (self.told_apart(operation, object, table)?, self.added(table, "accepted")?);
        let origins = self.origins(operation);
        let [(_, begins)] = origins.as_slice() else { return None };
        Some(format!("select {columns} from {outcomes} as o where o.{accepted} and {}", untrue(begins)))
    }

    fn unless_left(&self, operation: Operation, object: Object, to: &BTreeSet<&str>) -> Option<String> {
        let (table, outcomes) = self.table_of(TableClass::Outcomes, operation)?;
        let (truth, rows) = self.table_of(TableClass::Truth, object)?;
        let (version, status) = (self.added(truth, "version")?, self.column(*self.status.get(&object)?)?);
        let (accepted, answer) = (self.added(table, "accepted")?, self.added(table, "answer")?);
        // The answer has the version of one row.
        let others = self.facts().effect.iter().filter(|(_, of, ..)| *of == operation);
        let alone =
            others.filter(|(.., action)| !matches!(action, Action::Create(_))).all(|(_, _, of, ..)| *of == object);
        let alone = alone && self.moved(operation).iter().all(|of| *of == object);
        let mut on = vec![];
        for field in self.key.get(&object).filter(|_| alone)? {
            on.push(format!("t.{} = o.{}", self.column(*field)?, self.column_in(table, *field)?));
        }
        on.push(format!("t.{version} = cast(o.{answer} ->> 'version' as bigint)"));
        let to: Vec<String> = to.iter().map(|state| literal(state)).collect();
        Some(format!(
            "select {} from {outcomes} as o join {rows} as t on {} where o.{accepted} and t.{status} not in ({})",
            self.told_apart(operation, object, table)?,
            on.join(" and "),
            to.join(", "),
        ))
    }

    /// The objects whose machines the operation moves.
    fn moved(&self, operation: Operation) -> BTreeSet<Object> {
        let facts = self.facts();
        let taken = facts.triggers.iter().filter(|(other, _)| *other == operation).map(|(_, transition)| *transition);
        let of = taken.flat_map(|taken| facts.transition.iter().filter(move |(transition, ..)| *transition == taken));
        of.map(|(_, object, ..)| *object).collect()
    }
}

/// That a condition does not hold, or that what it reads is missing.
fn untrue(condition: &Sql) -> String {
    format!("{} is not true", condition.as_operand())
}
