//! What is known about the word under the cursor: its meaning in the language, what the author declared, what was derived.

use super::cursor::{Cursor, Reading};
use super::named_at;
use crate::Analysis;
use crate::language::expressions::{BUILTINS, EFFECTS};
use crate::language::items::{self, ITEM_KEYWORDS};
use crate::language::matching::Value;
use crate::language::pattern::{Element, Kind, Words};
use crate::rules::fact::Entity;
use crate::rules::vocabulary::{Aggregate, Primitive, Vocabulary};
use crate::rules::{self, artifact::Cell};
use crate::source::{FileId, Location, Span};
use crate::syntax::lexer;
use crate::syntax::tree::Node;
use std::fmt::Write;

/// What is told about a word.
#[derive(Clone, Debug, PartialEq)]
pub struct Hover {
    /// The word, or the words that belong together.
    pub at: Span,
    /// Markdown.
    pub markdown: String,
}

/// What is known about the word at a byte.
pub fn hover(analysis: &Analysis, file: FileId, byte: u32) -> Option<Hover> {
    let text = &analysis.sources.file(file).text;
    let word = word_at(text, byte)?;
    let named = named_at(analysis, file, byte);
    if let Some((_, at)) = named.first() {
        let things: Vec<String> = named.iter().map(|(entity, _)| thing(analysis, *entity)).collect();
        return Some(Hover { at: at.span, markdown: things.join("\n\n---\n\n") });
    }
    let (tree, _) = crate::syntax::parse(file, text);
    let cursor = Cursor::at(&tree, byte)?;
    let spelled = &text[word.range()];
    let opens_item = cursor.in_head().then(|| keyword(spelled, &cursor, byte)).flatten();
    let in_form = || cursor.reading().and_then(|reading| in_form(&reading, byte, word));
    let found = opens_item.or_else(in_form).or_else(|| keyword(spelled, &cursor, byte));
    let (at, markdown) = found.or_else(|| finding(spelled).or_else(|| builtin(spelled)).map(|text| (word, text)))?;
    Some(Hover { at, markdown })
}

/// The word or quantity at a byte: a token, and no mark.
fn word_at(text: &str, byte: u32) -> Option<Span> {
    let byte = byte as usize;
    let line = text.get(..byte)?.rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[byte..].find('\n').map_or(text.len(), |newline| byte + newline);
    let words = lexer::tokens(&text[line..end]).filter(|(kind, _)| {
        kind.is_word()
            || matches!(kind, lexer::Kind::Path | lexer::Kind::Quantity | lexer::Kind::Hole | lexer::Kind::Text)
    });
    let mut here = words.map(|(_, span)| Span::new(line + span.range().start, line + span.range().end));
    here.find(|span| span.range().start <= byte && byte <= span.range().end)
}

/// The meaning of a word of a vocabulary, of a type or a figure, or of the clause.
fn in_form(reading: &Reading<'_>, byte: u32, word: Span) -> Option<(Span, String)> {
    let mut meaning = None;
    slots(&reading.pattern.elements, &mut |name, kind| {
        let here = |span: Span| span.start <= byte && byte <= span.end;
        match (kind, reading.found.get(name)) {
            (Kind::Word(words), Some(Value::Words(found))) => {
                if let Some((index, span)) = found.iter().find(|(_, span)| here(*span)) {
                    meaning = entry(words, *index).map(|text| (*span, text));
                }
            }
            (Kind::Quantity(measure), Some(Value::Term(term))) if here(term.span) => {
                if let Node::Quantity(Some(quantity)) = &term.node {
                    meaning = Some((term.span, format!("`{quantity}`: {}", measure.describe())));
                }
            }
            (Kind::Percentile, Some(Value::Term(term))) if here(term.span) => {
                meaning = term.name().and_then(percentile).map(|text| (term.span, text));
            }
            (Kind::Type, Some(Value::Term(term))) if here(term.span) => {
                let primitive = term.name().and_then(Primitive::parse);
                meaning = primitive
                    .map(|primitive| (term.span, format!("**{}**\n\n{}", primitive.word(), primitive.gloss())));
            }
            _ => (),
        }
    });
    if meaning.is_none() && !word_is_of_pattern(reading, word) {
        return None;
    }
    meaning.or_else(|| Some((word, format!("```sysd\n{}\n```\n\n{}", reading.form.shown(), reading.form.gloss))))
}

fn word_is_of_pattern(reading: &Reading<'_>, word: Span) -> bool {
    // Words the pattern itself is made of are taken by no slot.
    let mut taken = false;
    slots(&reading.pattern.elements, &mut |name, _| {
        let spans: Vec<Span> = match reading.found.get(name) {
            Some(Value::Term(term)) => vec![term.span],
            Some(Value::Runs(runs)) => runs.iter().flatten().map(|term| term.span).collect(),
            Some(Value::Words(words)) => words.iter().map(|(_, span)| *span).collect(),
            Some(Value::Hole(span)) => vec![*span],
            None => vec![],
        };
        taken |= spans.iter().any(|span| span.start <= word.start && word.end <= span.end);
    });
    !taken
}

