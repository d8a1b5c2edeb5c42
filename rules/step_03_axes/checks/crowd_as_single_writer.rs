//! S0303: a single writer of whom there are many, and nothing that keeps them apart.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::{Ownership, Primitive};
use std::collections::{BTreeMap, HashSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0303",
        slug: "crowd-as-single-writer",
        severity: Severity::Warning,
        page: include_str!("crowd_as_single_writer.md"),
        cites: &["S3-own-r1", "A-6", "S2-v1"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let single: HashSet<Object> = design.facts.ownership.iter().filter(|(_, ownership)| *ownership == Ownership::SingleWriter).map(|(object, _)| *object).collect();
    let run_by: BTreeMap<Operation, Actor> = design.facts.operation.iter().copied().collect();
    let own: HashSet<(Operation, Object)> = design.axes.own_only.iter().copied().collect();
    let crowds: HashSet<Actor> = design.axes.multitude.iter().map(|(actor,)| *actor).collect();
    let mut objects: BTreeMap<Object, (Operation, Actor)> = BTreeMap::new();
    for &(operation, object) in &design.evidence.changes {
        if let Some(&actor) = run_by.get(&operation)
            && single.contains(&object)
            && crowds.contains(&actor)
            && !own.contains(&(operation, object))
        {
            objects.entry(object).or_insert((operation, actor));
        }
    }
    // With several actors, that is what is wrong.
    let alone = |object: &Object| design.evidence.changer.iter().filter(|(other, _)| other == object).count() == 1;
    objects.into_iter().filter(|(object, _)| alone(object)).map(|(object, (operation, actor))| finding(design, object, operation, actor)).collect()
}

fn finding(design: &Design, object: Object, operation: Operation, actor: Actor) -> Finding {
    let (name, changes, writer) = (design.name(object), design.name(operation), design.name(actor));
    let count = design.facts.actor_count.iter().find(|(other, _)| *other == actor).map(|(_, count)| format!("{count} of them")).unwrap_or("many of them".to_owned());
    let finding = RULE
        .at(clause(object, "ownership"), format!("`{name}` has a single writer, but any `{writer}` may run `{changes}` on it"))
        .label("which one?")
        .with(operation, "asks for no particular caller")
        .with(actor, count)
        .note("S3-own-r1: single means one for each instance; two of them on the same instance are two writers")
        .because(fact!(changes, operation, object));
    let instance = design.facts.parameter.iter().find(|(_, of, kind)| *of == Entity::Operation(operation) && *kind == Type::Object(object));
    match (owner_field(design, object), instance) {
        (Some(field), Some((parameter, ..))) => {
            let condition = format!("when caller == {}.{}", design.name(*parameter), design.name(field));
            finding.fix(format!("let only its `{}` run `{changes}`", design.name(field)), Applicability::Unsafe, Change::Add(operation.into(), condition))
        }
        _ => finding.help(format!("keep the identity of the writer in `{name}` and require it: `when caller == …`; or declare `many writers, one winner`")),
    }
}

/// The one field that could say whose it is: an identifier that is set when the record is created, and never changed.
fn owner_field(design: &Design, object: Object) -> Option<Field> {
    let facts = &design.facts;
    let identifies = |kind: &Type| matches!(kind, Type::Primitive(Primitive::Id | Primitive::Uuid));
    let fields = facts.field.iter().filter(|(field, of, kind)| *of == object && identifies(kind) && !facts.key.contains(&(object, *field)));
    let mut fields = fields.map(|(field, ..)| *field).filter(|field| !design.evidence.mutable.contains(&(*field,)));
    let only = fields.next()?;
    fields.next().is_none().then_some(only)
}
