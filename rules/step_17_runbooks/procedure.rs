//! The text of a runbook: what is known of such incidents, with the metrics, parameters, mechanisms and sources of this design.

use super::guides;
use crate::fact::*;
use crate::groups::{Groups, rows_of};
use crate::proof::Fact;
use crate::quantity::Quantity;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_16_knobs::KnobKind;
use crate::step_18_observability::{MetricKind, alerts};
use crate::vocabulary::Vocabulary;
use crate::{Design, fact};
use std::collections::BTreeSet;

/// One runbook, in the framework's fields (S17-o1), and how to know that it is over and whom to call.
pub struct Procedure {
    /// The runbook.
    pub runbook: Runbook,
    /// What has happened, and where.
    pub incident: String,
    /// The parts, in the order in which an operator needs them.
    pub parts: Vec<Part>,
}

/// One field of a runbook.
pub struct Part {
    /// "Diagnosis".
    pub title: &'static str,
    /// What is known of every such incident, wherever it is.
    pub known: Vec<Step>,
    /// What there is to do or to look at in this place, after that.
    pub here: Vec<Step>,
}

impl Part {
    /// What to do or look at, one after the other.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.known.iter().chain(&self.here)
    }
}

/// One thing to do or to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// In the imperative, or a question.
    pub text: String,
    /// The fact it rests on, where it is about this design.
    pub fact: Option<Fact>,
}

/// Every runbook, in order.
pub fn procedures(design: &Design) -> Vec<Procedure> {
    let shelf = Shelf::new(design);
    design.runbooks.incident.iter().map(|&(runbook, _)| procedure(&shelf, runbook)).collect()
}

/// A design with what is looked up in it by other than its id, for all runbooks at once.
pub(super) struct Shelf<'d> {
    design: &'d Design,
    /// The metrics of a thing.
    metrics: Groups<Entity, (Metric, MetricKind)>,
    /// The component that hosts a thing.
    host: Groups<Entity, Component>,
}

impl<'d> Shelf<'d> {
    /// Of one design.
    pub(super) fn new(design: &'d Design) -> Self {
        let metrics = design.observability.metric.iter().map(|&(metric, kind, of)| (of, (metric, kind)));
        let host = design.topology.hosts.iter().map(|&(component, what)| (what, component));
        Shelf { design, metrics: Groups::new(metrics), host: Groups::new(host) }
    }
}

/// One runbook.
pub(super) fn procedure(shelf: &Shelf, runbook: Runbook) -> Procedure {
    let design = shelf.design;
    let it = Writer { design, shelf, runbook };
    let name = it.place().map_or(String::new(), |place| format!("`{}`", design.name(place)));
    let parts = general(it.guide(), &name).into_iter().map(|(title, known)| {
        let here = match title {
            TRIGGER => it.trigger(),
            DIAGNOSIS => it.diagnosis(),
            MITIGATION => it.mitigation(),
            RESOLUTION => it.resolution(),
            VERIFICATION => it.verification(),
            ESCALATION => it.closed().into_iter().collect(),
            _ => vec![],
        };
        Part { title, known, here }
    });
    Procedure { runbook, incident: design.name(runbook), parts: parts.collect() }
}

/// What is known of all such incidents, part by part in the order in which an operator needs them; `place` is where it is.
pub fn general(guide: &guides::Guide, place: &str) -> Vec<(&'static str, Vec<Step>)> {
    let known = |texts: &[&str]| -> Vec<Step> {
        texts.iter().map(|text| Step { text: text.replace("{}", place), fact: None }).collect()
    };
    let last = if guide.endangers {
        "where an audit finds a violation, or none can run, close the path and call the owner of the data: wrong is worse than slow"
    } else {
        "no invariant is at stake: when mitigation does not help within half an hour, call the owners of what the trace shows to be slow"
    };
    vec![
        (TRIGGER, vec![]),
        (DIAGNOSIS, known(guide.diagnosis)),
        (MITIGATION, known(guide.mitigation)),
        (CAUSE, known(guide.cause)),
        (RESOLUTION, known(guide.resolution)),
        (VERIFICATION, vec![]),
        (
            ESCALATION,
            known(&["turn back what was turned, one at a time, when the figures have been back for one window", last]),
        ),
        (PREVENTION, known(guide.prevention)),
    ]
}

