//! Step 6 on specs: the named results, decisions, what has no solution, and that every row of every table decides somewhere.
//! The framework's worked examples are in `worked_examples.rs`.

mod support;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use support::specs;
use sysd::rules::Design;
use sysd::rules::artifact::Cell;
use sysd::rules::fact::{Dp, Entity};
use sysd::rules::proof::Fact;
use sysd::rules::relation;
use sysd::rules::step_06_mechanisms::components::Components;
use sysd::rules::step_06_mechanisms::patterns::Mechanism::{self, *};
use sysd::rules::step_06_mechanisms::properties::Property;
use sysd::rules::step_06_mechanisms::{artifact, candidates, choices, tables};
use sysd::source::Sources;

const BID: &str = "
system auctions {
}

actor Bidder : user {
    retries
}

object Auction : entity {
    key auction_id: uuid
    region: id
    current_highest: money
    ownership: many writers, one winner per auction_id
    evolution: overwrite
    ordering: none
}

operation PlaceBid(auction: Auction, amount: money, request_id: uuid) by Bidder {
    when amount > auction.current_highest
    then auction.current_highest = amount
    once per request_id
}
";

/// PR-wr4, A-30, A-78: a key too hot for compare-and-set gets a queue, with compare-and-set active beneath.
#[test]
fn hot_keys_are_queued() {
    let warm = design(&BID.replace("    once per", "    rate 5k/s, hottest auction 1k/s\n    once per"));
    assert_eq!(chosen(&warm)[0], CasOnVersion);
    let hot = BID.replace("    once per", "    rate 20k/s, hottest auction 10k/s\n    once per");
    assert_eq!(chosen(&design(&hot)), [SingleWriterQueue, IdempotencyKey, CasOnVersion]);
    let fast = format!("{hot}\nload {{\n    store_round_trip: 50us\n}}\n");
    assert_eq!(chosen(&design(&fast))[0], CasOnVersion);
}

/// A-25: a value that moves one way needs no version. S6.2-r6, A-31: a row lock in one transaction would do.
#[test]
fn alternatives_that_suffice_are_listed_and_taken_on_decision() {
    let plain = design(BID);
    assert_eq!(chosen(&plain), [CasOnVersion, IdempotencyKey]);
    let instead: BTreeSet<Mechanism> = plain.mechanisms.instead.iter().map(|(_, mechanism, ..)| *mechanism).collect();
    assert_eq!(instead, BTreeSet::from([CasOnPredicate, RowLock, SingleWriterQueue]));
    for (word, mechanism) in [("cas_on_predicate", CasOnPredicate), ("row_lock", RowLock), ("cas", CasOnVersion)] {
        let decided = format!("{BID}\ndecide mechanism of Auction = {word} because \"measured\"\n");
        assert_eq!(chosen(&design(&decided)), [mechanism, IdempotencyKey], "{word}");
        assert_eq!(codes_of_step_6(&decided), BTreeSet::new(), "{word}");
    }
    let refused = format!("{BID}\ndecide mechanism of Auction = lease because \"habit\"\n");
    assert_eq!(chosen(&design(&refused)), [CasOnVersion, IdempotencyKey]);
    assert_eq!(codes_of_step_6(&refused), BTreeSet::from(["S0620"]));
}

const LIKES: &str = "
system likes {
}

actor Viewer : user {
    retries
}

object Video : entity {
    key video_id: uuid
    likes: integer = 0
}

operation Like(video: Video, request_id: uuid) by Viewer {
    then video.likes += 1
    once per request_id
}
";

