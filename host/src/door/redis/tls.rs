//! TLS for Redis clients.

use std::sync::Arc;

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio_rustls::TlsAcceptor;

use crate::config;

/// Certificate and key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is no PEM of what it should be.
    #[error("`{setting}` holds no {what}")]
    Pem {
        /// Which setting names the file.
        setting: &'static str,
        /// What it should hold.
        what: &'static str,
    },
    /// They are not of each other, or of a sort that is not spoken.
    #[error("`redis.tls-certificate` and `redis.tls-key` can't be used together")]
    Pair(#[source] rustls::Error),
}

/// What greets clients, where the door speaks TLS.
#[derive(Clone)]
pub struct Tls(pub(super) Option<TlsAcceptor>);

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Tls").field(&self.0.is_some()).finish()
    }
}

impl Tls {
    /// Returns what the configuration asks for.
    ///
    /// # Errors
    /// [`TlsError`] where certificate and key can't be used.
    pub fn of(config: &config::Redis) -> Result<Self, TlsError> {
        config.tls.as_ref().map(acceptor).transpose().map(Self)
    }
}

fn acceptor(tls: &config::Tls) -> Result<TlsAcceptor, TlsError> {
    let (setting, what) = ("redis.tls-certificate", "certificate");
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(tls.certificates.as_bytes()).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or(TlsError::Pem { setting, what })?;
    let key = PrivateKeyDer::from_pem_slice(tls.key.expose().as_bytes())
        .map_err(|_| TlsError::Pem { setting: "redis.tls-key", what: "private key" })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = versions.map_err(TlsError::Pair)?.with_no_client_auth().with_single_cert(chain, key);
    Ok(TlsAcceptor::from(Arc::new(config.map_err(TlsError::Pair)?)))
}
