//! Graphs in Graphviz' notation. The one writer of it. Names stand in quoted labels only, never as identifiers.

use std::collections::BTreeSet;

use super::visible::visible;
use crate::rules::artifact::{Graph, GraphKind, Node, Shape};

/// The graph as a DOT digraph.
pub fn render(graph: &Graph) -> String {
    // Services are a long chain with long words on its arrows: across, they would be a ribbon.
    let down = match graph.kind {
        GraphKind::States => true,
        GraphKind::Flow => graph.nodes.iter().any(|node| node.group.is_some()),
        GraphKind::Entities => false,
    };
    let across = if down { "TB" } else { "LR" };
    let mut out = format!(
        "digraph {{\n    label={}; labelloc=t; rankdir={across};\n    node [shape=box, fontname=\"sans-serif\"]; edge [fontname=\"sans-serif\"];\n",
        quoted(&graph.title)
    );
    let mut groups: Vec<&str> = vec![];
    for group in graph.nodes.iter().filter_map(|node| node.group.as_deref()) {
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    for (index, group) in groups.iter().enumerate() {
        out += &format!("    subgraph cluster_{index} {{\n        label={};\n", quoted(group));
        out += &nodes(graph, Some(group), "        ");
        out += "    }\n";
    }
    out += &nodes(graph, None, "    ");
    for edge in graph.edges.iter().filter(|edge| edge.from.max(edge.to) < graph.nodes.len()) {
        let style = if edge.dashed { ", style=dashed" } else { "" };
        out += &format!("    n{} -> n{} [label={}{style}];\n", edge.from, edge.to, quoted(&edge.label));
    }
    for (one, next) in beside(graph) {
        out += &format!("    n{one} -> n{next} [style=invis];\n");
    }
    out + "}\n"
}

/// What no edge ties to anything would stand in one long column: such nodes go on in a next one, so that the columns are about as
/// high as they are many.
fn beside(graph: &Graph) -> Vec<(usize, usize)> {
    let tied: BTreeSet<usize> = graph.edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
    let alone: Vec<usize> = (0..graph.nodes.len()).filter(|index| !tied.contains(index)).collect();
    let height = (1..).find(|height| height * height >= alone.len()).unwrap_or(1);
    alone.iter().zip(alone.iter().skip(height.max(3))).map(|(one, next)| (*one, *next)).collect()
}

fn nodes(graph: &Graph, group: Option<&str>, indent: &str) -> String {
    let within = graph.nodes.iter().enumerate().filter(|(_, node)| node.group.as_deref() == group);
    within.map(|(index, node)| format!("{indent}n{index} [{}];\n", look(node, graph.kind))).collect()
}

fn look(node: &Node, kind: GraphKind) -> String {
    let mut label = node.label.clone();
    let shape = match node.shape {
        Shape::Box => "box",
        Shape::Start if node.label.is_empty() => "point",
        Shape::Start => "oval",
        Shape::End => "doubleoctagon",
        Shape::Store | Shape::Queue if kind == GraphKind::Entities && !node.lines.is_empty() => {
            let lines: Vec<String> = node.lines.iter().map(|line| in_record(line) + "\\l").collect();
            return format!("label=\"{}|{}\", shape=record", in_record(&node.label), lines.concat());
        }
        Shape::Store => {
            // The rim would strike through the first of several lines.
            if !node.lines.is_empty() {
                label.insert(0, '\n');
            }
            "cylinder"
        }
        Shape::Queue => "cds, margin=\"0.35,0.1\"",
        Shape::Outside => "box, style=dashed",
    };
    let lines: String = node.lines.iter().map(|line| format!("\n{line}")).collect();
    format!("label={}, shape={shape}", quoted(&format!("{label}{lines}")))
}

/// A quoted string: a backslash would begin an escape, a line break becomes one.
fn quoted(text: &str) -> String {
    let lines: Vec<String> =
        text.lines().map(|line| visible(line).replace('\\', "\\\\").replace('"', "\\\"")).collect();
    format!("\"{}\"", lines.join("\\n"))
}

/// A line in a field of a record, in which more characters have a meaning.
fn in_record(line: &str) -> String {
    let mut out = String::new();
    for c in visible(line).chars() {
        if matches!(c, '\\' | '"' | '{' | '}' | '|' | '<' | '>') {
            out.push('\\');
        }
        out.push(if c == '\n' { ' ' } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_alone_stands_in_a_square() {
        let node = |label: &str| Node { label: label.into(), lines: vec![], shape: Shape::Box, group: None, of: None };
        let nodes: Vec<Node> = (0..16).map(|index| node(&index.to_string())).collect();
        let graph = Graph { title: String::new(), kind: GraphKind::Flow, nodes, edges: vec![] };
        assert_eq!(beside(&graph).len(), 12);
        let table = Node { lines: vec!["id: uuid".into()], shape: Shape::Store, ..node("bids") };
        assert_eq!(look(&table, GraphKind::Entities), r#"label="bids|id: uuid\l", shape=record"#);
    }

    #[test]
    fn what_a_name_says_is_no_syntax() {
        assert_eq!(quoted("a\"]; evil [label=\"b\\"), r#""a\"]; evil [label=\"b\\""#);
        assert_eq!(quoted("one\ntwo"), r#""one\ntwo""#);
        assert_eq!(quoted("<script>"), "\"<script>\"");
        assert_eq!(in_record("a|{b}<c>\"\\"), r#"a\|\{b\}\<c\>\"\\"#);
        assert!(!quoted("\u{202e}x\0").contains(['\u{202e}', '\0']));
    }
}
