//! Guards, effects, laws and conditions: names to things, operators to operators, and a check that both sides go together.

use super::names::near;
use super::sorts::is_arithmetic;
use super::spelling::{spelling, symbol};
use super::{Lowering, codes, unescape};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Argument, Node, Term};
use sysd_rules::expression::{Expr, Operator};
use sysd_rules::fact::*;
use sysd_rules::vocabulary::{Aggregate, Primitive, Vocabulary};

/// What an expression can name without anybody declaring it.
pub static BUILTINS: &[(&str, &str)] = &[
    ("now", "The current time, by the system's clock."),
    ("caller", "Who runs the operation."),
    ("true", "Holds."),
    ("false", "Does not hold."),
    ("exists", "There is an instance with these values: `exists Bid(bid_id)`."),
    ("not", "The opposite holds."),
];

/// The operators, and what each says.
pub static OPERATORS: &[(&str, &str)] = &[
    ("=", "Sets a field, behind `then`; elsewhere says what a value is, or what it starts with."),
    ("+=", "Adds to a field: additions commute, so that none has to wait for another."),
    ("-=", "Takes from a field."),
    ("->", "From one state to the next."),
    ("==", "Both sides are equal."),
    ("!=", "The sides differ."),
    ("<", "Less than."),
    ("<=", "At most: the bound itself still counts."),
    (">", "More than."),
    (">=", "At least: the bound itself still counts."),
    ("and", "Both hold."),
    ("or", "One of them holds, or both."),
    ("in", "The value is one of a set or list."),
    ("+", "The sum."),
    ("-", "The difference."),
    ("*", "The product."),
    ("/", "The quotient."),
];

/// What an effect can begin with, besides the field it changes.
pub static EFFECTS: &[(&str, &str)] = &[
    ("create", "Creates an instance: `create Bid(bid_id, amount)`."),
    ("delete", "Deletes an instance."),
    ("add", "Puts a value in a set or list: `add user to video.viewers`."),
    ("remove", "Takes a value out of a set or list: `remove user from video.viewers`."),
];

/// What an expression can see.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The operation or query whose parameters are in scope.
    pub of: Option<Entity>,
    /// Objects whose fields can be named without a path.
    pub objects: Vec<Object>,
}

impl Scope {
    /// Inside an operation: its parameters, and the fields of the objects they refer to.
    pub fn of_operation(operation: Operation) -> Scope {
        Scope { of: Some(operation.into()), objects: vec![] }
    }

    /// Inside a state machine: the object's fields and the operation's parameters.
    pub fn of_transition(object: Object, operation: Operation) -> Scope {
        Scope { of: Some(operation.into()), objects: vec![object] }
    }

    /// Inside an object: its fields.
    pub fn of_object(object: Object) -> Scope {
        Scope { of: None, objects: vec![object] }
    }

    /// Inside a view: the fields of its sources.
    pub fn of_view(view: View, objects: Vec<Object>) -> Scope {
        Scope { of: Some(view.into()), objects }
    }
}

impl<'s> Lowering<'s> {
    /// A term as a resolved expression. What does not resolve is reported and becomes [`Expr::Unknown`].
    pub fn expression(&mut self, term: &Term<'_>, scope: &Scope) -> Expr {
        match &term.node {
            Node::Name(name) => self.name(name, term.span, scope),
            Node::Path(segments) => self.path(segments, scope),
            Node::Call { function, arguments } => self.call(function, arguments, term.span, scope),
            Node::Quantity(quantity) => quantity.as_deref().copied().map_or(Expr::Unknown, Expr::Quantity),
            Node::Text(text) => Expr::Text(unescape(text)),
            Node::Hole => Expr::Hole,
            Node::Not(inner) => {
                let negated = self.expression(inner, scope);
                Expr::Not(Box::new(self.holding(negated, inner.span)))
            }
            Node::Exists(inner) => self.exists(inner, scope),
            Node::Group(inner) => self.expression(inner, scope),
            Node::Binary { operator, left, right } => self.binary(*operator, left, right, term.span, scope),
            Node::Comma | Node::Colon => Expr::Unknown,
        }
    }

    /// The same of a term that holds or does not.
    pub fn condition(&mut self, term: &Term<'_>, scope: &Scope) -> Expr {
        let condition = self.expression(term, scope);
        self.holding(condition, term.span)
    }

