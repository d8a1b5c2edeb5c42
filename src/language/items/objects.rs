//! `object`: a primary state object, its key, its fields and its axes.

use super::{Form, Forms, Item, declares, form, line};
use crate::language::expressions::Scope;
use crate::language::matching::{self, Failure, Match, Value};
use crate::language::{Lowering, Matched};
use crate::source::Span;
use crate::syntax::tree::{Clause, Term};
use std::sync::LazyLock;
use sysd_rules::expression::{Expr, Operator};
use sysd_rules::fact::{Actor, Entity, Field, Id, Name, Object, Operation, Region, State, Type};
use sysd_rules::finding::Applicability;
use sysd_rules::vocabulary::*;

#[rustfmt::skip]
pub const OBJECT: Item = Item {
    keyword: "object",
    gloss: "A primary object: state that must exist on its own (step 2), with its three axes (step 3).",
    sketch: &["object <name:new> : <class> {", "    key <id:new> : <type>", "    ownership : <ownership>", "    evolution : <evolution>", "    ordering : <ordering>", "}"],
    named: true,
    declare: |names, name| Entity::Object(names.objects(name)),
    head: &[form("object <name:new> [ : <class> ] [ <title:text> ]", "Declares an object and, maybe, its class.", |lower, it| {
        if let (Some(object), Some(class)) = (it.id::<Object>(), it.found.word("class")) {
            lower.facts.class.push((object, class));
        }
    })],
    clauses: CLAUSES,
};

