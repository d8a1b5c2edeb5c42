//! The pattern reference: every mechanism by name, with what it is good for, its lever and how it fails (PR-*).
//!
//! No product is named: which product provides a mechanism is step 10's question.

use crate::vocabulary::{Vocabulary, vocabulary};
use Cost::*;
use Mechanism::*;

vocabulary! {
    /// A mechanism that can enforce something.
    Mechanism = "mechanism" {
        NoMechanism = "none": "Nothing is needed, for a stated reason.",
        PartitionRouting = "partition routing": "All writes of one key go to the same owner, which cannot race with itself.",
        SingleWriterQueue = "single-writer queue per key": "Attempts on one key queue up before one writer, which decides them in turn.",
        CasOnVersion = "CAS on version": "The write takes effect only if the version is still the one that was read.",
        CasOnStateAndVersion = "CAS on state and version": "The transition takes effect only from the expected state and version.",
        CasOnPredicate = "CAS on predicate": "The write carries its whole condition and takes effect only if it holds; no version is compared.",
        HardwareCas = "hardware CAS": "One compare-and-swap instruction on shared memory.",
        DistributedCas = "conditional write in a shared store": "One round trip to the store that all instances share; the store compares and writes.",
        InPlaceUpdate = "in-place atomic update": "The store adds to the value it has; nobody reads it first.",
        UniqueKey = "unique key": "Inserted only if no record has the key; the second insert is told of the first.",
        ContentHash = "content hash": "The identity is the hash of the content, so a duplicate is the same record.",
        WriteThenRead = "write own side, then read the other": "Each side makes its own record durable before it looks for the other's, so one of two sees both.",
        Crdt = "CRDT": "Replicas take writes alone and merge to the same value in any order.",
        OperationalTransformation = "operational transformation": "A central sequencer orders concurrent edits and rewrites each against those before it.",
        VersionVector = "version vector": "One counter per writer shows which versions are concurrent; those are kept as siblings.",
        PessimisticLock = "pessimistic lock": "Everybody else waits until the holder lets go.",
        RowLock = "row lock in one transaction": "The row is locked from the read to the commit and freed with the transaction, whatever happens.",
        Lease = "lease": "An exclusive claim that ends by itself after a time.",
        FencingToken = "fencing token": "A number that rises with every claim; whatever carries an old one is refused.",
        HolderIdentity = "holder identity": "The record names its holder, and only the holder's commands are taken.",
        OwnershipEpoch = "ownership epoch": "A number that rises with every change of owner; writes of an earlier owner are refused.",
        Saga = "saga": "Local steps in turn, each with an undo; a durable log says how far it got.",
        StepIdempotency = "idempotent saga step": "Each step takes the saga's key and takes effect at most once.",
        Reservation = "reservation": "A step first sets aside what it will need; others see it as taken until it is confirmed or released.",
        TwoPhaseCommit = "two-phase commit": "All prepare, then all commit; in between nobody may decide alone.",
        HomeRegion = "home region per key": "Each key has one region that decides; the others forward to it.",
        Escrow = "escrow": "A numeric bound is split into shares which regions spend on their own.",
        SequenceAuthority = "sequence authority": "One actor per scope hands out positions.",
        SharedSequence = "one sequence for history and live path": "History and live path number by the same authority, so a reader can join the two.",
        IdempotencyKey = "idempotency key": "The outcome is kept by the request's key and given again to whoever asks again.",
        EventDedup = "event dedup": "An event's id is recorded in the transaction that applies it; a second one is dropped.",
        IdempotentConsumer = "idempotent consumer": "Applying a message again, or an older one late, changes nothing.",
        StreamAggregation = "stream aggregation": "Events are folded into the aggregate one by one, per key.",
        ApproximateCounting = "approximate counting": "A sketch of fixed size counts within a stated error.",
        Windowing = "windowing": "Events are grouped by event time; a watermark says when a window closes.",
        TemporalDecay = "temporal decay": "Older contributions weigh less.",
        Ttl = "TTL": "Entries end by themselves after a time.",
        ReadSource = "read the source": "The source itself is read; there is no copy to keep.",
        CacheAside = "cache-aside with TTL": "Readers fill a cache on a miss; entries expire and are dropped on change.",
        Cqrs = "CQRS with materialized view": "A read model of its own is kept in the shape that is read.",
        Denormalization = "denormalization": "What is read together is stored together.",
        ScatterGather = "scatter-gather": "The query goes to every partition and the answers are merged.",
        SpatialPartition = "spatial partition": "Records are keyed by the cell of a grid; a search visits neighbouring cells.",
        AppendLog = "append-only log": "Writes are appended; nothing is looked up or changed on the way in.",
        HashPartition = "hash partition": "Keys are spread by hash.",
        RangePartition = "range partition": "Neighbouring keys are kept together.",
        LeaderlessReplication = "leaderless replication": "Any replica takes writes; conflicts are settled later.",
        InTransactionWrite = "in-transaction write": "Check and all writes commit together, before the answer.",
        SynchronousUpdate = "synchronous update": "The view changes in the transaction that changes its source.",
        Outbox = "outbox with relay": "The event is a row of the same transaction; a relay sends it until it is taken.",
        Cdc = "CDC": "The store's log of committed changes is the stream of events.",
        MessageQueue = "message queue": "Each message goes to one consumer.",
        PubSub = "publish and subscribe": "Each message goes to every subscriber.",
        FanOutOnWrite = "fan-out on write": "Every receiver's inbox gets a copy at once.",
        FanOutOnRead = "fan-out on read": "Every receiver pulls and merges when it reads.",
        DurableNotification = "durable notification": "The notification is a record that stays until it is delivered.",
        Rebuild = "rebuild by replay": "The copy can be computed again from its upstream.",
        RetryBackoff = "retry with backoff and jitter": "Tries again, ever later, never in step with others.",
        CircuitBreaker = "circuit breaker": "After enough failures calls fail at once, until a probe succeeds.",
        Bulkhead = "bulkhead": "Each priority has its own pool, so that one cannot starve another.",
        Timeout = "timeout": "An outbound call is given up when its share of the caller's budget is spent.",
        LeaderFollower = "leader and followers": "One replica takes the writes, the others copy it.",
        Quorum = "quorum": "Reads and writes each reach enough replicas to overlap.",
        Gossip = "gossip": "Nodes tell a few others what they know, again and again.",
        StateVectorSync = "state vector sync": "Two replicas exchange what each has seen and send the rest.",
        MerkleTree = "Merkle tree": "Replicas compare hashes of ranges to find where they differ.",
        AuthorizationCheck = "authorization check": "Permission is tested at the boundary, before anything is done or read.",
        StagedRollout = "staged rollout": "A change reaches a growing share of traffic and stops when figures turn bad.",
        ScheduledTrigger = "scheduled trigger": "Runs when a time comes; a lock keeps two runs from overlapping.",
    }

    /// How much waiting for others a mechanism costs; the order breaks ties between sufficient mechanisms.
    Cost = "coordination cost" {
        Free = "none": "Nobody waits for anybody.",
        Lookup = "dedup": "One look-up or one atomic write by key.",
        Compare = "CAS": "The loser of a race tries again.",
        Exclude = "lease or lock": "Others wait while one holds or decides.",
        Compensate = "saga": "Several services, one after the other, with undo.",
        Block = "2PC": "Several services wait for one coordinator.",
    }
}

