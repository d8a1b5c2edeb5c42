//! Step 8, algorithm and state-transition design: every write path directly implementable.

pub mod artifact;
pub mod checks;

use crate::Design;
use crate::fact::*;
use crate::vocabulary::{Vocabulary, vocabulary};
use ascent::ascent;

vocabulary! {
    /// The shapes of algorithm (S8-t1 to S8-t4).
    Template = "algorithm template" {
        EligibilityWrite = "eligibility write": "Check the outcome record, read, validate, write under the whole predicate, record the outcome in the same transaction.",
        Transition = "state transition": "The same, where what is written is a state.",
        AtomicUpdate = "atomic update": "Change in place by an amount, with the event marked in the same transaction.",
        Append = "append with dedup": "Append and mark in one step; everything else follows from the log.",
        UniqueInsert = "insert if absent": "Insert under a unique key; an existing record is the answer.",
        Overwrite = "overwrite": "Replace the current state, by version where several write.",
        Claim = "claim": "Take a claim by a conditional write that raises the fence and sets the expiry.",
        Saga = "saga": "A durable log of steps with a one-way decision to abort and a recovery scan.",
    }
}

vocabulary! {
    /// What can happen to a write path (S8-p6).
    Situation = "situation" {
        Retry = "retry": "The same request arrives again after an answer was lost.",
        Duplicate = "duplicate": "The same request arrives twice at once.",
        Race = "race": "Another request changes the state between read and write.",
        Timeout = "timeout": "The store or a called service does not answer in time.",
        Rejection = "rejection": "A condition does not hold.",
        Crash = "crash": "The worker dies between two steps.",
    }
}

vocabulary! {
    /// What a write path answers in a situation.
    Response = "response" {
        StoredOutcome = "stored outcome": "Return the outcome recorded for the request.",
        ExistingRecord = "existing record": "Return the record that is already there.",
        Skip = "skip": "Do nothing: it has been applied.",
        RereadAndRetry = "reread and retry": "Read again and try again while the budget lasts; then answer undecided, which is safe to retry.",
        WaitInTurn = "wait in turn": "Wait for the single writer of the key.",
        Merge = "merge": "Both take effect.",
        Undecided = "undecided": "Answer that the outcome is unknown; the client retries with the same key.",
        RecordedRejection = "recorded rejection": "Answer the reason, recorded by insert-if-absent; a stored outcome wins over it.",
        NothingHappened = "nothing happened": "Nothing was committed: the retry starts afresh.",
        Resume = "resume": "A recovery scan takes it up from the log.",
        Expire = "expire": "The claim ends by itself and the fence refuses its late holder.",
    }
}

ascent! {
    /// The algorithms: which template each write path follows, and what it answers when things go wrong.
    pub struct Algorithms;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    /// `template(operation, template, rule)`: the shape of the write path's algorithm (S8-t1 to S8-t4, as corrected by ).
    relation template(Operation, Template, crate::proof::RuleId);
    /// `answers(operation, situation, response)`: what the path does on retry, duplicate, race, timeout, rejection, crash (S8-p6).
    relation answers(Operation, Situation, Response);
    /// `forbidden(object, from, to)`: no transition leads there (S8-p7).
    relation forbidden(Object, State, State);
}

/// Runs the step's program on the design so far.
pub fn derive(_design: &Design) -> Algorithms {
    Algorithms::default()
}
