//! The `sysd` command.
fn main() {}
