//! What plugins.toml can say of this provider.

use outrigger_plugin_api::sdk::{ProviderError, http::check_url};
use schemars::JsonSchema;
use serde::Deserialize;

/// Settings of the provider; only the URL is needed.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// The server's HTTP interface, such as <https://host:8443> or <http://127.0.0.1:8123>, without credentials.
    #[schemars(extend("x-env" = "CLICKHOUSE_URL", "x-egress" = true))]
    pub url: String,
    /// Who inserts.
    #[serde(default = "user")]
    #[schemars(extend("x-env" = "CLICKHOUSE_USER"))]
    pub user: String,
    /// The user's password; absent = the user has none.
    #[schemars(extend("x-env" = "CLICKHOUSE_PASSWORD", "x-secret" = true))]
    pub password: Option<String>,
    /// The database that holds the table. It has to be there.
    #[serde(default = "database")]
    pub database: String,
    /// The table that gets the events.
    #[serde(default = "table")]
    pub table: String,
    /// Whether to make the table where the server says there is none.
    #[serde(default = "create_table")]
    pub create_table: bool,
    /// Tells apps apart that share a table: the value of the column `project`.
    #[serde(default = "project")]
    pub project: String,
}

fn user() -> String {
    "default".to_owned()
}

fn database() -> String {
    "default".to_owned()
}

fn table() -> String {
    "outrigger_event".to_owned()
}

const fn create_table() -> bool {
    true
}

fn project() -> String {
    "default".to_owned()
}

/// Most bytes of a database's or table's name. Both become file names, of which a file system takes 255 bytes, and parts
/// of the name are added to them.
const NAME_BYTES_MAX: usize = 127;

/// Most bytes of a project's name: it stands in the primary index, which the server keeps in memory.
const PROJECT_BYTES_MAX: usize = 127;

impl Settings {
    /// Checks what the types alone don't say.
    ///
    /// # Errors
    /// `settings`, which a retry doesn't help.
    pub fn check(&self) -> Result<(), ProviderError> {
        let refuse = |why: String| Err(ProviderError::settings(why));
        check_url("url", &self.url)?;
        if self.url.contains(['@', '?', '#']) {
            return refuse("`url` must have neither credentials (use `user` and `password`) nor a query".into());
        }
        if self.user.is_empty() || self.user.chars().any(char::is_control) {
            return refuse("`user` must not be empty or have control characters".into());
        }
        if self.password.as_ref().is_some_and(|password| password.chars().any(char::is_control)) {
            return refuse("`password` has control characters, which no header can carry".into());
        }
        for (name, value) in [("database", &self.database), ("table", &self.table)] {
            if !is_identifier(value) {
                let bounds = format!("1 to {NAME_BYTES_MAX} of a-z, A-Z, 0-9 and _");
                return refuse(format!("`{name}` must be {bounds}, and not begin with a digit"));
            }
        }
        if self.project.is_empty() || self.project.len() > PROJECT_BYTES_MAX {
            return refuse(format!("`project` must have 1 to {PROJECT_BYTES_MAX} bytes"));
        }
        Ok(())
    }

    /// Returns the table's name as it stands in SQL: checked, so nothing in it has to be escaped.
    pub(crate) fn target(&self) -> String {
        format!("\"{}\".\"{}\"", self.database, self.table)
    }
}

fn is_identifier(name: &str) -> bool {
    name.len() <= NAME_BYTES_MAX
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests;
