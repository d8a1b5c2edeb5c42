//! The output artifact of this step: where load grows and gathers, what the busiest keys get, and the arithmetic.

use super::loads::{self, LoadKind};
use super::{Hotspot, ScaleType, Scaling, Strategy};
use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::proof::Fact;
use crate::quantity::{Dimension, Quantity};
use crate::step_06_mechanisms::properties::thresholds::{Contention, Threshold};
use crate::step_10_technology::catalogue::commit_of;
use crate::step_12_consistency::{PathKind, of};
use crate::vocabulary::Vocabulary;
use crate::{Design, fact};
use num_rational::Ratio;
use num_traits::CheckedMul;

/// The step's tables: S13-o1, the contention on hot keys, and every value with its formula.
pub fn tables(design: &Design) -> Vec<Table> {
    vec![dimensions(design), contended(design), arithmetic(design), assumed(design)]
}

/// S13-o1: of every path, what drives its load, where it gathers, what gives first, and what is done.
fn dimensions(design: &Design) -> Table {
    let rows = design.consistency.path.iter().map(|&(path, kind)| {
        let step = &design.scaling;
        let types = of(&step.scale_type, |it| it.0, path);
        let strategies = of(&step.strategy, |it| it.0, path);
        vec![
            Cell::list(
                [Cell::Entity(path, design.name(path))]
                    .into_iter()
                    .chain(types.iter().map(|it| Cell::Derived(fact!(scale_type, path, it.1), it.1.word().to_owned())))
                    .collect(),
            ),
            driver(design, path, kind),
            hotspots(design, path),
            Cell::list(types.iter().map(|it| Cell::text(bottleneck(design, path, it.1))).collect()),
            Cell::list(strategies_in_order(strategies).into_iter().map(|it| strategy(design, path, it)).collect()),
        ]
    });
    Table {
        title: "Load dimensions",
        columns: vec!["Dimension", "Driver", "Hot spot", "Likely bottleneck", "Strategy"],
        rows: rows.collect(),
        empty: "there is no path",
    }
}

/// What the load is counted in, and how much of it there is.
fn driver(design: &Design, path: Entity, kind: PathKind) -> Cell {
    let unit = match (path, kind) {
        (Entity::Operation(operation), _) => match keys(design, operation).first() {
            Some(object) => format!("{} per {}", design.name(path), design.name(*object)),
            None => design.name(path),
        },
        (Entity::Event(_), _) => {
            match of(&design.scaling.load_value, |it| it.0, path).iter().any(|it| it.1 == LoadKind::Deliveries) {
                true => "deliveries".to_owned(),
                false => "occurrences".to_owned(),
            }
        }
        _ => "reads".to_owned(),
    };
    let total = of(&design.scaling.total, |it| it.0, path).first();
    match total {
        Some((_, rate)) => Cell::Derived(fact!(total, path, *rate), format!("{unit}, {rate}")),
        None => Cell::text(format!("{unit}, rate not stated")),
    }
}

/// The objects whose instances a write meets on: what is hot, what it changes, what it creates.
fn keys(design: &Design, operation: Operation) -> Vec<Object> {
    let hot = of(&design.scaling.hot, |it| it.0, operation.into()).iter().filter_map(|it| Object::of(it.2));
    let changed = of(&design.evidence.changes, |it| it.0, operation).iter().map(|it| it.1);
    let created = of(&design.evidence.creates, |it| it.0, operation).iter().map(|it| it.1);
    hot.chain(changed).chain(created).collect()
}

fn hotspots(design: &Design, path: Entity) -> Cell {
    let cells = of(&design.scaling.hot, |it| it.0, path).iter().map(|&(_, kind, key)| {
        let text = match (kind, key) {
            (Hotspot::KeyWrite, Entity::Object(object)) => format!("busiest {}", key_of(design, object)),
            (Hotspot::KeyRead, Entity::Object(object)) => format!("busiest {}", looked_up(design, path, object)),
            (Hotspot::KeyRead, _) => format!("most read key of {}", design.name(key)),
            (Hotspot::Partition, Entity::Object(object)) => {
                format!("shard of the busiest {}", scope_of(design, object))
            }
            (Hotspot::FanOut, _) => "the occurrence with most receivers".to_owned(),
            (Hotspot::TimeBoundary, Entity::View(_)) => "windows that close together".to_owned(),
            (Hotspot::TimeBoundary, _) => "deadlines at the same second".to_owned(),
            _ => design.name(key),
        };
        (text, fact!(hot, path, kind, key))
    });
    // What is due at one second is due of every object that it is about, and said once.
    let mut told: Vec<(String, Fact)> = vec![];
    cells.for_each(|(text, fact)| match told.iter().any(|(other, _)| *other == text) {
        true => (),
        false => told.push((text, fact)),
    });
    Cell::list(told.into_iter().map(|(text, fact)| Cell::Derived(fact, text)).collect())
}

