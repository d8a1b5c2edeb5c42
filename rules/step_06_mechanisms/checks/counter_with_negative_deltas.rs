//! S0619: a counter that only grows, and something that makes it smaller.

use crate::Design;
use crate::evidence::Direction;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::*;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0619",
        slug: "counter-with-negative-deltas",
        severity: Severity::Error,
        page: include_str!("counter_with_negative_deltas.md"),
        cites: &["A-24", "S6-C5"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    // Only what replicas merge: a stock that never falls below zero may be taken from.
    let merged = |field: Field| {
        let object = facts.object_of(field);
        design.axes.evolution.iter().any(|(of, evolution, _)| *of == object && *evolution == Evolution::Merge)
    };
    let grows = |field: Field| facts.sign.contains(&(field, Sign::NonNegative)) && merged(field);
    let falls = design.evidence.moves.iter().filter(|(_, field, way)| *way == Direction::Down && grows(*field));
    let falling = falls.map(|(effect, field, _)| {
        RULE.at(*effect, format!("`{}` takes away from `{}`, which is declared to be added to only", facts.name(*effect), facts.path(*field)))
            .label("below zero")
            .with(*field, "declared non-negative")
            .note("A-24: a counter that replicas merge by taking the larger part forgets what was taken away")
            .help("leave `non-negative` out, and two counters are kept, one for each direction")
    });
    let decided = facts.decision.iter().filter(|(_, choice)| choice.topic == Topic::Mechanism && is_grow_only(&choice.word));
    let unfit = decided.filter_map(|(decision, choice)| {
        let of = choice.of?;
        let field = shrinking(design, of)?;
        let finding = RULE
            .at(*decision, format!("a grow-only counter for `{}`, and `{}` may be changed by amounts below zero", design.name(of), facts.path(field)))
            .label("only ever grows")
            .with(field, "not only ever added to")
            .note("A-24: a counter that replicas merge by taking the larger part forgets what was taken away")
            .help("declare what is added `non-negative` if it is never below zero; otherwise decide on `pn_counter`, two counters in one");
        Some(finding)
    });
    falling.chain(unfit).collect()
}

fn is_grow_only(word: &str) -> bool {
    matches!(word.to_lowercase().replace(['-', '_'], " ").as_str(), "g counter" | "grow only counter")
}

/// A field of it that is added to, by amounts that may be below zero.
fn shrinking(design: &Design, of: Entity) -> Option<Field> {
    let facts = &design.facts;
    let added = design.evidence.additive.iter().map(|(_, field)| *field);
    let mut of_it = added.filter(|field| Entity::from(facts.object_of(*field)) == of || Entity::from(*field) == of);
    let only_up = |field: Field| design.evidence.moves.iter().all(|(_, of, way)| *of != field || *way == Direction::Up);
    of_it.find(|field| !only_up(*field))
}
