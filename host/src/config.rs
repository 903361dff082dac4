//! Turns `plugins.toml`, variables and the command line into one checked [`Config`].
//!
//! Two steps, because the settings of a provider can only be checked by the schema of its plugin, and the plugins
//! lie in folders that the file names: [`Draft::read`] reads everything but settings, then whoever inspects the
//! folders hands a [`Catalog`] to [`Draft::resolve`]. Nothing is executed on the way, nothing is interpolated, and
//! all that is wrong is collected in one [`Diagnostics`](crate::diagnostic::Diagnostics).
//!
//! Precedence: default < `plugins.toml` < `--env-file` < process environment < `--set`.

mod catalog;
mod codes;
mod docs;
mod dotenv;
mod draft;
mod edit;
mod editor;
mod environment;
mod key;
mod provider;
mod redactor;
mod reference;
mod secret;
mod section;
mod settings;
mod show;
mod sources;
mod terminal;
#[cfg(test)]
mod tests;
mod tree;
mod unknown;
mod value;

use std::path::PathBuf;

pub use catalog::{Catalog, PluginFacts, Rejected};
pub(crate) use codes::{ALL as CODES, LOCK_INVALID};
pub use docs::reference as configuration_reference;
pub use draft::Draft;
pub use edit::{replace_text as replace_file, select, writable as file_writable};
pub use editor::schema;
pub use outrigger_plugin_api::manifest::Kind;
pub use provider::ProviderConfig;
pub use redactor::Redactor;
pub use secret::Secret;
pub use section::auth::Auth;
pub use section::delivery::{Delivery, OnAmbiguous, OnFull, Order};
pub use section::journal::{Durability, Journal};
pub use section::limits::Limits;
pub use section::listen::Listen;
pub use section::log::{Log, LogFormat, LogLevel};
pub use section::outbound::Outbound;
pub use section::provider::Breaker;
pub use section::redis::{Redis, Tls};
pub use section::reload::Reload;
pub use section::shutdown::Shutdown;
pub use section::store::Store;
pub use section::trust::{Signatures, Trust, Unknown};
pub use show::{Origins, Row, Shown, text as show_text};
pub use sources::{CliSources, Sources};
pub use terminal::{no_color, program};

/// A checked configuration. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Config {
    /// The providers to start: the cache first, then the others in the order they were written.
    pub providers: Vec<ProviderConfig>,
    /// Addresses.
    pub listen: Listen,
    /// The token.
    pub auth: Auth,
    /// Bounds for clients.
    pub limits: Limits,
    /// The door for Redis clients.
    pub redis: Redis,
    /// The host's log.
    pub log: Log,
    /// Changes at run time.
    pub reload: Reload,
    /// The end.
    pub shutdown: Shutdown,
    /// The private folder.
    pub store: Store,
    /// Where events are kept.
    pub journal: Journal,
    /// The HTTP client for plugins.
    pub outbound: Outbound,
    /// Which plugins are trusted.
    pub trust: Trust,
    /// Folders of plugins, in the order of search.
    pub plugin_dirs: Vec<PathBuf>,
    /// Every value with its origin.
    rows: Vec<Row>,
}

impl Config {
    /// Returns the effective configuration value by value; secrets are `set` or `not set`. Rows serialize to JSON.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Returns the same as aligned text.
    #[must_use]
    pub fn show(&self, origins: Origins) -> String {
        show::text(&self.rows, origins)
    }
}
