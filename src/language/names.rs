//! Who is who: names to things, with "did you mean".

use super::codes;
use super::places::Places;
use crate::diagnostic::Diagnostic;
use crate::source::Location;
use std::cell::Cell;
use std::collections::HashMap;
use sysd_rules::fact::Entity;

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

    /// The item nearest to a misspelt name, among those that would fit. After so many guesses there are no more: a file in which
    /// every name is wrong is not misspelt.
    pub fn nearest(&self, name: &str, fits: impl Fn(Entity) -> bool) -> Option<&str> {
        const MOST_COMPARED: usize = 3_000_000;
        self.compared.set(self.compared.get().saturating_add(self.global.len()));
        if self.compared.get() > MOST_COMPARED {
            return None;
        }
        let fitting = self.global.iter().filter(|(_, entity)| fits(**entity));
        closest(name, fitting.map(|(name, _)| name.as_str()))
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

/// The candidate nearest to a misspelt word, if any is near enough.
pub fn closest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let limit = match word.chars().count() {
        0..=2 => return None,
        3..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    let shape = shape(word);
    candidates
        .filter(|candidate| can_be_near(shape, self::shape(candidate), limit) && *candidate != word)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
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
