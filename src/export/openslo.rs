//! Objectives in OpenSLO v1. There is no machine-readable schema of that format; what is written follows its specification, and
//! no tool of a third party has confirmed it.

use sysd_rules::Design;
use sysd_rules::explain::id;
use sysd_rules::fact;
use sysd_rules::fact::*;
use sysd_rules::quantity::{Dimension, Quantity};
use sysd_rules::step_15_objectives::SloType;
use sysd_rules::step_18_observability::MetricKind;
use sysd_rules::step_18_observability::metrics::{base, label, quoted};
use sysd_rules::vocabulary::Vocabulary;

use super::File;
use super::yaml::Yaml;

/// One file: the service, its source of figures, and a document for each objective.
pub fn files(design: &Design) -> Vec<File> {
    let mut documents = vec![service(design), source()];
    documents.extend(design.objectives.slo.iter().filter_map(|&(slo, kind, of)| objective(design, slo, kind, of)));
    vec![File { path: "openslo.yml".to_owned(), text: documents.join("---\n") }]
}

fn service(design: &Design) -> String {
    document("Service", name(design.system(), None), design.system(), vec![]).document()
}

fn source() -> String {
    let details = Yaml::Map(vec![("url", Yaml::text("http://prometheus:9090"))]);
    let spec = vec![("type", Yaml::text("Prometheus")), ("connectionDetails", details)];
    document("DataSource", "prometheus".to_owned(), "Prometheus", spec).document()
}

fn document(kind: &str, name: String, shown: &str, spec: Vec<(&'static str, Yaml)>) -> Yaml {
    let metadata = Yaml::Map(vec![("name", Yaml::text(name)), ("displayName", Yaml::text(shown))]);
    Yaml::Map(vec![
        ("apiVersion", Yaml::text("openslo/v1")),
        ("kind", Yaml::text(kind)),
        ("metadata", metadata),
        ("spec", Yaml::Map(spec)),
    ])
}

/// The objective with its fact above it; as a comment alone where the format has no form for it.
fn objective(design: &Design, slo: Slo, kind: SloType, of: Entity) -> Option<String> {
    let step = &design.objectives;
    let note = format!("# {}\n", id::of(design, &fact!(slo, slo, kind.word(), of)));
    let target = step.target.iter().find(|(other, _)| *other == slo).map(|(_, target)| *target)?;
    let percentile = step.percentile.iter().find(|(other, _)| *other == slo).map(|(_, percentile)| *percentile);
    let it = Objective { design, of, name: name(&design.name(slo), Some(slo)), target, percentile };
    let (indicator, goal) = match kind {
        SloType::Latency => it.latency(),
        SloType::Availability => it.availability(),
        SloType::Correctness => it.level(MetricKind::Violations, 0.0, 0.99999),
        SloType::Freshness => it.level(MetricKind::Lag, seconds(target), it.share(99)),
        // What must be carried is no figure that can be bad: it is in the alerts.
        SloType::Throughput => return Some(format!("{note}# a throughput of {target} is no objective of OpenSLO\n")),
    };
    let spec = vec![
        ("description", Yaml::text(design.name(slo))),
        ("service", Yaml::text(name(design.system(), None))),
        ("indicator", indicator),
        (
            "timeWindow",
            Yaml::List(vec![Yaml::Map(vec![("duration", Yaml::text("28d")), ("isRolling", Yaml::plain("true"))])]),
        ),
        (
            "budgetingMethod",
            Yaml::text(if kind == SloType::Latency || kind == SloType::Availability {
                "Occurrences"
            } else {
                "Timeslices"
            }),
        ),
        ("objectives", Yaml::List(vec![goal])),
    ];
    Some(note + &document("SLO", it.name.clone(), &design.name(slo), spec).document())
}

struct Objective<'d> {
    design: &'d Design,
    of: Entity,
    name: String,
    target: Quantity,
    percentile: Option<Quantity>,
}

