//! From a name to its declaration, and from a thing to everywhere it is named.

use super::{is_name, named_at};
use crate::Analysis;
use crate::rules::fact::Entity;
use crate::source::{FileId, Location, Span};
use crate::uses;

/// Where what is named at a byte is declared; for the path behind `use`, the start of that file.
pub fn definition(analysis: &Analysis, file: FileId, byte: u32) -> Vec<Location> {
    let named = named_at(analysis, file, byte);
    let places = named.iter().filter_map(|(entity, _)| analysis.places.get(*entity));
    let declared: Vec<Location> = places.map(|place| place.name).collect();
    if declared.is_empty() { used_file(analysis, file, byte).into_iter().collect() } else { declared }
}

fn used_file(analysis: &Analysis, file: FileId, byte: u32) -> Option<Location> {
    let user = analysis.sources.file(file);
    let mut used = uses::used(&user.text).into_iter();
    let (path, _) = used.find(|(_, span)| span.start <= byte && byte <= span.end)?;
    let path = uses::beside(&user.path, &path);
    let file = analysis.sources.ids().find(|id| analysis.sources.file(*id).path == path)?;
    Some(Location { file, span: Span::default() })
}

/// Everywhere the things named at a byte are named, sorted; their declarations among them or not.
pub fn references(analysis: &Analysis, file: FileId, byte: u32, with_declaration: bool) -> Vec<Location> {
    let named = named_at(analysis, file, byte);
    let mut all: Vec<Location> =
        named.iter().flat_map(|(entity, _)| occurrences(analysis, *entity, with_declaration)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Everywhere in this file the things named at a byte are named; true where they are declared.
pub fn highlights(analysis: &Analysis, file: FileId, byte: u32) -> Vec<(Span, bool)> {
    let declared = definition(analysis, file, byte);
    let all = references(analysis, file, byte, true).into_iter().filter(|at| at.file == file);
    all.map(|at| (at.span, declared.contains(&at))).collect()
}

/// Everywhere one thing is named, sorted.
pub fn occurrences(analysis: &Analysis, entity: Entity, with_declaration: bool) -> Vec<Location> {
    let declaration = analysis.places.get(entity).map(|place| place.name);
    let uses = analysis.places.uses.iter().filter(|(_, named)| *named == entity).map(|(at, _)| *at);
    let mut all: Vec<Location> = uses.filter(|at| Some(*at) != declaration).collect();
    all.extend(declaration.filter(|at| with_declaration && is_name(analysis, entity, *at)));
    all.sort_unstable();
    all.dedup();
    all
}
