//! The program as a user runs it: exit status, streams, formats, files.

#[path = "cli/checklist.rs"]
mod checklist;
#[path = "cli/documents.rs"]
mod documents;
#[path = "cli/drafts.rs"]
mod drafts;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const CLEAN: &str = "system shop \"A shop\"\n";
/// One error, `there is no object `Itme``, with a safe fix.
const WRONG: &str = "object Item : entity {\n    key id: uuid\n    item: Itme\n}\n";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sysd"));
    command.current_dir(folder).args(args).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "SYSD_OUTPUT_FORMAT", "COLUMNS"] {
        command.env_remove(variable);
    }
    command
}

fn sysd(folder: &Path, args: &[&str]) -> Output {
    command(folder, args).output().unwrap()
}

fn piped(folder: &Path, args: &[&str], input: &str) -> Output {
    let mut command = command(folder, args);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[track_caller]
fn ends(output: &Output, status: i32) {
    assert_eq!(output.status.code(), Some(status), "stdout:\n{}\nstderr:\n{}", out(output), err(output));
}

#[test]
fn a_spec_of_nothing_is_told() {
    let at = folder(&[("empty.sysd", "")]);
    let output = sysd(at.path(), &["check", "empty.sysd"]);
    ends(&output, 0);
    assert!(err(&output).contains("`empty.sysd` declares nothing"), "{}", err(&output));
    assert_eq!(err(&sysd(at.path(), &["check", "empty.sysd", "--quiet"])), "");
}

#[test]
fn the_exit_status_says_what_was_found() {
    let at = folder(&[
        ("clean.sysd", CLEAN),
        ("wrong.sysd", WRONG),
        ("mild.sysd", "object A { allow(dual-truth, reason = \"x\") }\n"),
    ]);
    let status = |args: &[&str], status| ends(&sysd(at.path(), args), status);
    status(&["check", "clean.sysd"], 0);
    status(&["check", "wrong.sysd"], 1);
    status(&["check", "wrong.sysd", "--exit-zero"], 0);
    status(&["check", "missing.sysd"], 2);
    status(&["check", "missing.sysd", "wrong.sysd"], 2);
    status(&["check", "--no-such-option"], 2);
    status(&["check", "clean.sysd", "--fail-level", "fatal"], 2);
    status(&["solve", "clean.sysd"], 0);
    status(&["solve", "wrong.sysd"], 1);
    status(&["solve", "missing.sysd"], 2);
    status(&["solve", "clean.sysd", "--step", "99"], 2);
    status(&["explain", "S0023"], 0);
    status(&["explain", "unknown-name"], 0);
    status(&["explain", "no-such-thing-at-all"], 2);
    status(&[], 2);
}

#[test]
fn the_fail_level_is_the_mildest_that_fails() {
    let at = folder(&[("mild.sysd", "object A {\n    key id: uuid\n    allow(dual-truth, reason = \"x\")\n}\n")]);
    let output = sysd(at.path(), &["check", "mild.sysd", "--output-format", "concise"]);
    assert!(out(&output).contains("warning[S0031]") && !out(&output).contains("error["), "{}", out(&output));
    ends(&output, 0);
    ends(&sysd(at.path(), &["check", "mild.sysd", "--error-on-warning"]), 1);
    ends(&sysd(at.path(), &["check", "mild.sysd", "--fail-level", "warning"]), 1);
    ends(&sysd(at.path(), &["check", "mild.sysd", "--fail-level", "warning", "--exit-zero"]), 0);
}

#[test]
fn what_cannot_be_read_does_not_stop_the_rest() {
    let at = folder(&[("wrong.sysd", WRONG)]);
    let output = sysd(at.path(), &["check", "missing.sysd", "wrong.sysd", "--output-format", "concise"]);
    assert_eq!(err(&output).lines().next(), Some("error: cannot read `missing.sysd`: no such file"));
    assert!(out(&output).starts_with("wrong.sysd:3:11: error[S0023] unknown-name:"), "{}", out(&output));
}

#[test]
fn bytes_that_are_not_utf8_are_a_finding_and_never_written_back() {
    let at = folder(&[]);
    let bytes = [WRONG.as_bytes(), b"// caf\xe9\n"].concat();
    fs::write(at.path().join("latin.sysd"), &bytes).unwrap();
    let output = sysd(at.path(), &["check", "latin.sysd", "--output-format", "concise"]);
    assert!(
        out(&output).contains(&format!("error[S0010] not-utf8: byte {} of the file", WRONG.len() + 6)),
        "{}",
        out(&output)
    );
    ends(&output, 1);
    let output = sysd(at.path(), &["check", "latin.sysd", "--fix"]);
    assert!(err(&output).starts_with("warning: `latin.sysd` is left alone"), "{}", err(&output));
    assert_eq!(fs::read(at.path().join("latin.sysd")).unwrap(), bytes);
}

#[test]
fn a_folder_is_its_specs_and_a_used_file_belongs_to_its_user() {
    let user = "use \"common/names.sysd\"\nrequirement R \"x\" { Buyer does Nothing }\n";
    let at = folder(&[("shop.sysd", user), ("common/names.sysd", "actor Buyer : user\n"), ("other/wrong.sysd", WRONG)]);
    let output = sysd(at.path(), &["check", "--output-format", "concise"]);
    let found = out(&output);
    let places: Vec<&str> = found.lines().filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(places, ["other/wrong.sysd:3:11", "shop.sysd:2:32"], "{found}");
    let output = sysd(at.path(), &["solve", "."]);
    assert_eq!(err(&output), "error: there are several specs; name one of\n  other/wrong.sysd\n  shop.sysd\n");
    ends(&output, 2);
    ends(&sysd(at.path(), &["solve", "common"]), 0);
}

#[test]
fn files_that_use_each_other_are_one_spec_and_missing_ones_are_named() {
    let at = folder(&[("a.sysd", "use \"b.sysd\"\n"), ("b.sysd", "use \"./a.sysd\"\nuse \"gone.sysd\"\n")]);
    for path in [".", "./a.sysd"] {
        let found = out(&sysd(at.path(), &["check", path, "--output-format", "concise"]));
        assert_eq!(found.lines().count(), 1, "{found}");
        assert!(
            found.starts_with("b.sysd:2:5: error[S0028] missing-file: cannot read `gone.sysd`: no such file"),
            "{found}"
        );
    }
}

#[test]
fn standard_input_is_a_file_with_a_name_of_its_own() {
    let at = folder(&[("common.sysd", "actor Buyer : user\n")]);
    let output = piped(at.path(), &["check", "-", "--output-format", "concise"], WRONG);
    assert!(out(&output).starts_with("<stdin>:3:11: "), "{}", out(&output));
    ends(&output, 1);
    let named = ["check", "-", "--stdin-filename", "sub/x.sysd", "--output-format", "concise"];
    let output = piped(at.path(), &named, "use \"../common.sysd\"\nobject O { key k: Nope }\n");
    assert!(out(&output).starts_with("sub/x.sysd:2:"), "{}", out(&output));
    assert!(!out(&output).contains("common"), "{}", out(&output));
}

#[test]
fn no_colours_in_a_pipe_unless_asked_for() {
    let at = folder(&[("wrong.sysd", WRONG)]);
    let coloured = |command: &mut Command| out(&command.output().unwrap()).contains('\u{1b}');
    let check = ["check", "wrong.sysd"];
    assert!(!coloured(&mut command(at.path(), &check)));
    assert!(coloured(&mut command(at.path(), &["--color", "always", "check", "wrong.sysd"])));
    assert!(coloured(command(at.path(), &check).env("CLICOLOR_FORCE", "1")));
    assert!(!coloured(command(at.path(), &["check", "wrong.sysd", "--color", "never"]).env("CLICOLOR_FORCE", "1")));
    assert!(!coloured(command(at.path(), &check).env("NO_COLOR", "1")));
}

#[test]
fn every_format_tells_the_same_findings() {
    let at = folder(&[("wrong.sysd", WRONG)]);
    let check = |format: &str| out(&sysd(at.path(), &["check", "wrong.sysd", "--output-format", format]));
    assert!(check("full").starts_with("error[S0023 unknown-name]: "));
    assert!(check("concise").starts_with("wrong.sysd:3:11: error[S0023] unknown-name: "));
    assert!(check("github").starts_with("::error file=wrong.sysd,line=3,endLine=3,col=11,endColumn=15,"));
    let json: Value = serde_json::from_str(&check("json")).unwrap();
    assert_eq!((&json["schemaVersion"], &json["summary"]["errors"]), (&1.into(), &1.into()));
    assert_eq!(
        json["diagnostics"][0]["location"]["start"],
        serde_json::json!({ "line": 3, "column": 11, "offset": 50 })
    );
    let sarif: Value = serde_json::from_str(&check("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "S0023");
    let output = command(at.path(), &["check", "wrong.sysd"]).env("SYSD_OUTPUT_FORMAT", "concise").output().unwrap();
    assert!(out(&output).starts_with("wrong.sysd:3:11: "));
}

#[test]
fn findings_go_to_standard_output_and_remarks_to_standard_error() {
    let at = folder(&[("wrong.sysd", WRONG)]);
    let output = sysd(at.path(), &["check", "wrong.sysd", "--output-format", "concise"]);
    assert_eq!(err(&output), "1 error; 1 fixable with `sysd check --fix`\n");
    let output = sysd(at.path(), &["check", "wrong.sysd", "--output-format", "concise", "-q"]);
    assert_eq!(err(&output), "");
    let full = out(&sysd(at.path(), &["check", "wrong.sysd"]));
    assert!(full.ends_with("see `sysd explain S0023`\n1 error; 1 fixable with `sysd check --fix`\n"), "{full}");
    let quiet = out(&sysd(at.path(), &["check", "wrong.sysd", "--quiet"]));
    assert!(!quiet.contains("sysd explain"), "{quiet}");
}

#[test]
fn at_most_so_many_findings_are_shown_and_all_are_counted() {
    let many: String = (0..150).map(|index| format!("object O{index} {{ key k: Nope{index} }}\n")).collect();
    let at = folder(&[("many.sysd", &many)]);
    let shown = |args: &[&str]| {
        let output = sysd(at.path(), &[&["check", "many.sysd"], args].concat());
        (out(&output).matches("error[").count(), out(&output).contains("150 errors"))
    };
    assert_eq!(shown(&[]), (100, true));
    assert_eq!(shown(&["--max-diagnostics", "3"]), (3, true));
    assert_eq!(shown(&["--max-diagnostics", "0"]), (150, true));
}

#[test]
fn fixes_are_shown_or_written_and_only_once() {
    let at = folder(&[("wrong.sysd", WRONG)]);
    let path = at.path().join("wrong.sysd");
    let output = sysd(at.path(), &["check", "--fix", "--diff"]);
    assert_eq!(
        out(&output),
        "--- wrong.sysd\n+++ wrong.sysd\n@@ -1,4 +1,4 @@\n object Item : entity {\n     key id: uuid\n-    item: Itme\n+    item: Item\n }\n"
    );
    ends(&output, 1);
    assert_eq!(fs::read_to_string(&path).unwrap(), WRONG);
    let output = sysd(at.path(), &["check", "--fix"]);
    assert!(err(&output).starts_with("1 finding in 1 file fixed\n"), "{}", err(&output));
    assert_eq!(fs::read_to_string(&path).unwrap(), WRONG.replace("Itme", "Item"));
    ends(&output, 0);
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    assert!(err(&sysd(at.path(), &["check", "--fix"])).starts_with("nothing to fix\n"));
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before, "a file that does not change is not written");
    let output = piped(at.path(), &["check", "-", "--fix"], WRONG);
    assert_eq!(out(&output), WRONG.replace("Itme", "Item"));
}

#[test]
fn a_shared_file_is_fixed_once() {
    let user = "use \"common.sysd\"\n";
    let at = folder(&[("a.sysd", user), ("b.sysd", user), ("common.sysd", WRONG)]);
    assert_eq!(out(&sysd(at.path(), &["check", "--output-format", "concise"])).lines().count(), 1);
    let output = sysd(at.path(), &["check", "--fix"]);
    assert!(err(&output).starts_with("1 finding in 1 file fixed\n"), "{}", err(&output));
    assert_eq!(fs::read_to_string(at.path().join("common.sysd")).unwrap(), WRONG.replace("Itme", "Item"));
    assert_eq!(fs::read_to_string(at.path().join("a.sysd")).unwrap(), user);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_written_is_unusable_input() {
    use std::os::unix::fs::PermissionsExt;
    let at = folder(&[("a/wrong.sysd", WRONG), ("b/wrong.sysd", WRONG)]);
    let path = at.path().join("a/wrong.sysd");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let output = sysd(at.path(), &["check", "--fix"]);
    assert!(
        err(&output).starts_with("error: cannot write `a/wrong.sysd`: the file is read-only\n"),
        "{}",
        err(&output)
    );
    ends(&output, 2);
    assert_eq!(fs::read_to_string(&path).unwrap(), WRONG);
    assert_ne!(fs::read_to_string(at.path().join("b/wrong.sysd")).unwrap(), WRONG, "the others are fixed");
}

#[cfg(target_os = "linux")]
#[test]
fn a_reader_that_goes_away_is_no_error_and_a_full_disk_is() {
    let many: String = (0..2000).map(|index| format!("object O{index} {{ key k: Nope{index} }}\n")).collect();
    let at = folder(&[("many.sysd", &many)]);
    let args = ["check", "many.sysd", "--output-format", "concise", "-q"];
    let mut child = command(at.path(), &args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(err(&output), "");
    ends(&output, 1);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command(at.path(), &args).stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert!(err(&output).starts_with("error: cannot write to standard output: "), "{}", err(&output));
    ends(&output, 2);
}

#[test]
fn the_schemas_and_completions_are_at_hand() {
    let at = folder(&[]);
    for of in ["diagnostics", "design"] {
        let schema: Value = serde_json::from_str(&out(&sysd(at.path(), &["schema", of]))).unwrap();
        assert_eq!(schema["title"], format!("sysd {of}"));
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(out(&sysd(at.path(), &["completions", shell])).contains("max-diagnostics"), "{shell}");
    }
}

#[test]
fn explain_knows_codes_and_slugs_and_guesses_the_rest() {
    let at = folder(&[]);
    let by_code = out(&sysd(at.path(), &["explain", "s0023"]));
    assert!(by_code.starts_with("# S0023: "), "{by_code}");
    assert_eq!(by_code, out(&sysd(at.path(), &["explain", "unknown-name"])));
    let guess = err(&sysd(at.path(), &["explain", "unknwon-name"]));
    assert_eq!(guess, "error: nothing is known about `unknwon-name`; did you mean `unknown-name`?\n");
    assert!(out(&sysd(at.path(), &["explain"])).contains("S0023  error    unknown-name\n"));
}

#[test]
fn the_answers_to_an_axis_are_words_of_the_axis() {
    let spec = "object Cart : process {\n    key cart_id: uuid\n    ownership: ?\n}\nobject Item : entity {\n    key item_id: uuid\n}\n";
    let at = folder(&[("a.sysd", spec)]);
    let found = out(&sysd(at.path(), &["check", "a.sysd"]));
    let answers = found.lines().find(|line| line.contains("`single writer`")).unwrap_or_else(|| panic!("{found}"));
    assert!(["`uuid`", "`Cart`", "`Item`"].iter().all(|other| !answers.contains(other)), "{answers}");
}

#[test]
fn a_limit_of_findings_holds_for_every_format() {
    let text: String = (0..5).map(|i| format!("object A{i} : entity {{\n    key k: uiid\n}}\n")).collect();
    let folder = folder(&[("many.sysd", &text)]);
    let checked = |format: &str, limit: &[&str]| {
        let args = [&["check", "--output-format", format, "many.sysd"], limit].concat();
        sysd(folder.path(), &args)
    };
    let lines = |limit: &[&str]| out(&checked("concise", limit)).lines().count();
    let all = lines(&[]);
    assert!(all >= 5);
    assert_eq!((lines(&["--max-diagnostics", "2"]), lines(&["--max-diagnostics", "0"])), (2, all));
    let left = err(&checked("concise", &["--max-diagnostics", "2"]));
    assert!(left.contains(&format!("{} more, see `--max-diagnostics`", all - 2)), "{left}");

    let json: Value = serde_json::from_str(&out(&checked("json", &["--max-diagnostics", "2"]))).unwrap();
    assert_eq!(json["diagnostics"].as_array().unwrap().len(), 2, "{json}");
    assert!(json["summary"]["errors"].as_u64().unwrap() >= 5, "{json}");
    let json: Value = serde_json::from_str(&out(&checked("json", &[]))).unwrap();
    assert_eq!(json["diagnostics"].as_array().unwrap().len(), all, "{json}");
    assert_eq!(out(&checked("github", &["--max-diagnostics", "2"])).lines().count(), 2);
}

#[test]
fn only_what_may_stand_there_is_a_candidate_for_a_hole() {
    let text = "\
system x \"X\" { clock store }
actor U : user { count 1M }
object O : entity { key k: uuid; n: integer = 0; ownership: ?; evolution: ?; ordering: ? }
operation Op(o: O, x: integer, r: uuid) by U { when o.n >= x; then o.n -= x; once per r for 1d }
invariant I1 ? \"always\" { of Op }
";
    let folder = folder(&[("hole.sysd", text)]);
    let shown = out(&sysd(folder.path(), &["check", "--output-format", "json", "hole.sysd"]));
    let json: Value = serde_json::from_str(&shown).unwrap();
    let found = json["diagnostics"].as_array().unwrap();
    let answers = |place: &str| {
        let of_place = |it: &&Value| it["message"] == format!("`?` stands in {place}");
        let question = found.iter().find(of_place).unwrap_or_else(|| panic!("{place}: {shown}"));
        question["helps"][0].as_str().unwrap_or_default().to_owned()
    };
    let of = |word: &str| {
        let text = answers(&format!("`{word}` of `O`"));
        let mut words: Vec<String> = text.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        words.retain(|word| word != "?");
        words.sort();
        words
    };
    let ownerships = [
        "many writers, all succeed",
        "many writers, one winner",
        "pipeline",
        "single writer",
        "single writer per partition",
        "system only",
    ];
    assert_eq!(of("ownership"), ownerships);
    assert_eq!(of("evolution"), ["append-only", "merge", "overwrite", "state machine"]);
    assert_eq!(of("ordering"), ["none"]);
    assert!(answers("the head of `I1`").contains("`eligibility`"), "{shown}");
    assert!(found.iter().all(|it| it["slug"] != "untyped-invariant"), "{shown}");
}
