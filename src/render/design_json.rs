//! A design for programs. What a field means is said in `schema/design.v1.json`, which is made from these types.

use serde::Serialize;

use super::json::Tool;
use crate::rules::artifact::{Cell, Figure, Frame, FrameKind, GraphKind, Section, Shape, Table};
use crate::rules::proof::Fact;

/// The published schema of this format.
pub const SCHEMA: &str = include_str!("../../schema/design.v1.json");

/// How every design begins.
pub const START: &str = "{\n  \"schemaVersion\": 1,\n  \"tool\": {\n    \"name\": \"sysd\",";

/// The steps with their artifacts.
pub fn render(system: &str, sections: &[Section]) -> String {
    let steps = sections.iter().map(Step::from).collect();
    super::pretty(&Design { schema_version: 1, tool: Tool::this(), system, steps })
}

/// What `sysd solve --format json` prints.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "sysd design"))]
#[serde(rename_all = "camelCase")]
struct Design<'a> {
    /// Grows when a field changes its meaning or goes; fields may be added under the same version.
    schema_version: u32,
    /// What wrote this.
    tool: Tool,
    /// The name of the system.
    system: &'a str,
    /// The steps of the framework, in order.
    steps: Vec<Step<'a>>,
}

/// One step and what it puts out.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Step<'a> {
    /// As the framework counts.
    #[cfg_attr(test, schemars(range(min = 1, max = 20)))]
    number: u8,
    /// The framework's name of the step.
    title: &'a str,
    /// Its output artifact.
    artifact: Artifact<'a>,
}

/// The output of a step.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Artifact<'a> {
    /// In the framework's order.
    tables: Vec<Grid<'a>>,
    /// The pictures and listings beside the tables, free of any notation.
    figures: Vec<Drawing<'a>>,
}

/// One table.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Grid<'a> {
    /// Its heading.
    title: &'a str,
    /// The headings of its columns.
    columns: &'a [&'static str],
    /// Each row has as many cells as there are columns.
    rows: Vec<Vec<Content>>,
}

/// The content of one cell.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Content {
    /// `text` is prose; `entity` a declared or derived thing; `code` is to be read literally; `row` is a row or obligation
    /// of the framework, which `sysd explain` answers; `derived` follows from the declarations; `list` has several items.
    #[cfg_attr(test, schemars(extend("enum" = ["text", "entity", "code", "row", "derived", "list", "empty"])))]
    kind: &'static str,
    /// The cell as plain text, whatever its kind; empty for `empty`.
    text: String,
    /// What an `entity` is: "object", "invariant".
    #[serde(skip_serializing_if = "Option::is_none")]
    noun: Option<&'static str>,
    /// The relation a `derived` cell states a fact of.
    #[serde(skip_serializing_if = "Option::is_none")]
    relation: Option<&'static str>,
    /// The cells of a `list`.
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Vec<Content>>,
}

/// A picture or a listing. Which fields there are depends on its kind.
#[derive(Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Drawing<'a> {
    /// `states`, `flow` and `entities` are graphs: `nodes` and `edges`; a `sequence` has `participants` and `messages`; a
    /// `listing` has `lines`.
    #[cfg_attr(test, schemars(extend("enum" = ["states", "flow", "entities", "sequence", "listing"])))]
    kind: &'static str,
    /// Its heading.
    title: &'a str,
    /// In the order in which they are to be drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    nodes: Option<Vec<Dot<'a>>>,
    /// From node to node.
    #[serde(skip_serializing_if = "Option::is_none")]
    edges: Option<Vec<Arrow<'a>>>,
    /// From left to right.
    #[serde(skip_serializing_if = "Option::is_none")]
    participants: Option<&'a [String]>,
    /// From top to bottom.
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<Vec<Said<'a>>>,
    /// What of the messages is said only sometimes, or again, outer ones first.
    #[serde(skip_serializing_if = "Option::is_none")]
    frames: Option<Vec<Framed<'a>>>,
    /// To be read one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<Vec<Instruction<'a>>>,
}

/// A node of a graph.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Dot<'a> {
    /// What is written in it; empty for the point a machine begins at.
    label: &'a str,
    /// Lines below the label.
    lines: &'a [String],
    /// How it is drawn.
    #[cfg_attr(test, schemars(extend("enum" = ["box", "start", "end", "store", "queue", "outside"])))]
    shape: &'static str,
    /// The group it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
}

/// An edge of a graph.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Arrow<'a> {
    /// Index of the node it leaves.
    from: usize,
    /// Index of the node it enters.
    to: usize,
    /// What is written on it; may be empty.
    label: &'a str,
    /// Whether it is drawn dashed: asynchronous, derived, optional.
    dashed: bool,
    /// The relation it states a fact of.
    #[serde(skip_serializing_if = "Option::is_none")]
    relation: Option<&'static str>,
}

/// A message of a sequence.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Said<'a> {
    /// Index of the sender among the participants.
    from: usize,
    /// Index of the receiver.
    to: usize,
    /// What is said.
    text: &'a str,
    /// Whether it is an answer.
    answer: bool,
}

/// Messages of a sequence that are not always said once.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Framed<'a> {
    /// `alternatives`: one of the branches happens; `loop`: again and again; `option`: or not; `break`: and nothing after it.
    #[cfg_attr(test, schemars(extend("enum" = ["alternatives", "loop", "option", "break"])))]
    kind: &'static str,
    /// From top to bottom.
    branches: Vec<Case<'a>>,
}

