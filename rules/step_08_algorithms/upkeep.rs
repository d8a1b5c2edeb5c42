//! How copies are kept: from the log, by whoever maintains them, never by the writer (A-42, A-43, S8-t3); and how events
//! leave the outbox.

use super::Maintenance;
use super::paths::Paths;
use crate::Design;
use crate::artifact::{Line, Listing};
use crate::fact;
use crate::fact::*;
use crate::proof::{Fact, RuleId};
use crate::quantity::Quantity;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_09_schema::TableClass;
use crate::vocabulary::*;
use std::collections::BTreeSet;

/// The algorithms that keep the views; of one that has no copy there is none.
pub fn views(paths: &Paths) -> Vec<Listing> {
    let maintained = paths.design.algorithms.maintained.iter();
    let kept = maintained.filter(|(_, way, _)| *way != Maintenance::Through);
    kept.map(|(view, way, _)| listing(paths, *view, *way)).collect()
}

/// The relays of the events that go through an outbox.
pub fn relays(paths: &Paths) -> Vec<Listing> {
    let events = 0..paths.design.facts.names.events.len() as u32;
    let relayed = events.map(Event).filter(|event| paths.delivery.get(*event).contains(&Mechanism::Outbox));
    relayed.map(|event| relay(paths, event)).collect()
}

/// The relays of the requests that paths make of one another.
pub fn requests(paths: &Paths) -> Vec<Listing> {
    let causing = paths.all().filter(|operation| !paths.causes.get(*operation).is_empty());
    causing.map(|operation| requested(paths, operation)).collect()
}

/// How a view is kept, in a few words per column: on an event, when a window closes, when it is lost.
pub fn row(paths: &Paths, view: View, way: Maintenance) -> [String; 3] {
    let lines = listing(paths, view, way).lines;
    let after = |head: &str| {
        let start = lines.iter().position(|line| line.depth == 0 && line.text.starts_with(head));
        let below = start.map_or(&[][..], |start| &lines[start + 1..]);
        let below = below.iter().take_while(|line| line.depth > 0);
        below.map(|line| line.text.trim_end_matches(':').to_owned()).collect::<Vec<_>>().join("; ")
    };
    let told = after("on ");
    [told, after("at the end of"), after("rebuild")]
}

fn listing(paths: &Paths, view: View, way: Maintenance) -> Listing {
    let name = paths.name(view);
    let mut lines = vec![];
    let fact = Some(fact!(maintained, view, way));
    match way {
        Maintenance::Apply if paths.revised.contains(&view) => revise(paths, view, fact, &mut lines),
        Maintenance::Apply => apply(paths, view, fact, &mut lines),
        Maintenance::Follow => follow(paths, view, fact, &mut lines),
        Maintenance::Refill => refill(paths, view, fact, &mut lines),
        Maintenance::Together => {
            line(&mut lines, 0, format!("on a write of {}:", sources(paths, view)), fact);
            line(&mut lines, 1, format!("change {name} in the same transaction"), None);
        }
        Maintenance::Through => line(&mut lines, 0, format!("read {}", sources(paths, view)), fact),
    }
    if way != Maintenance::Through {
        rebuild(paths, view, &mut lines);
    }
    Listing { title: format!("Upkeep of {name}"), of: Some(view.into()), lines }
}

/// Aggregates over records that can change what they count for: by what they are filtered or grouped, by the value that is summed,
/// or by going. An addition once per record would stand for what no longer is.
pub fn revised(design: &Design) -> BTreeSet<View> {
    let (facts, evidence) = (&design.facts, &design.evidence);
    let mutable = |field: &Field| evidence.mutable.binary_search(&(*field,)).is_ok();
    let mut revised: BTreeSet<View> = BTreeSet::new();
    revised.extend(facts.grouped.iter().filter(|(_, field)| mutable(field)).map(|(view, _)| *view));
    let values = facts.computed.iter().filter_map(|(view, _, field)| Some((*view, (*field)?)));
    revised.extend(values.filter(|(_, field)| mutable(field)).map(|(view, _)| view));
    let filtered = facts.filtered.iter().filter(|(_, condition)| condition.fields().iter().any(mutable));
    revised.extend(filtered.map(|(view, _)| *view));
    let gone: BTreeSet<Object> = evidence.deletes.iter().map(|(_, object)| *object).collect();
    let from = facts.upstream.iter().filter(|(_, source)| matches!(source, Source::Object(it) if gone.contains(it)));
    revised.extend(from.map(|(view, _)| *view));
    let computed: BTreeSet<View> = facts.computed.iter().map(|(view, ..)| *view).collect();
    revised.into_iter().filter(|view| computed.contains(view)).collect()
}

