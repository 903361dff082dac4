//! One running provider: its tables, and what its manifest said.

use std::path::PathBuf;

use outrigger_plugin_api::{
    abi::{CacheBox, CallView, HealthView, LifeBox, Outcome, SinkBox},
    manifest::{API_VERSION, Kind, Manifest},
    sdk::{Call, ErrorKind, Health, ProviderError, cache::Capabilities, sink::Sorts},
};

use super::services::Registered;
use crate::{
    call::CallError,
    crash::{Crumb, Op},
};

/// Which load of a provider this is, counted over the life of the process. A later one replaces an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub u64);

/// The table of a provider's kind. Another way to run a provider, such as a child process, implements the same
/// tables on the host's side.
pub enum Api {
    /// A cache.
    Cache(CacheBox),
    /// Monitoring or analytics.
    Sink(SinkBox),
}

/// One running provider.
pub struct Provider {
    /// Its name in plugins.toml.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// Which load this is.
    pub generation: Generation,
    /// What the private copy that runs says; the file may have changed since it was listed.
    pub manifest: Manifest,
    /// The file as named in the plugin directory.
    pub file: PathBuf,
    /// The content's hash, which names the private copy.
    pub sha256: String,
    /// How it stood to the lock file and to the keys when it was loaded, in a few words.
    pub trust: String,
    pub(crate) api: Api,
    pub(crate) life: LifeBox,
    /// Given up last: what the plugin says in its destructors is still its own.
    pub(crate) registered: Registered,
}

impl Provider {
    /// Returns its number in log lines and metrics.
    pub const fn instance(&self) -> u64 {
        self.registered.number()
    }

    /// Returns what a cache can do.
    pub const fn capabilities(&self) -> Capabilities {
        Capabilities(self.manifest.capabilities)
    }

    /// Returns which records a sink takes.
    pub const fn sorts(&self) -> Sorts {
        Sorts(self.manifest.capabilities)
    }

    /// Returns the cache's table as the plugin gave it, past every bound of the host: for measuring the seam alone.
    pub const fn cache_table(&self) -> Option<&CacheBox> {
        match &self.api {
            Api::Cache(cache) => Some(cache),
            Api::Sink(_) => None,
        }
    }

    /// Returns the error of a call that it can't take, known from its manifest.
    #[cold]
    pub fn lacks(&self, what: &str) -> CallError {
        let what = skew(&self.manifest.api).map_or_else(|| what.to_owned(), |skew| format!("{what}: {skew}"));
        CallError::Unsupported { provider: self.name.clone(), what }
    }

    /// Asks the provider whether it can serve.
    ///
    /// # Errors
    /// The provider's reason why it can't, or `timeout` after the call's budget.
    pub async fn health(&self, call: Call) -> Result<Health, ProviderError> {
        let view = self.finish(Op::Health, call, |frame| self.life.health(frame)).await?;
        let HealthView { state, message, .. } = view;
        let text = message.text().unwrap_or_default().into_owned();
        Ok(if state == 0 { Health::Serving } else { Health::Degraded(text) })
    }

    /// Returns once everything the provider accepted is with its backend.
    ///
    /// # Errors
    /// The provider's reason, or `timeout` after the call's budget.
    pub async fn flush(&self, call: Call) -> Result<(), ProviderError> {
        self.finish(Op::Flush, call, |frame| self.life.flush(frame)).await
    }

    /// Ends the provider's own work.
    ///
    /// # Errors
    /// The provider's reason, or `timeout` after the call's budget.
    pub async fn shutdown(&self, call: Call) -> Result<(), ProviderError> {
        self.finish(Op::Shutdown, call, |frame| self.life.shutdown(frame)).await
    }

    /// Calls into the provider's life and waits for the end, under the operation's mark.
    async fn finish<T>(
        &self,
        op: Op,
        call: Call,
        begin: impl FnOnce(&CallView) -> Outcome<T>,
    ) -> Result<T, ProviderError> {
        let mark = Crumb::of(&self.name).op(op);
        let _flight = mark.flies();
        let outcome = mark.during(|| begin(&(&call).into()));
        crate::call::finish(mark, call.budget, outcome).await
    }
}

/// Says that a plugin and this host are of different versions, where they are: what one of them lacks may be due to that.
pub(crate) fn skew(built_against: &str) -> Option<String> {
    let differs = built_against != API_VERSION;
    differs.then(|| format!("it was built against plugin API {built_against}, and this host has {API_VERSION}"))
}

/// Adds it to an error of something that is missing.
pub(crate) fn with_skew(error: ProviderError, skew: Option<&str>) -> ProviderError {
    match skew {
        Some(skew) if error.kind == ErrorKind::Unsupported => {
            ProviderError { message: format!("{}: {skew}", error.message), ..error }
        }
        _ => error,
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({} {})", self.kind, self.name, self.manifest.name, self.manifest.version)
    }
}
