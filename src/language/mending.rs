//! The small change that makes a clause of what is none: a mark or a word that was left out or is another one elsewhere, a figure
//! written as in prose. Whether it does is not guessed: the clause is read again with the change.

use super::foreign::{foreign_words, period};
use super::items::Forms;
use super::matching::{self, Failure};
use super::{Lowering, unescape};
use crate::source::{FileId, Span};
use crate::syntax;
use crate::syntax::tree::{Clause, Node, Term};
use sysd_rules::quantity::{Dimension, Quantity};
use sysd_rules::vocabulary::{Aggregate, Vocabulary};

/// A change, and how it is offered.
pub struct Mending {
    /// What goes away.
    pub at: Span,
    /// What comes instead.
    pub text: String,
    /// "insert `<=`"
    pub title: String,
    /// Whether nothing else would do as well.
    pub certain: bool,
}

/// What is to be read: the forms a clause can have, and whether it is the head of its item.
#[derive(Clone, Copy)]
pub struct Reading {
    /// The forms.
    pub forms: &'static Forms,
    /// Whether the clause is a head.
    pub head: bool,
}

impl Lowering<'_> {
    /// The first change after which the clause has one of the forms.
    pub(super) fn mending(&self, reading: Reading, clause: &Clause<'_>, failure: &Failure) -> Option<Mending> {
        let whole = clause.terms.first()?.span.to(clause.terms.last()?.span);
        let changes = [
            self.key(clause),
            self.enumeration(failure),
            self.mark(reading, clause, failure),
            self.rate(clause, failure),
            self.grouped_digits(clause, failure),
            self.surplus_colon(clause, failure),
            self.count_distinct(failure),
            self.share(failure),
            self.parts_of_a_name(clause, failure),
            self.parentheses(failure),
            self.enumerated(clause, failure),
            self.grouping(failure),
            self.quotes(clause, failure),
            self.surplus_word(clause),
            self.audience(clause, failure),
        ];
        let changes = changes.into_iter().flatten().chain(self.phrases(failure)).chain(self.words(clause, failure));
        changes.into_iter().find(|change| self.fits(reading, whole, change))
    }

    /// Whether the clause, so changed, has one of the forms that open with its first word.
    fn fits(&self, reading: Reading, whole: Span, change: &Mending) -> bool {
        let around = |start: u32, end: u32| self.text.get(start as usize..end as usize).unwrap_or("");
        if change.at.start < whole.start || change.at.end > whole.end {
            return false;
        }
        let (before, behind) = (around(whole.start, change.at.start), around(change.at.end, whole.end));
        let changed = format!("{before}{}{behind}", change.text);
        let text = if reading.head { changed } else { format!("load {{\n{changed}\n}}") };
        let (tree, problems) = syntax::parse(FileId::default(), &text);
        let [item] = &tree.items[..] else { return false };
        let clauses = item.body.as_ref().map_or(&[][..], |body| &body.clauses);
        let terms = match (reading.head, clauses) {
            (true, _) => &item.terms,
            (false, [clause]) => &clause.terms,
            _ => return false,
        };
        let Some((word, _)) = matching::leading_word(terms) else { return false };
        let mut forms = reading.forms.candidates(word);
        let is_form = forms.any(|(_, pattern)| matching::matches(pattern, terms, &mut Failure::default()).is_some());
        // A blank before a unit is told by itself, and takes nothing away.
        let is_read = problems.iter().all(|found| std::ptr::eq(found.code, &syntax::codes::INVALID_QUANTITY));
        is_read && is_form
    }

    /// `latency p95 < 200ms`, `staleness 2s`, `ordering lifecycle`
    fn mark(&self, reading: Reading, clause: &Clause<'_>, failure: &Failure) -> Option<Mending> {
        // What is not decided, or may be left out, is mended by no mark.
        if failure.found.as_deref() == Some("`?`") {
            return None;
        }
        let expected = |mark: &str| failure.expected.iter().any(|expected| expected.trim_matches('`') == mark);
        let mark = ["<=", ":", "->", "=", ","].into_iter().find(|mark| expected(mark))?;
        let at = failure.at?;
        let previous = clause.terms.iter().rev().flat_map(ends).filter(|end| *end <= at.start).max()?;
        let gap = self.text.get(previous as usize..at.end as usize)?;
        let written = gap.trim();
        let start = previous + (gap.len() - gap.trim_start().len()) as u32;
        if OPERATORS.contains(&written) || LINKS.contains(&written) && mark != ":" {
            let at = Span { start, end: start + written.len() as u32 };
            return Some(Mending { at, text: mark.into(), title: format!("write `{mark}`"), certain: true });
        }
        let at = Span { start: previous, end: previous };
        let text = match mark {
            ":" if reading.head => " :".into(),
            ":" | "," => mark.into(),
            _ => format!(" {mark}"),
        };
        Some(Mending { at, text, title: format!("insert `{mark}`"), certain: true })
    }

    /// `500 per second`
    fn rate(&self, clause: &Clause<'_>, failure: &Failure) -> Option<Mending> {
        let index = position(&clause.terms, failure)?;
        let [Term { node: Node::Quantity(Some(count)), span }, per, unit, ..] =
            clause.terms.get(index.checked_sub(1)?..)?
        else {
            return None;
        };
        let unit_of_time = period(unit.name()?).filter(|_| per.name() == Some("per"))?;
        let count = (count.dimension == Dimension::Count).then(|| self.text.get(span.range()))??;
        let text = format!("{count}/{unit_of_time}");
        Some(Mending { at: span.to(unit.span), title: format!("write `{text}`"), text, certain: true })
    }

    /// `50,000`
    fn grouped_digits(&self, clause: &Clause<'_>, failure: &Failure) -> Option<Mending> {
        let index = position(&clause.terms, failure)?;
        let first = clause.terms.get(index.checked_sub(1)?)?.span;
        let rest = self.text.get(first.start as usize..)?;
        let length = rest.find(|c: char| !c.is_ascii_digit() && c != ',').unwrap_or(rest.len());
        let mut groups = rest[..length].split(',');
        let leads = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
        if !leads || !groups.all(|group| group.len() == 3) {
            return None;
        }
        let unit = rest[length..].find(|c: char| !c.is_alphanumeric() && c != '/').unwrap_or(rest.len() - length);
        let digits = format!("{}{}", rest[..length].replace(',', ""), &rest[length..length + unit]);
        let text = Quantity::parse(&digits).ok()?.to_string();
        let end = first.start + (length + unit) as u32;
        Some(Mending { at: Span { start: first.start, end }, title: format!("write `{text}`"), text, certain: true })
    }

    /// `population: 50k`
    fn surplus_colon(&self, clause: &Clause<'_>, failure: &Failure) -> Option<Mending> {
        let colons = || clause.terms.iter().filter(|term| term.node == Node::Colon);
        let colon = colons().find(|term| Some(term.span) == failure.at).or(colons().next())?;
        Some(Mending { at: colon.span, text: String::new(), title: "take the `:` away".into(), certain: true })
    }

    /// `key: box_id uuid`
    fn key(&self, clause: &Clause<'_>) -> Option<Mending> {
        let [key, Term { node: Node::Colon, span: colon }, name, kind, ..] = &clause.terms[..] else { return None };
        let text = |term: &Term<'_>| self.text.get(term.span.range()).map(str::trim);
        let (name_text, kind) = (text(name)?, text(kind)?);
        let at = Span { start: colon.start, end: name.span.end };
        let title = format!("write `key {name_text}: {kind}`");
        (text(key)? == "key").then(|| Mending { at, text: format!(" {name_text}:"), title, certain: true })
    }

    /// `kind: enum(A, B)`: there are no enumerations; values that change along transitions are states.
    fn enumeration(&self, failure: &Failure) -> Option<Mending> {
        let at = failure.at.filter(|_| failure.found.as_deref() == Some("`enum(…)`"))?;
        Some(Mending { at, text: "text".into(), title: "write `text`".into(), certain: false })
    }

    /// `count distinct(x)`
    fn count_distinct(&self, failure: &Failure) -> Option<Mending> {
        let at = failure.at.filter(|_| failure.found.as_deref() == Some("`distinct(…)`"))?;
        let before = self.text.get(..at.start as usize)?.trim_end().strip_suffix("count")?;
        let at = Span { start: before.len() as u32, end: at.start };
        Some(Mending { at, text: String::new(), title: "write `distinct(…)`, which counts".into(), certain: true })
    }

    /// `latency 95% <= 200ms`, `latency <= 200ms`
    fn share(&self, failure: &Failure) -> Option<Mending> {
        let at = failure.at.filter(|_| failure.expected.iter().any(|expected| expected.starts_with("a percentile")))?;
        let written = self.text.get(at.range())?.trim();
        match written.strip_suffix('%') {
            Some(digits) => {
                let text = format!("p{}", digits.replace('.', ""));
                Some(Mending { at, title: format!("write `{text}`"), text, certain: true })
            }
            None => {
                let start = at.start + self.text.get(at.range())?.find(written)? as u32;
                let title = "say for which share of the requests: `p95`".into();
                Some(Mending { at: Span { start, end: start }, text: "p95 ".into(), title, certain: false })
            }
        }
    }

    /// `request id`, where `request_id` is written elsewhere.
    fn parts_of_a_name(&self, clause: &Clause<'_>, failure: &Failure) -> Option<Mending> {
        let index = position(&clause.terms, failure)?;
        let [before, next, ..] = clause.terms.get(index.checked_sub(1)?..)? else { return None };
        let text = format!("{}_{}", before.name()?, next.name()?);
        let is_known = self.text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == text);
        is_known.then(|| Mending {
            at: before.span.to(next.span),
            title: format!("did you mean `{text}`?"),
            text,
            certain: true,
        })
    }

    /// `count Order.id`
    fn parentheses(&self, failure: &Failure) -> Option<Mending> {
        let at = failure.at?;
        let before = self.text.get(..at.start as usize)?.trim_end();
        let function = before.rsplit(|c: char| !c.is_alphanumeric()).next().and_then(Aggregate::parse)?;
        let argument = self.text.get(at.range()).filter(|argument| argument.starts_with(char::is_alphabetic))?;
        let start = (before.len() - function.word().len()) as u32;
        let text = format!("{}({argument})", function.word());
        Some(Mending { at: Span { start, ..at }, title: format!("write `{text}`"), text, certain: true })
    }

    /// `for each customer and month`: a list has commas.
    fn enumerated(&self, clause: &Clause<'_>, failure: &Failure) -> Option<Mending> {
        let start = failure.at.filter(|_| failure.found.as_deref() == Some("`and`"))?.start;
        let at = Span { start, end: clause.terms.last()?.span.end };
        let text = self.text.get(at.range())?.replace(" and ", ", ");
        Some(Mending { at, text, title: "write `,`".into(), certain: true })
    }

    /// `per customer`, `group by month`: where a text in quotes could stand as well, nobody means one.
    fn grouping(&self, failure: &Failure) -> Option<Mending> {
        self.phrases(failure).into_iter().find(|phrase| phrase.text == GROUPING)
    }

    /// `because few collide`
    fn quotes(&self, clause: &Clause<'_>, failure: &Failure) -> Option<Mending> {
        let start =
            failure.at.filter(|_| failure.expected.iter().any(|expected| expected == "a text in quotes"))?.start;
        let at = Span { start, end: clause.terms.last()?.span.end };
        let words = self.text.get(at.range()).filter(|words| words.starts_with(char::is_alphabetic))?;
        let certain = failure.expected.len() == 1;
        let plain = !words.contains(['"', '\n', '{']);
        plain.then(|| Mending { at, text: format!("\"{words}\""), title: "put it in quotes".into(), certain })
    }

    /// `primary key id: uuid`
    fn surplus_word(&self, clause: &Clause<'_>) -> Option<Mending> {
        let [first, second, ..] = &clause.terms[..] else { return None };
        let word = first.name().filter(|word| SURPLUS.contains(word))?;
        let at = Span { start: first.span.start, end: second.span.start };
        Some(Mending { at, text: String::new(), title: format!("take `{word}` away"), certain: true })
    }

    /// `to members of room`: the audience of an instance is whoever watches it.
    fn audience(&self, clause: &Clause<'_>, failure: &Failure) -> Option<Mending> {
        let index = position(&clause.terms, failure).filter(|_| failure.found.as_deref() == Some("`of`"))?;
        let before = clause.terms.get(index.checked_sub(1)?).filter(|term| term.name().is_some())?;
        let title = "write `watchers of`, for those who watch it".into();
        Some(Mending { at: before.span, text: "watchers".into(), title, certain: false })
    }

    /// What is said in other words, and what says nothing: `group by x`, `is delivered`.
    fn phrases(&self, failure: &Failure) -> Vec<Mending> {
        let Some(at) = failure.at else { return vec![] };
        let rest = self.text.get(at.start as usize..).unwrap_or("");
        let written = PHRASES.iter().filter(|(foreign, _)| {
            let behind = rest.strip_prefix(foreign);
            behind.is_some_and(|behind| !behind.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-'))
        });
        let change = |(foreign, meant): &(&str, &str)| {
            let blank = usize::from(meant.is_empty() && rest[foreign.len()..].starts_with(' '));
            let at = Span { start: at.start, end: at.start + (foreign.len() + blank) as u32 };
            let title = if meant.is_empty() { format!("take `{foreign}` away") } else { format!("write `{meant}`") };
            Mending { at, text: (*meant).to_owned(), title, certain: true }
        };
        written.map(change).collect()
    }

    /// A word for another one, or a word that was left out. Of many, none is more likely than the others.
    fn words(&self, clause: &Clause<'_>, failure: &Failure) -> Vec<Mending> {
        const FEW: usize = 3;
        let (Some(at), Some(found)) = (failure.at, failure.found.as_deref()) else { return vec![] };
        let index = clause.terms.iter().position(|term| term.span.start == at.start);
        let is_name = index.is_some_and(|index| clause.terms[index].name().is_some());
        let mut changes = vec![];
        let meant = failure.words.iter().filter(|word| word.starts_with(char::is_alphabetic));
        let meant: Vec<&str> = meant.copied().filter(|word| !word.contains(' ')).collect();
        let replace =
            |word: &str| Mending { at, text: word.to_owned(), title: format!("did you mean `{word}`?"), certain: true };
        let found = unescape(found.trim_matches('`'));
        if let Some(word) = foreign_words(&found).find(|word| meant.contains(word)) {
            changes.push(replace(word));
        }
        if failure.words.len() <= FEW {
            let before = Span { start: at.start, end: at.start };
            let certain = failure.words.len() == 1;
            let insert = |word: &&str| Mending {
                at: before,
                text: format!("{word} "),
                title: format!("insert `{word}`"),
                certain,
            };
            changes.extend(meant.iter().map(insert));
            if let [only] = meant[..]
                && is_name
                && failure.words.len() == 1
            {
                changes.push(replace(only));
            }
        }
        changes
    }
}

