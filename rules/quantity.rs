//! Exact quantities with units.
use num_rational::Ratio;

/// What a quantity measures; quantities of different dimensions do not compare.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Dimension {
    /// A plain number: `3`, `10k`, `2.5M`.
    Count,
    /// Nanoseconds: `200ms`, `24h`.
    Time,
    /// Per second: `10k/s`, `5/min`.
    Rate,
    /// Bytes: `1KB`, `4MiB`.
    Bytes,
    /// Hundredths: `95%`.
    Percent,
    /// Metres: `3km`.
    Distance,
    /// Units of one currency: `0.10USD`.
    Money(Currency),
}

/// An ISO 4217 code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Currency(pub [u8; 3]);

/// An exact amount of one dimension, in its base unit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Quantity {
    /// In the base unit of the dimension.
    pub amount: Ratio<i128>,
    /// What it measures.
    pub dimension: Dimension,
}
