//! The input of the framework: what an author declared. One `Vec` per relation, each read as a sentence.
//!
//! Facts carry ids and never spans: whitespace must not be an input of the logic.

use crate::expression::{Action, Expr};
use crate::quantity::Quantity;
use crate::vocabulary::*;
use std::collections::BTreeMap;

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident $plural:ident $noun:literal,)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
            pub struct $name(pub u32);
            impl From<$name> for Entity { fn from(id: $name) -> Entity { Entity::$name(id) } }
            // Clauses see the columns of a relation by reference.
            impl From<&$name> for Entity { fn from(id: &$name) -> Entity { Entity::$name(*id) } }
            impl $name {
                /// The id as an index.
                pub fn index(self) -> usize { self.0 as usize }
            }
            impl Id for $name {
                const NOUN: &'static str = $noun;
                fn of(entity: Entity) -> Option<Self> {
                    match entity { Entity::$name(id) => Some(id), _ => None }
                }
            }
        )+
        /// Anything a finding can point at or a fact can be about.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Entity { $($(#[doc = $doc])+ $name($name),)+ }
        impl Entity {
            /// What such a thing is called: "object".
            pub fn noun(self) -> &'static str { match self { $(Entity::$name(_) => $noun,)+ } }
        }
        /// Who is called what. Each list is indexed by the id of its kind.
        #[derive(Default, Clone, PartialEq, Debug)]
        pub struct Names { $($(#[doc = $doc])+ pub $plural: Vec<Name>,)+ }
        impl Names {
            /// The name of a declared thing; `None` for what was derived.
            pub fn get(&self, entity: Entity) -> Option<&Name> {
                match entity { $(Entity::$name(id) => self.$plural.get(id.index()),)+ }
            }
            /// All declared things, kind by kind, in the order of declaration.
            pub fn entities(&self) -> impl Iterator<Item = Entity> + '_ {
                std::iter::empty()$(.chain((0..self.$plural.len() as u32).map(|id| Entity::$name($name(id)))))+
            }
        }
        $(
            impl Names {
                /// Hands out the next id of this kind.
                pub fn $plural(&mut self, name: Name) -> $name {
                    self.$plural.push(name);
                    $name(self.$plural.len() as u32 - 1)
                }
            }
        )+
    };
}

/// The id of one kind of thing.
pub trait Id: Copy + Into<Entity> {
    /// What such a thing is called.
    const NOUN: &'static str;
    /// The id, if the entity is of this kind.
    fn of(entity: Entity) -> Option<Self>;
}

ids! {
    /// The system as a whole; there is one.
    System systems "system",
    /// Who initiates operations (step 1).
    Actor actors "actor",
    /// A product sentence (step 1).
    Requirement requirements "requirement",
    /// A primary state object (step 2).
    Object objects "object",
    /// A field of an object.
    Field fields "field",
    /// A state of an object's state machine.
    State states "state",
    /// An allowed transition of a state machine.
    Transition transitions "transition",
    /// Something computed from other state (step 2).
    View views "view",
    /// A candidate that is no object (step 2).
    Rejected rejected "rejected candidate",
    /// A write path.
    Operation operations "operation",
    /// A parameter of an operation or query.
    Parameter parameters "parameter",
    /// One conjunct of an operation's guard.
    Guard guards "condition",
    /// One effect of an operation.
    Effect effects "effect",
    /// A read path that is more than reading a view.
    Query queries "query",
    /// Something that must always be true (step 4). Ids past the declared ones are derived.
    Invariant invariants "invariant",
    /// A service that owns objects, or an external one.
    Service services "service",
    /// A geographic region.
    Region regions "region",
    /// A failure that can happen (step 14).
    Fault faults "fault",
    /// An event that operations announce.
    Event events "event",
    /// A call of an operation to another service.
    Call calls "call",
    /// A line of the load model.
    Load loads "load",
    /// A latency budget.
    Budget budgets "budget",
    /// A unit price.
    Price prices "price",
    /// A product or product family the author allows, prefers or forbids.
    Technology technologies "technology",
    /// An explicit choice of the author.
    Decision decisions "decision",
    /// A design parameter (step 5); always derived, except where a `decide` names one.
    Dp dps "design parameter",
    /// A table of the logical data model (step 9), derived.
    Table tables "table",
    /// A column of a table (step 9), derived.
    Column columns "column",
    /// Something deployed: a service, a store, a log, a processor (step 11), derived.
    Component components "component",
    /// One way one path can fail (step 14), derived.
    FailureMode failure_modes "failure mode",
    /// A service-level objective (step 15), derived.
    Slo slos "objective",
    /// An operational parameter (step 16), derived.
    Knob knobs "operational parameter",
    /// A runbook (step 17), derived.
    Runbook runbooks "runbook",
    /// A metric (step 18), derived.
    Metric metrics "metric",
    /// An alert (step 18), derived.
    Alert alerts "alert",
    /// A stage of the evolution (step 20), derived.
    Stage stages "stage",
}

