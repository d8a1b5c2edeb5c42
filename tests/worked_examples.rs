//! The framework's worked examples: what it derives by hand, the corpus derives by rule. Every assertion names the line
//! of the obligations that states the example, and no line is left out.
//!
//! `cargo test --test worked_examples -- --nocapture` prints the table of them.

mod support;

#[path = "worked_examples/step_8.rs"]
mod step_8;
#[path = "worked_examples/step_9.rs"]
mod step_9;
#[path = "worked_examples/steps_10_to_11.rs"]
mod steps_10_to_11;
#[path = "worked_examples/steps_12_to_14.rs"]
mod steps_12_to_14;
#[path = "worked_examples/steps_15_16_19.rs"]
mod steps_15_16_19;
#[path = "worked_examples/steps_17_18_20.rs"]
mod steps_17_18_20;
#[path = "worked_examples/steps_1_to_4.rs"]
mod steps_1_to_4;
#[path = "worked_examples/steps_5_to_7.rs"]
mod steps_5_to_7;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use support::{Spec, broken, specs};
use sysd::rules::Design;
use sysd::rules::explain::obligation;
use sysd::rules::fact::*;

/// What holds of the examples, by id: what was expected and was not found.
#[derive(Default)]
pub struct Examples(BTreeMap<&'static str, Vec<&'static str>>);

impl Examples {
    /// The example of that id demands this.
    pub fn expect(&mut self, id: &'static str, what: &'static str, holds: bool) {
        let missing = self.0.entry(id).or_default();
        if !holds {
            missing.push(what);
        }
    }

    /// The ids that fail.
    fn failed(&self) -> BTreeSet<&'static str> {
        self.0.iter().filter(|(_, missing)| !missing.is_empty()).map(|(id, _)| *id).collect()
    }

    /// What fails, a line each.
    fn failures(&self) -> String {
        let failed = self.0.iter().flat_map(|(id, missing)| missing.iter().map(move |what| format!("{id}: {what}\n")));
        failed.collect()
    }
}

/// `expect!(examples, "S3-e1", condition, …)`
#[macro_export]
macro_rules! expect {
    ($examples:ident, $id:literal, $($holds:expr),+ $(,)?) => {
        $($examples.expect($id, stringify!($holds), $holds);)+
    };
}

