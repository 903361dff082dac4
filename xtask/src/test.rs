//! `cargo xtask test`: everything the tests need, then the tests; no test run counts as a failure.

pub(crate) mod oracles;
mod tally;
mod windows;

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use crate::cargo::{cargo, finish, step};
use crate::failure::Failure;
use crate::servers;
use crate::workspace::Workspace;
use tally::Tally;

/// Tells the tests which folder holds the built plugin libraries and the host's binary.
const PLUGINS_VARIABLE: &str = "OUTRIGGER_TEST_PLUGINS";

/// Tells the oracle tests where the oracles are.
const ORACLES_VARIABLE: &str = "OUTRIGGER_TEST_ORACLES";

/// Asks for the tests against oracles instead of all others: those need packages from the network.
pub(crate) const ORACLES: &str = "--oracles";

/// Asks for the tests of a build for Windows instead.
const WINDOWS: &str = "--windows";

/// Runs the tests; arguments go to the test binaries, which take filters and options such as `--nocapture`.
pub(crate) fn command(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    let asked = |option: &str| arguments.iter().any(|word| word == option);
    let filters: Vec<&String> = arguments.iter().filter(|word| ![ORACLES, WINDOWS].contains(&word.as_str())).collect();
    let tally = match (asked(ORACLES), asked(WINDOWS)) {
        (false, false) => all(workspace, &filters),
        (true, false) => against_oracles(workspace, &filters),
        (false, true) => windows::all(workspace, &filters),
        (true, true) => Err(Failure::usage(format!("`{ORACLES}` and `{WINDOWS}` are two runs"))),
    }?;
    println!("{tally}");
    if tally.ran() == 0 {
        let filters: String = filters.iter().map(|filter| format!(" {filter}")).collect();
        return Err(Failure::new(format!(
            "no test was run{}{filters}",
            if filters.is_empty() { "" } else { "; no name contains" }
        )));
    }
    Ok(())
}

/// Runs every test but those against oracles, whose target says `test = false`.
fn all(workspace: &Workspace, filters: &[&String]) -> Result<Tally, Failure> {
    step("servers", || servers::ensure(servers::SERVERS)).1?;
    // With `--tests`, so that features are unified as in the run below and nothing is compiled twice.
    let build = ["build", "--workspace", "--lib", "--bins", "--tests", "--examples"];
    step("plugins and test binaries", || finish("cargo build", &mut cargo(workspace, &build))).1?;
    let mut test = cargo(workspace, &["test", "--workspace", "--"]);
    step("tests", || run(test.env(PLUGINS_VARIABLE, workspace.target.join("debug")), filters)).1
}

fn against_oracles(workspace: &Workspace, filters: &[&String]) -> Result<Tally, Failure> {
    step("servers", || servers::ensure(servers::SERVERS).and_then(|()| servers::ensure(servers::OF_ORACLES))).1?;
    let oracles = step("oracles", || oracles::install(workspace)).1?;
    let build = ["build", "--workspace", "--lib", "--bins", "--examples", "--test", "oracles"];
    step("plugins and test binary", || finish("cargo build", &mut cargo(workspace, &build))).1?;
    let mut test = cargo(workspace, &["test", "--workspace", "--test", "oracles", "--"]);
    test.env(PLUGINS_VARIABLE, workspace.target.join("debug")).env(ORACLES_VARIABLE, &oracles);
    step("tests", || run(&mut test, filters)).1
}

/// Runs `cargo test`, passing its output through and counting the tests in it.
fn run(test: &mut Command, filters: &[&String]) -> Result<Tally, Failure> {
    let failed = |e: std::io::Error| Failure::new(format!("cargo test: {e}"));
    let mut child = test.args(filters).stdout(Stdio::piped()).spawn().map_err(failed)?;
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
