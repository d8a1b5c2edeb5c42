//! Where the time goes, by phase and size: `cargo bench --bench pipeline`, with the numbers of objects as arguments.
//!
//! Trust the ratios: how the phases share a run, how they grow, what one object costs. What other tools take for as much is
//! measured by `benches/peers.rs`.

mod specs;

use std::hint::black_box;
use std::time::Instant;
use sysd::diagnostic::Severity;
use sysd::explain::{Detail, explain};
use sysd::render::full;
use sysd::rules::fact::Facts;
use sysd::rules::{self, Design, log, proof::Proofs};
use sysd::source::{FileId, Sources};
use sysd::{Analysis, Options, language, render, syntax};

fn main() {
    // Steps run on the stack of this thread.
    let deep = std::thread::Builder::new().stack_size(64 << 20).spawn(print);
    deep.expect("a thread").join().expect("a table");
}

fn print() {
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
    let listed = full::render(&analysis.sources, &analysis.diagnostics, 10);
    assert!(sysd::worst(&analysis.diagnostics) < Some(Severity::Error), "the generated spec has errors:\n{listed}");
    let mut phases = vec![
        time("lex and parse", &mut || drop(black_box(syntax::parse(FileId(0), black_box(&text))))),
        time("names and facts, after parsing", &mut || {
            drop(black_box(language::lower(&source, &mut vec![])));
        }),
    ];
    phases.extend(steps(&analysis.design, runs));
    phases.extend([
        time("derivation, all steps", &mut || drop(black_box(rules::derive(facts())))),
        time("checks", &mut || drop(black_box(rules::check(&analysis.design)))),
        time("findings rendered, at most 100", &mut || {
            black_box(full::render(&analysis.sources, &analysis.diagnostics, 100));
        }),
        time(CHECK, &mut || {
            let analysis = analyse(&text);
            black_box(full::render(&analysis.sources, &analysis.diagnostics, 100));
        }),
        time("solve: text to tables (goal 3)", &mut || {
            let sections = analyse(&text).design.sections();
            black_box(render::terminal::render(&sections, 100));
        }),
        time("derivation with its log", &mut || {
            drop(black_box(log::kept(true, || Box::new(every_step(facts(), &mut |_, run| run())))));
        }),
        time("proofs, indexed once (goal 0.3)", &mut || drop(black_box(Proofs::new(&analysis.design)))),
        time("explain one fact, solved before", &mut || {
            black_box(explain("mechanism of Close0_0", Some(&analysis), Detail::Telling).is_ok());
        }),
    ]);
    phases
}

/// Every step by itself, on what those before it derive.
fn steps(design: &Design, runs: usize) -> Vec<Phase> {
    let mut all: Vec<Vec<f64>> = vec![vec![]; STEPS.len()];
    for _ in 0..runs.min(11) {
        let mut step = 0;
        let mut timed = |_: &'static str, run: &mut dyn FnMut()| {
            let start = Instant::now();
            run();
            all[step].push(start.elapsed().as_secs_f64());
            step += 1;
        };
        log::kept(false, || drop(black_box(every_step(design.facts.clone(), &mut timed))));
    }
    let median = |mut seconds: Vec<f64>| {
        seconds.sort_by(f64::total_cmp);
        seconds[seconds.len() / 2]
    };
    STEPS.iter().zip(all).map(|(what, seconds)| Phase { what, seconds: median(seconds) }).collect()
}

/// What [`rules::derive`] does, with each step in the hands of `timed`.
fn every_step(facts: Facts, timed: &mut dyn FnMut(&'static str, &mut dyn FnMut())) -> Design {
    let mut design = Design::default();
    design.facts = facts;
    let mut order = STEPS.iter();
    macro_rules! step {
        ($design:ident.$field:ident = $derived:expr) => {
            timed(order.next().expect("a name for each step"), &mut || {
                let derived = $derived;
                *$design.$field = derived;
            });
        };
    }
    step!(design.evidence = rules::evidence::derive(&design.facts));
    step!(design.objects = rules::step_02_objects::derive(&design.facts, &design.evidence));
    step!(
        design.normalization = rules::step_01_normalization::derive(&design.facts, &design.evidence, &design.objects)
    );
    step!(design.axes = rules::step_03_axes::derive(&design.facts, &design.evidence, &design.objects));
    step!(design.invariants = rules::step_04_invariants::derive(&design.facts, &design.evidence, &design.axes));
    step!(
        design.parameters =
            rules::step_05_parameters::derive(&design.facts, &design.evidence, &design.axes, &design.invariants)
    );
    step!(
        design.mechanisms = rules::step_06_mechanisms::derive(
            &design.facts,
            &design.evidence,
            &design.axes,
            &design.invariants,
            &design.parameters
        )
    );
    step!(
        design.validation = rules::step_07_validation::derive(
            &design.facts,
            &design.evidence,
            &design.axes,
            &design.invariants,
            &design.parameters
        )
    );
    step!(design.algorithms = rules::step_08_algorithms::derive(&design));
    step!(design.schema = rules::step_09_schema::derive(&design));
    step!(design.technology = rules::step_10_technology::derive(&design));
    step!(design.topology = rules::step_11_topology::derive(&design));
    step!(design.consistency = rules::step_12_consistency::derive(&design));
    step!(design.scaling = rules::step_13_scaling::derive(&design));
    step!(design.failures = rules::step_14_failures::derive(&design));
    step!(design.objectives = rules::step_15_objectives::derive(&design));
    step!(design.knobs = rules::step_16_knobs::derive(&design));
    step!(design.observability = rules::step_18_observability::derive(&design));
    step!(design.runbooks = rules::step_17_runbooks::derive(&design));
    step!(design.costs = rules::step_19_costs::derive(&design));
    step!(design.evolution = rules::step_20_evolution::derive(&design));
    design
}

/// In the order they are derived.
#[rustfmt::skip]
static STEPS: &[&str] = &[
    "  evidence", "  2 objects", "  1 normalization", "  3 axes", "  4 invariants", "  5 parameters", "  6 mechanisms",
    "  7 validation", "  8 algorithms", "  9 data model", "  10 technology", "  11 topology", "  12 consistency", "  13 scaling",
    "  14 failures", "  15 objectives", "  16 knobs", "  18 observability", "  17 runbooks", "  19 costs", "  20 evolution",
];

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
