//! Accounts, links and requests of a spec of its own: transfers, absent rows, names that are taken, requests to other operations.

use super::server::Server;
use super::support::{Spec, spec_of};
use super::{agree, load, spec};

const MONEY: &str = r#"
system bank "Accounts" {
    clock store
}
actor Clerk : user {
    retries
}
actor Closer : scheduler {
    retries
}
object Account : entity {
    key account_id: uuid
    owner: id
    balance: money = 0
    ownership: many writers, one winner per account_id
    evolution: overwrite
    ordering: none
}
object Link : entity {
    key code: text
    url: text
    author: id
    ownership: single writer Clerk
    evolution: append-only
    ordering: none
}
object Sale : process {
    key sale_id: uuid
    end_time: timestamp
    ownership: many writers, one winner per sale_id
    evolution: state machine {
        OPEN -> ENDED on Close when now >= end_time
        terminal ENDED
    }
    ordering: lifecycle
}
operation Start(sale_id: uuid, end_time: timestamp) by Clerk {
    then create Sale(sale_id, end_time)
    once per sale_id
}
operation Close(sale: Sale, request_id: uuid) by Closer {
    once per request_id for 24h
}
operation Deposit(account: Account, amount: money, request_id: uuid) by Clerk {
    then account.balance += amount
    once per request_id for 24h
}
operation Withdraw(account: Account, amount: money, request_id: uuid) by Clerk {
    when account.balance >= amount
    then account.balance -= amount
    once per request_id for 24h
}
operation Transfer(from: Account, to: Account, amount: money, request_id: uuid) by Clerk {
    when from.balance >= amount
    then from.balance -= amount, to.balance += amount
    once per request_id for 24h
}
operation Shorten(code: text, url: text, request_id: uuid) by Clerk {
    when not exists Link(code)
    then create Link(code, url, author: caller)
    once per request_id for 24h
}
operation Reserve(code: text, url: text) by Clerk {
    when not exists Link(code)
    then create Link(code, url, author: caller)
    once per code
}
invariant I1 uniqueness "a code is given once" { Link unique per code }
invariant I2 access "only its owner withdraws" { only account.owner may Withdraw }
"#;

fn money() -> Spec {
    spec_of("money", std::path::Path::new("."), MONEY.to_owned())
}

#[test]
fn transfers_race_and_no_money_is_made_or_lost() {
    let Some(server) = Server::start() else { return };
    let database = server.database("transfers");
    load(&database, &money().analysis.design);
    database.run("insert into account (account_id, owner, balance) select md5('a' || n)::uuid, 'owner', 20 from generate_series(0, 2) as n");
    // Against each other, so that rows locked in the order of the request would wait for one another.
    let transfer = |session: usize, number: usize| {
        let (from, to) = ((session + number) % 3, (session + number * 2 + 1) % 3);
        format!(
            "select 'transfer', '{session}-{number}', transfer(in_from => md5('a{from}')::uuid, in_to => md5('a{to}')::uuid,
                in_amount => {}, in_request_id => md5('r{session}-{number}')::uuid) ->> 'accepted';\n",
            1 + number % 5
        )
    };
    let scripts = (0..4).map(|session| {
        let calls = (0..60).flat_map(|number| [transfer(session, number), transfer(session, number)]);
        calls.collect::<String>()
    });
    let answers = database.race(scripts.collect());
    agree(&answers, "transfer");
    assert_eq!(database.number("select sum(balance)::bigint from account"), 60);
    assert_eq!(database.number("select count(*) from account where balance < 0"), 0);
    let accepted = database.number("select count(*) from transfer_outcomes where accepted");
    assert!(accepted > 0);
    assert_eq!(database.number("select (sum(version) / 2)::bigint from account"), accepted);
    // From and to the same, or one of them not there: nothing happens, and that is on record.
    let to_nobody = "select transfer(md5('a0')::uuid, md5('nobody')::uuid, 1, md5('n')::uuid) ->> 'accepted'";
    assert_eq!(database.value(to_nobody), "false");
    let to_itself = "select transfer(md5('a0')::uuid, md5('a0')::uuid, 1, md5('i')::uuid) ->> 'accepted'";
    assert_eq!(database.value(to_itself), "false");
    assert_eq!(database.number("select sum(balance)::bigint from account"), 60);
}

