//! The names, values and types that can stand in a slot: what a clause that is being written can see.

use super::expect::contains;
use super::expressions::{BUILTINS, EFFECTS};
use super::items::said_of;
use crate::Analysis;
use crate::rules::fact::{Entity, Facts, Field, Object, Source, Type, View};
use crate::rules::load;
use crate::rules::vocabulary::{Aggregate, Primitive, Touch, Vocabulary};
use crate::source::FileId;
use crate::syntax::tree::{Argument, Clause, Node, Operator, Term};
use std::collections::HashSet;

/// Something that can stand in a slot.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// How it is written.
    pub text: String,
    /// What it is.
    pub sort: Sort,
    /// What it means, where it is no declared thing.
    pub gloss: &'static str,
}

/// What sort of thing can stand in a slot.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Sort {
    /// A declared thing.
    Declared(Entity),
    /// A word of the language.
    Word,
    /// A type.
    Type,
    /// A function, which takes an argument in parentheses.
    Function,
}

/// What the clause of a stand-in can see.
pub struct Scope<'a, 'c> {
    analysis: &'a Analysis,
    facts: &'a Facts,
    clause: &'c Clause<'c>,
    stand_in: &'a str,
    /// The item.
    subject: Option<Entity>,
    /// The operation or query whose parameters can be named: the item, or the one the clause is about.
    of: Option<Entity>,
    /// Objects whose fields can be named without a path.
    objects: Vec<Object>,
}

impl<'a, 'c> Scope<'a, 'c> {
    /// The scope of a clause in which a stand-in stands; `start` is where its item begins in the file.
    pub fn new(analysis: &'a Analysis, file: FileId, start: u32, clause: &'c Clause<'c>, stand_in: &'a str) -> Self {
        let facts = &analysis.design.facts;
        let subject = analysis.places.opening(file, start);
        let mut scope = Scope { analysis, facts, clause, stand_in, subject, of: None, objects: vec![] };
        scope.of = subject.filter(|item| matches!(item, Entity::Operation(_) | Entity::Query(_))).or(scope.operation());
        scope.objects = scope.objects_in_scope();
        scope
    }

    fn objects_in_scope(&self) -> Vec<Object> {
        let facts = self.facts;
        match self.subject {
            Some(Entity::Object(object)) => vec![object],
            Some(Entity::View(view)) => upstream(facts, view),
            Some(Entity::Operation(_)) => self.instances(),
            Some(Entity::Query(query)) => {
                let reads = facts.query_reads.iter().filter(|(other, _)| *other == query);
                let read: Vec<Object> = reads.flat_map(|(_, source)| objects_of(facts, *source)).collect();
                if read.is_empty() { self.mentioned() } else { read }
            }
            _ => {
                let mut objects = self.mentioned();
                objects.extend(self.instances());
                objects
            }
        }
    }

    /// The objects that parameters refer to.
    fn instances(&self) -> Vec<Object> {
        self.parameters().filter_map(|(_, object)| object).collect()
    }

    /// The objects that the clause names before the place.
    fn mentioned(&self) -> Vec<Object> {
        let mut objects = vec![];
        for term in &self.clause.terms {
            walk(term, &mut |node| {
                let name = match node {
                    Node::Name(name) => name,
                    Node::Path(segments) => segments[0].0,
                    _ => return,
                };
                objects.extend(self.object_named(name));
            });
        }
        objects
    }

