//! The PostgreSQL export against a real server: everything loads, and under concurrent calls, retries and hostile names the
//! declared invariants hold.
//!
//! Sessions are processes of `psql`: what is tested is what an operator would run.

mod support;

#[path = "export_postgres/audits.rs"]
mod audits;
#[path = "export_postgres/inputs.rs"]
mod inputs;
#[path = "export_postgres/money.rs"]
mod money;
#[path = "export_postgres/server.rs"]
mod server;

use server::{Database, Server};
use support::{Spec, broken, spec_of, specs};
use sysd::export;
use sysd::rules::fact::{Facts, Name};
use sysd::rules::{self, Design};

#[test]
fn every_export_of_the_corpus_loads() {
    let Some(server) = Server::start() else { return };
    for spec in specs().into_iter().chain(broken()) {
        let database = server.database(&spec.name);
        load(&database, &spec.analysis.design);
    }
}

#[test]
fn every_operation_of_the_corpus_is_a_function() {
    let mut missing = vec![];
    for spec in specs() {
        let files = files(&spec.analysis.design);
        let lines = files.iter().flat_map(|file| file.text.lines());
        missing.extend(lines.filter(|line| line.contains("no function:")).map(|line| format!("{}: {line}", spec.name)));
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn hostile_names_load() {
    let Some(server) = Server::start() else { return };
    for (number, name) in ["auction", "ride_hailing", "payments", "live_comments"].into_iter().enumerate() {
        let mut facts = spec(name).analysis.design.facts;
        rename(&mut facts);
        load(&server.database(&format!("hostile_{number}")), &rules::derive(facts));
    }
}

#[test]
fn what_has_no_translation_is_refused_with_a_reason() {
    let text = r#"
actor Clerk : user
object Account : entity {
    key account_id: uuid
    balance: money = 0
    ownership: many writers, one winner per account_id
    evolution: overwrite
    ordering: none
}
operation Transfer(from: Account, to: Account, amount: money, request_id: uuid) by Clerk {
    when from.balance >= amount
    then from.balance -= amount, to.balance += amount
    once per request_id for 24h
}
operation Deposit(account: Account, amount: money, request_id: uuid) by Clerk {
    then account.balance += amount
    once per request_id for 24h
}
operation Forget(amount: money, request_id: uuid) by Clerk {
    then Account.balance = amount
    once per request_id for 24h
}
"#;
    let spec = spec_of("transfer", std::path::Path::new("."), text.to_owned());
    let files = files(&spec.analysis.design);
    let all: String = files.iter().map(|file| file.text.as_str()).collect();
    assert!(all.contains("no function: no parameter names the `Account` that it changes"), "{all}");
    assert!(!all.contains("create function \"forget\""));
    assert!(all.contains("create function \"transfer\""), "{all}");
    assert!(all.contains("create function \"deposit\""));
}

#[test]
fn bids_race_and_the_auction_stays_right() {
    let Some(server) = Server::start() else { return };
    let database = server.database("auction_race");
    load(&database, &spec("auction").analysis.design);
    database.run(
        "insert into auction (auction_id, seller, end_time, starting_price, current_highest, status)
         values (md5('a')::uuid, 'seller', clock_timestamp() + interval '1 hour', 1, 1, 'OPEN')",
    );
    // Four sessions bid against each other. Every request is sent twice by its session, and once more by the next one.
    let bid = |session: usize, number: usize| {
        format!(
            "select 'bid', '{session}-{number}', place_bid(in_auction => md5('a')::uuid, in_bid_id => md5('{session}-{number}')::uuid,
                in_amount => {}, in_request_id => md5('r{session}-{number}')::uuid, in_caller => 'bidder {session}') ->> 'accepted';\n",
            2 + number * 3 + session
        )
    };
    let scripts = (0..4).map(|session| {
        let calls =
            (0..60).flat_map(|number| [bid(session, number), bid(session, number), bid((session + 1) % 4, number)]);
        calls.collect::<String>()
    });
    let answers = database.race(scripts.collect());
    agree(&answers, "bid");
    let accepted = database.number("select count(*) from place_bid_outcomes where accepted");
    assert!(accepted > 1 && database.number("select count(*) from place_bid_outcomes where not accepted") > 0);
    assert_eq!(database.number("select count(*) from place_bid_outcomes"), 240);
    // I3 and I1: one bid for each accepted request, none for a rejected one.
    assert_eq!(database.number("select count(*) from bid"), accepted);
    assert_eq!(database.number("select version from auction"), accepted);
    // A-39: one event for each.
    assert_eq!(database.number("select count(*) from bid_accepted_outbox"), accepted);
    // I2: in the order of acceptance amounts strictly increase, …
    let falling = "select count(*) from (select amount - lag(amount) over (order by created_at, bid_id) as step from bid) as s where step <= 0";
    assert_eq!(database.number(falling), 0);
    // … and the auction shows the last one.
    let shown = "select count(*) from auction as a join bid as b on a.winning_bid = b.bid_id::text and a.current_highest = b.amount
                 where b.amount = (select max(amount) from bid)";
    assert_eq!(database.number(shown), 1);
}

#[test]
fn a_bid_that_waited_past_the_end_is_refused() {
    let Some(server) = Server::start() else { return };
    let database = server.database("auction_end");
    load(&database, &spec("auction").analysis.design);
    database.run(
        "insert into auction (auction_id, seller, end_time, starting_price, current_highest, status)
         values (md5('a')::uuid, 'seller', clock_timestamp() + interval '2 seconds', 1, 1, 'OPEN')",
    );
    let holding = "begin; select 'held', 'held', true from auction for update; select pg_sleep(3); commit;".to_owned();
    let late = "select pg_sleep(0.5);
        select 'late', clock_timestamp() < (select end_time from auction), (place_bid(md5('a')::uuid, md5('b')::uuid, 5, md5('r')::uuid, 'bidder')) ->> 'accepted';"
        .to_owned();
    let answers = database.race(vec![holding, late]);
    // A-38: sent in time, decided too late.
    assert!(answers.iter().any(|answer| answer == "late|t|false"), "{answers:?}");
    assert_eq!(database.number("select count(*) from bid"), 0);
}

#[test]
fn an_outcome_is_for_the_request_that_has_it_and_a_refusal_is_none() {
    let Some(server) = Server::start() else { return };
    let database = server.database("auction_keys");
    load(&database, &spec("auction").analysis.design);
    database.run(
        "insert into auction (auction_id, seller, end_time, starting_price, current_highest, status)
         values (md5('a')::uuid, 'seller', clock_timestamp() + interval '1 hour', 1, 1, 'CREATED')",
    );
    let call = |database: &_, call: &str| Database::value(database, &format!("select ({call}) - 'version'"));
    let open = |caller: &str| format!("\"open\"(md5('a')::uuid, md5('o')::uuid, '{caller}')");
    // S8-p3: who may not has no outcome, so the request stays free for who may.
    assert!(call(&database, &open("mallory")).contains("refused"));
    assert!(call(&database, &open("seller")).contains("\"accepted\": true"));
    assert!(call(&database, &open("seller")).contains("\"replayed\": true"));
    let bid = |bid: &str, amount: u32, caller: &str| {
        format!("place_bid(md5('a')::uuid, md5('{bid}')::uuid, {amount}, md5('r')::uuid, '{caller}')")
    };
    assert!(call(&database, &bid("b1", 20, "alice")).contains("\"accepted\": true"));
    assert!(call(&database, &bid("b1", 20, "alice")).contains("\"replayed\": true"));
    // A-37: the outcome of one request is not that of another under the same key.
    assert!(call(&database, &bid("b2", 500, "bob")).contains("another request has this key"));
    assert!(call(&database, &bid("b1", 30, "alice")).contains("another request has this key"));
    assert_eq!(database.number("select current_highest::int from auction"), 20);
}

#[test]
fn a_driver_is_claimed_by_one_and_the_fence_holds() {
    let Some(server) = Server::start() else { return };
    let database = server.database("dispatch_race");
    load(&database, &spec("ride_hailing").analysis.design);
    database.run("insert into driver (driver_id, status) select md5('d' || n)::uuid, 'AVAILABLE' from generate_series(0, 4) as n");
    let dispatch = |session: usize, driver: usize| {
        format!(
            "select 'dispatch', '{session}-{driver}', dispatch(in_driver => md5('d{driver}')::uuid, in_trip_id => md5('t{session}')::uuid,
                in_dispatch_request_id => md5('q{session}-{driver}')::uuid) ->> 'accepted';\n"
        )
    };
    let scripts = (0..5).map(|session| {
        let calls =
            (0..5).flat_map(|at| [dispatch(session, (at + session) % 5), dispatch(session, (at + session) % 5)]);
        calls.collect::<String>()
    });
    let answers = database.race(scripts.collect());
    agree(&answers, "dispatch");
    // I1, I2: each driver once, and every session that lost was told so.
    assert_eq!(database.number("select count(*) from dispatch_outcomes where accepted"), 5);
    assert_eq!(database.number("select count(*) from dispatch_outcomes"), 25);
    assert_eq!(database.number("select count(*) from driver where status = 'DISPATCHED' and claim_id = 1"), 5);

    // A-46, A-47: the claim ends, the next one has a higher fence, and the late holder is refused.
    database.run("update driver set claim_expires_at = clock_timestamp() where driver_id = md5('d0')::uuid; select expire_claims_on_driver()");
    assert_eq!(database.number("select count(*) from driver where status = 'AVAILABLE'"), 1);
    let again = "select dispatch(md5('d0')::uuid, md5('t9')::uuid, md5('q9')::uuid) ->> 'claim_id'";
    assert_eq!(database.number(again), 2);
    let board = |request: &str, claim: usize| {
        format!(
            "select board(in_driver => md5('d0')::uuid, in_trip_id => md5('t9')::uuid, in_request_id => md5('{request}')::uuid, in_claim_id => {claim}) ->> 'accepted'"
        )
    };
    assert_eq!(database.value(&board("late", 1)), "false");
    assert_eq!(database.value(&board("holder", 2)), "true");
    // A-45: a trip that has begun does not end with the claim.
    assert_eq!(database.number("select count(*) from driver where status = 'ON_TRIP' and claim_expires_at is null"), 1);
}

