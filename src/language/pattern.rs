//! Patterns: what a clause looks like, written as an author would write it.
//!
//! `latency <percentile> <= <time>` is a pattern, and so is `rate <rate> [ , hottest <instance:name> <hot:rate> ]`. Words and
//! marks stand for themselves, `[ ]` is optional, `<slot:kind>` takes what the author filled in; `<slot:kind,+>` a list with
//! commas. From the same patterns come lowering, error messages, completion, hover and the reference of the language.

use super::names::article;
use super::one_of;
use crate::source::Span;
use crate::syntax::tree::{Node, Operator, Term};
use sysd_rules::quantity::Dimension;
use sysd_rules::vocabulary::*;

/// A parsed pattern.
#[derive(Debug)]
pub struct Pattern {
    /// What must follow what.
    pub elements: Vec<Element>,
}

/// One element of a pattern.
#[derive(Debug)]
pub enum Element {
    /// A word that stands for itself.
    Word(&'static str),
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// An infix operator.
    Operator(Operator),
    /// Something the author fills in.
    Slot {
        /// How the form's code asks for it.
        name: &'static str,
        /// What may stand there.
        kind: Kind,
        /// Whether several may stand there, separated by commas.
        list: bool,
    },
    /// May be left out.
    Optional(Vec<Element>),
}

/// What may stand in a slot.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A name that is being declared.
    New,
    /// A name that is being declared, with or without parameters.
    Signature,
    /// A name or path that is declared elsewhere, of one of these sorts (as [`Entity::noun`](sysd_rules::fact::Entity::noun)
    /// calls them); of any where there are none. Lowering resolves it and decides; completion offers no others.
    Name(&'static [&'static str]),
    /// A name of the author's own that nothing declares.
    Own,
    /// A quoted text.
    Text,
    /// An expression.
    Expression,
    /// A type.
    Type,
    /// `p95`
    Percentile,
    /// A quantity of that sort.
    Quantity(Measure),
    /// One of the words of a vocabulary.
    Word(&'static Words),
    /// All terms up to the next comma.
    Run,
}

/// What a quantity slot measures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Measure {
    Count,
    Time,
    Rate,
    Bytes,
    Percent,
    Distance,
    Money,
    Any,
}

impl Measure {
    /// Whether a quantity of that dimension fits.
    pub fn fits(self, dimension: Dimension) -> bool {
        match self {
            Measure::Any => true,
            Measure::Count => dimension == Dimension::Count,
            Measure::Time => dimension == Dimension::Time,
            Measure::Rate => dimension == Dimension::Rate,
            Measure::Bytes => dimension == Dimension::Bytes,
            Measure::Percent => dimension == Dimension::Percent,
            Measure::Distance => dimension == Dimension::Distance,
            Measure::Money => matches!(dimension, Dimension::Money(_)),
        }
    }

    /// How messages name it.
    pub fn describe(self) -> &'static str {
        match self {
            Measure::Count => "a number such as `3` or `10k`",
            Measure::Time => "a time such as `200ms` or `24h`",
            Measure::Rate => "a rate such as `10k/s`",
            Measure::Bytes => "a size such as `4KB`",
            Measure::Percent => "a percentage such as `95%`",
            Measure::Distance => "a distance such as `3km`",
            Measure::Money => "an amount of money such as `0.10USD`",
            Measure::Any => "a quantity with its unit",
        }
    }
}

/// One vocabulary, without its type.
#[derive(Debug)]
pub struct Words {
    /// As patterns name it.
    pub slot: &'static str,
    /// As messages name it.
    pub concept: &'static str,
    /// Spelling and meaning, in the order of the vocabulary.
    pub entries: fn() -> Vec<(&'static str, &'static str)>,
}

macro_rules! vocabularies {
    ($($slot:literal $vocabulary:ident,)+) => {
        /// All vocabularies that a pattern can name.
        pub static VOCABULARIES: &[Words] = &[$(Words {
            slot: $slot,
            concept: $vocabulary::CONCEPT,
            entries: || $vocabulary::ALL.iter().map(|item| (item.word(), item.gloss())).collect(),
        }),+];
    };
}
vocabularies! {
    "actor-kind" ActorKind,
    "actor-fault" ActorFault,
    "class" Class,
    "ownership" Ownership,
    "evolution" Evolution,
    "ordering" Ordering,
    "invariant-type" InvariantType,
    "touch" Touch,
    "aggregate" Aggregate,
    "fault" FaultKind,
    "clock" Clock,
    "partition-policy" PartitionPolicy,
    "scope" Scope,
    "shape" Shape,
    "coupling" Coupling,
    "fan-out" FanOut,
    "topic" Topic,
    "sign" Sign,
    "service-trait" ServiceTrait,
    "preference" Preference,
}

