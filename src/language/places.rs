//! Where things are declared. Facts carry ids, this carries spans; they meet in `diagnostic`.

use crate::source::{FileId, Location, Span};
use crate::syntax::tree::Body;
use std::collections::HashMap;
use sysd_rules::fact::Entity;

/// The places of everything declared.
#[derive(Clone, Default, Debug)]
pub struct Places {
    places: HashMap<Entity, Place>,
    /// Every use of a name: where, and what it means. For definition, references, rename.
    pub uses: Vec<(Location, Entity)>,
    /// Findings the author accepts.
    pub allows: Vec<Allow>,
}

/// Where one thing is declared.
#[derive(Clone, Default, Debug)]
pub struct Place {
    /// Its name.
    pub name: Location,
    /// All of it.
    pub whole: Location,
    /// Whether it is an item, rather than a part of one.
    pub item: bool,
    /// The braces of its body.
    pub body: Option<(Span, Span)>,
    /// Its clauses, by the word they open with.
    pub clauses: Vec<(String, Location)>,
}

/// `allow(slug, reason = "…")`
#[derive(Clone, Debug)]
pub struct Allow {
    /// The code or slug as written.
    pub slug: String,
    /// Where the slug stands.
    pub at: Location,
    /// The whole clause.
    pub whole: Location,
    /// The item it is for; `None` where no item follows.
    pub scope: Option<Location>,
    /// The author's reason.
    pub reason: String,
}

impl Places {
    /// Where the thing is declared.
    pub fn get(&self, entity: Entity) -> Option<&Place> {
        self.places.get(&entity)
    }

    /// The name of the thing, or its clause that opens with the word.
    pub fn site(&self, entity: Entity, clause: Option<&str>) -> Option<Location> {
        let place = self.get(entity)?;
        let found = clause.and_then(|word| place.clauses.iter().find(|(opening, _)| opening == word));
        Some(found.map_or(place.name, |(_, location)| *location))
    }

    /// The clause of the thing that opens with the word, if it has one.
    pub fn clause_of(&self, entity: Entity, word: &str) -> Option<Location> {
        self.get(entity)?.clauses.iter().find(|(opening, _)| opening == word).map(|(_, location)| *location)
    }

    /// Records an item.
    pub fn item(&mut self, entity: Entity, name: Location, whole: Location, body: Option<&Body<'_>>) {
        let body = body.map(|body| (body.open, body.close));
        self.places.insert(entity, Place { name, whole, item: true, body, clauses: vec![] });
    }

    /// Records something that is part of an item.
    pub fn member(&mut self, entity: Entity, name: Location, whole: Location) {
        self.places.insert(entity, Place { name, whole, item: false, body: None, clauses: vec![] });
    }

    /// Records a clause of an item.
    pub fn clause(&mut self, entity: Entity, word: &str, whole: Location) {
        if let Some(place) = self.places.get_mut(&entity) {
            place.clauses.push((word.to_owned(), whole));
        }
    }

    /// The places of the items, in no particular order: what has a body or could have one.
    pub fn items(&self) -> impl Iterator<Item = &Place> {
        self.places.values().filter(|place| place.item)
    }

    /// The item whose text begins at this byte.
    pub fn opening(&self, file: FileId, byte: u32) -> Option<Entity> {
        let opens = |place: &Place| place.item && place.whole.file == file && place.whole.span.start == byte;
        self.places.iter().filter(|(_, place)| opens(place)).map(|(entity, _)| *entity).min()
    }

    /// The thing declared at this place, and the place of its name.
    pub fn declared_at(&self, file: FileId, byte: u32) -> Option<(Entity, Location)> {
        let names = self.places.iter().map(|(entity, place)| (*entity, place.name));
        let here = names.filter(|(_, at)| at.file == file && at.span.start <= byte && byte <= at.span.end);
        here.min_by_key(|(entity, at)| (at.span.end - at.span.start, *entity))
    }

    /// All things with their places, in the order of the ids.
    pub fn all(&self) -> Vec<(Entity, &Place)> {
        let mut all: Vec<_> = self.places.iter().map(|(entity, place)| (*entity, place)).collect();
        all.sort_by_key(|(entity, _)| *entity);
        all
    }
}
