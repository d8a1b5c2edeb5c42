//! `operation`: a write path with guard and effects. `query`: a read path.

use super::{Form, Item, form};
use crate::language::expressions::Scope;
use crate::language::spelling::spelling;
use crate::language::{Lowering, Matched};
use crate::syntax::tree::{Node, Term};
use sysd_rules::fact::{Actor, Call, Entity, Event, Name, Object, Operation, Parameter, Query, Service};
use sysd_rules::vocabulary::Scope as CoordinationScope;

/// The words that open an effect which is no assignment.
pub const EFFECTS: &[&str] = &["create", "delete", "add", "remove"];

#[rustfmt::skip]
pub const OPERATION: Item = Item {
    keyword: "operation",
    gloss: "A write path: who runs it, when it is valid, what it does (steps 1, 4, 6, 8).",
    sketch: &["operation <signature> by <actors:actor> {", "    when <guard:expression>", "    then <effects:run>", "    once per <key:parameter>", "    rate <rate>", "}"],
    named: true,
    declare: |names, name| Entity::Operation(names.operations(name)),
    head: &[form("operation <signature> [ by <actors:actor,+> ] [ <title:text> ]", "Names the operation, its parameters and its actors.", |lower, it| {
        let Some(operation) = it.id::<Operation>() else { return };
        let actors = lower.resolve_all::<Actor>(it, "actors");
        lower.facts.operation.extend(actors.into_iter().map(|actor| (operation, actor)));
    }).and_declares(parameters)],
    clauses: OPERATION_CLAUSES,
};

const OPERATION_CLAUSES: &[Form] = &[
    form("when <guard:expression> then <effects:run,+>", "Condition and effects on one line.", |lower, it| {
        guard(lower, it);
        effects(lower, it);
    }),
    form("when <guard:expression>", "The condition under which it is valid (S4-T1).", guard),
    form("then <effects:run,+>", "What it does: `x.f = e`, `x.f += e`, `add e to x.f`, `remove e from x.f`, `create X(…)`, `delete x`, `x.status = S`. All of it takes place at once: what stands on the right is what was there before.", effects),
    form("once per <key:parameter,+> [ for <time> ]", "The request identity: the same value gives the same outcome (S4-T4).", |lower, it| {
        let Some(operation) = it.id::<Operation>() else { return };
        let keys = lower.members::<Parameter>(it, "key", operation.into());
        lower.facts.once_per.extend(keys.into_iter().map(|key| (operation, key)));
        let time = lower.quantity(it, "time");
        lower.facts.remembered.extend(time.map(|time| (operation, time)));
    }),
    form("calls <service> [ to <step:own> ] [ , undone by <undo:own> ] [ , reserves ]", "Calls another service, `Psp to charge` or `Psp.charge`; with an undo step it can be compensated (S6.2-r8).", |lower, it| {
        let (Some(operation), Some((service, step))) = (it.id::<Operation>(), called(lower, it)) else { return };
        let name = step.unwrap_or_else(|| lower.facts.name(service).to_owned());
        let call: Call = lower.facts.names.calls(Name { name, ..Name::default() });
        lower.facts.call.push((call, operation, service));
        let at = lower.at(it.clause.span);
        lower.places.member(call.into(), at, at);
        lower.facts.compensated.extend(it.found.term("undo").map(|undo| (call, spelling(undo))));
        if it.found.has_word("reserves") {
            lower.facts.reserves.push((call,));
        }
    }).several(),
    form("indivisible", "Cannot be cut into steps that are local to one service each (S6.2-r9).", |lower, it| {
        lower.facts.indivisible.extend(it.id::<Operation>().map(|operation| (operation,)));
    }),
    form("announces <event:new> [ to watchers of <watched:instance> ] [ to <audience:actor> ] [ , up to <size:count> ] [ , <coupling> ] [ , <fan-out> ]",
        "Tells others of what happened (Q5).", announces).several().and_declares(event),
    form("holds <object:instance> [ until <release:operation,+> ] [ for <time> ]", "Takes a claim on the instance that outlives the request (A-4).", |lower, it| {
        let Some(operation) = it.id::<Operation>() else { return };
        let object = lower.instance(it, "object", operation);
        lower.facts.holds.extend(object.map(|object| (operation, object)));
        let releases = lower.resolve_all::<Operation>(it, "release");
        lower.facts.released_by.extend(releases.into_iter().map(|release| (operation, release)));
        let time = lower.quantity(it, "time");
        lower.facts.hold_time.extend(time.map(|time| (operation, time)));
    }).several(),
    form("across <scope>", "Where its contention localises (Q1).", |lower, it| {
        let scope = it.found.word::<CoordinationScope>("scope");
        lower.facts.across.extend(it.id::<Operation>().zip(scope));
    }),
    form("latency <percentile> <= <time>", "The target for answering.", |lower, it| {
        let Some(operation) = it.id::<Operation>() else { return };
        let target = lower.percentile(it, "percentile").zip(lower.quantity(it, "time"));
        lower.facts.latency.extend(target.map(|(percentile, time)| (operation, percentile, time)));
    }).several(),
    form("rate <rate> [ , hottest <instance> <hot:rate> ]", "How often it runs, in total and on the busiest instance.", |lower, it| {
        let Some(operation) = it.id::<Operation>() else { return };
        let rate = lower.quantity(it, "rate");
        lower.facts.rate.extend(rate.map(|rate| (operation, rate)));
        let instance = lower.instance(it, "instance", operation);
        let hot = lower.quantity(it, "hot");
        lower.facts.hottest.extend(instance.zip(hot).map(|(object, rate)| (operation, object, rate)));
    }),
    form("causes <operations:operation,+>", "Other operations that it sets off.", |lower, it| {
        let Some(operation) = it.id::<Operation>() else { return };
        let caused = lower.resolve_all::<Operation>(it, "operations");
        lower.facts.causes.extend(caused.into_iter().map(|caused| (operation, caused)));
    }),
];