/// What a thing is called.
#[derive(Default, Clone, PartialEq, Debug)]
pub struct Name {
    /// As declared. Things without a name of their own (conditions, effects) carry their text.
    pub name: String,
    /// The quoted sentence behind the name.
    pub title: Option<String>,
    /// The documentation comment.
    pub doc: String,
}

/// The type of a field or parameter.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Type {
    /// One of the built-in types.
    Primitive(Primitive),
    /// A reference to an instance of an object.
    Object(Object),
    /// `?`, or a type that did not resolve.
    Unknown,
}

/// What a view or a propagation is computed from, and what a read path reads.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Source {
    /// A primary object.
    Object(Object),
    /// Another view.
    View(View),
}

impl From<&Entity> for Entity {
    fn from(entity: &Entity) -> Entity {
        *entity
    }
}

impl From<&Source> for Entity {
    fn from(source: &Source) -> Entity {
        (*source).into()
    }
}

impl From<Source> for Entity {
    fn from(source: Source) -> Entity {
        match source {
            Source::Object(id) => id.into(),
            Source::View(id) => id.into(),
        }
    }
}

/// What an invariant says, resolved.
#[derive(Clone, PartialEq, Debug)]
pub enum Statement {
    /// Nothing but its sentence: nothing can be derived from it (AP-4).
    Vague,
    /// Something that did not resolve and has been reported.
    Unresolved,
    /// The guards of the operation hold when it takes effect.
    GuardOf(Operation),
    /// A condition over the state.
    Holds(Expr),
    /// `field increases within scope`: values of the field, in order of acceptance, strictly increase where the scope's fields agree.
    Increases(Field, Vec<Field>),
    /// `Object ordered by field within scope`: all readers see the same order.
    Ordered(Object, Option<Field>, Vec<Field>),
    /// Transitions follow the machine.
    Transitions(Object),
    /// `target = aggregate for each group, …`: an accounting law.
    Equals {
        /// The field that holds the aggregate, or the view.
        target: Entity,
        /// What it equals.
        law: Expr,
        /// The scope of the aggregate: one value for each combination of these fields.
        group: Vec<Field>,
    },
    /// The operation has one outcome per value of its key.
    OncePer(Operation, Vec<Parameter>),
    /// There is at most one instance per combination of these fields.
    UniquePer(Object, Vec<Field>),
    /// The view lags by no more than this.
    Within(View, Quantity),
    /// Only who the expression names, or who holds the permission, may run the operation.
    OnlyMay(Permission, Entity),
    /// Every occurrence of the event reaches its audience.
    Delivered(Event),
    /// Whenever the operation's guard holds, its effect follows: all of it, though no request asks again.
    Completes(Operation),
}

/// Who is permitted something.
#[derive(Clone, PartialEq, Debug)]
pub enum Permission {
    /// The caller equals this.
    Is(Expr),
    /// The caller is an actor of this kind of the spec.
    Actor(Actor),
    /// An instance of this object grants it.
    GrantedBy(Object),
}

/// What a decision is about and what was decided.
#[derive(Clone, PartialEq, Debug)]
pub struct Choice {
    /// The kind of decision.
    pub topic: Topic,
    /// What it concerns.
    pub of: Option<Entity>,
    /// The value: a declared thing, …
    pub entity: Option<Entity>,
    /// … a word or product name as written, …
    pub word: String,
    /// … or a quantity.
    pub quantity: Option<Quantity>,
    /// The invariants a named design parameter enforces.
    pub enforces: Vec<Invariant>,
    /// Why the author decided so.
    pub because: Option<String>,
}

