//! Questions and answers.

use sysd::explain::{Detail, explain};
use sysd::rules::expression::Expr;
use sysd::rules::fact::{Entity, Permission, Statement};
use sysd::source::Sources;
use sysd::{Analysis, Options};

fn auction() -> Analysis {
    let text = std::fs::read_to_string("corpus/auction/spec.sysd").expect("the auction is there");
    let load = |path: &str| Err(format!("cannot read `{path}`"));
    sysd::analyse(Sources::single("auction.sysd", text), &load, Options::default())
}

fn ask(question: &str) -> String {
    ask_of(&auction(), question)
}

fn ask_of(spec: &Analysis, question: &str) -> String {
    explain(question, Some(spec), Detail::Telling).unwrap_or_else(|unknown| panic!("{unknown}"))
}

fn read(text: &str) -> Analysis {
    let load = |path: &str| Err(format!("cannot read `{path}`"));
    sysd::analyse(Sources::single("s.sysd", text), &load, Options::default())
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
    assert!(ask("view").contains("rebuild from <sources>, …"), "{}", ask("view"));
}

#[test]
fn an_item_tells_what_there_is_to_choose_from() {
    assert!(ask("object").contains("- type: `uuid`, `id`"), "{}", ask("object"));
    assert!(ask("object").contains("or with `;` between them"), "{}", ask("object"));
    assert!(ask("fault").contains("`client retry`, "), "{}", ask("fault"));
    assert!(ask("hold").contains("in `operation`: `holds <object>"), "{}", ask("hold"));
}

#[test]
fn words_that_name_no_clause_are_known() {
    let of = |word: &str| explain(word, None, Detail::Telling).unwrap_or_else(|unknown| panic!("{unknown}"));
    for word in
        ["allow", "use", "guard", "condition", "law", "expression", "effect", "effects", "caller", "now", "exists"]
    {
        assert!(!of(word).is_empty(), "{word}");
    }
    assert!(of("for each").contains("in `invariant`: `<target> = <law> [for each <group>, …]`"), "{}", of("for each"));
    assert!(of("law").contains("`value = <law> [for each <group>, …]`"), "{}", of("law"));
    for context in ["in `operation`: `when <guard>`", "in `evolution` of `object`: `<from> -> <to> "] {
        assert!(of("when").contains(context), "{}", of("when"));
    }
    assert!(of("only").contains("may History`"), "{}", of("only"));
    let asked = explain("for every", None, Detail::Telling).expect_err("no word").to_string();
    assert!(asked.contains("nothing is known about `for every`"), "{asked}");
}

/// `sysd explain only` shows how a query is kept to some: what it shows is understood.
#[test]
fn a_record_says_who_may_ask() {
    let text = "\
system x \"X\" { clock store }
actor U : user { count 1M; retries }
object Message : event { key message_id: uuid; room_id: uuid; evolution: append-only; ordering: none; retention 1y }
object Member : relationship { key room_id: uuid; key user_id: id; retention 1y }
operation Join(room_id: uuid, user_id: id) by U { then create Member(room_id, user_id); once per room_id, user_id }
operation Post(message_id: uuid, room_id: uuid) by U { then create Message(message_id, room_id); once per message_id }
query History(room_id: uuid) by U { reads Message by room_id; freshness <= 1s }
invariant I1 access \"members only\" { only exists Member(room_id, user_id: caller) may History }
";
    let spec = read(text);
    assert!(
        spec.diagnostics.iter().all(|found| found.severity < sysd::diagnostic::Severity::Error),
        "{:?}",
        spec.diagnostics
    );
    assert!(matches!(
        &spec.design.facts.statement[..],
        [(_, Statement::OnlyMay(Permission::Is(Expr::Exists(..)), Entity::Query(_)))]
    ));
}

