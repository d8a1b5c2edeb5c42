//! Products, and where they run.

use crate::support::spec_of;
use crate::{Examples, Of, expect};
use sysd::rules::Design;
use sysd::rules::fact::*;
use sysd::rules::step_05_parameters::DpKind;
use sysd::rules::step_10_technology::Capability::{self, *};
use sysd::rules::step_10_technology::artifact;
use sysd::rules::step_11_topology::failure::{impact, recovery};
use sysd::rules::step_11_topology::{ComponentKind, Criticality};

pub fn products(examples: &mut Examples) {
    let (auction, rides, board) = (design("auction"), design("ride_hailing"), design("leaderboard"));
    let acceptance = auction.parameter(DpKind::Acceptance, "Auction");
    expect!(
        examples,
        "S10-e1",
        auction.needs(acceptance, ConditionalWrite) && auction.needs(acceptance, Transaction),
        auction.kept(acceptance) == "PostgreSQL",
        auction.mode("Auction acceptance").contains("serializable, or read committed"),
    );
    let outcomes = auction.parameter(DpKind::Outcomes, "PlaceBid");
    expect!(
        examples,
        "S10-e2",
        auction.needs(outcomes, OutcomeRecord),
        auction.kept(outcomes) == auction.kept(acceptance),
        auction.mode("PlaceBid idempotency store").contains("read committed"),
    );
    // the example keeps the claim in memory, though it is the truth and a restart forgets it. By role: it
    // may stay there only if the author says that losing it costs nothing.
    let claim = rides.parameter(DpKind::Claim, "Driver");
    let durable = "    ordering: lifecycle\n    population 300k";
    let ephemeral =
        variant("ride_hailing", &[(durable, "    ordering: lifecycle\n    ephemeral\n    population 300k")]);
    expect!(
        examples,
        "S10-e3",
        rides.needs(claim, ExpiringClaim),
        rides.kept(claim) == "PostgreSQL" && !rides.would_keep(claim, "Redis"),
        ephemeral.would_keep(ephemeral.parameter(DpKind::Claim, "Driver"), "Redis"),
    );
    let nearby = rides.parameter(DpKind::Projection, "DriversNearby");
    expect!(
        examples,
        "S10-e4",
        rides.needs(nearby, Radius),
        rides.kept(nearby) == "Redis",
        rides.mode("DriversNearby projection maintenance").contains("eventual"),
    );
    let event: Entity = board.object("ScoreEvent").into();
    expect!(
        examples,
        "S10-e5",
        board.needs(event, KeyedAppend) && board.kept(event) == "Kafka",
        board.spread(event) == ["video_id"],
        board.mode("ScoreEvent").contains("at least once"),
    );
    let aggregate = board.parameter(DpKind::Aggregate, "WindowAggregate");
    expect!(
        examples,
        "S10-e6",
        board.needs(aggregate, Windows) && board.kept(aggregate) == "Flink",
        board.mode("WindowAggregate aggregate store").contains("exactly once by checkpoints"),
    );
    let top = board.parameter(DpKind::Projection, "Leaderboard");
    expect!(
        examples,
        "S10-e7",
        board.needs(top, TopK) && board.kept(top) == "Redis",
        board.mode("Leaderboard projection maintenance").contains("eventual"),
    );
    // a stack that may not lag commits with the swipes, for which the example's store has no transactions.
    let dating = variant("dating", &[("staleness <= 0s", "staleness <= 5s"), ("Stack within 0s", "Stack within 5s")]);
    let swipe: Entity = dating.object("Swipe").into();
    expect!(
        examples,
        "S10-e8",
        dating.needs(swipe, KeyedAppend) && dating.needs(swipe, StrongRead),
        dating.kept(swipe) == "Cassandra",
        dating.spread(swipe) == ["swiper_id"],
        dating.mode("Swipe").contains("quorum writes"),
        design("dating").kept(design("dating").object("Swipe").into()) == "CockroachDB",
    );
    let pair = dating.parameter(DpKind::Identity, "Match");
    expect!(
        examples,
        "S10-e9",
        dating.needs(pair, UniqueKey),
        dating.kept(pair) == "PostgreSQL",
        dating.mode("Match identity").contains("at every isolation level"),
    );
}

