//! Step 6, mechanism selection: the mechanical bridge from design parameter to concrete mechanism (S6-g1).
//!
//! Properties of each parameter are derived first ([`properties`]); the tables ([`tables`], [`choices`]) are looked up
//! with them, sub-step by sub-step, and what an earlier one selects the later ones add to. No product is named.
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod checks;
pub mod choices;
pub mod components;
pub mod decisions;
pub mod handling;
pub mod patterns;
pub mod properties;
pub mod tables;

use crate::evidence::Evidence;
use crate::fact::*;
use crate::proof::{Because, Premises, RuleId, premises};
use crate::step_03_axes::Axes;
use crate::step_04_invariants::Invariants;
use crate::step_05_parameters::Parameters;
use crate::table::{Profile, Row};
use crate::vocabulary::*;
use crate::{Design, Facts, fact};
use ascent::ascent;
use choices::{ALTERNATIVES, EXCLUSIONS};
use patterns::Mechanism;
use properties::Property;
use std::collections::{BTreeMap, BTreeSet};
use tables::{Answer, CLASSIFICATION, COMBINATIONS, OWNERSHIP_EVOLUTION, QUESTIONS, ROUTES};

vocabulary! {
    /// 6.1: the family a type of invariant asks for (S6.1-r1 to S6.1-r6).
    Family = "mechanism family" {
        ConcurrencyControl = "concurrency control": "Checks and updates atomically.",
        SequenceAuthority = "sequence authority": "One actor assigns positions within a scope.",
        AggregationPipeline = "aggregation pipeline": "Processes every event into the aggregate exactly once.",
        DedupGate = "dedup gate": "Looks up the prior result first.",
        PropagationPath = "update propagation path": "Brings a change to the view within its bound.",
        AuthorizationBoundary = "authorization boundary": "Checks permission before every operation.",
    }
}

