//! S1904: figures whose product no number holds.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_19_costs::usage::usages;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1904",
        slug: "figure-too-large",
        severity: Severity::Error,
        page: include_str!("figure_too_large.md"),
        cites: &["S19-p2", "A-77"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let too_large = usages(design).into_iter().find(|usage| usage.overflows(&design.facts));
    let finding = too_large.map(|usage| {
        let at = match usage.of {
            Entity::Dp(dp) => design.parameters.dp.get(dp.index()).map_or(usage.of, |(_, _, of)| *of),
            of => of,
        };
        RULE.at(at, format!("the {} of `{}` is more than any number here holds", usage.kind, design.name(usage.of)))
            .label(usage.formula())
            .note("S19-p2: growth is computed exactly; a product with more than 38 digits is no estimate of anything real")
            .help("one of the figures has some zeros too many")
    });
    finding.into_iter().collect()
}
