//! Invariants as sentences over the state, in the framework's form, precise enough to be tested (S4-q1 to S4-q3).

use super::Invariants;
use super::implied::Implied;
use super::reading::Reading;
use crate::Design;
use crate::expression::{Expr, Operator};
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
        Implied::Additions(object) => format!("additions to {}", facts.name(object)),
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
    format!("[{kind}] {}", Reading::new(design).says(invariant))
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

impl Reading<'_> {
    /// What an invariant says, without its type; the author's own sentence where that is all there is.
    pub fn says(&self, invariant: Invariant) -> String {
        let facts = &self.design.facts;
        match self.statement(invariant) {
            Statement::Vague | Statement::Unresolved => self.unstated(invariant),
            Statement::GuardOf(operation) => {
                format!("{} takes effect only if {}", facts.name(operation), self.guard(operation))
            }
            Statement::Holds(condition) => format!("in every state, {}", condition.text(facts)),
            Statement::Increases(field, scope) => {
                format!("accepted values of {} strictly increase{}", facts.path(field), within(facts, &scope))
            }
            Statement::Ordered(object, by, scope) => {
                let by =
                    by.map_or("in which they were accepted".to_owned(), |field| format!("of {}", facts.name(field)));
                format!(
                    "all readers see {} records{} in one order, that {by}",
                    facts.name(object),
                    within(facts, &scope)
                )
            }
            Statement::Transitions(object) => {
                let steps = self.transitions.of(object);
                let steps = steps.map(|(_, _, from, to)| format!("{} -> {}", facts.name(*from), facts.name(*to)));
                format!("{} changes state only along {}", facts.name(object), list(steps, "its transitions"))
            }
            Statement::Equals { target: Entity::View(view), law, group } => self.view_equals(view, &law, &group),
            Statement::Equals { target, law, group } => equals(facts, target, &law, &group),
            Statement::OncePer(operation, key) => once(facts, operation, &key),
            Statement::UniquePer(object, fields) => self.unique(object, &fields),
            Statement::Within(view, bound) if bound.is_zero() => {
                format!("{} never lags behind {}", facts.name(view), self.sources(view))
            }
            Statement::Within(view, bound) => {
                format!("{} shows {} as of at most {bound} ago", facts.name(view), self.sources(view))
            }
            Statement::OnlyMay(permission, what) => only(facts, &permission, what),
            Statement::Delivered(event) => {
                let audience = self.audience.of(event).map(|(_, actor)| facts.name(*actor).to_owned());
                format!("every {} reaches {}", facts.name(event), list(audience, "its audience"))
            }
            Statement::Completes(operation) => self.completes(operation),
        }
    }

    /// The condition under which an operation takes effect, with the state its transition starts from.
    fn guard(&self, operation: Operation) -> String {
        let facts = &self.design.facts;
        let own: Vec<&Expr> = self.guards.of(operation).map(|(_, _, condition)| condition).collect();
        let mentions = |state: State| own.iter().any(|condition| reads_state(condition, state));
        // Several origins of one machine's transition are alternatives; machines and conditions must all agree.
        let mut origins: BTreeMap<Object, BTreeSet<State>> = BTreeMap::new();
        for (_, transition) in self.triggers.of(operation) {
            let row = facts.transition.get(transition.index()).filter(|(other, ..)| other == transition);
            if let Some((_, object, from, _)) = row.filter(|(_, _, from, _)| !mentions(*from)) {
                origins.entry(*object).or_default().insert(*from);
            }
        }
        let mut parts: Vec<String> = origins.iter().map(|(object, from)| origin(facts, *object, from)).collect();
        parts.extend(own.iter().map(|condition| match condition {
            Expr::Binary(Operator::Or, ..) => format!("({})", condition.text(facts)),
            condition => condition.text(facts),
        }));
        if parts.is_empty() { "its request is valid".to_owned() } else { parts.join(" and ") }
    }

    /// What an invariant says that no statement expresses: the lag of an index, a lag without a bound, a mere sentence.
    fn unstated(&self, invariant: Invariant) -> String {
        let facts = &self.design.facts;
        match self.design.invariants.implied(invariant) {
            Some(Implied::Bound(view)) => {
                format!("{} shows {}, with a lag that is not stated", facts.name(view), self.sources(view))
            }
            Some(Implied::Additions(object)) => {
                let changed = Invariants::of(&self.design.invariants.mentions, invariant);
                let changed = list(changed.map(|field| facts.path(field)), facts.name(object));
                format!("whatever is added to {changed} or taken away counts, whoever does so at the same time")
            }
            Some(Implied::Index(query)) => {
                let read = list(self.read.of(query).map(|(_, source)| facts.name(*source).to_owned()), "its records");
                let lag = match self.freshness.of(query).next() {
                    Some((_, bound)) => format!("as of at most {bound} ago"),
                    None => "with a lag that is not stated".to_owned(),
                };
                format!("{} finds {read}, {lag}", facts.name(query))
            }
            _ => {
                let title = facts.names.get(invariant.into()).and_then(|name| name.title.clone());
                title.unwrap_or_else(|| "nothing is stated".to_owned())
            }
        }
    }

    fn view_equals(&self, view: View, law: &Expr, group: &[Field]) -> String {
        let facts = &self.design.facts;
        let mut groups: Vec<Field> = self.grouped.of(view).map(|(_, field)| *field).collect();
        if groups.is_empty() {
            groups.extend(group);
        }
        let each = for_each(facts, &groups);
        let kept = self.filtered.of(view).map(|(_, condition)| format!(" where {}", condition.text(facts)));
        let window = self.window.of(view).map(|(_, length)| format!(" over the last {length}"));
        let rest = kept.chain(window).collect::<String>();
        let name = facts.name(view);
        match self.top.of(view).next() {
            Some((_, count)) if self.computed.of(view).next().is_none() => {
                format!("{name} holds the {count} highest of {}{each}{rest}", self.sources(view))
            }
            Some((_, count)) => format!("{name} holds the {count} highest {}{each}{rest}", law.text(facts)),
            None => format!("{name} equals {}{each}{rest}", law.text(facts)),
        }
    }

    fn unique(&self, object: Object, fields: &[Field]) -> String {
        let facts = &self.design.facts;
        let pair = self.pairs.of(object).any(|(_, one, other)| fields == [*one, *other]);
        let fields = list(fields.iter().map(|field| facts.name(*field).to_owned()), "identity");
        let unordered = if pair { "unordered pair of " } else { "" };
        format!("there is at most one {} per {unordered}{fields}", facts.name(object))
    }

    fn completes(&self, operation: Operation) -> String {
        let facts = &self.design.facts;
        let name = facts.name(operation);
        if self.design.invariants.spans.binary_search(&(operation,)).is_ok() {
            let called = list(self.calls.of(operation).map(|(_, _, service)| facts.name(*service).to_owned()), "");
            let at = if called.is_empty() { String::new() } else { format!(" here and at {called}") };
            return format!("{name} takes effect{at} as a whole or not at all");
        }
        let tested = |object: Object| {
            self.guards.of(operation).any(|(_, _, condition)| condition.existences().contains(&(object, true)))
        };
        let created = self.creates.of(operation).map(|(_, object)| *object).filter(|object| !tested(*object));
        let created = list(created.map(|object| facts.name(object).to_owned()), "the effect");
        format!("once {}, {created} appears, whichever came last", self.guard(operation))
    }

    fn sources(&self, view: View) -> String {
        list(self.upstream.of(view).map(|(_, source)| self.design.facts.name(*source).to_owned()), "its source")
    }

    /// What an author writes to state an implied invariant, where the language has a clause for it and nothing is open.
    pub fn clause(&self, implied: Implied) -> Option<String> {
        let facts = &self.design.facts;
        let phrase = |word: &str, field: Option<Field>| {
            field.map_or(String::new(), |field| format!(" {word} {}", facts.name(field)))
        };
        let phrases = |words: &str, fields: &[Field]| {
            let names: Vec<&str> = fields.iter().map(|field| facts.name(*field)).collect();
            if names.is_empty() { String::new() } else { format!(" {words} {}", names.join(", ")) }
        };
        match self.state(implied) {
            Statement::GuardOf(operation) => Some(format!("of {}", facts.name(operation))),
            Statement::Transitions(object) => Some(format!("transitions of {}", facts.name(object))),
            Statement::Ordered(object, by, scope) => {
                Some(format!("{} ordered{}{}", facts.name(object), phrase("by", by), phrases("within", &scope)))
            }
            Statement::Equals { target, law, group } => {
                let said = matches!(&law, Expr::Aggregate(_, of) if !matches!(**of, Expr::View(_) | Expr::Unknown));
                said.then(|| format!("{} = {}{}", facts.name(target), law.text(facts), phrases("for each", &group)))
            }
            Statement::OncePer(operation, key) if !key.is_empty() => {
                let key: Vec<&str> = key.iter().map(|parameter| facts.name(*parameter)).collect();
                Some(format!("{} once per {}", facts.name(operation), key.join(", ")))
            }
            Statement::UniquePer(object, fields) => {
                let fields: Vec<&str> = fields.iter().map(|field| facts.name(*field)).collect();
                Some(format!("{} unique per {}", facts.name(object), fields.join(", ")))
            }
            Statement::Within(view, bound) => Some(format!("{} within {bound}", facts.name(view))),
            Statement::Delivered(event) => Some(format!("{} delivered", facts.name(event))),
            Statement::Completes(operation) => Some(format!("{} completes", facts.name(operation))),
            _ => None,
        }
    }
}

