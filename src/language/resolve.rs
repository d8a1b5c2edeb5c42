//! What the forms ask for: the thing a slot names, of the kind it must be.

use super::expressions::Scope;
use super::foreign::foreign_type;
use super::items::Forms;
use super::matching::{self, Failure, Value};
use super::mending::Reading;
use super::names::{Near, article, near};
use super::pattern::{Element, Kind, Measure};
use super::spelling::spelling;
use super::{Lowering, Matched, codes, listed, one_of, unescape};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::tree::{Clause, Node, Term};
use sysd_rules::fact::*;
use sysd_rules::finding::Applicability;
use sysd_rules::load;
use sysd_rules::quantity::{Dimension, Quantity};
use sysd_rules::vocabulary::{Primitive, Vocabulary};

impl Matched<'_> {
    /// The item the clause belongs to, if it is of that kind.
    pub fn id<I: Id>(&self) -> Option<I> {
        I::of(self.subject)
    }
}

impl<'s> Lowering<'s> {
    /// Declares a further item under a bare name (regions, events).
    pub fn declare_named(&mut self, term: &Term<'_>, declare: fn(&mut Names, Name) -> Entity) {
        let Some(name) = term.name() else { return };
        let at = self.at(term.span);
        if self.names.is_taken(name, at, &self.places, &mut self.diagnostics) {
            return;
        }
        let entity = declare(&mut self.facts.names, Name { name: name.to_owned(), ..Name::default() });
        self.names.declare(entity, name);
        self.places.item(entity, at, at, None);
    }

    /// Declares a field, state or parameter of a thing.
    pub fn declare_member(
        &mut self,
        of: Entity,
        term: &Term<'_>,
        clause: &Clause<'_>,
        declare: fn(&mut Names, Name) -> Entity,
    ) -> Entity {
        let name = term.name().unwrap_or("");
        let doc = clause.doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n");
        let entity = declare(&mut self.facts.names, Name { name: name.to_owned(), title: None, doc });
        let (at, whole) = (self.at(term.span), self.at(clause.span));
        self.names.member(of, entity, name, at, &self.places, &mut self.diagnostics);
        self.places.member(entity, at, whole);
        entity
    }

    /// Declares the field that a broken clause seems to be about.
    pub fn half_field(&mut self, object: Object, term: &Term<'_>, clause: &Clause<'_>) {
        if term.name().is_some_and(|name| self.names.member_of(object.into(), name).is_none()) {
            let entity =
                self.declare_member(object.into(), term, clause, |names, name| Entity::Field(names.fields(name)));
            if let Entity::Field(field) = entity {
                self.facts.field.push((field, object, Type::Unknown));
            }
        }
    }

    /// The type a term names.
    pub fn field_type(&mut self, term: &Term<'_>) -> Type {
        let Some(name) = term.name() else { return Type::Unknown };
        if let Some(primitive) = Primitive::parse(name) {
            return Type::Primitive(primitive);
        }
        match self.names.item(name) {
            Some(Entity::Object(object)) => {
                self.places.uses.push((self.at(term.span), object.into()));
                Type::Object(object)
            }
            Some(other) => {
                let mut diagnostic = self.of_another_kind(term.span, other, "a type or an object");
                if matches!(other, Entity::Actor(_)) {
                    let at = self.at(term.span);
                    diagnostic = diagnostic.fix("keep who it is, as `caller` tells", Applicability::Safe, at, "id");
                }
                self.report(diagnostic);
                Type::Unknown
            }
            None => {
                let primitives = Primitive::ALL.iter().map(|primitive| primitive.word());
                let near = match foreign_type(name) {
                    Some(meant) => Near { words: vec![meant.to_owned()], certain: true },
                    None => near(name, primitives.chain(self.names.fitting(|it| matches!(it, Entity::Object(_))))),
                };
                let message = format!("there is no type `{name}`");
                let mut diagnostic = Diagnostic::new(&codes::UNKNOWN_NAME, self.at(term.span), message);
                if near.is_empty() {
                    let words: Vec<_> = Primitive::ALL.iter().map(|kind| format!("`{}`", kind.word())).collect();
                    diagnostic = diagnostic.help(format!("declare `object {name}`, or use {}", one_of(&words)));
                }
                self.report_near(diagnostic, near);
                Type::Unknown
            }
        }
    }

