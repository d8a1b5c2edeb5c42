//! S0802: a request key that a retry brings in another form.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::Primitive;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0802",
        slug: "key-changes-on-retry",
        severity: Severity::Warning,
        page: include_str!("key_changes_on_retry.md"),
        cites: &["A-51", "S8-e6", "S8-d2"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let moving = facts.once_per.iter().filter_map(|(operation, parameter)| {
        let kind = facts.parameter.iter().find(|(other, ..)| other == parameter).map(|(.., kind)| *kind)?;
        let why = changes(facts.name(*parameter), kind)?;
        Some((*operation, *parameter, why))
    });
    let findings = moving.map(|(operation, parameter, why)| {
        let (name, key) = (design.name(operation), design.name(parameter));
        RULE.at(clause(operation, "once"), format!("a retry of `{name}` brings another `{key}`, so it is not recognised"))
            .label(why)
            .with(parameter, "part of the key of the request")
            .note("A-51: a key that changes from attempt to attempt makes every attempt a request of its own: it charges twice")
            .help("leave it out of the key, and name instead what stays the same: what the request is about and what for")
            .because(fact!(once_per, operation, parameter))
    });
    findings.collect()
}

/// Why a value is not the same on the next attempt, if it is not.
fn changes(name: &str, kind: Type) -> Option<&'static str> {
    let name = name.to_lowercase();
    let counts = name.split('_').any(|part| matches!(part, "attempt" | "attempts" | "retry" | "retries" | "try" | "tries"));
    let identifies = name.ends_with("_id") || name.ends_with("_key");
    match kind {
        Type::Primitive(Primitive::Integer | Primitive::Counter) if counts && !identifies => Some("it counts the attempts"),
        Type::Primitive(Primitive::Timestamp) if matches!(name.as_str(), "now" | "sent_at" | "requested_at" | "retried_at" | "attempted_at") => {
            Some("it is the time of the attempt")
        }
        _ => None,
    }
}
