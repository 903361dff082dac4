//! Makes sure the real servers and clients are there: the tests run against them and skip nothing without them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cargo::finish;
use crate::failure::Failure;

/// Set to forbid installing, for machines whose packages are somebody else's business.
pub(crate) const NO_INSTALL: &str = "OUTRIGGER_NO_INSTALL";

/// A server that the tests start.
pub(crate) struct Server {
    /// The program they look for.
    program: &'static str,
    /// Where it is where it is not on the search path: a folder of versions, each with the program.
    versions: Option<&'static str>,
    /// Debian's package, or several with a space between.
    package: &'static str,
}

pub(crate) const SERVERS: &[Server] = &[
    Server { program: "redis-server", versions: None, package: "redis-server" },
    // No server, but as much somebody else's: it signs what the tests verify.
    Server { program: "minisign", versions: None, package: "minisign" },
    Server { program: "bin/initdb", versions: Some("/usr/lib/postgresql"), package: "postgresql" },
];

/// What the oracles need that no list of packages below `tests/oracles` can name.
pub(crate) const OF_ORACLES: &[Server] = &[Server { program: "php", versions: None, package: "php-cli php-redis" }];

/// What builds for Windows, and runs it.
pub(crate) const OF_WINDOWS: &[Server] = &[
    Server { program: "/usr/bin/rustc", versions: None, package: "rustc-web" },
    Server { program: "/usr/bin/cargo", versions: None, package: "cargo-web" },
    Server { program: "library/std/Cargo.toml", versions: Some("/usr/src"), package: "rust-web-src" },
    Server { program: "x86_64-w64-mingw32-gcc", versions: None, package: "gcc-mingw-w64-x86-64" },
    Server { program: "wine", versions: None, package: "wine wine64" },
];

/// What a bench compares with: twemproxy.
pub(crate) const OF_BENCHES: &[Server] = &[Server { program: "nutcracker", versions: None, package: "nutcracker" }];

/// Returns once all of these are there, installing Debian's packages if it must and may.
pub(crate) fn ensure(servers: &[Server]) -> Result<(), Failure> {
    let missing = servers.iter().filter(|server| !server.is_there());
    let missing: Vec<&str> = missing.flat_map(|server| server.package.split(' ')).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    let forbidden = std::env::var_os(NO_INSTALL).is_some_and(|value| value == "1");
    if forbidden || !on_path("apt-get") {
        return Err(failure(&packages));
    }
    let Some(prefix) = root_prefix() else { return Err(failure(&packages)) };
    println!("missing for the tests; installing with apt-get (set {NO_INSTALL}=1 to forbid): {packages}");
    let install: Vec<&str> = ["install", "-y", "--no-install-recommends"].into_iter().chain(missing).collect();
    for arguments in [&["update"][..], &install] {
        let words: Vec<&str> = prefix
            .iter()
            .chain(&["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .chain(arguments)
            .copied()
            .collect();
        let Some((program, rest)) = words.split_first() else { continue };
        finish("apt-get", Command::new(program).args(rest))?;
    }
    if servers.iter().all(Server::is_there) { Ok(()) } else { Err(failure(&packages)) }
}

fn failure(packages: &str) -> Failure {
    Failure::new(format!(
        "the tests need servers that are not here; install them with\n  \
         sudo apt-get update && sudo apt-get install -y --no-install-recommends {packages}"
    ))
}

impl Server {
    fn is_there(&self) -> bool {
        on_path(self.program) || self.versions().iter().any(|version| is_file(&version.join(self.program)))
    }

    fn versions(&self) -> Vec<PathBuf> {
        let versions = self.versions.and_then(|folder| std::fs::read_dir(folder).ok());
        versions.into_iter().flatten().flatten().map(|version| version.path()).collect()
    }
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
