//! The unit tests: every alert fires once, and keeps quiet once when everything is just within its bounds.
//!
//! promtool evaluates all rules for every test, so alerts share tests: as many as ask nothing contradictory of a series.

use std::collections::BTreeMap;

use super::expression::Rule;
use crate::export::File;
use crate::export::yaml::Yaml;

/// Tests of alerts over short windows, and, where there are any, of those over long ones, which take longer steps.
pub fn files(rules: &[Rule]) -> Vec<File> {
    let (short, long): (Vec<&Rule>, Vec<&Rule>) = rules.iter().partition(|rule| rule.window <= 15);
    let vital: Vec<&Rule> = rules.iter().filter(|rule| rule.vital).collect();
    let mut files = vec![file("rules_test.yml", &short, &vital, 1)];
    if !long.is_empty() {
        files.push(file("rules_slow_test.yml", &long, &vital, 10));
    }
    files
}

/// `vital` are those of all rules that silence would set off.
fn file(path: &str, rules: &[&Rule], vital: &[&Rule], minutes: u32) -> File {
    let mut trials = vec![];
    for fires in [true, false] {
        let together = together(rules, vital, fires);
        trials.extend(
            together.into_iter().map(|together| together.trial(minutes, if fires { "fire" } else { "keep quiet" })),
        );
    }
    let silent: Vec<&Rule> = rules.iter().copied().filter(|rule| rule.vital).collect();
    if !silent.is_empty() {
        let silence = Together { rules: silent, series: BTreeMap::new() };
        trials.push(silence.trial(minutes, "fire, for nobody reports"));
    }
    let document = Yaml::Map(vec![
        ("rule_files", Yaml::List(vec![Yaml::text("rules.yml")])),
        ("evaluation_interval", Yaml::plain(format!("{minutes}m"))),
        ("tests", Yaml::List(trials)),
    ]);
    File { path: path.to_owned(), text: document.document() }
}

/// Alerts that are tried at once, and what they ask of each series: whether it rises, and by how much or to what.
#[derive(Default)]
struct Together<'r> {
    rules: Vec<&'r Rule>,
    series: BTreeMap<&'r str, (bool, f64)>,
}

/// Puts each alert with the first others that ask the same of the series they share.
fn together<'r>(rules: &[&'r Rule], vital: &[&'r Rule], fires: bool) -> Vec<Together<'r>> {
    let mut all: Vec<Together<'r>> = vec![];
    for rule in rules {
        let asked: Vec<(&'r str, (bool, f64))> = rule
            .trial
            .series
            .iter()
            .map(|it| (it.series.as_str(), (it.rises, if fires { it.firing } else { it.quiet })))
            .collect();
        let agrees = |with: &&mut Together<'r>| {
            asked.iter().all(|(series, value)| with.series.get(series).is_none_or(|known| known == value))
        };
        let place = match all.iter_mut().find(agrees) {
            Some(place) => place,
            None => {
                all.push(Together::default());
                let last = all.len() - 1;
                &mut all[last]
            }
        };
        place.rules.push(rule);
        place.series.extend(asked);
    }
    for place in &mut all {
        for sample in vital.iter().flat_map(|rule| &rule.trial.series) {
            place.series.entry(&sample.series).or_insert((sample.rises, sample.quiet));
        }
    }
    all
}

impl Together<'_> {
    fn trial(&self, minutes: u32, what: &str) -> Yaml {
        let fires = what.starts_with("fire");
        let window = self.rules.iter().map(|rule| rule.window).max().unwrap_or(minutes);
        let time = (3 * window).max(5 * minutes);
        let steps = time / minutes;
        let series = self.series.iter().map(|(series, (rises, value))| {
            let values = if *rises {
                format!("0+{}x{steps}", value * f64::from(minutes) * 60.0)
            } else {
                format!("{value}+0x{steps}")
            };
            Yaml::Map(vec![("series", Yaml::text(*series)), ("values", Yaml::text(values))])
        });
        let mut expected: BTreeMap<&str, Vec<Yaml>> = BTreeMap::new();
        for rule in &self.rules {
            let alerts = expected.entry(&rule.name).or_default();
            if fires {
                alerts.push(alert(rule));
            }
        }
        let expected = expected.into_iter().map(|(name, alerts)| {
            Yaml::Map(vec![
                ("eval_time", Yaml::plain(format!("{time}m"))),
                ("alertname", Yaml::text(name)),
                ("exp_alerts", Yaml::List(alerts)),
            ])
        });
        Yaml::Map(vec![
            ("interval", Yaml::plain(format!("{minutes}m"))),
            ("input_series", Yaml::List(series.collect())),
            ("alert_rule_test", Yaml::List(expected.collect())),
        ])
        .noted(format!("{} {what}", self.rules.len()))
    }
}

fn alert(rule: &Rule) -> Yaml {
    let labels = vec![(rule.label, Yaml::text(&rule.of)), ("severity", Yaml::text(rule.severity))];
    let annotations = rule.annotations.iter().map(|(key, text)| (*key, Yaml::text(text)));
    Yaml::Map(vec![("exp_labels", Yaml::Map(labels)), ("exp_annotations", Yaml::Map(annotations.collect()))])
}