    /// The thing of that kind that the slot names.
    pub fn resolve<I: Id>(&mut self, it: &Matched<'_>, slot: &str) -> Option<I> {
        it.found.term(slot).and_then(|term| self.resolve_term(term))
    }

    /// The things of that kind that a list slot names.
    pub fn resolve_all<I: Id>(&mut self, it: &Matched<'_>, slot: &str) -> Vec<I> {
        it.found.terms(slot).into_iter().filter_map(|term| self.resolve_term(term)).collect()
    }

    /// The thing of that kind that a term names. No item has a path for its name.
    pub fn resolve_term<I: Id>(&mut self, term: &Term<'_>) -> Option<I> {
        let Some(name) = term.name() else {
            self.unknown_among::<I>(term.span, &spelling(term), Near::default());
            return None;
        };
        let Some(entity) = self.names.item(name) else {
            if name == "caller" && I::NOUN == "actor" {
                let diagnostic =
                    Diagnostic::new(&codes::UNKNOWN_NAME, self.at(term.span), "there is no actor `caller`");
                self.report(diagnostic.help("`caller` stands in conditions and values; here, name the actor"));
                return None;
            }
            let near = self.near(name, |entity| I::of(entity).is_some());
            self.unknown_among::<I>(term.span, name, near);
            return None;
        };
        self.places.uses.push((self.at(term.span), entity));
        let found = I::of(entity);
        if found.is_none() {
            self.wrong_kind(term.span, entity, &article(I::NOUN));
        }
        found
    }

    /// What the slot names; where its pattern wants certain sorts of things, one of those.
    pub fn entity(&mut self, it: &Matched<'_>, slot: &str) -> Option<Entity> {
        let term = it.found.term(slot)?;
        let found = self.entity_of(term)?;
        let nouns = nouns_of(&it.pattern.elements, slot).unwrap_or(&[]);
        if nouns.is_empty() || nouns.contains(&found.noun()) {
            return Some(found);
        }
        let wanted = one_of(&nouns.iter().map(|noun| article(noun)).collect::<Vec<_>>());
        let mut diagnostic = self.of_another_kind(term.span, found, &wanted);
        let near = self.near(self.facts.name(found), |entity| nouns.contains(&entity.noun()));
        diagnostic = near.offer(diagnostic);
        self.report(diagnostic);
        None
    }

    /// Whatever the elements of a list slot name.
    pub fn entities(&mut self, it: &Matched<'_>, slot: &str) -> Vec<Entity> {
        it.found.terms(slot).into_iter().filter_map(|term| self.entity_of(term)).collect()
    }

    /// Whatever a term names.
    pub fn entity_of(&mut self, term: &Term<'_>) -> Option<Entity> {
        let name = spelling(term);
        if let Node::Path(_) = term.node {
            return self.field_in(term, &[]).map(Entity::Field);
        }
        let found = self.names.item(&name);
        match found {
            Some(entity) => self.places.uses.push((self.at(term.span), entity)),
            None => {
                let near = self.near(&name, |_| true);
                self.unknown(term.span, &name, "name", near);
            }
        }
        found
    }

    /// The objects and views a list slot names.
    pub fn sources(&mut self, it: &Matched<'_>, slot: &str) -> Vec<Source> {
        let mut sources = vec![];
        for term in it.found.terms(slot) {
            let name = spelling(term);
            match self.names.item(&name) {
                Some(Entity::Object(object)) => sources.push(Source::Object(object)),
                Some(Entity::View(view)) => sources.push(Source::View(view)),
                Some(other) => {
                    self.wrong_kind(term.span, other, "an object or a view");
                    continue;
                }
                None => {
                    let near = self.near(&name, |entity| matches!(entity, Entity::Object(_) | Entity::View(_)));
                    self.unknown(term.span, &name, "object or view", near);
                    continue;
                }
            }
            if let Some(source) = sources.last() {
                self.places.uses.push((self.at(term.span), (*source).into()));
            }
        }
        sources
    }

    /// The field a slot names: `Object.field`, or a bare name of a field of one of the objects.
    pub fn field(&mut self, it: &Matched<'_>, slot: &str, objects: &[Object]) -> Option<Field> {
        it.found.term(slot).and_then(|term| self.field_in(term, objects))
    }

    /// The fields a list slot names.
    pub fn fields(&mut self, it: &Matched<'_>, slot: &str, objects: &[Object]) -> Vec<Field> {
        it.found.terms(slot).into_iter().filter_map(|term| self.field_in(term, objects)).collect()
    }

