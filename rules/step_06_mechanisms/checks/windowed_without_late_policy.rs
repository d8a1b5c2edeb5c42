//! S0616: windows, and no word about what comes late.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_06_mechanisms::decisions::adds;
use crate::step_06_mechanisms::patterns::Mechanism;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0616",
        slug: "windowed-without-late-policy",
        severity: Severity::Warning,
        page: include_str!("windowed_without_late_policy.md"),
        cites: &["S6.3-Q3-r6", "PR-ti1", "A-35", "CK-6c"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    // Of the view, or of the events it is made of.
    let stated: BTreeSet<Entity> = facts.lateness.iter().map(|(of, _)| *of).collect();
    let sources = facts.upstream.iter().filter(|(_, source)| stated.contains(&(*source).into()));
    let behind: BTreeSet<Entity> = sources.map(|(view, _)| (*view).into()).collect();
    let said = |what: Entity| stated.contains(&what) || behind.contains(&what);
    let windowing = design.mechanisms.adds.iter().filter(|(_, mechanism, _)| *mechanism == Mechanism::Windowing);
    let of: BTreeMap<Dp, &'static str> = windowing.map(|(dp, _, row)| (*dp, *row)).collect();
    let views = design.parameters.serves_view.iter().filter_map(|(dp, view)| of.get(dp).map(|row| (*view, *dp, *row)));
    let mut open: BTreeMap<View, (Dp, &'static str)> = BTreeMap::new();
    for (view, dp, row) in views.filter(|(view, ..)| !said((*view).into())) {
        open.entry(view).or_insert((dp, row));
    }
    let windowed = |view: View| facts.window.iter().any(|(of, _)| *of == view);
    let findings = open.into_iter().filter(|(view, _)| windowed(*view)).map(|(view, (dp, row))| {
        let name = design.name(view);
        RULE.at(clause(view, "over"), format!("nothing says what `{name}` does with events that come after their window"))
            .label("windows close, and events are late")
            .note("Q3#6: an aggregate over time is defined only together with how late an event may be and what becomes of it then")
            .help("say how late an event may still count, such as `lateness <= 2min`; what is later is counted apart")
            .because(adds(dp, Mechanism::Windowing, row))
    });
    findings.collect()
}
