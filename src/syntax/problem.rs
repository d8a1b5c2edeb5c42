//! What can be wrong with a text, and how it is said.

use crate::diagnostic::{Applicability, Code, Diagnostic, Edit, Fix};
use crate::language::items::ITEM_KEYWORDS;
use crate::source::{FileId, Location, Span};
use crate::syntax::chunk::Lexeme;
use crate::syntax::codes;
use crate::syntax::depth::{DEEPEST, DELIMITER};
use crate::syntax::length::LONGEST;
use crate::syntax::lexer::Kind;
use sysd_rules::quantity::{Quantity, QuantityErrorKind};

/// What is wrong in one item.
#[derive(Default, Debug)]
pub struct Problems {
    list: Vec<Problem>,
    /// How many more there were.
    unlisted: usize,
}

/// One thing wrong at one place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Problem {
    /// What it is.
    pub wrong: Wrong,
    /// The smallest place that still says it.
    pub span: Span,
    /// A place it has to do with; the same one where there is no other.
    pub other: Span,
}

/// What can be wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// Something else stands where a value has to; the place is that of the something else.
    MissingValue,
    /// A second term in parentheses.
    ListInGroup,
    /// `100 ms`
    BlankBeforeUnit,
    /// The number or the unit is none.
    InvalidQuantity,
    /// The quotation mark at the end is missing.
    UnclosedString,
    /// Characters that begin no token.
    UnknownCharacter,
    /// A closer is missing here; the other place is the opener.
    Unclosed,
    /// The same the other way round: the place is the opener, the other that of the closer, on a line below.
    UnclosedBelow,
    /// `{` is missing here.
    Unopened,
    /// A closer without its opener.
    StrayCloser,
    /// An opener where nothing can open.
    StrayOpener,
    /// A parenthesis for a brace, or a brace for a parenthesis; the other place is its partner.
    WrongDelimiter(Kind),
    /// Deeper than the tree may be.
    TooDeep,
    /// Longer than an item may be.
    TooLong,
    /// `/* … */`
    BlockComment,
    /// What stands there belongs to no item.
    OutsideItem,
}

impl Problems {
    /// More in one item would not be read.
    const MOST: usize = 64;

    /// Notes something wrong.
    pub fn add(&mut self, wrong: Wrong, span: Span) {
        self.add_with(wrong, span, span);
    }

    /// Notes something wrong that has to do with another place.
    pub fn add_with(&mut self, wrong: Wrong, span: Span, other: Span) {
        if self.list.len() < Self::MOST {
            self.list.push(Problem { wrong, span, other });
        } else {
            self.unlisted += 1;
        }
    }

    /// How many there were beyond those that are listed.
    pub fn unlisted(&self) -> usize {
        self.unlisted
    }

    /// Lets the last problem reach over `span`.
    pub fn widen(&mut self, span: Span) {
        if let Some(last) = self.list.last_mut()
            && last.span.start == span.start
        {
            (last.span, last.other) = (span, span);
        }
    }

    /// Whether there is one of that kind.
    pub fn has(&self, wrong: Wrong) -> bool {
        self.list.iter().any(|problem| problem.wrong == wrong)
    }

    /// Whether something is missing from the text at `span` because of one of them.
    pub fn any_in(&self, span: Span) -> bool {
        self.list.iter().any(|problem| !problem.is_harmless() && problem.is_in(span))
    }

    /// Forgets those from a place on, and those that are not listed, which mostly come behind it.
    pub fn cut(&mut self, from: u32) {
        self.list.retain(|problem| problem.span.start < from);
        self.unlisted = 0;
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.list.clear();
        self.unlisted = 0;
    }

    /// In source order. Of those on one line only the first: the others mostly follow from it.
    pub fn settled(&mut self, text: &str) -> &[Problem] {
        self.list.sort_by_key(|problem| problem.span);
        let mut last: Option<Problem> = None;
        self.list.retain(|problem| {
            let same_line = |last: Problem| {
                let between = text.get(last.span.range().start..problem.span.range().start);
                between.is_some_and(|between| !between.contains('\n'))
            };
            let follows = !problem.is_harmless() && last.is_some_and(same_line);
            if !problem.is_harmless() {
                last = Some(*problem);
            }
            !follows
        });
        &self.list
    }
}

