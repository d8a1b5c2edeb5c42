//! The step on designs put together by hand: what Steps 1 to 6 would say is given.

use super::*;
use crate::expression::{Expr, Operator};
use crate::proof::Proofs;
use crate::quantity::Dimension;
use crate::vocabulary::{Aggregate, InvariantType, Origin};
use crate::{Design, recheck::recheck};

/// A design of objects and views named by letters.
fn named(objects: &[&str], views: &[&str]) -> Design {
    let name = |name: &&str| Name { name: (*name).to_owned(), ..Name::default() };
    let mut design = Design::default();
    design.facts.names.objects = objects.iter().map(name).collect();
    design.facts.names.views = views.iter().map(name).collect();
    design
}

/// Runs Step 7 on what is there.
fn validated(mut design: Design) -> Design {
    let Design { facts, evidence, axes, invariants, parameters, .. } = &design;
    design.validation = derive(facts, evidence, axes, invariants, parameters).into();
    design
}

fn seconds(amount: i128) -> Quantity {
    Quantity::whole(amount * 1_000_000_000, Dimension::Time)
}

#[test]
fn the_parameter_that_decides_is_the_truth_of_its_object() {
    let (auction, bid, view) = (Object(0), Object(1), View(0));
    let mut design = named(&["Auction", "Bid"], &["AuctionView"]);
    design.facts.upstream = vec![(view, Source::Object(auction))];
    design.facts.rebuild = vec![(view, Source::Object(auction))];
    design.parameters.dp = vec![
        (Dp(0), DpKind::Outcomes, Operation(0).into()),
        (Dp(1), DpKind::Acceptance, auction.into()),
        (Dp(2), DpKind::Projection, view.into()),
    ];
    design.parameters.guards = vec![(Dp(0), auction), (Dp(1), auction)];
    design.parameters.protects = vec![(Dp(0), Operation(0)), (Dp(1), Operation(0))];
    design.parameters.serves_view = vec![(Dp(2), view)];
    let step = validated(design).validation;
    assert_eq!(step.truth, [(auction.into(), Dp(1).into()), (bid.into(), bid.into())]);
    assert_eq!(step.depends, [(Dp(1), Dp(0), Need::Outcome), (Dp(2), Dp(1), Need::Source)]);
    assert_eq!(step.rebuildable, [(view, Source::Object(auction))]);
    assert!(step.diverges.is_empty() && step.cycle.is_empty());
}

#[test]
fn a_kept_aggregate_is_truth_and_depends_one_way() {
    // A-63, S7-e3, S7-e6: events → score aggregate → top-K.
    let (event, score, top) = (Object(0), View(0), View(1));
    let mut design = named(&["ScoreEvent"], &["Score", "TopK"]);
    design.facts.upstream = vec![(score, Source::Object(event)), (top, Source::View(score))];
    design.facts.computed = vec![(score, Aggregate::Sum, None)];
    design.facts.staleness = vec![(score, seconds(5)), (top, seconds(60))];
    design.parameters.dp = vec![
        (Dp(0), DpKind::Aggregate, score.into()),
        (Dp(1), DpKind::Projection, top.into()),
        (Dp(2), DpKind::Path, top.into()),
    ];
    design.parameters.serves_view = vec![(Dp(0), score), (Dp(1), top), (Dp(2), top)];
    let step = validated(design).validation;
    assert_eq!(step.truth, [(event.into(), event.into()), (score.into(), Dp(0).into())]);
    let depends = [(Dp(1), Dp(0), Need::Source), (Dp(1), Dp(2), Need::Changes), (Dp(2), Dp(0), Need::Source)];
    assert_eq!(step.depends, depends);
    assert_eq!(step.diverges, [(score,), (top,)]);
    assert_eq!(step.total_lag, [(score, seconds(5)), (top, seconds(65))]);
    assert!(step.cycle.is_empty());
}

