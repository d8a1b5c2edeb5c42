//! The tables of this step over every combination of features, and the algorithms of designs put together by hand.

use super::listing::listing;
use super::paths::Paths;
use super::*;
use crate::artifact::Line;
use crate::explain::{obligation, row};
use crate::expression::{Action, Operator};
use crate::testing::{Spec, is};

/// Every combination of the features that the templates look at, of which a path that writes has at least one.
fn combinations() -> impl Iterator<Item = Profile> {
    (0u32..1 << Feature::ALL.len())
        .map(|bits| Profile::of(Feature::ALL.iter().copied().filter(move |feature| bits & (1 << feature.place()) != 0)))
}

/// What the derivation of features rules out.
fn is_possible(profile: Profile) -> bool {
    let implies = |one: Feature, other: Feature| !profile.has(one) || profile.has(other);
    use Feature::*;
    implies(TakesTransition, ChangesRecords)
        && implies(AddsInPlace, ChangesRecords)
        && !(profile.has(AddsInPlace)
            && (profile.has(Conditional) || profile.has(TakesTransition) || profile.has(TakesClaim)))
        && implies(Contested, ChangesRecords)
        && implies(Awaited, Conditional)
        && (implies(Signed, CreatesRecords) || implies(Signed, RecordsEvents))
        && implies(TakesClaim, ChangesRecords)
        && (implies(Identified, CreatesRecords) || implies(Identified, RecordsEvents))
        && implies(Indivisible, Coordinates)
        && implies(Leased, Versioned)
}

#[test]
fn a_path_that_writes_follows_one_template_at_home() {
    for profile in combinations().filter(|profile| is_possible(*profile)) {
        let writes = [Feature::ChangesRecords, Feature::CreatesRecords, Feature::RecordsEvents];
        if !writes.iter().any(|feature| profile.has(*feature)) {
            continue;
        }
        let found: Vec<&str> = TEMPLATES[..8].iter().filter(|row| row.matches(profile)).map(|row| row.id).collect();
        assert_eq!(found.len(), 1, "{found:?} for {:?}", row::properties::<Feature>(profile));
    }
}

#[test]
fn every_situation_has_an_answer_where_requests_are_recognised() {
    use Feature::*;
    for profile in combinations().filter(|profile| is_possible(*profile)) {
        let writes = [ChangesRecords, CreatesRecords, RecordsEvents].iter().any(|feature| profile.has(*feature));
        let recognised = [Keyed, Identified, Repeatable].iter().any(|feature| profile.has(*feature));
        if !writes || !recognised {
            continue;
        }
        for situation in Situation::ALL {
            let answered = BEHAVIOUR.iter().any(|row| row.gives.0 == *situation && row.matches(profile));
            assert!(answered, "no answer to a {situation} for {:?}", row::properties::<Feature>(profile));
        }
    }
}

#[test]
fn every_row_cites_what_exists_and_has_an_id_of_its_own() {
    let templates = TEMPLATES.iter().map(|row| (row.id, row.cites));
    let all: Vec<_> = templates.chain(BEHAVIOUR.iter().map(|row| (row.id, row.cites))).collect();
    for (index, (id, cites)) in all.iter().enumerate() {
        assert!(all[..index].iter().all(|(other, _)| other != id), "{id} stands twice");
        assert!(row::find(id).is_some(), "{id} cannot be explained");
        for cite in *cites {
            assert!(obligation::find(cite).is_some(), "{id} cites {cite}, which does not exist");
        }
    }
}

/// A bid: a threshold and a deadline over one record, many bidders, a request key.
fn bid() -> (Design, Operation) {
    let mut spec = Spec::default();
    let bidder = spec.actor("Bidder", ActorKind::User);
    spec.facts.actor_fault.push((bidder, ActorFault::Retries));
    let auction = spec.object("Auction");
    spec.key(auction, "auction_id");
    let highest = spec.field(auction, "highest", Primitive::Integer);
    let end = spec.field(auction, "end_time", Primitive::Timestamp);
    spec.facts.ownership.push((auction, Ownership::OneWinner));
    spec.facts.evolution.push((auction, Evolution::Overwrite));
    let place = spec.operation("PlaceBid", bidder);
    let instance = spec.instance(place, "auction", auction);
    let amount = spec.number(place, "amount");
    let request = spec.parameter(place, "request_id", Type::Primitive(Primitive::Uuid));
    spec.facts.once_per.push((place, request));
    let field = |field| Expr::Field(field, Some(instance));
    spec.when(place, is(Expr::Parameter(amount), Operator::Greater, field(highest)));
    spec.when(place, is(Expr::Now, Operator::Less, field(end)));
    for (guard, text) in ["amount > auction.highest", "now < auction.end_time"].into_iter().enumerate() {
        spec.facts.names.guards[guard].name = text.to_owned();
    }
    spec.then(place, highest, Action::Assign(Expr::Parameter(amount)));
    (crate::derive(spec.facts), place)
}