/// One line of the pattern reference.
#[derive(Clone, Copy, Debug)]
pub struct Pattern {
    /// The obligation id, `PR-cc1`; the ambiguity or rule that calls for it where the reference has no line.
    pub id: &'static str,
    /// The mechanism it describes.
    pub mechanism: Mechanism,
    /// What the pattern is commonly called.
    pub pattern: &'static str,
    /// When to take it.
    pub when: &'static str,
    /// What can be set to make it behave.
    pub lever: &'static str,
    /// How it fails or what it costs, and what is done about that.
    pub failure: &'static str,
    /// What coordination it costs.
    pub cost: Cost,
}

const fn line(
    id: &'static str,
    mechanism: Mechanism,
    pattern: &'static str,
    when: &'static str,
    lever: &'static str,
    failure: &'static str,
    cost: Cost,
) -> Pattern {
    Pattern { id, mechanism, pattern, when, lever, failure, cost }
}

/// The pattern reference, in the framework's order, followed by what the tables need besides.
#[rustfmt::skip]
pub static PATTERNS: &[Pattern] = &[
    // Concurrency control
    line("PR-cc1", CasOnVersion, "optimistic lock", "several writers replace one value", "version column; retry budget", "a version that comes round again hides a change: count it up for ever", Compare),
    line("PR-cc1", CasOnStateAndVersion, "optimistic lock", "several writers race for one transition", "version column; retry budget", "a machine that returns to a state hides what happened between: compare the version as well", Compare),
    line("PR-cc2", IdempotencyKey, "optimistic lock and idempotency key", "a compare-and-set that clients repeat", "how long outcomes are kept", "a client that uses one key for two requests gets the first answer twice", Lookup),
    line("PR-cc3", Lease, "lease", "a claim outlives the request that took it", "time to live; fencing token", "the holder's clock runs slow and it acts after its time: check the token at every access", Exclude),
    line("PR-cc4", PessimisticLock, "pessimistic lock", "one at a time, and the lock dies with its holder", "lock timeout", "deadlock; held for ever if the holder dies elsewhere", Exclude),
    line("PR-cc4", RowLock, "pessimistic lock", "the whole decision fits in one transaction of one store", "lock timeout", "deadlock when rows are locked in different orders: fix the order", Exclude),
    line("PR-cc5", Crdt, "conflict-free replicated data type", "writes commute and everybody's counts", "type: grow-only counter, observed-remove set, sequence", "marks of deleted elements pile up: collect them when all replicas have seen them", Free),
    line("PR-cc6", Saga, "saga", "one write over several services that can be cut in local steps", "undo steps that may run twice; a durable log", "an undo fails too: keep trying and raise an alarm, never give up silently", Compensate),
    line("PR-cc7", TwoPhaseCommit, "two-phase commit", "one write over several services that cannot be cut", "recovery of the coordinator", "a coordinator that dies after prepare blocks everybody", Block),
    // Read acceleration
    line("PR-rd1", CacheAside, "cache-aside", "read far more than written, a little staleness is fine", "time to live; dropping entries on change", "many miss at once when a hot entry ends: let one refill", Free),
    line("PR-rd2", Cqrs, "command query responsibility segregation", "read in another shape than written", "how often and how far the view may lag", "the view drifts unless it can be rebuilt", Free),
    line("PR-rd3", Denormalization, "denormalization", "hot reads of the same shape that join", "which fields are copied", "copies must be changed together", Free),
    line("PR-rd4", ScatterGather, "scatter-gather", "the data is partitioned already and a query touches many partitions", "fan-out; partial answers", "the slowest partition decides the latency", Free),
    line("PR-rd5", SpatialPartition, "spatial index", "a search by place, before any other read pattern", "size of a cell; depth of neighbours", "a crowded cell is a hot key: split it", Free),
    // Write scaling
    line("PR-wr1", HashPartition, "hash partition", "access by key, evenly spread", "number of partitions", "ranges are lost", Free),
    line("PR-wr2", RangePartition, "range partition", "ranges dominate", "split points", "the newest range is hot where keys are times", Free),
    line("PR-wr3", LeaderlessReplication, "leaderless replication", "staying writable matters more than agreeing at once", "how many replicas a read and a write reach", "replicas disagree for a while and conflicts must be settled", Free),
    line("PR-wr4", SingleWriterQueue, "single writer per partition", "one key too hot for compare-and-set", "length of the queue; how many keys per writer", "waiting in the queue; a second owner after failover", Exclude),
    // Event flow
    line("PR-ev1", MessageQueue, "message queue", "work to hand out, one consumer per message", "visibility timeout; dead letters", "a message that always fails blocks others unless put aside", Free),
    line("PR-ev2", PubSub, "publish and subscribe", "several independent consumers of one message", "retention", "a slow subscriber falls behind unseen", Free),
    line("PR-ev3", Outbox, "transactional outbox", "the application decides what the event says", "polling interval; batch size", "sent again after a crash: the consumer must not mind", Free),
    line("PR-ev4", Cdc, "change data capture", "the change of the row is the event", "lag of the log reader", "a change of the table changes the event", Free),
    line("PR-ev5", FanOutOnWrite, "fan-out on write", "few receivers, fresh reads", "largest audience pushed to", "one write with a huge audience becomes a storm of writes", Free),
    line("PR-ev6", FanOutOnRead, "fan-out on read", "huge audiences, or receivers who rarely look", "how many sources are merged", "reads are slower", Free),
    // Fault tolerance
    line("PR-ft1", IdempotencyKey, "idempotency key", "a write that must not happen twice over a network that may lose the answer", "how long outcomes are kept; what a key is unique within", "a key forgotten too early lets the retry through", Lookup),
    line("PR-ft2", RetryBackoff, "retry with backoff and jitter", "any call over a network", "first delay; largest delay; share of jitter", "retries multiply load: bound them by the caller's budget", Free),
    line("PR-ft3", CircuitBreaker, "circuit breaker", "a called service can get slow, not only fail", "error rate that opens it; interval of probes", "opens on a blip: ask for a least number of calls", Free),
    line("PR-ft4", Bulkhead, "bulkhead", "something important shares resources with something that is not", "size of each pool", "idle capacity in one pool while another is full", Free),
    line("PR-ft5", Timeout, "timeout", "every outbound call", "share of the caller's budget", "too short and good answers are thrown away", Free),
    // Consensus and sync
    line("PR-cs1", LeaderFollower, "leader and followers", "strong writes within one region", "when followers take over", "the leader is the bottleneck, and a failover needs an election", Compare),
    line("PR-cs2", Quorum, "quorum", "the majority side must go on in a partition", "replicas per read and per write", "a partition leaves the smaller side without a quorum", Compare),
    line("PR-cs3", Gossip, "gossip", "membership and failure detection", "fan-out; interval", "news needs several rounds, in proportion to the logarithm of the nodes", Free),
    line("PR-cs4", StateVectorSync, "state vector", "two replicas catch up from any point", "how often old entries are pruned", "the vector grows with the nodes", Free),
    line("PR-cs5", MerkleTree, "anti-entropy", "replicas must find what they missed", "depth of the tree", "hot writes keep rehashing it", Free),
    // Time and approximation
    line("PR-ti1", Windowing, "windowing", "aggregates over a stretch of time", "length; allowed lateness; lag of the watermark", "what comes after the window closed is dropped or corrected, never ignored", Free),
    line("PR-ti2", Ttl, "time to live", "entries are worthless after a time", "length, with about a tenth of jitter", "many entries end together and refill together", Free),
    line("PR-ti3", ApproximateCounting, "sketch", "exact counting needs too much memory", "size of the sketch, hence its error", "wrong by the stated error, always", Free),
    line("PR-ti4", TemporalDecay, "temporal decay", "recent things rank higher", "rate of decay; floor", "what nobody touches does not decay unless scores are stored forward (A-65)", Free),
    line("PR-ti5", SpatialPartition, "spatial partition", "search by nearness", "size of a cell; depth of neighbours", "a search near an edge needs the neighbours", Free),
    line("PR-ti6", StagedRollout, "staged rollout", "a change could go wrong", "share of traffic; figures that stop it", "too little traffic shows nothing", Free),
    line("PR-ti7", ScheduledTrigger, "scheduled trigger", "something happens because it is time", "how often; lock against overlap", "two schedulers fire: the run itself must be a compare-and-set", Lookup),
    // Named by the tables and not in the reference
    line("S6.2-r1", NoMechanism, "none", "nobody can race", "nothing", "the assumption breaks when a second writer is added", Free),
    line("S6.2-r2", PartitionRouting, "partitioned ownership", "each key has one writer", "what the key is; how owners move", "two owners for a moment after failover (A-7)", Free),
    line("S6.3-Q1-r1", HardwareCas, "compare-and-swap", "contention inside one process", "nothing", "spinning under load", Compare),
    line("S6.3-Q1-r2", DistributedCas, "conditional write", "several instances, one shared store", "retry budget", "an asynchronous failover of the store can forget a write that was acknowledged (A-56)", Compare),
    line("S6.3-Q3-r3", CasOnPredicate, "conditional update", "the value only ever moves one way and the condition reads all it depends on", "nothing", "a condition left out of the write is not checked at all (A-38)", Compare),
    line("A-23", InPlaceUpdate, "atomic increment", "changes commute and everybody's counts", "number of slots a hot counter is split over", "adds twice when repeated: record the event in the same transaction", Lookup),
    line("S5-e13", UniqueKey, "insert if absent", "at most one record per natural key", "what the key is, in canonical form", "two spellings of one key make two records", Lookup),
    line("S6.3-Q3-r2", ContentHash, "content addressing", "the identity is the content", "hash function", "the content cannot change under its identity", Free),
    line("A-53", WriteThenRead, "write before read", "two records complete each other and both sides look", "reads must see writes acknowledged before", "with stale reads both miss each other", Free),
    line("A-12", OperationalTransformation, "operational transformation", "edits merge and one sequencer is there anyway", "size of a batch", "nothing is accepted without the sequencer", Exclude),
    line("A-11", VersionVector, "version vector", "order is partial and writers are many", "pruning of old entries", "siblings pile up until somebody merges them", Free),
    line("S6.4-r2", FencingToken, "fencing", "a holder may act after its claim ended", "a counter that never restarts (A-47)", "a resource that does not check it is not protected (A-48)", Free),
    line("A-48", HolderIdentity, "holder identity", "commands come from the holder alone", "nothing", "a holder that claims twice cannot be told from itself", Free),
    line("A-7", OwnershipEpoch, "epoch", "owners of partitions can move", "how ownership is granted", "writes that do not carry the epoch pass unchecked", Free),
    line("S6.4-r6", StepIdempotency, "idempotent step", "a saga repeats a step it is not sure of", "key: saga and step", "a step without a key is done twice", Lookup),
    line("A-22", Reservation, "semantic lock", "a condition spans services and a saga does not isolate", "how long a reservation lasts", "reserved and never confirmed: release it after a time", Exclude),
    line("A-21", HomeRegion, "home region", "one region may decide for each key", "what the home is chosen by", "the others wait when the home is cut off", Exclude),
    line("A-21", Escrow, "escrow", "a bound on a number, shared by regions", "size of each share", "one region runs out while another has some left", Lookup),
    line("S6.3-Q3-r4", SequenceAuthority, "sequencer", "all readers must agree on one order", "scope of the sequence", "the sequencer is a bottleneck: keep its scope small", Compare),
    line("S6.4-r5", SharedSequence, "single sequence", "history and live path show the same records", "nothing", "two numberings cannot be joined", Free),
    line("S6.4-r3", EventDedup, "event dedup", "events arrive at least once and adding twice is wrong", "how long ids are kept", "an id forgotten too early lets the event count twice", Lookup),
    line("S6.4-r4", IdempotentConsumer, "idempotent consumer", "messages arrive at least once", "position or version kept with the result", "an old message overwrites a newer one unless versions are compared", Lookup),
    line("S6.1-r3", StreamAggregation, "stream aggregation", "an aggregate must reflect every event once", "partitions; checkpoint interval", "effect and checkpoint part at the sink: upsert there (A-34)", Free),
    line("A-26", ReadSource, "read the source", "reads are no burden on the source", "replicas for reading", "reads and writes share one store", Free),
    line("S6.3-Q4-r4", AppendLog, "log", "written far more than read", "segments; retention", "reads must scan or index", Free),
    line("S6.3-Q5-r1", InTransactionWrite, "transaction", "the maker needs it done before it goes on", "what is in one partition", "what lives elsewhere cannot join", Compare),
    line("S4-T5i", SynchronousUpdate, "synchronous projection", "no staleness is allowed", "how many views join the write", "every view slows the write, and fails it", Compare),
    line("S6.3-Q5-r7", DurableNotification, "persisted notification", "the receiver may not be there", "how long and how often to try", "delivered twice: carry an id", Free),
    line("S7-c2", Rebuild, "replay", "a copy exists at all", "how far back the upstream reaches", "past the upstream's retention the copy is the only truth (A-63)", Free),
    line("S6.1-r6", AuthorizationCheck, "policy enforcement point", "permission decides who may", "where permissions are kept and how stale they may be", "a path around the boundary is not checked", Free),
];

