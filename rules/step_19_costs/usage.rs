//! How much of everything a design uses, as formulas with units (S19-p2, A-77): storage is rate × size × retention, work
//! under way is rate × time (Little's law). Every figure shows its inputs, and what is missing is named.

use super::{CostKind, Costs, Growth};
use crate::Design;
use crate::expression::{Action, Expr};
use crate::fact;
use crate::fact::*;
use crate::groups::Groups;
use crate::load::{of_things, stated};
use crate::proof::{Fact, premises};
use crate::quantity::{Dimension, Quantity};
use crate::step_04_invariants::scope::canonical;
use crate::step_05_parameters::DpKind;
use crate::step_09_schema::TableClass;
use crate::step_13_scaling::loads::LoadKind;
use crate::step_15_objectives::SloType;
use crate::step_16_knobs::KnobKind;
use crate::vocabulary::{Vocabulary, vocabulary};
use num_rational::Ratio;
use num_traits::{CheckedDiv, CheckedMul};
use std::collections::{BTreeMap, BTreeSet};

vocabulary! {
    /// A number the cost model needs; `load { record_size: 2KB }` in a spec sets it.
    CostInput = "input of the cost model" {
        RecordSize = "record size": "A record, an outcome or a message whose size nobody gives.",
        RequestWork = "request work": "How long a processor works on one request.",
        LowLoad = "low load": "The low estimate, as a part of the likely one.",
        HighLoad = "high load": "The high estimate, as a part of the likely one.",
        Groups = "groups": "How many groups an aggregate or ranking is made for, where nothing says so.",
    }
}

impl CostInput {
    /// What holds where the author says nothing.
    pub fn default(self) -> Quantity {
        match self {
            CostInput::RecordSize => Quantity::whole(1_000, Dimension::Bytes),
            CostInput::RequestWork => Quantity::whole(5_000_000, Dimension::Time),
            CostInput::LowLoad => Quantity::whole(50, Dimension::Percent),
            CostInput::HighLoad => Quantity::whole(200, Dimension::Percent),
            CostInput::Groups => Quantity::count(1_000),
        }
    }

    /// The author's number, or the default.
    pub fn value(self, facts: &Facts) -> Quantity {
        stated(facts, self.word(), self.default().dimension).map_or(self.default(), |(_, number)| number)
    }
}

/// What a formula multiplies.
#[derive(Clone, PartialEq, Debug)]
pub struct Factor {
    /// What it is: "rate of PlaceBid".
    pub name: String,
    /// Its figure; none where nobody gives it.
    pub value: Option<Quantity>,
    /// Whether it moves with the load.
    pub scales: bool,
}

/// How much of one resource one thing uses.
#[derive(Clone, PartialEq, Debug)]
pub struct Usage {
    /// What uses it.
    pub of: Entity,
    /// What is used.
    pub kind: CostKind,
    /// The sum of products that it comes to.
    pub products: Vec<Vec<Factor>>,
}

/// How much load.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Estimate {
    /// A quiet time.
    Low,
    /// As declared.
    Likely,
    /// More than expected.
    High,
}

impl Usage {
    /// What it comes to; none where an input is missing or the figure is too large to say.
    pub fn total(&self, facts: &Facts, estimate: Estimate) -> Option<Quantity> {
        let share = match estimate {
            Estimate::Low => CostInput::LowLoad.value(facts),
            Estimate::Likely => Quantity::whole(100, Dimension::Percent),
            Estimate::High => CostInput::HighLoad.value(facts),
        };
        let mut total: Option<Quantity> = None;
        for product in &self.products {
            let mut value = Quantity::count(1);
            for factor in product {
                value = value.checked_mul(&factor.value?)?;
                if factor.scales {
                    value = value.checked_mul(&share)?;
                }
            }
            total = Some(total.map_or(Some(value), |total| total.checked_add(&value))?);
        }
        total
    }

    /// `rate of PlaceBid (2k/s) × size of Bid (120B) × retention of Bid (5y)`
    pub fn formula(&self) -> String {
        let factor = |factor: &Factor| match factor.value {
            Some(value) => format!("{} ({value})", factor.name),
            None => format!("{} (?)", factor.name),
        };
        let product = |product: &Vec<Factor>| product.iter().map(factor).collect::<Vec<_>>().join(" × ");
        self.products.iter().map(product).collect::<Vec<_>>().join(" + ")
    }

