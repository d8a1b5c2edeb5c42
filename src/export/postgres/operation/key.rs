//! By what a request is recognised when it comes again, and where its outcome lies (S9-d4, A-50).

use std::collections::BTreeMap;
use sysd_rules::expression::Expr;
use sysd_rules::fact::*;
use sysd_rules::sql::{Kind, Names, Sql};
use sysd_rules::step_08_algorithms::instances;
use sysd_rules::step_09_schema as schema;

use super::plan::Plan;
use crate::export::postgres::expression::Scope;

/// By what the request is recognised: columns of the idempotency record and their values.
pub struct Key {
    /// Column and value, both SQL.
    pub request: Vec<(String, String)>,
    /// Variables that must be read first, because a value is in the row.
    pub needs: Vec<usize>,
    /// The record that makes the request recognisable by itself: its object, and the values of its key.
    pub natural: Option<(Object, Vec<(String, String)>)>,
    /// What else of that record shows that this request has made it.
    signature: Vec<(String, String)>,
}

impl Key {
    /// Reads them off the plan, or says what is missing.
    pub fn read(plan: &Plan) -> Result<Key, String> {
        let mut needs = vec![];
        let request = columns(plan, plan.outcomes, &mut needs)?;
        columns(plan, plan.saga, &mut needs)?;
        let natural = if plan.outcomes.is_none() { natural(plan)? } else { None };
        needs.sort_unstable();
        needs.dedup();
        let signature = if natural.is_some() { signature(plan)? } else { vec![] };
        Ok(Key { request, needs, natural, signature })
    }

    /// The record that this request has made: its key, and what the request gave (S8-p5).
    pub fn own_record(&self, pairs: &[(String, String)], alias: &str) -> String {
        let own = self.signature.iter();
        let own = own.map(|(column, value)| format!(" and {alias}.{column} is not distinct from {value}"));
        format!("{}{}", Self::condition(pairs, alias), own.collect::<String>())
    }

    /// The row of these values, under that alias.
    pub fn condition(pairs: &[(String, String)], alias: &str) -> String {
        pairs.iter().map(|(column, value)| format!("{alias}.{column} = {value}")).collect::<Vec<_>>().join(" and ")
    }
}

/// The values of the key of a table that remembers requests.
pub fn columns(plan: &Plan, table: Option<Table>, needs: &mut Vec<usize>) -> Result<Vec<(String, String)>, String> {
    let (database, design) = (plan.database, plan.database.design);
    let Some(table) = table else { return Ok(vec![]) };
    let mut pairs = vec![];
    for column in schema::of(&design.schema.primary_key, table) {
        let stored = design.schema.stores.iter().find(|(other, _)| *other == column).map(|(_, field)| *field);
        let value = match stored {
            Some(field) => placed(plan, field, needs)?,
            None => {
                let name = design.schema.name(column);
                let mut once = design.facts.once_per.iter().filter(|(of, _)| *of == plan.operation);
                let parameter =
                    once.find(|(_, parameter)| design.facts.name(*parameter) == name).map(|(_, parameter)| *parameter);
                let parameter = parameter.ok_or_else(|| format!("nothing fills `{name}` of its outcome"))?;
                plan.scope.value(&Expr::Parameter(parameter), database.kind(column))?
            }
        };
        pairs.push((database.column(column).to_owned(), value));
    }
    Ok(pairs)
}

/// The value of a field that places the outcome: part of the instance's key, else in its row, else what a record is made with.
pub fn placed(plan: &Plan, field: Field, needs: &mut Vec<usize>) -> Result<String, String> {
    let facts = &plan.database.design.facts;
    let object = facts.object_of(field);
    let instance = plan.changes.iter().map(|change| &change.instance).find(|instance| instance.object == object);
    if let Some(instance) = instance {
        if let Some((_, argument)) = instance.key.iter().find(|(other, _)| *other == field) {
            return Ok(argument.clone());
        }
        let at = plan.scope.instances.iter().position(|other| other.parameter == instance.parameter);
        needs.extend(at);
        return plan.scope.field(field, Some(instance.parameter)).map(|value| value.as_operand());
    }
    let made = plan.creations.iter().find(|(_, made, _)| *made == object);
    let value =
        made.and_then(|(_, _, values)| values.iter().find(|(other, _)| *other == field)).map(|(_, value)| value);
    let value = value.ok_or_else(|| format!("nothing says the `{}` of its outcome", facts.path(field)))?;
    for (at, instance) in plan.scope.instances.iter().enumerate() {
        let mut read = false;
        value.walk(&mut |part| {
            read |= matches!(part, Expr::Field(_, Some(parameter)) if *parameter == instance.parameter)
        });
        needs.extend(read.then_some(at));
    }
    let Some((_, made, values)) = made else { return Err("it makes no record".to_owned()) };
    let given = pairs_in_order(&plan.scope, *made, values)?;
    let given = given.into_iter().find(|(other, _)| *other == field).map(|(_, value)| value);
    given.ok_or_else(|| format!("`{}` has no column", facts.path(field)))
}

