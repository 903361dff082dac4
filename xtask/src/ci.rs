//! `cargo xtask ci`: everything a change must pass, cheapest first, and a table of what it took.

use std::time::Duration;

use crate::cargo::{cargo, finish, step};
use crate::command::takes_no_arguments;
use crate::failure::Failure;
use crate::workspace::Workspace;
use crate::{test, tidy};

type Step = (&'static str, fn(&Workspace) -> Result<(), Failure>);

const STEPS: &[Step] = &[
    ("fmt", |workspace| finish("cargo fmt", &mut cargo(workspace, &["fmt", "--all", "--check"]))),
    ("tidy", |workspace| tidy::command(workspace, &[])),
    ("clippy", |workspace| {
        let lint = |targets: &[&str]| {
            finish("cargo clippy", cargo(workspace, &["clippy"]).args(targets).args(["--", "-D", "warnings"]))
        };
        lint(&["--workspace", "--all-targets"])?;
        // No target by default (`test = false`), so the line above leaves them out.
        lint(&["--package", "outrigger-tests", "--test", "oracles"])
    }),
    ("docs", |workspace| {
        finish("cargo doc", cargo(workspace, &["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
    }),
    ("test", |workspace| test::command(workspace, &[])),
    ("oracles", |workspace| test::command(workspace, &[test::ORACLES.to_owned()])),
];

pub(crate) fn command(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    takes_no_arguments("ci", arguments)?;
    let (mut results, mut outcome) = (Vec::new(), Ok(()));
    for (name, work) in STEPS {
        let (elapsed, result) = step(name, || work(workspace));
        results.push((elapsed, result.is_ok()));
        if let Err(failure) = result {
            outcome = Err(Failure { message: format!("{name}: {}", failure.message), ..failure });
            break;
        }
    }
    print!("{}", table(&results));
    outcome
}

/// Lists every step with its outcome; those after a failure were not run.
fn table(results: &[(Duration, bool)]) -> String {
    let mut text = String::from("\n");
    for (at, (name, _)) in STEPS.iter().enumerate() {
        let line = match results.get(at) {
            Some((elapsed, ok)) => format!("{:<7} {:>7.1} s", if *ok { "ok" } else { "FAILED" }, elapsed.as_secs_f64()),
            None => "not run".to_owned(),
        };
        text.push_str(&format!("  {name:<8} {line}\n"));
    }
    text
}

#[cfg(test)]
mod tests;
