//! The program `outrigger`.

use std::process::ExitCode;

/// An event's way is some forty small allocations on two threads, which the system's allocator spends a sixth of the
/// time on.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    outrigger::door::cli::main()
}
