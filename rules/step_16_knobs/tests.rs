//! Numbers over hand-written facts: every default lies in its range, and what is derived violates nothing.

use super::KnobKind;
use super::constraints::constraints;
use super::effects;
use crate::derive;
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

#[test]
fn both_ways_of_turning_a_number_do_something_else() {
    for kind in KnobKind::ALL {
        let effect = effects::of(*kind);
        assert!(!effect.up.is_empty() && !effect.down.is_empty() && effect.up != effect.down, "{kind}");
    }
}
