//! The formatter loses nothing, changes nothing but blanks, and has nothing left to do the second time.

mod texts;

use proptest::prelude::*;
use sysd::source::FileId;
use sysd::syntax::lexer::{Kind, tokens};
use sysd::syntax::parse;
use sysd::syntax::print::format;
use texts::{corpus, shape, soup, spec};

#[test]
fn what_it_does() {
    let ugly = "\u{feff}\
system  shop   \"Shop\"{clock   server}\r\n\r\n\r\n\r
/// A thing.   \r
object Item:entity{\r

\tkey id:uuid;price :money=0.10USD// how much
        when  a==b
 and not   c in d   or f( x,y :z )<-5
 evolution:state machine{
A->B on Open;B->C}
      // the end

}
operation Buy(
item: Item,
  n: int
)by User{then item.stock-=n}


";
    let neat = "\
system shop \"Shop\" { clock server }

/// A thing.
object Item : entity {
    key id: uuid; price: money = 0.10USD  // how much
    when a == b
        and not c in d or f(x, y: z) < -5
    evolution: state machine {
        A -> B on Open; B -> C }
    // the end
}
operation Buy(
    item: Item,
    n: int
) by User { then item.stock -= n }
";
    assert_eq!(format(ugly), neat);
}

#[test]
fn a_comment_inside_a_clause_stands_with_its_lines() {
    let text = "operation Op(o: O) by U {\n    when o.a == 1\n        // and nothing else\n        and o.b == 2\n    // above the next\n    then o.a = 2\n}\n";
    assert_eq!(format(text), text);
}

#[test]
fn what_it_does_not_understand_stays() {
    let text = "/* a  block? */\nobject O {\n    key  k: id  #  why ?\n    /* two\n         lines */\n    a: id\n}\n";
    assert_eq!(format(text), text);
    holds(text);
}

#[test]
fn the_corpus_keeps_its_meaning() {
    for (path, text) in corpus() {
        holds(&text);
        assert_eq!(shape(&parse(FileId(0), &text).0), shape(&parse(FileId(0), &format(&text)).0), "{path}");
    }
}

/// Other blanks between the tokens of a line, and more or fewer blank lines.
fn blanks_moved(text: &str, random: &[u8]) -> String {
    let mut moved = String::new();
    let mut random = random.iter().cycle();
    let (mut last, mut last_end) = (Kind::Newline, 0);
    for (kind, span) in tokens(text) {
        let blank = &text[last_end..span.range().start];
        let chosen = random.next().copied().unwrap_or(0);
        moved.push_str(match chosen % 4 {
            _ if blank.is_empty() || last == Kind::Newline => blank,
            0 => "\t",
            1 => "   ",
            2 => " \t  ",
            _ => " ",
        });
        moved.push_str(&text[span.range()]);
        if kind == Kind::Newline && chosen % 5 == 0 {
            moved.push('\n');
        }
        (last, last_end) = (kind, span.range().end);
    }
    moved
}

/// Other blanks everywhere, those that say how the lines belong together among them.
fn indentation_moved(text: &str, random: &[u8]) -> String {
    let mut random = random.iter().cycle();
    let line =
        |line: &str| format!("{}{}\n", " ".repeat(random.next().copied().unwrap_or(0) as usize % 9), line.trim());
    text.lines().map(line).collect()
}

/// Nothing is lost, and formatting the result changes nothing.
fn holds(text: &str) {
    let once = format(text);
    assert_eq!(words(text), words(&once), "\n{text}\n--- became\n{once}");
    assert_eq!(once, format(&once), "\n{text}\n--- became");
    assert!(once.is_empty() || once.ends_with('\n'));
    assert!(!once.contains("\n\n\n"), "{once}");
}

/// Tokens and comments, without the blanks at their end.
fn words(text: &str) -> Vec<(Kind, &str)> {
    let words = tokens(text).filter(|(kind, _)| *kind != Kind::Newline);
    words.map(|(kind, span)| (kind, text[span.range()].trim_end_matches([' ', '\t', '\r']))).collect()
}

/// `not in` is two words: before a colon they are no name.
#[test]
fn two_words_stay_two() {
    holds("not\tin:");
    holds("object O {\n    not in: text\n}\n");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blanks_do_not_matter((_, text) in spec(), random in prop::collection::vec(any::<u8>(), 1..400)) {
        let moved = blanks_moved(&text, &random);
        holds(&moved);
        prop_assert!(shape(&parse(FileId(0), &moved).0) == shape(&parse(FileId(0), &text).0), "{moved}");
        holds(&indentation_moved(&text, &random));
    }

    #[test]
    fn broken_files_are_formatted_too(text in soup()) {
        holds(&text);
    }

    #[test]
    fn so_is_what_is_no_text(text in ".{0,200}") {
        holds(&text);
    }
}
