//! Builds, checks and measures Outrigger; `cargo xtask help` lists the commands.
//!
//! Uses the standard library only: it is the first thing a newcomer compiles.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool speaks on its terminal")]

mod bench;
mod cargo;
mod ci;
mod command;
mod dist;
mod failure;
mod nats_server;
mod nearest;

mod run;
mod servers;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command::dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {}", failure.message);
            ExitCode::from(failure.code)
        }
    }
}
