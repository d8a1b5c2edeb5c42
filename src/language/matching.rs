//! Matching: does a clause fit a pattern, what does it fill in, and how far does it come if it does not fit?

use super::pattern::{Element, Kind, Pattern, Words};
use super::spelling::{describe, symbol};
use crate::source::Span;
use crate::syntax::tree::{Node, Operator, Term};
use sysd_rules::vocabulary::Vocabulary;

/// What a pattern took from a clause.
#[derive(Clone, Debug, Default)]
pub struct Match<'t, 's> {
    bound: Vec<(&'static str, Value<'t, 's>)>,
    words: Vec<&'static str>,
}

/// What stands in a slot.
#[derive(Clone, Debug)]
pub enum Value<'t, 's> {
    /// One term.
    Term(&'t Term<'s>),
    /// The terms up to a comma; more than one run for a list.
    Runs(Vec<Vec<&'t Term<'s>>>),
    /// The words of a vocabulary, by position in it.
    Words(Vec<(usize, Span)>),
    /// `?`
    Hole(Span),
}

impl<'t, 's> Match<'t, 's> {
    /// What stands in the slot.
    pub fn get(&self, slot: &str) -> Option<&Value<'t, 's>> {
        self.bound.iter().find(|(name, _)| *name == slot).map(|(_, value)| value)
    }

    /// The term in the slot.
    pub fn term(&self, slot: &str) -> Option<&'t Term<'s>> {
        match self.get(slot) {
            Some(Value::Term(term)) => Some(term),
            _ => None,
        }
    }

    /// The terms of a list slot, one each.
    pub fn terms(&self, slot: &str) -> Vec<&'t Term<'s>> {
        match self.get(slot) {
            Some(Value::Term(term)) => vec![term],
            Some(Value::Runs(runs)) => runs.iter().filter_map(|run| run.first().copied()).collect(),
            _ => vec![],
        }
    }

    /// The runs of a list slot.
    pub fn runs(&self, slot: &str) -> Vec<Vec<&'t Term<'s>>> {
        match self.get(slot) {
            Some(Value::Runs(runs)) => runs.clone(),
            Some(Value::Term(term)) => vec![vec![*term]],
            _ => vec![],
        }
    }

    /// The word of the vocabulary in the slot.
    pub fn word<V: Vocabulary>(&self, slot: &str) -> Option<V> {
        self.words(slot).first().copied()
    }

    /// The words of the vocabulary in a list slot.
    pub fn words<V: Vocabulary>(&self, slot: &str) -> Vec<V> {
        match self.get(slot) {
            Some(Value::Words(words)) => words.iter().map(|(index, _)| V::ALL[*index]).collect(),
            _ => vec![],
        }
    }

    /// Whether `?` stands in one of the slots.
    pub fn has_hole(&self) -> bool {
        self.bound.iter().any(|(_, value)| matches!(value, Value::Hole(_)))
    }

    /// Whether an optional word was written.
    pub fn has_word(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    /// Whether the slot was filled at all.
    pub fn has(&self, slot: &str) -> bool {
        self.get(slot).is_some()
    }
}

/// Why no pattern matched: the furthest place reached, and what could have stood there.
#[derive(Clone, Debug, Default)]
pub struct Failure {
    /// How many tokens were taken before.
    pub progress: usize,
    /// The place: the offending term, or where the clause ends.
    pub at: Option<Span>,
    /// What stands there; `None` at the end of the clause.
    pub found: Option<String>,
    /// What was expected, in words; no duplicates.
    pub expected: Vec<String>,
    /// The literal words among the expected, for "did you mean".
    pub words: Vec<&'static str>,
}

/// What a pattern expects that is complete.
pub const THE_END: &str = "the end of the clause";

/// Matches a clause's terms against a pattern.
pub fn matches<'t, 's>(pattern: &Pattern, terms: &'t [Term<'s>], failure: &mut Failure) -> Option<Match<'t, 's>> {
    let mut state = State { stack: terms.iter().rev().map(Piece::Term).collect(), taken: 0, found: Match::default() };
    let end = terms.last().map_or(Span::default(), |term| Span { start: term.span.end, end: term.span.end });
    if !state.run(&pattern.elements, failure, end) {
        return None;
    }
    if !state.stack.is_empty() {
        state.fail(failure, end, THE_END.into(), &[]);
        return None;
    }
    Some(state.found)
}

/// The first word of a run of terms: the leftmost name, also inside an infix expression.
pub fn leading_word<'s>(terms: &[Term<'s>]) -> Option<(&'s str, Span)> {
    let mut term = terms.first()?;
    loop {
        match &term.node {
            Node::Binary { left, .. } => term = left,
            Node::Call { function, .. } => term = function,
            Node::Name(name) => return Some((name, term.span)),
            Node::Path(segments) => return segments.first().copied(),
            _ => return None,
        }
    }
}

