//! A design for programs. What a field means is said in `schema/design.v1.json`, which is made from these types.

use serde::Serialize;

use super::json::Tool;
use crate::rules::artifact::{Cell, Section, Table};

/// The published schema of this format.
pub const SCHEMA: &str = include_str!("../../schema/design.v1.json");

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

impl<'a> From<&'a Section> for Step<'a> {
    fn from(section: &'a Section) -> Self {
        let tables = section.tables.iter().map(Grid::from).collect();
        Step { number: section.number, title: section.title, artifact: Artifact { tables } }
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
    }
}
