//! The `sysd` command.

mod cli;

/// A run is mostly small rows made and dropped: a fifth of its time was the allocator's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::run()
}
