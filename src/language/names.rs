//! Who is who: names to things, with "did you mean".

use super::codes;
use super::places::Places;
use crate::diagnostic::Diagnostic;
use crate::source::Location;
use std::cell::Cell;
use std::collections::HashMap;
use sysd_rules::fact::Entity;
use sysd_rules::finding::Applicability;

/// The names in scope.
#[derive(Default)]
pub struct Names {
    global: HashMap<String, Entity>,
    members: HashMap<Entity, Members>,
    /// How many names misspelt ones have been compared with.
    compared: Cell<usize>,
}

/// The fields, states and parameters of one thing.
#[derive(Default)]
struct Members {
    by_name: HashMap<String, Entity>,
    /// All of them, those whose name is taken too.
    declared: Vec<Entity>,
}

impl Names {
    /// Declares an item. Items share one namespace, whatever their kind.
    pub fn declare(&mut self, entity: Entity, name: &str) {
        if !name.is_empty() {
            self.global.insert(name.to_owned(), entity);
        }
    }

    /// Whether an item has the name already, which is told.
    pub fn is_taken(&self, name: &str, at: Location, places: &Places, diagnostics: &mut Vec<Diagnostic>) -> bool {
        let first = self.global.get(name);
        diagnostics.extend(first.map(|first| duplicate(name, at, *first, places)));
        first.is_some()
    }

    /// Declares a field, state or parameter of a thing.
    pub fn member(
        &mut self,
        of: Entity,
        entity: Entity,
        name: &str,
        at: Location,
        places: &Places,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let members = self.members.entry(of).or_default();
        members.declared.push(entity);
        match members.by_name.get(name) {
            None => {
                members.by_name.insert(name.to_owned(), entity);
            }
            Some(first) => diagnostics.push(duplicate(name, at, *first, places)),
        }
    }

    /// The item of that name.
    pub fn item(&self, name: &str) -> Option<Entity> {
        self.global.get(name).copied()
    }

    /// The field, state or parameter of that name.
    pub fn member_of(&self, of: Entity, name: &str) -> Option<Entity> {
        self.members.get(&of)?.by_name.get(name).copied()
    }

    /// All members of a thing in the order of their declarations, those whose name is taken too.
    pub fn declared_in(&self, of: Entity) -> &[Entity] {
        self.members.get(&of).map_or(&[], |members| &members.declared)
    }

    /// The items nearest to a misspelt name, among those that would fit.
    pub fn nearest(&self, name: &str, fits: impl Fn(Entity) -> bool) -> Near {
        near(name, self.fitting(fits))
    }

    /// The names of the items that would fit. After so many guesses there are none: a file in which every name is wrong is not
    /// misspelt.
    pub fn fitting<'n>(&'n self, fits: impl Fn(Entity) -> bool + 'n) -> impl Iterator<Item = &'n str> {
        const MOST_COMPARED: usize = 3_000_000;
        self.compared.set(self.compared.get().saturating_add(self.global.len()));
        let few = self.compared.get() <= MOST_COMPARED;
        self.global.iter().filter(move |(_, entity)| few && fits(**entity)).map(|(name, _)| name.as_str())
    }

    /// All members of a thing, sorted by name.
    pub fn members(&self, of: Entity) -> Vec<(&str, Entity)> {
        let members = self.members.get(&of).into_iter().flat_map(|members| &members.by_name);
        let mut all: Vec<_> = members.map(|(name, entity)| (name.as_str(), *entity)).collect();
        all.sort_unstable();
        all
    }
}

fn duplicate(name: &str, at: Location, first: Entity, places: &Places) -> Diagnostic {
    let mut diagnostic =
        Diagnostic::new(&codes::DUPLICATE_NAME, at, format!("`{name}` is declared twice")).label("declared again here");
    if let Some(place) = places.get(first) {
        diagnostic = diagnostic.with(place.name, format!("first declared here, as {}", article(first.noun())));
    }
    diagnostic.help("give one of them another name")
}

/// "an object"
pub fn article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {noun}")
}

/// What a misspelt word may have been meant to be.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Near {
    /// Those nearest to it, all equally near, sorted.
    pub words: Vec<String>,
    /// Whether it is nearer than a mere likeness, and nothing else as near.
    pub certain: bool,
}

impl Near {
    /// Whether nothing is near.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The same, or another guess where there is none.
    pub fn or(self, other: Near) -> Near {
        if self.is_empty() { other } else { self }
    }

