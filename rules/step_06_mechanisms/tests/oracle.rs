//! Table 6.2 and 6.4 read naively, one condition after the other, and held against the rows; and what must be true of
//! every combination whatever the rows say.

use super::profiles::{Random, all, shown};
use crate::step_06_mechanisms::choices::{ALTERNATIVES, CONTRADICTIONS, EXCLUSIONS, UNSATISFIABLE};
use crate::step_06_mechanisms::patterns::Mechanism::{self, *};
use crate::step_06_mechanisms::properties::Property::*;
use crate::step_06_mechanisms::tables::{Answer, COMBINATIONS, OWNERSHIP_EVOLUTION};
use crate::table::Profile;

/// What the rows of 6.2 select, services apart.
fn selected(profile: Profile) -> Vec<Mechanism> {
    let rows = OWNERSHIP_EVOLUTION.iter().filter(|row| row.matches(profile));
    rows.map(|row| row.gives).filter(|mechanism| !matches!(mechanism, Saga | TwoPhaseCommit)).collect()
}

fn across(profile: Profile) -> Vec<Mechanism> {
    let rows = OWNERSHIP_EVOLUTION.iter().filter(|row| row.matches(profile));
    rows.map(|row| row.gives).filter(|mechanism| matches!(mechanism, Saga | TwoPhaseCommit)).collect()
}

/// Table 6.2 as a person would look it up, most special case first.
fn looked_up(p: Profile) -> Option<Mechanism> {
    if !p.has(GuardsState) {
        return None;
    }
    if p.has(SingleWriter) {
        return Some(NoMechanism);
    }
    if p.has(Partitioned) {
        return Some(PartitionRouting);
    }
    if !p.has(MultiWriter) {
        return None;
    }
    if p.has(HoldsAcrossRequests) {
        return match (p.has(AllSucceed) || p.has(GoesOnAlone), p.has(HolderMayCrash)) {
            (true, _) => None,
            (false, true) => Some(Lease),
            (false, false) => Some(PessimisticLock),
        };
    }
    if p.has(StateMachine) {
        return match p.has(AllSucceed) || p.has(GoesOnAlone) {
            true => None,
            false => Some(if p.has(HotKey) { SingleWriterQueue } else { CasOnStateAndVersion }),
        };
    }
    if p.has(Counter) {
        return Some(if p.has(GoesOnAlone) { Crdt } else { InPlaceUpdate });
    }
    if p.has(Merge) {
        let merges = p.has(Commutative) && p.has(Associative) && !p.has(Contended);
        return (merges && !p.has(Overwrite) && !p.has(OneWinner)).then_some(Crdt);
    }
    if p.has(Overwrite) {
        return match (p.has(AllSucceed), p.has(GoesOnAlone)) {
            (true, _) => p.has(PartialOrder).then_some(VersionVector),
            (_, true) => None,
            _ => Some(if p.has(HotKey) { SingleWriterQueue } else { CasOnVersion }),
        };
    }
    if !p.has(AppendOnly) {
        return None;
    }
    match (p.has(NaturalKey) || p.has(AbsenceTest), p.has(GoesOnAlone)) {
        (false, _) => Some(NoMechanism),
        (true, true) => None,
        (true, false) => Some(UniqueKey),
    }
}

/// One writer, many with a partition key, or many: as the clauses of the properties derive them.
fn one_ownership(profile: Profile) -> bool {
    [SingleWriter, Partitioned, MultiWriter].iter().filter(|property| profile.has(**property)).count() <= 1
}

#[test]
fn table_6_2_is_what_a_naive_reading_gives() {
    let mut random = Random(6);
    let mut distinct = std::collections::BTreeSet::new();
    for profile in (0..200_000).map(|_| random.profile()).filter(|profile| one_ownership(*profile)) {
        let expected: Vec<Mechanism> = looked_up(profile).into_iter().collect();
        assert_eq!(selected(profile), expected, "{}", shown(profile));
        distinct.extend(expected);
        let services = match (profile.has(Coordinates), profile.has(Decomposable), profile.has(GoesOnAlone)) {
            (true, true, _) => vec![Saga],
            (true, false, false) => vec![TwoPhaseCommit],
            _ => vec![],
        };
        assert_eq!(across(profile), services, "{}", shown(profile));
    }
    assert!(distinct.len() >= 10, "the profiles reach {distinct:?} only");
}

