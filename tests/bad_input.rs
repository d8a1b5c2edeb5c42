//! Whatever is fed to the program: an answer or a clear error, in bounded time and memory, without a panic, and nothing written.
//!
//! What is quick runs through the library and the program alike. What is large is generated, never committed, and runs with
//! `cargo test --release --test bad_input -- --ignored`; its limits of time and memory are far above what it takes.

mod texts;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use sysd::Options;
use sysd::diagnostic::Diagnostic;
use sysd::render::full;
use sysd::render::{concise, json, sarif};
use sysd::source::Sources;
use tempfile::TempDir;
use texts::corpus;

/// The findings of the whole pipeline, shown in every format, each of which has its own way to stumble over a place.
fn found(text: &str) -> Vec<Diagnostic> {
    let sources = Sources::single("spec.sysd", text);
    let analysis = sysd::analyse(sources, &|path| Err(format!("cannot read `{path}`")), Options::default());
    let shown = full::render(&analysis.sources, &analysis.diagnostics, 100);
    assert_eq!(analysis.diagnostics.is_empty(), shown.is_empty());
    concise::render(&analysis.sources, &analysis.diagnostics);
    json::render(&analysis.sources, &analysis.diagnostics, &[]);
    sarif::render(&analysis.sources, &analysis.diagnostics);
    analysis.diagnostics
}

fn slugs(text: &str) -> Vec<&'static str> {
    let mut slugs: Vec<_> = found(text).iter().map(|diagnostic| diagnostic.code.slug).collect();
    slugs.sort_unstable();
    slugs.dedup();
    slugs
}

/// The text up to a byte, as the program reads it: a character cut in half is U+FFFD.
fn beginning(text: &str, bytes: usize) -> String {
    String::from_utf8_lossy(&text.as_bytes()[..bytes]).into_owned()
}

#[test]
fn nothing_is_a_spec_without_findings() {
    for text in ["", "\n", " \t\r\n", "\u{feff}", "// only a comment", "/// only documentation\n", ";;;\n"] {
        assert!(found(text).is_empty(), "{text:?}: {:?}", found(text));
    }
}

/// A sample of the bytes; the slow test below takes every one.
#[test]
fn a_spec_may_end_anywhere() {
    for (index, (_, text)) in corpus().iter().enumerate() {
        (index..text.len()).step_by(997).for_each(|end| drop(found(&beginning(text, end))));
    }
}

#[test]
#[ignore = "slow: `cargo test --release --test bad_input -- --ignored`"]
fn every_spec_may_end_at_every_byte() {
    for (_, text) in corpus() {
        (0..=text.len()).for_each(|end| drop(found(&beginning(&text, end))));
    }
}

