//! A whole design with its reasons: under each table, what its cells state and the shortest proof of it.

use super::Detail;
use super::tree::Trees;
use crate::Analysis;
use crate::rules::artifact::{Cell, Table};
use crate::rules::proof::{Fact, Proofs};

/// The reasons for what tables state, one table after the other. What one table has proved, the next only names.
pub struct Reasons<'a> {
    trees: Trees<'a>,
}

impl<'a> Reasons<'a> {
    /// Nothing said yet.
    pub fn new(spec: &'a Analysis, proofs: &'a Proofs<'a>) -> Self {
        Reasons { trees: Trees::new(spec, proofs, Detail::Telling) }
    }

    /// A Markdown list: each derived cell, row by row, followed by its proof. Empty where nothing in the table is derived.
    pub fn of(&mut self, table: &Table) -> String {
        let mut stated = vec![];
        table.rows.iter().flatten().for_each(|cell| state(cell, &mut stated));
        for fact in stated {
            self.trees.cell(fact);
        }
        self.trees.take()
    }

    /// A Markdown list of the rules that were named, each with its reason.
    pub fn rules(&self) -> String {
        self.trees.rules()
    }
}

/// The facts that a cell states, each once.
fn state(cell: &Cell, stated: &mut Vec<Fact>) {
    match cell {
        Cell::Derived(fact, _) if !stated.contains(fact) => stated.push(*fact),
        Cell::List(cells) => cells.iter().for_each(|cell| state(cell, stated)),
        _ => (),
    }
}
