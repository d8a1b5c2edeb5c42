//! The smallest change of what the author declares that would bring a mechanism about: tried out, not argued.

use super::question::parameters;
use crate::fact::*;
use crate::finding::Severity;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::vocabulary::*;
use crate::{Design, check, derive};
use std::collections::BTreeSet;

/// A change of the declarations that brings the mechanism about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flip {
    /// What would have to be written, clause by clause: "`Auction` with `evolution: merge`".
    pub changes: Vec<String>,
    /// The errors that the changed spec would have and this one has not, by slug.
    pub errors: Vec<&'static str>,
}

/// Above so many objects a run costs more than the answer is worth.
const LARGEST: usize = 100;
/// So many runs at most.
const RUNS: usize = 200;
/// So many pairs say enough.
const ENOUGH: usize = 5;

/// One way to declare something else.
struct Edit {
    /// What it is about; two edits of one clause make no pair.
    clause: (Option<Entity>, &'static str),
    text: String,
    apply: Box<dyn Fn(&mut Facts)>,
}

/// The changes that give one of the mechanisms to a thing: those of one clause, or else of two. `None` where the spec is
/// too large to try; sorted, those that bring no errors first.
pub fn flips(design: &Design, of: Entity, mechanisms: &[Mechanism]) -> Option<Vec<Flip>> {
    if design.facts.names.objects.len() > LARGEST {
        return None;
    }
    let before = errors(design);
    let edits = edits(design, of);
    let mut runs = 0;
    let mut attempt = |all: &[&Edit]| {
        runs += 1;
        if runs > RUNS {
            return None;
        }
        let mut facts = design.facts.clone();
        all.iter().for_each(|edit| (edit.apply)(&mut facts));
        let changed = derive(facts);
        let changes = all.iter().map(|edit| edit.text.clone()).collect();
        let errors = errors(&changed).difference(&before).copied().collect();
        has(&changed, of, mechanisms).then_some(Flip { changes, errors })
    };
    let mut found: Vec<Flip> = edits.iter().filter_map(|edit| attempt(&[edit])).collect();
    if found.is_empty() {
        let pairs = edits.iter().enumerate().flat_map(|(i, one)| edits[i + 1..].iter().map(move |other| (one, other)));
        let pairs = pairs.filter(|(one, other)| one.clause != other.clause);
        found = pairs.filter_map(|(one, other)| attempt(&[one, other])).take(ENOUGH).collect();
    }
    found.sort_by_key(|flip| flip.errors.len());
    Some(found)
}

/// Whether a parameter of the thing has one of the mechanisms.
pub fn has(design: &Design, of: Entity, mechanisms: &[Mechanism]) -> bool {
    let dps: BTreeSet<Dp> = parameters(design, of).into_iter().collect();
    let step = &design.mechanisms;
    let named = step.mechanism.iter().chain(&step.adds).map(|(dp, mechanism, _)| (dp, mechanism));
    let formed = step.form.iter().map(|(dp, _, form, _)| (dp, form));
    named.chain(formed).any(|(dp, mechanism)| dps.contains(dp) && mechanisms.contains(mechanism))
}

fn errors(design: &Design) -> BTreeSet<&'static str> {
    let findings = check(design).into_iter().filter(|finding| finding.severity == Severity::Error);
    findings.map(|finding| finding.code.slug).collect()
}

/// What could be declared otherwise of the objects, operations and views that the parameters of a thing are about.
fn edits(design: &Design, of: Entity) -> Vec<Edit> {
    let dps: BTreeSet<Dp> = parameters(design, of).into_iter().collect();
    let step = &design.parameters;
    let of_dp = |dp: &Dp| dps.contains(dp);
    let objects: BTreeSet<Object> = step.guards.iter().filter(|(dp, _)| of_dp(dp)).map(|(_, object)| *object).collect();
    let operations: BTreeSet<Operation> = step.protects.iter().filter(|(dp, _)| of_dp(dp)).map(|(_, it)| *it).collect();
    let views: BTreeSet<View> = step.serves_view.iter().filter(|(dp, _)| of_dp(dp)).map(|(_, view)| *view).collect();
    let mut edits = vec![];
    objects.iter().for_each(|object| of_object(design, *object, &mut edits));
    operations.iter().for_each(|operation| of_operation(design, *operation, &mut edits));
    views.iter().for_each(|view| of_view(design, *view, &mut edits));
    of_system(design, &mut edits);
    edits
}