impl Mechanism {
    /// Its lines of the pattern reference; there is at least one.
    pub fn patterns(self) -> impl Iterator<Item = &'static Pattern> {
        PATTERNS.iter().filter(move |pattern| pattern.mechanism == self)
    }

    /// What coordination it costs.
    pub fn cost(self) -> Cost {
        self.patterns().map(|pattern| pattern.cost).max().unwrap_or(Free)
    }

    /// Whether it decides writes of one key one after the other, so that it can number them as well.
    pub fn serializes(self) -> bool {
        self.is_cas() || matches!(self, PartitionRouting | SingleWriterQueue | PessimisticLock | RowLock | Lease)
    }

    /// Whether it is a compare-and-set in any form.
    pub fn is_cas(self) -> bool {
        matches!(self, CasOnVersion | CasOnStateAndVersion | CasOnPredicate)
    }

    /// What an author may mean by a word: what goes by it among people, or is so called.
    pub fn meant_by(word: &str) -> Vec<Mechanism> {
        let plain = plain(word);
        let short = SHORT.iter().find(|(name, _)| *name == plain).map(|(_, meant)| meant.to_vec());
        short.unwrap_or_else(|| Mechanism::called(word))
    }

    /// The mechanism so called, or all that share the name of a pattern.
    pub fn called(word: &str) -> Vec<Mechanism> {
        let word = plain(word);
        let named = |mechanism: &Mechanism| {
            plain(mechanism.word()) == word || mechanism.patterns().any(|line| plain(line.pattern) == word)
        };
        Mechanism::ALL.iter().copied().filter(named).collect()
    }
}

