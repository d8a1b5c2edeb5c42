//! What the tests of several formats show.

use crate::diagnostic::{Applicability, Code, Diagnostic, Severity};
use crate::rules::artifact::*;
use crate::rules::fact::{Object, Operation};
use crate::rules::proof::{Fact, Term};
use crate::source::{FileId, Location, Sources, Span};

pub static CODE: Code = Code {
    code: "S0201",
    slug: "object-without-key",
    severity: Severity::Warning,
    page: "# S0201: object without key\n\nEvery object has a key.\n\n## Rejected\n",
    cites: &["S2-r1"],
};

/// One finding with everything, one accepted, one without a place.
pub fn sample() -> (Sources, Vec<Diagnostic>) {
    let at = |file, start, end| Location { file: FileId(file), span: Span::new(start, end) };
    let whole = Diagnostic::new(&CODE, at(0, 6, 8), "`x ` has no <key>")
        .label("here")
        .with(at(0, 0, 2), "because of \"this\"")
        .note("why")
        .help("what")
        .fix("add a key", Applicability::Safe, at(0, 8, 8), " key: uuid\n")
        .fix("drop it", Applicability::Unsafe, at(0, 6, 8), "");
    let accepted = Diagnostic { suppressed: Some("known".into()), ..Diagnostic::new(&CODE, at(0, 0, 0), "m") };
    let placeless = Diagnostic { severity: Severity::Error, ..Diagnostic::new(&CODE, at(7, 0, 0), "no file") };
    (Sources::single("a b.sysd", "é\nüx y\n"), vec![whole, accepted, placeless])
}

/// A step with every kind of cell, and one whose table is empty.
pub fn sections() -> Vec<Section> {
    let fact = Fact::new("mechanism", &[Term::Word("CAS")]);
    let row = |cells: [Cell; 3]| cells.to_vec();
    let rows = vec![
        row([Cell::Entity(Object(0).into(), "Auction".into()), Cell::Row("6.2#4"), Cell::Code("a | b <= `c`".into())]),
        row([
            Cell::Derived(fact, "compare-and-set".into()),
            Cell::list(vec![Cell::text("one & <two>"), Cell::text("`three` of *four*\nlines")]),
            Cell::Empty,
        ]),
    ];
    let full = Table { title: "Mechanisms", columns: vec!["Guards", "Row", "Why"], rows, empty: "none" };
    let empty = Table { title: "Projections", columns: vec!["Name"], rows: vec![], empty: "no projection is declared" };
    vec![
        Section { number: 6, title: "Mechanism selection", tables: vec![full], figures: vec![] },
        Section { number: 7, title: "Axiomatic validation", tables: vec![empty], figures: figures() },
    ]
}

/// One figure of each kind.
fn figures() -> Vec<Figure> {
    let line = |depth, text: &str| Line { depth, text: text.to_owned(), fact: None };
    let lines = vec![line(0, "place(bid)"), line(1, "when bid.amount > 0\n``` and more")];
    let listing = Listing { title: "Place a *bid*".to_owned(), of: Some(Operation(0).into()), lines };
    let node = |label: &str, shape| Node { label: label.to_owned(), lines: vec![], shape, group: None, of: None };
    let fact = Fact::new("transition", &[Term::Word("Close")]);
    let edge = |from, to, label: &str, fact| Edge { from, to, label: label.to_owned(), dashed: false, fact };
    let states = Graph {
        title: "States".to_owned(),
        kind: GraphKind::States,
        nodes: vec![node("", Shape::Start), node("OPEN", Shape::Box), node("ENDED", Shape::End)],
        edges: vec![edge(0, 1, "", None), edge(1, 2, "Close", Some(fact))],
    };
    let message = |from, to, text: &str, answer| Message { from, to, text: text.to_owned(), answer };
    let bidding = Sequence {
        title: "Bidding".to_owned(),
        participants: vec!["Bidder".to_owned(), "auctions".to_owned()],
        messages: vec![message(0, 1, "bid", false), message(1, 0, "done", true)],
        frames: vec![],
    };
    vec![Figure::Listing(listing), Figure::Graph(states), Figure::Sequence(bidding)]
}
