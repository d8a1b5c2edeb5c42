//! S1602: a value is decided of a number that is not there, or not told apart from others.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_16_knobs::decisions::{Meaning, decided, kind_of, meaning};
use crate::vocabulary::{Topic, Vocabulary};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1602",
        slug: "value-of-nothing",
        severity: Severity::Error,
        page: include_str!("value_of_nothing.md"),
        cites: &["S16-g1", "A-67"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let step = &design.knobs;
    let findings = decided(&design.facts).filter_map(|(decision, choice)| {
        let of = choice.of?;
        if design.facts.hole.contains(&(of, Topic::Value.word())) {
            return None;
        }
        let (name, value) = (design.name(of), choice.quantity?);
        match meaning(design, step, choice) {
            Meaning::Sets(..) | Meaning::Open => None,
            Meaning::Nothing(has) => Some(
                RULE.at(decision, format!("nothing that is derived for `{name}` depends on {}", meant(choice)))
                    .label("sets nothing")
                    .note("S16-g1: a parameter is a number that the design needs; what no mechanism reads has no effect")
                    .help(offered(design, &has, &name)),
            ),
            Meaning::Several(could) => Some(
                RULE.at(decision, format!("{value} could be meant of several numbers of `{name}`"))
                    .label("which one")
                    .note("S16-g1: every number has a name")
                    .help(offered(design, &could, &name)),
            ),
            Meaning::Dimension(knob) => {
                let is = step.value(knob)?.dimension;
                Some(
                    RULE.at(decision, format!("the {} is {is}, and {value} is {}", design.name(knob), value.dimension))
                        .label("of another kind")
                        .note("S16-g1: a number is set in its own unit")
                        .help(format!("write {is}, such as `{}`", step.value(knob)?)),
                )
            }
        }
    });
    findings.collect()
}

fn meant(choice: &Choice) -> String {
    match choice.quantity {
        Some(value) if crate::quantity::Quantity::parse(&choice.word).is_ok() => format!("a number such as {value}"),
        _ => format!("a number called `{}`", choice.word),
    }
}

fn offered(design: &Design, knobs: &[Knob], name: &str) -> String {
    let words = knobs.iter().filter_map(|knob| kind_of(&design.knobs, *knob)).map(|kind| format!("`{}`", kind.word()));
    let mut words: Vec<String> = words.collect();
    words.sort();
    words.dedup();
    match words.is_empty() {
        true => format!("`{name}` has no numbers; drop the decision"),
        false => format!("it has {}; write `decide value \"name\" of {name} = …`", words.join(", ")),
    }
}
