//! The syntax on whole texts: specs as they are, with one token wrong, and with everything wrong.

mod texts;

use std::collections::BTreeMap;
use sysd::diagnostic::Diagnostic;
use sysd::source::{FileId, Span};
use sysd::syntax::lexer::{Kind, tokens};
use sysd::syntax::parse;
use texts::corpus;

#[test]
fn the_corpus_parses() {
    for (path, text) in corpus() {
        let (tree, diagnostics) = parse(FileId(0), &text);
        assert!(diagnostics.is_empty(), "{path}: {diagnostics:#?}");
        assert!(tree.items.iter().all(|item| !item.broken));
        assert!(!tree.items.is_empty(), "{path}");
    }
}

/// Expressions and calls, as the tree has them.
#[test]
fn terms_have_the_shapes_the_language_says() {
    for (text, expected) in [
        ("a and b or not c == d and e", "[Or [And a b] [And [not [Equal c d]] e]]"),
        ("x = a + b * c - d", "[Assign x [Minus [Plus a [Times b c]] d]]"),
        ("x += 1", "[Increase x 1]"),
        ("A -> B on Open", "[Arrow A B] on Open"),
        ("a not in b and c in d", "[And [NotIn a b] [In c d]]"),
        ("not exists f(a, b: c d)", "[not [exists f(a, b: c d)]]"),
        ("when (a or b) and c", "when [And ([Or a b]) c]"),
        ("sum(Event.delta) for each id", "sum(Event.delta) for each id"),
        ("a-b a - b", "a-b [Minus a b]"),
        ("x = -5 + y", "[Assign x [Plus -5 y]]"),
        ("x -5", "[Minus x 5]"),
        ("by -5", "by -5"),
        ("key in: uuid, not: text", "key in : uuid , not : text"),
        ("f(in: x, by: y)", "f(in: x, by: y)"),
        ("? ten 10k/s \"a \\\" b\"", "? ten 10k/s \"a \\\\\\\" b\""),
        ("größe > 1", "[Greater größe 1]"),
        ("f (a)", "f (a)"),
        ("a.b.c(d)", "a.b.c(d)"),
        ("f()", "f()"),
        ("f(a,)", "f(a)"),
    ] {
        let spec = format!("object O {{ {text} }}");
        let (tree, diagnostics) = parse(FileId(0), &spec);
        assert!(diagnostics.is_empty(), "{text}: {diagnostics:#?}");
        let clauses = &tree.items[0].body.as_ref().unwrap().clauses;
        assert_eq!(clauses.len(), 1, "{text}");
        let terms: Vec<String> = clauses[0].terms.iter().map(texts::term).collect();
        assert_eq!(terms.join(" "), expected, "{text}");
    }
}

/// Where clauses end.
#[test]
fn line_breaks_end_clauses() {
    for (body, clauses) in [
        ("a\nb", 2),
        ("a; b;; c;", 3),
        ("a,\nb", 1),
        ("a\n, b", 1),
        ("a ==\n    b", 1),
        ("a\n== b", 1),
        ("a\nand b\nnot in c", 1),
        ("f(a,\n\nb\n)", 1),
        ("a\n  by b", 1),
        ("a by\n  b", 1),
        ("a\nby b", 2),
        ("a\nby: b", 2),
        ("a\n{ b }", 1),
        ("a { b } c", 2),
        ("a:\n    b\nc: d", 2),
        ("a // b\nc", 2),
        ("a:\r\n\tb\r\nc", 2),
    ] {
        let spec = format!("object O {{\n{body}\n}}");
        let (tree, diagnostics) = parse(FileId(0), &spec);
        assert!(diagnostics.is_empty(), "{body}: {diagnostics:#?}");
        assert_eq!(tree.items[0].body.as_ref().unwrap().clauses.len(), clauses, "{body}");
    }
}

#[test]
fn comments_belong_to_what_they_stand_above() {
    let text = "/// Of the item.\n///  Twice.\n// No.\nobject A {\n    /// Of the clause.\n    b\n    c /// Of nothing.\n}\n//// No.\nobject B";
    let (tree, _) = parse(FileId(0), text);
    assert_eq!(tree.items[0].doc, ["Of the item.", " Twice."]);
    let clauses = &tree.items[0].body.as_ref().unwrap().clauses;
    assert_eq!(clauses[0].doc, ["Of the clause."]);
    assert!(clauses[1].doc.is_empty());
    assert!(tree.items[1].doc.is_empty());
}

/// What is wrong with one item is not told of another, and the others are read whole.
#[test]
fn errors_do_not_cross_items() {
    for wrong in
        ["object A {\n    b: c\n", "object A }\n", "object A ((((\n", "object A \"open {\n", "object {{{\n", "a b c\n"]
    {
        let text = format!("{wrong}object B : event {{\n    key id: uuid\n}}\n");
        let (tree, diagnostics) = parse(FileId(0), &text);
        assert_eq!(diagnostics.len(), 1, "{wrong}: {diagnostics:#?}");
        assert!(diagnostics[0].span().start as usize <= wrong.len(), "{wrong}");
        let last = tree.items.last().unwrap();
        assert!(!last.broken && last.terms[1].name() == Some("B"), "{wrong}");
    }
}

