//! Figures in Mermaid's notation: state diagrams, flowcharts, entity diagrams, sequences. The one writer of it.
//!
//! Things are named `n0`, `g1` and so on, so that no name of a spec is ever read as syntax; names stand in labels only, where
//! [`label`] leaves letters as they are and writes everything that could act as a character code.

use std::collections::BTreeSet;

use super::visible::visible;
use crate::rules::artifact::{Figure, FrameKind, Graph, GraphKind, Message, Node, Sequence, Shape, Turn};

/// The figure as a Mermaid diagram, one statement a line; a listing is no diagram.
pub fn render(figure: &Figure) -> Option<String> {
    match figure {
        Figure::Graph(graph) => Some(match graph.kind {
            GraphKind::States => states(graph),
            GraphKind::Flow => flow(graph),
            GraphKind::Entities => entities(graph),
        }),
        Figure::Sequence(sequence) => Some(self::sequence(sequence)),
        Figure::Listing(_) => None,
    }
}

/// A state machine. A node of shape start without a label is the point it begins at; one of shape end is where it ends.
fn states(graph: &Graph) -> String {
    let mut out = "stateDiagram-v2\n".to_owned();
    let is_point = |node: &Node| node.shape == Shape::Start && node.label.is_empty();
    let name = |index: usize| match graph.nodes.get(index) {
        Some(node) if is_point(node) => "[*]".to_owned(),
        _ => format!("n{index}"),
    };
    for (index, node) in graph.nodes.iter().enumerate().filter(|(_, node)| !is_point(node)) {
        out += &format!("    state \"{}\" as n{index}\n", label(&node.label));
        for line in node.lines.iter().filter(|line| !line.trim().is_empty()) {
            out += &format!("    n{index} : {}\n", label(line));
        }
        if node.shape == Shape::Start {
            out += &format!("    [*] --> n{index}\n");
        }
    }
    for edge in &graph.edges {
        let text = if edge.label.trim().is_empty() { String::new() } else { format!(" : {}", label(&edge.label)) };
        out += &format!("    {} --> {}{text}\n", name(edge.from), name(edge.to));
    }
    for index in (0..graph.nodes.len()).filter(|index| graph.nodes[*index].shape == Shape::End) {
        out += &format!("    n{index} --> [*]\n");
    }
    out
}

/// Components and what flows between them, groups as boxes around them.
fn flow(graph: &Graph) -> String {
    let mut out = "flowchart LR\n".to_owned();
    let groups: BTreeSet<&str> = graph.nodes.iter().filter_map(|node| node.group.as_deref()).collect();
    let within = |group: Option<&str>, indent: &str| -> String {
        let nodes = graph.nodes.iter().enumerate().filter(|(_, node)| node.group.as_deref() == group);
        nodes.map(|(index, node)| format!("{indent}n{index}{}\n", shaped(node))).collect()
    };
    for (index, group) in groups.into_iter().enumerate() {
        let nodes = within(Some(group), "        ");
        out += &format!("    subgraph g{index}[\"{}\"]\n{nodes}    end\n", label(group));
    }
    out += &within(None, "    ");
    for edge in &graph.edges {
        let arrow = if edge.dashed { "-.->" } else { "-->" };
        let text = if edge.label.trim().is_empty() { String::new() } else { format!("|\"{}\"|", label(&edge.label)) };
        out += &format!("    n{} {arrow}{text} n{}\n", edge.from, edge.to);
    }
    out
}

/// A node of a flowchart without its name: its label between the brackets of its shape.
fn shaped(node: &Node) -> String {
    let (open, close) = match node.shape {
        Shape::Box => ("[", "]"),
        Shape::Start => ("((", "))"),
        Shape::End => ("(((", ")))"),
        Shape::Store => ("[(", ")]"),
        Shape::Queue => ("[[", "]]"),
        Shape::Outside => ("([", "])"),
    };
    let lines = std::iter::once(&node.label).chain(&node.lines).map(|line| label(line));
    format!("{open}\"{}\"{close}", lines.collect::<Vec<_>>().join("<br/>"))
}

/// Tables and references. A line of a node reads `name type remark`, the remark being optional.
fn entities(graph: &Graph) -> String {
    let mut out = "erDiagram\n".to_owned();
    for (index, node) in graph.nodes.iter().enumerate() {
        let attributes: String = node.lines.iter().filter_map(|line| attribute(line)).collect();
        let body = if attributes.is_empty() { String::new() } else { format!(" {{\n{attributes}    }}") };
        out += &format!("    n{index}[\"{}\"]{body}\n", label(&node.label));
    }
    for edge in &graph.edges {
        let line = if edge.dashed { "}o..||" } else { "}o--||" };
        out += &format!("    n{} {line} n{} : \"{}\"\n", edge.from, edge.to, label(&edge.label));
    }
    out
}

