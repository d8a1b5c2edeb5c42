//! Step 9, logical data model: tables, keys and constraints, still independent of technology.

pub mod artifact;
pub mod checks;

use crate::Design;
use crate::fact::*;
use crate::vocabulary::{Vocabulary, vocabulary};
use ascent::ascent;

vocabulary! {
    /// What a table is (S9-d5).
    TableClass = "class of table" {
        Truth = "source of truth": "Holds state that is right where copies disagree.",
        Projection = "projection": "Can be rebuilt from the truth.",
        Aggregate = "materialised aggregate": "Truth for its readers, derived from events (A-63).",
        Outcomes = "idempotency records": "Outcomes by request.",
        Outbox = "outbox": "Events written with the change that makes them.",
        Marks = "dedup marks": "Which events a consumer has applied.",
        SagaLog = "saga log": "How far each saga has come, and whether it is aborting.",
        Epochs = "fencing epochs": "The fence of each key, never expiring (A-47).",
        Inbox = "inbox": "What waits for a receiver.",
        Permissions = "permissions": "Who may do what.",
    }
}

ascent! {
    /// The logical schema.
    pub struct Schema;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `called(derived, name)`: what this step calls the things it derives; sorted, one each.
    relation called(Entity, String);

    /// `table(table, class, of)`: a table, what it is, and the object, view, operation or parameter it is for (S9-d1, S9-d2, S9-d4, S9-d5).
    relation table(Table, TableClass, Entity);
    /// `column(column, table, type)`: in the order of the ids; fields of an object come with their own type (S9-p1).
    relation column(Column, Table, Type);
    /// `stores(column, field)`: the column holds that declared field.
    relation stores(Column, Field);
    /// `primary_key(table, column)`
    relation primary_key(Table, Column);
    /// `partition_key(table, column)`: from the scope of the correctness invariant, never from convenience (S9-d3, AP-11).
    relation partition_key(Table, Column);
    /// `unique(table, column)`: together unique besides the primary key: the dedup key (S9-d4).
    relation unique(Table, Column);
    /// `ordering_key(table, column)`: for reads of a range.
    relation ordering_key(Table, Column);
    /// `indexed(table, column)`: a further way in, for a query (S9-q1).
    relation indexed(Table, Column);
    /// `served(path, table)`: the read path finds what it needs by a key or index of the table (S9-q1).
    relation served(Entity, Table);
}

/// Runs the step's program on the design so far.
pub fn derive(_design: &Design) -> Schema {
    Schema::default()
}
