//! Findings, which speak of things, to diagnostics, which speak of places. The one point where ids and spans meet.

use crate::diagnostic::{Diagnostic, Edit, Fix, Label};
use crate::language::places::{Place, Places};
use crate::source::{Location, Sources, Span};
use sysd_rules::finding::{self, Change, Finding, Site};

/// Places a finding in the text.
pub fn place(finding: Finding, places: &Places, sources: &Sources) -> Diagnostic {
    let primary = Label { at: locate(finding.at, places), text: finding.label };
    let mut secondary: Vec<Label> = vec![];
    for (site, text) in finding.related {
        let label = Label { at: locate(site, places), text };
        if !secondary.contains(&label) {
            secondary.push(label);
        }
    }
    Diagnostic {
        code: finding.code,
        severity: finding.severity,
        message: finding.message,
        primary,
        secondary,
        notes: finding.notes,
        helps: finding.helps,
        fixes: finding.fixes.iter().filter_map(|fix| place_fix(fix, places, sources)).collect(),
        suppressed: None,
    }
}

/// Where a site is written. What was derived and is written nowhere is at the start of the first file.
pub fn locate(site: Site, places: &Places) -> Location {
    places.site(site.entity, site.clause).unwrap_or_default()
}

/// A fix none of whose things is written anywhere cannot be applied.
fn place_fix(fix: &finding::Fix, places: &Places, sources: &Sources) -> Option<Fix> {
    let edits = fix.changes.iter().map(|change| edit(change, places, sources)).collect::<Option<Vec<_>>>()?;
    Some(Fix { title: fix.title.clone(), applicability: fix.applicability, edits })
}

fn edit(change: &Change, places: &Places, sources: &Sources) -> Option<Edit> {
    match change {
        Change::Add(entity, clause) => Some(add(places.get(*entity)?, clause, sources)),
        Change::Replace(site, text) => {
            let at = match site.clause {
                Some(_) => places.site(site.entity, site.clause)?,
                None => places.get(site.entity)?.whole,
            };
            Some(Edit { at, text: text.clone() })
        }
        Change::Remove(site) => {
            let at = match site.clause {
                Some(_) => places.site(site.entity, site.clause)?,
                None => places.get(site.entity)?.whole,
            };
            Some(Edit { at: whole_lines(at, sources), text: String::new() })
        }
        Change::Declare(entity, item) => {
            let whole = places.get(*entity)?.whole;
            let end = Span { start: whole.span.end, end: whole.span.end };
            Some(Edit { at: Location { file: whole.file, span: end }, text: format!("\n\n{item}") })
        }
    }
}

/// Adds a clause as the last of a body, in the layout the body has; gives the item a body where it has none.
pub fn add(place: &Place, clause: &str, sources: &Sources) -> Edit {
    let file = place.whole.file;
    let at = |position: u32| Location { file, span: Span { start: position, end: position } };
    let Some((open, close)) = place.body.filter(|(open, _)| open.start < open.end) else {
        return Edit { at: at(place.whole.span.end), text: format!(" {{ {clause} }}") };
    };
    let text = &sources.file(file).text;
    let inside = text.get(open.end as usize..close.start as usize).unwrap_or("");
    if !inside.contains('\n') {
        let separator = if inside.trim().is_empty() { "" } else { ";" };
        let position = open.end + inside.trim_end().len() as u32;
        return Edit { at: at(position), text: format!("{separator} {clause}") };
    }
    let indent: String = inside
        .lines()
        .skip(1)
        .find(|line| !line.trim().is_empty())
        .map(|line| line.chars().take_while(|c| c.is_whitespace()).collect())
        .unwrap_or_else(|| "    ".into());
    // Behind the last thing written, so that a comment behind it stays with its line.
    let written = open.end as usize + inside.trim_end().len();
    let lines: String = clause.lines().map(|line| format!("\n{indent}{line}")).collect();
    Edit { at: at(written as u32), text: lines }
}

/// The range, and the whole lines where nothing else stands on them.
fn whole_lines(at: Location, sources: &Sources) -> Location {
    let text = &sources.file(at.file).text;
    let range = at.span.range();
    let (Some(before), Some(after)) = (text.get(..range.start), text.get(range.end..)) else { return at };
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = range.end + after.find('\n').map_or(after.len(), |newline| newline + 1);
    let alone = text[line_start..range.start].trim().is_empty() && text[range.end..line_end].trim().is_empty();
    if alone { Location { file: at.file, span: Span::new(line_start, line_end) } } else { at }
}
