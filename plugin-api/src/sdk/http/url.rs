//! The check of a setting that is a URL.

use crate::sdk::ProviderError;

/// Checks that the value of the setting `name` begins as a URL that the host can send to. The message does not repeat the
/// value, which may be secret.
///
/// # Errors
/// `settings`, which a retry doesn't help.
pub fn check_url(name: &str, url: &str) -> Result<(), ProviderError> {
    if url.starts_with("https://") || url.starts_with("http://") {
        return Ok(());
    }
    Err(ProviderError::settings(format!("`{name}` must begin with https:// or http://")))
}
