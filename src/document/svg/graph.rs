//! State machines, topologies, entity-relationship diagrams.

use sysd_rules::artifact::{Graph, GraphKind, Node, Shape};

use super::layout::{Boxes, place};
use super::{Canvas, LINE, escape, widest, wrap};

/// Draws a graph. Edges to nodes that are not there are left out.
pub fn draw(graph: &Graph) -> String {
    let mut groups: Vec<&str> = vec![];
    for group in graph.nodes.iter().filter_map(|node| node.group.as_deref()) {
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    let nodes: Vec<Drawn> = graph.nodes.iter().map(Drawn::new).collect();
    let known = |index: usize| index < nodes.len();
    let edges: Vec<_> = graph.edges.iter().filter(|edge| known(edge.from) && known(edge.to)).collect();
    let labels: Vec<Vec<String>> = edges.iter().map(|edge| wrap(&edge.label)).collect();
    let sized = edges.iter().zip(&labels).map(|(edge, lines)| {
        let height = lines.len() as f64 * LINE;
        (edge.from, edge.to, if lines.is_empty() { 0.0 } else { widest(lines) + 8.0 }, height)
    });
    let group_of = |node: &Node| groups.iter().position(|group| Some(*group) == node.group.as_deref());
    let boxes = Boxes {
        nodes: nodes
            .iter()
            .zip(&graph.nodes)
            .map(|(drawn, node)| (drawn.width, drawn.height, group_of(node)))
            .collect(),
        edges: sized.collect(),
        groups: groups.len(),
        across: graph.kind != GraphKind::States,
    };
    let placed = place(&boxes);
    let mut canvas = Canvas::default();
    for (group, place) in groups.iter().zip(&placed.groups) {
        if let Some((x, y, width, height)) = place {
            let (left, top) = (x - width / 2.0, y - height / 2.0);
            canvas.add(format_args!(
                r#"<rect class="group" x="{left:.1}" y="{top:.1}" width="{width:.1}" height="{height:.1}" rx="8"/>"#
            ));
            canvas.add(format_args!(
                r#"<text class="group-name" x="{:.1}" y="{:.1}">{}</text>"#,
                left + 8.0,
                top + 14.0,
                escape(group)
            ));
        }
    }
    for (edge, (points, _)) in edges.iter().zip(&placed.edges) {
        line(&mut canvas, points, edge.dashed);
    }
    for (drawn, at) in nodes.iter().zip(&placed.nodes) {
        drawn.draw(&mut canvas, *at);
    }
    for ((_, (x, y)), lines) in placed.edges.iter().zip(&labels) {
        canvas.label("edge-label", *x, *y, lines);
    }
    canvas.finish(&graph.title, placed.size.0, placed.size.1)
}

/// An edge, rounded at its corners, with its head drawn: markers are lost where two pictures on a page share an id.
fn line(canvas: &mut Canvas, points: &[(f64, f64)], dashed: bool) {
    let [first, .., last] = points else { return };
    let mut path = format!("M{:.1} {:.1}", first.0, first.1);
    for pair in points[1..].windows(2) {
        let ((x, y), next) = (pair[0], pair[1]);
        path += &format!(" Q{x:.1} {y:.1} {:.1} {:.1}", (x + next.0) / 2.0, (y + next.1) / 2.0);
    }
    path += &format!(" L{:.1} {:.1}", last.0, last.1);
    let class = if dashed { "edge dashed" } else { "edge" };
    canvas.add(format_args!(r#"<path class="{class}" d="{path}"/>"#));
    let before = points[points.len() - 2];
    let angle = (last.1 - before.1).atan2(last.0 - before.0);
    let corner = |turn: f64| (last.0 - 8.0 * (angle + turn).cos(), last.1 - 8.0 * (angle + turn).sin());
    let (a, b) = (corner(0.4), corner(-0.4));
    canvas.add(format_args!(
        r#"<path class="head" d="M{:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1} Z"/>"#,
        last.0, last.1, a.0, a.1, b.0, b.1
    ));
}

/// A node with its size.
struct Drawn {
    shape: Shape,
    label: Vec<String>,
    lines: Vec<String>,
    width: f64,
    height: f64,
}

impl Drawn {
    fn new(node: &Node) -> Drawn {
        let label = wrap(&node.label);
        let lines: Vec<String> = node.lines.iter().flat_map(|line| wrap(line)).collect();
        let rows = label.len().max(1) + lines.len();
        let gap = if lines.is_empty() { 0.0 } else { 10.0 };
        let width = (widest(&label).max(widest(&lines)) + 24.0).max(44.0);
        let bare = label.is_empty() && node.shape == Shape::Start;
        let (width, height) = if bare { (18.0, 18.0) } else { (width, rows as f64 * LINE + 16.0 + gap) };
        Drawn { shape: node.shape, label, lines, width, height }
    }

    fn draw(&self, canvas: &mut Canvas, (x, y): (f64, f64)) {
        let (width, height) = (self.width, self.height);
        let (left, top) = (x - width / 2.0, y - height / 2.0);
        let (class, radius) = match self.shape {
            Shape::Start if self.label.is_empty() => {
                return canvas.add(format_args!(r#"<circle class="start" cx="{x:.1}" cy="{y:.1}" r="8"/>"#));
            }
            Shape::Box => ("node", 6.0),
            Shape::Start => ("node begins", 18.0),
            Shape::End => ("node ends", 18.0),
            Shape::Store => ("node store", 3.0),
            Shape::Queue => ("node queue", height / 2.0),
            Shape::Outside => ("node outside", 0.0),
        };
        canvas.add(format_args!(
            r#"<rect class="{class}" x="{left:.1}" y="{top:.1}" width="{width:.1}" height="{height:.1}" rx="{radius:.1}"/>"#
        ));
        if self.shape == Shape::End {
            canvas.add(format_args!(
                r#"<rect class="inner" x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}" rx="15"/>"#,
                left + 3.0,
                top + 3.0,
                width - 6.0,
                height - 6.0
            ));
        }
        if self.lines.is_empty() {
            return canvas.label("name", x, y, &self.label);
        }
        let head = top + 8.0 + self.label.len() as f64 * LINE / 2.0;
        canvas.label("name", x, head, &self.label);
        let rule = top + 12.0 + self.label.len() as f64 * LINE;
        canvas.add(format_args!(r#"<path class="rule" d="M{left:.1} {rule:.1} H{:.1}"/>"#, left + width));
        for (index, line) in self.lines.iter().enumerate() {
            let y = rule + 14.0 + index as f64 * LINE;
            canvas.add(format_args!(
                r#"<text class="column" x="{:.1}" y="{y:.1}">{}</text>"#,
                left + 12.0,
                escape(line)
            ));
        }
    }
}
