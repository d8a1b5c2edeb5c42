//! What may be written at a place: only words, names and units that the clause there can have next.
//!
//! A stand-in is put where the cursor is and the item parsed with it: the stand-in is then a term of some clause, and the
//! forms of that clause say what they want in its stead.

mod snippet;
mod units;

use super::cursor::Cursor;
use super::hover::{first_paragraph, prose, signature};
use super::word_around;
use crate::Analysis;
use crate::diagnostic::Code;
use crate::language::candidates::{self, Candidate, Scope};
use crate::language::expect::{self, Expected, Wanted};
use crate::language::items::{Form, ITEM_KEYWORDS, ITEMS, Item};
use crate::language::matching;
use crate::language::pattern::{Kind, Measure, Words};
use crate::language::role::{Role, role};
use crate::source::{FileId, Location, Span};
use crate::syntax::lexer;
use crate::syntax::tree::{Clause, Node, Tree};
pub use snippet::sketch;

/// The proposals and the text they are to replace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Completion {
    /// The word around the cursor.
    pub replace: Span,
    /// Best first; no two with the same label.
    pub proposals: Vec<Proposal>,
}

/// One proposal.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// What is listed.
    pub label: String,
    /// What sort of thing it is.
    pub sort: Sort,
    /// One line beside the label: the form, the type.
    pub detail: String,
    /// Markdown.
    pub documentation: String,
    /// What is written; with tab stops (`${1:name}`) where it is a snippet.
    pub insert: String,
    /// Whether `insert` has tab stops.
    pub is_snippet: bool,
}

/// What sort of thing is proposed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[allow(missing_docs)]
pub enum Sort {
    Item,
    Clause,
    Word,
    Unit,
    Type,
    Code,
    Name(Role),
    Operator,
}

/// What may stand at a byte of a file.
pub fn complete(analysis: &Analysis, file: FileId, byte: u32) -> Completion {
    let text = &analysis.sources.file(file).text;
    let replace = quantity_around(text, word_around(text, byte));
    if in_comment_or_text(text, replace.start) {
        return Completion { replace, proposals: vec![] };
    }
    in_place_of(analysis, file, replace)
}

/// Whether the findings of the spec say what may stand at a byte: behind `allow(`.
pub fn asks_for_findings(text: &str, byte: u32) -> bool {
    let before = text.get(..byte as usize).unwrap_or("");
    let line = &before[before.rfind('\n').map_or(0, |newline| newline + 1)..];
    line.trim_start().starts_with("allow")
}

/// What may stand where something else stands: a word, a `?`.
pub fn in_place_of(analysis: &Analysis, file: FileId, replace: Span) -> Completion {
    let text = &analysis.sources.file(file).text;
    let stand_in = stand_in(text);
    let around = item_around(text, replace);
    let before = &text[around.start as usize..replace.range().start];
    let after = &text[replace.range().end..around.range().end];
    let place = Place { analysis, file, stand_in: &stand_in, typed: &text[replace.range()], start: around.start };
    let proposals_behind = |before: &str| {
        let marked = [before, &stand_in, after].concat();
        let (tree, _) = crate::syntax::parse(file, &marked);
        place.proposals(&tree, replace.start - around.start)
    };
    let mut proposals = proposals_behind(before);
    if let Some(joined) = joined(before) {
        let goes_on = proposals_behind(&joined).into_iter().filter(|proposal| ties_lines(&proposal.insert));
        proposals.extend(goes_on);
    }
    let mut seen = std::collections::HashSet::new();
    proposals.retain(|proposal| seen.insert(proposal.label.clone()));
    Completion { replace, proposals }
}

/// The text with its last line and the one before made one, where the last is blank so far: what is written next may belong to
/// the clause above.
fn joined(text: &str) -> Option<String> {
    let kept = text.trim_end();
    let blank = &text[kept.len()..];
    let line = &kept[kept.rfind('\n').map_or(0, |newline| newline + 1)..];
    (blank.contains('\n') && !line.contains("//")).then(|| kept.to_owned() + &blank.replace('\n', " "))
}

