//! Makes sure a real `redis-server` is there: the tests run against it and skip nothing without it.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::cargo::finish;
use crate::failure::Failure;

/// Set to forbid installing, for machines whose packages are somebody else's business.
pub(crate) const NO_INSTALL: &str = "OUTRIGGER_NO_INSTALL";

/// Returns once `redis-server` is on the search path, installing Debian's package if it must and may.
pub(crate) fn ensure() -> Result<(), Failure> {
    if on_path("redis-server") {
        return Ok(());
    }
    let forbidden = std::env::var_os(NO_INSTALL).is_some_and(|value| value == "1");
    if forbidden || !on_path("apt-get") {
        return Err(missing());
    }
    let Some(prefix) = root_prefix() else { return Err(missing()) };
    println!(
        "redis-server is missing; installing the package redis-server with apt-get (set {NO_INSTALL}=1 to forbid)"
    );
    for arguments in [&["update"][..], &["install", "-y", "--no-install-recommends", "redis-server"]] {
        let words: Vec<&str> = prefix
            .iter()
            .chain(&["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .chain(arguments)
            .copied()
            .collect();
        let Some((program, rest)) = words.split_first() else { continue };
        finish("apt-get", Command::new(program).args(rest))?;
    }
    if on_path("redis-server") { Ok(()) } else { Err(missing()) }
}

fn missing() -> Failure {
    Failure::new(
        "the tests need redis-server on the PATH; install it with\n  \
         sudo apt-get update && sudo apt-get install -y --no-install-recommends redis-server",
    )
}

pub(crate) fn on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| is_file(&folder.join(program))))
}

fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file())
}

/// Returns what to put before a command to run it as root without being asked for a password, if that is possible.
fn root_prefix() -> Option<&'static [&'static str]> {
    let user = Command::new("id").arg("-u").output().ok()?;
    if user.stdout.trim_ascii() == b"0" {
        return Some(&[]);
    }
    let sudo = Command::new("sudo").args(["-n", "true"]).stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
    sudo.success().then_some(&["sudo", "-n"])
}