/// One branch of a frame.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Case<'a> {
    /// When it happens.
    when: &'a str,
    /// Index of its first message.
    first: usize,
    /// Index after its last message.
    end: usize,
}

/// A line of a listing.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Instruction<'a> {
    /// Levels of indentation.
    depth: u8,
    /// What it says.
    text: &'a str,
    /// The relation it states a fact of.
    #[serde(skip_serializing_if = "Option::is_none")]
    relation: Option<&'static str>,
}

impl<'a> From<&'a Section> for Step<'a> {
    fn from(section: &'a Section) -> Self {
        let tables = section.tables.iter().map(Grid::from).collect();
        let figures = section.figures.iter().map(Drawing::from).collect();
        Step { number: section.number, title: section.title, artifact: Artifact { tables, figures } }
    }
}

impl<'a> From<&'a Table> for Grid<'a> {
    fn from(table: &'a Table) -> Self {
        let rows = table.rows.iter().map(|row| row.iter().map(Content::from).collect()).collect();
        Grid { title: table.title, columns: &table.columns, rows }
    }
}

impl From<&Cell> for Content {
    fn from(cell: &Cell) -> Self {
        let content = |kind| Content { kind, text: cell.plain(), noun: None, relation: None, items: None };
        match cell {
            Cell::Text(_) => content("text"),
            Cell::Entity(entity, _) => Content { noun: Some(entity.noun()), ..content("entity") },
            Cell::Code(_) => content("code"),
            Cell::Row(_) => content("row"),
            Cell::Derived(fact, _) => Content { relation: Some(fact.relation), ..content("derived") },
            Cell::List(cells) => Content { items: Some(cells.iter().map(Content::from).collect()), ..content("list") },
            Cell::Empty => Content { text: String::new(), ..content("empty") },
        }
    }
}

impl<'a> From<&'a Figure> for Drawing<'a> {
    fn from(figure: &'a Figure) -> Self {
        let relation = |fact: &Option<Fact>| fact.as_ref().map(|fact| fact.relation);
        let drawing = |kind| Drawing { kind, title: figure.title(), ..Drawing::default() };
        match figure {
            Figure::Graph(graph) => {
                let nodes = graph.nodes.iter().map(|node| Dot {
                    label: &node.label,
                    lines: &node.lines,
                    shape: shape(node.shape),
                    group: node.group.as_deref(),
                });
                let edges = graph.edges.iter().map(|edge| Arrow {
                    from: edge.from,
                    to: edge.to,
                    label: &edge.label,
                    dashed: edge.dashed,
                    relation: relation(&edge.fact),
                });
                Drawing { nodes: Some(nodes.collect()), edges: Some(edges.collect()), ..drawing(kind(graph.kind)) }
            }
            Figure::Sequence(sequence) => {
                let messages = sequence.messages.iter();
                let said = messages.map(|it| Said { from: it.from, to: it.to, text: &it.text, answer: it.answer });
                let participants = Some(sequence.participants.as_slice());
                let frames = (!sequence.frames.is_empty()).then(|| sequence.frames.iter().map(framed).collect());
                Drawing { participants, messages: Some(said.collect()), frames, ..drawing("sequence") }
            }
            Figure::Listing(listing) => {
                let lines = listing.lines.iter();
                let lines =
                    lines.map(|it| Instruction { depth: it.depth, text: &it.text, relation: relation(&it.fact) });
                Drawing { lines: Some(lines.collect()), ..drawing("listing") }
            }
        }
    }
}

fn framed(frame: &Frame) -> Framed<'_> {
    let kind = match frame.kind {
        FrameKind::Alternatives => "alternatives",
        FrameKind::Loop => "loop",
        FrameKind::Option => "option",
        FrameKind::Break => "break",
    };
    let branches = frame.branches.iter();
    Framed { kind, branches: branches.map(|it| Case { when: &it.when, first: it.first, end: it.end }).collect() }
}

fn kind(kind: GraphKind) -> &'static str {
    match kind {
        GraphKind::States => "states",
        GraphKind::Flow => "flow",
        GraphKind::Entities => "entities",
    }
}

fn shape(shape: Shape) -> &'static str {
    match shape {
        Shape::Box => "box",
        Shape::Start => "start",
        Shape::End => "end",
        Shape::Store => "store",
        Shape::Queue => "queue",
        Shape::Outside => "outside",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::schema::{published, valid};
    use crate::render::tests::sections;

    #[test]
    fn the_published_schema_is_that_of_the_types_and_the_output_obeys_it() {
        let schema = published("design.v1.json", schemars::schema_for!(Design));
        let output: serde_json::Value = serde_json::from_str(&render("auction_house", &sections())).unwrap();
        assert_eq!(valid(&schema, &output), Ok(()));
        let step = &output["steps"][0];
        assert_eq!((&step["number"], &step["title"]), (&6.into(), &"Mechanism selection".into()));
        let rows = &step["artifact"]["tables"][0]["rows"];
        assert_eq!(rows[0][0], serde_json::json!({ "kind": "entity", "text": "Auction", "noun": "object" }));
        assert_eq!(rows[1][1]["items"][0]["text"], "one & <two>");
        let figures = &output["steps"][1]["artifact"]["figures"];
        assert_eq!(figures[0]["lines"][0], serde_json::json!({ "depth": 0, "text": "place(bid)" }));
        assert_eq!(figures[1]["edges"][1]["relation"], "transition");
        assert_eq!(figures[2]["messages"][1]["answer"], true);
    }
}
