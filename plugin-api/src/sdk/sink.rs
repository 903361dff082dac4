//! What monitoring and analytics providers share: one method, a batch in, a verdict for each record out.

use std::{future::Future, time::Duration};

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{Call, Health, Host, ProviderError, RunOn, Standing};

mod requests;
mod several;
mod tally;
mod verbatim;

pub use requests::{Bounds, Piece, Requests, joined};
pub use several::send_all;
pub use tally::Tally;
pub use verbatim::Verbatim;

/// A body that records of one kind carry: [`monitoring::Event`](super::monitoring::Event) or
/// [`analytics::Event`](super::analytics::Event), [`Verbatim`] where they are passed on as they are, or a type of the
/// plugin's own that reads the same JSON, where it needs only a part of it.
pub trait Body: DeserializeOwned + Serialize + Send + Sync + 'static {
    /// The kind of provider that takes these.
    const KIND: crate::manifest::Kind;
    /// Returns which sort of record this is: its bit in [`Sorts`].
    fn sort(&self) -> u16;
    /// Reads a body from the JSON that a record carries.
    ///
    /// # Errors
    /// That it is none, and where that was found.
    fn read(json: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(json)
    }
    /// Checks that a body can be read from this text, and returns its sort. A model that can tell so without keeping what
    /// it reads does; by default it is read.
    ///
    /// # Errors
    /// Those of [`Body::read`].
    fn check(text: &str) -> serde_json::Result<u16> {
        Self::read(text.as_bytes()).map(|body| body.sort())
    }
    /// Takes a body which the host says it has read, as one of this sort. What keeps no more than the text need not read it
    /// again; by default it is read.
    ///
    /// # Errors
    /// Those of [`Body::read`].
    fn read_checked(json: &[u8], _sort: u16) -> serde_json::Result<Self> {
        Self::read(json)
    }
}

/// A set of record sorts a sink takes; the doors tell clients what no provider takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sorts(pub u64);

impl Sorts {
    /// Every sort, including later ones.
    pub const ALL: Self = Self(u64::MAX >> 1);
    /// The bit that says: answers queries. Not a sort; it stands here because the manifest has one set of bits.
    const QUERIES: u64 = 1 << 63;

    /// Returns the set of these sorts.
    pub const fn of(sorts: &[u16]) -> Self {
        let (mut bits, mut rest) = (0, sorts);
        while let [first, tail @ ..] = rest {
            bits |= 1 << *first;
            rest = tail;
        }
        Self(bits)
    }

    /// Returns the set, and says that the provider answers [`SinkProvider::query`].
    #[must_use]
    pub const fn and_queries(self) -> Self {
        Self(self.0 | Self::QUERIES)
    }

    /// Tells whether the provider answers queries.
    pub const fn answers_queries(self) -> bool {
        self.0 & Self::QUERIES != 0
    }

    /// Tells whether the sort is in the set.
    pub const fn has(self, sort: u16) -> bool {
        sort < 63 && self.0 & 1 << sort != 0
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq)]
pub struct Record<B> {
    /// UUID v7, the same on every attempt: the key to deduplicate by.
    pub id: Uuid,
    /// Unix milliseconds at which the host accepted it.
    pub received_at_ms: u64,
    /// 1 on this record's first try at this provider.
    pub attempt: u16,
    /// What it says.
    pub body: B,
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The backend has it.
    Delivered,
    /// Sent, but this backend answers success to anything.
    AcceptedUnverified,
    /// Not delivered; try again, after the wait if one is given.
    Retry {
        /// How long the backend asked to wait.
        after: Option<Duration>,
        /// Why, for people.
        reason: String,
    },
    /// Never deliverable to this backend.
    Rejected(String),
    /// The backend said it threw the record away.
    DroppedByVendor(String),
    /// This provider takes no records of this sort.
    Unsupported,
    /// Sent, and no answer came: nobody knows whether the backend has it. The host does what `on-ambiguous` says.
    Ambiguous(String),
}

