//! A design as a Markdown document.

use std::borrow::Cow;

use super::mermaid;
use super::visible::visible;
use crate::rules::artifact::{Cell, Figure, Line, Section, Table};

/// The steps as sections, their tables as tables, their listings as code and their pictures as Mermaid diagrams.
pub fn render(system: &str, sections: &[Section]) -> String {
    render_with(system, sections, &mut |_| String::new())
}

/// The same, and below each table what there is to say about it.
pub fn render_with(system: &str, sections: &[Section], about: &mut dyn FnMut(&Table) -> String) -> String {
    let sections: String = sections.iter().map(|section| self::section(section, about)).collect();
    format!("# Design of {}\n{sections}", prose(system))
}

fn section(section: &Section, about: &mut dyn FnMut(&Table) -> String) -> String {
    let tables: String = section.tables.iter().map(|table| self::table(table) + &about(table)).collect();
    let figures: String = section.figures.iter().map(figure).collect();
    format!(
        "
## Step {}: {}
{tables}{figures}",
        section.number,
        prose(section.title)
    )
}

/// One table under its heading.
pub fn table(table: &Table) -> String {
    let heading = format!("\n### {}\n\n", prose(table.title));
    if table.rows.is_empty() {
        return format!("{heading}{}\n", sentence(table.empty));
    }
    let head = row(table.columns.iter().map(|column| prose(column)));
    let rule = row(table.columns.iter().map(|_| "---".to_owned()));
    let rows: String = table.rows.iter().map(|cells| row(cells.iter().map(cell))).collect();
    heading + &head + &rule + &rows
}

fn row(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.collect();
    format!("| {} |\n", cells.join(" | "))
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Code(text) => code(text),
        Cell::List(cells) => cells.iter().map(self::cell).collect::<Vec<_>>().join("<br>"),
        other => prose(&other.plain()),
    }
}

fn figure(figure: &Figure) -> String {
    let body = match figure {
        Figure::Listing(listing) => fenced("text", &listing.lines.iter().map(line).collect::<String>()),
        Figure::Graph(_) | Figure::Sequence(_) => fenced("mermaid", &mermaid::render(figure).unwrap_or_default()),
    };
    format!("\n### {}\n\n{body}", prose(figure.title()))
}

/// A line of a listing: one of several lines stays within its indentation.
fn line(line: &Line) -> String {
    let indent = "    ".repeat(usize::from(line.depth));
    visible(&line.text).lines().map(|text| format!("{indent}{text}\n")).collect()
}

/// A fenced block that no run of backticks within can close.
fn fenced(kind: &str, text: &str) -> String {
    let runs = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(runs.max(2) + 1);
    format!("{fence}{kind}\n{text}{fence}\n")
}

/// "no projection is declared" → "No projection is declared."
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{}.", prose(&format!("{first}{}", chars.as_str())))
}

/// Text that reads in Markdown as it stands, except that what is between backticks is code, as in messages.
pub fn prose(text: &str) -> String {
    let text = visible(text);
    let marks = text.matches('`').count();
    if marks % 2 == 1 {
        return escape(&text);
    }
    let part = |(index, part): (usize, &str)| match part {
        _ if index % 2 == 1 => code(part),
        // Two code spans side by side would be read as one.
        "" if 0 < index && index < marks => " ".to_owned(),
        _ => escape(part),
    };
    text.split('`').enumerate().map(part).collect()
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let inside_word = before.is_alphanumeric() && chars.peek().is_some_and(|next| next.is_alphanumeric());
        match c {
            '\r' => {}
            '\n' => out.push_str("<br>"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '_' if inside_word => out.push('_'),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => out.extend(['\\', c]),
            _ => out.push(c),
        }
        before = c;
    }
    out
}

/// A code span for every line, with a fence that no run of backticks within can close.
fn code(text: &str) -> String {
    let text = visible(text);
    let lines = text.lines().filter(|line| !line.is_empty());
    lines.map(span).collect::<Vec<_>>().join("<br>")
}

fn span(line: &str) -> String {
    let runs = line.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(if runs == 0 { 1 } else { runs + 1 });
    let line: Cow<str> = if line.contains('|') { line.replace('|', "\\|").into() } else { line.into() };
    let edge = |c: Option<char>| matches!(c, Some('`' | ' '));
    let pad = if edge(line.chars().next()) || edge(line.chars().last()) { " " } else { "" };
    format!("{fence}{pad}{line}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::tests::sections;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    #[test]
    fn reads_like_the_framework() {
        let expected = r##"# Design of auction_house

## Step 6: Mechanism selection

### Mechanisms

| Guards | Row | Why |
| --- | --- | --- |
| Auction | 6.2#4 | `` a \| b <= `c` `` |
| compare-and-set | one &amp; &lt;two><br>`three` of \*four\*<br>lines | – |

## Step 7: Axiomatic validation

### Projections

No projection is declared.

### Place a \*bid\*

````text
place(bid)
    when bid.amount > 0
    ``` and more
````

### States

```mermaid
stateDiagram-v2
    state "OPEN" as n1
    state "ENDED" as n2
    [*] --> n1
    n1 --> n2 : Close
    n2 --> [*]
```

### Bidding

```mermaid
sequenceDiagram
    participant n0 as Bidder
    participant n1 as auctions
    n0->>n1: bid
    n1-->>n0: done
```
"##;
        assert_eq!(render("auction_house", &sections()), expected);
    }

    /// The cells of the only row, as a reader of the rendered page sees them.
    fn read_back(markdown: &str) -> Vec<String> {
        let mut cells = vec![];
        let mut in_head = false;
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
            match event {
                Event::Start(Tag::TableHead) => in_head = true,
                Event::End(TagEnd::TableHead) => in_head = false,
                Event::Start(Tag::TableCell) if !in_head => cells.push(String::new()),
                Event::Text(text) | Event::Code(text) => {
                    cells.iter_mut().last().into_iter().for_each(|cell| cell.push_str(&text))
                }
                Event::InlineHtml(tag) => {
                    assert_eq!(&*tag, "<br>", "no tag but ours");
                    cells.iter_mut().last().into_iter().for_each(|cell| cell.push('\n'));
                }
                Event::Start(Tag::Emphasis | Tag::Strong | Tag::Link { .. } | Tag::Strikethrough) => {
                    panic!("markup in {markdown}")
                }
                _ => {}
            }
        }
        cells
    }

    proptest! {
        #[test]
        fn no_text_breaks_out_of_its_cell(text in r"[ab |\\_*~<>&#\[\]()!`$\n-]{0,20}", literal in r"[ab |\\_*<&`-]{1,12}") {
            let cells = vec![Cell::Text(text.clone()), Cell::Code(literal.clone())];
            let table = Table { title: "T", columns: vec!["A", "B"], rows: vec![cells], empty: "" };
            let sections = [Section { number: 1, title: "S", tables: vec![table], figures: vec![] }];
            let seen = read_back(&render("s", &sections));
            prop_assert_eq!(seen.len(), 2, "{:?}", seen);
            let shown = if text.matches('`').count() % 2 == 0 { text.replace('`', "") } else { text };
            let squeeze = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(squeeze(&seen[0]), squeeze(&shown));
            prop_assert_eq!(squeeze(&seen[1]), squeeze(&literal));
        }
    }
}
