//! Another name for a thing, everywhere at once. What comes out is analysed before it is offered: the spec must say the same
//! as before.

use super::navigation::occurrences;
use super::{is_name, named_at};
use crate::diagnostic::Edit;
use crate::language::expressions::{BUILTINS, EFFECTS};
use crate::language::items::{self, ITEM_KEYWORDS};
use crate::language::keywords;
use crate::language::names::article;
use crate::language::pattern::VOCABULARIES;
use crate::rules::fact::{Entity, Facts, Names};
use crate::rules::vocabulary::{Aggregate, Primitive, Vocabulary};
use crate::source::{FileId, Location, Sources};
use crate::syntax::lexer::{Kind, tokens};
use crate::{Analysis, Options};
use std::collections::BTreeMap;

/// The place of the name at a byte, and the name.
///
/// # Errors
/// Why nothing can be renamed there, in one line.
pub fn prepare(analysis: &Analysis, file: FileId, byte: u32) -> Result<(Location, String), String> {
    let (entity, at) = renamed(analysis, file, byte)?;
    Ok((at, analysis.design.facts.name(entity).to_owned()))
}

/// The edits that give the thing at a byte another name.
///
/// # Errors
/// Why it cannot have that name, in one line.
pub fn rename(analysis: &Analysis, file: FileId, byte: u32, new: &str) -> Result<Vec<Edit>, String> {
    let (entity, _) = renamed(analysis, file, byte)?;
    if !matches!(tokens(new).collect::<Vec<_>>().as_slice(), [(Kind::Name, span)] if span.range() == (0..new.len())) {
        return Err(format!("`{new}` is no name"));
    }
    let old = analysis.design.facts.name(entity);
    if old == new {
        return Ok(vec![]);
    }
    if is_word_of_language(entity, new) {
        return Err(format!(
            "`{new}` is a word of the language: as {} it would be read in two ways",
            article(entity.noun())
        ));
    }
    let edit = |at: Location| Edit { at, text: written(analysis, entity, at, old, new) };
    let edits: Vec<Edit> = occurrences(analysis, entity, true).into_iter().map(edit).collect();
    verify(analysis, entity, &edits, new)?;
    Ok(edits)
}

/// Whether the language has a meaning of its own for the word where such a thing is named. A field may be called `count`, an
/// object may not: clauses begin with the names of items.
fn is_word_of_language(entity: Entity, word: &str) -> bool {
    let clauses = |keyword: &str| items::table(keyword).into_iter().flat_map(|table| table.clauses.first_words());
    let everywhere = BUILTINS.iter().chain(EFFECTS).any(|(builtin, _)| *builtin == word)
        || ITEM_KEYWORDS.contains(&word)
        || keywords::operators().contains(&word)
        || Primitive::parse(word).is_some();
    everywhere
        || match entity {
            Entity::Field(_) => clauses("object").any(|opening| opening == word),
            Entity::Parameter(_) => false,
            Entity::State(_) => ["initial", "terminal"].contains(&word),
            _ => {
                let values = VOCABULARIES.iter().flat_map(|words| (words.entries)());
                keywords::clauses().contains(&word)
                    || Aggregate::parse(word).is_some()
                    || values.flat_map(|(spelled, _)| spelled.split([' ', ','])).any(|part| part == word)
            }
        }
}

/// What is renamed at a byte: of a field and the parameter that fills it, the parameter.
fn renamed(analysis: &Analysis, file: FileId, byte: u32) -> Result<(Entity, Location), String> {
    let (entity, at) = named_at(analysis, file, byte).pop().ok_or("there is no name here")?;
    let name = analysis.design.facts.name(entity);
    let declared = analysis.places.get(entity).is_some_and(|place| is_name(analysis, entity, place.name));
    if declared { Ok((entity, at)) } else { Err(format!("`{name}` is declared nowhere in the text")) }
}

/// How the name is written at a place. Where one word names a field and what fills it, the two part.
fn written(analysis: &Analysis, entity: Entity, at: Location, old: &str, new: &str) -> String {
    let mut others = analysis.places.uses.iter().filter(|(place, other)| *place == at && *other != entity);
    match (entity, others.next()) {
        (Entity::Field(_), Some(_)) => format!("{new}: {old}"),
        (_, Some((_, Entity::Field(_)))) => format!("{old}: {new}"),
        _ => new.to_owned(),
    }
}

/// Whether the spec says the same with the edits made.
fn verify(analysis: &Analysis, entity: Entity, edits: &[Edit], new: &str) -> Result<(), String> {
    let after = with(analysis, edits);
    let before: Vec<_> = analysis.diagnostics.iter().map(|found| found.code.code).collect();
    let mut known = before.clone();
    for found in &after.diagnostics {
        match known.iter().position(|code| *code == found.code.code) {
            Some(at) => drop(known.swap_remove(at)),
            None => return Err(format!("`{new}` cannot be its name: {}", found.message)),
        }
    }
    if said(&analysis.design.facts) == said(&after.design.facts) && after.design.facts.name(entity) == new {
        Ok(())
    } else {
        Err(format!("with the name `{new}` the spec would say something else"))
    }
}

/// The facts without the names, and without the texts that repeat names.
fn said(facts: &Facts) -> Facts {
    let mut facts = Facts { names: Names::default(), ..facts.clone() };
    facts.decision.iter_mut().filter(|(_, choice)| choice.entity.is_some()).for_each(|(_, choice)| choice.word.clear());
    facts
}

/// The analysis of the same files with edits made.
pub fn with(analysis: &Analysis, edits: &[Edit]) -> Analysis {
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| std::cmp::Reverse(edit.at));
    for file in &analysis.sources.files {
        texts.insert(&file.path, file.text.clone());
    }
    for edit in sorted {
        let path = analysis.sources.file(edit.at.file).path.as_str();
        if let Some(text) = texts.get_mut(path).filter(|text| text.get(edit.at.span.range()).is_some()) {
            text.replace_range(edit.at.span.range(), &edit.text);
        }
    }
    let root = analysis.sources.file(crate::ROOT);
    let sources = Sources::single(root.path.clone(), texts[root.path.as_str()].clone());
    let load = |path: &str| texts.get(path).cloned().ok_or_else(|| format!("cannot read `{path}`"));
    crate::analyse(sources, &load, Options { complete: analysis.design.facts.complete })
}