ascent! {
    /// The mechanisms.
    pub struct Mechanisms;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    /// `property(dp, property)`: what the tables look at; derived in [`properties`].
    relation property(Dp, Property);
    /// `query_property(query, property)`: the same of a read path that is no view.
    relation query_property(Query, Property);
    /// `profile(dp, properties)`: all properties of a parameter as one value, to match rows against.
    relation profile(Dp, Profile);
    /// `query_profile(query, properties)`
    relation query_profile(Query, Profile);
    /// `decided(dp, decision, mechanism)`: the author decides on the mechanism for what the parameter is about.
    relation decided(Dp, Decision, Mechanism);

    /// `family(dp, family)`: 6.1, by invariant type; several per parameter.
    relation family(Dp, Family);
    /// `selected(dp, mechanism, row)`: what the tables select, before the author's decisions.
    relation selected(Dp, Mechanism, crate::proof::RuleId);
    /// `mechanism(dp, mechanism, row)`: the mechanism selected, and the row that selects it.
    relation mechanism(Dp, Mechanism, crate::proof::RuleId);
    /// `adds(dp, mechanism, row)`: needed besides (Q1 to Q5, 6.4).
    relation adds(Dp, Mechanism, crate::proof::RuleId);
    /// `form(dp, mechanism, form, row)`: the form the mechanism takes (Q1, Q2, Q5).
    relation form(Dp, Mechanism, Mechanism, crate::proof::RuleId);
    /// `confirmed(dp, mechanism, row)`: the row finds the mechanism right as well.
    relation confirmed(Dp, Mechanism, crate::proof::RuleId);
    /// `doubles(dp, mechanism, other, row)`: the mechanism does the work of the other besides its own.
    relation doubles(Dp, Mechanism, Mechanism, crate::proof::RuleId);
    /// `alternative(dp, mechanism, row)`: sufficient as well.
    relation alternative(Dp, Mechanism, crate::proof::RuleId);
    /// `instead(dp, mechanism, other, row)`: the mechanism could take the place of the other.
    relation instead(Dp, Mechanism, Mechanism, crate::proof::RuleId);
    /// `taken(dp, decision, mechanism)`: the author's decision is one of the alternatives, and counts.
    relation taken(Dp, Decision, Mechanism);
    /// `excluded(dp, mechanism, row)`: wrong here, and the row that says so.
    relation excluded(Dp, Mechanism, crate::proof::RuleId);
    /// `accepted(decision)`: the decision agrees with what is derived.
    relation accepted(Decision);
    /// `refused(decision, dp, mechanism, row)`: the author decides on what is wrong here, and the row that says so.
    relation refused(Decision, Dp, Mechanism, crate::proof::RuleId);
    /// `answers(query, mechanism, row)`: how a read path that is no view finds what it asks for (Q4).
    relation answers(Query, Mechanism, crate::proof::RuleId);

    // 6.1, CK-6a. The type of invariant says which family.
    family(dp, row.gives),
    because(fact!(family, *dp, row.gives.word()), row.id, grounds(*dp, row)) <--
        profile(dp, properties),
        for row in CLASSIFICATION,
        if row.matches(*properties);

    // 6.2, CK-6b. Ownership and evolution select the concurrency mechanism; the other families have routes of their own.
    selected(dp, row.gives, row.id),
    because(selection("selected", *dp, row.gives, row.id), row.id, grounds(*dp, row)) <--
        profile(dp, properties),
        for row in OWNERSHIP_EVOLUTION.iter().chain(ROUTES),
        if row.matches(*properties);

    // 6.3, CK-6c. Q3 to Q5 select for views and deliveries.
    selected(dp, mechanism, row.id),
    because(selection("selected", *dp, mechanism, row.id), row.id, grounds(*dp, row)) <--
        profile(dp, properties),
        for row in QUESTIONS,
        if let Answer::Selects(mechanism) = row.gives,
        if row.matches(*properties);

    // What decides the writes of a scope one after the other numbers them as well.
    relation numbers(Dp);
    numbers(dp),
    doubles(dp, mechanism, Mechanism::SequenceAuthority, "A-8"),
    because(fact!(doubles, *dp, mechanism.word(), Mechanism::SequenceAuthority.word()), "A-8",
            premises(&[selection("selected", *dp, *mechanism, row)])) <--
        selected(dp, Mechanism::SequenceAuthority, _),
        selected(dp, mechanism, row),
        if mechanism.serializes();

    // Where several are sufficient, the others are alternatives.
    relation replaces(Dp, Mechanism, Mechanism, RuleId);
    instead(dp, mechanism, other, row) <-- replaces(dp, mechanism, other, row);
    replaces(dp, row.gives.mechanism, other, row.id),
    alternative(dp, row.gives.mechanism, row.id),
    because(selection("alternative", *dp, row.gives.mechanism, row.id), row.id, grounds(*dp, row)) <--
        profile(dp, properties),
        selected(dp, other, _),
        for row in ALTERNATIVES,
        if row.gives.to.contains(other),
        if row.matches(*properties);

    // An alternative that the author decides on takes the place of what was selected; a word for several mechanisms, of
    // which one is selected already, changes nothing.
    relation agrees(Dp, Decision);
    agrees(dp, decision) <-- decided(dp, decision, mechanism), selected(dp, mechanism, _);
    relation replaced(Dp, Mechanism);
    taken(dp, decision, mechanism),
    replaced(dp, other),
    mechanism(dp, mechanism, row),
    because(selection("mechanism", *dp, *mechanism, row), row,
            premises(&[fact!(decision, *decision, mechanism.word()), selection("alternative", *dp, *mechanism, row)])) <--
        decided(dp, decision, mechanism),
        replaces(dp, mechanism, other, row),
        !agrees(dp, decision);

    mechanism(dp, mechanism, row),
    because(selection("mechanism", *dp, *mechanism, row), row,
            premises(&[selection("selected", *dp, *mechanism, row)])) <--
        selected(dp, mechanism, row),
        if *mechanism != Mechanism::SequenceAuthority,
        !replaced(dp, mechanism);
    mechanism(dp, Mechanism::SequenceAuthority, row),
    because(selection("mechanism", *dp, Mechanism::SequenceAuthority, row), row,
            premises(&[selection("selected", *dp, Mechanism::SequenceAuthority, row)])) <--
        selected(dp, Mechanism::SequenceAuthority, row),
        !numbers(dp);

    // 6.3 and 6.4, CK-6c, CK-6d. What the mechanism never goes without, the form it takes, and what else finds it right.
    relation needed(Dp, Mechanism, RuleId);
    needed(dp, added, row.id),
    because(selection("adds", *dp, *added, row.id), row.id, with(selection("mechanism", *dp, *mechanism, by), grounds(*dp, row))) <--
        profile(dp, properties),
        mechanism(dp, mechanism, by),
        for row in QUESTIONS.iter().chain(COMBINATIONS),
        if let Answer::Adds(besides, all) = row.gives,
        if besides.is_empty() || besides.contains(mechanism),
        if row.matches(*properties),
        for added in all,
        if added != mechanism;
    form(dp, mechanism, shape, row.id),
    because(fact!(form, *dp, mechanism.word(), shape.word()), row.id, with(selection("mechanism", *dp, *mechanism, by), grounds(*dp, row))) <--
        profile(dp, properties),
        mechanism(dp, mechanism, by),
        for row in QUESTIONS,
        if let Answer::Takes(of, shape) = row.gives,
        if of.contains(mechanism),
        if row.matches(*properties);
    confirmed(dp, mechanism, row.id),
    because(selection("confirmed", *dp, *mechanism, row.id), row.id, with(selection("mechanism", *dp, *mechanism, by), grounds(*dp, row))) <--
        profile(dp, properties),
        mechanism(dp, mechanism, by),
        for row in QUESTIONS,
        if let Answer::Confirms(of) = row.gives,
        if of.contains(mechanism),
        if row.matches(*properties);

    // What is added can have an alternative too, and the author may decide on it.
    relation spares(Dp, Mechanism, Mechanism, RuleId);
    instead(dp, mechanism, other, row) <-- spares(dp, mechanism, other, row);
    spares(dp, row.gives.mechanism, other, row.id),
    alternative(dp, row.gives.mechanism, row.id),
    because(selection("alternative", *dp, row.gives.mechanism, row.id), row.id, grounds(*dp, row)) <--
        profile(dp, properties),
        needed(dp, other, _),
        for row in ALTERNATIVES,
        if row.gives.to == [*other],
        if row.matches(*properties);
    relation spared(Dp, Mechanism);
    taken(dp, decision, mechanism),
    spared(dp, other),
    adds(dp, mechanism, row),
    because(selection("adds", *dp, *mechanism, row), row,
            premises(&[fact!(decision, *decision, mechanism.word()), selection("alternative", *dp, *mechanism, row)])) <--
        decided(dp, decision, mechanism),
        spares(dp, mechanism, other, row);
    adds(dp, added, row) <-- needed(dp, added, row), !spared(dp, added);

    // S6.2-d1 to S6.2-d4 and the anti-patterns. What would be wrong here.
    excluded(dp, mechanism, row.id),
    because(selection("excluded", *dp, *mechanism, row.id), row.id, grounds(*dp, row)) <--
        profile(dp, properties),
        for row in EXCLUSIONS,
        if row.matches(*properties),
        for mechanism in row.gives;

    // What the author decides is accepted where it is what the tables give or an alternative, and refused where it is wrong.
    accepted(decision) <-- decided(dp, decision, mechanism), mechanism(dp, mechanism, _);
    accepted(decision) <-- decided(dp, decision, mechanism), adds(dp, mechanism, _);
    accepted(decision) <-- decided(dp, decision, mechanism), form(dp, _, mechanism, _);
    refused(decision, dp, mechanism, row) <--
        decided(dp, decision, mechanism),
        excluded(dp, mechanism, row),
        !accepted(decision);

    // S6.3-Q4. A query that reads no view is answered by the same rows.
    answers(query, mechanism, row.id),
    because(fact!(answers, *query, mechanism.word(), row.id), row.id, premises(&[])) <--
        query_profile(query, properties),
        for row in QUESTIONS,
        if row.matches(*properties),
        for mechanism in contributed(row.gives);
}

