//! Puts items into envelopes and envelopes into requests.

use std::time::SystemTime;

use outrigger_plugin_api::sdk::{ProviderError, http::Request};
use sentry_types::{
    Dsn,
    protocol::v7::{Envelope, EnvelopeHeaders, EnvelopeItem},
};

/// How this provider names itself: `sentry_client` and the SDK of events.
pub(crate) const CLIENT: (&str, &str) = ("outrigger.sentry", env!("CARGO_PKG_VERSION"));

/// Where envelopes go and with which key.
#[derive(Clone)]
pub(crate) struct Ingest {
    url: String,
    /// The value of `X-Sentry-Auth`.
    auth: String,
}

impl Ingest {
    /// Reads a DSN.
    ///
    /// # Errors
    /// `settings`, without the DSN, which is secret.
    pub(crate) fn of(dsn: &str) -> Result<Self, ProviderError> {
        let dsn: Dsn = dsn
            .trim()
            .parse()
            .map_err(|error| ProviderError::settings(format!("dsn must be https://KEY@HOST/PROJECT: {error}")))?;
        let mut auth = format!(
            "Sentry sentry_key={}, sentry_version=7, sentry_client={}/{}",
            dsn.public_key(),
            CLIENT.0,
            CLIENT.1
        );
        // Deprecated by Sentry, still needed by old servers.
        if let Some(secret) = dsn.secret_key() {
            auth.push_str(&format!(", sentry_secret={secret}"));
        }
        Ok(Self { url: dsn.envelope_api_url().to_string(), auth })
    }

    /// Returns the request that carries these items, at most one of them an event or transaction.
    ///
    /// # Errors
    /// `invalid` where an item has no JSON form.
    pub(crate) fn request(&self, items: Vec<EnvelopeItem>, sent_at: SystemTime) -> Result<Request, ProviderError> {
        let mut envelope = Envelope::new();
        items.into_iter().for_each(|item| envelope.add_item(item));
        // The event's id, which the crate takes from the item, has to stay beside the time.
        let headers = match envelope.uuid() {
            Some(id) => EnvelopeHeaders::new().with_event_id(*id),
            None => EnvelopeHeaders::new(),
        };
        let envelope = envelope.with_headers(headers.with_sent_at(sent_at));
        let mut bytes = Vec::new();
        envelope
            .to_writer(&mut bytes)
            .map_err(|error| ProviderError::invalid(format!("the envelope can't be written: {error}")))?;
        Ok(Request::post(&self.url)
            .header("content-type", "application/x-sentry-envelope")
            .header("x-sentry-auth", &self.auth)
            .body(bytes)
            .compressed())
    }
}

impl std::fmt::Debug for Ingest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ingest(set)")
    }
}

#[cfg(test)]
mod tests;
