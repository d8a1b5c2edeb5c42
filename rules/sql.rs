//! How SQL says things: names, types, constants and conditions, once for the audit queries of Step 15 and for the exported schema,
//! which have to agree. It is the one notation that rules know: that nothing violates a promise is worth no more than the query for it.

mod expression;
mod kind;
mod value;

pub use expression::{Names, binary, differs, expression, not};
pub use kind::{Kind, Kinds};
pub use value::{Sql, Translated, amount, interval, literal};

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
