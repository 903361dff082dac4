//! Reads records into a lane's window: the cursor's own way first, then replays.

use std::time::Duration;

use tracing::{error, warn};

use super::Worker;
use crate::{
    clock,
    deliver::{
        judge::Reason,
        outcome::Outcome,
        record, rest,
        window::{Item, Source},
    },
    journal::{Entry, JournalError, Position, Reader},
};

/// How long to wait where the journal can't be read.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// Positions from the end within which records were written a moment ago, and are read at once; a batch or two.
const NEAR: u64 = 2_000;
/// Bytes of such a read: 30 µs.
const READ_NEAR_BYTES: usize = 256 << 10;

/// Bytes of one read of the journal: some hundred records, a fraction of a millisecond from the page cache.
const READ_BYTES: usize = 1 << 20;

impl Worker {
    /// Reads on while there is room.
    pub(super) async fn feed(&mut self) {
        let mut records = 0_u32;
        while self.wants_more() && self.ending.is_none_or(|by| by > clock::now()) {
            let Some(reader) = self.reader.take() else { return };
            if reader.position() >= self.end() {
                self.reader = Some(reader);
                self.feed_jobs().await;
                self.rest(records);
                return;
            }
            let from = reader.position().0;
            // What was just written is in the page cache: a thread's hop would cost more than the read.
            let near = self.journal.end().0.saturating_sub(from) < NEAR;
            let (reader, entries) = if near { read_now(reader) } else { read(reader).await };
            let next = reader.as_ref().map_or(from, |reader| reader.position().0);
            // A reader that was lost on the way is made anew where it was.
            self.reader = Some(reader.unwrap_or_else(|| self.journal.reader(Position(from))));
            let Ok(entries) = entries else {
                self.read_at = Some(clock::now() + READ_AGAIN);
                return;
            };
            // Also when none were there: positions that never had a record are behind us then.
            records = records.saturating_add(u32::try_from(entries.len()).unwrap_or(u32::MAX));
            let end = self.end_at.map_or(u64::MAX, |at| at.0);
            let own = entries.into_iter().filter(|entry| entry.position.0 < end).collect();
            self.take_in(own, next.min(end)).await;
        }
    }

    /// Lets records gather, after this many were read up to the end.
    fn rest(&mut self, records: u32) {
        let (Some(policy), 1..) = (&self.policy, records) else { return };
        let now = clock::now();
        let since = now.saturating_duration_since(std::mem::replace(&mut self.caught_up, now));
        let rest = rest::after(records, since, policy.batch_records);
        self.read_at = self.ending.is_none().then_some(now + rest);
    }

    /// Takes the entries that are this lane's into the window and notes the others.
    async fn take_in(&mut self, entries: Vec<Entry>, next: u64) {
        let (now, now_ms) = (clock::now(), clock::unix_ms());
        let (kind, lane) = (self.lane.kind, self.lane.clone());
        let slot = self.slot.clone();
        let takes = |sort| slot.provider().is_some_and(|provider| provider.sorts().has(sort));
        let age_max_ms = self.policy.as_ref().map_or(u128::MAX, |policy| policy.age_max.as_millis());
        let mut expired = Vec::new();
        {
            let mut progress = lane.progress();
            for Entry { position, payload } in entries {
                let Some((_, event)) = record::decode(&payload).filter(|(of, _)| *of == kind) else {
                    progress.ended(position.0, Outcome::Foreign);
                    continue;
                };
                if !progress.hold(position.0, event.received_at_ms) {
                    continue;
                }
                let old = u128::from(now_ms.saturating_sub(event.received_at_ms)) > age_max_ms;
                let unsupported = !takes(event.sort);
                let item = Item { position: position.0, source: Source::Cursor, event, tries: 0, first_try_ms: 0 };
                if unsupported {
                    progress.ended(item.position, Outcome::Unsupported);
                    lane.counts.note(Outcome::Unsupported);
                } else {
                    if old {
                        expired.push(item.clone());
                    }
                    self.window.push(item, now);
                }
            }
            progress.read_to(next);
        }
        lane.tell();
        self.expire(expired).await;
    }

    /// Makes records that are older than the rules allow dead letters. They are in the window until that is written.
    async fn expire(&mut self, expired: Vec<Item>) {
        if expired.is_empty() {
            return;
        }
        let positions: std::collections::HashSet<u64> = expired.iter().map(|item| item.position).collect();
        self.window.withdraw(|item| item.source == Source::Cursor && positions.contains(&item.position));
        // Held until it is known that they are on the disk as dead letters.
        expired.iter().for_each(|item| self.window.hold(item));
        let reason = || Reason { code: "delivery.expired", text: "older than delivery.age-max".into() };
        self.bury(expired.into_iter().map(|item| (item, reason())).collect()).await;
    }

    /// Reads on in the oldest replay.
    async fn feed_jobs(&mut self) {
        while self.wants_more() {
            let Some(job) = self.jobs.first_mut() else { return };
            let unread = |reader: &Reader| reader.position().0 < job.to.min(self.journal.end().0);
            let Some(reader) = job.reader.take().filter(unread) else {
                self.jobs.remove(0).replay.read_all();
                continue;
            };
            let (reader, entries) = read(reader).await;
            job.reader = reader;
            let now = clock::now();
            for Entry { position, payload } in entries.unwrap_or_default() {
                if let Some(event) = job.wanted(position.0, &payload, self.lane.kind) {
                    let source = Source::Replay(job.replay.id());
                    job.replay.begin(1);
                    self.window.push(Item { position: position.0, source, event, tries: 0, first_try_ms: 0 }, now);
                }
            }
        }
    }

    /// Lets go of everything before a position: the journal is full and this provider is the slowest.
    pub(super) fn let_go(&mut self, before: u64) {
        let gone = self.window.withdraw(|item| item.source == Source::Cursor && item.position < before);
        let mut progress = self.lane.progress();
        for item in &gone {
            progress.ended(item.position, Outcome::Dropped);
            self.lane.counts.note(Outcome::Dropped);
        }
        let unread = progress.skip_to(before);
        drop(progress);
        self.lane.counts.lost.fetch_add(unread, std::sync::atomic::Ordering::Relaxed);
        self.reader = Some(self.journal.reader(Position(self.lane.progress().next())));
        warn!(
            provider = self.lane.name(),
            code = "delivery.dropped",
            records = gone.len(),
            unread,
            "the journal is full: let the oldest records of this provider go"
        );
        self.lane.tell();
    }
}

/// Reads on this thread, what can't make it wait.
fn read_now(mut reader: Reader) -> (Option<Reader>, Result<Vec<Entry>, JournalError>) {
    let entries = read_logged(&mut reader, READ_NEAR_BYTES);
    (Some(reader), entries)
}

fn read_logged(reader: &mut Reader, bytes_max: usize) -> Result<Vec<Entry>, JournalError> {
    reader.read(bytes_max).inspect_err(|error| error!(code = error.code(), "can't read the journal: {error}"))
}

/// Reads on a thread that may wait for the disk.
async fn read(mut reader: Reader) -> (Option<Reader>, Result<Vec<Entry>, JournalError>) {
    let work = move || {
        let entries = read_logged(&mut reader, READ_BYTES);
        (Some(reader), entries)
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        error!(code = "delivery.reader_failed", "reading the journal ended early: {error}");
        (None, Err(JournalError::Closed))
    })
}
