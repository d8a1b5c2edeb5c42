//! Failure modes: each pair of a path and a fault gets an id and a name, and what was derived of the pair is said of the mode.

use super::{Failures, words};
use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::proof::premises;
use crate::vocabulary::FaultKind;
use std::collections::BTreeMap;

/// Gives every pair of path and fault an id and a name, and says of each whether it can happen and what answers it.
pub fn number(design: &Design, step: &mut Failures) {
    step.applies.sort();
    let modes: BTreeMap<(Entity, FaultKind), FailureMode> =
        step.applies.iter().enumerate().map(|(id, pair)| (*pair, FailureMode(id as u32))).collect();
    for (&(path, fault), &mode) in &modes {
        step.called.push((mode.into(), words::name(design, fault, path)));
        step.failure.push((mode, fault, path));
        step.because.push((fact!(failure, mode, fault, path), "S14-g1", premises(&[fact!(applies, path, fault)])));
    }
    for (path, fault) in &step.happens {
        let Some(&mode) = modes.get(&(*path, *fault)) else { continue };
        step.possible.push((mode,));
        step.because.push((fact!(possible, mode), "S14-o1", premises(&[fact!(happens, *path, *fault)])));
    }
    for &(path, fault, mechanism, rule) in &step.answered {
        let Some(&mode) = modes.get(&(path, fault)) else { continue };
        step.handled_by.push((mode, mechanism, rule));
        step.because.push((
            fact!(handled_by, mode, mechanism),
            rule,
            premises(&[fact!(answered, path, fault, mechanism)]),
        ));
    }
    step.handled_by.sort();
    // AP-14, S14-g1.
    for (mode,) in &step.possible {
        if step.handled_by.binary_search_by_key(mode, |(mode, ..)| *mode).is_err() {
            step.unhandled.push((*mode,));
            step.because.push((fact!(unhandled, *mode), "AP-14", premises(&[fact!(possible, *mode)])));
        }
    }
}
