//! What a mechanism consists of in this spec, by the spec's own names (S6-o1).
//!
//! No product is named: a component is a record, a key, a condition, a path.

use super::patterns::Mechanism::{self, *};
use crate::Design;
use crate::evidence::Direction;
use crate::expression::Action;
use crate::fact::*;
use crate::groups::Groups;
use crate::quantity::Quantity;
use crate::step_05_parameters::DpKind;
use crate::vocabulary::*;
use std::collections::{BTreeMap, BTreeSet};

/// The design, with what components are made of at hand by what they are of.
pub struct Components<'d> {
    design: &'d Design,
    of: BTreeMap<Dp, Entity>,
    guards: Groups<Dp, Object>,
    protects: Groups<Dp, Operation>,
    serves: Groups<Dp, View>,
    enforces: Groups<Dp, Invariant>,
    governs: Groups<Invariant, Operation>,
    evolution: Groups<Object, Evolution>,
    partition_by: Groups<Object, Field>,
    ordered_within: Groups<Object, Field>,
    key: Groups<Object, Field>,
    unique_per: Groups<Object, Vec<Field>>,
    conditions: Groups<Operation, Guard>,
    effects: Groups<Operation, (Effect, Object, &'d Action)>,
    stores: Groups<Operation, Dp>,
    changes_of: Groups<Field, &'d Action>,
    once_per: Groups<Operation, Parameter>,
    writes: Groups<Operation, Object>,
    moves: Groups<Field, Direction>,
    remembered: Groups<Operation, Quantity>,
    holders: Groups<Object, Operation>,
    hold_time: Groups<Operation, Quantity>,
    calls: Groups<Operation, (Call, Service)>,
    undo: Groups<Call, &'d str>,
    announces: Groups<Operation, Event>,
    announced: Groups<Event, Operation>,
    upstream: Groups<View, Source>,
    computed: Groups<View, (Aggregate, Option<Field>)>,
    grouped: Groups<View, Field>,
    staleness: Groups<View, Quantity>,
    top: Groups<View, Quantity>,
    window: Groups<View, Quantity>,
    decays: Groups<View, Quantity>,
}

