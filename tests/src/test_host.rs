//! A host of its own for each test: own folder, own configuration text, no process environment.

use std::path::PathBuf;

use outrigger::{Changes, Host, ReloadError, StartError, config::Sources, configure, operations::Operations};
use tempfile::TempDir;

use crate::plugins;

/// A folder with a configuration and plugins, from which hosts are started.
#[derive(Debug)]
pub struct Setup {
    /// Removed when dropped.
    pub dir: TempDir,
    text: String,
    variables: Vec<(String, String)>,
}

impl Setup {
    /// Returns a folder with `plugins.toml` of this text and copies of these plugins in `plugins/`.
    ///
    /// # Panics
    /// Where the folder can't be made.
    pub fn new(text: &str, libraries: &[&str]) -> Self {
        let dir = TempDir::new().expect("makes a folder");
        std::fs::create_dir(dir.path().join("plugins")).expect("makes a folder");
        let setup = Self { dir, text: text.to_owned(), variables: Vec::new() };
        for library in libraries {
            plugins::place(library, &setup.plugins());
        }
        setup.install();
        setup
    }

    /// Leaves nobody but us the right to write the plugins, as an installation does: the user's umask may be lax.
    fn install(&self) {
        let files = std::fs::read_dir(self.plugins()).expect("lists the plugins");
        let files = files.map(|file| file.expect("lists the plugins").path());
        files.chain([self.plugins()]).for_each(|path| plugins::set_mode(&path, 0o755));
    }

    /// Returns the plugin folder.
    pub fn plugins(&self) -> PathBuf {
        self.dir.path().join("plugins")
    }

    /// Returns where a plugin's library is in it, or would be.
    pub fn library(&self, name: &str) -> PathBuf {
        self.plugins().join(plugins::file_name(name))
    }

    /// Returns a path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Adds an environment variable, for hosts started afterwards.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Changes the configuration's text, for hosts started and reloads made afterwards.
    pub fn rewrite(&mut self, text: &str) {
        text.clone_into(&mut self.text);
    }

    /// Has a host that was started from here read this folder again.
    ///
    /// # Errors
    /// Why nothing has changed.
    ///
    /// # Panics
    /// With the faults of the configuration.
    pub async fn reload(&self, host: &Host) -> Result<Changes, ReloadError> {
        match configure(&self.sources()) {
            Ok((config, catalog)) => host.reload(config, catalog).await,
            Err(error) => panic!("{error}"),
        }
    }

    /// Returns the configuration's sources. Plugins that a test has put into the folder are installed from here on.
    ///
    /// # Panics
    /// Where a mode can't be set.
    pub fn sources(&self) -> Sources {
        self.install();
        let file = self.path("plugins.toml").display().to_string();
        let empty = Sources::empty(self.dir.path()).with_file(file, self.text.clone());
        self.variables.iter().fold(empty, |sources, (name, value)| sources.with_variable(name, value))
    }

    /// Starts a host.
    ///
    /// # Errors
    /// The faults of the configuration.
    pub async fn try_start(&self) -> Result<Host, StartError> {
        Host::from_sources(&self.sources()).await
    }

    /// Starts a host.
    ///
    /// # Panics
    /// With the faults of the configuration.
    pub async fn start(&self) -> Host {
        match self.try_start().await {
            Ok(host) => host,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Returns the operations of a host that read no file.
pub fn operations(host: &Host) -> Operations {
    Operations::new(host.clone(), Box::new(|| Ok(Sources::empty("."))), None)
}

/// A host with the folder it runs in, which goes when this is dropped.
#[derive(Debug)]
pub struct OwnHost {
    host: Host,
    /// Where it runs.
    pub setup: Setup,
}

impl Setup {
    /// Starts a host and keeps the folder for as long as the host is used.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub async fn into_host(self) -> OwnHost {
        OwnHost { host: self.start().await, setup: self }
    }
}

impl std::ops::Deref for OwnHost {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.host
    }
}

/// Waits until `condition` holds, asking every few milliseconds.
///
/// # Panics
/// Where it does not hold within 20 seconds: longer than any test's backend needs on a busy machine.
pub async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let patience = std::time::Duration::from_secs(20);
    let asking = async {
        while !condition().await {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(patience, asking).await.is_ok(), "never happened: {what}");
}