static CLAUSES: &[Form] = &[
    declares("key <name:new> : <type>", "A field that identifies the instance.", |lower, it| {
        if let (Some(object), Some(field)) = (it.id::<Object>(), field(lower, it)) {
            lower.facts.key.push((object, field));
        }
    })
    .several(),
    form("key <fields:field,+>", "Fields that together identify the instance.", |lower, it| {
        let Some(object) = it.id::<Object>() else { return };
        let fields = lower.fields(it, "fields", &[object]);
        lower.facts.key.extend(fields.into_iter().map(|field| (object, field)));
    })
    .several(),
    form(
        "ownership : <ownership> [ per <per:field,+> ] [ by <owners:actor,+> ] [ <owner:actor> ] [ per <per:field,+> ]",
        "Axis 1: who writes it, under what contention (S3-own-r1 to r6).",
        ownership,
    ),
    form(
        "evolution : <evolution:evolution,+>",
        "Axis 2: how it changes (S3-evo-r1 to r4). A state machine lists its transitions in braces.",
        evolution,
    )
    .and_declares(machine)
    .with_body(steps),
    form(
        "ordering : <ordering:ordering,+> [ by <by:field> ] [ within <scope:field,+> ]",
        "Axis 3: what order must hold, within what scope (S3-ord-r1 to r4, S3-d1).",
        ordering,
    ),
    form("content-addressed by <field>", "The identity is the hash of that field (S6.3-Q3-r2).", |lower, it| {
        let Some(object) = it.id::<Object>() else { return };
        let field = lower.field(it, "field", &[object]);
        lower.facts.content_addressed.extend(field.map(|field| (object, field)));
    }),
    form(
        "canonical pair <one:field> , <other:field>",
        "The identity is the unordered pair of two fields (S8-e5).",
        |lower, it| {
            let Some(object) = it.id::<Object>() else { return };
            let pair = (lower.field(it, "one", &[object]), lower.field(it, "other", &[object]));
            if let (Some(one), Some(other)) = pair {
                lower.facts.canonical_pair.push((object, one, other));
            }
        },
    ),
    form("spatial <field>", "Looked up by place (S6.3-Q3-r5).", |lower, it| {
        let Some(object) = it.id::<Object>() else { return };
        let field = lower.field(it, "field", &[object]);
        lower.facts.spatial.extend(field.map(|field| (object, field)));
    }),
    form("windowed <window:time>", "Aggregated in windows of that length (S6.3-Q3-r6).", |lower, it| {
        let window = lower.quantity(it, "window");
        lower.facts.windowed.extend(it.id::<Object>().zip(window));
    }),
    form(
        "lateness <= <bound:time>",
        "How late an event still counts in its window; what is later is counted apart (S6.3-Q3-r6).",
        |lower, it| {
            let (Some(object), Some(bound)) = (it.id::<Object>(), lower.quantity(it, "bound")) else { return };
            lower.facts.lateness.push((object.into(), bound));
        },
    ),
    form("derivable from <sources:source,+>", "Can be recomputed from these (S2-v4).", |lower, it| {
        let Some(object) = it.id::<Object>() else { return };
        let sources = lower.sources(it, "sources");
        lower.facts.derivable.extend(sources.into_iter().map(|source| (object, source)));
    }),
    form("ephemeral", "Losing it costs nothing that cannot be observed again (A-55).", |lower, it| {
        lower.facts.ephemeral.extend(it.id::<Object>().map(|object| (object,)));
    }),
    form("written by <writers:actor,+>", "Writers besides the actors of the operations.", |lower, it| {
        let Some(object) = it.id::<Object>() else { return };
        let writers = lower.resolve_all::<Actor>(it, "writers");
        lower.facts.written_by.extend(writers.into_iter().map(|actor| (object, actor)));
    }),
    form("written everywhere", "One instance is written in several regions at the same time (Q1-r4).", |lower, it| {
        lower.facts.written_everywhere.extend(it.id::<Object>().map(|object| (object,)));
    }),
    form("written from <regions:region,+>", "Instances are written in these regions.", |lower, it| {
        let Some(object) = it.id::<Object>() else { return };
        let regions = lower.resolve_all::<Region>(it, "regions");
        lower.facts.written_from.extend(regions.into_iter().map(|region| (object, region)));
    }),
    form(
        "home region <field>",
        "Each instance has one region that writes it, named by the field (A-21).",
        |lower, it| {
            let Some(object) = it.id::<Object>() else { return };
            let field = lower.field(it, "field", &[object]);
            lower.facts.home_region.extend(field.map(|field| (object, field)));
        },
    ),
    form("retention <time>", "How long records are kept.", |lower, it| {
        let time = lower.quantity(it, "time");
        lower.facts.retention.extend(it.id::<Object>().zip(time));
    }),
    form("size <bytes>", "The size of one record.", |lower, it| {
        let bytes = lower.quantity(it, "bytes");
        lower.facts.size.extend(it.id::<Object>().zip(bytes));
    }),
    form("population <count>", "How many live instances there are.", |lower, it| {
        let count = lower.quantity(it, "count");
        lower.facts.population.extend(it.id::<Object>().zip(count));
    }),
    form(
        "<name:new> : <type> [ <sign> ] [ = <initial:expression> ]",
        "A field, its type, and what it starts with.",
        |lower, it| {
            let Some(object) = it.id::<Object>() else { return };
            let Some(Entity::Field(field)) = it
                .found
                .term("name")
                .and_then(|name| name.name())
                .and_then(|name| lower.names.member_of(object.into(), name))
            else {
                return;
            };
            if let Some(initial) = it.found.term("initial") {
                let initial = lower.expression(initial, &Scope::of_object(object));
                lower.facts.initial.push((field, initial));
            }
        },
    )
    .and_declares(|lower, it| {
        let Some(field) = field(lower, it) else { return };
        let Some(sign) = it.found.word::<Sign>("sign") else { return };
        if let (Some(kind), Some(Value::Words(words))) = (it.found.term("type"), it.found.get("sign")) {
            let (typed, span) = (lower.facts.field[field.index()].2, words[0].1);
            lower.check_sign(typed, sign, span, kind.span.end);
        }
        lower.facts.sign.push((field, sign));
    }),
];

