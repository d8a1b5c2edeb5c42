//! What the algorithms are made of, at hand by what it is of, in the spec's own names.

use crate::expression::{Action, Expr};
use crate::fact::*;
use crate::groups::Groups;
use crate::quantity::Quantity;
use crate::step_04_invariants::permission::Permissions;
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_09_schema::TableClass;
use crate::step_10_technology::inputs::streamed;
use crate::vocabulary::*;
use crate::{Design, fact, proof};
use std::collections::{BTreeMap, BTreeSet};

/// The write paths of a design.
pub struct Paths<'d> {
    /// The design they are of.
    pub design: &'d Design,
    pub(super) guards: Groups<Operation, Guard>,
    pub(super) effects: Groups<Operation, (Effect, Object, &'d Action)>,
    pub(super) parameters: Groups<Operation, (Parameter, Type)>,
    /// Amounts that are refused below zero.
    pub(super) bounded: Groups<Operation, Parameter>,
    pub(super) reads: Groups<Operation, Field>,
    pub(super) changes: Groups<Operation, Object>,
    pub(super) creates: Groups<Operation, Object>,
    pub(super) takes: Groups<Operation, (State, State)>,
    pub(super) key: Groups<Object, Field>,
    /// What no two records of an object share, as invariants say.
    pub(super) unique: Groups<Object, &'d [Field]>,
    pub(super) once_per: Groups<Operation, Parameter>,
    pub(super) remembered: Groups<Operation, Quantity>,
    pub(super) announces: Groups<Operation, Event>,
    pub(super) delivery: Groups<Event, Mechanism>,
    pub(super) causes: Groups<Operation, Operation>,
    pub(super) calls: Groups<Operation, (Call, Service)>,
    pub(super) undo: BTreeMap<Call, &'d str>,
    pub(super) through: BTreeMap<Effect, Parameter>,
    pub(super) passing_on: BTreeSet<Effect>,
    pub(super) holds: Groups<Operation, Object>,
    pub(super) hold_time: Groups<Operation, Quantity>,
    pub(super) permits: Groups<Operation, (Dp, Invariant)>,
    pub(super) permissions: Permissions<'d>,
    pub(super) together: Groups<Object, View>,
    /// Aggregates over records that change what they count for.
    pub(super) revised: BTreeSet<View>,
    streamed: BTreeSet<Object>,
    divided: BTreeSet<View>,
    releases: BTreeSet<Operation>,
    runs_under: BTreeSet<(Operation, Mechanism)>,
    guarded_by: BTreeSet<(Object, Mechanism)>,
    owner: BTreeMap<Entity, Service>,
    pub(super) status: BTreeMap<Object, Field>,
    tables: BTreeMap<(TableClass, Entity), Table>,
    table_key: Groups<Table, Column>,
}