    /// The inputs that nobody gives.
    pub fn missing(&self) -> Vec<&str> {
        let factors = self.products.iter().flatten().filter(|factor| factor.value.is_none());
        let mut names: Vec<&str> = vec![];
        for factor in factors {
            if !names.contains(&factor.name.as_str()) {
                names.push(&factor.name);
            }
        }
        names
    }

    /// Whether every input is there and the figure is too large to say all the same.
    pub fn overflows(&self, facts: &Facts) -> bool {
        self.missing().is_empty() && !self.products.is_empty() && self.total(facts, Estimate::High).is_none()
    }
}

/// Everything a design uses, by what uses it.
pub fn usages(design: &Design) -> Vec<Usage> {
    let ledger = Ledger::new(design);
    let mut all = vec![];
    for &(of, kind, _) in &design.costs.dominant {
        let products = match (of, kind) {
            (Entity::Object(object), CostKind::Storage | CostKind::Memory) => ledger.kept(object),
            (Entity::Object(object), CostKind::Iops) => ledger.written(object),
            (Entity::View(view), _) => vec![ledger.copied(view)],
            (Entity::Dp(dp), CostKind::Storage) => ledger.remembered(dp),
            (Entity::Table(table), CostKind::Storage) => ledger.machinery(table),
            (Entity::Dp(dp), CostKind::Network) => ledger.delivered(dp),
            (Entity::Query(query), _) => vec![ledger.looked_up(query)],
            (Entity::Operation(operation), _) => vec![ledger.worked(operation)],
            _ => vec![],
        };
        if !products.is_empty() {
            all.push(Usage { of, kind, products });
        }
    }
    all
}

/// Figures by what they are of.
struct Ledger<'d> {
    design: &'d Design,
    rates: BTreeMap<Operation, Quantity>,
    sizes: BTreeMap<Object, Quantity>,
    retentions: BTreeMap<Object, Quantity>,
    populations: BTreeMap<Object, Quantity>,
    created: BTreeMap<Object, Vec<Operation>>,
    changed: BTreeMap<Object, Vec<Operation>>,
    of: BTreeMap<Dp, (DpKind, Entity)>,
    growth: BTreeMap<Entity, Growth>,
}

