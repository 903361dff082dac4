//! `cargo xtask run`: builds a release into `dist/` and becomes `outrigger run` in that folder.

use std::process::Command;

use crate::dist;
use crate::failure::Failure;
use crate::workspace::Workspace;

pub(crate) fn command(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    // `cargo xtask run -- --env-file x` and `cargo xtask run --env-file x` mean the same.
    let arguments = match arguments.split_first() {
        Some((first, rest)) if first == "--" => rest,
        _ => arguments,
    };
    let dist = dist::assemble(workspace)?;
    let mut outrigger = Command::new(dist.join(dist::host_file()));
    outrigger.arg("run").args(arguments).current_dir(&dist);
    become_program(outrigger)
}

/// Replaces this process, so that signals from a terminal or supervisor reach outrigger itself.
#[cfg(unix)]
fn become_program(mut command: Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    // Returns only if the program could not be started.
    let error = command.exec();
    Err(Failure::new(format!("cannot start {}: {error}", command.get_program().display())))
}

/// Waits for the program: elsewhere the console sends Ctrl-C to both processes.
#[cfg(not(unix))]
fn become_program(mut command: Command) -> Result<(), Failure> {
    crate::cargo::finish("outrigger", &mut command)
}