/// Whether a line that begins so belongs to the clause above.
fn ties_lines(insert: &str) -> bool {
    let first = lexer::tokens(insert).next().map(|(kind, _)| kind);
    matches!(first, Some(lexer::Kind::Connective | lexer::Kind::Infix(_)))
}

/// A place in a tree in which a stand-in stands.
struct Place<'a> {
    analysis: &'a Analysis,
    file: FileId,
    stand_in: &'a str,
    /// What stands there in truth.
    typed: &'a str,
    /// Where the tree's text starts in the file.
    start: u32,
}

impl Place<'_> {
    fn proposals(&self, tree: &Tree<'_>, byte: u32) -> Vec<Proposal> {
        let Some(cursor) = Cursor::at(tree, byte) else { return item_keywords() };
        let opens = matching::leading_word(&cursor.clause.terms).is_some_and(|(word, _)| word == self.stand_in);
        if cursor.in_head() && opens {
            return item_keywords();
        }
        if matching::leading_word(&cursor.clause.terms).is_some_and(|(word, _)| word == "allow") {
            return in_allow(self.analysis, self.file, self.start + byte, cursor.clause, self.stand_in);
        }
        let Some(forms) = cursor.forms else { return vec![] };
        let scope =
            Scope::new(self.analysis, self.file, self.start + cursor.item.span.start, cursor.clause, self.stand_in);
        let mut proposals = vec![];
        let expected = expect::expected(forms, &cursor.clause.terms, self.stand_in);
        // `ownership: …` could be a field of that name, but where the clause of that word goes on, it is none.
        let word = matching::leading_word(&cursor.clause.terms).map_or("", |(word, _)| word);
        let worded = expected.iter().any(|expected| expected.form.word() == word);
        for expected in expected.into_iter().filter(|expected| !worded || !expected.form.word().is_empty()) {
            self.propose(&expected, &cursor, &scope, &mut proposals);
        }
        if opens && !cursor.in_head() {
            proposals.extend(item_keywords().into_iter().filter(|proposal| proposal.label == "allow"));
        }
        proposals
    }

    fn propose(
        &self,
        expected: &Expected<'_, '_>,
        cursor: &Cursor<'_>,
        scope: &Scope<'_, '_>,
        all: &mut Vec<Proposal>,
    ) {
        match expected.what {
            Wanted::Word(_) if expected.opens => {
                if !is_used(expected.form, cursor, self.stand_in) {
                    all.push(clause(expected.form));
                }
            }
            Wanted::Word(word) => all.push(Proposal {
                detail: expected.form.shown(),
                documentation: expected.form.gloss.to_owned(),
                ..Proposal::word(word, Sort::Word)
            }),
            Wanted::Of(words, word, written) => all.push(vocabulary(words, word, written)),
            Wanted::Slot(_, Kind::Quantity(measure)) => {
                all.extend(units::of(measure, self.typed, expected.form.word()));
            }
            Wanted::Slot(_, Kind::Percentile) => all.extend(units::percentiles()),
            Wanted::Slot(_, Kind::Expression | Kind::Run) if self.typed.starts_with(|c: char| c.is_ascii_digit()) => {
                all.extend(units::of(Measure::Any, self.typed, expected.form.word()));
            }
            Wanted::Slot(_, Kind::Type) => self.offer(scope.types(), all),
            Wanted::Slot(slot, Kind::Name(nouns)) => self.offer(scope.names(nouns, slot), all),
            Wanted::Slot(_, Kind::Expression | Kind::Phrase) => self.offer(scope.values(), all),
            Wanted::Slot(_, Kind::Run) => self.offer(scope.effects(), all),
            Wanted::Within(_, Kind::Signature, term) => self.offer(scope.parameter_types(term), all),
            Wanted::Within(_, _, term) => self.offer(scope.within(term), all),
            Wanted::Connective => all.extend(connectives()),
            Wanted::Slot(_, Kind::New | Kind::Signature | Kind::Own | Kind::Text | Kind::Word(_)) => (),
        }
    }
}

