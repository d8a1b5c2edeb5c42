//! Pictures as SVG with plain text in it: it can be searched, selected, printed, and styled by the page around it.

mod graph;
mod layout;
mod sequence;

use std::fmt::Write;

use sysd_rules::artifact::Figure;
use unicode_width::UnicodeWidthStr;

use crate::render::visible::visible;

/// Beyond so many nodes a graph takes minutes to place, and nobody finds anything in it.
const MOST_NODES: usize = 250;

/// Why there is no picture of a graph that has something to show.
pub fn left_out(figure: &Figure) -> Option<String> {
    let Figure::Graph(graph) = figure else { return None };
    let nodes = graph.nodes.len();
    (nodes > MOST_NODES).then(|| {
        format!("{nodes} nodes are too many for one picture; `sysd export dot` writes them for a tool that zooms")
    })
}

/// The picture; nothing for a listing, which is text, and for a graph without nodes or with too many.
pub fn render(figure: &Figure) -> Option<String> {
    match figure {
        Figure::Graph(graph) if graph.nodes.len() > MOST_NODES => None,
        Figure::Graph(graph) => (!graph.nodes.is_empty()).then(|| graph::draw(graph)),
        Figure::Sequence(sequence) => (!sequence.participants.is_empty()).then(|| sequence::draw(sequence)),
        Figure::Listing(_) => None,
    }
}

/// Pixels from line to line.
const LINE: f64 = 18.0;
/// Longest line of a label, in columns; longer ones are broken.
const COLUMNS: usize = 32;

/// Grows by elements.
#[derive(Default)]
struct Canvas {
    text: String,
}

impl Canvas {
    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(element);
        self.text.push('\n');
    }

    /// Lines of text around a point.
    fn label(&mut self, class: &str, x: f64, y: f64, lines: &[String]) {
        let top = y - (lines.len() as f64 - 1.0) * LINE / 2.0;
        for (index, line) in lines.iter().enumerate() {
            let y = top + index as f64 * LINE;
            self.add(format_args!(r#"<text class="{class}" x="{x:.1}" y="{y:.1}">{}</text>"#, escape(line)));
        }
    }

    /// The whole picture, with a title for those who cannot see it.
    fn finish(self, title: &str, width: f64, height: f64) -> String {
        format!(
            concat!(
                r#"<svg class="figure" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {w:.0} {h:.0}" "#,
                r#"width="{w:.0}" height="{h:.0}"><title>{t}</title>"#,
                "\n{text}</svg>\n"
            ),
            w = width.ceil(),
            h = height.ceil(),
            t = escape(title),
            text = self.text
        )
    }
}

/// Text as XML holds it. Control characters are shown as pictures of themselves.
fn escape(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// About how wide a line is drawn at 13 pixels, a little more rather than less: there is no font to ask.
fn width(text: &str) -> f64 {
    text.width() as f64 * 7.4
}

/// The widest of the lines.
fn widest(lines: &[String]) -> f64 {
    lines.iter().map(|line| width(line)).fold(0.0, f64::max)
}

/// A label in lines of at most [`COLUMNS`], broken at spaces where there are any.
fn wrap(text: &str) -> Vec<String> {
    let mut lines = vec![];
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            for piece in pieces(word) {
                if !line.is_empty() && line.width() + 1 + piece.width() > COLUMNS {
                    lines.push(std::mem::take(&mut line));
                }
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(&piece);
            }
        }
        lines.push(line);
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// A word that is too long for a line, in pieces that are not.
fn pieces(word: &str) -> Vec<String> {
    let chars: Vec<char> = word.chars().collect();
    chars.chunks(COLUMNS).map(|piece| piece.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sysd_rules::artifact::*;

    fn graph(labels: &[&str], edges: &[(usize, usize)]) -> Figure {
        let node =
            |label: &&str| Node { label: (*label).to_owned(), lines: vec![], shape: Shape::Box, group: None, of: None };
        let edge =
            |&(from, to): &(usize, usize)| Edge { from, to, label: "goes".to_owned(), dashed: false, fact: None };
        Figure::Graph(Graph {
            title: "T".to_owned(),
            kind: GraphKind::States,
            nodes: labels.iter().map(node).collect(),
            edges: edges.iter().map(edge).collect(),
        })
    }

    #[test]
    fn what_a_name_says_is_text() {
        let hostile = "<script>alert(\"1\")</script> & ]]> \u{202e}txet\u{0}";
        let svg = render(&graph(&[hostile, "B"], &[(0, 1), (1, 1)])).unwrap();
        assert!(!svg.contains("<script") && !svg.contains('\u{202e}') && !svg.contains('\0'), "{svg}");
        assert!(svg.contains("&lt;script&gt;"));
    }

    #[test]
    fn long_names_are_broken() {
        assert_eq!(wrap(&"x".repeat(70)).len(), 3);
        assert_eq!(wrap("one two"), ["one two"]);
        assert!(wrap(&"word ".repeat(20)).iter().all(|line| line.len() <= COLUMNS));
    }

    #[test]
    fn a_picture_is_the_same_every_time_and_every_graph_has_one() {
        let cases: [(&[&str], &[(usize, usize)]); 5] = [
            (&["A"], &[]),
            (&["A"], &[(0, 0)]),
            (&["A", "B", "C"], &[(0, 1), (1, 2), (2, 0), (0, 1)]),
            (&["A", "B"], &[(0, 7)]),
            (&["A", "B", "C", "D"], &[(0, 1), (2, 3)]),
        ];
        for (labels, edges) in cases {
            let first = render(&graph(labels, edges)).unwrap();
            assert_eq!(first, render(&graph(labels, edges)).unwrap());
            assert!(!first.contains("NaN"), "{first}");
            labels.iter().for_each(|label| assert!(first.contains(&format!(">{label}</text>")), "{first}"));
        }
    }
}
