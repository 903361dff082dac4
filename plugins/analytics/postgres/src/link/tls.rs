//! Reads the URL, and what it says of TLS.
//!
//! As in PostgreSQL's own client, `prefer` encrypts where the server can and asks nobody who the server is: a server as
//! distributions install it has a certificate it made itself. `require` and `verify-full` both want a certificate that an
//! authority vouches for: encryption with a stranger keeps nothing secret.

mod unverified;

use std::sync::Arc;

use outrigger_plugin_api::sdk::ProviderError;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_postgres::{Config, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::settings::Settings;

/// Returns where to connect and how to encrypt.
///
/// # Errors
/// `settings`. The error never holds the URL: a password may stand in it.
pub(super) fn read(settings: &Settings) -> Result<(Config, MakeRustlsConnect), ProviderError> {
    let refuse = |why: String| ProviderError::settings(why);
    if !["postgres://", "postgresql://"].iter().any(|scheme| settings.url.starts_with(scheme)) {
        return Err(refuse("`url` is no PostgreSQL URL; expected postgres://user:password@host:port/database".into()));
    }
    let (url, mode) = without_mode(&settings.url);
    let mut config: Config = url.parse().map_err(|_| {
        refuse(
            "`url` can't be read; expected postgres://user:password@host:port/database, with special characters in \
                user and password percent-encoded"
                .into(),
        )
    })?;
    let (mode, verified) = match mode.as_deref() {
        Some("disable") => (SslMode::Disable, false),
        None | Some("prefer") => (SslMode::Prefer, settings.tls_ca.is_some()),
        Some("require" | "verify-ca" | "verify-full") => (SslMode::Require, true),
        Some(_) => {
            let known = "`sslmode` in `url` must be disable, prefer, require, verify-ca or verify-full";
            return Err(refuse(known.to_owned()));
        }
    };
    config.ssl_mode(mode);
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| ProviderError::internal(format!("TLS can't be set up: {error}")))?;
    let client = if verified {
        builder.with_root_certificates(roots(settings)?).with_no_client_auth()
    } else {
        builder.dangerous().with_custom_certificate_verifier(unverified::new(provider)).with_no_client_auth()
    };
    Ok((config, MakeRustlsConnect::new(client)))
}

fn roots(settings: &Settings) -> Result<RootCertStore, ProviderError> {
    let Some(pem) = &settings.tls_ca else {
        return Ok(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|_| ProviderError::settings("`tls-ca` is no PEM text"))?;
        roots
            .add(certificate)
            .map_err(|_| ProviderError::settings("`tls-ca` holds something that is no certificate"))?;
    }
    if roots.is_empty() {
        return Err(ProviderError::settings("`tls-ca` holds no certificate"));
    }
    Ok(roots)
}

/// Takes `sslmode` out of the URL: the client library knows fewer modes than people write.
fn without_mode(url: &str) -> (String, Option<String>) {
    let Some((start, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let mut mode = None;
    let kept: Vec<_> = query
        .split('&')
        .filter(|pair| match pair.strip_prefix("sslmode=") {
            Some(value) => {
                mode = Some(value.to_owned());
                false
            }
            None => true,
        })
        .collect();
    let url = if kept.is_empty() { start.to_owned() } else { format!("{start}?{}", kept.join("&")) };
    (url, mode)
}

#[cfg(test)]
mod tests;
