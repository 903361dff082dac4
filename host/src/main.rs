//! The program `outrigger`.

use std::process::ExitCode;

fn main() -> ExitCode {
    outrigger::door::cli::main()
}
