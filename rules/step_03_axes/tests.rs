//! The axes against naive loops over random facts, and every proof of Steps 1 to 3 against the finished design.

use crate::fact::*;
use crate::proof::Proofs;
use crate::recheck::recheck;
use crate::testing::random;
use crate::vocabulary::*;
use crate::{Design, derive};
use std::collections::BTreeSet;

fn designs() -> impl Iterator<Item = Design> {
    (0..300).map(|seed| derive(random(seed)))
}

fn objects(design: &Design) -> impl Iterator<Item = Object> {
    (0..design.facts.names.objects.len() as u32).map(Object)
}

fn run_by(design: &Design, operation: Operation) -> Actor {
    design.facts.operation[operation.index()].1
}

/// Whether two writers can be at one instance at the same time.
fn meets(design: &Design, object: Object) -> bool {
    let facts = &design.facts;
    for (one, of) in &design.evidence.changes {
        for (other, of_other) in &design.evidence.changes {
            if *of == object && *of_other == object && run_by(design, *one) != run_by(design, *other) {
                return true;
            }
        }
        let actor = run_by(design, *one);
        let count = facts.actor_count.iter().find(|(a, _)| *a == actor).map(|(_, count)| *count);
        let scheduler = facts.actor_kind.contains(&(actor, ActorKind::Scheduler));
        let several = count.map_or(!scheduler, |count| count != crate::quantity::Quantity::count(1));
        if *of == object && several && !design.axes.own_only.contains(&(*one, object)) {
            return true;
        }
    }
    false
}

/// Whether two that find no record of a key can both be about to create it.
fn claimed(design: &Design, object: Object) -> bool {
    let creates = |operation: Operation| design.evidence.creates.contains(&(operation, object));
    design.evidence.conflict.iter().any(|&(one, other, field)| {
        let (by, another) = (run_by(design, one), run_by(design, other));
        let two = if one == other { design.axes.crowd.contains(&(by,)) } else { by != another };
        design.facts.key.contains(&(object, field)) && creates(one) && creates(other) && two
    })
}

/// S3-own-r1 to r6 as one expression, for objects that declare nothing.
fn inferred(design: &Design, object: Object) -> Option<Ownership> {
    let evidence = &design.evidence;
    let changed = evidence.changes.iter().any(|(_, of)| *of == object);
    let created = evidence.creates.iter().any(|(_, of)| *of == object);
    let contended = evidence.conflict.iter().any(|(.., field)| design.facts.object_of(*field) == object);
    let commutes = evidence.commutes.contains(&(object,));
    let outside = evidence.writer.iter().any(|(of, actor)| {
        *of == object && !design.facts.actor_kind.iter().any(|(other, kind)| other == actor && kind.is_system())
    });
    let claimed = outside && claimed(design, object);
    match (changed, meets(design, object)) {
        _ if claimed => Some(Ownership::OneWinner),
        (true, true) if contended || !commutes => Some(Ownership::OneWinner),
        (true, true) => Some(Ownership::AllSucceed),
        (true, false) => Some(Ownership::SingleWriter),
        (false, _) if created && outside => Some(Ownership::SingleWriter),
        (false, _) if created => Some(Ownership::SystemOnly),
        _ => None,
    }
}

#[test]
fn ownership_is_what_loops_find() {
    let mut seen = BTreeSet::new();
    for design in designs() {
        for object in objects(&design) {
            let declared = design.facts.ownership.iter().find(|(other, _)| *other == object);
            let expected = match declared {
                Some((_, ownership)) => Some((*ownership, Origin::Declared)),
                None => inferred(&design, object).map(|ownership| (ownership, Origin::Inferred)),
            };
            let found = design.axes.ownership.iter().filter(|(other, ..)| *other == object);
            let found: Vec<_> = found.map(|(_, ownership, origin)| (*ownership, *origin)).collect();
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
            seen.extend(expected);
        }
    }
    assert!(seen.len() >= 9, "{seen:?}");
}

///
#[test]
fn multi_writer_is_what_loops_find() {
    let mut found = 0;
    for design in designs() {
        for object in objects(&design) {
            let mut several = false;
            for (of, ownership, _) in &design.axes.ownership {
                if *of != object {
                    continue;
                }
                several |= matches!(ownership, Ownership::OneWinner | Ownership::AllSucceed);
                for (one, other, _) in &design.evidence.conflict {
                    several |= design.evidence.writes.contains(&(*one, object))
                        && run_by(&design, *one) != run_by(&design, *other);
                }
                if *ownership == Ownership::SystemOnly {
                    let writers: BTreeSet<Actor> = design
                        .evidence
                        .writer
                        .iter()
                        .filter(|(of, _)| *of == object)
                        .map(|(_, actor)| *actor)
                        .collect();
                    let many = |actor: &Actor| design.axes.multitude.contains(&(*actor,));
                    several |= writers.len() > 1;
                    several |= design.evidence.changer.iter().any(|(of, actor)| *of == object && many(actor));
                }
            }
            assert_eq!(design.axes.multi_writer.contains(&(object,)), several);
            found += usize::from(several);
        }
    }
    assert!(found > 50);
}

/// What is shown as a reason is one: every conclusion of evidence and of Steps 1 to 3 has a proof down to declarations.
#[test]
fn every_conclusion_has_a_proof() {
    for design in designs().take(100) {
        let design = design.logged();
        let proofs = Proofs::new(design);
        let logs =
            [&design.evidence.because, &design.normalization.because, &design.objects.because, &design.axes.because];
        for (conclusion, rule, premises) in logs.into_iter().flatten() {
            let proof = proofs
                .of(*conclusion)
                .unwrap_or_else(|| panic!("no proof of {conclusion:?} by {rule} from {premises:?}"));
            assert_eq!(recheck(design, &proof), Ok(()), "{conclusion:?} by {rule}");
        }
    }
}
