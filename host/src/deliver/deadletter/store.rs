//! The journal of one provider's dead letters.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};

use parking_lot::{Mutex, MutexGuard};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use super::DeadLetter;
use crate::journal::{Durability, Journal, JournalError, Options, OsDisk, Position};

/// Size of one file of dead letters: they are few, and closed ones go by whole files.
const FILE_BYTES: u64 = 8 << 20;
/// Bytes of one read.
const READ_BYTES: usize = 1 << 20;
/// Bytes that a letter has beside its event: names, times, the provider's words; doubled for JSON's escapes.
const LETTER_BYTES_MAX: usize = 2 * crate::event::EVENT_BYTES_MAX + (64 << 10);

/// What one record of the journal says.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Note {
    Letter(Box<DeadLetter>),
    Closed(Vec<u64>),
}

/// One provider's dead letters.
#[derive(Debug)]
pub struct DeadLetters {
    dir: PathBuf,
    free_bytes_min: u64,
    journal: OnceCell<Journal>,
    /// Positions, in the journal of dead letters, of those not closed.
    open: Mutex<BTreeSet<u64>>,
}

impl DeadLetters {
    /// Returns the dead letters of a folder. What it holds is read at once, so that it can be counted.
    pub(in crate::deliver) async fn open(dir: PathBuf, free_bytes_min: u64) -> Result<Self, JournalError> {
        let letters = Self { dir, free_bytes_min, journal: OnceCell::new(), open: Mutex::default() };
        if letters.dir.exists() {
            letters.journal().await?;
        }
        Ok(letters)
    }

    /// Returns how many there are.
    pub fn count(&self) -> usize {
        self.positions().len()
    }

    /// Keeps letters. Returns once they are on the disk.
    pub(in crate::deliver) async fn keep(&self, letters: Vec<DeadLetter>) -> Result<(), JournalError> {
        let bytes: Vec<_> = letters.into_iter().map(|letter| to_bytes(&Note::Letter(Box::new(letter)))).collect();
        let range = self.journal().await?.append_all(&bytes).await?;
        self.positions().extend(range.start.0..range.end.0);
        Ok(())
    }

    /// Closes letters: they were delivered after all, or are let go.
    ///
    /// # Errors
    /// The journal's; the letters are then still there. A retry can help.
    pub async fn close(&self, positions: Vec<u64>) -> Result<usize, JournalError> {
        let mut closing = positions;
        {
            let open = self.positions();
            closing.retain(|position| open.contains(position));
        }
        if closing.is_empty() {
            return Ok(0);
        }
        let count = closing.len();
        let journal = self.journal().await?;
        journal.append(&to_bytes(&Note::Closed(closing.clone()))).await?;
        let first_open = {
            let mut open = self.positions();
            open.retain(|position| !closing.contains(position));
            open.first().copied().map_or_else(|| journal.end(), Position)
        };
        let journal = journal.clone();
        // A file that stays is tried again with the next letter that is closed.
        drop(tokio::task::spawn_blocking(move || journal.release(first_open)).await);
        Ok(count)
    }

    /// Returns up to `count` letters after this position, each with its own position, oldest first.
    ///
    /// # Errors
    /// The journal's.
    pub async fn list(&self, after: u64, count: usize) -> Result<Vec<(u64, DeadLetter)>, JournalError> {
        let wanted: BTreeSet<u64> = self.positions().range(after.saturating_add(1)..).take(count).copied().collect();
        let Some(&first) = wanted.first() else { return Ok(Vec::new()) };
        let mut reader = self.journal().await?.reader(Position(first));
        let read = move || {
            let mut letters = Vec::with_capacity(wanted.len());
            while letters.len() < wanted.len() {
                let entries = reader.read(READ_BYTES)?;
                if entries.is_empty() {
                    break;
                }
                for entry in entries.iter().filter(|entry| wanted.contains(&entry.position.0)) {
                    if let Ok(Note::Letter(letter)) = serde_json::from_slice(&entry.payload) {
                        letters.push((entry.position.0, *letter));
                    }
                }
            }
            Ok(letters)
        };
        tokio::task::spawn_blocking(read).await.unwrap_or_else(|_| Ok(Vec::new()))
    }

    /// Returns the positions of all letters, oldest first.
    pub fn all(&self) -> Vec<u64> {
        self.positions().iter().copied().collect()
    }

    /// Ends the journal's thread.
    pub(in crate::deliver) fn end(&self) {
        if let Some(journal) = self.journal.get() {
            journal.close();
        }
    }

    fn positions(&self) -> MutexGuard<'_, BTreeSet<u64>> {
        self.open.lock()
    }

    async fn journal(&self) -> Result<&Journal, JournalError> {
        self.journal.get_or_try_init(|| self.begin()).await
    }

    async fn begin(&self) -> Result<Journal, JournalError> {
        let (dir, free_bytes_min) = (self.dir.clone(), self.free_bytes_min);
        let work = move || {
            let options = Options {
                durability: Durability::Fsync,
                file_bytes: FILE_BYTES,
                record_bytes_max: LETTER_BYTES_MAX,
                pending_bytes_max: 16 * LETTER_BYTES_MAX,
                // Only closed letters go, and nobody replays those.
                retain: Duration::ZERO,
                retain_bytes: 0,
                free_bytes_min,
            };
            let (journal, _) = Journal::open(Arc::new(OsDisk::open(&dir)?), options)?;
            let open = read_open(&journal)?;
            Ok((journal, open))
        };
        let begun = tokio::task::spawn_blocking(work).await.unwrap_or(Err(JournalError::Closed));
        let (journal, open) = begun?;
        *self.positions() = open;
        Ok(journal)
    }
}

fn read_open(journal: &Journal) -> Result<BTreeSet<u64>, JournalError> {
    let (mut open, mut reader) = (BTreeSet::new(), journal.reader(journal.start()));
    loop {
        let entries = reader.read(READ_BYTES)?;
        if entries.is_empty() {
            return Ok(open);
        }
        for entry in entries {
            match serde_json::from_slice(&entry.payload) {
                Ok(Note::Letter(_)) => open.extend([entry.position.0]),
                Ok(Note::Closed(closed)) => open.retain(|position| !closed.contains(position)),
                // Of a later version, or damaged in a way that no checksum saw.
                Err(_) => {}
            }
        }
    }
}

fn to_bytes(note: &Note) -> Vec<u8> {
    // A letter is plain data: text, numbers and a JSON value.
    serde_json::to_vec(note).unwrap_or_default()
}
