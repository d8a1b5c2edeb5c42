//! Why a mechanism was not selected: what would have had to hold, and what would change it.

use super::Detail;
use super::tree::Trees;
use crate::Analysis;
use sysd_rules::explain::flip::{self, Flip, flips};
use sysd_rules::explain::mechanism::{self, Candidate, candidates};
use sysd_rules::explain::question::parameters;
use sysd_rules::fact;
use sysd_rules::fact::{Dp, Entity};
use sysd_rules::proof::Proofs;
use sysd_rules::step_06_mechanisms::patterns::Mechanism;
use sysd_rules::vocabulary::Vocabulary;

/// "why not CRDT for Auction": the mechanism and the thing.
pub fn parse(question: &str) -> Option<(&str, &str)> {
    let prefix = ["why not ", "not "]
        .into_iter()
        .find(|prefix| question.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)))?;
    let rest = &question[prefix.len()..];
    let (mechanism, thing) = rest.split_once(" for ").or_else(|| rest.split_once(" of "))?;
    Some((mechanism.trim(), thing.trim()))
}

/// The candidate rows with what stands in their way, and what would remove it. `None`: there is no such mechanism.
pub fn answer(spec: &Analysis, word: &str, of: Entity) -> Option<String> {
    let mechanisms = mechanism::find(word);
    if mechanisms.is_empty() {
        return None;
    }
    let design = &spec.design;
    let (name, wanted) = (design.name(of), list(&mechanisms));
    let dps = parameters(design, of);
    if dps.is_empty() {
        return Some(format!("No design parameter is about `{name}`, so nothing needs a mechanism.\n"));
    }
    let proofs = Proofs::new(design);
    if flip::has(design, of, &mechanisms) {
        let about: Vec<Entity> = dps.into_iter().map(Entity::from).collect();
        let uses = mechanisms.iter().flat_map(|mechanism| mechanism::uses(design, *mechanism));
        let mut trees = Trees::new(spec, &proofs, Detail::Telling);
        uses.filter(|fact| fact.subject().is_some_and(|it| about.contains(&it))).for_each(|fact| trees.add(fact));
        return Some(format!("But it is.\n\n{}", trees.finish()));
    }
    let nearest = dps.iter().map(|dp| (*dp, candidates(design, *dp, &mechanisms)));
    let nearest: Vec<(Dp, Vec<Candidate>)> = nearest.filter(|(_, all)| !all.is_empty()).collect();
    let least = nearest.iter().map(|(_, all)| all[0].obstacles.len()).min().unwrap_or(0);
    let mut text = String::new();
    let mut trees = Trees::new(spec, &proofs, Detail::Telling);
    for (dp, all) in nearest.iter().filter(|(_, all)| all[0].obstacles.len() == least) {
        text.push_str(&of_parameter(spec, *dp, all, &mechanisms, &mut trees));
    }
    if text.is_empty() {
        text = format!("No row gives {wanted}.\n\n");
    }
    let shown = trees.finish();
    if !shown.is_empty() {
        text.push_str(&format!("What stands in the way\n\n{shown}\n"));
    }
    text.push_str(&turned(flips(design, of, &mechanisms), &wanted, &name));
    Some(text)
}

/// The rows for one parameter, each with its first obstacle, and the proofs of what is in the way.
fn of_parameter(
    spec: &Analysis,
    dp: Dp,
    candidates: &[Candidate],
    mechanisms: &[Mechanism],
    trees: &mut Trees<'_>,
) -> String {
    let design = &spec.design;
    let name = design.name(dp);
    let mut text = format!("`{name}`\n\n");
    for (mechanism, row) in design.mechanisms.excluded.iter().filter(|(it, ..)| *it == dp).map(|(_, m, row)| (m, row)) {
        if mechanisms.contains(mechanism) {
            trees.add(fact!(excluded, dp, mechanism.word(), *row));
        }
    }
    for candidate in candidates {
        let line = &candidate.line;
        text.push_str(&format!("- {}: when {}: {}", line.id, line.condition(), line.gives));
        match candidate.obstacles.first() {
            None => text.push_str("; but nothing is selected that it could add to"),
            Some((property, true)) => text.push_str(&format!("; but nothing shows `{property}`: {}", property.gloss())),
            Some((property, false)) => {
                text.push_str(&format!("; but it is `{property}`: {}", property.gloss()));
                trees.add(fact!(property, dp, property.word()));
            }
        }
        match candidate.obstacles.len() {
            0 | 1 => text.push('\n'),
            more => text.push_str(&format!(" ({} more)\n", more - 1)),
        }
    }
    text.push('\n');
    text
}

/// What would change the answer, each found by deriving the changed spec.
fn turned(flips: Option<Vec<Flip>>, wanted: &str, name: &str) -> String {
    let Some(flips) = flips else { return "The spec is too large to try what would change it.\n".into() };
    if flips.is_empty() {
        return format!("No change of one or two clauses gives `{name}` {wanted}.\n");
    }
    let mut text = "What would change it, tried out\n\n".to_owned();
    for flip in flips.iter().take(SHOWN) {
        text.push_str(&format!("- {}", flip.changes.join(" and ")));
        match &flip.errors[..] {
            [] => text.push('\n'),
            errors => text.push_str(&format!("; which brings {}\n", errors.join(", "))),
        }
    }
    if flips.len() > SHOWN {
        text.push_str(&format!("- and {} more\n", flips.len() - SHOWN));
    }
    text
}

/// More changes than this say less.
const SHOWN: usize = 5;

fn list(mechanisms: &[Mechanism]) -> String {
    mechanisms.iter().map(|mechanism| mechanism.word()).collect::<Vec<_>>().join(" or ")
}
