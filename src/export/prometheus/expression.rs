//! What an alert is in PromQL, and series that make it fire or keep quiet.

use std::collections::BTreeMap;

use sysd_rules::Design;
use sysd_rules::fact::{Alert, Runbook};
use sysd_rules::quantity::{Dimension, Quantity};
use sysd_rules::step_18_observability::metrics::{base, label, quoted};
use sysd_rules::step_18_observability::{Condition, MetricKind, Urgency, alerts};

/// One alert, and the recording it stands on.
pub struct Rule {
    pub alert: Alert,
    /// `SlowP95`: with the label it is the alert's only one.
    pub name: String,
    /// The label that says what it is about, and its value.
    pub label: &'static str,
    pub of: String,
    pub record: Option<Record>,
    pub expr: String,
    /// Minutes for which it must hold.
    pub holds_for: u32,
    pub severity: &'static str,
    pub annotations: Vec<(&'static str, String)>,
    /// Minutes over which it is read.
    pub window: u32,
    /// Whether it fires as well when nobody reports its metric.
    pub vital: bool,
    pub trial: Trial,
}

/// A recording rule.
pub struct Record {
    pub name: String,
    pub expr: String,
}

/// Series by name and selector, each with how much it rises per second, or its level, when the alert must fire and when not.
pub struct Trial {
    pub series: Vec<Sample>,
}

/// One series of a trial.
pub struct Sample {
    pub series: String,
    /// A counter or histogram rises, a gauge stays.
    pub rises: bool,
    pub firing: f64,
    pub quiet: f64,
}

impl Rule {
    /// The rule of an alert; none where its metric is missing, which no design has.
    pub fn new(design: &Design, pages: &BTreeMap<Runbook, String>, alert: Alert) -> Option<Rule> {
        let step = &design.observability;
        let (_, metric, threshold) = *step.alert.get(alert.index())?;
        let (_, kind, of) = *step.metric.get(metric.index())?;
        let (_, condition, against) = *step.fires.get(alert.index())?;
        let against = against.and_then(|metric| step.metric.get(metric.index())).map(|(_, kind, _)| *kind);
        let (_, name) = *step.named.get(alert.index())?;
        let (_, urgency) = *step.urgency.get(alert.index())?;
        let percentile = step.percentile.iter().find(|(other, _)| *other == alert).map(|(_, percentile)| *percentile);
        let window = step.window.get(alert.index()).map_or(5, |(_, window)| minutes(window));
        let source = Source { design, label: label(of), value: design.name(of) };
        let mut read = source.read(kind, condition, against, number(threshold), percentile, window);
        let vital = alerts::is_vital(design, alert);
        if vital {
            read.expr = format!("{} or absent({})", read.expr, source.series(kind));
        }
        let suffix = percentile.map_or(String::new(), |percentile| format!("P{}", alerts::plain(percentile)));
        Some(Rule {
            alert,
            name: format!("{name}{suffix}"),
            label: source.label,
            of: source.value,
            record: read.record,
            expr: read.expr,
            holds_for: if kind == MetricKind::Violations || condition == Condition::Any { 0 } else { 2 },
            severity: if urgency == Urgency::Page { "page" } else { "ticket" },
            annotations: super::annotations(design, pages, alert),
            window,
            vital,
            trial: read.trial,
        })
    }
}

/// How far beside its threshold an alert is tried: near enough that another threshold would be noticed.
const BESIDE: f64 = 0.05;

struct Source<'d> {
    design: &'d Design,
    label: &'static str,
    value: String,
}

struct Read {
    record: Option<Record>,
    expr: String,
    trial: Trial,
}

