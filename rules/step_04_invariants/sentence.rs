//! Invariants as sentences over the state, in the framework's form, precise enough to be tested (S4-q1 to S4-q3).

use super::implied::Implied;
use crate::Design;
use crate::expression::Expr;
use crate::fact::*;
use crate::vocabulary::*;
use std::collections::{BTreeMap, BTreeSet};

/// What a derived invariant is called: "eligibility of Close".
pub fn name(design: &Design, invariant: Invariant) -> String {
    let Some(implied) = design.invariants.implied(invariant) else { return format!("#{}", invariant.0 + 1) };
    let facts = &design.facts;
    match implied {
        Implied::Guard(operation) => format!("eligibility of {}", facts.name(operation)),
        Implied::Lifecycle(object) => format!("lifecycle of {}", facts.name(object)),
        Implied::Order(object) => format!("order of {}", facts.name(object)),
        Implied::Law(view) => format!("law of {}", facts.name(view)),
        Implied::Once(operation) => format!("one outcome of {}", facts.name(operation)),
        Implied::Unique(object) => format!("identity of {}", facts.name(object)),
        Implied::Bound(view) => format!("freshness of {}", facts.name(view)),
        Implied::Index(query) => format!("freshness of {}", facts.name(query)),
        Implied::Delivery(event) => format!("delivery of {}", facts.name(event)),
        Implied::Complete(operation) => format!("completion of {}", facts.name(operation)),
        Implied::Permission(operation) => format!("permission for {}", facts.name(operation)),
    }
}

/// The invariant in the framework's form: `[Eligibility] PlaceBid takes effect only if …` (S4-o1).
pub fn statement_text(design: &Design, invariant: Invariant) -> String {
    let kind = design.invariants.kind(invariant).map_or("Invariant", title);
    format!("[{kind}] {}", says(design, invariant))
}

/// The type as the framework's list prints it.
fn title(kind: InvariantType) -> &'static str {
    match kind {
        InvariantType::Eligibility => "Eligibility",
        InvariantType::Ordering => "Ordering",
        InvariantType::Accounting => "Accounting",
        InvariantType::Uniqueness => "Uniqueness",
        InvariantType::Propagation => "Propagation",
        InvariantType::Access => "Access control",
    }
}

/// What an invariant says, without its type; the author's own sentence where that is all there is.
pub fn says(design: &Design, invariant: Invariant) -> String {
    let facts = &design.facts;
    match super::statement(design, invariant) {
        Statement::Vague | Statement::Unresolved => unstated(design, invariant),
        Statement::GuardOf(operation) => {
            format!("{} takes effect only if {}", facts.name(operation), guard_text(facts, operation))
        }
        Statement::Holds(condition) => format!("in every state, {}", condition.text(facts)),
        Statement::Increases(field, scope) => {
            format!("accepted values of {} strictly increase{}", facts.path(field), within(facts, scope))
        }
        Statement::Ordered(object, by, scope) => {
            let by = by.map_or("in which they were accepted".to_owned(), |field| format!("of {}", facts.name(field)));
            format!("all readers see {} records{} in one order, that {by}", facts.name(object), within(facts, scope))
        }
        Statement::Transitions(object) => {
            format!("{} changes state only along {}", facts.name(object), transitions(facts, object))
        }
        Statement::Equals { target, law, group } => equals(facts, target, &law, group),
        Statement::OncePer(operation, key) => once(facts, operation, &key),
        Statement::UniquePer(object, fields) => unique(facts, object, &fields),
        Statement::Within(view, bound) if bound.is_zero() => {
            format!("{} never lags behind {}", facts.name(view), sources(facts, view))
        }
        Statement::Within(view, bound) => {
            format!("{} shows {} as of at most {bound} ago", facts.name(view), sources(facts, view))
        }
        Statement::OnlyMay(permission, what) => only(facts, &permission, what),
        Statement::Delivered(event) => {
            let audience = facts.audience.iter().filter(|(other, _)| *other == event);
            let audience = audience.map(|(_, actor)| facts.name(*actor).to_owned()).collect();
            format!("every {} reaches {}", facts.name(event), list(audience, "its audience"))
        }
        Statement::Completes(operation) => completes(design, operation),
    }
}

/// The condition under which an operation takes effect, with the state its transition starts from.
pub fn guard_text(facts: &Facts, operation: Operation) -> String {
    let own = facts.guard.iter().filter(|(_, other, _)| *other == operation);
    let own: Vec<&Expr> = own.map(|(_, _, condition)| condition).collect();
    let mentions = |state: State| own.iter().any(|condition| reads_state(condition, state));
    // Several origins of one machine's transition are alternatives; machines and conditions must all agree.
    let mut origins: BTreeMap<Object, BTreeSet<State>> = BTreeMap::new();
    let taken = facts.triggers.iter().filter(|(other, _)| *other == operation);
    for (_, transition) in taken {
        let row = facts.transition.get(transition.index()).filter(|(other, ..)| other == transition);
        if let Some((_, object, from, _)) = row.filter(|(_, _, from, _)| !mentions(*from)) {
            origins.entry(*object).or_default().insert(*from);
        }
    }
    let mut parts: Vec<String> = origins.iter().map(|(object, from)| origin(facts, *object, from)).collect();
    parts.extend(own.iter().map(|condition| match condition {
        Expr::Binary(crate::expression::Operator::Or, ..) => format!("({})", condition.text(facts)),
        condition => condition.text(facts),
    }));
    if parts.is_empty() { "its request is valid".to_owned() } else { parts.join(" and ") }
}