/// A term, or the operator of an infix expression that has been taken apart.
#[derive(Clone, Copy, Debug)]
enum Piece<'t, 's> {
    Term(&'t Term<'s>),
    Operator(Operator, Span),
}

struct State<'t, 's> {
    /// The next piece is the last.
    stack: Vec<Piece<'t, 's>>,
    taken: usize,
    found: Match<'t, 's>,
}

impl<'t, 's> State<'t, 's> {
    fn run(&mut self, elements: &[Element], failure: &mut Failure, end: Span) -> bool {
        elements.iter().enumerate().all(|(index, element)| match element {
            Element::Word(word) => self.word(word, failure, end),
            Element::Comma => self.mark(&Node::Comma, "`,`", failure, end),
            Element::Colon => self.mark(&Node::Colon, "`:`", failure, end),
            Element::Operator(operator) => self.operator(*operator, failure, end),
            Element::Slot { name, kind, list } => self.slot(name, *kind, *list, failure, end),
            Element::Optional(inner) if opens_with_name(inner) && self.goes_on(&elements[index + 1..]) => true,
            Element::Optional(inner) => {
                let saved = (self.stack.clone(), self.taken, self.found.clone());
                if !self.run(inner, failure, end) {
                    (self.stack, self.taken, self.found) = saved;
                }
                true
            }
        })
    }

    /// Whether the next word is one that goes on the pattern, behind what may be left out: it is no name then.
    fn goes_on(&mut self, rest: &[Element]) -> bool {
        let Some(next) = self.leaf().and_then(Term::name) else { return false };
        rest.iter()
            .map_while(|element| match element {
                Element::Optional(inner) => Some(inner.first()),
                _ => None,
            })
            .any(|first| matches!(first, Some(Element::Word(word)) if *word == next))
    }

    /// The next term, infix expressions taken apart.
    fn leaf(&mut self) -> Option<&'t Term<'s>> {
        while let Some(Piece::Term(Term { node: Node::Binary { operator, left, right }, .. })) =
            self.stack.last().copied()
        {
            self.stack.pop();
            self.stack.push(Piece::Term(right));
            self.stack.push(Piece::Operator(*operator, Span { start: left.span.end, end: right.span.start }));
            self.stack.push(Piece::Term(left));
        }
        match self.stack.last() {
            Some(Piece::Term(term)) => Some(term),
            _ => None,
        }
    }

    fn take(&mut self) {
        self.stack.pop();
        self.taken += 1;
    }

    fn word(&mut self, word: &'static str, failure: &mut Failure, end: Span) -> bool {
        if self.leaf().and_then(Term::name) == Some(word) {
            self.take();
            self.found.words.push(word);
            return true;
        }
        self.fail(failure, end, format!("`{word}`"), &[word]);
        false
    }

    fn mark(&mut self, node: &Node<'_>, name: &str, failure: &mut Failure, end: Span) -> bool {
        if matches!(self.stack.last(), Some(Piece::Term(term)) if term.node == *node) {
            self.take();
            return true;
        }
        self.fail(failure, end, name.into(), &[]);
        false
    }

    fn operator(&mut self, wanted: Operator, failure: &mut Failure, end: Span) -> bool {
        let found = match self.stack.last() {
            Some(Piece::Operator(operator, _)) => Some(*operator),
            _ => None,
        };
        // A law is written with `=` or with `==`: in a clause both say "is".
        if found == Some(wanted) || (wanted == Operator::Assign && found == Some(Operator::Equal)) {
            self.take();
            return true;
        }
        self.fail(failure, end, format!("`{}`", symbol(wanted)), &[]);
        false
    }

