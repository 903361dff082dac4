//! Starts replays: of a part of the journal, or of dead letters.

use std::sync::Arc;

use outrigger_plugin_api::sdk::Bytes;

use super::{
    command::Command,
    deadletter::DeadLetter,
    replay::{Filter, Job, Replay, Span},
    shared::Deliveries,
    window::{Item, Source},
};
use crate::call::{CallError, Outgoing};

/// Replays that are remembered after their end, for those who ask how they went.
const REPLAYS_MAX: usize = 100;
/// Dead letters of one replay: they wait in memory.
const LETTERS_MAX: usize = 10_000;

impl Deliveries {
    /// Sends a part of the journal to one provider once more. A provider that recognises repeats has none of it twice.
    ///
    /// # Errors
    /// `provider.none` where no such provider gets events.
    pub fn replay(&self, provider: &str, span: Span, filter: Filter) -> Result<Arc<Replay>, CallError> {
        let lane = self.lane(provider).ok_or_else(|| no_lane(provider))?;
        let journal = &self.shared.journal;
        let (from, to) = (journal.at_time(span.from_ms), journal.end());
        let replay = Replay::new(provider, to.0.saturating_sub(from.0));
        let reader = Some(journal.reader(from));
        let job = Job { replay: replay.clone(), reader, to: to.0, span, filter };
        lane.commands.send(Command::Replay(job)).map_err(|_| no_lane(provider))?;
        self.remember(replay.clone());
        Ok(replay)
    }

    /// Sends dead letters of a provider once more: those at these positions, or all. Delivered ones are closed; those
    /// refused again get a new letter.
    ///
    /// # Errors
    /// `provider.none`, or the journal's.
    pub async fn replay_dead(&self, provider: &str, positions: Option<Vec<u64>>) -> Result<Arc<Replay>, CallError> {
        let lane = self.lane(provider).ok_or_else(|| no_lane(provider))?;
        let mut letters = lane.dead.list(0, usize::MAX).await?;
        if let Some(wanted) = positions {
            letters.retain(|(position, _)| wanted.contains(position));
        }
        letters.truncate(LETTERS_MAX);
        let replay = Replay::new(provider, u64::try_from(letters.len()).unwrap_or_default());
        let item = |(position, letter)| item(Source::DeadLetter(replay.id(), position), letter);
        let items = letters.into_iter().map(item).collect();
        lane.commands.send(Command::DeadLetters(replay.clone(), items)).map_err(|_| no_lane(provider))?;
        self.remember(replay.clone());
        Ok(replay)
    }

    /// Returns a replay that was begun in this process.
    pub fn replay_of(&self, id: uuid::Uuid) -> Option<Arc<Replay>> {
        let replays = self.shared.replays.lock();
        replays.iter().find(|replay| replay.id() == id).cloned()
    }

    fn remember(&self, replay: Arc<Replay>) {
        let mut replays = self.shared.replays.lock();
        replays.push_back(replay);
        if replays.len() > REPLAYS_MAX {
            replays.pop_front();
        }
    }
}

fn item(source: Source, letter: DeadLetter) -> Item {
    let body = Bytes::from(letter.event.to_string());
    let event = Outgoing { id: letter.id, received_at_ms: letter.received_at_ms, sort: letter.sort, body };
    Item { position: letter.position, source, event, tries: 0, first_try_ms: 0 }
}

fn no_lane(provider: &str) -> CallError {
    CallError::Invalid(format!("no monitoring or analytics provider is called `{provider}`"))
}
