//! Values as JSON, and values computed where missing.

use std::{future::Future, time::Duration};

use outrigger_plugin_api::sdk::Bytes;
use serde::{Serialize, de::DeserializeOwned};

use super::Cache;
use crate::call::CallError;

/// Why a JSON value could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// The call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The bytes are not JSON of this type. A retry can't help.
    #[error("the value of this key is not JSON of the expected type")]
    Json(#[from] serde_json::Error),
}

impl Cache {
    /// Returns the value read as JSON.
    ///
    /// # Errors
    /// [`JsonError`].
    pub async fn get_json<T: DeserializeOwned>(&self, key: impl AsRef<[u8]>) -> Result<Option<T>, JsonError> {
        match self.get(key).await? {
            None => Ok(None),
            Some(value) => Ok(Some(serde_json::from_slice(value.as_ref())?)),
        }
    }

    /// Writes the value as JSON.
    ///
    /// # Errors
    /// [`JsonError`].
    pub async fn set_json<T: Serialize + Sync>(
        &self,
        key: impl AsRef<[u8]>,
        value: &T,
        ttl: Option<Duration>,
    ) -> Result<(), JsonError> {
        let set = self.set(key, serde_json::to_vec(value)?);
        match ttl {
            Some(ttl) => set.ttl(ttl).await?,
            None => set.await?,
        };
        Ok(())
    }

    /// Returns the value, computing and storing it where missing. Of several callers in this process that miss the
    /// same key at once, one computes and the others wait for the cache to hold it; each of them computes for
    /// itself only if that one fails.
    ///
    /// A cache that does not answer is treated as a miss: the computed value is returned, not stored.
    ///
    /// # Errors
    /// The error of `compute`.
    pub async fn remember<E, F>(&self, key: impl AsRef<[u8]>, ttl: Duration, compute: F) -> Result<Bytes, E>
    where
        F: AsyncFnOnce() -> Result<Bytes, E>,
    {
        let full = self.key(key.as_ref());
        if let Some(hit) = self.hit(key.as_ref()).await {
            return Ok(hit);
        }
        let _turn = self.flights.enter(full).await;
        if let Some(hit) = self.hit(key.as_ref()).await {
            return Ok(hit);
        }
        let value = compute().await?;
        if let Err(error) = self.set(key, value.clone()).ttl(ttl).await {
            tracing::warn!(code = error.code(), "a computed value was not stored: {error}");
        }
        Ok(value)
    }

    fn hit(&self, key: &[u8]) -> impl Future<Output = Option<Bytes>> {
        let get = self.get(key);
        async { get.await.ok().flatten().map(Bytes::from) }
    }
}