/// `Auction.status == OPEN`, or one of several states.
fn origin(facts: &Facts, object: Object, from: &BTreeSet<State>) -> String {
    let tests: Vec<String> =
        from.iter().map(|state| format!("{}.status == {}", facts.name(object), facts.name(*state))).collect();
    if tests.len() > 1 { format!("({})", tests.join(" or ")) } else { tests.concat() }
}

fn reads_state(condition: &Expr, state: State) -> bool {
    let mut found = false;
    condition.walk(&mut |expr| found |= *expr == Expr::State(state));
    found
}

/// What an invariant says that no statement expresses: the lag of an index, a lag without a bound, a mere sentence.
fn unstated(design: &Design, invariant: Invariant) -> String {
    let facts = &design.facts;
    match design.invariants.implied(invariant) {
        Some(Implied::Bound(view)) => {
            format!("{} shows {}, with a lag that is not stated", facts.name(view), sources(facts, view))
        }
        Some(Implied::Index(query)) => {
            let read = facts.query_reads.iter().filter(|(other, _)| *other == query);
            let read = list(read.map(|(_, source)| facts.name(*source).to_owned()).collect(), "its records");
            let bound = facts.query_freshness.iter().find(|(other, _)| *other == query);
            let lag = bound
                .map_or("with a lag that is not stated".to_owned(), |(_, bound)| format!("as of at most {bound} ago"));
            format!("{} finds {read}, {lag}", facts.name(query))
        }
        _ => {
            let name = facts.names.get(invariant.into());
            name.and_then(|name| name.title.clone()).unwrap_or_else(|| "nothing is stated".to_owned())
        }
    }
}

fn transitions(facts: &Facts, object: Object) -> String {
    let own = facts.transition.iter().filter(|(_, other, ..)| *other == object);
    let steps = own.map(|(_, _, from, to)| format!("{} -> {}", facts.name(*from), facts.name(*to))).collect();
    list(steps, "its transitions")
}

fn equals(facts: &Facts, target: Entity, law: &Expr, group: Option<Field>) -> String {
    let Entity::View(view) = target else {
        let target = match target {
            Entity::Field(field) => facts.path(field),
            other => facts.name(other).to_owned(),
        };
        let each = group.map_or(String::new(), |field| format!(" for each {}", facts.name(field)));
        return format!("{target} equals {}{each}", law.text(facts));
    };
    let mut groups: Vec<String> = facts
        .grouped
        .iter()
        .filter(|(other, _)| *other == view)
        .map(|(_, field)| facts.name(*field).to_owned())
        .collect();
    if groups.is_empty() {
        groups.extend(group.map(|field| facts.name(field).to_owned()));
    }
    let each = if groups.is_empty() { String::new() } else { format!(" for each {}", list(groups, "")) };
    let kept = facts.filtered.iter().filter(|(other, _)| *other == view).map(|(_, condition)| condition.text(facts));
    let kept = kept.map(|condition| format!(" where {condition}")).collect::<String>();
    let window = facts.window.iter().filter(|(other, _)| *other == view);
    let window = window.map(|(_, length)| format!(" over the last {length}")).collect::<String>();
    let first = facts.top.iter().find(|(other, _)| *other == view).map(|(_, count)| count);
    let selects = facts.computed.iter().all(|(other, ..)| *other != view);
    match first {
        Some(count) if selects => {
            format!("{} holds the {count} highest of {}{each}{kept}{window}", facts.name(view), sources(facts, view))
        }
        Some(count) => {
            format!("{} holds the {count} highest {}{each}{kept}{window}", facts.name(view), law.text(facts))
        }
        None => format!("{} equals {}{each}{kept}{window}", facts.name(view), law.text(facts)),
    }
}

fn once(facts: &Facts, operation: Operation, key: &[Parameter]) -> String {
    let operation = facts.name(operation);
    if key.is_empty() {
        return format!("{operation} sent again by a client that heard nothing has the outcome of sending it once");
    }
    let key = list(key.iter().map(|parameter| facts.name(*parameter).to_owned()).collect(), "");
    format!("{operation} sent any number of times with the same {key} has the outcome of sending it once")
}

