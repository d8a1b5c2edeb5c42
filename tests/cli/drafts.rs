//! What `sysd new` and `sysd fmt` write.

use super::*;

#[test]
fn every_template_makes_a_clean_spec_of_the_given_name() {
    let at = folder(&[]);
    for template in ["starter", "auction", "dispatch", "leaderboard"] {
        let name = format!("my-{template}");
        let output = sysd(at.path(), &["new", &name, "--template", template]);
        assert_eq!(err(&output), format!("wrote `{name}.sysd`; next: `sysd check {name}.sysd`\n"));
        ends(&output, 0);
        let text = fs::read_to_string(at.path().join(format!("{name}.sysd"))).unwrap();
        assert!(text.contains(&format!("\nsystem my_{template} \"")), "{text}");
        let output = sysd(at.path(), &["check", &format!("{name}.sysd"), "--fail-level", "warning"]);
        ends(&output, 0);
    }
}

#[test]
fn new_overwrites_nothing_unless_told_to() {
    let at = folder(&[("shop.sysd", "mine\n")]);
    let path = at.path().join("shop.sysd");
    let output = sysd(at.path(), &["new", "shop"]);
    assert_eq!(err(&output), "error: cannot create `shop.sysd`: it exists; `--force` replaces it\n");
    ends(&output, 2);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine\n");
    ends(&sysd(at.path(), &["new", "shop", "--force"]), 0);
    assert!(fs::read_to_string(&path).unwrap().contains("system shop "));
    ends(&sysd(at.path(), &["new", "no/such/folder/shop", "--force"]), 2);
    ends(&sysd(at.path(), &["new", "2nd.sysd"]), 0);
    ends(&sysd(at.path(), &["check", "2nd.sysd"]), 0);
    ends(&sysd(at.path(), &["new", "---"]), 2);
    ends(&sysd(at.path(), &["new", "--", "..."]), 2);
    let left: Vec<_> = fs::read_dir(at.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_new_spec_is_called_as_its_file_and_the_hint_can_be_pasted() {
    let at = folder(&[]);
    let output = sysd(at.path(), &["new", "Concert's Shop!"]);
    assert!(err(&output).contains(r"next: `sysd check 'Concert'\''s Shop!.sysd'`"), "{}", err(&output));
    let text = fs::read_to_string(at.path().join("Concert's Shop!.sysd")).unwrap();
    assert!(text.contains("system Concert_s_Shop \"Concert's Shop!\" {"), "{text}");
    assert!(err(&sysd(at.path(), &["new", "box_office"])).contains("next: `sysd check box_office.sysd`"));
    assert!(
        fs::read_to_string(at.path().join("box_office.sysd")).unwrap().contains("system box_office \"Box office\" {")
    );
}

#[test]
fn new_from_requirements_makes_a_draft_that_can_be_read() {
    let at = folder(&[("requirements.txt", "1. Users can bid on an item\n\n2. Users see the highest bid\n")]);
    ends(&sysd(at.path(), &["new", "shop", "--from", "requirements.txt"]), 0);
    let text = fs::read_to_string(at.path().join("shop.sysd")).unwrap();
    assert!(text.contains("requirement R1 \"Users can bid on an item\" { User does BidItem }\n"), "{text}");
    ends(&sysd(at.path(), &["fmt", "--check", "shop.sysd"]), 0);
    ends(&sysd(at.path(), &["check", "shop.sysd"]), 0);
    ends(&sysd(at.path(), &["new", "shop", "--from", "requirements.txt"]), 2);
    ends(&sysd(at.path(), &["new", "other", "--from", "missing.txt"]), 2);
    ends(&sysd(at.path(), &["new", "other", "--from", "."]), 2);
    ends(&sysd(at.path(), &["new", "other", "--from", "requirements.txt", "--template", "auction"]), 2);
    ends(&piped(at.path(), &["new", "piped", "--from", "-"], "Users like a post\n"), 0);
    assert!(fs::read_to_string(at.path().join("piped.sysd")).unwrap().contains("object Like : event"));
    assert!(!at.path().join("other.sysd").exists());
}

#[test]
fn templates_are_formatted() {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    ends(&sysd(&templates, &["fmt", "--check"]), 0);
}

#[test]
fn fmt_writes_shows_or_names_what_is_not_formatted() {
    let (ragged, neat) =
        ("object  Item :entity{\n key id : uuid\n}\n", "object Item : entity {\n    key id: uuid\n}\n");
    let at = folder(&[("ragged.sysd", ragged), ("neat.sysd", neat)]);
    let path = at.path().join("ragged.sysd");
    let output = sysd(at.path(), &["fmt", "--check"]);
    assert_eq!(
        (out(&output).as_str(), err(&output).as_str()),
        ("ragged.sysd\n", "1 file not formatted, 1 left as it was\n")
    );
    ends(&output, 1);
    let output = sysd(at.path(), &["fmt", "--diff", "-q"]);
    assert!(out(&output).starts_with("--- ragged.sysd\n+++ ragged.sysd\n"), "{}", out(&output));
    ends(&output, 1);
    assert_eq!(fs::read_to_string(&path).unwrap(), ragged);
    assert_eq!(out(&piped(at.path(), &["fmt", "-"], ragged)), neat);
    ends(&sysd(at.path(), &["fmt"]), 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), neat);
    assert_eq!(err(&sysd(at.path(), &["fmt"])), "nothing to format\n");
    ends(&sysd(at.path(), &["fmt", "missing.sysd"]), 2);
}