/// What 6.4 demands, restated without rows.
fn demanded(profile: Profile, mechanism: Mechanism) -> Vec<Mechanism> {
    let mut all = vec![];
    let decides = matches!(
        mechanism,
        CasOnVersion | CasOnStateAndVersion | CasOnPredicate | Lease | PessimisticLock | RowLock | SingleWriterQueue
    );
    if decides && profile.has(Eligibility) {
        all.push(IdempotencyKey);
    }
    if mechanism == Lease && profile.has(HolderMayCrash) {
        all.push(FencingToken);
    }
    if matches!(mechanism, StreamAggregation | InPlaceUpdate) && profile.has(Accounting) && !profile.has(Repeatable) {
        all.push(EventDedup);
    }
    if matches!(mechanism, Cdc | Outbox) && profile.has(CarriesChanges) {
        all.push(IdempotentConsumer);
    }
    if profile.has(Order) && profile.has(TotalOrder) && !profile.has(GoesOnAlone) {
        all.push(SharedSequence);
    }
    if mechanism == Saga {
        all.push(StepIdempotency);
    }
    all
}

#[test]
fn table_6_4_is_what_a_naive_reading_gives() {
    let mut random = Random(64);
    let numbered = |id: &str| id.starts_with("6.4#");
    for _ in 0..50_000 {
        let profile = random.profile();
        for &mechanism in <Mechanism as crate::vocabulary::Vocabulary>::ALL {
            let rows = COMBINATIONS.iter().filter(|row| numbered(row.id) && row.matches(profile));
            let added = rows.flat_map(|row| match row.gives {
                Answer::Adds(besides, all) if besides.is_empty() || besides.contains(&mechanism) => all.to_vec(),
                _ => vec![],
            });
            assert_eq!(added.collect::<Vec<_>>(), demanded(profile, mechanism), "{}", shown(profile));
        }
    }
}

/// S6-g1: whatever the axes and the operation, there is a mechanism, an explicit "none" with its reason, or a finding.
#[test]
fn every_combination_gives_a_mechanism_a_reason_for_none_or_a_finding() {
    for profile in all() {
        let (control, services) = (selected(profile), across(profile));
        assert!(control.len() <= 1, "{control:?} for {}", shown(profile));
        assert!(services.len() <= 1, "{services:?} for {}", shown(profile));
        let contradicts = CONTRADICTIONS.iter().any(|row| row.matches(profile));
        let unsatisfiable = UNSATISFIABLE.iter().any(|row| row.matches(profile));
        assert!(!control.is_empty() || contradicts || unsatisfiable, "silence for {}", shown(profile));
    }
}

#[test]
fn nothing_selected_or_sufficient_is_excluded() {
    for profile in all() {
        let chosen = selected(profile).into_iter().chain(across(profile));
        let chosen: Vec<Mechanism> = chosen.collect();
        let instead =
            ALTERNATIVES.iter().filter(|row| row.matches(profile) && row.gives.to.iter().any(|m| chosen.contains(m)));
        let sufficient = chosen.iter().copied().chain(instead.map(|row| row.gives.mechanism));
        for mechanism in sufficient {
            let wrong = EXCLUSIONS.iter().find(|row| row.matches(profile) && row.gives.contains(&mechanism));
            assert!(
                wrong.is_none(),
                "{mechanism:?} is excluded by {} for {}",
                wrong.map_or("", |row| row.id),
                shown(profile)
            );
        }
    }
}

/// A-21 names only what nothing else would solve.
#[test]
fn what_is_called_unsatisfiable_has_no_mechanism() {
    for profile in all().filter(|profile| !profile.has(TotalOrder)) {
        let unsatisfiable = UNSATISFIABLE.iter().find(|row| row.matches(profile));
        if let Some(row) = unsatisfiable {
            let silent = if row.id == "A-21#8" { across(profile) } else { selected(profile) };
            assert_eq!(silent, [], "{} for {}", row.id, shown(profile));
        }
    }
}