/// S8-e5: a record whose key is the request's own is the answer to whoever asks again.
fn natural(plan: &Plan) -> Result<Option<(Object, Vec<(String, String)>)>, String> {
    let Some((_, object, values)) = plan.creations.first().filter(|_| plan.changes.is_empty()) else { return Ok(None) };
    let facts = &plan.database.design.facts;
    let given = pairs_in_order(&plan.scope, *object, values)?;
    let key: Vec<Field> = facts.key.iter().filter(|(of, _)| of == object).map(|(_, field)| *field).collect();
    let mut pairs = vec![];
    for &field in &key {
        let Some((column, _)) = plan.database.truth_column(field) else { return Ok(None) };
        let Some((_, value)) = given.iter().find(|(other, _)| *other == field) else { return Ok(None) };
        pairs.push((column.to_owned(), value.clone()));
    }
    let reads_rows = values.iter().any(|(field, value)| key.contains(field) && plan.scope.reads_rows(value));
    Ok(Some((*object, pairs)).filter(|(_, pairs)| !pairs.is_empty() && !reads_rows))
}

/// What of the record it makes shows that this request has made it.
fn signature(plan: &Plan) -> Result<Vec<(String, String)>, String> {
    let (database, design) = (plan.database, plan.database.design);
    let Some((_, object, values)) = plan.creations.first() else { return Ok(vec![]) };
    let key: Vec<Field> = design.facts.key.iter().filter(|(of, _)| of == object).map(|(_, field)| *field).collect();
    let lasting = instances::signature(design, *object, values, &key);
    let given = pairs_in_order(&plan.scope, *object, values)?.into_iter().filter(|(field, _)| lasting.contains(field));
    let columns = given.filter_map(|(field, value)| database.truth_column(field).map(|column| (column, value)));
    // A place has no equality.
    let compared = columns.filter(|((_, kind), _)| *kind != Kind::Point);
    Ok(compared.map(|((column, _), value)| (column.to_owned(), value)).collect())
}

/// The values of a record, of an unordered pair the lesser first.
pub fn pairs_in_order(from: &Scope, object: Object, values: &[(Field, Expr)]) -> Result<Vec<(Field, String)>, String> {
    let database = from.database;
    let facts = &database.design.facts;
    let mut scope = from.clone();
    let mut pairs: BTreeMap<Field, String> = BTreeMap::new();
    for (field, value) in values {
        let Some((_, kind)) = database.truth_column(*field) else { continue };
        let value = from.value(value, kind)?;
        scope.made.push((*field, Sql::operand(&value, kind)));
        pairs.insert(*field, value);
    }
    // A field that begins as another field of the record begins as what that one is given.
    for (field, value) in &facts.initial {
        if facts.object_of(*field) == object && !pairs.contains_key(field) && !value.fields().is_empty() {
            let Some((_, kind)) = database.truth_column(*field) else { continue };
            pairs.insert(*field, scope.value(value, kind)?);
        }
    }
    for (_, one, other) in facts.canonical_pair.iter().filter(|(of, ..)| *of == object) {
        if let (Some(first), Some(second)) = (pairs.get(one).cloned(), pairs.get(other).cloned()) {
            pairs.insert(*one, format!("least({first}, {second})"));
            pairs.insert(*other, format!("greatest({first}, {second})"));
        }
    }
    Ok(pairs.into_iter().collect())
}