/// A-9: what is added must not be lost, though nobody says so. S6.2-r5, A-21, A-24: one store adds in place; regions that go on alone
/// keep a counter each, in two parts only where something is taken away.
#[test]
fn counters_are_added_to_in_place_and_merged_where_regions_go_on_alone() {
    let only = |design: &Design| {
        let of_objects = design.parameters.dp.iter().filter(|(.., of)| matches!(of, Entity::Object(_)));
        let dps: Vec<Dp> = of_objects.map(|(dp, ..)| *dp).collect();
        let [dp] = dps[..] else { panic!("{dps:?}") };
        let selected = design.mechanisms.mechanism.iter().filter(|(other, ..)| *other == dp);
        let selected: BTreeSet<Mechanism> = selected.map(|(_, mechanism, _)| *mechanism).collect();
        let selected: Vec<Mechanism> = selected.into_iter().collect();
        let components = Components::new(design);
        (design.name(dp), selected.clone(), components.of(dp, selected[0]))
    };
    let here = design(LIKES);
    let (name, selected, _) = only(&here);
    assert_eq!((name.as_str(), selected), ("Video aggregate store", vec![InPlaceUpdate]));
    let apart = LIKES
        .replace("system likes {", "system likes {\n    partition never block")
        .replace("= 0", "= 0\n    written everywhere");
    let (_, selected, parts) = only(&design(&apart));
    assert_eq!((selected, parts), (vec![Crdt], vec!["Video.likes: grow-only counter".to_owned()]));
    let unlike = apart
        + "operation Unlike(video: Video, request_id: uuid) by Viewer {\n    then video.likes -= 1\n    once per request_id\n}\n";
    let (_, selected, parts) = only(&design(&unlike));
    let both = "Video.likes: counter of two parts, added and taken away".to_owned();
    assert_eq!((selected, parts), (vec![Crdt], vec![both]));
    // A law of the author's says as much, and more.
    let counted = format!("{LIKES}\ninvariant I1 eligibility \"never negative\" {{ holds Video.likes >= 0 }}\n");
    assert_eq!(only(&design(&counted)).1, [InPlaceUpdate]);
}

/// S6.3-Q3-r5, S6.3-Q4-r6: the parameter and the read path of one search name one mechanism.
#[test]
fn a_search_by_place_is_answered_from_cells() {
    let rows = rows();
    let (_, text) = rows.iter().find(|(name, _)| name.starts_with("search_by_place")).unwrap();
    let direct = design(&text.replace("reads Around", "reads Position"));
    let (dp, ..) = *direct.parameters.dp.iter().find(|(.., of)| matches!(of, Entity::Query(_))).unwrap();
    assert!(direct.mechanisms.answers.iter().any(|(_, mechanism, _)| *mechanism == SpatialPartition));
    let selected = direct.mechanisms.mechanism.iter().filter(|(other, ..)| *other == dp);
    assert_eq!(selected.map(|(_, mechanism, _)| *mechanism).collect::<Vec<_>>(), [SpatialPartition]);
    assert_eq!(Components::new(&direct).of(dp, SpatialPartition), ["cells over Position.place, with neighbours"]);
}

/// PR-ev5, S6.3-Q5-r6: what very many receivers pull is kept once; a record for each of them would be what pulling avoids.
#[test]
fn what_is_pulled_is_not_kept_per_receiver() {
    let rows = rows();
    let (_, text) = rows.iter().find(|(name, _)| name.starts_with("pulled_by_the_absent")).unwrap();
    let added = |text: &str| -> BTreeSet<Mechanism> {
        design(text).mechanisms.adds.iter().map(|(_, mechanism, _)| *mechanism).collect()
    };
    let (many, few) = (added(text), added(&text.replace("up to 50M", "up to 50")));
    assert!(many.contains(&FanOutOnRead) && !many.contains(&DurableNotification), "{many:?}");
    assert!(few.contains(&FanOutOnWrite) && few.contains(&DurableNotification), "{few:?}");
}

/// S8-e5, A-6: a record that is checked and not written has nothing to compare on writing: it is held.
#[test]
fn what_is_only_read_is_held_to_the_commit() {
    let spec = specs().into_iter().find(|spec| spec.name == "price_alerts").unwrap();
    let design = &spec.analysis.design;
    let (dp, ..) =
        *design.parameters.dp.iter().find(|(dp, ..)| design.name(*dp) == "AlertSubscription acceptance").unwrap();
    let components = Components::new(design);
    assert_eq!(
        components.of(dp, CasOnVersion)[0],
        "AlertSubscription (subscription_id) held from the check to the commit"
    );
    assert_eq!(components.of(dp, IdempotencyKey), ["NoticeDrop is known by the key of AlertNotice"]);
}

