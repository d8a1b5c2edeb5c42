//! Numbers over hand-written facts: every default lies in its range, and what is derived violates nothing.

use super::KnobKind;
use super::constraints::{Law, constraints};
use super::effects;
use crate::derive;
use crate::fact::Entity;
use crate::testing::random;
use crate::vocabulary::Vocabulary;

#[test]
fn defaults_lie_in_their_ranges_and_violate_nothing() {
    for seed in 0..60 {
        let design = derive(random(seed));
        for &(knob, kind, _) in &design.knobs.knob {
            let (value, (min, max)) =
                (design.knobs.value(knob).expect("set"), design.knobs.range_of(knob).expect("ranged"));
            assert!(min <= value && value <= max, "{seed}: {kind} is {value}, not between {min} and {max}");
            assert_eq!((min.dimension, max.dimension), (value.dimension, value.dimension), "{seed}: {kind}");
        }
        for law in constraints(&design) {
            assert!(law.holds(), "{seed}: {}", law.text());
        }
    }
}

/// S15-d4, A-36: Steps 15 and 16 say the same of a path, and its time holds all attempts and waits.
#[test]
fn a_path_has_one_timeout_and_one_wait() {
    let mut seen = 0;
    for seed in 0..60 {
        let design = derive(random(seed));
        let (objectives, knobs) = (&design.objectives, &design.knobs);
        for &(path, callee, time) in &objectives.hop_timeout {
            if matches!(callee, Entity::Object(_)) {
                assert_eq!(knobs.set(KnobKind::StoreTimeout, path), Some(time), "{seed}");
                assert!(constraints(&design).iter().any(|law| law.law == Law::Retries && law.of == path), "{seed}");
                seen += 1;
            }
        }
        for &(knob, _, path) in knobs.knob.iter().filter(|(_, kind, _)| *kind == KnobKind::AttemptWait) {
            assert_eq!(knobs.value(knob), objectives.backoff.iter().find(|(of, _)| *of == path).map(|row| row.1));
        }
    }
    assert!(seen > 0);
}

/// A limit that many paths share is no path's own: each is granted the attempts that Step 15 finds time for.
#[test]
fn a_shared_limit_takes_no_attempt_from_a_path() {
    let mut several = 0;
    for seed in 0..60 {
        let design = derive(random(seed));
        for &(path, callee, attempts) in &design.objectives.attempts {
            if !matches!(callee, Entity::Object(_)) {
                continue;
            }
            let protecting =
                design.parameters.protects.iter().filter(|(_, operation)| Entity::from(*operation) == path);
            for (dp, _) in protecting {
                let limit = design.knobs.set(KnobKind::RetryLimit, *dp);
                assert!(limit.is_none_or(|limit| limit.amount >= attempts.amount), "{seed}: {}", design.name(path));
                several += usize::from(limit.is_some() && attempts.amount > 1.into());
            }
        }
    }
    assert!(several > 0);
}

#[test]
fn both_ways_of_turning_a_number_do_something_else() {
    for kind in KnobKind::ALL {
        let effect = effects::of(*kind);
        assert!(!effect.up.is_empty() && !effect.down.is_empty() && effect.up != effect.down, "{kind}");
    }
}
