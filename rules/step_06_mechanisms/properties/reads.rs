//! What is true of a read path: how a view is read (Q4), how changes reach it and how events reach their audience (Q5).

use super::Property::{self, *};
use super::thresholds::{self, Balance};
use crate::fact::*;
use crate::proof::{IntoTerm, premises};
use crate::quantity::Quantity;
use crate::step_05_parameters::{DpKind, Parameters};
use crate::vocabulary::*;
use crate::{Facts, fact};
use ascent::ascent;

ascent! {
    /// Properties of views, deliveries and queries.
    pub struct Reads;

    macro holds($dp: expr, $property: expr, $rule: expr, $premises: expr) {
        property($dp, $property),
        because(fact!(property, $dp, ($property).word()), $rule, premises(&$premises))
    }

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `property(dp, property)`
    relation property(Dp, Property);
    /// `query_property(query, property)`: the same of a read path that is no view.
    relation query_property(Query, Property);

    // From the author and from step 5; named as there.
    relation upstream(View, Source);
    relation actor_fault(Actor, ActorFault);
    relation computed(View, Aggregate);
    relation grouped(View, Field);
    relation top(View, Quantity);
    relation window(View, Quantity);
    relation windowed(Object, Quantity);
    relation decays(View, Quantity);
    relation staleness(View, Quantity);
    relation shape(View, Shape);
    relation spatial(Object, Field);
    relation query_reads(Query, Source);
    relation query_radius(Query, Field, Quantity);
    relation query_window(Query, Quantity);
    relation query_fans_out(Query);
    relation announces(Operation, Event);
    relation audience(Event, Actor);
    relation coupling(Event, Coupling);
    relation dp(Dp, DpKind, Entity);
    relation guards(Dp, Object);
    relation serves_view(Dp, View);
    // From `thresholds`.
    relation balance(Source, Balance);
    relation ttl_suffices(View);
    relation fan_out(Event, FanOut);

    // Whether another parameter keeps the view or carries its changes.
    relation kept(View);
    kept(view) <--
        dp(dp, kind, _),
        if matches!(kind, DpKind::Projection | DpKind::Aggregate),
        serves_view(dp, view);
    relation fed(View);
    fed(view) <-- dp(dp, DpKind::Path, _), serves_view(dp, view);
    holds!(*dp, ServesReads, "S5-e4", [fact!(dp, *dp, DpKind::Projection.word(), *of)]) <--
        dp(dp, DpKind::Projection, of);
    holds!(*dp, ServesReads, "S5-e4", [fact!(dp, *dp, DpKind::Path.word(), *of), fact!(serves_view, *dp, *view)]) <--
        dp(dp, DpKind::Path, of),
        serves_view(dp, view),
        !kept(view);
    holds!(*dp, CarriesChanges, "S5-e4", [fact!(dp, *dp, kind.word(), *of)]) <--
        dp(dp, kind, of),
        if matches!(kind, DpKind::Path | DpKind::Delivery);
    holds!(*dp, CarriesChanges, "S5-e4", [fact!(dp, *dp, DpKind::Projection.word(), *of), fact!(serves_view, *dp, *view)]) <--
        dp(dp, DpKind::Projection, of),
        serves_view(dp, view),
        !fed(view);

    // S6.1-r3. An aggregate that is a view, or whose writer is a pipeline, is folded from events.
    holds!(*dp, FromEvents, "S6.1-r3", [fact!(dp, *dp, DpKind::Aggregate.word(), *view), fact!(upstream, *view, object)]) <--
        dp(dp, DpKind::Aggregate, of),
        if let Entity::View(view) = of,
        upstream(view, source),
        let object = Entity::from(*source);

    // A query finds what it asks for in what it reads.
    query_property(query, ServesReads) <-- query_reads(query, _);

    // S6.3-Q4. Reads against writes; where rates are missing, a view is there to be read.
    relation read_heavy(View);
    read_heavy(view) <--
        balance(source, balance),
        if let Source::View(view) = source,
        if matches!(balance, Balance::Reads | Balance::Unknown);
    holds!(*dp, ReadHeavy, "A-78", [fact!(serves_view, *dp, *view)]) <--
        serves_view(dp, view),
        read_heavy(view);
    holds!(*dp, WriteHeavy, "A-78", [fact!(guards, *dp, *object)]) <--
        guards(dp, object),
        balance(Source::Object(*object), Balance::Writes);

    // S6.3-Q4-r2, S6.3-Q4-r3. The shape the author states; otherwise what the view computes shows it.
    relation stated(View);
    stated(view) <-- shape(view, _);
    relation other_shape(View, &'static str);
    other_shape(view, "shape") <-- shape(view, Shape::Different);
    other_shape(view, "computed") <-- computed(view, _), !stated(view);
    other_shape(view, "grouped") <-- grouped(view, _), !stated(view);
    other_shape(view, "top") <-- top(view, _), !stated(view);
    other_shape(view, "window") <-- window(view, _), !stated(view);
    holds!(*dp, OtherShape, "S6.3-Q4-r2", [fact!(serves_view, *dp, *view), crate::proof::Fact::new(shown, &[(*view).term()])]) <--
        serves_view(dp, view),
        other_shape(view, shown);
    relation joins(View);
    joins(view) <-- shape(view, Shape::JoinHeavy);
    joins(view) <-- upstream(view, one), upstream(view, other), if one != other, !stated(view);
    holds!(*dp, JoinHeavy, "S6.3-Q4-r3", [fact!(serves_view, *dp, *view)]) <--
        serves_view(dp, view),
        joins(view);

    // S4-T5i. No staleness is synchronous; any other, and one not stated yet, is not.
    relation immediate(View);
    immediate(view) <-- staleness(view, bound), if *bound.amount.numer() == 0;
    holds!(*dp, ZeroStaleness, "S4-T5i", [fact!(staleness, *view, *bound)]) <--
        serves_view(dp, view),
        immediate(view),
        staleness(view, bound);
    holds!(*dp, SomeStaleness, "S4-T5i", [fact!(serves_view, *dp, *view)]) <--
        serves_view(dp, view),
        !immediate(view);
    // What is worth a copy.
    relation copied(View, &'static str);
    copied(view, "other shape") <-- other_shape(view, _);
    copied(view, "by place") <-- query_reads(query, source), if let Source::View(view) = source, query_radius(query, _, _);
    copied(view, "by place") <-- grouped(view, place), spatial(_, place);
    copied(view, "joined") <-- joins(view), read_heavy(view);
    copied(view, "read far more") <-- read_heavy(view), !immediate(view);
    holds!(*dp, Copies, "A-26", [fact!(serves_view, *dp, *view)]) <--
        serves_view(dp, view),
        copied(view, _);

    // A cache that only expires is enough if its bound allows.
    holds!(*dp, TtlSuffices, "A-27", [fact!(staleness, *view, *bound)]) <--
        serves_view(dp, view),
        ttl_suffices(view),
        staleness(view, bound);

    // S6.3-Q4-r5, S6.3-Q4-r6, S6.3-Q4-r7. What queries ask of a view, or of an object.
    query_property(query, FansOut) <-- query_fans_out(query);
    query_property(query, Spatial) <-- query_radius(query, _, _);
    query_property(query, RecentOnly) <-- query_window(query, _);
    holds!(*dp, *property, "S6.3-Q4-r5", [fact!(query_reads, *query, *view)]) <--
        serves_view(dp, view),
        query_reads(query, Source::View(*view)),
        query_property(query, property),
        if *property != ServesReads;
    // S6.3-Q3-r5, S1-r6: so is the index that a query around a place looks its answer up in.
    holds!(*dp, Spatial, "S6.3-Q3-r5", [fact!(dp, *dp, DpKind::Projection.word(), *of)]) <--
        dp(dp, DpKind::Projection, of),
        if let Entity::Query(query) = of,
        query_radius(query, _, _);
    holds!(*dp, Spatial, "S6.3-Q3-r5", [fact!(grouped, *view, *place)]) <--
        serves_view(dp, view),
        grouped(view, place),
        spatial(_, place);
    holds!(*dp, Decays, "S6.3-Q4-r7", [fact!(decays, *view, *half_life)]) <--
        serves_view(dp, view),
        decays(view, half_life);
    holds!(*dp, Windowed, "S6.3-Q3-r6", [fact!(window, *view, *length)]) <--
        serves_view(dp, view),
        window(view, length);
    holds!(*dp, Windowed, "S6.3-Q3-r6", [fact!(windowed, *object, *length)]) <--
        guards(dp, object),
        windowed(object, length);

    // S6.3-Q5. How tightly the maker of a change and those who hear of it are coupled.
    holds!(*dp, RowChange, "S6.3-Q5-r4", [fact!(dp, *dp, kind.word(), *of)]) <--
        dp(dp, kind, of),
        if matches!(kind, DpKind::Path | DpKind::Projection);
    relation event_of(Dp, Event);
    event_of(dp, event) <-- dp(dp, DpKind::Delivery, of), if let Entity::Event(event) = of;
    event_of(dp, event) <-- dp(dp, DpKind::Delivery, of), if let Entity::Operation(operation) = of, announces(operation, event);
    holds!(*dp, Delivers, "S6.3-Q5-r3", [fact!(dp, *dp, DpKind::Delivery.word(), *of)]),
    holds!(*dp, ApplicationEvent, "S6.3-Q5-r3", [fact!(dp, *dp, DpKind::Delivery.word(), *of)]) <--
        dp(dp, DpKind::Delivery, of);
    holds!(*dp, Atomically, "S6.3-Q5-r1", [fact!(coupling, *event, Coupling::Atomically.word())]) <--
        event_of(dp, event),
        coupling(event, Coupling::Atomically);
    holds!(*dp, BestEffort, "S6.3-Q5-r2", [fact!(coupling, *event, Coupling::BestEffort.word())]) <--
        event_of(dp, event),
        coupling(event, Coupling::BestEffort);
    holds!(*dp, OfflineAudience, "S6.3-Q5-r7", [fact!(coupling, *event, Coupling::EvenIfOffline.word())]) <--
        event_of(dp, event),
        coupling(event, Coupling::EvenIfOffline);
    holds!(*dp, OfflineAudience, "S6.3-Q5-r7", [fact!(audience, *event, *actor), fact!(actor_fault, *actor, ActorFault::Offline.word())]) <--
        event_of(dp, event),
        audience(event, actor),
        actor_fault(actor, ActorFault::Offline);
    holds!(*dp, PushesToFew, "S6.3-Q5-r5", [fact!(announces, *event)]) <--
        event_of(dp, event),
        fan_out(event, FanOut::OnWrite);
    holds!(*dp, PullsForMany, "S6.3-Q5-r6", [fact!(announces, *event)]) <--
        event_of(dp, event),
        fan_out(event, FanOut::OnRead);
}

/// Runs the program.
pub fn derive(facts: &Facts, parameters: &Parameters) -> Reads {
    let mut program = Reads {
        upstream: facts.upstream.clone(),
        actor_fault: facts.actor_fault.clone(),
        computed: facts.computed.iter().map(|(view, function, _)| (*view, *function)).collect(),
        grouped: facts.grouped.clone(),
        top: facts.top.clone(),
        window: facts.window.clone(),
        windowed: facts.windowed.clone(),
        decays: facts.decays.clone(),
        staleness: staleness(facts),
        shape: facts.shape.clone(),
        spatial: facts.spatial.clone(),
        query_reads: facts.query_reads.clone(),
        query_radius: facts.query_radius.clone(),
        query_window: facts.query_window.clone(),
        query_fans_out: facts.query_fans_out.clone(),
        announces: facts.announces.clone(),
        audience: facts.audience.clone(),
        coupling: facts.coupling.clone(),
        dp: parameters.dp.clone(),
        guards: parameters.guards.clone(),
        serves_view: parameters.serves_view.clone(),
        balance: thresholds::balances(facts),
        ttl_suffices: thresholds::ttl_suffices(facts),
        fan_out: thresholds::fan_out(facts),
        ..Reads::default()
    };
    program.run();
    program
}

/// The bound of each view: as declared with it, and as an invariant states it.
fn staleness(facts: &Facts) -> Vec<(View, Quantity)> {
    let stated = facts.statement.iter().filter_map(|(_, statement)| match statement {
        Statement::Within(view, bound) => Some((*view, *bound)),
        _ => None,
    });
    let mut bounds: Vec<(View, Quantity)> = facts.staleness.iter().copied().chain(stated).collect();
    bounds.sort();
    bounds.dedup();
    bounds
}