impl Place<'_> {
    fn offer(&self, candidates: Vec<Candidate>, all: &mut Vec<Proposal>) {
        all.extend(candidates.into_iter().map(|candidate| match candidate.sort {
            candidates::Sort::Declared(entity) => Proposal {
                detail: signature(self.analysis, entity),
                documentation: prose(self.analysis, entity),
                ..Proposal::word(&candidate.text, Sort::Name(role(entity)))
            },
            candidates::Sort::Function => Proposal {
                documentation: candidate.gloss.to_owned(),
                insert: format!("{}($1)", candidate.text),
                is_snippet: true,
                ..Proposal::word(&candidate.text, Sort::Word)
            },
            candidates::Sort::Word | candidates::Sort::Type => {
                let sort = if candidate.sort == candidates::Sort::Type { Sort::Type } else { Sort::Word };
                Proposal { documentation: candidate.gloss.to_owned(), ..Proposal::word(&candidate.text, sort) }
            }
        }));
    }
}

impl Proposal {
    /// A word that stands for itself.
    fn word(word: &str, sort: Sort) -> Proposal {
        Proposal {
            label: word.to_owned(),
            sort,
            detail: String::new(),
            documentation: String::new(),
            insert: word.to_owned(),
            is_snippet: false,
        }
    }
}

/// The number that the word is the end of: `2k/s` and `0.5KB` are one word, and so is `2k/`.
fn quantity_around(text: &str, word: Span) -> Span {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '/');
    let start = text[..word.range().start].trim_end_matches(is_part).len();
    let is_quantity = text[start..].starts_with(|c: char| c.is_ascii_digit());
    if is_quantity { Span::new(start, word.range().end) } else { word }
}

/// A word that the text does not contain.
fn stand_in(text: &str) -> String {
    let mut word = "stand_in".to_owned();
    while text.contains(&word) {
        word.push('_');
    }
    word
}

/// Whether a byte is in a comment or a quoted text; both end with their line.
fn in_comment_or_text(text: &str, byte: u32) -> bool {
    let byte = byte as usize;
    let line = text[..byte].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[byte..].find('\n').map_or(text.len(), |newline| byte + newline);
    lexer::tokens(&text[line..end]).any(|(kind, span)| {
        let inside = line + span.range().start < byte;
        match kind {
            lexer::Kind::Comment | lexer::Kind::OpenText => inside && byte <= line + span.range().end,
            lexer::Kind::Text => inside && byte < line + span.range().end,
            _ => false,
        }
    })
}

/// The text from the item keyword above a place to the one below: nothing outside can change how it reads.
fn item_around(text: &str, place: Span) -> Span {
    let opens = |line: &str| {
        let word = &line[..line.find(|c: char| !c.is_alphanumeric()).unwrap_or(line.len())];
        ITEM_KEYWORDS.contains(&word)
    };
    let mut start = text[..place.range().start].rfind('\n').map_or(0, |newline| newline + 1);
    // A keyword that is being replaced opens nothing.
    while start > 0 && (start == place.range().start || !opens(&text[start..])) {
        start = text[..start - 1].rfind('\n').map_or(0, |newline| newline + 1);
    }
    let mut end = place.range().end;
    while let Some(newline) = text[end..].find('\n') {
        end += newline + 1;
        if opens(&text[end..]) {
            return Span::new(start, end);
        }
    }
    Span::new(start, text.len())
}

fn item_keywords() -> Vec<Proposal> {
    let items = ITEMS.iter().map(item);
    let other = ["use \"${1:common.sysd}\"", "allow(${1:finding}, reason = \"${2:why it is accepted}\")"];
    let other =
        other.into_iter().zip(["Splits a spec into files.", "Accepts a finding at the next item, with a reason."]);
    let other = other.map(|(insert, gloss)| Proposal {
        documentation: gloss.to_owned(),
        insert: insert.to_owned(),
        is_snippet: true,
        ..Proposal::word(&insert[..insert.find([' ', '(']).unwrap_or(insert.len())], Sort::Item)
    });
    items.chain(other).collect()
}

