//! Quantities as an author would write them: exact, and as short as is natural.

use super::*;
use num_integer::Integer;

impl fmt::Display for Quantity {
    /// A literal that parses to the same quantity: of a time the one in the largest unit that divides it, otherwise the
    /// shortest. What has none (a third of a second) is shown rounded to four significant digits, with a `~` before it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.literal())
    }
}

impl Dimension {
    /// The units a quantity of this dimension can be written in, small to large: `ns`, `us`, `ms` …
    pub fn units(self) -> Vec<String> {
        match self {
            Dimension::Money(_) => CURRENCIES.iter().map(|currency| (*currency).to_owned()).collect(),
            _ => Quantity::whole(1, self).units().into_iter().map(|(unit, _)| unit.to_string()).collect(),
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

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unit::Plain(unit) => f.write_str(unit),
            Unit::Per(unit, period) => write!(f, "{unit}/{period}"),
            Unit::Money(currency) => currency.fmt(f),
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
        let in_units = self.units().into_iter().filter_map(|(unit, factor)| Some((divided(amount, factor)?, unit)));
        let in_units: Vec<(Ratio<i128>, Unit)> = in_units.collect();
        let exact =
            in_units.iter().filter_map(|(value, unit)| Some((*value, format!("{}{unit}", self.decimal(*value)?))));
        let exact: Vec<(Ratio<i128>, String)> = exact.collect();
        // A time is written in the largest unit that divides it: `10min`, not the equally short `600s`.
        let whole = exact.iter().rev().find(|(value, _)| self.dimension == Dimension::Time && value.is_integer());
        // Nobody reads `12096GB` as twelve thousand of them. Of equally short ones the largest unit, which comes last.
        let sized = matches!(self.dimension, Dimension::Bytes | Dimension::Bandwidth);
        let unwieldy = |value: Ratio<i128>| sized && value >= Ratio::from_integer(1000);
        let shortest = || {
            let by = |(value, literal): &&(Ratio<i128>, String)| {
                (*value < Ratio::from_integer(1), unwieldy(*value), literal.len())
            };
            exact.iter().rev().min_by_key(by)
        };
        let best = whole.or_else(shortest);
        if let Some((_, literal)) = best {
            return format!("{sign}{literal}");
        }
        let above_one = in_units.iter().filter(|(value, _)| *value >= Ratio::from_integer(1));
        match above_one.min_by_key(|(value, _)| *value).or(in_units.first()) {
            Some((value, unit)) => format!("~{sign}{}{unit}", rounded(*value)),
            None => format!("~{sign}{}{}", rounded(amount), self.base_unit()),
        }
    }

    /// The value as a decimal number, where it has one. Money with a fraction has two places at least.
    fn decimal(&self, value: Ratio<i128>) -> Option<String> {
        let text = decimal(value)?;
        let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        Some(if places == 1 && matches!(self.dimension, Dimension::Money(_)) { text + "0" } else { text })
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
    fn units(&self) -> Vec<(Unit, Ratio<i128>)> {
        let plain = |table: &'static [(&str, i128)]| {
            let units = table.iter().map(|(unit, factor)| (Unit::Plain(unit), Ratio::new_raw(*factor, 1)));
            units.collect()
        };
        let per = |table: &'static [(&str, i128)]| {
            let periods = PERIODS.iter().rev();
            let pairs = periods.flat_map(|(period, seconds)| {
                let units = table.iter();
                units.map(move |(unit, factor)| (Unit::Per(unit, period), divided((*factor).into(), (*seconds).into())))
            });
            pairs.filter_map(|(unit, factor)| Some((unit, factor?))).collect()
        };
        match self.dimension {
            Dimension::Count => plain(MULTIPLES),
            Dimension::Time => plain(TIMES),
            Dimension::Rate => per(MULTIPLES),
            Dimension::Bytes => plain(BYTES),
            Dimension::Bandwidth => per(BYTES),
            Dimension::Distance => {
                DISTANCES.iter().map(|(unit, (n, d))| (Unit::Plain(unit), Ratio::new_raw(*n, *d))).collect()
            }
            Dimension::Percent | Dimension::Money(_) => vec![(self.base_unit(), Ratio::new_raw(1, 1))],
        }
    }
}

/// The quotient of two ratios in lowest terms, the second above zero, if it fits. Every figure is tried in some twenty units, so
/// it matters that no step takes 128 bits that can do with 64.
fn divided(amount: Ratio<i128>, by: Ratio<i128>) -> Option<Ratio<i128>> {
    let above = common(*amount.numer(), *by.numer());
    let below = common(*amount.denom(), *by.denom());
    let numer = (amount.numer() / above).checked_mul(by.denom() / below)?;
    let denom = (amount.denom() / below).checked_mul(by.numer() / above)?;
    Some(Ratio::new_raw(numer, denom))
}

/// The greatest common divisor of two numbers above zero.
fn common(one: i128, other: i128) -> i128 {
    match (u64::try_from(one), u64::try_from(other)) {
        (Ok(one), Ok(other)) => one.gcd(&other).into(),
        _ => one.gcd(&other),
    }
}

/// A ratio as a decimal number, if it is one and fits.
fn decimal(value: Ratio<i128>) -> Option<String> {
    let twos = value.denom().trailing_zeros();
    let (mut rest, mut fives) = (value.denom() >> twos, 0);
    while rest % 5 == 0 {
        (rest, fives) = (rest / 5, fives + 1);
    }
    let places: u32 = twos.max(fives);
    if rest != 1 {
        return None;
    }
    let scale = 10_i128.checked_pow(places)?;
    let digits = value.numer().checked_mul(&(scale / value.denom()))?;
    if places == 0 {
        return Some(digits.to_string());
    }
    Some(format!("{}.{:0width$}", digits / scale, digits % scale, width = places as usize))
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
