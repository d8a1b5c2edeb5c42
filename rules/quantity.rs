//! Exact quantities with units: what `200ms`, `10k/s` and `0.10USD` are, and how they combine.
//!
//! Nothing here panics and nothing is rounded: what does not fit, or makes no sense together, is `None`.

mod display;
#[cfg(test)]
mod tests;

use num_integer::Integer;
use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, Signed, Zero};
use std::cmp::Ordering;
use std::fmt;

/// An exact amount of one dimension, in its base unit.
///
/// The derived order is for sets and maps; to ask which of two is more, use [`Quantity::compare`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Quantity {
    /// In the base unit of the dimension.
    pub amount: Ratio<i128>,
    /// What it measures.
    pub dimension: Dimension,
}

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
    /// Bytes per second: `10MB/s`.
    Bandwidth,
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

/// Why a literal is no quantity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuantityError {
    /// What is wrong.
    pub kind: QuantityErrorKind,
    /// The whole literal as it was probably meant.
    pub suggestion: Option<String>,
    /// Whether nothing else can have been meant: it is the same unit by another name.
    pub certain: bool,
}

/// What can be wrong with a literal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum QuantityErrorKind {
    /// The digits are no number: `1.2.3`, `1__0`.
    Number,
    /// There is no such unit; here it is.
    Unit(String),
    /// More digits than can be kept exactly.
    TooLarge,
}

impl Quantity {
    /// So much of a dimension, in its base unit.
    pub const fn new(amount: Ratio<i128>, dimension: Dimension) -> Self {
        Quantity { amount, dimension }
    }

    /// A whole number of base units: `Quantity::whole(5, Dimension::Count)`.
    pub const fn whole(amount: i128, dimension: Dimension) -> Self {
        Quantity { amount: Ratio::new_raw(amount, 1), dimension }
    }

    /// A plain number.
    pub const fn count(amount: i128) -> Self {
        Quantity::whole(amount, Dimension::Count)
    }

    /// Reads a literal: a number, `k`, `M`, `G` or `T` where the unit is a count, a rate or money, and the unit, all glued.
    ///
    /// # Errors
    /// The number is none, the unit is unknown, or the amount has more digits than 128 bits hold.
    pub fn parse(literal: &str) -> Result<Quantity, QuantityError> {
        let (negative, digits) = match literal.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, literal),
        };
        let end = digits.find(|c: char| !matches!(c, '0'..='9' | '.' | '_')).unwrap_or(digits.len());
        let (number, suffix) = digits.split_at(end);
        let (mantissa, scale) = read_number(number)?;
        let unit = Unit::parse(suffix).ok_or_else(|| QuantityError::unit(literal, suffix))?;
        let amount = scaled(mantissa, scale, unit.factor);
        let amount =
            amount.ok_or(QuantityError { kind: QuantityErrorKind::TooLarge, suggestion: None, certain: false })?;
        Ok(Quantity { amount: if negative { -amount } else { amount }, dimension: unit.dimension })
    }

    /// Which is more; `None` across dimensions.
    pub fn compare(&self, other: &Quantity) -> Option<Ordering> {
        (self.dimension == other.dimension).then(|| self.amount.cmp(&other.amount))
    }

    /// The sum of two quantities of one dimension.
    pub fn checked_add(&self, other: &Quantity) -> Option<Quantity> {
        self.with_same(other, |left, right| match (left.is_integer(), right.is_integer()) {
            (true, true) => left.numer().checked_add(right.numer()).map(Ratio::from_integer),
            _ => left.checked_add(right),
        })
    }

    /// The difference of two quantities of one dimension.
    pub fn checked_sub(&self, other: &Quantity) -> Option<Quantity> {
        self.with_same(other, |left, right| left.checked_sub(right))
    }

    /// The product: a count or a percentage of anything, a rate for a time, bytes at a rate.
    pub fn checked_mul(&self, other: &Quantity) -> Option<Quantity> {
        let (dimension, factor) = product(self.dimension, other.dimension)?;
        let amount = times(times(self.amount, other.amount)?, factor)?;
        Quantity { amount, dimension }.kept()
    }

    /// The quotient: whatever multiplied by `other` gives this one.
    pub fn checked_div(&self, other: &Quantity) -> Option<Quantity> {
        if other.amount.is_zero() {
            return None;
        }
        let (dimension, factor) = quotient(self.dimension, other.dimension)?;
        let amount = times(self.amount.checked_div(&other.amount)?, factor)?;
        Quantity { amount, dimension }.kept()
    }

    /// Whether it is nothing.
    pub fn is_zero(&self) -> bool {
        self.amount.is_zero()
    }

    /// Whether it is less than nothing.
    pub fn is_negative(&self) -> bool {
        self.amount.is_negative()
    }

    fn with_same(
        &self,
        other: &Quantity,
        operation: impl Fn(&Ratio<i128>, &Ratio<i128>) -> Option<Ratio<i128>>,
    ) -> Option<Quantity> {
        if self.dimension != other.dimension {
            return None;
        }
        Quantity { amount: operation(&self.amount, &other.amount)?, dimension: self.dimension }.kept()
    }

    /// The least of all numbers is refused: it cannot be negated.
    fn kept(self) -> Option<Quantity> {
        (*self.amount.numer() != i128::MIN).then_some(self)
    }
}

