//! The framework's demands by id.

use std::sync::LazyLock;

/// One demand of the framework, in our words.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Obligation {
    /// `S2-v4`, `A-9`, `AP-6`, `PR-cc1`, `CK-3a`.
    pub id: &'static str,
    /// What it asks.
    pub text: &'static str,
    /// The heading it stands under.
    pub under: &'static str,
}

/// All of them, in the framework's order.
pub fn all() -> impl Iterator<Item = &'static Obligation> {
    static ALL: LazyLock<Vec<Obligation>> = LazyLock::new(read);
    ALL.iter()
}

/// The demand of that id; capital letters do not matter.
pub fn find(id: &str) -> Option<&'static Obligation> {
    all().find(|obligation| obligation.id.eq_ignore_ascii_case(id))
}

fn read() -> Vec<Obligation> {
    let mut under = "";
    let mut all = vec![];
    for line in include_str!("obligations.md").lines() {
        if line.starts_with('#') {
            under = line.trim_start_matches(['#', ' ']);
        }
        if let Some((id, text)) = line.strip_prefix("- ").and_then(|line| line.split_once(": ")) {
            // Anti-patterns name their step behind the id.
            let id = id.split_once(' ').map_or(id, |(id, _)| id);
            all.push(Obligation { id, text, under });
        }
    }
    all
}
