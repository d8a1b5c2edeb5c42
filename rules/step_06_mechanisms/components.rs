//! What a mechanism consists of in this spec, by the spec's own names, and what it does when something fails (S6-o1).
//!
//! No product is named: a component is a record, a key, a condition, a path.

use super::patterns::Mechanism::{self, *};
use crate::Design;
use crate::expression::Action;
use crate::fact::*;
use crate::vocabulary::*;
use std::collections::BTreeSet;

/// The components of a mechanism of a design parameter, one sentence each.
pub fn components(design: &Design, dp: Dp, mechanism: Mechanism) -> Vec<String> {
    let site = Site { design, dp };
    match mechanism {
        CasOnVersion | CasOnStateAndVersion | CasOnPredicate => site.conditional_writes(mechanism),
        InPlaceUpdate => site.additions(),
        UniqueKey | ContentHash => site.identities(mechanism),
        IdempotencyKey => site.outcomes(),
        Lease => site.objects(|object| site.claim(object)),
        FencingToken => site.fences(),
        HolderIdentity => site.objects(|object| format!("{} names its holder", site.name(object))),
        PessimisticLock | RowLock => site.objects(|object| format!("lock on {}", site.keyed(object))),
        PartitionRouting => site.routes("to one owner"),
        SingleWriterQueue => site.routes("to a queue with one consumer"),
        OwnershipEpoch => vec!["epoch of the owner, raised when a key moves, compared by every write".into()],
        SequenceAuthority => site.sequences("one counter"),
        SharedSequence => site.sequences("history and live path use one numbering"),
        Saga | TwoPhaseCommit | StepIdempotency | Reservation => site.steps(mechanism),
        Timeout | CircuitBreaker | Bulkhead => site.called(mechanism),
        StreamAggregation | EventDedup | ApproximateCounting => site.aggregates(mechanism),
        CacheAside | Cqrs | Denormalization | SpatialPartition | ReadSource => site.copies(mechanism),
        Cdc | SynchronousUpdate | Ttl | IdempotentConsumer | Rebuild | Windowing | TemporalDecay => {
            site.changes(mechanism)
        }
        Outbox | DurableNotification | FanOutOnWrite | FanOutOnRead | InTransactionWrite => site.events(mechanism),
        AuthorizationCheck => site.permissions(),
        _ => vec![],
    }
}

/// What the mechanism does about retries, races, crashes and duplicates.
pub fn handling(mechanism: Mechanism) -> Option<&'static str> {
    HANDLING.iter().find(|(other, _)| *other == mechanism).map(|(_, text)| *text)
}