/// Everything an author declared, one relation per field. Read `relation(a, b)` as the sentence of its comment.
#[derive(Default, Clone, PartialEq, Debug)]
pub struct Facts {
    /// Names, titles and documentation of everything declared.
    pub names: Names,

    // ── system ──
    /// `clock(clock)`: that clock decides about time.
    pub clock: Vec<(Clock,)>,
    /// `partition_policy(policy)`: asked of the system when regions cannot reach each other.
    pub partition_policy: Vec<(PartitionPolicy,)>,
    /// `complete()`: the author asks for completeness findings as errors.
    pub complete: bool,

    // ── actors and requirements ──
    /// `actor_kind(actor, kind)`
    pub actor_kind: Vec<(Actor, ActorKind)>,
    /// `actor_count(actor, count)`: so many of them.
    pub actor_count: Vec<(Actor, Quantity)>,
    /// `actor_fault(actor, fault)`
    pub actor_fault: Vec<(Actor, ActorFault)>,
    /// `touches(requirement, actor, touch, what)`: what the sentence really is. Several where one sentence expands.
    pub touches: Vec<(Requirement, Actor, Touch, Entity)>,
    /// `says(requirement, verb)`: the sentence uses a verb of the Step 1 table.
    pub says: Vec<(Requirement, UiVerb)>,

    // ── objects ──
    /// `class(object, class)`
    pub class: Vec<(Object, Class)>,
    /// `field(field, object, type)`
    pub field: Vec<(Field, Object, Type)>,
    /// `key(object, field)`: the field is part of the object's identity.
    pub key: Vec<(Object, Field)>,
    /// `initial(field, value)`: what stands behind `=` in the field's declaration.
    pub initial: Vec<(Field, Expr)>,
    /// `ownership(object, ownership)`, as declared.
    pub ownership: Vec<(Object, Ownership)>,
    /// `owner(object, actor)`: the writer the ownership clause names.
    pub owner: Vec<(Object, Actor)>,
    /// `winner_per(object, field)`: the key of the partition or of the contest.
    pub winner_per: Vec<(Object, Field)>,
    /// `evolution(object, evolution)`, as declared; more than one is mixed.
    pub evolution: Vec<(Object, Evolution)>,
    /// `ordering(object, ordering)`, as declared; lifecycle and total may stand together.
    pub ordering: Vec<(Object, Ordering)>,
    /// `ordered_by(object, field)`: the field that carries the order; absent for "by acceptance".
    pub ordered_by: Vec<(Object, Field)>,
    /// `ordered_within(object, field)`: the scope of the order.
    pub ordered_within: Vec<(Object, Field)>,
    /// `state(state, object)`
    pub state: Vec<(State, Object)>,
    /// `initial_state(object, state)`
    pub initial_state: Vec<(Object, State)>,
    /// `terminal(state)`
    pub terminal: Vec<(State,)>,
    /// `transition(transition, object, from, to)`
    pub transition: Vec<(Transition, Object, State, State)>,
    /// `triggers(operation, transition)`: the operation takes the transition.
    pub triggers: Vec<(Operation, Transition)>,
    /// `content_addressed(object, field)`: the identity is the hash of the field.
    pub content_addressed: Vec<(Object, Field)>,
    /// `canonical_pair(object, one, other)`: the identity is the unordered pair of the two fields.
    pub canonical_pair: Vec<(Object, Field, Field)>,
    /// `spatial(object, field)`: looked up by place.
    pub spatial: Vec<(Object, Field)>,
    /// `windowed(object, window)`: aggregated in windows of that length.
    pub windowed: Vec<(Object, Quantity)>,
    /// `sign(field, sign)`: what the field is changed by.
    pub sign: Vec<(Field, Sign)>,
    /// `derivable(object, source)`: the author says the object can be recomputed from the source.
    pub derivable: Vec<(Object, Source)>,
    /// `ephemeral(object)`: losing it costs nothing that cannot be observed again.
    pub ephemeral: Vec<(Object,)>,
    /// `retention(object, time)`: how long records are kept.
    pub retention: Vec<(Object, Quantity)>,
    /// `written_by(object, actor)`: a writer the author names besides the operations' actors.
    pub written_by: Vec<(Object, Actor)>,
    /// `size(object, bytes)`: one record.
    pub size: Vec<(Object, Quantity)>,
    /// `population(object, count)`: so many live instances.
    pub population: Vec<(Object, Quantity)>,

