//! S1202: the author decides on one strength of a read path and promises another.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::quantity::Quantity;
use crate::vocabulary::Consistency;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1202",
        slug: "contradictory-consistency",
        severity: Severity::Error,
        page: include_str!("contradictory_consistency.md"),
        cites: &["S12-o1", "S12-d2", "CK-12c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let findings = design.consistency.asked.iter().filter_map(|&(path, asked, decision)| {
        let (bound, word) = promised(design, path)?;
        let agrees = match asked {
            Consistency::Strong => bound.is_zero(),
            Consistency::Bounded => !bound.is_zero(),
            Consistency::Eventual => false,
        };
        (!agrees).then(|| finding(design, path, word, bound, asked, decision))
    });
    findings.collect()
}

/// The bound the author states for a read path, and the word of its clause.
fn promised(design: &Design, path: Entity) -> Option<(Quantity, &'static str)> {
    match path {
        Entity::View(view) => {
            let bound = design.validation.lag.iter().find(|(other, _)| *other == view)?;
            Some((bound.1, "staleness"))
        }
        Entity::Query(query) => {
            let bound = design.consistency.query_freshness.iter().find(|(other, _)| *other == query)?;
            Some((bound.1, "freshness"))
        }
        _ => None,
    }
}

fn finding(
    design: &Design,
    path: Entity,
    word: &'static str,
    bound: Quantity,
    asked: Consistency,
    decision: Decision,
) -> Finding {
    let name = design.name(path);
    let help = match asked {
        Consistency::Strong => format!("say `{word} <= 0s` if `{name}` must never lag, or leave the decision out"),
        _ => format!("leave the decision out: the bound says what `{name}` may lag"),
    };
    RULE.at(decision, format!("`{name}` is to be {asked}, and its {word} is {bound}"))
        .label("does not agree with the bound")
        .with(clause(path, word), format!("promises {bound}"))
        .note("S12-o1: each path has one strength and one bound; strong is a bound of zero, eventual is none at all")
        .help(help)
        .because(fact!(bound, path, bound))
}
