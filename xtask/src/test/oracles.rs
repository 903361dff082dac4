//! Installs the oracles: implementations by others, in Python and JavaScript, that judge what Outrigger sends.
//!
//! Nothing is installed outside cargo's output folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::finish;
use crate::failure::Failure;
use crate::workspace::Workspace;

const PYTHON_MISSING: &str = "the oracles need python3 with venv; install them with\n  \
    sudo apt-get update && sudo apt-get install -y --no-install-recommends python3 python3-venv";
const NPM_MISSING: &str = "the oracles need npm on the PATH; install it with\n  \
    sudo apt-get update && sudo apt-get install -y --no-install-recommends npm";

/// Returns a folder with the packages that `tests/oracles` lists: a virtual environment in `python`, and
/// `node_modules` in `npm`.
pub(super) fn install(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let (lists, folder) = (lists(workspace), workspace.target.join("oracles"));
    renew(&folder.join("python"), &python()?, &lists.join("requirements.txt"), python_packages)?;
    let npm = version(Command::new("npm").arg("--version")).ok_or_else(|| Failure::new(NPM_MISSING))?;
    renew(&folder.join("npm"), &npm, &lists.join("package.json"), npm_packages)?;
    Ok(folder)
}

/// Returns a virtual environment with the servers that benches compare with.
pub(crate) fn peers(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let folder = workspace.target.join("peers");
    renew(&folder, &python()?, &lists(workspace).join("peers.txt"), python_packages)?;
    Ok(folder)
}

fn lists(workspace: &Workspace) -> PathBuf {
    workspace.root.join("tests").join("oracles")
}

fn python() -> Result<String, Failure> {
    version(Command::new("python3").args(["-c", "import ensurepip, sys, venv; print(sys.version)"]))
        .ok_or_else(|| Failure::new(PYTHON_MISSING))
}

/// Returns what the program prints, or nothing where it is missing or fails.
fn version(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Fills `folder` from the list of packages at `list`, unless the same tool has filled it from the same list before.
///
/// What it was filled with is noted last: an install that was cut off is begun afresh.
fn renew(
    folder: &Path,
    tool: &str,
    list: &Path,
    install: fn(&Path, &Path) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let at = |path: &Path| {
        let path = path.display().to_string();
        move |error: std::io::Error| Failure::new(format!("{path}: {error}"))
    };
    let (note, wanted) =
        (folder.join("installed.txt"), format!("{tool}\n{}", fs::read_to_string(list).map_err(at(list))?));
    if fs::read_to_string(&note).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(at(folder))?;
    }
    fs::create_dir_all(folder).map_err(at(folder))?;
    install(folder, list)?;
    fs::write(&note, wanted).map_err(at(&note))
}

fn python_packages(folder: &Path, list: &Path) -> Result<(), Failure> {
    finish("python3 -m venv", Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    let mut pip = Command::new(folder.join("bin").join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(list);
    finish("pip install", &mut pip)
}

fn npm_packages(folder: &Path, list: &Path) -> Result<(), Failure> {
    let copy = folder.join("package.json");
    fs::copy(list, &copy).map_err(|error| Failure::new(format!("{}: {error}", copy.display())))?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]).current_dir(folder);
    finish("npm install", &mut npm)
}

#[cfg(test)]
mod tests;