/// Every slot of a pattern.
pub fn slots(elements: &[Element], visit: &mut impl FnMut(&'static str, Kind)) {
    for element in elements {
        match element {
            Element::Slot { name, kind, .. } => visit(name, *kind),
            Element::Optional(inner) => slots(inner, visit),
            _ => (),
        }
    }
}

fn entry(words: &Words, index: usize) -> Option<String> {
    let (word, gloss) = *(words.entries)().get(index)?;
    Some(format!("**{word}** ({})\n\n{gloss}", words.concept))
}

/// An item's keyword, with what can stand in the item; or the first word of a clause that has no form yet.
fn keyword(word: &str, cursor: &Cursor<'_>, byte: u32) -> Option<(Span, String)> {
    let span = cursor.clause.terms.first()?.span;
    if !(span.start <= byte && byte <= span.end) {
        return None;
    }
    if cursor.in_head() && ITEM_KEYWORDS.contains(&word) {
        let table = items::table(word)?;
        let mut text = format!("**{word}**\n\n{}\n", table.item.gloss);
        for (form, _) in &table.clauses.forms {
            let _ = write!(text, "\n- `{}` {}", form.shown(), form.gloss);
        }
        return Some((Span { start: span.start, end: span.start + word.len() as u32 }, text));
    }
    let forms = cursor.forms?.candidates(word).filter(|(form, _)| form.word() == word);
    let forms: Vec<_> = forms.map(|(form, _)| format!("```sysd\n{}\n```\n\n{}", form.shown(), form.gloss)).collect();
    (!forms.is_empty()).then(|| (span, forms.join("\n\n")))
}

/// The page of a finding that an `allow` names.
fn finding(word: &str) -> Option<String> {
    let code = crate::codes().find(|code| code.slug == word || code.code == word)?;
    let title = code.page.lines().next().unwrap_or(code.slug).trim_start_matches("# ");
    Some(format!("**{title}**\n\n{}", first_paragraph(code.page)))
}

fn builtin(word: &str) -> Option<String> {
    if word == "?" {
        return Some("**?**\n\nNot decided yet: may stand wherever a value may stand.".to_owned());
    }
    if let Some(aggregate) = Aggregate::parse(word) {
        return Some(format!("**{word}** (aggregate function)\n\n{}", aggregate.gloss()));
    }
    let (word, gloss) = BUILTINS.iter().chain(EFFECTS).find(|(builtin, _)| *builtin == word)?;
    Some(format!("**{word}**\n\n{gloss}"))
}

/// `p999` is 99.9 %.
fn percentile(word: &str) -> Option<String> {
    let digits = word.strip_prefix('p')?;
    let (whole, rest) = digits.split_at_checked(2).unwrap_or((digits, ""));
    let point = if rest.is_empty() { "" } else { "." };
    Some(format!("**{word}** (percentile)\n\n{whole}{point}{rest} % of them take no longer than this."))
}

/// The paragraph below the title of a page.
pub fn first_paragraph(page: &str) -> String {
    let below = page.split_once('\n').map_or("", |(_, below)| below);
    below.trim_start().split("\n\n").next().unwrap_or("").trim().to_owned()
}

/// A declared thing: how it is declared, what the author says about it, what was derived.
fn thing(analysis: &Analysis, entity: Entity) -> String {
    let parts =
        [format!("```sysd\n{}\n```", signature(analysis, entity)), prose(analysis, entity), derived(analysis, entity)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// The head of a thing's declaration on one line, and what it is a part of.
pub fn signature(analysis: &Analysis, entity: Entity) -> String {
    let Some(place) = analysis.places.get(entity) else { return analysis.design.name(entity) };
    let text = &analysis.sources.file(place.whole.file).text;
    let end = place.body.map_or(place.whole.span.end, |(open, _)| open.start);
    let head = text.get(place.whole.span.start as usize..end as usize).unwrap_or("");
    let head = head.split_whitespace().collect::<Vec<_>>().join(" ");
    if place.name == place.whole || !head.contains(analysis.design.facts.name(entity)) {
        return format!("{} {}", entity.noun(), analysis.design.name(entity));
    }
    if head.starts_with(entity.noun()) { head } else { format!("{} {head}", entity.noun()) }
}

/// The sentence and the documentation the author gave a thing.
pub fn prose(analysis: &Analysis, entity: Entity) -> String {
    let Some(name) = analysis.design.facts.names.get(entity) else { return String::new() };
    let title = name.title.iter().map(|title| format!("_{title}_"));
    title.chain([name.doc.clone()]).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// The rows of the steps' tables that are about a thing.
fn derived(analysis: &Analysis, entity: Entity) -> String {
    let mut text = String::new();
    for step in rules::STEPS {
        for table in (step.artifact)(&analysis.design) {
            let about = |row: &&Vec<Cell>| matches!(row.first(), Some(Cell::Entity(of, _)) if *of == entity);
            for row in table.rows.iter().filter(about) {
                let cells = table.columns.iter().zip(row).skip(1).filter(|(_, cell)| **cell != Cell::Empty);
                let cells: Vec<String> = cells.map(|(column, cell)| format!("{column}: {}", cell.plain())).collect();
                let _ = write!(text, "\n- **{}** (step {}) {}", table.title, step.number, cells.join(" · "));
            }
        }
    }
    text.trim_start().to_owned()
}

/// Where a declared thing is.
pub fn declaration(analysis: &Analysis, entity: Entity) -> Option<Location> {
    analysis.places.get(entity).map(|place| place.name)
}