/// What is excluded is named once for each parameter, and a question is shown only where it is answered.
#[test]
fn tables_say_nothing_twice_and_no_row_says_nothing() {
    for spec in specs() {
        let tables = artifact::tables(&spec.analysis.design);
        let table = |title: &str| tables.iter().find(|table| table.title == title).unwrap();
        let mut seen = BTreeSet::new();
        for row in &table("Excluded mechanisms").rows {
            for mechanism in row[1].plain().split("; ") {
                assert!(seen.insert((row[0].plain(), mechanism.to_owned())), "{}: {mechanism} twice", spec.name);
            }
        }
        let silent = |row: &&Vec<Cell>| row[1..].iter().all(|cell| *cell == Cell::Empty);
        assert!(!table("6.3 The five questions").rows.iter().any(|row| silent(&row)), "{}", spec.name);
    }
}

/// A thing can be meant by any of its parts.
#[test]
fn decisions_reach_the_parameters_of_operations_and_objects() {
    for of in ["Auction", "PlaceBid"] {
        let decided = design(&format!("{BID}\ndecide mechanism of {of} = row_lock because \"measured\"\n"));
        assert_eq!(decided.mechanisms.taken.len(), 1, "{of}: {:?}", decided.mechanisms.decided);
    }
}

/// A-21: there is no solution, and without any one declaration of the core there is.
#[test]
fn the_core_of_what_has_no_solution_is_minimal() {
    let everywhere = "    ordering: none\n    written everywhere\n";
    let policy = "system auctions {\n    partition never block\n";
    let spec = BID.replace("    ordering: none\n", everywhere).replace("system auctions {\n", policy);
    assert!(codes_of_step_6(&spec).contains("S0610"));
    let relaxed = [
        (policy, "system auctions {\n    partition may block\n"),
        (everywhere, "    ordering: none\n"),
        (everywhere, "    ordering: none\n    written everywhere\n    home region region\n"),
        (
            "    when amount > auction.current_highest\n    then auction.current_highest = amount\n",
            "    then auction.current_highest += amount\n",
        ),
    ];
    for (declared, instead) in relaxed {
        assert!(spec.contains(declared));
        assert!(!codes_of_step_6(&spec.replace(declared, instead)).contains("S0610"), "without {declared}");
    }
    let homed = design(&spec.replace(everywhere, relaxed[2].1));
    assert_eq!(chosen(&homed), [CasOnVersion, IdempotencyKey, HomeRegion]);
}

/// `sysd explain "why not crdt for Auction"` rests on this.
#[test]
fn why_not_names_the_first_obstacle() {
    let design = design(BID);
    let all = candidates(&design, acceptance(&design));
    assert!(all.contains(&("6.2#3", CasOnVersion, None)));
    assert!(all.contains(&("6.2#5", Crdt, Some((Property::Merge, true)))));
    assert!(all.contains(&("6.2#4", CasOnStateAndVersion, Some((Property::StateMachine, true)))));
}

