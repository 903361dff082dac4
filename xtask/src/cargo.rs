//! Starts cargo and other programs in the workspace, and measures steps.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::workspace::Workspace;

/// Returns a cargo command in the workspace root: the same cargo that started this program.
pub(crate) fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(&workspace.root);
    command
}

/// Runs a program to its end, its output going straight to the terminal.
pub(crate) fn finish(name: &str, command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|e| Failure::new(format!("cannot start {name}: {e}")))?;
    if status.success() { Ok(()) } else { Err(Failure::of_program(name, status.code())) }
}

/// Announces a step, runs it and prints how long it took, whether it succeeded or not.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T, Failure>) -> (Duration, Result<T, Failure>) {
    println!("==> {name}");
    let start = Instant::now();
    let result = work();
    let elapsed = start.elapsed();
    println!("<== {name}: {} in {:.1} s", if result.is_ok() { "ok" } else { "FAILED" }, elapsed.as_secs_f64());
    (elapsed, result)
}
