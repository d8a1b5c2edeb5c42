//! The catalogue: what each product can do, in which consistency mode, and which chapter of its documentation says so.
//!
//! Data and nothing else. A claim is about one version: what a later one can do besides is added with its version.
//! A spec adds products of its own (`technology X { provides "…" }`); see [`super::market`].

use super::Capability::{self, *};
use super::TechnologyShape::{self, *};
use crate::quantity::{Dimension, Quantity};

/// A product and what is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Product {
    /// As its makers write it.
    pub name: &'static str,
    /// The version the claims are about; "service" where the operator of a hosted product decides.
    pub version: &'static str,
    /// What kind of technology it is (S10-sh1 to S10-sh7).
    pub shape: TechnologyShape,
    /// Other names people use, in lower case.
    pub aliases: &'static [&'static str],
    /// What it can do.
    pub offers: &'static [Offer],
    /// What it can do, but not with the same records.
    pub apart: &'static [Apart],
}

/// One claim: the product has the capability.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    /// What it can do.
    pub capability: Capability,
    /// In which mode of consistency (S10-d4).
    pub mode: &'static str,
    /// The section of the product's documentation that says so.
    pub source: &'static str,
}

/// A known exclusion: two capabilities which the product has, and not together.
#[derive(Clone, Copy, Debug)]
pub struct Apart {
    /// The one.
    pub one: Capability,
    /// The other.
    pub other: Capability,
    /// Why not.
    pub why: &'static str,
    /// The section of the product's documentation that says so.
    pub source: &'static str,
}

const fn has(capability: Capability, mode: &'static str, source: &'static str) -> Offer {
    Offer { capability, mode, source }
}

const fn apart(one: Capability, other: Capability, why: &'static str, source: &'static str) -> Apart {
    Apart { one, other, why, source }
}

/// How long a product takes to commit a conditional write, where that is longer than one round trip within a zone.
///
/// Orders of magnitude for three zones of one region, to be measured where they are deployed: no documentation promises them.
#[derive(Clone, Copy, Debug)]
pub struct Commit {
    /// The product's name in the catalogue.
    pub product: &'static str,
    /// In microseconds.
    pub micros: u32,
    /// What the time goes into.
    pub why: &'static str,
}

impl Commit {
    /// The time as a quantity.
    pub fn time(&self) -> Quantity {
        Quantity::whole(i128::from(self.micros) * 1000, Dimension::Time)
    }
}

/// What is committed by more than one node in one zone.
#[rustfmt::skip]
static COMMITS: &[Commit] = &[
    Commit { product: "CockroachDB", micros: 2_000, why: "a majority of replicas in three zones has written its log" },
    Commit { product: "DynamoDB", micros: 5_000, why: "two of three zones have written it, and the service is reached over HTTP" },
    Commit { product: "Cassandra", micros: 8_000, why: "a lightweight transaction takes four rounds between replicas" },
    Commit { product: "ScyllaDB", micros: 6_000, why: "a lightweight transaction takes three rounds between replicas" },
    Commit { product: "Bigtable", micros: 5_000, why: "the row's node has its log written by the file system below" },
];

/// The time a product of that name, as declared or in the catalogue, takes to commit; nothing where it is not known to be longer.
pub fn commit_of(name: &str) -> Option<&'static Commit> {
    let plain =
        |word: &str| word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let named = |product: &Product| {
        plain(product.name) == plain(name) || product.aliases.iter().any(|alias| plain(alias) == plain(name))
    };
    let product = CATALOGUE.iter().find(|product| named(product))?;
    COMMITS.iter().find(|commit| commit.product == product.name)
}

