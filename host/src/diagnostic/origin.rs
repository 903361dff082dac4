//! Where a value came from. Holds places and names only, never a value: an origin may be shown to anybody.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// A text file that values were read from, with the name that messages use for it.
#[derive(PartialEq, Eq)]
pub struct SourceFile {
    /// The path as the user would write it.
    pub name: String,
    /// The whole text. May contain secrets: it is drawn only through the mask.
    pub text: String,
}

impl SourceFile {
    /// Returns line and column (in characters, both from 1) of a byte offset; past the end is the end.
    #[must_use]
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = self.text.get(..offset).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceFile").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Where a value came from; later variants override earlier ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// Written in `plugins.toml`.
    File {
        /// The file.
        file: Arc<SourceFile>,
        /// Bytes of the value (or key) in it.
        span: Range<usize>,
    },
    /// Written in the file named by `--env-file`.
    EnvFile {
        /// The path as given.
        path: Arc<str>,
        /// Line, from 1.
        line: usize,
        /// The variable.
        name: String,
    },
    /// A variable of the process environment.
    Env {
        /// The variable.
        name: String,
    },
    /// Given by `--set`.
    CommandLine {
        /// The dotted path that was set; never the value.
        path: String,
    },
}

impl Origin {
    /// Returns the place in the order of precedence: the higher one wins.
    #[must_use]
    pub fn rank(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File { .. } => 1,
            Self::EnvFile { .. } => 2,
            Self::Env { .. } => 3,
            Self::CommandLine { .. } => 4,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { file, span } => {
                let (line, column) = file.line_column(span.start);
                write!(f, "{}:{line}:{column}", file.name)
            }
            Self::EnvFile { path, line, name } => write!(f, "{name} ({path}:{line})"),
            Self::Env { name } => write!(f, "environment variable {name}"),
            Self::CommandLine { path } => write!(f, "--set {path}"),
        }
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Default => map.serialize_entry("source", "default")?,
            Self::File { file, span } => {
                let (line, column) = file.line_column(span.start);
                map.serialize_entry("source", "file")?;
                map.serialize_entry("file", &file.name)?;
                map.serialize_entry("line", &line)?;
                map.serialize_entry("column", &column)?;
                map.serialize_entry("start_bytes", &span.start)?;
                map.serialize_entry("end_bytes", &span.end)?;
            }
            Self::EnvFile { path, line, name } => {
                map.serialize_entry("source", "env-file")?;
                map.serialize_entry("file", path.as_ref())?;
                map.serialize_entry("line", line)?;
                map.serialize_entry("variable", name)?;
            }
            Self::Env { name } => {
                map.serialize_entry("source", "environment")?;
                map.serialize_entry("variable", name)?;
            }
            Self::CommandLine { path } => {
                map.serialize_entry("source", "command-line")?;
                map.serialize_entry("path", path)?;
            }
        }
        map.end()
    }
}
