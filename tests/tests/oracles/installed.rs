//! Where the oracles are, and whether they are those the lists ask for.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::Value;

/// Returns the folder with the installed oracles.
pub(crate) fn folder() -> PathBuf {
    let folder = std::env::var_os("OUTRIGGER_TEST_ORACLES").map(PathBuf::from);
    folder.expect("OUTRIGGER_TEST_ORACLES names the folder of oracles; run the tests with `cargo xtask test --oracles`")
}

/// Returns a command that runs a program of the Python packages, such as `python`.
pub(crate) fn python(program: &str) -> Command {
    Command::new(folder().join("python").join("bin").join(program))
}

/// Returns the folder of an installed Python package.
pub(crate) fn package(name: &str) -> PathBuf {
    let asked =
        format!("import importlib.util; print(importlib.util.find_spec('{name}').submodule_search_locations[0])");
    let output = python("python").args(["-c", &asked]).output().unwrap();
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim_end())
}

/// Returns what one of the scripts in `oracles` says of each value: it reads a line for each and answers with a line.
pub(crate) fn judged(script: &str, values: &[Value]) -> Vec<Value> {
    let script = format!("{}/oracles/{script}", env!("CARGO_MANIFEST_DIR"));
    let mut command = python("python");
    let command = command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.spawn().unwrap();
    let lines: String = values.iter().map(|value| format!("{value}\n")).collect();
    let mut stdin = child.stdin.take().unwrap();
    // Beside the reading below: the script answers while it still reads.
    let writing = std::thread::spawn(move || stdin.write_all(lines.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), values.len());
    answers
}

#[test]
fn every_listed_package_is_installed_in_its_listed_version() {
    let output = python("python").args(["-m", "pip", "freeze", "--disable-pip-version-check"]).output().unwrap();
    let installed = String::from_utf8(output.stdout).unwrap();
    let list = include_str!("../../oracles/requirements.txt");
    let listed: Vec<&str> = list.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(!listed.is_empty());
    for package in listed {
        assert!(installed.lines().any(|line| line.eq_ignore_ascii_case(package)), "{package} is not in:\n{installed}");
    }
}
