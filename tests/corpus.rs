//! The corpus: real specs, each with its design beside it, and realistic mistakes, each with what a user sees.
//!
//! The corpus models what the framework only names: trips, payments, comments, pings, matches (A-71); a stack that must not show
//! what was swiped has a bound of zero (A-75).
//!
//! `UPDATE=1 cargo test --test corpus` writes the pages anew; what changed is then read in the diff.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use support::{Spec, broken, items, shuffle, spec_of, specs};
use sysd::checklist::{Checklist, Verdict};
use sysd::diagnostic::Severity;
use sysd::render::full;
use sysd::render::{concise, markdown};
use sysd::rules::artifact::{Cell, Section, Table};
use sysd::rules::fact::Entity;
use sysd::rules::proof::{Fact, Proofs};
use sysd::rules::recheck::Rechecker;

#[test]
fn every_page_is_what_the_spec_gives() {
    let pages = specs().into_iter().map(|spec| (spec.folder.join("design.md"), page(&spec)));
    agree(pages.collect());
}

#[test]
fn every_mistake_is_answered() {
    let pages = broken().into_iter().map(|spec| {
        let coloured = full::render(&spec.analysis.sources, &spec.analysis.diagnostics, usize::MAX);
        let listed = anstream::adapter::strip_str(&coloured).to_string();
        assert!(!spec.analysis.diagnostics.is_empty(), "{}: nothing is found", spec.name);
        (spec.folder.join(format!("{}.diagnostics", spec.name)), listed)
    });
    agree(pages.collect());
}

#[test]
fn every_spec_is_clean() {
    for spec in specs() {
        let found = spec.analysis.diagnostics.iter();
        let open = found.filter(|it| it.suppressed.is_none() && it.severity == Severity::Error).count();
        let listed = concise::render(&spec.analysis.sources, &spec.analysis.diagnostics);
        assert_eq!(open, 0, "{}:\n{listed}", spec.name);
    }
}

/// S9-d3, S11-d6: a record has one place, whichever step speaks of it; a stream lies as it is folded.
#[test]
fn every_record_has_one_place() {
    let mut placed = 0;
    for spec in specs() {
        let design = &spec.analysis.design;
        let streamed: BTreeSet<_> = design.technology.streamed.iter().map(|(object,)| *object).collect();
        let stored: BTreeSet<_> = design.schema.spread.iter().map(|(object, field, ..)| (*object, *field)).collect();
        for (what, field, _) in &design.topology.spread {
            if let Entity::Object(object) = what
                && !streamed.contains(object)
            {
                assert!(stored.contains(&(*object, *field)), "{}: {}", spec.name, design.facts.path(*field));
                placed += 1;
            }
        }
    }
    assert!(placed > 20);
}

/// S9-d3: where the author says by what a stream is spread, it is not spread as it is folded.
#[test]
fn an_author_decides_where_a_stream_lies() {
    const STREAM: &str = "system st \"st\" { clock store }
        actor Till : internal service { count 5; retries }
        object Pay : event {
            key pay_id: uuid; buyer: id; shop: id; amount: integer
            evolution: append-only; ordering: none; retention 1y; size 100B
        }
        operation Take(pay_id: uuid, buyer: id, shop: id, amount: integer) by Till {
            then create Pay(pay_id, buyer, shop, amount); once per pay_id; rate 100k/s
        }
        view PerBuyer of Pay = sum(Pay.amount) for each buyer {
            staleness <= 1min; read by Till at 10k/s, different shape; rebuild from Pay; over 1h; lateness <= 1min
        }\n";
    for (decision, key) in [("", "buyer"), ("decide partition key of Pay = shop because \"shops are audited\"", "shop")]
    {
        let spec = spec_of("st", Path::new("."), format!("{STREAM}{decision}"));
        let design = &spec.analysis.design;
        assert_eq!(design.technology.streamed.len(), 1, "{key}");
        let spread = design.topology.spread.iter().filter(|(what, ..)| matches!(what, Entity::Object(_)));
        let by: Vec<&str> = spread.map(|(_, field, _)| design.facts.name(*field)).collect();
        assert_eq!(by, [key]);
    }
}

#[test]
fn every_derived_cell_has_a_proof_that_holds() {
    for spec in specs() {
        let design = &spec.analysis.design;
        let (proofs, mut rechecker) = (Proofs::new(design), Rechecker::new(design));
        let shown = design.sections().into_iter().flat_map(|section| section.tables).flat_map(|table| facts(&table));
        let shown: BTreeSet<Fact> = shown.collect();
        for fact in shown.into_iter().chain(proofs.derived()) {
            let Some(proof) = proofs.of(fact) else { panic!("{}: nothing proves {fact:?}", spec.name) };
            if let Err(flaw) = rechecker.recheck(&proof) {
                panic!("{}: the proof of {fact:?} does not hold: {flaw:?}", spec.name);
            }
        }
    }
}

#[test]
fn the_order_of_declarations_changes_nothing() {
    let mut differences = vec![];
    for spec in specs() {
        let items = items(&spec.text);
        let expected = unordered(&spec);
        for seed in 1..=3 {
            let mut shuffled = items.clone();
            shuffle(&mut shuffled, seed);
            let shuffled = spec_of(&spec.name, &spec.folder, shuffled.join("\n"));
            let derived = unordered(&shuffled);
            let about = format!("{}, seed {seed}", spec.name);
            differences.extend(expected.difference(&derived).map(|row| format!("{about}: - {row}")));
            differences.extend(derived.difference(&expected).map(|row| format!("{about}: + {row}")));
        }
    }
    assert!(differences.is_empty(), "{} rows differ\n{}", differences.len(), differences.join("\n"));
}