impl Problem {
    /// Whether nothing is missing because of it.
    fn is_harmless(&self) -> bool {
        matches!(self.wrong, Wrong::InvalidQuantity | Wrong::BlankBeforeUnit | Wrong::BlockComment)
    }

    fn is_in(&self, span: Span) -> bool {
        span.start <= self.span.start && self.span.start <= span.end
    }
}

/// Says what is wrong in the words of one file.
pub struct Speaker<'t> {
    /// The file.
    pub file: FileId,
    /// Its text.
    pub text: &'t str,
    /// What the parser saw of the item.
    pub lexemes: &'t [Lexeme],
}

impl Speaker<'_> {
    /// What is told to the author.
    pub fn say(&self, problem: &Problem) -> Diagnostic {
        let Problem { wrong, span, other } = *problem;
        let words = self.words(span);
        let new = |code: &'static Code, message: String| Diagnostic::new(code, self.at(span), message);
        match wrong {
            Wrong::MissingValue => self.missing_value(span),
            Wrong::ListInGroup => new(&codes::UNEXPECTED_TOKEN, format!("expected `)`, found `{words}`"))
                .label("parentheses hold one expression"),
            Wrong::BlankBeforeUnit => self.blank_before_unit(span),
            Wrong::InvalidQuantity => self.invalid_quantity(span),
            Wrong::UnclosedString => self.unclosed_string(span),
            Wrong::UnknownCharacter => self.unknown_character(span),
            Wrong::Unclosed => self.unclosed(span, other),
            Wrong::UnclosedBelow => new(&codes::UNCLOSED_DELIMITER, format!("`{words}` is not closed"))
                .label("opened here")
                .with(self.at(other), "`)` is missing here")
                .fix("insert `)`", Applicability::Unsafe, self.at(other), ")"),
            Wrong::Unopened => new(&codes::STRAY_CLOSER, "expected `{` to open the body below".to_owned())
                .label("`{` is missing here")
                .fix("insert `{`", Applicability::Safe, self.at(span), " {"),
            Wrong::StrayCloser => new(&codes::STRAY_CLOSER, format!("`{words}` closes nothing"))
                .label("nothing is open here")
                .fix(format!("remove `{words}`"), Applicability::Unsafe, self.at(span), ""),
            Wrong::StrayOpener => new(&codes::UNEXPECTED_TOKEN, format!("unexpected `{words}`"))
                .label("no body can begin here")
                .fix(format!("remove `{words}`"), Applicability::Unsafe, self.at(span), ""),
            Wrong::WrongDelimiter(meant) => self.wrong_delimiter(span, other, meant),
            Wrong::TooDeep => new(&codes::NESTING_TOO_DEEP, format!("`{words}` is nested too deep"))
                .label("the rest of the item is not read")
                .note(format!(
                    "at most {} levels of braces and parentheses, or {DEEPEST} operators",
                    DEEPEST / DELIMITER
                )),
            Wrong::TooLong => new(&codes::ITEM_TOO_LONG, format!("the item goes on behind {LONGEST} words"))
                .label("the rest of the item is not read")
                .help("divide the item, or look for what should have separated it from the next"),
            Wrong::BlockComment => self.block_comment(span),
            Wrong::OutsideItem => self.outside_item(span),
        }
    }

    fn missing_value(&self, span: Span) -> Diagnostic {
        let before = &self.lexemes[..self.lexemes.partition_point(|lexeme| lexeme.span.end <= span.start)];
        let before = before.iter().rev().find(|lexeme| lexeme.span.start < lexeme.span.end);
        let found = match self.words(span) {
            "" => "the end of the clause".to_owned(),
            words => format!("`{words}`"),
        };
        if self.text[span.range().start..].starts_with("/*") {
            return self.block_comment(span);
        }
        if let Some(diagnostic) = before.and_then(|before| self.foreign_operator(before, span)) {
            return diagnostic;
        }
        match before {
            Some(before) if before.kind.wants_value() => {
                let place = if span.start == span.end { before.span } else { span };
                let message = format!("expected a value after `{}`, found {found}", self.words(before.span));
                let diagnostic = Diagnostic::new(&codes::UNEXPECTED_TOKEN, self.at(place), message);
                if place == span { diagnostic.with(self.at(before.span), "needs a value") } else { diagnostic }
            }
            _ => {
                let diagnostic = Diagnostic::new(
                    &codes::UNEXPECTED_TOKEN,
                    self.at(span),
                    format!("expected a value, found {found}"),
                );
                match before {
                    Some(Lexeme { kind: Kind::OpenCall, .. }) if found == "`*`" => {
                        diagnostic.help("name what is counted: `count(Order)`")
                    }
                    _ => diagnostic,
                }
            }
        }
    }

    /// An operator of other languages, which is two tokens here: `=>`, `===`, `++`.
    fn foreign_operator(&self, before: &Lexeme, span: Span) -> Option<Diagnostic> {
        let after = &self.lexemes[self.lexemes.partition_point(|lexeme| lexeme.span.start < span.start)..];
        let whole = before.span.to(after.first().filter(|next| next.span.start == before.span.end)?.span);
        let written = self.words(whole);
        let of_names = || {
            let left = self.lexemes.iter().rev().find(|lexeme| lexeme.span.end <= before.span.start);
            let kinds = [left, after.get(1)].map(|lexeme| lexeme.map(|lexeme| lexeme.kind));
            kinds == [Some(Kind::Name); 2]
        };
        let meant = match written {
            "=>" if of_names() => "->",
            _ => FOREIGN_OPERATORS.iter().find(|(foreign, _)| *foreign == written)?.1,
        };
        let message = format!("`{written}` is no operator");
        let place = self.at(whole);
        let glued = !self.text[..whole.range().start].ends_with(char::is_whitespace) && meant.starts_with(['+', '-']);
        let text = if glued { format!(" {meant}") } else { meant.to_owned() };
        let title = format!("did you mean `{meant}`?");
        Some(Diagnostic::new(&codes::UNEXPECTED_TOKEN, place, message).fix(title, Applicability::Safe, place, text))
    }

    fn blank_before_unit(&self, span: Span) -> Diagnostic {
        let words = self.words(span);
        let glued: String = words.split_whitespace().collect();
        let glued = Quantity::parse(&glued).err().and_then(|error| error.suggestion).unwrap_or(glued);
        Diagnostic::new(&codes::INVALID_QUANTITY, self.at(span), format!("blank between number and unit in `{words}`"))
            .note("a number and its unit are one word")
            .fix(format!("write `{glued}`"), Applicability::Safe, self.at(span), glued)
    }

    fn invalid_quantity(&self, span: Span) -> Diagnostic {
        let words = self.words(span);
        let Err(error) = Quantity::parse(words) else {
            return Diagnostic::new(&codes::INVALID_QUANTITY, self.at(span), format!("`{words}` is not a quantity"));
        };
        let message = match &error.kind {
            QuantityErrorKind::Number => format!("`{words}` is not a number"),
            QuantityErrorKind::Unit(unit) => format!("unknown unit `{unit}`"),
            QuantityErrorKind::TooLarge => "number has more digits than can be kept exactly".to_owned(),
        };
        let diagnostic = Diagnostic::new(&codes::INVALID_QUANTITY, self.at(span), message);
        if matches!(&error.kind, QuantityErrorKind::Unit(unit) if is_calendar(unit)) {
            return diagnostic.note(CALENDAR).help("write `30d`, or give what happens a field that says when, and group by it: `for each customer_id, month`");
        }
        match (error.suggestion, error.kind) {
            (Some(meant), _) => {
                let applicability = if error.certain { Applicability::Safe } else { Applicability::Unsafe };
                diagnostic.fix(format!("did you mean `{meant}`?"), applicability, self.at(span), meant)
            }
            (None, QuantityErrorKind::Unit(_)) => diagnostic
                .help("units are `us` `ms` `s` `min` `h` `d` `w` `y`, `KB` `MB` `GB` `TB`, `/s` `/min`, `%`, `m` `km`, `USD` and other currencies"),
            _ => diagnostic,
        }
    }

    fn unclosed_string(&self, span: Span) -> Diagnostic {
        // It has probably swallowed what begins a body or a comment.
        let words = self.words(span);
        let swallowed = [" {", " //"].into_iter().filter_map(|begin| words.find(begin)).min();
        let end = span.start + words[..swallowed.unwrap_or(words.len())].trim_end().len() as u32;
        Diagnostic::new(&codes::UNCLOSED_STRING, self.at(span), "string without its closing `\"`")
            .label("opened here, still open at the end of the line")
            .fix("insert `\"`", Applicability::Unsafe, self.at(Span { start: end, end }), "\"")
    }

    fn unknown_character(&self, span: Span) -> Diagnostic {
        let words: String = self.words(span).chars().take(16).collect();
        let shown: String = words.chars().flat_map(char::escape_debug).collect();
        let diagnostic =
            Diagnostic::new(&codes::UNKNOWN_CHARACTER, self.at(span), format!("unknown character `{shown}`"));
        if words.starts_with(QUOTES) {
            return self.foreign_quotes(span, diagnostic);
        }
        if words.chars().all(|c| c == '#') {
            let fix = diagnostic.note("comments begin with `//`");
            return fix.fix("write `//`", Applicability::Safe, self.at(span), "//");
        }
        match LOOKALIKES.iter().find(|(lookalikes, _)| lookalikes.contains(&words.as_str())) {
            Some((_, "")) => diagnostic.help("write a plain blank"),
            Some((_, meant)) if meant.contains(' ') => diagnostic.help(*meant),
            Some((_, meant)) => {
                // `a&&b`: a word has blanks around it.
                let is_word = |c: char| meant.ends_with(char::is_alphabetic) && (c.is_alphanumeric() || c == '_');
                let before = if self.text[..span.range().start].ends_with(is_word) { " " } else { "" };
                let behind = if self.text[span.range().end..].starts_with(is_word) { " " } else { "" };
                let text = format!("{before}{meant}{behind}");
                diagnostic.fix(format!("write `{meant}`"), Applicability::Safe, self.at(span), text)
            }
            None => diagnostic,
        }
    }

    /// A text in quotation marks that are none here: both are replaced, or neither is.
    fn foreign_quotes(&self, span: Span, diagnostic: Diagnostic) -> Diagnostic {
        let line = &self.text[span.range().start..];
        let line = &line[..line.find('\n').unwrap_or(line.len())];
        let place = |at: usize, length: usize| {
            let start = span.range().start + at;
            self.at(Span::new(start, start + length))
        };
        let first = line.chars().next().map_or(0, char::len_utf8);
        let Some((at, last)) = line.char_indices().skip(1).find(|(_, c)| QUOTES.contains(c) || *c == '"') else {
            return diagnostic.help("a text stands between two `\"`");
        };
        let edits = [place(0, first), place(at, last.len_utf8())];
        let edits = edits.map(|at| Edit { at, text: "\"".to_owned() }).into();
        let title = "put it between two `\"`".to_owned();
        let mut diagnostic = diagnostic;
        diagnostic.fixes.push(Fix { title, applicability: Applicability::Safe, edits });
        diagnostic
    }

    fn block_comment(&self, span: Span) -> Diagnostic {
        let inside = self.words(span).trim_start_matches("/*").trim_end_matches("*/");
        let lines: Vec<&str> = inside.lines().map(|line| line.trim().trim_start_matches('*').trim()).collect();
        let lines: Vec<String> =
            lines.iter().filter(|line| !line.is_empty()).map(|line| format!("// {line}")).collect();
        let diagnostic = Diagnostic::new(&codes::UNKNOWN_CHARACTER, self.at(span), "`/*` begins no comment")
            .note("a comment begins with `//` and ends with its line");
        let rest = &self.text[span.range().end..];
        if !self.words(span).ends_with("*/") {
            return diagnostic;
        }
        let ends_line = rest[..rest.find('\n').unwrap_or(rest.len())].trim().is_empty();
        if !ends_line {
            return diagnostic.help("take it away, or put it behind `//` at the end of the line");
        }
        let text = lines.join(&format!("\n{}", self.indentation(span)));
        diagnostic.fix("write it behind `//`", Applicability::Safe, self.at(span), text)
    }

    fn unclosed(&self, span: Span, opener: Span) -> Diagnostic {
        let open = self.words(opener);
        let close = if open == "{" { "}" } else { ")" };
        let diagnostic =
            Diagnostic::new(&codes::UNCLOSED_DELIMITER, self.at(span), format!("expected `{close}` to close `{open}`"))
                .label(format!("`{close}` is missing here"))
                .with(self.at(opener), "opened here");
        if open != "{" {
            return diagnostic.fix("insert `)`", Applicability::Unsafe, self.at(span), ")");
        }
        let end = self.text[span.range().end..].find('\n').map_or(self.text.len(), |more| span.range().end + more);
        let end = self.text[..end].trim_end().len().max(span.range().end);
        let line_end = Span::new(end, end);
        let text = format!("\n{}}}", self.indentation(opener));
        let applicability = if self.begins_item(end) { Applicability::Safe } else { Applicability::Unsafe };
        diagnostic.fix("insert `}`", applicability, self.at(line_end), text)
    }

    fn wrong_delimiter(&self, span: Span, opener: Span, meant: Kind) -> Diagnostic {
        let found = self.words(span);
        let meant = match meant {
            Kind::OpenBrace => "{",
            Kind::CloseBrace => "}",
            _ => ")",
        };
        let message = format!("expected `{meant}`, found `{found}`");
        let diagnostic = Diagnostic::new(&codes::UNCLOSED_DELIMITER, self.at(span), message);
        let diagnostic = if opener == span { diagnostic } else { diagnostic.with(self.at(opener), "opened here") };
        diagnostic.fix(format!("write `{meant}`"), Applicability::Unsafe, self.at(span), meant)
    }

    fn outside_item(&self, span: Span) -> Diagnostic {
        let words = self.words(span);
        let diagnostic =
            Diagnostic::new(&codes::TEXT_OUTSIDE_ITEM, self.at(span), format!("expected an item, found `{words}`"));
        let distance = |keyword: &&&str| strsim::osa_distance(keyword, words);
        match ITEM_KEYWORDS.iter().min_by_key(distance).filter(|keyword| distance(keyword) <= 2) {
            Some(meant) if *meant != words => {
                diagnostic.fix(format!("did you mean `{meant}`?"), Applicability::Safe, self.at(span), *meant)
            }
            _ => diagnostic.help(format!("an item begins with {}", list(ITEM_KEYWORDS))),
        }
    }

    /// Whether behind a place nothing is left but the next item, at the left edge.
    fn begins_item(&self, end: usize) -> bool {
        let next =
            self.text[end..].lines().find(|line| !line.trim().is_empty() && !line.trim_start().starts_with("//"));
        next.is_none_or(|line| {
            let word = line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            ITEM_KEYWORDS.contains(&word)
        })
    }

    /// What the line of a place begins with.
    fn indentation(&self, span: Span) -> &str {
        let line = self.text[..span.range().start].rfind('\n').map_or(0, |end| end + 1);
        let line = &self.text[line..];
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }

    fn words(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    fn at(&self, span: Span) -> Location {
        Location { file: self.file, span }
    }
}

