//! Which columns each table has, and what they are for. Everything here is read off the facts; the keys follow in the program.

mod memory;
mod view;

use super::decision::{self, Grounds};
use super::partition::{self, Spread};
use super::{Schema, TableClass};
use crate::Design;
use crate::expression::{Action, Expr};
use crate::fact::*;
use crate::groups::Groups;
use crate::proof::RuleId;
use crate::quantity::Quantity;
use crate::step_04_invariants::scope;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_08_algorithms::upkeep;
use crate::vocabulary::Primitive;
use std::collections::{BTreeMap, BTreeSet};

/// What a column is for in its table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Part {
    /// Part of the primary key.
    Identity,
    /// Part of the partition key.
    Place,
    /// Part of the unique key of that number.
    Dedup(u8),
    /// Part of the ordering key.
    Order,
    /// Looked up by what clears the table or picks up what was left.
    Sweep,
}

/// A table before it has an id.
pub struct Sketch {
    /// What it is.
    pub class: TableClass,
    /// What it is for.
    pub of: Entity,
    /// What it is called.
    pub name: String,
    /// How long rows stay.
    pub kept: Option<Quantity>,
    /// In their order.
    pub columns: Vec<Drawn>,
}

/// A column before it has an id.
#[derive(Clone)]
pub struct Drawn {
    /// What it is called.
    pub name: String,
    /// What it holds.
    pub kind: Type,
    /// The declared field it holds.
    pub stores: Option<Field>,
    /// Whether it may be empty.
    pub nullable: bool,
    /// Why it is there.
    pub rule: RuleId,
    /// What it is for, and why.
    pub parts: Vec<(Part, RuleId)>,
}

/// The declarations that tables are made of, by what they are about.
pub struct Layout<'d> {
    design: &'d Design,
    /// For each field, the key it stands for.
    pub canonical: Vec<Field>,
    fields: BTreeMap<Object, Vec<(Field, Type)>>,
    keys: BTreeMap<Object, Vec<Field>>,
    guarded: BTreeSet<(Object, Mechanism)>,
    effects: Groups<Operation, (Object, &'d Action)>,
    creations: Groups<Object, &'d [(Field, Expr)]>,
    unique_per: Groups<Object, BTreeSet<Field>>,
    pairs: Groups<Object, (Field, Field)>,
    filled: Groups<Object, (Operation, Field)>,
    counted: BTreeSet<(Object,)>,
    accumulated: BTreeSet<Field>,
    /// Fields of which other records take over what was there before a change.
    passed_on: BTreeSet<Field>,
    changed: BTreeSet<Object>,
    copied: BTreeSet<Object>,
    initial: BTreeSet<Field>,
    revised: BTreeSet<View>,
    places: Groups<Object, Field>,
    grouped: Groups<View, Field>,
    origin: Vec<Option<Source>>,
    grounds: BTreeMap<Operation, Grounds>,
    /// By what the records of each object are spread, and why.
    pub spread: Vec<Spread>,
}

