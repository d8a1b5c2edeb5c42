//! The algorithms of the corpus, run as they are written, in every order of events: they keep what they must keep. And the
//! framework's templates as written, which do not (A-37 to A-43): each is the derived algorithm with one thing put back.
//!
//! "No violation" is said of two requests, each tried twice, one crash and one move of the clock, with the row there or not,
//! the records their own or one that both want, in time or too early; of no more than that.

use std::collections::BTreeSet;

mod program;
#[path = "../support/mod.rs"]
mod support;
mod world;

use program::{Condition, Existing, Program, Step, Term, Write};
use support::Spec;
use sysd::rules::artifact::{Figure, Listing};
use sysd::rules::fact::Entity;
use world::{Explored, Meets, World};

/// The listings of step 8.
fn listings(spec: &Spec) -> Vec<Listing> {
    let step = sysd::rules::STEPS.iter().find(|step| step.number == 8).unwrap();
    let figures = step.figures.expect("the step draws")(&spec.analysis.design).into_iter();
    figures.filter_map(|figure| if let Figure::Listing(listing) = figure { Some(listing) } else { None }).collect()
}

fn listing(spec: &str, title: &str) -> Listing {
    let spec = support::specs().into_iter().find(|other| other.name == spec).unwrap();
    listings(&spec).into_iter().find(|listing| listing.title == title).unwrap()
}

fn path(spec: &str, operation: &str) -> Program {
    Program::read(&listing(spec, operation).lines).unwrap()
}

/// Whatever the requests meet; up to the first violation.
fn explored(program: &Program) -> Explored {
    let mut all = Explored { states: 0, violation: None, seen: BTreeSet::new() };
    for meets in Meets::all(program) {
        let found = World::of(program, meets).expect("values under which the conditions hold").explore();
        all.states += found.states;
        all.seen.extend(found.seen);
        if found.violation.is_some() {
            return Explored { violation: found.violation, ..all };
        }
    }
    all
}

/// The write path of a spec that is no part of the corpus.
fn written(text: &str, operation: &str) -> Program {
    let spec = support::spec_of("own", std::path::Path::new("."), text.to_owned());
    let listing = listings(&spec).into_iter().find(|listing| listing.title == operation).unwrap();
    Program::read(&listing.lines).unwrap_or_else(|line| panic!("{line}: {:#?}", listing.lines))
}

/// What goes wrong, and in how many steps.
fn violation(program: &Program) -> (&'static str, usize) {
    let (wrong, trace) = explored(program).violation.expect("a violation");
    println!("{wrong}:\n  {}", trace.join("\n  "));
    (wrong, trace.len())
}

#[test]
fn no_order_of_events_breaks_a_derived_algorithm() {
    let (mut run, mut left) = (vec![], vec![]);
    for spec in support::specs() {
        for listing in listings(&spec).iter().filter(|listing| matches!(listing.of, Some(Entity::Operation(_)))) {
            let name = format!("{} of {}", listing.title, spec.name);
            let program = match Program::read(&listing.lines) {
                Ok(program) => program,
                Err(line) => {
                    left.push(format!("{name}: {line}"));
                    continue;
                }
            };
            let found = explored(&program);
            assert!(found.violation.is_none(), "{name}: {:?}", found.violation);
            // A run in which nothing happens proves nothing.
            let mut needed = vec!["retry", "crash", "accepted"];
            let recorded = program.steps.contains(&Step::RejectRecorded);
            needed.extend(recorded.then_some("rejected"));
            let missing: Vec<_> = needed.into_iter().filter(|event| !found.seen.contains(event)).collect();
            assert!(missing.is_empty(), "{name}: never {missing:?}");
            run.push(format!("{name}: {} states", found.states));
        }
    }
    println!("{}\n\nnot run:\n{}", run.join("\n"), left.join("\n"));
    assert!(run.len() >= 50, "{} of {} write paths could be run", run.len(), run.len() + left.len());
}

/// A-37: the outcome is kept, but after the write, in a commit of its own.
#[test]
fn an_outcome_kept_after_the_write_is_told_wrong() {
    let program = path("auction", "PlaceBid").apart(&Write::Outcome, 1);
    assert_eq!(violation(&program).0, "told rejected though accepted");
}

/// A-38: the write compares the version, and the time is asked before it.
#[test]
fn a_condition_on_the_clock_belongs_into_the_write() {
    let timely = |condition: &Condition| !matches!(condition, Condition::Test(test) if test.left == Term::Now);
    let program = path("auction", "PlaceBid").where_only(timely);
    assert_eq!(violation(&program).0, "took effect though a condition did not hold");
}

/// S6.2-r1: without the comparison two bids are both the highest.
#[test]
fn a_write_without_its_conditions_is_a_lost_race() {
    let program = path("auction", "PlaceBid").where_only(|_| false);
    assert_eq!(violation(&program).0, "took effect though a condition did not hold");
}

