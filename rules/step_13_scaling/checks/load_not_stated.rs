//! S1305: paths of which nobody says how often they run.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_12_consistency::of;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1305",
        slug: "load-not-stated",
        severity: Severity::Warning,
        page: include_str!("load_not_stated.md"),
        cites: &["S13-g1", "CK-13a", "S13-o1"],
    },
    check,
    completeness: true,
};

/// One finding for all of them: the first path is the place, the others are listed.
fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let begun = !design.scaling.load_value.is_empty() || facts.complete;
    // A path that nobody reads, and an event whose announcers have no rate, lack nothing of their own.
    let counted = |path: Entity| match path {
        Entity::View(view) => facts.read_by.iter().any(|(other, ..)| *other == view),
        path => matches!(path, Entity::Operation(_) | Entity::Query(_)),
    };
    let open = |path: Entity| facts.hole.iter().any(|(entity, _)| *entity == path);
    let paths = design.consistency.path.iter().map(|(path, _)| *path).filter(|path| counted(*path) && !open(*path));
    let unknown: Vec<Entity> = paths.filter(|path| of(&design.scaling.total, |it| it.0, *path).is_empty()).collect();
    let Some((first, others)) = unknown.split_first().filter(|_| begun) else { return vec![] };
    let finding = RULE
        .at(*first, format!("nothing says how often `{}`{}", design.name(*first), and_others(others.len())))
        .label("how often?")
        .note("S13-g1: of a path without a rate neither its bottleneck, its capacity nor its cost can be worked out")
        .help("say it where it is declared: `rate 2k/s` of an operation or query, `read by Viewer at 20k/s` of a view");
    vec![others.iter().fold(finding, |finding, other| finding.with(*other, "nor of this one"))]
}

fn and_others(count: usize) -> String {
    match count {
        0 => " runs".to_owned(),
        1 => " and one other path run".to_owned(),
        more => format!(" and {more} other paths run"),
    }
}