impl Verdict {
    /// Returns the stable name used in receipts, metrics and JSON.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::AcceptedUnverified => "accepted_unverified",
            Self::Retry { .. } => "retry",
            Self::Rejected(_) => "rejected",
            Self::DroppedByVendor(_) => "dropped_by_vendor",
            Self::Unsupported => "unsupported",
            Self::Ambiguous(_) => "ambiguous",
        }
    }
}

/// Whether the backend recognises a record sent twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idempotency {
    /// By the record's id: a retry never doubles.
    Full,
    /// For some sorts, or for a time.
    Partial,
    /// Not at all.
    None,
}

/// The largest batch a provider takes in one call. Both bounds hold; a single larger record is still sent alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchLimits {
    /// Most records.
    pub count_max: u32,
    /// Most bytes of record bodies.
    pub bytes_max: u32,
}

impl Default for BatchLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl BatchLimits {
    /// 500 records and 4 MiB: what most vendors' batch endpoints take.
    pub const DEFAULT: Self = Self { count_max: 500, bytes_max: 4 << 20 };
}

/// A monitoring or analytics provider. Methods may be called at the same time from many threads.
pub trait SinkProvider: Sized + Send + Sync + 'static {
    /// The records it takes, which decides its kind.
    type Body: Body;
    /// The provider's settings, described by the schema in the manifest.
    type Settings: DeserializeOwned + JsonSchema + Send + 'static;
    /// Which sorts of record it takes; others get `unsupported` without a call.
    const SORTS: Sorts = Sorts::ALL;
    /// The largest batch.
    const BATCH: BatchLimits = BatchLimits::DEFAULT;
    /// Whether the backend recognises repeats.
    const IDEMPOTENCY: Idempotency = Idempotency::None;
    /// Whether two of it with the same settings would disturb each other, as two writers of one file do. A reload then
    /// shuts the old one down before it starts the new one, and events wait meanwhile; else it starts the new one beside
    /// the old one.
    const EXCLUSIVE: bool = false;
    /// Where async bodies run.
    const RUN_ON: RunOn = RunOn::OwnRuntime;

    /// Starts the provider.
    fn start(settings: Self::Settings, host: Host) -> impl Future<Output = Result<Self, ProviderError>> + Send;

    /// Delivers records in order and returns one verdict each, in the same order. An outer error means: none of
    /// them was delivered as far as is known.
    fn deliver(
        &self,
        call: Call,
        batch: Vec<Record<Self::Body>>,
    ) -> impl Future<Output = Result<Vec<Verdict>, ProviderError>> + Send;

    /// Answers a question about what was delivered. `request` is an object whose `query` names the question:
    /// [`analytics::query`](super::analytics::query) has the questions and their answers, and reads and checks them.
    /// Declared by [`Sorts::and_queries`]. It must hold up no delivery, and end within the call's budget.
    fn query(
        &self,
        _call: Call,
        _request: serde_json::Value,
    ) -> impl Future<Output = Result<serde_json::Value, ProviderError>> + Send {
        async { Err(ProviderError::unsupported("answer queries")) }
    }

    /// Returns how the provider stands with its backend, where it keeps that instead of a health and a shutdown of its
    /// own: these two then follow from it.
    fn standing(&self) -> Option<&Standing> {
        None
    }

    /// Tells whether the provider can serve; cheap, called every few seconds.
    fn health(&self, _call: Call) -> impl Future<Output = Result<Health, ProviderError>> + Send {
        async { Ok(self.standing().map_or(Health::Serving, Standing::health)) }
    }

    /// Returns once everything accepted before is with the backend.
    fn flush(&self, _call: Call) -> impl Future<Output = Result<(), ProviderError>> + Send {
        async { Ok(()) }
    }

    /// Ends the provider's own work. Called once, after the last delivery; dropped afterwards.
    fn shutdown(&self, _call: Call) -> impl Future<Output = Result<(), ProviderError>> + Send {
        async {
            self.standing().into_iter().for_each(Standing::end);
            Ok(())
        }
    }
}
