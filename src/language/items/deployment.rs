//! Where things run, what can go wrong, how much there is of it, and what the author has decided.

use super::{Form, Item, form};
use crate::language::Lowering;
use crate::language::matching::Value;
use crate::language::spelling::spelling;
use crate::syntax::tree::Node;
use sysd_rules::fact::*;
use sysd_rules::load;
use sysd_rules::vocabulary::*;

#[rustfmt::skip]
pub const SERVICE: Item = Item {
    keyword: "service",
    gloss: "A service that owns objects, or an external one (Q1, step 11).",
    sketch: &["service <name:new> {", "    owns <what:source>", "}"],
    named: true,
    declare: |names, name| Entity::Service(names.services(name)),
    head: &[form("service <name:new> [ : <traits:service-trait,+> ] [ <title:text> ]", "Names the service and its traits.", traits)],
    clauses: SERVICE_CLAUSES,
};
const SERVICE_CLAUSES: &[Form] = &[
    form("owns <what:source,+>", "The objects and views that live in it.", |lower, it| {
        let Some(service) = it.id::<Service>() else { return };
        let what = lower.entities(it, "what");
        lower.facts.owns.extend(what.into_iter().map(|what| (service, what)));
    }),
    form("region <regions:region,+>", "The regions it runs in.", |lower, it| {
        let Some(service) = it.id::<Service>() else { return };
        let regions = lower.resolve_all::<Region>(it, "regions");
        lower.facts.placed.extend(regions.into_iter().map(|region| (service, region)));
    }),
    form("latency <percentile> <= <time>", "How fast it answers.", |lower, it| {
        let Some(service) = it.id::<Service>() else { return };
        let target = lower.percentile(it, "percentile").zip(lower.quantity(it, "time"));
        lower.facts.service_latency.extend(target.map(|(percentile, time)| (service, percentile, time)));
    })
    .several(),
    form("<traits:service-trait,+>", "What it can and cannot do.", traits),
];

fn traits(lower: &mut Lowering<'_>, it: &crate::language::Matched<'_>) {
    let Some(service) = it.id::<Service>() else { return };
    let traits = it.found.words("traits");
    lower.facts.service_trait.extend(traits.into_iter().map(|word| (service, word)));
}

#[rustfmt::skip]
pub const REGION: Item = Item {
    keyword: "region",
    gloss: "A geographic region.",
    sketch: &["region <name:new>"],
    named: true,
    declare: |names, name| Entity::Region(names.regions(name)),
    head: &[form("region <name:new> [ <title:text> ]", "Names the region.", |_, _| ())],
    clauses: &[],
};

#[rustfmt::skip]
pub const FAULT: Item = Item {
    keyword: "fault",
    gloss: "Something that can go wrong (Q2, step 14).",
    sketch: &["fault <fault>"],
    named: false,
    declare: |names, name| Entity::Fault(names.faults(name)),
    head: &[form("fault <fault> [ of <places:name,+> ] [ between <places:name,+> ]", "What can happen, and where; everywhere if no place is named.", |lower, it| {
        let (Some(fault), Some(kind)) = (it.id::<Fault>(), it.found.word("fault")) else { return };
        lower.facts.fault.push((fault, kind));
        let places = lower.entities(it, "places");
        lower.facts.fault_at.extend(places.into_iter().map(|place| (fault, place)));
    })],
    clauses: &[],
};

#[rustfmt::skip]
pub const LOAD: Item = Item {
    keyword: "load",
    gloss: "Figures of the load model: rates, sizes, growth (steps 13, 19).",
    sketch: &["load {", "    <what:own> : <figure:quantity>", "}"],
    named: false,
    declare: |names, name| Entity::Load(names.loads(name)),
    head: &[form("load", "Opens a list of figures.", |_, _| ())],
    clauses: &[form("<what:name> : <figure:quantity>", "One figure: of a declared thing, or under a name of its own.", |lower, it| {
        let (Some(term), Some(figure)) = (it.found.term("what"), lower.quantity(it, "figure")) else { return };
        let name = spelling(term);
        let of = lower.names.item(&name);
        lower.places.uses.extend(of.map(|entity| (lower.at(term.span), entity)));
        if of.is_none() && !load::names().any(|(known, _)| known == load::plain(&name)) {
            lower.unknown_load(&name, term.span);
        }
        let load = lower.facts.names.loads(Name { name, ..Name::default() });
        lower.facts.load.push((load, of, figure));
        let at = lower.at(it.clause.span);
        lower.places.member(load.into(), at, at);
    })],
};

#[rustfmt::skip]
pub const BUDGET: Item = Item {
    keyword: "budget",
    gloss: "An end-to-end latency and the hops it is spent on (S15-d4).",
    sketch: &["budget <what:name> <percentile> <= <time> {", "    <hop:own> : <time>", "}"],
    named: false,
    declare: |names, name| Entity::Budget(names.budgets(name)),
    head: &[form("budget <what:name> <percentile> <= <time>", "The path and its end-to-end target.", |lower, it| {
        let Some(budget) = it.id::<Budget>() else { return };
        let what = lower.entity(it, "what");
        let target = lower.percentile(it, "percentile").zip(lower.quantity(it, "time"));
        if let (Some(what), Some((percentile, time))) = (what, target) {
            lower.facts.budget.push((budget, what, percentile, time));
        }
    })],
    clauses: &[form("<hop:own> : <time>", "What one hop may take.", |lower, it| {
        let (Some(budget), Some(hop), Some(time)) = (it.id::<Budget>(), it.found.term("hop"), lower.quantity(it, "time")) else { return };
        let name = spelling(hop);
        lower.places.uses.extend(lower.names.item(&name).map(|entity| (lower.at(hop.span), entity)));
        lower.facts.hop.push((budget, name, time));
    })],
};

