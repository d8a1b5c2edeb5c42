//! Why a mechanism was not selected: what would have had to hold, and what would change it.

use super::Detail;
use super::tree::Trees;
use crate::Analysis;
use sysd_rules::explain::flip::{self, Flip, flips};
use sysd_rules::explain::mechanism::{self, Candidate, Sufficient, candidates};
use sysd_rules::explain::question::parameters;
use sysd_rules::fact;
use sysd_rules::fact::{Dp, Entity};
use sysd_rules::proof::{Fact, Proofs, RuleId};
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
    Some(match why(spec, &mechanisms, of) {
        Some(proofs) => format!("But it is.\n\n{proofs}"),
        None => why_not(spec, &mechanisms, of),
    })
}

/// Why a thing has a mechanism; nothing where it has none of them.
pub fn why(spec: &Analysis, mechanisms: &[Mechanism], of: Entity) -> Option<String> {
    let design = &spec.design;
    if !flip::has(design, of, mechanisms) {
        return None;
    }
    let proofs = Proofs::new(design);
    let about: Vec<Entity> = parameters(design, of).into_iter().map(Entity::from).collect();
    let mut uses: Vec<Fact> = mechanisms.iter().flat_map(|mechanism| mechanism::uses(design, *mechanism)).collect();
    uses.retain(|fact| fact.subject().is_some_and(|it| about.contains(&it)) && USED.contains(&fact.relation));
    let mut trees = Trees::new(spec, &proofs, Detail::Telling);
    uses.into_iter().for_each(|fact| trees.add(fact));
    Some(trees.finish())
}

/// Relations by which a parameter has a mechanism.
const USED: &[&str] = &["mechanism", "adds", "form"];

/// Of a mechanism that a thing has not.
pub fn why_not(spec: &Analysis, mechanisms: &[Mechanism], of: Entity) -> String {
    let design = &spec.design;
    let (name, wanted) = (design.name(of), list(mechanisms));
    let dps = parameters(design, of);
    let proofs = Proofs::new(design);
    let mut trees = Trees::new(spec, &proofs, Detail::Telling);
    let mut text = String::new();
    if dps.is_empty() {
        text = format!("No design parameter is about `{name}`, so nothing needs a mechanism.\n\n");
    }
    let sufficient: Vec<Sufficient> =
        dps.iter().flat_map(|dp| mechanism::sufficient(design, *dp, mechanisms)).collect();
    for dp in &dps {
        text.push_str(&of_alternative(spec, *dp, mechanisms, &mut trees));
    }
    if !sufficient.is_empty() && spec.places.get(of).is_some() {
        let word = sufficient[0].mechanism;
        text.push_str(&format!("To take it: `decide mechanism of {name} = \"{word}\" because \"…\"`.\n\n"));
    }
    let nearest = dps.iter().map(|dp| (*dp, candidates(design, *dp, mechanisms)));
    let nearest: Vec<(Dp, Vec<Candidate>)> = nearest.filter(|(_, all)| !all.is_empty()).collect();
    let least = nearest.iter().filter_map(|(_, all)| obstacles(all)).min();
    for (dp, all) in nearest.iter().filter(|(_, all)| sufficient.is_empty() && obstacles(all) == least) {
        text.push_str(&of_parameter(spec, *dp, all, mechanisms, &mut trees));
    }
    if text.is_empty() {
        text = format!("No row gives {wanted}.\n\n");
    }
    let shown = trees.finish();
    if !shown.is_empty() {
        let title = if sufficient.is_empty() { "What stands in the way" } else { "Why it is sufficient" };
        text.push_str(&format!("{title}\n\n{shown}\n"));
    }
    text + &turned(flips(design, of, mechanisms), &wanted, &name)
}

/// How much the nearest row lacks.
fn obstacles(candidates: &[Candidate]) -> Option<usize> {
    candidates.iter().map(|candidate| candidate.obstacles.len()).min()
}

/// What is sufficient for the parameter as well, though something else was selected, and what would tip the choice.
fn of_alternative(spec: &Analysis, dp: Dp, mechanisms: &[Mechanism], trees: &mut Trees<'_>) -> String {
    let design = &spec.design;
    let name = design.name(dp);
    let mut rows: Vec<RuleId> = vec![];
    let mut text = String::new();
    let all = mechanism::sufficient(design, dp, mechanisms);
    for one in &all {
        if rows.contains(&one.row) {
            continue;
        }
        rows.push(one.row);
        let others = all.iter().filter(|other| other.row == one.row).map(|other| other.instead_of.word());
        let others = others.collect::<Vec<_>>().join(" or ");
        text.push_str(&format!(
            "{} is sufficient for `{name}` as well ({}), instead of {others}; it is the better choice when {}.\n\n",
            one.mechanism, one.row, one.tips
        ));
        trees.add(fact!(alternative, dp, one.mechanism.word(), one.row));
    }
    text
}

/// The rows for one parameter, each with what it lacks first, and the proofs of what is in the way.
fn of_parameter(
    spec: &Analysis,
    dp: Dp,
    candidates: &[Candidate],
    mechanisms: &[Mechanism],
    trees: &mut Trees<'_>,
) -> String {
    let design = &spec.design;
    let mut text = format!("`{}`\n\n", design.name(dp));
    for (mechanism, row) in design.mechanisms.excluded.iter().filter(|(it, ..)| *it == dp).map(|(_, m, row)| (m, row)) {
        if mechanisms.contains(mechanism) {
            trees.add(fact!(excluded, dp, mechanism.word(), *row));
        }
    }
    for candidate in candidates {
        let line = &candidate.line;
        let obstacles = candidate.obstacles.iter().map(|(property, wanted)| match wanted {
            true => format!("nothing shows `{property}`: {}", told(property.gloss())),
            false => format!("it is `{property}`: {}", told(property.gloss())),
        });
        let mut obstacles: Vec<String> = obstacles.collect();
        if obstacles.is_empty() {
            obstacles.push(format!("nothing is selected beside which it could stand; the row says: {}", line.gives));
        }
        text.push_str(&format!("- {}: {}\n", line.id, obstacles.join("; and ")));
        for (property, wanted) in &candidate.obstacles {
            if !wanted {
                trees.add(fact!(property, dp, property.word()));
            }
        }
    }
    text.push('\n');
    text
}

/// A sentence as part of another.
fn told(gloss: &str) -> &str {
    gloss.trim_end_matches('.')
}

/// What would change the answer, each found by deriving the changed spec.
fn turned(flips: Option<Vec<Flip>>, wanted: &str, name: &str) -> String {
    let Some(flips) = flips else { return "The spec is too large to try what would change it.\n".into() };
    if flips.is_empty() {
        return format!(
            "None of the changes tried gives `{name}` {wanted}. Tried were other words for its axes, other rates and bounds, \
             claims, faults and scopes, one and two at a time; there are others.\n"
        );
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