#[test]
fn a_decision_on_a_projection_of_itself_is_circular() {
    let (auction, view, bid) = (Object(0), View(0), Operation(0));
    let mut design = named(&["Auction"], &["AuctionView"]);
    design.facts.upstream = vec![(view, Source::Object(auction))];
    let reads = Expr::Binary(Operator::Greater, Box::new(Expr::Now), Box::new(Expr::View(view)));
    design.facts.guard = vec![(Guard(0), bid, reads)];
    design.evidence.writes = vec![(bid, auction)];
    design.parameters.dp = vec![(Dp(0), DpKind::Acceptance, auction.into()), (Dp(1), DpKind::Projection, view.into())];
    design.parameters.guards = vec![(Dp(0), auction)];
    design.parameters.protects = vec![(Dp(0), bid)];
    design.parameters.serves_view = vec![(Dp(1), view)];
    let step = validated(design).validation;
    assert_eq!(step.cycle, [(Dp(0), Dp(0)), (Dp(1), Dp(0))]);
}

#[test]
fn what_stays_true_ties_nobody() {
    let mut design = named(&["A", "B"], &[]);
    design.evidence.foreign_read = vec![
        (Operation(0), Object(1), evidence::Stability::Stable),
        (Operation(1), Object(0), evidence::Stability::Unstable),
    ];
    design.evidence.writes = vec![(Operation(0), Object(0)), (Operation(1), Object(1))];
    design.parameters.dp =
        vec![(Dp(0), DpKind::Creation, Object(0).into()), (Dp(1), DpKind::Acceptance, Object(1).into())];
    design.parameters.guards = vec![(Dp(0), Object(0)), (Dp(1), Object(1))];
    design.parameters.protects = vec![(Dp(0), Operation(0)), (Dp(1), Operation(1))];
    let step = validated(design).validation;
    assert_eq!(step.depends, [(Dp(0), Dp(1), Need::Settled), (Dp(1), Dp(0), Need::Decision)]);
    assert!(step.cycle.is_empty());
}

/// A condition over three objects is checked where the operation writes: the two that it only reads wait for nobody.
#[test]
fn what_only_reads_two_ties_neither_to_the_other() {
    let (key, bucket, quota, admit) = (Object(0), Object(1), Object(2), Operation(0));
    let mut design = named(&["ApiKey", "Bucket", "Quota"], &[]);
    design.evidence.foreign_read =
        vec![(admit, key, evidence::Stability::Unstable), (admit, quota, evidence::Stability::Unstable)];
    design.evidence.writes = vec![(admit, bucket)];
    let all = [(Dp(0), key), (Dp(1), bucket), (Dp(2), quota)];
    design.parameters.dp = all.map(|(dp, object)| (dp, DpKind::Acceptance, object.into())).into();
    design.parameters.guards = all.into();
    design.parameters.protects = all.map(|(dp, _)| (dp, admit)).into();
    let step = validated(design).validation;
    assert_eq!(step.depends, [(Dp(1), Dp(0), Need::Decision), (Dp(1), Dp(2), Need::Decision)]);
    assert!(step.cycle.is_empty());
}

#[test]
fn two_parameters_that_need_one_order_share_a_decision() {
    // S7-p2, S7-x2: a stored order, and a live stream that counts for itself.
    let (comment, live) = (Object(0), View(0));
    let mut design = named(&["Comment"], &["Live"]);
    design.facts.upstream = vec![(live, Source::Object(comment))];
    design.facts.assigns_own_sequence = vec![(live,)];
    design.axes.ordering = vec![(comment, Ordering::Total, Origin::Declared)];
    design.invariants.invariant = vec![(Invariant(0), InvariantType::Ordering, Origin::Declared)];
    design.invariants.about = vec![(Invariant(0), comment.into())];
    design.parameters.dp = vec![(Dp(0), DpKind::Sequence, comment.into()), (Dp(1), DpKind::Projection, live.into())];
    design.parameters.guards = vec![(Dp(0), comment)];
    design.parameters.enforces = vec![(Dp(0), Invariant(0))];
    design.parameters.serves_view = vec![(Dp(1), live)];
    let step = validated(design).validation;
    assert_eq!(step.own_order, [(live, comment)]);
    assert_eq!(step.shares_order, [(Dp(0), Dp(1), comment)]);
}

