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
