//! Every page is a test. A page's fenced blocks, in order:
//!
//! - `sysd` under `## Rejected`: a spec. `// S0601` at the end of a line marks that a finding with that code starts there;
//!   the code of the page is found on exactly the marked lines, and no error of another code anywhere.
//! - `sysd` under `## Fixed`: clean of the page's code and of errors; where the finding has a fix, what applying it gives.
//! - `sysd` under `## Not reported` (optional): clean of the page's code.

use std::fmt::Write;
use sysd::diagnostic::{Diagnostic, Severity};
use sysd::rules::finding::Code;

#[test]
fn pages() {
    let mut failures = String::new();
    // No page can hold a hundred errors (S0009), bytes that are no text (S0010), hundreds of operations (S0033) or megabytes
    // (S0034), and items of a quarter of a million words (S0011): `tests/syntax.rs`, `tests/cli.rs`, `src/limits.rs`, `tests/lsp/large.rs`.
    let elsewhere = ["S0009", "S0010", "S0011", "S0033", "S0034"];
    for code in sysd::codes().filter(|code| !code.page.is_empty() && !elsewhere.contains(&code.code)) {
        if let Err(why) = page(code) {
            writeln!(failures, "── {} {} ──\n{why}", code.code, code.slug).unwrap();
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

fn page(code: &Code) -> Result<(), String> {
    if !code.page.starts_with(&format!("# {}: ", code.code)) {
        return Err("the page must open with `# CODE: title`".into());
    }
    let rejected = section(code.page, "Rejected").ok_or("a page has a section `## Rejected`")?;
    let spec = fenced(rejected, "sysd").ok_or("`## Rejected` has a `sysd` block")?;
    let diagnostics = sysd::check(spec);
    marks_agree(code, spec, &diagnostics)?;
    let fixed = section(code.page, "Fixed").ok_or("a page has a section `## Fixed`")?;
    let fixed = fenced(fixed, "sysd").ok_or("`## Fixed` has a `sysd` block")?;
    clean(code, fixed, true)?;
    let fix = diagnostics.iter().find(|d| std::ptr::eq(d.code, code)).and_then(|d| d.fixes.first());
    if let Some(fix) = fix {
        let mut after = spec.to_owned();
        let mut edits = fix.edits.clone();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.at.span));
        edits.iter().for_each(|edit| after.replace_range(edit.at.span.range(), &edit.text));
        if unmarked(&after) != unmarked(fixed) {
            return Err(format!("applying `{}` gives\n{after}\n`## Fixed` has\n{fixed}", fix.title));
        }
    }
    match section(code.page, "Not reported").and_then(|section| fenced(section, "sysd")) {
        Some(silent) => clean(code, silent, false),
        None => Ok(()),
    }
}

/// The page's code on exactly the marked lines, and no unmarked error.
fn marks_agree(code: &Code, spec: &str, diagnostics: &[Diagnostic]) -> Result<(), String> {
    let marked: Vec<usize> =
        spec.lines().enumerate().filter(|(_, line)| marks(line, code.code)).map(|(i, _)| i + 1).collect();
    let mut found: Vec<usize> =
        diagnostics.iter().filter(|d| std::ptr::eq(d.code, code)).map(|d| line(spec, d)).collect();
    found.sort_unstable();
    found.dedup();
    if marked.is_empty() {
        return Err(format!("no line of `## Rejected` is marked `// {}`", code.code));
    }
    if marked != found {
        return Err(format!("marked lines {marked:?}, found {found:?}; all findings:\n{}", listed(spec, diagnostics)));
    }
    let strange = diagnostics.iter().any(|d| {
        d.suppressed.is_none()
            && d.severity == Severity::Error
            && !std::ptr::eq(d.code, code)
            && !marks(spec.lines().nth(line(spec, d) - 1).unwrap_or(""), d.code.code)
    });
    if strange { Err(format!("errors of other codes:\n{}", listed(spec, diagnostics))) } else { Ok(()) }
}

fn clean(code: &Code, spec: &str, of_errors: bool) -> Result<(), String> {
    let diagnostics = sysd::check(spec);
    let dirty = |d: &&Diagnostic| {
        d.suppressed.is_none() && (std::ptr::eq(d.code, code) || of_errors && d.severity == Severity::Error)
    };
    match diagnostics.iter().find(dirty) {
        Some(_) => Err(format!("this must be clean:\n{spec}\nfound:\n{}", listed(spec, &diagnostics))),
        None => Ok(()),
    }
}

fn marks(line: &str, code: &str) -> bool {
    line.rsplit_once("// ").is_some_and(|(_, marks)| marks.split_whitespace().any(|mark| mark == code))
}

fn unmarked(spec: &str) -> String {
    let lines = spec.lines().map(|line| match line.rsplit_once(" // S") {
        Some((before, _)) => before.trim_end().to_owned(),
        None => line.trim_end().to_owned(),
    });
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn line(spec: &str, diagnostic: &Diagnostic) -> usize {
    let start = (diagnostic.span().start as usize).min(spec.len());
    spec.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1
}

fn listed(spec: &str, diagnostics: &[Diagnostic]) -> String {
    diagnostics
        .iter()
        .map(|d| format!("  line {}: {:?} {} {}\n", line(spec, d), d.severity, d.code.code, d.message))
        .collect()
}

fn section<'p>(page: &'p str, title: &str) -> Option<&'p str> {
    let start = page.find(&format!("\n## {title}\n"))? + title.len() + 5;
    let rest = &page[start..];
    Some(&rest[..rest.find("\n## ").unwrap_or(rest.len())])
}

fn fenced<'p>(section: &'p str, tag: &str) -> Option<&'p str> {
    let open = format!("```{tag}\n");
    let start = section.find(&open)? + open.len();
    Some(&section[start..start + section[start..].find("```")?])
}
