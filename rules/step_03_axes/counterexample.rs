//! Why an object does not merge: two replicas, each of which accepts one request without having heard of the other.

use crate::Design;
use crate::evidence::condition::Index;
use crate::evidence::replay::{Instance, Replay, Request, Trace, Value};
use crate::fact::*;

/// A pair of operations that does not merge, and how that shows.
pub struct Counterexample {
    /// Whose request does not survive the other's, or ends up elsewhere.
    pub operation: Operation,
    /// The other; possibly another run of the same.
    pub other: Operation,
    /// The story in one sentence per replica.
    pub story: String,
}

/// A condition that a concurrent request makes false. Both are accepted, and no merge takes an acceptance back.
pub fn conflict(design: &Design, object: Object) -> Option<Counterexample> {
    let facts = &design.facts;
    let &(operation, other, field) =
        design.evidence.conflict.iter().find(|(.., field)| facts.object_of(*field) == object)?;
    let index = Index::new(facts);
    let operations = index.operations();
    let story = match Replay::new(&index, &operations, object).overtaken(operation, other) {
        Some(trace) => {
            let [one, two] = accepted(design, &trace, [operation, other]);
            format!(
                "two replicas hold {}: one accepts {one}, the other accepts {two}; after the second, the condition of the first is false, yet both were told that they succeeded",
                shown(design, &Some(trace.before))
            )
        }
        None => format!(
            "one replica accepts `{}` while another accepts `{}`, which changes `{}`: each was told that it succeeded, and one condition did not hold",
            design.name(operation),
            design.name(other),
            facts.path(field)
        ),
    };
    Some(Counterexample { operation, other, story })
}

/// Effects whose order shows: the replicas hear of both requests and still differ.
pub fn divergence(design: &Design, object: Object) -> Option<Counterexample> {
    let facts = &design.facts;
    let operation_of = |effect: Effect| facts.effect.get(effect.index()).map(|(_, operation, ..)| *operation);
    let &(one, two, _) = design.evidence.clash.iter().find(|(.., of)| *of == object)?;
    let (operation, other) = (operation_of(one)?, operation_of(two)?);
    let index = Index::new(facts);
    let operations = index.operations();
    let story = match Replay::new(&index, &operations, object).diverging(operation, other) {
        Some(trace) => {
            let [first, second] = accepted(design, &trace, [operation, other]);
            format!(
                "two replicas hold {}: one accepts {first}, then hears of {second}, and holds {}; the other hears of them in the opposite order and holds {}",
                shown(design, &Some(trace.before)),
                shown(design, &trace.after[0]),
                shown(design, &trace.after[1])
            )
        }
        None => format!(
            "what `{}` and `{}` leave depends on which a replica hears of first",
            design.name(operation),
            design.name(other)
        ),
    };
    Some(Counterexample { operation, other, story })
}

fn accepted(design: &Design, trace: &Trace, operations: [Operation; 2]) -> [String; 2] {
    let call = |operation: Operation, request: &Request| {
        let arguments = request
            .iter()
            .map(|(parameter, value)| format!("{}: {}", design.name(*parameter), literal(design, *value)));
        format!("`{}({})`", design.name(operation), arguments.collect::<Vec<_>>().join(", "))
    };
    [call(operations[0], &trace.requests[0]), call(operations[1], &trace.requests[1])]
}

fn shown(design: &Design, instance: &Instance) -> String {
    let Some(fields) = instance else { return "nothing, for it is deleted".to_owned() };
    let fields = fields.iter().map(|(field, value)| format!("`{} = {}`", design.name(*field), literal(design, *value)));
    let fields: Vec<String> = fields.collect();
    if fields.is_empty() { "the same record".to_owned() } else { fields.join(", ") }
}

fn literal(design: &Design, value: Value) -> String {
    match value {
        Value::Integer(value) => value.to_string(),
        Value::Boolean(value) => value.to_string(),
        Value::State(state) => design.name(state),
        Value::Symbol(symbol) => ["a", "b"].get(usize::from(symbol)).copied().unwrap_or("c").to_owned(),
        Value::Set(set) => {
            let elements = (0..8).filter(|bit| set & (1 << bit) != 0).map(|bit| bit.to_string());
            format!("{{{}}}", elements.collect::<Vec<_>>().join(", "))
        }
    }
}