/// what a record counted for is kept with its mark, and replaced by what it counts for now.
fn revise(paths: &Paths, view: View, fact: Option<Fact>, lines: &mut Vec<Line>) {
    let (facts, name) = (&paths.design.facts, paths.name(view));
    let marks = paths.table(TableClass::Marks, view);
    let group: Vec<String> = of(&facts.grouped, view).map(|field| paths.name(field)).collect();
    let group = group.join(", ");
    let row = |which: &str| if group.is_empty() { name.clone() } else { format!("{name} of the {group} {which}") };
    let computed = facts.computed.iter().find(|(other, ..)| *other == view);
    let value = match computed {
        Some((_, Aggregate::Count, _)) | None => "1".to_owned(),
        Some((.., field)) => field.map_or("1".to_owned(), |field| paths.name(field)),
    };
    let conditions = facts.filtered.iter().filter(|(other, _)| *other == view).map(|(_, it)| it.text(facts));
    let conditions: Vec<String> = conditions.collect();
    let only = if conditions.is_empty() { String::new() } else { format!(" if {}", conditions.join(" and ")) };
    line(lines, 0, format!("on a change of {}, by the owner of its key:", sources(paths, view)), fact);
    within_window(paths, view, lines);
    let by_owner = paths.kept_by_owner(view);
    if by_owner {
        line(lines, 1, together(&marks, &name), None);
        line(lines, 2, format!("read its entry in {marks}: what it counted for, and where"), None);
    } else {
        line(lines, 1, "in one transaction:", None);
        line(lines, 2, format!("read its entry in {marks}, locking it: what it counted for, and where"), None);
    }
    line(
        lines,
        2,
        format!("it counts for {value}{only}, else for nothing, as it is now; so does one that is gone"),
        None,
    );
    line(lines, 2, "if that is what it counted for: roll back, skip", None);
    let effects = match computed {
        Some((_, Aggregate::Sum | Aggregate::Count, _)) => [
            format!("{} -= what it counted for", row("it was in")),
            format!("{} += what it counts for", row("it is in")),
        ],
        // What it took away may have been the only one, or the largest.
        _ => [row("it was in"), row("it is in")]
            .map(|row| format!("{row} = computed again from the records of its group")),
    };
    effects.into_iter().for_each(|effect| line(lines, 2, effect, None));
    line(lines, 2, format!("write into {marks} what it counts for, and where"), None);
    if by_owner {
        line(lines, 1, upserted(&name), None);
    }
    close_window(paths, view, lines);
}

/// the mark of the event and its effect are one commit. A-35: an older value never replaces a newer one.
fn apply(paths: &Paths, view: View, fact: Option<Fact>, lines: &mut Vec<Line>) {
    let (facts, name) = (&paths.design.facts, paths.name(view));
    let marks = paths.table(TableClass::Marks, view);
    let group: Vec<String> = of(&facts.grouped, view).map(|field| paths.name(field)).collect();
    let row = if group.is_empty() { name.clone() } else { format!("{name} of this {}", group.join(", ")) };
    let computed = facts.computed.iter().find(|(other, ..)| *other == view);
    line(lines, 0, format!("on a record of {}, by the owner of its key:", sources(paths, view)), fact);
    for (_, condition) in facts.filtered.iter().filter(|(other, _)| *other == view) {
        line(lines, 1, format!("skip unless {}", condition.text(facts)), None);
    }
    within_window(paths, view, lines);
    let by_owner = paths.kept_by_owner(view);
    if by_owner {
        line(lines, 1, together(&marks, &name), None);
    } else {
        line(lines, 1, "in one transaction:", None);
    }
    line(lines, 2, format!("insert its id into {marks}; if it is there: roll back, skip"), None);
    let effect = match computed {
        Some((_, Aggregate::Sum, Some(field))) => format!("{row} += {}", paths.name(*field)),
        Some((_, Aggregate::Count, _)) => format!("{row} += 1"),
        Some((_, Aggregate::CountDistinct, Some(field))) => {
            format!("add {} to what {row} has seen", paths.name(*field))
        }
        Some((_, Aggregate::Max, Some(field))) => format!("{row} = the larger of it and {}", paths.name(*field)),
        Some((_, Aggregate::Min, Some(field))) => format!("{row} = the smaller of it and {}", paths.name(*field)),
        Some((_, Aggregate::Latest, field)) => {
            let value = field.map_or("the record".to_owned(), |field| paths.name(field));
            format!("{row} = {value}, unless what it has is newer")
        }
        _ => format!("apply the record to {row}"),
    };
    line(lines, 2, effect, None);
    if by_owner {
        line(lines, 1, upserted(&name), None);
    }
    close_window(paths, view, lines);
}