/// `Auction.auction_id`: the name of the key writers meet on.
fn key_of(design: &Design, object: Object) -> String {
    let key = design.facts.key.iter().find(|(other, _)| *other == object);
    key.map_or_else(|| design.name(object), |(_, field)| design.facts.path(*field))
}

/// What a query looks up by; the key where it does not say.
fn looked_up(design: &Design, path: Entity, object: Object) -> String {
    let by = design
        .facts
        .query_by
        .iter()
        .find(|(query, field)| Entity::from(*query) == path && design.facts.object_of(*field) == object);
    by.map_or_else(|| key_of(design, object), |(_, field)| design.facts.path(*field))
}

fn scope_of(design: &Design, object: Object) -> String {
    let scope: Vec<String> =
        of(&design.axes.ordered_within, |it| it.0, object).iter().map(|(_, field)| design.facts.path(*field)).collect();
    if scope.is_empty() { design.name(object) } else { scope.join(", ") }
}

/// What gives first, by how the path scales (S13-r1 to S13-r5).
fn bottleneck(design: &Design, path: Entity, scale: ScaleType) -> String {
    let strategies = of(&design.scaling.strategy, |it| it.0, path);
    let taken = |strategy: Strategy| strategies.iter().any(|it| it.1 == strategy);
    match scale {
        ScaleType::WriteHeavy => {
            match of(&design.scaling.hot, |it| it.0, path).iter().any(|it| it.1 == Hotspot::Partition) {
                true => "throughput of one partition".into(),
                false => "ingest throughput".into(),
            }
        }
        ScaleType::ContentionHeavy if taken(Strategy::RetryBudget) => "attempts lost on the busiest key".into(),
        ScaleType::ContentionHeavy => "one key's decisions, taken in turn".into(),
        ScaleType::ReadHeavy if taken(Strategy::CellCache) => "reads of the crowded cell".into(),
        ScaleType::ReadHeavy => "read throughput and latency".into(),
        ScaleType::FanOutHeavy => "the path that notifies".into(),
        ScaleType::AggregationHeavy => "aggregation throughput and the size of its state".into(),
    }
}

/// Each strategy once, what is done now before what comes next.
fn strategies_in_order(all: &[(Entity, Strategy, crate::proof::RuleId)]) -> Vec<Strategy> {
    let mut strategies: Vec<(bool, Strategy)> = all.iter().map(|it| (it.2 == "S13-h1", it.1)).collect();
    strategies.sort();
    let mut found: Vec<Strategy> = vec![];
    for (_, strategy) in strategies {
        if !found.contains(&strategy) {
            found.push(strategy);
        }
    }
    found
}

fn strategy(design: &Design, path: Entity, strategy: Strategy) -> Cell {
    let next =
        of(&design.scaling.strategy, |it| it.0, path).iter().filter(|it| it.1 == strategy).all(|it| it.2 == "S13-h1");
    let limit = value(&design.scaling, path, LoadKind::Limit);
    let text = match limit.filter(|_| next) {
        Some(limit) => format!("{} from {limit} on one key on", strategy.word()),
        None if next => format!("{} where compare-and-set loses", strategy.word()),
        None => strategy.word().to_owned(),
    };
    Cell::Derived(fact!(strategy, path, strategy), text)
}

/// S13-h1: what the busiest keys get, and whether the mechanism can carry it.
fn contended(design: &Design) -> Table {
    let rows = loads::hot_keys(design).into_iter().map(|hot| {
        let path = hot.operation.into();
        let shown = |kind: LoadKind| match value(&design.scaling, path, kind) {
            Some(value) => Cell::Derived(fact!(load_value, path, kind, value), short(value)),
            None => Cell::Empty,
        };
        vec![
            Cell::Entity(path, design.name(path)),
            Cell::Entity(hot.object.into(), key_of(design, hot.object)),
            shown(LoadKind::Hottest),
            shown(LoadKind::Together),
            shown(LoadKind::Skew),
            shown(LoadKind::InFlight),
            shown(LoadKind::Limit),
            shown(LoadKind::Lost),
            Cell::text(verdict(design, &hot)),
        ]
    });
    Table {
        title: "Contention on hot keys",
        columns: vec![
            "Operation",
            "Key",
            "On the busiest",
            "With all that change it",
            "Times its equal share",
            "At a time",
            "Compare-and-set carries",
            "Lost attempts",
            "Verdict",
        ],
        rows: rows.collect(),
        empty: "no operation says what its busiest key gets: where many may meet on one, write `rate 20k/s, hottest auction 500/s`",
    }
}