/// The product of two ratios in lowest terms, if it fits. Every figure is tried in some twenty units, and every formula is worked out
/// for every path, so it matters that no step takes 128 bits that can do with 64.
fn times(left: Ratio<i128>, right: Ratio<i128>) -> Option<Ratio<i128>> {
    if left.is_integer() && right.is_integer() {
        return left.numer().checked_mul(right.numer()).map(Ratio::from_integer);
    }
    let small = |value: &i128| u64::try_from(*value).ok();
    let parts = (small(left.numer()), small(left.denom()), small(right.numer()), small(right.denom()));
    let (Some(numer), Some(denom), Some(by), Some(under)) = parts else { return left.checked_mul(&right) };
    let (above, below) = (numer.gcd(&under), denom.gcd(&by));
    let product = |one: u64, other: u64| i128::from(one).checked_mul(other.into());
    Some(Ratio::new_raw(product(numer / above, by / below)?, product(denom / below, under / above)?))
}

/// Nanoseconds in a second.
const SECOND: i128 = 1_000_000_000;

/// What the product of two dimensions measures, and what their base units multiply to.
fn product(left: Dimension, right: Dimension) -> Option<(Dimension, Ratio<i128>)> {
    use Dimension::{Bandwidth, Bytes, Count, Percent, Rate, Time};
    let one = Ratio::from_integer(1);
    Some(match (left, right) {
        (Count, any) | (any, Count) => (any, one),
        (Percent, any) | (any, Percent) => (any, Ratio::new_raw(1, 100)),
        (Rate, Time) | (Time, Rate) => (Count, Ratio::new_raw(1, SECOND)),
        (Bandwidth, Time) | (Time, Bandwidth) => (Bytes, Ratio::new_raw(1, SECOND)),
        (Bytes, Rate) | (Rate, Bytes) => (Bandwidth, one),
        _ => return None,
    })
}

/// What the quotient of two dimensions measures, and what their base units divide to.
fn quotient(left: Dimension, right: Dimension) -> Option<(Dimension, Ratio<i128>)> {
    use Dimension::{Bandwidth, Bytes, Count, Percent, Rate, Time};
    let one = Ratio::from_integer(1);
    let second = Ratio::from_integer(SECOND);
    Some(match (left, right) {
        (left, right) if left == right => (Count, one),
        (any, Count) => (any, one),
        (any, Percent) => (any, Ratio::from_integer(100)),
        (Count, Time) => (Rate, second),
        (Count, Rate) => (Time, second),
        (Bytes, Time) => (Bandwidth, second),
        (Bytes, Bandwidth) => (Time, second),
        (Bandwidth, Rate) => (Bytes, one),
        (Bandwidth, Bytes) => (Rate, one),
        _ => return None,
    })
}

/// A unit: what it measures, and how many base units it is.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Unit {
    dimension: Dimension,
    /// Numerator and denominator, coprime.
    factor: (i128, i128),
}

