//! Derived facts as values, and why they hold.
//!
//! Every step writes, in the heads of its rules, an entry to its relation `because(conclusion, rule, premises)`.
//! A proof is a walk through those entries, down to what the author declared. The entries are a log and take no part
//! in the derivation; [`crate::recheck`] holds each of them against the finished relations before anything is shown.

use crate::fact::Entity;
use crate::quantity::Quantity;
use crate::{Design, STEPS, log, relation};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// One fact, uniform over all relations: for proofs, questions, links and output, never for derivation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Fact {
    /// The relation's name, as in the step's program: `mechanism`.
    pub relation: &'static str,
    /// Its columns, in order; unused ones are [`Term::None`].
    pub terms: [Term; 3],
}

/// One column of a [`Fact`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Term {
    /// No such column.
    None,
    /// A thing.
    Entity(Entity),
    /// A word of the vocabulary, a property, a mechanism: how it is written.
    Word(&'static str),
    /// A figure.
    Quantity(Quantity),
}

/// The id of the row, rule or obligation that allows a conclusion: `6.2#4`, `S2-v4`, `A-9`.
pub type RuleId = &'static str;

/// The facts a conclusion rests on; further conditions are the rule's own. A handle: a fact is ten words long.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Premises(Option<Arc<[Fact]>>);

impl Premises {
    /// One after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, Fact> {
        self.0.as_deref().unwrap_or_default().iter()
    }
}

/// One entry of a step's log.
pub type Because = (Fact, RuleId, Premises);

impl<E: Into<Entity>> From<E> for Term {
    fn from(entity: E) -> Term {
        Term::Entity(entity.into())
    }
}

/// `fact!(relation, a, b, c)` with anything that is a [`Term`], an id or a word. Within a derivation that keeps no log nobody
/// reads it, and it is [`Fact::UNTOLD`]: to write out what every rule rests on takes as long as a tenth of the derivation.
#[macro_export]
macro_rules! fact {
    ($relation:ident $(, $term:expr)* $(,)?) => {
        if $crate::log::is_kept() {
            $crate::proof::Fact::new(stringify!($relation), &[$($crate::proof::IntoTerm::term($term)),*])
        } else {
            $crate::proof::Fact::UNTOLD
        }
    };
}

/// What can stand in a column.
pub trait IntoTerm {
    /// As a column.
    fn term(self) -> Term;
}
impl<E: Into<Entity> + Copy> IntoTerm for E {
    fn term(self) -> Term {
        Term::Entity(self.into())
    }
}
impl IntoTerm for &'static str {
    fn term(self) -> Term {
        Term::Word(self)
    }
}
impl IntoTerm for Quantity {
    fn term(self) -> Term {
        Term::Quantity(self)
    }
}
// Clauses see the columns of a relation by reference.
impl IntoTerm for &Quantity {
    fn term(self) -> Term {
        Term::Quantity(*self)
    }
}
impl IntoTerm for &&'static str {
    fn term(self) -> Term {
        Term::Word(self)
    }
}
impl IntoTerm for Term {
    fn term(self) -> Term {
        self
    }
}

/// The first four facts as premises; none where no log is kept.
pub fn premises(facts: &[Fact]) -> Premises {
    const MOST: usize = 4;
    let some = log::is_kept() && !facts.is_empty();
    Premises(some.then(|| facts[..facts.len().min(MOST)].into()))
}

impl Fact {
    /// What stands for a fact where no log is kept.
    pub const UNTOLD: Fact = Fact { relation: "", terms: [Term::None; 3] };

    /// The fact with up to three columns.
    pub fn new(relation: &'static str, terms: &[Term]) -> Fact {
        Fact { relation, terms: std::array::from_fn(|i| terms.get(i).copied().unwrap_or(Term::None)) }
    }

    /// Whether the fact has columns of the other, in their order, and no others.
    pub fn is_short_for(&self, full: &Fact) -> bool {
        self.relation == full.relation && is_subsequence(&self.terms, &full.terms)
    }

    /// The thing the fact is about: its first column.
    pub fn subject(&self) -> Option<Entity> {
        match self.terms[0] {
            Term::Entity(entity) => Some(entity),
            _ => None,
        }
    }
}

/// Whether what is there of the one stands in the other, in that order.
pub fn is_subsequence(terms: &[Term], columns: &[Term]) -> bool {
    let mut columns = columns.iter();
    terms.iter().filter(|term| **term != Term::None).all(|term| columns.any(|column| column == term))
}