/// One token of a correct spec deleted, doubled, exchanged with the next or replaced: a syntax error must be said once,
/// and where it is. Many mutations are none (`of PlaceBid` without `of`): what they mean is not for the syntax to judge.
/// A sample of the tokens; with `FULL=1` all of them, each with every replacement.
#[test]
fn an_item_is_read_as_far_as_anybody_writes() {
    let text = format!("object A {{\n{}}}\nobject B : entity {{\n    key id: uuid\n}}\n", "a b ".repeat(200_000));
    let (tree, diagnostics) = parse(FileId(0), &text);
    let codes: Vec<&str> = diagnostics.iter().map(|found| found.code.code).collect();
    assert_eq!(codes, ["S0011"]);
    assert_eq!(tree.items.len(), 2);
    assert!(!tree.items[1].broken);
}

#[test]
fn one_wrong_token_is_one_diagnostic_on_its_line() {
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    let mut all = Score::default();
    for (path, text) in corpus() {
        for mutation in mutations(&text) {
            let (_, diagnostics) = parse(FileId(0), &mutation.text);
            let score = mutation.score(&diagnostics);
            if std::env::var("SHOW").is_ok() && score.wrong() {
                mutation.show(&path, &diagnostics);
            }
            scores.entry(mutation.kind).or_default().add(&score);
            all.add(&score);
        }
    }
    for (kind, score) in &scores {
        println!("{kind:<12} {score}");
    }
    println!("{:<12} {all}", "all");
    assert!(all.errors > 1000);
    assert!(all.share(all.once) >= 0.93, "exactly one diagnostic");
    assert!(all.share(all.on_line) >= 0.977, "one on the right line");
}

/// A text with one token wrong.
struct Mutation {
    kind: &'static str,
    text: String,
    /// The bytes that are right because they are those of the mutated tokens, and of what stands before them.
    place: Span,
}

#[derive(Default)]
struct Score {
    mutations: usize,
    errors: usize,
    once: usize,
    on_line: usize,
    said: BTreeMap<usize, usize>,
}

const REPLACEMENTS: &[&str] =
    &["{", "}", "(", ")", ",", ":", "==", "and", "foo", "5ms", "\"text\"", "\"open", "@", ";", "?", "not"];

fn mutations(text: &str) -> Vec<Mutation> {
    let tokens: Vec<Span> =
        tokens(text).filter(|(kind, _)| !matches!(kind, Kind::Newline | Kind::Comment)).map(|(_, span)| span).collect();
    let mut mutations = vec![];
    let full = std::env::var("FULL").is_ok();
    for (index, token) in tokens.iter().enumerate().filter(|(index, _)| full || index % 5 == 0) {
        let before = index.checked_sub(1).map_or(*token, |before| tokens[before]);
        let word = &text[token.range()];
        let mut mutate = |kind, range: std::ops::Range<usize>, new: &str| {
            let mutated = format!("{}{new}{}", &text[..range.start], &text[range.end..]);
            let place = Span { start: before.start, end: token.start + new.len() as u32 };
            mutations.push(Mutation { kind, text: mutated, place });
        };
        mutate("deleted", token.range(), "");
        mutate("doubled", token.range(), &format!("{word} {word}"));
        if let Some(next) = tokens.get(index + 1) {
            let between = &text[token.range().end..next.range().start];
            mutate("exchanged", token.to(*next).range(), &format!("{}{between}{word}", &text[next.range()]));
        }
        for (number, replacement) in REPLACEMENTS.iter().enumerate().filter(|(_, replacement)| **replacement != word) {
            if full || number == index / 5 % REPLACEMENTS.len() {
                mutate("replaced", token.range(), replacement);
            }
        }
    }
    mutations
}

impl Mutation {
    fn score(&self, diagnostics: &[Diagnostic]) -> Score {
        let lines = self.line(self.place.start)..=self.line(self.place.end);
        let on_line = |diagnostic: &Diagnostic| lines.contains(&self.line(diagnostic.span().start));
        Score {
            mutations: 1,
            errors: usize::from(!diagnostics.is_empty()),
            once: usize::from(diagnostics.len() == 1),
            on_line: usize::from(diagnostics.iter().any(on_line)),
            said: BTreeMap::from([(diagnostics.len(), 1)]),
        }
    }

    fn line(&self, at: u32) -> usize {
        self.text[..(at as usize).min(self.text.len())].matches('\n').count() + 1
    }

    fn show(&self, path: &str, diagnostics: &[Diagnostic]) {
        let line = self.line(self.place.end);
        println!("--- {path}:{line} {}: {}", self.kind, self.text.lines().nth(line - 1).unwrap_or_default());
        for diagnostic in diagnostics {
            println!("      {}: {}", self.line(diagnostic.span().start), diagnostic.message);
        }
    }
}

impl Score {
    fn add(&mut self, other: &Score) {
        self.mutations += other.mutations;
        self.errors += other.errors;
        self.once += other.once;
        self.on_line += other.on_line;
        for (said, times) in &other.said {
            *self.said.entry(*said).or_default() += times;
        }
    }

    fn share(&self, of: usize) -> f64 {
        of as f64 / self.errors.max(1) as f64
    }

    fn wrong(&self) -> bool {
        self.errors > 0 && (self.once == 0 || self.on_line == 0)
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (once, on_line) = (100.0 * self.share(self.once), 100.0 * self.share(self.on_line));
        let Score { mutations, errors, said, .. } = self;
        write!(f, "{mutations:>6} mutations, {errors:>6} errors: {once:.1} % said once, {on_line:.1} % on the line; ")?;
        write!(f, "diagnostics: {said:?}")
    }
}
