//! What is taken for granted where an author says nothing, and how to say it (S15-d1).

use crate::fact::*;
use crate::load::stated;
use crate::quantity::{Dimension, Quantity};
use crate::vocabulary::{Vocabulary, vocabulary};

vocabulary! {
    /// A number the framework leaves to the product; `load { path_latency: 500ms }` in a spec sets it.
    Assumption = "assumption" {
        PathLatency = "path latency": "The 99th percentile of a path nobody gives a target.",
        PathAvailability = "path availability": "How often a path works that nobody gives a target.",
        FreshnessPercentile = "freshness percentile": "The share of reads that must be within the bound of a view.",
        OwnShare = "own share": "The part of a path's time that its own work takes, calls and stores apart.",
        CallLatency = "call latency": "What a called service takes that states no latency.",
        CacheLatency = "cache latency": "What one look into a cache takes.",
        StoreLatency = "store latency": "What one access to a store takes when it is busy.",
        CallAttempts = "call attempts": "How often a call is made before it is given up.",
        ConflictAttempts = "conflict attempts": "How often a conditional write is tried before a conflict is answered.",
        BackoffShare = "backoff share": "The first wait between attempts, as a part of the path's time.",
    }
}

impl Assumption {
    /// What holds where the author says nothing.
    pub fn default(self) -> Quantity {
        let milliseconds = |amount: i128| Quantity::whole(amount * 1_000_000, Dimension::Time);
        let percent = |tenths: i128| Quantity::new(num_rational::Ratio::new(tenths, 10), Dimension::Percent);
        match self {
            Assumption::PathLatency => milliseconds(1_000),
            Assumption::PathAvailability => percent(999),
            Assumption::FreshnessPercentile => percent(990),
            Assumption::OwnShare => percent(200),
            Assumption::CallLatency => milliseconds(100),
            Assumption::CacheLatency => milliseconds(1),
            Assumption::StoreLatency => milliseconds(10),
            Assumption::CallAttempts => Quantity::count(2),
            Assumption::ConflictAttempts => Quantity::count(3),
            Assumption::BackoffShare => percent(50),
        }
    }

    /// Whether the author gives it.
    pub fn is_stated(self, facts: &Facts) -> bool {
        stated(facts, self.word(), self.default().dimension).is_some()
    }

    /// The author's number, or the default.
    pub fn value(self, facts: &Facts) -> Quantity {
        stated(facts, self.word(), self.default().dimension).map_or(self.default(), |(_, number)| number)
    }
}

/// How long retries go on at the very most: twenty attempts, and a minute, the longest wait, between each two of them.
pub const HORIZON: Quantity = Quantity::whole(19 * 60_000_000_000, Dimension::Time);
