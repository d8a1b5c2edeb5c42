//! `view`: something computed from other state. `reject`: a candidate that is no object.

use super::{Form, Item, declares, form};
use crate::language::expressions::Scope;
use crate::language::{Lowering, Matched};
use std::collections::HashSet;
use sysd_rules::expression::Expr;
use sysd_rules::fact::{Actor, Entity, Object, Rejected, Service, Source, View};

#[rustfmt::skip]
pub const VIEW: Item = Item {
    keyword: "view",
    gloss: "A derived view: what it is computed from, how stale it may be, how it is read and rebuilt (S2-r6, S7-o3).",
    sketch: &["view <name:new> of <sources:source> {", "    staleness <= <bound:time>", "    read by <actors:actor> at <rate>", "    rebuild from <sources:source>", "}"],
    named: true,
    declare: |names, name| Entity::View(names.views(name)),
    head: &[form("view <name:new> [ of <sources:source,+> ] [ = <law:expression> ] [ for each <group:field,+> ] [ <title:text> ]",
        "Names the view, its sources and its law.", law).and_declares(sources)],
    clauses: CLAUSES,
};

static CLAUSES: &[Form] = &[
    declares("of <sources:source,+>", "What it is computed from.", sources),
    form("value = <law:expression> [ for each <group:field,+> ]", "The law that computes it (S4-T3).", law),
    form("where <condition:expression>", "Only what satisfies the condition.", |lower, it| {
        let (Some(view), Some(condition)) = (it.id::<View>(), it.found.term("condition")) else { return };
        let condition = lower.condition(condition, &Scope::of_view(view, upstream_objects(lower, view)));
        lower.facts.filtered.push((view, condition));
    }),
    form("top <count> [ by <field> ]", "A ranking, cut off at so many.", |lower, it| {
        let Some(view) = it.id::<View>() else { return };
        let count = lower.quantity(it, "count");
        lower.facts.top.extend(count.map(|count| (view, count)));
        ordered(lower, it);
    }),
    form("over <window:time>", "Over windows of that length, one after the other.", |lower, it| {
        let window = lower.quantity(it, "window");
        lower.facts.window.extend(it.id::<View>().zip(window));
    }),
    form("half-life <time>", "Weighted by recency: the weight halves in that time.", |lower, it| {
        let time = lower.quantity(it, "time");
        lower.facts.decays.extend(it.id::<View>().zip(time));
    }),
    form("staleness <= <bound:time>", "How old it may be at most; zero is synchronous (S4-T5).", |lower, it| {
        let bound = lower.quantity(it, "bound");
        lower.facts.staleness.extend(it.id::<View>().zip(bound));
    }),
    form(
        "lateness <= <bound:time>",
        "How late an event still counts in its window; what is later is counted apart (S6.3-Q3-r6).",
        |lower, it| {
            let (Some(view), Some(bound)) = (it.id::<View>(), lower.quantity(it, "bound")) else { return };
            lower.facts.lateness.push((view.into(), bound));
        },
    ),
    form(
        "read by <actors:actor,+> [ at <rate> ] [ , <shape> ]",
        "Who reads it, how often, in what shape (Q4).",
        |lower, it| {
            let Some(view) = it.id::<View>() else { return };
            let rate = lower.quantity(it, "rate");
            let actors = lower.resolve_all::<Actor>(it, "actors");
            lower.facts.read_by.extend(actors.into_iter().map(|actor| (view, actor, rate)));
            lower.facts.shape.extend(it.found.word("shape").map(|shape| (view, shape)));
        },
    )
    .several(),
    form("rebuild from <sources:source,+>", "What it is rebuilt from (S7-c2).", |lower, it| {
        let Some(view) = it.id::<View>() else { return };
        let sources = lower.sources(it, "sources");
        lower.facts.rebuild.extend(sources.into_iter().map(|source| (view, source)));
    }),
    form("ordered by <field>", "The order in which it shows things.", ordered),
    form("numbers by itself", "It assigns its own sequence numbers (S7-x2).", |lower, it| {
        lower.facts.assigns_own_sequence.extend(it.id::<View>().map(|view| (view,)));
    }),
    form("computed by <services:service,+>", "The services that compute it.", |lower, it| {
        let Some(view) = it.id::<View>() else { return };
        let services = lower.resolve_all::<Service>(it, "services");
        lower.facts.computed_by.extend(services.into_iter().map(|service| (view, service)));
    }),
    form("latency <percentile> <= <time>", "The target for reading it.", |lower, it| {
        let Some(view) = it.id::<View>() else { return };
        let target = lower.percentile(it, "percentile").zip(lower.quantity(it, "time"));
        lower.facts.read_latency.extend(target.map(|(percentile, time)| (view, percentile, time)));
    })
    .several(),
    form("<shape>", "How what is read looks against what is written (Q4).", |lower, it| {
        let shape = it.found.word("shape");
        lower.facts.shape.extend(it.id::<View>().zip(shape));
    }),
];