    fn slot(&mut self, name: &'static str, kind: Kind, list: bool, failure: &mut Failure, end: Span) -> bool {
        if let Some(Term { node: Node::Hole, span }) = self.peek() {
            let span = *span;
            self.take();
            self.found.bound.push((name, Value::Hole(span)));
            return true;
        }
        let mut runs = vec![];
        let mut words = vec![];
        loop {
            match kind {
                Kind::Word(vocabulary) => match self.vocabulary(vocabulary) {
                    Some(found) => words.push(found),
                    None => {
                        self.fail_among(vocabulary, failure, end, kind);
                        return false;
                    }
                },
                Kind::Run | Kind::Phrase => {
                    match if matches!(kind, Kind::Run) { self.take_run() } else { self.take_phrase() } {
                        run if run.is_empty() => {
                            self.fail(failure, end, kind.describe(), &kind.words());
                            return false;
                        }
                        run => runs.push(run),
                    }
                }
                _ => match self.single(kind) {
                    Some(term) => runs.push(vec![term]),
                    None => {
                        self.fail(failure, end, kind.describe(), &kind.words());
                        return false;
                    }
                },
            }
            if !(list && self.comma_before(kind)) {
                break;
            }
        }
        let value = match (words.is_empty(), list) {
            (false, _) => Value::Words(words),
            (true, false) if matches!(kind, Kind::Run) || runs[0].len() > 1 => Value::Runs(runs),
            (true, false) => Value::Term(runs[0][0]),
            (true, true) => Value::Runs(runs),
        };
        self.found.bound.push((name, value));
        true
    }

    /// Takes a comma if another element of the list follows it.
    fn comma_before(&mut self, kind: Kind) -> bool {
        let [.., next, Piece::Term(Term { node: Node::Comma, .. })] = self.stack.as_slice() else { return false };
        let fits = match (kind, next) {
            (Kind::Word(vocabulary), _) => {
                let mut ahead = State { stack: self.stack.clone(), taken: 0, found: Match::default() };
                ahead.stack.pop();
                ahead.vocabulary(vocabulary).is_some()
            }
            (Kind::Run, _) => true,
            (Kind::Expression, Piece::Term(term)) => fits(kind, term),
            // What follows the last of a list may be tied to it: `of Message, Membership = count(Message)`.
            (_, Piece::Term(term)) => fits(kind, leftmost(term)),
            _ => false,
        };
        if fits {
            self.take();
        }
        fits
    }

    fn peek(&self) -> Option<&'t Term<'s>> {
        match self.stack.last() {
            Some(Piece::Term(term)) => Some(leftmost(term)),
            _ => None,
        }
    }

    fn single(&mut self, kind: Kind) -> Option<&'t Term<'s>> {
        let term = match kind {
            Kind::Expression => match self.stack.last() {
                Some(Piece::Term(term)) => Some(*term),
                _ => None,
            },
            _ => self.leaf(),
        };
        let term = term.filter(|term| fits(kind, term))?;
        self.take();
        Some(term)
    }

    fn take_run(&mut self) -> Vec<&'t Term<'s>> {
        let mut run = vec![];
        while let Some(Piece::Term(term)) = self.stack.last().copied() {
            if term.node == Node::Comma {
                break;
            }
            self.take();
            run.push(term);
        }
        run
    }

    /// One value, or the words of a name: `row lock in one transaction`. What ties a reason to it is no part of it.
    fn take_phrase(&mut self) -> Vec<&'t Term<'s>> {
        if self.peek().is_some_and(|first| first.name().is_none()) {
            return self.single(Kind::Expression).into_iter().collect();
        }
        let mut run = vec![];
        loop {
            match (self.leaf(), self.stack.last()) {
                (Some(term), _) if term.name().is_some_and(|name| name != "because") => run.push(term),
                (None, Some(Piece::Operator(Operator::In | Operator::And | Operator::Or, _))) if !run.is_empty() => (),
                _ => return run,
            }
            self.take();
        }
    }

