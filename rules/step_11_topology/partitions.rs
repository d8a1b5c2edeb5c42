//! By which key what is spread: the scope of the correctness invariant, never convenience (S11-d6, AP-11).

use crate::fact::*;
use crate::groups::Groups;
use crate::log::Log;
use crate::proof::{Fact, Premises, RuleId, premises};
use crate::step_09_schema::partition::decided;
use crate::{Design, fact};
use std::collections::BTreeSet;

/// The key of every object, view and indexed query, and why.
pub fn derive(design: &Design, because: &mut Log) -> Vec<(Entity, Field, RuleId)> {
    let mut spread = vec![];
    let mut add = |what: Entity, fields: &[Field], rule: RuleId, grounds: &[Fact]| {
        for field in fields {
            spread.push((what, *field, rule));
            because.push((fact!(spread, what, *field), rule, premises(grounds)));
        }
    };
    let keys = Keys::new(design);
    for object in (0..design.facts.names.objects.len() as u32).map(Object) {
        if let Some((fields, rule, grounds)) = keys.of(object) {
            add(object.into(), &fields, rule, &grounds);
        }
    }
    for view in (0..design.facts.names.views.len() as u32).map(View) {
        let fields: Vec<Field> =
            design.facts.grouped.iter().filter(|(other, _)| *other == view).map(|(_, field)| *field).collect();
        let windowed = design.facts.window.iter().any(|(other, _)| *other == view);
        let grounds: Vec<Fact> = fields.iter().map(|field| fact!(grouped, view, *field)).take(4).collect();
        add(view.into(), &fields, if windowed { "S11-r7" } else { "S11-d6" }, &grounds);
        if fields.is_empty() {
            // A copy in the shape of its source is found by the key of its source.
            let source = design
                .facts
                .upstream
                .iter()
                .find(|(other, source)| *other == view && matches!(source, Source::Object(_)));
            if let Some((_, Source::Object(object))) = source {
                let of = keys.of(*object).map(|(fields, ..)| fields).unwrap_or_default();
                add(view.into(), &of, "S11-d6", &[fact!(upstream, view, *object)]);
            }
        }
    }
    for (query, field, _) in &design.facts.query_radius {
        add((*query).into(), &[*field], "S11-r6", &[fact!(query_radius, *query, *field)]);
    }
    spread.sort_unstable();
    spread.dedup();
    spread
}

type Key = (Vec<Field>, RuleId, Vec<Fact>);

/// What the key of an object is taken from, at hand by object.
struct Keys<'d> {
    design: &'d Design,
    placed: Groups<Object, (Field, RuleId, Premises)>,
    ordered_within: Groups<Object, Field>,
    folding: Groups<Object, View>,
    grouped: Groups<View, Field>,
}

impl<'d> Keys<'d> {
    fn new(design: &'d Design) -> Keys<'d> {
        let facts = &design.facts;
        let folded: BTreeSet<View> = design.technology.folded.iter().map(|(_, view)| *view).collect();
        let upstream = facts.upstream.iter().filter(|(view, _)| folded.contains(view));
        let folding = upstream.filter_map(|(view, source)| match source {
            Source::Object(object) => Some((*object, *view)),
            Source::View(_) => None,
        });
        let placed = design.schema.spread.iter();
        Keys {
            design,
            placed: Groups::new(
                placed.map(|(object, field, rule, grounds)| (*object, (*field, *rule, grounds.clone()))),
            ),
            ordered_within: Groups::new(facts.ordered_within.iter().copied()),
            folding: Groups::new(folding),
            grouped: Groups::new(facts.grouped.iter().copied()),
        }
    }

    /// The key of an object: a stream's is the one it is folded by, unless the author decides otherwise; a record lies where
    /// Step 9 places it, and nowhere else.
    fn of(&self, object: Object) -> Option<Key> {
        if decided(self.design, object).is_some() {
            return self.placed(object);
        }
        self.pair(object).or_else(|| self.folded_by(object)).or_else(|| self.placed(object))
    }

    /// Two fields in one order, whichever of the two comes first in a request (S11-r5).
    fn pair(&self, object: Object) -> Option<Key> {
        let placed: BTreeSet<Field> = self.placed.get(object).iter().map(|(field, ..)| *field).collect();
        let mut pairs = self.design.facts.canonical_pair.iter();
        let (_, one, other) =
            pairs.find(|(of, one, other)| *of == object && placed.contains(one) && placed.contains(other))?;
        Some((vec![*one, *other], "S11-r5", vec![fact!(canonical_pair, object, *one, *other)]))
    }

    /// A stream is spread as it is folded: by the key of what is computed from it (S10-e5, S11-r2). Where several views fold it,
    /// by the one within whose key the stream is ordered, or else by the first by name.
    fn folded_by(&self, object: Object) -> Option<Key> {
        self.design.technology.streamed.binary_search(&(object,)).ok()?;
        let ordered = |field: &Field| self.ordered_within.get(object).contains(field);
        let view = self.folding.get(object).iter().copied().min_by_key(|view| {
            let fields = self.grouped.get(*view);
            let in_order = !fields.is_empty() && fields.iter().all(ordered);
            (!in_order, self.design.facts.name(*view))
        })?;
        let fields = self.grouped.get(view);
        let grounds: Vec<Fact> = fields.iter().map(|field| fact!(grouped, view, *field)).take(4).collect();
        (!fields.is_empty()).then(|| (fields.to_vec(), "S11-d6", grounds))
    }

    /// S11-d6, S9-d3: where the scope of its correctness invariants places it.
    fn placed(&self, object: Object) -> Option<Key> {
        let placed = self.placed.get(object);
        let (_, rule, grounds) = placed.first()?;
        let rule = if *rule == "S9-d3" { "S11-d6" } else { rule };
        Some((placed.iter().map(|(field, ..)| *field).collect(), rule, grounds.iter().copied().collect()))
    }
}