impl Kind {
    fn parse(word: &str) -> Kind {
        match word {
            "new" => Kind::New,
            "signature" => Kind::Signature,
            "name" => Kind::Name(&[]),
            "own" => Kind::Own,
            "actor" => Kind::Name(&["actor"]),
            "requirement" => Kind::Name(&["requirement"]),
            "object" => Kind::Name(&["object"]),
            "view" => Kind::Name(&["view"]),
            "source" => Kind::Name(&["object", "view"]),
            "field" => Kind::Name(&["field"]),
            "target" => Kind::Name(&["field", "view"]),
            "state" => Kind::Name(&["state"]),
            "operation" => Kind::Name(&["operation"]),
            "parameter" => Kind::Name(&["parameter"]),
            "instance" => Kind::Name(&["parameter", "object"]),
            "invariant" => Kind::Name(&["invariant"]),
            "service" => Kind::Name(&["service"]),
            "region" => Kind::Name(&["region"]),
            "text" => Kind::Text,
            "expression" => Kind::Expression,
            "type" => Kind::Type,
            "percentile" => Kind::Percentile,
            "count" => Kind::Quantity(Measure::Count),
            "time" => Kind::Quantity(Measure::Time),
            "rate" => Kind::Quantity(Measure::Rate),
            "bytes" => Kind::Quantity(Measure::Bytes),
            "percent" => Kind::Quantity(Measure::Percent),
            "distance" => Kind::Quantity(Measure::Distance),
            "money" => Kind::Quantity(Measure::Money),
            "quantity" => Kind::Quantity(Measure::Any),
            "run" => Kind::Run,
            _ => match VOCABULARIES.iter().find(|words| words.slot == word) {
                Some(words) => Kind::Word(words),
                None => unreachable!("pattern names an unknown kind of slot: {word}"),
            },
        }
    }

    /// The words that could stand there.
    fn words(self) -> Vec<&'static str> {
        match self {
            Kind::Word(words) => (words.entries)().into_iter().map(|(word, _)| word).collect(),
            _ => vec![],
        }
    }

    /// How messages name it.
    pub fn describe(self) -> String {
        match self {
            Kind::New => "a new name".into(),
            Kind::Signature => "a new name, with or without parameters".into(),
            Kind::Name(&[]) | Kind::Own => "a name".into(),
            Kind::Name(nouns) => one_of(&nouns.iter().map(|noun| article(noun)).collect::<Vec<_>>()),
            Kind::Text => "a text in quotes".into(),
            Kind::Expression => "an expression".into(),
            Kind::Type => "a type".into(),
            Kind::Percentile => "a percentile such as `p95`".into(),
            Kind::Quantity(measure) => measure.describe().into(),
            Kind::Word(words) => article(words.concept),
            Kind::Run => "what it does".into(),
        }
    }
}

impl Pattern {
    /// Reads a pattern. Patterns are part of the program: a malformed one is a bug found by the first test.
    pub fn parse(text: &'static str) -> Pattern {
        let mut words = text.split_whitespace();
        Pattern { elements: elements(&mut words) }
    }

    /// Whether a word of that concept may stand somewhere in it.
    pub fn takes(&self, concept: &str) -> bool {
        fn any(elements: &[Element], concept: &str) -> bool {
            elements.iter().any(|element| match element {
                Element::Slot { kind: Kind::Word(words), .. } => words.concept == concept,
                Element::Optional(inside) => any(inside, concept),
                _ => false,
            })
        }
        any(&self.elements, concept)
    }

    /// The word it opens with, if it opens with one.
    pub fn opening(&self) -> Option<&'static str> {
        match self.elements.first() {
            Some(Element::Word(word)) => Some(word),
            _ => None,
        }
    }
}

fn elements(words: &mut std::str::SplitWhitespace<'static>) -> Vec<Element> {
    let mut all = vec![];
    while let Some(word) = words.next() {
        all.push(match word {
            "[" => Element::Optional(elements(words)),
            "]" => break,
            "," => Element::Comma,
            ":" => Element::Colon,
            "->" => Element::Operator(Operator::Arrow),
            "=" => Element::Operator(Operator::Assign),
            "<=" => Element::Operator(Operator::AtMost),
            "in" => Element::Operator(Operator::In),
            _ => match word.strip_prefix('<') {
                Some(slot) => slot_element(slot),
                None => Element::Word(word),
            },
        });
    }
    all
}

