use super::*;

fn q(literal: &str) -> Quantity {
    Quantity::parse(literal).unwrap_or_else(|error| panic!("{literal}: {error:?}"))
}

#[test]
fn literals_mean_what_they_say() {
    assert_eq!(q("200ms"), Quantity::whole(200_000_000, Dimension::Time));
    assert_eq!(q("10k/s"), Quantity::whole(10_000, Dimension::Rate));
    assert_eq!(q("5/min"), Quantity::new(Ratio::new(1, 12), Dimension::Rate));
    assert_eq!(q("2.5M"), Quantity::count(2_500_000));
    assert_eq!(q("10_000"), Quantity::count(10_000));
    assert_eq!(q("-3"), Quantity::count(-3));
    assert_eq!(q("4MiB"), Quantity::whole(4 << 20, Dimension::Bytes));
    assert_eq!(q("10MB/s"), Quantity::whole(10_000_000, Dimension::Bandwidth));
    assert_eq!(q("99.9%"), Quantity::new(Ratio::new(999, 10), Dimension::Percent));
    assert_eq!(q("1mi"), Quantity::new(Ratio::new(201_168, 125), Dimension::Distance));
    assert_eq!(q("0.10USD"), Quantity::new(Ratio::new(1, 10), Dimension::Money(Currency(*b"USD"))));
    assert_eq!(q("1min"), q("60s"));
    assert_ne!(q("1m"), q("1min"));
}

#[test]
fn the_canonical_literal_is_exact_and_short() {
    for (literal, shortest) in [
        ("200ms", "200ms"),
        ("0.2s", "200ms"),
        ("10000/s", "10k/s"),
        ("90min", "90min"),
        ("1500us", "1.5ms"),
        ("999ms", "999ms"),
        ("600s", "10min"),
        ("1.5h", "90min"),
        ("2.5s", "2.5s"),
        ("14d", "2w"),
        ("365d", "1y"),
        ("24h", "1d"),
        ("36h", "36h"),
        ("0.5/s", "30/min"),
        ("1024B", "1KiB"),
        ("0.1USD", "0.10USD"),
        ("1.25EUR", "1.25EUR"),
        ("2500000", "2.5M"),
        ("2592k", "2.592M"),
        ("1024", "1024"),
        ("0s", "0s"),
        ("-1500ms", "-1.5s"),
        ("0.1ns", "0.1ns"),
        ("95.0%", "95%"),
        ("1609.344m", "1mi"),
        ("60/min", "1/s"),
    ] {
        assert_eq!(q(literal).to_string(), shortest, "{literal}");
    }
    let third = q("1s").checked_div(&q("3")).unwrap();
    assert_eq!(third.to_string(), "~333.3ms");
}

#[test]
fn every_literal_survives_its_canonical_form() {
    let mut suffixes: Vec<String> = vec!["".into(), "%".into()];
    for (unit, _) in TIMES.iter().chain(BYTES).chain(MULTIPLES) {
        suffixes.push((*unit).to_owned());
    }
    for (amount, _) in MULTIPLES.iter().chain(BYTES) {
        suffixes.extend(PERIODS.iter().map(|(period, _)| format!("{amount}/{period}")));
    }
    suffixes.extend(DISTANCES.iter().map(|(unit, _)| (*unit).to_owned()));
    suffixes.extend(["USD".into(), "kEUR".into()]);
    let numbers =
        ["0", "1", "7", "10", "60", "99.9", "0.001", "1.25", "3600", "86400", "1024", "123456789.987654321", "0.30"];
    for suffix in &suffixes {
        for number in numbers {
            for sign in ["", "-"] {
                let literal = format!("{sign}{number}{suffix}");
                let canonical = q(&literal).to_string();
                assert_eq!(q(&canonical), q(&literal), "{literal} became {canonical}");
                assert_eq!(q(&canonical).to_string(), canonical);
            }
        }
    }
}

#[test]
fn currencies_are_sorted() {
    assert!(CURRENCIES.is_sorted());
}