/// The titles of the parts (S17-o1), and how to know that it is over and whom to call.
pub const TRIGGER: &str = "Trigger";
/// Is this it?
pub const DIAGNOSIS: &str = "Diagnosis";
/// What to do at once.
pub const MITIGATION: &str = "Immediate mitigation";
/// Why it happened.
pub const CAUSE: &str = "Root-cause investigation";
/// How to recover fully.
pub const RESOLUTION: &str = "Resolution";
/// How to know that it is over.
pub const VERIFICATION: &str = "Verification";
/// Back, or to somebody else.
pub const ESCALATION: &str = "Rollback and escalation";
/// What to change.
pub const PREVENTION: &str = "Prevention";

struct Writer<'d> {
    design: &'d Design,
    shelf: &'d Shelf<'d>,
    runbook: Runbook,
}

impl Writer<'_> {
    /// What a relation of this step has of the runbook.
    fn own<'r, R>(&self, rows: &'r [R], runbook: impl Fn(&R) -> Runbook) -> &'r [R] {
        rows_of(rows, self.runbook, runbook)
    }

    fn guide(&self) -> &'static guides::Guide {
        let incident = self.own(&self.design.runbooks.incident, |row| row.0).first();
        // INVARIANT: every runbook has an incident; the first stands in for none.
        guides::of(incident.map_or(super::Incident::LostAnswer, |(_, incident)| *incident))
    }

    fn place(&self) -> Option<Entity> {
        self.own(&self.design.runbooks.on, |row| row.0).first().map(|(_, place)| *place)
    }

    /// The alerts that lead here.
    fn trigger(&self) -> Vec<Step> {
        let alerts = self.alerts();
        let steps = alerts.iter().map(|&alert| Step {
            text: format!("{}: {}", self.design.name(alert), alerts::says(self.design, alert)),
            fact: Some(fact!(triggered, self.runbook, alert)),
        });
        steps.collect()
    }

    fn alerts(&self) -> Vec<Alert> {
        self.own(&self.design.runbooks.triggered, |row| row.0).iter().map(|(_, alert)| *alert).collect()
    }

    /// What to ask, and the figures and lines in which the answer stands.
    fn diagnosis(&self) -> Vec<Step> {
        let step = &self.design.observability;
        let mut steps = vec![];
        let watched: BTreeSet<Entity> =
            self.alerts().iter().filter_map(|alert| step.watched(*alert)).map(|(.., of)| of).collect();
        let figures: BTreeSet<(Metric, MetricKind, Entity)> = watched
            .iter()
            .flat_map(|&of| self.shelf.metrics.get(of).iter().map(move |&(metric, kind)| (metric, kind, of)))
            .filter(|(_, kind, _)| self.guide().signs.contains(kind))
            .collect();
        steps.extend(figures.into_iter().map(|(metric, kind, of)| Step {
            text: format!("look at `{}`", self.design.name(metric)),
            fact: Some(fact!(metric, metric, kind.word(), of)),
        }));
        let logs = watched.iter().flat_map(|&of| rows_of(&step.logs, of, |row| row.0));
        let lines: BTreeSet<&str> = logs.map(|(_, event)| event.word()).collect();
        if !lines.is_empty() {
            let lines: Vec<&str> = lines.into_iter().collect();
            steps.push(Step { text: format!("read the log lines: {}", lines.join(", ")), fact: None });
        }
        steps
    }

    /// What to do at once; then the levers of the mechanisms in use, with the parameters that set them.
    fn mitigation(&self) -> Vec<Step> {
        let runbooks = &self.design.runbooks;
        let mut steps = vec![];
        let eased = self.own(&runbooks.eased, |row| row.0);
        steps.extend(eased.iter().map(|&(_, strategy)| Step {
            text: format!(
                "what the scaling model has for it: {}: {}",
                strategy.word(),
                uncapitalized(strategy.gloss())
            ),
            fact: Some(fact!(eased, self.runbook, strategy.word())),
        }));
        let levers = self.own(&runbooks.lever, |row| row.0);
        steps.extend(levers.iter().flat_map(|&(_, mechanism)| self.lever(mechanism)));
        steps.extend(self.knobs());
        steps
    }

    /// PR-*: what can be set to make a mechanism behave.
    fn lever(&self, mechanism: Mechanism) -> Option<Step> {
        let pattern = mechanism.patterns().next().filter(|pattern| pattern.lever != "nothing")?;
        let text = format!("{}: turn {} ({})", mechanism.word(), pattern.lever, pattern.id);
        Some(Step { text, fact: Some(fact!(lever, self.runbook, mechanism.word())) })
    }

    /// S16-g1: the parameters whose effect shows in the figures that tell of it. A threshold is none: to turn it silences the alert;
    /// nor is what a view is: another window is another answer.
    fn knobs(&self) -> Vec<Step> {
        let (step, knobs) = (&self.design.observability, &self.design.knobs);
        let alerts = self.alerts();
        let watched = alerts.iter().filter_map(|alert| step.watched(*alert));
        let watched: BTreeSet<Metric> =
            watched.filter(|(_, kind, _)| self.guide().signs.contains(kind)).map(|(metric, ..)| metric).collect();
        use KnobKind::{AlertThreshold, DecayHalfLife, EvolveThreshold, IncidentThreshold, TopK, WindowSize};
        let left = [EvolveThreshold, AlertThreshold, IncidentThreshold, WindowSize, DecayHalfLife, TopK];
        let is_left = |knob: Knob| knobs.knob.get(knob.index()).is_some_and(|(_, kind, _)| left.contains(kind));
        let shown = watched.iter().flat_map(|&metric| rows_of(&step.shows, metric, |row| row.0)).map(|(_, knob)| *knob);
        let turned: BTreeSet<Knob> = shown.filter(|knob| !is_left(*knob)).collect();
        let value = |knob: Knob| rows_of(&knobs.default, knob, |row| row.0).first().map(|(_, value)| *value);
        let range =
            |knob: Knob| rows_of(&knobs.range, knob, |row| row.0).first().map(|(_, least, most)| (*least, *most));
        let steps = turned.into_iter().filter_map(|knob| {
            let value = value(knob)?;
            let within = range(knob)
                .map_or(String::new(), |(least, most): (Quantity, Quantity)| format!(", between {least} and {most}"));
            let text = format!("turn {}: {value} by default{within}", self.design.name(knob));
            Some(Step { text, fact: Some(fact!(default, knob, value)) })
        });
        steps.collect()
    }

    /// How to recover fully; a copy from its direct upstream.
    fn resolution(&self) -> Vec<Step> {
        let mut steps = vec![];
        let views = self.views();
        let rebuildable: Vec<(View, Source)> =
            self.design.validation.rebuildable.iter().copied().filter(|(view, _)| views.contains(view)).collect();
        steps.extend(rebuildable.chunk_by(|one, next| one.0 == next.0).map(|rows| {
            let (view, source) = rows[0];
            let mut sources: Vec<String> =
                rows.iter().map(|(_, source)| format!("`{}`", self.design.name(*source))).collect();
            sources.sort();
            Step {
                text: format!(
                    "rebuild `{}` from {} where it is wrong rather than old",
                    self.design.name(view),
                    sources.join(" and ")
                ),
                fact: Some(fact!(rebuildable, view, source)),
            }
        }));
        steps
    }

    /// The views that the incident is about: the place, or what its parameter serves.
    fn views(&self) -> BTreeSet<View> {
        match self.place() {
            Some(Entity::View(view)) => BTreeSet::from([view]),
            Some(Entity::Dp(dp)) => {
                let serves = self.design.parameters.serves_view.iter().filter(|(other, _)| *other == dp);
                serves.map(|(_, view)| *view).collect()
            }
            _ => BTreeSet::new(),
        }
    }

    /// It is over when the alerts are quiet and the audits find nothing.
    fn verification(&self) -> Vec<Step> {
        let design = self.design;
        let mut steps = vec![];
        for alert in self.alerts() {
            let Some((metric, ..)) = design.observability.watched(alert) else { continue };
            let text = format!("`{}` is back: {}", design.name(metric), alerts::quiet(design, alert));
            steps.push(Step { text, fact: Some(fact!(triggered, self.runbook, alert)) });
        }
        let verified = self.own(&design.runbooks.verified, |row| row.0);
        steps.extend(verified.iter().map(|&(_, invariant)| Step {
            text: format!("an audit that began after the last step finds no violation of {}", design.name(invariant)),
            fact: Some(fact!(verified, self.runbook, invariant)),
        }));
        steps
    }

    /// S11-d7: what refuses work rather than answer wrongly is left to.
    fn closed(&self) -> Option<Step> {
        let topology = &self.design.topology;
        let component = match self.place()? {
            Entity::Component(component) => component,
            other => *self.shelf.host.get(other).first()?,
        };
        let text =
            format!("`{}` refuses work rather than answer wrongly: do not force it open", self.design.name(component));
        let fact = Some(fact!(fails_closed, component));
        topology.fails_closed.binary_search(&(component,)).is_ok().then_some(Step { text, fact })
    }
}

fn uncapitalized(text: &str) -> String {
    let mut chars = text.trim_end_matches('.').chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}
