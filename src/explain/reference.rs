//! What can be explained without a spec: findings, rules, mechanisms, words.

use super::tree::reason;
use crate::Analysis;
use crate::language::items::{self, ITEMS};
use sysd_rules::explain::{obligation, word};
use sysd_rules::proof::log;
use sysd_rules::relation::says;

/// The page of a finding, by code or slug.
pub fn code(question: &str) -> Option<String> {
    let asked = |code: &&sysd_rules::finding::Code| {
        code.code.eq_ignore_ascii_case(question) || code.slug == question.to_lowercase().replace(' ', "-")
    };
    crate::codes().find(asked).map(|code| code.page.to_owned())
}

/// A row of a table or a demand of the framework, by id; where it fires, if there is a spec.
pub fn rule(question: &str, spec: Option<&Analysis>) -> Option<String> {
    let found = obligation::find(question)?;
    let mut text = format!("# {}: {}\n\n{}\n", found.id, found.under, reason(found.id));
    let citing: Vec<String> = crate::codes()
        .filter(|code| code.cites.contains(&found.id))
        .map(|code| format!("- {} {}\n", code.code, code.slug))
        .collect();
    if !citing.is_empty() {
        text.push_str(&format!("\nFindings\n\n{}", citing.concat()));
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

/// A mechanism of the pattern reference.
pub fn mechanism(_question: &str, _spec: Option<&Analysis>) -> Option<String> {
    None
}

/// A word of the vocabulary, or one that opens an item or a clause: what it means and how it is written.
pub fn word(question: &str) -> Option<String> {
    if question.is_empty() {
        return None;
    }
    let words = word::find(question);
    let asked = question.to_lowercase();
    let mut text: String =
        words.iter().map(|word| format!("`{}` ({}): {}\n", word.word, word.concept, word.gloss)).collect();
    let mut written = vec![];
    for table in ITEMS.iter().filter_map(|item| items::table(item.keyword)) {
        let item = table.item;
        let all = item.keyword == asked;
        if all {
            text.push_str(&format!("`{}`: {}\n", item.keyword, item.gloss));
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
    (!text.is_empty()).then_some(text)
}