impl<'d> Paths<'d> {
    /// Puts everything at hand.
    pub fn new(design: &'d Design) -> Paths<'d> {
        let (facts, evidence, parameters) = (&design.facts, &design.evidence, &design.parameters);
        let step = &design.algorithms;
        let uses: Groups<Dp, Mechanism> = Groups::new(step.uses.iter().map(|(dp, mechanism, _)| (*dp, *mechanism)));
        let enforces = Groups::new(parameters.enforces.iter().copied());
        let under = |(dp, operation): &(Dp, Operation)| uses.get(*dp).iter().map(|it| (*operation, *it)).collect();
        let guarding = |(dp, object): &(Dp, Object)| uses.get(*dp).iter().map(|it| (*object, *it)).collect();
        let of_kind = |kind: DpKind| parameters.dp.iter().filter(move |(_, other, _)| *other == kind);
        let governs: BTreeSet<(Invariant, Operation)> = design.invariants.governs.iter().copied().collect();
        let boundaries: BTreeSet<Dp> = of_kind(DpKind::Access).map(|(dp, ..)| *dp).collect();
        let permits =
            parameters.protects.iter().filter(|(dp, _)| boundaries.contains(dp)).flat_map(|(dp, operation)| {
                let of = enforces.get(*dp).iter().filter(|invariant| governs.contains(&(**invariant, *operation)));
                of.map(|invariant| (*operation, (*dp, *invariant))).collect::<Vec<_>>()
            });
        let delivery = of_kind(DpKind::Delivery).flat_map(|(dp, _, of)| match of {
            Entity::Event(event) => uses.get(*dp).iter().map(|mechanism| (*event, *mechanism)).collect(),
            _ => vec![],
        });
        let together = step.maintained.iter().filter(|(_, way, _)| *way == super::Maintenance::Together);
        let together: BTreeSet<View> = together.map(|(view, ..)| *view).collect();
        let upstream = facts.upstream.iter().filter(|(view, _)| together.contains(view));
        let sources = upstream.filter_map(|(view, source)| match source {
            Source::Object(object) => Some((*object, *view)),
            Source::View(_) => None,
        });
        let inputs = facts.parameter.iter().filter_map(|(parameter, of, kind)| match of {
            Entity::Operation(operation) => Some((*operation, (*parameter, *kind))),
            _ => None,
        });
        let unique = facts.statement.iter().filter_map(|(_, statement)| match statement {
            Statement::UniquePer(object, fields) => Some((*object, fields.as_slice())),
            _ => None,
        });
        let statuses = evidence.status_of.iter().map(|(_, field)| (facts.object_of(*field), *field));
        Paths {
            design,
            guards: Groups::new(facts.guard.iter().map(|(guard, operation, _)| (*operation, *guard))),
            effects: Groups::new(
                facts.effect.iter().map(|(effect, of, object, _, act)| (*of, (*effect, *object, act))),
            ),
            parameters: Groups::new(inputs),
            bounded: Groups::new(super::bounded(facts).into_iter()),
            reads: Groups::new(evidence.reads_field.iter().copied()),
            changes: Groups::new(evidence.changes.iter().copied()),
            creates: Groups::new(evidence.creates.iter().copied()),
            takes: Groups::new(evidence.takes.iter().map(|(operation, from, to)| (*operation, (*from, *to)))),
            key: Groups::new(facts.key.iter().copied()),
            unique: Groups::new(unique),
            once_per: Groups::new(facts.once_per.iter().copied()),
            remembered: Groups::new(facts.remembered.iter().copied()),
            announces: Groups::new(facts.announces.iter().copied()),
            delivery: Groups::new(delivery),
            causes: Groups::new(facts.causes.iter().copied()),
            calls: Groups::new(facts.call.iter().map(|(call, operation, service)| (*operation, (*call, *service)))),
            undo: facts.compensated.iter().map(|(call, undo)| (*call, undo.as_str())).collect(),
            through: facts.through.iter().copied().collect(),
            passing_on: evidence.passes_on.iter().map(|(effect, _)| *effect).collect(),
            holds: Groups::new(facts.holds.iter().copied()),
            hold_time: Groups::new(facts.hold_time.iter().copied()),
            permits: Groups::new(permits),
            permissions: Permissions::new(facts),
            together: Groups::new(sources),
            revised: super::upkeep::revised(design),
            streamed: streamed(design),
            divided: crate::step_10_technology::without_transactions(design),
            releases: facts.released_by.iter().map(|(_, release)| *release).collect(),
            runs_under: parameters.protects.iter().flat_map::<Vec<_>, _>(under).collect(),
            guarded_by: parameters.guards.iter().flat_map::<Vec<_>, _>(guarding).collect(),
            owner: facts.owns.iter().map(|(service, what)| (*what, *service)).collect(),
            status: statuses.collect(),
            tables: design.schema.table.iter().map(|(table, class, of)| ((*class, *of), *table)).collect(),
            table_key: Groups::new(design.schema.primary_key.iter().copied()),
        }
    }

    /// The write paths, in the order of the spec.
    pub fn all(&self) -> impl Iterator<Item = Operation> + 'd {
        self.design.algorithms.path.iter().map(|(operation,)| *operation)
    }

    /// What a thing is called.
    pub fn name(&self, entity: impl Into<Entity>) -> String {
        self.design.name(entity)
    }