impl Source<'_> {
    fn series(&self, kind: MetricKind) -> String {
        self.selector(&base(self.design, kind), "")
    }

    fn selector(&self, name: &str, more: &str) -> String {
        format!("{name}{{{}={}{more}}}", self.label, quoted(&self.value))
    }

    /// How the figure is read, by the condition of the alert.
    fn read(
        &self,
        kind: MetricKind,
        condition: Condition,
        against: Option<MetricKind>,
        threshold: f64,
        percentile: Option<Quantity>,
        window: u32,
    ) -> Read {
        match (condition, against, percentile) {
            (Condition::Share, Some(against), _) => self.share(kind, against, threshold, window),
            (Condition::Slower, _, Some(percentile)) => self.slower(kind, threshold, percentile, window),
            (Condition::Rate, ..) => self.rate(kind, threshold, window),
            (Condition::Any, ..) => {
                let series = self.series(kind);
                let expr = format!("sum(increase({series}[{window}m])) > {threshold}");
                let firing = (threshold + 1.0) * 2.0 / 60.0;
                Read { record: None, expr, trial: Trial { series: vec![sample(series, true, firing, 0.0)] } }
            }
            _ => {
                let series = self.series(kind);
                let expr = format!("max({series}) > {threshold}");
                let above = if threshold == 0.0 { 1.0 } else { threshold * (1.0 + BESIDE) };
                let trial = Trial { series: vec![sample(series, false, above, threshold)] };
                Read { record: None, expr, trial }
            }
        }
    }

    fn share(&self, kind: MetricKind, against: MetricKind, threshold: f64, window: u32) -> Read {
        let (part, whole) = (self.series(kind), self.series(against));
        let expr = format!("sum(rate({part}[{window}m])) / sum(rate({whole}[{window}m]))");
        let (above, below) = beside(threshold);
        let series = vec![sample(part.clone(), true, above * 100.0, below * 100.0), sample(whole, true, 100.0, 100.0)];
        let read = self.recorded(kind, format!("ratio_rate{window}m"), expr, threshold, series);
        if window < LONG {
            return read;
        }
        // Over a long window what has ended would be told for as long again: it must still go on.
        let lately = (window / 12).max(LONG / 2);
        Read { expr: format!("{} and on() sum(rate({part}[{lately}m])) > 0", read.expr), ..read }
    }

    /// That the percentile is above the target is to say: more than the rest takes longer. One bucket ends at the target.
    fn slower(&self, kind: MetricKind, target: f64, percentile: Quantity, window: u32) -> Read {
        let name = base(self.design, kind);
        let bucket = self.selector(&format!("{name}_bucket"), &format!(",le=~{}", quoted(&boundary(target))));
        let count = self.selector(&format!("{name}_count"), "");
        let expr = format!("1 - sum(rate({bucket}[{window}m])) / sum(rate({count}[{window}m]))");
        let rest = Quantity::whole(100, Dimension::Percent).checked_sub(&percentile).map_or(0.0, number);
        let written = self.selector(&format!("{name}_bucket"), &format!(",le={}", quoted(&target.to_string())));
        let good = |slow: f64| (1.0 - slow) * 100.0;
        let (above, below) = beside(rest);
        let series = vec![sample(written, true, good(above), good(below)), sample(count, true, 100.0, 100.0)];
        self.recorded(kind, format!("slower_p{}_ratio_rate{window}m", alerts::plain(percentile)), expr, rest, series)
    }

    fn rate(&self, kind: MetricKind, threshold: f64, window: u32) -> Read {
        let series = self.series(kind);
        let expr = format!("sum(rate({series}[{window}m]))");
        let (above, below) = beside(threshold);
        let trial = vec![sample(series, true, above, below)];
        self.recorded(kind, format!("rate{window}m"), expr, threshold, trial)
    }

    /// The figure under a name by Prometheus's convention, `level:metric:operations`, and the alert on it.
    fn recorded(
        &self,
        kind: MetricKind,
        operations: String,
        expr: String,
        threshold: f64,
        series: Vec<Sample>,
    ) -> Read {
        let metric = base(self.design, kind);
        let name = format!("{}:{}:{operations}", self.label, metric.trim_end_matches("_total"));
        let alert = format!("{} > {threshold}", self.selector(&name, ""));
        Read { record: Some(Record { name, expr }), expr: alert, trial: Trial { series } }
    }
}

/// From how many minutes on a window is long.
const LONG: u32 = 60;

/// Just above a threshold, and just below.
fn beside(threshold: f64) -> (f64, f64) {
    if threshold == 0.0 { (1.0, 0.0) } else { (threshold * (1.0 + BESIDE), threshold * (1.0 - BESIDE)) }
}

fn sample(series: String, rises: bool, firing: f64, quiet: f64) -> Sample {
    Sample { series, rises, firing, quiet }
}

/// The boundary of a bucket as a pattern: whole numbers are exposed as `1` or as `1.0`.
fn boundary(target: f64) -> String {
    let text = target.to_string();
    if text.contains('.') { text.replace('.', "\\.") } else { format!("{text}(\\.0)?") }
}

/// A quantity in Prometheus's base units: seconds, ratios, per second.
pub fn number(quantity: Quantity) -> f64 {
    let unit = match quantity.dimension {
        Dimension::Time => 1e9,
        Dimension::Percent => 100.0,
        _ => 1.0,
    };
    let exact = quantity.amount;
    let value = *exact.numer() as f64 / *exact.denom() as f64 / unit;
    // Twelve digits: 0.05, not what is left of 1 - 0.95 in binary.
    format!("{value:.12}").parse().unwrap_or(value)
}

fn minutes(window: &Quantity) -> u32 {
    (number(*window) / 60.0).ceil().clamp(1.0, 1440.0) as u32
}