/// Names that people use for one or several mechanisms.
#[rustfmt::skip]
static SHORT: &[(&str, &[Mechanism])] = &[
    // The bare word compares versions; who leaves the version out says so.
    ("cas", &[CasOnVersion, CasOnStateAndVersion]),
    ("compare and set", &[CasOnVersion, CasOnStateAndVersion]),
    ("optimistic lock", &[CasOnVersion, CasOnStateAndVersion]),
    ("lock", &[PessimisticLock]),
    ("row lock", &[RowLock]),
    ("select for update", &[RowLock]),
    ("2pc", &[TwoPhaseCommit]),
    ("ot", &[OperationalTransformation]),
    ("g counter", &[Crdt]),
    ("pn counter", &[Crdt]),
    ("single writer", &[PartitionRouting, SingleWriterQueue]),
    ("single writer partition", &[SingleWriterQueue]),
    ("queue", &[SingleWriterQueue]),
    ("counter", &[InPlaceUpdate]),
    ("outbox", &[Outbox]),
    ("change data capture", &[Cdc]),
    ("cache", &[CacheAside]),
    ("cache aside", &[CacheAside]),
    ("cqrs", &[Cqrs]),
    ("materialized view", &[Cqrs]),
    ("dedup", &[EventDedup]),
    ("insert if absent", &[UniqueKey]),
];

/// Lower case, without backticks, with single spaces for hyphens and underscores.
pub(crate) fn plain(word: &str) -> String {
    word.trim()
        .trim_matches('`')
        .replace(['-', '_'], " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}
