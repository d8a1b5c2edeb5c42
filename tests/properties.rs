//! What holds whatever the spec: formatting changes no fact, the order of declarations changes none, and a fix that is called safe is.

#[path = "../fuzz/properties.rs"]
mod fuzzed;
mod support;
mod texts;

use std::collections::BTreeMap;

use proptest::prelude::*;
use support::{items, shuffle};
use sysd::diagnostic::{Applicability, Diagnostic};
use sysd::language::codes::OPEN_QUESTION;
use sysd::language::{self, Source};
use sysd::rules::artifact::{Figure, Sequence, Turn};
use sysd::rules::fact::{Entity, Facts, Service};
use sysd::source::{FileId, Sources};
use sysd::syntax::parse;
use sysd::syntax::print::format;
use sysd::{Analysis, Options, fix, holes};
use texts::{corpus, soup, spec};

#[test]
fn formatting_changes_no_fact() {
    for (path, text) in corpus() {
        assert!(facts(&text) == facts(&format(&text)), "{path}");
    }
}

/// Ids follow the order of declaration; names do not. The facts are compared with every id written as a name.
#[test]
fn the_order_of_declarations_changes_no_fact() {
    for (path, text) in corpus() {
        let expected = by_name(&facts(&text));
        for seed in 1..=5 {
            let mut shuffled = items(&text);
            shuffle(&mut shuffled, seed);
            let found = by_name(&facts(&shuffled.concat()));
            for (relation, tuples) in &expected {
                assert_eq!(&found[relation], tuples, "{path}, seed {seed}: `{relation}`");
            }
        }
    }
}

/// Every safe fix of every page and of every broken spec does what it says: `verify` has nothing to take back. Pasted prose is left
/// out: what looks like an effect there is none, and `verify` is what keeps its fix from being applied.
#[test]
fn every_safe_fix_keeps_its_promise() {
    let mut tried = 0;
    let mut flaws = String::new();
    let examples = |page: &'static str| page.split("```sysd\n").skip(1).filter_map(|rest| rest.split("```").next());
    let pages = sysd::codes().flat_map(|code| examples(code.page).map(|spec| (code.code.to_owned(), spec.to_owned())));
    let broken = support::broken().into_iter().filter(|spec| spec.name != "pasted_prose");
    let broken = broken.map(|spec| (spec.name, spec.text));
    for (name, spec) in pages.chain(broken) {
        let mut analysis = analyse(Sources::single("spec.sysd", spec));
        let offered = safe(&analysis.diagnostics);
        if offered.is_empty() {
            continue;
        }
        fix::verify(&mut analysis, &analyse);
        let kept = safe(&analysis.diagnostics);
        tried += offered.len();
        let broken = offered.iter().filter(|title| !kept.contains(title));
        broken.for_each(|title| flaws += &format!("{name}: {title}\n"));
    }
    assert!(tried >= 9, "{tried} fixes");
    assert!(flaws.is_empty(), "fixes that do not remove their finding, or bring an error:\n{flaws}");
}

/// A fix that lies is found out, and the good ones beside it are kept.
#[test]
fn a_fix_that_does_not_help_is_taken_back() {
    let text = "object A : entity {\n    key id: uuid\n    b: Itme\n    c: Missing\n}\nobject Item : entity { key id: uuid }\n";
    let mut analysis = analyse(Sources::single("spec.sysd", text));
    let wrong = analysis.diagnostics.iter().position(|found| found.message.contains("Missing")).unwrap();
    let at = analysis.diagnostics[wrong].primary.at;
    let lie = |found: Diagnostic, text: &str| found.fix("try this", Applicability::Safe, at, text);
    analysis.diagnostics[wrong] = lie(lie(analysis.diagnostics[wrong].clone(), "Mising"), "\"");
    assert_eq!(safe(&analysis.diagnostics).len(), 3);
    fix::verify(&mut analysis, &analyse);
    assert_eq!(safe(&analysis.diagnostics), ["did you mean `Item`?"]);
}

/// A hole in place of any word of an axis is answered, and what stood there is among the answers with the fewest errors.
#[test]
fn what_stood_in_place_of_a_hole_is_an_answer() {
    let mut asked = 0;
    for (path, text) in corpus() {
        for axis in ["evolution: append-only", "ordering: none", "clock store", "clock server"] {
            let Some(at) = text.find(axis) else { continue };
            let word = axis.rsplit(' ').next().unwrap();
            let hole = at + axis.len() - word.len();
            let open = format!("{}?{}", &text[..hole], &text[at + axis.len()..]);
            let mut analysis = analyse(Sources::single("spec.sysd", open));
            let questions = holes::rank(&analysis, &analyse);
            let [question] = questions.as_slice() else { panic!("{path}: {} questions for {axis}", questions.len()) };
            let answers: Vec<&str> = question.answers.iter().map(|answer| answer.text.as_str()).collect();
            let own = question.answers.iter().find(|answer| answer.text == word);
            let own = own.unwrap_or_else(|| panic!("{path}: `{word}` is not among {answers:?}"));
            assert_eq!(own.errors, question.answers[0].errors, "{path}: {axis} among {answers:?}");
            holes::answer(&mut analysis, &questions);
            let said = analysis.diagnostics.iter().find(|found| std::ptr::eq(found.code, &OPEN_QUESTION)).unwrap();
            assert!(!said.helps.is_empty(), "{path}: {axis}");
            asked += 1;
        }
    }
    assert!(asked >= 10, "{asked} questions");
}

