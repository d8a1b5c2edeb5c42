//! What a `.sysd` file means: the items and clauses of the language, and the way from a tree to [`Facts`].
//!
//! An item of the language is a table entry ([`items::ITEMS`]): a keyword, the patterns of its head, the patterns of its
//! clauses, and for each pattern what it declares. Nothing else has to be touched to add a clause.

pub mod candidates;
pub mod codes;
pub mod effects;
pub mod expect;
pub mod expressions;
pub mod foreign;
pub mod holes;
pub mod items;
pub mod keywords;
mod malformed;
pub mod matching;
mod mending;
pub mod names;
mod parameters;
pub mod pattern;
pub mod places;
pub mod resolve;
pub mod role;
pub mod skeleton;
pub mod sorts;
pub mod spelling;
#[cfg(test)]
mod tests;

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Location, Span};
use crate::syntax::tree::{Body, Clause, Node, Term, Tree};
use items::{Form, Forms, Item, Table};
use matching::{Failure, Match};
use names::Names;
use pattern::Pattern;
use places::{Allow, Places};
use sysd_rules::fact::{Entity, Facts, Name};
use sysd_rules::finding::Applicability;

/// What the files declare, and where.
#[derive(Default)]
pub struct Lowered {
    /// What is declared.
    pub facts: Facts,
    /// Where each thing is declared.
    pub places: Places,
}

/// One parsed file.
pub struct Source<'s> {
    /// Which.
    pub file: FileId,
    /// Its text.
    pub text: &'s str,
    /// Its tree.
    pub tree: &'s Tree<'s>,
}

/// Trees to facts. What does not resolve is missing from the facts and present in the diagnostics.
pub fn lower(sources: &[Source<'_>], diagnostics: &mut Vec<Diagnostic>) -> Lowered {
    let mut lowering = Lowering::default();
    let mut items = vec![];
    for source in sources {
        for clause in &source.tree.items {
            lowering.declare(source, clause, &mut items);
        }
    }
    let clauses: Vec<_> = items.iter().flat_map(|item| lowering.match_clauses(item)).collect();
    for stated in [|form: &Form| form.members, |form: &Form| form.apply] {
        for clause in &clauses {
            lowering.enter(clause);
            let told = lowering.diagnostics.len();
            if let Some(state) = stated(clause.form) {
                state(&mut lowering, clause);
            }
            // What is wrong with a clause that could not be read has been told; the rest follows from it.
            if clause.clause.broken && clause.clause.body.is_none() {
                lowering.diagnostics.truncate(told);
            }
        }
    }
    diagnostics.append(&mut lowering.diagnostics);
    Lowered { facts: lowering.facts, places: lowering.places }
}

/// The state of the way from trees to facts.
#[derive(Default)]
pub struct Lowering<'s> {
    /// What has been declared so far.
    pub facts: Facts,
    /// Where.
    pub places: Places,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// Who is who.
    pub names: Names,
    /// The file being read.
    pub file: FileId,
    /// Its text.
    pub text: &'s str,
}

/// An item whose keyword and name are known.
struct Declared<'t> {
    table: &'static Table,
    clause: &'t Clause<'t>,
    entity: Entity,
    file: FileId,
    text: &'t str,
}

/// A clause that matched a form.
pub struct Matched<'t> {
    /// The form.
    pub form: &'static Form,
    /// Its pattern.
    pub pattern: &'static Pattern,
    /// What the author filled in.
    pub found: Match<'t, 't>,
    /// The item it belongs to.
    pub subject: Entity,
    /// The clause.
    pub clause: &'t Clause<'t>,
    file: FileId,
    text: &'t str,
}

impl<'s> Lowering<'s> {
    /// A location in the current file.
    pub fn at(&self, span: Span) -> Location {
        Location { file: self.file, span }
    }

