//! The whole way in one picture: requirement, operation, invariant, design parameter, mechanism, product.

use std::collections::BTreeMap;

use sysd_rules::Design;
use sysd_rules::artifact::{Edge, Graph, GraphKind, Node, Shape};
use sysd_rules::fact;
use sysd_rules::fact::Entity;
use sysd_rules::proof::Fact;
use sysd_rules::vocabulary::Vocabulary;

/// The picture; nothing where no design parameter was derived.
pub fn graph(design: &Design) -> Option<Graph> {
    let mut graph = Drawing { design, nodes: vec![], edges: vec![], at: BTreeMap::new() };
    for &(dp, invariant) in &design.parameters.enforces {
        graph.edge(Key::Thing(invariant.into()), Key::Thing(dp.into()), fact!(enforces, dp, invariant));
    }
    for &(dp, mechanism, rule) in &design.mechanisms.mechanism {
        let word = mechanism.word();
        graph.edge(Key::Thing(dp.into()), Key::Mechanism(word), fact!(mechanism, dp, word, rule));
    }
    for &(invariant, operation) in &design.invariants.governs {
        if graph.at.contains_key(&Key::Thing(invariant.into())) {
            let (from, to) = (Key::Thing(operation.into()), Key::Thing(invariant.into()));
            graph.edge(from, to, fact!(governs, invariant, operation));
        }
    }
    for &(requirement, _, touch, what) in &design.facts.touches {
        if graph.at.contains_key(&Key::Thing(what)) {
            let fact = fact!(touches, requirement, touch.word(), what);
            graph.edge(Key::Thing(requirement.into()), Key::Thing(what), fact);
        }
    }
    for &(what, product) in &design.technology.product {
        if graph.at.contains_key(&Key::Thing(what)) {
            graph.edge(Key::Thing(what), Key::Thing(product.into()), fact!(product, what, product));
        }
    }
    let title = "From requirements to mechanisms".to_owned();
    let Drawing { nodes, edges, .. } = graph;
    (!nodes.is_empty()).then_some(Graph { title, kind: GraphKind::Flow, nodes, edges })
}

/// What a node stands for: the same mechanism of two parameters is one node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Thing(Entity),
    Mechanism(&'static str),
}

struct Drawing<'d> {
    design: &'d Design,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    at: BTreeMap<Key, usize>,
}

impl Drawing<'_> {
    fn edge(&mut self, from: Key, to: Key, fact: Fact) {
        let (from, to) = (self.node(from), self.node(to));
        if self.edges.iter().all(|edge| (edge.from, edge.to) != (from, to)) {
            self.edges.push(Edge { from, to, label: String::new(), dashed: false, fact: Some(fact) });
        }
    }

    fn node(&mut self, key: Key) -> usize {
        if let Some(at) = self.at.get(&key) {
            return *at;
        }
        let (label, shape, of) = match key {
            Key::Mechanism(word) => (word.to_owned(), Shape::End, None),
            Key::Thing(entity) => (self.label(entity), shape(entity), Some(entity)),
        };
        self.nodes.push(Node { label, lines: vec![], shape, group: None, of });
        self.at.insert(key, self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    /// The name; of a requirement or an invariant with a sentence, the sentence as well.
    fn label(&self, entity: Entity) -> String {
        let name = self.design.name(entity);
        let title = self.design.facts.names.get(entity).and_then(|it| it.title.as_deref());
        match (entity, title) {
            (Entity::Requirement(_) | Entity::Invariant(_), Some(title)) => format!("{name}: {title}"),
            _ => name,
        }
    }
}

fn shape(entity: Entity) -> Shape {
    match entity {
        Entity::Requirement(_) => Shape::Outside,
        Entity::Technology(_) => Shape::Store,
        _ => Shape::Box,
    }
}