fn together(marks: &str, name: &str) -> String {
    format!("together, in the state that the owner of the key keeps by checkpoint, {marks} and {name}:")
}

/// exactly once ends at the sink, so what is written there is a value and not a change.
fn upserted(name: &str) -> String {
    format!("upsert the {name} as it now is into the store that serves it: twice is the same")
}

/// S6.3-Q3-r6: of windows that follow one another, a record belongs to one.
fn within_window(paths: &Paths, view: View, lines: &mut Vec<Line>) {
    let facts = &paths.design.facts;
    let Some(length) = of(&facts.window, view).next() else { return };
    let row = format!("the row is that of the window of {length} in which it happened, not in which it arrived");
    line(lines, 1, row, None);
    let late = facts.lateness.iter().find(|(of, _)| *of == Entity::View(view));
    if let Some((_, time)) = late {
        line(lines, 1, format!("if it is late by more than {time}: count it apart, skip"), None);
    }
}

fn close_window(paths: &Paths, view: View, lines: &mut Vec<Line>) {
    let Some(length) = of(&paths.design.facts.window, view).next() else { return };
    line(lines, 0, format!("at the end of each window of {length}, when the watermark has passed it:"), None);
    line(lines, 1, "close the row; what comes after is late", None);
}

/// whoever keeps the model follows the log of changes, and takes nothing older than what it has.
fn follow(paths: &Paths, view: View, fact: Option<Fact>, lines: &mut Vec<Line>) {
    let (facts, name) = (&paths.design.facts, paths.name(view));
    line(lines, 0, format!("on a change of {}, from the position kept with {name}:", sources(paths, view)), fact);
    line(lines, 1, "in one transaction:", None);
    line(lines, 2, "unless its version is newer than the one this row was made from: skip", None);
    line(lines, 2, format!("write the rows of {name} it touches, with that version"), None);
    if let Some(count) = of(&facts.top, view).next() {
        line(
            lines,
            2,
            "find the row by what it ranks, not by its rank: take it out, put it where its value belongs",
            None,
        );
        line(lines, 2, "the ranks between the two places, of the same group, move by one", None);
        line(
            lines,
            2,
            format!("keep the first {count} of each group; where one drops out, the next is read from the source"),
            None,
        );
    }
    if let Some(half_life) = of(&facts.decays, view).next() {
        line(lines, 2, format!("weigh by age, with a half-life of {half_life}, scored forward (A-65)"), None);
    }
    line(lines, 2, "keep the position", None);
}

/// PR-rd1: whoever misses an entry reads the source, one at a time per entry.
fn refill(paths: &Paths, view: View, fact: Option<Fact>, lines: &mut Vec<Line>) {
    let (facts, name, source) = (&paths.design.facts, paths.name(view), sources(paths, view));
    let bound: Option<Quantity> = of(&facts.staleness, view).next();
    let within = bound.map_or(String::new(), |bound| format!(", so that lag and life together stay within {bound}"));
    line(lines, 0, format!("on a change of {source}:"), fact);
    line(lines, 1, format!("drop the entry of {name}, unless it was made from a newer version"), None);
    line(lines, 0, "when an entry is asked for and missing:", None);
    line(lines, 1, "let one reader refill it, the others wait for that one", None);
    line(lines, 1, format!("read {source}; keep it with its version{within}"), None);
}