/// Before anything is read of any view: what a view can name depends on the sources of those it is computed from.
fn sources(lower: &mut Lowering<'_>, it: &Matched<'_>) {
    let Some(view) = it.id::<View>() else { return };
    let sources = lower.sources(it, "sources");
    lower.facts.upstream.extend(sources.into_iter().map(|source| (view, source)));
}

/// `sum(Usage.units) for each customer_id, month`
fn law(lower: &mut Lowering<'_>, it: &Matched<'_>) {
    let Some(view) = it.id::<View>() else { return };
    let law = it.found.term("law");
    if law.is_none() && !it.found.has("group") {
        return;
    }
    let objects = upstream_objects(lower, view);
    if let Some(term) = law {
        let law = lower.expression(term, &Scope::of_view(view, objects.clone()));
        let mut computed = vec![];
        law.walk(&mut |expr| {
            if let Expr::Aggregate(function, inner) = expr {
                computed.push((view, *function, inner.fields().first().copied()));
            }
        });
        lower.facts.computed.extend(computed);
    }
    let group = lower.fields(it, "group", &objects);
    lower.facts.grouped.extend(group.into_iter().map(|field| (view, field)));
}

fn ordered(lower: &mut Lowering<'_>, it: &Matched<'_>) {
    let Some(view) = it.id::<View>() else { return };
    let objects = upstream_objects(lower, view);
    let field = lower.field(it, "field", &objects);
    lower.facts.order_of.extend(field.map(|field| (view, field)));
}

/// The objects a view is computed from, through other views.
pub fn upstream_objects(lower: &Lowering<'_>, view: View) -> Vec<Object> {
    let (mut objects, mut pending, mut seen) = (vec![], vec![view], HashSet::new());
    // Heads are read in the order of declaration, and so is this relation.
    let upstream = &lower.facts.upstream;
    while let Some(view) = pending.pop() {
        if !seen.insert(view) {
            continue;
        }
        let first = upstream.partition_point(|(other, _)| *other < view);
        for (_, source) in upstream[first..].iter().take_while(|(other, _)| *other == view) {
            match source {
                Source::Object(object) => objects.push(*object),
                Source::View(view) => pending.push(*view),
            }
        }
    }
    objects
}

#[rustfmt::skip]
pub const REJECT: Item = Item {
    keyword: "reject",
    gloss: "A candidate that is no object, and why (S2-o2).",
    sketch: &["reject <name:new> derivable from <sources:source> <reason:text>"],
    named: true,
    declare: |names, name| Entity::Rejected(names.rejected(name)),
    head: &[form("reject <name:new> [ derivable from <sources:source,+> ] [ because ] [ <reason:text> ]",
        "Rejects a candidate: derivable from other state, or for another reason.", |lower, it| {
        let Some(rejected) = it.id::<Rejected>() else { return };
        let sources = lower.sources(it, "sources");
        lower.facts.rejected_from.extend(sources.into_iter().map(|source| (rejected, source)));
        let reason = lower.text(it, "reason");
        lower.facts.rejected.extend(reason.map(|reason| (rejected, reason)));
    })],
    clauses: &[],
};