fn slot_element(slot: &'static str) -> Element {
    let (slot, list) = match slot.strip_suffix(",+>") {
        Some(slot) => (slot, true),
        None => (slot.trim_end_matches('>'), false),
    };
    let (name, kind) = slot.split_once(':').unwrap_or((slot, slot));
    Element::Slot { name, kind: Kind::parse(kind), list }
}

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

/// Matches a clause's terms against a pattern.
pub fn matches<'t, 's>(pattern: &Pattern, terms: &'t [Term<'s>], failure: &mut Failure) -> Option<Match<'t, 's>> {
    let mut state = State { stack: terms.iter().rev().map(Piece::Term).collect(), taken: 0, found: Match::default() };
    let end = terms.last().map_or(Span::default(), |term| Span { start: term.span.end, end: term.span.end });
    if !state.run(&pattern.elements, failure, end) {
        return None;
    }
    if !state.stack.is_empty() {
        state.fail(failure, end, "the end of the clause".into(), &[]);
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
        elements.iter().all(|element| match element {
            Element::Word(word) => self.word(word, failure, end),
            Element::Comma => self.mark(&Node::Comma, "`,`", failure, end),
            Element::Colon => self.mark(&Node::Colon, "`:`", failure, end),
            Element::Operator(operator) => self.operator(*operator, failure, end),
            Element::Slot { name, kind, list } => self.slot(name, *kind, *list, failure, end),
            Element::Optional(inner) => {
                let saved = (self.stack.clone(), self.taken, self.found.clone());
                if !self.run(inner, failure, end) {
                    (self.stack, self.taken, self.found) = saved;
                }
                true
            }
        })
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
                        self.fail(failure, end, kind.describe(), &kind.words());
                        return false;
                    }
                },
                Kind::Run => match self.take_run() {
                    run if run.is_empty() => {
                        self.fail(failure, end, kind.describe(), &kind.words());
                        return false;
                    }
                    run => runs.push(run),
                },
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
            (true, false) if matches!(kind, Kind::Run) => Value::Runs(runs),
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
            (_, Piece::Term(term)) => fits(kind, term),
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

    fn spelled(&mut self, words: &str) -> Option<Span> {
        let mut span: Option<Span> = None;
        for word in words.split_inclusive(|c| c == ' ').flat_map(|word| {
            let word = word.trim();
            match word.strip_suffix(',') {
                Some(word) => vec![word, ","],
                None => vec![word],
            }
        }) {
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

fn leftmost<'t, 's>(mut term: &'t Term<'s>) -> &'t Term<'s> {
    while let Node::Binary { left, .. } = &term.node {
        term = left;
    }
    term
}

fn fits(kind: Kind, term: &Term<'_>) -> bool {
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

/// How a message names what stands somewhere.
pub fn describe(term: &Term<'_>) -> String {
    match &term.node {
        Node::Name(_) | Node::Path(_) => format!("`{}`", spelling(term)),
        Node::Call { function, .. } => format!("`{}(…)`", spelling(function)),
        Node::Quantity(Some(quantity)) => format!("`{quantity}`"),
        Node::Quantity(None) => "a quantity".into(),
        Node::Text(_) => "a text".into(),
        Node::Hole => "`?`".into(),
        Node::Comma => "`,`".into(),
        Node::Colon => "`:`".into(),
        _ => "an expression".into(),
    }
}

/// A name or path as it is written; nothing for other terms.
pub fn spelling(term: &Term<'_>) -> String {
    match &term.node {
        Node::Name(name) => (*name).to_owned(),
        Node::Path(segments) => segments.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("."),
        _ => String::new(),
    }
}

/// An operator as it is written.
pub fn symbol(operator: Operator) -> &'static str {
    match operator {
        Operator::Arrow => "->",
        Operator::Assign => "=",
        Operator::Increase => "+=",
        Operator::Decrease => "-=",
        Operator::Or => "or",
        Operator::And => "and",
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::AtMost => "<=",
        Operator::Greater => ">",
        Operator::AtLeast => ">=",
        Operator::In => "in",
        Operator::NotIn => "not in",
        Operator::Plus => "+",
        Operator::Minus => "-",
        Operator::Times => "*",
        Operator::Divide => "/",
    }
}