/// `Auction.status == OPEN`, or one of several states.
fn origin(facts: &Facts, object: Object, from: &BTreeSet<State>) -> String {
    let tests = from.iter().map(|state| format!("{}.status == {}", facts.name(object), facts.name(*state)));
    let tests: Vec<String> = tests.collect();
    if tests.len() > 1 { format!("({})", tests.join(" or ")) } else { tests.concat() }
}

fn reads_state(condition: &Expr, state: State) -> bool {
    let mut found = false;
    condition.walk(&mut |expr| found |= *expr == Expr::State(state));
    found
}

fn equals(facts: &Facts, target: Entity, law: &Expr, group: &[Field]) -> String {
    let target = match target {
        Entity::Field(field) => facts.path(field),
        other => facts.name(other).to_owned(),
    };
    format!("{target} equals {}{}", law.text(facts), for_each(facts, group))
}

/// One value for each combination of the fields; nothing where there is one value in all.
fn for_each(facts: &Facts, group: &[Field]) -> String {
    match group.is_empty() {
        true => String::new(),
        false => format!(" for each {}", list(group.iter().map(|field| facts.name(*field).to_owned()), "")),
    }
}

fn once(facts: &Facts, operation: Operation, key: &[Parameter]) -> String {
    let operation = facts.name(operation);
    if key.is_empty() {
        return format!("{operation} sent again by a client that heard nothing has the outcome of sending it once");
    }
    let key = list(key.iter().map(|parameter| facts.name(*parameter).to_owned()), "");
    format!("{operation} sent any number of times with the same {key} has the outcome of sending it once")
}

