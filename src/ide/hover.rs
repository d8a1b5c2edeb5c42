//! What is known about the word under the cursor: its meaning in the language, what the author declared, what was derived.

use super::cursor::{Cursor, Reading};
use super::{hints, named_at};
use crate::Analysis;
use crate::diagnostic::plural;
use crate::language::expressions::{BUILTINS, EFFECTS, OPERATORS};
use crate::language::items::{self, ITEM_KEYWORDS};
use crate::language::matching::Value;
use crate::language::pattern::{Element, Kind, Words};
use crate::rules::fact::Entity;
use crate::rules::proof::{Fact, Term};
use crate::rules::quantity::{Dimension, Quantity};
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
    /// The name of the thing of which the design document says more than stands here.
    pub more: Option<String>,
}

/// What is known about the word at a byte.
pub fn hover(analysis: &Analysis, file: FileId, byte: u32) -> Option<Hover> {
    let text = &analysis.sources.file(file).text;
    let word = word_at(text, byte)?;
    let named = named_at(analysis, file, byte);
    if let Some((_, at)) = named.first() {
        let things: Vec<(String, bool)> = named.iter().map(|(entity, _)| thing(analysis, *entity)).collect();
        let more = named.iter().zip(&things).find(|(_, (_, more))| *more);
        let more = more.map(|((entity, _), _)| analysis.design.facts.name(*entity).to_owned());
        let things: Vec<String> = things.into_iter().map(|(text, _)| text).collect();
        return Some(Hover { at: at.span, markdown: things.join("\n\n---\n\n"), more });
    }
    let (tree, _) = crate::syntax::parse(file, text);
    let cursor = Cursor::at(&tree, byte)?;
    let spelled = &text[word.range()];
    let opens_item = cursor.in_head().then(|| keyword(spelled, &cursor, byte)).flatten();
    let in_form = || cursor.reading().and_then(|reading| in_form(&reading, byte, (word, spelled)));
    let found = opens_item.or_else(in_form).or_else(|| keyword(spelled, &cursor, byte));
    let (at, markdown) = found.or_else(|| finding(spelled).or_else(|| builtin(spelled)).map(|text| (word, text)))?;
    Some(Hover { at, markdown, more: None })
}

/// The word, operator or quantity at a byte: a token, and no mark. Of a word and an operator side by side, the word.
fn word_at(text: &str, byte: u32) -> Option<Span> {
    let byte = byte as usize;
    let line = text.get(..byte)?.rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[byte..].find('\n').map_or(text.len(), |newline| byte + newline);
    let place = |span: Span| Span::new(line + span.range().start, line + span.range().end);
    let all = lexer::tokens(&text[line..end]).map(|(kind, span)| (kind, place(span)));
    let here: Vec<_> = all.filter(|(_, span)| span.range().start <= byte && byte <= span.range().end).collect();
    let is_word = |kind: lexer::Kind| {
        kind.is_word()
            || matches!(kind, lexer::Kind::Path | lexer::Kind::Quantity | lexer::Kind::Hole | lexer::Kind::Text)
    };
    let word = here.iter().find(|(kind, _)| is_word(*kind));
    let found = word.or_else(|| here.iter().find(|(kind, _)| matches!(kind, lexer::Kind::Infix(_))));
    found.map(|(_, span)| *span)
}

/// The meaning of a word of a vocabulary, of a type or a figure, or of the clause.
fn in_form(reading: &Reading<'_>, byte: u32, (word, spelled): (Span, &str)) -> Option<(Span, String)> {
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
                    let form = format!("```sysd\n{}\n```\n\n{}", reading.form.shown(), reading.form.gloss);
                    let value = written_out(quantity).unwrap_or_else(|| measure.describe().to_owned());
                    meaning = Some((term.span, format!("**{spelled}** = {value}\n\n{form}")));
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
    let (word, gloss) = BUILTINS.iter().chain(EFFECTS).chain(OPERATORS).find(|(builtin, _)| *builtin == word)?;
    Some(format!("**{word}**\n\n{gloss}"))
}

/// `p999` is 99.9 %.
fn percentile(word: &str) -> Option<String> {
    let digits = word.strip_prefix('p')?;
    let (whole, rest) = digits.split_at_checked(2).unwrap_or((digits, ""));
    let point = if rest.is_empty() { "" } else { "." };
    Some(format!("**{word}** (percentile)\n\n{whole}{point}{rest} % of them take no longer than this."))
}