    /// The longest word of the vocabulary that stands here.
    fn vocabulary(&mut self, words: &'static Words) -> Option<(usize, Span)> {
        let mut best: Option<(usize, Vec<Piece<'t, 's>>, usize, Span)> = None;
        for (index, (word, _)) in (words.entries)().into_iter().enumerate() {
            let mut ahead = State { stack: self.stack.clone(), taken: 0, found: Match::default() };
            let Some(span) = ahead.spelled(word) else { continue };
            if best.as_ref().is_none_or(|(_, _, taken, _)| *taken < ahead.taken) {
                best = Some((index, ahead.stack, ahead.taken, span));
            }
        }
        let (index, stack, taken, span) = best?;
        self.stack = stack;
        self.taken += taken;
        Some((index, span))
    }

    /// Fails where the entries that begin as the clause does go on differently: `same shpae` at `shpae`.
    fn fail_among(&self, words: &'static Words, failure: &mut Failure, end: Span, kind: Kind) {
        let mut begun = vec![];
        for (word, _) in (words.entries)() {
            let mut ahead = State { stack: self.stack.clone(), taken: self.taken, found: Match::default() };
            ahead.spelled(word);
            if ahead.taken > self.taken {
                begun.push((ahead, word));
            }
        }
        if begun.is_empty() {
            self.fail(failure, end, kind.describe(), &kind.words());
        }
        for (ahead, word) in begun {
            if let Some(next) = tokens(word).nth(ahead.taken - self.taken) {
                ahead.fail(failure, end, format!("`{next}`"), &[next]);
            }
        }
    }

    fn spelled(&mut self, words: &str) -> Option<Span> {
        let mut span: Option<Span> = None;
        for word in tokens(words) {
            let term = self.leaf()?;
            let same = match term.node {
                Node::Comma => word == ",",
                Node::Name(name) => name == word,
                _ => false,
            };
            if !same {
                return None;
            }
            span = Some(span.map_or(term.span, |span| span.to(term.span)));
            self.take();
        }
        span
    }

    fn fail(&self, failure: &mut Failure, end: Span, expected: String, words: &[&'static str]) {
        if self.taken < failure.progress {
            return;
        }
        if self.taken > failure.progress || failure.at.is_none() {
            let (at, found) = match self.stack.last() {
                Some(Piece::Term(term)) => (leftmost(term).span, Some(describe(leftmost(term)))),
                Some(Piece::Operator(operator, span)) => (*span, Some(format!("`{}`", symbol(*operator)))),
                None => (end, None),
            };
            *failure = Failure { progress: self.taken, at: Some(at), found, expected: vec![], words: vec![] };
        }
        if !failure.expected.contains(&expected) {
            failure.expected.push(expected);
            failure.words.extend(words);
        }
    }
}

fn opens_with_name(elements: &[Element]) -> bool {
    matches!(elements.first(), Some(Element::Slot { kind: Kind::Name(_), .. }))
}

/// The words and commas of an entry: `many writers, one winner` has five.
fn tokens(entry: &str) -> impl Iterator<Item = &str> {
    entry.split(' ').flat_map(|word| match word.strip_suffix(',') {
        Some(word) => vec![word, ","],
        None => vec![word],
    })
}

fn leftmost<'t, 's>(mut term: &'t Term<'s>) -> &'t Term<'s> {
    while let Node::Binary { left, .. } = &term.node {
        term = left;
    }
    term
}

/// Whether a term can stand in a slot of that kind.
pub fn fits(kind: Kind, term: &Term<'_>) -> bool {
    match (kind, &term.node) {
        (Kind::New, Node::Name(_)) => true,
        (Kind::Signature, Node::Name(_) | Node::Call { .. }) => true,
        (Kind::Name(_) | Kind::Own, Node::Name(_) | Node::Path(_)) => true,
        (Kind::Text, Node::Text(_)) => true,
        (Kind::Type, Node::Name(_)) => true,
        (Kind::Percentile, Node::Name(name)) => name
            .strip_prefix('p')
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())),
        (Kind::Quantity(_), Node::Quantity(_)) => true,
        (Kind::Expression, node) => !matches!(node, Node::Comma | Node::Colon),
        _ => false,
    }
}
