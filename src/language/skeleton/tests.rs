use super::sentence::SMALL;
use super::*;
use proptest::prelude::*;
use sysd_rules::step_01_normalization::tables::VERBS;

fn lines(text: &str, keyword: &str) -> Vec<String> {
    skeleton("s", text).lines().filter(|line| line.starts_with(keyword)).map(str::to_owned).collect()
}

/// S1-e1 to S1-e7: the sentences of the framework's own table.
#[test]
fn the_sentences_of_the_framework_are_guessed() {
    let guess = |sentence: &str| {
        let requirement = lines(sentence, "requirement").remove(0);
        requirement.rsplit_once("{ ").map(|(_, body)| body.trim_end_matches(" }").to_owned()).unwrap()
    };
    assert_eq!(guess("Users can bid on an item"), "User does BidItem");
    assert_eq!(guess("Users see current highest bid"), "User reads CurrentHighestBid");
    assert_eq!(guess("Users get price-drop notifications"), "User is told of PriceDrop");
    assert_eq!(guess("Drivers go online"), "Driver does GoOnline");
    assert_eq!(guess("Rider requests a ride"), "Rider does RequestRide");
    assert_eq!(guess("Users swipe right on a profile"), "User does SwipeProfile");
    assert_eq!(guess("Users get a match notification"), "User is told of Match");
}

#[test]
fn a_verb_that_no_table_lists_stands_between_two_nouns() {
    assert!(lines("Admins ban a user", "requirement")[0].ends_with("{ Admin does BanUser }"));
    assert!(lines("Users place a bid", "requirement")[0].ends_with("{ User does PlaceBid }"));
}

#[test]
fn what_is_not_named_is_the_actors_own() {
    assert_eq!(lines("Drivers go online", "object"), ["object DriverState {"]);
    assert_eq!(lines("Users subscribe", "object"), ["object Subscription : intent {"]);
    assert_eq!(
        lines("Users set an alert for a price", "operation")[0].split('(').next(),
        Some("operation SetAlertPrice")
    );
}

#[test]
fn names_are_shared_between_sentences_and_told_apart_between_kinds() {
    let text = "1. A seller creates an auction\n- Users can bid on auctions\n* An auction ends at its end time\n\n# Heading\nUsers search for users\n";
    assert_eq!(lines(text, "actor"), ["actor Seller : user", "actor User : user", "actor Scheduler : scheduler"]);
    assert_eq!(lines(text, "object"), ["object Auction {", "object UserRecord {"]);
    assert_eq!(
        lines(text, "requirement"),
        [
            "requirement R1 \"A seller creates an auction\" { Seller does CreateAuction }",
            "requirement R2 \"Users can bid on auctions\" { User does BidAuction }",
            "requirement R3 \"An auction ends at its end time\" { Scheduler does EndAuction }",
            "requirement R4 \"Users search for users\" { User queries SearchUser }",
        ]
    );
}

#[test]
fn a_sentence_without_a_known_verb_keeps_its_place() {
    assert_eq!(
        lines("It should \"just\" work \\o/", "requirement"),
        [r#"requirement R1 "It should \"just\" work \\o/" {}"#]
    );
    assert!(skeleton("s", "It should just work").contains("// not understood"));
}

#[test]
fn a_story_names_its_actor_and_a_verb_of_its_own() {
    let story = "As an admin, I want to ban abusive users so that the community stays safe.";
    assert!(lines(story, "requirement")[0].ends_with("{ Admin does BanAbusiveUser }"));
    assert_eq!(lines(story, "actor"), ["actor Admin : admin"]);
}

#[test]
fn what_is_forbidden_is_an_invariant_and_no_operation() {
    let text = "A driver cannot accept two rides at the same time";
    assert_eq!(lines(text, "operation"), Vec::<String>::new());
    assert_eq!(lines(text, "invariant"), [format!("invariant I1 \"{text}\" {{")]);
}

#[test]
fn what_is_done_to_a_thing_is_done_by_the_system() {
    let text = "Payments are captured only after the courier confirms delivery";
    assert!(lines(text, "requirement")[0].ends_with("{ System does CapturePayment }"));
    assert!(skeleton("s", text).contains("// not taken up: \"only after the courier confirms delivery\"\noperation"));
    assert!(lines("Photos are deleted by moderators", "requirement")[0].ends_with("{ Moderator does DeletePhoto }"));
}

#[test]
fn a_figure_is_a_view_as_old_as_its_schedule() {
    let spec = skeleton("s", "Nightly, a report of total sales per region is generated.");
    assert!(spec.contains("view TotalSale of Sale {\n    staleness <= 24h\n"), "{spec}");
    assert!(spec.contains("// not taken up: \"per region\"") && !spec.contains("Nightly :"), "{spec}");
    assert!(lines("Every night, expired carts are deleted", "actor").contains(&"actor Scheduler : scheduler".into()));
}

#[test]
fn how_soon_is_a_clause() {
    assert!(skeleton("s", "Search results are shown within 200 ms").contains("    latency p95 <= 200ms\n"));
    assert!(skeleton("s", "Users see the highest bid within 1 second").contains("    staleness <= 1s\n"));
    assert!(skeleton("s", "Notifications must be delivered within 5 seconds").contains("    latency p95 <= 5s\n"));
}

#[test]
fn a_second_verb_is_a_second_clause() {
    let text = "Users can follow other users and see their latest posts in a feed";
    assert!(lines(text, "requirement")[0].ends_with("{ User does FollowUser; User reads LatestPost }"));
}

fn sentence_like() -> impl Strategy<Value = String> {
    let verbs: Vec<&str> = VERBS.iter().flat_map(|row| row.words.iter().copied()).collect();
    let word = prop_oneof![
        prop::sample::select(verbs),
        prop::sample::select(SMALL),
        prop::sample::select(vec![
            "Users",
            "system",
            "object",
            "operation",
            "Item",
            "items",
            "User",
            "bid",
            "Ünïcode",
            "2nd",
            "x²",
            "\"",
            "\\",
            "{"
        ]),
        "\\PC{1,4}".prop_map(|text| &*text.leak()),
    ];
    prop::collection::vec(word, 0..8).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_the_sentences_the_spec_can_be_read(sentences in prop::collection::vec(sentence_like(), 0..5)) {
        let spec = skeleton("s", &sentences.join("\n"));
        let unreadable = |found: &crate::diagnostic::Diagnostic| {
            found.code.step() == 0 && !std::ptr::eq(found.code, &crate::language::codes::OPEN_QUESTION)
        };
        let unreadable: Vec<String> =
            crate::check(&spec).iter().filter(|found| unreadable(found)).map(|found| format!("{found:?}")).collect();
        prop_assert!(unreadable.is_empty(), "{unreadable:#?}\n{spec}");
        prop_assert_eq!(&crate::syntax::print::format(&spec), &spec);
        let requirements = spec.lines().filter(|line| line.starts_with("requirement")).count();
        prop_assert_eq!(requirements, sentences.iter().filter_map(|line| sentence(line)).count());
    }
}
