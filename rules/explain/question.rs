//! What can be asked about a design: a topic and a thing, and the facts that answer.

use crate::Design;
use crate::fact::{Dp, Entity, Source};
use crate::proof::{self, Fact, Proofs, Term};
use crate::relation;
use crate::step_05_parameters::DpKind;
use std::collections::{BTreeMap, BTreeSet};

/// Something that can be asked of a thing: `mechanism of PlaceBid`.
pub struct Topic {
    /// How it is asked for, the usual word first.
    pub words: &'static [&'static str],
    /// The relations that answer.
    relations: &'static [&'static str],
    /// What they speak of.
    about: About,
}

/// What the facts that answer speak of, where one asks of a thing.
#[derive(Clone, Copy, PartialEq)]
enum About {
    /// The thing itself, wherever it is mentioned.
    Thing,
    /// The thing itself, where it is what the fact is of.
    Subject,
    /// The design parameters that are of it, or guard, protect, serve it.
    Parameters,
    /// Those that number something.
    Sequences,
    /// Its tables.
    Tables,
    /// Whatever a product keeps for it.
    Kept,
    /// The operational parameters of it and of its design parameters.
    Knobs,
    /// The ways on which it is read and written.
    Paths,
}

const fn of_thing(words: &'static [&'static str], relations: &'static [&'static str]) -> Topic {
    Topic { words, relations, about: About::Thing }
}

const fn of_parameter(words: &'static [&'static str], relations: &'static [&'static str]) -> Topic {
    Topic { words, relations, about: About::Parameters }
}

const fn of(about: About, words: &'static [&'static str], relations: &'static [&'static str]) -> Topic {
    Topic { words, relations, about }
}

/// What can be asked, in the order of the steps: whatever the author can decide is among it. Besides these, any relation by its name.
#[rustfmt::skip]
pub static TOPICS: &[Topic] = &[
    of_thing(&["requirement", "requirements"], &["normalized"]),
    of_thing(&["hidden", "hidden writes"], &["hidden_write", "hidden_trigger", "hidden_view"]),
    of_thing(&["class"], &["primary", "class_origin"]),
    of_thing(&["tests", "validity"], &["passes", "fails"]),
    of_thing(&["ownership"], &["ownership", "partition_by"]),
    of_thing(&["evolution"], &["evolution"]),
    of_thing(&["ordering", "order"], &["ordering", "ordered_within"]),
    of_thing(&["axes"], &["ownership", "partition_by", "evolution", "ordering", "ordered_within"]),
    of_thing(&["writers", "writer"], &["writer", "multi_writer"]),
    of_thing(&["conflicts", "conflict"], &["conflict", "contended"]),
    of_thing(&["invariants", "invariant"], &["governs", "about", "enforces"]),
    of_parameter(&["design parameters", "design parameter", "parameters"], &["dp"]),
    of_parameter(&["family", "families"], &["family"]),
    of_parameter(&["properties", "property"], &["property"]),
    of_parameter(&["mechanism", "mechanisms"], &["mechanism", "adds", "form"]),
    of(About::Sequences, &["sequence"], &["dp", "mechanism", "adds"]),
    of_parameter(&["alternatives", "alternative"], &["alternative"]),
    of_parameter(&["exclusions", "excluded"], &["excluded"]),
    of(About::Subject, &["truth", "source of truth"], &["truth", "projection"]),
    of_parameter(&["dependencies", "dependency"], &["depends"]),
    of_thing(&["sources", "source"], &["projection"]),
    of_thing(&["rebuild path", "rebuild"], &["rebuildable", "diverges"]),
    of_thing(&["lag", "staleness"], &["lag", "total_lag"]),
    of(About::Tables, &["primary key", "key"], &["primary_key"]),
    of(About::Tables, &["partition key"], &["partition_key"]),
    of(About::Kept, &["store", "stores", "product"], &["product", "also", "archived"]),
    of(About::Kept, &["service", "services", "component"], &["hosts"]),
    of(About::Paths, &["consistency"], &["consistency", "bound", "raised"]),
    of(About::Knobs, &["value", "values", "operational parameters"], &["default", "range", "settled"]),
];

impl Topic {
    /// The topic so called.
    pub fn called(word: &str) -> Option<&'static Topic> {
        TOPICS.iter().find(|topic| topic.words.iter().any(|other| other.eq_ignore_ascii_case(word)))
    }

    /// What can be said in answer, of whatever is asked about: "the ownership of … is …".
    pub fn sentences(&self) -> Vec<String> {
        let concluded = |name: &&str| relation::named(name).find(|relation| !relation.declared);
        let relations = self.relations.iter().filter_map(concluded);
        relations.map(|relation| relation.says.split(['{', '}']).step_by(2).collect::<Vec<_>>().join("…")).collect()
    }

    /// All answers, of everything.
    pub fn answers(&self, proofs: &Proofs<'_>) -> Vec<Fact> {
        let of = |name: &&'static str| self.relations.iter().position(|relation| relation == name);
        let mut facts: Vec<Fact> = proofs.derived().into_iter().filter(|fact| of(&fact.relation).is_some()).collect();
        facts.retain(|fact| match self.about {
            About::Parameters | About::Sequences => matches!(fact.subject(), Some(Entity::Dp(_))),
            About::Tables => matches!(fact.subject(), Some(Entity::Table(_))),
            _ => true,
        });
        facts.sort_by_key(|fact| (fact.subject(), of(&fact.relation), *fact));
        facts
    }
}

