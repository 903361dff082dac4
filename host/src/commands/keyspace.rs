//! What concerns many keys, or needs more than one call.

use outrigger_plugin_api::sdk::{
    Bytes,
    cache::{Condition, Expiry, Group, Op, Reply, ScanRequest},
};

use super::{
    Engine, Session, about,
    fault::{self, Fault},
    glob,
    plan::is,
    table::Alone,
};
use crate::resp::{self, Arguments, Replies};

/// Keys looked at for one page of KEYS: about a millisecond of a provider's time.
const KEYS_STEP: u32 = 1_000;
/// Keys looked at for one page of SCAN unless asked otherwise, as in Redis.
const SCAN_COUNT: u32 = 10;
impl Engine {
    pub(super) async fn alone(
        &self,
        alone: Alone,
        session: &mut Session,
        args: Arguments<'_>,
        out: &mut Replies,
    ) -> Result<(), Fault> {
        match alone {
            Alone::Multi => session.multi(out),
            Alone::Discard => session.discard(out),
            Alone::Exec => self.exec(session, out).await,
            Alone::Watch => self.watch(session, args, out).await,
            Alone::Unwatch => {
                session.watched.clear();
                out.status("OK");
                Ok(())
            }
            Alone::MsetNx => self.msetnx(args, out).await,
            Alone::Scan => self.scan(args, out).await,
            Alone::Keys => self.keys(args, out).await,
            Alone::DbSize => self.dbsize(out).await,
            Alone::Flush => self.flush_keys(args, out).await,
            Alone::Info => {
                out.verbatim(&about::info(self, args).await);
                Ok(())
            }
            Alone::Eval => self.eval(args, out).await,
            Alone::EvalSha => self.evalsha(args, out).await,
            Alone::Script => self.script(args, out),
        }
    }

    async fn msetnx(&self, args: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
        if args.len().is_multiple_of(2) {
            return Err(fault::arity("msetnx"));
        }
        let keys: Vec<_> = args.from(1).step_by(2).collect();
        let values = args.from(2).step_by(2);
        let (expiry, condition) = (Expiry::Never, Condition::Always);
        let pairs = keys.iter().copied().zip(values);
        let sets: Vec<_> =
            pairs.map(|(key, value)| Op::Set { key, value, expiry, condition, return_old: false }).collect();
        let exist: Vec<_> = keys.iter().map(|key| Op::Exists { key: *key }).collect();
        for _ in 0..fault::TRIES_MAX {
            // The tokens first: what changes after them is noticed.
            let watched = self.tokens(&keys).await?;
            for result in self.batch(&exist).await? {
                if result.map_err(|error| fault::of_provider(&error))? == Reply::Yes {
                    out.integer(0);
                    return Ok(());
                }
            }
            match self.group(&watched, &sets).await.map_err(|error| fault::of_call(&error))? {
                Group::Changed => {}
                Group::Ran(results) => {
                    let done: Result<Vec<_>, _> = results.into_iter().collect();
                    done.map_err(|error| fault::of_provider(&error))?;
                    out.integer(1);
                    return Ok(());
                }
            }
        }
        Err(fault::contended())
    }

    /// EXPIRE with XX and LT: the one pair of conditions that no operation has.
    pub(super) async fn expire_if_expiring(&self, op: Option<Op<&[u8]>>, out: &mut Replies) {
        let done = async {
            let Some(op @ Op::Expire { key, .. }) = op else { return Err(fault::internal("no deadline")) };
            for _ in 0..fault::TRIES_MAX {
                let watched = self.tokens(&[key]).await?;
                match self.batch(&vec![Op::Ttl { key }]).await?.pop() {
                    Some(Ok(Reply::Ttl(_))) => {}
                    Some(Err(error)) => return Err(fault::of_provider(&error)),
                    _ => return Ok(0),
                }
                let group = self.group(&watched, &vec![op.clone()]).await.map_err(|error| fault::of_call(&error))?;
                if let Group::Ran(mut results) = group {
                    let reply = results.pop().unwrap_or(Ok(Reply::No)).map_err(|error| fault::of_provider(&error))?;
                    return Ok(i64::from(reply == Reply::Yes));
                }
            }
            Err(fault::contended())
        };
        match done.await {
            Ok(applied) => out.integer(applied),
            Err(fault) => out.error(&fault),
        }
    }

    async fn scan(&self, args: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
        let cursor =
            std::str::from_utf8(args.get(1)).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let cursor: u64 = cursor.and_then(|text| text.parse().ok()).ok_or("ERR invalid cursor")?;
        let (mut pattern, mut count, mut strings) = (&b"*"[..], SCAN_COUNT, true);
        let mut words = args.from(2);
        while let Some(word) = words.next() {
            let value = words.next().ok_or(fault::SYNTAX)?;
            match word {
                word if is(word, "MATCH") => pattern = value,
                word if is(word, "COUNT") => {
                    let number = resp::integer(value).ok_or(fault::NOT_AN_INTEGER)?;
                    count = u32::try_from(number.max(0)).unwrap_or(u32::MAX);
                    if count == 0 {
                        return Err(fault::SYNTAX);
                    }
                }
                // There are strings only.
                word if is(word, "TYPE") => strings = is(value, "STRING"),
                _ => return Err(fault::SYNTAX),
            }
        }
        let request = ScanRequest {
            cursor: self.cursors.cursor(cursor),
            prefix: Bytes::copy_from_slice(glob::prefix(pattern)),
            count,
        };
        let page = self.calls.scan(&request).await.map_err(|error| fault::of_call(&error))?;
        let next = page.next.map_or(0, |cursor| self.cursors.number(&cursor));
        let keys: Vec<_> = page.keys.iter().filter(|key| strings && glob::matches(pattern, key)).collect();
        out.list(2);
        out.bulk(next.to_string().as_bytes());
        out.list(keys.len());
        keys.into_iter().for_each(|key| out.bulk(key));
        Ok(())
    }

    async fn keys(&self, args: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
        let pattern = args.get(1);
        let prefix = Bytes::copy_from_slice(glob::prefix(pattern));
        let mut request = ScanRequest { cursor: Bytes::new(), prefix, count: KEYS_STEP };
        // A page may bring a key again that another has brought.
        let mut found = std::collections::HashSet::new();
        loop {
            let page = self.calls.scan(&request).await.map_err(|error| fault::of_call(&error))?;
            found.extend(page.keys.into_iter().filter(|key| glob::matches(pattern, key)));
            match page.next {
                Some(cursor) => request.cursor = cursor,
                None => break,
            }
        }
        out.list(found.len());
        found.iter().for_each(|key| out.bulk(key));
        Ok(())
    }

    async fn dbsize(&self, out: &mut Replies) -> Result<(), Fault> {
        let size = self.calls.size().await.map_err(|error| fault::of_call(&error))?;
        let entries = size.entries.ok_or_else(|| fault::unsupported("this cache can't count its keys"))?;
        out.integer(i64::try_from(entries).unwrap_or(i64::MAX));
        Ok(())
    }

    async fn flush_keys(&self, args: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
        match args.len() {
            1 => {}
            2 if is(args.get(1), "SYNC") || is(args.get(1), "ASYNC") => {}
            _ => return Err(fault::SYNTAX),
        }
        self.calls.clear(b"").await.map_err(|error| fault::of_call(&error))?;
        out.status("OK");
        Ok(())
    }
}