/// Declares the field of a `name: type` clause.
fn field(lower: &mut Lowering<'_>, it: &Matched<'_>) -> Option<Field> {
    let object = it.id::<Object>()?;
    let term = it.found.term("name")?;
    let kind = it.found.term("type").map_or(Type::Unknown, |term| lower.field_type(term));
    let entity = lower.declare_member(object.into(), term, it.clause, |names, name| Entity::Field(names.fields(name)));
    let Entity::Field(field) = entity else { return None };
    lower.facts.field.push((field, object, kind));
    Some(field)
}

fn ownership(lower: &mut Lowering<'_>, it: &Matched<'_>) {
    let Some(object) = it.id::<Object>() else { return };
    let per = lower.fields(it, "per", &[object]);
    let declared = it.found.word::<Ownership>("ownership").map(|ownership| match ownership {
        Ownership::SingleWriter if !per.is_empty() => Ownership::SingleWriterPerPartition,
        _ => ownership,
    });
    lower.facts.ownership.extend(declared.map(|ownership| (object, ownership)));
    lower.facts.winner_per.extend(per.into_iter().map(|field| (object, field)));
    if let Some(field) = it.found.terms("owners").into_iter().find(|term| is_field(lower, object, term)) {
        return by_a_field(lower, object, field);
    }
    let mut owners = lower.resolve_all::<Actor>(it, "owners");
    owners.extend(lower.resolve_all::<Actor>(it, "owner"));
    lower.facts.owner.extend(owners.into_iter().map(|actor| (object, actor)));
}

/// Whether a field of the object has the name, and nothing else.
fn is_field(lower: &Lowering<'_>, object: Object, term: &Term<'_>) -> bool {
    let name = term.name().filter(|name| lower.names.item(name).is_none());
    name.is_some_and(|name| matches!(lower.names.member_of(object.into(), name), Some(Entity::Field(_))))
}

/// `one winner by seat_id`: actors stand behind `by`, what they compete for behind `per`.
fn by_a_field(lower: &mut Lowering<'_>, object: Object, term: &Term<'_>) {
    let Some(field) = lower.names.member_of(object.into(), term.name().unwrap_or_default()) else { return };
    let diagnostic = lower.of_another_kind(term.span, field, "an actor");
    let mut diagnostic = diagnostic.note("behind `by` stands who writes, behind `per` what is written once");
    let before = lower.text.get(..term.span.range().start).and_then(|before| before.trim_end().strip_suffix("by"));
    if let Some(before) = before {
        let start = before.len() as u32;
        let at = lower.at(Span { start, end: start + 2 });
        diagnostic = diagnostic.fix("write `per`", Applicability::Safe, at, "per");
    }
    lower.report(diagnostic);
}

fn ordering(lower: &mut Lowering<'_>, it: &Matched<'_>) {
    let Some(object) = it.id::<Object>() else { return };
    let orderings = it.found.words::<Ordering>("ordering");
    lower.facts.ordering.extend(orderings.into_iter().map(|ordering| (object, ordering)));
    // "by acceptance" is the order in which writes are accepted: no field carries it yet.
    if it.found.term("by").is_some_and(|by| by.name() != Some("acceptance")) {
        let by = lower.field(it, "by", &[object]);
        lower.facts.ordered_by.extend(by.map(|field| (object, field)));
    }
    let scope = lower.fields(it, "scope", &[object]);
    lower.facts.ordered_within.extend(scope.into_iter().map(|field| (object, field)));
}

fn evolution<'s>(lower: &mut Lowering<'s>, it: &Matched<'s>) {
    let Some(object) = it.id::<Object>() else { return };
    let evolutions = it.found.words::<Evolution>("evolution");
    lower.facts.evolution.extend(evolutions.into_iter().map(|evolution| (object, evolution)));
    let mut taken = vec![];
    for clause in it.clause.body.iter().flat_map(|body| &body.clauses) {
        let Some(step) = lower.step(clause) else { continue };
        triggers(lower, object, &step, &mut taken);
    }
    conditions(lower, object, &taken);
}

