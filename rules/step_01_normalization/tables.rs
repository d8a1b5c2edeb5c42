//! The table of step 1: what a verb of product language can mean, and the words by which a sentence is known to use it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::StateOperation::{self, *};
use crate::vocabulary::UiVerb;

/// One row: a verb, the words for it, what it can really be.
#[derive(Clone, Copy, Debug)]
pub struct Verb {
    /// The obligation.
    pub id: &'static str,
    /// As the framework calls it.
    pub verb: UiVerb,
    /// How sentences spell it, in small letters; several words where one would say something else.
    pub words: &'static [&'static str],
    /// The state operations behind it.
    pub means: &'static [StateOperation],
    /// The framework's reason, in our words.
    pub why: &'static str,
}

/// The verbs, in the framework's order.
#[rustfmt::skip]
pub static VERBS: &[Verb] = &[
    Verb { id: "S1-r1", verb: UiVerb::View, words: &["view", "views", "see", "sees", "browse", "browses", "read", "reads", "watch", "watches", "look at", "looks at", "display", "displays", "show", "shows", "scroll", "scrolls", "check", "checks"], means: &[ReadRecord, ReadProjection, FetchSlice, FollowFromCursor, QueryProjection], why: "what is seen is a record, a projection, a slice of history or a stream of changes, and each is built differently" },
    Verb { id: "S1-r2", verb: UiVerb::Create, words: &["submit", "submits", "create", "creates", "add", "adds", "post", "posts", "request", "requests", "book", "books", "order", "orders", "place", "places", "upload", "uploads", "send", "sends", "write", "writes", "register", "registers", "sign up", "signs up", "report", "reports", "record", "records", "comment", "comments", "pay", "pays", "reserve", "reserves", "buy", "buys", "purchase", "purchases", "check out", "checks out", "check in", "checks in"], means: &[CreateRecord, AppendEvent, AppendDecision, ConditionalUpdate, PersistConstraint, Transition, Aggregate], why: "a new record and an appended event differ in whether they change later" },
    Verb { id: "S1-r3", verb: UiVerb::Update, words: &["update", "updates", "edit", "edits", "change", "changes", "set", "sets", "rename", "renames", "go online", "goes online", "go offline", "goes offline", "cancel", "cancels", "close", "closes", "accept", "accepts", "approve", "approves", "reject", "rejects", "start", "starts", "finish", "finishes", "complete", "completes", "end", "ends", "move", "moves", "delete", "deletes", "remove", "removes", "assign", "assigns", "ship", "ships"], means: &[Overwrite, Transition, ConditionalUpdate, PersistConstraint, Aggregate, AppendEvent, CreateRecord], why: "state is replaced in place or moves along a machine" },
    Verb { id: "S1-r4", verb: UiVerb::GetNotification, words: &["get notification", "get notifications", "gets notified", "get notified", "be notified", "is notified", "are notified", "notify", "notifies", "notification", "notifications", "alerted", "is told", "are told", "is informed", "are informed", "receive an alert", "receives an alert", "reminded"], means: &[EvaluateAndDeliver, DetectAndPush], why: "somebody has to evaluate a condition before anything can be delivered" },
    Verb { id: "S1-r5", verb: UiVerb::Subscribe, words: &["subscribe", "subscribes", "follow", "follows", "opt in", "opts in", "set an alert", "sets an alert", "set alerts", "set a reminder", "schedule", "schedules"], means: &[PersistConstraint, CreateRecord, FollowFromCursor], why: "a wish about the future is state: an intent that is kept until its condition is met" },
    Verb { id: "S1-r6", verb: UiVerb::Search, words: &["search", "searches", "find", "finds", "look up", "looks up", "filter", "filters", "discover", "discovers"], means: &[QueryProjection, FetchSlice, ReadProjection], why: "a search asks an index, and an index is derived" },
    Verb { id: "S1-r7", verb: UiVerb::React, words: &["swipe", "swipes", "like", "likes", "dislike", "dislikes", "react", "reacts", "vote", "votes", "upvote", "upvotes", "rate", "rates"], means: &[AppendDecision, AppendEvent, CreateRecord], why: "a decision is a fact that happened: it is appended, never changed" },
    Verb { id: "S1-r8", verb: UiVerb::Bid, words: &["bid", "bids", "claim", "claims", "grab", "grabs", "compete", "competes", "contend", "contends"], means: &[ConditionalUpdate, Transition], why: "many attempt it, and state that others change decides who succeeds" },
];