/// Why a fact holds: its steps, each after everything it rests on; the last one is the fact itself.
#[derive(Clone, PartialEq, Debug)]
pub struct Proof {
    /// At least one.
    pub steps: Vec<Step>,
}

/// One fact of a proof and what makes it hold.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// What holds.
    pub fact: Fact,
    /// The row, rule or obligation that allows it; `None` where the author declared it.
    pub rule: Option<RuleId>,
    /// Earlier steps that it rests on.
    pub premises: Vec<usize>,
}

impl Proof {
    /// The step that states the proven fact.
    pub fn conclusion(&self) -> &Step {
        // INVARIANT: a proof has at least one step.
        &self.steps[self.steps.len() - 1]
    }

    /// The declarations it comes down to.
    pub fn declared(&self) -> impl Iterator<Item = Fact> + '_ {
        self.steps.iter().filter(|step| step.rule.is_none()).map(|step| step.fact)
    }
}

/// The justifications of all facts of a design: for each, one of least height, the first in the order of the log.
///
/// Heights grow from the declarations upward, so that no fact is ever part of its own proof, whatever the log says.
/// A premise may leave out columns of the fact it means (`dp(dp)` for `dp(dp, kind, of)`). Linear in the log.
pub struct Proofs<'d> {
    design: &'d Design,
    justified: HashMap<Fact, Reason<'d>>,
    /// Facts that have a column in common, by relation and column: read when a table shows a fact otherwise than the log has it.
    sharing: OnceCell<HashMap<(&'static str, Term), Vec<Fact>>>,
}

/// What makes a fact hold.
#[derive(Clone, Copy)]
enum Reason<'d> {
    /// The author says so.
    Declared,
    /// An entry of the log.
    Derived(&'d Because),
    /// It is short for another fact.
    Short(Fact),
}

impl<'d> Proofs<'d> {
    /// Reads the logs of all steps.
    pub fn new(design: &'d Design) -> Proofs<'d> {
        let log: Vec<&Because> = log(design).collect();
        let meant = Meant::new(&log);
        let mut justified: HashMap<Fact, Reason> =
            meant.declared.iter().map(|fact| (*fact, Reason::Declared)).collect();
        let mut waiting: HashMap<Fact, Vec<usize>> = HashMap::new();
        let mut missing = vec![0; log.len()];
        let mut ready = vec![];
        for (entry, (_, _, premises)) in log.iter().enumerate() {
            for premise in premises.iter().filter(|premise| !justified.contains_key(premise)) {
                waiting.entry(*premise).or_default().push(entry);
                missing[entry] += 1;
            }
            if missing[entry] == 0 {
                ready.push(entry);
            }
        }
        // One round per height.
        while !ready.is_empty() {
            ready.sort_unstable();
            let mut next = vec![];
            for entry in ready {
                let conclusion = log[entry].0;
                let mut settle = |fact: Fact, reason: Reason<'d>| {
                    if justified.contains_key(&fact) {
                        return;
                    }
                    justified.insert(fact, reason);
                    for other in waiting.remove(&fact).unwrap_or_default() {
                        missing[other] -= 1;
                        if missing[other] == 0 {
                            next.push(other);
                        }
                    }
                };
                settle(conclusion, Reason::Derived(log[entry]));
                for short in meant.shorts.get(&conclusion).into_iter().flatten() {
                    settle(*short, Reason::Short(conclusion));
                }
            }
            ready = next;
        }
        Proofs { design, justified, sharing: OnceCell::new() }
    }

    /// The proof of a fact, or of the one it is short for or that is short for it; `None` if nothing makes it hold.
    pub fn of(&self, fact: Fact) -> Option<Proof> {
        let mut steps: Vec<Step> = vec![];
        let mut at: HashMap<Fact, usize> = HashMap::new();
        let mut open = vec![self.full(self.known(fact))];
        while let Some(&fact) = open.last() {
            let because = self.reason(&fact)?;
            let premises = because.map_or(vec![], |entry| entry.2.iter().map(|p| self.full(*p)).collect());
            let unproved: Vec<Fact> =
                premises.iter().rev().filter(|premise| !at.contains_key(premise)).copied().collect();
            if !at.contains_key(&fact) && !unproved.is_empty() {
                open.extend(unproved);
                continue;
            }
            open.pop();
            if at.contains_key(&fact) {
                continue;
            }
            let premises = premises.iter().map(|premise| at[premise]).collect();
            at.insert(fact, steps.len());
            steps.push(Step { fact, rule: because.map(|(_, rule, _)| *rule), premises });
        }
        Some(Proof { steps })
    }