fn item(item: &Item) -> Proposal {
    Proposal {
        documentation: item.gloss.to_owned(),
        insert: sketch(item),
        is_snippet: true,
        ..Proposal::word(item.keyword, Sort::Item)
    }
}

fn clause(form: &'static Form) -> Proposal {
    Proposal {
        detail: form.shown(),
        documentation: form.gloss.to_owned(),
        insert: snippet::of(form),
        is_snippet: true,
        ..Proposal::word(&form.opening(), Sort::Clause)
    }
}

/// Whether the item has such a clause already and wants no second.
fn is_used(form: &Form, cursor: &Cursor<'_>, stand_in: &str) -> bool {
    let opens =
        |clause: &Clause<'_>| matching::leading_word(&clause.terms).is_some_and(|(word, _)| word == form.word());
    let elsewhere =
        cursor.beside.iter().filter(|clause| !clause.terms.iter().any(|term| expect::contains(term, stand_in)));
    !form.repeats && elsewhere.into_iter().any(opens)
}

/// What is left to write of a word of a vocabulary.
fn vocabulary(words: &'static Words, word: &'static str, written: usize) -> Proposal {
    let left = expect::parts(word).skip(written);
    let left = left
        .fold(String::new(), |text, part| if text.is_empty() || part == "," { text + part } else { text + " " + part });
    let gloss = (words.entries)().into_iter().find(|(other, _)| *other == word).map_or("", |(_, gloss)| gloss);
    Proposal {
        detail: if written == 0 { words.concept.to_owned() } else { word.to_owned() },
        documentation: gloss.to_owned(),
        ..Proposal::word(&left, Sort::Word)
    }
}

/// The findings an `allow` can name, and the reason behind them: first those of the item it is for, then those of this file.
fn in_allow(analysis: &Analysis, file: FileId, byte: u32, clause: &Clause<'_>, stand_in: &str) -> Vec<Proposal> {
    let Some(Node::Call { arguments, .. }) = clause.terms.first().map(|term| &term.node) else { return vec![] };
    let is_first =
        arguments.first().is_some_and(|first| first.value.iter().any(|term| expect::contains(term, stand_in)));
    if !is_first {
        let insert = "reason = \"${1:why it is accepted}\"".to_owned();
        let documentation = "Why the finding is accepted here; shown in every report.".to_owned();
        return vec![Proposal { insert, documentation, is_snippet: true, ..Proposal::word("reason", Sort::Word) }];
    }
    let items = analysis.places.items().map(|place| place.whole).filter(|whole| whole.file == file);
    // The item around, or the next one.
    let item = items.filter(|whole| byte < whole.span.end).min_by_key(|whole| whole.span.start);
    let is_at_item = |at: Location| {
        item.is_some_and(|item| {
            item.span.start <= at.span.start && at.span.end <= item.span.end && item.file == at.file
        })
    };
    let nearness = |code: &Code| {
        let found = analysis.diagnostics.iter().filter(|found| std::ptr::eq(found.code, code));
        found.map(|found| (!is_at_item(found.primary.at), found.primary.at.file != file)).min().unwrap_or((true, true))
    };
    let acceptable = crate::codes().filter(|code| code.step() > 0);
    let mut codes: Vec<&Code> = acceptable.collect();
    codes.sort_by_cached_key(|code| nearness(code));
    let proposal = |code: &Code| Proposal {
        detail: format!("{} ({})", code.code, code.severity.word()),
        documentation: first_paragraph(code.page).to_owned(),
        ..Proposal::word(code.slug, Sort::Code)
    };
    codes.into_iter().map(proposal).collect()
}

/// What can go on an expression.
fn connectives() -> Vec<Proposal> {
    ["and", "or", "in", "not in"].into_iter().map(|word| Proposal::word(word, Sort::Operator)).collect()
}
