//! What was derived, beside the words it was derived about: a hint behind the head of every operation and object, and a line
//! above it.

use crate::diagnostic::{Edit, plural};
use crate::language::places::Places;
use crate::rules::Design;
use crate::rules::fact::{Dp, Entity, Operation};
use crate::rules::margin::{self, Remark};
use crate::rules::proof::{Fact, Proofs, Step, Term, log};
use crate::rules::step_06_mechanisms::components::Components;
use crate::rules::vocabulary::Vocabulary;
use crate::source::{FileId, Location, Span};
use crate::{Analysis, place};
use std::collections::{BTreeMap, BTreeSet};

/// A hint behind the head of a declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct Hint {
    /// The byte it stands behind.
    pub byte: u32,
    /// What it says, in parts that lead to what decided them.
    pub parts: Vec<Part>,
    /// What writes it into the text, where it can be written.
    pub accepts: Option<Edit>,
}

/// A part of a hint.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it says.
    pub text: String,
    /// Markdown: what it means, and what it comes down to.
    pub why: String,
    /// The clause that decided it.
    pub decided_at: Option<Location>,
}

/// A line above a declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct Lens {
    /// The name of what it is about.
    pub at: Span,
    /// What it says.
    pub title: String,
    /// What it is about, for whoever wants to show more.
    pub name: String,
}

/// The hints of a part of a file.
pub fn hints(analysis: &Analysis, file: FileId, span: Span) -> Vec<Hint> {
    let proofs = Proofs::new(&analysis.design);
    let mut hints = inferred(analysis, file, span, &proofs);
    for remark in remarks(analysis) {
        let Some(byte) = behind(&analysis.places, remark.of, file) else { continue };
        if byte < span.start || span.end < byte {
            continue;
        }
        let part = |part: &margin::Part| Part {
            text: part.mechanism.word().to_owned(),
            why: why(analysis, &proofs, part.because, (part.mechanism.word(), part.mechanism.gloss())),
            decided_at: decided_at(analysis, &proofs, part.because, remark.of),
        };
        hints.push(Hint { byte, parts: remark.parts.iter().map(part).collect(), accepts: None });
    }
    hints.sort_by_key(|hint| hint.byte);
    hints
}

/// Behind the head of a declaration in this file: before its brace, where it has a body.
fn behind(places: &Places, entity: Entity, file: FileId) -> Option<u32> {
    let place = places.get(entity).filter(|place| place.whole.file == file)?;
    Some(place.body.map_or(place.whole.span.end, |(open, _)| open.end))
}

fn why(analysis: &Analysis, proofs: &Proofs<'_>, because: Fact, (name, gloss): (&str, &str)) -> String {
    let mut text = format!("**{name}**\n\n{gloss}");
    if let Some(proof) = proofs.of(because) {
        let rule = proof.conclusion().rule.unwrap_or("");
        text.push_str(&format!("\n\nBy row `{rule}`, since"));
        let declared: Vec<Fact> = proof.declared().collect();
        for fact in declared.iter().take(6) {
            text.push_str(&format!("\n- {}", crate::rules::relation::says(&analysis.design, fact)));
        }
    }
    text
}

/// What was inferred of an object and is written nowhere: a hint of its own for each, which can be accepted.
fn inferred(analysis: &Analysis, file: FileId, span: Span, proofs: &Proofs<'_>) -> Vec<Hint> {
    let hint = |unsaid: margin::Unsaid| {
        let byte = behind(&analysis.places, unsaid.of, file)?;
        let accepts = place::add(analysis.places.get(unsaid.of)?, &unsaid.clause, &analysis.sources);
        let why = why(analysis, proofs, unsaid.because, (&unsaid.clause, "Inferred; written nowhere in the spec."));
        let decided_at = decided_at(analysis, proofs, unsaid.because, unsaid.of);
        let part = Part { text: format!("inferred {}", unsaid.clause), why, decided_at };
        (span.start <= byte && byte <= span.end).then(|| Hint { byte, parts: vec![part], accepts: Some(accepts) })
    };
    margin::unsaid(&analysis.design).into_iter().filter_map(hint).collect()
}