    /// All derived facts, sorted.
    pub fn derived(&self) -> Vec<Fact> {
        let derived = self.justified.iter().filter(|(_, reason)| matches!(reason, Reason::Derived(_)));
        let mut facts: Vec<Fact> = derived.map(|(fact, _)| *fact).collect();
        facts.sort_unstable();
        facts
    }

    /// The entry that concludes a fact, or none for a declaration; nothing at all where the fact does not hold.
    fn reason(&self, fact: &Fact) -> Option<Option<&'d Because>> {
        match self.justified.get(fact) {
            Some(Reason::Derived(entry)) => Some(Some(entry)),
            Some(Reason::Declared | Reason::Short(_)) => Some(None),
            None => relation::named(fact.relation).any(|r| r.declared && r.holds(self.design, fact)).then_some(None),
        }
    }

    /// The fact as the log has it: a table may show more columns than the log, or fewer.
    fn known(&self, fact: Fact) -> Fact {
        if self.justified.contains_key(&fact) {
            return fact;
        }
        let sharing = self.sharing.get_or_init(|| {
            let mut sharing: HashMap<(&str, Term), Vec<Fact>> = HashMap::new();
            for other in self.justified.keys() {
                other.terms.iter().for_each(|term| sharing.entry((other.relation, *term)).or_default().push(*other));
            }
            sharing
        });
        let near = fact.terms.iter().filter_map(|term| sharing.get(&(fact.relation, *term))).flatten();
        let alike = near.filter(|other| fact.is_short_for(other) || other.is_short_for(&fact));
        alike.min().copied().unwrap_or(fact)
    }

    /// The fact that this one is short for.
    fn full(&self, fact: Fact) -> Fact {
        match self.justified.get(&fact) {
            Some(Reason::Short(full)) => *full,
            _ => fact,
        }
    }
}

/// The proof of one fact. For many, keep a [`Proofs`].
pub fn proof(design: &Design, fact: Fact) -> Option<Proof> {
    Proofs::new(design).of(fact)
}

/// The logs of evidence and of all steps, one after the other.
pub fn log(design: &Design) -> impl Iterator<Item = &Because> {
    log_by_step(design).map(|(_, entry)| entry)
}

/// The same, each entry with the number of its step; evidence, which is of none, comes first as 0.
pub fn log_by_step(design: &Design) -> impl Iterator<Item = (u8, &Because)> {
    let design = design.logged();
    let steps = STEPS.iter().flat_map(|step| (step.because)(design).iter().map(|entry| (step.number, entry)));
    design.evidence.because.iter().map(|entry| (0, entry)).chain(steps)
}

/// Which facts the premises of a log mean.
struct Meant {
    /// Declarations: of a relation of the facts, and concluded by nobody, or by the very entry that repeats it under its
    /// step's name.
    declared: HashSet<Fact>,
    /// Of a conclusion, the premises that are short for it.
    shorts: HashMap<Fact, Vec<Fact>>,
}

impl Meant {
    fn new(log: &[&Because]) -> Meant {
        let concluded: HashSet<Fact> = log.iter().map(|(conclusion, ..)| *conclusion).collect();
        let mut about: HashMap<(&str, Term), Vec<Fact>> = HashMap::new();
        for fact in &concluded {
            about.entry((fact.relation, fact.terms[0])).or_default().push(*fact);
        }
        let (mut declared, mut shorts, mut seen) = (HashSet::new(), HashMap::<Fact, Vec<Fact>>::new(), HashSet::new());
        for (conclusion, _, premises) in log {
            for premise in premises.iter() {
                let may_declare = relation::is_declared(premise.relation);
                if may_declare && premise.is_short_for(conclusion) {
                    declared.insert(*premise);
                }
                if concluded.contains(premise) || !seen.insert(*premise) {
                    continue;
                }
                let candidates = about.get(&(premise.relation, premise.terms[0])).into_iter().flatten();
                let mut meant = candidates.filter(|fact| premise.is_short_for(fact)).peekable();
                if may_declare && meant.peek().is_none() {
                    declared.insert(*premise);
                }
                meant.for_each(|fact| shorts.entry(*fact).or_default().push(*premise));
            }
        }
        Meant { declared, shorts }
    }
}