/// Quotation marks of word processors and of other languages.
const QUOTES: [char; 9] = ['“', '”', '„', '«', '»', '\'', '’', '‘', '`'];

/// Operators of other languages that are two tokens here.
const FOREIGN_OPERATORS: &[(&str, &str)] = &[
    ("=>", ">="),
    ("=<", "<="),
    ("===", "=="),
    ("!==", "!="),
    ("<>", "!="),
    ("++", "+= 1"),
    ("--", "-= 1"),
    ("-->", "->"),
    (":=", "="),
];

/// What is written in other languages, or made of what was written by a word processor, and what to write instead.
#[rustfmt::skip]
const LOOKALIKES: &[(&[&str], &str)] = &[
    (&["→", "⟶", "⇒"], "->"),
    (&["≤"], "<="),
    (&["≥"], ">="),
    (&["≠"], "!="),
    (&["&&", "&", "∧"], "and"),
    (&["||", "|", "∨"], "or"),
    (&["!", "¬"], "not"),
    (&["∈"], "in"),
    (&["−", "–", "—"], "-"),
    (&["×"], "*"),
    (&["\u{a0}", "\u{202f}", "\u{3000}"], ""),
    (&["["], "write `(`, or the words of the list with commas between them"),
    (&["]"], "write `)`, or the words of the list with commas between them"),
    (&["."], "a path has no blanks in it: `auction.end_time`"),
];

/// `a`, `b` or `c`
fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Why there is no month among the units.
pub const CALENDAR: &str = "a month has no length of its own: windows and times are counted in units that do";

/// Whether a word names a period of the calendar.
pub fn is_calendar(word: &str) -> bool {
    ["mo", "mon", "mos", "month", "months", "quarter", "quarters"].contains(&word.to_ascii_lowercase().as_str())
}
