//! `?`: what the author leaves open. It is reported, and nothing rests on it.

use super::matching::leading_word;
use super::{Lowering, codes};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::tree::{Clause, Node, Term};
use sysd_rules::fact::Entity;

impl Lowering<'_> {
    /// Reports every `?` of an item.
    pub fn open_questions(&mut self, item: &Clause<'_>, of: Entity) {
        let holes = |text: &str| text.contains('?');
        if !self.text.get(item.span.range()).is_some_and(holes) {
            return;
        }
        let name = self.facts.name(of).to_owned();
        let name = if name.is_empty() { of.noun().to_owned() } else { format!("`{name}`") };
        self.questions_in(&item.terms, &format!("the head of {name}"));
        for clause in item.body.iter().flat_map(|body| &body.clauses) {
            let word = leading_word(&clause.terms).map_or("a clause", |(word, _)| word);
            let place = format!("`{word}` of {name}");
            self.questions_in(&clause.terms, &place);
            let lines = clause.body.iter().flat_map(|body| &body.clauses);
            lines.for_each(|line| self.questions_in(&line.terms, &place));
        }
    }

    fn questions_in(&mut self, terms: &[Term<'_>], place: &str) {
        let mut spans = vec![];
        terms.iter().for_each(|term| holes(term, &mut spans));
        for span in spans {
            let diagnostic = Diagnostic::new(&codes::OPEN_QUESTION, self.at(span), format!("`?` stands in {place}"));
            self.report(diagnostic.label("not decided yet"));
        }
    }
}

/// The places of the holes in a term. Those that the parser supplied for something missing have no width and are reported
/// as missing.
fn holes(term: &Term<'_>, spans: &mut Vec<Span>) {
    match &term.node {
        Node::Hole if term.span.start < term.span.end => spans.push(term.span),
        Node::Call { arguments, .. } => {
            arguments.iter().flat_map(|argument| &argument.value).for_each(|term| holes(term, spans));
        }
        Node::Not(inner) | Node::Exists(inner) | Node::Group(inner) => holes(inner, spans),
        Node::Binary { left, right, .. } => {
            holes(left, spans);
            holes(right, spans);
        }
        _ => (),
    }
}
