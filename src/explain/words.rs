//! Words that an author writes or meets: what each means, and every clause it is written in.

use crate::language::expressions::{BUILTINS, EFFECTS, OPERATORS};
use crate::language::items::{self, Form, ITEMS};
use crate::language::pattern::{Element, Kind, Pattern};
use sysd_rules::explain::word;
use sysd_rules::load;
use sysd_rules::vocabulary::{Primitive, Vocabulary};

/// What the reference calls things that no clause is named after, and how each is written.
static NOTIONS: &[(&[&str], &str)] = &[
    (
        &["allow"],
        "`allow`: accepts a finding that is known and meant, with the reason.\n\nHow it is written\n\n\
         - above an item, or in its braces: `allow(<finding>, reason = <text>)`: The finding is named as its message names it, \
         `allow(cas-without-idempotency-key, reason = \"one client, which does not retry\")`; several are separated by `,`.\n",
    ),
    (
        &["use"],
        "`use`: takes the items of another file as if they stood here.\n\nHow it is written\n\n- at the top of a file: `use \"shared.sysd\"`\n",
    ),
    (
        &["expression"],
        "An expression gives a value, or says what holds. It is made of\n\n\
         - a parameter, or a field of what one refers to: `amount`, `auction.end_time`; in a view or an invariant `Auction.end_time`\n\
         - a number with its unit, a text in quotes, `true`, `false`, a state: `200ms`, `\"EUR\"`, `OPEN`\n\
         - the time and the one who asks: `now`, `caller`\n\
         - `+`, `-`, `*`, `/`; `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`; `and`, `or`, `not`\n\
         - whether there is a record: `exists Member(room_id: room.room_id, user_id: caller)`\n\
         - in a law, an aggregate of all records: `sum(Usage.units)`, `count(Bid)`\n",
    ),
    (
        &["condition", "guard"],
        "A condition is an expression that holds or does not. That of an operation is its guard: it is tested by the write itself, on \
         the state that is written, and where it does not hold the request is rejected and nothing changes. Each part between `and`s \
         is one condition, and the answer to the caller names those that did not hold.\n",
    ),
    (
        &["law"],
        "A law says what an aggregate is a function of: `sum(Usage.units) for each customer_id, month`. What has a law can be computed \
         again from its events, and an audit does.\n",
    ),
    (
        &["effect"],
        "An effect is one thing that an operation does to one record, behind `then`. Effects are separated by `,` and take place at \
         once: what stands on the right is what was there before.\n\n\
         - `x.field = value`, `x.field += value`, `x.field -= value`\n\
         - `add value to x.field`, `remove value from x.field`, of a set or list\n\
         - `create Object(field: value, parameter)`: a parameter of the same name is the value of the field\n\
         - `delete x`\n\
         - `x -> STATE`, or `x.status = STATE`\n\n\
         There is none that creates a record or changes the one that is there: those are two operations, one with \
         `when not exists Object(…)` that creates, one on the record that changes it.\n",
    ),
    (
        &["for each"],
        "`for each`: what an aggregate is grouped by. Of every combination of the fields there is one value: \
         `sum(Usage.units) for each customer_id, month` has one for each customer and month, and a view of it has a row for each. \
         The law of a field groups by the key of the object that has it (S0426).\n",
    ),
    (
        &["caller"],
        "`caller` is who sent the request, as an `id` that the service has verified: no parameter, so that nobody can claim to be another.\n\n\
         - in a guard: `when auction.seller == caller`\n\
         - as a value: `create Bid(bid_id, bidder: caller)`\n\
         - in an access invariant: `only exists Member(room_id: room_id, user_id: caller) may History`\n",
    ),
    (
        &["only", "may"],
        "`only … may …` says who is permitted to run an operation, ask a query or read a view or an object.\n\n\
         - an actor: `only Support may Refund`\n\
         - whoever a field names: `only order.customer may Cancel`\n\
         - whoever a record names, by the parameters of what is asked: `only exists Member(room_id: room_id, user_id: caller) may History`\n\n\
         `History needs Member` asks for some record of the caller's, and does not say which; a query has no `when`, and this stands for it.\n",
    ),
];

/// A word of the vocabulary, or one of an item or a clause: what it means and how it is written. `hold` is found as `holds`.
pub fn word(question: &str) -> Option<String> {
    let asked = question.to_lowercase();
    let other = asked.strip_suffix('s').map_or_else(|| format!("{asked}s"), str::to_owned);
    exactly(&asked).or_else(|| exactly(&other))
}

/// What can be asked for besides the words of vocabularies: for "did you mean".
pub fn notions() -> impl Iterator<Item = &'static str> {
    NOTIONS.iter().flat_map(|(names, _)| names.iter().copied()).chain(BUILTINS.iter().map(|(word, _)| *word))
}

