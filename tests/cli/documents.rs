//! What `sysd solve`, `report` and `export` put out.

use super::*;

#[test]
fn a_design_is_printed_for_people_documents_and_programs() {
    let at = folder(&[("shop.sysd", CLEAN)]);
    let solve = |args: &[&str]| out(&sysd(at.path(), &[&["solve", "shop.sysd"], args].concat()));
    assert!(solve(&[]).starts_with("Step 1  Problem normalization\n"));
    assert!(solve(&["--format", "markdown"]).starts_with("# Design of shop\n\n## Step 1: Problem normalization\n"));
    let json: Value = serde_json::from_str(&solve(&["--format", "json"])).unwrap();
    assert_eq!((&json["schemaVersion"], &json["system"]), (&1.into(), &"shop".into()));
    let numbers: Vec<u64> =
        json["steps"].as_array().unwrap().iter().map(|step| step["number"].as_u64().unwrap()).collect();
    assert!(numbers.len() >= 7 && numbers.iter().zip(1..).all(|(number, index)| *number == index), "{numbers:?}");
    let two = solve(&["--step", "2", "--step", "6"]);
    let steps: Vec<&str> = two.lines().filter(|line| line.starts_with("Step ")).collect();
    assert_eq!(steps, ["Step 2  Object extraction", "Step 6  Mechanism selection"]);
    let wrong = sysd(at.path(), &["solve", "shop.sysd", "--step", "0"]);
    assert!(
        err(&wrong).contains("there is no step 0; the steps are\n   1  Problem normalization\n"),
        "{}",
        err(&wrong)
    );
}

#[test]
fn a_report_needs_a_folder_and_tells_of_templates_nobody_asks_for() {
    let at = folder(&[("a.sysd", CLEAN), ("own/reprot.html", "<p>"), ("own/style.css", "p { color: teal }")]);
    let output = sysd(at.path(), &["report", "a.sysd", "-o", "-"]);
    ends(&output, 2);
    assert!(err(&output).contains("name a folder") && !at.path().join("-").exists(), "{}", err(&output));
    let output = sysd(at.path(), &["report", "a.sysd", "-o", "out", "--templates", "own"]);
    assert!(err(&output).contains("no template is called `reprot.html`"), "{}", err(&output));
    assert!(!err(&output).contains("style.css`"), "{}", err(&output));
}

/// What is exported may be loaded far from the spec.
#[test]
fn exports_of_a_spec_with_errors_say_so_in_every_file() {
    let at = folder(&[("wrong.sysd", WRONG), ("clean.sysd", CLEAN)]);
    for kind in ["postgres", "prometheus", "openslo", "runbooks", "mermaid", "dot"] {
        for (spec, told) in [("wrong", true), ("clean", false)] {
            let out = format!("{kind}-{spec}");
            let status = sysd(at.path(), &["export", kind, &format!("{spec}.sysd"), "-o", &out]).status.code();
            assert_eq!(status, Some(i32::from(told)), "{kind}");
            // An empty spec has no pictures, and so no folder for them.
            for file in fs::read_dir(at.path().join(out)).into_iter().flatten() {
                let path = file.unwrap().path();
                let head: String = fs::read_to_string(&path).unwrap().lines().take(2).collect();
                assert_eq!(head.contains("the spec has errors"), told, "{}", path.display());
            }
        }
    }
}

/// What sysd has written is written again when the spec has changed; a file of the user's that lies in the way is not.
#[test]
fn exports_replace_what_sysd_has_written_and_nothing_else() {
    let spec = include_str!("../../corpus/auction/spec.sysd");
    let later = spec.replace("PlaceBid", "MakeBid");
    assert_ne!(spec, later);
    for kind in ["postgres", "prometheus", "openslo", "runbooks", "mermaid", "dot", "json"] {
        let at = folder(&[("one.sysd", spec), ("two.sysd", &later)]);
        let export = |more: &[&str]| sysd(at.path(), &[&["export", kind, "two.sysd", "-o", "out"], more].concat());
        let names = || -> Vec<_> {
            let mut names: Vec<_> =
                fs::read_dir(at.path().join("out")).unwrap().map(|file| file.unwrap().path()).collect();
            names.sort();
            names
        };
        ends(&sysd(at.path(), &["export", kind, "one.sysd", "-o", "out"]), 0);
        let (before, own) = (names(), at.path().join("out/own.md"));
        fs::write(&own, "mine").unwrap();
        let output = export(&[]);
        ends(&output, 0);
        let after = names();
        let left = before.iter().filter(|path| fs::read_to_string(path).unwrap().contains("PlaceBid")).count();
        assert_eq!(err(&output).contains("of an earlier design"), left > 0, "{kind}: {}", err(&output));
        assert_eq!(after.iter().filter(|path| before.contains(path)).count(), before.len(), "{kind}");
        ends(&export(&["--force"]), 0);
        assert_eq!(names().len(), after.len() - left, "{kind}");
        assert_eq!(fs::read_to_string(&own).unwrap(), "mine");
        let first = names().into_iter().find(|path| *path != own).unwrap();
        fs::write(&first, "mine too").unwrap();
        let output = export(&[]);
        ends(&output, 2);
        assert!(err(&output).contains("exists and differs"), "{kind}: {}", err(&output));
        assert_eq!(fs::read_to_string(&first).unwrap(), "mine too");
    }
}

/// What the README shows is what is printed, between its `…`.
#[test]
fn the_readme_shows_what_is_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let spec = include_str!("../../corpus/auction/spec.sysd");
    let operation = &spec[spec.find("operation PlaceBid").unwrap()..];
    let shown = readme.split("```sysd\n").nth(1).and_then(|block| block.split("```").next()).unwrap();
    assert!(shown.lines().all(|line| operation.lines().any(|it| it == line)), "{shown}");
    let (before, after) = operation.split_once("    once per request_id for 24h\n").unwrap();
    let broken = format!("{}{before}{after}", &spec[..spec.len() - operation.len()]);
    let at = folder(&[("corpus/auction/spec.sysd", spec), ("auction.sysd", &broken)]);
    let mut commands = 0;
    for block in readme.split("```text\n$ sysd ").skip(1) {
        let (command, shown) = block.split("```").next().and_then(|block| block.split_once('\n')).unwrap();
        let printed = out(&sysd(at.path(), &command.split(' ').collect::<Vec<_>>()));
        for part in shown.split("…\n").filter(|part| !part.trim().is_empty()) {
            assert!(printed.contains(part.trim_end()), "`sysd {command}` prints\n{printed}\nand not\n{part}");
        }
        commands += 1;
    }
    assert_eq!(commands, 2);
}
