//! What every word of a text is: for colours that know what a name means.

use super::hover::slots;
use crate::Analysis;
use crate::language::expressions::BUILTINS;
use crate::language::items::{self, Forms, ITEM_KEYWORDS};
use crate::language::matching::{self, Failure, Value};
use crate::language::pattern::Kind;
use crate::language::role::{Role, role};
use crate::rules::vocabulary::{Aggregate, Primitive, Vocabulary};
use crate::source::{FileId, Span};
use crate::syntax::lexer;
use crate::syntax::tree::{Clause, Node, Term};
use std::collections::HashMap;

/// A word and what it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Token {
    /// Within one line.
    pub span: Span,
    /// What it is.
    pub class: Class,
    /// Whether it is declared here.
    pub declares: bool,
}

/// What a word can be.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Class {
    /// A word that opens an item or clause or stands between its parts.
    Keyword,
    /// A word of a vocabulary.
    Word,
    /// A built-in type.
    Type,
    /// What nobody has to declare.
    Builtin,
    /// A declared thing.
    Name(Role),
    /// A number with its unit.
    Number,
    /// Text in quotes.
    Text,
    /// A comment.
    Comment,
    /// A documentation comment.
    Documentation,
    /// An operator.
    Operator,
}

/// All words of a file, in order. Marks such as braces have no class.
pub fn tokens(analysis: &Analysis, file: FileId) -> Vec<Token> {
    let text = &analysis.sources.file(file).text;
    let classes = Classes::new(analysis, file, text);
    let mut all = vec![];
    for (kind, span) in lexer::tokens(text) {
        let plain = |class| Token { span, class, declares: false };
        match kind {
            lexer::Kind::Comment => {
                let is_doc = text[span.range()].starts_with("///");
                all.push(plain(if is_doc { Class::Documentation } else { Class::Comment }));
            }
            lexer::Kind::Text | lexer::Kind::OpenText => all.push(plain(Class::Text)),
            lexer::Kind::Quantity => all.push(plain(Class::Number)),
            lexer::Kind::Hole | lexer::Kind::Infix(_) | lexer::Kind::Not | lexer::Kind::Exists => {
                all.push(classes.of(text, span).unwrap_or(plain(Class::Operator)));
            }
            lexer::Kind::Path => all.extend(segments(text, span).filter_map(|span| classes.of(text, span))),
            lexer::Kind::Name | lexer::Kind::Connective => all.extend(classes.of(text, span)),
            _ => (),
        }
    }
    all
}

fn segments(text: &str, span: Span) -> impl Iterator<Item = Span> + '_ {
    let mut at = span.start;
    text[span.range()].split('.').map(move |name| {
        let segment = Span { start: at, end: at + name.len() as u32 };
        at = segment.end + 1;
        segment
    })
}

/// What is known about the words of a file, by their first byte.
struct Classes {
    known: HashMap<u32, (u32, Class, bool)>,
}

impl Classes {
    fn new(analysis: &Analysis, file: FileId, text: &str) -> Classes {
        let mut classes = Classes { known: HashMap::new() };
        let (tree, _) = crate::syntax::parse(file, text);
        for item in &tree.items {
            classes.item(item);
        }
        for (at, entity) in analysis.places.uses.iter().filter(|(at, _)| at.file == file) {
            classes.add(at.span, Class::Name(role(*entity)), false);
        }
        for (entity, place) in analysis.places.all().into_iter().filter(|(_, place)| place.name.file == file) {
            if super::is_name(analysis, entity, place.name) {
                classes.add(place.name.span, Class::Name(role(entity)), true);
            }
        }
        classes
    }

    fn add(&mut self, span: Span, class: Class, declares: bool) {
        self.known.insert(span.start, (span.end, class, declares));
    }

    fn of(&self, text: &str, span: Span) -> Option<Token> {
        let (end, class, declares) = self.known.get(&span.start).copied().unwrap_or_else(|| {
            let word = &text[span.range()];
            let is_builtin = BUILTINS.iter().any(|(builtin, _)| *builtin == word) || Aggregate::parse(word).is_some();
            (span.end, if is_builtin { Class::Builtin } else { Class::Text }, false)
        });
        // A word that nothing is known about has no class.
        (class != Class::Text).then_some(Token {
            span: Span { start: span.start, end: end.min(span.end) },
            class,
            declares,
        })
    }

