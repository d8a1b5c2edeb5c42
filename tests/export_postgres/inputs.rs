//! What callers may send and authors may name: amounts below zero and amounts that are no number, names that SQL has for itself,
//! and two names that would become one.

use super::load;
use super::server::{Database, Server};
use super::support::spec_of;

fn loaded<'s>(server: &'s Server, name: &str, text: &str) -> Database<'s> {
    let database = server.database(name);
    load(&database, &spec_of(name, std::path::Path::new("."), text.to_owned()).analysis.design);
    database
}

#[test]
fn an_amount_is_a_number_and_of_the_sign_it_is_declared_with() {
    let Some(server) = Server::start() else { return };
    let text = "actor Holder : user
         object Acct : entity {
             key acct_id: uuid
             balance: money = 0EUR
             count: integer = 0
             ownership: many writers, one winner per acct_id
             evolution: overwrite
             ordering: none
         }
         operation Pay(from: Acct, to: Acct, amount: money non-negative, request_id: uuid) by Holder {
             when from.balance >= amount
             then from.balance -= amount, to.balance += amount
             once per request_id for 1d
         }
         operation TopUp(acct: Acct, amount: money, count: integer, request_id: uuid) by Holder {
             then acct.balance += amount, acct.count += count
             once per request_id for 1d
         }
         invariant I1 eligibility \"nobody owes anything\" { holds Acct.balance >= 0EUR }";
    let database = loaded(&server, "amounts", text);
    database
        .run("insert into acct (acct_id, balance) select md5(n)::uuid, 10 from unnest(array['thief', 'victim']) as n");
    let pay = |amount: &str| format!("select pay(md5('thief')::uuid, md5('victim')::uuid, {amount}, md5('r')::uuid)");
    for (amount, said) in [
        ("-5", "amount >= 0"),
        ("'NaN'", "amount is a finite number"),
        ("'Infinity'", "amount is a finite number"),
        ("null", "amount is a finite number"),
    ] {
        let answer = database.value(&pay(amount));
        assert!(answer.contains(said) && answer.contains("\"refused\": true"), "{amount}: {answer}");
    }
    // S8-p3: nothing of that is on record, and the request is free.
    assert_eq!(database.number("select count(*) from pay_outcomes"), 0);
    assert!(database.value(&pay("4")).contains("\"accepted\": true"));
    assert_eq!(database.value("select string_agg(balance::text, ' ' order by balance) from acct"), "6 14");
    let top_up = |amount: &str, count: &str, request: &str| {
        database.value(&format!("select top_up(md5('thief')::uuid, {amount}, {count}, md5('{request}')::uuid)"))
    };
    assert!(top_up("'-Infinity'", "0", "t1").contains("amount is a finite number"));
    // An invariant of one row is a constraint, and its name is the answer.
    assert!(top_up("-7", "0", "t2").contains("I1: Acct.balance >= 0"), "{}", top_up("-7", "0", "t2"));
    assert!(top_up("1", "9223372036854775807", "t3").contains("\"accepted\": true"));
    assert!(top_up("1", "9223372036854775807", "t4").contains("a number would be too large"));
    assert!(top_up("1", "9223372036854775807", "t4").contains("\"replayed\": true"));
}

#[test]
fn two_names_are_two_members_of_the_request() {
    let Some(server) = Server::start() else { return };
    let text = "actor Clerk : user
         object Doc : entity {
             key doc_id: uuid
             folder: uuid
             shelf: uuid
             ownership: many writers, one winner per doc_id
             evolution: overwrite
             ordering: none
         }
         operation Move(doc: Doc, folder: uuid, in_folder: uuid, caller: text, request_id: uuid) by Clerk {
             then doc.folder = folder, doc.shelf = in_folder
             once per request_id for 1d
         }";
    let database = loaded(&server, "members", text);
    database.run("insert into doc (doc_id, folder, shelf) values (md5('d')::uuid, md5('a')::uuid, md5('b')::uuid)");
    let moved = |folder: &str, shelf: &str| {
        database.value(&format!(
            "select \"move\"(md5('d')::uuid, md5('{folder}')::uuid, md5('{shelf}')::uuid, 'c', md5('r')::uuid) - 'version'"
        ))
    };
    assert!(moved("x", "y").contains("\"accepted\": true"));
    assert!(moved("x", "y").contains("\"replayed\": true"));
    assert!(moved("z", "y").contains("another request has this key"));
    assert!(moved("x", "z").contains("another request has this key"));
}

#[test]
fn names_that_the_server_has_for_itself_work() {
    let Some(server) = Server::start() else { return };
    let text = "actor Clerk : user
         object pg_class : entity {
             key ctid: uuid
             xmin: integer = 0
             tableoid: text
             ownership: many writers, one winner per ctid
             evolution: overwrite
             ordering: none
         }
         operation Make(ctid: uuid, tableoid: text) by Clerk {
             when not exists pg_class(ctid)
             then create pg_class(ctid, tableoid)
             once per ctid
         }
         operation Count(row: pg_class, by: integer, request_id: uuid) by Clerk {
             when row.xmin >= 0
             then row.xmin += by
             once per request_id for 1d
         }
         operation Charge(row: pg_class, by: integer) by Clerk {
             when row.xmin >= 0
             then row.xmin = by
         }";
    let database = loaded(&server, "catalogue", text);
    // Arguments without a type, as drivers send them: of two functions that fit, the server would choose neither.
    let row = "00000000-0000-0000-0000-000000000001";
    assert!(database.value(&format!("select make('{row}', 'text')")).contains("\"accepted\": true"));
    for call in [format!("do_charge('{row}', '2')"), format!("do_count('{row}', '2', '{row}')")] {
        assert!(database.value(&format!("select {call}")).contains("\"accepted\": true"), "{call}");
    }
    assert_eq!(database.number("select xmin_2 from the_pg_class"), 4);
}