/// The row of a verb.
pub fn row(verb: UiVerb) -> Option<&'static Verb> {
    VERBS.iter().find(|row| row.verb == verb)
}

/// The verbs of the table that a product sentence uses, each once with its place in bytes, in the order of the sentence: the first one, and those that stand
/// where nothing but a verb does ("view the price and buy"; the posts of "view posts" are things).
pub fn said(sentence: &str) -> Vec<(UiVerb, Range<usize>)> {
    let mut verbs: Vec<(UiVerb, Range<usize>)> = vec![];
    for (verb, at) in found(sentence) {
        let before = words(&sentence[..at.start]).pop().map(|at| sentence[at].to_lowercase());
        let is_verb = verbs.is_empty() || before.is_some_and(|before| BEFORE_VERBS.contains(&before.as_str()));
        if is_verb && verbs.iter().all(|(known, _)| *known != verb) {
            verbs.push((verb, at));
        }
    }
    verbs
}

/// The verbs of the table that a product sentence uses.
pub fn verbs_in(sentence: &str) -> Vec<UiVerb> {
    said(sentence).into_iter().map(|(verb, _)| verb).collect()
}

/// The first verb and where it stands, in bytes.
pub fn find_verb(sentence: &str) -> Option<(UiVerb, Range<usize>)> {
    found(sentence).into_iter().next()
}

/// The listed words of a sentence, and where they stand, in bytes; of those that begin at the same place the longest ("set an alert",
/// not "set"). Behind an article, a preposition or the like a word that is a verb elsewhere is none ("withdraw a bid", "mark messages
/// as read", "a message was read").
fn found(sentence: &str) -> Vec<(UiVerb, Range<usize>)> {
    let words: Vec<(String, Range<usize>)> =
        words(sentence).into_iter().map(|at| (sentence[at.clone()].to_lowercase(), at)).collect();
    let begins = |start: usize| {
        let spelt = |phrase: &[&str]| {
            let here = words.get(start..start + phrase.len())?;
            let agrees = phrase.iter().zip(here).all(|(word, (spelt, _))| spelt == word);
            agrees.then(|| here[0].1.start..here[phrase.len() - 1].1.end)
        };
        let listed = LISTED.get(words[start].0.as_str())?.iter();
        let noun = start.checked_sub(1).is_some_and(|before| BEFORE_NOUNS.contains(&words[before].0.as_str()));
        // That somebody gets "a notification" is said by the noun.
        let listed = listed.filter(|(verb, _)| !noun || *verb == UiVerb::GetNotification);
        let found = listed.filter_map(|(verb, phrase)| Some((*verb, spelt(phrase)?)));
        found.max_by_key(|(verb, at)| (at.end, std::cmp::Reverse(*verb)))
    };
    (0..words.len()).filter_map(begins).collect()
}

/// Words behind which a verb stands.
const BEFORE_VERBS: &[&str] = &[
    "and", "or", "then", "to", "i", "you", "he", "she", "we", "they", "who", "can", "may", "must", "will", "should",
    "could",
];

/// Words behind which no verb stands.
const BEFORE_NOUNS: &[&str] = &[
    "a", "an", "the", "this", "these", "each", "every", "any", "no", "one", "my", "your", "his", "her", "its", "our",
    "their", "as", "of", "for", "per", "by", "with", "from", "in", "on", "is", "are", "was", "were", "be", "been",
    "being",
];

/// The phrases of the table, word by word, by the first one.
static LISTED: LazyLock<HashMap<&str, Vec<(UiVerb, Vec<&str>)>>> = LazyLock::new(|| {
    let mut listed: HashMap<&str, Vec<(UiVerb, Vec<&str>)>> = HashMap::new();
    for (verb, phrase) in VERBS.iter().flat_map(|row| row.words.iter().map(move |phrase| (row.verb, *phrase))) {
        let words: Vec<&str> = phrase.split(' ').collect();
        listed.entry(words[0]).or_default().push((verb, words));
    }
    listed
});

/// Where the words of a sentence stand, in bytes.
pub fn words(sentence: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = vec![];
    for (at, c) in sentence.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
        match words.last_mut() {
            Some(word) if word.end == at => word.end = at + c.len_utf8(),
            _ => words.push(at..at + c.len_utf8()),
        }
    }
    words
}
