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
    /// The pictures and listings beside the tables.
    pub figures: Vec<Figure>,
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

/// What a step shows beside its tables: a picture or a listing, free of any notation. Writers turn it into Mermaid, DOT or SVG.
#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    /// Things and how they are connected.
    Graph(Graph),
    /// Who says what to whom, in order.
    Sequence(Sequence),
    /// Steps to be read one by one.
    Listing(Listing),
}

impl Figure {
    /// What it is called.
    pub fn title(&self) -> &str {
        match self {
            Figure::Graph(graph) => &graph.title,
            Figure::Sequence(sequence) => &sequence.title,
            Figure::Listing(listing) => &listing.title,
        }
    }
}

/// A graph: a state machine, a topology, a data flow, an entity-relationship diagram.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    /// "States of Auction".
    pub title: String,
    /// What kind of picture it is.
    pub kind: GraphKind,
    /// In the order in which they are to be drawn.
    pub nodes: Vec<Node>,
    /// From node to node, by index into `nodes`.
    pub edges: Vec<Edge>,
}

/// The kinds of graph, where notations have one of their own for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphKind {
    /// States and transitions.
    States,
    /// Components and data flows.
    Flow,
    /// Tables and references.
    Entities,
}

/// A node of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What is written in it.
    pub label: String,
    /// Lines below the label: columns of a table, for one.
    pub lines: Vec<String>,
    /// How it is drawn.
    pub shape: Shape,
    /// The group it stands in, where the graph has groups.
    pub group: Option<String>,
    /// What it stands for.
    pub of: Option<Entity>,
}

/// How a node is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A state, a service, a table.
    Box,
    /// Where a machine begins.
    Start,
    /// A state nothing leads out of.
    End,
    /// A store.
    Store,
    /// A log or queue.
    Queue,
    /// An actor or another system.
    Outside,
}

/// An edge of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// Index of the node it leaves.
    pub from: usize,
    /// Index of the node it enters.
    pub to: usize,
    /// What is written on it.
    pub label: String,
    /// Whether it is drawn dashed: asynchronous, derived, optional.
    pub dashed: bool,
    /// The fact it states.
    pub fact: Option<Fact>,
}

/// An exchange between participants.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// "PlaceBid".
    pub title: String,
    /// From left to right.
    pub participants: Vec<String>,
    /// From top to bottom.
    pub messages: Vec<Message>,
    /// What is said only sometimes, or again: in the order in which they open, one within another or apart.
    pub frames: Vec<Frame>,
}

/// Part of a sequence that is not always said once.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Which sort.
    pub kind: FrameKind,
    /// From top to bottom; of alternatives several, of all others one.
    pub branches: Vec<Branch>,
}

/// The sorts of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameKind {
    /// One of its branches is what happens.
    Alternatives,
    /// It happens again and again.
    Loop,
    /// It happens, or not.
    Option,
    /// If it happens, nothing comes after it.
    Break,
}

/// Messages `first` to just before `end` of a sequence, and when they are said.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// "a condition does not hold"
    pub when: String,
    /// Index of its first message.
    pub first: usize,
    /// Index after its last one.
    pub end: usize,
}

/// What comes next in a sequence that is read from top to bottom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Turn<'s> {
    /// A frame begins, with its first branch.
    Opens(FrameKind, &'s str),
    /// The next branch of the innermost frame begins.
    Otherwise(&'s str),
    /// A message.
    Says(&'s Message),
    /// The innermost frame ends.
    Closes,
}

impl Sequence {
    /// Messages and frames in the order in which they are read. Frames without a message are left out.
    pub fn turns(&self) -> Vec<Turn<'_>> {
        let first = |frame: &Frame| frame.branches.first().map_or(0, |branch| branch.first);
        let end = |frame: &Frame| frame.branches.last().map_or(0, |branch| branch.end);
        let mut turns = vec![];
        let mut open: Vec<&Frame> = vec![];
        for index in 0..=self.messages.len() {
            while open.pop_if(|frame| end(frame) <= index).is_some() {
                turns.push(Turn::Closes);
            }
            if let Some(frame) = open.last() {
                let next = frame.branches.iter().skip(1).find(|branch| branch.first == index);
                turns.extend(next.map(|branch| Turn::Otherwise(&branch.when)));
            }
            for frame in self.frames.iter().filter(|frame| first(frame) == index && end(frame) > index) {
                turns.push(Turn::Opens(frame.kind, &frame.branches[0].when));
                open.push(frame);
            }
            turns.extend(self.messages.get(index).map(Turn::Says));
        }
        turns
    }
}

/// One message of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Index of the sender among the participants.
    pub from: usize,
    /// Index of the receiver.
    pub to: usize,
    /// What is said.
    pub text: String,
    /// Whether it is an answer.
    pub answer: bool,
}

/// An algorithm or another text to be read line by line.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// "PlaceBid".
    pub title: String,
    /// The operation or the like that it is of.
    pub of: Option<Entity>,
    /// Its lines, each with its depth of indentation and, where one states a fact, the fact.
    pub lines: Vec<Line>,
}

/// A line of a listing.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Levels of indentation.
    pub depth: u8,
    /// What it says.
    pub text: String,
    /// The fact it states.
    pub fact: Option<Fact>,
}
