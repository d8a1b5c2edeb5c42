//! The output artifact of this step: every write path, what it does when things go wrong, every state machine.

use super::machine::machines;
use super::paths::Paths;
use super::{Feature, Maintenance, Situation, Template, due, listing, saga, sequence, upkeep};
use crate::artifact::{Cell, Figure, Table};
use crate::fact::*;
use crate::proof::{Fact, RuleId};
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::vocabulary::*;
use crate::{Design, fact};
use std::collections::BTreeSet;

/// The step's tables.
pub fn tables(design: &Design) -> Vec<Table> {
    let paths = Paths::new(design);
    vec![
        write_paths(&paths),
        behaviour(&paths),
        idempotency(&paths),
        state_machines(&paths),
        clocks(&paths),
        copies(&paths),
    ]
}

/// The step's pictures and listings: per write path its algorithm and its exchange, then what runs beside them, then the machines.
pub fn figures(design: &Design) -> Vec<Figure> {
    let paths = Paths::new(design);
    let mut figures = vec![];
    for operation in paths.all() {
        figures.push(Figure::Listing(listing::listing(&paths, operation)));
        figures.push(Figure::Sequence(sequence::sequence(&paths, operation)));
        let mut templates = design.algorithms.templates(operation);
        if templates.any(|template| matches!(template, Template::Saga | Template::TwoPhaseCommit)) {
            figures.push(Figure::Listing(saga::recovery(&paths, operation)));
        }
    }
    for (operation, object) in &design.facts.holds {
        let leased = paths.is_guarded_by(*object, Mechanism::Lease);
        if leased && design.algorithms.has(*operation, Feature::ChangesRecords) {
            figures.push(Figure::Listing(saga::expiry(&paths, *operation, *object)));
        }
    }
    figures.extend(due::workers(&paths).into_iter().map(Figure::Listing));
    figures.extend(upkeep::requests(&paths).into_iter().map(Figure::Listing));
    figures.extend(upkeep::relays(&paths).into_iter().chain(upkeep::views(&paths)).map(Figure::Listing));
    figures.extend(machines(&paths).iter().map(|machine| Figure::Graph(machine.graph(&paths))));
    figures
}

/// S8-p1 to S8-p5.
fn write_paths(paths: &Paths) -> Table {
    let design = paths.design;
    let row = |operation: Operation| {
        let of = |(_, template, row): &(Operation, Template, RuleId)| {
            Cell::Derived(fact!(template, operation, template, *row), template.word().to_owned())
        };
        let templates = design.algorithms.template.iter().filter(|(other, ..)| *other == operation).map(of);
        let input = paths.parameters.get(operation).iter();
        let input = input.map(|(parameter, _)| Cell::Entity((*parameter).into(), paths.name(*parameter)));
        let read: BTreeSet<Field> = paths.reads.get(operation).iter().copied().collect();
        let read = read.into_iter();
        let read = read.map(|field| Cell::Derived(fact!(reads_field, operation, field), design.facts.path(field)));
        let read = read.chain(compared(paths, operation)).chain(permission(paths, operation));
        let returned = ["accepted"].into_iter().chain(returned(paths, operation));
        vec![
            Cell::Entity(operation.into(), paths.name(operation)),
            Cell::list(templates.collect()),
            Cell::list(input.collect()),
            Cell::list(read.collect()),
            Cell::list(validation(paths, operation)),
            Cell::list(changes(paths, operation)),
            Cell::list(returned.map(Cell::text).collect()),
        ]
    };
    Table {
        title: "Write paths",
        columns: vec![
            "Write path",
            "Template",
            "Input",
            "State read",
            "Validation, and predicate of the write",
            "Changes atomically",
            "Returns",
        ],
        rows: paths.all().map(row).collect(),
        empty: "there is no write path",
    }
}

/// S8-p2: the state that a transition may leave, and the version that its write compares.
fn compared(paths: &Paths, operation: Operation) -> Vec<Cell> {
    let mut cells = vec![];
    for object in paths.changes.get(operation) {
        let left = paths.admitted(operation, *object).zip(paths.status.get(object));
        cells.extend(left.map(|((_, fact), status)| Cell::Derived(fact, paths.design.facts.path(*status))));
        let version = paths.compares_version(operation, *object);
        cells.extend(version.then(|| Cell::text(format!("{}.version", paths.name(*object)))));
    }
    cells
}

