use super::*;
use proptest::prelude::*;

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
        [r#"requirement R1 "It should \"just\" work \\o/" { }"#]
    );
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
            found.code.code.starts_with("S00") && !std::ptr::eq(found.code, &crate::language::codes::OPEN_QUESTION)
        };
        let unreadable: Vec<String> =
            crate::check(&spec).iter().filter(|found| unreadable(found)).map(|found| format!("{found:?}")).collect();
        prop_assert!(unreadable.is_empty(), "{unreadable:#?}\n{spec}");
        let requirements = spec.lines().filter(|line| line.starts_with("requirement")).count();
        prop_assert_eq!(requirements, sentences.iter().filter_map(|line| sentence(line)).count());
    }
}
