//! The one HTTP client of a host: connections are shared by all providers, settings come from `[outbound]`.

use std::{sync::Arc, time::Duration};

use reqwest::{NoProxy, Proxy, redirect};
use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer, pki_types::pem::PemObject};

use super::{
    address::{Refused, Resolver},
    egress::same_origin,
};
use crate::config::Outbound;

/// Most redirects followed: a service that moved once and then adds a slash needs two.
const REDIRECTS_MAX: usize = 5;
/// Idle connections kept for each origin: as many as a provider has batches in flight, with room.
const IDLE_CONNECTIONS_MAX: usize = 16;
/// How long an idle connection is kept: shorter than the 60 s after which common load balancers close theirs, so that a
/// request rarely meets a connection that is closing.
const IDLE_TIME_MAX: Duration = Duration::from_secs(50);

/// The client with its bounds.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    runtime: tokio::runtime::Handle,
    pub(super) timeout: Duration,
    pub(super) response_max: usize,
}

impl Client {
    /// Makes the client; nothing is dialled. Must be called inside the runtime that shall drive its connections.
    ///
    /// # Errors
    /// What of `[outbound]` can't be used: the proxy's URL, or a certificate.
    pub(crate) fn new(config: &Outbound) -> Result<Self, String> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("outrigger/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(tls(config)?)
            .dns_resolver(Arc::new(Resolver))
            .redirect(redirect::Policy::custom(follow))
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(config.connect_timeout)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .pool_idle_timeout(IDLE_TIME_MAX)
            // The environment is the configuration's to read.
            .no_proxy();
        if let Some(proxy) = proxy(config)? {
            builder = builder.proxy(proxy);
        }
        let http = builder.build().map_err(|error| format!("the HTTP client can't be made: {error}"))?;
        Ok(Self {
            http,
            runtime: tokio::runtime::Handle::current(),
            timeout: config.timeout,
            response_max: usize::try_from(config.response_max).unwrap_or(usize::MAX),
        })
    }

    pub(super) const fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub(super) const fn runtime(&self) -> &tokio::runtime::Handle {
        &self.runtime
    }
}

/// Returns what is wrong with the proxy, and with the certificates.
pub(crate) fn faults(config: &Outbound) -> [Option<String>; 2] {
    [proxy(config).err(), roots(config).err()]
}

fn proxy(config: &Outbound) -> Result<Option<Proxy>, String> {
    let Some(url) = &config.proxy else { return Ok(None) };
    // Without a scheme a URL would be taken for http, and a slip such as `socks:host` too.
    let spoken = ["http://", "https://"].iter().any(|scheme| url.expose().starts_with(scheme));
    let wrong = || "`outbound.proxy` must be a URL such as `http://proxy.internal:3128`".to_owned();
    let proxy = Proxy::all(url.expose()).ok().filter(|_| spoken).ok_or_else(wrong)?;
    Ok(Some(proxy.no_proxy(NoProxy::from_string(&config.no_proxy.join(",")))))
}

/// Follows a redirect only where it can't lead to another machine and the request stays what it was: after 301, 302 and
/// 303 a `POST` would become a `GET`, whose success says nothing of what was to be delivered.
fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let keeps_method = matches!(attempt.status().as_u16(), 307 | 308);
    let Some(from) = attempt.previous().first() else { return attempt.stop() };
    if !keeps_method {
        return attempt.stop();
    }
    if !same_origin(from, attempt.url()) {
        return attempt.error(Refused("the backend redirects to another origin, which is not followed".to_owned()));
    }
    if attempt.previous().len() > REDIRECTS_MAX {
        return attempt.error(Refused(format!("the backend redirects more than {REDIRECTS_MAX} times")));
    }
    attempt.follow()
}

fn tls(config: &Outbound) -> Result<ClientConfig, String> {
    let roots = roots(config)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS can't be set up: {error}"))?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Trusts the public authorities that Mozilla trusts, compiled in so that an empty container can speak TLS, and those of
/// `outbound.ca-file`.
fn roots(config: &Outbound) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let Some(pem) = &config.ca else { return Ok(roots) };
    let mut count = 0;
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|error| format!("`outbound.ca-file` can't be read: {error}"))?;
        roots.add(certificate).map_err(|error| format!("`outbound.ca-file` holds a bad certificate: {error}"))?;
        count += 1;
    }
    if count == 0 {
        return Err("`outbound.ca-file` holds no PEM certificate".to_owned());
    }
    Ok(roots)
}
