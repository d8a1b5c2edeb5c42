//! `sysd check --complete`: the checklist, line by line.

use super::*;

#[test]
fn a_spec_that_is_to_be_complete_is_held_against_the_checklist() {
    let text = "actor Author : user\nrequirement R1 \"Authors publish posts\"\n";
    let folder = folder(&[("blog.sysd", text)]);
    let checked = sysd(folder.path(), &["check", "--complete", "blog.sysd"]);
    ends(&checked, 1);
    let shown = out(&checked);
    assert!(shown.contains("\nChecklist of blog.sysd\n"), "{shown}");
    let failed = shown.lines().find(|line| line.contains("CK-1a")).unwrap_or_default();
    assert!(failed.trim_start().starts_with("failed"), "{shown}");
    assert!(shown.contains("S0101 requirement-without-operation: "), "{shown}");
    assert!(shown.contains("  not yet reached  CK-9a"), "{shown}");
    assert!(!out(&sysd(folder.path(), &["check", "blog.sysd"])).contains("Checklist"));

    let json = out(&sysd(folder.path(), &["check", "--complete", "--output-format", "json", "blog.sysd"]));
    let report: Value = serde_json::from_str(&json).unwrap();
    let first = &report["checklists"][0]["lines"][0];
    assert_eq!((&first["id"], &first["verdict"]), (&"CK-1a".into(), &"failed".into()), "{json}");
    assert!(first["because"][0].as_str().unwrap().ends_with(", blog.sysd:2"), "{json}");
}

/// A retried operation without a request key, which the finding about it may be accepted for.
const KEYLESS: &str = "\
system x \"X\" { clock store }
actor U : user { count 1M; retries; may crash after send }
requirement R1 \"Users change it\" { U does Op }
object A : entity { key k: uuid; high: integer = 0 }
operation Op(a: A, n: integer) by U { when n > a.high; then a.high = n; rate 1/s }
invariant I2 eligibility \"higher\" { of Op; for R1 }
fault client retry
load { path_latency: 500ms }
";

#[test]
fn what_is_accepted_makes_a_line_accepted_and_a_failed_line_fails() {
    let accepted =
        KEYLESS.replace("operation Op", "allow(cas-without-idempotency-key, reason = \"internal\")\noperation Op");
    let folder = folder(&[("open.sysd", KEYLESS), ("accepted.sysd", &accepted)]);
    let failed = |shown: &str| shown.lines().filter(|line| line.starts_with("  failed ")).count();

    let open = sysd(folder.path(), &["check", "--complete", "open.sysd"]);
    ends(&open, 1);
    let shown = out(&open);
    assert!(failed(&shown) > 0, "{shown}");
    for (at, line) in shown.lines().enumerate().filter(|(_, line)| line.starts_with("  failed ")) {
        let reason = shown.lines().nth(at + 1).unwrap_or_default().trim_start();
        assert!(reason.starts_with('S') && reason.contains("open.sysd:"), "{line}\n{reason}");
    }

    let accepted = sysd(folder.path(), &["check", "--complete", "accepted.sysd"]);
    let shown = out(&accepted);
    ends(&accepted, 0);
    assert_eq!(failed(&shown), 0, "{shown}");
    assert!(shown.contains("  accepted         CK-6d"), "{shown}");
    assert!(shown.contains("S0601 cas-without-idempotency-key: ") && shown.contains("(accepted: internal)"), "{shown}");
    assert!(shown.contains(" accepted, 0 failed, "), "{shown}");
}

/// Also where nothing is found that is an error.
#[test]
fn the_exit_status_says_whether_a_line_of_the_checklist_failed() {
    for name in ["auction", "activity_feed", "inventory", "payments", "price_alerts"] {
        let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        let checked = sysd(&spec, &["check", "--complete", "spec.sysd"]);
        let failed = out(&checked).lines().any(|line| line.starts_with("  failed "));
        let error = out(&checked).lines().any(|line| line.starts_with("error["));
        ends(&checked, i32::from(failed || error));
        ends(&sysd(&spec, &["check", "--complete", "--exit-zero", "spec.sysd"]), 0);
    }
}
