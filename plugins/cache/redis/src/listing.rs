//! Scanning, clearing, counting: what concerns many keys.

use outrigger_plugin_api::sdk::{
    Bytes, Call, ProviderError,
    cache::{OpResult, Reply, ScanPage, ScanRequest, Size},
};
use outrigger_redis_commands::{integer, scan_page};

use crate::{form::answer, link::Node, provider::RedisCache};

/// Keys looked at for one step of a clear: about a millisecond of the server's time.
const CLEAR_STEP: u32 = 1000;

/// Keys looked at for one page at most: a larger page would keep the server from its other clients.
const SCAN_COUNT_MAX: u32 = 10_000;

/// Where a scan stands: the node it is at, and that node's cursor.
struct Cursor {
    node: Node,
    position: u64,
}

impl Cursor {
    /// Writes `<position>`, in a cluster `<position>@<host>:<port>`.
    fn write(&self) -> Bytes {
        match &self.node {
            Node { host, .. } if host.is_empty() => self.position.to_string().into(),
            Node { host, port } => format!("{}@{host}:{port}", self.position).into(),
        }
    }

    fn read(cursor: &[u8]) -> Result<Self, ProviderError> {
        let read = || {
            let text = std::str::from_utf8(cursor).ok()?;
            let (position, node) = match text.split_once('@') {
                None => (text, Node::default()),
                Some((position, address)) => {
                    let (host, port) = address.rsplit_once(':')?;
                    (position, Node { host: host.to_owned(), port: port.parse().ok()? })
                }
            };
            Some(Self { node, position: position.parse().ok()? })
        };
        read().ok_or_else(|| ProviderError::invalid("the cursor is not one of this scan"))
    }
}

impl RedisCache {
    pub(crate) async fn list(&self, call: Call, request: ScanRequest) -> Result<ScanPage, ProviderError> {
        let nodes = self.link.nodes(self.limit(&call)).await?;
        let cursor = match (request.cursor.is_empty(), nodes.first()) {
            (false, _) => Cursor::read(&request.cursor)?,
            (true, Some(node)) => Cursor { node: node.clone(), position: 0 },
            (true, None) => return Ok(ScanPage { next: None, keys: Vec::new() }),
        };
        let count = request.count.clamp(1, SCAN_COUNT_MAX);
        let (position, outer) = self.page(&call, &cursor, &request.prefix, count).await?;
        let next = if position != 0 {
            Some(Cursor { position, ..cursor })
        } else {
            // A node that left the cluster gave its slots to others: the scan goes on after its place.
            let after = nodes.into_iter().find(|node| *node > cursor.node);
            after.map(|node| Cursor { node, position: 0 })
        };
        let keys = outer.into_iter().filter_map(|key| self.space.inner(key)).collect();
        Ok(ScanPage { next: next.map(|cursor| cursor.write()), keys })
    }

    async fn page(
        &self,
        call: &Call,
        cursor: &Cursor,
        prefix: &[u8],
        count: u32,
    ) -> Result<(u64, Vec<Vec<u8>>), ProviderError> {
        let mut scan = redis::cmd("SCAN");
        scan.arg(cursor.position).arg("MATCH").arg(self.space.pattern(prefix)).arg("COUNT").arg(count);
        scan_page(answer(self.link.ask_node(self.limit(call), &cursor.node, scan).await?))
    }

    pub(crate) async fn remove(&self, call: Call, prefix: Bytes) -> Result<u64, ProviderError> {
        if prefix.is_empty() && self.space.is_whole() {
            return self.flush_all(&call).await;
        }
        let mut removed = 0;
        for node in self.link.nodes(self.limit(&call)).await? {
            let mut cursor = Cursor { node, position: 0 };
            loop {
                let (position, keys) = self.page(&call, &cursor, &prefix, CLEAR_STEP).await?;
                removed += self.unlink(&call, keys).await?;
                if position == 0 {
                    break;
                }
                cursor.position = position;
            }
        }
        Ok(removed)
    }

    async fn unlink(&self, call: &Call, keys: Vec<Vec<u8>>) -> Result<u64, ProviderError> {
        let unlink = |key: Vec<u8>| {
            let mut cmd = redis::cmd("UNLINK");
            cmd.arg(&key[..]);
            (cmd, Some(Bytes::from(key)))
        };
        let mut removed = 0;
        for value in self.link.run(self.limit(call), keys.into_iter().map(unlink).collect()).await {
            removed += integer(&answer(value?))?.unsigned_abs();
        }
        Ok(removed)
    }

    /// Counts and empties each node in one transaction, so that the count is exact.
    async fn flush_all(&self, call: &Call) -> Result<u64, ProviderError> {
        let mut removed = 0;
        for node in self.link.nodes(self.limit(call)).await? {
            // Emptied by a thread of the server's own: the call does not wait for the memory.
            let script = "local count = redis.call('DBSIZE'); redis.call('FLUSHDB', 'ASYNC'); return count";
            let mut flush = redis::cmd("EVAL");
            flush.arg(script).arg(0);
            let value = self.link.ask_node(self.limit(call), &node, flush).await?;
            removed += integer(&answer(value))?.unsigned_abs();
        }
        Ok(removed)
    }

    pub(crate) async fn count(&self, call: Call) -> Result<Size, ProviderError> {
        // With a prefix, only a scan of all keys could tell.
        if !self.space.is_whole() {
            return Ok(Size { entries: None, bytes: None });
        }
        let mut entries = 0;
        for node in self.link.nodes(self.limit(&call)).await? {
            let value = self.link.ask_node(self.limit(&call), &node, redis::cmd("DBSIZE")).await?;
            entries += integer(&answer(value))?.unsigned_abs();
        }
        // The server counts the memory of all databases together.
        Ok(Size { entries: Some(entries), bytes: None })
    }

    /// Returns a key of this provider where RANDOMKEY, which knows neither prefix nor other nodes, found none.
    pub(crate) async fn any_key(&self, call: &Call) -> OpResult {
        let mut request = ScanRequest { cursor: Bytes::new(), prefix: Bytes::new(), count: CLEAR_STEP };
        loop {
            let page = self.list(*call, request.clone()).await?;
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
