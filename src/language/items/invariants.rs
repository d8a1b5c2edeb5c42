//! `invariant`: what must be true in every valid state (step 4).

use super::{Form, Item, form};
use crate::language::expressions::Scope;
use crate::language::{Lowering, Matched};
use sysd_rules::expression::Expr;
use sysd_rules::fact::*;

#[rustfmt::skip]
pub const INVARIANT: Item = Item {
    keyword: "invariant",
    gloss: "What must be true in every valid state: its type, its sentence, and the statement that makes it testable.",
    sketch: &["invariant <name:new> <type:invariant-type> <title:text> {", "    <statement:run>", "}"],
    named: true,
    declare: |names, name| Entity::Invariant(names.invariants(name)),
    head: &[form("invariant <name:new> [ <type:invariant-type> ] [ <title:text> ]", "Names the invariant, its type and its sentence.", |lower, it| {
        let Some(invariant) = it.id::<Invariant>() else { return };
        lower.facts.invariant.extend(it.found.word("type").map(|kind| (invariant, kind)));
        // A statement in the body replaces this.
        lower.facts.statement.push((invariant, Statement::Vague));
    })],
    clauses: CLAUSES,
};

static CLAUSES: &[Form] = &[
    form("of <operation>", "Eligibility: the operation's guard holds when it takes effect.", |lower, it| {
        let operation = lower.resolve::<Operation>(it, "operation");
        state(lower, it, operation.map(Statement::GuardOf));
    }),
    form("holds <condition:expression>", "A condition over the state that always holds.", |lower, it| {
        // What has a mistake in it is enforced by nothing, the store least of all.
        let told = lower.diagnostics.len();
        let condition = it.found.term("condition").map(|term| lower.condition(term, &Scope::default()));
        let condition = condition.map(|it| if lower.diagnostics.len() == told { it } else { Expr::Unknown });
        state(lower, it, condition.map(Statement::Holds));
    }),
    form(
        "transitions of <object>",
        "Ordering: the object only moves along its state machine (S4-T2e3).",
        |lower, it| {
            let object = lower.resolve::<Object>(it, "object");
            state(lower, it, object.map(Statement::Transitions));
        },
    ),
    form("<event:event> delivered", "Propagation: every occurrence reaches its audience (S4-T5i).", |lower, it| {
        let event = lower.resolve::<Event>(it, "event");
        state(lower, it, event.map(Statement::Delivered));
    }),
    form(
        "<operation:operation> completes",
        "Propagation: once the operation's condition holds, its effect follows, all of it (A-53).",
        |lower, it| {
            let operation = lower.resolve::<Operation>(it, "operation");
            state(lower, it, operation.map(Statement::Completes));
        },
    ),
    form(
        "only <who:expression> may <what:permitted>",
        "Access: only who the expression names, or for whom it holds, may run or read it: `only order.customer may Cancel`, \
         `only exists Member(room_id, user_id: caller) may History` (S4-T6).",
        |lower, it| {
            let (Some(what), Some(term)) = (lower.entity(it, "what"), it.found.term("who")) else {
                return state(lower, it, None);
            };
            let named = term.name().and_then(|name| lower.names.item(name));
            let permission = match named {
                Some(Entity::Actor(actor)) => {
                    lower.places.uses.push((lower.at(term.span), actor.into()));
                    Permission::Actor(actor)
                }
                _ => {
                    let scope = match what {
                        Entity::Operation(operation) => Scope::of_operation(operation),
                        Entity::Query(query) => Scope { of: Some(query.into()), objects: vec![] },
                        Entity::View(view) => Scope::of_view(view, super::views::upstream_objects(lower, view)),
                        Entity::Object(object) => Scope::of_object(object),
                        _ => Scope::default(),
                    };
                    Permission::Is(lower.expression(term, &scope))
                }
            };
            state(lower, it, Some(Statement::OnlyMay(permission, what)));
        },
    ),
    form("for <requirements:requirement,+>", "The requirements it is stated for (S4-c1).", |lower, it| {
        let Some(invariant) = it.id::<Invariant>() else { return };
        let requirements = lower.resolve_all::<Requirement>(it, "requirements");
        lower.facts.serves.extend(requirements.into_iter().map(|requirement| (invariant, requirement)));
    }),
    form("horizon <time>", "How long uniqueness is asked for (A-62).", |lower, it| {
        let time = lower.quantity(it, "time");
        lower.facts.horizon.extend(it.id::<Invariant>().zip(time));
    }),
    form(
        "concurrency <text>",
        "How it holds under simultaneous writes, retries and crashes, where nothing derivable shows it (S4-q5).",
        |lower, it| {
            let text = lower.text(it, "text");
            lower.facts.about_concurrency.extend(it.id::<Invariant>().zip(text));
        },
    ),
    form(
        "<what:permitted> needs <permission:object>",
        "Access: an instance of the object grants it; which one, `only exists … may …` says (S4-T6i).",
        |lower, it| {
            let permission = lower.resolve::<Object>(it, "permission").zip(lower.entity(it, "what"));
            state(lower, it, permission.map(|(object, what)| Statement::OnlyMay(Permission::GrantedBy(object), what)));
        },
    ),
    form(
        "<field> increases [ within <scope:field,+> ]",
        "Ordering: values, in order of acceptance, strictly increase.",
        |lower, it| {
            let field = lower.field(it, "field", &[]);
            let objects: Vec<_> = field.iter().map(|field| lower.facts.object_of(*field)).collect();
            let scope = lower.fields(it, "scope", &objects);
            state(lower, it, field.map(|field| Statement::Increases(field, scope)));
        },
    ),
    form(
        "<object> ordered [ by <by:field> ] [ within <scope:field,+> ]",
        "Ordering: all readers see the same order.",
        |lower, it| {
            let Some(object) = lower.resolve::<Object>(it, "object") else { return state(lower, it, None) };
            let (by, scope) = (lower.field(it, "by", &[object]), lower.fields(it, "scope", &[object]));
            state(lower, it, Some(Statement::Ordered(object, by, scope)));
        },
    ),
    form(
        "<operation> once per <key:parameter,+> [ for <time> ]",
        "Uniqueness: one outcome per value of the key.",
        |lower, it| {
            let Some(operation) = lower.resolve::<Operation>(it, "operation") else { return state(lower, it, None) };
            let keys = lower.members::<Parameter>(it, "key", operation.into());
            horizon(lower, it);
            state(lower, it, Some(Statement::OncePer(operation, keys)));
        },
    ),
    form(
        "<object> unique per <fields:field,+> [ for <time> ]",
        "Uniqueness: at most one instance per combination of the fields.",
        |lower, it| {
            let Some(object) = lower.resolve::<Object>(it, "object") else { return state(lower, it, None) };
            let fields = lower.fields(it, "fields", &[object]);
            horizon(lower, it);
            state(lower, it, Some(Statement::UniquePer(object, fields)));
        },
    ),
    form("<view> within <bound:time>", "Propagation: the view lags by no more than this.", |lower, it| {
        let bound = lower.resolve::<View>(it, "view").zip(lower.quantity(it, "bound"));
        state(lower, it, bound.map(|(view, bound)| Statement::Within(view, bound)));
    }),
    form(
        "<target> = <law:expression> [ for each <group:field,+> ]",
        "Accounting: the aggregate equals a function of its events.",
        law,
    ),
];

