//! The framework's tables as data: a row is one line with an id, a condition over named properties, and a conclusion.
//!
//! One generic clause per table applies the rows. Since conditions are data, the same rows answer *why not* (the first
//! property that is missing), feed the totality lint (every combination must match something) and print themselves.

use crate::vocabulary::Vocabulary;

/// One line of a table.
#[derive(Clone, Copy, Debug)]
pub struct Row<P: 'static, T: 'static> {
    /// As the framework numbers it: `6.2#4`.
    pub id: &'static str,
    /// The obligations it implements.
    pub cites: &'static [&'static str],
    /// Properties that must hold.
    pub when: &'static [P],
    /// Properties that must not hold.
    pub unless: &'static [P],
    /// What follows.
    pub gives: T,
    /// The framework's reason, in our words.
    pub why: &'static str,
}

/// The set of properties that hold of one thing. At most 128 properties.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Profile(pub u128);

impl Profile {
    /// The profile of which exactly these hold.
    pub fn of<P: Vocabulary>(properties: impl IntoIterator<Item = P>) -> Profile {
        properties.into_iter().fold(Profile::default(), |profile, property| profile.with(property))
    }

    /// The profile with one more.
    pub fn with<P: Vocabulary>(self, property: P) -> Profile {
        Profile(self.0 | 1 << property.place())
    }

    /// Whether the property holds.
    pub fn has<P: Vocabulary>(self, property: P) -> bool {
        self.0 & (1 << property.place()) != 0
    }
}

/// An aggregator: `agg profile = profile_of(property) in holds(thing, property)`.
pub fn profile_of<'a, P: Vocabulary>(properties: impl Iterator<Item = (&'a P,)>) -> impl Iterator<Item = Profile> {
    std::iter::once(Profile::of(properties.map(|(property,)| *property)))
}

impl<P: Vocabulary, T> Row<P, T> {
    /// Whether the row's condition holds of a thing with that profile.
    pub fn matches(&self, profile: Profile) -> bool {
        self.obstacle(profile).is_none()
    }

    /// All properties that stand in the row's way, each with whether it should hold: those that must first.
    pub fn obstacles(&self, profile: Profile) -> Vec<(P, bool)> {
        let missing = self.when.iter().filter(|property| !profile.has(**property)).map(|property| (*property, true));
        let unwanted = self.unless.iter().filter(|property| profile.has(**property)).map(|property| (*property, false));
        missing.chain(unwanted).collect()
    }

    /// The first property that stands in the row's way, and whether it should hold.
    pub fn obstacle(&self, profile: Profile) -> Option<(P, bool)> {
        let missing = self.when.iter().find(|property| !profile.has(**property)).map(|property| (*property, true));
        missing
            .or_else(|| self.unless.iter().find(|property| profile.has(**property)).map(|property| (*property, false)))
    }
}

/// Rows of a table: `id [cites]: [properties that hold] unless [properties that do not] => conclusion, reason;`
macro_rules! rows {
    ($($id:literal [$($cite:literal)+]: [$($when:ident)*] unless [$($unless:ident)*] => $gives:expr, $why:literal;)+) => {
        &[$(Row { id: $id, cites: &[$($cite),+], when: &[$($when),*], unless: &[$($unless),*], gives: $gives, why: $why },)+]
    };
}
pub(crate) use rows;