    fn item(&mut self, item: &Clause<'_>) {
        let Some((word, span)) = matching::leading_word(&item.terms) else { return };
        if ITEM_KEYWORDS.contains(&word) {
            self.add(span, Class::Keyword, false);
        }
        let Some(table) = items::table(word) else { return };
        self.clause(item, &table.head);
        for clause in item.body.iter().flat_map(|body| &body.clauses) {
            self.clause(clause, &table.clauses);
        }
    }

    fn clause(&mut self, clause: &Clause<'_>, forms: &'static Forms) {
        let Some((word, word_span)) = matching::leading_word(&clause.terms) else { return };
        let mut failure = Failure::default();
        for (form, pattern) in forms.candidates(word) {
            if form.word() == word {
                self.add(word_span, Class::Keyword, false);
            }
            let Some(found) = matching::matches(pattern, &clause.terms, &mut failure) else { continue };
            // Everything that no slot takes is of the pattern.
            let mut own = Classes { known: HashMap::new() };
            clause.terms.iter().for_each(|term| own.keywords(term));
            slots(&pattern.elements, &mut |name, kind| match (kind, found.get(name)) {
                (_, Some(Value::Words(words))) => words.iter().for_each(|(_, span)| own.words(*span, &clause.terms)),
                (Kind::Type, Some(Value::Term(term))) => own.primitive(term),
                (Kind::Signature, Some(Value::Term(term))) => own.signature(term),
                (Kind::Percentile, Some(Value::Term(term))) => own.add(term.span, Class::Number, false),
                (_, Some(Value::Term(term))) => own.forget(term.span),
                (Kind::Run, Some(Value::Runs(runs))) => runs.iter().for_each(|run| own.run(run)),
                (_, Some(Value::Runs(runs))) => runs.iter().flatten().for_each(|term| own.forget(term.span)),
                _ => (),
            });
            self.known.extend(own.known);
            if let Some(lines) = form.body {
                let clauses = clause.body.iter().flat_map(|body| &body.clauses);
                clauses.for_each(|line| self.clause(line, lines()));
            }
            return;
        }
    }

    /// Takes every bare word of a term for a keyword.
    fn keywords(&mut self, term: &Term<'_>) {
        match &term.node {
            Node::Name(_) => self.add(term.span, Class::Keyword, false),
            Node::Binary { left, right, .. } => {
                self.keywords(left);
                self.keywords(right);
            }
            _ => (),
        }
    }

    fn forget(&mut self, span: Span) {
        self.known
            .retain(|start, (_, class, _)| *class != Class::Keyword || !(span.start <= *start && *start < span.end));
    }

    fn words(&mut self, span: Span, terms: &[Term<'_>]) {
        let names = terms
            .iter()
            .filter(|term| term.name().is_some() && span.start <= term.span.start && term.span.end <= span.end);
        names.map(|term| term.span).collect::<Vec<_>>().into_iter().for_each(|span| self.add(span, Class::Word, false));
        if !terms.iter().any(|term| term.span.start == span.start) {
            self.add(span, Class::Word, false);
        }
    }

    fn primitive(&mut self, term: &Term<'_>) {
        self.forget(term.span);
        if term.name().and_then(Primitive::parse).is_some() {
            self.add(term.span, Class::Type, false);
        }
    }

    fn signature(&mut self, term: &Term<'_>) {
        self.forget(term.span);
        if let Node::Call { arguments, .. } = &term.node {
            arguments
                .iter()
                .filter(|argument| argument.name.is_some())
                .flat_map(|argument| &argument.value)
                .for_each(|term| self.primitive(term));
        }
    }

    /// An effect: its verb and the word between its parts.
    fn run(&mut self, run: &[&Term<'_>]) {
        run.iter().for_each(|term| self.forget(term.span));
        if run.len() > 1 {
            run.iter()
                .step_by(2)
                .filter(|term| term.name().is_some())
                .for_each(|term| self.add(term.span, Class::Keyword, false));
        }
    }
}
