//! `cargo xtask dist`: builds a release and lays it out in `dist/`, under the feet of a running host if need be.

mod place;

use std::path::{Path, PathBuf};

use crate::cargo::{cargo, finish};
use crate::command::takes_no_arguments;
use crate::failure::Failure;
use crate::workspace::Workspace;
use place::{Placed, place_config, place_file, remove_stale};

/// Readable by all, writable by the owner: the host refuses plugins that others could replace.
const MODE_PROGRAM: u32 = 0o755;

pub(crate) fn command(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    takes_no_arguments("dist", arguments)?;
    assemble(workspace).map(|_| ())
}

/// Returns the name of the host's binary on this system.
pub(crate) fn host_file() -> String {
    format!("outrigger{}", std::env::consts::EXE_SUFFIX)
}

/// Builds host and plugins in one cargo invocation and returns the folder they were laid out in.
pub(crate) fn assemble(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let plugins = workspace.plugins()?;
    let mut build = cargo(workspace, &["build", "--release", "--package", "outrigger"]);
    for plugin in &plugins {
        build.args(["--package", &plugin.crate_name()]);
    }
    finish("cargo build", &mut build)?;

    let (built, dist) = (workspace.target.join("release"), workspace.root.join("dist"));
    place::folder(&dist)?;
    place::folder(&dist.join("plugins"))?;
    let host = host_file();
    report(&dist, &host, place_file(&built.join(&host), &dist.join(&host), MODE_PROGRAM)?);
    let libraries: Vec<String> = plugins.iter().map(|plugin| plugin.library()).collect();
    for library in &libraries {
        let relative = format!("plugins/{library}");
        report(&dist, &relative, place_file(&built.join(library), &dist.join(&relative), MODE_PROGRAM)?);
    }
    for gone in remove_stale(&dist, &libraries)? {
        println!("  removed    plugins/{gone}");
    }
    report(&dist, "plugins.toml", place_config(&workspace.root.join("plugins.toml"), &dist)?);
    Ok(dist)
}

fn report(dist: &Path, relative: &str, placed: Placed) {
    let bytes = std::fs::metadata(dist.join(relative)).map_or(0, |metadata| metadata.len());
    let word = match placed {
        Placed::Written => "written",
        Placed::Unchanged => "unchanged",
        Placed::KeptEdited => "kept: edited here",
    };
    println!("  {:>9.1} KiB  dist/{relative} ({word})", bytes as f64 / 1024.0);
}
