//! The provider's settings.

use outrigger_plugin_api::sdk::{ByteCount, HumanDuration, ProviderError};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Limits;

/// Smallest capacity that makes sense: 64 shards with a handful of small entries each.
const CAPACITY_BYTES_MIN: u64 = 1 << 20;

/// How the memory cache is bounded.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Settings {
    /// Bytes that all entries together may take: keys, values and 128 bytes for each entry. Beyond it, entries are
    /// evicted (S3-FIFO). Resident memory stays within a few percent of it.
    #[schemars(extend("x-env" = "CACHE_MEMORY_CAPACITY"))]
    pub capacity: ByteCount,
    /// Longest key.
    pub key_max: ByteCount,
    /// Longest value; a quarter of the capacity bounds it further.
    pub value_max: ByteCount,
    /// How often expired entries are looked for. Reads never see an expired entry, whatever this is.
    pub reclaim_every: HumanDuration,
}

impl Default for Settings {
    fn default() -> Self {
        let limits = Limits::default();
        let bytes = |bytes: usize| ByteCount(u64::try_from(bytes).unwrap_or(u64::MAX));
        Self {
            capacity: bytes(limits.capacity),
            key_max: bytes(limits.key_bytes_max),
            value_max: bytes(limits.value_bytes_max),
            // A tenth of a second: an expired entry costs memory for as long; a sweep with nothing due costs 1 µs.
            reclaim_every: HumanDuration(std::time::Duration::from_millis(100)),
        }
    }
}

impl Settings {
    /// Returns the store's bounds.
    ///
    /// # Errors
    /// `settings` where a bound is senseless.
    pub fn limits(&self) -> Result<Limits, ProviderError> {
        if self.capacity.0 < CAPACITY_BYTES_MIN {
            return Err(ProviderError::settings("capacity must be at least 1MiB"));
        }
        if self.reclaim_every.0.is_zero() {
            return Err(ProviderError::settings("reclaim-every must be longer than zero"));
        }
        let bytes = |name: &str, count: ByteCount| {
            let too_large = || ProviderError::settings(format!("{name} is more than this machine can address"));
            usize::try_from(count.0).map_err(|_| too_large())
        };
        Ok(Limits {
            capacity: bytes("capacity", self.capacity)?,
            key_bytes_max: bytes("key-max", self.key_max)?,
            value_bytes_max: bytes("value-max", self.value_max)?,
        })
    }
}