impl<'d> Ledger<'d> {
    fn new(design: &'d Design) -> Ledger<'d> {
        let facts = &design.facts;
        let (mut created, mut changed): (BTreeMap<_, Vec<_>>, BTreeMap<_, Vec<_>>) = Default::default();
        for &(operation, object) in &design.evidence.creates {
            created.entry(object).or_default().push(operation);
        }
        for &(operation, object) in &design.evidence.writes {
            changed.entry(object).or_default().push(operation);
        }
        let mut rates: BTreeMap<Operation, Quantity> = facts.rate.iter().copied().collect();
        for (_, of, rate) in of_things(facts, Dimension::Rate) {
            if let Entity::Operation(operation) = of {
                rates.entry(operation).or_insert(rate);
            }
        }
        Ledger {
            design,
            rates,
            sizes: facts.size.iter().copied().collect(),
            retentions: facts.retention.iter().copied().collect(),
            populations: facts.population.iter().copied().collect(),
            created,
            changed,
            of: design.parameters.dp.iter().map(|(dp, kind, of)| (*dp, (*kind, *of))).collect(),
            growth: design.costs.growth.iter().map(|(of, growth, _)| (*of, *growth)).collect(),
        }
    }

    fn input(&self, input: CostInput) -> Factor {
        fixed(input.word().to_owned(), Some(input.value(&self.design.facts)))
    }

    fn rate(&self, operation: Operation) -> Factor {
        scaling(format!("rate of {}", self.design.name(operation)), self.rates.get(&operation).copied())
    }

    fn size(&self, object: Object) -> Factor {
        match self.sizes.get(&object) {
            Some(size) => fixed(format!("size of {}", self.design.name(object)), Some(*size)),
            None => self.input(CostInput::RecordSize),
        }
    }

    /// S19-e1: what is appended is kept for its retention; of everything else there is what its population is.
    fn kept(&self, object: Object) -> Vec<Vec<Factor>> {
        let name = self.design.name(object);
        let population = self.populations.get(&object).copied();
        let adds = self.created.get(&object).filter(|_| population.is_none());
        match adds {
            Some(operations) => {
                let retention = fixed(format!("retention of {name}"), self.retentions.get(&object).copied());
                let product = |operation: &Operation| vec![self.rate(*operation), self.size(object), retention.clone()];
                operations.iter().map(product).collect()
            }
            None => vec![vec![scaling(format!("number of {name}"), population), self.size(object)]],
        }
    }

    fn written(&self, object: Object) -> Vec<Vec<Factor>> {
        let operations = self.changed.get(&object).into_iter().flatten();
        operations.map(|operation| vec![self.rate(*operation)]).collect()
    }

    /// S19-e3, S19-e4: scopes × K for a ranking, a row for each group of an aggregate, a copy of every record otherwise.
    fn copied(&self, view: View) -> Vec<Factor> {
        let facts = &self.design.facts;
        let top = facts.top.iter().find(|(other, _)| *other == view).map(|(_, kept)| *kept);
        let groups: Vec<Field> =
            facts.grouped.iter().filter(|(other, _)| *other == view).map(|(_, field)| *field).collect();
        let source = facts.upstream.iter().find(|(other, _)| *other == view).map(|(_, source)| *source);
        let mut factors = vec![];
        if !groups.is_empty() {
            let names: Vec<&str> = groups.iter().map(|field| facts.name(*field)).collect();
            let name = format!("number of {}", names.join(" × "));
            let given = stated(facts, &names.join(" "), Dimension::Count).map(|(_, number)| number);
            let known = given.or_else(|| self.values(&groups));
            factors.push(scaling(name, known.or_else(|| Some(CostInput::Groups.value(facts)))));
        }
        if let Some(top) = top {
            factors.push(fixed(format!("length of {}", self.design.name(view)), Some(top)));
        }
        match source {
            Some(Source::Object(object)) if factors.is_empty() => {
                let name = format!("number of {}", self.design.name(object));
                vec![scaling(name, self.populations.get(&object).copied()), self.size(object)]
            }
            Some(Source::Object(object)) => [factors, vec![self.size(object)]].concat(),
            _ => [factors, vec![self.input(CostInput::RecordSize)]].concat(),
        }
    }

    /// How many values one field has: as many as there are records that it refers to, or users that it is always filled with.
    fn values(&self, fields: &[Field]) -> Option<Quantity> {
        let ([field], facts) = (fields, &self.design.facts) else { return None };
        let meant = canonical(facts)[field.index()];
        let object = facts.key.iter().find(|(_, key)| *key == meant).map(|(object, _)| *object);
        let referred = object.filter(|object| *object != facts.object_of(*field)).and_then(|object| self.count(object));
        let filled = facts.effect.iter().filter_map(|(_, operation, .., action)| match action {
            Action::Create(values) => values.iter().find(|(of, _)| of == field).map(|(_, value)| (*operation, value)),
            _ => None,
        });
        let makers: Option<BTreeSet<Operation>> =
            filled.map(|(operation, value)| (*value == Expr::Caller).then_some(operation)).collect();
        let asked =
            facts.operation.iter().filter(|(operation, _)| makers.iter().flatten().any(|maker| maker == operation));
        let users: BTreeSet<Actor> = asked.map(|(_, actor)| *actor).collect();
        let users =
            users.iter().map(|actor| facts.actor_count.iter().find(|(of, _)| of == actor).map(|(_, count)| *count));
        referred.or_else(|| users.reduce(|all, count| all?.checked_add(&count?))?)
    }

    /// S19-e7: write rate × time to live.
    fn remembered(&self, dp: Dp) -> Vec<Vec<Factor>> {
        let Some((_, Entity::Operation(operation))) = self.of.get(&dp) else { return vec![] };
        let kept = self.design.knobs.set(KnobKind::OutcomeTtl, dp);
        let kept = kept.or_else(|| {
            self.design.facts.remembered.iter().find(|(other, _)| other == operation).map(|(_, time)| *time)
        });
        let name = format!("time outcomes of {} are kept", self.design.name(*operation));
        let kept = kept.map_or_else(a_year, |kept| fixed(name, Some(kept)));
        vec![vec![self.rate(*operation), kept, self.input(CostInput::RecordSize)]]
    }

    /// S19-e7: rows that mechanisms write × the time that they are kept.
    fn machinery(&self, table: Table) -> Vec<Vec<Factor>> {
        let design = self.design;
        let of_table = design
            .scaling
            .load_value
            .iter()
            .find(|(of, kind, _)| (*of, *kind) == (table.into(), LoadKind::RowsWritten));
        let written = scaling(format!("rows written to {}", design.name(table)), of_table.map(|(.., rate)| *rate));
        let kept = design.schema.kept.iter().find(|(of, _)| *of == table).map(|(_, time)| *time);
        // What is marked for good is marked once for each record that there is, however often it changes.
        let marks = design.schema.table.iter().find(|(other, class, _)| (*other, *class) == (table, TableClass::Marks));
        if let (Some((.., Entity::View(view))), None) = (marks, kept) {
            let sources = design.facts.upstream.iter().filter(|(of, _)| of == view);
            let counted = sources.map(|(_, source)| match source {
                Source::Object(object) => Some((*object, self.count(*object)?)),
                Source::View(_) => None,
            });
            if let Some([(object, count)]) = counted.collect::<Option<Vec<_>>>().as_deref() {
                let number = scaling(format!("number of {}", design.name(*object)), Some(*count));
                return vec![vec![number, self.input(CostInput::RecordSize)]];
            }
        }
        let kept =
            kept.map_or_else(a_year, |kept| fixed(format!("time rows of {} are kept", design.name(table)), Some(kept)));
        vec![vec![written, kept, self.input(CostInput::RecordSize)]]
    }

    /// occurrences × receivers × size.
    fn delivered(&self, dp: Dp) -> Vec<Vec<Factor>> {
        let facts = &self.design.facts;
        let Some((_, Entity::Event(event))) = self.of.get(&dp) else { return vec![] };
        let size = facts.audience_size.iter().find(|(other, _)| other == event).map(|(_, size)| *size);
        let receivers = fixed(format!("receivers of {}", self.design.name(*event)), size);
        let makers = facts.announces.iter().filter(|(_, other)| other == event);
        let product = |(operation, _): &(Operation, Event)| {
            vec![self.rate(*operation), receivers.clone(), self.input(CostInput::RecordSize)]
        };
        makers.map(product).collect()
    }

    /// Look-ups × the steps that each takes: the binary logarithm of what there is, divided by how much a page holds.
    fn looked_up(&self, query: Query) -> Vec<Factor> {
        let facts = &self.design.facts;
        let rate = facts.query_rate.iter().find(|(other, _)| *other == query).map(|(_, rate)| *rate);
        let mut factors = vec![scaling(format!("rate of {}", self.design.name(query)), rate)];
        let read = facts.query_reads.iter().find(|(other, _)| *other == query).map(|(_, source)| *source);
        if let Some(Source::Object(object)) = read
            && let (Some(count), Some(Growth::Logarithmic)) = (self.count(object), self.growth.get(&query.into()))
        {
            let name = format!("pages per look-up among {} {}", shown(count), self.design.name(object));
            factors.push(fixed(name, Some(depth(count))));
        }
        factors
    }

    /// How many there are: the population, or what is created within the retention.
    fn count(&self, object: Object) -> Option<Quantity> {
        self.populations.get(&object).copied().or_else(|| {
            let retention = self.retentions.get(&object)?;
            let rates = self.created.get(&object)?.iter().map(|operation| self.rates.get(operation).copied());
            rates.reduce(|sum, rate| sum?.checked_add(&rate?))??.checked_mul(retention)
        })
    }

    /// Little's law: processors at work = rate × time each works on a request.
    fn worked(&self, operation: Operation) -> Vec<Factor> {
        vec![self.rate(operation), self.input(CostInput::RequestWork)]
    }
}

/// What is kept for good has no end to multiply by: what a year of it comes to.
fn a_year() -> Factor {
    fixed(
        "a year, of what is kept for good".to_owned(),
        Some(Quantity::whole(365 * 86_400 * 1_000_000_000, Dimension::Time)),
    )
}

/// Requests under way at the same moment on every path with a rate, at most: rate × deadline. Little's law asks for the mean time,
/// which nobody declares; no request takes longer than its deadline.
pub fn concurrency(design: &Design) -> BTreeMap<Entity, Usage> {
    under_way(design).map(|(path, _, usage)| (path, usage)).collect()
}

/// Puts on record how many requests are under way: with the rate, and what sets the deadline.
pub fn record(design: &Design, step: &mut Costs) {
    let objectives = &design.objectives;
    let deadlines = objectives.slo.iter().filter(|(_, kind, _)| *kind == SloType::Latency);
    let deadlines = Groups::new(deadlines.map(|(slo, kind, path)| (*path, fact!(slo, *slo, *kind, *path))));
    for (path, rate, usage) in under_way(design) {
        let Some(requests) = usage.total(&design.facts, Estimate::Likely) else { continue };
        let grounds = [&[rate][..], deadlines.get(path)].concat();
        step.because.push((fact!(under_way, path, requests), "S19-p2", premises(&grounds)));
        step.under_way.push((path, requests));
    }
}

fn under_way(design: &Design) -> impl Iterator<Item = (Entity, Fact, Usage)> {
    let deadlines = crate::step_15_objectives::budget::deadlines(design);
    crate::step_15_objectives::paths::rates(&design.facts).into_iter().filter_map(move |(path, rate, declared)| {
        let time = *deadlines.get(&path)?;
        let name = design.name(path);
        let factors =
            vec![scaling(format!("rate of {name}"), Some(rate)), fixed(format!("deadline of {name}"), Some(time))];
        Some((path, declared, Usage { of: path, kind: CostKind::Compute, products: vec![factors] }))
    })
}

/// Pages from the root of an index to a record, a few hundred keys to a page.
fn depth(count: Quantity) -> Quantity {
    let (mut pages, mut reach) = (1_i128, Ratio::from_integer(KEYS_PER_PAGE));
    while reach < count.amount {
        match reach.checked_mul(&Ratio::from_integer(KEYS_PER_PAGE)) {
            Some(further) => (pages, reach) = (pages + 1, further),
            None => break,
        }
    }
    Quantity::count(pages)
}

const KEYS_PER_PAGE: i128 = 256;

fn fixed(name: String, value: Option<Quantity>) -> Factor {
    Factor { name, value, scales: false }
}

fn scaling(name: String, value: Option<Quantity>) -> Factor {
    Factor { name, value, scales: true }
}

/// A figure as people read it: three digits, `~` where that is not exact; money in thousands and millions.
pub fn shown(figure: Quantity) -> String {
    let one = Ratio::from_integer(1);
    // Rates are compared: all of them by the second, where there is one in a second.
    let of = |amount: Ratio<i128>| match figure.dimension {
        Dimension::Rate if amount >= one => format!("{}/s", Quantity::new(amount, Dimension::Count)),
        dimension => Quantity::new(amount, dimension).to_string(),
    };
    let exact = of(figure.amount);
    if exact.len() <= 8 && !matches!(figure.dimension, Dimension::Money(_)) {
        return exact;
    }
    let size = (*figure.amount.numer() as f64 / *figure.amount.denom() as f64).abs();
    if size == 0.0 {
        return exact;
    }
    // The place of the third digit; cents are not divided.
    let least = if matches!(figure.dimension, Dimension::Money(_)) { -2 } else { -9 };
    let place = (size.log10().floor() as i32 - 2).max(least);
    let Some(unit) = 10_i128.checked_pow(place.unsigned_abs()) else { return exact };
    let unit = if place < 0 { Ratio::new(1, unit) } else { Ratio::from_integer(unit) };
    let amount = figure.amount.checked_div(&unit).and_then(|amount| amount.round().checked_mul(&unit));
    let Some(amount) = amount else { return exact };
    let about = if amount == figure.amount { "" } else { "~" };
    match figure.dimension {
        Dimension::Money(currency) if amount == Ratio::from_integer(0) => format!("under 0.01 {currency}"),
        Dimension::Money(currency) if size < 1000.0 => {
            let text = Quantity::new(amount, figure.dimension).to_string();
            format!("{about}{} {currency}", text.trim_end_matches(&currency.to_string()))
        }
        Dimension::Money(currency) => format!("{about}{} {currency}", Quantity::new(amount, Dimension::Count)),
        _ => format!("{about}{}", of(amount)),
    }
}
