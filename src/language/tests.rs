//! What is written is understood, and what is not is told once, with what mends it.

use crate::diagnostic::Applicability;
use crate::source::Sources;
use crate::{Analysis, Options, analyse, check};
use sysd_rules::fact::Statement;

/// An object, an operation and a view around the clauses of a test.
fn spec(object: &str, operation: &str, more: &str) -> String {
    format!(
        "system chat {{ clock store }}\nactor U : user {{ count 1M }}\nobject Mark : entity {{\n    key mark_id: uuid\n    \
         room: id\n    reader: id\n    upto: integer\n    {object}\n}}\noperation Read(mark: Mark, upto: integer, \
         request_id: uuid) by U {{\n    {operation}\n}}\n{more}\n"
    )
}

fn analysed(text: String) -> Analysis {
    analyse(Sources::single("spec.sysd", text), &|path| Err(path.to_owned()), Options::default())
}

/// What cannot be read or resolved, each with its safe fix.
fn errors(text: &str) -> Vec<(String, Option<String>)> {
    let found =
        check(text).into_iter().filter(|found| found.code.code.starts_with("S002") || found.code.code < "S0009");
    let fix = |found: &crate::diagnostic::Diagnostic| {
        let safe = found.fixes.iter().find(|fix| fix.applicability == Applicability::Safe)?;
        Some(safe.edits.iter().map(|edit| edit.text.as_str()).collect::<Vec<_>>().join("|"))
    };
    found.map(|found| (found.message.clone(), fix(&found))).collect()
}

/// The only error of a spec and what mends it.
fn only(text: &str) -> (String, Option<String>) {
    let mut errors = errors(text);
    assert_eq!(errors.len(), 1, "{errors:?} in {text}");
    errors.remove(0)
}

fn mended_by(operation: &str, text: &str) {
    let (message, fix) = only(&spec("", operation, ""));
    assert_eq!(fix.as_deref(), Some(text), "{operation}: {message}");
}

#[test]
fn an_order_has_a_scope_of_several_fields() {
    let analysis = analysed(spec(
        "ordering: total by upto within room, reader",
        "when upto > mark.upto then mark.upto = upto",
        "invariant I1 ordering \"up only\" { Mark.upto increases within room, reader }\n\
         invariant I2 ordering \"one order\" { Mark ordered by upto within room, reader }",
    ));
    let facts = &analysis.design.facts;
    assert_eq!(facts.ordered_within.len(), 2);
    let scopes = facts.statement.iter().map(|(_, statement)| match statement {
        Statement::Increases(_, scope) | Statement::Ordered(_, _, scope) => scope.len(),
        _ => 0,
    });
    assert_eq!(scopes.collect::<Vec<_>>(), [2, 2]);
}

#[test]
fn a_group_has_several_fields() {
    let analysis = analysed(spec(
        "",
        "then mark.upto = upto",
        "view V of Mark = max(Mark.upto) for each room, reader \"how far each has read\" { staleness <= 1s }\n\
         view W of Mark { value = count(Mark) for each reader, room; staleness <= 1s }\n\
         invariant I1 accounting \"the furthest\" { V = max(Mark.upto) for each reader, room }",
    ));
    let facts = &analysis.design.facts;
    let groups: Vec<&str> = facts.grouped.iter().map(|(_, field)| facts.name(*field)).collect();
    assert_eq!(groups, ["room", "reader", "reader", "room"]);
    let [(_, Statement::Equals { group, .. })] = &facts.statement[..] else { panic!("{:?}", facts.statement) };
    assert_eq!(group.len(), 2);
    // A law says what its view says, in whatever order.
    assert!(analysis.diagnostics.iter().all(|found| found.code.code != "S0424"), "{:?}", analysis.diagnostics);
}

#[test]
fn a_group_in_other_words_is_one() {
    for (written, fix) in
        [("per room, reader", "for each"), ("group by room", "for each"), ("for each room and reader", ", reader")]
    {
        for view in [
            format!("view V of Mark = max(Mark.upto) {written} {{ staleness <= 1s }}"),
            format!("view V of Mark {{ value = max(Mark.upto) {written}; staleness <= 1s }}"),
        ] {
            let (message, mended) = only(&spec("", "then mark.upto = upto", &view));
            assert!(mended.as_deref().is_some_and(|mended| mended.contains(fix)), "{view}: {message}: {mended:?}");
        }
    }
}

