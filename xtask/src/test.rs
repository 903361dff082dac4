//! `cargo xtask test`: everything the tests need, then the tests; no test run counts as a failure.

mod tally;

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::cargo::{cargo, finish, step};
use crate::failure::Failure;
use crate::redis_server;
use crate::workspace::Workspace;
use tally::Tally;

/// Tells the tests which folder holds the built plugin libraries and the host's binary.
const PLUGINS_VARIABLE: &str = "OUTRIGGER_TEST_PLUGINS";

/// Runs the tests; arguments go to the test binaries, which take filters and options such as `--nocapture`.
pub(crate) fn command(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    step("redis-server", redis_server::ensure).1?;
    // With `--tests`, so that features are unified as in the run below and nothing is compiled twice.
    let build = ["build", "--workspace", "--lib", "--bins", "--tests"];
    step("plugins and test binaries", || finish("cargo build", &mut cargo(workspace, &build))).1?;
    let tally = step("tests", || run(workspace, arguments)).1?;
    println!("{tally}");
    if tally.ran() == 0 {
        let filters = arguments.join(" ");
        return Err(Failure::new(format!(
            "no test was run{}{filters}",
            if filters.is_empty() { "" } else { "; no name contains " }
        )));
    }
    Ok(())
}

/// Runs `cargo test`, passing its output through and counting the tests in it.
fn run(workspace: &Workspace, arguments: &[String]) -> Result<Tally, Failure> {
    let failed = |e: std::io::Error| Failure::new(format!("cargo test: {e}"));
    let mut child = cargo(workspace, &["test", "--workspace", "--"])
        .args(arguments)
        .env(PLUGINS_VARIABLE, workspace.target.join("debug"))
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut tally = Tally::default();
    if let Some(stdout) = child.stdout.take() {
        let mut stdout = BufReader::new(stdout);
        let mut line = Vec::new();
        // By bytes: a test may print anything.
        while stdout.read_until(b'\n', &mut line).map_err(failed)? > 0 {
            std::io::stdout().write_all(&line).map_err(failed)?;
            tally.read(&String::from_utf8_lossy(&line));
            line.clear();
        }
    }
    let status = child.wait().map_err(failed)?;
    if status.success() { Ok(tally) } else { Err(Failure::of_program("cargo test", status.code())) }
}
