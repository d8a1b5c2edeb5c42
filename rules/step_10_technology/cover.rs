//! The smallest set of products that keeps everything: an exact minimal hitting set, by branch and bound.
//!
//! The catalogue has some twenty-five products and a design some ten different needs, for which the search visits a few
//! hundred nodes. A spec that declares hundreds of products of its own could make it long; after [`NODES`] nodes the best
//! set so far stands, which is then small but perhaps not the smallest.

use std::collections::BTreeSet;

/// What a product costs, compared from left to right: whether it is new here, that it is one more, whether it is not
/// preferred.
pub type Price = (u32, u32, u32);

/// Nodes visited before the best cover so far is taken.
const NODES: usize = 200_000;
/// Covers of equal price that are remembered.
const TIES: usize = 256;

/// The cheapest sets of products of which every need finds one; the first is the one to take.
///
/// `candidates` are, for each need, the products that meet it, as places in `prices`; a need without any is left out.
/// Among equal prices the earlier products count as better, for the catalogue is in the framework's order.
pub fn smallest(candidates: &[BTreeSet<usize>], prices: &[Price]) -> Vec<BTreeSet<usize>> {
    let sets: BTreeSet<&BTreeSet<usize>> = candidates.iter().filter(|set| !set.is_empty()).collect();
    // A need that is met wherever another is met asks for nothing of its own.
    let asks = |set: &&&BTreeSet<usize>| !sets.iter().any(|other| *other != **set && other.is_subset(set));
    let sets: Vec<&BTreeSet<usize>> = sets.iter().filter(asks).copied().collect();
    let mut search = Search { sets, prices, best: None, covers: BTreeSet::new(), nodes: 0 };
    search.visit(&mut vec![], (0, 0, 0));
    let mut covers: Vec<Vec<usize>> = search.covers.into_iter().collect();
    covers.sort_by_key(|cover| (cover.iter().sum::<usize>(), cover.clone()));
    covers.into_iter().map(|cover| cover.into_iter().collect()).collect()
}

struct Search<'a> {
    sets: Vec<&'a BTreeSet<usize>>,
    prices: &'a [Price],
    best: Option<Price>,
    covers: BTreeSet<Vec<usize>>,
    nodes: usize,
}

impl Search<'_> {
    fn visit(&mut self, taken: &mut Vec<usize>, price: Price) {
        self.nodes += 1;
        // The first descent always ends in a cover, so there is a best one when the nodes are spent.
        let spent = self.best.is_some() && self.nodes > NODES;
        if spent || self.best.is_some_and(|best| price > best) {
            return;
        }
        let open = self.sets.iter().filter(|set| !set.iter().any(|product| taken.contains(product)));
        let Some(next) = open.min_by_key(|set| set.len()).copied() else { return self.found(taken, price) };
        let mut branches: Vec<usize> = next.iter().copied().collect();
        branches.sort_by_key(|product| (self.prices[*product], *product));
        for product in branches {
            let more = self.prices[product];
            taken.push(product);
            self.visit(taken, (price.0 + more.0, price.1 + more.1, price.2 + more.2));
            taken.pop();
        }
    }

    fn found(&mut self, taken: &[usize], price: Price) {
        if self.best.is_none_or(|best| price < best) {
            self.best = Some(price);
            self.covers.clear();
        }
        let mut cover = taken.to_vec();
        cover.sort_unstable();
        if self.covers.len() < TIES {
            self.covers.insert(cover);
        }
    }
}
