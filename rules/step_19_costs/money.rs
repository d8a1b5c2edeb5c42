//! What usage comes to in money, where the author gives prices: `price { storage: 0.10USD per GB month }`.

use super::CostKind;
use super::usage::{Estimate, Usage, usages};
use crate::Design;
use crate::fact::*;
use crate::quantity::{Currency, Dimension, Quantity};
use crate::vocabulary::Vocabulary;
use std::collections::{BTreeMap, BTreeSet};

/// A price as the author gives it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rate {
    /// Which.
    pub price: Price,
    /// Of what.
    pub kind: CostKind,
    /// What it buys: bytes, requests, hours of a processor.
    pub unit: Quantity,
    /// For how long, where it buys something for a time: bytes kept, a processor, a provisioned rate. What is paid for each
    /// time (a request, a byte moved) has none.
    pub period: Option<Quantity>,
    /// So much.
    pub amount: Quantity,
}

/// What one use costs in a month.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// How much of what.
    pub usage: Usage,
    /// Its price.
    pub rate: Option<Rate>,
    /// Low, likely and high; none where something is missing or too large.
    pub monthly: [Option<Quantity>; 3],
}

/// The estimates, in the order of [`Line::monthly`].
pub const ESTIMATES: [Estimate; 3] = [Estimate::Low, Estimate::Likely, Estimate::High];

/// Every use with what it costs.
pub fn lines(design: &Design) -> Vec<Line> {
    let rates = rates(&design.facts);
    let line = |usage: Usage| {
        let rate = rates.get(&usage.kind).copied();
        let monthly = ESTIMATES.map(|estimate| rate?.monthly(usage.total(&design.facts, estimate)?));
        Line { usage, rate, monthly }
    };
    usages(design).into_iter().map(line).collect()
}

/// The sum of what can be told, by estimate; none where currencies differ or nothing has a price.
pub fn totals(lines: &[Line]) -> [Option<Quantity>; 3] {
    std::array::from_fn(|estimate| {
        let mut costs = lines.iter().filter_map(|line| line.monthly[estimate]);
        let first = costs.next()?;
        costs.try_fold(first, |sum, cost| sum.checked_add(&cost))
    })
}

impl Rate {
    /// What so much of it costs in a month of thirty days.
    fn monthly(&self, used: Quantity) -> Option<Quantity> {
        let used = match (self.period, used.dimension) {
            // A rate that is provisioned: so many a second, kept up all month.
            (Some(period), Dimension::Rate) => used.checked_mul(&SECOND)?.checked_mul(&MONTH.checked_div(&period)?)?,
            (Some(period), _) => used.checked_mul(&MONTH.checked_div(&period)?)?,
            // Requests and bytes moved happen in the month.
            (None, _) => used.checked_mul(&MONTH)?,
        };
        self.amount.checked_mul(&used.checked_div(&self.unit)?)
    }
}

/// The prices that can be read, by what they are of; the last one counts.
pub fn rates(facts: &Facts) -> BTreeMap<CostKind, Rate> {
    facts
        .price
        .iter()
        .filter_map(|(price, unit, amount)| read(facts, *price, unit, *amount))
        .map(|rate| (rate.kind, rate))
        .collect()
}

/// A price of something that the model counts, per a unit of it.
pub fn read(facts: &Facts, price: Price, unit: &str, amount: Quantity) -> Option<Rate> {
    let kind = kind_of(facts.name(price))?;
    let Dimension::Money(_) = amount.dimension else { return None };
    let (mut bought, mut period) = (None, None);
    for word in unit.split([' ', '-', '/', '*']).filter(|word| !word.is_empty()) {
        match (period_of(word), unit_of(word)) {
            (Some(time), _) if period.is_none() => period = Some(time),
            (None, Some(some)) if bought.is_none() => bought = Some(some),
            // `1M requests`, `vCPU hour`: the thing itself says nothing more.
            (None, None) if kind.things().contains(&word.to_lowercase().trim_end_matches('s')) => (),
            // A word that is passed over makes a price of something else.
            _ => return None,
        }
    }
    let counted = matches!(kind, CostKind::Iops | CostKind::Compute);
    // Nothing said at all is a gigabyte for a month; a time alone does not say of how much.
    let nothing = if counted { Some(Quantity::count(1)) } else { unit.trim().is_empty().then_some(GIGABYTE) };
    let unit = bought.or(nothing)?;
    let fits = if counted { unit.dimension == Dimension::Count } else { unit.dimension == Dimension::Bytes };
    let period = match kind {
        CostKind::Storage | CostKind::Memory => Some(period.unwrap_or(MONTH)),
        CostKind::Compute => Some(period.unwrap_or(HOUR)),
        CostKind::Iops => period,
        CostKind::Network if period.is_some() => return None,
        CostKind::Network => None,
    };
    (fits && !unit.is_zero()).then_some(Rate { price, kind, unit, period, amount })
}

