//! The signature by which a receiver knows who sent a request, and that it is no old one.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use outrigger_plugin_api::sdk::ProviderError;
use sha2::Sha256;

/// Signs with one secret.
pub(crate) struct Signer(Hmac<Sha256>);

impl Signer {
    /// Returns a signer with this secret.
    pub(crate) fn new(secret: &str) -> Result<Self, ProviderError> {
        let mac = Hmac::new_from_slice(secret.as_bytes());
        mac.map(Self).map_err(|_| ProviderError::settings("`secret` can't be a key for HMAC-SHA256"))
    }

    /// Returns `t=<unix seconds>,v1=<hex>`, where the latter is HMAC-SHA256 of `<unix seconds>.` and the body.
    pub(crate) fn sign(&self, unix_seconds: u64, body: &[u8]) -> String {
        let mut mac = self.0.clone();
        mac.update(format!("{unix_seconds}.").as_bytes());
        mac.update(body);
        let mut signature = format!("t={unix_seconds},v1=");
        for byte in mac.finalize().into_bytes() {
            let _ = write!(signature, "{byte:02x}");
        }
        signature
    }
}

#[cfg(test)]
mod tests;
