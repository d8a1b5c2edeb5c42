//! What may stand at a place in a clause: the patterns read as far as the clause is written, and what each wants next.
//!
//! The place is marked by a stand-in of its own among the terms, so that a clause that is being typed has a term where its
//! next one will be. All readings of a pattern are followed at once; none is preferred.

use super::items::{Form, Forms};
use super::matching::fits;
use super::pattern::{Element, Kind, Pattern, Words};
use crate::syntax::tree::{Node, Operator, Term};
use std::collections::BTreeSet;

/// Something a pattern wants at the place.
#[derive(Clone)]
pub struct Expected<'t, 's> {
    /// The form that wants it.
    pub form: &'static Form,
    /// What it wants.
    pub what: Wanted<'t, 's>,
    /// Whether the place is the first of the clause.
    pub opens: bool,
}

/// What can be wanted.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'t, 's> {
    /// This word.
    Word(&'static str),
    /// This word of the vocabulary, whose first so many parts (words and commas) are written already.
    Of(&'static Words, &'static str, usize),
    /// Something that fits the slot of that name.
    Slot(&'static str, Kind),
    /// The rest of a term that is begun: the arguments of a call, the next name of a path.
    Within(&'static str, Kind, &'t Term<'s>),
    /// `and` or another operator, since an expression is complete here.
    Connective,
}

/// What the forms want where the stand-in stands.
pub fn expected<'t, 's>(forms: &'static Forms, terms: &'t [Term<'s>], stand_in: &str) -> Vec<Expected<'t, 's>> {
    let pieces = pieces(terms, stand_in);
    let opens = matches!(pieces.as_slice(), [Piece::Here]);
    let mut all = vec![];
    for (form, pattern) in &forms.forms {
        all.extend(wanted(pattern, &pieces).into_iter().map(|what| Expected { form, what, opens }));
    }
    all
}

/// A term that is no infix expression, an operator, or the place.
#[derive(Clone, Copy, Debug)]
enum Piece<'t, 's> {
    Term(&'t Term<'s>),
    Operator(Operator),
    /// The place is somewhere inside this term.
    Inside(&'t Term<'s>),
    Here,
}

/// The terms up to the place, infix expressions taken apart.
fn pieces<'t, 's>(terms: &'t [Term<'s>], stand_in: &str) -> Vec<Piece<'t, 's>> {
    let mut pieces = vec![];
    let mut open: Vec<Result<&'t Term<'s>, Operator>> = terms.iter().rev().map(Ok).collect();
    while let Some(next) = open.pop() {
        match next {
            Err(operator) => pieces.push(Piece::Operator(operator)),
            Ok(Term { node: Node::Binary { operator, left, right }, .. }) => {
                open.extend([Ok(&**right), Err(*operator), Ok(&**left)]);
            }
            Ok(term) if term.name() == Some(stand_in) => {
                pieces.push(Piece::Here);
                break;
            }
            Ok(term) if contains(term, stand_in) => {
                pieces.push(Piece::Inside(term));
                break;
            }
            Ok(term) => pieces.push(Piece::Term(term)),
        }
    }
    pieces
}

/// Whether a name in the term is the stand-in.
pub fn contains(term: &Term<'_>, stand_in: &str) -> bool {
    match &term.node {
        Node::Name(name) => *name == stand_in,
        Node::Path(segments) => segments.iter().any(|(name, _)| *name == stand_in),
        Node::Call { function, arguments } => {
            contains(function, stand_in)
                || arguments.iter().any(|argument| {
                    argument.name.is_some_and(|(name, _)| name == stand_in)
                        || argument.value.iter().any(|term| contains(term, stand_in))
                })
        }
        Node::Not(inner) | Node::Exists(inner) | Node::Group(inner) => contains(inner, stand_in),
        Node::Binary { left, right, .. } => contains(left, stand_in) || contains(right, stand_in),
        _ => false,
    }
}

fn wanted<'t, 's>(pattern: &'static Pattern, pieces: &[Piece<'t, 's>]) -> Vec<Wanted<'t, 's>> {
    let mut reading = Reading { pieces, wanted: vec![] };
    reading.run(&pattern.elements, BTreeSet::from([0]));
    reading.wanted
}

/// One pattern over the pieces. Every function takes the places where something may begin to those where it may end.
struct Reading<'p, 't, 's> {
    pieces: &'p [Piece<'t, 's>],
    wanted: Vec<Wanted<'t, 's>>,
}

impl<'t, 's> Reading<'_, 't, 's> {
    fn run(&mut self, elements: &'static [Element], starts: BTreeSet<usize>) -> BTreeSet<usize> {
        elements.iter().fold(starts, |starts, element| self.element(element, starts))
    }

    fn element(&mut self, element: &'static Element, starts: BTreeSet<usize>) -> BTreeSet<usize> {
        match element {
            Element::Optional(inner) => {
                let mut ends = self.run(inner, starts.clone());
                ends.extend(starts);
                ends
            }
            Element::Slot { name, kind, list } => {
                let mut ends = BTreeSet::new();
                let mut open = starts;
                while let Some(start) = open.pop_first() {
                    for end in self.slot(name, *kind, start) {
                        if ends.insert(end) && *list && self.is(end, &Node::Comma) {
                            open.insert(end + 1);
                        }
                    }
                }
                ends
            }
            Element::Word(word) => self.all(starts, |reading, start| match reading.pieces.get(start) {
                Some(Piece::Term(term)) => term.name() == Some(word),
                Some(Piece::Here) => {
                    reading.wanted.push(Wanted::Word(word));
                    false
                }
                _ => false,
            }),
            Element::Comma => self.all(starts, |reading, start| reading.is(start, &Node::Comma)),
            Element::Colon => self.all(starts, |reading, start| reading.is(start, &Node::Colon)),
            Element::Operator(operator) => self.all(starts, |reading, start| {
                matches!(reading.pieces.get(start), Some(Piece::Operator(found)) if same(*found, *operator))
            }),
        }
    }

    fn all(&mut self, starts: BTreeSet<usize>, mut takes: impl FnMut(&mut Self, usize) -> bool) -> BTreeSet<usize> {
        starts.into_iter().filter(|start| takes(self, *start)).map(|start| start + 1).collect()
    }

    fn is(&self, at: usize, node: &Node<'_>) -> bool {
        matches!(self.pieces.get(at), Some(Piece::Term(term)) if term.node == *node)
    }

    fn slot(&mut self, name: &'static str, kind: Kind, start: usize) -> Vec<usize> {
        match kind {
            Kind::Word(words) => self.vocabulary(words, start),
            Kind::Expression => self.expression(name, start).into_iter().collect(),
            Kind::Run => self.until_comma(name, start).into_iter().collect(),
            Kind::Phrase => self.phrase(name, start),
            _ => match self.pieces.get(start) {
                Some(Piece::Here) => {
                    self.wanted.push(Wanted::Slot(name, kind));
                    vec![]
                }
                Some(Piece::Inside(term)) => {
                    self.wanted.push(Wanted::Within(name, kind, term));
                    vec![]
                }
                // A word that ties names together is none itself.
                Some(Piece::Term(Term {
                    node: Node::Name("per" | "by" | "within" | "across" | "because"), ..
                })) => {
                    vec![]
                }
                Some(Piece::Term(term)) if fits(kind, term) || term.node == Node::Hole => vec![start + 1],
                _ => vec![],
            },
        }
    }

    fn vocabulary(&mut self, words: &'static Words, start: usize) -> Vec<usize> {
        let mut ends = vec![];
        for (word, _) in (words.entries)() {
            let mut at = start;
            let mut parts = parts(word).peekable();
            while parts.peek().is_some_and(|part| self.reads(at, part)) {
                parts.next();
                at += 1;
            }
            match (parts.peek(), self.pieces.get(at)) {
                (None, _) => ends.push(at),
                (Some(_), Some(Piece::Here)) => self.wanted.push(Wanted::Of(words, word, at - start)),
                _ => (),
            }
        }
        if self.is(start, &Node::Hole) {
            ends.push(start + 1);
        }
        ends
    }

    fn reads(&self, at: usize, part: &str) -> bool {
        match self.pieces.get(at) {
            Some(Piece::Term(Term { node: Node::Comma, .. })) => part == ",",
            Some(Piece::Term(term)) => term.name() == Some(part),
            _ => false,
        }
    }

    /// One expression: values with operators between them.
    fn expression(&mut self, name: &'static str, start: usize) -> Option<usize> {
        let mut at = start;
        loop {
            match self.pieces.get(at) {
                Some(Piece::Here) => self.wanted.push(Wanted::Slot(name, Kind::Expression)),
                Some(Piece::Inside(term)) => self.wanted.push(Wanted::Within(name, Kind::Expression, term)),
                Some(Piece::Term(term)) if fits(Kind::Expression, term) => {
                    match self.pieces.get(at + 1) {
                        Some(Piece::Operator(_)) => {
                            at += 2;
                            continue;
                        }
                        Some(Piece::Here) => self.wanted.push(Wanted::Connective),
                        _ => (),
                    }
                    return Some(at + 1);
                }
                _ => (),
            }
            return None;
        }
    }

    /// A value, or words up to the one that ties a reason to them.
    fn phrase(&mut self, name: &'static str, start: usize) -> Vec<usize> {
        let mut ends: Vec<usize> = self.expression(name, start).into_iter().collect();
        while let Some(&end) = ends.last()
            && let Some(Piece::Term(term)) = self.pieces.get(end)
            && term.name().is_some_and(|name| name != "because")
        {
            ends.push(end + 1);
        }
        ends
    }

    /// Everything up to the next comma.
    fn until_comma(&mut self, name: &'static str, start: usize) -> Option<usize> {
        let mut at = start;
        loop {
            match self.pieces.get(at) {
                Some(Piece::Here) => self.wanted.push(Wanted::Slot(name, Kind::Run)),
                Some(Piece::Inside(term)) => self.wanted.push(Wanted::Within(name, Kind::Run, term)),
                Some(Piece::Term(Term { node: Node::Comma, .. })) | None if at > start => return Some(at),
                Some(Piece::Term(_) | Piece::Operator(_)) => {
                    at += 1;
                    continue;
                }
                None => (),
            }
            return None;
        }
    }
}

/// The words and commas of a vocabulary's entry.
pub fn parts(word: &'static str) -> impl Iterator<Item = &'static str> {
    word.split(' ').flat_map(|word| match word.strip_suffix(',') {
        Some(word) => vec![word, ","],
        None => vec![word],
    })
}

/// In a clause, `=` and `==` both say "is".
fn same(found: Operator, wanted: Operator) -> bool {
    found == wanted || (wanted == Operator::Assign && found == Operator::Equal)
}
