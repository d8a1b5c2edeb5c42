//! How SQL names things: what the audit queries of Step 15 and the exported schema must agree on.

use crate::vocabulary::Primitive;

/// `PlaceBid outcomes` as `place_bid_outcomes`; between quotes where SQL would read it as something else.
pub fn identifier(name: &str) -> String {
    let name = snake(name);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let bare = starts && name.chars().all(plain) && !RESERVED.contains(&name.as_str());
    if bare { name } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// `PlaceBid` as `place_bid`, `Comment positions` as `comment_positions`.
pub fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut before = ' ';
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        let begins = c.is_uppercase() && (before.is_lowercase() || before.is_numeric());
        let ends_run = c.is_uppercase() && before.is_uppercase() && rest.peek().is_some_and(|next| next.is_lowercase());
        if (begins || ends_run) && !snake.ends_with('_') {
            snake.push('_');
        }
        match c {
            ' ' | '-' | '\t' | '\n' => snake.push('_'),
            c => snake.extend(c.to_lowercase()),
        }
        before = c;
    }
    if snake.is_empty() { "unnamed".to_owned() } else { snake }
}

/// The type in which a value is kept.
pub fn type_of(primitive: Primitive) -> &'static str {
    use Primitive::*;
    match primitive {
        Uuid => "uuid",
        Id | Text | Status => "text",
        Integer | Counter => "bigint",
        Decimal | Money => "numeric",
        Boolean => "boolean",
        Timestamp => "timestamptz",
        Duration => "interval",
        Bytes | Hash => "bytea",
        Location => "point",
        Set | List => "jsonb[]",
        Json => "jsonb",
    }
}

/// The words of SQL that name nothing unless quoted.
#[rustfmt::skip]
static RESERVED: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "both", "case", "cast", "check", "collate", "column",
    "constraint", "create", "current_date", "current_role", "current_time", "current_timestamp", "current_user", "default", "deferrable",
    "desc", "distinct", "do", "else", "end", "except", "false", "fetch", "for", "foreign", "from", "grant", "group", "having", "in",
    "initially", "intersect", "into", "lateral", "leading", "limit", "localtime", "localtimestamp", "not", "null", "offset", "on", "only",
    "or", "order", "placing", "primary", "references", "returning", "select", "session_user", "some", "symmetric", "system_user", "table",
    "then", "to", "trailing", "true", "union", "unique", "user", "using", "variadic", "when", "where", "window", "with",
];
