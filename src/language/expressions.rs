//! Guards, effects, laws and conditions: names to things, operators to operators, and a check that both sides go together.

use super::pattern::{describe, spelling, symbol};
use super::{Lowering, codes, unescape};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::tree::{self, Argument, Node, Term};
use sysd_rules::expression::{Action, Expr, Operator};
use sysd_rules::fact::*;
use sysd_rules::quantity::Dimension;
use sysd_rules::vocabulary::{Aggregate, Primitive, Vocabulary};

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
            Node::Not(inner) => Expr::Not(Box::new(self.expression(inner, scope))),
            Node::Exists(inner) => self.exists(inner, scope),
            Node::Group(inner) => self.expression(inner, scope),
            Node::Binary { operator, left, right } => self.binary(*operator, left, right, term.span, scope),
            Node::Comma | Node::Colon => Expr::Unknown,
        }
    }

    /// One effect of an operation.
    pub fn effect(&mut self, operation: Operation, run: &[&Term<'_>]) {
        let scope = Scope::of_operation(operation);
        let Some((object, field, action)) = self.action(operation, run, &scope) else { return };
        let effect = self.facts.names.effects(Name { name: self.slice(run), ..Name::default() });
        self.facts.effect.push((effect, operation, object, field, action));
        let span = run.iter().map(|term| term.span).reduce(Span::to).unwrap_or_default();
        let at = self.at(span);
        self.places.member(effect.into(), at, at);
    }

    fn action(
        &mut self,
        operation: Operation,
        run: &[&Term<'_>],
        scope: &Scope,
    ) -> Option<(Object, Option<Field>, Action)> {
        match run {
            [Term { node: Node::Name("create"), .. }, what] => self.create(what, scope),
            [Term { node: Node::Name("delete"), .. }, what] => {
                let object = self.instance_of(what, operation)?;
                Some((object, None, Action::Delete))
            }
            [
                Term { node: Node::Name(verb @ ("add" | "remove")), .. },
                value,
                Term { node: Node::Name("to" | "from"), .. },
                target,
            ] => {
                let value = self.expression(value, scope);
                let field = self.target(target, scope)?;
                let action = if *verb == "add" { Action::Add(value) } else { Action::Remove(value) };
                Some((self.facts.object_of(field), Some(field), action))
            }
            [Term { node: Node::Binary { operator, left, right }, span }] => {
                self.change(*operator, left, right, *span, operation, scope)
            }
            _ => {
                let span = run.iter().map(|term| term.span).reduce(Span::to).unwrap_or_default();
                let diagnostic = Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(span), "this is no effect");
                let help = "write `x.field = value`, `x.field += value`, `add value to x.field`, `remove value from x.field`, \
                            `create Object(field: value)`, `delete x` or `x -> STATE`";
                self.report(diagnostic.help(help));
                None
            }
        }
    }

    fn change(
        &mut self,
        operator: tree::Operator,
        left: &Term<'_>,
        right: &Term<'_>,
        span: Span,
        operation: Operation,
        scope: &Scope,
    ) -> Option<(Object, Option<Field>, Action)> {
        if operator == tree::Operator::Arrow {
            let object = self.instance_of(left, operation)?;
            let state = self.state_of(object, right)?;
            return Some((object, self.status_of(object), Action::Transition(state)));
        }
        // `x.f == e` where an effect stands is `x.f = e` mistyped.
        if operator == tree::Operator::Equal {
            let at = Span { start: left.span.end, end: right.span.start };
            let diagnostic =
                Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(span), "an effect assigns, it does not compare");
            self.report(diagnostic.help("write `=`").fix(
                "write `=`",
                sysd_rules::finding::Applicability::Safe,
                self.at(at),
                " = ",
            ));
            return None;
        }
        let field = self.target(left, scope)?;
        let object = self.facts.object_of(field);
        if self.facts.field[field.index()].2 == Type::Primitive(Primitive::Status) {
            let state = self.state_of(object, right)?;
            return Some((object, Some(field), Action::Transition(state)));
        }
        let value = self.expression(right, scope);
        self.check_types(&Expr::Field(field, None), &value, "assigned", span);
        let action = match operator {
            tree::Operator::Assign => Action::Assign(value),
            tree::Operator::Increase => Action::Increase(value),
            tree::Operator::Decrease => Action::Decrease(value),
            _ => {
                let message = format!("`{}` is no way to change a field", symbol(operator));
                let diagnostic = Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(span), message);
                self.report(diagnostic.help("write `=`, `+=` or `-=`"));
                return None;
            }
        };
        Some((object, Some(field), action))
    }

    fn create(&mut self, what: &Term<'_>, scope: &Scope) -> Option<(Object, Option<Field>, Action)> {
        let (name, arguments): (&Term<'_>, &[Argument<'_>]) = match &what.node {
            Node::Call { function, arguments } => (function, arguments),
            _ => (what, &[]),
        };
        let object = self.resolve_term::<Object>(name)?;
        let values = self.field_values(object, arguments, scope);
        Some((object, None, Action::Create(values)))
    }

    /// `field: value` arguments; a bare `field` takes its value from the parameter of that name.
    fn field_values(&mut self, object: Object, arguments: &[Argument<'_>], scope: &Scope) -> Vec<(Field, Expr)> {
        let mut values = vec![];
        for argument in arguments {
            let Some(value) = argument.value.first() else { continue };
            let (name, span) = match (argument.name, &value.node) {
                (Some(named), _) => named,
                (None, Node::Name(name)) => (*name, value.span),
                _ => continue,
            };
            let field = Term { node: Node::Name(name), span };
            let Some(field) = self.field_in(&field, &[object]) else { continue };
            let value = match self.state_value(field, value) {
                Some(state) => state,
                None => self.expression(value, scope),
            };
            values.push((field, value));
        }
        values
    }

    fn state_value(&mut self, field: Field, value: &Term<'_>) -> Option<Expr> {
        if self.facts.field[field.index()].2 != Type::Primitive(Primitive::Status) {
            return None;
        }
        let object = self.facts.object_of(field);
        match self.names.member_of(object.into(), value.name()?) {
            Some(Entity::State(state)) => Some(Expr::State(state)),
            _ => None,
        }
    }

    /// The field an effect changes.
    fn target(&mut self, term: &Term<'_>, scope: &Scope) -> Option<Field> {
        match self.expression(term, scope) {
            Expr::Field(field, _) => Some(field),
            Expr::Unknown => None,
            _ => {
                let message = format!("{} is not a field that could change", describe(term));
                let diagnostic = Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(term.span), message);
                self.report(
                    diagnostic.help("an effect changes a field of an object: `auction.current_highest = amount`"),
                );
                None
            }
        }
    }

    /// The object of an instance: a parameter that refers to one, or the object's own name.
    fn instance_of(&mut self, term: &Term<'_>, operation: Operation) -> Option<Object> {
        let name = term.name()?;
        if let Some(Entity::Parameter(parameter)) = self.names.member_of(operation.into(), name) {
            self.places.uses.push((self.at(term.span), parameter.into()));
            if let Type::Object(object) = self.facts.parameter[parameter.index()].2 {
                return Some(object);
            }
            self.wrong_kind(term.span, parameter.into(), "a parameter that is an object");
            return None;
        }
        self.resolve_term(term)
    }

    fn status_of(&self, object: Object) -> Option<Field> {
        let status = Type::Primitive(Primitive::Status);
        self.facts.field.iter().find(|(_, owner, kind)| *owner == object && *kind == status).map(|(field, ..)| *field)
    }

    fn state_of(&mut self, object: Object, term: &Term<'_>) -> Option<State> {
        let name = spelling(term);
        if let Some(Entity::State(state)) = self.names.member_of(object.into(), &name) {
            self.places.uses.push((self.at(term.span), state.into()));
            return Some(state);
        }
        let states: Vec<_> = self
            .names
            .members(object.into())
            .into_iter()
            .filter(|(_, entity)| matches!(entity, Entity::State(_)))
            .collect();
        let near = super::names::closest(&name, states.iter().map(|(name, _)| *name)).map(str::to_owned);
        let message = format!("`{}` has no state `{name}`", self.facts.name(object));
        let mut diagnostic = Diagnostic::new(&codes::UNKNOWN_NAME, self.at(term.span), message);
        if let Some(near) = near {
            diagnostic = diagnostic.did_you_mean(&near);
        } else if !states.is_empty() {
            let states: Vec<_> = states.iter().map(|(name, _)| format!("`{name}`")).collect();
            diagnostic = diagnostic.help(format!("its states are {}", states.join(", ")));
        }
        self.report(diagnostic);
        None
    }

    fn name(&mut self, name: &str, span: Span, scope: &Scope) -> Expr {
        if let Some(of) = scope.of {
            if let Some(Entity::Parameter(parameter)) = self.names.member_of(of, name) {
                self.places.uses.push((self.at(span), parameter.into()));
                return Expr::Parameter(parameter);
            }
        }
        match name {
            "now" => return Expr::Now,
            "caller" => return Expr::Caller,
            "true" => return Expr::Boolean(true),
            "false" => return Expr::Boolean(false),
            _ => (),
        }
        let mut objects = scope.objects.clone();
        objects.extend(self.parameter_objects(scope));
        for object in &objects {
            match self.names.member_of((*object).into(), name) {
                Some(Entity::Field(field)) => {
                    self.places.uses.push((self.at(span), field.into()));
                    return Expr::Field(field, self.parameter_for(*object, scope));
                }
                Some(Entity::State(state)) => return Expr::State(state),
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
        let near = super::names::closest(name, candidates.iter().map(String::as_str)).map(str::to_owned);
        self.unknown(span, name, "parameter, field or view", near);
        Expr::Unknown
    }

    fn parameter_objects(&self, scope: &Scope) -> Vec<Object> {
        let parameters = self.facts.parameter.iter().filter(|(_, of, _)| Some(*of) == scope.of);
        parameters
            .filter_map(|(_, _, kind)| match kind {
                Type::Object(object) => Some(*object),
                _ => None,
            })
            .collect()
    }

    fn parameter_for(&self, object: Object, scope: &Scope) -> Option<Parameter> {
        let found =
            self.facts.parameter.iter().find(|(_, of, kind)| Some(*of) == scope.of && *kind == Type::Object(object));
        found.map(|(parameter, ..)| *parameter)
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
        let start = start.or_else(|| self.field_object(first, scope));
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
                    near =
                        super::names::closest(first, members.iter().map(|(name, _)| *name)).map(str::to_owned).or(near);
                }
                self.unknown(*first_span, first, "object, view or parameter", near);
                return Expr::Unknown;
            }
        };
        self.follow(object, rest, parameter)
    }

    /// The object that a field in scope refers to, for paths that start at a field.
    fn field_object(&self, name: &str, scope: &Scope) -> Option<Object> {
        scope.objects.iter().find_map(|object| match self.names.member_of((*object).into(), name) {
            Some(Entity::Field(field)) => match self.facts.field[field.index()].2 {
                Type::Object(object) => Some(object),
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
            let inner = match arguments.first().and_then(|argument| argument.value.first()) {
                Some(term) => self.aggregated(term, scope),
                None => Expr::Unknown,
            };
            return Expr::Aggregate(aggregate, Box::new(inner));
        }
        let near =
            super::names::closest(&name, Aggregate::ALL.iter().map(|aggregate| aggregate.word())).map(str::to_owned);
        self.unknown(function.span, &name, "function", near);
        let _ = span;
        Expr::Unknown
    }

    /// What an aggregate runs over: a field, or for `count(Bid)` the object itself, by its first key.
    fn aggregated(&mut self, term: &Term<'_>, scope: &Scope) -> Expr {
        if let Some(Entity::Object(object)) = term.name().and_then(|name| self.names.item(name)) {
            self.places.uses.push((self.at(term.span), object.into()));
            let key = self.facts.key.iter().find(|(other, _)| *other == object).map(|(_, field)| *field);
            let any = || self.facts.field.iter().find(|(_, other, _)| *other == object).map(|(field, ..)| *field);
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
        let Some(operator) = comparison(operator) else {
            let message = format!("`{}` cannot stand in a condition", symbol(operator));
            let mut diagnostic = Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(span), message);
            if operator == tree::Operator::Assign {
                let at = Span { start: left.span.end, end: right.span.start };
                diagnostic = diagnostic.help("compare with `==`").fix(
                    "write `==`",
                    sysd_rules::finding::Applicability::Safe,
                    self.at(at),
                    " == ",
                );
            }
            self.report(diagnostic);
            return Expr::Unknown;
        };
        let (left, right) = (self.side(left, right, scope), self.side(right, left, scope));
        if !matches!(operator, Operator::And | Operator::Or | Operator::In | Operator::NotIn) {
            let verb = if is_arithmetic(operator) { "combined" } else { "compared" };
            self.check_types(&left, &right, verb, span);
        }
        Expr::Binary(operator, Box::new(left), Box::new(right))
    }

    /// One side of an operator: a bare name opposite a status is one of its states.
    fn side(&mut self, term: &Term<'_>, opposite: &Term<'_>, scope: &Scope) -> Expr {
        if term.name().is_some() {
            if let Some(object) = self.status_side(opposite, scope) {
                return self.state_of(object, term).map_or(Expr::Unknown, Expr::State);
            }
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

    fn check_types(&mut self, left: &Expr, right: &Expr, verb: &str, span: Span) {
        let (Some(one), Some(other)) = (self.sort(left), self.sort(right)) else { return };
        if one.goes_with(other) {
            return;
        }
        let message = format!(
            "{} cannot be {verb} {} {}",
            one.describe(),
            if verb == "assigned" { "from" } else { "with" },
            other.describe()
        );
        self.report(Diagnostic::new(&codes::TYPE_MISMATCH, self.at(span), message));
    }

    fn sort(&self, expr: &Expr) -> Option<Sort> {
        match expr {
            Expr::Field(field, _) => Sort::of(self.facts.field[field.index()].2),
            Expr::Parameter(parameter) => Sort::of(self.facts.parameter[parameter.index()].2),
            Expr::Now => Some(Sort::Instant),
            Expr::Quantity(quantity) => Some(match quantity.dimension {
                Dimension::Time => Sort::Duration,
                Dimension::Money(_) => Sort::Money,
                Dimension::Bytes => Sort::Size,
                Dimension::Distance => Sort::Distance,
                _ => Sort::Number,
            }),
            Expr::Text(_) => Some(Sort::Text),
            Expr::Boolean(_) => Some(Sort::Boolean),
            Expr::State(_) => Some(Sort::Status),
            Expr::Binary(operator, left, right) if is_arithmetic(*operator) => {
                match (self.sort(left), self.sort(right)) {
                    (Some(Sort::Instant), Some(Sort::Instant)) => Some(Sort::Duration),
                    (Some(Sort::Instant), _) | (_, Some(Sort::Instant)) => Some(Sort::Instant),
                    (Some(Sort::Number), other) => other,
                    (other, _) => other,
                }
            }
            Expr::Aggregate(Aggregate::Count | Aggregate::CountDistinct, _) => Some(Sort::Number),
            Expr::Aggregate(_, inner) => self.sort(inner),
            _ => None,
        }
    }
}

/// What can be compared with what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sort {
    Number,
    Money,
    Duration,
    Instant,
    Text,
    Boolean,
    Status,
    Size,
    Distance,
}

impl Sort {
    /// `None` for types that compare with anything (identifiers, references, structured values).
    fn of(kind: Type) -> Option<Sort> {
        let Type::Primitive(primitive) = kind else { return None };
        match primitive {
            Primitive::Integer | Primitive::Decimal | Primitive::Counter => Some(Sort::Number),
            Primitive::Money => Some(Sort::Money),
            Primitive::Duration => Some(Sort::Duration),
            Primitive::Timestamp => Some(Sort::Instant),
            Primitive::Text => Some(Sort::Text),
            Primitive::Boolean => Some(Sort::Boolean),
            Primitive::Status => Some(Sort::Status),
            _ => None,
        }
    }

    fn goes_with(self, other: Sort) -> bool {
        // A plain number stands for an amount of any currency; an instant moves by a duration.
        self == other
            || matches!((self, other), (Sort::Number, Sort::Money) | (Sort::Money, Sort::Number))
            || matches!((self, other), (Sort::Instant, Sort::Duration) | (Sort::Duration, Sort::Instant))
    }

    fn describe(self) -> &'static str {
        match self {
            Sort::Number => "a number",
            Sort::Money => "an amount of money",
            Sort::Duration => "a duration",
            Sort::Instant => "a point in time",
            Sort::Text => "a text",
            Sort::Boolean => "a truth value",
            Sort::Status => "a state",
            Sort::Size => "a size",
            Sort::Distance => "a distance",
        }
    }
}

fn is_arithmetic(operator: Operator) -> bool {
    matches!(operator, Operator::Plus | Operator::Minus | Operator::Times | Operator::Divide)
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
