//! Proofs as nested lists: what holds, the rule that allows it, and what it rests on, down to lines of the spec.

use super::Detail;
use crate::Analysis;
use crate::position::Positions;
use crate::source::Location;
use std::collections::{BTreeMap, HashSet};
use sysd_rules::explain::{obligation, question, row};
use sysd_rules::fact::Entity;
use sysd_rules::proof::{Fact, Proof, Proofs, RuleId, Term};
use sysd_rules::recheck::Rechecker;
use sysd_rules::relation::says;

/// Several proofs, and under them the rules they use.
pub struct Trees<'a> {
    spec: &'a Analysis,
    proofs: &'a Proofs<'a>,
    rechecker: Rechecker<'a>,
    positions: Positions<'a>,
    detail: Detail,
    text: String,
    rules: BTreeMap<usize, RuleId>,
    seen_rules: HashSet<RuleId>,
    /// What stands above with something below it: it is named again, and what it rests on is not told again.
    told: HashSet<Fact>,
    /// Conclusions of cells whose proofs stand above: they are named again, and not proved again.
    proved: HashSet<Fact>,
}

impl<'a> Trees<'a> {
    /// Nothing yet.
    pub fn new(spec: &'a Analysis, proofs: &'a Proofs<'a>, detail: Detail) -> Self {
        let positions = Positions::new(&spec.sources);
        Trees {
            spec,
            proofs,
            rechecker: Rechecker::new(&spec.design),
            positions,
            detail,
            text: String::new(),
            rules: BTreeMap::new(),
            seen_rules: HashSet::new(),
            told: HashSet::new(),
            proved: HashSet::new(),
        }
    }

    /// Adds the proof of a fact. A proof that does not stand is not shown, and said to be missing.
    pub fn add(&mut self, fact: Fact) {
        match self.standing(fact) {
            Some(proof) => {
                self.tree(&proof, 0);
                self.text.push('\n');
            }
            None => {
                let says = says(&self.spec.design, &fact);
                self.text.push_str(&format!("{says}: {NO_PROOF}\n\n"));
            }
        }
    }

    /// Adds what a cell of a table states as an item of a list, its proof below it; where it stands above, only that.
    pub fn cell(&mut self, fact: Fact) {
        let design = &self.spec.design;
        let says = || says(design, &fact);
        if self.proved.contains(&fact) {
            return self.text.push_str(&format!("- {}, as above\n", says()));
        }
        match self.standing(fact) {
            Some(proof) => self.tree(&proof, 1),
            None => self.text.push_str(&format!("- {}: {NO_PROOF}\n", says())),
        }
        self.proved.insert(fact);
    }

    /// The proofs, and the text of every rule they name.
    pub fn finish(self) -> String {
        let rules = self.rules();
        let heading = if rules.is_empty() { "" } else { "Rules\n\n" };
        self.text + heading + &rules
    }

    /// The proofs since the last time.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// The text of every rule that the proofs name.
    pub fn rules(&self) -> String {
        self.rules.values().map(|rule| format!("- {rule}: {}\n", reason(rule))).collect()
    }

    fn standing(&mut self, fact: Fact) -> Option<Proof> {
        self.proofs.of(fact).filter(|proof| self.rechecker.recheck(proof).is_ok())
    }

    /// The steps as a list, the conclusion at that depth of it; at none it is a line of its own. What a step rests on is told
    /// where the step stands first, in this proof or in one above.
    fn tree(&mut self, proof: &Proof, depth: usize) {
        let root = proof.steps.len() - 1;
        let (mut passed, mut shown) = (HashSet::new(), HashSet::new());
        // A stack of its own: a chain of views may be as long as the spec. With each step, the one it is shown under.
        let mut open = vec![(root, depth, root)];
        while let Some((at, depth, under)) = open.pop() {
            let step = &proof.steps[at];
            let telling = at == root || self.detail == Detail::Full || !question::connecting(step.fact.relation);
            if telling && !shown.insert((under, at)) {
                continue;
            }
            // A step that is not shown is passed through once in each proof.
            let goes_on = if telling { !self.told.contains(&step.fact) } else { passed.insert(at) };
            if telling {
                self.line(&step.fact, step.rule, depth, goes_on || step.premises.is_empty());
            }
            if goes_on {
                let below = depth + usize::from(telling);
                let under = if telling { at } else { under };
                open.extend(step.premises.iter().rev().map(|premise| (*premise, below, under)));
                if telling && !step.premises.is_empty() {
                    self.told.insert(step.fact);
                }
            }
        }
    }