/// Words that are written for a mark.
const LINKS: &[&str] = &["to", "into", "becomes", "under", "below", "max", "is", "are", "of"];

/// Words that open a line of other languages and say nothing here.
const SURPLUS: &[&str] =
    &["primary", "unique", "field", "let", "var", "val", "const", "required", "the", "public", "private"];

/// What groups an aggregate.
const GROUPING: &str = "for each";

/// What is said in other words, and what says nothing.
const PHRASES: &[(&str, &str)] = &[
    ("group by", GROUPING),
    ("grouped by", GROUPING),
    ("per each", GROUPING),
    ("per", GROUPING),
    ("by", GROUPING),
    ("upto", "up to"),
    ("is", "=="),
    ("equals", "=="),
    ("is", ""),
    ("are", ""),
    ("the", ""),
    ("a", ""),
    ("an", ""),
    ("must", ""),
    ("be", ""),
    (":", " on"),
];

/// What is written for another comparison or mark.
const OPERATORS: &[&str] = &["<", "=", "==", ":", "=<", "~", "~="];

fn position(terms: &[Term<'_>], failure: &Failure) -> Option<usize> {
    let at = failure.at?;
    terms.iter().position(|term| term.span.start == at.start)
}

/// Where a term ends, and the terms before an infix operator in it.
fn ends(term: &Term<'_>) -> Vec<u32> {
    match &term.node {
        Node::Binary { left, right, .. } => [ends(left), ends(right)].concat(),
        _ => vec![term.span.end],
    }
}