#[test]
fn what_is_not_there_is_told_so_every_time() {
    let Some(server) = Server::start() else { return };
    let database = server.database("absent");
    load(&database, &money().analysis.design);
    let deposit =
        "select deposit(in_account => md5('a')::uuid, in_amount => 5, in_request_id => md5('r')::uuid) ->> 'accepted'";
    assert_eq!(database.value(deposit), "false");
    database.run("insert into account (account_id, owner, balance) values (md5('a')::uuid, 'owner', 0)");
    // A-37: the same request has the same answer; another has another.
    assert_eq!(database.value(deposit), "false");
    assert_eq!(database.value(&deposit.replace("md5('r')", "md5('s')")), "true");
    // S4-T6i: a stranger is refused, and leaves nothing that the owner would find.
    let withdraw = |caller: &str, what: &str| {
        format!(
            "select withdraw(in_account => md5('a')::uuid, in_amount => 5, in_request_id => md5('w')::uuid, in_caller => '{caller}') ->> '{what}'"
        )
    };
    assert_eq!(database.value(&withdraw("stranger", "refused")), "true");
    assert_eq!(database.number("select count(*) from withdraw_outcomes"), 0);
    assert_eq!(database.value(&withdraw("owner", "accepted")), "true");
}

#[test]
fn a_name_that_is_taken_is_not_given_to_another() {
    let Some(server) = Server::start() else { return };
    let database = server.database("taken");
    load(&database, &money().analysis.design);
    let shorten = |code: &str, request: &str, caller: &str| {
        format!("select shorten('{code}', 'url', md5('{request}')::uuid, '{caller}') ->> 'accepted'")
    };
    let reserve = |code: &str, caller: &str| format!("select reserve('{code}', 'url', '{caller}') ->> 'accepted'");
    for (call, accepted) in [
        (shorten("a", "1", "ann"), "true"),
        // Again, after the answer was lost; then another request, and another author.
        (shorten("a", "1", "ann"), "true"),
        (shorten("a", "2", "ann"), "false"),
        (shorten("a", "3", "bob"), "false"),
        (reserve("b", "ann"), "true"),
        (reserve("b", "ann"), "true"),
        (reserve("b", "bob"), "false"),
    ] {
        assert_eq!(database.value(&call), accepted, "{call}");
    }
    // Two who want one name at once, each twice.
    let scripts = (0..4).map(|session| {
        let calls = (0..40).map(|code| {
            let author = session % 2;
            format!(
                "select 'reserve', '{author}-{code}', reserve('c{code}', 'url', 'author {author}') ->> 'accepted';\n"
            )
        });
        calls.collect::<String>()
    });
    let answers = database.race(scripts.collect());
    agree(&answers, "reserve");
    assert_eq!(database.number("select count(*) from link where code like 'c%'"), 40);
}

#[test]
fn who_comes_too_early_may_come_again() {
    let Some(server) = Server::start() else { return };
    let database = server.database("early");
    load(&database, &money().analysis.design);
    database.run("insert into sale (sale_id, end_time, status) values (md5('s')::uuid, clock_timestamp() + interval '2 seconds', 'OPEN')");
    let close =
        |what: &str| format!("select close(in_sale => md5('s')::uuid, in_request_id => md5('r')::uuid) ->> '{what}'");
    assert_eq!(database.value(&close("undecided")), "true");
    database.run("select pg_sleep(2.1)");
    assert_eq!(database.value(&close("accepted")), "true");
}

#[test]
fn a_request_to_another_operation_commits_with_the_change() {
    let Some(server) = Server::start() else { return };
    let database = server.database("requests");
    load(&database, &spec("inventory").analysis.design);
    database.run(
        "insert into stock_item (sku, available) values ('sku', 3);
         insert into reservation (reservation_id, sku, buyer, quantity, expires_at, status)
         values (md5('r')::uuid, 'sku', 'buyer', 2, clock_timestamp() + interval '1 hour', 'HELD')",
    );
    let cancel = "select cancel('sku', in_reservation_reservation_id => md5('r')::uuid, in_request_id => md5('q')::uuid, in_caller => 'buyer') ->> 'accepted'";
    assert_eq!(database.value(cancel), "true");
    assert_eq!(database.value(cancel), "true");
    let asked = "select count(*) from cancel_requests where operation = 'Restock' and answered_at is null and payload -> 'Reservation' ->> 'quantity' = '2'";
    assert_eq!(database.number(asked), 1);
}

