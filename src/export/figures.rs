//! Every picture of a design as a file of its own: state machines, topology, data flow, tables, sequences, the derivation.

use sysd_rules::Design;
use sysd_rules::artifact::{Figure, Line, Listing};
use sysd_rules::explain::id;
use sysd_rules::proof::Fact;
use sysd_rules::relation::says;

use super::{File, file_name};
use crate::document::derivation;
use crate::render::{dot, mermaid};

/// For Mermaid: `08-states-of-Auction.mmd`.
pub fn mermaid(design: &Design) -> Vec<File> {
    files(design, "mmd", "%%", &|figure| mermaid::render(figure))
}

/// For Graphviz: what is a graph.
pub fn dot(design: &Design) -> Vec<File> {
    files(design, "dot", "//", &|figure| match figure {
        Figure::Graph(graph) => Some(dot::render(graph)),
        _ => None,
    })
}

/// Draws each picture; behind it, as comments, the facts that its edges state.
fn files(design: &Design, extension: &str, comment: &str, draw: &dyn Fn(&Figure) -> Option<String>) -> Vec<File> {
    let derivation = derivation::graph(design).map(|graph| (0, Figure::Graph(graph)));
    let sections = design.sections();
    let of_steps = sections
        .into_iter()
        .flat_map(|section| section.figures.into_iter().map(move |figure| (section.number, figure)));
    let mut files: Vec<File> = vec![];
    for (number, figure) in derivation.into_iter().chain(of_steps) {
        let Some(mut text) = draw(&figure) else { continue };
        for fact in facts(&figure) {
            let (id, says) = (id::of(design, &fact), says(design, &fact).replace(['\n', '\r'], " "));
            text += &format!("{comment} {id}: {}\n", crate::render::visible::visible(&says));
        }
        let name = file_name(&format!("{number:02}-{}", figure.title().replace(' ', "-")));
        let same = files.iter().filter(|file| file.path.starts_with(&name)).count();
        let name = if same == 0 { name } else { format!("{name}-{}", same + 1) };
        files.push(File { path: format!("{name}.{extension}"), text });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn facts(figure: &Figure) -> Vec<Fact> {
    let facts: Vec<Fact> = match figure {
        Figure::Graph(graph) => graph.edges.iter().filter_map(|edge| edge.fact).collect(),
        Figure::Listing(Listing { lines, .. }) => lines.iter().filter_map(|Line { fact, .. }| *fact).collect(),
        Figure::Sequence(_) => vec![],
    };
    facts
}