    fn parameters(&self) -> impl Iterator<Item = (Entity, Option<Object>)> + '_ {
        // `only auction.` comes before the operation that it is about: any could be meant.
        let any = self.of.is_none() && self.clause.terms.first().and_then(Term::name) == Some("only");
        let own = self.facts.parameter.iter().filter(move |(_, of, _)| any || Some(*of) == self.of);
        let mut seen = HashSet::new();
        let own = own
            .filter(move |(parameter, _, kind)| !any || seen.insert((self.facts.name(*parameter), object_type(*kind))));
        own.map(|(parameter, _, kind)| ((*parameter).into(), object_type(*kind)))
    }

    /// The declared names of these sorts, in the order of the sorts, or of any.
    pub fn names(&self, nouns: &'static [&'static str], slot: &str) -> Vec<Candidate> {
        let nouns = if nouns.is_empty() { self.nouns() } else { nouns };
        let mut all = vec![];
        if matches!(self.subject, Some(Entity::Load(_))) {
            let word = |(name, gloss): (&str, &'static str)| Candidate {
                text: name.replace(' ', "_"),
                sort: Sort::Word,
                gloss,
            };
            all.extend(load::names().map(word));
        }
        let wants = |noun: &str| nouns.contains(&noun);
        if wants("parameter") {
            let instances = wants("object");
            let fitting = self.parameters().filter(|(_, object)| !instances || object.is_some());
            all.extend(fitting.map(|(parameter, _)| self.name(parameter)));
        }
        if wants("field") {
            all.extend(self.fields());
            if slot == "by" {
                all.push(Candidate::word("acceptance", "The order in which writes are accepted."));
            }
        }
        if wants("state") {
            all.extend(self.states(&self.objects));
        }
        let items = self.facts.names.entities().filter(|entity| match nouns {
            [] => is_item(*entity),
            _ => is_item(*entity) && wants(entity.noun()),
        });
        let mut items: Vec<Entity> = items.filter(|entity| self.analysis.places.get(*entity).is_some()).collect();
        items.sort_by_key(|entity| nouns.iter().position(|noun| *noun == entity.noun()));
        all.extend(items.into_iter().map(|entity| self.name(entity)));
        all
    }

    /// The sorts of things that the words before the place leave, where its pattern leaves them open: `Bidder does` an
    /// operation.
    fn nouns(&self) -> &'static [&'static str] {
        match self.subject {
            Some(Entity::Requirement(_)) => {
                let words: Vec<&str> = self.clause.terms.iter().filter_map(Term::name).collect();
                let said = |verb: &&Touch| {
                    let parts: Vec<&str> = verb.word().split(' ').collect();
                    words.windows(parts.len()).any(|run| run == parts)
                };
                Touch::ALL.iter().find(said).map_or(&[], |verb| said_of(*verb))
            }
            // What a figure can be of: how often it runs, what of it is promised.
            Some(Entity::Load(_)) => &["operation", "query", "view"],
            _ => &[],
        }
    }

    /// The operation that the clause names.
    fn operation(&self) -> Option<Entity> {
        let named: Vec<&str> = self.clause.terms.iter().filter_map(Term::name).collect();
        let mut operations = self.items().filter(|entity| matches!(entity, Entity::Operation(_)));
        operations.find(|operation| named.contains(&self.facts.name(*operation)))
    }

    /// The fields in scope; where none is, the objects whose fields can be named by a path.
    fn fields(&self) -> Vec<Candidate> {
        let mut fields = self.fields_of(&self.objects);
        if self.objects.is_empty() {
            let objects = self.items().filter(|entity| matches!(entity, Entity::Object(_)));
            fields.extend(objects.map(|object| self.name(object)));
        }
        fields
    }

    fn fields_of(&self, objects: &[Object]) -> Vec<Candidate> {
        let fields = self.facts.field.iter().filter(|(_, object, _)| objects.contains(object));
        fields.map(|(field, ..)| self.name((*field).into())).collect()
    }

    fn states(&self, objects: &[Object]) -> Vec<Candidate> {
        let states = self.facts.state.iter().filter(|(_, object)| objects.contains(object));
        states.map(|(state, _)| self.name((*state).into())).collect()
    }

    fn items(&self) -> impl Iterator<Item = Entity> + '_ {
        self.facts.names.entities().filter(|entity| is_item(*entity))
    }

    fn name(&self, entity: Entity) -> Candidate {
        Candidate { text: self.facts.name(entity).to_owned(), sort: Sort::Declared(entity), gloss: "" }
    }

    /// The types of fields and parameters.
    pub fn types(&self) -> Vec<Candidate> {
        let primitives = Primitive::ALL.iter();
        let primitives = primitives.map(|primitive| Candidate::of(Sort::Type, primitive.word(), primitive.gloss()));
        let objects = self.items().filter(|entity| matches!(entity, Entity::Object(_)));
        primitives.chain(objects.map(|object| self.name(object))).collect()
    }

    /// The types behind the colon of a parameter.
    pub fn parameter_types(&self, term: &Term<'_>) -> Vec<Candidate> {
        let Node::Call { arguments, .. } = &term.node else { return vec![] };
        match self.argument(arguments) {
            Some(Argument { name: Some((name, _)), .. }) if *name != self.stand_in => self.types(),
            _ => vec![],
        }
    }

    fn argument<'t, 's>(&self, arguments: &'t [Argument<'s>]) -> Option<&'t Argument<'s>> {
        arguments.iter().find(|argument| {
            argument.name.is_some_and(|(name, _)| name == self.stand_in)
                || argument.value.iter().any(|term| contains(term, self.stand_in))
        })
    }

    /// The values an expression can begin with or go on with.
    pub fn values(&self) -> Vec<Candidate> {
        if let Some(object) = self.compared_status() {
            return self.states(&[object]);
        }
        let mut all = vec![];
        if self.clause.terms.first().and_then(Term::name) == Some("only") {
            let actors = self.items().filter(|entity| matches!(entity, Entity::Actor(_)));
            all.extend(actors.map(|actor| self.name(actor)));
        }
        for (parameter, object) in self.parameters() {
            all.push(self.name(parameter));
            let fields = self.fields_of(object.as_slice()).into_iter();
            all.extend(fields.map(|field| field.below(self.facts.name(parameter))));
        }
        if !matches!(self.subject, Some(Entity::Operation(_))) {
            all.extend(self.fields_of(&self.objects));
            let readable = self.items().filter(|entity| matches!(entity, Entity::Object(_) | Entity::View(_)));
            all.extend(readable.map(|entity| self.name(entity)));
            let functions = Aggregate::ALL.iter();
            all.extend(functions.map(|function| Candidate::of(Sort::Function, function.word(), function.gloss())));
        }
        all.extend(BUILTINS.iter().map(|(word, gloss)| Candidate::word(word, gloss)));
        all
    }

    /// What an effect can begin with or go on with.
    pub fn effects(&self) -> Vec<Candidate> {
        let written: Vec<&str> = self.run_before();
        match written.as_slice() {
            ["create" | "exists"] => self.names(&["object"], ""),
            ["delete"] => self.names(&["parameter", "object"], ""),
            ["add", _] => vec![Candidate::word("to", "")],
            ["remove", _] => vec![Candidate::word("from", "")],
            ["add", _, "to"] | ["remove", _, "from"] => self.targets(),
            [] => EFFECTS.iter().map(|(word, gloss)| Candidate::word(word, gloss)).chain(self.targets()).collect(),
            ["add" | "remove" | "="] => self.values(),
            [""] => ["=", "+=", "-="].map(|operator| Candidate::word(operator, "")).to_vec(),
            [_] => vec![Candidate::word("->", "")],
            _ => vec![],
        }
    }

    /// What an effect can change: instances, and their fields.
    fn targets(&self) -> Vec<Candidate> {
        let of_instance = |value: &Candidate| match value.sort {
            Sort::Declared(Entity::Parameter(parameter)) => {
                self.parameters().any(|(other, object)| other == parameter.into() && object.is_some())
            }
            Sort::Declared(_) => true,
            _ => false,
        };
        self.values().into_iter().filter(of_instance).collect()
    }

    /// The words of the run before the place.
    fn run_before(&self) -> Vec<&'c str> {
        let mut words = vec![];
        for term in &self.clause.terms {
            match &term.node {
                Node::Comma => words.clear(),
                Node::Name("then") => words.clear(),
                Node::Name(name) if *name == self.stand_in => return words,
                Node::Name(name) => words.push(*name),
                Node::Binary { right, .. } if contains(right, self.stand_in) => return vec!["="],
                _ if contains(term, self.stand_in) => return words,
                _ => words.push(""),
            }
        }
        words
    }

    /// What goes on a term that is begun: the next name of a path, an argument of a call.
    pub fn within(&self, term: &Term<'_>) -> Vec<Candidate> {
        match &term.node {
            Node::Path(segments) => {
                let names = segments.iter().map(|(name, _)| *name);
                let before: Vec<&str> = names.take_while(|name| *name != self.stand_in).collect();
                match before.as_slice() {
                    [] => self.path_heads(),
                    before => self.object_at(before).map_or(vec![], |object| self.fields_of(&[object])),
                }
            }
            Node::Call { function, .. } if function.name() == Some(self.stand_in) => self.effects(),
            Node::Call { function, arguments } => self.within_call(function, arguments),
            Node::Exists(inner) if !matches!(inner.node, Node::Call { .. }) => self.names(&["object"], ""),
            Node::Not(inner) | Node::Exists(inner) | Node::Group(inner) => match inside(inner, self.stand_in) {
                Some(term) => self.within(term),
                None => self.values(),
            },
            _ => vec![],
        }
    }

    fn within_call(&self, function: &Term<'_>, arguments: &[Argument<'_>]) -> Vec<Candidate> {
        let argument = self.argument(arguments);
        let value = argument.and_then(|argument| argument.value.iter().find(|term| contains(term, self.stand_in)));
        if let Some(inner) = value.and_then(|term| inside(term, self.stand_in)) {
            return self.within(inner);
        }
        // An object's values are given by field; a bare field takes the parameter of its name.
        match function.name().and_then(|name| self.object_named(name)) {
            Some(object) if argument.is_none_or(|argument| argument.name.is_none() || value.is_none()) => {
                self.fields_of(&[object])
            }
            _ => self.values(),
        }
    }

    /// What a path can begin with.
    fn path_heads(&self) -> Vec<Candidate> {
        let instances =
            self.parameters().filter(|(_, object)| object.is_some()).map(|(parameter, _)| self.name(parameter));
        let fields = self
            .facts
            .field
            .iter()
            .filter(|(_, owner, kind)| self.objects.contains(owner) && object_type(*kind).is_some());
        let objects = self.items().filter(|entity| matches!(entity, Entity::Object(_) | Entity::View(_)));
        let mut all: Vec<_> = instances.collect();
        all.extend(fields.map(|(field, ..)| self.name((*field).into())));
        all.extend(objects.map(|object| self.name(object)));
        all
    }

    /// The object whose status the place is compared with or set to.
    fn compared_status(&self) -> Option<Object> {
        let mut found = None;
        for term in &self.clause.terms {
            walk(term, &mut |node| {
                let Node::Binary { operator, left, right } = node else { return };
                let states = matches!(operator, Operator::Equal | Operator::NotEqual | Operator::Assign);
                match &left.node {
                    _ if right.name() != Some(self.stand_in) => (),
                    Node::Path(segments) if states => {
                        let names: Vec<&str> = segments.iter().map(|(name, _)| *name).collect();
                        found = found.or(self.status_at(&names));
                    }
                    Node::Name(name) if *operator == Operator::Arrow => found = found.or(self.object_at(&[name])),
                    Node::Name(name) if states => found = found.or(self.status_at(&[name])),
                    _ => (),
                }
            });
        }
        found
    }

    fn status_at(&self, path: &[&str]) -> Option<Object> {
        let [owner @ .., field] = path else { return None };
        let owners = if owner.is_empty() { self.objects.clone() } else { self.object_at(owner).into_iter().collect() };
        owners.into_iter().find(|object| {
            self.field_of(*object, field)
                .is_some_and(|field| self.facts.field[field.index()].2 == Type::Primitive(Primitive::Status))
        })
    }

    /// The object a path leads to: a parameter, a field or an object, and fields that refer to objects.
    fn object_at(&self, path: &[&str]) -> Option<Object> {
        let [first, rest @ ..] = path else { return None };
        let parameter = self.parameters().find(|(parameter, _)| self.facts.name(*parameter) == *first);
        let field = || self.objects.iter().find_map(|object| self.referred(*object, first));
        let start = parameter.and_then(|(_, object)| object).or_else(field).or_else(|| self.object_named(first))?;
        rest.iter().try_fold(start, |object, name| self.referred(object, name))
    }

    fn referred(&self, object: Object, field: &str) -> Option<Object> {
        object_type(self.facts.field[self.field_of(object, field)?.index()].2)
    }

    fn field_of(&self, object: Object, name: &str) -> Option<Field> {
        let mut fields = self.facts.field.iter().filter(|(_, owner, _)| *owner == object);
        fields.find(|(field, ..)| self.facts.name(*field) == name).map(|(field, ..)| *field)
    }

    fn object_named(&self, name: &str) -> Option<Object> {
        let index = self.facts.names.objects.iter().position(|object| object.name == name)?;
        Some(Object(index as u32))
    }
}