/// The facts that answer, topic by topic; `None` where there is no such topic.
pub fn facts(design: &Design, proofs: &Proofs<'_>, topic: &str, of: Entity) -> Option<Vec<Fact>> {
    let topic = topic.to_lowercase();
    let of_parameters = || parameters(design, of).into_iter().map(Entity::from);
    if let Some(found) = TOPICS.iter().find(|other| other.words.contains(&topic.as_str())) {
        let about = found.about.things(design, of);
        let facts = found.relations.iter().flat_map(|name| of_relation(proofs, name, &about));
        // A stage of the evolution adds mechanisms too (step 20): that says nothing about why the parameter has them. A component
        // stands first where it is said what it hosts.
        let subject = !matches!(found.about, About::Thing) && found.relations != ["hosts"];
        let about_them = |fact: &Fact| !subject || fact.subject().is_some_and(|it| about.contains(&it));
        return Some(facts.filter(about_them).collect());
    }
    let name = topic.replace([' ', '-'], "_");
    let names = [name.as_str(), name.trim_end_matches('s')];
    let relation = names.into_iter().find(|name| relation::named(name).any(|relation| !relation.declared))?;
    let about = of_parameters().chain([of]).collect();
    Some(of_relation(proofs, relation, &about))
}

impl About {
    fn things(self, design: &Design, of: Entity) -> BTreeSet<Entity> {
        let parameters = || parameters(design, of).into_iter().map(Entity::from);
        let tables =
            || design.schema.table.iter().filter(|(.., what)| *what == of).map(|(table, ..)| Entity::from(*table));
        match self {
            About::Thing | About::Subject => BTreeSet::from([of]),
            About::Parameters => parameters().collect(),
            About::Sequences => {
                let numbers = |dp: &Entity| {
                    design
                        .parameters
                        .dp
                        .iter()
                        .any(|(it, kind, _)| Entity::from(*it) == *dp && *kind == DpKind::Sequence)
                };
                parameters().filter(numbers).collect()
            }
            About::Tables => tables().chain([of]).collect(),
            About::Kept => parameters().chain(tables()).chain([of]).collect(),
            About::Knobs => {
                let of_it: BTreeSet<Entity> = parameters().chain([of]).collect();
                let knobs = design.knobs.knob.iter().filter(|(.., what)| of_it.contains(what));
                knobs.map(|(knob, ..)| Entity::from(*knob)).chain([of]).collect()
            }
            About::Paths => paths(design, of),
        }
    }
}

/// What a product keeps of a thing: itself, its tables, and its design parameters.
pub fn kept(design: &Design, of: Entity) -> BTreeSet<Entity> {
    About::Kept.things(design, of)
}

/// A thing as it is read and written: by operations, queries and views, where it is no path itself.
fn paths(design: &Design, of: Entity) -> BTreeSet<Entity> {
    let facts = &design.facts;
    let mut found = BTreeSet::from([of]);
    let is_it = |source: &Source| Entity::from(*source) == of;
    found.extend(facts.upstream.iter().filter(|(_, source)| is_it(source)).map(|(view, _)| Entity::from(*view)));
    found.extend(facts.query_reads.iter().filter(|(_, source)| is_it(source)).map(|(query, _)| Entity::from(*query)));
    let written = design.evidence.writes.iter().filter(|(_, object)| Entity::from(*object) == of);
    found.extend(written.map(|(operation, _)| Entity::from(*operation)));
    found
}

/// The conclusions of a relation that mention one of the things.
fn of_relation(proofs: &Proofs<'_>, name: &str, about: &BTreeSet<Entity>) -> Vec<Fact> {
    let facts = proofs.derived().into_iter().filter(|fact| fact.relation == name);
    facts.filter(|fact| mentions(fact, about)).collect()
}

fn mentions(fact: &Fact, about: &BTreeSet<Entity>) -> bool {
    fact.terms.iter().any(|term| matches!(term, Term::Entity(entity) if about.contains(entity)))
}

