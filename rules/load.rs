//! The load model: figures of declared things, and those that the framework leaves to the product, under names of their own
//! (`load { path_latency: 500ms }`).

use crate::fact::*;
use crate::quantity::{Dimension, Quantity};
use crate::step_06_mechanisms::properties::figures::Threshold;
use crate::step_10_technology::inputs::Limit;
use crate::step_15_objectives::figures::Figure;
use crate::step_19_costs::usage::CostFigure;
use crate::vocabulary::Vocabulary;

/// How far the clocks of servers differ at most. Nothing is taken for granted where nobody says so.
pub const CLOCK_SKEW: &str = "clock skew";

/// Every name that something looks for, and what it means.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    fn of<V: Vocabulary>() -> impl Iterator<Item = (&'static str, &'static str)> {
        V::ALL.iter().map(|figure| (figure.word(), figure.gloss()))
    }
    let skew = (CLOCK_SKEW, "How far the clocks of servers differ at most.");
    of::<Figure>().chain(of::<Threshold>()).chain(of::<Limit>()).chain(of::<CostFigure>()).chain([skew])
}

/// A name as the vocabularies have it: `path_latency` is `path latency`.
pub fn plain(name: &str) -> String {
    name.replace(['_', '-'], " ")
}

/// The figure that the load model gives under a name of its own, the last one if it gives several.
pub fn stated(facts: &Facts, name: &str, dimension: Dimension) -> Option<(Load, Quantity)> {
    let named = |load: Load| plain(facts.name(load)) == name;
    let mut of_name = facts.load.iter().rev().filter(|(load, _, figure)| figure.dimension == dimension && named(*load));
    of_name.next().map(|(load, _, figure)| (*load, *figure))
}

/// The figures of a dimension that the load model gives of declared things: `load { PlaceBid: 99.9% }`.
pub fn of_things(facts: &Facts, dimension: Dimension) -> impl Iterator<Item = (Load, Entity, Quantity)> + '_ {
    let of = facts.load.iter().filter(move |(_, _, figure)| figure.dimension == dimension);
    of.filter_map(|(load, of, figure)| Some((*load, (*of)?, *figure)))
}
