//! The output artifact of this step: capability, shape, product and mode of everything that must be kept (S10-o1), why the
//! set of products is the smallest, and which invariants it enforces.

use super::inputs::entities;
use super::market::{Market, Offered};
use super::placing::{Group, at_hand, groups};
use super::{Capability, Landscape};
use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::table::Profile;
use crate::vocabulary::{Preference, Vocabulary};
use crate::{Design, fact};
use std::collections::{BTreeMap, BTreeSet};

/// The step's tables: S10-o1, CK-10a, CK-10b.
pub fn tables(design: &Design) -> Vec<Table> {
    let market = Market::new(&design.facts);
    vec![landscape(design, &market), products(design, &market), choices(design, &market)]
}

/// S10-o1: a row for every parameter, and for what is kept without one.
fn landscape(design: &Design, market: &Market) -> Table {
    let step = &design.technology;
    let parameters = design.parameters.dp.iter().map(|(dp, ..)| Entity::from(*dp));
    let others = step.product.iter().map(|(what, _)| *what).chain(step.unmet.iter().map(|(what, _)| *what));
    let others: BTreeSet<Entity> = others.filter(|what| !matches!(what, Entity::Dp(_) | Entity::Table(_))).collect();
    let rows = parameters.chain(others).map(|what| row(design, market, what));
    Table {
        title: "Technology landscape",
        columns: vec![
            "Design parameter",
            "Required capability",
            "Technology shape",
            "Specific product",
            "Consistency mode",
        ],
        rows: rows.collect(),
        empty: "nothing has to be kept",
    }
}

fn row(design: &Design, market: &Market, what: Entity) -> Vec<Cell> {
    let step = &design.technology;
    let needs: Vec<Capability> = step.needs_of(what).map(|(capability, _)| capability).collect();
    let cells = needs.iter().map(|capability| Cell::Derived(fact!(needs, what, *capability), capability.word().into()));
    let shapes = step.shape.iter().filter(|(other, ..)| *other == what);
    let shapes = shapes.map(|(_, shape, _)| Cell::Derived(fact!(shape, what, *shape), shape.word().into()));
    let kept = step.product_of(what);
    let mut products: Vec<Cell> = kept.map(|technology| product(design, what, technology)).into_iter().collect();
    let archived = step.archived.iter().filter(|(object, _)| what == (*object).into());
    products.extend(archived.map(|(object, technology)| {
        Cell::Derived(fact!(archived, *object, *technology), format!("{}, as archive", design.name(*technology)))
    }));
    let modes =
        kept.and_then(|technology| market.of(technology)).map(|offered| modes(offered, &needs)).unwrap_or_default();
    vec![
        Cell::Entity(what, design.name(what)),
        Cell::list(cells.collect()),
        Cell::list(shapes.collect()),
        Cell::list(products),
        Cell::list(modes),
    ]
}

fn product(design: &Design, what: Entity, technology: Technology) -> Cell {
    Cell::Derived(fact!(product, what, technology), design.name(technology))
}

/// S10-d4: the modes in which a product gives what is needed, each once.
fn modes(offered: &Offered, needs: &[Capability]) -> Vec<Cell> {
    let mut seen = BTreeSet::new();
    let said = needs.iter().filter_map(|capability| offered.mode(*capability)).map(|(mode, _)| mode);
    let modes: Vec<Cell> = said.filter(|mode| seen.insert(*mode)).map(Cell::text).collect();
    if modes.is_empty() && !needs.is_empty() { vec![Cell::text("as the spec declares")] } else { modes }
}

