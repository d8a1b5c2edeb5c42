//! A design as tables on a terminal. Styled: the stream it goes to strips what it must.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::visible::visible;
use crate::rules::artifact::{Cell, Figure, FrameKind, Section, Table, Turn};

/// The steps one below the other, no line wider than `width` columns where that can be helped.
pub fn render(sections: &[Section], width: usize) -> String {
    render_with(sections, width, &mut |_| String::new())
}

/// The same, and below each table what there is to say about it.
pub fn render_with(sections: &[Section], width: usize, about: &mut dyn FnMut(&Table) -> String) -> String {
    let sections: Vec<String> = sections.iter().map(|section| self::section(section, width, about)).collect();
    sections.join("\n")
}

/// One step: its heading, its tables and its figures.
fn section(section: &Section, width: usize, about: &mut dyn FnMut(&Table) -> String) -> String {
    let heading = format!("Step {}  {}", section.number, section.title);
    let rule = "═".repeat(heading.width());
    let tables = section.tables.iter().map(|table| format!("\n{}{}", self::table(table, width), about(table)));
    let tables: String = tables.collect();
    let figures: String = section.figures.iter().map(|figure| format!("\n{}", self::figure(figure, width))).collect();
    format!("{STRONG}{heading}{STRONG:#}\n{FAINT}{rule}{FAINT:#}\n{tables}{figures}")
}

/// One table under its title.
pub fn table(table: &Table, width: usize) -> String {
    let title = format!("{STRONG}{}{STRONG:#}\n", table.title);
    if table.rows.is_empty() {
        return format!("{title}{INDENT}{FAINT}{}{FAINT:#}\n", table.empty);
    }
    let rows: Vec<Vec<Vec<Piece>>> = table.rows.iter().map(|row| row.iter().map(pieces).collect()).collect();
    match widths(&table.columns, &rows, width.saturating_sub(INDENT.len())) {
        Some(widths) => title + &grid(&table.columns, &rows, &widths),
        None => title + &records(&table.columns, &rows, width.saturating_sub(INDENT.len())),
    }
}

/// A listing line by line; a picture as who is connected with whom.
fn figure(figure: &Figure, width: usize) -> String {
    let connected = |from: Option<&str>, arrow: &str, to: Option<&str>, label: &str| {
        let end = |name: Option<&str>| name.filter(|name| !name.is_empty()).unwrap_or("●").to_owned();
        let colon = if label.is_empty() { "" } else { ": " };
        (0, format!("{} {arrow} {}{colon}{label}", end(from), end(to)))
    };
    let lines: Vec<(usize, String)> = match figure {
        Figure::Listing(listing) => {
            listing.lines.iter().map(|line| (usize::from(line.depth), line.text.clone())).collect()
        }
        Figure::Graph(graph) => {
            let name = |index: usize| graph.nodes.get(index).map(|node| node.label.as_str());
            let arrow = |dashed| if dashed { "⇢" } else { "→" };
            let edges = graph.edges.iter();
            edges.map(|edge| connected(name(edge.from), arrow(edge.dashed), name(edge.to), &edge.label)).collect()
        }
        Figure::Sequence(sequence) => {
            let name = |index: usize| sequence.participants.get(index).map(String::as_str);
            let arrow = |answer| if answer { "⇢" } else { "→" };
            let mut depth = 0;
            let mut lines = vec![];
            for turn in sequence.turns() {
                match turn {
                    Turn::Opens(kind, when) => {
                        lines.push((depth, format!("{}{when}:", opening(kind))));
                        depth += 1;
                    }
                    Turn::Otherwise(when) => lines.push((depth - 1, format!("or if {when}:"))),
                    Turn::Says(it) => {
                        let (_, text) = connected(name(it.from), arrow(it.answer), name(it.to), &it.text);
                        lines.push((depth, text));
                    }
                    Turn::Closes => depth -= 1,
                }
            }
            lines
        }
    };
    let title = format!("{STRONG}{}{STRONG:#}\n", visible(figure.title()));
    title + &lines.iter().map(|(depth, text)| indented(*depth, text, width)).collect::<String>()
}

fn opening(kind: FrameKind) -> &'static str {
    match kind {
        FrameKind::Alternatives | FrameKind::Option => "if ",
        FrameKind::Loop => "repeat ",
        FrameKind::Break => "ends here if ",
    }
}

/// The text, two columns further in for each level; what does not fit goes on four columns further in still.
fn indented(depth: usize, text: &str, width: usize) -> String {
    let margin = INDENT.repeat(depth + 1);
    let text = visible(text).replace('\t', " ");
    let room = width.saturating_sub(margin.len() + 2 * INDENT.len()).max(20);
    let mut out = String::new();
    for line in text.lines() {
        for (index, line) in wrap(line, room).iter().enumerate() {
            let hang = if index == 0 { String::new() } else { INDENT.repeat(2) };
            out += &format!("{margin}{hang}{line}\n");
        }
    }
    out
}

