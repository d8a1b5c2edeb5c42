//! S0626: a view that is computed, said to be read in the shape that its source was written in.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::proof::Fact;
use crate::vocabulary::{Shape, Vocabulary};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0626",
        slug: "same-shape-of-computed",
        severity: Severity::Warning,
        page: include_str!("same_shape_of_computed.md"),
        cites: &["S6.3-Q4-r1", "S6.3-Q4-r2", "S6.3-Q4-a3", "A-26"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let same = design.facts.shape.iter().filter(|(_, shape)| *shape == Shape::Same);
    same.filter_map(|(view, _)| finding(design, *view)).collect()
}

fn finding(design: &Design, view: View) -> Option<Finding> {
    let facts = &design.facts;
    let name = design.name(view);
    let computed = facts.computed.iter().find(|(of, ..)| *of == view);
    let computed = computed.map(|(_, function, _)| (format!("a {}", function.word()), fact!(computed, view, function.word())));
    let top = facts.top.iter().find(|(of, _)| *of == view);
    let top = top.map(|(_, count)| (format!("a ranking of {count}"), fact!(top, view, *count)));
    let (what, because): (String, Fact) = top.or(computed)?;
    let source = facts.upstream.iter().find(|(of, _)| *of == view).map(|(_, source)| design.name(*source))?;
    let finding = RULE
        .at(clause(view, "read"), format!("`{name}` is {what}, and said to be read as `{source}` was written"))
        .label(format!("no record of `{source}` has this shape"))
        .note("S6.3-Q4-a3: a ranking of sums of events is read in another shape than the events are written in; who reads the source computes it anew each time")
        .help("leave the shape out, for it is seen from what the view computes; or say `different shape`");
    Some(finding.because(because))
}
