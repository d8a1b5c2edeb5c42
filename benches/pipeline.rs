//! Where the time goes, by phase and size: `cargo bench --bench pipeline`, with the numbers of objects as arguments.
//!
//! Trust the ratios: how the phases share a run, how they grow, what one object costs. What other tools take for as much is
//! measured by `benches/peers.rs`.

mod specs;

use std::hint::black_box;
use std::time::Instant;
use sysd::diagnostic::Severity;
use sysd::explain::{Detail, explain};
use sysd::rules::{self, proof::Proofs};
use sysd::source::{FileId, Sources};
use sysd::{Analysis, Options, language, render, report, syntax};

fn main() {
    let sizes: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![50, 500, 5000] } else { sizes };
    let columns: Vec<(usize, Vec<Phase>)> = sizes.iter().map(|size| (*size, phases(*size))).collect();
    print!("{:<34}", "phase, share of `check`");
    columns.iter().for_each(|(size, _)| print!("{:>22}", format!("{size} objects")));
    println!("{:>14}", "growth");
    for row in 0..columns[0].1.len() {
        print!("{:<34}", columns[0].1[row].what);
        for (_, phases) in &columns {
            let check = phases.iter().find(|phase| phase.what == CHECK).map_or(1.0, |phase| phase.seconds);
            print!("{:>13.2} ms {:>5.2}", phases[row].seconds * 1e3, phases[row].seconds / check);
        }
        if let [.., (small, before), (large, after)] = columns.as_slice() {
            let growth = after[row].seconds / before[row].seconds.max(1e-9);
            print!("{:>14}", format!("{:.1} per {}", growth, large / small.max(&1)));
        }
        println!();
    }
}

/// The median time of a part of a run.
struct Phase {
    what: &'static str,
    seconds: f64,
}

const CHECK: &str = "check: text to findings, rendered";

fn phases(objects: usize) -> Vec<Phase> {
    let text = specs::spec(objects);
    let runs = (20_000 / objects.max(1)).clamp(3, 51);
    let time = |what, run: &mut dyn FnMut()| Phase { what, seconds: median(runs, run) };
    let analysis = analyse(&text);
    let (tree, _) = syntax::parse(FileId(0), &text);
    let source = [language::Source { file: FileId(0), text: &text, tree: &tree }];
    let facts = || analysis.design.facts.clone();
    let listed = report::render(&analysis.sources, &analysis.diagnostics, 10);
    assert!(sysd::worst(&analysis.diagnostics) < Some(Severity::Error), "the generated spec has errors:\n{listed}");
    vec![
        time("lex and parse", &mut || drop(black_box(syntax::parse(FileId(0), black_box(&text))))),
        time("names and facts, after parsing", &mut || {
            drop(black_box(language::lower(&source, &mut vec![])));
        }),
        time("derivation, all steps", &mut || drop(black_box(rules::derive(facts())))),
        time("checks", &mut || drop(black_box(rules::check(&analysis.design)))),
        time(CHECK, &mut || {
            let analysis = analyse(&text);
            black_box(report::render(&analysis.sources, &analysis.diagnostics, 100));
        }),
        time("solve: text to tables", &mut || {
            let sections = analyse(&text).design.sections();
            black_box(render::terminal::render(&sections, 100));
        }),
        time("proofs, indexed once", &mut || drop(black_box(Proofs::new(&analysis.design)))),
        time("explain one fact, solved before", &mut || {
            black_box(explain("mechanism of Close0_0", Some(&analysis), Detail::Telling).is_ok());
        }),
    ]
}

fn analyse(text: &str) -> Analysis {
    sysd::analyse(Sources::single("spec.sysd", text), &|path| Err(path.to_owned()), Options::default())
}

fn median(runs: usize, run: &mut dyn FnMut()) -> f64 {
    run();
    let mut seconds: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[runs / 2]
}
