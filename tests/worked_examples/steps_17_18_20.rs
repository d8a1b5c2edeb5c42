//! Runbooks, instrumentation, stages.

use crate::{Examples, Of, design, expect};
use sysd::rules::fact::*;
use sysd::rules::quantity::Quantity;
use sysd::rules::step_06_mechanisms::patterns::Mechanism::{self, *};
use sysd::rules::step_17_runbooks::Incident;
use sysd::rules::step_17_runbooks::procedure::procedures;
use sysd::rules::step_18_observability::MetricKind::{self, *};
use sysd::rules::step_20_evolution::{ChangeClass, Lock};

pub fn runbooks(examples: &mut Examples) {
    let (auction, board, rides) = (design("auction"), design("leaderboard"), design("ride_hailing"));
    expect!(
        examples,
        "S17-e1",
        auction.runbook_of(Incident::Contention).is_some_and(|text| {
            ["above 80% of attempts", "hot", "queue in front", "one writer", "drain", "before attempts collide"]
                .iter()
                .all(|words| text.contains(words))
        }),
    );
    expect!(
        examples,
        "S17-e2",
        board.runbook_of(Incident::Stale).is_some_and(|text| {
            ["lag above", "none is needed for correctness", "last position", "checkpoint", "half the bound"]
                .iter()
                .all(|words| text.contains(words))
        }),
    );
    expect!(
        examples,
        "S17-e3",
        rides.runbook_of(Incident::StuckClaim).is_some_and(|text| {
            [
                "claim age above",
                "with which expiry",
                "claims expire",
                "same write as the claim",
                "no claim without expiry",
            ]
            .iter()
            .all(|words| text.contains(words))
        }),
    );
}

pub fn instruments(examples: &mut Examples) {
    let (auction, board, rides, dating) =
        (design("auction"), design("leaderboard"), design("ride_hailing"), design("dating"));
    expect!(
        examples,
        "S18-e1",
        auction.is_measured(&[Attempts, Conflicts, Retries], "Auction acceptance"),
        auction.is_measured(&[Duration], "PlaceBid"),
        auction.is_alerted("RetriesHigh", "Auction acceptance", "50%"),
        auction.is_alerted("Slow", "PlaceBid", "200ms"),
    );
    expect!(
        examples,
        "S18-e2",
        auction
            .is_measured(&[OutcomeLookups, OutcomeHits, OutcomeExpiries, MissedRetries], "PlaceBid idempotency store"),
        auction.is_alerted("RetriesWithoutOutcome", "PlaceBid idempotency store", "1%"),
    );
    expect!(
        examples,
        "S18-e3",
        rides.is_measured(&[Claims, Expiries, ClaimAge], "Driver claim"),
        rides.measured_anywhere(MetricKind::FenceRejections) == rides.takes_anywhere(FencingToken),
        rides.is_alerted("ClaimsExpire", "Driver claim", "5%"),
    );
    let bound = board.lag_of("Leaderboard");
    expect!(
        examples,
        "S18-e4",
        [Throughput, Lag, DeadLetters, DedupHits].iter().all(|kind| board.measured_anywhere(*kind)),
        board.any_alert("Lagging") && board.any_alert("DeadLetters"),
    );
    expect!(
        examples,
        "S18-e5",
        board.is_measured(&[Lag], "Leaderboard"),
        board.measured_anywhere(ApplyDuration),
        board.is_alerted("Stale", "Leaderboard", &bound),
    );
    // both sides make the match, so a share alerts and not the first duplicate.
    expect!(
        examples,
        "S18-e6",
        dating.measured_anywhere(Inserts) && dating.measured_anywhere(DuplicateInserts),
        dating.any_alert("DuplicateInsertsHigh"),
    );
}

