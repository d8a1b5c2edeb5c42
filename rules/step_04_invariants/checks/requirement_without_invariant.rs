//! S0401: a requirement for which nothing must hold.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::*;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0401",
        slug: "requirement-without-invariant",
        severity: Severity::Error,
        page: include_str!("requirement_without_invariant.md"),
        cites: &["S4-c1", "S4-p1", "S4-p2", "S4-g1", "CK-4a"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let served: BTreeSet<Requirement> = design.invariants.serves.iter().map(|(_, requirement)| *requirement).collect();
    // A sentence that touches nothing is a matter of step 1.
    let touched: BTreeSet<Requirement> = design.facts.touches.iter().map(|(requirement, ..)| *requirement).collect();
    let open: BTreeSet<Entity> = design.facts.hole.iter().map(|(entity, _)| *entity).collect();
    let unserved = touched.difference(&served).filter(|requirement| !open.contains(&Entity::from(*requirement)));
    unserved.map(|requirement| finding(design, *requirement)).collect()
}

fn finding(design: &Design, requirement: Requirement) -> Finding {
    let name = design.name(requirement);
    let mut touches = design.facts.touches.iter().filter(|(other, ..)| *other == requirement);
    let what = touches.next().map(|(_, _, _, what)| *what);
    let finding = RULE
        .at(requirement, format!("nothing must hold for `{name}` to be satisfied"))
        .label("maps to no invariant")
        .note("S4-c1: a requirement without an invariant cannot be broken, so no mechanism can be derived for it and no test can fail");
    let Some(what) = what else { return finding };
    let touched = design.name(what);
    let help = match what {
        Entity::Operation(_) => format!(
            "say when `{touched}` is valid (`when …`), that a retry of it must not count twice (`once per …`), or state an invariant with `for {name}`"
        ),
        Entity::View(_) => format!("say how old `{touched}` may be (`staleness <= …`) or what it equals"),
        _ => format!("state what readers of `{touched}` may rely on: an order, a bound, a permission; write it with `for {name}`"),
    };
    let types: Vec<&str> = InvariantType::ALL.iter().map(|kind| kind.word()).collect();
    finding.help(help).help(format!("an invariant is one of {}", types.join(", ")))
}