fn only(facts: &Facts, permission: &Permission, what: Entity) -> String {
    let may = match what {
        Entity::Operation(operation) => format!("run {}", facts.name(operation)),
        Entity::View(_) | Entity::Query(_) => format!("read {}", facts.name(what)),
        _ => format!("read or write {}", facts.name(what)),
    };
    match permission {
        Permission::Is(condition @ (Expr::Not(_) | Expr::Exists(..))) => {
            format!("an actor may {may} only if {}", condition.text(facts))
        }
        Permission::Is(condition @ Expr::Binary(operator, ..)) if operator.makes_condition() => {
            format!("an actor may {may} only if {}", condition.text(facts))
        }
        Permission::Is(who) => format!("only {} may {may}", who.text(facts)),
        Permission::Actor(actor) => format!("only {} may {may}", facts.name(*actor)),
        Permission::GrantedBy(object) => format!("only an actor to whom a {} grants it may {may}", facts.name(*object)),
    }
}

/// " within one room and one user"; nothing where the order is of all.
pub fn within(facts: &Facts, scope: &[Field]) -> String {
    let parts: Vec<String> = scope.iter().map(|field| format!("one {}", facts.name(*field))).collect();
    if parts.is_empty() { String::new() } else { format!(" within {}", parts.join(" and ")) }
}

/// `a, b and c`; a word for none.
fn list(items: impl Iterator<Item = String>, none: &str) -> String {
    let mut items: Vec<String> = items.collect();
    match items.pop() {
        None => none.to_owned(),
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} and {last}", items.join(", ")),
    }
}
