//! S0708: an aggregate over more history than its source keeps.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::quantity::Quantity;
use std::cmp::Ordering::Greater;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0708",
        slug: "rebuild-past-retention",
        severity: Severity::Warning,
        page: include_str!("rebuild_past_retention.md"),
        cites: &["A-63", "S7-c2", "S7-p4", "CK-7c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let computed: BTreeSet<View> = facts.computed.iter().map(|(view, ..)| *view).collect();
    let fading: BTreeSet<View> = facts.decays.iter().map(|(view, _)| *view).collect();
    let window: BTreeMap<View, Quantity> = facts.window.iter().copied().collect();
    let retention: BTreeMap<Object, Quantity> = facts.retention.iter().copied().collect();
    let paths = design.validation.rebuildable.iter().filter_map(|&(view, source)| {
        let Source::Object(object) = source else { return None };
        let kept = *retention.get(&object)?;
        // What decays needs no more history than it still weighs.
        let aggregate = computed.contains(&view) && !fading.contains(&view);
        let needs_more = window.get(&view).is_none_or(|window| window.compare(&kept) == Some(Greater));
        (aggregate && needs_more).then_some((view, object, kept, window.get(&view).copied()))
    });
    paths.map(|(view, object, kept, window)| finding(design, view, object, kept, window)).collect()
}

fn finding(design: &Design, view: View, object: Object, kept: Quantity, window: Option<Quantity>) -> Finding {
    let (name, source) = (design.name(view), design.name(object));
    let span = window.map_or("all time".to_owned(), |window| format!("the last {window}"));
    RULE.at(clause(view, "rebuild"), format!("`{name}` covers {span}, but `{source}` is kept for {kept}"))
        .label("cannot bring back what is gone")
        .with(clause(object, "retention"), "older records are gone")
        .note("A-63: an aggregate is derived only as long as its events are there; past their retention it is primary state, and needs a backup of its own")
        .help(format!("keep `{source}` as long as `{name}` looks back, shorten the view with `over {kept}`, or accept it: `allow rebuild-past-retention` with where the snapshot is"))
        .because(fact!(rebuildable, view, object))
}