    // ── views and rejected candidates ──
    /// `upstream(view, source)`
    pub upstream: Vec<(View, Source)>,
    /// `computed(view, function, field)`: an aggregate over a field of an event.
    pub computed: Vec<(View, Aggregate, Option<Field>)>,
    /// `grouped(view, field)`: `for each field`.
    pub grouped: Vec<(View, Field)>,
    /// `filtered(view, condition)`: only what satisfies it.
    pub filtered: Vec<(View, Expr)>,
    /// `top(view, count)`: a ranking cut off at so many.
    pub top: Vec<(View, Quantity)>,
    /// `window(view, length)`: over a window of time.
    pub window: Vec<(View, Quantity)>,
    /// `decays(view, half_life)`: weighted by recency.
    pub decays: Vec<(View, Quantity)>,
    /// `staleness(view, bound)`: at most so old; zero is synchronous.
    pub staleness: Vec<(View, Quantity)>,
    /// `lateness(what, time)`: an event of a windowed object or view still counts when it is this late; later ones are counted apart.
    pub lateness: Vec<(Entity, Quantity)>,
    /// `shape(view, shape)`
    pub shape: Vec<(View, Shape)>,
    /// `rebuild(view, source)`: how it is rebuilt from scratch.
    pub rebuild: Vec<(View, Source)>,
    /// `read_by(view, actor, rate)`
    pub read_by: Vec<(View, Actor, Option<Quantity>)>,
    /// `order_of(view, field)`: history and live path number by this field.
    pub order_of: Vec<(View, Field)>,
    /// `assigns_own_sequence(view)`: the view numbers what it shows by itself (S7-x2).
    pub assigns_own_sequence: Vec<(View,)>,
    /// `computed_by(view, service)`: the service computes it.
    pub computed_by: Vec<(View, Service)>,
    /// `read_latency(view, percentile, time)`: target; the percentile in hundredths.
    pub read_latency: Vec<(View, Quantity, Quantity)>,
    /// `rejected(candidate, reason)`: an explicit reason.
    pub rejected: Vec<(Rejected, String)>,
    /// `rejected_from(candidate, source)`: derivable from it.
    pub rejected_from: Vec<(Rejected, Source)>,

