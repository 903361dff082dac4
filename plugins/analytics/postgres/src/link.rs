//! Connections to the server: opened when needed, kept for the next call, not asked for while the server is away.

mod tls;

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use outrigger_plugin_api::sdk::ProviderError;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_postgres::{Client, Config, Statement, config::TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{fault, settings::Settings};

/// The first pause after a connection could not be opened; it doubles with each that follows.
const PAUSE: Duration = Duration::from_millis(100);

/// The longest pause: a server that is back waits this long at most.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Opens and keeps connections.
pub(crate) struct Link {
    config: Config,
    tls: MakeRustlsConnect,
    timeout: Duration,
    places: Semaphore,
    idle: Mutex<Vec<Connection>>,
    trouble: Mutex<Trouble>,
}

/// The last failure to connect.
#[derive(Debug, Default)]
struct Trouble {
    pause: Duration,
    /// Until then nobody tries, and why.
    until: Option<(Instant, ProviderError)>,
}

/// One connection, with what was prepared on it.
pub(crate) struct Connection {
    pub(crate) client: Client,
    pub(crate) insert: Option<Statement>,
}

/// A connection in use. It goes back only by [`Lease::put_back`]: one whose call was dropped midway is closed.
pub(crate) struct Lease<'l> {
    link: &'l Link,
    connection: Connection,
    _place: SemaphorePermit<'l>,
}

impl Link {
    /// Prepares to connect; nothing is dialled.
    ///
    /// # Errors
    /// `settings` where the URL or the certificate can't be used.
    pub(crate) fn new(settings: &Settings) -> Result<Self, ProviderError> {
        let (mut config, tls) = tls::read(settings)?;
        config
            .connect_timeout(settings.connect_timeout.0)
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .application_name("outrigger");
        Ok(Self {
            config,
            tls,
            timeout: settings.connect_timeout.0,
            places: Semaphore::new(places(settings)),
            idle: Mutex::default(),
            trouble: Mutex::default(),
        })
    }

    /// Returns a connection, waiting for one that is in use where all are.
    ///
    /// # Errors
    /// `unavailable` or `refused` where none can be opened.
    pub(crate) async fn lease(&self) -> Result<Lease<'_>, ProviderError> {
        let place = self.places.acquire().await.map_err(|_| ended())?;
        let kept = loop {
            let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match kept {
                Some(connection) if connection.client.is_closed() => {}
                kept => break kept,
            }
        };
        let connection = match kept {
            Some(connection) => connection,
            None => self.open().await?,
        };
        Ok(Lease { link: self, connection, _place: place })
    }

    /// Tells whether every connection is at work: then the server is there.
    pub(crate) fn is_busy(&self) -> bool {
        self.places.available_permits() == 0
    }

    /// Closes every connection; no call gets one any more.
    pub(crate) fn close(&self) {
        self.places.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn open(&self) -> Result<Connection, ProviderError> {
        if let Some((until, error)) = &self.trouble().until
            && let Some(left) = until.checked_duration_since(Instant::now())
        {
            return Err(error.clone().retry_after(left));
        }
        match self.connect().await {
            Ok(connection) => {
                *self.trouble() = Trouble::default();
                Ok(connection)
            }
            Err(error) => {
                let mut trouble = self.trouble();
                trouble.pause = (trouble.pause * 2).clamp(PAUSE, PAUSE_MAX);
                trouble.until = Some((Instant::now() + trouble.pause, error.clone()));
                Err(error)
            }
        }
    }

    async fn connect(&self) -> Result<Connection, ProviderError> {
        // The client's own limit ends with the TCP connection; a server that is silent then needs one too.
        let opened = tokio::time::timeout(self.timeout, self.config.connect(self.tls.clone())).await;
        let late = |_| ProviderError::unavailable(format!("no connection to the server within {:?}", self.timeout));
        let (client, connection) = opened.map_err(late)?.map_err(|error| fault::opening(&error))?;
        // Ends with the client, or with the server; either way the client's calls say why.
        tokio::spawn(async move { drop(connection.await) });
        Ok(Connection { client, insert: None })
    }

    fn trouble(&self) -> std::sync::MutexGuard<'_, Trouble> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns how many connections there are at most. A question never takes the last one, which is for writing; so where one
/// is allowed there is a second.
fn places(settings: &Settings) -> usize {
    usize::try_from(settings.connections).unwrap_or(1).max(2)
}

/// Returns how many questions are answered at the same time.
pub(crate) fn questions(settings: &Settings) -> usize {
    places(settings) - 1
}

impl Lease<'_> {
    /// Returns what to reach the same server with.
    pub(crate) fn tls(&self) -> MakeRustlsConnect {
        self.link.tls.clone()
    }

    /// Gives the connection back for the next call.
    pub(crate) fn put_back(self) {
        let Self { link, connection, .. } = self;
        if !connection.client.is_closed() && !link.places.is_closed() {
            link.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

impl std::ops::Deref for Lease<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl std::ops::DerefMut for Lease<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

/// The error after the shutdown.
pub(crate) fn ended() -> ProviderError {
    ProviderError::unavailable("the provider was shut down")
}
