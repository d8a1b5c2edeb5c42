//! Terms as an author writes them, for messages.

use crate::syntax::tree::{Node, Operator, Term};

/// How a message names what stands somewhere.
pub fn describe(term: &Term<'_>) -> String {
    match &term.node {
        Node::Name(_) | Node::Path(_) => format!("`{}`", spelling(term)),
        Node::Call { function, .. } => format!("`{}(…)`", spelling(function)),
        Node::Quantity(Some(quantity)) => format!("`{quantity}`"),
        Node::Quantity(None) => "a quantity".into(),
        Node::Text(_) => "a text".into(),
        Node::Hole => "`?`".into(),
        Node::Comma => "`,`".into(),
        Node::Colon => "`:`".into(),
        _ => "an expression".into(),
    }
}

/// A name or path as it is written; nothing for other terms.
pub fn spelling(term: &Term<'_>) -> String {
    match &term.node {
        Node::Name(name) => (*name).to_owned(),
        Node::Path(segments) => segments.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("."),
        _ => String::new(),
    }
}

/// An operator as it is written.
pub fn symbol(operator: Operator) -> &'static str {
    match operator {
        Operator::Arrow => "->",
        Operator::Assign => "=",
        Operator::Increase => "+=",
        Operator::Decrease => "-=",
        Operator::Or => "or",
        Operator::And => "and",
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::AtMost => "<=",
        Operator::Greater => ">",
        Operator::AtLeast => ">=",
        Operator::In => "in",
        Operator::NotIn => "not in",
        Operator::Plus => "+",
        Operator::Minus => "-",
        Operator::Times => "*",
        Operator::Divide => "/",
    }
}
