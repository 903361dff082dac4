//! The effective configuration, value by value, with where each came from and without any secret.

use serde::{Serialize, Serializer};

use crate::diagnostic::Origin;

/// One effective value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Dotted path as in `plugins.toml`.
    pub path: String,
    /// The value, or that there is a secret.
    pub value: Shown,
    /// The source that won.
    pub origin: Origin,
}

/// What may be shown of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// The value as TOML.
    Plain(String),
    /// A secret that is set.
    SecretSet,
    /// A secret that is not set.
    SecretMissing,
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Plain(text) => f.write_str(text),
            Self::SecretSet => f.write_str("set"),
            Self::SecretMissing => f.write_str("not set"),
        }
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Whether `config show` names the origins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origins {
    /// One more column.
    Named,
    /// Values only.
    Omitted,
}

/// Writes rows as aligned text, one a line.
#[must_use]
pub fn text(rows: &[Row], origins: Origins) -> String {
    let width = |of: fn(&Row) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let path_width = width(|row| row.path.chars().count());
    let value_width = width(|row| row.value.to_string().chars().count());
    let mut out = String::new();
    for row in rows {
        let value = row.value.to_string();
        let line = match origins {
            Origins::Named => {
                format!("{:path_width$} = {value:value_width$}  # {}", row.path, row.origin)
            }
            Origins::Omitted => format!("{:path_width$} = {value}", row.path),
        };
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
