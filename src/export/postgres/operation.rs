//! Every write path as one function: the outcome recorded first, the whole condition in the statement that writes, what follows
//! in the same transaction.
//!
//! To be called at read committed or stricter. Under concurrent calls with one request key the second waits for the first and
//! then gets its outcome; under concurrent calls on one row the second decides on what the first has left.

mod body;
mod key;
mod plan;
mod statement;

use std::collections::BTreeSet;
use sysd_rules::fact::*;
use sysd_rules::step_09_schema::TableClass;

use super::Database;
use super::names::{comment, dollar, is_of_server};
use super::tables::said;
use plan::Plan;

pub use key::Key;
pub use plan::states;

/// The functions, operation by operation.
pub fn render(database: &mut Database) -> String {
    let operations: Vec<Operation> = (0..database.design.facts.names.operations.len() as u32).map(Operation).collect();
    let names: Vec<String> = operations.iter().map(|operation| called(database, *operation)).collect();
    for (table, class, of) in &database.design.schema.table {
        if *class == TableClass::SagaLog {
            let begin = database.functions.give(&format!("{} saga begin", database.design.name(*of)));
            database.begins.insert(*table, begin);
        }
    }
    let mut text = String::new();
    for (operation, name) in operations.into_iter().zip(names) {
        text.push_str(&function(database, operation, &name));
        text.push('\n');
    }
    text
}

/// The operation's name, or `do_charge` where the server has a `charge` of its own.
fn called(database: &mut Database, operation: Operation) -> String {
    let name = database.design.facts.name(operation);
    match is_of_server(name) {
        true => database.functions.give(&format!("do {name}")),
        false => database.functions.give(name),
    }
}

fn function(database: &Database, operation: Operation, name: &str) -> String {
    let facts = &database.design.facts;
    let heading = said(&format!("{}: {}", facts.name(operation), sentence(database, operation)));
    let written = Plan::new(database, operation).and_then(|plan| {
        let (body, begin) = (body::write(&plan)?, body::begin(&plan)?);
        Ok((plan, body, begin))
    });
    match written {
        Ok((plan, body, begin)) => {
            let arguments = plan.signature.join(", ");
            let apart = match is_of_server(facts.name(operation)) {
                true => format!("-- called {}, for the server has a function of the operation's name\n", comment(name)),
                false => String::new(),
            };
            format!(
                "{heading}{apart}create function {name}({arguments}) returns jsonb language plpgsql as {};\n{begin}",
                dollar(&body)
            )
        }
        Err(reason) => format!("{heading}-- no function: {}\n", comment(&reason)),
    }
}

/// The requirement's own words, or the documentation of the operation.
fn sentence(database: &Database, operation: Operation) -> String {
    let facts = &database.design.facts;
    let documented =
        facts.names.get(operation.into()).map(|name| name.doc.trim().to_owned()).filter(|doc| !doc.is_empty());
    let served = facts.touches.iter().filter(|(.., what)| *what == operation.into());
    let served: BTreeSet<&str> = served
        .filter_map(|(requirement, ..)| facts.names.get((*requirement).into()).and_then(|name| name.title.as_deref()))
        .collect();
    documented.unwrap_or_else(|| served.into_iter().collect::<Vec<_>>().join("; "))
}