/// S8-p2, S4-T6i: the state that says who may.
fn permission(paths: &Paths, operation: Operation) -> Vec<Cell> {
    let facts = &paths.design.facts;
    let conditions: BTreeSet<Field> = paths.reads.get(operation).iter().copied().collect();
    let mut cells = vec![];
    for (dp, invariant) in paths.permits.get(operation) {
        let stated = facts.statement.iter().filter(|(other, _)| other == invariant);
        for (_, statement) in stated {
            let Statement::OnlyMay(Permission::Is(who), _) = statement else { continue };
            let fields: BTreeSet<Field> =
                who.fields().into_iter().filter(|field| !conditions.contains(field)).collect();
            let fact = fact!(enforces, *dp, *invariant);
            cells.extend(fields.into_iter().map(|field| Cell::Derived(fact, facts.path(field))));
        }
    }
    cells
}

/// S8-p3, A-38: what is tested beforehand is what the write tests.
fn validation(paths: &Paths, operation: Operation) -> Vec<Cell> {
    let states = paths.changes.get(operation).iter().filter_map(|object| paths.admitted(operation, *object));
    let mut cells: Vec<Cell> = vec![];
    cells.extend(paths.bounded.get(operation).iter().map(|asked| {
        Cell::Derived(fact!(parameter_sign, *asked, Sign::NonNegative), format!("{} >= 0", paths.name(*asked)))
    }));
    cells.extend(permissions(paths, operation));
    cells.extend(states.map(|(text, _)| Cell::Code(text)));
    // A condition that an invariant states as well is one all the same.
    let said: Vec<String> = cells.iter().map(Cell::plain).collect();
    let guards = paths.guards.get(operation).iter().map(|guard| paths.text(*guard));
    cells.extend(guards.filter(|text| !said.contains(text)).map(Cell::Code));
    let versioned = paths.changes.get(operation).iter().filter(|object| paths.compares_version(operation, **object));
    cells.extend(versioned.map(|object| Cell::Code(format!("version of {} as read", paths.name(*object)))));
    cells
}

/// S4-T6i: what must be so of who asks.
fn permissions(paths: &Paths, operation: Operation) -> Vec<Cell> {
    let mut cells = vec![];
    for (dp, invariant) in paths.permits.get(operation) {
        for (_, statement) in paths.design.facts.statement.iter().filter(|(other, _)| other == invariant) {
            let Statement::OnlyMay(permission, _) = statement else { continue };
            let text = match (paths.permissions.condition(permission, operation), permission) {
                (Some(who), _) => who.text(&paths.design.facts),
                (None, Permission::Actor(actor)) => format!("caller has the role {}", paths.name(*actor)),
                (None, _) => paths.sentence(*invariant),
            };
            // Two boundaries may keep one permission.
            if cells.iter().all(|cell: &Cell| cell.plain() != text) {
                cells.push(Cell::Derived(fact!(enforces, *dp, *invariant), text));
            }
        }
    }
    cells
}

/// S8-p4: what one transaction changes; what another service keeps is apart.
fn changes(paths: &Paths, operation: Operation) -> Vec<Cell> {
    let mut cells = vec![];
    for object in paths.written(operation) {
        let rows = paths.rows(operation).into_iter().filter(|row| row.object == object);
        let mut done: Vec<String> = rows.flat_map(|row| paths.settings_of(operation, row)).collect();
        let created = paths.creates.get(operation).contains(&object);
        done.extend(created.then(|| format!("create {}", paths.name(object))));
        if done.is_empty() {
            done.push(format!("delete {}", paths.name(object)));
        }
        let apart = if paths.at_home(operation, object) { "" } else { ", in its own service" };
        let text = format!("{}{apart}", done.join(", "));
        cells.push(Cell::Derived(fact!(writes, operation, object), text));
    }
    let keyed = paths.design.algorithms.has(operation, Feature::Keyed);
    cells.extend(keyed.then(|| Cell::Derived(fact!(feature, operation, Feature::Keyed), "the outcome".to_owned())));
    for event in paths.announces.get(operation) {
        if paths.delivery.get(*event).contains(&Mechanism::Outbox) {
            cells.push(Cell::Entity((*event).into(), format!("{} in the outbox", paths.name(*event))));
        }
    }
    cells.extend(paths.causes.get(operation).iter().map(|caused| {
        Cell::Derived(fact!(causes, operation, *caused), format!("the request for {}", paths.name(*caused)))
    }));
    cells
}

