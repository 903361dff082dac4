//! Everything a configuration is made from, collected before anything is interpreted.
//!
//! The one place that reads the process environment and the files named on the command line; tests build the
//! same thing by hand.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::codes;
use super::environment::Environment;
use crate::diagnostic::{Diagnostic, Diagnostics, Origin, SourceFile};

/// Bound of `plugins.toml` and of the env file. The reference configuration has 8 KiB; a file beyond this is a
/// mistake (a core dump, a log), and parsing it would cost memory for nothing.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// The name that is looked for when the command line names no file.
const FILE_NAME: &str = "plugins.toml";

/// What the command line says about configuration.
#[derive(Debug, Clone, Default)]
pub struct CliSources {
    /// `--config`: the file to read; otherwise `plugins.toml` in the current folder or beside the program.
    pub config: Option<PathBuf>,
    /// `--env-file`: variables that the process environment overrides.
    pub env_file: Option<PathBuf>,
    /// `--set path=value`, in order; a later one wins.
    pub set: Vec<String>,
}

/// The sources of one configuration.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    pub(super) file: Option<Arc<SourceFile>>,
    /// The folder that relative paths start at.
    pub(super) base: PathBuf,
    pub(super) environment: Environment,
    pub(super) set: Vec<String>,
    env_file: Option<PathBuf>,
}

impl Sources {
    /// Reads the process environment and the files that `cli` names. Blocks on the disk.
    ///
    /// Without `--config` it takes `plugins.toml` from the current folder, or else from the folder of the
    /// program (so an unpacked release runs from anywhere), or else none: the defaults are a working setup.
    #[must_use]
    pub fn from_process(cli: CliSources, found: &mut Diagnostics) -> Self {
        let mut sources = Self { set: cli.set, ..Self::default() };
        let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_path_buf));
        let folders = || std::iter::once(PathBuf::new()).chain(beside.clone());
        let path = cli.config.or_else(|| folders().map(|dir| dir.join(FILE_NAME)).find(|path| path.is_file()));
        if let Some(path) = path {
            sources.base = path.parent().map(Path::to_path_buf).unwrap_or_default();
            if let Some(text) = read_text(&path, FILE_BYTES_MAX, "`--config`", found) {
                sources.file = Some(Arc::new(SourceFile { name: path.display().to_string(), text }));
            }
        } else if let Some(dir) = folders().find(|dir| dir.join("plugins").is_dir()) {
            sources.base = dir;
        }
        if let Some(path) = cli.env_file
            && let Some(text) = read_text(&path, FILE_BYTES_MAX, "`--env-file`", found)
        {
            sources.environment.insert_file(&path.display().to_string(), &text, found);
            sources.env_file = Some(path);
        }
        for (name, value) in std::env::vars_os() {
            if let Ok(name) = name.into_string() {
                sources.environment.insert(name, value.into_string().ok());
            }
        }
        sources
    }

    /// Returns sources without any file or variable; relative paths start at `base`.
    #[must_use]
    pub fn empty(base: impl Into<PathBuf>) -> Self {
        Self { base: base.into(), ..Self::default() }
    }

    /// Adds the text of `plugins.toml` under the name that messages shall use.
    #[must_use]
    pub fn with_file(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.file = Some(Arc::new(SourceFile { name: name.into(), text: text.into() }));
        self
    }

    /// Adds a variable of the process environment.
    #[must_use]
    pub fn with_variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.insert(name.into(), Some(value.into()));
        self
    }

    /// Adds the text of an env file.
    #[must_use]
    pub fn with_env_file(mut self, name: &str, text: &str, found: &mut Diagnostics) -> Self {
        self.environment.insert_file(name, text, found);
        self
    }

    /// Adds one `--set path=value`.
    #[must_use]
    pub fn with_set(mut self, assignment: impl Into<String>) -> Self {
        self.set.push(assignment.into());
        self
    }

    /// Returns the path and the text of the file that was read, if there is one.
    #[must_use]
    pub fn file(&self) -> Option<(&str, &str)> {
        self.file.as_ref().map(|file| (file.name.as_str(), file.text.as_str()))
    }

    /// Puts another text in the place of the file's, under the same name.
    #[must_use]
    pub fn with_text(self, text: impl Into<String>) -> Self {
        let name = self.file_name().unwrap_or(FILE_NAME).to_owned();
        self.with_file(name, text)
    }

    /// Returns the files that were read.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        self.file_name().into_iter().map(PathBuf::from).chain(self.env_file.clone()).collect()
    }

    /// Returns the name of the file that was read, if there is one.
    #[must_use]
    pub fn file_name(&self) -> Option<&str> {
        self.file.as_ref().map(|file| file.name.as_str())
    }
}

/// Reads a text file of at most `bytes_max`; `wanted_by` names in messages who asked for it.
pub(super) fn read_text(path: &Path, bytes_max: u64, wanted_by: &str, found: &mut Diagnostics) -> Option<String> {
    read_text_at(path, bytes_max, wanted_by, &Origin::Default, found)
}

/// Like [`read_text`], with the place that names the file.
pub(super) fn read_text_at(
    path: &Path,
    bytes_max: u64,
    wanted_by: &str,
    at: &Origin,
    found: &mut Diagnostics,
) -> Option<String> {
    use std::io::Read;

    let mut text = String::new();
    // One byte more than allowed tells "too large" apart from "just fits", whatever the metadata claims.
    let read = std::fs::File::open(path).and_then(|file| file.take(bytes_max + 1).read_to_string(&mut text));
    let problem = match read {
        Ok(_) if text.len() as u64 <= bytes_max => return Some(text),
        Ok(_) => Diagnostic::error(
            codes::FILE_TOO_LARGE,
            format!("{} is larger than {}", path.display(), outrigger_plugin_api::units::format_bytes(bytes_max)),
        ),
        Err(error) => Diagnostic::error(codes::FILE_UNREADABLE, format!("cannot read {}: {error}", path.display())),
    };
    found.push(problem.at(at).note(format!("it was named by {wanted_by}")).plain());
    None
}