#[test]
fn a_payment_is_made_and_captured_once() {
    let Some(server) = Server::start() else { return };
    let database = server.database("payment_race");
    load(&database, &spec("payments").analysis.design);
    let call = |session: usize, trip: usize| {
        format!(
            "select 'pay', '{trip}', pay(in_trip_id => md5('t{trip}')::uuid, in_purpose => 'fare', in_amount => {trip} + 1, in_caller => 'customer') ->> 'accepted';
             {};
             select 'authorize', '{trip}', authorize(md5('t{trip}')::uuid, 'fare', md5('a{trip}')::uuid) ->> 'accepted';
             {};
             select 'capture', '{session}-{trip}', capture(md5('t{trip}')::uuid, 'fare', md5('e-c{session}-{trip}')::uuid, md5('c{session}-{trip}')::uuid) ->> 'accepted';
             select 'capture', '{session}-{trip}', capture(md5('t{trip}')::uuid, 'fare', md5('e-c{session}-{trip}')::uuid, md5('c{session}-{trip}')::uuid) ->> 'accepted';\n",
            stepped("authorize", &format!("t{trip}"), &format!("a{trip}")),
            stepped("capture", &format!("t{trip}"), &format!("c{session}-{trip}")),
        )
    };
    let scripts = (0..4).map(|session| (0..25).map(|trip| call(session, trip)).collect::<String>());
    let answers = database.race(scripts.collect());
    for what in ["pay", "authorize", "capture"] {
        agree(&answers, what);
    }
    // I2: a trip is paid for once; I6, I3: of four requests to capture one takes effect, and is answered so every time.
    assert_eq!(database.number("select count(*) from payment where status = 'CAPTURED'"), 25);
    assert_eq!(database.number("select count(*) from ledger_entry"), 25);
    assert_eq!(database.number("select count(*) from capture_outcomes where accepted"), 25);
    assert_eq!(
        database.number(
            "select count(*) from (select trip_id from ledger_entry group by trip_id having count(*) > 1) as twice"
        ),
        0
    );

    assert_eq!(database.number("select count(*) from capture_saga_log where state = 'DONE'"), 25);
    assert_eq!(database.number("select count(*) from capture_saga_log where state = 'DONE' and steps_done < 1"), 0);

    // A-42: an aggregate takes each record once, however often it is told of it.
    let applied = "select count(*) from (select apply_to_balance(entry_id) as taken from ledger_entry) as all_of_them where taken";
    assert_eq!((database.number(applied), database.number(applied)), (25, 0));
    let (summed, booked) = ("select sum(sum_amount) from balance", "select sum(amount) from ledger_entry");
    assert_eq!(database.value(summed), database.value(booked));

    // A-44: without its steps there is no local commit; a saga that is being undone cannot be finished, and what was decided stays.
    database.run("select pay(md5('x')::uuid, 'fare', 1, 'customer')");
    let authorize = "select authorize(md5('x')::uuid, 'fare', md5('ax')::uuid)";
    assert_eq!(database.value(&format!("{authorize} ->> 'undecided'")), "true");
    database.run(&format!("{}; {authorize}", stepped("authorize", "x", "ax")));
    assert_eq!(database.value("select state from authorize_saga_log where request_id = md5('ax')::uuid"), "DONE");
    let saga =
        |what: &str, step: &str| format!("select capture_saga_{what}(md5('x')::uuid, 'fare', md5('cx')::uuid{step})");
    let begin = |trip: &str, request: &str| {
        database.value(&format!(
            "select capture_saga_begin(md5('{trip}')::uuid, 'fare', md5('e')::uuid, md5('{request}')::uuid)"
        ))
    };
    // A-51: what the operation would refuse is not asked of anybody, and leaves no trace.
    assert_eq!(begin("t1", "c2"), "REJECTED");
    assert_eq!(begin("nowhere", "c2"), "REJECTED");
    assert_eq!(database.number("select count(*) from capture_saga_log where request_id = md5('c2')::uuid"), 0);
    let again = "capture(md5('t1')::uuid, 'fare', md5('e')::uuid, md5('c2')::uuid)";
    assert!(database.value(&format!("select {again}")).contains("payment.status in (AUTHORIZED)"));
    assert_eq!(begin("x", "cx"), "RUNNING");
    let other = "select capture_saga_begin(md5('x')::uuid, 'fare', md5('other')::uuid, md5('cx')::uuid)";
    assert_eq!(database.value(other), "OTHER");
    // A-51: nobody else is asked for the same payment meanwhile.
    assert_eq!(begin("x", "cy"), "BUSY");
    let steps = "select steps_begun || '/' || steps_done from capture_saga_log where request_id = md5('cx')::uuid";
    for (said, then) in [
        ("step_done(1)", "0/0"),
        ("step_begun(2)", "0/0"),
        ("step_begun(1)", "1/0"),
        ("step_begun(1)", "1/0"),
        ("step_done(1)", "1/1"),
        ("step_done(1)", "1/1"),
        ("step_done(2)", "1/1"),
    ] {
        let (what, step) = said.trim_end_matches(')').split_once('(').unwrap_or_default();
        assert_eq!(database.value(&saga(what, &format!(", {step}"))), "RUNNING");
        assert_eq!(database.value(steps), then, "after {said}");
    }
    let saga = |what: &str| saga(what, "");
    assert_eq!(database.value(&saga("abort")), "ABORTING");
    assert_eq!(
        database.value("select capture(md5('x')::uuid, 'fare', md5('ex')::uuid, md5('cx')::uuid) ->> 'accepted'"),
        "false"
    );
    assert_eq!(begin("x", "cx"), "ABORTING");
    assert_eq!(database.number("select count(*) from payment where status = 'AUTHORIZED'"), 1);
    assert_eq!(database.value(&saga("undone")), "ABORTED");
    assert_eq!(database.value(&saga("abort")), "ABORTED");

    // A-44: what can only be repeated comes after the local commit, and the log says so until it is done.
    database.run("select void(md5('x')::uuid, 'fare', md5('vx')::uuid)");
    let saga = |what: &str| format!("select void_saga_{what}(md5('x')::uuid, 'fare', md5('vx')::uuid)");
    assert_eq!(database.value(&saga("begin")), "COMMITTED");
    assert_eq!(database.value(&saga("done")), "COMMITTED");
    assert_eq!(database.number("select count(*) from void_saga_unfinished(interval '0')"), 1);
    let step = |what: &str| format!("select void_saga_{what}(md5('x')::uuid, 'fare', md5('vx')::uuid, 1)");
    for (said, then) in [
        (step("step_begun"), "COMMITTED"),
        (step("step_done"), "COMMITTED"),
        (saga("abort"), "COMMITTED"),
        (saga("done"), "DONE"),
    ] {
        assert_eq!(database.value(&said), then);
    }
}

