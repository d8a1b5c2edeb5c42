//! `sysd explain`: a question, and its answer as Markdown, which a terminal colours and an editor shows as it is.
//!
//! Without a spec, a question is about the framework and this tool: a finding, a rule, a mechanism, a word. With one, it
//! may be about the design as well: what was derived of a thing, why, and why not something else.

mod design;
mod placement;
mod reference;
mod tree;
mod why_not;
mod words;

use crate::Analysis;
use crate::language::names;
use std::collections::BTreeSet;
use std::fmt;
use sysd_rules::explain::{id, mechanism, obligation, question, word};
use sysd_rules::fact::Entity;
use sysd_rules::proof::{Fact, Proofs, Term};
use sysd_rules::step_06_mechanisms::patterns::Mechanism;
use tree::Trees;
pub use tree::{located, reason};

pub use design::Reasons;

/// How much of a proof is shown.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Detail {
    /// The steps that say something; those that only lead from one thing to another are left out.
    #[default]
    Telling,
    /// All of them.
    Full,
}

/// A question nothing is known about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unknown {
    /// As asked.
    pub question: String,
    /// What is known and nearly so spelled, the nearest first.
    pub near: Vec<String>,
    /// Whether it may be about a design and no spec was given.
    pub wants_spec: bool,
}

/// Answers a question, by the spec if there is one.
///
/// # Errors
/// Nothing is known by that name; what is nearly so spelled is listed.
pub fn explain(asked: &str, spec: Option<&Analysis>, detail: Detail) -> Result<String, Unknown> {
    let question = normalized(asked);
    let answer = reference::code(&question)
        .or_else(|| spec.and_then(|spec| of_design(&question, spec, detail)))
        .or_else(|| reference::rule(&question, spec))
        .or_else(|| reference::mechanisms(Mechanism::called(&question), spec))
        .or_else(|| reference::step(&question, spec))
        .or_else(|| words::word(&question))
        .or_else(|| reference::table(&question, spec))
        .or_else(|| reference::concept(&question))
        .or_else(|| reference::topic(&question, spec))
        .or_else(|| reference::mechanisms(mechanism::find(&question), spec));
    answer.ok_or_else(|| Unknown { question: asked.trim().to_owned(), ..unknown(&question, spec) })
}

/// "Why is the mechanism of PlaceBid?" asks for the `mechanism of PlaceBid`.
fn normalized(asked: &str) -> String {
    let mut words: Vec<&str> = asked.trim().trim_end_matches('?').split_whitespace().collect();
    let filler = |word: &str| ["what", "why", "is", "the", "are"].contains(&word.to_lowercase().as_str());
    let not_why_not = |words: &[&str]| !words.get(1).is_some_and(|word| word.eq_ignore_ascii_case("not"));
    while words.len() > 1 && filler(words[0]) && not_why_not(&words) {
        words.remove(0);
    }
    words.join(" ")
}

/// What the design answers: why not, a topic of a thing, or all about a thing.
fn of_design(question: &str, spec: &Analysis, detail: Detail) -> Option<String> {
    if let Some(fact) = id::find(&spec.design, question) {
        return Some(stated(spec, fact, detail));
    }
    if let Some((choice, thing)) = why_not::parse(question) {
        let of = named(spec, thing)?;
        // What only contains a word of an axis is not meant by it: `append-only` is no `append-only log`.
        let placed = || placement::why_not(spec, choice, of);
        let mechanism = || why_not::answer(spec, choice, of);
        return match Mechanism::meant_by(choice).is_empty() {
            true => placed().or_else(mechanism),
            false => mechanism().or_else(placed),
        };
    }
    if let Some(thing) = named(spec, question) {
        return Some(overview(spec, thing, detail));
    }
    parts(question).find_map(|(topic, thing)| about(topic, named(spec, thing)?, spec, detail))
}

/// The topic and the thing. "source of truth of Order" falls apart in two ways, and the one is meant of which both parts are known.
fn parts(question: &str) -> impl Iterator<Item = (&str, &str)> {
    [" of ", " for "].into_iter().flat_map(move |word| {
        let places = question.match_indices(word).map(|(at, _)| at);
        places.map(move |at| (question[..at].trim(), question[at + word.len()..].trim()))
    })
}

/// A fact by its id: its proof, or, of what only names something, what it says and where that stands.
fn stated(spec: &Analysis, fact: Fact, detail: Detail) -> String {
    let proofs = Proofs::new(&spec.design);
    if proofs.of(fact).is_some() {
        let mut trees = Trees::new(spec, &proofs, detail);
        trees.add(fact);
        return trees.finish();
    }
    let mut text = format!("{}\n", sysd_rules::relation::says(&spec.design, &fact));
    let parts = fact.terms.iter().filter_map(|term| match term {
        Term::Entity(entity) => Some(*entity),
        _ => None,
    });
    for part in parts {
        let why = question::conclusions(&spec.design, part).into_iter().map(|(_, fact)| fact);
        let told = why.filter(|fact| fact.subject() == Some(part)).find(|fact| proofs.of(*fact).is_some());
        if let Some(told) = told {
            let mut trees = Trees::new(spec, &proofs, detail);
            trees.add(told);
            text.push_str(&format!("\n{}", trees.finish()));
        }
    }
    text
}

