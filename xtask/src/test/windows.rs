//! Tests of the build for Windows, on Linux: Debian's compiler and standard library, MinGW's linker, and Wine to run it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::tally::Tally;
use crate::cargo::{finish, step};
use crate::failure::Failure;
use crate::servers;
use crate::workspace::Workspace;

/// What is built for.
const TARGET: &str = "x86_64-pc-windows-gnu";

/// The compiler whose package has the sources of the standard library, which is built along: a toolchain of rustup's has the
/// target only where it may be fetched.
const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";

/// The tests with loaded plugins that are run, by their modules: the loader, conformance, life and reload. The others load
/// the machine, start servers that are not made for Windows, or build with cargo, which does not run in Wine.
const MODULES: &[&str] = &[
    "conformance::",
    "crooked_code::",
    "crooked_files::",
    "crooked_sink::",
    "lies::",
    "log::",
    "operations::",
    "outbound::",
    "plugin_test::",
    "program::",
    "questions::",
    "reload::",
    "secrets::",
];

/// How long one of them may take, in seconds.
const PATIENCE: &str = "300";

/// A library that Rust's standard library wants for random numbers and Wine 8 has not: hands the call to one that it has.
const RANDOM: &str = "#include <windows.h>\n\
    BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);\n\
    __declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T count) { return SystemFunction036(to, (ULONG)count); }\n";

/// Builds everything for Windows and runs the tests that are there.
///
/// The tests with loaded plugins run in a process each: this target keeps a thread-local value in one of some thousand slots
/// of the process, and none is free again after a library, which is never unloaded.
pub(super) fn all(workspace: &Workspace, filters: &[&String]) -> Result<Tally, Failure> {
    step("packages", || servers::ensure(servers::OF_WINDOWS)).1?;
    let windows = Windows::at(workspace);
    let packages = ["--workspace", "--exclude", "xtask"];
    let build = ["build", "--lib", "--bins", "--tests", "--examples"];
    step("plugins and test binaries", || finish("cargo build", windows.cargo(workspace, &build).args(packages))).1?;
    step("wine", || windows.prepare()).1?;
    let (_, units) = step("unit tests", || {
        let mut test = windows.cargo(workspace, &["test", "--lib"]);
        super::run(windows.environment(workspace, test.args(packages).arg("--")), filters)
    });
    let (_, loaded) = step("tests with loaded plugins", || windows.loaded(workspace, filters));
    Ok(units?.and(&loaded?))
}

/// Where the build and Wine's folder are.
struct Windows {
    target: PathBuf,
    output: PathBuf,
}

impl Windows {
    fn at(workspace: &Workspace) -> Self {
        let target = workspace.target.join("windows");
        Self { output: target.join(TARGET).join("debug"), target }
    }

    fn cargo(&self, workspace: &Workspace, arguments: &[&str]) -> Command {
        let mut command = Command::new(CARGO);
        command.args(arguments).args(["-Z", "build-std=std,panic_unwind", "--target", TARGET, "--target-dir"]);
        command.arg(&self.target).current_dir(&workspace.root);
        // The standard library is built with features that a stable compiler has to be told to allow.
        command.env("RUSTC", RUSTC).env("RUSTC_BOOTSTRAP", "1").env("PATH", "/usr/bin:/bin");
        // Nobody debugs these: without, a library is a tenth as large.
        command.env("CARGO_PROFILE_DEV_DEBUG", "0");
        // Cargo sets variables of its own toolchain for what it runs.
        for variable in ["CARGO", "RUSTUP_TOOLCHAIN", "RUSTUP_HOME", "RUSTDOC", "LD_LIBRARY_PATH"] {
            command.env_remove(variable);
        }
        command
    }