fn exactly(asked: &str) -> Option<String> {
    if asked.is_empty() {
        return None;
    }
    let words = word::find(asked);
    let mut text: String =
        words.iter().map(|word| format!("`{}` ({}): {}\n", word.word, word.concept, word.gloss)).collect();
    let notion = NOTIONS.iter().find(|(names, _)| names.contains(&asked));
    match notion {
        Some((_, says)) => text.push_str(says),
        None => {
            let signs = BUILTINS.iter().chain(EFFECTS).chain(OPERATORS).filter(|(word, _)| *word == asked);
            signs.for_each(|(word, gloss)| text.push_str(&format!("`{word}`: {gloss}\n")));
        }
    }
    let slots: &[&str] = notion.map_or(&[], |(names, _)| names);
    let mut written = vec![];
    let mut leaving_choices: Vec<&Pattern> = vec![];
    for table in ITEMS.iter().filter_map(|item| items::table(item.keyword)) {
        let item = table.item;
        let all = item.keyword == asked;
        if all {
            text.push_str(&format!("`{}`: {}\n", item.keyword, item.gloss));
            if !table.clauses.forms.is_empty() {
                text.push_str("Its clauses stand in braces, each on a line of its own or with `;` between them.\n");
            }
        }
        let mut consider = |form: &'static Form, pattern: &'static Pattern, of: &str| {
            let has_it = has_words(pattern, asked) && form.word() != item.keyword;
            leaving_choices.extend((all || has_it).then_some(pattern));
            if all || has_it || words.iter().any(|word| pattern.takes(word.concept)) || takes(&pattern.elements, slots)
            {
                written.push(format!("- in {of}: `{}`: {}\n", form.shown(), form.gloss));
            }
        };
        for (form, pattern) in table.head.forms.iter().chain(&table.clauses.forms) {
            consider(form, pattern, &format!("`{}`", item.keyword));
            for (line, pattern) in form.body.iter().flat_map(|body| &body().forms) {
                consider(line, pattern, &format!("`{}` of `{}`", form.word().trim_end_matches(':'), item.keyword));
            }
        }
    }
    if !written.is_empty() {
        text.push_str(&format!("\nHow it is written\n\n{}", written.concat()));
    }
    text.push_str(&choices(&leaving_choices));
    if asked == "load" {
        let figures = load::names().map(|(name, gloss)| format!("- `{}`: {gloss}\n", name.replace(' ', "_")));
        text.push_str(&format!(
            "\nFigures that are taken for granted, unless they are given\n\n{}",
            figures.collect::<String>()
        ));
    }
    (!text.is_empty()).then_some(text)
}

/// Whether the words stand in the pattern, one behind the other.
fn has_words(pattern: &Pattern, asked: &str) -> bool {
    fn fixed<'p>(elements: &'p [Element], words: &mut Vec<&'p str>) {
        for element in elements {
            match element {
                Element::Word(word) => words.push(word),
                Element::Optional(inner) => fixed(inner, words),
                // What an author fills in stands between two words of which neither goes on the other.
                _ => words.push(""),
            }
        }
    }
    let asked: Vec<&str> = asked.split(' ').collect();
    let mut words = vec![];
    fixed(&pattern.elements, &mut words);
    words.windows(asked.len()).any(|words| words == asked)
}

/// Whether an expression may be filled in that is called one of these; "expression" is what all of them are.
fn takes(elements: &[Element], names: &[&str]) -> bool {
    elements.iter().any(|element| match element {
        Element::Slot { name, kind, .. } => {
            let is_expression = matches!(kind, Kind::Expression);
            let is_called = |called: &&str| name == called || name.strip_suffix('s') == Some(*called);
            (is_expression || matches!(kind, Kind::Run)) && names.iter().any(is_called)
                || is_expression && names.contains(&"expression")
        }
        Element::Optional(inner) => takes(inner, names),
        _ => false,
    })
}

/// The types and words that patterns leave the choice among.
fn choices(patterns: &[&Pattern]) -> String {
    let mut kinds: Vec<(&str, Vec<&str>)> = vec![];
    for pattern in patterns {
        for kind in pattern.kinds() {
            let of_kind = match kind {
                Kind::Type | Kind::Signature => ("type", Primitive::ALL.iter().map(|it| it.word()).collect()),
                Kind::Word(words) => (words.concept, kind.words()),
                _ => continue,
            };
            if !kinds.contains(&of_kind) {
                kinds.push(of_kind);
            }
        }
    }
    let listed = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let lines: String = kinds.iter().map(|(concept, words)| format!("- {concept}: {}\n", listed(words))).collect();
    if lines.is_empty() { lines } else { format!("\nWhat there is\n\n{lines}") }
}