    fn line(&mut self, fact: &Fact, rule: Option<RuleId>, depth: usize, first: bool) {
        if depth > 0 {
            self.text.push_str(&"  ".repeat(depth.min(20) - 1));
            self.text.push_str("- ");
        }
        self.text.push_str(&says(&self.spec.design, fact));
        match rule {
            Some(rule) => {
                self.text.push_str(&format!(" ({rule})"));
                if self.seen_rules.insert(rule) {
                    self.rules.insert(self.rules.len(), rule);
                }
                if !first {
                    self.text.push_str(", as above");
                }
            }
            None => {
                if let Some(place) = place(self.spec, &self.positions, fact) {
                    self.text.push_str(&format!(": {place}"));
                }
            }
        }
        self.text.push('\n');
        if depth == 0 {
            self.text.push('\n');
        }
    }
}

/// Said where the log lacks an entry or an entry is wrong: both are faults of the rules, never of a spec.
const NO_PROOF: &str = "no proof of this stands; please report it";

/// Why a rule says so, in one line.
pub fn reason(rule: &str) -> String {
    let row = row::find(rule).map(|line| line.why.to_owned());
    row.or_else(|| obligation::find(rule).map(|it| it.text.to_owned())).unwrap_or_default()
}

/// Where the author says so: `auction.sysd:41`.
fn place(spec: &Analysis, positions: &Positions<'_>, fact: &Fact) -> Option<String> {
    let place = positions.place(located(spec, fact)?)?;
    Some(format!("{}:{}", place.path, place.start.line))
}

/// Where the author says what a declared fact states: the clause, or the thing it is about.
pub fn located(spec: &Analysis, fact: &Fact) -> Option<Location> {
    let entities = fact.terms.iter().filter_map(|term| match term {
        Term::Entity(entity) => Some(*entity),
        _ => None,
    });
    let written: Vec<Entity> = entities.filter(|entity| spec.places.get(*entity).is_some()).collect();
    let of_clause = written.iter().find_map(|entity| {
        let clauses = &spec.places.get(*entity)?.clauses;
        let opens = |word: &&str| clauses.iter().any(|(opening, _)| opening == word);
        openings(fact.relation).into_iter().find(|word| opens(word)).map(|word| (*entity, Some(word)))
    });
    let (entity, clause) = of_clause.or_else(|| Some((*written.first()?, None)))?;
    spec.places.site(entity, clause)
}

/// The words a clause that states such facts may open with.
fn openings(relation: &'static str) -> Vec<&'static str> {
    let special: &[&str] = match relation {
        "owner" | "winner_per" => &["ownership"],
        "ordered_by" | "ordered_within" => &["ordering"],
        "order_of" => &["ordered", "top"],
        "assigns_own_sequence" => &["numbers"],
        "remembered" => &["once"],
        "hottest" => &["rate"],
        "audience" | "audience_size" | "coupling" | "fan_out" => &["announces"],
        "upstream" => &["of"],
        "computed" | "grouped" => &["value"],
        "filtered" => &["where"],
        "window" => &["over"],
        "decays" => &["half-life"],
        "actor_count" => &["count"],
        "holds" | "hold_time" | "released_by" => &["holds"],
        _ => &[],
    };
    let own = relation.split('_').next().unwrap_or(relation);
    special.iter().copied().chain([own]).collect()
}
