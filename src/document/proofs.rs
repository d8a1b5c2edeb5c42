//! The proofs a page needs, each fact once: what holds, the rule, and links to what it rests on.

use std::collections::HashMap;

use sysd_rules::proof::{Fact, Proofs, Step};
use sysd_rules::recheck::Rechecker;
use sysd_rules::relation::says;

use super::anchor;
use super::model::{Entry, Link};
use crate::Analysis;
use crate::explain::{located, reason};
use crate::position::Positions;

/// Facts that the page links to, and all they rest on.
pub struct Entries<'a> {
    spec: &'a Analysis,
    proofs: Proofs<'a>,
    rechecker: Rechecker<'a>,
    /// Counts lines once for the whole page.
    pub positions: Positions<'a>,
    /// Facts that have been asked for: where their entry is, or that no proof of them stands.
    known: HashMap<Fact, Option<usize>>,
    /// Conclusions before what they rest on, as they came up.
    steps: Vec<(Step, Vec<Fact>)>,
}

impl<'a> Entries<'a> {
    /// None yet.
    pub fn new(spec: &'a Analysis) -> Self {
        let proofs = Proofs::new(&spec.design);
        let rechecker = Rechecker::new(&spec.design);
        Entries {
            spec,
            proofs,
            rechecker,
            positions: Positions::new(&spec.sources),
            known: HashMap::new(),
            steps: vec![],
        }
    }

    /// The anchor of a fact's proof. A proof that does not stand when it is checked again is not shown.
    pub fn link(&mut self, fact: Fact) -> Option<String> {
        let at = match self.known.get(&fact) {
            Some(at) => *at,
            None => self.add(fact),
        };
        at.map(|at| format!("#why-{at}"))
    }

    fn add(&mut self, fact: Fact) -> Option<usize> {
        let proof = self.proofs.of(fact).filter(|proof| self.rechecker.recheck(proof).is_ok());
        let Some(proof) = proof else {
            self.known.insert(fact, None);
            return None;
        };
        for step in proof.steps.iter().rev() {
            if !self.known.contains_key(&step.fact) {
                self.known.insert(step.fact, Some(self.steps.len()));
                let premises = step.premises.iter().map(|at| proof.steps[*at].fact).collect();
                self.steps.push((step.clone(), premises));
            }
        }
        let at = self.known.get(&proof.conclusion().fact).copied().flatten();
        self.known.insert(fact, at);
        at
    }

    /// All entries, in the order of their anchors.
    pub fn finish(self, positions: &Positions<'_>) -> Vec<Entry> {
        let design = &self.spec.design;
        let premise = |fact: &Fact| {
            let at = self.known.get(fact).copied().flatten();
            Link { text: says(design, fact), href: at.map(|at| format!("#why-{at}")) }
        };
        let entry = |(at, (step, premises)): (usize, &(Step, Vec<Fact>))| {
            let line = match step.rule {
                Some(_) => None,
                None => located(self.spec, &step.fact).and_then(|at| {
                    let place = positions.place(at)?;
                    Some(Link { text: format!("{}:{}", place.path, place.start.line), href: anchor(at, positions) })
                }),
            };
            Entry {
                id: format!("why-{at}"),
                says: says(design, &step.fact),
                rule: step.rule,
                reason: step.rule.map(reason).unwrap_or_default(),
                premises: premises.iter().map(premise).collect(),
                line,
            }
        };
        self.steps.iter().enumerate().map(entry).collect()
    }
}
