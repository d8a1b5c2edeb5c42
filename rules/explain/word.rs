//! The words of the framework and what they mean.

use crate::vocabulary::*;
use crate::*;

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
    ($($vocabulary:path)+) => {
        /// All of them: first those an author writes, then those that only the design uses.
        pub fn all() -> Vec<Word> {
            let mut words = vec![];
            $(words.extend(words_of::<$vocabulary>());)+
            words
        }
    };
}

words! {
    ActorKind ActorFault Class Ownership Evolution Ordering InvariantType UiVerb Touch Aggregate FaultKind Clock
    PartitionPolicy Scope Shape Coupling FanOut Topic Consistency Sign Primitive Preference ServiceTrait
    Origin evidence::Polarity evidence::Direction evidence::Stability evidence::Upkeep
    step_01_normalization::StateOperation
    step_02_objects::Test step_02_objects::tables::Trait
    step_03_axes::tables::Axis
    step_05_parameters::DpKind
    step_06_mechanisms::Family step_06_mechanisms::patterns::Mechanism step_06_mechanisms::patterns::Cost
    step_06_mechanisms::properties::Property step_06_mechanisms::properties::thresholds::Threshold
    step_07_validation::Need
    step_08_algorithms::Template step_08_algorithms::Situation step_08_algorithms::Response step_08_algorithms::Feature
    step_08_algorithms::Maintenance
    step_09_schema::TableClass
    step_10_technology::Capability step_10_technology::TechnologyShape step_10_technology::inputs::Limit
    step_11_topology::ComponentKind step_11_topology::BoundaryReason step_11_topology::Criticality
    step_12_consistency::PathKind step_12_consistency::Delivery
    step_13_scaling::ScaleType step_13_scaling::Hotspot step_13_scaling::Strategy step_13_scaling::loads::LoadKind
    step_14_failures::LatePolicy
    step_15_objectives::SloType step_15_objectives::assumptions::Assumption
    step_16_knobs::KnobKind step_16_knobs::constraints::Law
    step_17_runbooks::Incident
    step_18_observability::MetricKind step_18_observability::Instrument step_18_observability::Condition
    step_18_observability::Urgency step_18_observability::LogEvent
    step_19_costs::CostKind step_19_costs::Growth step_19_costs::usage::CostInput
    step_20_evolution::ChangeClass step_20_evolution::Lock
}

fn words_of<V: Vocabulary>() -> impl Iterator<Item = Word> {
    V::ALL.iter().map(|it| Word { concept: V::CONCEPT, word: it.word(), gloss: it.gloss() })
}

/// The words so spelled; one word may stand for several concepts. Capital letters do not matter, and
/// a figure is found as a spec writes it: `path_latency`.
pub fn find(word: &str) -> Vec<Word> {
    let plain = word.replace('_', " ");
    all()
        .into_iter()
        .filter(|other| [word, &plain].iter().any(|asked| other.word.eq_ignore_ascii_case(asked)))
        .collect()
}
