//! What is said of a clause that fits no form: how far the nearest one came and what could have stood there, or that it is two
//! clauses in one line.

use super::foreign::foreign_words;
use super::items::{self, EFFECTS, Form, Forms, ITEMS, Item, Table};
use super::matching::{self, Failure, THE_END};
use super::mending::{Mending, Reading};
use super::names::{Near, near};
use super::pattern::{Kind, Measure, Pattern};
use super::{Lowering, codes, one_of, with_article};
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::source::Span;
use crate::syntax::problem::{CALENDAR, is_calendar};
use crate::syntax::tree::{Clause, Node, Term};
use std::ops::Range;
use std::ptr;
use sysd_rules::fact::Entity;
use sysd_rules::finding::Applicability;
use sysd_rules::vocabulary::{Primitive, Vocabulary};

impl Lowering<'_> {
    /// Nothing fits: says how far the nearest form came, or that the word is none of this item's. Gives the clauses it is made of
    /// where it is several in one line.
    pub(super) fn no_form(
        &mut self,
        table: &'static Table,
        forms: &'static Forms,
        clause: &Clause<'_>,
        (word, word_span): (&str, Span),
        failure: Failure,
    ) -> Vec<Range<usize>> {
        let (item, head) = (table.item, ptr::eq(forms, &table.head));
        if item.keyword == "invariant" && !head && is_condition(clause) {
            self.report(self.bare_condition(clause));
            return vec![];
        }
        let near = near(word, forms.first_words());
        let is_near = near.certain || !near.is_empty() && failure.progress == 0;
        if !head && forms.openings().all(|opening| opening != word) && (failure.progress == 0 || is_near) {
            self.unknown_clause(item, forms, clause, (word, word_span), near);
            return vec![];
        }
        let (failure, nearest) = nearest(forms, word, clause, failure);
        let run_on =
            if head { self.clause_in_head(table, clause, &failure) } else { self.run_on(forms, clause, &failure) };
        match run_on {
            Some((diagnostic, parts)) => {
                self.report(diagnostic);
                parts
            }
            None => {
                let diagnostic = self.unexpected(forms, clause, &failure, &nearest, head);
                self.report(diagnostic);
                vec![]
            }
        }
    }

    /// A condition in an invariant, without the word that says of when it is true.
    fn bare_condition(&self, clause: &Clause<'_>) -> Diagnostic {
        let before = self.at(Span { end: clause.span.start, ..clause.span });
        let message = "expected a statement, found a condition";
        Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(clause.span), message)
            .fix("write `holds …`", Applicability::Safe, before, "holds ")
            .note("it is written `holds <condition>` where the condition is true of every state")
    }

    /// Says what was expected instead of what stands there.
    fn unexpected(
        &self,
        forms: &'static Forms,
        clause: &Clause<'_>,
        failure: &Failure,
        nearest: &[(&'static Form, &'static Pattern)],
        head: bool,
    ) -> Diagnostic {
        let at = failure.at.unwrap_or(clause.span);
        let expected = one_of(&failure.expected);
        let written = self.text.get(at.range()).filter(|text| text.starts_with(|c: char| c.is_ascii_digit()));
        let found = written.map(|written| format!("`{written}`")).or(failure.found.clone());
        let message = match found {
            Some(found) => format!("expected {expected}, found {found}"),
            None => format!("expected {expected}"),
        };
        let mut diagnostic = Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(at), message);
        if let Some((span, meant)) = self.meant(clause, failure, nearest) {
            let applicability = if meant.certain { Applicability::Safe } else { Applicability::Unsafe };
            for word in meant.words {
                let title = format!("did you mean `{word}`?");
                diagnostic = diagnostic.fix(title, applicability, self.at(span), word);
            }
        }
        if diagnostic.fixes.is_empty() {
            diagnostic = self.mended(Reading { forms, head }, clause, failure, diagnostic);
        }
        if written.is_none()
            && failure.found.as_deref().is_some_and(|found| is_calendar(found.trim_matches('`')))
            && failure.expected.iter().any(|expected| expected == Measure::Time.describe())
        {
            let title = "write `30d`, windows of that length, one after the other";
            diagnostic = diagnostic
                .note(CALENDAR)
                .fix(title, Applicability::Unsafe, self.at(at), "30d")
                .help("for months of the calendar, give what happens a field that says in which, and group by it: `for each customer_id, month`");
        }
        if diagnostic.fixes.is_empty() && failure.words.len() > 1 {
            let words: Vec<_> = failure.words.iter().map(|word| format!("`{word}`")).collect();
            diagnostic = diagnostic.help(format!("there is {}", words.join(", ")));
        }
        if let (Some(("ownership" | "evolution" | "ordering", _)), Some(found)) =
            (matching::leading_word(&clause.terms), failure.found.as_deref())
            && self.is_type(found.trim_matches('`'))
        {
            diagnostic = diagnostic.help("give the field another name: the line that begins so is an axis");
        }
        let forms: Vec<_> = nearest.iter().map(|(form, _)| format!("`{}`", form.shown())).collect();
        match forms.is_empty() {
            true => diagnostic,
            false => diagnostic.note(format!("it is written {}", one_of(&forms))),
        }
    }

    fn is_type(&self, name: &str) -> bool {
        Primitive::parse(name).is_some() || matches!(self.names.item(name), Some(Entity::Object(_)))
    }

    /// The words that are meant by what stands at the place, and where: written with other marks between them (`append only`,
    /// `many writers one winner`), or misspelt.
    fn meant(
        &self,
        clause: &Clause<'_>,
        failure: &Failure,
        nearest: &[(&'static Form, &'static Pattern)],
    ) -> Option<(Span, Near)> {
        let (at, end) = (failure.at?, clause.terms.last()?.span.end);
        let entries: Vec<_> = nearest.iter().flat_map(|(_, pattern)| pattern.kinds()).flat_map(Kind::words).collect();
        let starts = clause.terms.iter().skip(1).map(|term| term.span.start).filter(|start| *start <= at.start);
        let remarked = starts.flat_map(|start| {
            let text = self.text.get(Span { start, end }.range()).unwrap_or("");
            let written = entries.iter().filter_map(move |entry| Some((start + same_letters(text, entry)?, *entry)));
            written.map(move |(end, entry)| (Span { start, end }, entry))
        });
        let remarked =
            remarked.filter(|(span, entry)| at.start < span.end && self.text.get(span.range()) != Some(*entry));
        if let Some((span, entry)) = remarked.max_by_key(|(span, _)| span.end - span.start) {
            return Some((span, Near { words: vec![entry.to_owned()], certain: true }));
        }
        let found = failure.found.as_deref()?.trim_matches('`');
        let likely = near(found, failure.words.iter().copied());
        if !likely.is_empty() {
            return Some((at, likely));
        }
        // `crash` is a part of some.
        let has_part = |entry: &&str| entry.split(' ').count() > 1 && entry.split(' ').any(|part| part == found);
        let wholes: Vec<String> = entries.iter().copied().filter(has_part).map(str::to_owned).collect();
        if (1..=2).contains(&wholes.len()) {
            return Some((at, Near { certain: wholes.len() == 1, words: wholes }));
        }
        // `apend only` is further from `append-only` than its first word alone may be from anything.
        let next = clause.terms.iter().find(|term| term.span.start > at.start && term.name().is_some())?;
        let both = at.to(next.span);
        let written = self.text.get(both.range())?.split_whitespace().collect::<Vec<_>>().join(" ");
        if !found.starts_with(char::is_alphabetic) {
            return None;
        }
        let likely = near(&written, failure.words.iter().copied());
        (!likely.is_empty()).then_some((both, likely))
    }

    /// Offers the small change that makes a clause of it, if there is one.
    pub(super) fn mended(
        &self,
        reading: Reading,
        clause: &Clause<'_>,
        failure: &Failure,
        diagnostic: Diagnostic,
    ) -> Diagnostic {
        match self.mending(reading, clause, failure) {
            Some(Mending { at, text, title, certain }) => {
                let applicability = if certain { Applicability::Safe } else { Applicability::Unsafe };
                diagnostic.fix(title, applicability, self.at(at), text)
            }
            None => diagnostic,
        }
    }

    /// Says that a clause runs into the next, if it does: a form is complete before the place, and another opens there. With the
    /// parts, where all that follows is clauses.
    fn run_on(
        &self,
        forms: &'static Forms,
        clause: &Clause<'_>,
        failure: &Failure,
    ) -> Option<(Diagnostic, Vec<Range<usize>>)> {
        let index = complete_before(failure, &clause.terms)?;
        let rest = &clause.terms[index..];
        let (word, _) = matching::leading_word(rest)?;
        let further = split(forms, rest);
        if further.is_none() && forms.openings().all(|opening| opening != word) {
            return None;
        }
        let starts = std::iter::once(index).chain(further.iter().flatten().map(|start| start + index));
        let starts: Vec<usize> = starts.collect();
        let diagnostic =
            self.another_clause(&rest[0], starts.iter().map(|start| end(&clause.terms[start - 1])).collect());
        let ends = starts.iter().copied().chain([clause.terms.len()]);
        let parts = std::iter::once(0).chain(starts.iter().copied()).zip(ends).map(|(start, end)| start..end);
        Some((diagnostic, further.map_or(vec![], |_| parts.collect())))
    }

    /// Says that clauses stand in the head.
    fn clause_in_head(
        &self,
        table: &'static Table,
        clause: &Clause<'_>,
        failure: &Failure,
    ) -> Option<(Diagnostic, Vec<Range<usize>>)> {
        let rest = &clause.terms[complete_before(failure, &clause.terms)?..];
        let (word, at) = matching::leading_word(rest)?;
        let further = split(&table.clauses, rest)?;
        let message = format!("expected the end of the head before `{word}`");
        let mut diagnostic = Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(at), message);
        if clause.body.is_none() {
            let semicolons = further.into_iter().map(|start| (end(&rest[start - 1]), ";"));
            let braces = [(Span { end: at.start, ..at }, "{ "), (end(rest.last()?), " }")];
            let edits = braces.into_iter().chain(semicolons);
            let edits = edits.map(|(span, text)| Edit { at: self.at(span), text: text.into() }).collect();
            diagnostic.fixes.push(Fix { title: "put it in braces".into(), applicability: Applicability::Safe, edits });
        }
        let note = format!("the clauses of {} stand in braces behind its head", with_article(table.item.keyword));
        Some((diagnostic.label("a clause begins here").note(note), vec![]))
    }

    /// Says that a clause begins where the one before has not ended, with the places where `;` is missing.
    pub(super) fn another_clause(&self, next: &Term<'_>, ends: Vec<Span>) -> Diagnostic {
        let (at, word) =
            matching::leading_word(std::slice::from_ref(next)).map_or((next.span, ""), |(word, at)| (at, word));
        let edits = ends.into_iter().map(|span| Edit { at: self.at(span), text: ";".into() }).collect();
        let mut diagnostic =
            Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(at), format!("expected {THE_END} before `{word}`"));
        diagnostic.fixes.push(Fix { title: "insert `;`".into(), applicability: Applicability::Safe, edits });
        diagnostic.label("another clause begins here").note("a clause ends with its line or with `;`")
    }

    /// An effect that stands alone: behind `;` where `,` was meant, or on a line of its own.
    fn lone_effect(&self, item: &Item, clause: &Clause<'_>) -> Option<Diagnostic> {
        use crate::syntax::tree::Operator::{Arrow, Assign, Decrease, Increase};
        let [Term { node: Node::Binary { operator: Assign | Increase | Decrease | Arrow, left, .. }, span }] =
            &clause.terms[..]
        else {
            return None;
        };
        if item.keyword != "operation" || !matches!(left.node, Node::Path(_) | Node::Name(_)) {
            return None;
        }
        let diagnostic = Diagnostic::new(&codes::UNKNOWN_CLAUSE, self.at(*span), "an effect stands behind `then`");
        let before = self.text.get(..span.start as usize)?;
        let diagnostic =
            diagnostic.label("no clause of its own").note("effects are separated by `,`; a `;` ends the clause");
        match before.trim_end().strip_suffix(';') {
            Some(ahead) => {
                let at = Span { start: ahead.len() as u32, end: ahead.len() as u32 + 1 };
                Some(diagnostic.fix("write `,` for `;`", Applicability::Safe, self.at(at), ","))
            }
            None => {
                let at = self.at(Span { end: span.start, ..*span });
                Some(diagnostic.fix("write `then` before it", Applicability::Safe, at, "then "))
            }
        }
    }

    fn unknown_clause(
        &mut self,
        item: &Item,
        forms: &'static Forms,
        clause: &Clause<'_>,
        (word, at): (&str, Span),
        near: Near,
    ) {
        if let Some(diagnostic) = self.lone_effect(item, clause) {
            return self.report(diagnostic);
        }
        let message = format!("`{word}` is no clause of {}", with_article(item.keyword));
        let mut diagnostic = Diagnostic::new(&codes::UNKNOWN_CLAUSE, self.at(at), message);
        if item.keyword == "operation" && EFFECTS.contains(&word) {
            let before = self.at(Span { end: at.start, ..at });
            let title = format!("write `then {word} …`");
            diagnostic = diagnostic.label("is an effect").fix(title, Applicability::Safe, before, "then ");
        } else if let Some(meant) = foreign_words(word).find(|meant| forms.openings().any(|opening| opening == *meant))
        {
            diagnostic = diagnostic.did_you_mean(meant);
        } else if let ("query", "when" | "if" | "require" | "requires") = (item.keyword, word) {
            diagnostic = diagnostic.note("a query decides nothing: it reads what its clauses say").help(
                "who may ask it is an access invariant: `only exists Member(room_id, user_id: caller) may History`",
            );
        } else if !near.is_empty() {
            diagnostic = near.offer(diagnostic);
        } else if let Some((form, _)) = forms.forms.iter().find(|(_, pattern)| pattern.has_word(word)) {
            diagnostic = diagnostic.help(format!("it is part of `{}`", form.shown()));
        } else {
            if let Some((other, form)) = elsewhere(word) {
                let whose = with_article(other.keyword);
                diagnostic = diagnostic.note(format!("{whose} has it: `{}`", form.shown()));
            }
            let mut all: Vec<_> = forms.first_words().map(|word| format!("`{word}`")).collect();
            all.dedup();
            diagnostic = diagnostic.help(format!("{} takes {}", with_article(item.keyword), all.join(", ")));
        }
        self.report(diagnostic);
    }
}

