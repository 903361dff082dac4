//! Where the oracles are, and whether they are those the lists ask for.

use std::{path::PathBuf, process::Command};

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