    /// The field a term names.
    pub fn field_in(&mut self, term: &Term<'_>, objects: &[Object]) -> Option<Field> {
        let (owners, name, span) = match &term.node {
            Node::Name(name) => (objects.to_vec(), *name, term.span),
            Node::Path(segments) => {
                let [(owner, owner_span), (name, span), ..] = segments.as_slice() else { return None };
                let owner_term = Term { node: Node::Name(owner), span: *owner_span };
                (vec![self.resolve_term::<Object>(&owner_term)?], *name, *span)
            }
            _ => return None,
        };
        let found = owners.iter().find_map(|object| match self.names.member_of((*object).into(), name) {
            Some(Entity::Field(field)) => Some(field),
            _ => None,
        });
        match found {
            Some(field) => self.places.uses.push((self.at(span), field.into())),
            // The object whose field it is may be the name that is not known.
            None if owners.is_empty() && self.has_unknown_name(span) => (),
            None if owners.is_empty() => {
                let diagnostic =
                    Diagnostic::new(&codes::UNKNOWN_NAME, self.at(span), format!("`{name}` names no field"));
                self.report(diagnostic.help("write `Object.field`"));
            }
            None => self.unknown_field(name, span, &owners),
        }
        found
    }

    /// Whether a name in the item around the place is declared nowhere, and that has been said.
    fn has_unknown_name(&self, span: Span) -> bool {
        let at = self.at(span);
        let item = self.places.items().map(|place| place.whole).find(|item| item.contains(at));
        let mut unknown = self.diagnostics.iter().filter(|found| std::ptr::eq(found.code, &codes::UNKNOWN_NAME));
        item.is_some_and(|item| unknown.any(|found| item.contains(found.primary.at)))
    }

    /// Says that none of the objects has such a field, and which near one there is.
    pub fn unknown_field(&mut self, name: &str, span: Span, objects: &[Object]) {
        let owners: Vec<_> = objects.iter().map(|object| format!("`{}`", self.facts.name(*object))).collect();
        let fields: Vec<_> = objects
            .iter()
            .flat_map(|object| self.names.members((*object).into()))
            .filter(|(_, entity)| matches!(entity, Entity::Field(_)))
            .map(|(name, _)| name.to_owned())
            .collect();
        let near = near(name, fields.iter().map(String::as_str));
        let message = format!("{} has no field `{name}`", one_of(&owners));
        let mut diagnostic = Diagnostic::new(&codes::UNKNOWN_NAME, self.at(span), message);
        diagnostic = match near {
            near if !near.is_empty() => near.offer(diagnostic),
            _ if fields.is_empty() => diagnostic,
            _ => diagnostic.help(format!("its fields are {}", listed(fields.iter().map(String::as_str)))),
        };
        self.report(diagnostic);
    }

    /// The members of a thing that a list slot names.
    pub fn members<I: Id>(&mut self, it: &Matched<'_>, slot: &str, of: Entity) -> Vec<I> {
        let mut found = vec![];
        for term in it.found.terms(slot) {
            let name = spelling(term);
            match self.names.member_of(of, &name).and_then(I::of) {
                Some(member) => {
                    self.places.uses.push((self.at(term.span), member.into()));
                    found.push(member);
                }
                None => {
                    let members: Vec<_> = self.names.members(of).iter().map(|(name, _)| (*name).to_owned()).collect();
                    let near = near(&name, members.iter().map(String::as_str));
                    let message = format!("`{}` has no {} `{name}`", self.facts.name(of), I::NOUN);
                    self.report_near(Diagnostic::new(&codes::UNKNOWN_NAME, self.at(term.span), message), near);
                }
            }
        }
        found
    }

    /// The object a slot means: named itself, or through a parameter of the operation.
    pub fn instance(&mut self, it: &Matched<'_>, slot: &str, operation: Operation) -> Option<Object> {
        let term = it.found.term(slot)?;
        let Some(name) = term.name() else { return self.resolve_term(term) };
        if let Some(Entity::Parameter(parameter)) = self.names.member_of(operation.into(), name) {
            self.places.uses.push((self.at(term.span), parameter.into()));
            return match self.facts.parameter[parameter.index()].2 {
                Type::Object(object) => Some(object),
                // That it has no type has been told where it is declared.
                Type::Unknown => None,
                _ => {
                    self.wrong_kind(term.span, parameter.into(), "a parameter that is an object");
                    None
                }
            };
        }
        // `hottest auction` means the object even where no parameter carries it.
        let capital = capitalised(name);
        if let (None, Some(Entity::Object(object))) = (self.names.item(name), self.names.item(&capital)) {
            return Some(object);
        }
        self.resolve_term(term)
    }

