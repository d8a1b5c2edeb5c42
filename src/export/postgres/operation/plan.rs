//! What a write path has to do, read off the design: its arguments, the rows it reads, the rows it writes.

mod arguments;

use std::collections::{BTreeMap, BTreeSet};
use sysd_rules::expression::{Action, Expr};
use sysd_rules::fact::*;
use sysd_rules::quantity::Quantity;
use sysd_rules::step_08_algorithms::{Feature, ripens};
use sysd_rules::step_09_schema::TableClass;
use sysd_rules::step_09_schema::decision::Grounds;
use sysd_rules::vocabulary::Primitive;

use crate::export::postgres::Database;
use crate::export::postgres::expression::{Instance, Scope};
use arguments::{Arguments, asked, bounds};

/// The write path, taken apart.
pub struct Plan<'d> {
    /// Tables, columns and types.
    pub database: &'d Database<'d>,
    /// The write path.
    pub operation: Operation,
    /// Argument by argument: name and type.
    pub signature: Vec<String>,
    /// What is asked for, by the author's own names, which no two arguments share: name and argument.
    pub asked: Vec<(String, String)>,
    /// What an argument must be whatever the state is, with the words for it (S8-p3).
    pub bounds: Vec<(String, String)>,
    /// What names mean.
    pub scope: Scope<'d>,
    /// Conditions, with the declared thing each comes from.
    pub conditions: Vec<(Entity, Expr)>,
    /// Permissions by role: the table, and the role.
    pub roles: Vec<(Invariant, Table, String)>,
    /// Rows that change, in the order in which they are locked.
    pub changes: Vec<Change>,
    /// What names mean where values are made: effects take place at once, so it is the rows as they were before all of them.
    pub before: Scope<'d>,
    /// Records that are made, in the order of the effects.
    pub creations: Vec<(Effect, Object, Vec<(Field, Expr)>)>,
    /// What is recorded of what it decides on.
    pub grounds: Grounds,
    /// The idempotency records, and the values of their key.
    pub outcomes: Option<Table>,
    /// The table of the saga, where the path is one.
    pub saga: Option<Table>,
    /// What is announced, and the outbox it goes to.
    pub announced: Vec<(Event, Table)>,
    /// What is asked of other operations, and the outbox of requests it goes to.
    pub requested: Vec<(Operation, Table)>,
    /// How long outcomes are kept.
    pub remembered: Option<Quantity>,
}

/// What happens to one instance.
pub struct Change {
    /// Which.
    pub instance: Instance,
    /// Field by field, in the order of the effects.
    pub effects: Vec<(Effect, Field, Action)>,
    /// States it must be in and the state it goes to, transition by transition.
    pub moves: Vec<(Transition, State, State)>,
    /// Whether it is deleted.
    pub deleted: Option<Effect>,
    /// Whether the operation takes a claim on it, and for how long.
    pub claims: Option<Option<Quantity>>,
    /// Whether the operation needs the claim of whoever holds it.
    pub fenced: bool,
    /// Whether the claim ends.
    pub released: bool,
}

