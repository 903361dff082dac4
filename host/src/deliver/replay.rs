//! Sends a part of the journal, or dead letters, to one provider once more.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use outrigger_plugin_api::{manifest::Kind, sdk::Bytes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{outcome::Outcome, record};
use crate::journal::Reader;

/// Which records of a part of the journal are sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Only records whose JSON has these members with these texts, by JSON pointer.
    #[serde(default)]
    pub equals: Vec<(String, String)>,
}

impl Filter {
    /// Tells whether a record's body passes.
    pub fn passes(&self, body: &[u8]) -> bool {
        if self.equals.is_empty() {
            return true;
        }
        let Ok(body) = serde_json::from_slice::<serde_json::Value>(body) else { return false };
        let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.equals.iter().all(|(pointer, wanted)| body.pointer(pointer).map(text).as_deref() == Some(wanted))
    }
}

/// Which part of the journal is replayed, in unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Records accepted before this are left out.
    pub from_ms: u64,
    /// Records accepted after this are left out; `None` is up to now.
    pub to_ms: Option<u64>,
}

/// How a replay stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReplayProgress {
    /// Which replay.
    #[schemars(with = "String")]
    pub id: Uuid,
    /// To whom.
    pub provider: String,
    /// Positions in the journal still to be looked at.
    pub to_read: u64,
    /// Positions in all.
    pub total: u64,
    /// Records taken from the journal.
    pub begun: u64,
    /// Records that ended well.
    pub delivered: u64,
    /// Records that ended otherwise; those refused again are dead letters.
    pub otherwise: u64,
    /// Everything has ended.
    pub done: bool,
}

/// A replay under way. It ends with the process: what it had not sent by then is not sent.
#[derive(Debug)]
pub struct Replay {
    id: Uuid,
    provider: String,
    total: u64,
    to_read: AtomicU64,
    begun: AtomicU64,
    delivered: AtomicU64,
    otherwise: AtomicU64,
    read_all: AtomicBool,
}

impl Replay {
    pub(super) fn new(provider: &str, total: u64) -> Arc<Self> {
        Arc::new(Self {
            id: Uuid::now_v7(),
            provider: provider.to_owned(),
            total,
            to_read: AtomicU64::new(total),
            begun: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            otherwise: AtomicU64::new(0),
            read_all: AtomicBool::new(false),
        })
    }

    /// Returns its id.
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Returns how it stands.
    pub fn progress(&self) -> ReplayProgress {
        // Read in the order in which a record passes, backwards: what has ended had begun.
        let (delivered, otherwise) = (self.delivered.load(Ordering::Acquire), self.otherwise.load(Ordering::Acquire));
        let read_all = self.read_all.load(Ordering::Acquire);
        let begun = self.begun.load(Ordering::Acquire);
        ReplayProgress {
            id: self.id,
            provider: self.provider.clone(),
            to_read: self.to_read.load(Ordering::Relaxed),
            total: self.total,
            begun,
            delivered,
            otherwise,
            done: read_all && delivered + otherwise == begun,
        }
    }

    pub(super) fn begin(&self, records: u64) {
        self.begun.fetch_add(records, Ordering::Release);
    }

    pub(super) fn read_all(&self) {
        self.to_read.store(0, Ordering::Relaxed);
        self.read_all.store(true, Ordering::Release);
    }
}

/// The replays a lane's worker knows, by id.
#[derive(Debug, Default)]
pub(super) struct Replays(HashMap<Uuid, Arc<Replay>>);

impl Replays {
    pub(super) fn add(&mut self, replay: Arc<Replay>) {
        self.0.insert(replay.id, replay);
    }

    /// Notes the end of a record.
    pub(super) fn ended(&mut self, id: Uuid, outcome: Outcome) {
        let Some(replay) = self.0.get(&id) else { return };
        let well = matches!(outcome, Outcome::Delivered | Outcome::AcceptedUnverified);
        let count = if well { &replay.delivered } else { &replay.otherwise };
        count.fetch_add(1, Ordering::Release);
        if replay.progress().done {
            self.0.remove(&id);
        }
    }
}

/// The reading side of a replay.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) replay: Arc<Replay>,
    /// Away while a blocking thread reads; gone after the end.
    pub(super) reader: Option<Reader>,
    /// The first position that is not sent.
    pub(super) to: u64,
    pub(super) span: Span,
    pub(super) filter: Filter,
}

impl Job {
    /// Returns the event of an entry that is to be sent.
    pub(super) fn wanted(&self, position: u64, payload: &Bytes, kind: Kind) -> Option<crate::call::Outgoing> {
        self.replay.to_read.store(self.to.saturating_sub(position + 1), Ordering::Relaxed);
        let (_, event) = record::decode(payload).filter(|(of, _)| *of == kind && position < self.to)?;
        let within =
            event.received_at_ms >= self.span.from_ms && self.span.to_ms.is_none_or(|to| event.received_at_ms <= to);
        (within && self.filter.passes(&event.body)).then_some(event)
    }
}
