//! Quantities as an author would write them: exact, and as short as is natural.

use super::*;
use std::borrow::Cow;
use std::sync::LazyLock;

impl fmt::Display for Quantity {
    /// A literal that parses to the same quantity: of a time the one in the largest unit that divides it, otherwise the
    /// shortest, and of times and sizes none with a thousand of its unit where the next one will do. What has none (a third of
    /// a second) is shown rounded to four significant digits, with a `~` before it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.literal())
    }
}

impl Dimension {
    /// The units a quantity of this dimension can be written in, small to large: `ns`, `us`, `ms` …
    pub fn units(self) -> Vec<String> {
        match self {
            Dimension::Money(_) => CURRENCIES.iter().map(|currency| (*currency).to_owned()).collect(),
            _ => Quantity::whole(1, self).units().iter().map(|(unit, _)| unit.to_string()).collect(),
        }
    }
}

/// A unit as it is written: `GB`, `k/min`, `EUR`.
#[derive(Clone, Copy)]
enum Unit {
    Plain(&'static str),
    Per(&'static str, &'static str),
    Money(Currency),
}

impl Unit {
    /// The characters it takes.
    fn len(self) -> usize {
        match self {
            Unit::Plain(unit) => unit.len(),
            Unit::Per(unit, period) => unit.len() + 1 + period.len(),
            Unit::Money(_) => 3,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unit::Plain(unit) => f.write_str(unit),
            Unit::Per(unit, period) => write!(f, "{unit}/{period}"),
            Unit::Money(currency) => currency.fmt(f),
        }
    }
}

/// A quantity in one of its units, as a decimal number: nothing is put into text before it is known which unit reads best.
struct Written {
    value: Ratio<i128>,
    /// All digits, without the point.
    digits: i128,
    /// How many of them are behind the point.
    places: u32,
    unit: Unit,
}

impl Written {
    /// The value in that unit, where it is a decimal number and fits. Money with a fraction has two places at least.
    fn of(value: Ratio<i128>, unit: Unit) -> Option<Written> {
        let (digits, places) = decimal(value)?;
        Some(match unit {
            Unit::Money(_) if places == 1 => Written { value, digits: digits.checked_mul(10)?, places: 2, unit },
            _ => Written { value, digits, places, unit },
        })
    }

    /// The characters it takes.
    fn len(&self) -> usize {
        let digits = match u64::try_from(self.digits) {
            Ok(digits) => digits.checked_ilog10(),
            Err(_) => self.digits.checked_ilog10(),
        };
        let whole = digits.map_or(1, |digits| digits + 1).max(self.places + 1);
        whole as usize + usize::from(self.places > 0) + self.unit.len()
    }
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Written { digits, places, unit, .. } = self;
        match 10_i128.checked_pow(*places).filter(|_| *places > 0) {
            Some(scale) => write!(f, "{}.{:0width$}{unit}", digits / scale, digits % scale, width = *places as usize),
            None => write!(f, "{digits}{unit}"),
        }
    }
}

impl Quantity {
    fn literal(&self) -> String {
        let sign = if self.is_negative() { "-" } else { "" };
        let amount = self.amount.abs();
        if amount.is_zero() {
            return format!("0{}", self.base_unit());
        }
        let units = self.units();
        let in_units = || units.iter().filter_map(|(unit, factor)| Some((times(amount, factor.recip())?, *unit)));
        let exact: Vec<Written> = in_units().filter_map(|(value, unit)| Written::of(value, unit)).collect();
        // Nobody reads `12096GB` as twelve thousand of them. A bare number is no unit: `1024` stays.
        let unwieldy = |it: &Written| {
            let sized = match self.dimension {
                Dimension::Time | Dimension::Bytes | Dimension::Bandwidth => true,
                Dimension::Count => it.unit.len() > 0,
                _ => false,
            };
            sized && it.value >= Ratio::from_integer(1000)
        };
        // A time is written in the largest unit that divides it: `10min`, not the equally short `600s`.
        let whole = exact.iter().rev().find(|it| self.dimension == Dimension::Time && it.places == 0);
        let whole = whole.filter(|it| !unwieldy(it));
        // Of equally short ones the largest unit, which comes last.
        let by = |it: &&Written| (it.value < Ratio::from_integer(1), unwieldy(it), it.len());
        if let Some(best) = whole.or_else(|| exact.iter().rev().min_by_key(by)) {
            return format!("{sign}{best}");
        }
        let above_one = in_units().filter(|(value, _)| *value >= Ratio::from_integer(1));
        match above_one.min_by_key(|(value, _)| *value).or(in_units().next()) {
            Some((value, unit)) => format!("~{sign}{}{unit}", rounded(value)),
            None => format!("~{sign}{}{}", rounded(amount), self.base_unit()),
        }
    }

