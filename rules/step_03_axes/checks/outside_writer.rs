//! S0314: a user who writes what only the system or its pipeline may write.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::Ownership;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0314",
        slug: "outside-writer",
        severity: Severity::Error,
        page: include_str!("outside_writer.md"),
        cites: &["S3-own-r5", "S3-own-r6", "A-1"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let closed = design.facts.ownership.iter().filter(|(_, ownership)| matches!(ownership, Ownership::SystemOnly | Ownership::Pipeline));
    let mut findings = vec![];
    for &(object, ownership) in closed {
        let outside = design.facts.operation.iter().find(|(operation, actor)| {
            design.evidence.writes.binary_search(&(*operation, object)).is_ok() && !is_system(design, *actor)
        });
        if let Some(&(operation, actor)) = outside {
            findings.push(finding(design, object, ownership, operation, actor));
        }
    }
    findings
}

fn finding(design: &Design, object: Object, ownership: Ownership, operation: Operation, actor: Actor) -> Finding {
    let (name, runs, writer) = (design.name(object), design.name(operation), design.name(actor));
    let (who, why, help) = match ownership {
        Ownership::Pipeline => (
            "its pipeline",
            "S3-own-r5: the pipeline is the sole writer, so that it needs no coordination; upstream actors only enqueue",
            format!("let `{runs}` create an event, and an operation of the pipeline apply it to `{name}`"),
        ),
        _ => (
            "the system",
            "S3-own-r6: users never write it directly, so nothing guards it against them",
            format!("let an internal service write `{name}` on behalf of `{writer}`, or declare another ownership"),
        ),
    };
    RULE.at(clause(object, "ownership"), format!("only {who} writes `{name}`, but `{runs}` is run by `{writer}`"))
        .label(format!("{ownership}"))
        .with(operation, "writes it")
        .with(actor, "is no part of the system")
        .note(why)
        .help(help)
        .because(fact!(writes, operation, object))
}

/// Whether the actor is a part of the system. One of unknown kind is not held against anybody.
fn is_system(design: &Design, actor: Actor) -> bool {
    let kind = design.facts.actor_kind.iter().find(|(other, _)| *other == actor);
    kind.is_none_or(|(_, kind)| kind.is_system())
}