/// S8-p5.
fn returned(paths: &Paths, operation: Operation) -> Vec<&'static str> {
    use super::Response::*;
    let step = &paths.design.algorithms;
    let mut answers = vec![];
    let rejected = step.responses(operation, Situation::Rejection).any(|it| it != NeverRejected);
    answers.extend(rejected.then_some("rejected, with the reason"));
    answers.extend(
        step.responses(operation, Situation::Retry)
            .any(|it| it == ExistingRecord)
            .then_some("the record that is there"),
    );
    answers.extend(
        step.responses(operation, Situation::Timeout).any(|it| it == Undecided).then_some("undecided, safe to repeat"),
    );
    answers
}

/// S8-p6, CK-8c.
fn behaviour(paths: &Paths) -> Table {
    let cell = |operation: Operation, situation: Situation| {
        let of = paths.design.algorithms.responses(operation, situation);
        let cells = of.map(|it| Cell::Derived(fact!(answers, operation, situation, it), it.word().to_owned()));
        Cell::list(cells.collect())
    };
    let row = |operation: Operation| {
        let name = Cell::Entity(operation.into(), paths.name(operation));
        std::iter::once(name).chain(Situation::ALL.iter().map(|it| cell(operation, *it))).collect()
    };
    Table {
        title: "When things go wrong",
        columns: vec!["Write path", "Retry", "Duplicate", "Race", "Timeout", "Rejection", "Crash"],
        rows: paths.all().map(row).collect(),
        empty: "there is no write path",
    }
}

/// S8-d2.
fn idempotency(paths: &Paths) -> Table {
    let row = |operation: Operation| {
        let named = paths.once_per.get(operation).iter();
        let named = named.map(|parameter| Cell::Entity((*parameter).into(), paths.name(*parameter)));
        let kept = paths.remembered.get(operation).iter().map(|time| Cell::text(time.to_string()));
        let again = paths.design.algorithms.responses(operation, Situation::Retry);
        let mut again: Vec<Cell> = again
            .map(|it| Cell::Derived(fact!(answers, operation, Situation::Retry, it), it.gloss().to_owned()))
            .collect();
        if paths.is_open(operation) {
            again.push(Cell::text("Open: nothing tells it from a new one; `once per` is missing."));
        }
        vec![
            Cell::Entity(operation.into(), paths.name(operation)),
            Cell::list(named.collect()),
            Cell::list(kept.collect()),
            Cell::list(again),
        ]
    };
    Table {
        title: "Idempotency",
        columns: vec!["Write path", "Request known by", "Kept", "On a repeated request"],
        rows: paths.all().map(row).collect(),
        empty: "there is no write path",
    }
}

/// S8-o1, CK-8b.
fn state_machines(paths: &Paths) -> Table {
    Table {
        title: "State machines",
        columns: vec!["Object", "States", "Initial", "Allowed, with trigger", "Forbidden", "Terminal"],
        rows: machines(paths).iter().map(|machine| machine.row(paths)).collect(),
        empty: "no object has a state machine",
    }
}

/// S8-d1, A-54.
fn clocks(paths: &Paths) -> Table {
    let row = |(operation, clock): &(Operation, Clock)| {
        let clocked = |guard: &&Guard| paths.design.evidence.timed.binary_search(&(**guard,)).is_ok();
        let tests = paths.guards.get(*operation).iter().filter(clocked);
        let tests: Vec<Cell> = tests.map(|guard| Cell::Code(paths.text(*guard))).collect();
        let fact: Fact = fact!(judged_by, *operation, *clock);
        vec![
            Cell::Entity((*operation).into(), paths.name(*operation)),
            Cell::Derived(fact, clock.word().to_owned()),
            Cell::list(tests),
            Cell::text(clock.gloss()),
        ]
    };
    Table {
        title: "Clock authority",
        columns: vec!["Write path", "Clock", "Tests it decides", "What that means"],
        rows: paths.design.algorithms.judged_by.iter().map(row).collect(),
        empty: "no write path looks at the time",
    }
}

/// S8-t3, A-43.
fn copies(paths: &Paths) -> Table {
    let row = |(view, way, rule): &(View, Maintenance, RuleId)| {
        let [event, close, lost] = upkeep::row(paths, *view, *way);
        let text = |text: String| if text.is_empty() { Cell::Empty } else { Cell::Text(text) };
        vec![
            Cell::Entity((*view).into(), paths.name(*view)),
            Cell::Derived(fact!(maintained, *view, *way, *rule), way.word().to_owned()),
            text(event),
            text(close),
            text(lost),
        ]
    };
    Table {
        title: "Upkeep of copies",
        columns: vec!["View", "Kept by", "On a record or a change", "At a cut-off", "Rebuild"],
        rows: paths.design.algorithms.maintained.iter().map(row).collect(),
        empty: "no view is kept",
    }
}