/// A group of examples: the name of its test, and what it asserts.
type Group = (&'static str, fn(&mut Examples));

macro_rules! groups {
    ($($name:ident = $assertions:path;)+) => {
        static GROUPS: &[Group] = &[$((stringify!($name), $assertions)),+];
        $(
            #[test]
            fn $name() {
                let mut examples = Examples::default();
                $assertions(&mut examples);
                assert!(!examples.0.is_empty());
                assert!(examples.failed().is_empty(), "\n{}", examples.failures());
            }
        )+
    };
}

groups! {
    step_1_normalized_requirements = steps_1_to_4::normalized_requirements;
    step_2_objects_and_rejected_candidates = steps_1_to_4::objects;
    step_3_axes = steps_1_to_4::axes;
    step_4_types_of_invariants = steps_1_to_4::invariant_types;
    step_4_numbered_invariants = steps_1_to_4::numbered_invariants;
    step_5_design_parameters = steps_5_to_7::design_parameters;
    step_6_applications_of_the_questions = steps_5_to_7::questions;
    step_6_example_a_auction = steps_5_to_7::auction;
    step_6_example_b_dispatch = steps_5_to_7::dispatch;
    step_6_example_c_leaderboard = steps_5_to_7::leaderboard;
    step_6_output = steps_5_to_7::output;
    step_7_truths = steps_5_to_7::truths;
    step_7_bad_examples = steps_5_to_7::bad_examples;
    step_10_products = steps_10_to_11::products;
    step_11_failure_domains = steps_10_to_11::failure_domains;
    step_12_consistency = steps_12_to_14::consistency;
    step_13_load = steps_12_to_14::load;
    step_14_failures = steps_12_to_14::failures;
    step_15_objectives = steps_15_16_19::objectives;
    step_16_parameters = steps_15_16_19::parameters;
    step_19_costs = steps_15_16_19::costs;
    step_8_algorithms = step_8::algorithms;
    step_9_tables = step_9::tables;
    step_9_paths = step_9::paths;
    step_17_runbooks = steps_17_18_20::runbooks;
    step_18_instruments = steps_17_18_20::instruments;
    step_20_stages = steps_17_18_20::stages;
}

#[test]
fn no_example_is_left_out() {
    let mut examples = Examples::default();
    GROUPS.iter().for_each(|(_, assertions)| assertions(&mut examples));
    for (id, missing) in &examples.0 {
        println!("{id:<12} {}", if missing.is_empty() { "ok" } else { "FAILED" });
    }
    let demanded: BTreeSet<&str> = obligation::all().map(|line| line.id).filter(|id| is_example(id)).collect();
    let asserted: BTreeSet<&str> = examples.0.keys().copied().collect();
    assert_eq!(asserted, demanded);
    assert_eq!(examples.failed(), BTreeSet::new());
}

/// Whether the line states a worked example of Steps 1 to 8: `S3-e1`, `S2-v1e`, `S2-x1`, `S4-T1e1`, `S6-A1`, `S6.3-Q1-a1`, `S6-o2`.
fn is_example(id: &str) -> bool {
    let Some((step, rest)) = id.split_once('-') else { return false };
    let in_range = matches!(
        step,
        "S1" | "S2"
            | "S3"
            | "S4"
            | "S5"
            | "S6"
            | "S6.3"
            | "S7"
            | "S8"
            | "S9"
            | "S10"
            | "S11"
            | "S12"
            | "S13"
            | "S14"
            | "S15"
            | "S16"
            | "S17"
            | "S18"
            | "S19"
            | "S20"
    );
    let (kind, number) = rest.split_at(rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len()));
    let example = match (step, kind) {
        (_, "e") => true,
        ("S2" | "S7", "x") | ("S6", "A" | "B" | "C") => true,
        ("S2", "v") | ("S4", "T") => number.contains('e'),
        ("S6", "o") => number != "1",
        ("S9", "q") => number.contains('e'),
        ("S6.3", "Q") => number.contains("-a"),
        _ => false,
    };
    in_range && example
}

/// The design of a spec of the corpus.
pub fn design(name: &str) -> Of {
    static SPECS: LazyLock<Vec<Spec>> = LazyLock::new(|| specs().into_iter().chain(broken()).collect());
    let spec = SPECS.iter().find(|spec| spec.name == name);
    Of(spec.unwrap_or_else(|| panic!("there is no spec `{name}`")))
}

/// A design that is asked by names.
#[derive(Clone, Copy)]
pub struct Of(pub &'static Spec);

impl Of {
    /// What was derived.
    pub fn design(self) -> &'static Design {
        &self.0.analysis.design
    }

    /// The thing of that kind and name; `Object.field` for fields.
    pub fn id<I: Id>(self, name: &str) -> I {
        let facts = &self.design().facts;
        let named = |entity: &Entity| match entity {
            Entity::Field(field) => facts.path(*field) == name,
            entity => facts.name(*entity) == name,
        };
        let found = facts.names.entities().filter(|entity| I::of(*entity).is_some()).find(named);
        found.and_then(I::of).unwrap_or_else(|| panic!("{}: there is no {} `{name}`", self.0.name, I::NOUN))
    }

    /// The object.
    pub fn object(self, name: &str) -> Object {
        self.id(name)
    }

    /// The view.
    pub fn view(self, name: &str) -> View {
        self.id(name)
    }

    /// Whether a finding of that slug is reported.
    pub fn finds(self, slug: &str) -> bool {
        self.0.analysis.diagnostics.iter().any(|diagnostic| diagnostic.code.slug == slug)
    }
}