#[rustfmt::skip]
static HANDLING: &[(Mechanism, &str)] = &[
    (CasOnVersion, "on conflict read again, check again, try again a bounded number of times; then the outcome is undecided and safe to retry (A-40)"),
    (CasOnStateAndVersion, "on conflict read again, check again, try again a bounded number of times; then the outcome is undecided and safe to retry (A-40)"),
    (CasOnPredicate, "no row changed means the condition does not hold now: read again to say which part"),
    (InPlaceUpdate, "an addition cannot lose a race; it commits with the record that it was made (A-42)"),
    (IdempotencyKey, "a retry is answered from the record before anything else; every outcome is recorded by insert-if-absent, a success in the transaction of the write (A-37)"),
    (UniqueKey, "the second insert finds the first record and answers with it"),
    (ContentHash, "a duplicate is the record that is there"),
    (WriteThenRead, "own record first, durably; then look, with a read that sees every acknowledged write (A-53)"),
    (Lease, "a claim that nobody renews ends by itself; the step that makes it last takes the time limit away (A-45)"),
    (FencingToken, "a command with an old claim is refused; the counter outlives the claim (A-47)"),
    (HolderIdentity, "a command of anybody but the holder is refused"),
    (PessimisticLock, "waiting ends at the lock timeout; the lock dies with the process that holds it"),
    (RowLock, "waiting ends at the lock timeout; commit, abort and a lost connection all free it"),
    (PartitionRouting, "a key whose owner is gone waits until it has a new one"),
    (OwnershipEpoch, "a write of an owner that was replaced is refused (A-7)"),
    (SingleWriterQueue, "what waits too long is answered as undecided; the next attempt is accepted again"),
    (SequenceAuthority, "position and record commit together, so a crash leaves no position without a record"),
    (SharedSequence, "a reader that missed something asks for all after its last position"),
    (Crdt, "replicas that were apart merge when they meet again"),
    (VersionVector, "versions that do not know of each other are both kept"),
    (StateVectorSync, "after a break only what the other has not seen is sent"),
    (Saga, "the log is durable; a crash is found by a scan, and once undoing has begun it only goes on undoing (A-44)"),
    (StepIdempotency, "a step that is repeated finds its own first outcome"),
    (Reservation, "what is set aside and not confirmed in time is released"),
    (TwoPhaseCommit, "who has prepared waits for the coordinator, whose log must survive"),
    (StreamAggregation, "after a crash it goes on from the last checkpoint; the sink takes the same result twice (A-34)"),
    (EventDedup, "a second event of one id is dropped; id and effect commit together (A-42)"),
    (IdempotentConsumer, "a message that is not newer than what is there changes nothing"),
    (Windowing, "what is late but allowed corrects the window; what is later is counted apart"),
    (CacheAside, "a lost cache is refilled from the source, one reader at a time per entry"),
    (Cqrs, "a model that is lost or wrong is built again from its upstream"),
    (Denormalization, "copies that differ are written again from the source"),
    (SpatialPartition, "a lost index is built again from the records; neighbouring cells are searched too"),
    (ReadSource, "reads fail when the source does"),
    (Rebuild, "replayed beside the old copy, then exchanged"),
    (ScatterGather, "a partition that does not answer in time is named in the answer"),
    (Cdc, "the reader goes on from its last position; nothing is lost while the log is kept"),
    (Outbox, "the relay sends until taken; a crash sends again, never not at all"),
    (SynchronousUpdate, "view and source commit together or not at all"),
    (InTransactionWrite, "all commit together or not at all"),
    (DurableNotification, "tried again with backoff; seen at the latest when the receiver asks"),
    (FanOutOnWrite, "an inbox that fails is tried again from the event"),
    (FanOutOnRead, "a source that fails is left out and named"),
    (RetryBackoff, "given up when the budget of the caller is spent"),
    (CircuitBreaker, "open, it fails at once; a probe closes it again"),
    (Timeout, "the outcome of a call that was given up is unknown: ask again with the same key"),
    (Bulkhead, "a full pool refuses at once"),
    (AuthorizationCheck, "no answer from the permissions means no"),
    (ScheduledTrigger, "a run that was missed is made up for; a run that comes twice finds nothing to do"),
    (HomeRegion, "while the home is cut off, writes of its keys wait"),
];

/// A design parameter with its design: names and keys are looked up here.
struct Site<'d> {
    design: &'d Design,
    dp: Dp,
}

