//! Recording and alerting rules for Prometheus, and unit tests for promtool in which every alert fires once and keeps quiet once.
//!
//! A name of the spec only ever stands in a label value, which may hold every character; series and alerts have names of our own.

mod expression;
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::yaml::Yaml;
use super::{File, runbooks};
use expression::Rule;
use sysd_rules::Design;
use sysd_rules::explain::id;
use sysd_rules::fact;
use sysd_rules::fact::{Alert, Runbook};
use sysd_rules::step_18_observability::alerts;
use sysd_rules::step_18_observability::metrics::prefix;
use sysd_rules::vocabulary::Vocabulary;

/// `rules.yml`, and the tests that go with it.
pub fn files(design: &Design) -> Vec<File> {
    let pages = runbooks::paths(design);
    let rules: Vec<Rule> =
        design.observability.alert.iter().filter_map(|(alert, ..)| Rule::new(design, &pages, *alert)).collect();
    let mut files = vec![File { path: "rules.yml".to_owned(), text: document(design, &rules) }];
    files.extend(tests::files(&rules));
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

fn document(design: &Design, rules: &[Rule]) -> String {
    let mut recorded: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut lines = vec![];
    for rule in rules {
        if let Some(record) = &rule.record
            && recorded.insert((&record.name, &rule.of))
        {
            let labels = Yaml::Map(vec![(rule.label, Yaml::text(&rule.of))]);
            let entries =
                vec![("record", Yaml::text(&record.name)), ("expr", Yaml::text(&record.expr)), ("labels", labels)];
            lines.push(Yaml::Map(entries).noted(id::of(design, &metric_of(design, rule.alert))));
        }
    }
    lines.extend(rules.iter().map(|rule| alert(design, rule)));
    let group = Yaml::Map(vec![("name", Yaml::text(prefix(&design.facts))), ("rules", Yaml::List(lines.clone()))]);
    let groups = if lines.is_empty() { vec![] } else { vec![group] };
    Yaml::Map(vec![("groups", Yaml::List(groups))]).document()
}

/// The fact that the metric behind the alert is measured.
fn metric_of(design: &Design, alert: Alert) -> sysd_rules::proof::Fact {
    match design.observability.watched(alert) {
        Some((metric, kind, of)) => fact!(metric, metric, kind.word(), of),
        None => fact!(alert, alert),
    }
}

fn alert(design: &Design, rule: &Rule) -> Yaml {
    let step = &design.observability;
    let fact =
        step.alert.get(rule.alert.index()).map(|&(alert, metric, threshold)| fact!(alert, alert, metric, threshold));
    let mut entries = vec![("alert", Yaml::text(&rule.name)), ("expr", Yaml::text(&rule.expr))];
    if rule.holds_for > 0 {
        entries.push(("for", Yaml::plain(format!("{}m", rule.holds_for))));
    }
    let labels = vec![(rule.label, Yaml::text(templated(&rule.of))), ("severity", Yaml::text(rule.severity))];
    entries.push(("labels", Yaml::Map(labels)));
    let annotations = rule.annotations.iter().map(|(key, text)| (*key, Yaml::text(templated(text))));
    entries.push(("annotations", Yaml::Map(annotations.collect())));
    Yaml::Map(entries).noted(fact.map_or(String::new(), |fact| id::of(design, &fact)))
}

/// What alerts say of themselves: what has happened, and the runbook.
fn annotations(design: &Design, pages: &BTreeMap<Runbook, String>, alert: Alert) -> Vec<(&'static str, String)> {
    let summary = format!("{}: {}", design.name(alert), alerts::says(design, alert));
    let mut annotations = vec![("summary", summary)];
    let leads = sysd_rules::step_17_runbooks::leads_to(design, alert);
    let page = leads.and_then(|runbook| pages.get(&runbook));
    annotations.extend(page.map(|page| ("runbook_url", page.clone())));
    annotations
}

/// Labels and annotations of alerts are templates: two braces would begin an action.
fn templated(text: &str) -> String {
    text.replace("{{", "{{\"{{\"}}")
}
