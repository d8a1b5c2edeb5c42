//! The unit tests: of every alert one in which it fires, and one in which everything is just within its bounds.

use super::expression::Rule;
use crate::export::File;
use crate::export::yaml::Yaml;

/// Tests of alerts over short windows, and, where there are any, of those over long ones, which take longer steps.
pub fn files(rules: &[Rule]) -> Vec<File> {
    let (short, long): (Vec<&Rule>, Vec<&Rule>) = rules.iter().partition(|rule| rule.window <= 15);
    let mut files = vec![file("rules_test.yml", &short, 1)];
    if !long.is_empty() {
        files.push(file("rules_slow_test.yml", &long, 10));
    }
    files
}

fn file(path: &str, rules: &[&Rule], minutes: u32) -> File {
    let trials = rules.iter().flat_map(|rule| [trial(rule, minutes, true), trial(rule, minutes, false)]);
    let document = Yaml::Map(vec![
        ("rule_files", Yaml::List(vec![Yaml::text("rules.yml")])),
        ("evaluation_interval", Yaml::plain(format!("{minutes}m"))),
        ("tests", Yaml::List(trials.collect())),
    ]);
    File { path: path.to_owned(), text: document.document() }
}

fn trial(rule: &Rule, minutes: u32, fires: bool) -> Yaml {
    let time = (3 * rule.window).max(5 * minutes);
    let steps = time / minutes;
    let series = rule.trial.series.iter().map(|sample| {
        let value = if fires { sample.firing } else { sample.quiet };
        let values = if sample.rises {
            format!("0+{}x{steps}", value * f64::from(minutes) * 60.0)
        } else {
            format!("{value}+0x{steps}")
        };
        Yaml::Map(vec![("series", Yaml::text(&sample.series)), ("values", Yaml::text(values))])
    });
    let labels = vec![(rule.label, Yaml::text(&rule.of)), ("severity", Yaml::text(rule.severity))];
    let annotations = rule.annotations.iter().map(|(key, text)| (*key, Yaml::text(text)));
    let alert =
        Yaml::Map(vec![("exp_labels", Yaml::Map(labels)), ("exp_annotations", Yaml::Map(annotations.collect()))]);
    let expected = Yaml::Map(vec![
        ("eval_time", Yaml::plain(format!("{time}m"))),
        ("alertname", Yaml::text(&rule.name)),
        ("exp_alerts", Yaml::List(if fires { vec![alert] } else { vec![] })),
    ]);
    Yaml::Map(vec![
        ("interval", Yaml::plain(format!("{minutes}m"))),
        ("input_series", Yaml::List(series.collect())),
        ("alert_rule_test", Yaml::List(vec![expected])),
    ])
    .noted(format!("{} {}", rule.name, if fires { "fires" } else { "keeps quiet" }))
}