/// Runs the step's programs: first the properties, then the tables.
pub fn derive(
    facts: &Facts,
    evidence: &Evidence,
    axes: &Axes,
    invariants: &Invariants,
    parameters: &Parameters,
) -> Mechanisms {
    let derived = properties::derive(facts, evidence, axes, invariants, parameters);
    let mut step = Mechanisms {
        profile: profiles(&derived.property),
        query_profile: profiles(&derived.query_property),
        property: derived.property,
        query_property: derived.query_property,
        decided: decided(facts, parameters),
        ..Mechanisms::default()
    };
    step.run();
    step.because.extend(derived.because);
    settle!(step;
        because, profile, family, selected, mechanism, adds, form, confirmed, doubles, alternative, instead,
        taken, excluded, accepted, refused, answers, property, query_property, decided, query_profile
    );
    step
}

impl Mechanisms {
    /// All properties of a parameter.
    pub fn profile_of(&self, dp: Dp) -> Profile {
        let found = self.profile.binary_search_by_key(&dp, |(other, _)| *other);
        found.map_or_else(|_| Profile::default(), |place| self.profile[place].1)
    }

    /// Whether the property holds of the parameter.
    pub fn has(&self, dp: Dp, property: Property) -> bool {
        self.profile_of(dp).has(property)
    }
}

/// Every row that could give the parameter a mechanism: the row, the mechanism, and what stands in its way, if anything;
/// that the property should hold (`true`) or should not.
pub fn candidates(design: &Design, dp: Dp) -> Vec<(RuleId, Mechanism, Option<(Property, bool)>)> {
    let profile = design.mechanisms.profile_of(dp);
    let selecting =
        OWNERSHIP_EVOLUTION.iter().chain(ROUTES).map(|row| (row.id, vec![row.gives], row.obstacle(profile)));
    let answering = QUESTIONS.iter().chain(COMBINATIONS);
    let answering = answering.map(|row| (row.id, contributed(row.gives), row.obstacle(profile)));
    let instead = ALTERNATIVES.iter().map(|row| (row.id, vec![row.gives.mechanism], row.obstacle(profile)));
    let rows = selecting.chain(answering).chain(instead);
    rows.flat_map(|(id, all, obstacle)| all.into_iter().map(move |mechanism| (id, mechanism, obstacle))).collect()
}