/// The first item that has a clause opening with the word, and the clause.
fn elsewhere(word: &str) -> Option<(&'static Item, &'static Form)> {
    let tables = ITEMS.iter().filter_map(|item| items::table(item.keyword));
    let mut all = tables.flat_map(|table| table.clauses.forms.iter().map(move |(form, _)| (table.item, *form)));
    all.find(|(_, form)| form.word() == word)
}

/// The forms that came furthest, and how they failed. Of a clause that opens with a word of the language and goes on as that
/// clause does, only the forms with that word: anything could be the name of a field.
fn nearest(
    forms: &'static Forms,
    word: &str,
    clause: &Clause<'_>,
    all: Failure,
) -> (Failure, Vec<(&'static Form, &'static Pattern)>) {
    let failed: Vec<_> = forms
        .candidates(word)
        .map(|(form, pattern)| {
            let mut failure = Failure::default();
            matching::matches(pattern, &clause.terms, &mut failure);
            (*form, pattern, failure)
        })
        .collect();
    let of_word = || failed.iter().filter(|(form, ..)| form.word() == word);
    let furthest = of_word().map(|(.., failure)| failure.progress).max().unwrap_or(0);
    if furthest < 2 && furthest < all.progress {
        let reached = failed.iter().filter(|(.., failure)| failure.progress == all.progress);
        return (all.clone(), reached.map(|(form, pattern, _)| (*form, *pattern)).collect());
    }
    let mut failure = Failure::default();
    for (_, pattern, _) in of_word() {
        matching::matches(pattern, &clause.terms, &mut failure);
    }
    let reached = of_word().filter(|(.., failure)| failure.progress == furthest);
    (failure, reached.map(|(form, pattern, _)| (*form, *pattern)).collect())
}