    /// Adds a diagnostic.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn enter(&mut self, clause: &Matched<'s>) {
        (self.file, self.text) = (clause.file, clause.text);
    }

    /// First pass: the item's keyword, its name, its place.
    fn declare(&mut self, source: &Source<'s>, clause: &'s Clause<'s>, items: &mut Vec<Declared<'s>>) {
        (self.file, self.text) = (source.file, source.text);
        let Some((keyword, span)) = matching::leading_word(&clause.terms) else { return };
        match keyword {
            "use" => return,
            "allow" => return self.allow(clause, None),
            _ => (),
        }
        // What opens with no keyword has been reported by the parser.
        let Some(table) = items::table(keyword) else { return };
        let item = table.item;
        let (name, name_span) = self.head_name(item, clause, span);
        let title = clause.terms.iter().find_map(|term| match term.node {
            Node::Text(text) => Some(unescape(text)),
            _ => None,
        });
        let doc = clause.doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n");
        // The second of a name is told and not read: nothing could speak of it, and what it says would be of neither.
        if item.named && self.names.is_taken(&name, self.at(name_span), &self.places, &mut self.diagnostics) {
            return self.pending_allows(clause);
        }
        let entity = (item.declare)(&mut self.facts.names, Name { name: name.clone(), title, doc });
        if item.named {
            self.names.declare(entity, &name);
        }
        self.places.item(entity, self.at(name_span), self.at(clause.span), clause.body.as_ref());
        self.pending_allows(clause);
        items.push(Declared { table, clause, entity, file: source.file, text: source.text });
    }

    /// The declared name, or for an anonymous item the words of its head.
    fn head_name(&self, item: &Item, clause: &Clause<'_>, keyword: Span) -> (String, Span) {
        if item.named {
            let name = clause.terms.get(1).map(|term| match &term.node {
                Node::Call { function, .. } => function.as_ref(),
                _ => term,
            });
            return match name {
                Some(Term { node: Node::Name(name), span }) => ((*name).to_owned(), *span),
                _ => (String::new(), keyword),
            };
        }
        let span = clause.terms.iter().skip(1).map(|term| term.span).reduce(Span::to).unwrap_or(keyword);
        let text = self.text.get(span.range()).unwrap_or("");
        (text.split_whitespace().collect::<Vec<_>>().join(" "), span)
    }

    /// Matches the head and every clause of an item.
    fn match_clauses(&mut self, declared: &Declared<'s>) -> Vec<Matched<'s>> {
        (self.file, self.text) = (declared.file, declared.text);
        self.open_questions(declared.clause, declared.entity);
        let mut matched = vec![];
        matched.extend(self.match_clause(declared, &declared.table.head, declared.clause, true));
        for clause in declared.clause.body.iter().flat_map(|body| &body.clauses) {
            if let Some(("allow", _)) = matching::leading_word(&clause.terms) {
                self.allow(clause, Some(declared.clause.span));
                continue;
            }
            matched.extend(self.match_clause(declared, &declared.table.clauses, clause, false));
        }
        matched
    }

    /// The form of a clause; several where it runs on into others.
    fn match_clause(
        &mut self,
        declared: &Declared<'s>,
        forms: &'static Forms,
        clause: &'s Clause<'s>,
        head: bool,
    ) -> Vec<Matched<'s>> {
        let (word, word_span) = matching::leading_word(&clause.terms).unwrap_or(("", clause.span));
        let mut failure = Failure::default();
        // How far the forms came that open with this very word: they are tried first.
        let mut worded = None;
        for (form, pattern) in forms.candidates(word) {
            if form.word().is_empty() && worded.is_none() {
                worded = Some(failure.clone());
            }
            let Some(found) = matching::matches(pattern, &clause.terms, &mut failure) else { continue };
            if let Some(worded) = worded.as_ref().filter(|_| form.word().is_empty() && !clause.broken)
                && self.is_misspelt_value(forms, word, worded)
            {
                failure = worded.clone();
                break;
            }
            if !head {
                self.unexpected_body(form, clause.body.as_ref());
            }
            return vec![self.matched(declared, (form, pattern), found, clause, &clause.terms, head)];
        }
        let parts = match clause.broken {
            true => vec![],
            false => self.no_form(declared.table, forms, clause, (word, word_span), failure),
        };
        // A field whose type is missing is still a field: its uses are not to be reported as well.
        if let (Entity::Object(object), false, Some(name), []) =
            (declared.entity, head, clause.terms.first(), &parts[..])
            && name.name().is_some_and(|name| forms.openings().all(|opening| opening != name))
        {
            self.half_field(object, name, clause);
        }
        let fitting = |terms: &'s [Term<'s>]| {
            let (word, _) = matching::leading_word(terms)?;
            let mut candidates = forms.candidates(word);
            candidates.find_map(|(form, pattern)| {
                Some(((*form, pattern), matching::matches(pattern, terms, &mut Failure::default())?, terms))
            })
        };
        let parts = parts.into_iter().filter_map(|part| fitting(&clause.terms[part]));
        parts.map(|(form, found, terms)| self.matched(declared, form, found, clause, terms, head)).collect()
    }

    /// A clause, all of whose terms fit a form.
    fn matched(
        &mut self,
        declared: &Declared<'s>,
        (form, pattern): (&'static Form, &'static Pattern),
        found: Match<'s, 's>,
        clause: &'s Clause<'s>,
        terms: &[Term<'s>],
        head: bool,
    ) -> Matched<'s> {
        if !head {
            let word = matching::leading_word(terms).map_or("", |(word, _)| word);
            let part = terms.first().zip(terms.last()).filter(|_| terms.len() < clause.terms.len());
            let span = part.map_or(clause.span, |(first, last)| first.span.to(last.span));
            self.places.clause(declared.entity, word, self.at(span));
        }
        if found.has_hole() {
            self.facts.hole.push((declared.entity, form.word()));
        }
        let (file, text) = (self.file, self.text);
        Matched { form, pattern, found, subject: declared.entity, clause, file, text }
    }

    /// `ordering: nome` looks like a field of type `nome`, and is an ordering misspelt: the clause opens with a word of the
    /// language, and where what follows stands only words of a vocabulary may stand. `ordering: int` is one too: a field of that
    /// name would leave the axis to inference, and nobody would be told.
    fn is_misspelt_value(&self, forms: &Forms, word: &str, failure: &Failure) -> bool {
        let Some(found) = failure.found.as_deref().map(|found| found.trim_matches('`')) else { return false };
        forms.openings().any(|opening| opening == word)
            && found.starts_with(char::is_alphabetic)
            && !failure.words.is_empty()
    }

    fn unexpected_body(&mut self, form: &Form, body: Option<&Body<'_>>) {
        if let Some(body) = body.filter(|_| form.body.is_none()) {
            let diagnostic = Diagnostic::new(
                &codes::MALFORMED_CLAUSE,
                self.at(body.open),
                format!("`{}` takes no body", form.shown()),
            );
            self.report(diagnostic.label("nothing in braces can stand here"));
        }
    }

    /// `allow(slug, reason = "…")`, on the next item or, inside a body, on the whole item.
    fn allow(&mut self, clause: &Clause<'s>, around: Option<Span>) {
        let Some(Term { node: Node::Call { arguments, .. }, .. }) = clause.terms.first() else {
            let diagnostic =
                Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(clause.span), "`allow` needs a finding and a reason");
            let diagnostic = diagnostic.help("write `allow(the-finding, reason = \"why it is accepted\")`");
            let terms: Vec<&Term<'_>> = clause.terms.iter().skip(1).collect();
            let diagnostic = self.offer_allow(clause, &terms, diagnostic);
            return self.report(diagnostic);
        };
        let mut reason = None;
        let mut slugs = vec![];
        for argument in arguments {
            match &argument.value[..] {
                [Term { node: Node::Name(name), span }] if argument.name.is_none() => {
                    slugs.push(((*name).to_owned(), *span));
                }
                [Term { node: Node::Binary { left, right, .. }, .. }] if left.name() == Some("reason") => {
                    if let Node::Text(text) = right.node {
                        reason = Some(unescape(text));
                    }
                }
                _ => (),
            }
        }
        let Some(reason) = reason.filter(|reason| !reason.trim().is_empty()) else {
            let terms: Vec<&Term<'_>> = arguments.iter().flat_map(|argument| &argument.value).collect();
            let has_text =
                terms.iter().any(|term| matches!(leaf(term).node, Node::Text(text) if !text.trim().is_empty()));
            let (code, message) = match has_text {
                true => (&codes::MALFORMED_CLAUSE, "`allow` does not say which text is its reason"),
                false => (&codes::ALLOW_WITHOUT_REASON, "`allow` gives no reason"),
            };
            let diagnostic = Diagnostic::new(code, self.at(clause.span), message);
            let diagnostic = match has_text {
                true => self
                    .offer_allow(clause, &terms, diagnostic)
                    .note("it is written `allow(the-finding, reason = \"why\")`"),
                false => diagnostic.help("add `, reason = \"why this is accepted here\"`"),
            };
            return self.report(diagnostic);
        };
        for (slug, span) in slugs {
            let allow = Allow {
                slug,
                at: self.at(span),
                whole: self.at(clause.span),
                scope: around.map(|span| self.at(span)),
                reason: reason.clone(),
            };
            self.places.allows.push(allow);
        }
    }

    /// Offers the findings and the reason that are named as an `allow` is written.
    fn offer_allow(&self, clause: &Clause<'_>, terms: &[&Term<'_>], diagnostic: Diagnostic) -> Diagnostic {
        let slugs: Vec<&str> = terms.iter().filter_map(|term| term.name()).filter(|name| *name != "reason").collect();
        let reason = terms.iter().find_map(|term| match leaf(term).node {
            Node::Text(text) if !text.trim().is_empty() => Some(text),
            _ => None,
        });
        match (reason, clause.terms.first().zip(clause.terms.last())) {
            (Some(reason), Some((first, last))) if !slugs.is_empty() => {
                let text = format!("allow({}, reason = \"{reason}\")", slugs.join(", "));
                let at = self.at(first.span.to(last.span));
                diagnostic.fix(format!("write `{text}`"), Applicability::Safe, at, text)
            }
            _ => diagnostic,
        }
    }

    /// Gives the allows that stand above an item their scope.
    fn pending_allows(&mut self, clause: &Clause<'_>) {
        let scope = self.at(clause.span);
        for allow in self.places.allows.iter_mut().rev().take_while(|allow| allow.scope.is_none()) {
            if allow.at.file == scope.file {
                allow.scope = Some(scope);
            }
        }
    }
}

/// The last value of an infix expression.
fn leaf<'t, 's>(mut term: &'t Term<'s>) -> &'t Term<'s> {
    while let Node::Binary { right, .. } = &term.node {
        term = right;
    }
    term
}

/// A text without its escapes.
pub fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            _ => out.push(c),
        }
    }
    out
}

/// "`a`", "`a` or `b`", "`a`, `b` or `c`"
pub fn one_of(items: &[String]) -> String {
    match items {
        [] => "something else".into(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// "`a`, `b`", and of very many only so many.
pub fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const MOST: usize = 12;
    let mut names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(MOST);
    names.truncate(MOST);
    if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") }
}

/// "an `object`"
pub fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} `{noun}`")
}
