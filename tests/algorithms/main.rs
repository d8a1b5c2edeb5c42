//! The algorithms of the corpus, run as they are written, in every order of events: they keep what they must keep. And the
//! framework's templates as written, which do not: each is the derived algorithm with one thing put back.
//!
//! "No violation" is said of two requests, each tried twice, one crash and one move of the clock; of no more than that.

mod program;
#[path = "../support/mod.rs"]
mod support;
mod world;

use program::{Condition, Program, Step, Term, Write};
use support::Spec;
use sysd::rules::artifact::{Figure, Listing};
use sysd::rules::fact::Entity;
use world::{Explored, World};

/// The listings of step 8.
fn listings(spec: &Spec) -> Vec<Listing> {
    let step = sysd::rules::STEPS.iter().find(|step| step.number == 8).unwrap();
    let figures = (step.figures)(&spec.analysis.design).into_iter();
    figures.filter_map(|figure| if let Figure::Listing(listing) = figure { Some(listing) } else { None }).collect()
}

fn listing(spec: &str, title: &str) -> Listing {
    let spec = support::specs().into_iter().find(|other| other.name == spec).unwrap();
    listings(&spec).into_iter().find(|listing| listing.title == title).unwrap()
}

fn path(spec: &str, operation: &str) -> Program {
    Program::read(&listing(spec, operation).lines).unwrap()
}

fn explored(program: &Program) -> Explored {
    World::of(program).expect("values under which the conditions hold").explore()
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

/// the outcome is kept, but after the write, in a commit of its own.
#[test]
fn an_outcome_kept_after_the_write_is_told_wrong() {
    let program = path("auction", "PlaceBid").apart(&Write::Outcome, 1);
    assert_eq!(violation(&program).0, "told rejected though accepted");
}

/// the write compares the version, and the time is asked before it.
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

/// the event is sent after the commit.
#[test]
fn an_event_sent_after_the_commit_is_lost_in_a_crash() {
    let program = path("auction", "PlaceBid").apart(&Write::Event, 1);
    assert_eq!(violation(&program).0, "an event is lost");
}

/// a transition whose outcome is never kept.
#[test]
fn a_transition_without_an_outcome_refuses_its_own_success() {
    let program = path("auction", "Open").without(&Write::Outcome);
    assert_eq!(violation(&program).0, "told rejected though accepted");
}

/// the id is marked, then the sum is raised.
#[test]
fn a_mark_before_the_sum_loses_what_a_crash_comes_between() {
    let upkeep = Program::read_upkeep(&listing("leaderboard", "Upkeep of VideoAggregate").lines).unwrap();
    let found = explored(&upkeep);
    assert!(found.violation.is_none(), "{:?}", found.violation);
    assert_eq!(violation(&upkeep.apart(&Write::Mark, 0)).0, "acknowledged and never counted");
    assert_eq!(violation(&upkeep.without(&Write::Mark)).0, "one request took effect twice");
}