fn of_object(design: &Design, object: Object, edits: &mut Vec<Edit>) {
    let (name, facts) = (design.name(object), &design.facts);
    let mut edit = |clause: &'static str, word: &str, apply: Box<dyn Fn(&mut Facts)>| {
        edits.push(Edit {
            clause: (Some(object.into()), clause),
            text: format!("`{name}` with `{clause}: {word}`"),
            apply,
        });
    };
    for &ownership in Ownership::ALL.iter().filter(|axis| !facts.ownership.contains(&(object, **axis))) {
        let apply = move |facts: &mut Facts| {
            facts.ownership.retain(|(other, _)| *other != object);
            facts.ownership.push((object, ownership));
        };
        edit("ownership", ownership.word(), Box::new(apply));
    }
    for &evolution in Evolution::ALL.iter().filter(|axis| !facts.evolution.contains(&(object, **axis))) {
        let apply = move |facts: &mut Facts| {
            facts.evolution.retain(|(other, _)| *other != object);
            facts.evolution.push((object, evolution));
        };
        edit("evolution", evolution.word(), Box::new(apply));
    }
    for &ordering in Ordering::ALL.iter().filter(|axis| !facts.ordering.contains(&(object, **axis))) {
        let apply = move |facts: &mut Facts| {
            facts.ordering.retain(|(other, _)| *other != object);
            facts.ordering.push((object, ordering));
        };
        edit("ordering", ordering.word(), Box::new(apply));
    }
}

fn of_operation(design: &Design, operation: Operation, edits: &mut Vec<Edit>) {
    let (name, facts) = (design.name(operation), &design.facts);
    let mut edit = |clause: &'static str, text: String, apply: Box<dyn Fn(&mut Facts)>| {
        edits.push(Edit { clause: (Some(operation.into()), clause), text: format!("`{name}` {text}"), apply });
    };
    for &scope in Scope::ALL.iter().filter(|scope| !facts.across.contains(&(operation, **scope))) {
        let apply = move |facts: &mut Facts| {
            facts.across.retain(|(other, _)| *other != operation);
            facts.across.push((operation, scope));
        };
        edit("across", format!("with `across {scope}`"), Box::new(apply));
    }
    if facts.holds.iter().any(|(other, _)| *other == operation) {
        let apply = move |facts: &mut Facts| facts.holds.retain(|(other, _)| *other != operation);
        edit("holds", "without `holds`".into(), Box::new(apply));
    }
    if facts.once_per.iter().any(|(other, _)| *other == operation) {
        let apply = move |facts: &mut Facts| facts.once_per.retain(|(other, _)| *other != operation);
        edit("once", "without `once per`".into(), Box::new(apply));
    }
}

fn of_view(design: &Design, view: View, edits: &mut Vec<Edit>) {
    let name = design.name(view);
    for &shape in Shape::ALL.iter().filter(|shape| !design.facts.shape.contains(&(view, **shape))) {
        let apply = move |facts: &mut Facts| {
            facts.shape.retain(|(other, _)| *other != view);
            facts.shape.push((view, shape));
        };
        let text = format!("`{name}` with `{shape}`");
        edits.push(Edit { clause: (Some(view.into()), "shape"), text, apply: Box::new(apply) });
    }
}

/// Faults that could be left out, and what is asked of a network partition.
fn of_system(design: &Design, edits: &mut Vec<Edit>) {
    let facts = &design.facts;
    for &(fault, kind) in &facts.fault {
        let apply = move |facts: &mut Facts| facts.fault.retain(|(other, _)| *other != fault);
        let clause = (Some(fault.into()), "fault");
        edits.push(Edit { clause, text: format!("no `fault {kind}`"), apply: Box::new(apply) });
    }
    for &(actor, fault) in &facts.actor_fault {
        let apply = move |facts: &mut Facts| facts.actor_fault.retain(|other| *other != (actor, fault));
        let text = format!("`{}` without `{fault}`", design.name(actor));
        edits.push(Edit { clause: (Some(actor.into()), fault.word()), text, apply: Box::new(apply) });
    }
    for &policy in PartitionPolicy::ALL.iter().filter(|policy| !facts.partition_policy.contains(&(**policy,))) {
        let apply = move |facts: &mut Facts| facts.partition_policy = vec![(policy,)];
        let text = format!("`partition {policy}` in the system");
        edits.push(Edit { clause: (None, "partition"), text, apply: Box::new(apply) });
    }
}
