//! What was derived, beside the words it was derived about: a hint behind the head of every operation and object, and a line
//! above it.

use crate::Analysis;
use crate::diagnostic::plural;
use crate::language::places::Places;
use crate::rules::fact::Entity;
use crate::rules::margin;
use crate::rules::proof::{Fact, Proofs, Step};
use crate::rules::vocabulary::Vocabulary;
use crate::source::{FileId, Location, Span};

/// A hint behind the head of a declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct Hint {
    /// The byte it stands behind.
    pub byte: u32,
    /// What it says, in parts that lead to what decided them.
    pub parts: Vec<Part>,
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
    let mut hints = vec![];
    for remark in margin::remarks(&analysis.design) {
        let Some(byte) = behind(&analysis.places, remark.of, file) else { continue };
        if byte < span.start || span.end < byte {
            continue;
        }
        let part = |part: &margin::Part| Part {
            text: part.mechanism.word().to_owned(),
            why: why(analysis, &proofs, part),
            decided_at: decided_at(analysis, &proofs, part.because, remark.of),
        };
        hints.push(Hint { byte, parts: remark.parts.iter().map(part).collect() });
    }
    hints.sort_by_key(|hint| hint.byte);
    hints
}

/// Behind the head of a declaration in this file: before its brace, where it has a body.
fn behind(places: &Places, entity: Entity, file: FileId) -> Option<u32> {
    let place = places.get(entity).filter(|place| place.whole.file == file)?;
    Some(place.body.map_or(place.whole.span.end, |(open, _)| open.end))
}

fn why(analysis: &Analysis, proofs: &Proofs<'_>, part: &margin::Part) -> String {
    let mut text = format!("**{}**\n\n{}", part.mechanism.word(), part.mechanism.gloss());
    if let Some(proof) = proofs.of(part.because) {
        let rule = proof.conclusion().rule.unwrap_or("");
        text.push_str(&format!("\n\nBy row `{rule}`, since"));
        let declared: Vec<Fact> = proof.declared().collect();
        for fact in declared.iter().take(6) {
            text.push_str(&format!("\n- {}", crate::rules::relation::says(&analysis.design, fact)));
        }
    }
    text
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
