//! The words of the framework and what they mean.

use crate::evidence::{Direction, Polarity, Stability};
use crate::step_01_normalization::StateOperation;
use crate::step_02_objects::Test;
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::{Family, patterns::Mechanism, properties::Property};
use crate::step_07_validation::Need;
use crate::vocabulary::*;

/// A word and what it means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Word {
    /// What kind of word it is: "ownership".
    pub concept: &'static str,
    /// As it is written.
    pub word: &'static str,
    /// What it means, in one sentence.
    pub gloss: &'static str,
}

macro_rules! words {
    ($($vocabulary:ident)+) => {
        /// All of them: first those an author writes, then those that only the design uses.
        pub fn all() -> Vec<Word> {
            let mut words = vec![];
            $(words.extend($vocabulary::ALL.iter().map(|it| Word {
                concept: $vocabulary::CONCEPT,
                word: it.word(),
                gloss: it.gloss(),
            }));)+
            words
        }
    };
}

words! {
    ActorKind ActorFault Class Ownership Evolution Ordering InvariantType UiVerb Touch Aggregate FaultKind Clock
    PartitionPolicy Scope Shape Coupling FanOut Topic Consistency Sign Primitive Preference ServiceTrait
    Origin Polarity Direction Stability StateOperation Test DpKind Family Mechanism Property Need
}

/// The words so spelled; one word may stand for several concepts. Capital letters do not matter.
pub fn find(word: &str) -> Vec<Word> {
    all().into_iter().filter(|other| other.word.eq_ignore_ascii_case(word)).collect()
}