impl<'d> Plan<'d> {
    /// Takes the operation apart, or says why it cannot be a function.
    pub fn new(database: &'d Database<'d>, operation: Operation) -> Result<Plan<'d>, String> {
        let design = database.design;
        let facts = &design.facts;
        let mut arguments = Arguments::read(database, operation);
        let conditions = conditions(database, operation)?;
        let changes = changes(database, operation, &arguments.instances)?;
        let creations = creations(facts, operation);
        if changes.is_empty() && creations.is_empty() {
            return Err("it changes no row".to_owned());
        }
        let roles = roles(database, operation);
        let asks =
            conditions.iter().map(|(_, condition)| condition).chain(values(&changes, &creations)).any(Expr::asks_who);
        if asks || !roles.is_empty() {
            arguments.signature.push("in_caller text".to_owned());
        }
        if changes.iter().any(|change| change.fenced) {
            arguments.signature.push("in_claim_id bigint".to_owned());
        }
        if changes.iter().any(|change| database.version(change.instance.object).is_some()) {
            arguments.signature.push("in_expected_version bigint default null".to_owned());
        }
        let schema = &design.schema;
        let outcomes = schema.table_of(TableClass::Outcomes, operation);
        let recorded = outcomes.is_some_and(|table| schema.added(table, "caller").is_some());
        if recorded && !arguments.signature.iter().any(|argument| argument == "in_caller text") {
            // S16-cat5: nothing but the record of the outcome needs it.
            arguments.signature.push("in_caller text default null".to_owned());
        }
        let announced = facts.announces.iter().filter(|(of, _)| *of == operation);
        let announced = announced.filter_map(|(_, event)| Some((*event, schema.table_of(TableClass::Outbox, *event)?)));
        let remembered = facts.remembered.iter().find(|(of, _)| *of == operation).map(|(_, time)| *time);
        let bounds = bounds(facts, &arguments.typed);
        let scope = Scope {
            database,
            instances: arguments.instances,
            arguments: arguments.typed,
            row: None,
            made: vec![],
            now: "v_now",
        };
        let mut before = scope.clone();
        for instance in &mut before.instances {
            let change = changes.iter().find(|change| change.instance.parameter == instance.parameter);
            if change.is_some_and(|change| passes_on(database, change, &creations)) {
                instance.variable.clone_from(&instance.before);
            }
        }
        Ok(Plan {
            database,
            operation,
            before,
            asked: asked(arguments.asked, &arguments.signature),
            bounds,
            signature: arguments.signature,
            scope,
            conditions,
            roles,
            changes,
            creations,
            outcomes,
            grounds: database.grounds.get(&operation).cloned().unwrap_or_default(),
            saga: schema.table_of(TableClass::SagaLog, operation),
            announced: announced.collect(),
            requested: requested(database, operation),
            remembered,
        })
    }

    /// Whether the condition is one that time brings about, and the operation waits for it.
    pub fn awaits(&self, condition: &Expr) -> bool {
        self.database.design.algorithms.has(self.operation, Feature::Awaited) && ripens(condition)
    }

    /// Whether the time decides, or is written.
    pub fn reads_clock(&self) -> bool {
        self.grounds.clock || values(&self.changes, &self.creations).any(Expr::reads_clock)
    }

    /// Whether what was in a row before it is changed goes elsewhere.
    pub fn keeps_before(&self) -> bool {
        let pairs = self.scope.instances.iter().zip(&self.before.instances);
        pairs.into_iter().any(|(now, before)| now.variable != before.variable)
    }

    /// Rows of one object that change together.
    pub fn twins(&self) -> Vec<(&Change, &Change)> {
        let pairs = self.changes.iter().zip(self.changes.iter().skip(1));
        pairs.filter(|(one, other)| one.instance.object == other.instance.object).collect()
    }

    /// Whether an expression anywhere in the operation reads a field of the instance.
    pub fn reads(&self, instance: &Instance) -> bool {
        let mut found = false;
        let conditions = self.conditions.iter().map(|(_, condition)| condition);
        for expr in conditions.chain(values(&self.changes, &self.creations)) {
            expr.walk(&mut |part| match part {
                Expr::Field(_, Some(parameter)) => found |= *parameter == instance.parameter,
                Expr::Field(field, None) => found |= self.database.design.facts.object_of(*field) == instance.object,
                _ => (),
            });
        }
        found
    }

    /// Whether a condition of the author's asks for the state of the object.
    pub fn tests_status(&self, object: Object) -> bool {
        let design = self.database.design;
        let mut tested = design.evidence.tests_state.iter();
        tested.any(|(guard, field)| {
            design.facts.object_of(*field) == object && self.conditions.iter().any(|(from, _)| *from == (*guard).into())
        })
    }

    /// Objects whose records are counted or must be absent, and that this path does not make itself: nobody may add one meanwhile.
    pub fn absences(&self) -> BTreeSet<Object> {
        let made: BTreeSet<Object> = self.creations.iter().map(|(_, object, _)| *object).collect();
        let mut locked = BTreeSet::new();
        for (_, condition) in &self.conditions {
            let absent = condition.existences().into_iter().filter(|(_, there)| !there).map(|(object, _)| object);
            locked.extend(absent);
            condition.walk(&mut |part| {
                if let Expr::Aggregate(_, inner) = part
                    && let Expr::Exists(object, _) = **inner
                {
                    locked.insert(object);
                }
            });
        }
        // A record of its own is excluded by its key, if the key is what is asked for; else nobody may add one meanwhile.
        locked.into_iter().filter(|object| !made.contains(object) || !self.keyed_absence(*object)).collect()
    }

    /// Whether "there is none yet" asks for the whole key of the record that is made.
    fn keyed_absence(&self, object: Object) -> bool {
        let facts = &self.database.design.facts;
        let key: BTreeSet<Field> = facts.key.iter().filter(|(of, _)| *of == object).map(|(_, field)| *field).collect();
        let mut covered = true;
        for (_, condition) in &self.conditions {
            condition.walk(&mut |part| match part {
                Expr::Exists(of, matched) if *of == object => {
                    let asked: BTreeSet<Field> = matched.iter().map(|(field, _)| *field).collect();
                    covered &= !key.is_empty() && asked == key;
                }
                _ => (),
            });
        }
        covered
    }
}

