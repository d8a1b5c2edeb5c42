//! Where the nodes and edges of a graph go. One function, so that another library can take its place.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use dagre::graph::{Graph as Layered, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, RankDir};

/// What is to be placed: sizes, and who is connected to whom.
pub struct Boxes {
    /// Width and height of each node, and its group.
    pub nodes: Vec<(f64, f64, Option<usize>)>,
    /// From, to, and the size of the label.
    pub edges: Vec<(usize, usize, f64, f64)>,
    /// How many groups there are.
    pub groups: usize,
    /// From left to right, rather than downwards.
    pub across: bool,
}

/// Where everything is.
pub struct Placed {
    /// The size of the picture.
    pub size: (f64, f64),
    /// The middle of each node.
    pub nodes: Vec<(f64, f64)>,
    /// The corners of each edge, and the middle of its label.
    pub edges: Vec<(Vec<(f64, f64)>, (f64, f64))>,
    /// Of each group that has nodes: middle and size.
    pub groups: Vec<Option<(f64, f64, f64, f64)>>,
}

/// Places a graph in layers. Where the library gives up, everything is put in a column: a plain picture rather than none.
pub fn place(boxes: &Boxes) -> Placed {
    let layered = catch_unwind(AssertUnwindSafe(|| layered(boxes)));
    layered.ok().flatten().unwrap_or_else(|| column(boxes))
}

/// Room around the picture.
const MARGIN: f64 = 12.0;

fn layered(boxes: &Boxes) -> Option<Placed> {
    let mut graph: Layered<NodeLabel, EdgeLabel> =
        Layered::with_options(GraphOptions { directed: true, multigraph: true, compound: true });
    let used: BTreeMap<usize, String> =
        boxes.nodes.iter().filter_map(|(.., group)| group.map(|group| (group, format!("g{group}")))).collect();
    for name in used.values() {
        graph.set_node(name.clone(), Some(NodeLabel::default()));
    }
    for (index, (width, height, group)) in boxes.nodes.iter().enumerate() {
        let name = node_name(index);
        graph.set_node(name.clone(), Some(NodeLabel { width: *width, height: *height, ..NodeLabel::default() }));
        if let Some(parent) = group.and_then(|group| used.get(&group)) {
            graph.set_parent(&name, Some(parent));
        }
    }
    for (index, (from, to, width, height)) in boxes.edges.iter().enumerate() {
        let label = EdgeLabel {
            width: *width,
            height: *height,
            labelpos: dagre::layout::types::LabelPos::Center,
            ..EdgeLabel::default()
        };
        graph.set_edge(node_name(*from), node_name(*to), Some(label), Some(&format!("e{index}")));
    }
    let rankdir = if boxes.across { RankDir::LR } else { RankDir::TB };
    let options = LayoutOptions {
        rankdir,
        nodesep: 28.0,
        ranksep: 36.0,
        marginx: MARGIN,
        marginy: MARGIN,
        ..LayoutOptions::default()
    };
    dagre::layout(&mut graph, Some(options));
    let nodes: Option<Vec<_>> = (0..boxes.nodes.len())
        .map(|index| graph.node(&node_name(index)).and_then(|node| Some((node.x?, node.y?))))
        .collect();
    let nodes = nodes?;
    let edge = |(index, (from, to, ..)): (usize, &(usize, usize, f64, f64))| {
        let label = graph.edge(&node_name(*from), &node_name(*to), Some(&format!("e{index}")))?;
        let points: Vec<_> = label.points.iter().map(|point| (point.x, point.y)).collect();
        let middle = points.get(points.len() / 2).copied().unwrap_or(nodes[*from]);
        Some((points, (label.x.unwrap_or(middle.0), label.y.unwrap_or(middle.1))))
    };
    let edges: Option<Vec<_>> = boxes.edges.iter().enumerate().map(edge).collect();
    let group = |group| {
        let node = graph.node(used.get(&group)?)?;
        Some((node.x?, node.y?, node.width, node.height))
    };
    let placed = Placed { size: (0.0, 0.0), nodes, edges: edges?, groups: (0..boxes.groups).map(group).collect() };
    Some(framed(boxes, placed))
}

fn node_name(index: usize) -> String {
    format!("n{index}")
}

fn column(boxes: &Boxes) -> Placed {
    let widest = boxes.nodes.iter().map(|(width, ..)| *width).fold(0.0, f64::max);
    let mut y = MARGIN;
    let mut nodes = vec![];
    for (_, height, _) in &boxes.nodes {
        nodes.push((MARGIN + widest / 2.0, y + height / 2.0));
        y += height + 36.0;
    }
    let edge = |(from, to, ..): &(usize, usize, f64, f64)| {
        let (a, b) = (nodes[*from], nodes[*to]);
        (vec![a, b], ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0))
    };
    let edges = boxes.edges.iter().map(edge).collect();
    framed(boxes, Placed { size: (0.0, 0.0), edges, nodes, groups: vec![None; boxes.groups] })
}

/// The picture moved so that nothing is left of or above it, and as large as what is in it.
fn framed(boxes: &Boxes, mut placed: Placed) -> Placed {
    let nodes = placed.nodes.iter().zip(&boxes.nodes).map(|((x, y), (width, height, _))| (*x, *y, *width, *height));
    let labels =
        placed.edges.iter().zip(&boxes.edges).map(|((_, (x, y)), (.., width, height))| (*x, *y, *width, *height));
    let corners = placed.edges.iter().flat_map(|(points, _)| points.iter().map(|(x, y)| (*x, *y, 0.0, 0.0)));
    let groups = placed.groups.iter().flatten().copied();
    let all: Vec<(f64, f64, f64, f64)> = nodes.chain(labels).chain(corners).chain(groups).collect();
    let left = all.iter().map(|(x, _, width, _)| x - width / 2.0).fold(f64::INFINITY, f64::min) - MARGIN;
    let top = all.iter().map(|(_, y, _, height)| y - height / 2.0).fold(f64::INFINITY, f64::min) - MARGIN;
    let right = all.iter().map(|(x, _, width, _)| x + width / 2.0).fold(0.0, f64::max) + MARGIN;
    let bottom = all.iter().map(|(_, y, _, height)| y + height / 2.0).fold(0.0, f64::max) + MARGIN;
    let moved = |(x, y): &mut (f64, f64)| {
        *x -= left;
        *y -= top;
    };
    placed.nodes.iter_mut().for_each(moved);
    for (points, label) in &mut placed.edges {
        points.iter_mut().for_each(moved);
        moved(label);
    }
    for (x, y, ..) in placed.groups.iter_mut().flatten() {
        *x -= left;
        *y -= top;
    }
    placed.size = (right - left, bottom - top);
    placed
}
