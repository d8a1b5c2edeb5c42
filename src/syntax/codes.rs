//! The codes of the syntax, each with its page beside this file.

use crate::diagnostic::{Code, Severity};

macro_rules! codes {
    ($($name:ident = $code:literal $slug:literal $page:literal;)*) => {
        $(
            #[doc = concat!("`", $slug, "`")]
            pub static $name: Code = Code {
                code: $code,
                slug: $slug,
                severity: Severity::Error,
                page: include_str!($page),
                cites: &[],
            };
        )*
        /// All of them, in the order of their codes.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    UNEXPECTED_TOKEN = "S0001" "unexpected-token" "codes/unexpected_token.md";
    UNCLOSED_DELIMITER = "S0002" "unclosed-delimiter" "codes/unclosed_delimiter.md";
    STRAY_CLOSER = "S0003" "stray-closer" "codes/stray_closer.md";
    UNCLOSED_STRING = "S0004" "unclosed-string" "codes/unclosed_string.md";
    UNKNOWN_CHARACTER = "S0005" "unknown-character" "codes/unknown_character.md";
    INVALID_QUANTITY = "S0006" "invalid-quantity" "codes/invalid_quantity.md";
    NESTING_TOO_DEEP = "S0007" "nesting-too-deep" "codes/nesting_too_deep.md";
    TEXT_OUTSIDE_ITEM = "S0008" "text-outside-item" "codes/text_outside_item.md";
    TOO_MANY_ERRORS = "S0009" "too-many-errors" "codes/too_many_errors.md";
    NOT_UTF8 = "S0010" "not-utf8" "codes/not_utf8.md";
    ITEM_TOO_LONG = "S0011" "item-too-long" "codes/item_too_long.md";
}
