//! S0907: an operation makes records whose key nothing fills.

use crate::Design;
use crate::expression::Action;
use crate::fact;
use crate::fact::*;
use crate::finding::*;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0907",
        slug: "key-without-value",
        severity: Severity::Warning,
        page: include_str!("key_without_value.md"),
        cites: &["S9-p1", "S9-d4", "S8-p1"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let mut found = vec![];
    for (effect, operation, object, _, action) in &facts.effect {
        let Action::Create(values) = action else { continue };
        let made = |field: &Field| {
            values.iter().any(|(other, _)| other == field)
                || facts.initial.iter().any(|(other, _)| other == field)
                || facts.content_addressed.iter().any(|(other, _)| other == object)
        };
        let missing: Vec<Field> =
            facts.key.iter().filter(|(of, field)| of == object && !made(field)).map(|(_, field)| *field).collect();
        if !missing.is_empty() {
            found.push(finding(design, *effect, *operation, *object, &missing));
        }
    }
    found
}

fn finding(design: &Design, effect: Effect, operation: Operation, object: Object, missing: &[Field]) -> Finding {
    let facts = &design.facts;
    let names: Vec<&str> = missing.iter().map(|field| facts.name(*field)).collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let (name, of) = (design.name(operation), design.name(object));
    let mut finding = RULE
        .at(effect, format!("`{name}` makes a `{of}` and does not say its {}", quoted.join(", ")))
        .label("a record without its key")
        .note("S9-p1: a record is found, referred to and recognised by its key; one that the store makes up differs at every attempt, and a retry makes a second record")
        .help(format!("bring it with the request: a parameter `{}`, and `create {of}({}, …)`", names[0], names.join(", ")))
        .because(fact!(effect, effect, operation));
    for field in missing {
        finding = finding.with(*field, "part of the key");
    }
    finding
}
