//! A fact as an id that a reader can ask about: `effect(highest of PlaceBid, PlaceBid)`. Exports carry these ids beside the lines that
//! state the facts, and `sysd explain` takes them.

use crate::Design;
use crate::fact::Entity;
use crate::proof::{Fact, Term};
use crate::relation;

/// The relation and its columns, things by their names.
pub fn of(design: &Design, fact: &Fact) -> String {
    let columns: Vec<String> = fact.terms.iter().filter_map(|term| word(design, term)).collect();
    format!("{}({})", fact.relation, columns.join(", "))
}

/// The fact of that id, with as many columns as the id has.
pub fn find(design: &Design, asked: &str) -> Option<Fact> {
    let (name, columns) = asked.trim().strip_suffix(')')?.split_once('(')?;
    let mut found = None;
    for relation in relation::named(name.trim()) {
        relation.each(design, &mut |tuple| {
            found = found.or_else(|| spelled(design, relation.name, tuple, columns));
        });
    }
    found
}

/// The columns of a tuple that are spelled so, in their order.
fn spelled(design: &Design, relation: &'static str, tuple: &[Term], asked: &str) -> Option<Fact> {
    let told: Vec<(Term, String)> = tuple.iter().filter_map(|term| Some((*term, word(design, term)?))).collect();
    let chosen = |choice: u32| told.iter().enumerate().filter(move |(at, _)| choice & (1 << at) != 0).map(|(_, it)| it);
    let fits = |choice: &u32| chosen(*choice).map(|(_, word)| word.as_str()).collect::<Vec<_>>().join(", ") == asked;
    let choice = (1..1_u32 << told.len()).filter(|choice| choice.count_ones() <= 3).find(fits)?;
    Some(Fact::new(relation, &chosen(choice).map(|(term, _)| *term).collect::<Vec<_>>()))
}

/// Names stand as they are but for what would break the line or end the comment they stand in.
fn word(design: &Design, term: &Term) -> Option<String> {
    let name = match term {
        Term::None => return None,
        Term::Word(word) => return Some((*word).to_owned()),
        Term::Quantity(quantity) => return Some(quantity.to_string()),
        Term::Entity(Entity::Field(field)) => design.facts.path(*field),
        Term::Entity(Entity::Column(column)) => {
            let table = design.schema.column.get(column.index()).map(|(_, table, _)| design.name(*table));
            format!("{}.{}", table.unwrap_or_default(), design.name(*column))
        }
        Term::Entity(entity) => design.name(*entity),
    };
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { ' ' }).collect();
    // What would end a comment of HTML, and what looks like a tag to whoever shows the comment.
    Some(plain.replace("--", "- -").replace('<', "‹"))
}

/// Whether a reader sees the character, in the line and the direction in which it stands.
fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
