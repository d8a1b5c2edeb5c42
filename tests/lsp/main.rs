//! The language server in this process. Real clients are in the scripts beside this file.

mod actions;
mod answers;
mod client;
mod completion;
mod edits;
mod large;
mod protocol;
#[path = "../texts/mod.rs"]
mod texts;