/// A-39: the event is sent after the commit.
#[test]
fn an_event_sent_after_the_commit_is_lost_in_a_crash() {
    let program = path("auction", "PlaceBid").apart(&Write::Event, 1);
    assert_eq!(violation(&program).0, "an event is lost");
}

/// A-41: a transition whose outcome is never kept.
#[test]
fn a_transition_without_an_outcome_refuses_its_own_success() {
    let program = path("auction", "Open").without(&Write::Outcome);
    assert_eq!(violation(&program).0, "told rejected though accepted");
}

/// A-42: the id is marked, then the sum is raised.
#[test]
fn a_mark_before_the_sum_loses_what_a_crash_comes_between() {
    let upkeep = Program::read_upkeep(&listing("leaderboard", "Upkeep of VideoAggregate").lines).unwrap();
    let found = explored(&upkeep);
    assert!(found.violation.is_none(), "{:?}", found.violation);
    assert_eq!(violation(&upkeep.apart(&Write::Mark, 0)).0, "acknowledged and never counted");
    assert_eq!(violation(&upkeep.without(&Write::Mark)).0, "one request took effect twice");
}

/// Money that changes hands, in one row and in two; a name that is given once.
const OWN: &str = r#"
system bank "Accounts" {
    clock store
}
actor Clerk : user {
    retries
}
object Account : entity {
    key account_id: uuid
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
operation Deposit(account: Account, amount: money, request_id: uuid) by Clerk {
    then account.balance += amount
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
"#;

/// S8-p3: an amount that is added to a row which is not there is lost, and every retry is told that it was not.
#[test]
fn a_row_that_is_not_there_takes_nothing() {
    let deposit = written(OWN, "Deposit");
    let found = explored(&deposit);
    assert!(found.violation.is_none(), "{:?}", found.violation);
    assert!(["no row", "rejected", "accepted"].iter().all(|event| found.seen.contains(event)), "{:?}", found.seen);
    assert_eq!(violation(&deposit.blind()).0, "told accepted though nothing happened");
}

/// A-37: a record that does not bear the request's key does not tell a retry from a rival.
#[test]
fn a_guarded_insert_knows_its_own_retry() {
    for operation in ["Shorten", "Reserve"] {
        let found = explored(&written(OWN, operation));
        assert!(found.violation.is_none(), "{operation}: {:?}", found.violation);
        assert!(found.seen.contains("rejected"), "{operation}: {:?}", found.seen);
    }
    let shorten = written(OWN, "Shorten");
    let forgetful = shorten.without(&Write::Outcome).instead(|step| *step == Step::RejectRecorded, Step::Reject);
    assert_eq!(violation(&forgetful).0, "told rejected though accepted");
    // S8-p5: the record that is there is the answer, whoever made it.
    let careless = shorten.instead(
        |step| matches!(step, Step::Transaction(_)),
        Step::Transaction(vec![Write::Create(Existing::Done), Write::Outcome]),
    );
    let careless = careless.instead(|step| *step == Step::Vacant, Step::Check(vec![]));
    let rivals = World::of(&careless, Meets::OneIdentity).unwrap().explore();
    assert_eq!(rivals.violation.unwrap().0, "told accepted though nothing happened");
    let reserve = written(OWN, "Reserve").instead(|step| *step == Step::KnownRecord, Step::Check(vec![]));
    assert_eq!(violation(&reserve).0, "told rejected though accepted");
}

/// S8-p4: two rows, one commit.
#[test]
fn a_transfer_is_two_updates_of_one_commit() {
    let transfer = written(OWN, "Transfer");
    assert_eq!(transfer.rows, ["from", "to"]);
    let found = explored(&transfer);
    assert!(found.violation.is_none(), "{:?}", found.violation);
    assert!(
        ["no row", "race", "rejected", "accepted"].iter().all(|event| found.seen.contains(event)),
        "{:?}",
        found.seen
    );
    let to = transfer.writes().find(|write| matches!(write, Write::Update(update) if update.row == 1)).unwrap().clone();
    let halves = transfer.apart(&to, 1);
    assert_eq!(violation(&halves).0, "half of it happened");
}

/// A-54: who comes before the time is told so, and not kept.
#[test]
fn an_attempt_that_comes_too_early_is_not_refused_for_good() {
    let close = path("auction", "Close");
    let found = explored(&close);
    assert!(found.violation.is_none() && found.seen.contains("too early"), "{:?}", found.violation);
    let tests: Vec<_> = close
        .steps
        .iter()
        .filter_map(|step| if let Step::Await(test) = step { Some(test.clone()) } else { None })
        .collect();
    let strict = close.instead(|step| matches!(step, Step::Await(_)), Step::Check(tests));
    let early = World::of(&strict, Meets::TooEarly).unwrap().explore();
    assert_eq!(early.violation.unwrap().0, "refused for good though only too early");
}