    /// The quantity in a slot, of the dimension its kind asks for.
    pub fn quantity(&mut self, it: &Matched<'_>, slot: &str) -> Option<Quantity> {
        let term = it.found.term(slot)?;
        let Node::Quantity(Some(quantity)) = &term.node else { return None };
        let measure = measure_of(&it.pattern.elements, slot).unwrap_or(Measure::Any);
        if measure.fits(quantity.dimension) {
            return Some(**quantity);
        }
        let message = format!("expected {}, found `{quantity}`", measure.describe());
        let mut diagnostic = Diagnostic::new(&codes::WRONG_UNIT, self.at(term.span), message);
        if (measure, quantity.dimension) == (Measure::Rate, Dimension::Count) {
            let end = self.at(Span { start: term.span.end, ..term.span });
            let written = self.slice(&[term]);
            let title = format!("did you mean `{written}/s`?");
            diagnostic = diagnostic.fix(title, Applicability::Unsafe, end, "/s");
        }
        self.report(diagnostic.note(format!("it is written `{}`", it.form.shown())));
        None
    }

    /// `p95` as a quantity in hundredths; `p999` is 99.9 %.
    pub fn percentile(&mut self, it: &Matched<'_>, slot: &str) -> Option<Quantity> {
        let term = it.found.term(slot)?;
        let digits = term.name()?.strip_prefix('p')?;
        // Only after a nine do further digits stand behind a point: nobody means 10.0 % by `p100`.
        let text = match digits.len() {
            1..=2 if !digits.trim_matches('0').is_empty() => Some(format!("{digits}%")),
            3..=5 if digits.starts_with("99") && !digits.ends_with('0') => Some(format!("99.{}%", &digits[2..])),
            _ => None,
        };
        let Some(text) = text else {
            let at = self.at(term.span);
            let message = format!("`p{digits}` is no percentile");
            let told = Diagnostic::new(&codes::WRONG_UNIT, at, message);
            self.report(
                told.help("write `p50`, `p95`, `p99`, or `p999` for 99.9 %")
                    .note("the slowest request of all is in no percentile: a promise is about a share of the requests"),
            );
            return None;
        };
        Quantity::parse(&text).ok()
    }

    /// The text in a slot, without its escapes.
    pub fn text(&mut self, it: &Matched<'_>, slot: &str) -> Option<String> {
        match it.found.get(slot)? {
            Value::Term(Term { node: Node::Text(text), .. }) => Some(unescape(text)),
            _ => None,
        }
    }

