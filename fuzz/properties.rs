//! What must hold of any text. The fuzz targets feed it; `tests/properties.rs` feeds it broken specs and tokens in no order, so that
//! it is compiled and run with every test.

use sysd::explain::Reasons;
use sysd::render::full;
use sysd::render::{concise, design_json, github, json, markdown, sarif, terminal};
use sysd::rules::proof::Proofs;
use sysd::source::{FileId, Sources};
use sysd::syntax::lexer::{Kind, tokens};
use sysd::syntax::{self, print::format};
use sysd::{Analysis, Options, fix};

/// To a tree and back to text: places lie in the text, and the formatter changes nothing but blanks and is done at once.
pub fn parses(text: &str) {
    let (_, diagnostics) = syntax::parse(FileId(0), text);
    for diagnostic in &diagnostics {
        let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary).map(|label| label.at);
        let edits = diagnostic.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.at);
        labels.chain(edits).for_each(|at| assert!(text.get(at.span.range()).is_some(), "{diagnostic:?}"));
    }
    let formatted = format(text);
    assert_eq!(words(text), words(&formatted));
    assert_eq!(format(&formatted), formatted);
}

/// Tokens and comments, without the blanks at their end.
fn words(text: &str) -> Vec<(Kind, &str)> {
    let words = tokens(text).filter(|(kind, _)| *kind != Kind::Newline);
    words.map(|(kind, span)| (kind, text[span.range()].trim_end_matches([' ', '\t', '\r']))).collect()
}

/// Through everything: analysis, fixes, every format, and the proof of every cell.
pub fn derives(text: &str) {
    let mut analysis = analyse(Sources::single("spec.sysd", text));
    json::render(&analysis.sources, &analysis.diagnostics, &[]);
    for render in [concise::render, sarif::render, github::render] {
        render(&analysis.sources, &analysis.diagnostics);
    }
    full::render(&analysis.sources, &analysis.diagnostics, usize::MAX);
    let sections = analysis.design.sections();
    terminal::render(&sections, 80);
    design_json::render("fuzzed", &sections);
    let proofs = Proofs::new(&analysis.design);
    let mut reasons = Reasons::new(&analysis, &proofs);
    markdown::render_with("fuzzed", &sections, &mut |table| reasons.of(table));
    fix::verify(&mut analysis, &analyse);
    let fixed = fix::apply(&analysis.sources, &analysis.diagnostics, true);
    fixed.texts.into_values().for_each(|text| drop(analyse(Sources::single("spec.sysd", text))));
}

fn analyse(sources: Sources) -> Analysis {
    sysd::analyse(sources, &|path| Err(std::format!("cannot read `{path}`")), Options::default())
}