    // ── operations ──
    /// `operation(operation, actor)`: the actor runs it.
    pub operation: Vec<(Operation, Actor)>,
    /// `parameter(parameter, operation or query, type)`
    pub parameter: Vec<(Parameter, Entity, Type)>,
    /// `parameter_sign(parameter, sign)`: what is asked for is of that sign, or refused.
    pub parameter_sign: Vec<(Parameter, Sign)>,
    /// `guard(guard, operation, condition)`: one conjunct of its guard.
    pub guard: Vec<(Guard, Operation, Expr)>,
    /// `effect(effect, operation, object, field, action)`: no field where the action is on the whole instance.
    pub effect: Vec<(Effect, Operation, Object, Option<Field>, Action)>,
    /// `through(effect, parameter)`: the effect is on the instance that the parameter names.
    pub through: Vec<(Effect, Parameter)>,
    /// `once_per(operation, parameter)`: request identity; several make a composite key.
    pub once_per: Vec<(Operation, Parameter)>,
    /// `remembered(operation, time)`: how long an outcome must be remembered.
    pub remembered: Vec<(Operation, Quantity)>,
    /// `call(call, operation, service)`: calls another service.
    pub call: Vec<(Call, Operation, Service)>,
    /// `compensated(call)`: an undo step exists.
    pub compensated: Vec<(Call, String)>,
    /// `reserves(call)`: the call reserves first and confirms later, a semantic lock.
    pub reserves: Vec<(Call,)>,
    /// `indivisible(operation)`: cannot be cut into local steps.
    pub indivisible: Vec<(Operation,)>,
    /// `announces(operation, event)`
    pub announces: Vec<(Operation, Event)>,
    /// `audience(event, actor)`: who hears of it.
    pub audience: Vec<(Event, Actor)>,
    /// `watchers(event, object)`: whoever watches the instance hears of it.
    pub watchers: Vec<(Event, Object)>,
    /// `audience_size(event, count)`: receivers of one occurrence.
    pub audience_size: Vec<(Event, Quantity)>,
    /// `coupling(event, coupling)`
    pub coupling: Vec<(Event, Coupling)>,
    /// `fan_out(event, when)`
    pub fan_out: Vec<(Event, FanOut)>,
    /// `holds(operation, object)`: takes a claim on the instance that outlives the request.
    pub holds: Vec<(Operation, Object)>,
    /// `released_by(operation, release)`: the claim ends with that operation.
    pub released_by: Vec<(Operation, Operation)>,
    /// `hold_time(operation, time)`: how long a claim normally lasts.
    pub hold_time: Vec<(Operation, Quantity)>,
    /// `across(operation, scope)`: where its contention localises, as declared (Q1).
    pub across: Vec<(Operation, Scope)>,
    /// `latency(operation, percentile, time)`: target; the percentile in hundredths.
    pub latency: Vec<(Operation, Quantity, Quantity)>,
    /// `rate(operation, rate)`: in total.
    pub rate: Vec<(Operation, Quantity)>,
    /// `hottest(operation, object, rate)`: on the busiest instance.
    pub hottest: Vec<(Operation, Object, Quantity)>,
    /// `causes(operation, caused)`: the first sets off the second.
    pub causes: Vec<(Operation, Operation)>,

    // ── queries ──
    /// `asks(query, actor)`
    pub asks: Vec<(Query, Actor)>,
    /// `query_reads(query, source)`
    pub query_reads: Vec<(Query, Source)>,
    /// `query_by(query, field)`: looked up by that field.
    pub query_by: Vec<(Query, Field)>,
    /// `query_radius(query, field, distance)`: within a distance of a place.
    pub query_radius: Vec<(Query, Field, Quantity)>,
    /// `query_window(query, time)`: only the recent past.
    pub query_window: Vec<(Query, Quantity)>,
    /// `query_ranked(query, field)`: ordered by that field.
    pub query_ranked: Vec<(Query, Field)>,
    /// `query_text(query, field)`: full-text search in that field.
    pub query_text: Vec<(Query, Field)>,
    /// `query_fans_out(query)`: touches many partitions.
    pub query_fans_out: Vec<(Query,)>,
    /// `query_rate(query, rate)`
    pub query_rate: Vec<(Query, Quantity)>,
    /// `query_freshness(query, bound)`
    pub query_freshness: Vec<(Query, Quantity)>,
    /// `query_latency(query, percentile, time)`
    pub query_latency: Vec<(Query, Quantity, Quantity)>,

    // ── invariants ──
    /// `invariant(invariant, type)`, as declared.
    pub invariant: Vec<(Invariant, InvariantType)>,
    /// `statement(invariant, statement)`: what it says; one per declared invariant.
    pub statement: Vec<(Invariant, Statement)>,
    /// `serves(invariant, requirement)`: stated for that requirement.
    pub serves: Vec<(Invariant, Requirement)>,
    /// `horizon(invariant, time)`: uniqueness is asked for this long.
    pub horizon: Vec<(Invariant, Quantity)>,
    /// `about_concurrency(invariant)`: says how it holds under simultaneous writes, retries and crashes, though nothing derivable shows it.
    pub about_concurrency: Vec<(Invariant, String)>,