    /// A run of terms as it is written.
    pub fn slice(&self, run: &[&Term<'_>]) -> String {
        let span = run.iter().map(|term| term.span).reduce(Span::to).unwrap_or_default();
        let text = self.text.get(span.range()).unwrap_or("");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Adds the conjuncts of a condition to an operation's guard.
    pub fn guard(&mut self, operation: Operation, term: &Term<'_>, scope: &Scope) {
        if let Node::Binary { operator: crate::syntax::tree::Operator::And, left, right } = &term.node {
            self.guard(operation, left, scope);
            self.guard(operation, right, scope);
            return;
        }
        if let Node::Group(inner) = &term.node {
            return self.guard(operation, inner, scope);
        }
        let condition = self.condition(term, scope);
        let guard = self.facts.names.guards(Name { name: self.slice(&[term]), ..Name::default() });
        self.facts.guard.push((guard, operation, condition));
        let at = self.at(term.span);
        self.places.member(guard.into(), at, at);
    }

    /// Reports a line of a state machine that fits no pattern.
    pub fn malformed(&mut self, forms: &'static Forms, clause: &Clause<'_>, failure: &Failure, form: &str) {
        let expected = one_of(&failure.expected);
        let message = match &failure.found {
            Some(found) => format!("expected {expected}, found {found}"),
            None => format!("expected {expected}"),
        };
        let at = self.at(failure.at.unwrap_or(clause.span));
        let diagnostic = Diagnostic::new(&codes::MALFORMED_CLAUSE, at, message).note(format!("it is written {form}"));
        let near = failure.found.as_deref().map(|found| near(found.trim_matches('`'), failure.words.iter().copied()));
        let near = near.filter(|near| near.certain);
        let opening = matching::leading_word(&clause.terms);
        let word = opening.map(|(word, at)| (self::near(word, forms.openings()), at)).filter(|(near, _)| near.certain);
        let diagnostic = match (near, word) {
            (_, Some((near, at))) => {
                let word = &near.words[0];
                diagnostic.fix(format!("did you mean `{word}`?"), Applicability::Safe, self.at(at), word)
            }
            (Some(near), _) => near.offer(diagnostic),
            _ => self.mended(Reading { forms, head: false }, clause, failure, diagnostic),
        };
        self.report(diagnostic);
    }

    /// The declared name nearest to a misspelt one, among those that would fit.
    pub fn near(&self, name: &str, fits: impl Fn(Entity) -> bool) -> Near {
        self.names.nearest(name, fits)
    }

    /// Says that a name is declared nowhere.
    pub fn unknown(&mut self, span: Span, name: &str, noun: &str, near: Near) {
        let diagnostic = Diagnostic::new(&codes::UNKNOWN_NAME, self.at(span), format!("there is no {noun} `{name}`"));
        self.report_near(diagnostic, near);
    }

    /// A line of the load model that is of nothing declared, and that nothing looks for.
    pub fn unknown_load(&mut self, name: &str, span: Span) {
        let written: Vec<String> = load::names().map(|(known, _)| known.replace(' ', "_")).collect();
        let near = near(name, written.iter().map(String::as_str).chain(self.names.fitting(|_| true)));
        let message = format!("there is no figure or declared thing `{name}`");
        let diagnostic = Diagnostic::new(&codes::UNKNOWN_NAME, self.at(span), message);
        let diagnostic =
            if near.is_empty() { diagnostic.help("`sysd explain load` lists the figures") } else { diagnostic };
        self.report_near(diagnostic, near);
    }

    /// The same, with what there is of the sort where nothing is near and it is soon listed.
    fn unknown_among<I: Id>(&mut self, span: Span, name: &str, near: Near) {
        let message = format!("there is no {} `{name}`", I::NOUN);
        let diagnostic = Diagnostic::new(&codes::UNKNOWN_NAME, self.at(span), message);
        let mut all: Vec<&str> = self.names.fitting(|entity| I::of(entity).is_some()).collect();
        all.sort_unstable();
        let diagnostic = match near.is_empty() && (1..=MOST_LISTED).contains(&all.len()) {
            true => diagnostic.help(format!("there is {}", listed(all.into_iter()))),
            false => near.offer(diagnostic),
        };
        self.report(diagnostic);
    }

    fn report_near(&mut self, diagnostic: Diagnostic, near: Near) {
        self.report(near.offer(diagnostic));
    }

    /// Says that a name means something else than is needed.
    pub fn wrong_kind(&mut self, span: Span, found: Entity, wanted: &str) {
        let diagnostic = self.of_another_kind(span, found, wanted);
        self.report(diagnostic);
    }

    /// The same, for whoever knows what to do about it.
    pub fn of_another_kind(&self, span: Span, found: Entity, wanted: &str) -> Diagnostic {
        let message = format!("expected {wanted}, but `{}` is {}", self.facts.name(found), article(found.noun()));
        let diagnostic = Diagnostic::new(&codes::WRONG_KIND, self.at(span), message);
        match self.places.get(found) {
            Some(place) => diagnostic.with(place.name, "declared here"),
            None => diagnostic,
        }
    }
}

/// More names than that nobody reads through.
const MOST_LISTED: usize = 8;

fn measure_of(elements: &[Element], slot: &str) -> Option<Measure> {
    elements.iter().find_map(|element| match element {
        Element::Slot { name, kind: Kind::Quantity(measure), .. } if *name == slot => Some(*measure),
        Element::Optional(inner) => measure_of(inner, slot),
        _ => None,
    })
}

fn nouns_of(elements: &[Element], slot: &str) -> Option<&'static [&'static str]> {
    elements.iter().find_map(|element| match element {
        Element::Slot { name, kind: Kind::Name(nouns), .. } if *name == slot => Some(*nouns),
        Element::Optional(inner) => nouns_of(inner, slot),
        _ => None,
    })
}

fn capitalised(name: &str) -> String {
    name.split('_')
        .map(|part| {
            let mut chars = part.chars();
            chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
        })
        .collect()
}