/// A figure in the units one counts with: `10M` is 10,000,000; `2k/s` is 2,000 a second and 172,800,000 a day.
fn written_out(quantity: &Quantity) -> Option<String> {
    let whole = |unit: Quantity| {
        let amount = quantity.checked_div(&unit)?.amount;
        amount.is_integer().then(|| grouped(amount.to_integer()))
    };
    let one = |dimension| Quantity::whole(1, dimension);
    match quantity.dimension {
        Dimension::Count => whole(one(Dimension::Count)),
        Dimension::Bytes => Some(format!("{} bytes", whole(one(Dimension::Bytes))?)),
        Dimension::Time => {
            let units = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];
            let mut units = units.iter().filter_map(|(unit, nanoseconds)| {
                Some(format!("{} {unit}", whole(Quantity::whole(*nanoseconds, Dimension::Time))?))
            });
            units.next()
        }
        Dimension::Rate => {
            let day = quantity.checked_mul(&Quantity::whole(86_400, Dimension::Count))?;
            let day = grouped(day.amount.round().to_integer());
            let second = whole(one(Dimension::Rate)).map(|second| format!("{second} a second, "));
            Some(format!("{}{day} a day", second.unwrap_or_default()))
        }
        _ => None,
    }
}

/// `10,000,000`
fn grouped(number: i128) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The paragraph below the title of a page.
pub fn first_paragraph(page: &str) -> String {
    let below = page.split_once('\n').map_or("", |(_, below)| below);
    below.trim_start().split("\n\n").next().unwrap_or("").trim().to_owned()
}

/// A declared thing: how it is declared, what the author says about it, what was derived, and whether more was.
fn thing(analysis: &Analysis, entity: Entity) -> (String, bool) {
    let (derived, more) = derived(analysis, entity);
    let parts = [
        format!("```sysd\n{}\n```", signature(analysis, entity)),
        prose(analysis, entity),
        enforced_by(analysis, entity),
        derived,
    ];
    (parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n"), more)
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

/// The mechanisms, each with the row that selected it.
fn enforced_by(analysis: &Analysis, entity: Entity) -> String {
    let remarks = hints::remarks(analysis);
    let parts = remarks.iter().filter(|remark| remark.of == entity).flat_map(|remark| &remark.parts);
    let said: Vec<String> = parts.map(|part| format!("**{}**{}", part.mechanism.word(), row(part.because))).collect();
    if said.is_empty() { String::new() } else { format!("⇒ {}", said.join(" + ")) }
}

/// The row that selected something, in parentheses.
fn row(because: Fact) -> String {
    let words = because.terms.iter().rev().find_map(|term| match term {
        Term::Word(row) => Some(*row),
        _ => None,
    });
    words.map_or(String::new(), |row| format!(" (row `{row}`)"))
}

/// What the steps' tables say of a thing: of each step the first row, and of so many steps; whether there are further rows.
fn derived(analysis: &Analysis, entity: Entity) -> (String, bool) {
    const MOST: usize = 6;
    // What the tables say of the system as a whole is about everything in it.
    if matches!(entity, Entity::System(_)) {
        return (String::new(), false);
    }
    let (mut lines, mut rows) = (vec![], 0);
    for step in rules::STEPS {
        let mut said = false;
        for table in (step.artifact)(&analysis.design) {
            let about = |row: &&Vec<Cell>| matches!(row.first(), Some(Cell::Entity(of, _)) if *of == entity);
            for row in table.rows.iter().filter(about) {
                rows += 1;
                if !std::mem::replace(&mut said, true) && lines.len() < MOST {
                    lines.push(format!("- **{}** (step {}) {}", table.title, step.number, told(&table.columns, row)));
                }
            }
        }
    }
    let more = rows - lines.len();
    if more > 0 {
        let name = analysis.design.facts.name(entity);
        let file = analysis.sources.file(crate::ROOT).path.rsplit('/').next().unwrap_or("");
        let rows = plural(more, "more row");
        lines.push(format!("\n{rows} in the design document; `sysd explain {name} {file}` tells why"));
    }
    (lines.join("\n"), more > 0)
}

/// A row behind its first cell, cut off where it gets long.
fn told(columns: &[&str], row: &[Cell]) -> String {
    const LONGEST: usize = 160;
    let cells = columns.iter().zip(row).skip(1).filter(|(_, cell)| **cell != Cell::Empty);
    let cells: Vec<String> = cells.map(|(column, cell)| format!("{column}: {}", cell.plain())).collect();
    let text = cells.join(" · ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}

/// Where a declared thing is.
pub fn declaration(analysis: &Analysis, entity: Entity) -> Option<Location> {
    analysis.places.get(entity).map(|place| place.name)
}