const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const INDENT: &str = "  ";
const GAP: &str = "  ";

/// Part of a cell that begins on a line of its own.
struct Piece {
    /// A bullet, or as much space.
    lead: String,
    text: String,
    style: Style,
}

impl Piece {
    fn new(text: impl Into<String>, style: Style) -> Self {
        Piece { lead: String::new(), text: text.into(), style }
    }
}

fn pieces(cell: &Cell) -> Vec<Piece> {
    let style = match cell {
        Cell::Code(_) => AnsiColor::Cyan.on_default(),
        Cell::Row(_) | Cell::Empty => FAINT,
        Cell::Entity(..) | Cell::Derived(..) | Cell::Text(_) | Cell::List(_) => Style::new(),
    };
    if let Cell::List(cells) = cell {
        let items = cells.iter().map(pieces);
        return items
            .flat_map(|item| item.into_iter().enumerate().map(|(line, piece)| bullet(line == 0, piece)))
            .collect();
    }
    let text = visible(&cell.plain()).replace('\t', " ");
    text.lines().map(|line| Piece::new(line.trim(), style)).collect()
}

fn bullet(first: bool, piece: Piece) -> Piece {
    Piece { lead: format!("{}{}", if first { "· " } else { "  " }, piece.lead), ..piece }
}

/// How wide each column becomes; nothing, where the table does not fit even with every word on its own line.
fn widths(columns: &[&str], rows: &[Vec<Vec<Piece>>], room: usize) -> Option<Vec<usize>> {
    let room = room.checked_sub(GAP.len() * columns.len().saturating_sub(1))?;
    let of_column = |index: usize| rows.iter().filter_map(move |row| row.get(index)).flatten();
    let widest_part = |index: usize, parts: fn(&str) -> usize| {
        of_column(index).map(|piece| piece.lead.width() + parts(&piece.text)).chain([columns[index].width()]).max()
    };
    let whole = |index: usize| widest_part(index, |text| text.width());
    let longest_word = |index: usize| widest_part(index, |text| text.split(' ').map(str::width).max().unwrap_or(0));
    let most: Vec<usize> = (0..columns.len()).filter_map(whole).collect();
    let mut widths: Vec<usize> = (0..columns.len()).filter_map(longest_word).collect();
    let mut spare = room.checked_sub(widths.iter().sum())?;
    // The narrowest column that wants more gets the next cell.
    while spare > 0 {
        let hungry = (0..widths.len()).filter(|index| widths[*index] < most[*index]).min_by_key(|index| widths[*index]);
        let Some(index) = hungry else { break };
        widths[index] += 1;
        spare -= 1;
    }
    Some(widths)
}

fn grid(columns: &[&str], rows: &[Vec<Vec<Piece>>], widths: &[usize]) -> String {
    let heads: Vec<Vec<Piece>> = columns.iter().map(|column| vec![Piece::new(*column, STRONG)]).collect();
    let rules: Vec<Vec<Piece>> = widths.iter().map(|width| vec![Piece::new("─".repeat(*width), FAINT)]).collect();
    let mut out = line(&heads, widths).0 + &line(&rules, widths).0;
    let mut was_tall = false;
    for (index, row) in rows.iter().enumerate() {
        let (text, height) = line(row, widths);
        // Rows of several lines are set apart, or it would be hard to say where one ends.
        if index > 0 && (was_tall || height > 1) {
            out.push('\n');
        }
        was_tall = height > 1;
        out += &text;
    }
    out
}

/// One row of a grid, and how many lines it takes.
fn line(cells: &[Vec<Piece>], widths: &[usize]) -> (String, usize) {
    let columns: Vec<Vec<(String, Style)>> = cells.iter().zip(widths).map(|(cell, width)| fill(cell, *width)).collect();
    lines(&columns, widths)
}

/// Columns of lines side by side, and how many lines that makes.
fn lines(columns: &[Vec<(String, Style)>], widths: &[usize]) -> (String, usize) {
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    let mut out = String::new();
    for index in 0..height {
        let mut owed = INDENT.len();
        for (column, width) in columns.iter().zip(widths) {
            if let Some((text, style)) = column.get(index).filter(|(text, _)| !text.is_empty()) {
                out += &format!("{}{style}{text}{style:#}", " ".repeat(owed));
                owed = width.saturating_sub(text.width());
            } else {
                owed += width;
            }
            owed += GAP.len();
        }
        out.push('\n');
    }
    (out, height)
}

