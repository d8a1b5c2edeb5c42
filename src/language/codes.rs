//! The codes of names, types and files: what is wrong before any rule of the framework is asked.

use sysd_rules::finding::{Code, Severity};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $constant:ident $code:literal $slug:literal $severity:ident $page:literal,)+) => {
        $($(#[doc = $doc])+ pub static $constant: Code = Code {
            code: $code,
            slug: $slug,
            severity: Severity::$severity,
            page: include_str!(concat!("codes/", $page, ".md")),
            cites: &[],
        };)+
        /// All of them, in the order of their codes.
        pub static ALL: &[&Code] = &[$(&$constant),+];
    };
}
codes! {
    /// A clause opens with a word its item does not know.
    UNKNOWN_CLAUSE "S0021" "unknown-clause" Error "unknown_clause",
    /// A clause fits none of its patterns.
    MALFORMED_CLAUSE "S0022" "malformed-clause" Error "malformed_clause",
    /// A name is declared nowhere.
    UNKNOWN_NAME "S0023" "unknown-name" Error "unknown_name",
    /// A name is declared twice.
    DUPLICATE_NAME "S0024" "duplicate-name" Error "duplicate_name",
    /// A name means a thing of another kind than is needed here.
    WRONG_KIND "S0025" "wrong-kind" Error "wrong_kind",
    /// A quantity has the wrong dimension.
    WRONG_UNIT "S0026" "wrong-unit" Error "wrong_unit",
    /// The two sides of an expression do not go together.
    TYPE_MISMATCH "S0027" "type-mismatch" Error "type_mismatch",
    /// A `use` names a file that cannot be read.
    MISSING_FILE "S0028" "missing-file" Error "missing_file",
    /// An `allow` gives no reason.
    ALLOW_WITHOUT_REASON "S0029" "allow-without-reason" Error "allow_without_reason",
    /// An `allow` names no finding that exists.
    UNKNOWN_FINDING "S0030" "unknown-finding" Error "unknown_finding",
    /// An `allow` accepts something that is not found.
    UNUSED_ALLOW "S0031" "unused-allow" Warning "unused_allow",
    /// A `?` stands where something is to be decided.
    OPEN_QUESTION "S0032" "open-question" Info "open_question",
    /// More operations depend on one object than can be compared with each other.
    TOO_MANY_OPERATIONS "S0033" "too-many-operations" Error "too_many_operations",
    /// A file is larger than what can be looked into at each keystroke.
    FILE_TOO_LARGE "S0034" "file-too-large" Warning "file_too_large",
}
