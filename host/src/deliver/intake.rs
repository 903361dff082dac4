//! Accepts events: into the journal first, then the answer.

use std::{
    ops::Range,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use outrigger_plugin_api::manifest::Kind;
use uuid::Uuid;

use super::{
    lane::Lane,
    receipt::{Progressed, Receipt},
    record,
    shared::Deliveries,
};
use crate::{
    call::{CallError, Outgoing},
    clock,
    journal::{JournalError, Position},
};

/// Bytes of one read while an old event is searched for.
const READ_BYTES: usize = 4 << 20;
/// How long to wait where the journal is full: deliveries free whole files, which takes seconds at least.
const FULL_RETRY_AFTER: Duration = Duration::from_secs(5);

/// Events that were acknowledged: whatever happens to this process, each provider of their kind gets them or keeps a
/// dead letter.
#[derive(Debug, Clone)]
pub struct Accepted {
    deliveries: Deliveries,
    kind: Kind,
    ids: Vec<Uuid>,
    positions: Range<u64>,
}

impl Accepted {
    /// Returns the events' ids, in order.
    pub fn ids(&self) -> &[Uuid] {
        &self.ids
    }

    /// Returns what the acknowledgement means: `fsync`, `interval` or `none`.
    pub fn durability(&self) -> String {
        self.deliveries.shared.journal.durability().to_string()
    }

    /// Returns how each event stands now.
    pub fn receipts(&self) -> Vec<Receipt> {
        let events = self.ids.iter().zip(self.positions.clone());
        events.map(|(id, position)| self.deliveries.receipt_at(*id, self.kind, position)).collect()
    }

    /// Waits until every provider is done with every event, at most `wait`, and returns how each stands.
    pub async fn delivered(&self, wait: Duration) -> Vec<Receipt> {
        let by = clock::now() + wait;
        for lane in self.deliveries.lanes().iter().filter(|lane| lane.kind == self.kind) {
            let mut changes = lane.changes();
            let ended = || self.positions.clone().all(|position| Progressed::of(lane, position).has_ended());
            while !ended() {
                match tokio::time::timeout_at(by.into(), changes.changed()).await {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) | Err(_) => return self.receipts(),
                }
            }
        }
        self.receipts()
    }
}

/// What reading the whole journal found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verified {
    /// Records.
    pub records: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Records that can't be read, or are no events.
    pub damaged: u64,
}

impl Deliveries {
    /// Keeps events for every provider of a kind. Returns once the journal's durability holds. Dropping the future may
    /// or may not keep them.
    ///
    /// # Errors
    /// `journal.*`: nothing was acknowledged; a retry can help where a wait is given.
    pub async fn accept(&self, kind: Kind, events: Vec<Outgoing>) -> Result<Accepted, CallError> {
        if self.shared.is_full() {
            return Err(CallError::Journal {
                code: "journal.full",
                message: "the journal has reached journal.size-max, and a provider still needs its oldest records"
                    .into(),
                retry_after: Some(FULL_RETRY_AFTER),
            });
        }
        let ids: Vec<_> = events.iter().map(|event| event.id).collect();
        let positions = match &events[..] {
            [] => 0..0,
            [event] => {
                let position = self.shared.journal.append(&record::encode(kind, event)).await?;
                position.0..position.0 + 1
            }
            _ => {
                let payloads: Vec<_> = events.iter().map(|event| record::encode(kind, event)).collect();
                let range = self.shared.journal.append_all(&payloads).await?;
                range.start.0..range.end.0
            }
        };
        self.shared.recent().note(&ids, positions.start);
        self.shared.accepted.fetch_add(u64::try_from(ids.len()).unwrap_or_default(), Ordering::Relaxed);
        Ok(Accepted { deliveries: self.clone(), kind, ids, positions })
    }

    /// Returns what became of an event; `None` where the journal does not hold it. An event that came before the newest
    /// hundred thousand is searched for in the files, which can take a second for each gigabyte.
    ///
    /// # Errors
    /// `journal.unreadable`.
    pub async fn receipt(&self, id: Uuid) -> Result<Option<Receipt>, CallError> {
        let recent = self.shared.recent().find(id);
        let from = recent.map_or_else(|| self.shared.journal.start(), Position);
        let mut reader = self.shared.journal.reader(from);
        let search = move || -> Result<Option<(Kind, u64)>, JournalError> {
            let mut newest = None;
            loop {
                let entries = reader.read(READ_BYTES)?;
                if entries.is_empty() {
                    return Ok(newest);
                }
                for entry in entries {
                    let found = record::decode(&entry.payload).filter(|(_, event)| event.id == id);
                    newest = found.map(|(kind, _)| (kind, entry.position.0)).or(newest);
                    if recent.is_some() && newest.is_some() {
                        return Ok(newest);
                    }
                }
            }
        };
        let found = tokio::task::spawn_blocking(search).await.unwrap_or(Ok(None))?;
        Ok(found.map(|(kind, position)| self.receipt_at(id, kind, position)))
    }

    /// Reads every record that is held, as a replay would.
    ///
    /// # Errors
    /// `journal.unreadable`.
    pub async fn verify(&self) -> Result<Verified, CallError> {
        let (mut reader, end) = (self.shared.journal.reader(self.shared.journal.start()), self.shared.journal.end());
        let before = self.shared.journal.stats().skipped_bad_records;
        let read = move || -> Result<Verified, JournalError> {
            let mut verified = Verified::default();
            while reader.position() < end {
                let entries = reader.read(READ_BYTES)?;
                if entries.is_empty() {
                    break;
                }
                for entry in entries {
                    verified.records += 1;
                    verified.bytes += u64::try_from(entry.payload.len()).unwrap_or_default();
                    verified.damaged += u64::from(record::decode(&entry.payload).is_none());
                }
            }
            Ok(verified)
        };
        let mut verified = tokio::task::spawn_blocking(read).await.unwrap_or_else(|_| Ok(Verified::default()))?;
        verified.damaged += self.shared.journal.stats().skipped_bad_records.saturating_sub(before);
        Ok(verified)
    }

    fn receipt_at(&self, id: Uuid, kind: Kind, position: u64) -> Receipt {
        // A provider that was added later is not concerned: a replay would send it the event.
        let concerned = |lane: &&Arc<Lane>| lane.kind == kind && lane.progress().concerns(position);
        let lanes = self.lanes();
        let providers = lanes.iter().filter(concerned).map(|lane| Progressed::of(lane, position)).collect();
        Receipt { id, durability: self.shared.journal.durability().to_string(), providers }
    }
}

impl From<JournalError> for CallError {
    fn from(error: JournalError) -> Self {
        Self::Journal { code: error.code(), message: crate::observe::chain(&error), retry_after: error.retry_after() }
    }
}
