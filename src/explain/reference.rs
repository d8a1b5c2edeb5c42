//! What can be explained without a spec: findings, rules, mechanisms, words.

use super::tree::reason;
use crate::Analysis;
use crate::language::items::{self, ITEMS};
use crate::language::pattern::Kind;
use sysd_rules::explain::{mechanism, obligation, row, word};
use sysd_rules::proof::log;
use sysd_rules::relation::says;
use sysd_rules::step_06_mechanisms::patterns::Mechanism;
use sysd_rules::vocabulary::{Primitive, Vocabulary};

/// The page of a finding, by code or slug.
pub fn code(question: &str) -> Option<String> {
    let asked = |code: &&sysd_rules::finding::Code| {
        code.code.eq_ignore_ascii_case(question) || code.slug == question.to_lowercase().replace(' ', "-")
    };
    crate::codes().find(asked).map(|code| code.page.to_owned())
}

/// A row of a table or a demand of the framework, by id; where it fires, if there is a spec.
pub fn rule(question: &str, spec: Option<&Analysis>) -> Option<String> {
    if let Some(line) = row::find(question) {
        let cites: String = line.cites.iter().map(|id| format!("- {id}: {}\n", reason(id))).collect();
        let text = format!(
            "# {}\n\nWhen {}: {}.\n\nWhy: {}.\n\nFrom\n\n{cites}",
            line.id,
            line.condition(),
            line.gives,
            line.why
        );
        return Some(text + &fires(line.id, spec));
    }
    let found = obligation::find(question)?;
    let mut text = format!("# {}: {}\n\n{}\n", found.id, found.under, found.text);
    let rows: String = row::all()
        .filter(|line| line.cites.contains(&found.id))
        .map(|line| format!("- {}: when {}: {}\n", line.id, line.condition(), line.gives))
        .collect();
    let findings: String = crate::codes()
        .filter(|code| code.cites.contains(&found.id))
        .map(|code| format!("- {} {}\n", code.code, code.slug))
        .collect();
    for (title, list) in [("Rows", rows), ("Findings", findings)] {
        if !list.is_empty() {
            text.push_str(&format!("\n{title}\n\n{list}"));
        }
    }
    text.push_str(&fires(found.id, spec));
    Some(text)
}

/// What the rule concludes in the spec.
fn fires(rule: &str, spec: Option<&Analysis>) -> String {
    let Some(spec) = spec else { return String::new() };
    let mut concluded: Vec<_> =
        log(&spec.design).filter(|(_, other, _)| *other == rule).map(|(fact, ..)| *fact).collect();
    concluded.sort();
    concluded.dedup();
    match concluded.is_empty() {
        true => "\nIt concludes nothing here.\n".into(),
        false => {
            let lines = concluded.iter().map(|fact| format!("- {}\n", says(&spec.design, fact)));
            format!("\nHere\n\n{}", lines.collect::<String>())
        }
    }
}

/// Mechanisms: what each is, its lever, how it fails, which rows give it, where it is used.
pub fn mechanisms(found: Vec<Mechanism>, spec: Option<&Analysis>) -> Option<String> {
    let pages: Vec<String> = found.iter().map(|mechanism| mechanism_page(*mechanism, spec)).collect();
    (!pages.is_empty()).then(|| pages.join("\n"))
}

fn mechanism_page(mechanism: Mechanism, spec: Option<&Analysis>) -> String {
    let mut text = format!("# {mechanism}\n\n{}\n", mechanism.gloss());
    for line in mechanism::patterns(mechanism) {
        text.push_str(&format!(
            "\n{} ({})\n\n- take it when {}\n- lever: {}\n",
            line.pattern, line.id, line.when, line.lever
        ));
        text.push_str(&format!("- how it fails: {}\n- what it costs: {}\n", line.failure, line.cost.gloss()));
    }
    let rows = row::all().filter(|line| line.concludes.contains(&mechanism.word()));
    let rows: String = rows.map(|line| format!("- {}: when {}: {}\n", line.id, line.condition(), line.gives)).collect();
    if !rows.is_empty() {
        text.push_str(&format!("\nRows\n\n{rows}"));
    }
    let uses = spec.map_or(vec![], |spec| {
        mechanism::uses(&spec.design, mechanism).into_iter().map(|fact| says(&spec.design, &fact)).collect()
    });
    match (spec, uses.is_empty()) {
        (None, _) => (),
        (_, true) => text.push_str("\nIt is not used here.\n"),
        (_, false) => {
            text.push_str(&format!("\nHere\n\n{}", uses.iter().map(|use_| format!("- {use_}\n")).collect::<String>()))
        }
    }
    text
}

/// A word of the vocabulary, or one that opens an item or a clause: what it means and how it is written. `hold` is found as `holds`.
pub fn word(question: &str) -> Option<String> {
    let asked = question.to_lowercase();
    let other = asked.strip_suffix('s').map_or_else(|| format!("{asked}s"), str::to_owned);
    exactly(&asked).or_else(|| exactly(&other))
}

fn exactly(asked: &str) -> Option<String> {
    if asked.is_empty() {
        return None;
    }
    let words = word::find(asked);
    let mut text: String =
        words.iter().map(|word| format!("`{}` ({}): {}\n", word.word, word.concept, word.gloss)).collect();
    let mut written = vec![];
    let mut choices = String::new();
    for table in ITEMS.iter().filter_map(|item| items::table(item.keyword)) {
        let item = table.item;
        let all = item.keyword == asked;
        if all {
            text.push_str(&format!("`{}`: {}\n", item.keyword, item.gloss));
            if !table.clauses.forms.is_empty() {
                text.push_str("Its clauses stand in braces, each on a line of its own or with `;` between them.\n");
            }
            choices = choices_of(table);
        }
        for (form, pattern) in table.head.forms.iter().chain(&table.clauses.forms) {
            let opens = form.word() == asked && form.word() != item.keyword;
            if all || opens || words.iter().any(|word| pattern.takes(word.concept)) {
                written.push(format!("- in `{}`: `{}`: {}\n", item.keyword, form.shown(), form.gloss));
            }
        }
    }
    if !written.is_empty() {
        text.push_str(&format!("\nHow it is written\n\n{}", written.concat()));
    }
    text.push_str(&choices);
    (!text.is_empty()).then_some(text)
}

/// The types and words that the patterns of an item leave the choice among.
fn choices_of(table: &'static items::Table) -> String {
    let mut kinds: Vec<(&str, Vec<&str>)> = vec![];
    for (_, pattern) in table.head.forms.iter().chain(&table.clauses.forms) {
        for kind in pattern.kinds() {
            let of_kind = match kind {
                Kind::Type | Kind::Signature => ("type", Primitive::ALL.iter().map(|it| it.word()).collect()),
                Kind::Word(words) => (words.concept, kind.words()),
                _ => continue,
            };
            if !kinds.contains(&of_kind) {
                kinds.push(of_kind);
            }
        }
    }
    let listed = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let lines: String = kinds.iter().map(|(concept, words)| format!("- {concept}: {}\n", listed(words))).collect();
    if lines.is_empty() { lines } else { format!("\nWhat there is\n\n{lines}") }
}
