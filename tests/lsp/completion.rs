//! Completion against what authors have written: at every word of the corpus, that word is among the proposals.

use std::fmt::Write;
use sysd::ide::completion::{Completion, complete};
use sysd::language::items::ITEM_KEYWORDS;
use sysd::source::{FileId, Sources};
use sysd::syntax::lexer::{Kind, tokens};
use sysd::{Analysis, Options};

fn analyse(text: &str) -> Analysis {
    sysd::analyse(Sources::single("spec.sysd", text), &|path| Err(path.to_owned()), Options::default())
}

/// The proposals where `|` stands.
fn at_bar(text: &str) -> (String, Completion) {
    let byte = text.find('|').expect("a bar");
    let text = text.replacen('|', "", 1);
    let completion = complete(&analyse(&text), FileId(0), byte as u32);
    (text, completion)
}

fn labels(text: &str) -> Vec<String> {
    at_bar(text).1.proposals.into_iter().map(|proposal| proposal.label).collect()
}

#[test]
fn every_word_of_the_corpus_is_proposed_where_it_stands() {
    let text = crate::client::SPEC;
    let analysis = analyse(text);
    let declared: Vec<u32> = analysis.places.all().iter().map(|(_, place)| place.name.span.start).collect();
    let mut missing = String::new();
    let mut asked = 0;
    for (kind, span) in tokens(text).filter(|(kind, _)| kind.is_word() || *kind == Kind::Path) {
        for (start, word) in segments(kind, span.start, &text[span.range()]) {
            let is_new = declared.contains(&start);
            if is_new || ["and", "or", "in"].contains(&word) {
                continue;
            }
            asked += 1;
            let byte = start as usize;
            let without = [&text[..byte], &text[byte + word.len()..]].concat();
            let completion = complete(&analyse(&without), FileId(0), start);
            let found = completion.proposals.iter().any(|proposal| {
                proposal.insert.split(['(', ' ', ',', '.']).next() == Some(word)
                    || proposal.label.split([' ', ',', '.']).next() == Some(word)
            });
            if !found {
                let line = text[..byte].matches('\n').count() + 1;
                let proposals: Vec<_> = completion.proposals.iter().map(|proposal| proposal.label.as_str()).collect();
                writeln!(missing, "line {line}: `{word}` is not among {proposals:?}").unwrap();
            }
        }
    }
    assert!(asked > 200, "only {asked} words");
    assert!(missing.is_empty(), "\n{missing}");
}

fn segments(kind: Kind, start: u32, text: &str) -> Vec<(u32, &str)> {
    if kind != Kind::Path {
        return vec![(start, text)];
    }
    let mut at = start;
    text.split('.')
        .map(|name| {
            let here = (at, name);
            at += name.len() as u32 + 1;
            here
        })
        .collect()
}

#[test]
fn items_where_an_item_can_stand() {
    assert_eq!(labels("|").len(), ITEM_KEYWORDS.len());
    assert_eq!(labels("object A { }\nob|\nobject B {}").len(), ITEM_KEYWORDS.len());
}

