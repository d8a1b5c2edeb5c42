//! Stages from random facts: the first is always the least, and what comes later has something in its place.

use super::stages::{home, instead};
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::testing::random;
use crate::vocabulary::Vocabulary;

#[test]
fn nothing_of_a_later_stage_is_in_the_first() {
    for seed in 0..60 {
        let design = crate::derive(random(seed));
        let step = &design.evolution;
        assert_eq!(step.stage.is_empty(), design.facts.operation.is_empty());
        for &(stage, _, mechanism) in &step.adds {
            let level = step.numbered[stage.index()].1;
            assert!(level >= home(mechanism) || level == 4, "{mechanism} comes at stage {level}");
        }
        for &(_, instead, _) in &step.stands_in {
            assert_eq!(home(instead), 1, "{instead}");
        }
    }
}

#[test]
fn what_stands_in_is_at_home_in_the_first_stage() {
    for mechanism in Mechanism::ALL {
        if let Some(instead) = instead(*mechanism) {
            assert!(home(*mechanism) > 1 && home(instead) == 1);
        }
    }
}

#[test]
fn every_stage_but_the_last_has_a_signal() {
    for seed in 0..60 {
        let design = crate::derive(random(seed));
        let step = &design.evolution;
        let last = step.stage.last().map(|(stage, _)| *stage);
        for (stage, _) in step.stage.iter().filter(|(stage, _)| Some(*stage) != last) {
            assert!(step.signal.iter().any(|(of, ..)| of == stage), "seed {seed}, stage {stage:?}");
        }
    }
}