#[test]
fn views_defined_alike_compute_one_value_twice() {
    let (ping, one, other, third) = (Object(0), View(0), View(1), View(2));
    let mut design = named(&["Ping"], &["Surge", "Price", "Total"]);
    design.facts.upstream = [one, other, third].map(|view| (view, Source::Object(ping))).into();
    design.facts.computed =
        vec![(one, Aggregate::Count, None), (other, Aggregate::Count, None), (third, Aggregate::Count, None)];
    design.facts.window = vec![(one, seconds(60)), (other, seconds(60))];
    design.facts.computed_by = vec![(third, Service(0)), (third, Service(1))];
    assert_eq!(validated(design).validation.computed_twice, [(one, other), (third, third)]);
}

#[test]
fn components_are_found_without_closure_or_recursion() {
    let chain: Vec<(u32, u32)> = (0..200_000).map(|i| (i, i + 1)).collect();
    assert!(components::cycles(&chain).is_empty());
    let mut ring = chain;
    ring.push((200_000, 0));
    assert_eq!(components::cycles(&ring)[0].len(), 200_001);
    assert_eq!(components::cycles(&[(1, 2), (2, 1), (2, 3), (3, 3), (4, 1)]), [vec![1, 2], vec![3]]);
}

#[test]
fn components_agree_with_reachability_on_all_graphs_of_four() {
    for graph in 0u32..1 << 12 {
        let all = (0..4u32).flat_map(|a| (0..4u32).filter(move |b| a != *b).map(move |b| (a, b)));
        let edges: Vec<(u32, u32)> = all.enumerate().filter(|(i, _)| graph & (1 << i) != 0).map(|(_, e)| e).collect();
        let mut reach = [[false; 4]; 4];
        edges.iter().for_each(|(a, b)| reach[*a as usize][*b as usize] = true);
        for via in 0..4 {
            for a in 0..4 {
                for b in 0..4 {
                    reach[a][b] |= reach[a][via] && reach[via][b];
                }
            }
        }
        let naive: Vec<u32> = (0..4u32).filter(|a| reach[*a as usize][*a as usize]).collect();
        let mut found: Vec<u32> = components::cycles(&edges).concat();
        found.sort();
        assert_eq!(found, naive, "{edges:?}");
    }
}

#[test]
fn every_conclusion_has_a_proof_that_stands() {
    let (event, score, top) = (Object(0), View(0), View(1));
    let mut design = named(&["ScoreEvent"], &["Score", "TopK"]);
    design.facts.upstream = vec![(score, Source::Object(event)), (top, Source::View(score))];
    design.facts.staleness = vec![(score, seconds(5)), (top, seconds(60))];
    let design = validated(design);
    let proofs = Proofs::new(&design);
    assert!(!proofs.derived().is_empty());
    for fact in proofs.derived() {
        let proof = proofs.of(fact).expect("it was derived");
        assert_eq!(recheck(&design, &proof), Ok(()), "{fact:?}");
    }
}

#[test]
fn a_log_that_lies_is_caught() {
    use crate::recheck::Flaw;
    let (event, score) = (Object(0), View(0));
    let mut design = named(&["ScoreEvent"], &["Score"]);
    design.facts.upstream = vec![(score, Source::Object(event))];
    let design = validated(design);
    let verdict = |entry: crate::proof::Because| {
        let mut design = Design { facts: design.facts.clone(), ..Design::default() };
        design.validation.projection = vec![(score, Source::Object(event))];
        let conclusion = entry.0;
        design.validation.because = vec![entry].into();
        let proof = crate::proof::proof(&design, conclusion)?;
        Some(recheck(&design, &proof))
    };
    let (truth, invented) = (fact!(projection, score, event), fact!(upstream, score, Object(1)));
    let upstream = fact!(upstream, score, event);
    assert_eq!(verdict((truth, "S7-o3", premises(&[upstream]))), Some(Ok(())));
    assert_eq!(verdict((truth, "S7-o3", premises(&[invented]))), Some(Err(Flaw::Undeclared(invented))));
    assert_eq!(verdict((truth, "S7-o99", premises(&[upstream]))), Some(Err(Flaw::Unknown("S7-o99"))));
    let absent = fact!(rebuildable, score, event);
    assert_eq!(verdict((absent, "A-64", premises(&[upstream]))), Some(Err(Flaw::Absent(absent))));
    // Nothing justifies itself.
    assert_eq!(verdict((absent, "A-64", premises(&[absent]))), None);
}