/// S6.2-r8: `Gateway.capture` asks the same of the same service as `Gateway to capture`; what names no service is told.
#[test]
fn a_call_with_a_dot_is_a_call() {
    let text = std::fs::read_to_string("corpus/payments/spec.sysd").unwrap();
    let called = |call: &str| {
        let analysis = analyse(Sources::single("spec.sysd", text.replace("calls Gateway to capture", call)));
        let unknown = analysis.diagnostics.iter().filter(|found| found.message.contains("there is no service")).count();
        let facts = &analysis.design.facts;
        let calls: Vec<(String, Service)> =
            facts.call.iter().map(|(call, _, service)| (facts.name(*call).to_owned(), *service)).collect();
        (calls, analysis.design.algorithms.template.clone(), unknown)
    };
    assert_eq!(called("calls Gateway.capture"), called("calls Gateway to capture"));
    for wrong in ["calls Gateway.capture to capture", "calls Gateway.capture.now", "calls Gatway.capture"] {
        assert_eq!(called(wrong).2, 1, "{wrong}");
    }
}

/// S8-p6, A-44: the exchange of a saga says what is said when a step is refused, what of it is undone, and how it goes on after a
/// crash; frames lie within one another and none is empty.
#[test]
fn an_exchange_tells_of_what_goes_wrong() {
    let text = std::fs::read_to_string("corpus/payments/spec.sysd").unwrap();
    let design = analyse(Sources::single("spec.sysd", text)).design;
    let figures = design.sections().remove(7).figures;
    let sequences: Vec<&Sequence> = figures
        .iter()
        .filter_map(|figure| match figure {
            Figure::Sequence(sequence) => Some(sequence),
            _ => None,
        })
        .collect();
    for sequence in &sequences {
        let (mut depth, mut said) = (0, 0);
        for turn in sequence.turns() {
            match turn {
                Turn::Opens(..) => depth += 1,
                Turn::Closes => depth -= 1,
                Turn::Says(_) => said += 1,
                Turn::Otherwise(_) => assert!(depth > 0, "{}", sequence.title),
            }
        }
        assert_eq!((depth, said), (0, sequence.messages.len()), "{}", sequence.title);
        let branches = sequence.frames.iter().flat_map(|frame| &frame.branches);
        branches.for_each(|branch| assert!(branch.first < branch.end, "{}: {}", sequence.title, branch.when));
    }
    let capture = sequences.iter().find(|sequence| sequence.title.starts_with("Capture")).unwrap();
    let refused = capture.frames.iter().flat_map(|frame| &frame.branches).find(|branch| branch.when == "it is refused");
    let said: Vec<&str> =
        capture.messages[refused.unwrap().first..refused.unwrap().end].iter().map(|it| it.text.as_str()).collect();
    let place =
        |text: &str| said.iter().position(|said| said.contains(text)).unwrap_or_else(|| panic!("{text}: {said:?}"));
    assert!(place("ABORTING") < place("refund, under the key") && place("refund, under the key") < place("ABORTED"));
    assert!(place("ABORTED") < place("rejected, with the reason"));
    let all: Vec<&str> = capture.messages.iter().map(|it| it.text.as_str()).collect();
    let place =
        |text: &str| all.iter().position(|said| said.contains(text)).unwrap_or_else(|| panic!("{text}: {all:?}"));
    assert!(place("RUNNING") < place("step 1 begun") && place("step 1 begun") < place("capture, under the key"));
    assert!(
        place("step 1 done") < place("one transaction")
            && place("one transaction") < place("go on after the last step")
    );
}

#[test]
fn an_open_question_is_an_error_in_a_complete_spec_only() {
    let text = "system s { clock ? }\n";
    let severity = |complete| {
        let load = |path: &str| Err(path.to_owned());
        let analysis = sysd::analyse(Sources::single("s.sysd", text), &load, Options { complete });
        analysis.diagnostics.iter().find(|found| std::ptr::eq(found.code, &OPEN_QUESTION)).unwrap().severity.word()
    };
    assert_eq!((severity(false), severity(true)), ("info", "error"));
}