/// A topic of a thing, or a mechanism of it: why it has that, or why not.
fn about(topic: &str, of: Entity, spec: &Analysis, detail: Detail) -> Option<String> {
    let proofs = Proofs::new(&spec.design);
    let Some(facts) = question::facts(&spec.design, &proofs, topic, of) else {
        let mechanisms = mechanism::find(topic);
        return (!mechanisms.is_empty()).then(|| {
            let why_not = || format!("But it is not.\n\n{}", why_not::why_not(spec, &mechanisms, of));
            why_not::why(spec, &mechanisms, of).unwrap_or_else(why_not)
        });
    };
    if facts.is_empty() {
        let topic = topic.to_lowercase();
        return Some(format!("Nothing is derived about the {topic} of `{}`.\n", spec.design.name(of)));
    }
    let mut trees = Trees::new(spec, &proofs, detail);
    facts.iter().for_each(|fact| trees.add(*fact));
    Some(trees.finish())
}

/// The thing of that name. Names differ by capital letters too, but where none does, they do not matter.
fn named(spec: &Analysis, name: &str) -> Option<Entity> {
    let name = name.trim_matches('`');
    let names = question::names(&spec.design);
    let exactly = names.iter().find(|(other, _)| other == name);
    exactly.or_else(|| names.iter().find(|(other, _)| other.eq_ignore_ascii_case(name))).map(|(_, entity)| *entity)
}

/// What the author says about a thing, and every conclusion about it, each on a line.
fn overview(spec: &Analysis, of: Entity, detail: Detail) -> String {
    let design = &spec.design;
    let mut text = format!("# {} `{}`\n\n", of.noun(), design.name(of));
    if let Some(name) = design.facts.names.get(of) {
        let said = [name.title.as_deref().unwrap_or(""), &name.doc];
        said.iter().filter(|said| !said.is_empty()).for_each(|said| text.push_str(&format!("{said}\n\n")));
    }
    let proofs = Proofs::new(design);
    let conclusions = question::conclusions(design, of);
    if detail == Detail::Full {
        let mut trees = Trees::new(spec, &proofs, detail);
        conclusions.iter().for_each(|(_, fact)| trees.add(*fact));
        return text + &trees.finish();
    }
    // Several operations of one actor, say, give one line: it is about the actor.
    let mut told = BTreeSet::new();
    let mut last = None;
    for (step, fact) in &conclusions {
        let rule = proofs.of(*fact).and_then(|proof| proof.conclusion().rule);
        let rule = rule.map_or(String::new(), |rule| format!(" ({rule})"));
        let line = format!("- {}{rule}\n", sysd_rules::relation::says(design, fact));
        if told.contains(&line) {
            continue;
        }
        if last != Some(*step) {
            text.push_str(&format!("{}{}\n\n", if last.is_some() { "\n" } else { "" }, heading(*step)));
            last = Some(*step);
        }
        text.push_str(&line);
        told.insert(line);
    }
    let topics: Vec<&str> = question::TOPICS
        .iter()
        .filter(|topic| question::facts(design, &proofs, topic.words[0], of).is_some_and(|facts| !facts.is_empty()))
        .map(|topic| topic.words[0])
        .collect();
    if topics.is_empty() {
        return text + "Nothing is derived about it.\n";
    }
    let name = design.name(of);
    text + &format!(
        "\nAsk why: {}.\n",
        topics.iter().map(|it| format!("`{it} of {name}`")).collect::<Vec<_>>().join(", ")
    )
}

/// "Step 6: mechanism selection"; what the declarations show is of no step.
fn heading(step: u8) -> String {
    let found = sysd_rules::STEPS.iter().find(|found| found.number == step);
    found.map_or("What the declarations show".to_owned(), |found| format!("Step {step}: {}", found.title))
}

/// What is known and nearly so spelled.
fn unknown(question: &str, spec: Option<&Analysis>) -> Unknown {
    let mut near = vec![];
    let mut consider = |candidates: Vec<String>, asked: &str, written: &dyn Fn(&str) -> String| {
        let found = names::near(asked, candidates.iter().map(String::as_str));
        near.extend(found.words.iter().map(|word| written(word)));
    };
    let same = |near: &str| near.to_owned();
    let known = |spec: &Analysis| parts(question).find(|(_, thing)| named(spec, thing).is_some());
    if let Some((spec, (topic, thing))) =
        spec.and_then(|spec| Some((spec, known(spec).or(question.split_once(" of "))?)))
    {
        let names = question::names(&spec.design).into_iter().map(|(name, _)| name).collect();
        let topics = question::TOPICS.iter().flat_map(|topic| topic.words).map(|word| (*word).to_owned()).collect();
        match named(spec, thing) {
            Some(_) => consider(topics, topic, &|topic| format!("{topic} of {thing}")),
            None => consider(names, thing, &|thing| format!("{topic} of {thing}")),
        }
    }
    let names = spec.map_or(vec![], |spec| question::names(&spec.design).into_iter().map(|(name, _)| name).collect());
    consider(names, question, &same);
    consider(crate::codes().map(|code| code.slug.to_owned()).collect(), question, &same);
    consider(word::all().into_iter().map(|word| word.word.to_owned()).collect(), &question.to_lowercase(), &same);
    consider(words::notions().map(str::to_owned).collect(), &question.to_lowercase(), &same);
    consider(obligation::all().map(|it| it.id.to_owned()).collect(), &question.to_uppercase(), &same);
    near.dedup();
    let about_a_design = question.contains(" of ") || question.contains(" for ");
    Unknown { question: question.to_owned(), near, wants_spec: spec.is_none() && about_a_design }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing is known about `{}`", self.question)?;
        if self.wants_spec {
            return write!(f, "; name the spec it is about: `sysd explain \"{}\" spec.sysd`", self.question);
        }
        match &self.near[..] {
            [] => write!(f, "; `sysd explain` lists what can be asked"),
            near => {
                let near: Vec<String> = near.iter().map(|near| format!("`{near}`")).collect();
                write!(f, "; did you mean {}?", near.join(" or "))
            }
        }
    }
}