impl<'d> Layout<'d> {
    /// Sorts the declarations.
    pub fn new(design: &'d Design) -> Layout<'d> {
        let facts = &design.facts;
        let mut fields: BTreeMap<Object, Vec<(Field, Type)>> = BTreeMap::new();
        for (field, object, kind) in &facts.field {
            fields.entry(*object).or_default().push((*field, *kind));
        }
        let mut keys: BTreeMap<Object, Vec<Field>> = BTreeMap::new();
        for (object, field) in &facts.key {
            keys.entry(*object).or_default().push(*field);
        }
        let canonical = scope::canonical(facts);
        let spread = partition::spread(design, &canonical);
        let creations = facts.effect.iter().filter_map(|(_, _, object, _, action)| match action {
            Action::Create(values) => Some((*object, values.as_slice())),
            _ => None,
        });
        let unique_per = facts.statement.iter().filter_map(|(_, statement)| match statement {
            Statement::UniquePer(object, fields) => Some((*object, fields.iter().copied().collect())),
            _ => None,
        });
        let copied = facts.upstream.iter().filter_map(|(_, source)| match source {
            Source::Object(object) => Some(*object),
            Source::View(_) => None,
        });
        let filled = design.invariants.filled.iter();
        Layout {
            design,
            canonical,
            fields,
            keys,
            guarded: guarded(design),
            grounds: decision::grounds(facts),
            effects: Groups::new(facts.effect.iter().map(|(_, of, object, _, action)| (*of, (*object, action)))),
            creations: Groups::new(creations),
            unique_per: Groups::new(unique_per),
            pairs: Groups::new(facts.canonical_pair.iter().map(|(object, one, other)| (*object, (*one, *other)))),
            filled: Groups::new(filled.map(|(operation, object, field)| (*object, (*operation, *field)))),
            counted: super::needed::counted(facts).into_iter().collect(),
            accumulated: super::needed::accumulated(facts),
            passed_on: passed_on(design),
            changed: design.evidence.changes.iter().map(|(_, object)| *object).collect(),
            copied: copied.collect(),
            revised: upkeep::revised(design),
            initial: facts.initial.iter().map(|(field, _)| *field).collect(),
            places: Groups::new(spread.iter().map(|(object, field, ..)| (*object, *field))),
            grouped: Groups::new(facts.grouped.iter().copied()),
            origin: view::origins(facts),
            spread,
        }
    }

    /// The table of that class for a thing.
    pub fn sketch(&self, class: TableClass, of: Entity) -> Sketch {
        let name = self.design.name(of);
        let (columns, kept) = match (class, of) {
            (TableClass::Truth, Entity::Object(object)) => (self.truth(object), self.retention(object)),
            (TableClass::Projection | TableClass::Aggregate, Entity::View(view)) => (self.view(view), None),
            (TableClass::Outcomes, Entity::Operation(operation)) => {
                (self.outcomes(operation), first(&self.design.facts.remembered, operation))
            }
            // As long as the request may come again; a key that is kept for good keeps its saga.
            (TableClass::SagaLog, Entity::Operation(operation)) => {
                (self.saga(operation), first(&self.design.facts.remembered, operation))
            }
            (TableClass::Outbox, of) => (self.outbox(of), Some(memory::settled())),
            (TableClass::Requests, Entity::Operation(operation)) => (self.requests(operation), Some(memory::settled())),
            (TableClass::Marks, of) => self.marks(of),
            (TableClass::Epochs, of) => (self.epochs(of), None),
            (TableClass::Sequences, Entity::Object(object)) => (self.sequence(object), None),
            (TableClass::Inbox, _) => (memory::inbox(), Some(memory::settled())),
            (TableClass::Permissions, _) => (memory::permissions(), None),
            // No other pairs are needed (`needed`).
            _ => (vec![], None),
        };
        Sketch { class, of, name: name_of(class, name), kept, columns: told_apart(columns) }
    }

    /// The object whose row decides an operation, and the fields that place what commits with it: first by what it is spread,
    /// then its key. Of several objects the one that is changed decides, then the one whose machine moves, then the first one created.
    pub fn place(&self, operation: Operation) -> Option<(Object, Vec<Field>)> {
        let facts = &self.design.facts;
        let effects = self.effects.get(operation);
        let changed = effects.iter().find(|(_, action)| !matches!(action, Action::Create(_)));
        let changed = changed.map(|(object, _)| *object);
        let mut moved = facts.triggers.iter().filter(|(of, _)| *of == operation);
        let moved = moved.find_map(|(_, taken)| facts.transition.iter().find(|(transition, ..)| transition == taken));
        if let Some(object) = changed.or(moved.map(|(_, object, ..)| *object)) {
            let mut fields = self.spread_of(object);
            let key = self.key(object).iter().copied();
            key.for_each(|field| {
                if !fields.contains(&field) {
                    fields.push(field)
                }
            });
            return Some((object, fields));
        }
        let (created, _) = *effects.first()?;
        Some((created, self.spread_of(created)))
    }

    /// The fields by which records of the object are spread.
    pub fn spread_of(&self, object: Object) -> Vec<Field> {
        self.places.get(object).to_vec()
    }

    /// The fields that identify an instance.
    pub fn key(&self, object: Object) -> &[Field] {
        self.keys.get(&object).map_or(&[], Vec::as_slice)
    }

    /// The field of an object that is, or stands for, another field.
    pub fn own(&self, object: Object, field: Field) -> Option<Field> {
        let fields = || self.fields.get(&object).into_iter().flatten().map(|(own, _)| *own);
        let same = |own: Field| self.canonical[own.index()] == self.canonical[field.index()];
        fields().find(|own| *own == field).or_else(|| fields().find(|own| same(*own)))
    }

    /// Columns whose value is the key of a row of another object's table.
    pub fn references(&self, schema: &Schema) -> Vec<(Column, Table)> {
        let facts = &self.design.facts;
        let truths: BTreeMap<Object, Table> = schema
            .table
            .iter()
            .filter_map(|(table, class, of)| match of {
                Entity::Object(object) if *class == TableClass::Truth => Some((*object, *table)),
                _ => None,
            })
            .collect();
        let mut found = vec![];
        for (column, field) in &schema.stores {
            let (_, table, kind) = schema.column[column.index()];
            let own = facts.object_of(*field);
            if truths.get(&own) != Some(&table) {
                continue;
            }
            let meant = match kind {
                Type::Object(object) => object,
                _ => facts.object_of(self.canonical[field.index()]),
            };
            if meant != own {
                found.extend(truths.get(&meant).map(|other| (*column, *other)));
            }
        }
        found
    }

    fn retention(&self, object: Object) -> Option<Quantity> {
        first(&self.design.facts.retention, object)
    }

    // ── the truth ──

    fn truth(&self, object: Object) -> Vec<Drawn> {
        let mut columns: Vec<Drawn> = self.identity(object);
        let fields = self.fields.get(&object).into_iter().flatten();
        columns.extend(fields.map(|(field, kind)| {
            let column = Drawn { nullable: self.may_be_empty(object, *field), ..self.copy(*field, *kind) };
            if !self.pair(object).contains(field) {
                return column;
            }
            Drawn { nullable: false, ..column.part(Part::Identity, "S9-p1").part(Part::Place, "S9-d3") }
        }));
        for (number, fields) in self.uniques(object).into_iter().enumerate() {
            let part = Part::Dedup(number as u8);
            let within = columns.iter_mut().filter(|column| column.stores.is_some_and(|field| fields.contains(&field)));
            within.for_each(|column| column.parts.push((part, "S9-d4")));
        }
        columns.extend(self.machinery(object));
        columns
    }

    /// The pair that stands for a key, where no key is declared.
    fn pair(&self, object: Object) -> Vec<Field> {
        let pairs = self.pairs.get(object).iter().filter(|_| self.key(object).is_empty());
        pairs.flat_map(|(one, other)| [*one, *other]).collect()
    }

    /// An object without a declared key is identified by its content, its pair, or a number that means nothing else.
    fn identity(&self, object: Object) -> Vec<Drawn> {
        let facts = &self.design.facts;
        if !self.key(object).is_empty() || !self.pairs.get(object).is_empty() {
            return vec![];
        }
        let hashed = facts.content_addressed.iter().any(|(other, _)| *other == object);
        let (name, kind) = if hashed { ("content_hash", Primitive::Hash) } else { ("record_id", Primitive::Uuid) };
        vec![drawn(name, kind, "S9-p1").part(Part::Identity, "S9-p1").part(Part::Place, "S9-d3")]
    }

    /// What the mechanisms of step 6 keep in the row itself.
    fn machinery(&self, object: Object) -> Vec<Drawn> {
        let mut columns = vec![];
        let compared = [Mechanism::CasOnVersion, Mechanism::CasOnStateAndVersion, Mechanism::VersionVector];
        if compared.iter().any(|mechanism| self.guarded.contains(&(object, *mechanism))) {
            columns.push(drawn("version", Primitive::Integer, "S9-e1"));
        } else if self.changed.contains(&object) && self.copied.contains(&object) {
            // A copy must know which of two changes is the later one.
            columns.push(drawn("version", Primitive::Integer, "S6.4-r4"));
        }
        if self.guarded.contains(&(object, Mechanism::Lease)) {
            // the time limit is a field of the record, not the life of a key; A-47: the fence at the time of the claim.
            columns.push(drawn("claim_id", Primitive::Integer, "A-47").null());
            columns.push(drawn("claim_expires_at", Primitive::Timestamp, "A-46").null().part(Part::Sweep, "A-46"));
        }
        if self.guarded.contains(&(object, Mechanism::HolderIdentity)) {
            columns.push(drawn("holder", Primitive::Id, "A-48").null());
        }
        if !self.is_dated(object) {
            columns.push(drawn("created_at", Primitive::Timestamp, "S9-e1"));
        }
        columns
    }

    /// The fields that are unique together, besides the key.
    fn uniques(&self, object: Object) -> Vec<BTreeSet<Field>> {
        let facts = &self.design.facts;
        let key: BTreeSet<Field> = self.key(object).iter().copied().chain(self.pair(object)).collect();
        let stated = self.unique_per.get(object).iter().cloned();
        let pairs = self.pairs.get(object).iter().map(|(one, other)| BTreeSet::from([*one, *other]));
        // the request's identity in the record stops duplicates that the outcome answers.
        let mut filled: BTreeMap<Operation, BTreeSet<Field>> = BTreeMap::new();
        for (operation, field) in self.filled.get(object) {
            filled.entry(*operation).or_default().insert(*field);
        }
        let whole = |operation: &Operation| facts.once_per.iter().filter(|(of, _)| of == operation).count();
        let filled =
            filled.into_iter().filter(|(operation, fields)| fields.len() == whole(operation)).map(|(_, fields)| fields);
        // S4-T2i: a position is given away once within its scope.
        let numbered = facts.ordered_by.iter().filter(|(of, field)| *of == object && self.is_drawn(object, *field));
        let positions = numbered.map(|(_, field)| {
            let within = facts.ordered_within.iter().filter(|(of, _)| *of == object).map(|(_, field)| *field);
            within.chain([*field]).collect()
        });
        let all: BTreeSet<BTreeSet<Field>> = stated.chain(pairs).chain(filled).chain(positions).collect();
        all.into_iter().filter(|fields| !fields.is_empty() && (key.is_empty() || !key.is_subset(fields))).collect()
    }

    /// A field that nothing fills in when the record is made may be empty until something does.
    fn may_be_empty(&self, object: Object, field: Field) -> bool {
        let facts = &self.design.facts;
        let kind = facts.field[field.index()].2;
        if self.key(object).contains(&field) || kind == Type::Primitive(Primitive::Status) {
            return false;
        }
        if self.initial.contains(&field) || self.accumulated.contains(&field) || self.is_counted(object, field) {
            return false;
        }
        let made = self.creations.get(object);
        made.is_empty() || made.iter().any(|values| !values.iter().any(|(other, _)| *other == field))
    }

    /// Its value is the next position of a sequence.
    fn is_counted(&self, object: Object, field: Field) -> bool {
        self.counted.contains(&(object,)) && self.design.facts.ordered_by.contains(&(object, field))
    }

    /// Its value is a position that a sequence hands out: one of the design's, or a number that every record takes over from another.
    fn is_drawn(&self, object: Object, field: Field) -> bool {
        let drawn = |values: &[(Field, Expr)]| {
            let mut value = values.iter().filter(|(of, _)| *of == field).map(|(_, value)| value);
            value.any(|value| value.fields().iter().any(|from| self.passed_on.contains(from)))
        };
        let made = self.creations.get(object);
        self.is_counted(object, field) || !made.is_empty() && made.iter().all(|values| drawn(values))
    }

    /// Some record of the time of its creation is part of the object.
    fn is_dated(&self, object: Object) -> bool {
        let dated = |values: &[(Field, Expr)]| values.iter().any(|(_, value)| *value == Expr::Now);
        self.creations.get(object).iter().any(|values| dated(values))
    }

    fn copy(&self, field: Field, kind: Type) -> Drawn {
        Drawn { stores: Some(field), kind, ..drawn(self.design.facts.name(field), Primitive::Json, "S9-p1") }
    }

    fn field(&self, field: Field) -> Drawn {
        self.copy(field, self.design.facts.field[field.index()].2)
    }
}

fn passed_on(design: &Design) -> BTreeSet<Field> {
    let effects = design.evidence.passes_on.iter().filter_map(|(effect, _)| design.facts.effect.get(effect.index()));
    effects.filter_map(|(.., field, _)| *field).collect()
}

/// Columns of one table: a name that is taken gets a number, counted on from the last of that name.
fn told_apart(mut columns: Vec<Drawn>) -> Vec<Drawn> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut last: BTreeMap<String, usize> = BTreeMap::new();
    for column in &mut columns {
        let name = column.name.clone();
        while !taken.insert(column.name.clone()) {
            let number = last.entry(name.clone()).or_insert(1);
            *number += 1;
            column.name = format!("{name}_{number}");
        }
    }
    columns
}