fn law(lower: &mut Lowering<'_>, it: &Matched<'_>) {
    let (Some(target), Some(term)) = (it.found.term("target"), it.found.term("law")) else { return };
    let target = match target.name().and_then(|name| lower.names.item(name)) {
        Some(Entity::View(view)) => {
            lower.places.uses.push((lower.at(target.span), view.into()));
            Some(Entity::View(view))
        }
        _ => lower.field(it, "target", &[]).map(Entity::Field),
    };
    let law = lower.expression(term, &Scope::default());
    let objects: Vec<_> = law.fields().into_iter().map(|field| lower.facts.object_of(field)).collect();
    let group = lower.fields(it, "group", &objects);
    state(lower, it, target.map(|target| Statement::Equals { target, law, group }));
}

fn horizon(lower: &mut Lowering<'_>, it: &Matched<'_>) {
    let time = lower.quantity(it, "time");
    lower.facts.horizon.extend(it.id::<Invariant>().zip(time));
}

/// An invariant says one thing: its first statement counts, a second is reported. A statement that names something
/// unknown is a statement all the same, and already reported.
fn state(lower: &mut Lowering<'_>, it: &Matched<'_>, statement: Option<Statement>) {
    let Some(invariant) = it.id::<Invariant>() else { return };
    let statement = statement.unwrap_or(Statement::Unresolved);
    let Some((_, said)) = lower.facts.statement.iter_mut().find(|(other, _)| *other == invariant) else { return };
    if *said == Statement::Vague {
        *said = statement;
        return;
    }
    let name = lower.facts.name(invariant).to_owned();
    let at = lower.at(it.clause.span);
    let diagnostic = crate::diagnostic::Diagnostic::new(
        &crate::language::codes::MALFORMED_CLAUSE,
        at,
        format!("`{name}` says two things"),
    );
    lower.report(diagnostic.help("state the second in an invariant of its own"));
}