#[rustfmt::skip]
pub const PRICE: Item = Item {
    keyword: "price",
    gloss: "Unit prices (step 19).",
    sketch: &["price {", "    <what:own> : <amount:money>", "}"],
    named: false,
    declare: |names, name| Entity::Price(names.prices(name)),
    head: &[form("price", "Opens a list of prices.", |_, _| ())],
    clauses: &[form("<what:own> : <amount:money> [ per <unit:run> ]", "The price of one unit of a resource.", |lower, it| {
        let (Some(term), Some(amount)) = (it.found.term("what"), lower.quantity(it, "amount")) else { return };
        let name = spelling(term);
        let price = lower.facts.names.prices(Name { name, ..Name::default() });
        let unit = it.found.runs("unit").first().map(|run| lower.slice(run)).unwrap_or_default();
        lower.facts.price.push((price, unit, amount));
        let at = lower.at(it.clause.span);
        lower.places.member(price.into(), at, at);
    })],
};

#[rustfmt::skip]
pub const TECHNOLOGY: Item = Item {
    keyword: "technology",
    gloss: "A product the author owns, prefers, allows or forbids (step 10).",
    sketch: &["technology <name:new> : <preference>"],
    named: true,
    declare: |names, name| Entity::Technology(names.technologies(name)),
    head: &[form("technology <name:new> [ : <preference> ]", "Names the product and what the author thinks of it.", |lower, it| {
        let preference = it.found.word("preference").unwrap_or(Preference::Allowed);
        lower.facts.technology.extend(it.id::<Technology>().map(|technology| (technology, preference)));
    })],
    clauses: &[form("provides <capabilities:text,+>", "Capabilities it adds to the catalogue.", |lower, it| {
        let Some(technology) = it.id::<Technology>() else { return };
        for term in it.found.terms("capabilities") {
            if let Node::Text(text) = term.node {
                lower.facts.provides.push((technology, crate::language::unescape(text)));
            }
        }
    })],
};

#[rustfmt::skip]
pub const DECIDE: Item = Item {
    keyword: "decide",
    gloss: "An explicit choice with its reason; checked like everything else.",
    sketch: &["decide <topic> of <of:name> = <value:phrase> because <reason:text>"],
    named: false,
    declare: |names, name| Entity::Decision(names.decisions(name)),
    head: DECIDE_HEAD,
    clauses: &[],
};
const DECIDE_HEAD: &[Form] = &[
    form(
        "decide design parameter <named:text> [ enforces <invariants:invariant,+> ] [ because <reason:text> ]",
        "A design parameter the author names (step 5).",
        |lower, it| {
            let enforces = lower.resolve_all::<Invariant>(it, "invariants");
            let word = lower.text(it, "named").unwrap_or_default();
            let because = lower.text(it, "reason");
            let choice = Choice {
                topic: Topic::DesignParameter,
                of: None,
                entity: None,
                word,
                quantity: None,
                enforces,
                because,
            };
            lower.facts.decision.extend(it.id::<Decision>().map(|decision| (decision, choice)));
        },
    ),
    form(
        "decide value <number:text> of <of:name> = <value:expression> [ because <reason:text> ]",
        "The value of one of several operational parameters of a thing, by its name (step 16).",
        |lower, it| {
            let Some(decision) = it.id::<Decision>() else { return };
            let of = lower.entity(it, "of");
            let quantity = match it.found.term("value").map(|term| &term.node) {
                Some(Node::Quantity(quantity)) => quantity.as_deref().copied(),
                _ => None,
            };
            let word = lower.text(it, "number").unwrap_or_default();
            let because = lower.text(it, "reason");
            let topic = Topic::Value;
            let choice = Choice { topic, of, entity: None, word, quantity, enforces: vec![], because };
            lower.facts.decision.push((decision, choice));
            if let (Some(Value::Hole(_)), Some(of)) = (it.found.get("value"), of) {
                lower.facts.hole.push((of, topic.word()));
            }
        },
    ),
    form(
        "decide <topic> of <of:name> = <value:phrase> [ because <reason:text> ]",
        "What is decided, of what, and why.",
        |lower, it| {
            let (Some(decision), Some(topic)) = (it.id::<Decision>(), it.found.word("topic")) else { return };
            let of = lower.entity(it, "of");
            let phrase = it.found.runs("value").into_iter().next().unwrap_or_default();
            let value = it.found.term("value");
            let word = match (value.map(|term| &term.node), value) {
                (Some(Node::Text(text)), _) => crate::language::unescape(text),
                (_, Some(value)) => spelling(value),
                (_, None) => lower.slice(&phrase),
            };
            let quantity = match value.map(|term| &term.node) {
                Some(Node::Quantity(quantity)) => quantity.as_deref().copied(),
                _ => None,
            };
            let named = lower.names.item(&word);
            lower.places.uses.extend(named.zip(value).map(|(entity, value)| (lower.at(value.span), entity)));
            let entity = named.or_else(|| match (of, topic) {
                (Some(Entity::Object(object)), Topic::PartitionKey) => {
                    lower.field_in(value?, &[object]).map(Entity::Field)
                }
                _ => None,
            });
            let because = lower.text(it, "reason");
            lower
                .facts
                .decision
                .push((decision, Choice { topic, of, entity, word, quantity, enforces: vec![], because }));
            if let (Some(Value::Hole(_)), Some(of)) = (it.found.get("value"), of) {
                lower.facts.hole.push((of, topic.word()));
            }
        },
    ),
];