    fn name(&mut self, name: &str, span: Span, scope: &Scope) -> Expr {
        if let Some(Entity::Parameter(parameter)) = scope.of.and_then(|of| self.names.member_of(of, name)) {
            self.places.uses.push((self.at(span), parameter.into()));
            return Expr::Parameter(parameter);
        }
        match name {
            "now" => return Expr::Now,
            "caller" => return Expr::Caller,
            "true" => return Expr::Boolean(true),
            "false" => return Expr::Boolean(false),
            _ => (),
        }
        let mut objects = scope.objects.clone();
        objects.extend(self.instances(scope).map(|(object, _)| object));
        for object in &objects {
            match self.names.member_of((*object).into(), name) {
                Some(Entity::Field(field)) => {
                    self.places.uses.push((self.at(span), field.into()));
                    return Expr::Field(field, self.parameter_for(*object, scope));
                }
                Some(Entity::State(state)) => {
                    self.places.uses.push((self.at(span), state.into()));
                    return Expr::State(state);
                }
                _ => (),
            }
        }
        match self.names.item(name) {
            Some(Entity::View(view)) => {
                self.places.uses.push((self.at(span), view.into()));
                return Expr::View(view);
            }
            Some(other) => {
                self.wrong_kind(span, other, "a value");
                return Expr::Unknown;
            }
            None => (),
        }
        let mut candidates: Vec<String> = vec!["now".into(), "caller".into()];
        for of in objects.iter().map(|object| Entity::from(*object)).chain(scope.of) {
            candidates.extend(self.names.members(of).iter().map(|(name, _)| (*name).to_owned()));
        }
        let near = near(name, candidates.iter().map(String::as_str));
        if matches!(name.to_ascii_lowercase().as_str(), "null" | "nil" | "none" | "undefined") {
            let diagnostic =
                Diagnostic::new(&codes::UNKNOWN_NAME, self.at(span), format!("there is no value `{name}`"));
            let diagnostic = diagnostic.note("every field has a value");
            self.report(
                diagnostic.help("say by a state or a boolean what is not there yet; of a record, say `not exists`"),
            );
            return Expr::Unknown;
        }
        self.unknown(span, name, "parameter, field or view", near);
        Expr::Unknown
    }

