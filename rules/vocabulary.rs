//! Every word an author can use for a concept of the framework, once: its spelling, its meaning, its source.
//!
//! From these tables come parsing, printing, "did you mean", completion, hover and the reference. Adding a word is one line.

/// A closed set of words for one concept.
pub trait Vocabulary: Copy + Eq + 'static {
    /// What the words are for: "ownership", used in messages ("expected an ownership").
    const CONCEPT: &'static str;
    /// All words, in the framework's order.
    const ALL: &'static [Self];
    /// How an author writes it, one or more plain words.
    fn word(self) -> &'static str;
    /// What it means, in one sentence.
    fn gloss(self) -> &'static str;
    /// Its place in [`Vocabulary::ALL`].
    fn place(self) -> usize;
    /// The word so spelled.
    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|item| item.word() == word)
    }
}

macro_rules! vocabulary {
    ($($(#[doc = $doc:literal])+ $name:ident = $concept:literal { $($variant:ident = $word:literal: $gloss:literal,)+ })+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
            pub enum $name { $(#[doc = $gloss] $variant,)+ }
            impl Vocabulary for $name {
                const CONCEPT: &'static str = $concept;
                const ALL: &'static [Self] = &[$($name::$variant),+];
                fn word(self) -> &'static str { match self { $($name::$variant => $word),+ } }
                fn gloss(self) -> &'static str { match self { $($name::$variant => $gloss),+ } }
                fn place(self) -> usize { self as usize }
            }
            impl $crate::proof::IntoTerm for $name {
                fn term(self) -> $crate::proof::Term { $crate::proof::Term::Word(self.word()) }
            }
            impl $crate::proof::IntoTerm for &$name {
                fn term(self) -> $crate::proof::Term { (*self).term() }
            }
            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.word()) }
            }
        )+
    };
}
pub(crate) use vocabulary;