impl<'d> Components<'d> {
    /// Puts everything at hand.
    pub fn new(design: &'d Design) -> Components<'d> {
        let (facts, axes, parameters) = (&design.facts, &design.axes, &design.parameters);
        let unique_per = facts.statement.iter().filter_map(|(_, statement)| match statement {
            Statement::UniquePer(object, fields) => Some((*object, fields.clone())),
            _ => None,
        });
        let effects = facts.effect.iter().map(|(effect, of, object, _, action)| (*of, (*effect, *object, action)));
        let stores = parameters.dp.iter().filter_map(|(dp, kind, of)| match (kind, of) {
            (DpKind::Outcomes, Entity::Operation(operation)) => Some((*operation, *dp)),
            _ => None,
        });
        Components {
            design,
            of: parameters.dp.iter().map(|(dp, _, of)| (*dp, *of)).collect(),
            guards: Groups::new(parameters.guards.iter().copied()),
            protects: Groups::new(parameters.protects.iter().copied()),
            serves: Groups::new(parameters.serves_view.iter().copied()),
            enforces: Groups::new(parameters.enforces.iter().copied()),
            governs: Groups::new(design.invariants.governs.iter().copied()),
            evolution: Groups::new(axes.evolution.iter().map(|(object, evolution, _)| (*object, *evolution))),
            partition_by: Groups::new(axes.partition_by.iter().copied()),
            ordered_within: Groups::new(axes.ordered_within.iter().copied()),
            key: Groups::new(facts.key.iter().copied()),
            unique_per: Groups::new(unique_per),
            conditions: Groups::new(facts.guard.iter().map(|(guard, operation, _)| (*operation, *guard))),
            effects: Groups::new(effects),
            stores: Groups::new(stores),
            changes_of: Groups::new(facts.effect.iter().filter_map(|(.., field, action)| Some(((*field)?, action)))),
            once_per: Groups::new(facts.once_per.iter().copied()),
            writes: Groups::new(design.evidence.writes.iter().copied()),
            moves: Groups::new(design.evidence.moves.iter().map(|(_, field, direction)| (*field, *direction))),
            remembered: Groups::new(facts.remembered.iter().copied()),
            holders: Groups::new(facts.holds.iter().map(|(operation, object)| (*object, *operation))),
            hold_time: Groups::new(facts.hold_time.iter().copied()),
            calls: Groups::new(facts.call.iter().map(|(call, operation, service)| (*operation, (*call, *service)))),
            undo: Groups::new(facts.compensated.iter().map(|(call, undo)| (*call, undo.as_str()))),
            announces: Groups::new(facts.announces.iter().copied()),
            announced: Groups::new(facts.announces.iter().map(|(operation, event)| (*event, *operation))),
            upstream: Groups::new(facts.upstream.iter().copied()),
            computed: Groups::new(facts.computed.iter().map(|(view, function, field)| (*view, (*function, *field)))),
            grouped: Groups::new(facts.grouped.iter().copied()),
            staleness: Groups::new(facts.staleness.iter().copied()),
            top: Groups::new(facts.top.iter().copied()),
            window: Groups::new(facts.window.iter().copied()),
            decays: Groups::new(facts.decays.iter().copied()),
        }
    }

    /// The components of a mechanism of a design parameter, one sentence each.
    pub fn of(&self, dp: Dp, mechanism: Mechanism) -> Vec<String> {
        match mechanism {
            CasOnVersion | CasOnStateAndVersion | CasOnPredicate => self.conditional_writes(dp, mechanism),
            InPlaceUpdate => self.additions(dp),
            Crdt => self.replicated(dp),
            UniqueKey | ContentHash => self.identities(dp, mechanism),
            IdempotencyKey => self.outcomes(dp),
            Lease => self.objects(dp, |object| self.claim(object)),
            FencingToken => self.fences(dp),
            HolderIdentity => self.objects(dp, |object| format!("{} names its holder", self.name(object))),
            PessimisticLock | RowLock => self.objects(dp, |object| format!("lock on {}", self.keyed(object))),
            PartitionRouting => self.routes(dp, "to one owner"),
            SingleWriterQueue => self.routes(dp, "to a queue with one consumer"),
            OwnershipEpoch => vec!["epoch of the owner, raised when a key moves, compared by every write".into()],
            SequenceAuthority => self.sequences(dp, "one counter"),
            SharedSequence => self.sequences(dp, "history and live path use one numbering"),
            Saga | TwoPhaseCommit | StepIdempotency | Reservation => self.steps(dp, mechanism),
            Timeout | CircuitBreaker | Bulkhead => self.called(dp, mechanism),
            StreamAggregation | EventDedup | ApproximateCounting => self.aggregates(dp, mechanism),
            CacheAside | Cqrs | Denormalization | SpatialPartition | ReadSource => self.copies(dp, mechanism),
            Cdc | SynchronousUpdate | Ttl | IdempotentConsumer | Rebuild | Windowing | TemporalDecay => {
                self.changes(dp, mechanism)
            }
            Outbox | DurableNotification | FanOutOnWrite | FanOutOnRead | InTransactionWrite => {
                self.events(dp, mechanism)
            }
            AuthorizationCheck => self.permissions(dp),
            _ => vec![],
        }
    }

    fn name(&self, entity: impl Into<Entity>) -> String {
        self.design.name(entity)
    }

    fn names(&self, fields: &[Field]) -> String {
        fields.iter().map(|field| self.design.facts.name(*field)).collect::<Vec<_>>().join(", ")
    }

    fn objects(&self, dp: Dp, say: impl Fn(Object) -> String) -> Vec<String> {
        self.guards.get(dp).iter().map(|object| say(*object)).collect()
    }

    /// `auction_id`, or all parts of the key.
    fn key(&self, object: Object) -> String {
        let key = self.names(self.key.get(object));
        if key.is_empty() { "key".into() } else { key }
    }

    /// `Auction (auction_id)`
    fn keyed(&self, object: Object) -> String {
        format!("{} ({})", self.name(object), self.key(object))
    }

    /// The fields, or the key of the object where there are none.
    fn or_key(&self, fields: &[Field], object: Object) -> String {
        if fields.is_empty() { self.key(object) } else { self.names(fields) }
    }

    /// the write carries the whole condition, the clock's part included, and all that it changes with it.
    fn conditional_writes(&self, dp: Dp, mechanism: Mechanism) -> Vec<String> {
        let evolves = |object: Object, how: Evolution| self.evolution.get(object).contains(&how);
        let guarded = self.guards.get(dp);
        let changing = guarded.iter().copied().filter(|object| !evolves(*object, Evolution::AppendOnly));
        let changing: Vec<Object> = changing.collect();
        let targets = if changing.is_empty() { guarded } else { &changing };
        let compared = |object| match (mechanism, evolves(object, Evolution::StateMachine)) {
            (CasOnPredicate, _) => "",
            (_, true) => "; status, version",
            (_, false) => "; version",
        };
        let protected = self.protects.get(dp).iter();
        let written: BTreeSet<Object> = protected.flat_map(|operation| self.writes.get(*operation)).copied().collect();
        let write = |object: &Object| match written.contains(object) {
            true => format!("CAS on {} ({}{})", self.name(*object), self.key(*object), compared(*object)),
            // Nothing of it is written, so nothing could carry the comparison.
            false => format!("{} ({}) held from the check to the commit", self.name(*object), self.key(*object)),
        };
        let carried = self.protects.get(dp).iter().filter_map(|operation| {
            let facts = &self.design.facts;
            let conditions: Vec<&str> =
                self.conditions.get(*operation).iter().map(|guard| facts.name(*guard)).collect();
            let effects = self.effects.get(*operation).iter().filter(|(_, object, _)| targets.contains(object));
            let effects: Vec<&str> = effects.map(|(effect, ..)| facts.name(*effect)).collect();
            let condition =
                if conditions.is_empty() { String::new() } else { format!(" where {}", conditions.join(" and ")) };
            let change = if effects.is_empty() { String::new() } else { format!(" sets {}", effects.join(", ")) };
            (!conditions.is_empty()).then(|| format!("{}{condition}{change}", self.name(*operation)))
        });
        targets.iter().map(write).chain(carried).collect()
    }

    fn additions(&self, dp: Dp) -> Vec<String> {
        let guarded = self.guards.get(dp);
        let effects = self.protects.get(dp).iter().flat_map(|operation| self.effects.get(*operation));
        let additive = |action: &Action| matches!(action, Action::Increase(_) | Action::Decrease(_));
        let added = effects.filter(|(_, object, action)| additive(action) && guarded.contains(object));
        let all: BTreeSet<String> =
            added.map(|(effect, ..)| format!("{} in the store", self.design.facts.name(*effect))).collect();
        if all.is_empty() { self.aggregates(dp, InPlaceUpdate) } else { all.into_iter().collect() }
    }

    /// PR-cc5, A-24: the type of each replicated field follows from how it is changed.
    fn replicated(&self, dp: Dp) -> Vec<String> {
        let facts = &self.design.facts;
        let fields = facts.field.iter().filter(|(_, object, _)| self.guards.get(dp).contains(object));
        let say = |(field, object, kind): &(Field, Object, Type)| {
            let changes: Vec<&Action> = self.changes_of.get(*field).to_vec();
            let (adds, takes) = (
                has(&changes, |action| matches!(action, Action::Add(_) | Action::Increase(_))),
                has(&changes, |action| matches!(action, Action::Remove(_) | Action::Decrease(_))),
            );
            let grows = self.grows(*field);
            let replica = match kind {
                _ if changes.is_empty() => return None,
                Type::Primitive(Primitive::List | Primitive::Text) if adds || takes => {
                    "sequence, its elements identified for ever"
                }
                Type::Primitive(Primitive::Set) if takes => "observed-remove set",
                Type::Primitive(Primitive::Set) => "grow-only set",
                _ if has(&changes, |action| matches!(action, Action::Assign(_))) => {
                    "register that keeps the larger value"
                }
                _ if grows => "grow-only counter",
                _ => "counter of two parts, added and taken away",
            };
            Some(format!("{}.{}: {replica}", self.name(*object), facts.name(*field)))
        };
        fields.filter_map(say).collect()
    }

    /// nothing is ever taken away, and nothing below zero added.
    fn grows(&self, field: Field) -> bool {
        self.moves.get(field).iter().all(|direction| *direction == Direction::Up)
    }

    fn identities(&self, dp: Dp, mechanism: Mechanism) -> Vec<String> {
        let facts = &self.design.facts;
        self.objects(dp, |object| {
            let hashed = facts.content_addressed.iter().find(|(of, _)| *of == object);
            if let (ContentHash, Some((_, content))) = (mechanism, hashed) {
                return format!("{} keyed by the hash of {}", self.name(object), facts.name(*content));
            }
            if let Some((_, one, other)) = facts.canonical_pair.iter().find(|(of, ..)| *of == object) {
                let pair = self.names(&[*one, *other]);
                return format!("unique key on {} ({pair}), the smaller one first", self.name(object));
            }
            let fields = self.unique_per.get(object).first().map_or(&[][..], Vec::as_slice);
            format!("unique key on {} ({})", self.name(object), self.or_key(fields, object))
        })
    }

    /// The outcome of every operation, by its request key; where a store of its own keeps it, that store.
    fn outcomes(&self, dp: Dp) -> Vec<String> {
        let facts = &self.design.facts;
        let outcome = |operation: &Operation| {
            let name = self.name(*operation);
            if let Some(store) = self.stores.get(*operation).iter().find(|store| **store != dp) {
                return format!("{name} looks into the {} first", self.name(*store));
            }
            let named = self.once_per.get(*operation).iter().map(|key| facts.name(*key));
            let named: Vec<&str> = named.collect();
            let natural = self.design.invariants.natural.iter().find(|(of, _)| of == operation);
            if let Some((_, object)) = natural {
                return format!("{name} is known by the key of {}", self.name(*object));
            }
            if named.is_empty() {
                return format!("outcome of {name} by a request key, which is not declared");
            }
            let kept = self.remembered.get(*operation).first();
            let kept = kept.map_or(String::new(), |time| format!(", kept {time}"));
            let beside =
                self.place(*operation).map_or(String::new(), |object| format!(", beside its {}", self.name(object)));
            format!("outcome of {name} by ({}){beside}{kept}", named.join(", "))
        };
        self.protects.get(dp).iter().map(outcome).collect()
    }

    /// the record that is written, in whose partition the outcome lies. How its key begins for that, Step 9 says.
    fn place(&self, operation: Operation) -> Option<Object> {
        let effects = self.effects.get(operation);
        let changed = effects.iter().find(|(_, _, action)| !matches!(action, Action::Create(_)));
        let facts = &self.design.facts;
        let mut moved = facts.triggers.iter().filter(|(of, _)| *of == operation);
        let moved = moved.find_map(|(_, taken)| facts.transition.iter().find(|(transition, ..)| transition == taken));
        let changed = changed.map(|(_, object, _)| *object).or(moved.map(|(_, object, ..)| *object));
        changed.or(effects.first().map(|(_, object, _)| *object))
    }

    fn claim(&self, object: Object) -> String {
        let holders = self.holders.get(object).iter();
        let time = holders.flat_map(|operation| self.hold_time.get(*operation)).next();
        let time = time.map_or("ends by itself".into(), |time| format!("ends by itself, no sooner than {time}"));
        format!("claim on {}: claim_id, holder, {time}", self.keyed(object))
    }

    fn fences(&self, dp: Dp) -> Vec<String> {
        let counter = self.objects(dp, |object| {
            let (key, name) = (self.key(object), self.name(object));
            format!("claim_id per {key}, from a counter that never expires; every write of {name} compares it")
        });
        let passed = self.services(dp).into_iter();
        let passed = passed.map(|service| format!("claim_id sent with every call to {}", self.name(service)));
        counter.into_iter().chain(passed).collect()
    }

    fn services(&self, dp: Dp) -> BTreeSet<Service> {
        let calls = self.protects.get(dp).iter().flat_map(|operation| self.calls.get(*operation));
        calls.map(|(_, service)| *service).collect()
    }

    fn called(&self, dp: Dp, mechanism: Mechanism) -> Vec<String> {
        let services = self.services(dp).into_iter();
        services.map(|service| format!("{} on calls to {}", mechanism.word(), self.name(service))).collect()
    }

    fn routes(&self, dp: Dp, whereto: &str) -> Vec<String> {
        let of_objects = self.objects(dp, |object| {
            let by = self.or_key(self.partition_by.get(object), object);
            format!("writes of {} by ({by}) {whereto}", self.name(object))
        });
        let changes = |view: &View| format!("changes of {} by ({}) {whereto}", self.name(*view), self.groups(*view));
        of_objects.into_iter().chain(self.serves.get(dp).iter().map(changes)).collect()
    }

    fn groups(&self, view: View) -> String {
        let groups = self.names(self.grouped.get(view));
        if groups.is_empty() { "its key".into() } else { groups }
    }

    fn sequences(&self, dp: Dp, what: &str) -> Vec<String> {
        self.objects(dp, |object| {
            let scope = self.or_key(self.ordered_within.get(object), object);
            format!("{what} of {} per {scope}", self.name(object))
        })
    }

    fn steps(&self, dp: Dp, mechanism: Mechanism) -> Vec<String> {
        let step = |(call, service): &(Call, Service)| {
            let (call_name, service_name) = (self.design.facts.name(*call), self.name(*service));
            let undo = self.undo.get(*call).first().map_or(String::new(), |undo| format!(", undone by {undo}"));
            match mechanism {
                StepIdempotency => format!("{call_name} at {service_name} by (saga, step)"),
                Reservation => format!("{call_name} sets aside what {service_name} will need"),
                TwoPhaseCommit => format!("{service_name} prepares {call_name}"),
                _ => format!("{call_name} at {service_name}{undo}"),
            }
        };
        let head = |operation: Operation| match mechanism {
            Saga => Some(format!("durable log of {}", self.name(operation))),
            TwoPhaseCommit => Some(format!("coordinator of {} with a durable log", self.name(operation))),
            _ => None,
        };
        let all = |operation: &Operation| {
            head(*operation).into_iter().chain(self.calls.get(*operation).iter().map(step)).collect::<Vec<_>>()
        };
        self.protects.get(dp).iter().flat_map(all).collect()
    }

    fn aggregates(&self, dp: Dp, mechanism: Mechanism) -> Vec<String> {
        let law = |view: View| {
            let computed = self.computed.get(view).first();
            let path = |field: &Option<Field>| {
                field.map_or(String::new(), |field| format!(" of {}", self.design.facts.path(field)))
            };
            computed.map_or("a function".to_owned(), |(function, field)| format!("{}{}", function.word(), path(field)))
        };
        let of_source = |view: View, source: Source| match (mechanism, source) {
            (EventDedup, Source::Object(object)) => format!("ids seen of {}", self.keyed(object)),
            (EventDedup, Source::View(_)) => format!("position read of {}", self.name(source)),
            (ApproximateCounting, _) => format!("sketch of {} per {}", law(view), self.groups(view)),
            _ => format!("{} per {}, from {}", law(view), self.groups(view), self.name(source)),
        };
        let views = self.serves.get(dp).iter();
        let of_views = views.flat_map(|view| self.upstream.get(*view).iter().map(|source| of_source(*view, *source)));
        let of_views: Vec<String> = of_views.collect();
        if !of_views.is_empty() || mechanism != EventDedup {
            return of_views;
        }
        self.objects(dp, |object| format!("event id, in the transaction that changes {}", self.name(object)))
    }

    fn copies(&self, dp: Dp, mechanism: Mechanism) -> Vec<String> {
        let say = |view: View| {
            let name = self.name(view);
            let sources =
                self.upstream.get(view).iter().map(|source| self.name(*source)).collect::<Vec<_>>().join(", ");
            let bound = self.staleness.get(view).first();
            let bound = bound.map_or(String::new(), |bound| format!(", time to live and lag within {bound}"));
            let groups = self.names(self.grouped.get(view));
            let per = if groups.is_empty() { String::new() } else { format!(" per {groups}") };
            let first = self.top.get(view).first().map_or(String::new(), |count| format!(", first {count}"));
            match mechanism {
                CacheAside => format!("cache of {name} over {sources}, dropped on change{bound}"),
                Cqrs => format!("read model {name} of {sources}{per}{first}"),
                Denormalization => format!("{name} stored joined from {sources}"),
                SpatialPartition => format!("cells over {sources}, with neighbours"),
                _ => format!("{name} read from {sources}"),
            }
        };
        let index = self.of.get(&dp).filter(|_| mechanism == SpatialPartition).and_then(|of| self.index(*of));
        self.serves.get(dp).iter().map(|view| say(*view)).chain(index).collect()
    }

    /// S1-r6: what a query around a place looks its answer up in.
    fn index(&self, of: Entity) -> Option<String> {
        let facts = &self.design.facts;
        let Entity::Query(query) = of else { return None };
        let (_, place, _) = facts.query_radius.iter().find(|(other, ..)| *other == query)?;
        Some(format!("cells over {}, with neighbours", facts.path(*place)))
    }

    fn changes(&self, dp: Dp, mechanism: Mechanism) -> Vec<String> {
        let length = |of: &Groups<View, Quantity>, view: View| {
            of.get(view).first().map_or("a length not stated".into(), Quantity::to_string)
        };
        let say = |view: View, source: Source| {
            let (name, from) = (self.name(view), self.name(source));
            match mechanism {
                Cdc => format!("committed changes of {from} to {name}"),
                SynchronousUpdate => format!("{name} in the transaction that changes {from}"),
                Ttl => format!("entries of {name} expire"),
                IdempotentConsumer => format!("position or version of {from} kept with {name}"),
                Rebuild => format!("{name} from {from}"),
                Windowing => format!("{name} in windows of {}", length(&self.window, view)),
                _ => format!("{name} with a half-life of {}", length(&self.decays, view)),
            }
        };
        let views = self.serves.get(dp).iter();
        let all = views.flat_map(|view| self.upstream.get(*view).iter().map(|source| say(*view, *source)));
        let mut all: Vec<String> = all.collect();
        all.dedup();
        if all.is_empty() && mechanism == IdempotentConsumer { vec!["ids of messages taken".into()] } else { all }
    }

    fn events(&self, dp: Dp, mechanism: Mechanism) -> Vec<String> {
        let own = match self.of.get(&dp) {
            Some(Entity::Event(event)) => {
                self.announced.get(*event).iter().map(|operation| (*operation, *event)).collect()
            }
            _ => vec![],
        };
        let protected = self.protects.get(dp).iter();
        let announced =
            protected.flat_map(|operation| self.announces.get(*operation).iter().map(|event| (*operation, *event)));
        let pairs: BTreeSet<(Operation, Event)> = announced.chain(own).collect();
        let say = |(operation, event): (Operation, Event)| {
            let (operation, event) = (self.name(operation), self.name(event));
            match mechanism {
                Outbox => format!("row of {event} in the transaction of {operation}, and a relay"),
                DurableNotification => format!("record of {event} per receiver, until taken"),
                FanOutOnWrite => format!("{event} into each receiver's inbox"),
                FanOutOnRead => format!("{event} kept once, pulled and merged by receivers"),
                _ => format!("{operation} and {event} commit together"),
            }
        };
        pairs.into_iter().map(say).collect()
    }

    fn permissions(&self, dp: Dp) -> Vec<String> {
        let say = |invariant: &Invariant| {
            let governed = self.governs.get(*invariant).iter().map(|operation| self.name(*operation));
            let governed: Vec<String> = governed.collect();
            let before = match self.of.get(&dp) {
                Some(of) if governed.is_empty() => self.name(*of),
                _ => governed.join(", "),
            };
            format!("{} checked before {before}", self.name(*invariant))
        };
        self.enforces.get(dp).iter().map(say).collect()
    }
}

fn has(changes: &[&Action], which: impl Fn(&Action) -> bool) -> bool {
    changes.iter().any(|action| which(action))
}