    /// Offers to write what may be meant in the primary place. Of several, none is certain.
    pub fn offer(&self, diagnostic: Diagnostic) -> Diagnostic {
        let applicability = if self.certain { Applicability::Safe } else { Applicability::Unsafe };
        let at = diagnostic.primary.at;
        self.words.iter().fold(diagnostic, |diagnostic, word| {
            diagnostic.fix(format!("did you mean `{word}`?"), applicability, at, word)
        })
    }
}

/// What is nearest to a misspelt word; failing that, what differs from it in its ending.
pub fn near<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Near {
    const MOST_OFFERED: usize = 3;
    let length = word.chars().count();
    let limit = match length {
        0..=2 => return Near::default(),
        3..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    let shape = shape(word);
    // The distance, or one beyond all limits for the same word with another ending.
    let rank = |candidate: &str| {
        let distance =
            if can_be_near(shape, self::shape(candidate), limit) { distance(word, candidate) } else { usize::MAX };
        if distance <= limit { Some(distance) } else { is_inflected(word, candidate).then_some(limit + 1) }
    };
    let ranked = candidates.filter(|candidate| *candidate != word);
    let mut ranked: Vec<(usize, &str)> = ranked.filter_map(|word| Some((rank(word)?, word))).collect();
    ranked.sort_unstable();
    ranked.dedup();
    let Some((least, _)) = ranked.first().copied() else { return Near::default() };
    ranked.retain(|(rank, _)| *rank == least);
    let certain = least <= limit && ranked.len() == 1;
    Near { words: ranked.into_iter().take(MOST_OFFERED).map(|(_, word)| word.to_owned()).collect(), certain }
}

/// The candidate that is certainly meant by a misspelt word.
pub fn closest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let candidates: Vec<&str> = candidates.collect();
    let near = near(word, candidates.iter().copied());
    let meant = near.words.first().filter(|_| near.certain)?;
    candidates.into_iter().find(|candidate| candidate == meant)
}

/// `retries` and `retry`, `Reservation` and `Reserve`: one stem and two endings of lower-case letters.
fn is_inflected(word: &str, candidate: &str) -> bool {
    const SHORTEST_STEM: usize = 4;
    const LONGEST_ENDING: usize = 5;
    let stem: usize = word.chars().zip(candidate.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    let endings = [&word[stem..], &candidate[stem..]];
    let shorter = endings.iter().map(|ending| ending.len()).min().unwrap_or(0);
    stem >= SHORTEST_STEM
        && shorter <= 1
        && endings.iter().all(|ending| ending.len() <= LONGEST_ENDING && ending.chars().all(|c| c.is_ascii_lowercase()))
}

/// The length of a word, and its letters as a set.
fn shape(word: &str) -> (usize, u64) {
    word.chars().fold((0, 0), |(length, letters), c| (length + 1, letters | 1 << (c.to_ascii_lowercase() as u32 % 64)))
}

/// Rules most words out without comparing them, which matters where every name of a long file is misspelt: an edit changes
/// the length by one at most and the set of letters by two.
fn can_be_near(a: (usize, u64), b: (usize, u64), limit: usize) -> bool {
    a.0.abs_diff(b.0) <= limit && (a.1 ^ b.1).count_ones() as usize <= 2 * limit
}

/// Edits between two words; a different case alone costs less than any edit.
fn distance(word: &str, candidate: &str) -> usize {
    if word.eq_ignore_ascii_case(candidate) {
        return 0;
    }
    strsim::osa_distance(word, candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(word: &str, candidates: &[&str]) -> (Vec<String>, bool) {
        let near = near(word, candidates.iter().copied());
        (near.words, near.certain)
    }

    #[test]
    fn what_is_nearest_alone_is_certain() {
        assert_eq!(of("Visiter", &["Visitor", "Seat"]), (vec!["Visitor".into()], true));
        assert_eq!(of("seat", &["SEAT", "beat"]), (vec!["SEAT".into()], true));
    }

    #[test]
    fn of_two_equally_near_none_is_certain() {
        assert_eq!(of("uid", &["uuid", "id", "text"]), (vec!["id".into(), "uuid".into()], false));
        assert_eq!(closest("uid", ["uuid", "id"].into_iter()), None);
    }

    #[test]
    fn another_ending_is_a_guess() {
        assert_eq!(of("retries", &["retry", "partition"]), (vec!["retry".into()], false));
        assert_eq!(of("Reservation", &["Reserve"]), (vec!["Reserve".into()], false));
        assert_eq!(of("Ticket", &["TicketSold", "ticket_id"]), (vec![], false));
    }
}
