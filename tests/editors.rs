//! The grammars of the editors have the words of the language's own tables. `UPDATE=1` writes them anew.

use std::path::Path;

use sysd::language::keywords;

/// Where each editor keeps its lists: what stands before and behind one, and how its words are written.
const LISTS: &[(&str, &[(&str, &str, Words)], Written)] = &[
    (
        "editors/vscode/syntaxes/sysd.tmLanguage.json",
        &[
            ("\"match\": \"^\\\\s*(", ")\\\\b(?!", keywords::items),
            ("\"keyword.operator.word.sysd\", \"match\": \"\\\\b(", ")\\\\b", keywords::operators),
            ("\"storage.type.sysd\", \"match\": \"(?<![\\\\w.-])(", ")(?!", keywords::clauses),
            ("\"constant.language.sysd\", \"match\": \"(?<![\\\\w.-])(", ")(?!", keywords::values),
        ],
        |words| words.join("|"),
    ),
    ("editors/tree-sitter-sysd/src/scanner.c", &[("ITEMS[] = {", "};", keywords::items)], |words| {
        words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
    }),
    ("editors/tree-sitter-sysd/queries/highlights.scm", QUERY, quoted),
    ("editors/helix/queries/sysd/highlights.scm", QUERY, quoted),
    ("editors/zed/languages/sysd/highlights.scm", QUERY, quoted),
    (
        "editors/emacs/sysd-mode.el",
        &[
            ("(defconst sysd-items '(", ")\n", keywords::items),
            ("(defconst sysd-clauses '(", ")\n", keywords::clauses),
            ("(defconst sysd-operators '(", ")\n", keywords::operators),
            ("(defconst sysd-values '(", ")\n", keywords::values),
        ],
        quoted,
    ),
];

/// Those of a query for highlights.
const QUERY: &[(&str, &str, Words)] = &[
    ("#any-of? @constant.builtin ", "))", keywords::values),
    ("#any-of? @keyword.operator ", "))", keywords::operators),
    ("#any-of? @attribute ", "))", keywords::clauses),
    ("((item . (name) @keyword) (#any-of? @keyword ", "))", keywords::items),
    ("(name) @type) (#any-of? @keyword ", "))", keywords::items),
    ("(name) @function)) (#any-of? @keyword ", "))", keywords::items),
];

type Words = fn() -> Vec<&'static str>;
type Written = fn(&[&str]) -> String;

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_editor_knows_the_words_of_the_language() {
    for (path, lists, written) in LISTS {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let text = std::fs::read_to_string(&file).unwrap();
        let mut wanted = text.clone();
        for (before, behind, words) in *lists {
            let start = wanted.find(before).unwrap_or_else(|| panic!("{path}: no `{before}`")) + before.len();
            let end = start + wanted[start..].find(behind).unwrap_or_else(|| panic!("{path}: no `{behind}`"));
            wanted.replace_range(start..end, &written(&words()));
        }
        if text != wanted {
            assert!(std::env::var_os("UPDATE").is_some(), "{path} is out of date; run with UPDATE=1");
            std::fs::write(&file, wanted).unwrap();
        }
    }
}

#[test]
fn no_word_is_in_two_lists() {
    let lists = [keywords::items(), keywords::clauses(), keywords::values()];
    for (at, one) in lists.iter().enumerate() {
        assert!(one.len() > 10);
        for other in &lists[at + 1..] {
            let both: Vec<_> = one.iter().filter(|word| other.contains(word)).collect();
            assert!(both.is_empty(), "{both:?}");
        }
    }
}
