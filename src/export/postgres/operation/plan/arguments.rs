//! The arguments of a write path's function: names that do not meet, types, and what they must be whatever the state is.

use std::collections::BTreeSet;
use sysd_rules::expression::{Action, Expr};
use sysd_rules::fact::*;
use sysd_rules::sql::Kind;
use sysd_rules::vocabulary::Sign;

use crate::export::postgres::Database;
use crate::export::postgres::expression::Instance;
use crate::export::postgres::names::Namer;

/// The arguments, before the design adds its own.
pub struct Arguments {
    /// Name and type, as they are declared.
    pub signature: Vec<String>,
    /// The author's name, and the argument.
    pub asked: Vec<(String, String)>,
    /// Parameters that are a single value: name and type of the argument.
    pub typed: Vec<(Parameter, String, Kind)>,
    /// Parameters that name a row.
    pub instances: Vec<Instance>,
}

impl Arguments {
    /// Reads them off the operation.
    pub fn read(database: &Database, operation: Operation) -> Arguments {
        let facts = &database.design.facts;
        let mut all = Arguments { signature: vec![], asked: vec![], typed: vec![], instances: vec![] };
        let mut names = Namer::default();
        for taken in ["in_caller", "in_claim_id", "in_expected_version"] {
            names.give(taken);
        }
        for (parameter, of, kind) in &facts.parameter {
            if *of != operation.into() {
                continue;
            }
            let name = facts.name(*parameter);
            let object = match kind {
                Type::Object(object) if database.truth(*object).is_some() => Some(*object),
                _ => None,
            };
            let Some(object) = object else {
                let kind = database.argument_type(operation, *parameter, *kind);
                let argument = names.give(&format!("in_{name}"));
                all.signature.push(format!("{argument} {kind}"));
                all.asked.push((name.to_owned(), argument.clone()));
                all.typed.push((*parameter, argument, kind));
                continue;
            };
            let fields: Vec<Field> =
                facts.key.iter().filter(|(of, _)| *of == object).map(|(_, field)| *field).collect();
            let mut key = vec![];
            for field in &fields {
                let part =
                    if fields.len() == 1 { format!("in_{name}") } else { format!("in_{name}_{}", facts.name(*field)) };
                let argument = names.give(&part);
                let kind = database.truth_column(*field).map_or(Kind::Text, |(_, kind)| kind);
                all.signature.push(format!("{argument} {kind}"));
                // A name has no dot.
                let label = if fields.len() == 1 { name.to_owned() } else { format!("{name}.{}", facts.name(*field)) };
                all.asked.push((label, argument.clone()));
                if fields.len() == 1 {
                    all.typed.push((*parameter, argument.clone(), kind));
                }
                key.push((*field, argument));
            }
            let variable = names.give(&format!("r_{name}"));
            let before = names.give(&format!("b_{name}"));
            all.instances.push(Instance { parameter: *parameter, object, variable, before, key });
        }
        all
    }
}

/// Who asks and under which claim belong to the request.
pub fn asked(mut declared: Vec<(String, String)>, signature: &[String]) -> Vec<(String, String)> {
    let given = |name: &str| signature.iter().any(|argument| argument.split(' ').next() == Some(name));
    let taken: BTreeSet<String> = declared.iter().map(|(name, _)| name.clone()).collect();
    for (name, argument) in [("caller", "in_caller"), ("claim_id", "in_claim_id")] {
        let free = if taken.contains(name) { argument } else { name };
        declared.extend(given(argument).then(|| (free.to_owned(), argument.to_owned())));
    }
    declared
}

/// An amount is a finite number, and not below zero where that is said of it.
pub fn bounds(facts: &Facts, arguments: &[(Parameter, String, Kind)]) -> Vec<(String, String)> {
    let mut bounds = vec![];
    for (parameter, argument, kind) in arguments {
        let name = facts.name(*parameter);
        if *kind == Kind::Numeric {
            let finite = format!("{argument} > '-Infinity' and {argument} < 'Infinity'");
            bounds.push((finite, format!("{name} is a finite number")));
        }
        if kind.is_number() && facts.parameter_sign.contains(&(*parameter, Sign::NonNegative)) {
            bounds.push((format!("{argument} >= 0"), format!("{name} >= 0")));
        }
    }
    bounds
}

impl Database<'_> {
    /// An argument has the type of its parameter; one that fills a column which could not have that type, that of the column.
    fn argument_type(&self, operation: Operation, parameter: Parameter, kind: Type) -> Kind {
        let facts = &self.design.facts;
        let own = self.kinds.of(kind);
        let fills = facts.effect.iter().filter(|(_, of, ..)| *of == operation).find_map(|(.., action)| match action {
            Action::Create(values) => {
                let filled = values.iter().find(|(_, value)| *value == Expr::Parameter(parameter));
                filled.and_then(|(field, _)| self.truth_column(*field))
            }
            _ => None,
        });
        match fills {
            Some((_, Kind::Text)) if own == Kind::Point => Kind::Text,
            _ => own,
        }
    }
}
