//! What each number is where the author says nothing, and between what it may move.
//!
//! Ranges follow from what the number must not break: the bound of a view, the time of a path, how long retries go on.

use super::KnobKind::{self, *};
use crate::Design;
use crate::fact::*;
use crate::proof::RuleId;
use crate::quantity::{Dimension, Quantity};
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_06_mechanisms::properties::thresholds::Threshold;
use crate::step_15_objectives::assumptions::Assumption;
use crate::step_15_objectives::budget::{deadlines, store_shares};
use crate::vocabulary::Clock;
use num_rational::Ratio;
use std::collections::{BTreeMap, BTreeSet};

/// A number, its range, and what sets the range.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Setting {
    /// What it is.
    pub default: Quantity,
    /// What it must not fall below.
    pub min: Quantity,
    /// What it must not exceed.
    pub max: Quantity,
    /// What sets the range: a path, a view, an operation.
    pub by: Option<Entity>,
    /// Why.
    pub rule: RuleId,
}

/// What settings depend on, at hand by what it is of.
pub struct Settings<'d> {
    design: &'d Design,
    of: BTreeMap<Dp, (DpKind, Entity)>,
    views: BTreeMap<Dp, Vec<View>>,
    objects: BTreeMap<Dp, Vec<Object>>,
    operations: BTreeMap<Dp, Vec<Operation>>,
    bounds: BTreeMap<View, Quantity>,
    expiring: BTreeSet<View>,
    remembered: BTreeMap<Operation, Quantity>,
    keyed: BTreeSet<Operation>,
    stored: BTreeSet<Operation>,
    timeouts: BTreeMap<Entity, (Quantity, Entity)>,
    stores: BTreeMap<Entity, Quantity>,
    waits: BTreeMap<Entity, Quantity>,
    shares: BTreeMap<Entity, Quantity>,
    cached: BTreeSet<View>,
    deadlines: BTreeMap<Entity, Quantity>,
    attempts: BTreeMap<Entity, Quantity>,
}

