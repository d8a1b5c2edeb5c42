//! What can be explained without a spec: findings, rules, mechanisms, words.

use super::tree::reason;
use crate::Analysis;
use crate::checklist::Checklist;
use crate::position::Positions;
use sysd_rules::explain::row::{self, Line};
use sysd_rules::explain::{mechanism, obligation, question, word};
use sysd_rules::proof::{Proofs, log};
use sysd_rules::relation::says;
use sysd_rules::step_06_mechanisms::patterns::{Mechanism, PATTERNS};
use sysd_rules::vocabulary::Vocabulary;
use sysd_rules::{STEPS, checklist};

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
    let rows: Vec<&Line> = row::all().filter(|line| line.cites.contains(&found.id)).collect();
    let listed: String = rows.iter().map(|line| listed(line)).collect();
    let findings: String = crate::codes()
        .filter(|code| code.cites.contains(&found.id))
        .map(|code| format!("- {} {}\n", code.code, code.slug))
        .collect();
    for (title, list) in [("Rows", listed), ("Findings", findings)] {
        if !list.is_empty() {
            text.push_str(&format!("\n{title}\n\n{list}"));
        }
    }
    let ids: Vec<&str> = rows.iter().map(|line| line.id).chain([found.id]).collect();
    // A pattern of the reference shows where its mechanisms are used.
    let patterns = PATTERNS.iter().filter(|pattern| pattern.id == found.id);
    let mechanisms: Vec<Mechanism> = patterns.map(|pattern| pattern.mechanism).collect();
    Some(match spec {
        Some(spec) if !mechanisms.is_empty() => text + &used(&mechanisms, spec),
        _ => text + &here(&ids, found.id, spec),
    })
}

/// "- 6.2#4: when … : …"
fn listed(line: &Line) -> String {
    format!("- {}: when {}: {}\n", line.id, line.condition(), line.gives)
}

/// What a row concludes in the spec.
fn fires(row: &str, spec: Option<&Analysis>) -> String {
    here(&[row], row, spec)
}

/// What rules conclude in the spec, what is found there for the demand, and what its line of the checklist comes to.
fn here(rules: &[&str], demand: &str, spec: Option<&Analysis>) -> String {
    let Some(spec) = spec else { return String::new() };
    let mut concluded: Vec<_> =
        log(&spec.design).filter(|(_, other, _)| rules.contains(other)).map(|(fact, rule, _)| (*fact, *rule)).collect();
    concluded.sort();
    concluded.dedup();
    let named = |rule: &str| if rules.len() > 1 { format!(" ({rule})") } else { String::new() };
    let mut lines: Vec<String> =
        concluded.iter().map(|(fact, rule)| format!("- {}{}\n", says(&spec.design, fact), named(rule))).collect();
    let positions = Positions::new(&spec.sources);
    for found in spec.diagnostics.iter().filter(|found| found.code.cites.contains(&demand)) {
        let place = positions.place(found.primary.at);
        let place = place.map_or(String::new(), |place| format!(": {}:{}", place.path, place.start.line));
        lines.push(format!("- {} {}: {}{place}\n", found.code.code, found.code.slug, found.message));
    }
    if demand.starts_with("CK-") {
        let checklist = Checklist::of(spec);
        let line = checklist.lines.into_iter().find(|line| line.id == demand);
        lines.extend(line.map(|line| format!("- {}: {}\n", line.verdict.word(), line.says)));
    }
    match lines.is_empty() {
        true => "\nIt concludes nothing here.\n".into(),
        false => format!("\nHere\n\n{}", lines.concat()),
    }
}

/// A table of rows, by the part of their ids that they have in common: `6.2`, `Q2`; with a spec, what each row concludes.
pub fn table(question: &str, spec: Option<&Analysis>) -> Option<String> {
    let table_of = |line: &Line| line.id.split(['#', '+']).next().unwrap_or(line.id);
    let rows: Vec<&Line> = row::all().filter(|line| table_of(line).eq_ignore_ascii_case(question)).collect();
    let name = table_of(rows.first()?);
    let text: String = rows.iter().map(|line| listed(line)).collect();
    let ids: Vec<&str> = rows.iter().map(|line| line.id).collect();
    Some(format!("# Rows of {name}\n\n{text}") + &here(&ids, name, spec))
}

