//! Workspaces of their own, in which plugins and a host are built against other versions of the plugin API: the present
//! sources with exact replacements, which can't go stale unnoticed, or those that were kept at a release.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use outrigger_tests::plugins;

/// What differs: in which file, from what, to what.
pub(crate) type Change = (&'static str, &'static str, &'static str);

/// With what something is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compiler {
    /// The one that builds the tests.
    Ours,
    /// The nightly toolchain of rustup.
    Nightly,
    /// The system's own package.
    System,
}

impl Compiler {
    /// Returns another than ours, if this machine has one.
    pub(crate) fn another() -> Option<Self> {
        let said = |program: &str, arguments: &[&str]| {
            let output = Command::new(program).args(arguments).output();
            output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
        };
        if said("rustup", &["toolchain", "list"]).lines().any(|line| line.starts_with("nightly")) {
            return Some(Self::Nightly);
        }
        let system = said("/usr/bin/rustc", &["--version"]);
        let (ours, cargo) = (said("rustc", &["--version"]), Path::new("/usr/bin/cargo").exists());
        // An older one may not know this edition.
        let fit = |version: &str| version.split('.').nth(1).and_then(|minor| minor.parse().ok()) >= Some(95);
        (cargo && system != ours && fit(&system)).then_some(Self::System)
    }

    /// Returns its cargo, and where the output goes: each compiler has its own.
    fn cargo(self) -> (Command, &'static str) {
        let mut command = Command::new(match self {
            Self::Ours => env!("CARGO"),
            Self::Nightly => "cargo",
            Self::System => "/usr/bin/cargo",
        });
        match self {
            Self::Ours => return (command, "target"),
            Self::Nightly => drop(command.arg("+nightly")),
            Self::System => {}
        }
        // Cargo sets variables of its own toolchain for what it runs; another one must not inherit them.
        for name in ["RUSTC", "RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "CARGO", "LD_LIBRARY_PATH"] {
            command.env_remove(name);
        }
        if self == Self::System {
            command.env("RUSTC", "/usr/bin/rustc");
        }
        (command, "target-other")
    }
}

/// One other version: its name, its API version, and what differs in which file.
pub(crate) struct Version {
    pub(crate) name: &'static str,
    pub(crate) api: &'static str,
    pub(crate) changes: &'static [Change],
    pub(crate) plugin: &'static str,
}

impl Version {
    /// Builds the plugin in a workspace of its own and returns its library.
    pub(crate) fn build(&self, compiler: Compiler) -> PathBuf {
        // A folder for each compiler: tests run at the same time.
        let workspace = Workspace::new(&format!("{}-{compiler:?}", self.name), &["plugin-api", "plugin"]);
        workspace.add_plugin_api(self.api, self.changes);
        workspace.add_plugin("plugin", self.name, self.plugin);
        workspace.build(self.name, compiler).join(plugins::file_name(self.name))
    }
}

/// Returns the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Where the other versions are built: beside the other build output, so that a second run finds its dependencies.
pub(crate) fn workshop() -> PathBuf {
    plugins::built().parent().unwrap().join("mix")
}

/// A workspace of its own.
pub(crate) struct Workspace {
    pub(crate) dir: PathBuf,
}

impl Workspace {
    /// Makes one without packages, with this repository's versions of what others wrote.
    pub(crate) fn new(name: &str, members: &[&str]) -> Self {
        let dir = workshop().join(name);
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::copy(root().join("Cargo.lock"), dir.join("Cargo.lock")).unwrap();
        let text = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
        let (_, from_members) = text.split_once("members = [").unwrap();
        let (present, _) = from_members.split_once("default-members = [\"host\"]").unwrap();
        let present = format!("members = [{present}default-members = [\"host\"]");
        change(&dir.join("Cargo.toml"), &text, &present, &format!("members = {members:?}"));
        Self { dir }
    }

    /// Adds the present plugin API, changed, under another version.
    pub(crate) fn add_plugin_api(&self, version: &str, changes: &[Change]) {
        self.copy("plugin-api", &["Cargo.toml", "build.rs", "README.md", "src", "examples"]);
        let manifest = ("plugin-api/Cargo.toml", "version = \"1.0.0\"", &*format!("version = \"{version}\""));
        self.change("", &[manifest]);
        self.change("plugin-api/src", changes);
    }

    /// Adds the present host, changed.
    pub(crate) fn add_host(&self, changes: &[Change]) {
        self.copy("host", &["Cargo.toml", "src", "templates"]);
        self.change("host/src", changes);
    }

    /// Adds a plugin.
    pub(crate) fn add_plugin(&self, folder: &str, name: &str, source: &str) {
        let rest =
            "[lib]\ncrate-type = [\"cdylib\"]\n[dependencies]\noutrigger-plugin-api = { path = \"../plugin-api\" }\n";
        self.add(folder, name, rest, "lib.rs", source);
    }

    /// Adds a package.
    pub(crate) fn add(&self, folder: &str, name: &str, manifest: &str, file: &str, source: &str) {
        let sources = self.dir.join(folder).join("src");
        std::fs::create_dir_all(&sources).unwrap();
        std::fs::write(sources.join(file), source).unwrap();
        let head = format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
        std::fs::write(self.dir.join(folder).join("Cargo.toml"), head + manifest).unwrap();
    }

    fn copy(&self, folder: &str, entries: &[&str]) {
        for entry in entries {
            copy(&root().join(folder).join(entry), &self.dir.join(folder).join(entry));
        }
    }

    fn change(&self, folder: &str, changes: &[(&str, &str, &str)]) {
        for (file, from, to) in changes {
            let path = self.dir.join(folder).join(file);
            let text = std::fs::read_to_string(&path).unwrap();
            change(&path, &text, from, to);
        }
    }

    /// Builds a package and returns the folder of what it makes.
    pub(crate) fn build(&self, package: &str, compiler: Compiler) -> PathBuf {
        let (mut command, output) = compiler.cargo();
        let target = workshop().join(output);
        command.args(["build", "-p", package]).current_dir(&self.dir).env("CARGO_TARGET_DIR", &target);
        // Nobody debugs these; without, they are built in less time and room.
        command.env("CARGO_PROFILE_DEV_DEBUG", "0");
        // The lints of these sources are checked where they are at home.
        command.env("RUSTFLAGS", "--cap-lints=warn");
        // Some crates ship a rust-toolchain.toml, which rustup would obey by changing the user's toolchain.
        command.env("RUSTUP_AUTO_INSTALL", "0");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{package} does not build:\n{}", String::from_utf8_lossy(&output.stderr));
        target.join("debug")
    }
}

/// Copies a file or a folder.
fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(from, to).unwrap();
        return;
    }
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}

/// Writes `text` to `path` with one exact change.
fn change(path: &Path, text: &str, from: &str, to: &str) {
    assert_eq!(text.matches(from).count(), 1, "{}: the text to change is not there once:\n{from}", path.display());
    std::fs::write(path, text.replace(from, to)).unwrap();
}
