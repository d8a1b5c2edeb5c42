//! The tables of step 8: which template a write path follows, and what it answers in each situation.
//!
//! A path follows one template at home ([`TEMPLATES`] 1 to 8 exclude each other and leave no writing path out) and one of
//! the last two besides, where it takes effect in several services.

use super::Feature::{self, *};
use super::Response::{self, *};
use super::Situation::{self, *};
use super::Template;
use crate::table::{Row, rows};

/// The shape of the algorithm (S8-t1 to S8-t4).
#[rustfmt::skip]
pub static TEMPLATES: &[Row<Feature, Template>] = rows! {
    "template#1" ["A-45" "A-46" "A-47" "S8-t2"]: [TakesClaim ChangesRecords] unless [Merges] => Template::Claim, "a claim is a conditional write that names its holder, its fence and its end";
    "template#2" ["A-24" "S6.2-r5"]: [Merges] unless [] => Template::Merge, "nobody asks anybody before writing, so the write is passed on and merged";
    "template#3" ["S8-t2" "A-38" "A-41"]: [TakesTransition] unless [TakesClaim Merges] => Template::Transition, "allowed moves alone, by compare-and-set on the state";
    "template#4" ["S8-t3" "A-42"]: [AddsInPlace] unless [Merges] => Template::AtomicUpdate, "the store adds, and the mark that it did commits with the sum";
    "template#5" ["S8-t1" "A-37" "A-38" "A-40"]: [ChangesRecords Conditional] unless [TakesTransition TakesClaim Merges] => Template::EligibilityWrite, "the condition is tested by the write itself";
    "template#6" ["S6.2-r3" "A-37"]: [ChangesRecords] unless [Conditional TakesTransition TakesClaim AddsInPlace Merges] => Template::Overwrite, "the new value replaces the old one, whatever that was";
    "template#7" ["S8-t3" "A-43"]: [RecordsEvents] unless [ChangesRecords CreatesRecords Merges] => Template::Append, "what happened is added to the log once, and all else follows from the log";
    "template#8" ["S8-e5" "S5-e13"]: [CreatesRecords] unless [ChangesRecords Merges] => Template::UniqueInsert, "of two inserts of one key the store lets one through";
    "template#9" ["S8-t4" "A-44"]: [Coordinates] unless [Indivisible] => Template::Saga, "no transaction spans services, so a durable log says how far it came";
    "template#10" ["S6.2-r9" "PR-cc7"]: [Coordinates Indivisible] unless [] => Template::TwoPhaseCommit, "it cannot be undone piece by piece, so nobody commits before all can";
};