fn place(lines: &[Line], text: &str) -> usize {
    let found = lines.iter().position(|line| line.text.contains(text));
    found.unwrap_or_else(|| panic!("no line says `{text}` in {lines:#?}"))
}

/// the corrected template 1, line by line.
#[test]
fn a_guarded_write_tests_and_records_in_its_own_transaction() {
    let (design, operation) = bid();
    let lines = listing(&Paths::new(&design), operation).lines;
    let transaction = place(&lines, "in one transaction");
    let depth = lines[transaction].depth;
    let inside = lines[transaction + 1..].iter().take_while(|line| line.depth > depth).cloned().collect::<Vec<_>>();
    let update = place(&inside, "update auction where");
    let version = place(&inside, "version == the version read");
    let (threshold, deadline) = (place(&inside, "amount > auction.highest"), place(&inside, "now < auction.end_time"));
    let outcome = place(&inside, "= accepted into");
    assert!(update < version && version < threshold && threshold < deadline && deadline < outcome, "{inside:#?}");
    assert!(place(&lines, "return its answer") < place(&lines, "repeat within the retry budget"));
    assert!(place(&lines, "if there is no such auction: reject") < transaction);
    assert!(place(&lines, "if a check fails: reject") < transaction);
    assert!(place(&lines, "= rejected into") > place(&lines, "reject:"));
    assert!(place(&lines, "return undecided") > transaction);
    assert_eq!(
        design.algorithms.judged_by,
        [(operation, Clock::Store)],
        "A-54: the clock of the store, unless told otherwise"
    );
}

/// the time that a check uses is the store's, read with the row.
#[test]
fn the_time_is_read_with_the_row() {
    let (design, operation) = bid();
    let lines = listing(&Paths::new(&design), operation).lines;
    let read = lines.iter().find(|line| line.text.starts_with("read auction")).unwrap();
    assert!(read.text.ends_with("and the store's now"), "{read:?}");
}

/// S8-d2: an operation whose requests have no key looks nothing up by the object's.
#[test]
fn a_request_without_a_key_has_no_outcome() {
    let mut spec = Spec::default();
    let reader = spec.actor("Reader", ActorKind::User);
    spec.facts.actor_fault.push((reader, ActorFault::Retries));
    let marker = spec.object("Marker");
    spec.key(marker, "room");
    let seen = spec.field(marker, "seen", Primitive::Integer);
    spec.facts.ownership.push((marker, Ownership::OneWinner));
    spec.facts.evolution.push((marker, Evolution::Overwrite));
    let mark = spec.operation("MarkRead", reader);
    let instance = spec.instance(mark, "marker", marker);
    let upto = spec.number(mark, "upto");
    spec.when(mark, is(Expr::Parameter(upto), Operator::Greater, Expr::Field(seen, Some(instance))));
    spec.then(mark, seen, Action::Assign(Expr::Parameter(upto)));
    let design = crate::derive(spec.facts);
    assert!(!design.algorithms.has(mark, Feature::Keyed));
    let lines = listing(&Paths::new(&design), mark).lines;
    assert!(lines.iter().all(|line| !line.text.contains("outcomes")), "{lines:#?}");
    assert!(design.schema.table.iter().all(|(_, class, _)| *class != crate::step_09_schema::TableClass::Outcomes));
}

/// Every fact that a line states is a finished tuple.
#[test]
fn what_a_line_states_holds() {
    let (design, _) = bid();
    for figure in artifact::figures(&design) {
        let crate::artifact::Figure::Listing(listing) = figure else { continue };
        for line in listing.lines {
            if let Some(fact) = line.fact {
                let mut relations = crate::relation::named(fact.relation);
                assert!(relations.any(|relation| relation.holds(&design, &fact)), "{}: {fact:?}", line.text);
            }
        }
    }
}

/// S8-p7: with n states there are n(n - 1) pairs, each allowed or forbidden.
#[test]
fn a_pair_of_states_is_allowed_or_forbidden() {
    let mut spec = Spec::default();
    let actor = spec.actor("Closer", ActorKind::Scheduler);
    let object = spec.object("Auction");
    let (_, [created, open, ended]) = spec.machine(object, ["CREATED", "OPEN", "ENDED"]);
    let (start, close) = (spec.operation("Start", actor), spec.operation("Close", actor));
    spec.transition(object, created, open, Some(start));
    spec.transition(object, open, ended, Some(close));
    let design = crate::derive(spec.facts);
    let forbidden = [(created, ended), (open, created), (ended, created), (ended, open)];
    assert_eq!(design.algorithms.forbidden, forbidden.map(|(from, to)| (object, from, to)));
    let machines = machine::machines(&Paths::new(&design));
    assert_eq!(machines[0].terminal.iter().copied().collect::<Vec<_>>(), [ended]);
    assert_eq!(machines[0].allowed.len() + design.algorithms.forbidden.len(), 6);
}