impl<'d> Settings<'d> {
    /// Puts everything at hand.
    pub fn new(design: &'d Design) -> Settings<'d> {
        let (parameters, objectives) = (&design.parameters, &design.objectives);
        let views = groups(parameters.serves_view.iter().copied());
        let expiring = design.mechanisms.mechanism.iter().filter(|(_, mechanism, _)| *mechanism == Mechanism::Ttl);
        let expiring = expiring.flat_map(|(dp, ..)| views.get(dp).into_iter().flatten().copied()).collect();
        let outcomes = parameters.dp.iter().filter_map(|(_, kind, of)| match (kind, of) {
            (DpKind::Outcomes, Entity::Operation(operation)) => Some(*operation),
            _ => None,
        });
        let mut timeouts: BTreeMap<Entity, (Quantity, Entity)> = BTreeMap::new();
        for &(path, callee, time) in &objectives.hop_timeout {
            let shortest = timeouts.entry(callee).or_insert((time, path));
            *shortest = design.facts.least([*shortest, (time, path)].into_iter()).unwrap_or(*shortest);
        }
        let caching = [Mechanism::Ttl, Mechanism::CacheAside];
        let cached = design.mechanisms.mechanism.iter().filter(|(_, mechanism, _)| caching.contains(mechanism));
        let cached = cached.flat_map(|(dp, ..)| views.get(dp).into_iter().flatten().copied()).collect();
        let stores = objectives.hop_timeout.iter().filter(|(_, callee, _)| matches!(callee, Entity::Object(_)));
        let stores = stores.map(|(path, _, time)| (*path, *time)).collect();
        let mut attempts: BTreeMap<Entity, Quantity> = BTreeMap::new();
        for (path, callee, times) in &objectives.attempts {
            if matches!(callee, Entity::Object(_)) {
                attempts.insert(*path, *times);
            }
        }
        Settings {
            design,
            of: parameters.dp.iter().map(|(dp, kind, of)| (*dp, (*kind, *of))).collect(),
            views,
            objects: groups(parameters.guards.iter().copied()),
            operations: groups(parameters.protects.iter().copied()),
            bounds: design.validation.lag.iter().copied().collect(),
            expiring,
            remembered: design.facts.remembered.iter().copied().collect(),
            keyed: design.facts.once_per.iter().map(|(operation, _)| *operation).collect(),
            stored: outcomes.collect(),
            timeouts,
            stores,
            waits: objectives.backoff.iter().copied().collect(),
            shares: store_shares(design),
            cached,
            deadlines: deadlines(design),
            attempts,
        }
    }

    /// The setting of a number; none where there is nothing for it to be about.
    pub fn of(&self, kind: KnobKind, of: Entity) -> Option<Setting> {
        let facts = &self.design.facts;
        let setting = match (kind, of) {
            (RetryLimit, Entity::Dp(dp)) => self.retry_limit(dp),
            (LeaseTtl, Entity::Dp(dp)) => self.lease(dp),
            (LockTimeout, Entity::Dp(dp)) => self.lock(dp),
            (CacheTtl, Entity::Dp(dp)) => self.cache_ttl(dp)?,
            (CacheSize, Entity::Dp(dp)) => self.cache_size(dp),
            (RefillWindow, Entity::Dp(dp)) => self.refill(dp),
            (ChangeLag, Entity::Dp(dp)) => self.change_lag(dp),
            (RetryBudget, _) => fixed(count(5), count(1), MOST_ATTEMPTS, "S16-e4"),
            (BackoffBase, _) => fixed(milliseconds(100), milliseconds(10), milliseconds(1_000), "S16-e5"),
            (BackoffMax, _) => fixed(LONGEST_WAIT, milliseconds(1_000), milliseconds(60_000), "S16-cat3"),
            (Jitter, _) => fixed(percent(50), percent(0), percent(100), "S16-cat3"),
            (WindowSize, what) => self.window(what)?,
            (AllowedLateness, what) => self.lateness(what)?,
            (WatermarkLag, what) => self.watermark(what)?,
            (OutcomeTtl, Entity::Dp(dp)) => self.outcomes(dp)?,
            (MarkRetention, Entity::Dp(dp)) => self.marks(dp),
            (ReplayWindow, Entity::Dp(dp)) => self.replay(dp),
            (CallTimeout, callee) => self.call_timeout(callee)?,
            (StoreTimeout, path) => self.store_timeout(path)?,
            (AttemptWait, path) => {
                let wait = *self.waits.get(&path)?;
                Setting { by: Some(path), ..fixed(wait, milliseconds(0), wait, "A-36") }
            }
            (RequestAttempts, _) => fixed(REQUEST_ATTEMPTS, count(1), MOST_ATTEMPTS, "A-62"),
            (BreakerThreshold, _) => fixed(percent(50), percent(10), percent(90), "PR-ft3"),
            (ProbeInterval, _) => fixed(milliseconds(10_000), milliseconds(1_000), milliseconds(60_000), "PR-ft3"),
            (DecayHalfLife, Entity::View(view)) => {
                let time = found(&facts.decays, view)?;
                fixed(time, part(time, 1, 4), part(time, 4, 1), "A-67")
            }
            (TopK, Entity::View(view)) => {
                let kept = found(&facts.top, view)?;
                fixed(kept, count(1), part(kept, 10, 1), "A-67")
            }
            (FanOutThreshold, _) => {
                let large = Threshold::LargeAudience.value(facts);
                fixed(large, part(large, 1, 100), part(large, 10, 1), "A-78")
            }
            (ReadRatio, _) => {
                let ratio = Threshold::ReadWriteRatio.value(facts);
                fixed(ratio, least(count(2), ratio), most(count(100), ratio), "A-78")
            }
            (QueueDepth, Entity::Dp(dp)) => self.queue(dp),
            (RelayInterval, Entity::Dp(dp)) => self.relay(dp),
            (EvolveThreshold | AlertThreshold | IncidentThreshold, what) => self.ladder(kind, what)?,
            (CellResolution, Entity::Query(query)) => {
                let radius = facts.query_radius.iter().find(|(other, ..)| *other == query)?.2;
                fixed(radius, part(radius, 1, 10), part(radius, 3, 1), "PR-rd5")
            }
            (BoundaryWindow, what) => {
                // The store's one clock, read with the row, leaves no moment open (S14-f5).
                let near = milliseconds(if facts.clock.contains(&(Clock::Store,)) { 0 } else { 10 });
                Setting { by: Some(what), ..fixed(near, milliseconds(0), milliseconds(1_000), "A-54") }
            }
            _ => return None,
        };
        Some(setting)
    }

    fn operations(&self, dp: Dp) -> &[Operation] {
        self.operations.get(&dp).map_or(&[], Vec::as_slice)
    }

    /// The tightest bound of the views that a parameter serves.
    fn bound(&self, dp: Dp) -> Option<(Quantity, View)> {
        let views = self.views.get(&dp).into_iter().flatten();
        self.design.facts.least(views.filter_map(|view| Some((*self.bounds.get(view)?, *view))))
    }

    /// As many attempts as fit into the widest path.
    fn retry_limit(&self, dp: Dp) -> Setting {
        let attempts = self.operations(dp).iter().filter_map(|it| Some((*self.attempts.get(&(*it).into())?, *it)));
        // A path that has time for fewer tries less often by itself; the limit is for all of them.
        let widest = self.design.facts.largest(attempts);
        let limit = most(count(1), Assumption::ConflictAttempts.value(&self.design.facts));
        let most = most(count(10), limit);
        match widest {
            Some((attempts, path)) if attempts < limit => {
                Setting { by: Some(path.into()), ..fixed(attempts, count(1), most, "A-36") }
            }
            _ => fixed(limit, count(1), most, "S16-e1"),
        }
    }

    /// As long as the author says a claim normally lasts; long enough for the work, short enough for the next in line.
    fn lease(&self, dp: Dp) -> Setting {
        let facts = &self.design.facts;
        let guarded = self.objects.get(&dp).map_or(&[][..], Vec::as_slice);
        let holders = facts.holds.iter().filter(|(_, object)| guarded.contains(object));
        let held = holders.filter_map(|(operation, _)| Some((found(&facts.hold_time, *operation)?, *operation)));
        let held = facts.largest(held);
        let time = held.map_or(milliseconds(30_000), |(time, _)| time);
        Setting {
            by: held.map(|(_, operation)| operation.into()),
            ..fixed(time, part(time, 1, 6), part(time, 4, 1), "S16-e2")
        }
    }

    /// No longer than the path can wait.
    fn lock(&self, dp: Dp) -> Setting {
        let waits = self.operations(dp).iter().filter_map(|path| Some((*self.deadlines.get(&(*path).into())?, *path)));
        match self.design.facts.least(waits) {
            Some((deadline, path)) => {
                let each = whole_milliseconds(part(deadline, 1, 4));
                Setting { by: Some(path.into()), ..fixed(each, least(milliseconds(1), each), deadline, "S15-d4") }
            }
            None => fixed(milliseconds(250), milliseconds(1), milliseconds(1_000), "S16-cat1"),
        }
    }

    /// a copy that was filled from a source already behind lives on for its whole time; both count. Where
    /// expiry is all there is, so does the refill.
    fn cache_ttl(&self, dp: Dp) -> Option<Setting> {
        let view = *self.views.get(&dp)?.first()?;
        let Some((bound, view)) = self.bound(dp) else {
            return Some(Setting {
                by: Some(view.into()),
                ..fixed(milliseconds(60_000), milliseconds(0), milliseconds(3_600_000), "S16-cat2")
            });
        };
        let besides = if self.expiring.contains(&view) {
            Threshold::CacheRefill.value(&self.design.facts)
        } else {
            carried(bound)
        };
        let waiting = self.watermark(view.into()).map_or(milliseconds(0), |waiting| waiting.default);
        let longest = whole_milliseconds(minus(minus(bound, besides), waiting));
        Some(Setting { by: Some(view.into()), ..fixed(longest, milliseconds(0), longest, "A-66") })
    }

    /// A tenth of what there is, for most reads are of few.
    fn cache_size(&self, dp: Dp) -> Setting {
        let facts = &self.design.facts;
        let views = self.views.get(&dp).map_or(&[][..], Vec::as_slice);
        let sources =
            facts.upstream.iter().filter(|(view, _)| views.contains(view)).filter_map(|(_, source)| match source {
                Source::Object(object) => Some(*object),
                Source::View(_) => None,
            });
        let populations = sources.filter_map(|object| Some((found(&facts.population, object)?, object)));
        match facts.largest(populations) {
            Some((all, object)) => {
                let kept = most(count(1), whole(part(all, 1, 10)));
                Setting { by: Some(object.into()), ..fixed(kept, count(1), most(all, kept), "S16-cat2") }
            }
            None => fixed(count(100_000), count(1_000), count(10_000_000), "S16-cat2"),
        }
    }

    /// A reader who misses waits for the refill out of the time that its path has for the store (S15-d3).
    fn refill(&self, dp: Dp) -> Setting {
        let refill = Threshold::CacheRefill.value(&self.design.facts);
        let views = self.views.get(&dp).into_iter().flatten();
        let share = views.filter_map(|view| Some((*self.shares.get(&(*view).into())?, *view)));
        let bounds = [self.design.facts.least(share), self.bound(dp)];
        match self.design.facts.least(bounds.into_iter().flatten()) {
            Some((bound, view)) => {
                Setting { by: Some(view.into()), ..fixed(least(refill, bound), milliseconds(0), bound, "S15-d3") }
            }
            None => fixed(refill, milliseconds(0), most(milliseconds(1_000), refill), "S16-cat2"),
        }
    }

    /// What a copy that lives on for a time leaves of the bound: the two add up.
    fn change_lag(&self, dp: Dp) -> Setting {
        match self.bound(dp) {
            Some((bound, view)) => {
                let longest = if self.cached.contains(&view) { carried(bound) } else { bound };
                Setting { by: Some(view.into()), ..fixed(carried(bound), milliseconds(0), longest, "A-66") }
            }
            None => fixed(milliseconds(1_000), milliseconds(0), milliseconds(60_000), "A-66"),
        }
    }

    fn window(&self, what: Entity) -> Option<Setting> {
        let length = self.length(what)?;
        Some(fixed(length, part(length, 1, 12), part(length, 24, 1), "S16-e6"))
    }

    fn length(&self, what: Entity) -> Option<Quantity> {
        match what {
            Entity::Object(object) => found(&self.design.facts.windowed, object),
            Entity::View(view) => found(&self.design.facts.window, view),
            _ => None,
        }
    }

    fn lateness(&self, what: Entity) -> Option<Setting> {
        let length = self.length(what)?;
        let late = found(&self.design.facts.lateness, what).unwrap_or(least(milliseconds(60_000), length));
        Some(Setting { by: Some(what), ..fixed(late, milliseconds(0), most(length, late), "S16-cat4") })
    }

    /// Ten seconds, and never so much that the view misses its bound.
    fn watermark(&self, what: Entity) -> Option<Setting> {
        self.length(what)?;
        let bound = match what {
            Entity::View(view) => self.bounds.get(&view).copied(),
            _ => None,
        };
        Some(match bound {
            Some(bound) => {
                let longest = least(milliseconds(60_000), bound);
                let lag = least(milliseconds(10_000), whole_milliseconds(part(bound, 1, 2)));
                Setting { by: Some(what), ..fixed(lag, milliseconds(0), longest, "S16-e7") }
            }
            None => fixed(milliseconds(10_000), milliseconds(0), milliseconds(60_000), "S16-e7"),
        })
    }

    /// longer than any retry goes on. Where operations have a store of their own, the number is that store's.
    fn outcomes(&self, dp: Dp) -> Option<Setting> {
        let (kind, _) = self.of.get(&dp)?;
        let own = *kind == DpKind::Outcomes;
        let operations = self.operations(dp).iter().filter(|operation| own || !self.stored.contains(operation));
        let operations: Vec<Operation> = operations.copied().collect();
        let facts = &self.design.facts;
        let kept = facts.largest(operations.iter().filter_map(|it| Some((*self.remembered.get(it)?, *it))));
        // What is said to be done once, with no end to it, is remembered for good.
        if operations.iter().any(|it| self.keyed.contains(it) && !self.remembered.contains_key(it)) {
            return None;
        }
        let (time, by) = kept.or_else(|| facts.least(operations.iter().map(|it| (DAY, *it))))?;
        Some(Setting {
            by: Some(by.into()),
            ..fixed(time, least(patience(), time), most(part(DAY, 30, 1), time), "A-62")
        })
    }

    /// An applied event is remembered as long as a consumer can be sent back to it.
    fn marks(&self, dp: Dp) -> Setting {
        let time = self.applied(dp);
        fixed(time, time, most(part(DAY, 30, 1), time), "A-67")
    }

    fn replay(&self, dp: Dp) -> Setting {
        let time = self.applied(dp);
        fixed(time, least(milliseconds(3_600_000), time), time, "A-67")
    }

    fn applied(&self, dp: Dp) -> Quantity {
        let kept = self.operations(dp).iter().filter_map(|operation| self.remembered.get(operation).copied()).max();
        kept.unwrap_or(part(DAY, 7, 1))
    }

    /// The shortest that any path has for it; more would break that path, less than the callee needs breaks every path.
    fn call_timeout(&self, callee: Entity) -> Option<Setting> {
        let (time, path) = *self.timeouts.get(&callee)?;
        let need = match callee {
            Entity::Service(service) => {
                let stated = self.design.facts.service_latency.iter().filter(|(other, ..)| *other == service);
                stated.map(|(.., time)| *time).max()
            }
            _ => None,
        };
        let need = least(need.unwrap_or(milliseconds(1)), time);
        Some(Setting { by: Some(path), ..fixed(time, need, time, "S15-d4") })
    }

    /// What one attempt has of the path's time; less than a busy store needs fails what was about to succeed.
    fn store_timeout(&self, path: Entity) -> Option<Setting> {
        let time = *self.stores.get(&path)?;
        let need = least(Assumption::StoreLatency.value(&self.design.facts), time);
        Some(Setting { by: Some(path), ..fixed(time, need, time, "S15-d4") })
    }

    /// Little's law: what arrives while a request may wait.
    fn queue(&self, dp: Dp) -> Setting {
        let facts = &self.design.facts;
        let rates = facts.hottest.iter().filter(|(operation, ..)| self.operations(dp).contains(operation));
        let waiting = rates.filter_map(|(operation, _, rate)| {
            let waiting = rate.checked_mul(self.deadlines.get(&(*operation).into())?)?;
            Some((rounded_up(waiting), *operation))
        });
        match facts.largest(waiting) {
            Some((depth, path)) => {
                let depth = most(count(1), depth);
                Setting { by: Some(path.into()), ..fixed(depth, count(1), part(depth, 10, 1), "PR-wr4") }
            }
            None => fixed(count(1_000), count(1), count(100_000), "PR-wr4"),
        }
    }

    fn relay(&self, dp: Dp) -> Setting {
        match self.bound(dp) {
            Some((bound, view)) => {
                let lag = carried(bound);
                Setting {
                    by: Some(view.into()),
                    ..fixed(least(milliseconds(100), lag), least(milliseconds(1), lag), lag, "A-66")
                }
            }
            None => fixed(milliseconds(100), milliseconds(10), milliseconds(1_000), "PR-ev3"),
        }
    }

    /// one ladder, each level between the one below and the one above.
    fn ladder(&self, kind: KnobKind, what: Entity) -> Option<Setting> {
        let (whole, [evolve, alert, incident]) = match what {
            Entity::View(view) => (*self.bounds.get(&view)?, [25, 50, 100]),
            _ => (percent(100), [20, 50, 80]),
        };
        let level = |hundredths: i128| part(whole, hundredths, 100);
        Some(match kind {
            EvolveThreshold => fixed(level(evolve), level(5), level(alert), "A-68"),
            AlertThreshold => fixed(level(alert), level(evolve), level(incident), "A-68"),
            _ => fixed(level(incident), level(alert), level(100), "A-68"),
        })
    }
}

/// How far changes may be behind when they are carried to a view with that bound: a fifth of it, a second at most.
fn carried(bound: Quantity) -> Quantity {
    least(milliseconds(1_000), whole_milliseconds(part(bound, 1, 5)))
}

/// How long whoever asked goes on asking where nobody says otherwise.
fn patience() -> Quantity {
    part(LONGEST_WAIT, 4, 1)
}

/// How often a request is sent.
const REQUEST_ATTEMPTS: Quantity = Quantity::count(5);

/// More attempts than anybody makes.
const MOST_ATTEMPTS: Quantity = Quantity::count(20);

/// The longest wait between two attempts.
const LONGEST_WAIT: Quantity = milliseconds(10_000);

const DAY: Quantity = Quantity::whole(86_400_000_000_000, Dimension::Time);

fn fixed(default: Quantity, min: Quantity, max: Quantity, rule: RuleId) -> Setting {
    Setting { default, min, max, by: None, rule }
}

const fn milliseconds(amount: i128) -> Quantity {
    Quantity::whole(amount * 1_000_000, Dimension::Time)
}

fn count(amount: i128) -> Quantity {
    Quantity::count(amount)
}

fn percent(amount: i128) -> Quantity {
    Quantity::whole(amount, Dimension::Percent)
}

/// So many parts of it; the whole, where that is too large to say.
fn part(of: Quantity, numerator: i128, denominator: i128) -> Quantity {
    let share = Quantity::new(Ratio::new(numerator, denominator), Dimension::Count);
    of.checked_mul(&share).unwrap_or(of)
}

fn least(one: Quantity, other: Quantity) -> Quantity {
    one.min(other)
}

fn most(one: Quantity, other: Quantity) -> Quantity {
    one.max(other)
}

/// The difference, or nothing.
fn minus(one: Quantity, other: Quantity) -> Quantity {
    let left = one.checked_sub(&other).filter(|left| !left.is_negative());
    left.unwrap_or(Quantity::whole(0, one.dimension))
}

/// The next whole number; `ceil` of a ratio would add before it divides, and may run over.
fn rounded_up(number: Quantity) -> Quantity {
    let more = !number.amount.is_integer() && !number.is_negative();
    Quantity::whole(number.amount.to_integer() + i128::from(more), number.dimension)
}

fn whole(count: Quantity) -> Quantity {
    Quantity::whole(count.amount.to_integer(), count.dimension)
}

/// Cut off to milliseconds, or to nanoseconds where it is shorter.
fn whole_milliseconds(time: Quantity) -> Quantity {
    let nanoseconds = time.amount.to_integer();
    let milliseconds = nanoseconds - nanoseconds % 1_000_000;
    Quantity::whole(if milliseconds > 0 { milliseconds } else { nanoseconds }, time.dimension)
}

fn found<K: PartialEq + Copy>(pairs: &[(K, Quantity)], key: K) -> Option<Quantity> {
    pairs.iter().find(|(other, _)| *other == key).map(|(_, figure)| *figure)
}

fn groups<K: Ord, V>(pairs: impl Iterator<Item = (K, V)>) -> BTreeMap<K, Vec<V>> {
    let mut groups: BTreeMap<K, Vec<V>> = BTreeMap::new();
    pairs.for_each(|(key, value)| groups.entry(key).or_default().push(value));
    groups
}
