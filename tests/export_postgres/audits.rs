//! The audit queries of step 15 (A-76) against the exported schema: each is understood by the server, finds nothing after
//! correct operations, and finds what was done against the invariant behind the operations' back.

use super::server::{Database, Server};
use super::support::{spec_of, specs};
use super::{load, spec};
use sysd::rules::Design;
use sysd::rules::fact::Invariant;
use sysd::rules::step_15_objectives::audit::Auditor;

/// Every query with the name of its invariant.
fn queries(design: &Design) -> Vec<(String, String)> {
    let auditor = Auditor::new(design);
    let invariants = (0..design.invariants.invariant.len() as u32).map(Invariant);
    let named = invariants.flat_map(|invariant| {
        auditor.queries(invariant).into_iter().map(move |query| (design.name(invariant), query.sql))
    });
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

/// Conditions whose meaning hangs on brackets, on division without loss, on the sign of a time.
const ACCOUNTS: &str = r#"
actor Clerk : user
object Account : entity {
    key account_id: uuid
    balance: integer
    credit: integer
    days: integer
    frozen: boolean
    opened: timestamp
    closed: timestamp
    ownership: many writers, one winner per account_id
    evolution: overwrite
    ordering: none
}
operation Take(account: Account, amount: integer, request_id: uuid) by Clerk {
    when (account.balance >= amount or account.frozen == true) and account.credit >= amount
    then account.balance -= amount
    once per request_id for 24h
}
invariant I1 accounting "half a balance covers a day" { holds Account.balance / 2 >= Account.credit / (Account.days * 2) }
invariant I2 accounting "an account ends after it begins" { holds Account.closed - Account.opened >= -500ms }
invariant I3 accounting "who owes is frozen" { holds (Account.frozen == true or Account.balance >= 0) and Account.credit <= 100 }
"#;

/// Rows of accounts: balance, credit, days, frozen, closed behind opened; and the invariant that they break.
const ROWS: &[(&str, Option<&str>)] = &[
    ("1, 1, 1, false, '0 seconds'", None),
    ("1, 1, 1, false, '-0.4 seconds'", None),
    ("3, -4, 1, true, '1 hour'", None),
    ("-1, -4, 1, true, '1 hour'", None),
    // In whole numbers: nothing is at least nothing.
    ("1, 5, 3, false, '1 hour'", Some("I1")),
    ("1, 1, 1, false, '-0.6 seconds'", Some("I2")),
    ("-1, -4, 1, false, '1 hour'", Some("I3")),
    ("500, 101, 100, true, '1 hour'", Some("I3")),
];

#[test]
fn an_audit_finds_what_the_constraint_refuses() {
    let Some(server) = Server::start() else { return };
    let spec = spec_of("accounts", std::path::Path::new("."), ACCOUNTS.to_owned());
    let design = &spec.analysis.design;
    let database = server.database("audit_accounts");
    load(&database, design);
    let insert = |row: &str| {
        let (numbers, time) = row.rsplit_once(", ").expect("a time");
        format!(
            "insert into account (account_id, balance, credit, days, frozen, opened, closed)
             values (gen_random_uuid(), {numbers}, '2030-01-01', timestamptz '2030-01-01' + interval {time});"
        )
    };
    for (row, broken) in ROWS {
        let insert = insert(row);
        match broken {
            None => database.run(&insert),
            Some(_) => database.run(&format!(
                "do $$ begin {insert} raise exception 'it is kept'; exception when check_violation then null; end $$"
            )),
        };
    }
    database.run(
        "do $$ declare c record; begin
             for c in select conname from pg_constraint where conrelid = 'account'::regclass and contype = 'c' loop
                 execute format('alter table account drop constraint %I', c.conname);
             end loop;
         end $$",
    );
    let each = ["I1", "I2", "I3"];
    each.iter().for_each(|invariant| assert_eq!(found(&database, design, invariant), 0, "{invariant}"));
    for (row, broken) in ROWS.iter().filter(|(_, broken)| broken.is_some()) {
        database.run("delete from account");
        database.run(&insert(row));
        for invariant in each {
            assert_eq!(found(&database, design, invariant) > 0, *broken == Some(invariant), "{invariant}: {row}");
        }
    }
}

#[test]
fn a_choice_within_a_condition_is_judged_as_one() {
    let Some(server) = Server::start() else { return };
    let spec = spec_of("accounts", std::path::Path::new("."), ACCOUNTS.to_owned());
    let design = &spec.analysis.design;
    let database = server.database("audit_choice");
    load(&database, design);
    database.run(
        "insert into account (account_id, balance, credit, days, frozen, opened, closed)
         values (md5('a')::uuid, 9, 9, 100, false, '2030-01-01', '2030-01-01')",
    );
    let taken = database.value("select take(md5('a')::uuid, 5, md5('r')::uuid) ->> 'accepted'");
    assert_eq!(taken, "true");
    assert_eq!(found(&database, design, "eligibility of Take"), 0);
    database.run("update take_outcomes set read = jsonb_set(read, '{account,credit}', '1')");
    assert_eq!(found(&database, design, "eligibility of Take"), 1);
}

/// Of every customer and month there is one sum: in the audit of a law, in the table of a view, and in what keeps it.
#[test]
fn a_group_of_several_fields_is_kept_and_audited() {
    let Some(server) = Server::start() else { return };
    let text = "actor Customer : user
         object Counter : entity {
             key customer_id: uuid
             key month: text
             used: integer = 0
             ownership: many writers, one winner per customer_id, month
             evolution: overwrite
             ordering: none
         }
         object Usage : event {
             key event_id: uuid
             customer_id: uuid
             month: text
             units: integer non-negative
             evolution: append-only
             ordering: none
             retention 400d
         }
         operation Record(event_id: uuid, counter: Counter, units: integer non-negative) by Customer {
             then create Usage(event_id, customer_id: counter.customer_id, month: counter.month, units),
                 counter.used += units
             once per event_id for 30d
         }
         view Monthly of Usage = sum(Usage.units) for each customer_id, month {
             staleness <= 1min
             read by Customer, different shape
             rebuild from Usage
         }
         invariant I1 accounting \"what is used\" { Counter.used = sum(Usage.units) for each customer_id, month }";
    let spec = spec_of("metered", std::path::Path::new("."), text.to_owned());
    let design = &spec.analysis.design;
    let database = server.database("metered");
    load(&database, design);
    database
        .run("insert into counter (customer_id, month) select md5('c')::uuid, m from unnest(array['jan', 'feb']) as m");
    for (event, month, units) in [("1", "jan", 3), ("2", "feb", 5), ("3", "feb", 7)] {
        let call = format!("record(md5('{event}')::uuid, md5('c')::uuid, '{month}', {units})");
        assert!(database.value(&format!("select {call}")).contains("\"accepted\": true"));
        // Each record counts once, however often it is brought.
        database.run(&format!("select apply_to_monthly(md5('{event}')::uuid), apply_to_monthly(md5('{event}')::uuid)"));
    }
    assert_eq!(database.value("select string_agg(month || sum_units, ' ' order by month) from monthly"), "feb12 jan3");
    database.run("update usage set created_at = created_at - interval '1 hour'");
    assert_eq!((found(&database, design, "I1"), found(&database, design, "law of Monthly")), (0, 0));
    database
        .run("update counter set used = 15 where month = 'feb'; update monthly set sum_units = 15 where month = 'jan'");
    assert_eq!((found(&database, design, "I1"), found(&database, design, "law of Monthly")), (1, 1));
}
