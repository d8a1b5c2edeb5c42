//! The columns of views: aggregates, rankings, copies (S9-d2, S9-e5, S9-e6).

use super::{Drawn, Layout, Part, drawn};
use crate::fact::*;
use crate::vocabulary::{Aggregate, Primitive, Vocabulary};

impl Layout<'_> {
    pub(super) fn view(&self, view: View) -> Vec<Drawn> {
        let facts = &self.design.facts;
        let groups = self.grouped.get(view);
        let group = |field: &Field| self.field(*field).part(Part::Identity, "S9-e6").part(Part::Place, "S9-d3");
        let mut columns: Vec<Drawn> = groups.iter().map(group).collect();
        let computed = facts.computed.iter().find(|(of, ..)| *of == view);
        let ranked = facts.top.iter().any(|(of, _)| *of == view);
        if let Some((_, function, field)) = computed {
            columns.extend(self.value(view, *function, *field));
        } else if ranked {
            columns.push(
                drawn("rank", Primitive::Integer, "S9-e6").part(Part::Identity, "S9-e6").part(Part::Order, "S9-e6"),
            );
            let shown = self.identity_of_source(view);
            columns
                .extend(shown.into_iter().filter(|column| !column.stores.is_some_and(|field| groups.contains(&field))));
            columns.push(drawn("score", Primitive::Decimal, "S9-e6"));
        } else {
            columns.extend(self.copied(view));
        }
        columns.push(drawn("updated_at", Primitive::Timestamp, "S9-e5"));
        columns
    }

    /// The value of an aggregate, in the window it is over.
    fn value(&self, view: View, function: Aggregate, field: Option<Field>) -> Vec<Drawn> {
        let facts = &self.design.facts;
        let mut columns = vec![];
        if facts.window.iter().any(|(of, _)| *of == view) {
            let start = drawn("window_start", Primitive::Timestamp, "S9-e6");
            columns.push(start.part(Part::Identity, "S9-e6").part(Part::Order, "S9-e6"));
        }
        let kind = match (function, field) {
            (Aggregate::Count | Aggregate::CountDistinct, _) | (_, None) => Type::Primitive(Primitive::Integer),
            (_, Some(field)) => facts.field[field.index()].2,
        };
        let name =
            field.map_or(function.word().to_owned(), |field| format!("{}_{}", function.word(), facts.name(field)));
        columns.push(Drawn { kind, ..drawn(&name, Primitive::Integer, "S9-e5") });
        if function == Aggregate::CountDistinct {
            // S4-T3i: which values have been seen, exactly or as a sketch.
            columns.push(drawn("seen", Primitive::Set, "S4-T3i"));
        }
        columns.push(drawn("version", Primitive::Integer, "S9-e5"));
        columns
    }

    /// A copy of records: those of the source it is rebuilt from; per reader, where it joins several sources.
    fn copied(&self, view: View) -> Vec<Drawn> {
        let facts = &self.design.facts;
        let sources = facts.upstream.iter().filter(|(of, _)| *of == view).count();
        let mut columns = vec![];
        if sources > 1 {
            columns
                .push(drawn("reader", Primitive::Id, "S9-d2").part(Part::Identity, "S9-d2").part(Part::Place, "S9-d3"));
        }
        let ordered: Vec<Field> =
            facts.order_of.iter().filter(|(of, _)| *of == view).map(|(_, field)| *field).collect();
        let Some(Source::Object(object)) = self.main_source(view) else {
            columns.extend(self.identity_of_source(view));
            columns.push(drawn("value", Primitive::Json, "S9-d2"));
            return columns;
        };
        let spread = self.spread_of(object);
        for (field, kind) in self.fields.get(&object).into_iter().flatten() {
            let mut column = self.copy(*field, *kind);
            column.nullable = self.may_be_empty(object, *field);
            if self.key(object).contains(field) {
                column = column.part(Part::Identity, "S9-d2");
            }
            if sources == 1 && spread.contains(field) {
                column = column.part(Part::Place, "S9-d3");
            }
            if ordered.contains(field) {
                column = column.part(Part::Order, "S9-p1");
            }
            columns.push(column);
        }
        // S6.4-r4: an older change that comes late is told by it.
        columns.push(drawn("source_version", Primitive::Integer, "S6.4-r4"));
        columns
    }

    /// What identifies a record of what the view is made of. Views of views are followed, but no circle.
    fn identity_of_source(&self, mut view: View) -> Vec<Drawn> {
        for _ in 0..self.origin.len() {
            match self.main_source(view) {
                Some(Source::Object(object)) => {
                    return self.key(object).iter().map(|field| self.field(*field)).collect();
                }
                Some(Source::View(source)) => view = source,
                None => break,
            }
            let groups = self.grouped.get(view);
            if !groups.is_empty() {
                return groups.iter().map(|field| self.field(*field)).collect();
            }
        }
        vec![]
    }

    /// What the view is rebuilt from; failing that, the first it is made of.
    pub fn main_source(&self, view: View) -> Option<Source> {
        self.origin.get(view.index()).copied().flatten()
    }
}

/// For each view, what it is rebuilt from; failing that, the first it is made of.
pub(super) fn origins(facts: &Facts) -> Vec<Option<Source>> {
    let mut origins = vec![None; facts.names.views.len()];
    for (view, source) in facts.rebuild.iter().chain(&facts.upstream) {
        origins[view.index()].get_or_insert(*source);
    }
    origins
}
