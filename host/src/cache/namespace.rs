//! Namespaces: a prefix in front of every key.

use outrigger_plugin_api::sdk::Bytes;

use super::Cache;

impl Cache {
    /// Returns the same cache with `name` and a colon put in front of every key, after this one's own prefix.
    #[must_use]
    pub fn namespace(&self, name: impl AsRef<[u8]>) -> Self {
        let prefix = [&self.prefix[..], name.as_ref(), b":"].concat();
        Self { prefix: prefix.into(), ..self.clone() }
    }

    /// Returns the key as the provider sees it.
    pub(super) fn key(&self, key: &[u8]) -> Bytes {
        if self.prefix.is_empty() { Bytes::copy_from_slice(key) } else { [&self.prefix[..], key].concat().into() }
    }
}
