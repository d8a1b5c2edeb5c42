//! The cover against brute force, and the catalogue against itself.

use super::Capability;
use super::catalogue::CATALOGUE;
use super::cover::{Cover, Price, smallest};
use super::tables::fitting;
use std::collections::BTreeSet;

/// Every set of products that meets every need.
fn all_covers(candidates: &[BTreeSet<usize>], prices: &[Price]) -> Vec<BTreeSet<usize>> {
    let all = 0u32..1 << prices.len();
    let sets = all.map(|bits| (0..prices.len()).filter(|place| bits & (1 << place) != 0).collect::<BTreeSet<usize>>());
    let meets = |set: &BTreeSet<usize>| candidates.iter().all(|able| able.is_empty() || !able.is_disjoint(set));
    sets.filter(meets).collect()
}

fn cost(set: &BTreeSet<usize>, prices: &[Price]) -> Price {
    set.iter().fold((0, 0, 0), |sum, place| {
        let price = prices[*place];
        (sum.0 + price.0, sum.1 + price.1, sum.2 + price.2)
    })
}

#[test]
fn the_cover_is_the_smallest() {
    let mut state = 42u64;
    let mut dice = |bound: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % bound
    };
    for _ in 0..300 {
        let prices: Vec<Price> = (0..7).map(|_| (dice(2) as u32, 1, dice(2) as u32)).collect();
        let candidates: Vec<BTreeSet<usize>> = (0..6).map(|_| (0..7).filter(|_| dice(3) == 0).collect()).collect();
        let covers = all_covers(&candidates, &prices);
        let best = covers.iter().map(|cover| cost(cover, &prices)).min().unwrap();
        let cheapest: Vec<_> = covers.into_iter().filter(|cover| cost(cover, &prices) == best).collect();
        let first = cheapest.iter().min_by_key(|cover| (cover.iter().sum::<usize>(), (*cover).clone())).unwrap();
        let found = smallest(&candidates, &prices);
        assert_eq!(found.taken, *first, "{candidates:?} {prices:?}");
        let others: BTreeSet<usize> =
            cheapest.iter().flatten().copied().filter(|place| !first.contains(place)).collect();
        assert_eq!(found.rivals, others, "{candidates:?} {prices:?}");
    }
}

#[test]
fn nothing_to_keep_needs_no_product() {
    let nothing = Cover { taken: BTreeSet::new(), rivals: BTreeSet::new() };
    assert_eq!(smallest(&[], &[(1, 1, 1)]), nothing);
    assert_eq!(smallest(&[BTreeSet::new()], &[]), nothing);
}

#[test]
fn every_claim_of_the_catalogue_fits_the_shape_of_its_product() {
    for product in CATALOGUE {
        let mut claimed: Vec<Capability> = vec![];
        for offer in product.offers {
            assert!(fitting(offer.capability, product.shape).is_some(), "{}: {}", product.name, offer.capability);
            assert!(!claimed.contains(&offer.capability), "{}: {} twice", product.name, offer.capability);
            claimed.push(offer.capability);
        }
        for apart in product.apart {
            assert!(claimed.contains(&apart.one) && claimed.contains(&apart.other), "{}", product.name);
        }
    }
}
