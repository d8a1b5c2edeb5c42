//! Output formats: one file each, each a pure function from diagnostics or tables to text.

pub mod checklist;
pub mod concise;
pub mod design_json;
pub mod diff;
pub mod dot;
pub mod full;
pub mod github;
pub mod json;
pub mod markdown;
pub mod mermaid;
pub mod page;
pub mod sarif;
pub mod terminal;
pub mod visible;

#[cfg(test)]
mod schema;
#[cfg(test)]
mod tests;

/// The program as every machine format names it.
const TOOL: &str = env!("CARGO_PKG_NAME");

/// Its version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// JSON that a person can read too, with a newline at the end.
fn pretty(value: &impl serde::Serialize) -> String {
    let json = serde_json::to_string_pretty(value).expect("structs of strings and numbers always serialise");
    json + "\n"
}
