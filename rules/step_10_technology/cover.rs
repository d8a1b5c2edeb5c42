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

/// A set of products of which every need finds one.
#[derive(PartialEq, Eq, Debug)]
pub struct Cover {
    /// The cheapest; among equal prices the earlier products count as better, for the catalogue is in the framework's order.
    pub taken: BTreeSet<usize>,
    /// Those of the other products that stand in a cover as cheap.
    pub rivals: BTreeSet<usize>,
}

/// The cheapest cover, and what would do as well.
///
/// `candidates` are, for each need, the products that meet it, as places in `prices`; a need without any is left out.
pub fn smallest(candidates: &[BTreeSet<usize>], prices: &[Price]) -> Cover {
    let sets: BTreeSet<&BTreeSet<usize>> = candidates.iter().filter(|set| !set.is_empty()).collect();
    // A need that is met wherever another is met asks for nothing of its own.
    let asks = |set: &&&BTreeSet<usize>| !sets.iter().any(|other| *other != **set && other.is_subset(set));
    let sets: Vec<&BTreeSet<usize>> = sets.iter().filter(asks).copied().collect();
    let search = |first: Option<usize>, most: Option<Price>| {
        let mut search = Search { sets: &sets, prices, most, best: None, nodes: 0 };
        search.visit(&mut first.into_iter().collect());
        search.best
    };
    let Some((price, _, taken)) = search(None, None) else {
        return Cover { taken: BTreeSet::new(), rivals: BTreeSet::new() };
    };
    let taken: BTreeSet<usize> = taken.into_iter().collect();
    let others: BTreeSet<usize> =
        sets.iter().copied().flatten().copied().filter(|place| !taken.contains(place)).collect();
    let rivals = others.into_iter().filter(|place| search(Some(*place), Some(price)).is_some()).collect();
    Cover { taken, rivals }
}

/// Price, then places: what decides between covers, best first.
type Rank = (Price, usize, Vec<usize>);

struct Search<'a> {
    sets: &'a [&'a BTreeSet<usize>],
    prices: &'a [Price],
    /// Where any cover of at most this price will do: the first one ends the search.
    most: Option<Price>,
    best: Option<Rank>,
    nodes: usize,
}

impl Search<'_> {
    fn visit(&mut self, taken: &mut Vec<usize>) {
        self.nodes += 1;
        let rank = self.rank(taken);
        let beyond = self.most.is_some_and(|most| rank.0 > most || self.best.is_some());
        let worse = self.best.as_ref().is_some_and(|best| (rank.0, rank.1) > (best.0, best.1));
        // The first descent always ends in a cover, so there is a best one when the nodes are spent.
        let spent = self.nodes > NODES && (self.best.is_some() || self.most.is_some());
        if beyond || worse || spent {
            return;
        }
        let open = self.sets.iter().filter(|set| !set.iter().any(|product| taken.contains(product)));
        let Some(next) = open.min_by_key(|set| set.len()).copied() else {
            if self.best.as_ref().is_none_or(|best| rank < *best) {
                self.best = Some(rank);
            }
            return;
        };
        let mut branches: Vec<usize> = next.iter().copied().collect();
        branches.sort_by_key(|product| (self.prices[*product], *product));
        for product in branches {
            taken.push(product);
            self.visit(taken);
            taken.pop();
        }
    }

    fn rank(&self, taken: &[usize]) -> Rank {
        let price = taken.iter().fold((0, 0, 0), |sum, product| {
            let more = self.prices[*product];
            (sum.0 + more.0, sum.1 + more.1, sum.2 + more.2)
        });
        let mut cover = taken.to_vec();
        cover.sort_unstable();
        (price, cover.iter().sum(), cover)
    }
}