/// Every line of the checklist is answered for every spec, and what failed says by what. Of a spec without errors, nothing
/// that Steps 1 to 7 are asked fails without a finding: their artifacts are whole.
#[test]
fn every_line_of_the_checklist_is_answered() {
    for spec in specs().iter().chain(&broken()) {
        let checklist = Checklist::of(&spec.analysis);
        let errors = sysd::worst(&spec.analysis.diagnostics) == Some(Severity::Error);
        assert_eq!(checklist.lines.len(), 54, "{}", spec.name);
        for line in &checklist.lines {
            let told = line.because.iter().all(|reason| reason.starts_with('S'));
            let step: u8 = line.id.trim_start_matches("CK-").trim_end_matches(char::is_alphabetic).parse().unwrap();
            let early = step <= 7 && !errors;
            let silent = matches!(line.verdict, Verdict::Passed | Verdict::NotReached);
            assert_eq!(silent, line.because.is_empty(), "{} {}", spec.name, line.id);
            let says =
                |reason: &String| reason.starts_with('S') || reason.starts_with("not so of `") && reason.contains("; ");
            assert!(line.because.iter().all(says), "{} {}: {:?}", spec.name, line.id, line.because);
            assert!(told || !early, "{}: {} fails, and no finding says why: {:?}", spec.name, line.id, line.because);
        }
        let counted = [Verdict::Passed, Verdict::Accepted, Verdict::Failed, Verdict::NotReached]
            .map(|verdict| checklist.count(verdict));
        assert_eq!(counted.iter().sum::<usize>(), checklist.lines.len(), "{}", spec.name);
    }
}

/// The page of a spec: what is found, then the tables of every step that has some.
fn page(spec: &Spec) -> String {
    let analysis = &spec.analysis;
    let sections: Vec<Section> =
        analysis.design.sections().into_iter().filter(|section| !section.tables.is_empty()).collect();
    let title = analysis.design.facts.names.systems.first().map_or(&spec.name, |system| &system.name);
    let design = markdown::render(title, &sections);
    let found = concise::render(&analysis.sources, &analysis.diagnostics);
    let found = if found.is_empty() { "No findings.\n".to_owned() } else { format!("```text\n{found}```\n") };
    let (heading, steps) = design.split_once('\n').expect("a document opens with its heading");
    format!("{heading}\n\n## Diagnostics\n\n{found}{steps}")
}

/// Compares pages with their files, or writes them.
fn agree(pages: Vec<(PathBuf, String)>) {
    let update = std::env::var_os("UPDATE").is_some();
    let mut stale = vec![];
    for (path, page) in pages {
        if fs::read_to_string(&path).is_ok_and(|golden| golden == page) {
            continue;
        }
        if update {
            fs::write(&path, page).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        } else {
            stale.push(difference(&path, &page));
        }
    }
    assert!(stale.is_empty(), "\n{}\nrun with UPDATE=1 and read the diff", stale.join("\n"));
}

/// The first line that differs.
fn difference(path: &Path, page: &str) -> String {
    let golden = fs::read_to_string(path).unwrap_or_default();
    let mut lines = golden.lines().map(Some).chain(std::iter::repeat(None)).zip(page.lines().map(Some).chain([None]));
    let at = lines.clone().take_while(|(old, new)| old == new).count();
    let (old, new) = lines.nth(at).unwrap_or_default();
    format!("{}:{}\n- {}\n+ {}", path.display(), at + 1, old.unwrap_or("(end)"), new.unwrap_or("(end)"))
}

/// The facts that a table states.
fn facts(table: &Table) -> Vec<Fact> {
    fn of(cell: &Cell, facts: &mut Vec<Fact>) {
        match cell {
            Cell::Derived(fact, _) => facts.push(*fact),
            Cell::List(cells) => cells.iter().for_each(|cell| of(cell, facts)),
            _ => (),
        }
    }
    let mut facts = vec![];
    table.rows.iter().flatten().for_each(|cell| of(cell, &mut facts));
    facts
}

/// What a design says, in no order: rows as sets, lists as sets, numbers of derived things left out.
fn unordered(spec: &Spec) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    for section in spec.analysis.design.sections() {
        for table in section.tables {
            for row in &table.rows {
                let cells: Vec<String> = row.iter().map(|cell| without_numbers(&sorted(cell))).collect();
                said.insert(format!("step {}, {}: {}", section.number, table.title, cells.join(" | ")));
            }
        }
    }
    said
}

fn sorted(cell: &Cell) -> String {
    let mut parts: Vec<String> = match cell {
        Cell::List(cells) => cells.iter().map(sorted).collect(),
        // Sums and enumerations say the same in any order.
        cell => cell.plain().split([' ', ',', ';']).filter(|word| !word.is_empty()).map(str::to_owned).collect(),
    };
    parts.sort();
    parts.join(" ")
}

/// `#12` without the number: derived things are numbered in the order of what they are derived from.
fn without_numbers(text: &str) -> String {
    let mut parts = text.split('#');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push('#');
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    out
}
