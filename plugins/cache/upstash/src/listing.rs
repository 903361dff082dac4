//! Scanning, clearing, counting: what concerns many keys.

use outrigger_plugin_api::sdk::{
    Bytes, ProviderError,
    cache::{OpResult, Reply, ScanPage, ScanRequest, Size},
};
use outrigger_redis_commands::{Answer, Command, List, Words, integer, scan_page};

use crate::{escape::row, provider::UpstashCache, rest::Asking};

/// Keys looked at for one step of a clear, and for one page at most: a larger page would keep the server from its other
/// clients.
const SCAN_COUNT: (u32, u32) = (1000, 10_000);

/// Keys of one UNLINK: with the longest keys, 32 KiB each and escaped, a request of 6 MiB.
const UNLINK_KEYS_MAX: usize = 100;

fn command(name: &str, words: &[&[u8]]) -> Command<List> {
    let mut list = List::named(name);
    words.iter().for_each(|word| list.word(word));
    Command { words: list, body: None, key: None }
}

impl UpstashCache {
    async fn ask(&self, asking: &Asking, command: &Command<List>) -> Result<Answer, ProviderError> {
        self.rest.one(asking, row(command)).await
    }

    pub(crate) async fn list(&self, asking: &Asking, request: ScanRequest) -> Result<ScanPage, ProviderError> {
        let position = match request.cursor.is_empty() {
            true => 0,
            false => std::str::from_utf8(&request.cursor)
                .ok()
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| ProviderError::invalid("the cursor is not one of this scan"))?,
        };
        let count = request.count.clamp(1, SCAN_COUNT.1);
        let (position, outer) = self.page(asking, position, &request.prefix, count).await?;
        let keys = outer.into_iter().filter_map(|key| self.space.inner(key)).collect();
        Ok(ScanPage { next: (position != 0).then(|| position.to_string().into()), keys })
    }

    async fn page(
        &self,
        asking: &Asking,
        position: u64,
        prefix: &[u8],
        count: u32,
    ) -> Result<(u64, Vec<Vec<u8>>), ProviderError> {
        let (position, pattern, count) = (position.to_string(), self.space.pattern(prefix), count.to_string());
        let words = [position.as_bytes(), b"MATCH", &pattern, b"COUNT", count.as_bytes()];
        scan_page(self.ask(asking, &command("SCAN", &words)).await?)
    }

    pub(crate) async fn remove(&self, asking: &Asking, prefix: Bytes) -> Result<u64, ProviderError> {
        if prefix.is_empty() && self.space.is_whole() {
            // One transaction, so that the count is exact.
            let rows = [row(&command("DBSIZE", &[])), row(&command("FLUSHDB", &[]))];
            let answers = self.rest.many(asking, "/multi-exec", &rows).await?;
            let [count, flushed] = answers.as_slice() else {
                return Err(ProviderError::internal("a command of the transaction got no answer"));
            };
            if let Answer::Error { .. } = flushed {
                return Err(outrigger_redis_commands::unexpected(flushed));
            }
            return Ok(integer(count)?.unsigned_abs());
        }
        let (mut removed, mut position) = (0, 0);
        loop {
            let (next, keys) = self.page(asking, position, &prefix, SCAN_COUNT.0).await?;
            for some in keys.chunks(UNLINK_KEYS_MAX) {
                let words: Vec<&[u8]> = some.iter().map(Vec::as_slice).collect();
                removed += integer(&self.ask(asking, &command("UNLINK", &words)).await?)?.unsigned_abs();
            }
            if next == 0 {
                return Ok(removed);
            }
            position = next;
        }
    }

    pub(crate) async fn count(&self, asking: &Asking) -> Result<Size, ProviderError> {
        // With a prefix, only a scan of all keys could tell.
        if !self.space.is_whole() {
            return Ok(Size { entries: None, bytes: None });
        }
        let entries = integer(&self.ask(asking, &command("DBSIZE", &[])).await?)?.unsigned_abs();
        Ok(Size { entries: Some(entries), bytes: None })
    }

    /// Returns a key of this provider where RANDOMKEY, which knows no prefix, found another's.
    pub(crate) async fn any_key(&self, asking: &Asking) -> OpResult {
        let mut request = ScanRequest { cursor: Bytes::new(), prefix: Bytes::new(), count: SCAN_COUNT.0 };
        loop {
            let page = self.list(asking, request.clone()).await?;
            if let Some(key) = page.keys.into_iter().next() {
                return Ok(Reply::Value(key.into()));
            }
            match page.next {
                Some(cursor) => request.cursor = cursor,
                None => return Ok(Reply::Missing),
            }
        }
    }
}