fn verdict(design: &Design, hot: &Contention) -> String {
    let step = &design.scaling;
    let queued = of(&step.strategy, |it| it.0, Entity::from(hot.operation))
        .iter()
        .any(|it| it.1 == Strategy::SingleWriterQueue && it.2 == "S13-r2");
    let batch = value(step, hot.operation.into(), LoadKind::Batch);
    match (hot.exceeds_cas(), queued, batch) {
        (false, ..) if !loads::loses(design, hot.operation) => match hot.all == hot.rate {
            true => "added without comparing: none is lost".to_owned(),
            false => "added without comparing: none is lost, but whoever compares loses against it".to_owned(),
        },
        (false, ..) => "compare-and-set carries it".to_owned(),
        (true, true, Some(batch)) => format!(
            "beyond compare-and-set: a single writer per key, which commits {batch} decisions at a time to keep up"
        ),
        (true, true, None) => "beyond compare-and-set: a single writer per key".to_owned(),
        // Step 6 chose by a time that the product, chosen since, does not keep.
        (true, false, _) if hot.round_trip != Threshold::StoreRoundTrip.value(&design.facts) => format!(
            "beyond compare-and-set where a commit takes {}: `load {{ store_round_trip: {} }}` brings a queue, if that is what is measured",
            hot.round_trip, hot.round_trip
        ),
        (true, false, _) => "beyond compare-and-set".to_owned(),
    }
}

/// the times that the arithmetic takes for granted, whose they are and where they come from.
fn assumed(design: &Design) -> Table {
    let general = Threshold::StoreRoundTrip;
    let value = general.value(&design.facts);
    let declared = general.declared(&design.facts).is_some();
    let from = match declared {
        true => "declared: `store_round_trip`".to_owned(),
        false => {
            "assumed, one round trip and one flush within a zone; `load { store_round_trip: … }` sets it".to_owned()
        }
    };
    let first =
        vec![Cell::text(general.word()), Cell::text("every store"), Cell::text(value.to_string()), Cell::text(from)];
    let mut products: Vec<Technology> = design.technology.product.iter().map(|(_, technology)| *technology).collect();
    products.sort();
    products.dedup();
    let slower = products.into_iter().filter(|_| !declared).filter_map(|technology| {
        let commit = commit_of(&design.name(technology)).filter(|commit| commit.time().amount > value.amount)?;
        Some(vec![
            Cell::text("commit"),
            Cell::Entity(technology.into(), design.name(technology)),
            Cell::text(commit.time().to_string()),
            Cell::text(format!("assumed, {}; `load {{ store_round_trip: … }}` sets it", commit.why)),
        ])
    });
    Table {
        title: "Assumed times",
        columns: vec!["Time", "Of", "Value", "From"],
        rows: std::iter::once(first).chain(slower).collect(),
        empty: "",
    }
}

/// Every value, with its formula and what was put into it.
fn arithmetic(design: &Design) -> Table {
    let rows = loads::loads(design).into_iter().map(|load| {
        vec![
            Cell::Entity(load.of, design.name(load.of)),
            Cell::text(load.kind.word()),
            Cell::Derived(load.fact(), short(load.value)),
            Cell::text(load.kind.gloss()),
            Cell::Code(load.inputs),
        ]
    });
    Table {
        title: "Load arithmetic",
        columns: vec!["Of", "Kind", "Value", "Formula", "With"],
        rows: rows.collect(),
        empty: "no rate, size or population is stated",
    }
}

fn value(step: &Scaling, path: Entity, kind: LoadKind) -> Option<Quantity> {
    of(&step.load_value, |it| it.0, path).iter().find(|it| it.1 == kind).map(|it| it.2)
}

/// As it is read: no more than three places of a count, which is kept exactly all the same.
fn short(value: Quantity) -> String {
    let text = value.to_string();
    let places =
        text.split_once('.').map_or(0, |(_, fraction)| fraction.trim_end_matches(|c: char| !c.is_ascii_digit()).len());
    if places <= 3 || !matches!(value.dimension, Dimension::Count | Dimension::Percent) {
        return text;
    }
    let thousand = Ratio::from_integer(1000);
    let rounded = value.amount.checked_mul(&thousand).map(|thousandths| thousandths.round() / thousand);
    rounded.map_or(text, |amount| format!("~{}", Quantity::new(amount, value.dimension)))
}
