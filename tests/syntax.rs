//! The syntax on whole texts.

use sysd::source::FileId;
use sysd::syntax::parse;

#[test]
fn the_corpus_parses() {
    for (path, text) in corpus() {
        let (tree, diagnostics) = parse(FileId(0), &text);
        assert!(diagnostics.is_empty(), "{path}: {diagnostics:#?}");
        assert!(tree.items.iter().all(|item| !item.broken));
        assert!(!tree.items.is_empty(), "{path}");
    }
}

/// Path and text of every spec.
fn corpus() -> Vec<(String, String)> {
    let mut paths: Vec<_> =
        std::fs::read_dir("corpus").unwrap().map(|entry| entry.unwrap().path().join("spec.sysd")).collect();
    paths.retain(|path| path.exists());
    paths.sort();
    paths.into_iter().map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap())).collect()
}