impl Database<'_> {
    /// The column that counts the changes of an object's rows.
    pub fn version(&self, object: Object) -> Option<&str> {
        self.added(self.design.schema.table_of(TableClass::Truth, object)?, "version")
    }

    /// The columns of the claim on an object's rows: its fence and its end.
    pub fn claim(&self, object: Object) -> Option<(&str, &str)> {
        let table = self.design.schema.table_of(TableClass::Truth, object)?;
        Some((self.added(table, "claim_id")?, self.added(table, "claim_expires_at")?))
    }
}

/// The guard, conjunct by conjunct, and who may run the operation.
fn conditions(database: &Database, operation: Operation) -> Result<Vec<(Entity, Expr)>, String> {
    let facts = &database.design.facts;
    let guards = facts.guard.iter().filter(|(_, of, _)| *of == operation);
    let guards = guards.map(|(guard, _, condition)| (Entity::from(*guard), condition.clone()));
    let permitted = facts.statement.iter().filter_map(|(invariant, statement)| match statement {
        Statement::OnlyMay(Permission::Actor(_), _) => None,
        Statement::OnlyMay(permission, what) if *what == operation.into() => Some((*invariant, permission)),
        _ => None,
    });
    let permitted = permitted.map(|(invariant, permission)| {
        let condition = database.permissions.condition(permission, operation);
        let unsaid = || format!("{}: nothing says which record grants it", database.design.name(invariant));
        Ok((Entity::from(invariant), condition.ok_or_else(unsaid)?))
    });
    guards.map(Ok).chain(permitted).collect()
}

fn requested(database: &Database, operation: Operation) -> Vec<(Operation, Table)> {
    let Some(table) = database.design.schema.table_of(TableClass::Requests, operation) else { return vec![] };
    let caused = database.design.facts.causes.iter().filter(|(of, _)| *of == operation);
    caused.map(|(_, caused)| (*caused, table)).collect()
}

fn roles(database: &Database, operation: Operation) -> Vec<(Invariant, Table, String)> {
    let design = database.design;
    let restricted = design.facts.statement.iter().filter_map(|(invariant, statement)| match statement {
        Statement::OnlyMay(Permission::Actor(actor), what) if *what == operation.into() => Some((*invariant, *actor)),
        _ => None,
    });
    let found = restricted.filter_map(|(invariant, actor)| {
        let mut boundaries = design.parameters.enforces.iter().filter(|(_, other)| *other == invariant);
        let table = boundaries.find_map(|(dp, _)| design.schema.table_of(TableClass::Permissions, *dp))?;
        Some((invariant, table, design.facts.name(actor).to_owned()))
    });
    found.collect()
}

/// What happens to each instance, in the order of their tables: one order for all who lock several.
fn changes(database: &Database, operation: Operation, instances: &[Instance]) -> Result<Vec<Change>, String> {
    let facts = &database.design.facts;
    let mut objects: BTreeMap<String, Object> = BTreeMap::new();
    let effects = || facts.effect.iter().filter(|(_, of, ..)| *of == operation);
    for (_, _, object, _, action) in effects() {
        if !matches!(action, Action::Create(_)) {
            objects.insert(database.truth(*object).unwrap_or_default().to_owned(), *object);
        }
    }
    let taken: BTreeSet<Transition> =
        facts.triggers.iter().filter(|(of, _)| *of == operation).map(|(_, transition)| *transition).collect();
    let moves = || facts.transition.iter().filter(|(transition, ..)| taken.contains(transition));
    for (_, object, ..) in moves() {
        objects.insert(database.truth(*object).unwrap_or_default().to_owned(), *object);
    }
    let mut changes = vec![];
    for object in objects.into_values() {
        let name = facts.name(object);
        let through =
            |effect: Effect| facts.through.iter().find(|(other, _)| *other == effect).map(|(_, named)| *named);
        let aimed: BTreeSet<Parameter> = effects()
            .filter(|(_, _, of, _, action)| *of == object && !matches!(action, Action::Create(_)))
            .filter_map(|(effect, ..)| through(*effect))
            .collect();
        let of_object = || instances.iter().filter(|instance| instance.object == object);
        let chosen: Vec<&Instance> = of_object().filter(|instance| aimed.contains(&instance.parameter)).collect();
        let chosen = match (chosen.is_empty(), of_object().count()) {
            (false, _) => chosen,
            (true, 1) => of_object().collect(),
            (true, 0) => return Err(format!("no parameter names the `{name}` that it changes")),
            (true, _) => {
                return Err(format!("it is given two of `{name}`, and its effects do not say which one they change"));
            }
        };
        let several = chosen.len() > 1;
        for (at, instance) in chosen.into_iter().enumerate() {
            let own = |effect: Effect| match through(effect) {
                Some(named) if several => named == instance.parameter,
                _ => at == 0,
            };
            let moves = moves().filter(|(_, of, ..)| at == 0 && *of == object);
            let moves = moves.map(|(taken, _, from, to)| (*taken, *from, *to)).collect();
            let effects = effects().filter(|(effect, ..)| own(*effect));
            changes.push(change(database, operation, instance.clone(), moves, effects)?);
        }
    }
    Ok(changes)
}

