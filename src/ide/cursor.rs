//! Where in a tree a byte is: the item, the clause, and the forms that clause can have.

use crate::language::items::{self, Form, Forms, Table};
use crate::language::matching::{self, Failure, Match};
use crate::language::pattern::Pattern;
use crate::source::Span;
use crate::syntax::tree::{Clause, Tree};

/// The clause a byte is in.
pub struct Cursor<'t> {
    /// The item.
    pub item: &'t Clause<'t>,
    /// Its table; none for `use` and `allow`.
    pub table: Option<&'static Table>,
    /// The innermost clause; the item itself, where the byte is in its head.
    pub clause: &'t Clause<'t>,
    /// The forms the clause can have.
    pub forms: Option<&'static Forms>,
    /// The clauses beside it, itself among them.
    pub beside: &'t [Clause<'t>],
}

/// A clause read by one of its forms.
pub struct Reading<'t> {
    /// The form.
    pub form: &'static Form,
    /// Its pattern.
    pub pattern: &'static Pattern,
    /// What stands in its slots.
    pub found: Match<'t, 't>,
}

impl<'t> Cursor<'t> {
    /// The clause around a byte; nothing between items.
    pub fn at(tree: &'t Tree<'t>, byte: u32) -> Option<Cursor<'t>> {
        let item = around(&tree.items, byte)?;
        let table = matching::leading_word(&item.terms).and_then(|(word, _)| items::table(word));
        let head = Cursor { item, table, clause: item, forms: table.map(|table| &table.head), beside: &tree.items };
        let Some(clauses) = inside(item, byte) else { return Some(head) };
        let forms = table.map(|table| &table.clauses);
        let Some(clause) = around(clauses, byte) else { return Some(head) };
        let cursor = Cursor { clause, forms, beside: clauses, ..head };
        let Some(lines) = inside(clause, byte) else { return Some(cursor) };
        let Some(line) = around(lines, byte) else { return Some(cursor) };
        let body = forms.and_then(|forms| lines_of(forms, clause));
        Some(Cursor { clause: line, forms: body, beside: lines, ..cursor })
    }

    /// Whether the byte is in the head of the item.
    pub fn in_head(&self) -> bool {
        std::ptr::eq(self.item, self.clause)
    }

    /// The clause by the first form it has.
    pub fn reading(&self) -> Option<Reading<'t>> {
        let forms = self.forms?;
        let (word, _) = matching::leading_word(&self.clause.terms)?;
        forms.candidates(word).find_map(|(form, pattern)| {
            let found = matching::matches(pattern, &self.clause.terms, &mut Failure::default())?;
            Some(Reading { form, pattern, found })
        })
    }
}

/// The forms of what stands in a clause's own braces.
fn lines_of(forms: &'static Forms, clause: &Clause<'_>) -> Option<&'static Forms> {
    let (word, _) = matching::leading_word(&clause.terms)?;
    forms.candidates(word).find_map(|(form, _)| form.body).map(|lines| lines())
}

/// The clauses in the braces of a clause, if the byte is in them.
fn inside<'t>(clause: &'t Clause<'t>, byte: u32) -> Option<&'t [Clause<'t>]> {
    let body = clause.body.as_ref()?;
    let end = if body.close.start == body.close.end { body.close.end.max(clause.span.end) } else { body.close.start };
    (body.open.end <= byte && byte <= end).then_some(&body.clauses)
}

fn around<'t>(clauses: &'t [Clause<'t>], byte: u32) -> Option<&'t Clause<'t>> {
    clauses.iter().find(|clause| contains(clause.span, byte))
}

fn contains(span: Span, byte: u32) -> bool {
    span.start <= byte && byte <= span.end
}