fn unique(facts: &Facts, object: Object, fields: &[Field]) -> String {
    let pair = |(other, one, two): &&(Object, Field, Field)| *other == object && fields == [*one, *two];
    let unordered = if facts.canonical_pair.iter().any(|row| pair(&row)) { "unordered pair of " } else { "" };
    let fields = list(fields.iter().map(|field| facts.name(*field).to_owned()).collect(), "identity");
    format!("there is at most one {} per {unordered}{fields}", facts.name(object))
}

fn only(facts: &Facts, permission: &Permission, what: Entity) -> String {
    let may = match what {
        Entity::Operation(operation) => format!("run {}", facts.name(operation)),
        Entity::View(_) | Entity::Query(_) => format!("read {}", facts.name(what)),
        _ => format!("read or write {}", facts.name(what)),
    };
    match permission {
        Permission::Is(Expr::Binary(operator, left, right)) if operator.compares() => {
            let condition = Expr::Binary(*operator, left.clone(), right.clone());
            format!("an actor may {may} only if {}", condition.text(facts))
        }
        Permission::Is(who) => format!("only {} may {may}", who.text(facts)),
        Permission::Actor(actor) => format!("only {} may {may}", facts.name(*actor)),
        Permission::GrantedBy(object) => format!("only an actor to whom a {} grants it may {may}", facts.name(*object)),
    }
}

fn completes(design: &Design, operation: Operation) -> String {
    let facts = &design.facts;
    if design.invariants.spans.contains(&(operation,)) {
        let called = facts.call.iter().filter(|(_, other, _)| *other == operation);
        let called: Vec<String> = called.map(|(_, _, service)| facts.name(*service).to_owned()).collect();
        let at = if called.is_empty() { String::new() } else { format!(" here and at {}", list(called, "")) };
        return format!("{} takes effect{at} as a whole or not at all", facts.name(operation));
    }
    let created = design.evidence.creates.iter().filter(|(other, _)| *other == operation);
    let tested = |object: Object| {
        let mut own = facts.guard.iter().filter(|(_, other, _)| *other == operation);
        own.any(|(_, _, condition)| condition.existences().contains(&(object, true)))
    };
    let created = created.filter(|(_, object)| !tested(*object)).map(|(_, object)| facts.name(*object).to_owned());
    let created = list(created.collect(), "the effect");
    format!("once {}, {created} appears, whichever came last", guard_text(facts, operation))
}

fn sources(facts: &Facts, view: View) -> String {
    let own = facts.upstream.iter().filter(|(other, _)| *other == view);
    list(own.map(|(_, source)| facts.name(*source).to_owned()).collect(), "its source")
}

fn within(facts: &Facts, scope: Option<Field>) -> String {
    scope.map_or(String::new(), |field| format!(" within one {}", facts.name(field)))
}

/// `a, b and c`; a word for none.
fn list(mut items: Vec<String>, none: &str) -> String {
    match items.pop() {
        None => none.to_owned(),
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} and {last}", items.join(", ")),
    }
}

/// What an author writes to state an implied invariant, where the language has a clause for it and nothing is open.
pub fn clause_text(design: &Design, implied: Implied) -> Option<String> {
    let facts = &design.facts;
    let name = |entity: Entity| facts.name(entity).to_owned();
    match (implied, super::statements::state(facts, implied)) {
        (Implied::Guard(operation), _) => Some(format!("of {}", name(operation.into()))),
        (Implied::Lifecycle(object), _) => Some(format!("transitions of {}", name(object.into()))),
        (_, Statement::Ordered(object, by, scope)) => {
            let by = by.map_or(String::new(), |field| format!(" by {}", facts.name(field)));
            let scope = scope.map_or(String::new(), |field| format!(" within {}", facts.name(field)));
            Some(format!("{} ordered{by}{scope}", name(object.into())))
        }
        (_, Statement::Equals { target, law, group }) => {
            let aggregates =
                matches!(&law, Expr::Aggregate(_, inner) if !matches!(**inner, Expr::View(_) | Expr::Unknown));
            let each = group.map_or(String::new(), |field| format!(" for each {}", facts.name(field)));
            aggregates.then(|| format!("{} = {}{each}", name(target), law.text(facts)))
        }
        (_, Statement::OncePer(operation, key)) if !key.is_empty() => {
            let key: Vec<&str> = key.iter().map(|parameter| facts.name(*parameter)).collect();
            Some(format!("{} once per {}", name(operation.into()), key.join(", ")))
        }
        (_, Statement::UniquePer(object, fields)) => {
            let fields: Vec<&str> = fields.iter().map(|field| facts.name(*field)).collect();
            Some(format!("{} unique per {}", name(object.into()), fields.join(", ")))
        }
        (_, Statement::Within(view, bound)) => Some(format!("{} within {bound}", name(view.into()))),
        (_, Statement::Delivered(event)) => Some(format!("{} delivered", name(event.into()))),
        (_, Statement::Completes(operation)) => Some(format!("{} completes", name(operation.into()))),
        _ => None,
    }
}
