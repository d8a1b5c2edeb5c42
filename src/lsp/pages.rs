//! Documents that belong to no client and that any client can open: the pages of findings, and derived designs. They are files below
//! the user's cache folder, so that a link to one works in an editor that knows nothing of us.

use super::convert;
use crate::diagnostic::Code;
use gen_lsp_types::Uri;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs};

/// The pages that have been written.
#[derive(Default)]
pub struct Pages {
    known: RefCell<BTreeMap<&'static str, Option<Uri>>>,
}

impl Pages {
    /// The page of a finding; none where it cannot be written.
    pub fn of(&self, code: &'static Code) -> Option<Uri> {
        let mut known = self.known.borrow_mut();
        known.entry(code.code).or_insert_with(|| write(&format!("explain/{}.md", code.code), code.page)).clone()
    }
}

/// Writes a document, unless it is there already.
pub fn write(name: &str, text: &str) -> Option<Uri> {
    let path = folder()?.join(name);
    if fs::read(&path).ok().as_deref() != Some(text.as_bytes()) {
        fs::create_dir_all(path.parent()?).ok()?;
        fs::write(&path, text).ok()?;
    }
    convert::uri(path.to_str()?)
}

/// One for each version: pages change with the rules.
fn folder() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = match () {
        () if cfg!(windows) => set("LOCALAPPDATA"),
        () if cfg!(target_os = "macos") => set("HOME").map(|home| home.join("Library/Caches")),
        () => set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache"))),
    };
    cache.filter(|cache| cache.is_absolute()).map(|cache| cache.join("sysd").join(env!("CARGO_PKG_VERSION")))
}