/// What happens to one instance.
fn change<'f>(
    database: &Database,
    operation: Operation,
    instance: Instance,
    moves: Vec<(Transition, State, State)>,
    effects: impl Iterator<Item = &'f (Effect, Operation, Object, Option<Field>, Action)>,
) -> Result<Change, String> {
    let facts = &database.design.facts;
    let object = instance.object;
    let name = facts.name(object);
    if instance.key.is_empty() {
        return Err(format!("`{name}` has no key to find it by"));
    }
    let mut change =
        Change { instance, effects: vec![], moves, deleted: None, claims: None, fenced: false, released: false };
    for (effect, _, of, field, action) in effects {
        match (field, action) {
            _ if *of != object => (),
            (_, Action::Create(_)) => (),
            (_, Action::Delete) => change.deleted = Some(*effect),
            (Some(field), action) => change.effects.push((*effect, *field, action.clone())),
            (None, Action::Transition(state)) => {
                let leading = facts.transition.iter().filter(|(_, machine, _, to)| *machine == object && to == state);
                change.moves.extend(leading.map(|(taken, _, from, to)| (*taken, *from, *to)));
            }
            (None, _) => return Err(format!("an effect on `{name}` names no field")),
        }
    }
    claim(database, operation, object, &mut change);
    Ok(change)
}

/// who takes the claim, who must show it, and when it ends.
fn claim(database: &Database, operation: Operation, object: Object, change: &mut Change) {
    if database.claim(object).is_none() {
        return;
    }
    let facts = &database.design.facts;
    let holders: Vec<Operation> =
        facts.holds.iter().filter(|(_, held)| *held == object).map(|(holder, _)| *holder).collect();
    if holders.contains(&operation) {
        change.claims = Some(facts.hold_time.iter().find(|(of, _)| *of == operation).map(|(_, time)| *time));
        return;
    }
    change.released =
        facts.released_by.iter().any(|(holder, release)| holders.contains(holder) && *release == operation);
    let held: BTreeSet<State> = holders.iter().flat_map(|holder| states(facts, *holder, object).1).collect();
    let from = states(facts, operation, object).0;
    change.fenced = change.released || from.iter().any(|state| held.contains(state));
}

/// The states of an object that an operation leaves and enters.
pub fn states(facts: &Facts, operation: Operation, object: Object) -> (Vec<State>, Vec<State>) {
    let taken = facts.triggers.iter().filter(|(of, _)| *of == operation).map(|(_, transition)| *transition);
    let taken: BTreeSet<Transition> = taken.collect();
    let moves = facts.transition.iter().filter(|(transition, of, ..)| *of == object && taken.contains(transition));
    moves.map(|(_, _, from, to)| (*from, *to)).unzip()
}

fn creations(facts: &Facts, operation: Operation) -> Vec<(Effect, Object, Vec<(Field, Expr)>)> {
    let effects = facts.effect.iter().filter(|(_, of, ..)| *of == operation);
    let created = effects.filter_map(|(effect, _, object, _, action)| match action {
        Action::Create(values) => Some((*effect, *object, values.clone())),
        _ => None,
    });
    created.collect()
}

/// Whether what was there before the change is written elsewhere: what an effect changes, or the state that a transition leaves.
fn passes_on(database: &Database, change: &Change, creations: &[(Effect, Object, Vec<(Field, Expr)>)]) -> bool {
    let (facts, passes_on) = (&database.design.facts, &database.design.evidence.passes_on);
    let is_status = |field: &Field| facts.field[field.index()].2 == Type::Primitive(Primitive::Status);
    let leaves = |(field, through): (Field, Option<Parameter>)| {
        let own = through.is_none_or(|it| it == change.instance.parameter);
        own && is_status(&field) && facts.object_of(field) == change.instance.object
    };
    let read = |effect: &Effect| passes_on.binary_search_by_key(effect, |(changed, _)| *changed).is_ok();
    let mut kept = false;
    for (_, value) in creations.iter().flat_map(|(.., values)| values) {
        value.walk(&mut |part| {
            if let Expr::Field(field, through) = part {
                kept |= !change.moves.is_empty() && leaves((*field, *through));
            }
        });
    }
    kept || change.effects.iter().any(|(effect, ..)| read(effect))
}

/// Every value that is written.
fn values<'a>(
    changes: &'a [Change],
    creations: &'a [(Effect, Object, Vec<(Field, Expr)>)],
) -> impl Iterator<Item = &'a Expr> {
    let changed = changes.iter().flat_map(|change| &change.effects).flat_map(|(.., action)| action.values());
    changed.chain(creations.iter().flat_map(|(_, _, values)| values.iter().map(|(_, value)| value)))
}
