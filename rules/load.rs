//! The load model: numbers of declared things, and those that the framework leaves to the product, under names of their own
//! (`load { path_latency: 500ms }`).

use crate::fact::*;
use crate::quantity::{Dimension, Quantity};
use crate::step_06_mechanisms::properties::thresholds::Threshold;
use crate::step_10_technology::inputs::Limit;
use crate::step_15_objectives::assumptions::Assumption;
use crate::step_19_costs::usage::CostInput;
use crate::vocabulary::Vocabulary;

/// How far the clocks of servers differ at most. Nothing is taken for granted where nobody says so.
pub const CLOCK_SKEW: &str = "clock skew";

/// Every name that something looks for, and what it means.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    fn of<V: Vocabulary>() -> impl Iterator<Item = (&'static str, &'static str)> {
        V::ALL.iter().map(|it| (it.word(), it.gloss()))
    }
    let skew = (CLOCK_SKEW, "How far the clocks of servers differ at most.");
    of::<Assumption>().chain(of::<Threshold>()).chain(of::<Limit>()).chain(of::<CostInput>()).chain([skew])
}

/// A name as the vocabularies have it: `path_latency` is `path latency`.
pub fn plain(name: &str) -> String {
    name.replace(['_', '-'], " ")
}

/// The number that the load model gives under a name of its own, the last one if it gives several.
pub fn stated(facts: &Facts, name: &str, dimension: Dimension) -> Option<(Load, Quantity)> {
    let named = |load: Load| plain(facts.name(load)) == name;
    let mut of_name = facts.load.iter().rev().filter(|(load, _, number)| number.dimension == dimension && named(*load));
    of_name.next().map(|(load, _, number)| (*load, *number))
}

/// The numbers of a dimension that the load model gives of declared things: `load { PlaceBid: 99.9% }`.
pub fn of_things(facts: &Facts, dimension: Dimension) -> impl Iterator<Item = (Load, Entity, Quantity)> + '_ {
    let of = facts.load.iter().filter(move |(_, _, number)| number.dimension == dimension);
    of.filter_map(|(load, of, number)| Some((*load, (*of)?, *number)))
}