/// Where the clause failed, if a form was complete there.
fn complete_before(failure: &Failure, terms: &[Term<'_>]) -> Option<usize> {
    let complete = failure.expected.iter().any(|expected| expected == THE_END);
    let at = failure.at.filter(|_| complete)?;
    terms.iter().position(|term| term.span.start == at.start).filter(|index| *index > 0)
}

/// Where the second clause and those behind it begin, if the terms are clauses that follow each other and all of them fit a form.
fn split(forms: &'static Forms, terms: &[Term<'_>]) -> Option<Vec<usize>> {
    let mut starts = vec![];
    let mut start = 0;
    loop {
        let rest = &terms[start..];
        let (word, _) = matching::leading_word(rest)?;
        let mut failure = Failure::default();
        if forms.candidates(word).any(|(_, pattern)| matching::matches(pattern, rest, &mut failure).is_some()) {
            return Some(starts);
        }
        start += complete_before(&failure, rest)?;
        starts.push(start);
    }
}

fn end(term: &Term<'_>) -> Span {
    Span { start: term.span.end, ..term.span }
}

/// Where the entry ends, if the text begins with its letters, whatever the marks and blanks between them.
fn same_letters(text: &str, entry: &str) -> Option<u32> {
    if !text.starts_with(char::is_alphanumeric) {
        return None;
    }
    let letters = |c: &char| c.is_alphanumeric();
    let mut wanted = entry.chars().filter(letters).map(|c| c.to_ascii_lowercase());
    let mut next = wanted.next()?;
    for (index, c) in text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
        if c.to_ascii_lowercase() != next {
            return None;
        }
        next = match wanted.next() {
            Some(next) => next,
            None => {
                let end = index + c.len_utf8();
                let ends = !text[end..].starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_');
                return ends.then_some(end as u32);
            }
        };
    }
    None
}

fn is_condition(clause: &Clause<'_>) -> bool {
    matches!(&clause.terms[..], [Term { node: Node::Binary { .. } | Node::Not(_) | Node::Exists(_), .. }])
}