#[test]
fn whatever_is_decided_can_be_asked_about() {
    use sysd::rules::explain::question;
    use sysd::rules::proof::Proofs;
    use sysd::rules::vocabulary::{Topic, Vocabulary};
    let mut silent: std::collections::BTreeSet<&str> = Topic::ALL.iter().map(|topic| topic.word()).collect();
    for name in ["auction", "live_comments", "ride_hailing"] {
        let text = std::fs::read_to_string(format!("corpus/{name}/spec.sysd")).expect("it is there");
        let spec = read(&text);
        let proofs = Proofs::new(&spec.design);
        let things: Vec<_> = question::names(&spec.design).into_iter().map(|(_, thing)| thing).collect();
        silent.retain(|topic| {
            let answer =
                |of| question::facts(&spec.design, &proofs, topic, of).unwrap_or_else(|| panic!("no topic `{topic}`"));
            things.iter().all(|of| answer(*of).is_empty())
        });
    }
    assert!(silent.is_empty(), "{silent:?}");
    let said = |question: &str, says: &str| {
        let answer = ask(question);
        assert!(answer.contains(says), "{question}: {answer}");
    };
    said("partition key of Auction", "`Auction` is partitioned by `auction_id` (S9-d3)");
    said("source of truth of Auction", "where copies of `Auction` disagree, `Auction acceptance` is right");
    said("source of truth of AuctionView", "`AuctionView` is a projection of `Auction`");
    said("store of Auction", "`Auction` is kept by `PostgreSQL` (S10-g1)");
    said("store of PlaceBid outcomes", "`PlaceBid outcomes` is kept by `PostgreSQL`");
    said("service of Auction", "hosts `Auction");
    said("consistency of PlaceBid", "`PlaceBid` is strong (S12-d1)");
    said("consistency of Auction", "`AuctionView` is bounded");
    said("value of PlaceBid", "is 3 by default");
}