/// S4-T6i: who is no member, or is one no more, is refused, and nothing of it is on record.
#[test]
fn a_permission_that_a_record_grants_is_tested() {
    let Some(server) = Server::start() else { return };
    let text = "actor Member : user
         object Room : entity {
             key room_id: uuid
             posts: integer non-negative = 0
             ownership: many writers, one winner per room_id
             evolution: overwrite
             ordering: none
         }
         object Membership : relationship {
             key room_id: uuid
             key member: id
             ownership: many writers, one winner per room_id, member
             evolution: state machine {
                 ACTIVE -> LEFT on Leave
                 terminal LEFT
             }
             ordering: lifecycle
         }
         operation Leave(membership: Membership, request_id: uuid) by Member {
             once per request_id for 1d
         }
         operation Post(room: Room, request_id: uuid) by Member {
             when room.posts < 10
             then room.posts += 1
             once per request_id for 1d
         }
         invariant I1 access \"only a member posts\" { Post needs Membership }";
    let database = loaded(&server, "permissions", text);
    database.run("insert into room (room_id) values (md5('room')::uuid)");
    database.run("insert into membership (room_id, member) values (md5('room')::uuid, 'ann')");
    let post = |request: &str, caller: &str| {
        database.value(&format!("select post(md5('room')::uuid, md5('{request}')::uuid, {caller})"))
    };
    for (request, caller) in [("r1", "'mallory'"), ("r2", "null")] {
        let answer = post(request, caller);
        assert!(answer.contains("\"refused\": true") && answer.contains("exists Membership"), "{caller}: {answer}");
    }
    assert_eq!(database.number("select count(*) from post_outcomes"), 0);
    assert!(post("r3", "'ann'").contains("\"accepted\": true"));
    database.run("update membership set status = 'LEFT'");
    assert!(post("r4", "'ann'").contains("\"refused\": true"));
    assert_eq!(database.number("select posts from room"), 1);
}

/// Effects take place at once: what one of them writes is what was there before the others, for everybody in turn.
#[test]
fn a_number_that_is_drawn_is_given_to_one_record() {
    let Some(server) = Server::start() else { return };
    let text = "actor Member : user
         object Room : entity {
             key room_id: uuid
             last: integer
             title: text
             ownership: many writers, one winner per room_id
             evolution: overwrite
             ordering: none
         }
         object Message : event {
             key message_id: uuid
             room_id: uuid
             seq: integer
             evolution: append-only
             ordering: total by seq within room_id
         }
         operation Send(room: Room, message_id: uuid) by Member {
             then room.last += 1, create Message(message_id, room_id: room.room_id, seq: room.last + 1)
             once per message_id for 1d
         }
         object Rename : event {
             key rename_id: uuid
             was: text
             evolution: append-only
         }
         operation Retitle(room: Room, other: Room, rename_id: uuid) by Member {
             then room.title = other.title, other.title = room.title, create Rename(rename_id, was: room.title)
             once per rename_id for 1d
         }
         object Ticket : process {
             key ticket_id: uuid
             evolution: state machine {
                 OPEN -> CLOSED on Close
                 terminal CLOSED
             }
         }
         object Note : event {
             key note_id: uuid
             left: text
             evolution: append-only
         }
         operation Close(ticket: Ticket, note_id: uuid) by Member {
             then create Note(note_id, left: ticket.status)
             once per note_id for 1d
         }
         invariant I1 ordering \"one order for all\" { Message ordered by seq within room_id }";
    let database = loaded(&server, "positions", text);
    database.run("insert into room (room_id, title) select md5(n)::uuid, n from unnest(array['one', 'two']) as n");
    let send = |session: usize, number: usize| {
        format!("select send(md5('one')::uuid, md5('{session}-{number}')::uuid) ->> 'accepted';\n")
    };
    let scripts = (0..4).map(|session| (0..25).map(|number| send(session, number)).collect::<String>());
    database.race(scripts.collect());
    let drawn = "select min(seq) || ' ' || max(seq) || ' ' || count(distinct seq) from message";
    assert_eq!(database.value(drawn), "1 100 100");
    assert_eq!(database.number("select last from room where title = 'one'"), 100);
    let swapped = database.value("select retitle(md5('one')::uuid, md5('two')::uuid, md5('r')::uuid) ->> 'accepted'");
    assert_eq!(swapped, "true");
    let titles = "select string_agg(title, ' ' order by last desc) || ' ' || (select was from rename) from room";
    assert_eq!(database.value(titles), "two one one");
    database.run("insert into ticket (ticket_id) values (md5('t')::uuid)");
    database.run("select close(md5('t')::uuid, md5('n')::uuid)");
    assert_eq!(database.value("select status || ' ' || (select \"left\" from note) from ticket"), "CLOSED OPEN");
}
