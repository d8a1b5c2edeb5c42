//! Everything that is derived has a proof, and every proof stands when it is held against the finished design.

use std::collections::BTreeMap;
use sysd::Options;
use sysd::rules::artifact::Cell;
use sysd::rules::proof::{Fact, Proofs, log};
use sysd::rules::recheck::Rechecker;
use sysd::rules::relation;
use sysd::rules::{Design, STEPS};
use sysd::source::Sources;

/// The design of every spec of the corpus, by folder.
fn corpus() -> BTreeMap<String, Design> {
    let folders = std::fs::read_dir("corpus").expect("the corpus is there").filter_map(Result::ok);
    let specs = folders.filter_map(|folder| {
        let path = folder.path().join("spec.sysd");
        let text = std::fs::read_to_string(&path).ok()?;
        let sources = Sources::single(path.to_string_lossy(), text);
        let load = |path: &str| std::fs::read_to_string(path).map_err(|error| error.to_string());
        let analysis = sysd::analyse(sources, &load, Options::default());
        Some((folder.file_name().to_string_lossy().into_owned(), analysis.design))
    });
    specs.collect()
}

#[test]
fn every_derived_fact_of_the_corpus_has_a_proof_that_stands() {
    let mut flaws: BTreeMap<String, String> = BTreeMap::new();
    for (spec, design) in corpus() {
        let (proofs, mut rechecker) = (Proofs::new(&design), Rechecker::new(&design));
        let mut report = |about: String, flaw: String| {
            flaws.entry(about).or_insert(format!("{spec}: {flaw}"));
        };
        for (fact, rule, premises) in log(&design) {
            let Some(proof) = proofs.of(*fact) else {
                for premise in premises.iter().filter(|premise| unconcluded(&design, premise)) {
                    report(format!("{} by {rule} lacks {}", fact.relation, premise.relation), format!("{premise:?}"));
                }
                continue;
            };
            if let Err(flaw) = rechecker.recheck(&proof) {
                report(format!("{} by {rule}", fact.relation), format!("{flaw:?}"));
            }
        }
    }
    let list: String = flaws.iter().map(|(about, flaw)| format!("{about}\n    {flaw}\n")).collect();
    assert!(flaws.is_empty(), "{} gaps in the logs:\n{list}", flaws.len());
}

/// Whether neither the author nor any entry of the log says so: where a chain of premises breaks off.
fn unconcluded(design: &Design, fact: &Fact) -> bool {
    let declared = relation::named(fact.relation).any(|relation| relation.declared && relation.holds(design, fact));
    !declared && !log(design).any(|(conclusion, ..)| fact.is_short_for(conclusion))
}

#[test]
fn every_cell_and_finding_of_the_corpus_can_say_why() {
    let mut silent: BTreeMap<&str, String> = BTreeMap::new();
    for (spec, design) in corpus() {
        let (proofs, mut rechecker) = (Proofs::new(&design), Rechecker::new(&design));
        let cells = STEPS.iter().flat_map(|step| (step.artifact)(&design));
        let cells = cells.flat_map(|table| table.rows).flatten().collect();
        let mut shown = facts_of(cells);
        shown.extend(sysd::rules::check(&design).into_iter().flat_map(|finding| finding.because));
        for fact in shown {
            match proofs.of(fact).map(|proof| rechecker.recheck(&proof)) {
                Some(Ok(())) => (),
                None => drop(silent.insert(fact.relation, format!("{spec}: no proof of {fact:?}"))),
                Some(Err(flaw)) => drop(silent.insert(fact.relation, format!("{spec}: {flaw:?}"))),
            }
        }
    }
    let list: String = silent.values().map(|flaw| format!("{flaw}\n")).collect();
    assert!(silent.is_empty(), "shown, but cannot say why:\n{list}");
}

fn facts_of(cells: Vec<Cell>) -> Vec<Fact> {
    let facts = cells.into_iter().flat_map(|cell| match cell {
        Cell::Derived(fact, _) => vec![fact],
        Cell::List(inside) => facts_of(inside),
        _ => vec![],
    });
    facts.collect()
}

#[test]
fn every_relation_named_in_a_log_has_a_sentence() {
    let mut unknown: Vec<String> = vec![];
    for entry in walk("rules") {
        let text = std::fs::read_to_string(&entry).expect("a source file is readable");
        for part in text.split("fact!(").skip(1) {
            let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !name.is_empty() && relation::named(&name).next().is_none() {
                unknown.push(format!("{entry}: {name}"));
            }
        }
    }
    assert!(unknown.is_empty(), "add these to rules/relation.rs:\n{}", unknown.join("\n"));
}

fn walk(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder is there").filter_map(Result::ok);
    let mut files = vec![];
    for entry in entries {
        let path = entry.path().to_string_lossy().into_owned();
        match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            true => files.extend(walk(&path)),
            false if path.ends_with(".rs") && !path.ends_with("proof.rs") => files.push(path),
            false => (),
        }
    }
    files.sort();
    files
}