pub fn failure_domains(examples: &mut Examples) {
    let (auction, rides, board) = (design("auction"), design("ride_hailing"), design("leaderboard"));
    let acceptance = auction.at(auction.parameter(DpKind::Acceptance, "Auction"), ComponentKind::Store);
    let outcomes = auction.at(auction.parameter(DpKind::Outcomes, "PlaceBid"), ComponentKind::Store);
    expect!(
        examples,
        "S11-e1",
        auction.level(acceptance) == Criticality::Critical && auction.closed(acceptance),
        auction.impact(acceptance).contains("PlaceBid") && auction.recovery(acceptance).contains("failover"),
    );
    // closed, there are no duplicates and no bids.
    expect!(
        examples,
        "S11-e2",
        auction.level(outcomes) == Criticality::Critical && auction.closed(outcomes),
        auction.impact(outcomes).contains("duplicates would be possible"),
        auction.recovery(outcomes).contains("replica, promoted"),
    );
    let claim = rides.at(rides.parameter(DpKind::Claim, "Driver"), ComponentKind::Store);
    expect!(
        examples,
        "S11-e3",
        rides.level(claim) == Criticality::Critical && rides.closed(claim),
        rides.impact(claim).contains("Dispatch") && rides.recovery(claim).contains("failover"),
    );
    let log = board.at(board.object("ScoreEvent").into(), ComponentKind::Log);
    expect!(
        examples,
        "S11-e4",
        board.level(log) == Criticality::High && !board.closed(log),
        board.impact(log).contains("lost"),
        board.recovery(log).contains("producers try again") && board.recovery(log).contains("dead-letter"),
    );
    let aggregate = board.at(board.parameter(DpKind::Aggregate, "VideoAggregate"), ComponentKind::Processor);
    expect!(
        examples,
        "S11-e5",
        board.level(aggregate) == Criticality::High,
        board.impact(aggregate).contains("stale") && board.recovery(aggregate).contains("checkpoint"),
    );
    let top = board.at(board.parameter(DpKind::Projection, "Leaderboard"), ComponentKind::Cache);
    expect!(
        examples,
        "S11-e6",
        board.level(top) == Criticality::Medium && !board.closed(top),
        board.impact(top).contains("stale") && board.recovery(top).contains("rebuild from VideoAggregate"),
    );
    let dating = design("dating");
    let told = dating.at(dating.parameter(DpKind::Delivery, "Matched"), ComponentKind::Worker);
    expect!(
        examples,
        "S11-e7",
        dating.level(told) == Criticality::Low,
        dating.impact(told).contains("delayed") && dating.recovery(told).contains("when they ask"),
    );
}

/// A spec of the corpus with some things said differently.
fn variant(name: &str, changes: &[(&str, &str)]) -> Placed {
    let spec = crate::design(name).0;
    let mut text = spec.text.clone();
    for (from, to) in changes {
        assert!(text.contains(from), "{name} does not say `{from}`");
        text = text.replacen(from, to, 1);
    }
    Placed(Of(Box::leak(Box::new(spec_of(name, &spec.folder, text)))))
}

/// The design of a spec of the corpus.
fn design(name: &str) -> Placed {
    Placed(crate::design(name))
}

/// A design that is asked where things are kept and run.
#[derive(Clone, Copy)]
struct Placed(Of);

impl Placed {
    fn design(self) -> &'static Design {
        self.0.design()
    }

    fn object(self, name: &str) -> Object {
        self.0.object(name)
    }

    fn parameter(self, kind: DpKind, of: &str) -> Entity {
        let design = self.design();
        let found = design.parameters.dp.iter().find(|(_, is, what)| *is == kind && design.name(*what) == of);
        found.map(|(dp, ..)| (*dp).into()).unwrap_or_else(|| panic!("there is no {kind} of {of}"))
    }

    fn needs(self, what: Entity, capability: Capability) -> bool {
        self.design().technology.needs_of(what).any(|(needed, _)| needed == capability)
    }

    fn kept(self, what: Entity) -> String {
        let product = self.design().technology.product_of(what);
        product.map(|product| self.design().name(product)).unwrap_or_default()
    }

    fn would_keep(self, what: Entity, product: &str) -> bool {
        let step = &self.design().technology;
        let all = step.product.iter().chain(&step.also).filter(|(other, _)| *other == what);
        all.into_iter().any(|(_, other)| self.design().name(*other) == product)
    }

    /// The consistency mode that the step's table shows for a thing of that name.
    fn mode(self, name: &str) -> String {
        let tables = artifact::tables(self.design());
        let row = tables[0].rows.iter().find(|row| row[0].plain() == name);
        row.map(|row| row[4].plain()).unwrap_or_default()
    }

    fn spread(self, what: Entity) -> Vec<&'static str> {
        let design = self.design();
        let fields = design.topology.spread.iter().filter(|(other, ..)| *other == what);
        fields.map(|(_, field, _)| design.facts.name(*field)).collect()
    }

    /// The component of that kind that hosts a thing.
    fn at(self, what: Entity, kind: ComponentKind) -> Component {
        let step = &self.design().topology;
        let mut hosts = step.hosts.iter().filter(|(_, other)| *other == what).map(|(component, _)| *component);
        let found = hosts.find(|component| step.component[component.index()].1 == kind);
        found.unwrap_or_else(|| panic!("no {kind} hosts {}", self.design().name(what)))
    }

    fn level(self, component: Component) -> Criticality {
        let found = self.design().topology.criticality.iter().find(|(other, _)| *other == component);
        found.map_or(Criticality::Low, |(_, level)| *level)
    }

    fn closed(self, component: Component) -> bool {
        self.design().topology.fails_closed.contains(&(component,))
    }

    fn impact(self, component: Component) -> String {
        impact(self.design(), component, self.level(component)).join("; ")
    }

    fn recovery(self, component: Component) -> String {
        recovery(self.design(), component).join("; ")
    }
}