impl Site<'_> {
    fn name(&self, entity: impl Into<Entity>) -> String {
        self.design.name(entity)
    }

    fn guarded(&self) -> Vec<Object> {
        self.design.parameters.guards.iter().filter(|(dp, _)| *dp == self.dp).map(|(_, object)| *object).collect()
    }

    fn operations(&self) -> Vec<Operation> {
        self.design.parameters.protects.iter().filter(|(dp, _)| *dp == self.dp).map(|(_, op)| *op).collect()
    }

    fn views(&self) -> Vec<View> {
        self.design.parameters.serves_view.iter().filter(|(dp, _)| *dp == self.dp).map(|(_, view)| *view).collect()
    }

    fn of(&self) -> Option<Entity> {
        self.design.parameters.dp.iter().find(|(dp, ..)| *dp == self.dp).map(|(_, _, of)| *of)
    }

    fn objects(&self, say: impl Fn(Object) -> String) -> Vec<String> {
        self.guarded().into_iter().map(say).collect()
    }

    /// `auction_id`, or all parts of the key.
    fn key(&self, object: Object) -> String {
        let facts = &self.design.facts;
        let key: Vec<&str> =
            facts.key.iter().filter(|(of, _)| *of == object).map(|(_, field)| facts.name(*field)).collect();
        if key.is_empty() { "key".into() } else { key.join(", ") }
    }

    /// `Auction (auction_id)`
    fn keyed(&self, object: Object) -> String {
        format!("{} ({})", self.name(object), self.key(object))
    }

    fn conditions(&self, operation: Operation) -> Vec<&str> {
        let facts = &self.design.facts;
        facts.guard.iter().filter(|(_, of, _)| *of == operation).map(|(guard, ..)| facts.name(*guard)).collect()
    }

    /// the write carries the whole condition, the clock's part included.
    fn conditional_writes(&self, mechanism: Mechanism) -> Vec<String> {
        let axes = &self.design.axes;
        let evolves = |object: Object, how: Evolution| {
            axes.evolution.iter().any(|(of, evolution, _)| *of == object && *evolution == how)
        };
        let guarded = self.guarded();
        let changing: Vec<Object> =
            guarded.iter().copied().filter(|object| !evolves(*object, Evolution::AppendOnly)).collect();
        let targets = if changing.is_empty() { guarded } else { changing };
        let compared = |object| match (mechanism, evolves(object, Evolution::StateMachine)) {
            (CasOnPredicate, _) => "",
            (_, true) => "; status, version",
            (_, false) => "; version",
        };
        let writes = targets
            .iter()
            .map(|object| format!("CAS on {} ({}{})", self.name(*object), self.key(*object), compared(*object)));
        let carried = self.operations().into_iter().filter_map(|operation| {
            let conditions = self.conditions(operation);
            (!conditions.is_empty()).then(|| format!("{} where {}", self.name(operation), conditions.join(" and ")))
        });
        writes.chain(carried).collect()
    }

    fn additions(&self) -> Vec<String> {
        let (facts, operations, guarded) = (&self.design.facts, self.operations(), self.guarded());
        let added = facts.effect.iter().filter(|(_, operation, object, _, action)| {
            operations.contains(operation)
                && guarded.contains(object)
                && matches!(action, Action::Increase(_) | Action::Decrease(_))
        });
        let mut all: Vec<String> = added.map(|(effect, ..)| format!("{} in the store", facts.name(*effect))).collect();
        all.dedup();
        if all.is_empty() { self.aggregates(InPlaceUpdate) } else { all }
    }

    fn identities(&self, mechanism: Mechanism) -> Vec<String> {
        let facts = &self.design.facts;
        self.objects(|object| {
            let hashed = facts.content_addressed.iter().find(|(of, _)| *of == object);
            if let (ContentHash, Some((_, content))) = (mechanism, hashed) {
                return format!("{} keyed by the hash of {}", self.name(object), facts.name(*content));
            }
            let pair = facts.canonical_pair.iter().find(|(of, ..)| *of == object);
            if let Some((_, one, other)) = pair {
                let (one, other) = (facts.name(*one), facts.name(*other));
                return format!("unique key on {} ({one}, {other}), the smaller one first", self.name(object));
            }
            let unique = facts.statement.iter().find_map(|(_, statement)| match statement {
                Statement::UniquePer(of, fields) if *of == object => Some(fields),
                _ => None,
            });
            let fields =
                unique.map(|fields| fields.iter().map(|field| facts.name(*field)).collect::<Vec<_>>().join(", "));
            format!("unique key on {} ({})", self.name(object), fields.unwrap_or_else(|| self.key(object)))
        })
    }

    /// the key begins with the key of the guarded record, so that both lie in one partition.
    fn outcomes(&self) -> Vec<String> {
        let facts = &self.design.facts;
        let place: Vec<String> = self.guarded().into_iter().take(1).map(|object| self.key(object)).collect();
        let outcome = |operation: Operation| {
            let named =
                facts.once_per.iter().filter(|(of, _)| *of == operation).map(|(_, key)| facts.name(*key).to_owned());
            let named: Vec<String> = named.collect();
            let kept = facts.remembered.iter().find(|(of, _)| *of == operation);
            let kept = kept.map_or(String::new(), |(_, time)| format!(", kept {time}"));
            match named.is_empty() {
                true => format!("outcome of {} by a request key, which is not declared", self.name(operation)),
                false => {
                    let key: Vec<String> = place.iter().cloned().chain(named).collect();
                    format!("outcome of {} by ({}){kept}", self.name(operation), key.join(", "))
                }
            }
        };
        self.operations().into_iter().map(outcome).collect()
    }

    fn claim(&self, object: Object) -> String {
        let facts = &self.design.facts;
        let taken = facts.holds.iter().find(|(_, held)| *held == object);
        let time = taken.and_then(|(operation, _)| facts.hold_time.iter().find(|(of, _)| of == operation));
        let time = time.map_or("ends by itself".into(), |(_, time)| format!("ends by itself, no sooner than {time}"));
        format!("claim on {}: claim_id, holder, {time}", self.keyed(object))
    }

    fn fences(&self) -> Vec<String> {
        let facts = &self.design.facts;
        let counter = self.objects(|object| {
            format!(
                "claim_id per {}, from a counter that never expires; every write of {} compares it",
                self.key(object),
                self.name(object)
            )
        });
        let operations = self.operations();
        let called: BTreeSet<Service> = facts
            .call
            .iter()
            .filter(|(_, operation, _)| operations.contains(operation))
            .map(|(.., service)| *service)
            .collect();
        let passed =
            called.into_iter().map(|service| format!("claim_id sent with every call to {}", self.name(service)));
        counter.into_iter().chain(passed).collect()
    }

    fn routes(&self, whereto: &str) -> Vec<String> {
        let (facts, axes) = (&self.design.facts, &self.design.axes);
        let of_objects = self.objects(|object| {
            let by = axes.partition_by.iter().filter(|(of, _)| *of == object).map(|(_, field)| facts.name(*field));
            let by: Vec<&str> = by.collect();
            let by = if by.is_empty() { self.key(object) } else { by.join(", ") };
            format!("writes of {} by ({by}) {whereto}", self.name(object))
        });
        let of_views = self
            .views()
            .into_iter()
            .map(|view| format!("changes of {} by ({}) {whereto}", self.name(view), self.groups(view)));
        of_objects.into_iter().chain(of_views).collect()
    }

    fn groups(&self, view: View) -> String {
        let facts = &self.design.facts;
        let groups: Vec<&str> =
            facts.grouped.iter().filter(|(of, _)| *of == view).map(|(_, field)| facts.name(*field)).collect();
        if groups.is_empty() { "its key".into() } else { groups.join(", ") }
    }

    fn sequences(&self, what: &str) -> Vec<String> {
        let (facts, axes) = (&self.design.facts, &self.design.axes);
        self.objects(|object| {
            let scope = axes.ordered_within.iter().filter(|(of, _)| *of == object).map(|(_, field)| facts.name(*field));
            let scope: Vec<&str> = scope.collect();
            let scope = if scope.is_empty() { self.key(object) } else { scope.join(", ") };
            format!("{what} of {} per {scope}", self.name(object))
        })
    }

    fn steps(&self, mechanism: Mechanism) -> Vec<String> {
        let facts = &self.design.facts;
        let calls = |operation: Operation| facts.call.iter().filter(move |(_, of, _)| *of == operation);
        let step = |(call, _, service): &(Call, Operation, Service)| {
            let undo = facts.compensated.iter().find(|(of, _)| of == call);
            let undo = undo.map_or(String::new(), |(_, undo)| format!(", undone by {undo}"));
            match mechanism {
                StepIdempotency => format!("{} at {} by (saga, step)", facts.name(*call), self.name(*service)),
                Reservation => format!("{} sets aside what {} will need", facts.name(*call), self.name(*service)),
                TwoPhaseCommit => format!("{} prepares {}", self.name(*service), facts.name(*call)),
                _ => format!("{} at {}{undo}", facts.name(*call), self.name(*service)),
            }
        };
        let head = |operation: Operation| match mechanism {
            Saga => Some(format!("durable log of {}", self.name(operation))),
            TwoPhaseCommit => Some(format!("coordinator of {} with a durable log", self.name(operation))),
            _ => None,
        };
        self.operations()
            .into_iter()
            .flat_map(|operation| head(operation).into_iter().chain(calls(operation).map(step)))
            .collect()
    }

    fn called(&self, mechanism: Mechanism) -> Vec<String> {
        let facts = &self.design.facts;
        let operations = self.operations();
        let called: BTreeSet<Service> = facts
            .call
            .iter()
            .filter(|(_, operation, _)| operations.contains(operation))
            .map(|(.., service)| *service)
            .collect();
        called.into_iter().map(|service| format!("{} on calls to {}", mechanism.word(), self.name(service))).collect()
    }

    fn aggregates(&self, mechanism: Mechanism) -> Vec<String> {
        let facts = &self.design.facts;
        let of_view = |view: View| {
            let sources = facts.upstream.iter().filter(|(of, _)| *of == view).map(|(_, source)| *source);
            let computed = facts.computed.iter().find(|(of, ..)| *of == view);
            let law = computed.map_or("a function".to_owned(), |(_, function, field)| {
                format!(
                    "{}{}",
                    function.word(),
                    field.map_or(String::new(), |field| format!(" of {}", facts.path(field)))
                )
            });
            sources
                .map(move |source| match (mechanism, source) {
                    (EventDedup, Source::Object(object)) => format!("ids seen of {}", self.keyed(object)),
                    (EventDedup, Source::View(_)) => format!("position read of {}", self.name(source)),
                    (ApproximateCounting, _) => format!("sketch of {law} per {}", self.groups(view)),
                    _ => format!("{law} per {}, from {}", self.groups(view), self.name(source)),
                })
                .collect::<Vec<_>>()
        };
        let of_views: Vec<String> = self.views().into_iter().flat_map(of_view).collect();
        if !of_views.is_empty() || mechanism != EventDedup {
            return of_views;
        }
        self.objects(|object| format!("request or event id, in the transaction that changes {}", self.name(object)))
    }

    fn copies(&self, mechanism: Mechanism) -> Vec<String> {
        let facts = &self.design.facts;
        let sources = |view: View| {
            let sources = facts.upstream.iter().filter(|(of, _)| *of == view).map(|(_, source)| self.name(*source));
            sources.collect::<Vec<_>>().join(", ")
        };
        let bound = |view: View| {
            let bound = facts.staleness.iter().find(|(of, _)| *of == view);
            bound.map_or(String::new(), |(_, bound)| format!(", time to live and lag within {bound}"))
        };
        let first = |view: View| {
            let top = facts.top.iter().find(|(of, _)| *of == view);
            top.map_or(String::new(), |(_, count)| format!(", first {count}"))
        };
        let say = |view: View| match mechanism {
            CacheAside => {
                format!("cache of {} over {}, dropped on change{}", self.name(view), sources(view), bound(view))
            }
            Cqrs => format!("read model {} of {}{}", self.name(view), sources(view), first(view)),
            Denormalization => format!("{} stored joined from {}", self.name(view), sources(view)),
            SpatialPartition => format!("cells over {}, with neighbours", sources(view)),
            _ => format!("{} read from {}", self.name(view), sources(view)),
        };
        self.views().into_iter().map(say).collect()
    }

    fn changes(&self, mechanism: Mechanism) -> Vec<String> {
        let facts = &self.design.facts;
        let pairs = |view: View| facts.upstream.iter().filter(move |(of, _)| *of == view);
        let say = |(view, source): &(View, Source)| {
            let (view_name, source_name) = (self.name(*view), self.name(*source));
            let window = facts.window.iter().find(|(of, _)| of == view).map(|(_, length)| length.to_string());
            let half_life = facts.decays.iter().find(|(of, _)| of == view).map(|(_, time)| time.to_string());
            match mechanism {
                Cdc => format!("committed changes of {source_name} to {view_name}"),
                SynchronousUpdate => format!("{view_name} in the transaction that changes {source_name}"),
                Ttl => format!("entries of {view_name} expire"),
                IdempotentConsumer => format!("position or version of {source_name} kept with {view_name}"),
                Rebuild => format!("{view_name} from {source_name}"),
                Windowing => format!("{view_name} in windows of {}", window.unwrap_or("a stated length".into())),
                _ => format!("{view_name} with half-life {}", half_life.unwrap_or("not stated".into())),
            }
        };
        let mut all: Vec<String> = self.views().into_iter().flat_map(pairs).map(say).collect();
        all.dedup();
        if all.is_empty() && mechanism == IdempotentConsumer { vec!["ids of messages taken".into()] } else { all }
    }

    fn events(&self, mechanism: Mechanism) -> Vec<String> {
        let facts = &self.design.facts;
        let own = match self.of() {
            Some(Entity::Event(event)) => vec![event],
            _ => vec![],
        };
        let operations = self.operations();
        let announced =
            facts.announces.iter().filter(|(operation, event)| operations.contains(operation) || own.contains(event));
        let say = |(operation, event): &(Operation, Event)| {
            let (operation, event) = (self.name(*operation), self.name(*event));
            match mechanism {
                Outbox => format!("row of {event} in the transaction of {operation}, and a relay"),
                DurableNotification => format!("record of {event} per receiver, until taken"),
                FanOutOnWrite => format!("{event} into each receiver's inbox"),
                FanOutOnRead => format!("{event} kept once, pulled and merged by receivers"),
                _ => format!("{operation} and {event} commit together"),
            }
        };
        announced.map(say).collect()
    }

    fn permissions(&self) -> Vec<String> {
        let invariants =
            self.design.parameters.enforces.iter().filter(|(dp, _)| *dp == self.dp).map(|(_, invariant)| *invariant);
        let governed = |invariant: Invariant| {
            let governs = self.design.invariants.governs.iter().filter(move |(of, _)| *of == invariant);
            governs.map(|(_, operation)| self.name(*operation)).collect::<Vec<_>>()
        };
        let say = |invariant: Invariant| {
            let before = governed(invariant);
            let before =
                if before.is_empty() { self.of().map_or(String::new(), |of| self.name(of)) } else { before.join(", ") };
            format!("{} checked before {before}", self.name(invariant))
        };
        invariants.map(say).collect()
    }
}
