//! The design document: it stands on its own, every link leads somewhere, no name is ever markup, and drift is told.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use support::{installed, spec_of, specs};
use sysd::document;
use sysd::export::KINDS;

/// No network, and every link on the page has its target on the page.
#[test]
fn every_page_stands_on_its_own() {
    for spec in specs() {
        let html = document::html(&spec.analysis, &|_| Ok(None)).unwrap();
        for outside in ["src=\"http", "href=\"http", "url(", "@import", "<link"] {
            assert!(!html.contains(outside), "{}: {outside}", spec.name);
        }
        let ids: BTreeSet<&str> = attributes(&html, " id=\"").collect();
        let broken: Vec<&str> = attributes(&html, " href=\"#").filter(|target| !ids.contains(target)).take(5).collect();
        assert!(broken.is_empty(), "{}: {broken:?}", spec.name);
        let proofs = ids.iter().filter(|id| id.starts_with("why-")).count();
        assert!(proofs > 50, "{}: {proofs} proofs", spec.name);
    }
}

/// The same spec gives the same bytes.
#[test]
fn a_page_is_the_same_every_time() {
    let (first, second) = (specs(), specs());
    for (one, other) in first.iter().zip(&second) {
        let html = |analysis| document::html(analysis, &|_| Ok(None)).unwrap();
        assert_eq!(html(&one.analysis), html(&other.analysis), "{}", one.name);
        for kind in KINDS {
            let (one, other) = (kind.files(&one.analysis.design, None), kind.files(&other.analysis.design, None));
            assert!(one == other, "{}", kind.name);
        }
    }
}

const HOSTILE: &str = "
system hostile \"<script>alert(1)</script> & \\\"quotes\\\" `ticks`\" {
}

actor end : user {
    retries
}

requirement R1 \"</title><img src=x onerror=alert(2)> | pipe \u{202e}reversed\" { end does select }

object table : entity {
    key id: uuid
    end: money
    ownership: many writers, one winner per id
    evolution: overwrite
    ordering: none
}

operation select(table: table, end: money, request_id: uuid) by end {
    when end > table.end
    then table.end = end
    once per request_id
}

invariant I1 eligibility \"*/ --> ]]> ${x} {{ y }} {% raw %}\" { of select }
";

#[test]
fn no_name_is_markup() {
    let spec = spec_of("hostile", Path::new("."), HOSTILE.to_owned());
    let html = document::html(&spec.analysis, &|_| Ok(None)).unwrap();
    assert!(!html.contains("<script>alert") && !html.contains("<img src=x") && !html.contains('\u{202e}'));
    assert!(html.contains("&lt;script&gt;alert(1)") || html.contains("&lt;script&gt;alert(1)&lt;&#x2f;script&gt;"));
    let markdown = document::markdown(&spec.analysis, &document::Steps::all());
    assert!(!markdown.contains("<img src=x") && !markdown.contains('\u{202e}'), "{markdown}");
}

#[test]
fn a_team_can_bring_its_own_templates() {
    let spec = spec_of("hostile", Path::new("."), HOSTILE.to_owned());
    let own = |name: &str| Ok((name == "style.css").then(|| "/* ours */ body { color: teal }".to_owned()));
    assert!(document::html(&spec.analysis, &own).unwrap().contains("/* ours */"));
    for wrong in ["{{ system | nonsense }}", "{{ nonsense }}"] {
        let own = |name: &str| Ok((name == "report.html").then(|| format!("<p>\n{wrong}")));
        let error = document::html(&spec.analysis, &own).unwrap_err();
        assert!(error.contains("template `report.html`, line 2"), "{error}");
    }
}

#[test]
fn drift_is_told_and_nothing_of_others_is_replaced() {
    let home = tempfile::tempdir().unwrap();
    let (spec, out) = (home.path().join("a.sysd"), home.path().join("out"));
    fs::write(&spec, HOSTILE).unwrap();
    let report = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sysd"));
        command.arg("report").arg(&spec).arg("-o").arg(&out).args(more);
        command.output().unwrap()
    };
    assert_eq!(report(&["--check"]).status.code(), Some(1));
    assert!(report(&[]).status.code().is_some_and(|code| code < 2));
    assert_eq!(report(&["--check"]).status.code(), Some(0));
    // However the spec is spelled, and from wherever.
    let mut elsewhere = Command::new(env!("CARGO_BIN_EXE_sysd"));
    elsewhere.current_dir(home.path()).args(["report", "./a.sysd", "-o", "out", "--check"]);
    assert_eq!(elsewhere.output().unwrap().status.code(), Some(0));
    fs::write(&spec, HOSTILE.replace("R1", "R7")).unwrap();
    assert_eq!(report(&["--check"]).status.code(), Some(1));
    assert!(report(&[]).status.code().is_some_and(|code| code < 2));
    fs::write(out.join("design.md"), "# Mine\n").unwrap();
    assert_eq!(report(&[]).status.code(), Some(2));
    assert_eq!(fs::read_to_string(out.join("design.md")).unwrap(), "# Mine\n");
    assert!(report(&["--force"]).status.code().is_some_and(|code| code < 2));
}

/// Graphviz reads every graph of the corpus and of hostile names.
#[test]
fn graphviz_reads_every_graph() {
    let Some(_) = installed(Command::new("dot").arg("-V").output().ok(), "dot", "graphviz") else { return };
    let dot = KINDS.iter().find(|kind| kind.name == "dot").unwrap();
    let home = tempfile::tempdir().unwrap();
    let hostile = spec_of("hostile", Path::new("."), HOSTILE.to_owned());
    for spec in specs().into_iter().chain([hostile]) {
        for file in dot.files(&spec.analysis.design, None) {
            let path = home.path().join(&file.path);
            fs::write(&path, &file.text).unwrap();
            let run = Command::new("dot").arg("-Tsvg").arg(&path).output().unwrap();
            let said = String::from_utf8_lossy(&run.stderr);
            assert!(run.status.success() && !said.contains("rror"), "{}/{}: {said}", spec.name, file.path);
        }
    }
}

