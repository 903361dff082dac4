//! `outrigger plugin new`: writes the crate of a small plugin that works, builds outside this repository, and conforms.

mod next;
mod scaffold;

use std::path::{Path, PathBuf};

use clap::Args;
use outrigger_plugin_api::manifest::{API_VERSION, Kind};
use serde_json::json;

use super::super::{Exit, arguments::OutputArguments};
use scaffold::Scaffold;

/// What to make.
#[derive(Debug, Args)]
pub struct NewArguments {
    /// What it provides
    #[arg(value_enum)]
    kind: KindArgument,
    /// The provider's name, such as my_map: the crate and its library are named KIND_NAME
    name: String,
    /// The folder in which to make the crate's folder
    #[arg(long, value_name = "PATH", default_value = ".")]
    dir: PathBuf,
    /// The plugin API to build against: a version, or the folder of its sources [default: this host's version]
    #[arg(long, value_name = "PATH|VERSION")]
    plugin_api: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum KindArgument {
    /// Answers cache calls
    Cache,
    /// Takes errors, events, logs and spans
    Monitoring,
    /// Takes usage events
    Analytics,
}

impl From<KindArgument> for Kind {
    fn from(kind: KindArgument) -> Self {
        match kind {
            KindArgument::Cache => Self::Cache,
            KindArgument::Monitoring => Self::Monitoring,
            KindArgument::Analytics => Self::Analytics,
        }
    }
}

/// Longest name of a provider: with its kind it stays below the 64 bytes that the configuration takes.
const NAME_BYTES_MAX: usize = 48;

/// Why no crate was made.
#[derive(Debug, thiserror::Error)]
enum NewError {
    #[error("`{0}` can't name a provider: it has to be lower-case letters, digits and `_`, beginning with a letter")]
    Name(String),
    #[error("`{name}` already says that it is a {kind} plugin: its crate would be named {kind}_{name}")]
    KindInName { name: String, kind: Kind },
    #[error("{} is there already, and nothing in it was touched", .0.display())]
    Exists(PathBuf),
    #[error("{} is neither a version nor a folder with the sources of outrigger-plugin-api", .0.display())]
    PluginApi(PathBuf),
    #[error("can't write {}: {error}", .path.display())]
    Write { path: PathBuf, error: std::io::Error },
}

impl NewError {
    const fn code(&self) -> &'static str {
        match self {
            Self::Name(_) | Self::KindInName { .. } => "cli.plugin_name",
            Self::Exists(_) => "cli.plugin_exists",
            Self::PluginApi(_) => "cli.plugin_api",
            Self::Write { .. } => "cli.plugin_write",
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Name(_) => format!("choose one such as my_store, at most {NAME_BYTES_MAX} letters"),
            Self::KindInName { name, kind } => {
                let short = name.strip_prefix(kind.as_str()).map_or("", |rest| rest.trim_start_matches('_'));
                format!(
                    "leave the kind out: outrigger plugin new {kind} {}",
                    if short.is_empty() { "NAME" } else { short }
                )
            }
            Self::Exists(_) => "choose another name, or another folder with --dir".into(),
            Self::PluginApi(_) => {
                format!("give --plugin-api a version such as {API_VERSION}, or the folder that holds its Cargo.toml")
            }
            Self::Write { .. } => "name a folder that exists and can be written with --dir".into(),
        }
    }
}

/// Makes the crate and says what to do with it.
pub(super) fn new(arguments: &NewArguments, output: OutputArguments) -> Exit {
    match make(arguments) {
        Ok(scaffold) => {
            let next = next::commands(&scaffold);
            let files: Vec<_> = scaffold.files().iter().map(|(file, _)| *file).collect();
            let value = json!({ "crate": scaffold.crate_name(), "dir": scaffold.dir, "files": files, "next": next });
            let count = files.len();
            output.answer(&value, || {
                format!("{} has {count} files. Next, in this folder:\n\n{}", scaffold.dir.display(), next.join("\n"))
            });
            Exit::Ok
        }
        Err(error) => {
            output.error(error.code(), &error.to_string(), Some(&error.help()));
            Exit::Failed
        }
    }
}

fn make(arguments: &NewArguments) -> Result<Scaffold, NewError> {
    let (kind, name) = (Kind::from(arguments.kind), arguments.name.clone());
    check_name(kind, &name)?;
    let source = source(arguments.plugin_api.as_deref())?;
    let dir = arguments.dir.join(format!("{kind}_{name}"));
    let dir = dir.strip_prefix(".").map(Path::to_owned).unwrap_or(dir);
    let scaffold = Scaffold { kind, name, dir, source };
    scaffold.write()?;
    Ok(scaffold)
}

fn check_name(kind: Kind, name: &str) -> Result<(), NewError> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.starts_with(|first: char| first.is_ascii_lowercase())
        || name.len() > NAME_BYTES_MAX
        || !name.bytes().all(fits)
    {
        return Err(NewError::Name(name.to_owned()));
    }
    if name.strip_prefix(kind.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('_')) {
        return Err(NewError::KindInName { name: name.to_owned(), kind });
    }
    Ok(())
}

/// Returns what the dependency on the plugin API says in Cargo.toml.
fn source(wanted: Option<&str>) -> Result<String, NewError> {
    let Some(wanted) = wanted else { return Ok(format!("version = \"{API_VERSION}\"")) };
    let version = wanted.split('.').count() <= 3 && wanted.split('.').all(|part| part.parse::<u32>().is_ok());
    if version && !Path::new(wanted).is_dir() {
        return Ok(format!("version = \"{wanted}\""));
    }
    let wrong = || NewError::PluginApi(wanted.into());
    // Absolute: the crate's folder is another than this.
    let folder = Path::new(wanted).canonicalize().map_err(|_| wrong())?;
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).map_err(|_| wrong())?;
    let named = manifest.lines().any(|line| line.replace(' ', "") == "name=\"outrigger-plugin-api\"");
    let folder = folder.to_str().filter(|_| named).ok_or_else(wrong)?;
    Ok(format!("path = {}", toml::Value::from(folder)))
}

#[cfg(test)]
mod tests;