    fn base_unit(&self) -> Unit {
        match self.dimension {
            Dimension::Count => Unit::Plain(""),
            Dimension::Time => Unit::Plain("s"),
            Dimension::Rate => Unit::Per("", "s"),
            Dimension::Bytes => Unit::Plain("B"),
            Dimension::Bandwidth => Unit::Per("B", "s"),
            Dimension::Percent => Unit::Plain("%"),
            Dimension::Distance => Unit::Plain("m"),
            Dimension::Money(currency) => Unit::Money(currency),
        }
    }

    /// The units it can be written in, small to large, in base units.
    fn units(&self) -> Cow<'static, [(Unit, Ratio<i128>)]> {
        Cow::Borrowed(match self.dimension {
            Dimension::Count => &UNITS.counts,
            Dimension::Time => &UNITS.times,
            Dimension::Rate => &UNITS.rates,
            Dimension::Bytes => &UNITS.bytes,
            Dimension::Bandwidth => &UNITS.bandwidths,
            Dimension::Distance => &UNITS.distances,
            Dimension::Percent | Dimension::Money(_) => {
                return Cow::Owned(vec![(self.base_unit(), Ratio::new_raw(1, 1))]);
            }
        })
    }
}

/// The units of each dimension, with how many base units each is.
struct Units {
    counts: Vec<(Unit, Ratio<i128>)>,
    times: Vec<(Unit, Ratio<i128>)>,
    rates: Vec<(Unit, Ratio<i128>)>,
    bytes: Vec<(Unit, Ratio<i128>)>,
    bandwidths: Vec<(Unit, Ratio<i128>)>,
    distances: Vec<(Unit, Ratio<i128>)>,
}

static UNITS: LazyLock<Units> = LazyLock::new(|| {
    let plain = |table: &'static [(&str, i128)]| {
        table.iter().map(|(unit, factor)| (Unit::Plain(unit), Ratio::new_raw(*factor, 1))).collect()
    };
    let per = |table: &'static [(&str, i128)]| {
        let periods = PERIODS.iter().rev();
        let pairs = periods.flat_map(|(period, seconds)| {
            let units = table.iter();
            units.map(move |(unit, factor)| (Unit::Per(unit, period), Ratio::new(*factor, *seconds)))
        });
        pairs.collect()
    };
    Units {
        counts: plain(MULTIPLES),
        times: plain(TIMES),
        rates: per(MULTIPLES),
        bytes: plain(BYTES),
        bandwidths: per(BYTES),
        distances: DISTANCES.iter().map(|(unit, (n, d))| (Unit::Plain(unit), Ratio::new_raw(*n, *d))).collect(),
    }
});

/// A ratio as a decimal number, if it is one and fits: its digits, and how many of them are behind the point.
fn decimal(value: Ratio<i128>) -> Option<(i128, u32)> {
    if value.is_integer() {
        return Some((*value.numer(), 0));
    }
    let twos = value.denom().trailing_zeros();
    let rest = value.denom() >> twos;
    let fives = match u64::try_from(rest) {
        Ok(rest) => fives(rest)?,
        Err(_) => (0..).find(|power| 5_i128.checked_pow(*power).is_none_or(|it| it >= rest))?,
    };
    let places: u32 = twos.max(fives);
    if let (Some(scale), Ok(denom)) = (10_u64.checked_pow(places), u64::try_from(*value.denom())) {
        return Some((value.numer().checked_mul(&(scale / denom).into())?, places));
    }
    let scale = 10_i128.checked_pow(places)?;
    let whole = scale % value.denom() == 0;
    if whole { Some((value.numer().checked_mul(&(scale / value.denom()))?, places)) } else { None }
}

/// Which power of five a number is, if it is one.
fn fives(mut rest: u64) -> Option<u32> {
    let mut power = 0;
    while rest.is_multiple_of(5) {
        (rest, power) = (rest / 5, power + 1);
    }
    (rest == 1).then_some(power)
}

/// A ratio to four significant digits.
fn rounded(value: Ratio<i128>) -> String {
    let value = *value.numer() as f64 / *value.denom() as f64;
    let places = (3 - value.log10().floor() as i32).clamp(0, 12) as usize;
    let text = format!("{value:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{}", char::from(*byte)))
    }
}

impl fmt::Display for Dimension {
    /// The dimension in words, as messages name it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Dimension::Count => "a number",
            Dimension::Time => "a time",
            Dimension::Rate => "a rate",
            Dimension::Bytes => "an amount of data",
            Dimension::Bandwidth => "an amount of data per time",
            Dimension::Percent => "a percentage",
            Dimension::Distance => "a distance",
            Dimension::Money(_) => "an amount of money",
        })
    }
}
