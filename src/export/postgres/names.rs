//! Names, literals and comments as PostgreSQL reads them, whatever an author calls things.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use sysd_rules::sql;
use sysd_rules::unprintable::is_unprintable;

/// Identifiers of one namespace: no two alike, none longer than the server keeps.
#[derive(Default)]
pub struct Namer {
    taken: BTreeSet<String>,
}

/// PostgreSQL cuts identifiers off after so many bytes, which would make two long names one.
const LONGEST: usize = 63;

impl Namer {
    /// An identifier for a name, quoted. A name that is taken, or too long, ends in a mark of its own.
    pub fn give(&mut self, name: &str) -> String {
        quote(&self.free(fitting(&snake(name))))
    }

    /// The same for what is said as it stands: a constraint is named after what it demands, for its name is what a caller is told.
    pub fn say(&mut self, text: &str) -> String {
        quote(&self.free(fitting(&comment(text))))
    }

    /// Names that are taken already.
    pub fn reserving(names: &[&str]) -> Namer {
        Namer { taken: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    fn free(&mut self, wanted: String) -> String {
        let free = |candidate: &String| !self.taken.contains(candidate);
        let numbered = (2u32..).map(|number| shortened(&wanted, &format!("_{number}")));
        let chosen = std::iter::once(wanted.clone()).chain(numbered).find(free).unwrap_or(wanted);
        self.taken.insert(chosen.clone());
        chosen
    }
}

/// The functions that a call may mean in any database, of PostgreSQL 15: those of `pg_catalog`, which every search path has, but
/// for what only the server itself can call.
static OF_SERVER: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("server_functions.txt").split_whitespace().collect());

/// Whether the server has a function of that name. A driver that sends arguments as text without a type leaves the choice to the
/// server, and of two that fit it chooses neither; a schema of one's own is no way out, for both are looked at.
pub fn is_of_server(name: &str) -> bool {
    OF_SERVER.contains(snake(name).as_str())
}

/// An identifier between quotes.
pub fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The body of a function between dollar quotes that it does not contain.
pub fn dollar(body: &str) -> String {
    let tags = std::iter::once("$sysd$".to_owned()).chain((1u32..).map(|number| format!("$sysd{number}$")));
    let tag = tags.into_iter().find(|tag| !body.contains(tag.as_str())).unwrap_or_default();
    format!("{tag}\n{body}{tag}")
}

/// Text that may stand behind `--`: one line, whatever breaks lines or turns the direction of writing.
pub fn comment(text: &str) -> String {
    text.chars().map(|c| if is_unprintable(c) { ' ' } else { c }).collect()
}

/// A name as SQL spells it, without what a reader would not see.
pub fn snake(name: &str) -> String {
    let seen = name.chars().filter(|c| matches!(c, '\t' | '\n') || !is_unprintable(*c));
    sql::snake(&seen.collect::<String>())
}

fn fitting(name: &str) -> String {
    if name.len() <= LONGEST { name.to_owned() } else { shortened(name, &format!("_{:08x}", fingerprint(name))) }
}

/// The name cut so that the mark fits behind it.
fn shortened(name: &str, mark: &str) -> String {
    let mut end = name.len().min(LONGEST - mark.len());
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{mark}", &name[..end])
}

/// FNV-1a: the same on every machine.
fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_one_case_and_quoted() {
        let mut namer = Namer::default();
        assert_eq!(namer.give("PlaceBid"), "\"place_bid\"");
        assert_eq!(namer.give("place_bid"), "\"place_bid_2\"");
        assert_eq!(namer.give("HTTPServer2Log"), "\"http_server2_log\"");
        assert_eq!(namer.give("a\"b"), "\"a\"\"b\"");
        assert_eq!(namer.give(""), "\"unnamed\"");
    }

    #[test]
    fn long_names_stay_apart() {
        let mut namer = Namer::default();
        let (one, other) = (format!("{}a", "é".repeat(150)), format!("{}b", "é".repeat(150)));
        let given = [namer.give(&one), namer.give(&other), namer.give(&one)];
        assert!(given.iter().all(|name| name.len() <= LONGEST + 2), "{given:?}");
        assert_eq!(given.iter().collect::<BTreeSet<_>>().len(), 3);
    }

    #[test]
    fn comments_end_where_they_should() {
        assert_eq!(comment("one\ntwo\u{202e}"), "one two ");
    }
}
