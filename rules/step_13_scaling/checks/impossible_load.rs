//! S1304: figures of the load model that cannot be.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::quantity::Quantity;
use std::cmp::Ordering::Greater;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1304",
        slug: "impossible-load",
        severity: Severity::Error,
        page: include_str!("impossible_load.md"),
        cites: &["S13-g1", "CK-13b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut findings = hotter_than_all(design);
    findings.extend(nothing_or_less(design));
    findings
}

/// One key cannot get more than there is.
fn hotter_than_all(design: &Design) -> Vec<Finding> {
    let totals: BTreeMap<Operation, Quantity> = design.facts.rate.iter().copied().collect();
    let hot = design.facts.hottest.iter().filter_map(|&(operation, object, rate)| {
        let total = totals.get(&operation)?;
        (rate.compare(total) == Some(Greater)).then_some((operation, object, rate, *total))
    });
    let findings = hot.map(|(operation, object, rate, total)| {
        let (name, what) = (design.name(operation), design.name(object));
        RULE.at(clause(operation, "rate"), format!("the busiest `{what}` gets {rate} of `{name}`, which runs {total} in all"))
            .label("more on one than on all together")
            .note("S13-g1: the busiest key's share is a part of the total; one of the two figures is wrong, and capacity follows from both")
            .help(format!("raise the total above {rate}, or lower what the busiest `{what}` gets"))
    });
    findings.collect()
}

/// A rate, an audience or a population of zero or less: nothing would follow from it.
fn nothing_or_less(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let rates = facts.rate.iter().map(|(operation, rate)| (clause(*operation, "rate"), "a rate", *rate));
    let hottest = facts.hottest.iter().map(|(operation, _, rate)| (clause(*operation, "rate"), "a rate", *rate));
    let asked = facts.query_rate.iter().map(|(query, rate)| (clause(*query, "rate"), "a rate", *rate));
    let read = facts.read_by.iter().filter_map(|(view, _, rate)| Some((clause(*view, "read"), "a rate", (*rate)?)));
    let populations = facts.population.iter().map(|(object, count)| (clause(*object, "population"), "a population", *count));
    let all = rates.chain(hottest).chain(asked).chain(read).chain(populations);
    let mut found: Vec<(Site, &'static str, Quantity)> = all.filter(|it| it.2.is_zero() || it.2.is_negative()).collect();
    found.sort();
    found.dedup_by_key(|it| it.0);
    let findings = found.into_iter().map(|(site, what, value)| {
        RULE.at(site, format!("`{}` has {what} of {value}", design.name(site.entity)))
            .label("nothing happens, or less than nothing")
            .note("S13-g1: what never happens has no path to scale; what is not known yet is `?`, not zero")
            .help("say what is expected at the busiest time, or leave the figure out")
    });
    findings.collect()
}
