//! The figures that a `load` can set: what the framework leaves to the product, under the names that rules look for.

use crate::rules::step_06_mechanisms::properties::figures::Threshold;
use crate::rules::step_10_technology::inputs::Limit;
use crate::rules::step_15_objectives::figures::Figure;
use crate::rules::vocabulary::Vocabulary;

/// Their names as one writes them, and what each means.
pub fn figures() -> Vec<(String, &'static str)> {
    fn of<V: Vocabulary>() -> impl Iterator<Item = (&'static str, &'static str)> {
        V::ALL.iter().map(|figure| (figure.word(), figure.gloss()))
    }
    let skew = ("clock skew", "How far the clocks of servers differ at most.");
    let all = of::<Figure>().chain(of::<Threshold>()).chain(of::<Limit>()).chain([skew]);
    all.map(|(word, gloss)| (word.replace(' ', "_"), gloss)).collect()
}