/// The products taken: what for, which claims that rests on, and which invariants are enforced there (CK-10b).
fn products(design: &Design, market: &Market) -> Table {
    let step = &design.technology;
    let mut kept: BTreeMap<Technology, BTreeSet<Entity>> = BTreeMap::new();
    let placed = step.product.iter().copied().filter(|(what, _)| !matches!(what, Entity::Table(_)));
    let archived = step.archived.iter().map(|(object, technology)| (Entity::from(*object), *technology));
    for (what, technology) in placed.chain(archived) {
        kept.entry(technology).or_default().insert(what);
    }
    let rows = kept.into_iter().filter_map(|(technology, things)| {
        let offered = market.of(technology)?;
        let needs = things.iter().flat_map(|what| step.needs_of(*what).map(|(capability, _)| capability));
        let needs = Profile::of(needs);
        let used = Capability::ALL.iter().copied().filter(|capability| needs.has(*capability));
        let claims =
            used.filter_map(|capability| Some(Cell::text(format!("{capability}: {}", offered.mode(capability)?.1))));
        let secured = step.secures.iter().filter(|(other, _)| *other == technology).map(|(_, invariant)| *invariant);
        let secured =
            secured.map(|invariant| Cell::Derived(fact!(secures, technology, invariant), design.name(invariant)));
        let preference = offered.preference.filter(|it| *it != Preference::Allowed).map(|it| format!(", {it}"));
        let version = offered.product.map_or("declared".to_owned(), |product| product.version.to_owned());
        Some(vec![
            Cell::Entity(technology.into(), offered.name.clone()),
            Cell::text(version + &preference.unwrap_or_default()),
            entities(design, things.iter()),
            Cell::list(claims.collect()),
            Cell::list(secured.collect()),
        ])
    });
    Table {
        title: "Products",
        columns: vec!["Product", "Version", "Keeps", "Claim: section of its documentation", "Enforces"],
        rows: rows.collect(),
        empty: "no product is needed",
    }
}

/// Why this product: what is kept together, what would do as well, and what the others of its shape lack.
fn choices(design: &Design, market: &Market) -> Table {
    let step = &design.technology;
    let rows = groups(step).into_iter().map(|group| {
        let chosen = group.members.first().and_then(|what| step.product_of(*what));
        let what = group.members.first().copied();
        let also = step.also.iter().filter(|(other, _)| Some(*other) == what);
        let also =
            also.map(|(what, technology)| Cell::Derived(fact!(also, *what, *technology), design.name(*technology)));
        let ties = ties(design, step, &group);
        vec![
            entities(design, group.members.iter()),
            Cell::list(ties),
            chosen.zip(what).map_or(Cell::text("none"), |(technology, what)| product(design, what, technology)),
            Cell::list(also.collect()),
            Cell::list(ruled_out(design, market, &group)),
        ]
    });
    Table {
        title: "Choices",
        columns: vec!["Kept together", "Because", "Product", "Would do as well", "Ruled out"],
        rows: rows.collect(),
        empty: "nothing has to be kept",
    }
}

/// What ties the members of a group, each pair once.
fn ties(design: &Design, step: &Landscape, group: &Group) -> Vec<Cell> {
    let inside = |what: &Entity| group.members.binary_search(what).is_ok();
    let ties = step.together.iter().filter(|(one, other, _)| inside(one) && inside(other));
    let cells = ties.map(|(one, other, rule)| {
        let text = format!("{} with {} ({rule})", design.name(*one), design.name(*other));
        Cell::Derived(fact!(together, *one, *other), text)
    });
    cells.collect()
}

/// Products that give the first thing that is needed, and what is wrong with each of the others.
fn ruled_out(design: &Design, market: &Market, group: &Group) -> Vec<Cell> {
    let at_hand = at_hand(design, group) && market.allowed().any(|it| it.is_in_memory() && it.gives(group.needs));
    let Some(first) = Capability::ALL.iter().copied().find(|capability| group.needs.has(*capability)) else {
        return vec![];
    };
    let partly = market.products.iter().filter(|offered| offered.capabilities.has(first));
    // Whoever lacks more than two has not been a candidate.
    let cells = partly.filter_map(|offered| {
        let lacks = offered.lacks(group.needs);
        let lacks: Vec<&str> = lacks.iter().map(|capability| capability.word()).collect();
        match (lacks.as_slice(), offered.apart(group.needs), offered.preference) {
            (_, _, Some(Preference::Forbidden)) => Some(format!("{}: forbidden", offered.name)),
            ([], Some(apart), _) => {
                Some(format!("{}: {} and {} not together, {}", offered.name, apart.one, apart.other, apart.why))
            }
            ([], None, _) if at_hand && !offered.is_in_memory() => {
                Some(format!("{}: keeps on disk what may be lost (A-55)", offered.name))
            }
            ([one], ..) => Some(format!("{}: no {one}", offered.name)),
            ([one, other], ..) => Some(format!("{}: no {one}, no {other}", offered.name)),
            _ => None,
        }
    });
    cells.map(Cell::text).collect()
}