    /// Has Wine make its folder, and puts the library for random numbers into its system.
    fn prepare(&self) -> Result<(), Failure> {
        let mut boot = Command::new("wine");
        finish("wine wineboot", self.wine(boot.args(["wineboot", "--init"])))?;
        let source = self.target.join("random.c");
        let written = |error: std::io::Error| Failure::new(format!("{}: {error}", self.target.display()));
        std::fs::write(&source, RANDOM).map_err(written)?;
        let system = self.target.join("wine").join("drive_c").join("windows").join("system32");
        let mut compile = Command::new("x86_64-w64-mingw32-gcc");
        compile.args(["-shared", "-o"]).arg(system.join("bcryptprimitives.dll")).arg(&source).arg("-ladvapi32");
        finish("x86_64-w64-mingw32-gcc", &mut compile)?;
        self.empty_temporary()
    }

    /// Takes away what tests left: Windows deletes no library that is loaded, so each leaves some.
    fn empty_temporary(&self) -> Result<(), Failure> {
        let users = self.target.join("wine").join("drive_c").join("users");
        let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", users.display()));
        for user in std::fs::read_dir(&users).map_err(failed)? {
            let user = user.map_err(failed)?.path();
            for folder in [user.join("Temp"), user.join("AppData").join("Local").join("Temp")] {
                if folder.exists() {
                    std::fs::remove_dir_all(&folder).and_then(|()| std::fs::create_dir(&folder)).map_err(failed)?;
                }
            }
        }
        Ok(())
    }

    fn wine<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("WINEPREFIX", self.target.join("wine")).env("WINEDEBUG", "-all")
    }

    /// Says how the programs run, and where they find what.
    fn environment<'a>(&self, workspace: &Workspace, command: &'a mut Command) -> &'a mut Command {
        let runner = format!("CARGO_TARGET_{}_RUNNER", TARGET.to_uppercase().replace('-', "_"));
        self.wine(command)
            .env(runner, "wine")
            .env(super::PLUGINS_VARIABLE, of_wine(&self.output))
            .env("INSTA_WORKSPACE_ROOT", of_wine(&workspace.root))
    }

    /// Runs each of the tests with loaded plugins in a process of its own.
    fn loaded(&self, workspace: &Workspace, filters: &[&String]) -> Result<Tally, Failure> {
        let program = self.program()?;
        let run = |arguments: &[&str]| {
            let mut command = Command::new("timeout");
            command
                .args(["--signal=KILL", PATIENCE, "wine"])
                .arg(&program)
                .args(arguments)
                .current_dir(workspace.root.join("tests"));
            self.environment(workspace, &mut command)
                .output()
                .map_err(|error| Failure::new(format!("cannot start wine: {error}")))
        };
        let list = run(&["--list", "--format", "terse"])?;
        let list = String::from_utf8_lossy(&list.stdout).into_owned();
        let names = list.lines().filter_map(|line| line.trim_end().strip_suffix(": test"));
        let wanted = |name: &&str| {
            MODULES.iter().any(|module| name.starts_with(module))
                && (filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str())))
        };
        let (mut tally, mut failed) = (Tally::default(), Vec::new());
        for name in names.filter(wanted) {
            let output = run(&["--exact", name])?;
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let mut one = Tally::default();
            said.lines().for_each(|line| one.read(line.trim_end()));
            let passed = output.status.success() && one.ran() == 1;
            println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
            if !passed {
                let _ = std::io::stdout().write_all(&output.stdout);
                let _ = std::io::stdout().write_all(&output.stderr);
                failed.push(name.to_owned());
            }
            tally = tally.and(&one);
            self.empty_temporary()?;
        }
        if failed.is_empty() { Ok(tally) } else { Err(Failure::new(format!("failed: {}", failed.join(", ")))) }
    }

    /// Returns the newest program of the tests with loaded plugins.
    fn program(&self) -> Result<PathBuf, Failure> {
        let folder = self.output.join("deps");
        let entries =
            std::fs::read_dir(&folder).map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
        let programs = entries.flatten().map(|entry| entry.path()).filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("main-") && name.ends_with(".exe")
        });
        let newest = programs.max_by_key(|path| path.metadata().and_then(|metadata| metadata.modified()).ok());
        newest.ok_or_else(|| Failure::new(format!("no test program in {}", folder.display())))
    }
}

/// Returns what a path is called in Wine, whose drive Z is the root.
fn of_wine(path: &Path) -> String {
    format!("Z:{}", path.display()).replace('/', "\\")
}