/// The rows that the corpus has no occasion for, each with a spec in which it decides: `tests/rows/*.sysd`, whose first line
/// names the rows.
#[test]
fn rare_rows_decide_where_they_should() {
    let mut failures = String::new();
    for (name, text) in rows() {
        let design = design(&text);
        let fired = fired(&design);
        let wanted = text.lines().next().unwrap_or("").trim_start_matches("// ").split(' ');
        let silent: Vec<&str> = wanted.filter(|row| !fired.contains(row)).collect();
        let all = design.parameters.dp.iter().map(|(dp, ..)| (design.name(*dp), properties(&design, *dp)));
        if !silent.is_empty() {
            writeln!(failures, "{name}: {silent:?} do not fire; it has {:?}", all.collect::<Vec<_>>()).unwrap();
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// Every row of every table decides somewhere: in the corpus, on a page, or in a spec of this test.
#[test]
fn every_row_fires_somewhere() {
    let pages = sysd::codes().flat_map(|code| code.page.split("```sysd\n").skip(1));
    let pages = pages.map(|rest| design(rest.split("```").next().unwrap_or("")));
    let mut rows_fired: BTreeSet<&str> = specs().iter().flat_map(|spec| fired(&spec.analysis.design)).collect();
    rows_fired.extend(pages.chain(rows().iter().map(|(_, text)| design(text))).flat_map(|design| fired(&design)));
    let mut silent: Vec<&str> = vec![];
    macro_rules! tables { ($($table:expr),+) => { $(
        silent.extend($table.iter().map(|row| row.id).filter(|row| !rows_fired.contains(row)));
    )+ } }
    tables!(
        tables::CLASSIFICATION,
        tables::OWNERSHIP_EVOLUTION,
        tables::ROUTES,
        tables::QUESTIONS,
        tables::COMBINATIONS
    );
    tables!(choices::ALTERNATIVES, choices::EXCLUSIONS, choices::UNSATISFIABLE, choices::CONTRADICTIONS);
    assert_eq!(silent, Vec::<&str>::new());
}

/// Every entry of the log concludes what the finished relations hold, from premises they hold.
#[test]
fn every_reason_stands_on_facts() {
    for spec in specs() {
        let design = spec.analysis.design.logged();
        let holds = |fact: &Fact| relation::named(fact.relation).any(|relation| relation.holds(design, fact));
        for (conclusion, rule, premises) in &design.mechanisms.because {
            let doubtful = std::iter::once(conclusion).chain(premises.iter()).find(|fact| !holds(fact));
            assert!(doubtful.is_none(), "{}: {rule} rests on {doubtful:?}, which does not hold", spec.name);
        }
    }
}

/// S6-o1, CK-6a to CK-6d: whatever the spec, every parameter has a mechanism, and a design is the same in every run.
#[test]
fn every_parameter_of_the_corpus_has_a_mechanism() {
    for spec in specs() {
        let design = &spec.analysis.design;
        for (dp, ..) in &design.parameters.dp {
            assert!(!artifact::chosen(design, *dp).is_empty(), "{}: {} has none", spec.name, design.name(*dp));
        }
    }
}

fn design(text: &str) -> Design {
    let sources = Sources::single("spec.sysd", text);
    sysd::analyse(sources, &|path| Err(path.to_owned()), sysd::Options::default()).design
}

fn acceptance(design: &Design) -> Dp {
    let named = design.parameters.dp.iter().map(|(dp, ..)| *dp).find(|dp| design.name(*dp) == "Auction acceptance");
    named.expect("the guard of PlaceBid makes an acceptance")
}

/// What the acceptance of a bid consists of, in order.
fn chosen(design: &Design) -> Vec<Mechanism> {
    artifact::chosen(design, acceptance(design)).into_iter().map(|(_, mechanism, _)| mechanism).collect()
}

fn codes_of_step_6(text: &str) -> BTreeSet<&'static str> {
    let codes = sysd::check(text).into_iter().map(|diagnostic| diagnostic.code.code);
    codes.filter(|code| code.starts_with("S06")).collect()
}

fn properties(design: &Design, dp: Dp) -> Vec<Property> {
    design.mechanisms.property.iter().filter(|(other, _)| *other == dp).map(|(_, property)| *property).collect()
}

/// The specs of `tests/rows`, by name.
fn rows() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rows");
    let files = std::fs::read_dir(folder).expect("tests/rows is there").flatten();
    let mut rows: Vec<(String, String)> = files
        .map(|file| (file.file_name().to_string_lossy().into_owned(), std::fs::read_to_string(file.path())))
        .map(|(name, text)| (name, text.expect("a readable spec")))
        .collect();
    rows.sort();
    rows
}

/// The rows that contribute something to a design.
fn fired(design: &Design) -> BTreeSet<&'static str> {
    let step = &design.mechanisms;
    let mut rows: BTreeSet<&str> = step.selected.iter().map(|(.., row)| *row).collect();
    rows.extend(step.adds.iter().map(|(.., row)| *row));
    rows.extend(step.form.iter().map(|(.., row)| *row));
    rows.extend(step.confirmed.iter().map(|(.., row)| *row));
    rows.extend(step.instead.iter().map(|(.., row)| *row));
    rows.extend(step.excluded.iter().map(|(.., row)| *row));
    rows.extend(step.answers.iter().map(|(.., row)| *row));
    for (_, profile) in &step.profile {
        rows.extend(tables::CLASSIFICATION.iter().filter(|row| row.matches(*profile)).map(|row| row.id));
        rows.extend(choices::UNSATISFIABLE.iter().filter(|row| row.matches(*profile)).map(|row| row.id));
        rows.extend(choices::CONTRADICTIONS.iter().filter(|row| row.matches(*profile)).map(|row| row.id));
    }
    rows
}