/// A-51: two requests that make one record: one comes as far as a call, the other before it is told to wait, and after it that the
/// record is there.
#[test]
fn of_two_who_make_one_record_one_asks_the_others() {
    let Some(server) = Server::start() else { return };
    let database = server.database("made_once");
    let text = "system rooms
         actor Guest : user { retries }
         requirement R1 \"A guest books a room\" { Guest does Book }
         object Booking : entity {
             key booking_id: uuid
             guest: id
             ownership: single writer by Guest per booking_id
             evolution: append-only
         }
         service Rooms { owns Booking }
         service Psp : external, idempotent
         operation Book(booking_id: uuid, request_id: uuid) by Guest {
             then create Booking(booking_id, guest: caller)
             calls Psp to reserve, undone by release
             once per request_id for 24h
         }
         fault client retry";
    load(&database, &spec_of("rooms", std::path::Path::new("."), text.to_owned()).analysis.design);
    let begin = |request: &str| {
        database.value(&format!("select book_saga_begin(md5('b')::uuid, md5('{request}')::uuid, 'guest')"))
    };
    let step = |what: &str| format!("select book_saga_step_{what}(md5('b')::uuid, md5('one')::uuid, 1)");
    assert_eq!(begin("one"), "RUNNING");
    assert_eq!(begin("two"), "BUSY");
    let book = |request: &str, key: &str| {
        database.value(&format!("select book(md5('b')::uuid, md5('{request}')::uuid, 'guest') ->> '{key}'"))
    };
    assert_eq!(book("two", "undecided"), "true");
    database.run(&format!("{}; {}", step("begun"), step("done")));
    assert_eq!(book("one", "accepted"), "true");
    assert_eq!(begin("one"), "DONE");
    assert_eq!(begin("two"), "ABORTED");
    assert_eq!((book("two", "accepted"), book("one", "replayed")), ("false".to_owned(), "true".to_owned()));
    assert_eq!(database.number("select count(*) from booking"), 1);
}

