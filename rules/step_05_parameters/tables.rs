//! Words that name a product, a pattern, or nothing at all. A design parameter is none of these (S5-d1, S5-d2, S5-v4), and
//! an invariant is stated without them (S4-q4).

use std::collections::HashMap;
use std::sync::LazyLock;

/// Products and brands that keep, move or compute data. Names that are words of many domains as well (Oracle, Spark,
/// Temporal, Stripe) are left out: a finding that is wrong costs more than one that is missing.
#[rustfmt::skip]
pub static TECHNOLOGIES: &[&str] = &[
    // relational, and what spreads it
    "Postgres", "PostgreSQL", "MySQL", "MariaDB", "SQLite", "SQL Server", "MSSQL", "Oracle DB", "Aurora", "Cloud SQL", "Spanner",
    "CockroachDB", "YugabyteDB", "TiDB", "Vitess", "Citus", "PlanetScale", "Supabase",
    // key-value, wide column, document, graph
    "Redis", "Valkey", "Memcached", "KeyDB", "DynamoDB", "Cassandra", "ScyllaDB", "HBase", "Bigtable", "Riak", "Aerospike",
    "FoundationDB", "RocksDB", "LevelDB", "Hazelcast", "MongoDB", "Couchbase", "CouchDB", "Cosmos DB", "Firestore", "Firebase",
    "Neo4j", "JanusGraph",
    // search, analytics, time series
    "Elasticsearch", "OpenSearch", "Solr", "Lucene", "ClickHouse", "Apache Druid", "Apache Pinot", "BigQuery", "Snowflake", "Redshift",
    "TimescaleDB", "InfluxDB", "Prometheus", "Hadoop", "HDFS", "Hive",
    // logs, queues, streams
    "Kafka", "Redpanda", "Pulsar", "RabbitMQ", "ActiveMQ", "ZeroMQ", "NATS", "JetStream", "SQS", "SNS", "Kinesis", "EventBridge",
    "Flink", "Apache Spark", "Spark Streaming", "Samza", "Dataflow", "Debezium", "Kafka Connect", "Celery", "Sidekiq",
    // coordination, workflow, running
    "ZooKeeper", "etcd", "Consul", "Camunda", "Airflow", "Step Functions", "Kubernetes", "Docker", "AWS Lambda", "Envoy", "Istio",
    "Nginx", "HAProxy", "CloudFront", "Cloudflare", "Akamai", "Fastly",
    // files, identity, interfaces
    "S3", "GCS", "MinIO", "Azure Blob", "Keycloak", "Auth0", "Okta", "gRPC", "GraphQL", "WebSocket", "WebSockets",
];

/// Solutions with a name. Words that are also words of many domains (lock, lease, queue, quorum) are left out.
#[rustfmt::skip]
pub static PATTERNS: &[&str] = &[
    "CQRS", "event sourcing", "event-sourcing", "event driven architecture", "event-driven architecture", "microservice", "microservices",
    "saga", "saga orchestrator", "outbox", "transactional outbox", "two-phase commit", "2PC", "three-phase commit",
    "compare-and-set", "compare-and-swap", "CAS", "optimistic locking", "pessimistic locking", "distributed lock", "row lock", "MVCC",
    "CRDT", "operational transformation", "vector clock", "vector clocks", "Paxos", "Raft", "leader election", "gossip protocol",
    "cache-aside", "read-through cache", "write-through cache", "write-behind", "materialized view", "materialised view", "read replica",
    "sharding", "consistent hashing", "scatter-gather", "change data capture", "CDC", "pub/sub", "publish-subscribe", "message queue",
    "message broker", "dead letter queue", "dead-letter queue", "circuit breaker", "bulkhead", "API gateway", "service mesh", "sidecar",
    "load balancer", "serverless", "lambda architecture", "kappa architecture", "strangler fig", "backend for frontend", "BFF",
];

/// Words that say nothing of what is enforced. A name made of nothing else is meaningless.
#[rustfmt::skip]
pub static EMPTY: &[&str] = &[
    "a", "an", "the", "our", "main", "core", "central", "common", "shared", "generic", "backend", "back-end", "frontend", "front-end",
    "service", "services", "server", "servers", "system", "subsystem", "platform", "application", "app", "component", "module", "layer",
    "tier", "engine", "manager", "handler", "processor", "controller", "helper", "unit", "mechanism", "logic", "business", "domain",
    "infrastructure", "middleware", "database", "db", "datastore", "data", "store", "storage", "persistence", "api", "interface",
    "consistency", "reliability", "scalability", "processing", "management", "and", "of", "for",
];

/// The first product that a text names.
pub fn technology_in(text: &str) -> Option<&'static str> {
    static LISTED: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(TECHNOLOGIES));
    LISTED.named(text).into_iter().min().map(|at| TECHNOLOGIES[at])
}

/// The first pattern that a text names; the longest, where one contains another.
pub fn pattern_in(text: &str) -> Option<&'static str> {
    static LISTED: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(PATTERNS));
    let mut found = LISTED.named(text);
    found.sort_unstable();
    found.into_iter().map(|at| PATTERNS[at]).max_by_key(|pattern| pattern.len())
}

/// Whether a name has no word that says what it is about.
pub fn says_nothing(name: &str) -> bool {
    words(name).all(|word| EMPTY.contains(&word.to_lowercase().as_str()))
}

/// Whether a text contains a phrase, as whole words, in any case.
pub fn contains(text: &str, phrase: &str) -> bool {
    names(&text.to_lowercase(), &phrase.to_lowercase())
}

/// The phrases of a list in lower case, with their places in it, by their first word: every title of a spec is held against all.
struct Phrases(HashMap<String, Vec<(String, usize)>>);

impl Phrases {
    fn new(list: &[&str]) -> Phrases {
        let mut all: HashMap<String, Vec<(String, usize)>> = HashMap::new();
        for (at, phrase) in list.iter().enumerate() {
            let phrase = phrase.to_lowercase();
            let first = runs(&phrase).next().unwrap_or_default().to_owned();
            all.entry(first).or_default().push((phrase, at));
        }
        Phrases(all)
    }

    /// The places of the phrases that a text names.
    fn named(&self, text: &str) -> Vec<usize> {
        let text = text.to_lowercase();
        let beginning = runs(&text).filter_map(|word| self.0.get(word)).flatten();
        beginning.filter(|(phrase, _)| names(&text, phrase)).map(|(_, at)| *at).collect()
    }
}

/// What stands between two characters that are no letter and no digit.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The same of a text and a phrase in lower case.
fn names(text: &str, phrase: &str) -> bool {
    let mut matches = text.match_indices(phrase);
    let bare = |side: Option<char>| side.is_none_or(|c| !c.is_alphanumeric());
    matches.any(|(at, found)| bare(text[..at].chars().next_back()) && bare(text[at + found.len()..].chars().next()))
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| !word.is_empty())
}
