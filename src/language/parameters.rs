//! The parameters of operations and queries: `seat: Seat`, and what people write instead.

use super::foreign::foreign_type;
use super::names::closest;
use super::spelling::describe;
use super::{Lowering, codes};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::tree::{Argument, Node, Term};
use sysd_rules::fact::*;
use sysd_rules::finding::Applicability;
use sysd_rules::vocabulary::{Primitive, Sign, Vocabulary};

/// What other languages write behind what may be left out.
const OPTIONAL: &[&str] = &["optional", "nullable"];

impl Lowering<'_> {
    /// Declares a parameter of an operation or query. Of a broken head nothing is told that may follow from that.
    pub fn parameter(&mut self, of: Entity, argument: &Argument<'_>, broken: bool) {
        if let (None, [Term { node: Node::Name(one), span: at }, Term { node: Node::Name(other), span }]) =
            (argument.name, &argument.value[..])
        {
            return self.parameter_without_colon(of, (one, *at), (other, *span));
        }
        let is_sign = |term: &Term<'_>| term.name().is_some_and(|word| Sign::parse(word).is_some());
        let mut behind = argument.value.iter().skip(1).filter(|term| !is_sign(term));
        if let (Some(next), false) = (behind.next(), broken) {
            let word = next.name().unwrap_or_default();
            match closest(word, Sign::ALL.iter().map(|sign| sign.word())) {
                Some(near) => {
                    let message = format!("`{word}` is no sign of an amount");
                    let diagnostic = Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(next.span), message);
                    self.report(diagnostic.did_you_mean(near));
                }
                None => self.run_on_argument(next),
            }
        }
        let kind = argument.value.first();
        let (name, span) = match (argument.name, kind) {
            (Some(named), _) => named,
            (None, Some(Term { node: Node::Name(name), span })) => (*name, *span),
            _ => return,
        };
        let typed = match (argument.name, kind) {
            (Some(_), Some(term)) => self.field_type(term),
            _ => {
                let diagnostic = self.untyped(name, span);
                self.report(diagnostic);
                Type::Unknown
            }
        };
        let parameter = self.facts.names.parameters(Name { name: name.to_owned(), ..Name::default() });
        self.facts.parameter.push((parameter, of, typed));
        let mut signs = argument.value.iter().skip(1).filter_map(|term| Some((Sign::parse(term.name()?)?, term.span)));
        if let (Some(kind), Some((sign, span))) = (kind, signs.next()) {
            self.check_sign(typed, sign, span, kind.span.end);
            self.facts.parameter_sign.push((parameter, sign));
        }
        let at = self.at(span);
        let whole = self.at(kind.map_or(span, |term| span.to(term.span)));
        self.names.member(of, parameter.into(), name, at, &self.places, &mut self.diagnostics);
        self.places.member(parameter.into(), at, whole);
    }

    /// `Seat seat`, `seat Seat`
    fn parameter_without_colon(&mut self, of: Entity, one: (&str, Span), other: (&str, Span)) {
        let is_type = |name: &str| {
            Primitive::parse(name).is_some()
                || foreign_type(name).is_some()
                || matches!(self.names.item(name), Some(Entity::Object(_)))
        };
        let ((name, at), (kind, kind_at)) =
            if is_type(one.0) && !is_type(other.0) { (other, one) } else { (one, other) };
        let whole = one.1.to(other.1);
        let text = format!("{name}: {kind}");
        let diagnostic =
            Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(whole), "expected `:` between name and type");
        self.report(diagnostic.fix(format!("write `{text}`"), Applicability::Safe, self.at(whole), text));
        let value = vec![Term { node: Node::Name(kind), span: kind_at }];
        self.parameter(of, &Argument { name: Some((name, at)), value }, false);
    }

    /// An argument that goes on behind its value: a comma is missing.
    pub fn run_on_argument(&mut self, next: &Term<'_>) {
        if next.node == Node::Hole || next.name().is_some_and(|word| OPTIONAL.contains(&word)) {
            let diagnostic =
                Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(next.span), "a parameter is always given");
            return self.report(diagnostic.help("declare an operation for each case: with it, and without it"));
        }
        let message = format!("expected `,` or `)`, found {}", describe(next));
        let diagnostic = Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(next.span), message);
        let before = self.text.get(..next.span.range().start).unwrap_or("").trim_end().len() as u32;
        let at = self.at(Span { start: before, end: before });
        self.report(diagnostic.fix("insert `,`", Applicability::Safe, at, ","));
    }

    /// A parameter without a type; where an object has its name, that one is meant.
    fn untyped(&self, name: &str, span: Span) -> Diagnostic {
        let message = format!("nothing says of what type `{name}` is");
        let diagnostic =
            Diagnostic::new(&codes::MALFORMED_CLAUSE, self.at(span), message).label("a parameter has a type");
        let plain = |text: &str| text.replace('_', "").to_lowercase();
        let objects = self.facts.names.objects.iter().map(|object| &object.name);
        let mut meant = objects.filter(|object| plain(object) == plain(name));
        match meant.next() {
            Some(object) => {
                let text = format!("{name}: {object}");
                diagnostic.fix(format!("write `{text}`"), Applicability::Safe, self.at(span), text)
            }
            None if name.ends_with("_id") => {
                let text = format!("{name}: uuid");
                diagnostic.fix(format!("write `{text}`, or `{name}: id`"), Applicability::Unsafe, self.at(span), text)
            }
            None => diagnostic.help(format!("write its type behind it: `{name}: uuid`, `{name}: money`, or an object")),
        }
    }
}
