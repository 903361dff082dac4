//! Cancels a statement on the server when nobody waits for it any more.

use tokio::runtime::Handle;
use tokio_postgres::CancelToken;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::link::Lease;

/// Cancels what its connection does when it is dropped, unless it was told that all is done: the server would otherwise
/// work on, up to its statement time-out, for an answer that nobody reads.
pub(super) struct Cancel(Option<(CancelToken, MakeRustlsConnect, Handle)>);

impl Cancel {
    pub(super) fn new(lease: &Lease<'_>) -> Self {
        Self(Some((lease.client.cancel_token(), lease.tls(), Handle::current())))
    }

    /// The connection has nothing to do.
    pub(super) fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for Cancel {
    fn drop(&mut self) {
        // The connection itself is closed with its lease, so the cancel can't meet a later statement.
        if let Some((token, tls, handle)) = self.0.take() {
            handle.spawn(async move {
                if let Err(error) = token.cancel_query(tls).await {
                    tracing::debug!(%error, "could not cancel a question that nobody waits for");
                }
            });
        }
    }
}
