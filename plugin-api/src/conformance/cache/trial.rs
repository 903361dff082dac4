//! What one case works with: its keys, its calls, and the words for what went wrong.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{Options, Subject};
use crate::sdk::cache::{Condition, Expiry, Op, OpResult, Reply};
use crate::sdk::{Bytes, Call, ErrorKind, ProviderError};

/// `Err` holds what was asked, answered and expected.
pub(super) type Checked<T = ()> = Result<T, String>;

/// How often a poll asks again. Short against any deadline used, long against a call.
const POLL: Duration = Duration::from_millis(2);

/// The frame of one case. Cheap to clone into tasks.
#[derive(Clone)]
pub(super) struct Trial {
    pub(super) subject: Arc<dyn Subject>,
    pub(super) options: Arc<Options>,
    pub(super) case: &'static str,
    /// Every key the case named, to delete at its end.
    written: Arc<Mutex<BTreeSet<Bytes>>>,
}

impl Trial {
    pub(super) fn new(subject: Arc<dyn Subject>, options: Arc<Options>, case: &'static str) -> Self {
        Self { subject, options, case, written: Arc::default() }
    }

    /// Returns a key of this case; it is deleted at the end.
    pub(super) fn key(&self, name: impl AsRef<[u8]>) -> Bytes {
        let key = Bytes::from([self.options.prefix.as_bytes(), self.case.as_bytes(), b"/", name.as_ref()].concat());
        self.written.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone());
        key
    }

    /// Deletes every key the case named.
    pub(super) async fn clean(&self) {
        let keys = std::mem::take(&mut *self.written.lock().unwrap_or_else(PoisonError::into_inner));
        let ops = keys.into_iter().map(|key| Op::Delete { key }).collect();
        // A provider without Delete keeps them; the keys of one case never meet those of another.
        let _ = self.subject.run(Call::unbounded(), ops).await;
    }

    /// Runs one operation; an outer error is the operation's.
    pub(super) async fn run(&self, op: Op<Bytes>) -> OpResult {
        let mut results = self.subject.run(Call::unbounded(), vec![op]).await?;
        match (results.len(), results.pop()) {
            (1, Some(result)) => result,
            (count, _) => Err(ProviderError::internal(format!("one operation got {count} results"))),
        }
    }

    /// Runs one operation that must answer `expected`.
    pub(super) async fn expect(&self, op: Op<Bytes>, expected: Reply) -> Checked {
        let asked = show_op(&op);
        match self.run(op).await {
            Ok(reply) if reply == expected => Ok(()),
            other => Err(format!("{asked} answered {}, expected {}", show(&other), show_reply(&expected))),
        }
    }

    /// Runs operations one call each; each must answer as said.
    pub(super) async fn steps(&self, steps: impl IntoIterator<Item = (Op<Bytes>, Reply)>) -> Checked {
        for (index, (op, expected)) in steps.into_iter().enumerate() {
            self.expect(op, expected).await.map_err(|text| format!("step {}: {text}", index + 1))?;
        }
        Ok(())
    }

    /// Runs one operation that must fail with this kind.
    pub(super) async fn refuses(&self, op: Op<Bytes>, kind: ErrorKind) -> Checked {
        let asked = show_op(&op);
        match self.run(op).await {
            Err(error) if error.kind == kind && !error.message.is_empty() => Ok(()),
            other => Err(format!("{asked} answered {}, expected an error `{}`", show(&other), kind.as_str())),
        }
    }

    /// Returns the bytes that one operation must answer with.
    pub(super) async fn value(&self, op: Op<Bytes>) -> Checked<Bytes> {
        let asked = show_op(&op);
        match self.run(op).await {
            Ok(Reply::Value(value)) => Ok(value.into()),
            other => Err(format!("{asked} answered {}, expected a value", show(&other))),
        }
    }

    /// Returns the time left of a key that must have a deadline.
    pub(super) async fn ttl(&self, key: &Bytes) -> Checked<Duration> {
        match self.run(Op::Ttl { key: key.clone() }).await {
            Ok(Reply::Ttl(left)) => Ok(left),
            other => Err(format!("Ttl answered {}, expected a time", show(&other))),
        }
    }

    /// Checks that the key's deadline is `about` from now: not later, and not much earlier.
    pub(super) async fn ttl_is(&self, key: &Bytes, about: Duration) -> Checked {
        let left = self.ttl(key).await?;
        // Between the write and this read at most `patience` passes, or the machine is too slow to judge.
        let earliest = about.saturating_sub(self.options.patience);
        require(left <= about && left >= earliest, || format!("the time left is {left:?}, expected about {about:?}"))
    }

    /// Asks until the operation answers `expected`, within the run's patience.
    pub(super) async fn until(&self, op: Op<Bytes>, expected: Reply) -> Checked {
        let end = Instant::now() + self.options.patience;
        loop {
            match self.run(op.clone()).await {
                Ok(reply) if reply == expected => return Ok(()),
                other if Instant::now() >= end => {
                    let (asked, got, wanted) = (show_op(&op), show(&other), show_reply(&expected));
                    return Err(format!("{asked} still answers {got} after {:?}, not {wanted}", self.options.patience));
                }
                _ => tokio::time::sleep(POLL).await,
            }
        }
    }

    /// Starts `count` tasks and returns what each returned; the first failure is the case's.
    pub(super) async fn tasks<T, F>(&self, count: usize, body: impl Fn(Self, usize) -> F) -> Checked<Vec<T>>
    where
        T: Send + 'static,
        F: Future<Output = Checked<T>> + Send + 'static,
    {
        let started: Vec<_> = (0..count).map(|number| tokio::spawn(body(self.clone(), number))).collect();
        let mut returned = Vec::with_capacity(count);
        for task in started {
            returned.push(task.await.map_err(|error| format!("a task ended early: {error}"))??);
        }
        Ok(returned)
    }
}