/// Each byte of a spec replaced by one that is no text, or by a character that means something elsewhere.
#[test]
fn any_byte_of_a_spec_may_be_wrong() {
    for (index, (_, text)) in corpus().iter().enumerate() {
        for (count, at) in (index..text.len()).step_by(1499).enumerate() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = *[0, 0xff, b'"', b'{', b'}', b'?', b'\n'].get((count + index) % 7).unwrap_or(&b'@');
            found(&String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn a_byte_order_mark_and_carriage_returns_change_no_finding() {
    let wrong = "object A : entity {\n    key id: uuid\n    b: Missing\n}\n";
    for text in corpus().into_iter().map(|(_, text)| text).chain([wrong.to_owned()]) {
        let said = |text: &str| found(text).into_iter().map(|d| (d.code.code, d.message)).collect::<Vec<_>>();
        assert_eq!(said(&format!("\u{feff}{}", text.replace('\n', "\r\n"))), said(&text));
    }
}

#[test]
fn nesting_without_end_is_an_error_of_its_own() {
    for (opener, closer) in [("(", ")"), ("a {\n", "}\n"), ("f(", ")"), ("not ", ""), ("1 + (", ")")] {
        let deep = format!("{}x{}", opener.repeat(100_000), closer.repeat(100_000));
        for text in [
            format!("operation Op(a: int) by User {{ when {deep} }}"),
            format!("object A {{ x: int = {deep} }}"),
            format!("invariant I access \"a\" {{ {deep} }}"),
            deep.clone(),
        ] {
            let slugs = slugs(&text);
            assert!(!slugs.is_empty(), "{opener}");
            assert!(slugs.len() <= 6, "{opener}: {slugs:?}");
        }
    }
}

#[test]
fn binary_is_not_a_thousand_errors() {
    let bytes: Vec<u8> = (0..200_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    assert!(found(&String::from_utf8_lossy(&bytes)).len() <= 101);
    assert!(found(&"\0".repeat(100_000)).len() <= 101);
}

/// Names declared over and over, everywhere a name can be declared, and used over and over.
fn repeated() -> Vec<(&'static str, fn(usize) -> String)> {
    fn many(count: usize, line: impl Fn(usize) -> String) -> String {
        (0..count).map(line).collect()
    }
    vec![
        ("object", |count| "object A : entity {\n    key id: uuid\n}\n".repeat(count)),
        ("field", |count| format!("object A : entity {{\n    key id: uuid\n{}}}\n", "    a: int\n".repeat(count))),
        ("fields", |count| format!("object A : entity {{\n{}}}\n", many(count, |i| format!("    a{i}: int\n")))),
        ("state", |count| {
            let steps = many(count, |i| format!("        S{i} -> S{} on Go\n", i + 1));
            format!("object A : process {{\n    key id: uuid\n    evolution: state machine {{\n{steps}    }}\n}}\n")
        }),
        ("parameter", |count| format!("operation Op({}) by U {{ }}\n", many(count, |_| "a: int, ".into()))),
        ("actor", |count| "actor U : user\n".repeat(count)),
        ("operation", |count| format!("actor U : user\n{}", "operation Op(a: int) by U { }\n".repeat(count))),
        ("system", |count| "system s \"S\"\n".repeat(count)),
        ("region", |count| format!("system s {{ regions {} }}\n", many(count, |_| "eu, ".into()))),
        ("requirement", |count| many(count, |i| format!("requirement R{i} \"Users can bid\" {{ U does Op }}\n"))),
        ("invariant", |count| "invariant I eligibility \"only once\" { of Op }\n".repeat(count)),
        ("view", |count| many(count, |i| format!("view V{} of V{i} {{ staleness <= 1s }}\n", i + 1))),
        ("allow", |count| "allow(dual-truth, reason = \"x\")\nobject A\n".repeat(count)),
        ("allow inside", |count| format!("object A {{\n{}}}\n", "allow(dual-truth, reason = \"x\")\n".repeat(count))),
        ("allow of nothing", |count| "allow(dual-truth, reason = \"x\")\n".repeat(count)),
        ("unknown names", |count| many(count, |i| format!("object A{i} {{ b: B{i} }}\n"))),
        ("near names", |count| many(count, |i| format!("object Auction{i} {{ b: Auctoin{i} }}\n"))),
        ("unknown clauses", |count| format!("object A {{\n{}}}\n", "    foo bar baz\n".repeat(count))),
        ("documentation", |count| format!("{}object A\n", "/// more\n".repeat(count))),
        ("holes", |count| many(count, |i| format!("object A{i} : ? {{\n    ownership: ?\n    ordering: ?\n}}\n"))),
        ("decisions", |count| "decide mechanism of A = lease because \"x\"\n".repeat(count)),
        ("conditions", |count| format!("operation Op(a: int) by U {{ when {} a > 1 }}\n", "a > 1 and ".repeat(count))),
        ("effects", |count| {
            let object = "object A : entity {\n    key id: uuid\n    n: int\n}\nactor U : user\n";
            format!("{object}operation Op(a: A) by U {{ then {} a.n += 1 }}\n", "a.n += 1, ".repeat(count))
        }),
        ("operations on one object", |count| {
            let object = "object A : entity {\n    key id: uuid\n    n: int\n}\nactor U : user\n";
            let operation =
                |i| format!("operation Op{i}(a: A, n: int) by U {{\n    when a.n > n\n    then a.n = n\n}}\n");
            format!("{object}{}", many(count, operation))
        }),
        ("use", |_| "use \"a.sysd\"\n".repeat(2_000)),
    ]
}

#[test]
fn a_name_may_be_declared_over_and_over() {
    for (what, text) in repeated() {
        let start = Instant::now();
        found(&text(60));
        assert!(start.elapsed() < Duration::from_secs(20), "{what}: {:?}", start.elapsed());
    }
    assert_eq!(slugs("object A\nobject A\n"), slugs(&"object A\n".repeat(500)));
}

#[test]
#[ignore = "slow: `cargo test --release --test bad_input -- --ignored`"]
fn a_name_declared_ten_thousand_times_takes_seconds() {
    let only = std::env::var("ONLY").ok();
    for (what, text) in repeated().into_iter().filter(|(what, _)| only.as_deref().is_none_or(|only| *what == only)) {
        let output = check(&text(10_000), what);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{what}: {}", said(&output));
    }
}

#[test]
#[ignore = "slow: `cargo test --release --test bad_input -- --ignored`"]
fn a_hundred_megabytes_take_seconds() {
    let spec = fs::read_to_string("corpus/auction/spec.sysd").unwrap();
    let line = |text: &str, bytes: usize| text.repeat(bytes / text.len());
    for (what, text, status) in [
        ("blanks", line(" ", 100_000_000), 0),
        ("blank lines", line("\n", 1_000_000), 0),
        ("comments", line("// a comment\n", 100_000_000), 0),
        ("one line", line("a ", 100_000_000), 1),
        ("words on a million lines", line("a\n", 2_000_000), 1),
        ("openers", line("{", 100_000_000), 1),
        ("closers on a million lines", line("}\n", 2_000_000), 1),
        ("one text", format!("\"{}\"", line("a", 100_000_000)), 1),
        ("what is no character", line("\u{1}", 100_000_000), 1),
        ("one spec over and over", line(&spec, 10_000_000), 1),
        ("a million fields", format!("object A {{\n{}}}\n", line("    a: int\n", 11_000_000)), 1),
        ("a million items", line("object A\n", 9_000_000), 1),
    ] {
        let output = check(&text, what);
        assert_eq!(output.status.code(), Some(status), "{what}: {}", said(&output));
        let start = Instant::now();
        sysd::syntax::print::format(&text);
        assert!(start.elapsed() < Duration::from_secs(60), "{what} is formatted in {:?}", start.elapsed());
    }
}

#[test]
fn files_that_use_each_other_without_end_are_read_once() {
    let at = folder(&[
        ("a.sysd", b"use \"b.sysd\"\nuse \"a.sysd\"\nuse \"./a.sysd\"\nsystem s\n"),
        ("b.sysd", b"use \"c.sysd\"\n"),
        ("c.sysd", b"use \"a.sysd\"\nuse \"missing.sysd\"\nuse \"\"\nuse \"/nowhere/x.sysd\"\nuse \".\"\n"),
    ]);
    let output = sysd(at.path(), &["check", "a.sysd", "--output-format", "concise"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(listed.matches("missing-file").count(), 4, "{listed}");
}

#[test]
fn a_chain_of_a_thousand_files_is_followed() {
    let files: Vec<(String, String)> =
        (0..1000).map(|i| (format!("f{i}.sysd"), format!("use \"f{}.sysd\"\n", i + 1))).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect();
    let at = folder(&files);
    let output = sysd(at.path(), &["check", "f0.sysd", "--output-format", "concise"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1, "{}", said(&output));
}

/// Every command on every bad file: it ends by itself with one of the documented statuses and leaves the folder as it was.
#[test]
fn no_command_panics_or_writes() {
    let spec = fs::read("corpus/auction/spec.sysd").unwrap();
    let files: &[(&str, &[u8])] = &[
        ("empty.sysd", b""),
        ("cut.sysd", &spec[..spec.len() / 2]),
        ("binary.sysd", &[0, 159, 146, 150, 0, 255, 254, 10, 123, 34]),
        ("wide.sysd", b"\xff\xfes\0y\0s\0"),
        ("latin.sysd", b"system caf\xe9 \"Caf\xe9\"\n"),
        ("marked.sysd", b"\xef\xbb\xbfsystem s\r\n"),
        ("cycle.sysd", b"use \"cycle.sysd\"\n"),
        ("lost.sysd", b"use \"lost/and/found.sysd\"\n"),
    ];
    let at = folder(files);
    for (name, _) in files {
        for args in [
            &["check", *name][..],
            &["check", name, "--complete", "--output-format", "sarif"],
            &["check", name, "--diff", "--unsafe-fixes"],
            &["solve", name],
            &["solve", name, "--format", "json"],
            &["fmt", name, "--check"],
            &["explain", "Auction", name],
        ] {
            let output = sysd(at.path(), args);
            assert!(matches!(output.status.code(), Some(0..=2)), "{args:?}: {}", said(&output));
            assert!(!said(&output).contains("panicked"), "{args:?}: {}", said(&output));
        }
    }
    let mut left: Vec<_> = fs::read_dir(at.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    let mut names: Vec<_> = files.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(left, names);
    for (name, bytes) in files {
        assert_eq!(fs::read(at.path().join(name)).unwrap(), *bytes, "{name}");
    }
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(path, bytes)| fs::write(folder.path().join(path), bytes).unwrap());
    folder
}

fn sysd(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sysd")).current_dir(folder).args(args).stdin(Stdio::null()).output().unwrap()
}

/// Seconds that the program may take for the largest of these inputs.
const MOST_SECONDS: u64 = 60;

/// KiB of memory that it may take: ulimit's unit.
const MOST_MEMORY: usize = 6 << 20;

/// Checks a text within those limits.
fn check(text: &str, what: &str) -> Output {
    let start = Instant::now();
    let program = env!("CARGO_BIN_EXE_sysd");
    let limited = format!("ulimit -v {MOST_MEMORY}; exec '{program}' check - --quiet");
    let mut command = Command::new("sh");
    command.args(["-c", &limited]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    println!("{what:<28} {:>6.1} MB {:>7.2} s", text.len() as f64 / 1e6, start.elapsed().as_secs_f64());
    assert!(start.elapsed() < Duration::from_secs(MOST_SECONDS), "{what} took {:?}", start.elapsed());
    output
}

fn said(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let short = |text: &str| text.chars().take(2000).collect::<String>();
    format!("{}\n{}\n{}", output.status, short(&out), short(&err))
}