/// PR-cc1: between the call and the commit the order is given back, and taken by somebody else: the state is as it was.
#[test]
fn a_saga_does_not_commit_on_a_record_that_left_and_came_back() {
    let Some(server) = Server::start() else { return };
    let database = server.database("left_and_back");
    let text = "system seats { clock store }
         actor Buyer : user { retries }
         actor Cashier : internal service { count 3; retries }
         object Seat : process {
             key seat_id: uuid
             buyer: id
             ownership: many writers, one winner per seat_id
             evolution: state machine {
                 FREE -> PAYING on Start
                 PAYING -> PAID on Pay
                 PAYING -> FREE on Refused
                 terminal PAID
             }
             ordering: lifecycle
         }
         operation Open(seat_id: uuid) by Cashier { then create Seat(seat_id, buyer: \"nobody\"); once per seat_id }
         operation Start(seat: Seat, request_id: uuid) by Buyer {
             then seat.buyer = caller
             once per request_id for 24h
         }
         operation Pay(seat: Seat, request_id: uuid) by Cashier {
             calls Psp to charge, undone by refund
             once per request_id for 7d
         }
         operation Refused(seat: Seat, request_id: uuid) by Cashier { once per request_id for 7d }
         service Psp : external, idempotent
         fault client retry";
    load(&database, &spec_of("seats", std::path::Path::new("."), text.to_owned()).analysis.design);
    let request = |number: u8| format!("md5('s')::uuid, md5('{number}')::uuid");
    let accepted = |call: String| database.value(&format!("select {call} ->> 'accepted'"));
    let charged = |number: u8| {
        let step = |what: &str| format!("select pay_saga_step_{what}({}, 1)", request(number));
        database.run(&format!("{}; {}", step("begun"), step("done")));
    };
    let begin = |number: u8| database.value(&format!("select pay_saga_begin({})", request(number)));
    database.run("select open(md5('s')::uuid)");
    assert_eq!(accepted(format!("start({}, 'alice')", request(1))), "true");
    assert_eq!(begin(2), "RUNNING");
    assert_eq!(accepted(format!("refused({})", request(3))), "true");
    assert_eq!(accepted(format!("start({}, 'bob')", request(4))), "true");
    charged(2);
    // Alice's charge is not what Bob's seat is paid with: it is taken back.
    assert_eq!(accepted(format!("pay({})", request(2))), "false");
    assert_eq!(begin(2), "ABORTING");
    assert_eq!(database.value("select status from seat"), "PAYING");
    database.run(&format!("select pay_saga_undone({})", request(2)));
    // Bob's own payment goes its way.
    assert_eq!(begin(5), "RUNNING");
    charged(5);
    assert_eq!(accepted(format!("pay({})", request(5))), "true");
    assert_eq!(database.value("select buyer || ' ' || status from seat"), "bob PAID");
}

/// The one step of a saga before its local commit, said to the log.
fn stepped(operation: &str, trip: &str, request: &str) -> String {
    let begin = match operation {
        "capture" => {
            format!("capture_saga_begin(md5('{trip}')::uuid, 'fare', md5('e-{request}')::uuid, md5('{request}')::uuid)")
        }
        _ => format!("{operation}_saga_begin(md5('{trip}')::uuid, 'fare', md5('{request}')::uuid)"),
    };
    let step =
        |what: &str| format!("select {operation}_saga_{what}(md5('{trip}')::uuid, 'fare', md5('{request}')::uuid, 1)");
    format!("select {begin}; {}; {}", step("step_begun"), step("step_done"))
}

#[test]
fn two_who_like_each_other_match_once_and_always() {
    let Some(server) = Server::start() else { return };
    let database = server.database("match_race");
    load(&database, &spec("dating").analysis.design);
    // Two sessions take the two sides of each pair; in every third pair only one side swipes to the right.
    let side = |own: char, other: char, pair: usize| {
        let likes = own == 'a' || !pair.is_multiple_of(3);
        let asked = format!("{own}-{pair}");
        let (own, other) = (format!("md5('{own}{pair}')::uuid"), format!("md5('{other}{pair}')::uuid"));
        let swipe = if likes {
            format!("swipe_right({own}, {other}, in_caller => {own}::text)")
        } else {
            format!("swipe_left({own}, {other})")
        };
        let swiped = format!("select 'swipe', '{asked}', {swipe} ->> 'accepted';\n");
        let matched = format!("select 'match', '{asked}', create_match({own}, {other}) ->> 'accepted';\n");
        // Whoever has swiped asks for the match, and each does both twice.
        format!("{swiped}{swiped}{matched}{matched}")
    };
    let script = |own: char, other: char| (0..60).map(|pair| side(own, other, pair)).collect::<String>();
    database.race(vec![script('a', 'b'), script('b', 'a')]);
    // I3: one decision about each other; I2 and A-53: one match for each of the forty mutual pairs; I1: none for the others.
    assert_eq!(database.number("select count(*) from swipe"), 120);
    assert_eq!(database.number("select count(*) from \"match\""), 40);
    assert_eq!(database.number("select count(*) from matched_outbox"), 40);
    let unfounded = "select count(*) from \"match\" as m where not exists (select 1 from swipe where swiper_id = m.first and swiped_id = m.second and liked)
                     or not exists (select 1 from swipe where swiper_id = m.second and swiped_id = m.first and liked)";
    assert_eq!(database.number(unfounded), 0);
}

#[test]
fn comments_are_numbered_without_gaps_or_ties() {
    let Some(server) = Server::start() else { return };
    let database = server.database("comment_race");
    load(&database, &spec("live_comments").analysis.design);
    let post = |session: usize, number: usize| {
        format!(
            "select 'post', '{session}-{number}', post_comment(md5('c{session}-{number}')::uuid, md5('v')::uuid, 'text', 'viewer') ->> 'accepted';\n"
        )
    };
    let scripts = (0..4).map(|session| {
        (0..40).flat_map(|number| [post(session, number), post((session + 1) % 4, number)]).collect::<String>()
    });
    database.race(scripts.collect());
    assert_eq!(database.number("select count(*) from comment"), 160);
    assert_eq!(database.number("select count(distinct position) from comment"), 160);
    assert_eq!(database.number("select max(position) from comment"), 160);
}

/// Every answer to one request is the same.
fn agree(answers: &[String], what: &str) {
    let mut given = std::collections::BTreeMap::new();
    let mut seen = 0;
    for answer in answers.iter().filter(|answer| answer.starts_with(&format!("{what}|"))) {
        let (request, accepted) = answer.rsplit_once('|').expect("three columns");
        let first = given.entry(request).or_insert(accepted);
        assert_eq!(*first, accepted, "two answers to {request}");
        seen += 1;
    }
    assert!(seen > given.len(), "no request was sent twice");
}

fn load(database: &Database, design: &Design) {
    for file in files(design) {
        database.load(&file.path, &file.text);
    }
}

fn files(design: &Design) -> Vec<export::File> {
    export::kind("postgres").expect("the kind").files(design, None)
}

fn spec(name: &str) -> Spec {
    specs().into_iter().find(|spec| spec.name == name).unwrap_or_else(|| panic!("there is no spec `{name}`"))
}

/// Names that are SQL, end SQL, turn the direction of writing, or differ only past the longest identifier.
fn rename(facts: &mut Facts) {
    let mut number = 0;
    let mut rename = |names: &mut Vec<Name>| {
        for name in names {
            number += 1;
            let long = "é".repeat(300);
            name.name = match number % 9 {
                0 => "select".to_owned(),
                1 => format!("a\"b{number}"),
                2 => "it's".to_owned(),
                3 => format!("x; drop table y; -- {number}"),
                4 => format!("\u{202e}\u{5d0}\u{5d1}{number}"),
                5 => format!("{long}{number}"),
                6 => "$sysd$".to_owned(),
                7 => format!("new\nline \\ {number}"),
                _ => "user".to_owned(),
            };
            name.doc = "first */ line\nsecond; drop table x".to_owned();
        }
    };
    let names = &mut facts.names;
    for kind in [
        &mut names.objects,
        &mut names.fields,
        &mut names.states,
        &mut names.views,
        &mut names.operations,
        &mut names.parameters,
        &mut names.events,
        &mut names.invariants,
        &mut names.guards,
        &mut names.effects,
        &mut names.services,
        &mut names.actors,
    ] {
        rename(kind);
    }
}