/// The mechanisms of each thing; of those of a design parameter that several operations share, to each operation its own.
pub fn remarks(analysis: &Analysis) -> Vec<Remark> {
    let design = &analysis.design;
    let mut remarks = margin::remarks(design);
    if remarks.iter().all(|remark| !matches!(remark.of, Entity::Operation(_))) {
        return remarks;
    }
    let components = Components::new(design);
    let mut sharers: BTreeMap<Dp, BTreeSet<Operation>> = BTreeMap::new();
    for (dp, operation) in &design.parameters.protects {
        sharers.entry(*dp).or_default().insert(*operation);
    }
    let mut users: BTreeMap<Fact, BTreeSet<Operation>> = BTreeMap::new();
    for remark in &mut remarks {
        let Entity::Operation(operation) = remark.of else { continue };
        remark.parts.retain(|part| {
            let Some(Entity::Dp(dp)) = part.because.subject() else { return true };
            let sharers = sharers.get(&dp).filter(|sharers| sharers.len() > 1);
            let Some(sharers) = sharers else { return true };
            let users = users
                .entry(part.because)
                .or_insert_with(|| used_by(design, sharers, &components.of(dp, part.mechanism), part.because));
            users.contains(&operation)
        });
    }
    remarks.retain(|remark| !remark.parts.is_empty());
    remarks
}

/// The operations of a design parameter that use one of its mechanisms: those its components name, all where one names none.
/// Where it has no components, those whose properties selected it.
fn used_by(
    design: &Design,
    sharers: &BTreeSet<Operation>,
    components: &[String],
    because: Fact,
) -> BTreeSet<Operation> {
    let is_named = |text: &str, operation: Operation| {
        text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))
            .any(|word| word == design.facts.name(operation))
    };
    let named_in = |text: &String| sharers.iter().copied().filter(|it| is_named(text, *it)).collect::<BTreeSet<_>>();
    let named: Vec<BTreeSet<Operation>> = components.iter().map(named_in).collect();
    let users: BTreeSet<Operation> = match named.iter().any(BTreeSet::is_empty) {
        true => BTreeSet::new(),
        false if named.is_empty() => selected_by(design, because).intersection(sharers).copied().collect(),
        false => named.into_iter().flatten().collect(),
    };
    if users.is_empty() { sharers.clone() } else { users }
}

/// The operations that the premises of a selection are about, each premise with everything that makes it hold.
fn selected_by(design: &Design, because: Fact) -> BTreeSet<Operation> {
    let entries =
        |wanted: Fact| log(design.logged()).filter(move |(fact, ..)| *fact == wanted || wanted.is_short_for(fact));
    let premises: BTreeSet<Fact> = entries(because).flat_map(|(.., premises)| premises.iter().copied()).collect();
    let about = |premise: Fact| {
        let facts = entries(premise).flat_map(|(.., premises)| premises.iter());
        let operations = facts.flat_map(|fact| fact.terms).filter_map(|term| match term {
            Term::Entity(Entity::Operation(operation)) => Some(operation),
            _ => None,
        });
        operations.collect::<BTreeSet<Operation>>()
    };
    let narrowing = premises.into_iter().map(about).filter(|operations| !operations.is_empty());
    narrowing.reduce(|one, other| one.intersection(&other).copied().collect()).unwrap_or_default()
}

/// The clause a derived fact comes down to: of all declarations in its proof the one that is a clause of the thing itself, or
/// else of any thing.
fn decided_at(analysis: &Analysis, proofs: &Proofs<'_>, fact: Fact, of: Entity) -> Option<Location> {
    let proof = proofs.of(fact)?;
    let clauses: Vec<(Entity, Location)> =
        proof.steps.iter().filter_map(|step| clause(&analysis.places, step)).collect();
    let own = clauses.iter().rev().find(|(subject, _)| *subject == of);
    own.or(clauses.last()).map(|(_, at)| *at)
}

fn clause(places: &Places, step: &Step) -> Option<(Entity, Location)> {
    let subject = step.fact.subject().filter(|_| step.rule.is_none())?;
    let word = step.fact.relation.split('_').next()?;
    Some((subject, places.clause_of(subject, word)?))
}

/// The lines above the declarations of a file.
pub fn lenses(analysis: &Analysis, file: FileId) -> Vec<Lens> {
    let mut lenses = vec![];
    for count in margin::counts(&analysis.design) {
        let Some(place) = analysis.places.get(count.of).filter(|place| place.whole.file == file) else { continue };
        let title =
            format!("{} → {}", plural(count.invariants, "invariant"), plural(count.parameters, "design parameter"));
        lenses.push(Lens { at: place.name.span, title, name: analysis.design.facts.name(count.of).to_owned() });
    }
    lenses.sort_by_key(|lens| lens.at);
    lenses
}
