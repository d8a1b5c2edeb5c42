//! What other languages call the things of this one: people write it without thinking.

/// The type that is meant by a type of another language.
pub fn foreign_type(word: &str) -> Option<&'static str> {
    meant(TYPES, word)
}

/// The words that may be meant where a clause has another one.
pub fn foreign_words(word: &str) -> impl Iterator<Item = &'static str> {
    let word = word.to_ascii_lowercase();
    WORDS.iter().filter(move |(_, foreign)| foreign.contains(&word.as_str())).map(|(meant, _)| *meant)
}

/// The period that is meant behind `per`.
pub fn period(word: &str) -> Option<&'static str> {
    meant(PERIODS, word)
}

fn meant(table: &[(&'static str, &[&str])], word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    table.iter().find(|(_, foreign)| foreign.contains(&word.as_str())).map(|(meant, _)| *meant)
}

const TYPES: &[(&str, &[&str])] = &[
    ("text", &["string", "str", "varchar", "char", "enum", "email", "url", "uri", "phone"]),
    (
        "integer",
        &[
            "int", "int32", "int64", "long", "bigint", "number", "u32", "u64", "i32", "i64", "serial", "smallint",
            "count", "quantity", "uint",
        ],
    ),
    ("decimal", &["float", "double", "real", "numeric", "float64", "f64"]),
    ("money", &["price", "amount", "currency"]),
    ("boolean", &["bool"]),
    ("timestamp", &["datetime", "date", "time", "timestamptz", "instant"]),
    ("uuid", &["guid"]),
    ("json", &["jsonb", "object", "map", "dict"]),
    ("bytes", &["blob", "bytea", "binary", "byte"]),
    ("list", &["array", "vec"]),
    ("location", &["point", "geo", "latlng", "coordinates", "geography"]),
    ("duration", &["interval"]),
];

const WORDS: &[(&str, &[&str])] = &[
    ("when", &["if", "requires", "require", "given", "precondition", "guard", "provided"]),
    ("then", &["do", "does", "effect", "effects", "set", "sets", "update", "ensures"]),
    ("on", &["by", "via", "upon", "with", "through"]),
    ("by", &["from", "with", "using"]),
    ("per", &["for", "by", "each"]),
    ("within", &["per", "in"]),
    ("until", &["till", "unless"]),
    ("for", &["during", "over"]),
    ("where", &["when", "if", "filter"]),
];

const PERIODS: &[(&str, &[&str])] =
    &[("s", &["s", "sec", "second"]), ("min", &["min", "minute"]), ("h", &["h", "hour"]), ("d", &["d", "day"])];
