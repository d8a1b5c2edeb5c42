//! Patterns: what a clause looks like, written as an author would write it.
//!
//! `latency <percentile> <= <time>` is a pattern, and so is `rate <rate> [ , hottest <instance:name> <hot:rate> ]`. Words and
//! marks stand for themselves, `[ ]` is optional, `<slot:kind>` takes what the author filled in; `<slot:kind,+>` a list with
//! commas. From the same patterns come lowering, error messages, completion, hover and the reference of the language.

use super::names::article;
use super::one_of;
use crate::syntax::tree::Operator;
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
    /// A value, or a name of several words.
    Phrase,
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
            "event" => Kind::Name(&["event"]),
            "permitted" => Kind::Name(&["operation", "query", "view", "object"]),
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
            "phrase" => Kind::Phrase,
            _ => match VOCABULARIES.iter().find(|words| words.slot == word) {
                Some(words) => Kind::Word(words),
                None => unreachable!("pattern names an unknown kind of slot: {word}"),
            },
        }
    }

    /// The words that could stand there.
    pub fn words(self) -> Vec<&'static str> {
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
            Kind::Phrase => "a value or a name".into(),
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
        self.kinds().iter().any(|kind| matches!(kind, Kind::Word(words) if words.concept == concept))
    }

    /// Whether the word is one of its own, wherever it stands.
    pub fn has_word(&self, word: &str) -> bool {
        fn of(elements: &[Element], word: &str) -> bool {
            elements.iter().any(|element| match element {
                Element::Word(own) => *own == word,
                Element::Optional(inside) => of(inside, word),
                _ => false,
            })
        }
        of(&self.elements, word)
    }

    /// What may stand in its slots, in their order.
    pub fn kinds(&self) -> Vec<Kind> {
        fn of(elements: &[Element], kinds: &mut Vec<Kind>) {
            for element in elements {
                match element {
                    Element::Slot { kind, .. } => kinds.push(*kind),
                    Element::Optional(inside) => of(inside, kinds),
                    _ => (),
                }
            }
        }
        let mut kinds = vec![];
        of(&self.elements, &mut kinds);
        kinds
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
