//! The rules of every spec of the corpus, and of one whose names are syntax, held against promtool: they load, every alert fires
//! where it must and keeps quiet where it must not.

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use support::{Spec, installed, spec_of, specs};
use sysd::export::{self, File};
use sysd::rules::Design;

#[test]
fn rules_load_and_their_tests_pass() {
    if !present() {
        return;
    }
    for spec in specs() {
        let folder = written(&spec.analysis.design);
        holds(&spec.name, folder.path());
    }
}

/// Names that are syntax of YAML, of PromQL, of templates, of HTML. Names of the language itself hold letters only; what comes
/// from elsewhere holds anything.
#[test]
fn names_are_values_and_nothing_else() {
    let hostile = [
        "\"} or vector(1) #",
        "a: b\n- c: \"d\"",
        "{{ $labels.operation }} {{",
        "<script>alert(1)</script>",
        "\u{202e}מכירה\u{2028}",
        "\\\" \\n \\",
        "'no' | yes & *x !!int",
        "\u{7f}\u{85}\u{feff}\t",
        &"x".repeat(300),
    ];
    for (at, name) in hostile.iter().enumerate() {
        let mut spec = auction();
        let facts = &mut spec.analysis.design.facts;
        let names = &mut facts.names;
        for called in [&mut names.systems, &mut names.operations, &mut names.views, &mut names.objects] {
            // No two things of a kind are called the same.
            called.iter_mut().zip(1..).for_each(|(it, number)| it.name = format!("{name}{number}"));
        }
        let design = sysd::rules::derive(std::mem::take(facts));
        for kind in export::KINDS {
            let lines = kind.files(&design, None).into_iter().map(|file| (file.path, file.text));
            for (path, text) in lines.filter(|(path, _)| !path.ends_with(".json")) {
                assert!(
                    !text.contains(['\u{202e}', '\u{2028}', '\u{7f}', '\u{85}', '\u{feff}']),
                    "{}: {path}: name {at}",
                    kind.name
                );
                assert!(!path.contains(['/', '\n', '<', ' ']), "{}: {path:?}", kind.name);
                let in_markup = path.ends_with(".md") && outside_code(&text).contains("<script>");
                assert!(!in_markup, "{}: {path}: name {at}\n{text}", kind.name);
            }
        }
        if present() {
            holds(&format!("name {at}"), written(&design).path());
        }
    }
}

#[test]
fn every_rule_says_which_fact_it_states() {
    for spec in specs() {
        let files = files(&spec.analysis.design);
        let rules = files.iter().find(|file| file.path == "rules.yml").expect("rules");
        let lines: Vec<&str> = rules.text.lines().collect();
        let mut counted = 0;
        for (at, line) in
            lines.iter().enumerate().filter(|(_, line)| line.trim_start().starts_with("- ") && !line.contains("name:"))
        {
            let above = lines[at - 1].trim_start();
            assert!(above.starts_with("# alert(") || above.starts_with("# metric("), "{}: {line}", spec.name);
            counted += 1;
        }
        assert_eq!(counted > 0, !spec.analysis.design.observability.alert.is_empty());
    }
}

#[test]
fn a_rule_that_is_wrong_is_refused() {
    if !present() {
        return;
    }
    let folder = written(&auction().analysis.design);
    let path = folder.path().join("rules.yml");
    let rules = fs::read_to_string(&path).expect("rules");
    fs::write(&path, rules.replacen("sum(rate(", "sum(rate((", 1)).expect("written");
    assert!(!promtool(folder.path(), &["check", "rules", "rules.yml"]).status.success());
    // A threshold moved is a test that fails.
    fs::write(&path, rules.replace("> 0.5\"", "> 0.99\"")).expect("written");
    assert!(!promtool(folder.path(), &["test", "rules", "rules_test.yml"]).status.success());
}

fn auction() -> Spec {
    let auction = specs().into_iter().find(|spec| spec.name == "auction").expect("the auction");
    spec_of("auction", &auction.folder, auction.text)
}

fn files(design: &Design) -> Vec<File> {
    export::kind("prometheus").expect("the kind").files(design, None)
}

fn written(design: &Design) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in files(design) {
        fs::write(folder.path().join(file.path), file.text).expect("written");
    }
    folder
}

fn holds(name: &str, folder: &Path) {
    let checked = promtool(folder, &["check", "rules", "rules.yml"]);
    assert!(checked.status.success(), "{name}: {}", shown(&checked));
    for test in ["rules_test.yml", "rules_slow_test.yml"].into_iter().filter(|file| folder.join(file).exists()) {
        let tested = promtool(folder, &["test", "rules", test]);
        assert!(tested.status.success(), "{name}: {test}: {}", shown(&tested));
    }
}

fn promtool(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("promtool").args(arguments).current_dir(folder).output().expect("promtool runs")
}

fn shown(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Whether promtool is there.
fn present() -> bool {
    let answers = Command::new("promtool").arg("--version").output().is_ok_and(|output| output.status.success());
    installed(answers.then_some(()), "promtool", "prometheus").is_some()
}

/// The text of a Markdown page without its code spans.
fn outside_code(text: &str) -> String {
    let without: Vec<&str> = text.split('`').step_by(2).collect();
    without.concat().replace("\\<", "")
}