fn attributes<'t>(html: &'t str, opening: &'t str) -> impl Iterator<Item = &'t str> {
    html.split(opening).skip(1).filter_map(|rest| rest.split('"').next())
}

#[test]
fn runbooks_of_what_is_gone_go_and_the_users_files_stay() {
    let spec = fs::read_to_string("corpus/auction/spec.sysd").unwrap();
    let at = tempfile::tempdir().unwrap();
    fs::write(at.path().join("a.sysd"), &spec).unwrap();
    fs::create_dir(at.path().join("out")).unwrap();
    fs::write(at.path().join("out/notes.md"), "mine\n").unwrap();
    ends(sysd(at.path(), &["export", "runbooks", "a.sysd", "-o", "out"]), 0);
    let pages = || {
        let names = fs::read_dir(at.path().join("out")).unwrap();
        names.map(|name| name.unwrap().file_name().into_string().unwrap()).collect::<Vec<String>>()
    };
    let before = pages();
    assert!(before.iter().any(|page| page.ends_with("_on_Open.md")), "{before:?}");
    assert!(before.iter().all(|page| !page.starts_with(|c: char| c.is_ascii_digit())), "{before:?}");
    fs::write(
        at.path().join("a.sysd"),
        spec.replace("Open(", "Begin(")
            .replace("on Open", "on Begin")
            .replace("may Open", "may Begin")
            .replace("CreateAuction, Open", "CreateAuction, Begin"),
    )
    .unwrap();
    ends(sysd(at.path(), &["export", "runbooks", "a.sysd", "-o", "out", "--force"]), 0);
    let after = pages();
    assert!(after.iter().all(|page| !page.contains("Open")), "{after:?}");
    assert!(
        after.iter().any(|page| page.ends_with("_on_Begin.md")) && after.contains(&"notes.md".to_owned()),
        "{after:?}"
    );
    let rules = at.path().join("alerts");
    ends(sysd(at.path(), &["export", "prometheus", "a.sysd", "-o", "alerts"]), 0);
    for line in fs::read_to_string(rules.join("rules.yml")).unwrap().lines().filter(|line| line.contains("runbook_url"))
    {
        let page = line.split('"').nth(1).unwrap_or_else(|| line.split(": ").nth(1).unwrap_or_default());
        assert!(after.contains(&page.to_owned()), "{line}");
    }
}

#[test]
fn a_report_of_some_steps_is_checked_as_such() {
    let spec = fs::read_to_string("corpus/auction/spec.sysd").unwrap();
    let at = tempfile::tempdir().unwrap();
    fs::write(at.path().join("a.sysd"), &spec).unwrap();
    ends(sysd(at.path(), &["report", "a.sysd", "-o", "out", "--steps", "1-7,9"]), 0);
    let text = fs::read_to_string(at.path().join("out/design.md")).unwrap();
    let steps: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## Step ")?.split(':').next()).collect();
    assert_eq!(steps, ["1", "2", "3", "4", "5", "6", "7", "9"]);
    ends(sysd(at.path(), &["report", "a.sysd", "-o", "out", "--check"]), 0);
    ends(sysd(at.path(), &["report", "a.sysd", "-o", "out", "--check", "--steps", "1-7"]), 1);
    ends(sysd(at.path(), &["report", "a.sysd", "-o", "out"]), 0);
    assert!(fs::read_to_string(at.path().join("out/design.md")).unwrap().contains("## Step 20:"));
    ends(sysd(at.path(), &["report", "a.sysd", "-o", "out", "--steps", "7-1"]), 2);
}

fn sysd(folder: &Path, args: &[&str]) -> Option<i32> {
    Command::new(env!("CARGO_BIN_EXE_sysd")).current_dir(folder).args(args).output().unwrap().status.code()
}

#[track_caller]
fn ends(status: Option<i32>, wanted: i32) {
    assert_eq!(status, Some(wanted));
}

#[test]
fn errors_come_first_under_the_title_and_nothing_is_made_of_nothing() {
    let text = "system shop \"A <shop>\" { clock store }
        actor U : user { bogus 1 }
        object Thing : entity { key thing_id: uuid; count: count; ownership: ?; evolution: overwrite; ordering: none }
        operation Touch(thing: Thing) by U { then thing.count = 1 }";
    let spec = spec_of("shop", Path::new("."), text.to_owned());
    let markdown = document::markdown(&spec.analysis, &document::Steps::all());
    assert!(markdown.contains("# A &lt;shop>: design of shop\n"), "{markdown}");
    let listed: Vec<&str> = markdown.lines().take_while(|line| !line.starts_with("## ")).collect();
    let at = |word: &str| listed.iter().position(|line| line.starts_with(word));
    assert!(at("- error: ") < at("- warning: ").or(at("- remark: ")) && at("- undecided: ").is_some(), "{listed:#?}");
    let html = document::html(&spec.analysis, &|_| Ok(None)).unwrap();
    assert!(html.contains("<title>A &lt;shop&gt;</title>") && html.contains("Design of shop"));
    let first = html.find("class=\"severity\"").map_or("", |at| &html[at..at + 40]);
    assert!(first.contains(">error<"), "{first}");

    let empty = spec_of("empty", Path::new("."), String::new());
    assert!(document::markdown(&empty.analysis, &document::Steps::all()).contains("The spec declares nothing."));
}