impl Objective<'_> {
    fn series(&self, kind: MetricKind, suffix: &str, more: &str) -> String {
        let value = quoted(&self.design.name(self.of));
        format!("{}{suffix}{{{}={value}{more}}}", base(self.design, kind), label(self.of))
    }

    /// The percentile as a share, below one as the format demands.
    fn share(&self, percent: i128) -> f64 {
        let percentile = self.percentile.unwrap_or(Quantity::whole(percent, Dimension::Percent));
        ratio(percentile).min(0.99999)
    }

    fn latency(&self) -> (Yaml, Yaml) {
        let target = seconds(self.target);
        let shown = target.to_string();
        let boundary = if shown.contains('.') { shown.replace('.', "\\.") } else { format!("{shown}(\\.0)?") };
        let good = self.series(MetricKind::Duration, "_bucket", &format!(",le=~{}", quoted(&boundary)));
        let total = self.series(MetricKind::Duration, "_count", "");
        (self.ratio("good", good, total), goal(self.share(95), vec![]))
    }

    fn availability(&self) -> (Yaml, Yaml) {
        let (bad, total) = (self.series(MetricKind::Errors, "", ""), self.series(MetricKind::Requests, "", ""));
        (self.ratio("bad", bad, total), goal(ratio(self.target).min(0.99999), vec![]))
    }

    /// A level that must not be exceeded, minute by minute. The format knows no target of one: the alert tells of the first breach.
    fn level(&self, kind: MetricKind, most: f64, share: f64) -> (Yaml, Yaml) {
        let metric = Yaml::Map(vec![("metricSource", query(format!("max({})", self.series(kind, "", ""))))]);
        let more = vec![
            ("op", Yaml::text("lte")),
            ("value", Yaml::plain(most.to_string())),
            ("timeSliceTarget", Yaml::plain("0.99999")),
            ("timeSliceWindow", Yaml::text("1m")),
        ];
        (self.indicator(vec![("thresholdMetric", metric)]), goal(share, more))
    }

    fn ratio(&self, which: &'static str, part: String, total: String) -> Yaml {
        let part = Yaml::Map(vec![("metricSource", query(format!("sum({part})")))]);
        let total = Yaml::Map(vec![("metricSource", query(format!("sum({total})")))]);
        self.indicator(vec![(
            "ratioMetric",
            Yaml::Map(vec![("counter", Yaml::plain("true")), (which, part), ("total", total)]),
        )])
    }

    fn indicator(&self, spec: Vec<(&'static str, Yaml)>) -> Yaml {
        let metadata = Yaml::Map(vec![("name", Yaml::text(&self.name))]);
        Yaml::Map(vec![("metadata", metadata), ("spec", Yaml::Map(spec))])
    }
}

fn query(query: String) -> Yaml {
    let spec = Yaml::Map(vec![("query", Yaml::text(query))]);
    Yaml::Map(vec![("metricSourceRef", Yaml::text("prometheus")), ("type", Yaml::text("Prometheus")), ("spec", spec)])
}

fn goal(share: f64, mut more: Vec<(&'static str, Yaml)>) -> Yaml {
    let mut entries = vec![("displayName", Yaml::text("objective")), ("target", Yaml::plain(share.to_string()))];
    entries.append(&mut more);
    Yaml::Map(entries)
}

/// A name as the format wants it: letters, digits and hyphens, at most 63; the number keeps two apart.
fn name(text: &str, slo: Option<Slo>) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let mut words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        words.push("system");
    }
    let mut name = words.join("-");
    name.truncate(50);
    let name = name.trim_end_matches('-');
    slo.map_or_else(|| name.to_owned(), |slo| format!("{name}-{}", slo.0 + 1))
}

fn seconds(time: Quantity) -> f64 {
    value(time, if time.dimension == Dimension::Time { 1e9 } else { 1.0 })
}

fn ratio(percent: Quantity) -> f64 {
    value(percent, if percent.dimension == Dimension::Percent { 100.0 } else { 1.0 })
}

fn value(quantity: Quantity, unit: f64) -> f64 {
    let value = *quantity.amount.numer() as f64 / *quantity.amount.denom() as f64 / unit;
    format!("{value:.12}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::name;
    use sysd_rules::fact::Slo;

    #[test]
    fn names_are_labels() {
        assert_eq!(name("PlaceBid: p95 of latency", Some(Slo(4))), "placebid-p95-of-latency-5");
        assert_eq!(name("מערכת", None), "system");
        assert!(name(&"x y".repeat(300), Some(Slo(99_999))).len() <= 63);
    }
}