/// `type name "remark"`. The notation takes only Latin words as types and names: a line it cannot take stands whole in the remark.
fn attribute(line: &str) -> Option<String> {
    let line = line.trim();
    let mut words = line.splitn(3, char::is_whitespace);
    let name = words.next().filter(|name| !name.is_empty())?;
    let kind = words.next().unwrap_or("column");
    let remark = words.next().unwrap_or("");
    let told = [name, kind].into_iter().all(|text| word(text) == text);
    let remark = if told { remark } else { line };
    let remark = if remark.is_empty() { String::new() } else { format!(" \"{}\"", label(remark)) };
    Some(format!("        {} {}{remark}\n", word(kind), word(name)))
}

/// The nearest thing to the text that entity diagrams take as a word.
fn word(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let word: String = text.chars().map(plain).collect();
    if word.starts_with(|c: char| c.is_ascii_alphabetic()) { word } else { format!("c{word}") }
}

/// Who says what to whom.
fn sequence(sequence: &Sequence) -> String {
    let mut out = "sequenceDiagram\n".to_owned();
    for (index, participant) in sequence.participants.iter().enumerate() {
        out += &format!("    participant n{index} as {}\n", label(participant));
    }
    let mut depth = 1;
    for turn in sequence.turns() {
        if matches!(turn, Turn::Closes) {
            depth -= 1;
        }
        let outer = matches!(turn, Turn::Otherwise(_));
        out += &"    ".repeat(if outer { depth - 1 } else { depth });
        match turn {
            Turn::Opens(kind, when) => {
                depth += 1;
                out += &format!("{} {}\n", frame(kind), label(when));
            }
            Turn::Otherwise(when) => out += &format!("else {}\n", label(when)),
            Turn::Says(Message { from, to, text, answer }) => {
                let arrow = if *answer { "-->>" } else { "->>" };
                out += &format!("n{from}{arrow}n{to}: {}\n", label(text));
            }
            Turn::Closes => out += "end\n",
        }
    }
    out
}

fn frame(kind: FrameKind) -> &'static str {
    match kind {
        FrameKind::Alternatives => "alt",
        FrameKind::Loop => "loop",
        FrameKind::Option => "opt",
        FrameKind::Break => "break",
    }
}

/// Text as a label: a blank where there is none, since the notation takes no empty one.
fn label(text: &str) -> String {
    let text = visible(text.trim());
    let lines: Vec<String> = text.lines().map(|line| escape(line.trim())).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() { "#160;".to_owned() } else { lines.join("<br/>") }
}