#[test]
fn a_month_is_of_the_calendar() {
    for window in ["month", "1month", "1mo", "quarter"] {
        let view = format!("view V of Mark = count(Mark) for each room {{ over {window}; staleness <= 1s }}");
        let found = check(&spec("", "then mark.upto = upto", &view));
        let told = found.iter().find(|found| found.notes.iter().any(|note| note.contains("no length of its own")));
        assert!(told.is_some_and(|told| !told.helps.is_empty()), "{window}: {found:?}");
    }
}

#[test]
fn what_creates_or_changes_is_two_operations() {
    for verb in ["upsert", "set", "create or update", "insert or update"] {
        let text = spec("", &format!("then {verb} Mark(mark_id: request_id, upto)"), "");
        let found = check(&text);
        let told = found.iter().find(|found| found.message == format!("`{verb}` is no effect"));
        let help = told.and_then(|told| told.helps.first()).unwrap_or_else(|| panic!("{verb}: {found:?}"));
        assert!(help.contains("`when not exists Mark(mark_id) then create Mark(mark_id)`"), "{help}");
    }
}

#[test]
fn a_query_has_no_condition_and_is_told_what_has() {
    let found = check(&spec(
        "",
        "then mark.upto = upto",
        "query Q(room: id) by U {\n    when room == caller\n    reads Mark by room\n}",
    ));
    let told = found.iter().find(|found| found.message.starts_with("`when` is no clause")).expect("it is none");
    assert!(told.helps.iter().any(|help| help.contains("may History`")), "{told:?}");
}

#[test]
fn a_law_stands_behind_several_sources() {
    let views =
        "view W of Mark { rebuild from Mark }\nview V of Mark, W = count(Mark) for each room { rebuild from Mark, W }";
    let analysis = analysed(spec("", "then mark.upto = upto", views));
    let facts = &analysis.design.facts;
    assert_eq!(
        (facts.upstream.len(), facts.computed.len(), facts.grouped.len()),
        (3, 1, 1),
        "{:?}",
        analysis.diagnostics
    );
}

#[test]
fn a_view_is_rebuilt_from_all_its_sources() {
    let text = |path: &str| {
        let views =
            format!("view W of Mark {{\n    rebuild from Mark\n}}\nview V of Mark, W {{\n    rebuild from {path}\n}}");
        spec("", "then mark.upto = upto", &views)
    };
    let analysis = analysed(text("Mark, W"));
    assert_eq!(analysis.design.facts.rebuild.len(), 3);
    assert!(analysis.diagnostics.iter().all(|found| found.code.code != "S0706"));
    let analysis = analysed(text("Mark"));
    let found = analysis.diagnostics.iter().find(|found| found.code.code == "S0706").expect("a finding");
    assert_eq!(found.message, "nothing rebuilds what `V` takes from `W`");
    assert_eq!(found.fixes[0].edits[0].text, "rebuild from Mark, W");
}

#[test]
fn a_choice_is_named_as_it_is_printed() {
    for name in
        ["row lock in one transaction", "CAS on version", "two-phase commit", "single-writer queue per key", "lease"]
    {
        let decided = format!("decide mechanism of Read = {name} because \"measured\"");
        let analysis = analysed(spec("", "then mark.upto = upto", &decided));
        let (_, choice) = &analysis.design.facts.decision[0];
        assert_eq!((choice.word.as_str(), choice.because.as_deref()), (name, Some("measured")));
        assert!(analysis.diagnostics.iter().all(|found| found.code.code != "S0621"), "{name}");
    }
}

#[test]
fn small_changes_are_offered() {
    mended_by("latency p95 < 200ms", "<=");
    mended_by("latency p95 200ms", " <=");
    mended_by("latency 95% <= 200ms", "p95");
    mended_by("rate 500 per second", "500/s");
    mended_by("rate: 500/s", "");
    mended_by("once per request id", "request_id");
    mended_by("once request_id", "per ");
    mended_by("if mark.upto < 5", "when");
    mended_by("when mark.upto is 5", "==");
    mended_by("then mark.upto++", " += 1");
    mended_by("then mark.upto := 1", "=");
    mended_by("then set mark.upto = 1", "");
    mended_by("then mark.upto = 1 mark.room = caller", ",");
    mended_by("then mark.upto = 1; mark.room = caller", ",");
    mended_by("when now() > now", "now");
}

