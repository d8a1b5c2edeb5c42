//! The tables and the pattern reference as data: complete, and every id once.

use crate::explain::obligation;
use crate::proof::RuleId;
use crate::step_06_mechanisms::choices::*;
use crate::step_06_mechanisms::patterns::{Mechanism, PATTERNS};
use crate::step_06_mechanisms::tables::*;
use crate::step_06_mechanisms::why;
use crate::vocabulary::Vocabulary;

type Line = (RuleId, &'static [&'static str]);

fn rows() -> Vec<Line> {
    fn all<P, T>(rows: &[crate::table::Row<P, T>]) -> Vec<Line> {
        rows.iter().map(|row| (row.id, row.cites)).collect()
    }
    [
        all(CLASSIFICATION),
        all(OWNERSHIP_EVOLUTION),
        all(ROUTES),
        all(QUESTIONS),
        all(COMBINATIONS),
        all(ALTERNATIVES),
        all(EXCLUSIONS),
        all(UNSATISFIABLE),
        all(CONTRADICTIONS),
    ]
    .concat()
}

#[test]
fn every_row_has_an_id_of_its_own_and_can_be_explained() {
    let rows = rows();
    for (i, (id, _)) in rows.iter().enumerate() {
        assert!(rows[..i].iter().all(|(other, _)| other != id), "{id} stands twice");
        assert!(why(id).is_some(), "{id} has no reason");
    }
}

#[test]
fn every_row_and_pattern_cites_what_exists() {
    for (row, cites) in rows() {
        for cite in cites {
            assert!(obligation::find(cite).is_some(), "{row} cites {cite}, which does not exist");
        }
    }
    for line in PATTERNS {
        assert!(obligation::find(line.id).is_some(), "{} cites {}", line.mechanism.word(), line.id);
    }
}

#[test]
fn every_mechanism_stands_in_the_reference_and_every_pattern_of_the_framework_is_there() {
    for mechanism in Mechanism::ALL {
        assert!(mechanism.patterns().next().is_some(), "{} has no line", mechanism.word());
    }
    for obligation in obligation::all().filter(|obligation| obligation.id.starts_with("PR-")) {
        assert!(PATTERNS.iter().any(|line| line.id == obligation.id), "{} has no line", obligation.id);
    }
}

#[test]
fn every_obligation_of_the_tables_is_cited_by_a_row() {
    let rows = rows();
    let tabled = |id: &str| {
        let (table, row) = id.split_once('-').unwrap_or((id, ""));
        let numbered = row.rsplit('-').next().unwrap_or("");
        matches!(table, "S6.1" | "S6.2" | "S6.3" | "S6.4") && numbered.starts_with(['r', 'd'])
    };
    for obligation in obligation::all().filter(|obligation| tabled(obligation.id)) {
        assert!(rows.iter().any(|(_, cites)| cites.contains(&obligation.id)), "no row implements {}", obligation.id);
    }
}

/// products are step 10's business.
#[test]
fn no_product_is_named() {
    let text: String = PATTERNS.iter().map(|line| format!("{line:?}")).collect();
    let text = format!("{text}{:?}{:?}{:?}", rows(), OWNERSHIP_EVOLUTION, ALTERNATIVES).to_lowercase();
    for product in ["redis", "postgres", "kafka", "flink", "dynamo", "cassandra", "zookeeper", "etcd"] {
        assert!(!text.contains(product), "{product}");
    }
}

#[test]
fn words_of_authors_are_understood() {
    let meant = |word| Mechanism::meant_by(word);
    assert_eq!(meant("CRDT"), [Mechanism::Crdt]);
    assert_eq!(meant("two_phase_commit"), [Mechanism::TwoPhaseCommit]);
    assert_eq!(meant("2PC"), [Mechanism::TwoPhaseCommit]);
    assert_eq!(meant("lock"), [Mechanism::PessimisticLock]);
    assert_eq!(meant("cas"), [Mechanism::CasOnVersion, Mechanism::CasOnStateAndVersion]);
    assert_eq!(meant("blockchain"), []);
    for mechanism in Mechanism::ALL {
        assert!(meant(mechanism.word()).contains(mechanism), "{}", mechanism.word());
    }
}