    /// The text an author wrote for a condition or an effect.
    pub(super) fn text(&self, entity: impl Into<Entity>) -> String {
        self.design.facts.name(entity).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The sentence of an invariant, or its name where it has none.
    pub(super) fn sentence(&self, invariant: Invariant) -> String {
        let named = self.design.facts.names.get(invariant.into());
        named.and_then(|name| name.title.clone()).unwrap_or_else(|| self.name(invariant))
    }

    /// Whether the path runs under the mechanism.
    pub(super) fn under(&self, operation: Operation, mechanism: Mechanism) -> bool {
        self.runs_under.contains(&(operation, mechanism))
    }

    /// The record that the path appends to a log which nobody asks for a single record: whoever reads it recognises repetitions by
    /// the fields of its key (A-42, S10-d4).
    pub(super) fn appended(&self, operation: Operation) -> Option<Object> {
        let mut written = self.written(operation).into_iter();
        written.next().filter(|object| self.streamed.contains(object) && written.next().is_none())
    }

    /// Whether the object's records live in the log they are sent through.
    pub(super) fn is_streamed(&self, object: Object) -> bool {
        self.streamed.contains(&object)
    }

    /// Whether whoever owns a key of the view keeps its state, by checkpoint: what it is computed from is a stream, or its store has
    /// no transaction to keep the mark of a record and its effect together in.
    pub(super) fn kept_by_owner(&self, view: View) -> bool {
        let mut sources = self.design.facts.upstream.iter().filter(|(of, _)| *of == view);
        let streamed = sources.any(|(_, source)| matches!(source, Source::Object(it) if self.is_streamed(*it)));
        streamed || self.divided.contains(&view)
    }

    /// Whether the path ends a claim.
    pub(super) fn releases(&self, operation: Operation) -> bool {
        self.releases.contains(&operation)
    }

    /// Whether what guards the object is or has that mechanism.
    pub(super) fn is_guarded_by(&self, object: Object, mechanism: Mechanism) -> bool {
        self.guarded_by.contains(&(object, mechanism))
    }

    /// The table that step 9 makes of it, or would.
    pub(super) fn table(&self, class: TableClass, of: impl Into<Entity>) -> String {
        let of = of.into();
        match self.tables.get(&(class, of)) {
            Some(table) => self.name(*table),
            None => format!("{} {}", self.name(of), class.word()),
        }
    }

    /// Whether step 9 makes such a table of it.
    pub(super) fn has_table(&self, class: TableClass, of: impl Into<Entity>) -> bool {
        self.tables.contains_key(&(class, of.into()))
    }

    /// Whether step 9 adds a column of that name to that table.
    pub(super) fn table_has(&self, class: TableClass, of: impl Into<Entity>, column: &str) -> bool {
        let table = self.tables.get(&(class, of.into()));
        table.is_some_and(|table| self.design.schema.added(*table, column).is_some())
    }

    /// The names of the columns of that table's primary key.
    pub(super) fn table_key(&self, class: TableClass, of: impl Into<Entity>) -> Vec<String> {
        let table = self.tables.get(&(class, of.into()));
        table.map_or(vec![], |table| self.table_key.get(*table).iter().map(|column| self.name(*column)).collect())
    }

    /// `request_id`, by which one request is told from another.
    pub(super) fn request(&self, operation: Operation) -> Vec<String> {
        self.once_per.get(operation).iter().map(|parameter| self.name(*parameter)).collect()
    }

    /// `(auction_id, request_id)`, by which the outcome of a request is found.
    pub(super) fn outcome_key(&self, operation: Operation) -> String {
        let Some(table) = self.tables.get(&(TableClass::Outcomes, operation.into())) else {
            return format!("({})", self.request(operation).join(", "));
        };
        // Of two rows of one object the first decides.
        let first = self.pair(operation).map(|(first, _)| first);
        let name = |column: &Column| {
            let of_pair = self
                .stored(*column)
                .is_some_and(|field| first.is_some_and(|first| self.design.facts.object_of(field) == first.object));
            let name = self.name(*column);
            if of_pair { format!("{}.{name}", first.map_or(String::new(), |first| self.row_name(first))) } else { name }
        };
        let key: Vec<String> = self.table_key.get(*table).iter().map(name).collect();
        format!("({})", key.join(", "))
    }

    /// The declared fields in the key of the path's outcomes.
    pub(super) fn outcome_fields(&self, operation: Operation) -> Vec<Field> {
        let table = self.tables.get(&(TableClass::Outcomes, operation.into()));
        let columns = table.map_or(&[][..], |table| self.table_key.get(*table));
        columns.iter().filter_map(|column| self.stored(*column)).collect()
    }

    fn stored(&self, column: Column) -> Option<Field> {
        self.design.schema.stores.iter().find(|(other, _)| *other == column).map(|(_, field)| *field)
    }

    /// The parameter that names the instance; the object's name, where the request names none.
    pub(super) fn instance(&self, operation: Operation, object: Object) -> String {
        if let Some(row) = self.rows(operation).into_iter().find(|row| row.object == object) {
            return self.row_name(row);
        }
        let named = self.parameters.get(operation).iter().find(|(_, kind)| *kind == Type::Object(object));
        named.map_or_else(|| self.name(object), |(parameter, _)| self.name(*parameter))
    }

    /// The names of the fields an object is identified by.
    pub(super) fn key(&self, object: Object) -> String {
        let names: Vec<String> = self.key.get(object).iter().map(|field| self.name(*field)).collect();
        names.join(", ")
    }

    /// The service an object lives in, where services are declared.
    pub(super) fn owner(&self, what: impl Into<Entity>) -> Option<Service> {
        self.owner.get(&what.into()).copied()
    }

    /// The objects the path writes, those it changes first.
    pub(super) fn written(&self, operation: Operation) -> Vec<Object> {
        let mut written = self.changes.get(operation).to_vec();
        written
            .extend(self.creates.get(operation).iter().filter(|object| !self.changes.get(operation).contains(object)));
        written
    }

    /// Whether the object is written where the decision falls: in the service of what the path changes, or creates first.
    pub(super) fn at_home(&self, operation: Operation, object: Object) -> bool {
        let home = self.written(operation).first().and_then(|first| self.owner(*first));
        home.is_none() || self.owner(object).is_none() || self.owner(object) == home
    }

    /// The effects on an object, as they are written; creations apart.
    pub(super) fn settings(&self, operation: Operation, object: Object) -> Vec<String> {
        let effects = self.effects.get(operation).iter().filter(|(_, on, _)| *on == object);
        let changing = effects.filter(|(_, _, action)| !matches!(action, Action::Create(_) | Action::Delete));
        let mut set: Vec<String> = changing.clone().map(|(effect, ..)| self.text(*effect)).collect();
        let says_state = |action: &Action| matches!(action, Action::Transition(_) | Action::Assign(Expr::State(_)));
        if !changing.into_iter().any(|(_, _, action)| says_state(action)) {
            set.splice(0..0, self.move_of(operation, object));
        }
        set
    }

    /// `auction.status = OPEN`, for a transition that the machine says and no effect.
    fn move_of(&self, operation: Operation, object: Object) -> Option<String> {
        let status = self.status.get(&object)?;
        let of_object = |state: State| self.design.facts.state.get(state.index()).is_some_and(|(_, of)| *of == object);
        let mut moves: Vec<(State, State)> = self.takes.get(operation).to_vec();
        moves.retain(|(from, _)| of_object(*from));
        let ends: BTreeSet<State> = moves.iter().map(|(_, to)| *to).collect();
        let field = format!("{}.{}", self.instance(operation, object), self.name(*status));
        match (ends.len(), ends.first()) {
            (0, _) | (_, None) => None,
            (1, Some(end)) => Some(format!("{field} = {}", self.name(*end))),
            _ => {
                let ways = moves.iter().map(|(from, to)| format!("{} from {}", self.name(*to), self.name(*from)));
                Some(format!("{field} = {}", ways.collect::<Vec<_>>().join(", ")))
            }
        }
    }

    /// `auction.status == OPEN`: the states a transition may leave, unless a condition says it already; with the fact.
    pub(super) fn admitted(&self, operation: Operation, object: Object) -> Option<(String, proof::Fact)> {
        let status = *self.status.get(&object)?;
        let tested = &self.design.evidence.tests_state;
        let said = |guard: &&Guard| tested.binary_search(&(**guard, status)).is_ok();
        if self.guards.get(operation).iter().any(|guard| said(&guard)) {
            return None;
        }
        let facts = &self.design.facts;
        let of_object = |state: State| facts.state.get(state.index()).is_some_and(|(_, of)| *of == object);
        let moves = self.takes.get(operation).iter().filter(|(from, _)| of_object(*from));
        let (from, to) = *moves.clone().next()?;
        let from_states: BTreeSet<State> = moves.map(|(from, _)| *from).collect();
        let names: Vec<String> = from_states.iter().map(|state| self.name(*state)).collect();
        let field = format!("{}.{}", self.instance(operation, object), self.name(status));
        let text = match &names[..] {
            [one] => format!("{field} == {one}"),
            all => format!("{field} in ({})", all.join(", ")),
        };
        Some((text, fact!(takes, operation, from, to)))
    }

    /// The fields of an object that the path reads before it decides, and the version it will compare.
    pub(super) fn read_of(&self, operation: Operation, object: Object) -> Vec<String> {
        let facts = &self.design.facts;
        let mut fields: BTreeSet<Field> = self.reads.get(operation).iter().copied().collect();
        if !self.takes.get(operation).is_empty() {
            fields.extend(self.status.get(&object));
        }
        let own = fields.into_iter().filter(|field| facts.object_of(*field) == object);
        let mut names: Vec<String> = own.map(|field| self.name(field)).collect();
        names.extend(self.compares_version(operation, object).then(|| "version".to_owned()));
        names
    }

    /// Whether the write compares a version: not where the condition itself is one, nor where it adds in place.
    pub(super) fn compares_version(&self, operation: Operation, object: Object) -> bool {
        use super::Feature::*;
        let step = &self.design.algorithms;
        let competes =
            step.has(operation, Versioned) && !step.has(operation, AddsInPlace) && !step.has(operation, Merges);
        let versions = [Mechanism::CasOnVersion, Mechanism::CasOnStateAndVersion, Mechanism::Lease];
        competes
            && self.changes.get(operation).contains(&object)
            && versions.iter().any(|mechanism| self.is_guarded_by(object, *mechanism))
    }

    /// Objects other than those written that a condition reads, in the order of the spec.
    pub(super) fn foreign(&self, operation: Operation) -> Vec<Object> {
        let facts = &self.design.facts;
        let read: BTreeSet<Object> = self.reads.get(operation).iter().map(|field| facts.object_of(*field)).collect();
        let changed = self.changes.get(operation);
        read.into_iter().filter(|object| !changed.contains(object)).collect()
    }
}