/// Shape by shape in the framework's order, which decides between products that are equally good.
#[rustfmt::skip]
pub static CATALOGUE: &[Product] = &[
    // S10-sh1
    Product { name: "PostgreSQL", version: "15", shape: Oltp, aliases: &["postgres", "pg", "postgis"], offers: POSTGRESQL, apart: &[] },
    Product { name: "MySQL", version: "8.4", shape: Oltp, aliases: &["innodb"], offers: MYSQL, apart: &[] },
    Product { name: "CockroachDB", version: "24.1", shape: Oltp, aliases: &["cockroach"], offers: COCKROACHDB, apart: &[] },
    Product { name: "DynamoDB", version: "service", shape: Oltp, aliases: &["dynamo", "amazon dynamodb"], offers: DYNAMODB, apart: &[] },
    // S10-sh2
    Product { name: "Cassandra", version: "5.0", shape: WideColumn, aliases: &["apache cassandra"], offers: CASSANDRA, apart: &[
        apart(AtomicAdd, UniqueKey, "a table with counters has nothing but counters beside its key, and no conditional insert", "Counters"),
    ] },
    Product { name: "ScyllaDB", version: "6.2", shape: WideColumn, aliases: &["scylla"], offers: CASSANDRA, apart: &[
        apart(AtomicAdd, UniqueKey, "a table with counters has nothing but counters beside its key, and no conditional insert", "Counters"),
    ] },
    Product { name: "Bigtable", version: "service", shape: WideColumn, aliases: &["google bigtable", "cloud bigtable"], offers: BIGTABLE, apart: &[] },
    Product { name: "TimescaleDB", version: "2.17", shape: WideColumn, aliases: &["timescale"], offers: TIMESCALEDB, apart: &[] },
    // S10-sh3
    Product { name: "Redis", version: "7.4", shape: InMemory, aliases: &["redis cluster", "redis sentinel", "redis geo"], offers: REDIS, apart: &[
        apart(ConditionalWrite, TopK, "a sorted set compares scores and nothing else; a condition on membership needs a script (A-80)", "ZADD; Scripting with Lua"),
    ] },
    Product { name: "Valkey", version: "8.0", shape: InMemory, aliases: &[], offers: REDIS, apart: &[
        apart(ConditionalWrite, TopK, "a sorted set compares scores and nothing else; a condition on membership needs a script (A-80)", "ZADD; Scripting with Lua"),
    ] },
    Product { name: "Memcached", version: "1.6", shape: InMemory, aliases: &["memcache"], offers: MEMCACHED, apart: &[] },
    // S10-sh4
    Product { name: "Kafka", version: "3.9", shape: Log, aliases: &["apache kafka"], offers: KAFKA, apart: &[] },
    Product { name: "Pulsar", version: "4.0", shape: Log, aliases: &["apache pulsar"], offers: PULSAR, apart: &[] },
    Product { name: "Kinesis", version: "service", shape: Log, aliases: &["kinesis data streams", "amazon kinesis"], offers: KINESIS, apart: &[] },
    // S10-sh5
    Product { name: "Flink", version: "1.20", shape: StreamProcessor, aliases: &["apache flink"], offers: FLINK, apart: &[] },
    Product { name: "Spark Streaming", version: "3.5", shape: StreamProcessor, aliases: &["apache spark", "spark", "spark structured streaming"], offers: SPARK, apart: &[] },
    Product { name: "Kafka Streams", version: "3.9", shape: StreamProcessor, aliases: &[], offers: KAFKA_STREAMS, apart: &[] },
    // S10-sh6
    Product { name: "S3", version: "service", shape: ObjectStore, aliases: &["amazon s3"], offers: S3, apart: &[] },
    Product { name: "GCS", version: "service", shape: ObjectStore, aliases: &["google cloud storage", "cloud storage"], offers: GCS, apart: &[] },
    Product { name: "Azure Blob", version: "service", shape: ObjectStore, aliases: &["azure blob storage"], offers: AZURE_BLOB, apart: &[] },
    // S10-sh7
    Product { name: "Elasticsearch", version: "8.17", shape: Search, aliases: &["elastic"], offers: ELASTICSEARCH, apart: &[] },
    Product { name: "OpenSearch", version: "2.18", shape: Search, aliases: &[], offers: ELASTICSEARCH, apart: &[] },
    Product { name: "ClickHouse", version: "24.8", shape: Search, aliases: &[], offers: CLICKHOUSE, apart: &[] },
    Product { name: "BigQuery", version: "service", shape: Search, aliases: &[], offers: BIGQUERY, apart: &[] },
    // no row of the framework names products for merging state
    Product { name: "Yjs", version: "13.6", shape: ReplicatedData, aliases: &["yjs crdt"], offers: YJS, apart: &[] },
    Product { name: "Automerge", version: "2.2", shape: ReplicatedData, aliases: &[], offers: AUTOMERGE, apart: &[] },
];