/// The tuples of a relation that are about one parameter. The relation is sorted by its first column, as steps leave theirs.
pub fn of<T>(sorted: &[T], first: impl Fn(&T) -> Dp, dp: Dp) -> &[T] {
    let start = sorted.partition_point(|tuple| first(tuple) < dp);
    let rest = &sorted[start..];
    &rest[..rest.partition_point(|tuple| first(tuple) == dp)]
}

/// The log as a list.
pub fn because(mechanisms: &Mechanisms) -> &[Because] {
    &mechanisms.because
}

/// The reason of a row of this step, with the obligations it implements.
pub fn why(row: RuleId) -> Option<(&'static str, &'static [&'static str])> {
    fn find<T>(rows: &'static [Row<Property, T>], id: RuleId) -> Option<(&'static str, &'static [&'static str])> {
        rows.iter().find(|row| row.id == id).map(|row| (row.why, row.cites))
    }
    find(CLASSIFICATION, row)
        .or_else(|| find(OWNERSHIP_EVOLUTION, row))
        .or_else(|| find(ROUTES, row))
        .or_else(|| find(QUESTIONS, row))
        .or_else(|| find(COMBINATIONS, row))
        .or_else(|| find(ALTERNATIVES, row))
        .or_else(|| find(EXCLUSIONS, row))
        .or_else(|| find(choices::UNSATISFIABLE, row))
        .or_else(|| find(choices::CONTRADICTIONS, row))
}

/// What an answer gives or adds.
fn contributed(answer: Answer) -> Vec<Mechanism> {
    match answer {
        Answer::Selects(mechanism) => vec![mechanism],
        Answer::Adds(_, all) => all.to_vec(),
        Answer::Takes(..) | Answer::Confirms(_) => vec![],
    }
}

fn selection(relation: &'static str, dp: Dp, mechanism: Mechanism, row: RuleId) -> crate::proof::Fact {
    use crate::proof::IntoTerm;
    crate::proof::Fact::new(relation, &[dp.term(), mechanism.word().term(), row.term()])
}

/// The properties a row asks for, as facts of the parameter.
fn grounds<T>(dp: Dp, row: &Row<Property, T>) -> Premises {
    let facts: Vec<_> = row.when.iter().map(|property| fact!(property, dp, property.word())).collect();
    premises(&facts)
}

/// One more premise, in front.
fn with(first: crate::proof::Fact, others: Premises) -> Premises {
    let all: Vec<_> = std::iter::once(first).chain(others.iter().copied()).collect();
    premises(&all)
}

fn profiles<T: Copy + Ord>(properties: &[(T, Property)]) -> Vec<(T, Profile)> {
    let mut profiles: BTreeMap<T, Profile> = BTreeMap::new();
    for (subject, property) in properties {
        let profile = profiles.entry(*subject).or_default();
        *profile = profile.with(*property);
    }
    profiles.into_iter().collect()
}

/// `decide mechanism of X = word`, for every parameter that is of X or protects, guards or serves it.
fn decided(facts: &Facts, parameters: &Parameters) -> Vec<(Dp, Decision, Mechanism)> {
    let decisions = facts.decision.iter().filter(|(_, choice)| choice.topic == Topic::Mechanism);
    let mut concerned = BTreeMap::new();
    for (what, dp) in concerns(parameters) {
        concerned.entry(what).or_insert_with(Vec::new).push(dp);
    }
    let mut decided = vec![];
    for (decision, choice) in decisions {
        let dps = choice.of.and_then(|of| concerned.get(&of));
        let meant = Mechanism::meant_by(&choice.word);
        let pairs = dps.into_iter().flatten().flat_map(|dp| meant.iter().map(move |mechanism| (*dp, *mechanism)));
        decided.extend(pairs.map(|(dp, mechanism)| (dp, *decision, mechanism)));
    }
    decided.sort();
    decided.dedup();
    decided
}

/// The parameters that are of a thing, or protect, guard or serve it.
pub fn concerned(parameters: &Parameters, what: Entity) -> BTreeSet<Dp> {
    concerns(parameters).filter(|(other, _)| *other == what).map(|(_, dp)| dp).collect()
}

fn concerns(parameters: &Parameters) -> impl Iterator<Item = (Entity, Dp)> + '_ {
    let of = parameters.dp.iter().map(|(dp, _, of)| (*of, *dp));
    let guards = parameters.guards.iter().map(|(dp, object)| ((*object).into(), *dp));
    let protects = parameters.protects.iter().map(|(dp, operation)| ((*operation).into(), *dp));
    let serves = parameters.serves_view.iter().map(|(dp, view)| ((*view).into(), *dp));
    of.chain(guards).chain(protects).chain(serves)
}

#[cfg(test)]
mod tests;