/// Units of time in nanoseconds, short to long. A year has 365 days.
const TIMES: &[(&str, i128)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", SECOND),
    ("min", 60 * SECOND),
    ("h", 3_600 * SECOND),
    ("d", 86_400 * SECOND),
    ("w", 604_800 * SECOND),
    ("y", 31_536_000 * SECOND),
];

/// Units of storage in bytes.
const BYTES: &[(&str, i128)] = &[
    ("B", 1),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("PB", 1_000_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("PiB", 1 << 50),
];

/// What may stand between a number and the unit of a count, a rate or money.
const MULTIPLES: &[(&str, i128)] =
    &[("", 1), ("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000)];

/// What a rate may be per, and the seconds in it.
const PERIODS: &[(&str, i128)] =
    &[("s", 1), ("min", 60), ("h", 3_600), ("d", 86_400), ("w", 604_800), ("y", 31_536_000)];

/// Units of length: numerator and denominator in metres.
const DISTANCES: &[(&str, (i128, i128))] = &[("m", (1, 1)), ("km", (1_000, 1)), ("mi", (201_168, 125))];

/// The active codes of ISO 4217 that name money (no metals, funds or test codes).
#[rustfmt::skip]
const CURRENCIES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF", "BMD", "BND", "BOB",
    "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK",
    "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL",
    "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD",
    "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
    "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG",
    "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC",
    "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VES", "VND",
    "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

/// Other spellings of units, and the one we know.
#[rustfmt::skip]
const SYNONYMS: &[(&str, &str)] = &[
    ("nanos", "ns"), ("micros", "us"), ("millis", "ms"), ("msec", "ms"), ("usec", "us"), ("sec", "s"), ("secs", "s"), ("second", "s"),
    ("seconds", "s"), ("mins", "min"), ("minute", "min"), ("minutes", "min"), ("hr", "h"), ("hrs", "h"), ("hour", "h"), ("hours", "h"),
    ("day", "d"), ("days", "d"), ("week", "w"), ("weeks", "w"), ("yr", "y"), ("year", "y"), ("years", "y"), ("byte", "B"),
    ("bytes", "B"), ("percent", "%"), ("rps", "/s"), ("qps", "/s"), ("tps", "/s"), ("bn", "G"), ("mile", "mi"), ("miles", "mi"),
    ("meter", "m"), ("meters", "m"), ("metre", "m"), ("metres", "m"),
];

impl Unit {
    fn parse(suffix: &str) -> Option<Unit> {
        if suffix.is_empty() {
            return Some(Unit { dimension: Dimension::Count, factor: (1, 1) });
        }
        let of = |dimension| move |factor| Unit { dimension, factor: (factor, 1) };
        if let Some((amount, period)) = suffix.split_once('/') {
            let seconds = find(PERIODS, period)?;
            let (dimension, amount) = match find(MULTIPLES, amount) {
                Some(multiple) => (Dimension::Rate, multiple),
                None => (Dimension::Bandwidth, find(BYTES, amount)?),
            };
            return Some(Unit { dimension, factor: Ratio::new(amount, seconds).into() });
        }
        if suffix == "%" {
            return Some(of(Dimension::Percent)(1));
        }
        let plain = find(TIMES, suffix).map(of(Dimension::Time));
        let plain = plain.or_else(|| find(BYTES, suffix).map(of(Dimension::Bytes)));
        let plain = plain.or_else(|| find(MULTIPLES, suffix).map(of(Dimension::Count)));
        let plain = plain.or_else(|| matches!(suffix, "µs" | "μs").then(|| of(Dimension::Time)(1_000)));
        let plain = plain.or_else(|| Some(Unit { dimension: Dimension::Distance, factor: find(DISTANCES, suffix)? }));
        plain.or_else(|| Unit::money(suffix))
    }

    fn money(suffix: &str) -> Option<Unit> {
        let (multiple, code) = suffix.split_at_checked(suffix.len().checked_sub(3)?)?;
        let factor = (find(MULTIPLES, multiple)?, 1);
        CURRENCIES.binary_search(&code).ok()?;
        let code = code.as_bytes();
        Some(Unit { dimension: Dimension::Money(Currency([code[0], code[1], code[2]])), factor })
    }
}

fn find<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
}

/// The digits as a whole number, and the power of ten it is to be divided by.
fn read_number(number: &str) -> Result<(i128, i128), QuantityError> {
    let malformed = QuantityError { kind: QuantityErrorKind::Number, suggestion: None, certain: false };
    let too_large = || QuantityError { kind: QuantityErrorKind::TooLarge, suggestion: None, certain: false };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let well_formed = |digits: &str| {
        digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.ends_with(|c: char| c.is_ascii_digit())
            && !digits.contains("__")
            && !digits.contains('.')
    };
    if !well_formed(whole) || !well_formed(fraction) {
        return Err(malformed);
    }
    let (mut mantissa, mut scale) = (0_i128, 1_i128);
    let fraction = fraction.trim_end_matches(['0', '_']);
    for (digits, fractional) in [(whole, false), (fraction, true)] {
        for digit in digits.bytes().filter(u8::is_ascii_digit) {
            let next = mantissa.checked_mul(10).and_then(|ten| ten.checked_add((digit - b'0').into()));
            mantissa = next.ok_or_else(too_large)?;
            if fractional {
                scale = scale.checked_mul(10).ok_or_else(too_large)?;
            }
        }
    }
    Ok((mantissa, scale))
}

/// `mantissa / scale * factor`
fn scaled(mantissa: i128, scale: i128, factor: (i128, i128)) -> Option<Ratio<i128>> {
    if scale == 1 && factor.1 == 1 {
        return mantissa.checked_mul(factor.0).map(Ratio::from_integer);
    }
    Ratio::new(mantissa, scale).checked_mul(&Ratio::new_raw(factor.0, factor.1))
}

impl QuantityError {
    fn unit(literal: &str, suffix: &str) -> QuantityError {
        let number = &literal[..literal.len() - suffix.len()];
        let meant = similar_unit(suffix);
        let certain = meant.as_deref().is_some_and(|unit| is_same_unit(suffix, unit));
        let suggestion = meant.map(|unit| format!("{number}{unit}"));
        QuantityError { kind: QuantityErrorKind::Unit(suffix.to_owned()), suggestion, certain }
    }
}

/// The unit that was probably meant by one we do not know.
fn similar_unit(suffix: &str) -> Option<String> {
    let (amount, period) = match suffix.split_once('/') {
        Some((amount, period)) => (amount, Some(period)),
        None => (suffix, None),
    };
    let units = TIMES.iter().chain(BYTES).chain(MULTIPLES).map(|(unit, _)| *unit).filter(|unit| !unit.is_empty());
    let units = units.chain(DISTANCES.iter().map(|(unit, _)| *unit)).chain(CURRENCIES.iter().copied());
    let periods = PERIODS.iter().map(|(unit, _)| *unit);
    let corrected = match period {
        Some(period) => {
            let amount = if amount.is_empty() { String::new() } else { closest(amount, units)? };
            format!("{amount}/{}", closest(period, periods)?)
        }
        None => closest(amount, units)?,
    };
    Unit::parse(&corrected).map(|_| corrected)
}

/// Whether a unit is another one under a name that people have for it, or in other letters: `hrs`, `K`.
fn is_same_unit(written: &str, meant: &str) -> bool {
    let same = |written: &str, meant: &str| {
        written.eq_ignore_ascii_case(meant) || find(SYNONYMS, &written.to_lowercase()) == Some(meant)
    };
    let parts = || written.split('/').zip(meant.split('/'));
    same(written, meant)
        || written.matches('/').count() == meant.matches('/').count()
            && parts().all(|(written, meant)| same(written, meant))
}

/// The word of `known` that `word` probably is: the same, a synonym, the same but for case, or one edit away.
fn closest<'a>(word: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    let same = known.clone().find(|unit| *unit == word);
    let same = same.or_else(|| find(SYNONYMS, &word.to_lowercase()));
    let same = same.or_else(|| known.clone().find(|unit| unit.eq_ignore_ascii_case(word)));
    let same = same.or_else(|| {
        let near = known.map(|unit| (strsim::osa_distance(unit, word), unit));
        near.filter(|(distance, unit)| *distance == 1 && unit.len() > 1)
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, unit)| unit)
    });
    same.map(str::to_owned)
}
