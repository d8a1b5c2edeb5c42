//! Effects: what an operation does to which object.

use super::expressions::Scope;
use super::items::{EFFECTS, table};
use super::names::{closest, near};
use super::spelling::{describe, spelling, symbol};
use super::{Lowering, codes, listed};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Argument, Node, Term};
use sysd_rules::expression::{Action, Expr};
use sysd_rules::fact::*;
use sysd_rules::vocabulary::Primitive;

impl Lowering<'_> {
    /// One effect of an operation.
    pub fn effect(&mut self, operation: Operation, run: &[&Term<'_>]) {
        let scope = Scope::of_operation(operation);
        let Some((object, field, action)) = self.action(operation, run, &scope) else { return };
        let effect = self.facts.names.effects(Name { name: self.slice(run), ..Name::default() });
        self.facts.effect.push((effect, operation, object, field, action));
        self.facts.through.extend(self.through(operation, run).map(|parameter| (effect, parameter)));
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
                let adds = *verb == "add";
                self.check_holds(
                    &Expr::Field(field, None),
                    if adds { "added to" } else { "removed from" },
                    target.span,
                );
                let action = if adds { Action::Add(value) } else { Action::Remove(value) };
                Some((self.facts.object_of(field), Some(field), action))
            }
            [Term { node: Node::Binary { operator, left, right }, span }] => {
                self.change(*operator, left, right, *span, operation, scope)
            }
            _ => {
                if let Some(next) = clause_in(run) {
                    let end = Span { start: run[next - 1].span.end, end: run[next - 1].span.end };
                    let diagnostic = self.another_clause(run[next], vec![end]);
                    self.report(diagnostic);
                    return self.action(operation, &run[..next], scope);
                }
                if let Some(first) = self.unseparated(run) {
                    return self.action(operation, &[first], scope);
                }
                let diagnostic = self.no_effect(run);
                self.report(diagnostic);
                None
            }
        }
    }

    /// Several assignments without a comma between them: the first of them.
    fn unseparated<'t, 's>(&mut self, run: &[&'t Term<'s>]) -> Option<&'t Term<'s>> {
        use tree::Operator::{Arrow, Assign, Decrease, Increase};
        let changes =
            |term: &&Term<'_>| matches!(term.node, Node::Binary { operator: Arrow | Assign | Decrease | Increase, .. });
        let [first, second, ..] = run else { return None };
        if !run.iter().all(changes) {
            return None;
        }
        let end = self.at(Span { start: first.span.end, end: first.span.end });
        let diagnostic =
            Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(second.span), "expected `,` between two effects");
        self.report(diagnostic.label("another effect begins here").fix("insert `,`", Applicability::Safe, end, ","));
        Some(first)
    }

    fn no_effect(&self, run: &[&Term<'_>]) -> Diagnostic {
        let span = run.iter().map(|term| term.span).reduce(Span::to).unwrap_or_default();
        if let [Term { node: Node::Name("set" | "update" | "assign" | "change"), span: at }, change] = run
            && matches!(change.node, Node::Binary { .. })
        {
            let gone = self.at(Span { start: at.start, end: change.span.start });
            let diagnostic = Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(*at), "an assignment needs no verb");
            return diagnostic.fix("take the verb away", Applicability::Safe, gone, "");
        }
        if let Some(diagnostic) = self.either_effect(run) {
            return diagnostic;
        }
        if let [Term { node: Node::Name(verb), span: at }, _, ..] = run
            && let Some(near) = closest(verb, EFFECTS.iter().copied())
        {
            let message = format!("`{verb}` is no effect");
            return Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(*at), message).did_you_mean(near);
        }
        Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(span), "this is no effect").help(
            "write `x.field = value`, `x.field += value`, `add value to x.field`, `remove value from x.field`, \
             `create Object(field: value)`, `delete x` or `x -> STATE`",
        )
    }

    /// `upsert Presence(device_id, seen: now)`, `create or update Presence(…)`: what it does depends on what is there, and each of the
    /// two has a condition, a retry and a race of its own.
    fn either_effect(&self, run: &[&Term<'_>]) -> Option<Diagnostic> {
        let [verb, .., Term { node: Node::Call { function, .. }, .. }] = run else { return None };
        let is_either = match &verb.node {
            Node::Name(word) => EITHER.contains(word),
            Node::Binary { operator: tree::Operator::Or, left, right } => {
                left.name().is_some_and(|word| EFFECTS.contains(&word) || word == "insert")
                    && right.name().is_some_and(|word| ["update", "set", "change", "replace"].contains(&word))
            }
            _ => false,
        };
        let object = function.name().filter(|_| is_either)?;
        let key = self.names.item(object).and_then(Object::of).map(|object| {
            let keys = self.facts.key.iter().filter(|(other, _)| *other == object);
            keys.map(|(_, field)| self.facts.name(*field)).collect::<Vec<_>>().join(", ")
        });
        let keys = key.filter(|key| !key.is_empty()).map_or("…".to_owned(), |key| key);
        let parameter = sysd_rules::sql::snake(object);
        let words = self.text.get(verb.span.range()).unwrap_or("it");
        Some(
            Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(verb.span), format!("`{words}` is no effect"))
                .label("creates one, or changes the one that is there")
                .note("an operation does one thing under one condition: who creates and who changes meet different conflicts")
                .help(format!(
                    "declare two operations: one with `when not exists {object}({keys}) then create {object}({keys})`, \
                     one that takes `{parameter}: {object}` and changes its fields"
                )),
        )
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
        if let Some((first, target, value)) = self.joined_by_and(left) {
            return self.change(first, target, value, left.span, operation, scope);
        }
        if operator == tree::Operator::Arrow {
            let object = self.instance_of(left, operation)?;
            let state = self.state_of(object, right)?;
            return Some((object, self.status_of(object), Action::Transition(state)));
        }
        // `x.f == e` where an effect stands is `x.f = e` mistyped.
        let operator = if operator == tree::Operator::Equal {
            self.mistyped(left, right, "an effect assigns, it does not compare", "=");
            tree::Operator::Assign
        } else {
            operator
        };
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
    pub fn field_values(&mut self, object: Object, arguments: &[Argument<'_>], scope: &Scope) -> Vec<(Field, Expr)> {
        let mut values = vec![];
        for argument in arguments {
            let Some(value) = argument.value.first() else { continue };
            if let Some(next) = argument.value.get(1) {
                self.run_on_argument(next);
            }
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
            Some(Entity::State(state)) => {
                self.places.uses.push((self.at(value.span), state.into()));
                Some(Expr::State(state))
            }
            _ => None,
        }
    }

    /// `a = 1 and b = 2`, read as `(a = 1 and b) = 2`: the author means two effects. The first of them.
    fn joined_by_and<'t, 's>(&mut self, left: &'t Term<'s>) -> Option<(tree::Operator, &'t Term<'s>, &'t Term<'s>)> {
        use tree::Operator::{And, Assign, Decrease, Increase};
        let Node::Binary { operator: first @ (Assign | Increase | Decrease), left: target, right } = &left.node else {
            return None;
        };
        let Node::Binary { operator: And, left: value, right: next } = &right.node else { return None };
        let between = Span { start: value.span.end, end: next.span.start };
        let message = "effects are separated by `,`, not by `and`";
        let diagnostic = Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(between), message).label("joins conditions");
        let at = self.at(between);
        self.report(diagnostic.fix("put a `,` between the effects", Applicability::Safe, at, ", "));
        Some((*first, target, value))
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

    /// The parameter that names the instance an effect is on: `from` of `from.balance -= amount`.
    fn through(&self, operation: Operation, run: &[&Term<'_>]) -> Option<Parameter> {
        let target = match run {
            [Term { node: Node::Name("create"), .. }, _] => return None,
            [Term { node: Node::Binary { left, .. }, .. }] => left,
            [.., target] => *target,
            [] => return None,
        };
        let name = match &target.node {
            Node::Path(segments) => segments.first()?.0,
            _ => target.name()?,
        };
        match self.names.member_of(operation.into(), name)? {
            Entity::Parameter(parameter) => {
                let (.., kind) = self.facts.parameter.get(parameter.index())?;
                matches!(kind, Type::Object(_)).then_some(parameter)
            }
            _ => None,
        }
    }

    /// The field that holds the states of an object.
    pub fn status_of(&self, object: Object) -> Option<Field> {
        let status = Type::Primitive(Primitive::Status);
        let mut fields = self.names.declared_in(object.into()).iter().copied().filter_map(Field::of);
        fields.find(|field| self.facts.field[field.index()].2 == status)
    }

    /// The state of that name; reports what is none.
    pub fn state_of(&mut self, object: Object, term: &Term<'_>) -> Option<State> {
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
        let near = near(&name, states.iter().map(|(name, _)| *name));
        let message = format!("`{}` has no state `{name}`", self.facts.name(object));
        let mut diagnostic = Diagnostic::new(&codes::UNKNOWN_NAME, self.at(term.span), message);
        if !near.is_empty() {
            diagnostic = near.offer(diagnostic);
        } else if !states.is_empty() {
            diagnostic = diagnostic.help(format!("its states are {}", listed(states.iter().map(|(name, _)| *name))));
        }
        self.report(diagnostic);
        None
    }
}

/// Where a clause of its own begins in what stands behind `then`: `then seat -> FREE rate 5/s`.
fn clause_in(run: &[&Term<'_>]) -> Option<usize> {
    let clauses = &table("operation")?.clauses;
    let opens = |term: &Term<'_>| clauses.openings().any(|word| term.name() == Some(word));
    (1..run.len()).find(|index| opens(run[*index]))
}

/// Verbs that create a record or change the one that is there.
const EITHER: &[&str] = &["upsert", "set", "put", "save", "replace", "merge", "store", "write"];
