//! Bytes through everything: analysis, fixes, every format, and the proof of every cell.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sysd::render::{concise, design_json, github, json, markdown, sarif, terminal};
use sysd::source::Sources;
use sysd::{Analysis, Options, explain::Reasons, fix, report};
use sysd::rules::proof::Proofs;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut analysis = analyse(Sources::single("spec.sysd", text));
    for render in [concise::render, json::render, sarif::render, github::render] {
        render(&analysis.sources, &analysis.diagnostics);
    }
    report::render(&analysis.sources, &analysis.diagnostics, usize::MAX);
    let sections = analysis.design.sections();
    terminal::render(&sections, 80);
    design_json::render("fuzzed", &sections);
    let proofs = Proofs::new(&analysis.design);
    let mut reasons = Reasons::new(&analysis, &proofs);
    markdown::render_with("fuzzed", &sections, &mut |table| reasons.of(table));
    fix::verify(&mut analysis, &analyse);
    let fixed = fix::apply(&analysis.sources, &analysis.diagnostics, true);
    fixed.texts.into_values().for_each(|text| drop(analyse(Sources::single("spec.sysd", text))));
});

fn analyse(sources: Sources) -> Analysis {
    sysd::analyse(sources, &|path| Err(format!("cannot read `{path}`")), Options::default())
}