impl Candidate {
    fn word(word: &str, gloss: &'static str) -> Candidate {
        Candidate::of(Sort::Word, word, gloss)
    }

    fn of(sort: Sort, word: &str, gloss: &'static str) -> Candidate {
        Candidate { text: word.to_owned(), sort, gloss }
    }

    /// The same below another name: `auction.end_time`.
    fn below(self, owner: &str) -> Candidate {
        Candidate { text: format!("{owner}.{}", self.text), ..self }
    }
}

/// Whether it is declared under a name that stands for itself.
fn is_item(entity: Entity) -> bool {
    matches!(
        entity,
        Entity::Actor(_)
            | Entity::Requirement(_)
            | Entity::Object(_)
            | Entity::View(_)
            | Entity::Operation(_)
            | Entity::Query(_)
            | Entity::Invariant(_)
            | Entity::Service(_)
            | Entity::Region(_)
            | Entity::Event(_)
            | Entity::Technology(_)
    )
}

fn object_type(kind: Type) -> Option<Object> {
    match kind {
        Type::Object(object) => Some(object),
        _ => None,
    }
}

fn objects_of(facts: &Facts, source: Source) -> Vec<Object> {
    match source {
        Source::Object(object) => vec![object],
        Source::View(view) => upstream(facts, view),
    }
}