fn parameters(lower: &mut Lowering<'_>, it: &Matched<'_>) {
    let Some(Node::Call { arguments, .. }) = it.found.term("signature").map(|term| &term.node) else { return };
    for argument in arguments {
        lower.parameter(it.subject, argument, it.clause.broken);
    }
}

/// Who is called, and to do what: `Psp to charge` and `Psp.charge` say the same.
fn called(lower: &mut Lowering<'_>, it: &Matched<'_>) -> Option<(Service, Option<String>)> {
    let term = it.found.term("service")?;
    match (&term.node, it.found.term("step")) {
        (Node::Path(path), None) if path.len() == 2 => {
            let service = lower.resolve_term(&Term { node: Node::Name(path[0].0), span: path[0].1 })?;
            Some((service, Some(path[1].0.to_owned())))
        }
        (_, step) => Some((lower.resolve_term(term)?, step.map(spelling))),
    }
}

fn guard(lower: &mut Lowering<'_>, it: &Matched<'_>) {
    let (Some(operation), Some(term)) = (it.id::<Operation>(), it.found.term("guard")) else { return };
    lower.guard(operation, term, &Scope::of_operation(operation));
}

fn effects(lower: &mut Lowering<'_>, it: &Matched<'_>) {
    let Some(operation) = it.id::<Operation>() else { return };
    for run in it.found.runs("effects") {
        lower.effect(operation, &run);
    }
}

/// An event exists from its first mention on; several operations may announce the same one.
fn event(lower: &mut Lowering<'_>, it: &Matched<'_>) {
    let Some(term) = it.found.term("event") else { return };
    if term.name().is_some_and(|name| matches!(lower.names.item(name), Some(Entity::Event(_)))) {
        return;
    }
    lower.declare_named(term, |names, name| Entity::Event(names.events(name)));
}

fn announces(lower: &mut Lowering<'_>, it: &Matched<'_>) {
    let (Some(operation), Some(event)) = (it.id::<Operation>(), lower.resolve::<Event>(it, "event")) else { return };
    lower.facts.announces.push((operation, event));
    if let Some(object) = lower.instance(it, "watched", operation) {
        lower.facts.watchers.push((event, object));
    }
    let audience = lower.resolve::<Actor>(it, "audience");
    lower.facts.audience.extend(audience.map(|actor| (event, actor)));
    let size = lower.quantity(it, "size");
    lower.facts.audience_size.extend(size.map(|size| (event, size)));
    lower.facts.coupling.extend(it.found.word("coupling").map(|coupling| (event, coupling)));
    lower.facts.fan_out.extend(it.found.word("fan-out").map(|fan_out| (event, fan_out)));
}