#[test]
fn only_what_the_clause_can_have_next_is_proposed() {
    let with = |old: &str, new: &str| labels(&crate::client::SPEC.replacen(old, new, 1));
    let effects = ["create", "delete", "add", "remove"];
    let then = with("then auction.current_highest = amount,", "then |,");
    assert_eq!(then[..4], effects);
    assert!(then.contains(&"auction.current_highest".into()), "{then:?}");
    assert!(!then.iter().any(|label| ["true", "now", "caller", "amount"].contains(&label.as_str())), "{then:?}");
    assert_eq!(with("then auction.current_highest = amount,", "then auction.current_highest |,"), ["=", "+=", "-="]);
    assert_eq!(with("does PlaceBid", "does |"), ["CreateAuction", "Open", "Cancel", "PlaceBid", "Close"]);
    assert_eq!(with("reads AuctionView", "reads |"), ["AuctionView", "Auction", "Bid"]);
    assert_eq!(with("queries BidHistory", "queries |")[0], "BidHistory");
    for axis in
        ["ownership: single writer Bidder", "evolution: append-only", "ordering: total by created_at within auction_id"]
    {
        let word = axis.split(' ').next().unwrap();
        let labels = with(axis, &format!("{word} |"));
        assert!((4..=6).contains(&labels.len()) && !labels.contains(&"uuid".to_owned()), "{labels:?}");
    }
    assert!(!with("one winner per auction_id", "one winner per |").contains(&"per".to_owned()));
    assert_eq!(with("only auction.seller may Open", "only auction.|").len(), 7);
    let may = with("seller may Open", "seller may |");
    assert_eq!((may[0].as_str(), may[5].as_str()), ("CreateAuction", "BidHistory"));
    assert!(!may.contains(&"R1".to_owned()), "{may:?}");
    assert_eq!(with("of PlaceBid\n", "of |\n"), ["CreateAuction", "Open", "Cancel", "PlaceBid", "Close"]);
    assert_eq!(with("for R1\n", "for |\n"), ["R1", "R2", "R3", "R4", "R5", "R6"]);
    let figures = with("path_latency: 500ms", "|");
    assert_eq!(figures[0], "path_latency");
    assert!(figures.contains(&"clock_skew".into()) && !figures.contains(&"I1".into()), "{figures:?}");
}

#[test]
fn units_go_on_what_is_typed_the_usual_ones_first() {
    let with = |old: &str, new: &str| labels(&crate::client::SPEC.replacen(old, new, 1));
    let kept = "once per request_id for 24h\n    announces";
    assert_eq!(with(kept, "once per request_id for |\n    announces")[..2], ["h", "d"]);
    assert_eq!(with("rate 2k/s", "rate 2k|")[..2], ["2k/s", "2k/min"]);
    assert_eq!(with("rate 2k/s", "rate 2k/|")[..2], ["2k/s", "2k/min"]);
    assert_eq!(with("p95 <= 200ms", "p95 <= 200|")[0], "200ms");
}

#[test]
fn what_is_found_at_the_item_below_is_the_first_to_be_accepted() {
    let spec = crate::client::SPEC.replace("    retention 5y\n", "");
    let found = analyse(&spec);
    let of_bid = found.diagnostics.iter().filter(|found| spec[found.span().range()].contains("Bid")).count();
    assert!(of_bid > 0);
    assert_eq!(labels(&spec.replacen("object Bid ", "allow(|\nobject Bid ", 1))[0], "unbounded-growth");
}

/// What is proposed as a whole is as the formatter leaves it.
#[test]
fn whole_items_are_in_the_formatters_style() {
    for item in sysd::language::items::ITEMS {
        let sketch = sysd::ide::completion::sketch(item);
        let mut filled = String::new();
        let mut rest = sketch.as_str();
        while let Some((before, stop)) = rest.split_once("${") {
            let (stop, after) = stop.split_once('}').unwrap();
            let example = stop.split_once([':', '|']).unwrap().1.replace("\\,", "\u{1}");
            filled.push_str(before);
            filled.push_str(&example.split([',', '|']).next().unwrap().replace('\u{1}', ","));
            rest = after;
        }
        filled.push_str(rest);
        filled.push('\n');
        assert_eq!(sysd::syntax::print::format(&filled), filled);
    }
}

/// No name needs a derivation to be proposed.
#[test]
fn proposals_are_the_same_before_anything_is_derived() {
    let text = crate::client::SPEC;
    let whole = analyse(text);
    let read = sysd::read(Sources::single("spec.sysd", text), &|path| Err(path.to_owned()));
    for byte in (0..text.len()).step_by(29).filter(|byte| text.is_char_boundary(*byte)) {
        let (one, other) = (complete(&whole, FileId(0), byte as u32), complete(&read, FileId(0), byte as u32));
        assert_eq!(one, other, "at byte {byte}");
    }
}