pub fn stages(examples: &mut Examples) {
    let (auction, board, rides) = (design("auction"), design("leaderboard"), design("ride_hailing"));
    expect!(
        examples,
        "S20-e1",
        [CacheAside, Cqrs, Cdc, StreamAggregation, Windowing]
            .iter()
            .all(|later| !auction.stage_adds(1, *later) && !board.stage_adds(1, *later)),
        auction.stage_adds(1, CasOnStateAndVersion) && auction.stage_adds(1, IdempotencyKey),
        board.computed_at_first(),
        // Half a second where nothing less is promised; half of what is promised where it is.
        auction.stage_ends(1, Saturation, "60%") && rides.stage_ends(1, Duration, "500ms"),
        auction.stage_ends(1, Duration, "25ms"),
        auction.beyond_first("PlaceBid"),
    );
    expect!(
        examples,
        "S20-e2",
        auction.stage_adds(2, CacheAside) && auction.stage_adds(2, Ttl),
        auction.stage_ends(2, Retries, "20%"),
        board.design().evolution.stage.len() >= 2,
    );
    expect!(
        examples,
        "S20-e3",
        board.stage_adds(3, StreamAggregation) || board.stage_adds(3, Cdc) || board.stage_adds(3, Windowing),
        rides.stage_ends(3, Lag, "30s"),
    );
    expect!(examples, "S20-e4", rides.stage_adds(4, SpatialPartition));
    let locked = &auction.design().evolution.locked;
    let changes = &auction.design().evolution.change;
    // S20-p1 to S20-p3, CK-20c.
    expect!(
        examples,
        "S20-e4",
        locked.iter().any(|(_, lock)| *lock == Lock::Identity)
            && locked.iter().any(|(_, lock)| *lock == Lock::PartitionKey),
        [ChangeClass::Additive, ChangeClass::Migrating, ChangeClass::Irreversible]
            .iter()
            .all(|class| changes.iter().any(|(_, other, _)| other == class)),
    );
}

impl Of {
    /// The text of the runbooks of that incident.
    fn runbook_of(self, incident: Incident) -> Option<String> {
        let design = self.design();
        let of = design.runbooks.incident.iter().filter(|(_, other)| *other == incident).map(|(runbook, _)| *runbook);
        let of: Vec<Runbook> = of.collect();
        let texts = procedures(design).into_iter().filter(|it| of.contains(&it.runbook)).map(|it| {
            assert!(it.parts.iter().all(|part| part.steps().next().is_some()), "{}: an empty part", it.incident);
            it.parts.iter().flat_map(|part| part.steps()).map(|step| step.text.clone()).collect::<Vec<_>>().join("\n")
        });
        texts.reduce(|all, text| all + "\n" + &text)
    }

    fn is_measured(self, kinds: &[MetricKind], name: &str) -> bool {
        let step = &self.design().observability;
        kinds
            .iter()
            .all(|kind| step.metric.iter().any(|(_, other, of)| other == kind && self.design().name(*of) == name))
    }

    fn measured_anywhere(self, kind: MetricKind) -> bool {
        self.design().observability.metric.iter().any(|(_, other, _)| *other == kind)
    }

    fn takes_anywhere(self, mechanism: Mechanism) -> bool {
        let step = &self.design().mechanisms;
        step.mechanism.iter().chain(&step.adds).any(|(_, other, _)| *other == mechanism)
    }

    /// Whether an alert of that name about that thing has that threshold.
    fn is_alerted(self, name: &str, of: &str, threshold: &str) -> bool {
        let step = &self.design().observability;
        let threshold = Quantity::parse(threshold).expect("a quantity");
        let named = step.named.iter().filter(|(_, other)| *other == name).map(|(alert, _)| *alert);
        named.into_iter().any(|alert| {
            let about = step.watched(alert).is_some_and(|(.., what)| self.design().name(what) == of);
            about && step.alert[alert.index()].2 == threshold
        })
    }

    fn any_alert(self, name: &str) -> bool {
        self.design().observability.named.iter().any(|(_, other)| *other == name)
    }

    fn lag_of(self, view: &str) -> String {
        let view = self.view(view);
        let bound = self.design().validation.lag.iter().find(|(other, _)| *other == view);
        bound.map_or(String::new(), |(_, bound)| bound.to_string())
    }

    fn stage_of(self, level: i128) -> Option<Stage> {
        let stages = &self.design().evolution.stage;
        stages.iter().find(|(_, count)| *count == Quantity::count(level)).map(|(stage, _)| *stage)
    }

    fn stage_adds(self, level: i128, mechanism: Mechanism) -> bool {
        let adds = &self.design().evolution.adds;
        self.stage_of(level).is_some_and(|stage| adds.iter().any(|(other, _, it)| *other == stage && *it == mechanism))
    }

    fn stage_ends(self, level: i128, kind: MetricKind, threshold: &str) -> bool {
        let design = self.design();
        let threshold = Quantity::parse(threshold).expect("a quantity");
        let Some(stage) = self.stage_of(level) else { return false };
        design.evolution.signal.iter().any(|(other, metric, at)| {
            *other == stage && *at == threshold && design.observability.metric[metric.index()].1 == kind
        })
    }

    fn computed_at_first(self) -> bool {
        self.design().evolution.stands_in.iter().any(|(_, instead, _)| *instead == ReadSource)
    }

    fn beyond_first(self, operation: &str) -> bool {
        let operation: Operation = self.id(operation);
        let beyond = &self.design().evolution.beyond;
        self.stage_of(1).is_some_and(|stage| beyond.contains(&(stage, operation.into())))
    }
}