/// For a table that does not fit: each row as a list of its fields.
fn records(columns: &[&str], rows: &[Vec<Vec<Piece>>], room: usize) -> String {
    let label = columns.iter().map(|column| column.width()).max().unwrap_or(0);
    let value = room.saturating_sub(label + GAP.len()).max(20);
    let records = rows.iter().map(|row| {
        let fields = columns.iter().zip(row).map(|(column, cell)| {
            lines(&[fill(&[Piece::new(*column, STRONG)], label), fill(cell, value)], &[label, value]).0
        });
        fields.collect::<String>()
    });
    records.collect::<Vec<_>>().join("\n")
}

/// The pieces as lines of at most `width` columns.
fn fill(pieces: &[Piece], width: usize) -> Vec<(String, Style)> {
    let mut lines = vec![];
    for piece in pieces {
        let lead = piece.lead.width();
        for (index, line) in wrap(&piece.text, width.saturating_sub(lead).max(1)).into_iter().enumerate() {
            let lead = if index == 0 { piece.lead.clone() } else { " ".repeat(lead) };
            lines.push((lead + &line, piece.style));
        }
    }
    lines
}

/// Breaks at spaces, and inside a word only where the word alone is too wide.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![];
    let mut line = String::new();
    let mut taken = 0;
    for word in text.split_whitespace() {
        let wide = word.width();
        if !line.is_empty() && taken + 1 + wide > width {
            lines.push(std::mem::take(&mut line));
            taken = 0;
        } else if !line.is_empty() {
            line.push(' ');
            taken += 1;
        }
        if wide <= width {
            line.push_str(word);
            taken += wide;
            continue;
        }
        for c in word.chars() {
            let wide = c.width().unwrap_or(0);
            if !line.is_empty() && taken + wide > width {
                lines.push(std::mem::take(&mut line));
                taken = 0;
            }
            line.push(c);
            taken += wide;
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::tests::sections;
    use proptest::prelude::*;

    fn plain(sections: &[Section], width: usize) -> String {
        anstream::adapter::strip_str(&render(sections, width)).to_string()
    }

    #[test]
    fn a_wide_terminal_shows_tables() {
        let expected = "\
Step 6  Mechanism selection
═══════════════════════════

Mechanisms
  Guards           Row                  Why
  ───────────────  ───────────────────  ────────────
  Auction          6.2#4                a | b <= `c`

  compare-and-set  · one & <two>        –
                   · `three` of *four*
                     lines

Step 7  Axiomatic validation
════════════════════════════

Projections
  no projection is declared

Place a *bid*
  place(bid)
    when bid.amount > 0
    ``` and more

States
  ● → OPEN
  OPEN → ENDED: Close

Bidding
  Bidder → auctions: bid
  auctions ⇢ Bidder: done
";
        assert_eq!(plain(&sections(), 80), expected);
    }

    #[test]
    fn a_narrow_terminal_wraps_and_a_very_narrow_one_lists_fields() {
        let wrapped = "\
Mechanisms
  Guards           Row           Why
  ───────────────  ────────────  ────────────
  Auction          6.2#4         a | b <= `c`

  compare-and-set  · one &       –
                     <two>
                   · `three` of
                     *four*
                     lines
";
        let listed = "\
Mechanisms
  Guards  Auction
  Row     6.2#4
  Why     a | b <= `c`

  Guards  compare-and-set
  Row     · one & <two>
          · `three` of *four*
            lines
  Why     –
";
        let tables = sections().remove(0).tables;
        for (width, expected) in [(45, wrapped), (30, listed)] {
            assert_eq!(anstream::adapter::strip_str(&table(&tables[0], width)).to_string(), expected);
        }
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_it_must_be_and_no_letter_is_lost(
            cells in prop::collection::vec("[a-zé日 \n`]{0,60}", 3), width in 10usize..120,
        ) {
            let row = cells.iter().map(|text| Cell::Text(text.clone())).collect();
            let table = Table { title: "T", columns: vec!["One", "Two", "Three"], rows: vec![row], empty: "" };
            let shown = plain(&[Section { number: 1, title: "S", tables: vec![table], figures: vec![] }], width);
            // Records have a least width, so that a column of letters is nobody's table.
            let widest = width.max(INDENT.len() + "Three".len() + GAP.len() + 20).max("Step 1  S".len());
            prop_assert!(shown.lines().all(|line| line.width() <= widest), "{shown}");
            let count = |text: &str| text.chars().filter(|c| "abcdfgijklmpqsuvxyzé日".contains(*c)).count();
            let head = count("Step S T One Two Three");
            prop_assert_eq!(count(&shown), head + cells.iter().map(|text| count(text)).sum::<usize>());
        }
    }
}