/// A step: `step 6`. Its lines of the checklist, its findings; how each line came out, if there is a spec.
pub fn step(question: &str, spec: Option<&Analysis>) -> Option<String> {
    let number = question.to_lowercase();
    let number: u8 = number.strip_prefix("step")?.trim().parse().ok()?;
    let step = STEPS.iter().find(|step| step.number == number)?;
    let mut text = format!("# Step {number}: {}\n\n", step.title);
    let checklist = spec.map(Checklist::of);
    for line in checklist::LINES.iter().filter(|line| line.step() == number) {
        let came = checklist.iter().flat_map(|all| &all.lines).find(|other| other.id == line.id);
        let came = came.map_or(String::new(), |came| format!(" ({})", came.verdict.word()));
        text.push_str(&format!("- {}: {}{came}\n", line.id, line.says));
    }
    let findings: String =
        step.checks.iter().map(|rule| format!("- {} {}\n", rule.code.code, rule.code.slug)).collect();
    if !findings.is_empty() {
        text.push_str(&format!("\nFindings\n\n{findings}"));
    }
    Some(text + &format!("\n`sysd solve SPEC --step {number}` shows what it derives.\n"))
}

/// A concept: all words for it, with what they mean.
pub fn concept(question: &str) -> Option<String> {
    let words = word::all().into_iter().filter(|word| word.concept.eq_ignore_ascii_case(question));
    let text: String = words.map(|word| format!("- `{}`: {}\n", word.word, word.gloss)).collect();
    (!text.is_empty()).then(|| format!("# {}\n\n{text}", question.to_lowercase()))
}

/// Something that can be asked of a thing, without the thing: what it tells, and of a spec all there is to tell.
pub fn topic(question: &str, spec: Option<&Analysis>) -> Option<String> {
    let topic = question::Topic::called(question)?;
    let word = topic.words[0];
    let tells: String = topic.sentences().iter().map(|sentence| format!("- {sentence}\n")).collect();
    let text = format!("# {word}\n\nAsked of a thing: `{word} of THING`. It tells\n\n{tells}");
    let Some(spec) = spec else { return Some(text) };
    let answers = topic.answers(&Proofs::new(&spec.design));
    let answers: String = answers.iter().map(|fact| format!("- {}\n", says(&spec.design, fact))).collect();
    Some(match answers.is_empty() {
        true => text + "\nNothing of the kind is derived here.\n",
        false => text + &format!("\nHere\n\n{answers}"),
    })
}

/// Mechanisms: what each is, its lever, how it fails, which rows give it, where it is used.
pub fn mechanisms(found: Vec<Mechanism>, spec: Option<&Analysis>) -> Option<String> {
    let pages: Vec<String> = found.iter().map(|mechanism| mechanism_page(*mechanism, spec)).collect();
    (!pages.is_empty()).then(|| pages.join("\n"))
}

fn mechanism_page(mechanism: Mechanism, spec: Option<&Analysis>) -> String {
    let mut text = format!("# {mechanism}\n\n{}\n", mechanism.gloss());
    for line in mechanism.patterns() {
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
    text + &spec.map_or(String::new(), |spec| used(&[mechanism], spec))
}

/// Where the spec's design uses mechanisms.
fn used(mechanisms: &[Mechanism], spec: &Analysis) -> String {
    let uses = mechanisms.iter().flat_map(|mechanism| mechanism::uses(&spec.design, *mechanism));
    let uses: String = uses.map(|fact| format!("- {}\n", says(&spec.design, &fact))).collect();
    match uses.is_empty() {
        true => "\nIt is not used here.\n".into(),
        false => format!("\nHere\n\n{uses}"),
    }
}