/// First reading of a state machine: its states, so that guards can name them.
fn machine<'s>(lower: &mut Lowering<'s>, it: &Matched<'s>) {
    let Some(object) = it.id::<Object>() else { return };
    if !it.found.words::<Evolution>("evolution").contains(&Evolution::StateMachine) {
        return;
    }
    if lower.names.member_of(object.into(), "status").is_none() {
        status(lower, it, object);
    }
    for clause in it.clause.body.iter().flat_map(|body| &body.clauses) {
        let Some(step) = lower.read_step(clause) else { continue };
        for slot in ["from", "to", "initial", "terminal"] {
            for term in step.terms(slot) {
                lower.state(object, term);
            }
        }
    }
    if lower.facts.initial_state.iter().all(|(other, _)| *other != object) {
        let first = lower.names.declared_in(object.into()).iter().copied().find_map(State::of);
        lower.facts.initial_state.extend(first.map(|state| (object, state)));
    }
}

/// The field every state machine has, unless the author declares it.
fn status(lower: &mut Lowering<'_>, it: &Matched<'_>, object: Object) {
    let field = lower.facts.names.fields(Name { name: "status".into(), ..Name::default() });
    lower.facts.field.push((field, object, Type::Primitive(Primitive::Status)));
    let at = lower.at(it.clause.terms[0].span);
    lower.names.member(object.into(), field.into(), "status", at, &lower.places, &mut lower.diagnostics);
    lower.places.member(field.into(), at, lower.at(it.clause.span));
}

/// The lines of a state machine.
#[rustfmt::skip]
static STEPS: &[Form] = &[
    line("terminal <terminal:state,+>", "States that nothing leaves."),
    line("initial <initial:state>", "The state it begins in; without this line, the first one named."),
    line("<from:state> -> <to:state> [ on <operations:operation,+> ] [ when <condition:expression> ]",
        "An allowed transition, the operations that take it, and under what condition."),
];

fn steps() -> &'static Forms {
    static READ: LazyLock<Forms> = LazyLock::new(|| Forms::read(STEPS));
    &READ
}

impl<'s> Lowering<'s> {
    fn step(&mut self, clause: &'s Clause<'s>) -> Option<Match<'s, 's>> {
        let mut failure = Failure::default();
        let found =
            steps().forms.iter().find_map(|(_, pattern)| matching::matches(pattern, &clause.terms, &mut failure));
        if found.is_none() && !clause.broken {
            self.malformed(
                steps(),
                clause,
                &failure,
                "`OPEN -> ENDED on Close when <condition>`, `initial OPEN` or `terminal ENDED`",
            );
        }
        found
    }

    /// The same on the first reading, silently: the second reports.
    fn read_step(&mut self, clause: &'s Clause<'s>) -> Option<Match<'s, 's>> {
        let before = self.diagnostics.len();
        let found = self.step(clause);
        self.diagnostics.truncate(before);
        found
    }

    fn state(&mut self, object: Object, term: &crate::syntax::tree::Term<'_>) -> Option<State> {
        let name = term.name()?;
        if let Some(Entity::State(state)) = self.names.member_of(object.into(), name) {
            return Some(state);
        }
        let state = self.facts.names.states(Name { name: name.to_owned(), ..Name::default() });
        self.facts.state.push((state, object));
        let at = self.at(term.span);
        self.names.member(object.into(), state.into(), name, at, &self.places, &mut self.diagnostics);
        self.places.member(state.into(), at, at);
        Some(state)
    }

    /// The same on the second reading: where it is not declared here, it is named here.
    fn named_state(&mut self, object: Object, term: &crate::syntax::tree::Term<'_>) -> Option<State> {
        let state = self.state(object, term)?;
        let at = self.at(term.span);
        if self.places.get(state.into()).is_none_or(|place| place.name != at) {
            self.places.uses.push((at, state.into()));
        }
        Some(state)
    }
}