impl CostKind {
    /// What its unit may be called besides its measure: `per 1M requests`, `per vCPU hour`.
    fn things(self) -> &'static [&'static str] {
        match self {
            CostKind::Iops => &["request", "operation", "read", "write", "iop"],
            CostKind::Compute => &["vcpu", "cpu", "core", "processor"],
            CostKind::Network => &["transferred", "out", "moved"],
            CostKind::Storage | CostKind::Memory => &["kept", "stored"],
        }
    }

    /// A price as it could be written, in that currency.
    pub fn example(self, currency: Currency) -> String {
        let (amount, unit) = match self {
            CostKind::Storage => ("0.10", "GB month"),
            CostKind::Memory => ("3", "GB month"),
            CostKind::Compute => ("0.04", "vCPU hour"),
            CostKind::Network => ("0.05", "GB"),
            CostKind::Iops => ("0.20", "1M requests"),
        };
        format!("{}: {amount}{currency} per {unit}", self.word())
    }
}

/// What a price is of, by the names people use.
pub fn kind_of(name: &str) -> Option<CostKind> {
    let name = name.replace(['_', '-'], " ").to_lowercase();
    let same = CostKind::ALL.iter().copied().find(|kind| kind.word().to_lowercase() == name);
    same.or_else(|| NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind))
}

static NAMES: &[(&str, CostKind)] = &[
    ("disk", CostKind::Storage),
    ("ram", CostKind::Memory),
    ("cache", CostKind::Memory),
    ("cpu", CostKind::Compute),
    ("vcpu", CostKind::Compute),
    ("processor", CostKind::Compute),
    ("traffic", CostKind::Network),
    ("egress", CostKind::Network),
    ("io", CostKind::Iops),
    ("requests", CostKind::Iops),
    ("operations", CostKind::Iops),
];

fn period_of(word: &str) -> Option<Quantity> {
    match word.trim_end_matches('s') {
        "month" | "mo" => Some(MONTH),
        "hour" | "h" | "hr" => Some(HOUR),
        "day" | "d" => Some(DAY),
        "year" | "y" | "yr" => Some(YEAR),
        _ => None,
    }
}

/// `GB`, `1M`, `100GB`, `million`
fn unit_of(word: &str) -> Option<Quantity> {
    if let Some((_, count)) = NUMERALS.iter().find(|(numeral, _)| *numeral == word) {
        return Some(Quantity::count(*count));
    }
    let plain = Quantity::parse(word).or_else(|_| Quantity::parse(&format!("1{word}"))).ok()?;
    matches!(plain.dimension, Dimension::Bytes | Dimension::Count).then_some(plain)
}

static NUMERALS: &[(&str, i128)] = &[("thousand", 1_000), ("million", 1_000_000), ("billion", 1_000_000_000)];

/// The kinds of cost that something uses and nobody prices, with what uses most of them, where any price is given (S19-p3).
pub fn unpriced(design: &Design) -> BTreeMap<CostKind, BTreeSet<Entity>> {
    let mut unpriced: BTreeMap<CostKind, BTreeSet<Entity>> = BTreeMap::new();
    if design.facts.price.is_empty() {
        return unpriced;
    }
    for line in lines(design).into_iter().filter(|line| line.rate.is_none()) {
        unpriced.entry(line.usage.kind).or_default().insert(line.usage.of);
    }
    unpriced
}

const GIGABYTE: Quantity = Quantity::whole(1_000_000_000, Dimension::Bytes);
const SECOND: Quantity = Quantity::whole(1_000_000_000, Dimension::Time);
const HOUR: Quantity = Quantity::whole(3_600_000_000_000, Dimension::Time);
const DAY: Quantity = Quantity::whole(86_400_000_000_000, Dimension::Time);
/// Of thirty days.
pub const MONTH: Quantity = Quantity::whole(2_592_000_000_000_000, Dimension::Time);
const YEAR: Quantity = Quantity::whole(31_536_000_000_000_000, Dimension::Time);