fn rebuild(paths: &Paths, view: View, lines: &mut Vec<Line>) {
    let mut sources: Vec<(String, Source)> =
        of(&paths.design.validation.rebuildable, view).map(|source| (paths.name(source), source)).collect();
    sources.sort();
    let Some(&(_, first)) = sources.first() else { return };
    let names: Vec<&str> = sources.iter().map(|(name, _)| name.as_str()).collect();
    let (name, from) = (paths.name(view), names.join(" and "));
    line(lines, 0, format!("rebuild from {from}:"), Some(fact!(rebuildable, view, first)));
    // What replaces its records has no history to replay: what there is now is read.
    let appends = |it: &Source| matches!(it, Source::Object(object) if paths.design.axes.evolution.iter().any(|(of, how, _)| of == object && *how == Evolution::AppendOnly));
    let again = if sources.iter().all(|(_, source)| appends(source)) { "replay" } else { "read all of" };
    line(lines, 1, format!("{again} {from} into a new {name} beside the old one, by the same rules"), None);
    line(lines, 1, "when it has caught up: exchange them, then drop the old one", None);
}

/// sent until taken, in order, again after a crash; the receiver recognises what it has (S6.4-r4).
fn relay(paths: &Paths, event: Event) -> Listing {
    let (name, outbox) = (paths.name(event), paths.table(TableClass::Outbox, event));
    let mut lines = vec![];
    let rule: RuleId = "A-39";
    line(&mut lines, 0, format!("for each row of {outbox} not sent, in order of position:"), None);
    line(&mut lines, 1, format!("send {name} to its receivers, with its event_id"), None);
    line(&mut lines, 1, "once they have it: sent_at = now", None);
    line(
        &mut lines,
        1,
        format!("until then: again later, ever more slowly; a crash sends twice, never not at all ({rule})"),
        None,
    );
    let by = paths.delivery.get(event);
    if by.contains(&Mechanism::DurableNotification) {
        line(&mut lines, 0, "for a receiver that is away: kept until it asks", None);
    }
    line(&mut lines, 0, "each receiver: in one transaction, mark event_id and act; if it is marked: skip", None);
    Listing { title: format!("Relay of {name}"), of: Some(event.into()), lines }
}

/// A-39 for requests: asked until answered, under a key that stays the same, so that asking twice does once (S6.4-r1).
fn requested(paths: &Paths, operation: Operation) -> Listing {
    let table = paths.table(TableClass::Requests, operation);
    let mut lines = vec![];
    line(&mut lines, 0, format!("for each row of {table} not answered, in order of position:"), None);
    for caused in paths.causes.get(operation) {
        let (name, keys) = (paths.name(*caused), paths.request(*caused));
        let key = keys.join(", ");
        let under = match (key.is_empty(), paths.is_open(*caused)) {
            (true, true) => "; nothing tells its repetition from a new one: `once per` is missing".to_owned(),
            (true, false) => ", which asked twice does once".to_owned(),
            // The payload is the record that was written; what that does not have is named by the row.
            (false, _) if keys == ["request_id"] => ", under the request_id of the row, the same each time".to_owned(),
            (false, _) if keys.len() == 1 && !writes(paths, operation, &key) => {
                format!(", under the request_id of the row as its {key}, the same each time")
            }
            (false, _) => format!(", under the {key} in its payload, the same each time"),
        };
        line(&mut lines, 1, format!("ask for {name}{under}"), Some(fact!(causes, operation, *caused)));
    }
    line(&mut lines, 1, "accepted or rejected: answered_at = now", None);
    line(
        &mut lines,
        1,
        "undecided, or no answer in time: again later, ever more slowly; a crash asks twice (A-39)",
        None,
    );
    Listing { title: format!("Relay of the requests of {}", paths.name(operation)), of: Some(operation.into()), lines }
}

/// Whether a record that the operation writes has a field of that name.
fn writes(paths: &Paths, operation: Operation, name: &str) -> bool {
    let facts = &paths.design.facts;
    let written =
        paths.design.evidence.writes.iter().filter(|(other, _)| *other == operation).map(|(_, object)| *object);
    let written: BTreeSet<Object> = written.collect();
    facts.field.iter().any(|(field, object, _)| written.contains(object) && facts.name(*field) == name)
}

fn sources(paths: &Paths, view: View) -> String {
    let sources = of(&paths.design.facts.upstream, view).map(|source| paths.name(source));
    let sources: Vec<String> = sources.collect();
    if sources.is_empty() { "its source".to_owned() } else { sources.join(" or ") }
}

fn of<T: Copy>(relation: &[(View, T)], view: View) -> impl Iterator<Item = T> + '_ {
    relation.iter().filter(move |(other, _)| *other == view).map(|(_, value)| *value)
}

fn line(lines: &mut Vec<Line>, depth: u8, text: impl Into<String>, fact: Option<Fact>) {
    lines.push(Line { depth, text: text.into(), fact });
}
