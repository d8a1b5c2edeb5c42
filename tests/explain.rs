//! Questions and answers.

use sysd::explain::{Detail, explain};
use sysd::source::Sources;
use sysd::{Analysis, Options};

fn auction() -> Analysis {
    let text = std::fs::read_to_string("corpus/auction/spec.sysd").expect("the auction is there");
    let load = |path: &str| Err(format!("cannot read `{path}`"));
    sysd::analyse(Sources::single("auction.sysd", text), &load, Options::default())
}

fn ask(question: &str) -> String {
    explain(question, Some(&auction()), Detail::Telling).unwrap_or_else(|unknown| panic!("{unknown}"))
}

#[test]
fn a_finding_by_code_or_words() {
    let page = explain("s0706", None, Detail::Telling);
    assert!(page.as_ref().is_ok_and(|page| page.starts_with("# S0706: ")));
    assert_eq!(page, explain("projection without rebuild", None, Detail::Telling));
}

#[test]
fn a_rule_of_the_framework_and_where_it_fires() {
    let rule = ask("S7-p4");
    assert!(rule.starts_with("# S7-p4: ") && rule.contains("- S0706 projection-without-rebuild"), "{rule}");
    let fired = ask("s7-o3");
    assert!(fired.contains("- `AuctionView` is a projection of `Auction`"), "{fired}");
}

#[test]
fn a_word_and_how_it_is_written() {
    let word = ask("append-only");
    assert!(
        word.contains("Records are added; old ones never change.") && word.contains("evolution: <evolution>"),
        "{word}"
    );
    assert!(ask("staleness").contains("staleness <= <bound>"), "{}", ask("staleness"));
    assert!(ask("view").contains("rebuild from <source>"), "{}", ask("view"));
}

#[test]
fn an_item_tells_what_there_is_to_choose_from() {
    assert!(ask("object").contains("- type: `uuid`, `id`"), "{}", ask("object"));
    assert!(ask("object").contains("or with `;` between them"), "{}", ask("object"));
    assert!(ask("fault").contains("`client retry`, "), "{}", ask("fault"));
    assert!(ask("hold").contains("in `operation`: `holds <object>"), "{}", ask("hold"));
}

#[test]
fn what_follows_several_times_is_told_once() {
    let overview = ask("Auction");
    let lines: Vec<&str> = overview.lines().filter(|line| line.starts_with("- ")).collect();
    let once: std::collections::BTreeSet<&&str> = lines.iter().collect();
    assert_eq!(once.len(), lines.len(), "{overview}");
}

#[test]
fn a_conclusion_down_to_the_line_that_declares_it() {
    let tree = ask("rebuild path of AuctionView");
    let line = 1 + std::fs::read_to_string("corpus/auction/spec.sysd")
        .unwrap()
        .lines()
        .position(|l| l.contains("rebuild from"))
        .unwrap();
    assert!(tree.contains("`AuctionView` can be rebuilt from `Auction` (A-64)"), "{tree}");
    assert!(
        tree.contains(&format!("- `AuctionView` is declared to be rebuilt from `Auction`: auction.sysd:{line}")),
        "{tree}"
    );
    assert!(tree.contains("- A-64: "), "{tree}");
    assert_eq!(tree, ask("Why is the rebuild path of AuctionView?"));
}

#[test]
fn a_thing_and_all_that_follows_from_it() {
    let all = ask("AuctionView");
    assert!(all.starts_with("# view `AuctionView`") && all.contains("(S7-o3)"), "{all}");
    assert!(all.contains("`rebuild path of AuctionView`"), "{all}");
    assert_eq!(all, ask("auctionview"));
}

#[test]
fn full_detail_shows_more_and_loses_nothing() {
    let spec = auction();
    let [telling, full] = [Detail::Telling, Detail::Full]
        .map(|detail| explain("dependencies of AuctionView", Some(&spec), detail).unwrap_or_default());
    assert!(full.len() > telling.len());
    let first = |text: &str| text.lines().next().map(str::to_owned);
    assert_eq!(first(&telling), first(&full));
}

#[test]
fn unknown_questions_name_what_is_near() {
    let asked = |question: &str, spec: Option<&Analysis>| {
        explain(question, spec, Detail::Telling).unwrap_or_else(|unknown| unknown.to_string())
    };
    let spec = auction();
    assert_eq!(
        asked("rebuild of AuctionVeiw", Some(&spec)),
        "nothing is known about `rebuild of AuctionVeiw`; did you mean `rebuild of AuctionView`?"
    );
    assert_eq!(
        asked("ownershp of Auction", Some(&spec)),
        "nothing is known about `ownershp of Auction`; did you mean `ownership of Auction`?"
    );
    assert_eq!(asked("apend-only", None), "nothing is known about `apend-only`; did you mean `append-only`?");
    assert_eq!(asked("", None), "nothing is known about ``; `sysd explain` lists what can be asked");
    assert!(
        asked("mechanism of Auction", None).contains("name the spec it is about"),
        "{}",
        asked("mechanism of Auction", None)
    );
}

#[test]
fn why_not_names_what_is_missing_and_what_would_turn_it() {
    let answer = ask("why not CRDT for PlaceBid");
    assert!(answer.contains("- 6.2#5: when ") && answer.contains("but nothing shows"), "{answer}");
    assert!(answer.contains("tried out") || answer.contains("No change of one or two clauses"), "{answer}");
    assert_eq!(answer, ask("why not crdt for PlaceBid?"));
}

#[test]
fn a_mechanism_its_lever_its_failure_and_its_rows() {
    let page = ask("lease");
    assert!(page.starts_with("# lease\n") && page.contains("- how it fails: ") && page.contains("- 6.2#7: "), "{page}");
}

#[test]
fn a_row_of_a_table() {
    let page = ask("6.2#4");
    assert!(page.contains("CAS on state and version") && page.contains("- S6.2-r4: "), "{page}");
}
