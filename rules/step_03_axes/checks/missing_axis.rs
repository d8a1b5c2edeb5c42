//! S0301: an object with an axis that is neither declared nor shown by any operation.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use std::collections::HashSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0301",
        slug: "missing-axis",
        severity: Severity::Warning,
        page: include_str!("missing_axis.md"),
        cites: &["S3-c1", "S3-g1", "S3-d4", "CK-3a"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let axes = &design.axes;
    let owned: HashSet<Object> = axes.ownership.iter().map(|(object, ..)| *object).collect();
    let evolving: HashSet<Object> = axes.evolution.iter().map(|(object, ..)| *object).collect();
    let ordered: HashSet<Object> = axes.ordering.iter().map(|(object, ..)| *object).collect();
    let written: HashSet<Object> = design.axes.wrote.iter().map(|(object, _)| *object).collect();
    let derivable: HashSet<Object> = design.objects.derivable_from.iter().map(|(object, _)| *object).collect();
    let objects = (0..design.facts.names.objects.len() as u32).map(Object);
    // Nothing shows how an object behaves that nobody writes: the missing operation is the finding.
    let objects = objects.filter(|object| written.contains(object) && !derivable.contains(object));
    objects.filter_map(|object| {
        let present = [("ownership", owned.contains(&object)), ("evolution", evolving.contains(&object)), ("ordering", ordered.contains(&object))];
        let missing = present.iter().filter(|(axis, there)| !there && !design.facts.hole.contains(&(object.into(), axis)));
        let missing: Vec<&str> = missing.map(|(axis, _)| *axis).collect();
        (!missing.is_empty()).then(|| finding(design, object, &missing))
    }).collect()
}

fn finding(design: &Design, object: Object, missing: &[&str]) -> Finding {
    let finding = RULE
        .at(object, format!("`{}` has no {}, and its operations do not show it", design.name(object), missing.join(" and no ")))
        .label(format!("no {}", missing.join(", no ")))
        .note("S3-d4: the mechanism is looked up by the axes; without them it would be a guess");
    missing.iter().fold(finding, |finding, axis| finding.help(question(design, object, axis)))
}

fn question(design: &Design, object: Object, axis: &str) -> String {
    let name = design.name(object);
    match axis {
        "ownership" => format!("who writes one `{name}`: one actor, many of whom one wins, or many who all succeed?"),
        "evolution" => format!("do records of `{name}` pile up, is one replaced, does it move between states, or do writes merge?"),
        _ => format!("does anybody need to know which of two `{name}` came first, and among which? If not: `ordering: none`"),
    }
}