/// What the fuzz targets ask of any text, of a sample of the broken specs; below, of tokens in no order.
#[test]
fn what_is_fuzzed_holds_of_broken_specs() {
    let broken = support::broken();
    broken.iter().for_each(|spec| fuzzed::parses(&spec.text));
    broken.iter().step_by(16).for_each(|spec| fuzzed::derives(&spec.text));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_is_fuzzed_holds_of_tokens_in_no_order(text in soup()) {
        fuzzed::parses(&text);
        fuzzed::derives(&text);
    }

    #[test]
    fn nothing_panics_on_a_spec_with_a_wrong_part(
        (_, text) in spec(), cut in any::<prop::sample::Index>(), length in 0usize..80, other in soup(),
    ) {
        let start = cut.index(text.len());
        let end = (start + length).min(text.len());
        if let (Some(before), Some(after)) = (text.get(..start), text.get(end..)) {
            let broken = format!("{before}{other}{after}");
            let analysis = analyse(Sources::single("spec.sysd", &broken));
            let fixed = fix::apply(&analysis.sources, &analysis.diagnostics, true);
            fixed.texts.into_values().for_each(|text| drop(analyse(Sources::single("spec.sysd", text))));
            // What is open at the end of its line loses its blanks: only what can be read has to stay as it is.
            let readable = parse(FileId(0), &broken).1.is_empty();
            prop_assert!(!readable || facts(&broken) == facts(&format(&broken)), "{broken}");
        }
    }
}

fn analyse(sources: Sources) -> Analysis {
    sysd::analyse(sources, &|path| Err(format!("cannot read `{path}`")), Options::default())
}

/// The titles of the safe fixes, in order.
fn safe(diagnostics: &[Diagnostic]) -> Vec<String> {
    let fixes = diagnostics.iter().filter(|found| found.suppressed.is_none()).flat_map(|found| &found.fixes);
    fixes.filter(|fix| fix.applicability == Applicability::Safe).map(|fix| fix.title.clone()).collect()
}

fn facts(text: &str) -> Facts {
    let (tree, _) = parse(FileId(0), text);
    language::lower(&[Source { file: FileId(0), text, tree: &tree }], &mut vec![]).facts
}

/// The tuples of every relation, sorted, with names in place of ids: from the facts as Rust prints them, so that no relation can be
/// forgotten.
fn by_name(facts: &Facts) -> BTreeMap<String, Vec<String>> {
    let named: BTreeMap<String, String> =
        facts.names.entities().map(|entity| (id_of(entity), format!("<{}>", path_of(facts, entity)))).collect();
    let printed = format!("{:#?}", Facts { names: Default::default(), ..facts.clone() });
    let mut relations: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut relation = String::new();
    let mut tuple = String::new();
    for line in printed.lines().skip_while(|line| *line != "    },").skip(1) {
        let depth = line.len() - line.trim_start().len();
        match line.trim() {
            word if depth == 4 => {
                relation = word.split(':').next().unwrap_or_default().to_owned();
                relations.entry(relation.clone()).or_default();
            }
            word => {
                tuple += word;
                if depth == 8 && word.ends_with("),") {
                    let tuple = std::mem::take(&mut tuple);
                    relations.entry(relation.clone()).or_default().push(with_names(&tuple, &named));
                }
            }
        }
    }
    relations.values_mut().for_each(|tuples| tuples.sort());
    relations
}

/// `Object(3,)` as Rust prints it over several lines.
fn id_of(entity: Entity) -> String {
    let printed = format!("{entity:?}");
    let inner = printed.split_once('(').map_or("", |(_, inner)| inner.trim_end_matches(')'));
    format!("{},)", inner)
}

fn path_of(facts: &Facts, entity: Entity) -> String {
    let owner = match entity {
        Entity::Field(field) => facts.name(facts.object_of(field)).to_owned(),
        Entity::State(state) => facts.name(facts.state[state.index()].1).to_owned(),
        Entity::Parameter(parameter) => facts.name(facts.parameter[parameter.index()].1).to_owned(),
        _ => String::new(),
    };
    let name = facts.names.get(entity).map(|name| format!("{} {:?} {}", name.name, name.title, name.doc));
    format!("{} {owner} {}", entity.noun(), name.unwrap_or_default())
}

fn with_names(tuple: &str, named: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = tuple;
    while let Some(open) = rest.find('(') {
        let start = rest[..open].rfind(|c: char| !c.is_alphanumeric()).map_or(0, |at| at + 1);
        let end = rest[open..].find(')').map_or(rest.len(), |close| open + close + 1);
        match named.get(&rest[start..end]) {
            Some(name) => {
                out += &rest[..start];
                out += name;
                rest = &rest[end..];
            }
            None => {
                out += &rest[..=open];
                rest = &rest[open + 1..];
            }
        }
    }
    out + rest
}