/// The objects a view is computed from, through other views.
fn upstream(facts: &Facts, view: View) -> Vec<Object> {
    let (mut objects, mut views) = (vec![], vec![view]);
    let mut next = 0;
    while let Some(view) = views.get(next).copied() {
        for (_, source) in facts.upstream.iter().filter(|(other, _)| *other == view) {
            match source {
                Source::Object(object) => objects.push(*object),
                Source::View(view) if !views.contains(view) => views.push(*view),
                Source::View(_) => (),
            }
        }
        next += 1;
    }
    objects
}

/// The term that the stand-in is inside of; none where it is a term of its own.
fn inside<'t, 's>(term: &'t Term<'s>, stand_in: &str) -> Option<&'t Term<'s>> {
    match &term.node {
        Node::Binary { left, right, .. } => inside(left, stand_in).or_else(|| inside(right, stand_in)),
        Node::Name(_) => None,
        _ => contains(term, stand_in).then_some(term),
    }
}

fn walk(term: &Term<'_>, visit: &mut impl FnMut(&Node<'_>)) {
    visit(&term.node);
    match &term.node {
        Node::Call { function, arguments } => {
            walk(function, visit);
            arguments.iter().flat_map(|argument| &argument.value).for_each(|term| walk(term, visit));
        }
        Node::Not(inner) | Node::Exists(inner) | Node::Group(inner) => walk(inner, visit),
        Node::Binary { left, right, .. } => {
            walk(left, visit);
            walk(right, visit);
        }
        _ => (),
    }
}
