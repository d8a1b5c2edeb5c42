//! `.sysd` text in, design and diagnostics out.

pub mod diagnostic;
pub mod files;
pub mod fix;
pub mod language;
pub mod position;
pub mod render;
pub mod report;
pub mod source;
pub mod syntax;

pub use sysd_rules as rules;
