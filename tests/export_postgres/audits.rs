//! The audit queries of step 15 against the exported schema: each is understood by the server, finds nothing after
//! correct operations, and finds what was done against the invariant behind the operations' back.

use super::server::{Database, Server};
use super::support::specs;
use super::{load, spec};
use sysd::rules::Design;
use sysd::rules::fact::Invariant;
use sysd::rules::step_15_objectives::audit::Auditor;

/// Every query with the name of its invariant.
fn queries(design: &Design) -> Vec<(String, String)> {
    let auditor = Auditor::new(design);
    let invariants = (0..design.invariants.invariant.len() as u32).map(Invariant);
    let named = invariants
        .flat_map(|invariant| auditor.queries(invariant).into_iter().map(move |query| (design.name(invariant), query)));
    named.collect()
}

/// How many rows each query of an invariant finds, all together.
fn found(database: &Database, design: &Design, invariant: &str) -> i64 {
    let of = queries(design).into_iter().filter(|(name, _)| name == invariant);
    let found: Vec<i64> =
        of.map(|(_, query)| database.number(&format!("select count(*) from ({query}) as found"))).collect();
    assert!(!found.is_empty(), "nothing audits `{invariant}`");
    found.iter().sum()
}

#[test]
fn every_audit_of_the_corpus_runs_and_finds_nothing_in_empty_tables() {
    let Some(server) = Server::start() else { return };
    for spec in specs() {
        let database = server.database(&format!("audit_{}", spec.name));
        let design = &spec.analysis.design;
        load(&database, design);
        let queries = queries(design);
        assert!(!queries.is_empty(), "{}", spec.name);
        for (name, query) in queries {
            let rows = database.number(&format!("select count(*) from ({query}) as found"));
            assert_eq!(rows, 0, "{}: {name}: {query}", spec.name);
        }
    }
}

/// An auction that is opened, bid on by two, outbid, refused and closed; one more that is called off.
const HISTORY: &[&str] = &[
    "create_auction(md5('a')::uuid, 1, clock_timestamp() + interval '1 second', md5('c')::uuid, 'seller')",
    "create_auction(md5('b')::uuid, 1, clock_timestamp() + interval '1 hour', md5('d')::uuid, 'seller')",
    "open(md5('a')::uuid, md5('o')::uuid, 'seller')",
    "cancel(md5('b')::uuid, md5('x')::uuid, 'seller')",
    "place_bid(md5('a')::uuid, md5('1')::uuid, 5, md5('r')::uuid, 'ann')",
    "place_bid(md5('a')::uuid, md5('1')::uuid, 5, md5('r')::uuid, 'ann')",
    // Another caller may use the same key, and means another request.
    "place_bid(md5('b')::uuid, md5('2')::uuid, 5, md5('r')::uuid, 'bob')",
    "place_bid(md5('a')::uuid, md5('3')::uuid, 4, md5('s')::uuid, 'bob')",
    "place_bid(md5('a')::uuid, md5('4')::uuid, 7, md5('t')::uuid, 'bob')",
    "pg_sleep(1)",
    "place_bid(md5('a')::uuid, md5('5')::uuid, 9, md5('u')::uuid, 'ann')",
    "close(md5('a')::uuid, md5('z')::uuid)",
];

fn after_history<'s>(server: &'s Server, name: &str, design: &Design) -> Database<'s> {
    let database = server.database(name);
    load(&database, design);
    HISTORY.iter().for_each(|call| database.run(&format!("select {call}")));
    assert_eq!(database.number("select count(*) from bid"), 2);
    assert_eq!(database.value("select string_agg(status, ' ' order by status) from auction"), "CANCELLED ENDED");
    database
}

#[test]
fn what_was_right_when_it_was_decided_is_not_found() {
    let Some(server) = Server::start() else { return };
    let spec = spec("auction");
    let design = &spec.analysis.design;
    let database = after_history(&server, "audit_right", design);
    for (name, query) in queries(design) {
        let rows = database.number(&format!("select count(*) from ({query}) as found"));
        assert_eq!(rows, 0, "{name}: {query}");
    }
}

/// A violation of each invariant of the auction, written past the operations.
const VIOLATIONS: &[(&str, &str)] = &[
    // Accepted although it was not above the highest bid that the decision read.
    (
        "I1",
        "update place_bid_outcomes set read = jsonb_set(read, '{auction,current_highest}', '7') where caller = 'bob' and accepted",
    ),
    (
        "I1",
        "update place_bid_outcomes set read = jsonb_set(read, '{auction,status}', '\"CREATED\"') where caller = 'ann' and accepted",
    ),
    // A bid after the end.
    ("I1", "update bid set created_at = created_at + interval '1 day'"),
    ("I2", "update bid set amount = 5"),
    ("I2", "update bid set amount = 10 - amount"),
    // One request, two outcomes that took effect.
    (
        "I3",
        "update place_bid_outcomes set accepted = true, caller = 'ann', request_id = md5('r')::uuid where caller = 'bob' and not accepted and auction_id = md5('b')::uuid",
    ),
    // Back from where nothing leads, and to where the decision did not lead.
    ("I5", "update close_outcomes set read = jsonb_set(read, '{auction,status}', '\"CANCELLED\"')"),
    ("I5", "update auction set status = 'OPEN'"),
    ("I6", "update open_outcomes set caller = 'mallory'"),
    ("I7", "update cancel_outcomes set read = jsonb_set(read, '{auction,seller}', '\"mallory\"')"),
    ("eligibility of Open", "update open_outcomes set read = jsonb_set(read, '{auction,status}', '\"OPEN\"')"),
    (
        "eligibility of Close",
        "update close_outcomes set read = jsonb_set(read, '{decided_at}', '\"2000-01-01T00:00:00Z\"')",
    ),
    ("delivery of BidAccepted", "update bid_accepted_outbox set created_at = created_at - interval '1 day'"),
];

#[test]
fn what_was_done_against_an_invariant_is_found() {
    let Some(server) = Server::start() else { return };
    let spec = spec("auction");
    let design = &spec.analysis.design;
    let database = after_history(&server, "audit_wrong", design);
    for (number, (invariant, violation)) in VIOLATIONS.iter().enumerate() {
        assert_eq!(found(&database, design, invariant), 0, "before violation {number}");
        let of = queries(design).into_iter().filter(|(name, _)| name == *invariant);
        let counts: Vec<String> = of.map(|(_, query)| format!("(select count(*) from ({query}) as found)")).collect();
        // In one transaction that is undone, so that each begins with what is right.
        let script = format!("begin; {violation}; select 'found', {number}, {} > 0; rollback;", counts.join(" + "));
        let answers = database.race(vec![script]);
        assert!(answers.contains(&format!("found|{number}|t")), "{invariant}: {violation}: {answers:?}");
    }
}