/// Character codes for all that is neither letter, digit nor plain punctuation, and for what Mermaid or the Markdown in its
/// labels would act on: the word `end`, what begins a list, what emphasises, what makes a link.
fn escape(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let chars: Vec<char> = line.chars().collect();
    let at = |index: Option<usize>| index.and_then(|index| chars.get(index)).copied().unwrap_or(' ');
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    for (index, c) in chars.iter().enumerate() {
        let (before, after) = (at(index.checked_sub(1)), at(Some(index + 1)));
        let plain = match c {
            ' ' | ',' | '(' | ')' | '=' | '/' | '\'' | '!' | '?' => true,
            '_' => before.is_alphanumeric() && after.is_alphanumeric(),
            '-' | '+' => index > 0,
            '.' => !chars[..index].iter().all(char::is_ascii_digit) && !chars[..index].ends_with(&['w', 'w', 'w']),
            'e' => is_word(before) || !chars[index..].starts_with(&['e', 'n', 'd']) || is_word(at(Some(index + 3))),
            c => c.is_alphanumeric(),
        };
        if plain {
            out.push(*c);
        } else {
            out += &format!("#{};", *c as u32);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::artifact::{Branch, Edge, Frame, Listing};
    use proptest::prelude::*;

    fn node(label: &str, shape: Shape) -> Node {
        Node { label: label.to_owned(), lines: vec![], shape, group: None, of: None }
    }

    fn edge(from: usize, to: usize, label: &str) -> Edge {
        Edge { from, to, label: label.to_owned(), dashed: false, fact: None }
    }

    fn graph(kind: GraphKind, nodes: Vec<Node>, edges: Vec<Edge>) -> Figure {
        Figure::Graph(Graph { title: "T".to_owned(), kind, nodes, edges })
    }

    #[test]
    fn a_state_machine_begins_and_ends() {
        let mut open = node("OPEN", Shape::Box);
        open.lines.push("never to CREATED".to_owned());
        let nodes = vec![node("", Shape::Start), open, node("ENDED", Shape::End)];
        let figure = graph(GraphKind::States, nodes, vec![edge(0, 1, ""), edge(1, 2, "CloseAuction"), edge(2, 2, "")]);
        let expected = "stateDiagram-v2
    state \"OPEN\" as n1
    n1 : never to CREATED
    state \"ENDED\" as n2
    [*] --> n1
    n1 --> n2 : CloseAuction
    n2 --> n2
    n2 --> [*]
";
        assert_eq!(render(&figure).unwrap(), expected);
    }

    #[test]
    fn a_flow_has_shapes_groups_and_dashes() {
        let mut store = node("bids", Shape::Store);
        store.group = Some("eu \"1\"".to_owned());
        let nodes = vec![store, node("log", Shape::Queue), node("Bidder", Shape::Outside)];
        let edges = vec![edge(2, 0, "PlaceBid"), Edge { dashed: true, ..edge(0, 1, "") }];
        let expected = "flowchart LR
    subgraph g0[\"eu #34;1#34;\"]
        n0[(\"bids\")]
    end
    n1[[\"log\"]]
    n2([\"Bidder\"])
    n2 -->|\"PlaceBid\"| n0
    n0 -.-> n1
";
        assert_eq!(render(&graph(GraphKind::Flow, nodes, edges)).unwrap(), expected);
    }

    #[test]
    fn an_entity_has_typed_columns() {
        let mut table = node("auction", Shape::Box);
        table.lines = ["id uuid primary key", "höhe integer", "version", ""].map(str::to_owned).to_vec();
        let figure = graph(GraphKind::Entities, vec![table, node("bid", Shape::Box)], vec![edge(1, 0, "")]);
        let expected = "erDiagram
    n0[\"auction\"] {
        uuid id \"primary key\"
        integer h_he \"höhe integer\"
        column version
    }
    n1[\"bid\"]
    n1 }o--|| n0 : \"#160;\"
";
        assert_eq!(render(&figure).unwrap(), expected);
    }

    #[test]
    fn a_sequence_tells_question_from_answer() {
        let message = |from, to, text: &str, answer| Message { from, to, text: text.to_owned(), answer };
        let branch = |when: &str, first, end| Branch { when: when.to_owned(), first, end };
        let figure = Figure::Sequence(Sequence {
            title: "PlaceBid".to_owned(),
            participants: vec!["Bidder".to_owned(), "end".to_owned()],
            messages: vec![
                message(0, 1, "PlaceBid(auction; amount)", false),
                message(1, 0, "rejected", true),
                message(1, 1, "again", false),
                message(1, 0, "", true),
            ],
            frames: vec![
                Frame {
                    kind: FrameKind::Alternatives,
                    branches: vec![branch("in the end, too low", 1, 2), branch("", 2, 4)],
                },
                Frame { kind: FrameKind::Loop, branches: vec![branch("a race is lost", 2, 3)] },
                Frame { kind: FrameKind::Option, branches: vec![branch("never", 3, 3)] },
            ],
        });
        let expected = "sequenceDiagram
    participant n0 as Bidder
    participant n1 as #101;nd
    n0->>n1: PlaceBid(auction#59; amount)
    alt in the #101;nd, too low
        n1-->>n0: rejected
    else #160;
        loop a race is lost
            n1->>n1: again
        end
        n1-->>n0: #160;
    end
";
        assert_eq!(render(&figure).unwrap(), expected);
        let listing = Listing { title: String::new(), of: None, lines: vec![] };
        assert_eq!(render(&Figure::Listing(listing)), None);
    }

    #[test]
    fn what_would_act_is_a_character_code() {
        for (text, expected) in [
            ("amount > current_highest", "amount #62; current_highest"),
            ("say \"hi\"", "say #34;hi#34;"),
            ("<script>alert(1)</script>", "#60;script#62;alert(1)#60;/script#62;"),
            ("a\nb\r\n\n c", "a<br/>b<br/>c"),
            ("end of the weekend, end", "#101;nd of the weekend, #101;nd"),
            ("end_time __x", "end_time #95;#95;x"),
            ("#quot; 50%%; a:b", "#35;quot#59; 50#37;#37;#59; a#58;b"),
            ("`code` *bold* _it_ ~x~ $y$", "#96;code#96; #42;bold#42; #95;it#95; #126;x#126; #36;y#36;"),
            ("1. one 2.5", "1#46; one 2.5"),
            ("- item - b", "#45; item - b"),
            ("www.example.org", "www#46;example.org"),
            ("عطاء", "عطاء"),
            ("a\u{202e}b\u{7}", "a#65533;b#9223;"),
            ("  ", "#160;"),
        ] {
            assert_eq!(label(text), expected, "{text}");
        }
        assert_eq!(label(&"x".repeat(300)), "x".repeat(300));
    }

    proptest! {
        /// Undoing the codes gives the text back, and nothing but a code has the characters that act.
        #[test]
        fn a_label_says_what_the_text_says(text in r#"[a-zé0-9 end"<>#;:%\[\]{}()|`*_~$&.+=\\/-]{1,40}"#) {
            let shown = label(&text);
            let mut read = String::new();
            let mut rest = shown.as_str();
            while let Some((before, after)) = rest.split_once('#') {
                let (code, after) = after.split_once(';').unwrap();
                prop_assert!(!before.contains([';', ':', '"', '<', '>', '%', '{', '|', '[', '`', '*', '\\']), "{}", shown);
                read += before;
                read.extend(char::from_u32(code.parse().unwrap()));
                rest = after;
            }
            read += rest;
            let blank = text.trim().is_empty();
            prop_assert_eq!(if blank { "" } else { read.as_str() }, text.trim());
            prop_assert!(!shown.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "end"), "{}", shown);
        }
    }
}