impl Drawn {
    fn null(self) -> Drawn {
        Drawn { nullable: true, ..self }
    }

    fn part(mut self, part: Part, rule: RuleId) -> Drawn {
        self.parts.push((part, rule));
        self
    }
}

fn drawn(name: &str, kind: Primitive, rule: RuleId) -> Drawn {
    Drawn { name: name.to_owned(), kind: Type::Primitive(kind), stores: None, nullable: false, rule, parts: vec![] }
}

fn name_of(class: TableClass, of: String) -> String {
    match class {
        TableClass::Truth | TableClass::Projection | TableClass::Aggregate => of,
        TableClass::Outcomes => format!("{of} outcomes"),
        TableClass::Outbox => format!("{of} outbox"),
        TableClass::Requests => format!("{of} requests"),
        TableClass::Marks => format!("{of} marks"),
        TableClass::SagaLog => format!("{of} saga log"),
        TableClass::Epochs => format!("{of} epochs"),
        TableClass::Sequences => format!("{of} positions"),
        TableClass::Inbox => format!("{of} inbox"),
        TableClass::Permissions => format!("{of} permissions"),
    }
}

fn guarded(design: &Design) -> BTreeSet<(Object, Mechanism)> {
    let mechanisms = &design.mechanisms;
    let selected = mechanisms.mechanism.iter().map(|(dp, mechanism, _)| (*dp, *mechanism));
    let uses: BTreeSet<(Dp, Mechanism)> =
        selected.chain(mechanisms.adds.iter().map(|(dp, mechanism, _)| (*dp, *mechanism))).collect();
    let guards = design.parameters.guards.iter();
    guards
        .flat_map(|(dp, object)| {
            let of_dp = uses.iter().filter(move |(other, _)| other == dp);
            of_dp.map(move |(_, mechanism)| (*object, *mechanism))
        })
        .collect()
}

fn first<T: PartialEq>(relation: &[(T, Quantity)], of: T) -> Option<Quantity> {
    relation.iter().find(|(other, _)| *other == of).map(|(_, quantity)| *quantity)
}