#[test]
fn fields_are_declared_as_elsewhere_and_told_so() {
    for (field, text) in [
        ("n: int", "integer"),
        ("s string", ":"),
        ("population: 50k", ""),
        ("population 50,000", "50k"),
        ("ordering lifecycle", ":"),
        ("primary key other: uuid", ""),
    ] {
        let (message, fix) = only(&spec(field, "then mark.upto = upto", ""));
        // The type is told when the colon is there.
        assert_eq!(fix.as_deref(), Some(text), "{field}: {message}");
    }
}

#[test]
fn a_lost_comma_between_parameters_is_told() {
    let text = spec("", "then mark.upto = upto", "").replace("mark: Mark, upto", "mark: Mark upto");
    assert_eq!(only(&text), ("expected `,` or `)`, found `upto`".into(), Some(",".into())));
    let text = spec("", "then mark.upto = upto", "").replace("mark: Mark,", "Mark mark,");
    assert_eq!(only(&text).1.as_deref(), Some("mark: Mark"));
}

#[test]
fn what_cannot_be_left_out_is_told_so() {
    for written in ["mark: Mark?, upto", "mark: Mark optional, upto"] {
        let text = spec("", "then mark.upto = upto", "").replace("mark: Mark, upto", written);
        assert_eq!(only(&text), ("a parameter is always given".into(), None), "{written}");
    }
}

#[test]
fn a_figure_that_nothing_looks_for_is_told() {
    let text = |line: &str| format!("{}\nload {{ {line} }}\n", spec("", "then mark.upto = upto", ""));
    assert_eq!(only(&text("path_latenci: 500ms")).1.as_deref(), Some("path_latency"));
    assert_eq!(only(&text("whatever: 5/s")).0, "there is no figure or declared thing `whatever`");
}

#[test]
fn sorts_go_together() {
    let wrong = [
        "when mark.room > 5",
        "when mark == 5",
        "when caller == 200ms",
        "when mark.upto and caller == mark.room",
        "when upto in mark.upto",
        "when mark.upto + request_id > 3",
        "then mark.room = 5",
        "then add 5 to mark.upto",
    ];
    for clause in wrong {
        let found = errors(&spec("", clause, ""));
        assert_eq!(found.len(), 1, "{clause}: {found:?}");
    }
    for clause in [
        "when mark.room == caller",
        "then mark.room = caller",
        "when mark.room == \"lobby\"",
        "when mark == mark.mark_id",
    ] {
        assert_eq!(errors(&spec("", clause, "")), [], "{clause}");
    }
}

#[test]
fn what_cannot_be_read_cannot_be_accepted() {
    let accepted = "allow(malformed-clause, reason = \"later\")\nregion eu";
    let found = check(&spec("", "then mark.upto = upto", accepted));
    let told = found.iter().filter(|found| found.code.code == "S0030").map(|found| found.message.as_str());
    assert_eq!(told.collect::<Vec<_>>(), ["`malformed-clause` cannot be accepted"]);
    let bare = "allow(missing-axis reason \"later\")\nregion eu";
    let fix = only(&spec("", "then mark.upto = upto", bare)).1;
    assert_eq!(fix.as_deref(), Some("allow(missing-axis, reason = \"later\")"));
}

#[test]
fn only_an_amount_has_a_sign() {
    let (message, fix) = only(&spec("name: text non-negative", "then mark.upto = upto", ""));
    assert_eq!((message.as_str(), fix.as_deref()), ("a text is no amount, and cannot be `non-negative`", Some("")));
    let operation = "operation Move(mark: Mark, name: text non-negative) by U { then mark.upto = 1 }";
    let (message, fix) = only(&spec("", "then mark.upto = upto", operation));
    assert_eq!((message.as_str(), fix.as_deref()), ("a text is no amount, and cannot be `non-negative`", Some("")));
    let operation = operation.replace("name: text non-negative", "by: integer non-negativ");
    let (message, fix) = only(&spec("", "then mark.upto = upto", &operation));
    assert_eq!((message.as_str(), fix.as_deref()), ("`non-negativ` is no sign of an amount", Some("non-negative")));
}
