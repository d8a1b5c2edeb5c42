//! Graphs in Graphviz' notation. The one writer of it. Names stand in quoted labels only, never as identifiers.

use super::visible::visible;
use crate::rules::artifact::{Graph, GraphKind, Node, Shape};

/// The graph as a DOT digraph.
pub fn render(graph: &Graph) -> String {
    let across = if graph.kind == GraphKind::States { "TB" } else { "LR" };
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
    out + "}\n"
}

fn nodes(graph: &Graph, group: Option<&str>, indent: &str) -> String {
    let within = graph.nodes.iter().enumerate().filter(|(_, node)| node.group.as_deref() == group);
    within.map(|(index, node)| format!("{indent}n{index} [{}];\n", look(node))).collect()
}

fn look(node: &Node) -> String {
    let shape = match node.shape {
        Shape::Box => "box",
        Shape::Start if node.label.is_empty() => "point",
        Shape::Start => "oval",
        Shape::End => "doubleoctagon",
        Shape::Store => "cylinder",
        Shape::Queue => "cds",
        Shape::Outside => "box, style=dashed",
    };
    let lines: String = node.lines.iter().map(|line| format!("\n{line}")).collect();
    format!("label={}, shape={shape}", quoted(&format!("{}{lines}", node.label)))
}

/// A quoted string: a backslash would begin an escape, a line break becomes one.
fn quoted(text: &str) -> String {
    let lines: Vec<String> =
        text.lines().map(|line| visible(line).replace('\\', "\\\\").replace('"', "\\\"")).collect();
    format!("\"{}\"", lines.join("\\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_name_says_is_no_syntax() {
        assert_eq!(quoted("a\"]; evil [label=\"b\\"), r#""a\"]; evil [label=\"b\\""#);
        assert_eq!(quoted("one\ntwo"), r#""one\ntwo""#);
        assert_eq!(quoted("<script>"), "\"<script>\"");
        assert!(!quoted("\u{202e}x\0").contains(['\u{202e}', '\0']));
    }
}