#[rustfmt::skip]
static POSTGRESQL: &[Offer] = &[
    has(ConditionalWrite, "serializable, or read committed with the condition in the UPDATE", "Transaction Isolation"),
    has(Transaction, "serializable, or read committed with conditions in the statements", "Transaction Isolation"),
    has(UniqueKey, "unique index, at every isolation level", "Unique Indexes"),
    has(OutcomeRecord, "read committed, INSERT … ON CONFLICT DO NOTHING", "INSERT: ON CONFLICT Clause"),
    has(ExpiringClaim, "the expiry is a column that the UPDATE compares, with a reaper (A-46)", "Explicit Locking; UPDATE"),
    has(AtomicAdd, "read committed, the sum in the UPDATE", "Transaction Isolation: Read Committed"),
    has(DurableState, "synchronous commit to a synchronous standby", "Synchronous Replication"),
    has(StrongRead, "reads on the primary", "Hot Standby"),
    has(ChangeFeed, "logical decoding, at least once", "Logical Decoding"),
    has(ReadModel, "read committed, as old as the last change applied", "Indexes"),
    has(Radius, "GiST index of PostGIS, read committed", "PostGIS: Spatial Indexes"),
];

#[rustfmt::skip]
static MYSQL: &[Offer] = &[
    has(ConditionalWrite, "repeatable read with the condition in the UPDATE", "InnoDB Transaction Isolation Levels"),
    has(Transaction, "repeatable read with locking reads, or serializable", "InnoDB Transaction Isolation Levels"),
    has(UniqueKey, "unique index, at every isolation level", "CREATE INDEX: Unique Indexes"),
    has(OutcomeRecord, "INSERT IGNORE, then read", "INSERT"),
    has(ExpiringClaim, "the expiry is a column that the UPDATE compares, with a reaper (A-46)", "Locking Reads"),
    has(AtomicAdd, "the sum in the UPDATE", "UPDATE"),
    has(DurableState, "semisynchronous or group replication", "Semisynchronous Replication"),
    has(StrongRead, "reads on the primary", "Group Replication: Consistency Guarantees"),
    has(ChangeFeed, "row-based binary log, at least once", "The Binary Log"),
    has(ReadModel, "read committed, as old as the last change applied", "Optimization and Indexes"),
];

#[rustfmt::skip]
static COCKROACHDB: &[Offer] = &[
    has(ConditionalWrite, "serializable", "Transactions"),
    has(Transaction, "serializable, retried on conflict", "Transactions"),
    has(UniqueKey, "unique constraint, serializable", "UNIQUE Constraint"),
    has(OutcomeRecord, "serializable, INSERT … ON CONFLICT DO NOTHING", "INSERT"),
    has(ExpiringClaim, "the expiry is a column that the UPDATE compares, with a reaper (A-46)", "Transactions"),
    has(AtomicAdd, "serializable, the sum in the UPDATE", "Transactions"),
    has(DurableState, "a majority of replicas by Raft", "Replication Layer"),
    has(StrongRead, "reads at the leaseholder", "Replication Layer"),
    has(ChangeFeed, "changefeed, at least once", "Change Data Capture"),
    has(ReadModel, "serializable, as old as the last change applied", "Indexes"),
    has(Spread, "ranges spread over nodes by key", "Distribution Layer"),
];

#[rustfmt::skip]
static DYNAMODB: &[Offer] = &[
    has(ConditionalWrite, "condition expression on one item", "Condition expressions"),
    has(Transaction, "serializable over at most 100 items", "Amazon DynamoDB Transactions"),
    has(UniqueKey, "put if the key does not exist", "Condition expressions"),
    has(OutcomeRecord, "put if the key does not exist, strongly consistent read", "Condition expressions; Read consistency"),
    has(ExpiringClaim, "the expiry is an attribute that the condition compares; time to live deletes late", "Time to Live"),
    has(AtomicAdd, "update expression, not repeated safely", "Atomic counters"),
    has(DurableState, "three zones", "Resilience"),
    has(StrongRead, "strongly consistent reads, asked for; eventual by default", "Read consistency"),
    has(ChangeFeed, "stream of 24 hours, exactly once per item change", "Change data capture with DynamoDB Streams"),
    has(ReadModel, "by the primary key, strongly consistent if asked; global secondary indexes, eventual", "Read consistency; Global secondary indexes"),
    has(Spread, "partitions by hash of the key", "Partitions and data distribution"),
];