/// A-42, A-43: what is counted under a condition that changes is taken back when it no longer holds, and counted again when it does.
#[test]
fn a_count_follows_what_it_counts() {
    let Some(server) = Server::start() else { return };
    let database = server.database("seats");
    let text = "actor Fan : user
         object Seat : process {
             key seat_id: uuid
             concert_id: uuid
             price: money
             ownership: many writers, one winner per seat_id
             evolution: state machine {
                 FREE -> HELD on Hold
                 HELD -> FREE on Release
             }
             ordering: lifecycle
         }
         operation Hold(seat: Seat, request_id: uuid) by Fan { once per request_id for 1h }
         operation Release(seat: Seat, request_id: uuid) by Fan { once per request_id for 1h }
         operation Shift(seat: Seat, concert_id: uuid, price: money, request_id: uuid) by Fan {
             then seat.concert_id = concert_id, seat.price = price
             once per request_id for 1h
         }
         operation Remove(seat: Seat, request_id: uuid) by Fan {
             then delete seat
             once per request_id for 1h
         }
         view FreeSeats of Seat = count(Seat) for each concert_id { where Seat.status == FREE; staleness <= 1s; rebuild from Seat }
         view Worth of Seat = sum(Seat.price) for each concert_id { staleness <= 1s; rebuild from Seat }";
    load(&database, &spec_of("seats", std::path::Path::new("."), text.to_owned()).analysis.design);
    database.run("insert into seat (seat_id, concert_id, price, status) select md5('s' || n)::uuid, md5('c' || n % 2)::uuid, n, 'FREE' from generate_series(0, 9) as n");
    let applied = |what: &str| {
        let call = format!("apply_to_{what}(md5('s' || n)::uuid)");
        database.number(&format!("select count(*) from generate_series(0, 9) as n where {call}"))
    };
    let shown = |what: &str, value: &str| {
        database.value(&format!(
            "select coalesce(string_agg({value}::text, ' ' order by concert_id = md5('c1')::uuid), '') from {what}"
        ))
    };
    assert_eq!((applied("free_seats"), applied("free_seats")), (10, 0));
    assert_eq!(shown("free_seats", "count_seat_id"), "5 5");
    let call = |operation: &str, seat: usize, rest: &str| {
        let request = format!("md5('{operation}{seat}{}')::uuid", rest.len());
        let answer =
            database.value(&format!("select {operation}(md5('s{seat}')::uuid, {rest}{request}) ->> 'accepted'"));
        assert_eq!(answer, "true", "{operation} {seat}");
    };
    (0..4).for_each(|seat| call("hold", seat, ""));
    // Told late and twice, by two at once.
    let scripts = (0..2).map(|session| {
        let told =
            (0..10).map(|n| format!("select 'told', '{session}-{n}', apply_to_free_seats(md5('s{n}')::uuid);\n"));
        told.collect::<String>()
    });
    let answers = database.race(scripts.collect());
    assert_eq!(answers.iter().filter(|answer| answer.ends_with("|t")).count(), 4, "{answers:?}");
    assert_eq!(shown("free_seats", "count_seat_id"), "3 3");
    call("release", 0, "");
    call("shift", 4, "md5('c1')::uuid, 100, ");
    call("remove", 9, "");
    assert_eq!(applied("free_seats"), 3);
    assert_eq!(shown("free_seats", "count_seat_id"), "3 3");
    applied("worth");
    let (kept, summed) = (
        "select string_agg(sum_price::text, ' ' order by concert_id) from worth",
        "select string_agg(price::text, ' ' order by concert_id) from (select concert_id, sum(price) as price from seat group by concert_id) as s",
    );
    assert_eq!(database.value(kept), database.value(summed));
    call("shift", 4, "md5('c0')::uuid, 7, ");
    assert_eq!(applied("worth"), 1);
    assert_eq!(database.value(kept), database.value(summed));
}