    /// The objects that the parameters in scope refer to, each with its parameter.
    fn instances(&self, scope: &Scope) -> impl Iterator<Item = (Object, Parameter)> + '_ {
        let declared = scope.of.map_or(&[][..], |of| self.names.declared_in(of));
        let parameters = declared.iter().copied().filter_map(Parameter::of);
        parameters.filter_map(|parameter| match self.facts.parameter[parameter.index()].2 {
            Type::Object(object) => Some((object, parameter)),
            _ => None,
        })
    }

    fn parameter_for(&self, object: Object, scope: &Scope) -> Option<Parameter> {
        self.instances(scope).find(|(other, _)| *other == object).map(|(_, parameter)| parameter)
    }

    /// `auction.end_time`, `Auction.end_time`, `caller.id`, `auction.seller.rating`
    fn path(&mut self, segments: &[(&str, Span)], scope: &Scope) -> Expr {
        let [(first, first_span), rest @ ..] = segments else { return Expr::Unknown };
        if *first == "caller" {
            return Expr::Caller;
        }
        let parameter = scope.of.and_then(|of| self.names.member_of(of, first)).and_then(Parameter::of);
        let start = match parameter {
            Some(parameter) => {
                self.places.uses.push((self.at(*first_span), parameter.into()));
                match self.facts.parameter[parameter.index()].2 {
                    Type::Object(object) => Some(object),
                    Type::Unknown => return Expr::Unknown,
                    Type::Primitive(primitive) => {
                        let message =
                            format!("`{first}` is {}, which has no fields", super::names::article(primitive.word()));
                        self.report(Diagnostic::new(&codes::WRONG_KIND, self.at(*first_span), message));
                        return Expr::Unknown;
                    }
                }
            }
            None => None,
        };
        let start = start.or_else(|| {
            let (field, object) = self.field_object(first, scope)?;
            self.places.uses.push((self.at(*first_span), field.into()));
            Some(object)
        });
        let object = match (start, self.names.item(first)) {
            (Some(object), _) => object,
            (None, Some(Entity::Object(object))) => {
                self.places.uses.push((self.at(*first_span), object.into()));
                object
            }
            (None, Some(Entity::View(view))) => {
                self.places.uses.push((self.at(*first_span), view.into()));
                return Expr::View(view);
            }
            (None, Some(other)) => {
                self.wrong_kind(*first_span, other, "an object, a view or a parameter");
                return Expr::Unknown;
            }
            (None, None) => {
                let mut near = self.near(first, |entity| matches!(entity, Entity::Object(_) | Entity::View(_)));
                if let Some(of) = scope.of {
                    let members = self.names.members(of);
                    near = self::near(first, members.iter().map(|(name, _)| *name)).or(near);
                }
                self.unknown(*first_span, first, "object, view or parameter", near);
                return Expr::Unknown;
            }
        };
        self.follow(object, rest, parameter)
    }

    /// The field in scope of that name and the object it refers to, for paths that start at a field.
    fn field_object(&self, name: &str, scope: &Scope) -> Option<(Field, Object)> {
        scope.objects.iter().find_map(|object| match self.names.member_of((*object).into(), name) {
            Some(Entity::Field(field)) => match self.facts.field[field.index()].2 {
                Type::Object(object) => Some((field, object)),
                _ => None,
            },
            _ => None,
        })
    }

    fn follow(&mut self, object: Object, rest: &[(&str, Span)], parameter: Option<Parameter>) -> Expr {
        let [(name, span), further @ ..] = rest else { return Expr::Unknown };
        let Some(Entity::Field(field)) = self.names.member_of(object.into(), name) else {
            self.unknown_field(name, *span, &[object]);
            return Expr::Unknown;
        };
        self.places.uses.push((self.at(*span), field.into()));
        match (further, self.facts.field[field.index()].2) {
            ([], _) => Expr::Field(field, parameter),
            (_, Type::Object(next)) => self.follow(next, further, parameter),
            (_, Type::Unknown) => Expr::Unknown,
            (_, Type::Primitive(primitive)) => {
                let message = format!("`{name}` is {}, which has no fields", super::names::article(primitive.word()));
                self.report(Diagnostic::new(&codes::WRONG_KIND, self.at(*span), message));
                Expr::Unknown
            }
        }
    }

    fn call(&mut self, function: &Term<'_>, arguments: &[Argument<'_>], span: Span, scope: &Scope) -> Expr {
        let name = spelling(function);
        if let Some(aggregate) = Aggregate::parse(&name) {
            if let [_, second, ..] = arguments {
                let message = format!("`{name}` is taken of all records, and of one field");
                let diagnostic = Diagnostic::new(
                    &codes::MALFORMED_CLAUSE,
                    self.at(second.value.first().map_or(span, |term| term.span)),
                    message,
                );
                self.report(
                    diagnostic
                        .label("one too many")
                        .help("to keep the larger of two values: `when value > x.field then x.field = value`"),
                );
                return Expr::Unknown;
            }
            let inner = match arguments.first().and_then(|argument| argument.value.first()) {
                Some(term) => self.aggregated(term, scope),
                None => Expr::Unknown,
            };
            return Expr::Aggregate(aggregate, Box::new(inner));
        }
        if BUILTINS.iter().any(|(builtin, _)| *builtin == name) {
            let diagnostic =
                Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(span), format!("`{name}` is no function"));
            let title = format!("write `{name}`");
            self.report(diagnostic.fix(title, Applicability::Safe, self.at(span), name));
            return self.name(&spelling(function), function.span, scope);
        }
        let near = near(&name, Aggregate::ALL.iter().map(|aggregate| aggregate.word()));
        self.unknown(function.span, &name, "function", near);
        Expr::Unknown
    }

    /// What an aggregate runs over: a field, or for `count(Bid)` the object itself, by its first key.
    fn aggregated(&mut self, term: &Term<'_>, scope: &Scope) -> Expr {
        if let Some(Entity::Object(object)) = term.name().and_then(|name| self.names.item(name)) {
            self.places.uses.push((self.at(term.span), object.into()));
            let key = self.facts.key.iter().find(|(other, _)| *other == object).map(|(_, field)| *field);
            let any = || self.names.declared_in(object.into()).iter().copied().find_map(Field::of);
            return key.or_else(any).map_or(Expr::Unknown, |field| Expr::Field(field, None));
        }
        self.expression(term, scope)
    }

    fn exists(&mut self, term: &Term<'_>, scope: &Scope) -> Expr {
        let (name, arguments): (&Term<'_>, &[Argument<'_>]) = match &term.node {
            Node::Call { function, arguments } => (function, arguments),
            Node::Group(inner) => return self.exists(inner, scope),
            _ => (term, &[]),
        };
        let Some(object) = self.resolve_term::<Object>(name) else { return Expr::Unknown };
        let fields = self.field_values(object, arguments, scope);
        Expr::Exists(object, fields)
    }

    fn binary(
        &mut self,
        operator: tree::Operator,
        left: &Term<'_>,
        right: &Term<'_>,
        span: Span,
        scope: &Scope,
    ) -> Expr {
        if operator == tree::Operator::Assign {
            self.mistyped(left, right, "a condition compares, it does not assign", "==");
            return self.equality(left, right, scope);
        }
        let Some(operator) = comparison(operator) else {
            let message = format!("`{}` cannot stand in a condition", symbol(operator));
            self.report(Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(span), message));
            return Expr::Unknown;
        };
        let spans = [left.span, right.span];
        let (mut left, mut right) = (self.side(left, right, scope), self.side(right, left, scope));
        if matches!(operator, Operator::And | Operator::Or) {
            (left, right) = (self.holding(left, spans[0]), self.holding(right, spans[1]));
        } else if matches!(operator, Operator::In | Operator::NotIn) {
            self.check_holds(&right, "in", spans[1]);
        } else {
            let verb = if is_arithmetic(operator) { "combined" } else { "compared" };
            self.check_types(&left, &right, verb, span);
        }
        Expr::Binary(operator, Box::new(left), Box::new(right))
    }

    /// Reports the operator between two terms, and what should stand there.
    pub fn mistyped(&mut self, left: &Term<'_>, right: &Term<'_>, message: &str, instead: &'static str) {
        let gap = Span { start: left.span.end, end: right.span.start };
        let between = self.text.get(gap.range()).unwrap_or("");
        let start = gap.start + (between.len() - between.trim_start().len()) as u32;
        let at = self.at(Span { start, end: start + between.trim().len() as u32 });
        self.report(Diagnostic::new(&codes::MALFORMED_CLAUSE, at, message).did_you_mean(instead));
    }

    /// `a and b = c and d` read as if `=` were `==`: it ties looser than `and`, but was not meant to.
    fn equality(&mut self, left: &Term<'_>, right: &Term<'_>, scope: &Scope) -> Expr {
        use tree::Operator::{And, Equal, Or};
        let connective = |operator: &tree::Operator| if *operator == And { Operator::And } else { Operator::Or };
        if let Node::Binary { operator: operator @ (And | Or), left: before, right: inner } = &left.node {
            let before = self.expression(before, scope);
            return Expr::Binary(connective(operator), Box::new(before), Box::new(self.equality(inner, right, scope)));
        }
        if let Node::Binary { operator: operator @ (And | Or), left: inner, right: after } = &right.node {
            let equality = self.equality(left, inner, scope);
            return Expr::Binary(connective(operator), Box::new(equality), Box::new(self.expression(after, scope)));
        }
        self.binary(Equal, left, right, left.span.to(right.span), scope)
    }

    /// One side of an operator: opposite a status, a bare name is one of its states, and so is what was quoted by mistake.
    fn side(&mut self, term: &Term<'_>, opposite: &Term<'_>, scope: &Scope) -> Expr {
        if let Node::Text(text) = term.node
            && let Some(object) = self.status_side(opposite, scope)
            && let Some(Entity::State(state)) = self.names.member_of(object.into(), text)
        {
            let diagnostic = Diagnostic::new(&codes::TYPE_MISMATCH, self.at(term.span), "a state is no text");
            self.report(diagnostic.did_you_mean(text));
            return Expr::State(state);
        }
        if term.name().is_some()
            && let Some(object) = self.status_side(opposite, scope)
        {
            return self.state_of(object, term).map_or(Expr::Unknown, Expr::State);
        }
        self.expression(term, scope)
    }

    /// The object whose status the term is, if it is one.
    fn status_side(&mut self, term: &Term<'_>, scope: &Scope) -> Option<Object> {
        if !matches!(term.node, Node::Name(_) | Node::Path(_)) {
            return None;
        }
        let (diagnostics, uses) = (self.diagnostics.len(), self.places.uses.len());
        let found = self.expression(term, scope);
        self.diagnostics.truncate(diagnostics);
        self.places.uses.truncate(uses);
        match found {
            Expr::Field(field, _) if self.facts.field[field.index()].2 == Type::Primitive(Primitive::Status) => {
                Some(self.facts.object_of(field))
            }
            _ => None,
        }
    }
}

fn comparison(operator: tree::Operator) -> Option<Operator> {
    Some(match operator {
        tree::Operator::Or => Operator::Or,
        tree::Operator::And => Operator::And,
        tree::Operator::Equal => Operator::Equal,
        tree::Operator::NotEqual => Operator::NotEqual,
        tree::Operator::Less => Operator::Less,
        tree::Operator::AtMost => Operator::AtMost,
        tree::Operator::Greater => Operator::Greater,
        tree::Operator::AtLeast => Operator::AtLeast,
        tree::Operator::In => Operator::In,
        tree::Operator::NotIn => Operator::NotIn,
        tree::Operator::Plus => Operator::Plus,
        tree::Operator::Minus => Operator::Minus,
        tree::Operator::Times => Operator::Times,
        tree::Operator::Divide => Operator::Divide,
        tree::Operator::Arrow | tree::Operator::Assign | tree::Operator::Increase | tree::Operator::Decrease => {
            return None;
        }
    })
}
