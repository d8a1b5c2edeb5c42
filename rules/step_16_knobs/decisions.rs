//! What the author decides of a number: `decide value of AuctionView = 50ms`, or, where a thing has several numbers,
//! `decide value "retry limit" of PlaceBid = 5`.

use super::{KnobKind, Knobs};
use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::proof::premises;
use crate::quantity::Quantity;
use crate::step_06_mechanisms::concerned;
use crate::vocabulary::{Topic, Vocabulary};
use std::collections::BTreeSet;

/// What a decision about a value means.
#[derive(Clone, PartialEq, Debug)]
pub enum Meaning {
    /// This number, and what it is to be.
    Sets(Knob, Quantity),
    /// Nothing of what it names has such a number; these it has.
    Nothing(Vec<Knob>),
    /// Several could be meant.
    Several(Vec<Knob>),
    /// The number is of another dimension.
    Dimension(Knob),
    /// Its value is open, or what it is of did not resolve: reported elsewhere.
    Open,
}

/// Sets every number that the author decides, in the order of the decisions: the last one counts.
pub fn settle(design: &Design, step: &mut Knobs) {
    for (decision, choice) in decided(&design.facts) {
        let Meaning::Sets(knob, value) = meaning(design, step, choice) else { continue };
        let Ok(at) = step.default.binary_search_by_key(&knob, |(other, _)| *other) else { continue };
        let before = step.default[at].1;
        step.default[at].1 = value;
        step.because.retain(|(fact, ..)| *fact != fact!(default, knob, before));
        step.settled.retain(|(other, _)| *other != knob);
        step.settled.push((knob, decision));
        let declared = premises(&[fact!(decision, decision)]);
        step.because.push((fact!(default, knob, value), "S16-g1", declared.clone()));
        step.because.push((fact!(settled, knob, decision), "S16-g1", declared));
    }
}

/// The decisions about values.
pub fn decided(facts: &Facts) -> impl Iterator<Item = (Decision, &Choice)> {
    facts
        .decision
        .iter()
        .filter(|(_, choice)| choice.topic == Topic::Value)
        .map(|(decision, choice)| (*decision, choice))
}

/// What a decision about a value means.
pub fn meaning(design: &Design, step: &Knobs, choice: &Choice) -> Meaning {
    let (Some(of), Some(value)) = (choice.of, choice.quantity) else { return Meaning::Open };
    let all = of_thing(design, step, of);
    let named = |knob: &Knob| kind_of(step, *knob).is_some_and(|kind| is_called(kind, &choice.word));
    let candidates: Vec<Knob> = match all.iter().any(named) {
        true => all.iter().copied().filter(named).collect(),
        false if names_kind(&choice.word) => return Meaning::Nothing(all),
        false => all.clone(),
    };
    let fits = |knob: &Knob| step.value(*knob).is_some_and(|default| default.dimension == value.dimension);
    let fitting: Vec<Knob> = candidates.iter().copied().filter(fits).collect();
    let first = |of: &[Knob]| {
        let ranked = of.iter().filter_map(|knob| {
            let kind = kind_of(step, *knob)?;
            Some((MEANT_FIRST.iter().position(|first| *first == kind)?, *knob))
        });
        ranked.min().map(|(_, knob)| knob)
    };
    match (&candidates[..], &fitting[..]) {
        ([], _) => Meaning::Nothing(all),
        ([knob], []) => Meaning::Dimension(*knob),
        (_, []) => Meaning::Nothing(all),
        (_, [knob]) => Meaning::Sets(*knob, value),
        (_, several) => first(several).map_or(Meaning::Several(several.to_vec()), |knob| Meaning::Sets(knob, value)),
    }
}

/// The numbers of a thing: its own, and those of the design parameters that are of it, guard, protect or serve it.
fn of_thing(design: &Design, step: &Knobs, of: Entity) -> Vec<Knob> {
    let dps: BTreeSet<Dp> = concerned(&design.parameters, of);
    let about = |what: &Entity| *what == of || matches!(what, Entity::Dp(dp) if dps.contains(dp));
    step.knob.iter().filter(|(_, _, what)| about(what)).map(|(knob, ..)| *knob).collect()
}

/// The kind of a number.
pub fn kind_of(step: &Knobs, knob: Knob) -> Option<KnobKind> {
    step.knob.get(knob.index()).map(|(_, kind, _)| *kind)
}

/// Whether a word names that kind: its name, or an end of it ("retry limit").
fn is_called(kind: KnobKind, word: &str) -> bool {
    let word = word.replace(['_', '-'], " ").to_lowercase();
    let name = kind.word().replace('-', " ").to_lowercase();
    name == word || name.strip_suffix(word.as_str()).is_some_and(|rest| rest.ends_with(' '))
}

/// Whether the decision says which number it means, as opposed to its value only.
fn names_kind(word: &str) -> bool {
    !word.is_empty() && Quantity::parse(word).is_err()
}

/// What a bare value is taken for, where several numbers of its dimension are there.
static MEANT_FIRST: &[KnobKind] = &[
    KnobKind::CacheTtl,
    KnobKind::LeaseTtl,
    KnobKind::WindowSize,
    KnobKind::RetryLimit,
    KnobKind::TopK,
    KnobKind::OutcomeTtl,
];