#[test]
fn wrong_units_are_recognised() {
    for (wrong, meant) in [
        ("100mss", "100ms"),
        ("5sec", "5s"),
        ("10K/s", "10k/s"),
        ("3mb", "3MB"),
        ("20Kb", "20KB"),
        ("7qps", "7/s"),
        ("4k/sec", "4k/s"),
        ("1usd", "1USD"),
        ("2hours", "2h"),
        ("5percent", "5%"),
    ] {
        let error = Quantity::parse(wrong).unwrap_err();
        assert_eq!(error.suggestion.as_deref(), Some(meant), "{wrong}");
    }
    for wrong in ["3d_model", "1x", "10/x", "5quux"] {
        let error = Quantity::parse(wrong).unwrap_err();
        assert!(matches!(error.kind, QuantityErrorKind::Unit(_)), "{wrong}");
        assert_eq!(error.suggestion, None, "{wrong}");
    }
    for wrong in ["1.2.3", "", "-", "1__0", "1_", ".5", "k", "1.", "é"] {
        assert_eq!(Quantity::parse(wrong).unwrap_err().kind, QuantityErrorKind::Number, "{wrong}");
    }
}

#[test]
fn too_much_is_refused_and_never_panics() {
    let digits = "9".repeat(400);
    for literal in [digits.clone(), format!("{digits}ms"), format!("0.{digits}"), format!("{}TB", "9".repeat(38))] {
        assert_eq!(Quantity::parse(&literal).unwrap_err().kind, QuantityErrorKind::TooLarge);
    }
    let most = Quantity::count(i128::MAX);
    let least = Quantity::count(i128::MIN + 1);
    let tiny = Quantity::new(Ratio::new(1, i128::MAX), Dimension::Count);
    for (left, right) in [(most, most), (least, most), (tiny, tiny), (most, tiny)] {
        let _ =
            (left.checked_add(&right), left.checked_sub(&right), left.checked_mul(&right), left.checked_div(&right));
        let _ = (left.compare(&right), left.to_string());
    }
    assert_eq!(most.checked_add(&most), None);
    assert_eq!(most.checked_mul(&most), None);
    assert_eq!(q("1s").checked_div(&q("0")), None);
}

#[test]
fn dimensions_combine() {
    for (left, right, product) in [
        ("10k/s", "2min", "1.2M"),
        ("1KB", "10/s", "10KB/s"),
        ("10MB/s", "1h", "36GB"),
        ("3", "200ms", "600ms"),
        ("50%", "10k/s", "5k/s"),
        ("0.10USD", "30", "3USD"),
        ("50%", "50%", "25%"),
        ("4", "5", "20"),
    ] {
        let (left, right, product) = (q(left), q(right), q(product));
        assert_eq!(left.checked_mul(&right), Some(product));
        assert_eq!(right.checked_mul(&left), Some(product));
        if left.dimension != Dimension::Percent {
            assert_eq!(product.checked_div(&right), Some(left), "{product} / {right}");
        }
        if right.dimension != Dimension::Percent && left.dimension != Dimension::Percent {
            assert_eq!(product.checked_div(&left), Some(right), "{product} / {left}");
        }
    }
    assert_eq!(q("600ms").checked_div(&q("200ms")), Some(q("3")));
    assert_eq!(q("1s").checked_mul(&q("1s")), None);
    assert_eq!(q("1s").checked_add(&q("1B")), None);
    assert_eq!(q("1s").compare(&q("1B")), None);
    assert_eq!(q("1USD").checked_add(&q("1EUR")), None);
    assert_eq!(q("1s").compare(&q("999ms")), Some(Ordering::Greater));
}

/// The way through 64 bits is the same product.
#[test]
fn products_are_those_of_ratios() {
    let numbers = [0, 1, -1, 3, -7, 60, 1 << 20, i128::from(u64::MAX), i128::from(u64::MAX) + 2, i128::MAX];
    let ratios: Vec<Ratio<i128>> = numbers
        .iter()
        .flat_map(|numer| {
            [1, 2, 9, 60, 31_536_000, 1 << 40, i128::from(u64::MAX)].map(|denom| Ratio::new(*numer, denom))
        })
        .collect();
    for (left, right) in ratios.iter().flat_map(|left| ratios.iter().map(move |right| (left, right))) {
        assert_eq!(times(*left, *right), left.checked_mul(right), "{left} * {right}");
    }
}
