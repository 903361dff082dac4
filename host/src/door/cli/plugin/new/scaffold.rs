//! The files of a new plugin's crate: templates with a few names filled in.

use std::{io, path::PathBuf};

use outrigger_plugin_api::manifest::Kind;

use super::NewError;
use crate::plugin::discover::library_name;

/// The crate to write.
pub(super) struct Scaffold {
    pub(super) kind: Kind,
    /// The provider's name.
    pub(super) name: String,
    /// The crate's folder.
    pub(super) dir: PathBuf,
    /// Where the plugin API comes from, as Cargo.toml says it.
    pub(super) source: String,
}

macro_rules! template {
    ($file:literal) => {
        include_str!(concat!("../../../../../templates/plugin/", $file))
    };
}

type File = (&'static str, &'static str);

/// What every kind has.
const ALL: [File; 5] = [
    ("Cargo.toml", template!("Cargo.toml.in")),
    ("README.md", template!("README.md.in")),
    ("LICENSE", template!("LICENSE.in")),
    (".gitignore", template!("gitignore.in")),
    (".github/workflows/ci.yml", template!("ci.yml.in")),
];

const CACHE: [File; 3] = [
    ("src/lib.rs", template!("cache/lib.rs.in")),
    ("settings.schema.json", template!("cache/settings.schema.json")),
    ("example.toml", template!("cache/example.toml.in")),
];

const SINK: [File; 3] = [
    ("src/lib.rs", template!("sink/lib.rs.in")),
    ("settings.schema.json", template!("sink/settings.schema.json")),
    ("example.toml", template!("sink/example.toml.in")),
];

impl Scaffold {
    /// Returns the crate's name, which is the plugin's.
    pub(super) fn crate_name(&self) -> String {
        format!("{}_{}", self.kind, self.name)
    }

    /// Returns the file name of the library that cargo builds.
    pub(super) fn library(&self) -> String {
        library_name(&self.crate_name())
    }

    /// Returns the files by their path in the crate, with their text.
    pub(super) fn files(&self) -> Vec<(&'static str, String)> {
        let own = if self.kind == Kind::Cache { CACHE } else { SINK };
        ALL.iter().chain(&own).map(|(path, template)| (*path, self.fill(template))).collect()
    }

    /// Writes the crate's folder, which must not exist.
    pub(super) fn write(&self) -> Result<(), NewError> {
        let at = |path: &PathBuf, error| NewError::Write { path: path.clone(), error };
        match std::fs::create_dir(&self.dir) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(NewError::Exists(self.dir.clone()));
            }
            Err(error) => return Err(at(&self.dir, error)),
            Ok(()) => {}
        }
        for (file, text) in self.files() {
            let path = self.dir.join(file);
            let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
            folder.and_then(|()| std::fs::write(&path, text)).map_err(|error| at(&path, error))?;
        }
        Ok(())
    }

    fn fill(&self, template: &str) -> String {
        let (kind, other) = match self.kind {
            Kind::Cache => ("cache", ""),
            Kind::Monitoring => ("monitoring", "analytics"),
            Kind::Analytics => ("analytics", "monitoring"),
        };
        let (summary, select) = match self.kind {
            Kind::Cache => ("a cache in one map with deadlines", format!("[cache]\nprovider = \"{}\"", self.name)),
            _ => ("a JSON line for each record", format!("[{kind}]\nproviders = [\"{}\"]", self.name)),
        };
        template
            .replace("{{crate}}", &self.crate_name())
            .replace("{{library}}", &self.library())
            .replace("{{name}}", &self.name)
            .replace("{{kind}}", kind)
            .replace("{{other}}", other)
            .replace("{{summary}}", summary)
            .replace("{{select}}", &select)
            .replace("{{source}}", &self.source)
    }
}