    // ── deployment ──
    /// `owns(service, what)`: an object or view lives in the service.
    pub owns: Vec<(Service, Entity)>,
    /// `service_trait(service, trait)`
    pub service_trait: Vec<(Service, ServiceTrait)>,
    /// `service_latency(service, percentile, time)`
    pub service_latency: Vec<(Service, Quantity, Quantity)>,
    /// `placed(service, region)`
    pub placed: Vec<(Service, Region)>,
    /// `written_from(object, region)`: instances are written in that region.
    pub written_from: Vec<(Object, Region)>,
    /// `written_everywhere(object)`: one instance is written in several regions at the same time.
    pub written_everywhere: Vec<(Object,)>,
    /// `home_region(object, field)`: each instance has one region that writes it.
    pub home_region: Vec<(Object, Field)>,

    // ── faults, load, money ──
    /// `fault(fault, kind)`
    pub fault: Vec<(Fault, FaultKind)>,
    /// `fault_at(fault, where)`: an actor, service, operation, view or region; everywhere if none is named.
    pub fault_at: Vec<(Fault, Entity)>,
    /// `load(load, name, quantity)`: a named figure of the load model.
    pub load: Vec<(Load, Option<Entity>, Quantity)>,
    /// `budget(budget, what, percentile, time)`: end to end.
    pub budget: Vec<(Budget, Entity, Quantity, Quantity)>,
    /// `hop(budget, name, time)`: a part of a budget.
    pub hop: Vec<(Budget, String, Quantity)>,
    /// `price(price, per quantity, amount)`: so much money per unit of a resource.
    pub price: Vec<(Price, String, Quantity)>,
    /// `technology(technology, preference)`
    pub technology: Vec<(Technology, Preference)>,
    /// `provides(technology, capability)`: extends the catalogue.
    pub provides: Vec<(Technology, String)>,

    // ── the author's decisions ──
    /// `decision(decision, choice)`
    pub decision: Vec<(Decision, Choice)>,
    /// `hole(where, clause)`: `?` stands there.
    pub hole: Vec<(Entity, &'static str)>,
}

impl Facts {
    /// What the system is called, if the author says so.
    pub fn system(&self) -> Option<&Name> {
        self.names.systems.first()
    }

    /// The name of a declared thing; its noun where it has none.
    pub fn name(&self, entity: impl Into<Entity>) -> &str {
        let entity = entity.into();
        self.names.get(entity).map_or(entity.noun(), |name| &name.name)
    }

    /// The object a field belongs to.
    pub fn object_of(&self, field: Field) -> Object {
        self.field[field.index()].1
    }

    /// What each operation is about: the object it changes a field of first, or moves to another state, or else creates or
    /// removes first. The order is the one of its own effects; where objects are declared says nothing.
    pub fn subjects(&self) -> BTreeMap<Operation, Object> {
        let (mut touched, mut moved, mut changed) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (_, operation, object, field, _) in &self.effect {
            touched.entry(*operation).or_insert(*object);
            if field.is_some() {
                changed.entry(*operation).or_insert(*object);
            }
        }
        let of: BTreeMap<Transition, Object> = self.transition.iter().map(|(it, object, ..)| (*it, *object)).collect();
        for (operation, transition) in &self.triggers {
            let Some(object) = of.get(transition) else { continue };
            let first = moved.entry(*operation).or_insert(*object);
            if self.name(*object) < self.name(*first) {
                *first = *object;
            }
        }
        touched.extend(moved);
        touched.extend(changed);
        touched
    }

    /// The largest, with what it is of. Of equals it is the first by name: what was declared first decides nothing.
    pub fn largest<T: Ord, E: Into<Entity> + Copy>(&self, all: impl Iterator<Item = (T, E)>) -> Option<(T, E)> {
        all.max_by(|(one, of), (other, of_other)| one.cmp(other).then_with(|| self.name(*of_other).cmp(self.name(*of))))
    }

    /// The least, with what it is of. Of equals it is the first by name.
    pub fn least<T: Ord, E: Into<Entity> + Copy>(&self, all: impl Iterator<Item = (T, E)>) -> Option<(T, E)> {
        all.min_by(|(one, of), (other, of_other)| one.cmp(other).then_with(|| self.name(*of).cmp(self.name(*of_other))))
    }

    /// `Object.field`
    pub fn path(&self, field: Field) -> String {
        format!("{}.{}", self.name(self.object_of(field)), self.name(field))
    }
}