/// The design parameters that are of a thing, or guard, protect, serve or enforce it.
pub fn parameters(design: &Design, of: Entity) -> Vec<Dp> {
    let step = &design.parameters;
    let mut found = BTreeSet::new();
    match of {
        Entity::Dp(dp) => drop(found.insert(dp)),
        Entity::Object(object) => found.extend(step.guards.iter().filter(|(_, it)| *it == object).map(|(dp, _)| *dp)),
        Entity::Operation(operation) => {
            found.extend(step.protects.iter().filter(|(_, it)| *it == operation).map(|(dp, _)| *dp));
        }
        Entity::View(view) => found.extend(step.serves_view.iter().filter(|(_, it)| *it == view).map(|(dp, _)| *dp)),
        Entity::Invariant(invariant) => {
            found.extend(step.enforces.iter().filter(|(_, it)| *it == invariant).map(|(dp, _)| *dp));
        }
        _ => (),
    }
    found.extend(step.dp.iter().filter(|(.., it)| *it == of).map(|(dp, ..)| *dp));
    found.into_iter().collect()
}

/// Everything that has a name, declared things first; fields under their object: `Auction.end_time`.
pub fn names(design: &Design) -> Vec<(String, Entity)> {
    let declared = design.facts.names.entities().map(|entity| match entity {
        Entity::Field(field) if field.index() < design.facts.field.len() => (design.facts.path(field), entity),
        _ => (design.facts.name(entity).to_owned(), entity),
    });
    let invariants = design.invariants.invariant.iter().map(|(invariant, ..)| Entity::from(*invariant));
    let derived = invariants.chain(design.parameters.dp.iter().map(|(dp, ..)| Entity::from(*dp)));
    let derived = derived.chain(design.schema.table.iter().map(|(table, ..)| Entity::from(*table)));
    let derived = derived.chain(design.topology.component.iter().map(|(component, ..)| Entity::from(*component)));
    declared.chain(derived.map(|entity| (design.name(entity), entity))).filter(|(name, _)| !name.is_empty()).collect()
}

/// The conclusions about one thing with the number of the step that draws them, in the order of the steps: what its design
/// comes down to. What the declarations show before any step is 0.
pub fn conclusions(design: &Design, of: Entity) -> Vec<(u8, Fact)> {
    let about = BTreeSet::from([of]);
    let telling = |fact: &Fact| !connecting(fact.relation) && (fact.subject() == Some(of) || of_no_parameter(fact));
    let mut steps: BTreeMap<Fact, u8> = BTreeMap::new();
    for (step, (fact, ..)) in proof::log_by_step(design) {
        if mentions(fact, &about) && telling(fact) {
            steps.entry(*fact).or_insert(step);
        }
    }
    let mut facts: Vec<(u8, Fact)> = steps.into_iter().map(|(fact, step)| (step, fact)).collect();
    facts.sort_by_key(|(step, fact)| (*step, relation::position(fact.relation), *fact));
    facts
}

/// The declared things that something derived is of: what has to be written for it is written there.
pub fn declared(design: &Design, of: Entity) -> BTreeSet<Entity> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![of];
    while let Some(entity) = open.pop() {
        if !seen.insert(entity) {
            continue;
        }
        if design.facts.names.get(entity).is_some() {
            found.insert(entity);
            continue;
        }
        let parameters = &design.parameters;
        match entity {
            Entity::Dp(dp) => {
                open.extend(parameters.dp.iter().filter(|it| it.0 == dp).map(|it| it.2));
                open.extend(parameters.guards.iter().filter(|it| it.0 == dp).map(|it| Entity::from(it.1)));
            }
            Entity::Invariant(invariant) => {
                let kept = parameters.enforces.iter().filter(|it| it.1 == invariant);
                open.extend(kept.map(|it| Entity::from(it.0)));
            }
            Entity::Table(table) => open.extend(design.schema.table.iter().filter(|it| it.0 == table).map(|it| it.2)),
            Entity::FailureMode(mode) => {
                open.extend(design.failures.failure.iter().filter(|it| it.0 == mode).map(|it| it.2));
            }
            Entity::Slo(slo) => open.extend(design.objectives.slo.iter().filter(|it| it.0 == slo).map(|it| it.2)),
            Entity::Component(component) => {
                open.extend(design.topology.hosts.iter().filter(|it| it.0 == component).map(|it| it.1));
            }
            _ => (),
        }
    }
    found
}

fn of_no_parameter(fact: &Fact) -> bool {
    !matches!(fact.subject(), Some(Entity::Dp(_)))
}

/// Whether facts of the relation only lead from one thing to another. A proof is as convincing without them, and shorter;
/// they are shown where everything is.
pub fn connecting(relation: &str) -> bool {
    CONNECTING.contains(&relation)
}

#[rustfmt::skip]
static CONNECTING: &[&str] = &[
    "field", "parameter", "state", "key", "operation", "writes", "creates", "writes_field", "reads_field", "about", "governs",
    "dp", "enforces", "guards", "protects", "serves_view", "keeper", "selected", "closure", "guarded_by", "mentions", "within",
    "needs", "moves", "class_origin",
];