#[rustfmt::skip]
static CASSANDRA: &[Offer] = &[
    has(KeyedAppend, "quorum writes", "Data Modeling; Guarantees"),
    has(UniqueKey, "lightweight transaction, serial; or the same key written again with the same values", "Lightweight transactions"),
    has(AtomicAdd, "counter columns, not repeated safely", "Counters"),
    has(DurableState, "quorum writes to the commit log", "Storage Engine: CommitLog"),
    has(StrongRead, "QUORUM writes and reads; ONE is not strong", "Dynamo: Tunable Consistency"),
    has(ChangeFeed, "commit log segments of every replica, at least once", "Change Data Capture (CDC) Logging"),
    has(ReadModel, "a table per query, as old as the last change applied", "Data Modeling: Queries"),
    has(Spread, "consistent hashing of the partition key", "Dynamo: Dataset Partitioning"),
];

#[rustfmt::skip]
static BIGTABLE: &[Offer] = &[
    has(KeyedAppend, "atomic per row", "Writes"),
    has(UniqueKey, "conditional write of one row, in a single-cluster profile", "Writes: Conditional writes"),
    has(AtomicAdd, "aggregate cells, or read-modify-write in a single-cluster profile", "Writes: Increments and appends"),
    has(DurableState, "replicated by the file system below", "Instances, clusters and nodes"),
    has(StrongRead, "single-cluster routing; eventual between clusters", "Replication overview: Consistency model"),
    has(ChangeFeed, "change streams, at least once", "Change streams overview"),
    has(ReadModel, "a table per query, as old as the last change applied", "Schema design"),
    has(Spread, "ranges of row keys over nodes", "Instances, clusters and nodes"),
];

#[rustfmt::skip]
static TIMESCALEDB: &[Offer] = &[
    has(KeyedAppend, "hypertable, read committed", "Hypertables"),
    has(UniqueKey, "unique index that contains the partitioning column", "Hypertables: Unique indexes"),
    has(DurableState, "synchronous commit to a synchronous standby", "High availability"),
    has(StrongRead, "reads on the primary", "High availability"),
    has(ReadModel, "continuous aggregate, as old as its last refresh", "Continuous aggregates"),
];

#[rustfmt::skip]
static REDIS: &[Offer] = &[
    has(PointRead, "eventual; entries expire", "EXPIRE; Key eviction"),
    has(ReadModel, "eventual, rebuilt from its source", "Hashes"),
    has(TopK, "eventual, rebuilt from its source", "Sorted sets"),
    has(Radius, "eventual, entries refreshed and expiring", "Geospatial"),
    has(ExpiringClaim, "one primary, or Redlock; a failover can forget a claim, so fence at the resource (A-56)", "Distributed Locks; SET"),
    has(ConditionalWrite, "a script on one primary", "Scripting with Lua"),
    has(Transaction, "a script on keys of one hash slot; not rolled back on error", "Transactions; Scripting with Lua"),
    has(UniqueKey, "SET NX on one primary", "SET"),
    has(OutcomeRecord, "SET NX with expiry on one primary", "SET"),
    has(AtomicAdd, "INCRBY on one primary", "INCRBY"),
    has(Spread, "hash slots over primaries", "Scale with Redis Cluster"),
];

#[rustfmt::skip]
static MEMCACHED: &[Offer] = &[
    has(PointRead, "eventual; entries expire", "Protocol: Expiration times"),
    has(Spread, "clients hash keys over servers", "Hashing"),
];

#[rustfmt::skip]
static KAFKA: &[Offer] = &[
    has(KeyedAppend, "at least once, ordered per partition", "Message Delivery Semantics"),
    has(Replay, "at least once, each group at its own offset", "The Consumer"),
    has(ChangeFeed, "at least once, ordered per partition", "The Consumer"),
    has(DurableState, "acks=all with min.insync.replicas", "Replication: Availability and Durability Guarantees"),
    has(Spread, "partitions by hash of the key", "Design: The Producer"),
];

#[rustfmt::skip]
static PULSAR: &[Offer] = &[
    has(KeyedAppend, "at least once, ordered per key", "Messages; Partitioned topics"),
    has(Replay, "at least once, each subscription at its own cursor", "Subscriptions"),
    has(ChangeFeed, "at least once, ordered per key", "Subscriptions"),
    has(DurableState, "ack quorum of bookies", "Architecture: Persistent storage"),
    has(Spread, "partitions by hash of the key", "Partitioned topics"),
];

#[rustfmt::skip]
static KINESIS: &[Offer] = &[
    has(KeyedAppend, "at least once, ordered per shard", "Terminology and concepts"),
    has(Replay, "at least once, kept for up to 365 days", "Change the data retention period"),
    has(ChangeFeed, "at least once, ordered per shard", "Terminology and concepts"),
    has(DurableState, "three zones", "Resilience"),
    has(Spread, "shards by hash of the partition key", "Terminology and concepts"),
];