/// Second reading of one line: the transition, who triggers it and under what condition.
fn triggers<'s>(lower: &mut Lowering<'s>, object: Object, step: &Match<'s, 's>, taken: &mut Vec<Taken<'s>>) {
    for term in step.terms("terminal") {
        let state = lower.named_state(object, term);
        lower.facts.terminal.extend(state.map(|state| (state,)));
    }
    if let Some(initial) = step.term("initial").and_then(|term| lower.named_state(object, term)) {
        lower.facts.initial_state.retain(|(other, _)| *other != object);
        lower.facts.initial_state.push((object, initial));
    }
    let (Some(from), Some(to)) = (step.term("from"), step.term("to")) else { return };
    let span = from.span.to(to.span);
    let (Some(from), Some(to)) = (lower.named_state(object, from), lower.named_state(object, to)) else { return };
    let name = format!("{} -> {}", lower.facts.name(from), lower.facts.name(to));
    let transition = lower.facts.names.transitions(Name { name, ..Name::default() });
    lower.facts.transition.push((transition, object, from, to));
    let at = lower.at(span);
    lower.places.member(transition.into(), at, at);
    for term in step.terms("operations") {
        let Some(operation) = lower.resolve_term::<Operation>(term) else { continue };
        lower.facts.triggers.push((operation, transition));
        taken.push(Taken { operation, from, condition: step.term("condition") });
    }
}

/// A transition that an operation takes, and under what condition.
struct Taken<'s> {
    operation: Operation,
    from: State,
    condition: Option<&'s Term<'s>>,
}

/// The conditions of transitions as conditions of operations. An operation that takes one of several transitions requires
/// that one of them be open to it: in its source state and under its own condition.
fn conditions<'s>(lower: &mut Lowering<'s>, object: Object, taken: &[Taken<'s>]) {
    let mut read = vec![];
    for Taken { operation, .. } in taken {
        if read.contains(operation) {
            continue;
        }
        read.push(*operation);
        let ways: Vec<&Taken> = taken.iter().filter(|step| step.operation == *operation).collect();
        let said: Vec<Option<String>> = ways.iter().map(|way| way.condition.map(|term| lower.slice(&[term]))).collect();
        let Some(first) = ways.iter().find_map(|way| way.condition) else { continue };
        let scope = Scope::of_transition(object, *operation);
        match said.iter().all(|text| *text == said[0]) {
            true => lower.guard(*operation, first, &scope),
            false => one_of_several(lower, object, &ways, first),
        }
    }
}

/// `status == OPEN and now >= end or status == PAUSED`
fn one_of_several<'s>(lower: &mut Lowering<'s>, object: Object, ways: &[&Taken<'s>], first: &'s Term<'s>) {
    let (Some(status), [Taken { operation, .. }, ..]) = (lower.status_of(object), ways) else { return };
    let scope = Scope::of_transition(object, *operation);
    let both = |operator, left, right| Expr::Binary(operator, Box::new(left), Box::new(right));
    let (mut open, mut texts) = (vec![], vec![]);
    for way in ways {
        let source = both(Operator::Equal, Expr::Field(status, None), Expr::State(way.from));
        let from = lower.facts.name(way.from).to_owned();
        match way.condition {
            Some(term) => {
                texts.push(format!("status == {from} and {}", lower.slice(&[term])));
                let condition = lower.expression(term, &scope);
                open.push(both(Operator::And, source, condition));
            }
            None => {
                texts.push(format!("status == {from}"));
                open.push(source);
            }
        }
    }
    let Some(condition) = open.into_iter().reduce(|one, other| both(Operator::Or, one, other)) else { return };
    let guard = lower.facts.names.guards(Name { name: texts.join(" or "), ..Name::default() });
    lower.facts.guard.push((guard, *operation, condition));
    let at = lower.at(first.span);
    lower.places.member(guard.into(), at, at);
}