/// What a path answers when things go wrong (S8-p6, CK-8c).
#[rustfmt::skip]
pub static BEHAVIOUR: &[Row<Feature, (Situation, Response)>] = rows! {
    "retry#1" ["S8-p6" "S8-d2" "S8-e2" "S8-e3" "A-37" "A-41"]: [Keyed] unless [] => (Retry, StoredOutcome), "the first outcome is looked up before anything else";
    "retry#2" ["S8-p6" "S8-e5"]: [Identified CreatesRecords] unless [Keyed] => (Retry, ExistingRecord), "the record that is there is the answer";
    "retry#3" ["S8-p6" "S8-e4" "A-42"]: [Identified] unless [Keyed CreatesRecords] => (Retry, Skip), "the event is in the log, so it has been counted";
    "retry#4" ["S8-p6" "A-23"]: [Repeatable] unless [Keyed Identified Contested] => (Retry, SameAgain), "doing it twice leaves what doing it once leaves";
    "retry#5" ["S8-p6" "A-24"]: [Repeatable Merges Contested] unless [Keyed Identified] => (Retry, SameAgain), "merging what is merged already changes nothing";
    "retry#6" ["S8-p6"]: [Repeatable Contested Conditional] unless [Keyed Identified Merges] => (Retry, Refusal), "its own success may have made the condition false";
    "retry#7" ["S8-p6"]: [Repeatable Contested] unless [Keyed Identified Merges Conditional] => (Retry, LastWins), "a repetition that comes late overwrites what others wrote in between";
    "retry#8" ["S8-p6" "A-44"]: [Coordinates] unless [Keyed Identified] => (Retry, Resume), "the log knows the saga by its key";
    "duplicate#1" ["S8-p6" "A-37"]: [Keyed] unless [] => (Duplicate, StoredOutcome), "outcomes are inserted if absent: of two the second finds the first one's";
    "duplicate#2" ["S8-p6" "S8-e5"]: [Identified CreatesRecords] unless [Keyed] => (Duplicate, ExistingRecord), "the unique key stops the second insert";
    "duplicate#3" ["S8-p6" "S8-e4" "A-42"]: [Identified] unless [Keyed CreatesRecords] => (Duplicate, Skip), "mark and effect are one step, so there is no gap between them";
    "duplicate#4" ["S8-p6" "A-23"]: [Repeatable] unless [Keyed Identified Contested] => (Duplicate, SameAgain), "it does not matter which comes last";
    "duplicate#5" ["S8-p6" "A-24"]: [Repeatable Merges Contested] unless [Keyed Identified] => (Duplicate, SameAgain), "merging what is merged already changes nothing";
    "duplicate#6" ["S8-p6"]: [Repeatable Contested Conditional] unless [Keyed Identified Merges] => (Duplicate, Refusal), "its own success may have made the condition false";
    "duplicate#7" ["S8-p6"]: [Repeatable Contested] unless [Keyed Identified Merges Conditional] => (Duplicate, LastWins), "a repetition that comes late overwrites what others wrote in between";
    "duplicate#8" ["S8-p6" "A-44"]: [Coordinates] unless [Keyed Identified] => (Duplicate, Resume), "the log entry is inserted if absent: the second finds the saga running";
    "race#1" ["S8-p6" "A-40"]: [Versioned ChangesRecords] unless [InTurn AddsInPlace Merges] => (Race, RereadAndRetry), "the write changes nothing where the version or the condition no longer is what was read";
    "race#2" ["S8-p6" "A-23"]: [AddsInPlace] unless [InTurn Merges] => (Race, Response::Merge), "the store adds one after the other, and sums do not mind";
    "race#3" ["S8-p6" "PR-wr4"]: [InTurn ChangesRecords] unless [Merges] => (Race, WaitInTurn), "one at a time writes the key";
    "race#4" ["S8-p6" "A-24"]: [Merges] unless [] => (Race, Response::Merge), "both are kept, whatever the order";
    "race#5" ["S8-p6" "S8-e5"]: [Identified CreatesRecords] unless [Keyed ChangesRecords Merges] => (Race, ExistingRecord), "who comes second finds the record";
    "race#6" ["S8-p6" "A-3"]: [RecordsEvents] unless [ChangesRecords CreatesRecords Merges] => (Race, Response::Merge), "both events happened, and both are kept";
    "race#7" ["S8-p6" "S6.2-r1"]: [ChangesRecords] unless [Contested Versioned InTurn AddsInPlace Merges] => (Race, NoRival), "one writer cannot race with itself";
    "race#8" ["S8-p6"]: [ChangesRecords Contested] unless [Versioned InTurn AddsInPlace Merges] => (Race, LastWins), "nothing demands that the earlier one be noticed";
    "race#9" ["S8-p6"]: [CreatesRecords Keyed] unless [ChangesRecords Merges] => (Race, Taken), "of two requests for one identity the store lets one through";
    "race#10" ["S8-p6"]: [CreatesRecords] unless [Keyed Identified ChangesRecords Merges] => (Race, Taken), "of two requests for one identity the store lets one through";
    "timeout#1" ["S8-p6" "A-40"]: [Keyed] unless [] => (Timeout, Undecided), "it may have been committed: the same key tells";
    "timeout#2" ["S8-p6" "A-40"]: [Identified] unless [Keyed] => (Timeout, Undecided), "it may have been committed: the record tells";
    "timeout#3" ["S8-p6" "A-40"]: [Repeatable] unless [Keyed Identified] => (Timeout, Undecided), "it may have been committed: doing it again does no harm";
    "timeout#4" ["S8-p6" "A-44"]: [Coordinates] unless [] => (Timeout, Resume), "a call that was given up is asked again under its own key";
    "rejection#1" ["S8-p6" "A-37"]: [Keyed Conditional] unless [] => (Rejection, RecordedRejection), "a retry must not be told otherwise, and a success recorded meanwhile wins";
    "rejection#2" ["S8-p6" "A-37" "A-41"]: [Keyed TakesTransition] unless [Conditional] => (Rejection, RecordedRejection), "the state the machine is in is a condition";
    "rejection#3" ["S8-p6"]: [Conditional] unless [Keyed] => (Rejection, Refusal), "who asks again is judged by the state of that moment";
    "rejection#4" ["S8-p6" "S8-t2"]: [TakesTransition] unless [Keyed Conditional] => (Rejection, Refusal), "the state the machine is in is a condition";
    "rejection#5" ["S8-p6" "S6.1-r6"]: [Permitted] unless [] => (Rejection, Refusal), "permission is tested before anything else, and what a stranger asks for is not recorded";
    "rejection#6" ["S8-p6" "S8-p3" "A-37"]: [Keyed ChangesRecords] unless [Conditional TakesTransition Merges] => (Rejection, RecordedRejection), "there may be no such record, and then nothing has changed";
    "rejection#7" ["S8-p6" "S8-p3"]: [ChangesRecords] unless [Keyed Conditional TakesTransition Merges] => (Rejection, Refusal), "there may be no such record, and then nothing has changed";
    "rejection#8" ["S8-p6" "S8-p5" "A-37"]: [Keyed CreatesRecords] unless [ChangesRecords Conditional TakesTransition Merges] => (Rejection, RecordedRejection), "the identity may be that of another request's record";
    "rejection#9" ["S8-p6" "S8-p5"]: [Identified Signed] unless [Keyed ChangesRecords Conditional TakesTransition Merges] => (Rejection, Refusal), "the identity may be that of another request's record";
    "rejection#10" ["S8-p6" "S8-p5" "A-37"]: [Keyed RecordsEvents] unless [CreatesRecords ChangesRecords Conditional TakesTransition Merges] => (Rejection, RecordedRejection), "the identity may be that of another request's event";
    "rejection#11" ["S8-p6" "A-54"]: [Awaited] unless [] => (Rejection, NotYet), "an attempt that comes too early is made again, and must not find its own rejection";
    "rejection#12" ["S8-p6"]: [] unless [Conditional TakesTransition Permitted ChangesRecords CreatesRecords RecordsEvents Merges Bounded] => (Rejection, NeverRejected), "there is nothing to fail";
    "rejection#13" ["S8-p6"]: [Identified] unless [Signed Keyed Conditional TakesTransition Permitted ChangesRecords Merges Bounded] => (Rejection, NeverRejected), "what is there is what was asked for";
    "rejection#14" ["S8-p6" "A-24"]: [Merges] unless [Conditional TakesTransition Permitted Bounded] => (Rejection, NeverRejected), "nobody is asked";
    "rejection#15" ["S8-p6" "S8-p5"]: [CreatesRecords] unless [Keyed Identified ChangesRecords Conditional TakesTransition Merges] => (Rejection, Refusal), "the identity may be that of another request's record";
    "rejection#16" ["S8-p6" "S8-p5"]: [RecordsEvents] unless [Keyed Identified CreatesRecords ChangesRecords Conditional TakesTransition Merges] => (Rejection, Refusal), "the identity may be that of another request's event";
    "rejection#17" ["S8-p6" "S8-p3"]: [Bounded] unless [] => (Rejection, Refusal), "an amount that cannot be meant asks for nothing, and nothing is recorded";
    "crash#1" ["S8-p6" "A-45" "A-46"]: [TakesClaim Leased] unless [] => (Crash, Expire), "what a dead holder held is freed, and the fence keeps its last command out";
    "crash#2" ["S8-p6" "A-44"]: [Coordinates] unless [] => (Crash, Resume), "the log is scanned, and goes on or goes back";
    "crash#3" ["S8-p6" "A-37" "A-39"]: [] unless [Coordinates] => (Crash, NothingHappened), "before the commit nothing is there; after it everything is, the outcome and the events too";
};