/// Returns `text` as the failure where the condition does not hold.
pub(super) fn require(holds: bool, text: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(text()) }
}

pub(super) fn get(key: &Bytes) -> Op<Bytes> {
    Op::Get { key: key.clone() }
}

pub(super) fn set(key: &Bytes, value: impl Into<Bytes>) -> Op<Bytes> {
    set_for(key, value, Expiry::Never)
}

pub(super) fn set_for(key: &Bytes, value: impl Into<Bytes>, expiry: Expiry) -> Op<Bytes> {
    let condition = Condition::Always;
    Op::Set { key: key.clone(), value: value.into(), expiry, condition, return_old: false }
}

pub(super) fn delete(key: &Bytes) -> Op<Bytes> {
    Op::Delete { key: key.clone() }
}

pub(super) fn exists(key: &Bytes) -> Op<Bytes> {
    Op::Exists { key: key.clone() }
}

pub(super) fn value(bytes: impl Into<Vec<u8>>) -> Reply {
    Reply::Value(bytes.into().into())
}

pub(super) const STORED: Reply = Reply::Stored(None);

/// Writes an operation with its bytes readable and short.
fn show_op(op: &Op<Bytes>) -> String {
    format!("{:?}", op.map(|bytes| Shown(show_bytes(bytes))))
}

/// Text that prints as it is in a derived `Debug`.
struct Shown(String);

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Writes a result with its bytes readable and short.
pub(super) fn show(result: &OpResult) -> String {
    result.as_ref().map_or_else(|error| format!("the error `{error}`"), show_reply)
}

fn show_reply(reply: &Reply) -> String {
    let old = |value: &Option<crate::sdk::cache::Value>| {
        value.as_ref().map_or_else(|| "None".to_owned(), |value| show_bytes(value.as_ref()))
    };
    match reply {
        Reply::Value(value) => format!("Value({})", show_bytes(value.as_ref())),
        Reply::Stored(value) => format!("Stored({})", old(value)),
        Reply::NotStored(value) => format!("NotStored({})", old(value)),
        other => format!("{other:?}"),
    }
}

/// Most bytes of a value that a failure shows.
const SHOWN_BYTES_MAX: usize = 48;

pub(super) fn show_bytes(bytes: &[u8]) -> String {
    let mut shown = format!("\"{}\"", bytes.get(..SHOWN_BYTES_MAX).unwrap_or(bytes).escape_ascii());
    if bytes.len() > SHOWN_BYTES_MAX {
        let _ = write!(shown, "… ({} bytes)", bytes.len());
    }
    shown
}
