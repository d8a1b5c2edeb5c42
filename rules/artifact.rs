//! What a step puts out: tables of typed cells. Renderers know these and never a step.

use crate::fact::Entity;
use crate::proof::Fact;

/// The output artifact of one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// 1 to 20.
    pub number: u8,
    /// The framework's name of the step, sentence case.
    pub title: &'static str,
    /// In the framework's order.
    pub tables: Vec<Table>,
}

/// One table of a step's output artifact, in the framework's own columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Sentence case: "Source of truth".
    pub title: &'static str,
    /// The headings.
    pub columns: Vec<&'static str>,
    /// Every row has as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// What to say where there are no rows ("no projection is declared").
    pub empty: &'static str,
}

/// The content of one cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Prose.
    Text(String),
    /// A declared thing: links to its declaration.
    Entity(Entity, String),
    /// Something to be read literally: a predicate, SQL, a key.
    Code(String),
    /// A row or obligation id, which `sysd explain` answers.
    Row(&'static str),
    /// A derived value together with the fact it states: answers *why*.
    Derived(Fact, String),
    /// Several, one below the other.
    List(Vec<Cell>),
    /// Nothing to say; shown as a dash.
    Empty,
}

impl Cell {
    /// Prose.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    /// The cells below each other; one alone stands for itself, none is empty.
    pub fn list(mut cells: Vec<Cell>) -> Cell {
        match cells.len() {
            0 => Cell::Empty,
            1 => cells.remove(0),
            _ => Cell::List(cells),
        }
    }

    /// The cell as plain text, lists joined by `; `.
    pub fn plain(&self) -> String {
        match self {
            Cell::Text(text) | Cell::Code(text) | Cell::Entity(_, text) | Cell::Derived(_, text) => text.clone(),
            Cell::Row(row) => (*row).to_owned(),
            Cell::List(cells) => cells.iter().map(Cell::plain).collect::<Vec<_>>().join("; "),
            Cell::Empty => "–".to_owned(),
        }
    }
}