#[rustfmt::skip]
static FLINK: &[Offer] = &[
    has(KeyedState, "exactly once by checkpoints, up to the sink; there an idempotent upsert (A-34)", "Stateful Stream Processing; Checkpointing"),
    has(Windows, "exactly once by checkpoints, up to the sink; there an idempotent upsert (A-34)", "Windows; Generating Watermarks"),
    has(Spread, "key groups over task managers", "Stateful Stream Processing: Keyed State"),
];

#[rustfmt::skip]
static SPARK: &[Offer] = &[
    has(KeyedState, "exactly once by micro-batches, up to the sink; there an idempotent upsert (A-34)", "Structured Streaming: Arbitrary Stateful Operations"),
    has(Windows, "exactly once by micro-batches, up to the sink; there an idempotent upsert (A-34)", "Structured Streaming: Window Operations on Event Time"),
    has(Spread, "shuffle partitions by key", "Structured Streaming: State Store"),
];

#[rustfmt::skip]
static KAFKA_STREAMS: &[Offer] = &[
    has(KeyedState, "exactly once between topics; elsewhere an idempotent upsert (A-34)", "Core Concepts: Processing Guarantees"),
    has(Windows, "exactly once between topics; elsewhere an idempotent upsert (A-34)", "DSL: Windowing"),
    has(Spread, "tasks by partition", "Architecture: Stream Partitions and Tasks"),
];

#[rustfmt::skip]
static S3: &[Offer] = &[
    has(LargeObject, "strong read after write", "Amazon S3 data consistency model"),
    has(Archive, "read after hours", "Understanding S3 Glacier storage classes"),
    has(UniqueKey, "put if the key does not exist", "Conditional writes"),
    has(DurableState, "three zones", "Data protection"),
    has(StrongRead, "strong read after write", "Amazon S3 data consistency model"),
    has(Spread, "prefixes of the key", "Design patterns: Optimizing performance"),
];

#[rustfmt::skip]
static GCS: &[Offer] = &[
    has(LargeObject, "strong read after write", "Consistency"),
    has(Archive, "read at once, at a fee", "Storage classes"),
    has(UniqueKey, "write if the generation is 0", "Request preconditions"),
    has(DurableState, "several zones", "Data availability and durability"),
    has(StrongRead, "strong read after write", "Consistency"),
    has(Spread, "ranges of the key", "Request rate and access distribution guidelines"),
];

#[rustfmt::skip]
static AZURE_BLOB: &[Offer] = &[
    has(LargeObject, "strong within the primary region", "Introduction to Azure Blob Storage"),
    has(Archive, "read after hours", "Access tiers for blob data"),
    has(UniqueKey, "put with If-None-Match", "Specifying conditional headers for Blob service operations"),
    has(DurableState, "zone-redundant storage", "Azure Storage redundancy"),
    has(StrongRead, "strong within the primary region", "Azure Storage redundancy"),
    has(Spread, "ranges of the key", "Performance and scalability checklist for Blob storage"),
];

#[rustfmt::skip]
static ELASTICSEARCH: &[Offer] = &[
    has(FullText, "near real time: what is indexed is found after the next refresh", "Near real-time search"),
    has(Analytics, "near real time", "Aggregations"),
    has(ReadModel, "near real time", "Near real-time search"),
    has(Spread, "shards by hash of the routing value", "Scalability and resilience"),
];

#[rustfmt::skip]
static CLICKHOUSE: &[Offer] = &[
    has(Analytics, "eventual between replicas", "Data Replication"),
    has(ReadModel, "eventual between replicas; merged in the background", "ReplacingMergeTree"),
    has(Spread, "distributed tables by a sharding key", "Distributed Table Engine"),
];

#[rustfmt::skip]
static BIGQUERY: &[Offer] = &[
    has(Analytics, "snapshot isolation, seconds after the write", "Data manipulation language; Storage Write API"),
    has(Spread, "by the service", "Overview of BigQuery storage"),
];

#[rustfmt::skip]
static YJS: &[Offer] = &[
    has(MergeableState, "strong eventual: the same updates give the same state", "Document Updates"),
];

#[rustfmt::skip]
static AUTOMERGE: &[Offer] = &[
    has(MergeableState, "strong eventual: the same changes give the same state", "Conflicts"),
];