#[test]
fn why_not_is_asked_of_products_keys_and_axes_as_well() {
    let redis = ask("why not Redis for Auction?");
    assert!(
        redis.starts_with("`Auction` is kept by PostgreSQL.") && redis.contains("- Redis has no durable state: "),
        "{redis}"
    );
    let mysql = ask("why not MySQL for Auction");
    assert!(
        mysql.contains("`decide store of Auction = \"MySQL\" because")
            && mysql.contains("would keep `Auction` as well"),
        "{mysql}"
    );
    assert!(ask("why not PostgreSQL for Auction").starts_with("But it is: PostgreSQL keeps `Auction`."));
    let key = ask("why not seller for Auction");
    assert!(
        key.contains("`decide partition key of Auction = seller`") && key.contains("by `auction_id` (S9-d3)"),
        "{key}"
    );
    assert!(ask("why not auction_id for Auction").starts_with("But it is."));
    let axis = ask("why not append-only for Auction");
    assert!(axis.starts_with("It is not: the evolution of `Auction` is state machine"), "{axis}");
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
    assert!(answer.contains("- 6.2#5: nothing shows `merge`: "), "{answer}");
    assert!(!answer.contains("multi-writer and"), "the whole condition of a row is no answer: {answer}");
    assert!(answer.contains("tried out") || answer.contains("None of the changes tried"), "{answer}");
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

#[test]
fn a_sufficient_alternative_is_told_to_be_one_and_what_would_tip_the_choice() {
    let answer = ask("why not single-writer queue per key for Auction");
    let says =
        "single-writer queue per key is sufficient for `Auction acceptance` as well (alternative#3), instead of CAS";
    assert!(answer.starts_with(says) && answer.contains("it is the better choice when the busiest key"), "{answer}");
    assert!(!answer.contains("nothing is selected"), "{answer}");
    assert!(ask("alternative#3").contains("single-writer queue per key would do for `Auction acceptance` as well"));
}

#[test]
fn what_would_turn_it_tries_the_numbers_that_the_rows_ask_about() {
    let answer = ask("why not single-writer queue per key for Auction");
    let turned = answer.split("tried out").nth(1).unwrap_or_default();
    assert!(turned.contains("`PlaceBid` with `rate ") && turned.contains("hottest auction "), "{answer}");
}

#[test]
fn what_would_turn_it_tries_claims_and_holders_that_crash() {
    let text = "\
system x \"X\" { clock store }
actor Guest : user { count 1M; retries }
object Night : entity {
    key night: uuid
    guest: id
    evolution: state machine {
        FREE -> HELD on Hold
        HELD -> FREE on Lapse
    }
}
operation Hold(night: Night, r: uuid) by Guest { then night.guest = caller; once per r for 1d }
operation Lapse(night: Night, r: uuid) by Guest { once per r for 1d }
invariant I1 eligibility { of Hold }
";
    let answer = ask_of(&read(text), "why not lease for Night");
    assert!(
        answer.contains("tried out\n\n- `") && answer.contains("`Hold` with `holds night until Lapse for "),
        "{answer}"
    );
    assert!(!answer.contains("No change"), "{answer}");
}

#[test]
fn what_nothing_is_stated_of_can_be_turned_by_stating_something() {
    let text = "\
system x \"X\" { clock store }
actor U : user { count 1M; retries }
object Post : entity { key post_id: uuid; body: text; version: integer = 0 }
operation Edit(post: Post, body: text, r: uuid) by U { when post.version >= 0; then post.body = body; once per r for 1d }
";
    let spec = read(text);
    let answer = ask_of(&spec, "why not two-phase commit for Post");
    assert!(answer.contains("None of the changes tried gives `Post` two-phase commit"), "{answer}");
}

#[test]
fn a_demand_shows_where_its_rows_fire() {
    for demand in ["AP-6", "PR-cc1"] {
        let page = ask(demand);
        assert!(!page.contains("It concludes nothing here"), "{page}");
    }
    assert!(ask("AP-6").contains("- `Auction acceptance` needs idempotency key besides (6.4#1)"), "{}", ask("AP-6"));
    assert!(ask("CK-6d").contains("- passed: what no mechanism goes without"), "{}", ask("CK-6d"));
}

#[test]
fn tables_steps_topics_and_concepts_are_known() {
    let table = ask("6.2");
    assert!(table.starts_with("# Rows of 6.2\n") && table.contains("- 6.2#4: when "), "{table}");
    assert!(table.contains("\nHere\n") && table.contains("(6.2#4)"), "{table}");
    assert!(explain("q2", None, Detail::Telling).is_ok_and(|page| page.contains("- Q2#1: when ")));
    let step = ask("Step 6");
    assert!(step.starts_with("# Step 6: Mechanism selection\n") && step.contains("- S0601 "), "{step}");
    assert!(step.contains("- CK-6a: every design parameter has its family of mechanisms (passed)"), "{step}");
    let axes = ask("axes");
    assert!(axes.contains("`axes of THING`") && axes.contains("- the ownership of `Auction` is "), "{axes}");
    let types = explain("type", None, Detail::Telling).unwrap_or_default();
    assert!(types.contains("- `uuid`: ") && types.contains("- `money`: "), "{types}");
}

#[test]
fn why_a_thing_has_a_mechanism_is_asked_as_people_ask() {
    let why = ask("why CAS on state and version for Auction?");
    assert!(why.starts_with("the mechanism of `Auction acceptance` is CAS on state and version (6.2#4)"), "{why}");
    let not = ask("why CRDT for Auction");
    assert!(not.starts_with("But it is not.\n") && not.contains("6.2#5"), "{not}");
    let unknown = explain("why nonsense for Nobody", Some(&auction()), Detail::Telling).unwrap_err().to_string();
    assert!(unknown.starts_with("nothing is known about `why nonsense for Nobody`"), "{unknown}");
}

/// What a conclusion rests on is told once; where it stands again it is named only.
#[test]
fn no_subtree_is_told_twice() {
    let tree = ask("mechanism of Auction");
    let proofs = tree.split("Rules\n").next().unwrap_or_default();
    let depth = |line: &str| line.len() - line.trim_start().len();
    let lines: Vec<&str> = proofs.lines().filter(|line| !line.is_empty()).collect();
    let mut told = std::collections::BTreeSet::new();
    for pair in
        lines.windows(2).filter(|pair| pair[1].trim_start().starts_with("- ") && depth(pair[1]) > depth(pair[0]))
    {
        assert!(told.insert(pair[0].trim_start_matches([' ', '-'])), "told twice: {}\n{tree}", pair[0]);
    }
    assert!(!told.is_empty() && tree.contains("(6.2#4), as above"), "{tree}");
    assert!(!tree.contains("stage 1"), "a mechanism is a matter of step 6: {tree}");
}

#[test]
fn what_follows_from_a_thing_is_told_step_by_step() {
    let all = ask("PlaceBid");
    let steps: Vec<u32> =
        all.lines().filter_map(|line| line.strip_prefix("Step ")?.split(':').next()?.parse().ok()).collect();
    assert!(steps.len() > 5 && steps.is_sorted(), "{all}");
    assert!(all.contains("What the declarations show\n") && all.contains("\nStep 8: Algorithm design\n"), "{all}");
}

#[test]
fn a_claim_is_told_with_what_is_claimed() {
    let text = "\
system x \"X\" { clock store }
actor W : client { count 10; retries; may crash while holding }
object L : entity { key k: uuid; holder: id; taken: boolean = false }
operation Take(l: L, r: uuid) by W { when l.taken == false; then l.taken = true, l.holder = caller; holds l until Give for 1min; once per r for 1d }
operation Give(l: L, r: uuid) by W { when l.holder == caller; then l.taken = false; once per r for 1d }
invariant I1 eligibility { of Take }
";
    let answer = ask_of(&read(text), "why not pessimistic lock for L");
    assert!(answer.contains("`Take` holds `L` beyond its request"), "{answer}");
    assert!(!answer.contains("holds  beyond"), "{answer}");
}

/// Every line of every export names the fact it states, and whoever asks about that is answered.
#[test]
fn an_id_of_an_export_is_a_question() {
    for name in ["auction", "payments"] {
        let text = std::fs::read_to_string(format!("corpus/{name}/spec.sysd")).expect("it is there");
        let spec = read(&text);
        let mut asked = std::collections::BTreeSet::new();
        for kind in sysd::export::KINDS {
            for file in kind.files(&spec.design, None) {
                asked.extend(ids(&file.text).map(str::to_owned));
            }
        }
        assert!(asked.len() > 300, "{}", asked.len());
        let unknown: Vec<&String> =
            asked.iter().filter(|asked| sysd::rules::explain::id::find(&spec.design, asked).is_none()).collect();
        assert!(unknown.is_empty(), "{name}: {} of {}: {unknown:#?}", unknown.len(), asked.len());
        // One of each relation is asked about; a proof takes its time.
        let mut told = std::collections::BTreeSet::new();
        for id in asked.iter().filter(|id| told.insert(id.split('(').next())) {
            assert!(explain(id, Some(&spec), Detail::Telling).is_ok(), "{id}");
        }
    }
    let told = ask("primary_key(Bid, Bid.bid_id)");
    assert!(told.contains("bid_id") && told.contains("S9-"), "{told}");
}

/// `relation(columns)` at the beginning of a comment, or alone in it.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    let comments = text.lines().filter_map(|line| {
        let at =
            ["-- ", "# ", "%% ", "// ", "<!-- "].iter().filter_map(|mark| Some(line.find(mark)? + mark.len())).min()?;
        line.get(at..)
    });
    comments.filter_map(|comment| {
        let word = comment.find('(').filter(|at| *at > 0)?;
        let plain = comment[..word].bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let end = comment.find("): ").or_else(|| comment.strip_suffix(" -->").unwrap_or(comment).rfind(')'))?;
        plain.then_some(&comment[..=end])
    })
}
