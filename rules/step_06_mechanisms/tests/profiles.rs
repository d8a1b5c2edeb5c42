//! Profiles: random ones for the oracle, and every consistent combination of the inputs of table 6.2 for totality.

use crate::step_06_mechanisms::properties::Property::{self, *};
use crate::table::Profile;
use crate::vocabulary::Vocabulary;

/// A sequence of numbers, the same in every run.
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// Any set of properties, consistent or not.
    pub fn profile(&mut self) -> Profile {
        let sparse = self.next() % 3;
        Profile::of(Property::ALL.iter().copied().filter(|_| (0..=sparse).all(|_| self.next().is_multiple_of(2))))
    }
}

/// Who writes, in the terms of table 6.2.
const OWNERSHIPS: &[&[Property]] =
    &[&[SingleWriter], &[Partitioned], &[MultiWriter, OneWinner], &[MultiWriter, AllSucceed], &[MultiWriter]];
const EVOLUTIONS: &[&[Property]] = &[&[AppendOnly], &[Overwrite], &[StateMachine], &[Merge]];
const ORDERS: &[&[Property]] = &[&[], &[TotalOrder], &[TotalOrder, Order], &[PartialOrder]];
/// What guards and effects show: a contended counter is no [`Counter`].
const EFFECTS: &[&[Property]] = &[
    &[],
    &[Contended],
    &[Contended, Monotone],
    &[Commutative, Associative],
    &[Commutative, Associative, Repeatable],
    &[Commutative, Associative, Additive, Counter],
    &[Commutative, Associative, Additive, Contended, NumericBound],
    &[Additive, Contended, NumericBound],
];
const HOLDS: &[&[Property]] = &[&[], &[HoldsAcrossRequests], &[HoldsAcrossRequests, HolderMayCrash]];
const SERVICES: &[&[Property]] = &[&[], &[Coordinates, Decomposable], &[Coordinates]];
const SCOPES: &[&[Property]] = &[
    &[InProcess],
    &[InService],
    &[AcrossServices],
    &[AcrossRegions],
    &[AcrossRegions, TolerateMinority],
    &[AcrossRegions, GoesOnAlone],
];
const KEYS: &[&[Property]] = &[&[], &[NaturalKey], &[AbsenceTest], &[UnstableRead], &[HotKey], &[CentralSequencer]];

/// Every combination of the inputs of table 6.2 that one parameter can have.
pub fn all() -> impl Iterator<Item = Profile> {
    let parts = [OWNERSHIPS, EVOLUTIONS, ORDERS, EFFECTS, HOLDS, SERVICES, SCOPES, KEYS];
    let count: usize = parts.iter().map(|part| part.len()).product();
    (0..count).map(move |mut index| {
        let mut profile = Profile::of([GuardsState, Eligibility]);
        for part in parts {
            profile = part[index % part.len()].iter().fold(profile, |profile, property| profile.with(*property));
            index /= part.len();
        }
        profile
    })
}

/// Which properties hold, for messages.
pub fn shown(profile: Profile) -> String {
    Property::ALL
        .iter()
        .filter(|property| profile.has(**property))
        .map(|property| property.word())
        .collect::<Vec<_>>()
        .join(", ")
}