#[rustfmt::skip]
pub const QUERY: Item = Item {
    keyword: "query",
    gloss: "A read path that is more than reading a view: by key, radius, range, ranking or text (Q4).",
    sketch: &["query <signature> by <actors:actor> {", "    reads <sources:source> by <fields:field>", "    rate <rate>", "    freshness <= <bound:time>", "}"],
    named: true,
    declare: |names, name| Entity::Query(names.queries(name)),
    head: &[form("query <signature> [ by <actors:actor,+> ] [ <title:text> ]", "Names the query, its parameters and who asks.", |lower, it| {
        let Some(query) = it.id::<Query>() else { return };
        let actors = lower.resolve_all::<Actor>(it, "actors");
        lower.facts.asks.extend(actors.into_iter().map(|actor| (query, actor)));
    }).and_declares(parameters)],
    clauses: QUERY_CLAUSES,
};

const QUERY_CLAUSES: &[Form] = &[
    form(
        "reads <sources:source,+> [ by <fields:field,+> ]",
        "The objects or views it reads, and the fields they are looked up by.",
        |lower, it| {
            let Some(query) = it.id::<Query>() else { return };
            let sources = lower.sources(it, "sources");
            lower.facts.query_reads.extend(sources.into_iter().map(|source| (query, source)));
            let objects = read_objects(lower, query);
            let fields = lower.fields(it, "fields", &objects);
            lower.facts.query_by.extend(fields.into_iter().map(|field| (query, field)));
        },
    ),
    form("within <distance> of <field>", "Everything within a distance of a place.", |lower, it| {
        let Some(query) = it.id::<Query>() else { return };
        let objects = read_objects(lower, query);
        let found = lower.field(it, "field", &objects).zip(lower.quantity(it, "distance"));
        lower.facts.query_radius.extend(found.map(|(field, distance)| (query, field, distance)));
    }),
    form("last <time>", "Only the recent past.", |lower, it| {
        let time = lower.quantity(it, "time");
        lower.facts.query_window.extend(it.id::<Query>().zip(time));
    }),
    form("ranked by <field>", "Ordered by a field.", |lower, it| {
        let Some(query) = it.id::<Query>() else { return };
        let objects = read_objects(lower, query);
        let field = lower.field(it, "field", &objects);
        lower.facts.query_ranked.extend(field.map(|field| (query, field)));
    }),
    form("text in <field>", "Full-text search in a field.", |lower, it| {
        let Some(query) = it.id::<Query>() else { return };
        let objects = read_objects(lower, query);
        let field = lower.field(it, "field", &objects);
        lower.facts.query_text.extend(field.map(|field| (query, field)));
    }),
    form("across partitions", "Touches many partitions (Q4-r5).", |lower, it| {
        lower.facts.query_fans_out.extend(it.id::<Query>().map(|query| (query,)));
    }),
    form("rate <rate>", "How often it is asked.", |lower, it| {
        let rate = lower.quantity(it, "rate");
        lower.facts.query_rate.extend(it.id::<Query>().zip(rate));
    }),
    form("freshness <= <bound:time>", "How old the answer may be.", |lower, it| {
        let bound = lower.quantity(it, "bound");
        lower.facts.query_freshness.extend(it.id::<Query>().zip(bound));
    }),
    form("latency <percentile> <= <time>", "The target for answering.", |lower, it| {
        let Some(query) = it.id::<Query>() else { return };
        let target = lower.percentile(it, "percentile").zip(lower.quantity(it, "time"));
        lower.facts.query_latency.extend(target.map(|(percentile, time)| (query, percentile, time)));
    })
    .several(),
];

fn read_objects(lower: &Lowering<'_>, query: Query) -> Vec<Object> {
    let reads = lower.facts.query_reads.iter().filter(|(other, _)| *other == query);
    reads
        .flat_map(|(_, source)| match source {
            sysd_rules::fact::Source::Object(object) => vec![*object],
            sysd_rules::fact::Source::View(view) => super::views::upstream_objects(lower, *view),
        })
        .collect()
}