vocabulary! {
    /// Who initiates an operation (S1-p1).
    ActorKind = "kind of actor" {
        User = "user": "A person.",
        Client = "client": "A program of a user: an app, a browser, a device.",
        InternalService = "internal service": "A service of this system.",
        Scheduler = "scheduler": "Something that acts when a time comes.",
        Admin = "admin": "A person who operates the system.",
        ExternalPartner = "external partner": "Another organisation's system.",
    }

    /// What an actor may do wrong (Q2, step 14).
    ActorFault = "fault of an actor" {
        Retries = "retries": "Sends the same request again when it hears nothing.",
        CrashesAfterSend = "may crash after send": "May die between sending a request and hearing the answer, and send it again.",
        CrashesWhileHolding = "may crash while holding": "May die while it holds a claim on something.",
        Offline = "may be offline": "May be unreachable when something is to be delivered to it.",
    }

    /// The class of a primary object, a hint and no more: the axes decide (S2-r1 to S2-r5, A-17). Derived views are a sort of their own.
    Class = "object class" {
        Entity = "entity": "Long-lived, mutable, continuously existing: a user, a product, a driver.",
        Event = "event": "An immutable occurrence at one point in time: a bid, a swipe, a location ping.",
        Process = "process": "Keeps its identity over a lifecycle of states: an auction, a trip, a payment.",
        Intent = "intent": "Kept until a future condition is met: an alert subscription, a scheduled job.",
        Relationship = "relationship": "An edge between entities with a lifecycle of its own: a match, a share permission.",
    }

    /// Axis 1: who may write an object, under what contention (S3-own-r1 to S3-own-r6).
    Ownership = "ownership" {
        SingleWriter = "single writer": "Exactly one actor writes each instance.",
        SingleWriterPerPartition = "single writer per partition": "One writer for each key, many keys in parallel.",
        OneWinner = "many writers, one winner": "Many attempt the write, one succeeds per atomic decision.",
        AllSucceed = "many writers, all succeed": "Concurrent writes all take effect and merge without conflict.",
        Pipeline = "pipeline": "A processing pipeline is the only writer; others enqueue.",
        SystemOnly = "system only": "Only internal services write, never users.",
    }

    /// Axis 2: how an object's state changes (S3-evo-r1 to S3-evo-r4, S2-v2r1 to S2-v2r4).
    Evolution = "evolution" {
        AppendOnly = "append-only": "Records are added; old ones never change.",
        Overwrite = "overwrite": "One current state, replaced in place.",
        StateMachine = "state machine": "Guarded transitions between named states.",
        Merge = "merge": "Concurrent writes are reconciled by a merge law.",
    }

    /// Axis 3: what order must hold (S3-ord-r1 to S3-ord-r4); always within a scope, except where there is none.
    Ordering = "ordering" {
        Total = "total": "Any two in the scope are comparable.",
        Partial = "partial": "One happened before the other, or they are concurrent.",
        Unordered = "none": "A set; no order means anything.",
        Lifecycle = "lifecycle": "Transitions follow the paths of the state machine.",
    }

    /// The six types of invariant (S4-T1 to S4-T6).
    InvariantType = "invariant type" {
        Eligibility = "eligibility": "An action is valid only if a condition holds at the moment of decision.",
        Ordering = "ordering": "Any two in a scope have an order that all readers agree on.",
        Accounting = "accounting": "An aggregate equals a function of all its events.",
        Uniqueness = "uniqueness": "Submitting a request many times looks the same as once.",
        Propagation = "propagation": "A derived view reflects its source within a stated bound.",
        Access = "access": "Only an actor with a permission may do or read something.",
    }

    /// What a product sentence's verb hides (S1-r1 to S1-r8).
    UiVerb = "product verb" {
        View = "view": "Read a base record, read a projection, fetch a slice of history, or subscribe from a cursor.",
        Create = "create": "Create a record or append an event.",
        Update = "update": "Overwrite mutable state or take a transition.",
        GetNotification = "notify": "The system evaluates a condition and delivers a push.",
        Subscribe = "subscribe": "Persist a future constraint, an intent object.",
        Search = "search": "Query an indexed projection.",
        React = "swipe": "Append an immutable decision event.",
        Bid = "bid": "Attempt a conditional update on contended state.",
    }

    /// What a requirement really touches, as the author resolved it (S1-p2).
    Touch = "kind of requirement" {
        Does = "does": "The actor runs an operation.",
        Reads = "reads": "The actor reads a base record or a projection.",
        Queries = "queries": "The actor asks a query: a slice, a radius, a ranking, a search.",
        Follows = "follows": "The actor receives changes from a cursor on.",
        IsToldOf = "is told of": "The system evaluates a condition and delivers a push to the actor.",
    }

    /// How a view or an accounting invariant computes a value (S4-T3).
    Aggregate = "aggregate function" {
        Sum = "sum": "The sum of a field over all events.",
        Count = "count": "The number of events.",
        CountDistinct = "distinct": "The number of different values of a field.",
        Max = "max": "The largest value of a field.",
        Min = "min": "The smallest value of a field.",
        Latest = "latest": "The last value by the order of the events.",
    }

    /// Failures an author can declare (Q2, S14-f1 to S14-f6).
    FaultKind = "fault" {
        ClientRetry = "client retry": "A client that hears nothing sends again.",
        DuplicateDelivery = "duplicate delivery": "A message arrives more than once.",
        PartialWrite = "partial write": "One step of a write succeeds and the next does not.",
        OutOfOrder = "out of order": "Events arrive in another order than they were made.",
        TemporalBoundary = "temporal boundary": "Something arrives just at a deadline or window close.",
        NodeCrash = "node crash": "A node dies at any step.",
        Partition = "partition": "Two groups of nodes cannot reach each other.",
        SlowDownstream = "slow downstream": "A called service answers late or not at all.",
        RetryStorm = "retry storm": "All waiting clients send again at the same moment.",
        HolderCrash = "holder crash": "A process dies while it holds a claim.",
    }

    /// Whose clock decides (S8-d1, A-54).
    Clock = "clock authority" {
        Server = "server": "The clock of the service that decides.",
        Store = "store": "The clock of the store, read inside the conditional write.",
        Client = "client": "The client's clock, which is never to be trusted.",
    }

    /// What is asked of a system that a network partition has cut in two.
    PartitionPolicy = "partition policy" {
        NeverBlock = "never block": "Every region goes on writing on its own.",
        TolerateMinority = "tolerate minority": "The majority side goes on; the minority may wait.",
        MayBlock = "may block": "Writes may wait until the partition heals.",
    }

    /// Where contention localises (Q1).
    Scope = "coordination scope" {
        Process = "process": "One data structure in one process.",
        Service = "service": "Several stateless instances with one shared store.",
        Services = "services": "Several independent services.",
        Regions = "regions": "Several regions.",
    }

    /// How what is read looks against what is written (Q4).
    Shape = "read shape" {
        Same = "same shape": "Read as it was written.",
        Different = "different shape": "Read in another shape than written.",
        JoinHeavy = "join-heavy": "Read in the same shape, but joined from many records.",
    }

    /// How tightly the maker of a change and those who hear of it are coupled (Q5).
    Coupling = "coupling" {
        Atomically = "atomically": "The maker needs it done before it goes on.",
        BestEffort = "best effort": "Sent, tried again on failure, not waited for.",
        Eventually = "eventually": "Arrives later, and always; the application makes the event.",
        EvenIfOffline = "even if offline": "Kept until the receiver is there to get it.",
    }

    /// Who pays for a fan-out (Q5-r5, Q5-r6); without a word it follows from the number of receivers.
    FanOut = "fan-out" {
        OnWrite = "on write": "Pushed to every receiver's inbox at once.",
        OnRead = "on read": "Pulled and merged by every receiver.",
    }

    /// What an author may decide explicitly; checked like everything else.
    Topic = "decision" {
        Mechanism = "mechanism": "How an operation's, object's or view's invariants are enforced.",
        PartitionKey = "partition key": "By which field an object is spread.",
        SourceOfTruth = "source of truth": "Which object or view is right where two disagree.",
        DesignParameter = "design parameter": "A mechanism the author names, and the invariants it enforces.",
        Consistency = "consistency": "How strong a path is.",
        Store = "store": "Which product keeps an object or view.",
        Service = "service": "Which service owns an object or view.",
        Value = "value": "The value of an operational parameter.",
        Sequence = "sequence": "Who assigns positions in an order.",
    }

    /// Consistency of a path (S12, A-28).
    Consistency = "consistency" {
        Strong = "strong": "Reads see every write that was acknowledged.",
        Bounded = "bounded": "Stale by no more than a stated time.",
        Eventual = "eventual": "Catches up, with no stated time.",
    }

    /// The mathematical sign of what a counter is changed by.
    Sign = "sign" {
        NonNegative = "non-negative": "Never below zero.",
        Any = "any": "May be negative.",
    }

    /// Types of fields. An object's name is a type as well: a reference to one instance.
    Primitive = "type" {
        Uuid = "uuid": "A 128-bit identifier.",
        Id = "id": "An opaque identifier.",
        Text = "text": "A string.",
        Integer = "integer": "A whole number.",
        Decimal = "decimal": "An exact decimal number.",
        Money = "money": "An amount of money.",
        Boolean = "boolean": "True or false.",
        Timestamp = "timestamp": "A point in time.",
        Duration = "duration": "A length of time.",
        Bytes = "bytes": "Binary content.",
        Hash = "hash": "A digest of content.",
        Location = "location": "A latitude and a longitude.",
        Set = "set": "A set of values.",
        List = "list": "A sequence of values.",
        Counter = "counter": "A number that is only ever changed by adding.",
        Json = "json": "A structured value that nothing looks into.",
        Status = "status": "The current state of a state machine.",
    }

    /// What an author thinks of a technology.
    Preference = "preference" {
        Owned = "owned": "Already operated here.",
        Preferred = "preferred": "To be taken where several fit.",
        Allowed = "allowed": "May be taken.",
        Forbidden = "forbidden": "Must not be taken.",
    }

    /// Capabilities an external service may have or lack.
    ServiceTrait = "service trait" {
        External = "external": "Run by somebody else.",
        MayDegrade = "may degrade": "May answer slowly or fail for a while.",
        Idempotent = "idempotent": "Accepts a key and executes a request at most once.",
        ChecksFencing = "checks fencing": "Refuses a command that carries an old claim.",
        Critical = "critical": "Must not fail because something less important is slow.",
    }
}

impl ActorKind {
    /// Whether such an actor is a part of the system: nobody outside initiates what it does.
    pub fn is_system(self) -> bool {
        matches!(self, ActorKind::InternalService | ActorKind::Scheduler)
    }
}

vocabulary! {
    /// Where a derived property comes from.
    Origin = "origin" {
        Declared = "declared": "The author says so.",
        Inferred = "inferred": "Guards and effects show it.",
        Derived = "derived": "Follows from other facts.",
    }
}
