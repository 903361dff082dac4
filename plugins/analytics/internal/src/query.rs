//! Answers questions about the stored events, each on a thread and a connection of its own: reads block no write.
//!
//! A question that runs out of its time, or that nobody waits for any more, is interrupted between two steps of SQLite.

mod bound;
mod catalog;
mod events;
mod failed;
mod page;
mod paths;
mod people;
mod scan;
mod trends;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use outrigger_plugin_api::sdk::{
    Call, ProviderError,
    analytics::query::{Answer, Question},
};
use rusqlite::Connection;
use tokio::sync::{Semaphore, oneshot};

use self::{bound::Bound, failed::Failed};
use crate::{reader::Reader, writer};
pub(crate) use people::{Ids, ids_of};

/// Most questions answered at the same time; more wait. Each reads as fast as the processor goes, so a few are enough to
/// keep it busy, and deliveries need some of it too.
const QUESTIONS_MAX: usize = 4;

/// Answers questions about one file.
#[derive(Debug)]
pub(crate) struct Questions {
    path: PathBuf,
    places: Arc<Semaphore>,
}

impl Questions {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, places: Arc::new(Semaphore::new(QUESTIONS_MAX)) }
    }

    /// Answers one question.
    ///
    /// # Errors
    /// `unsupported` for a question that this version does not know, `invalid` for one that makes no sense, `timeout`
    /// where the budget was too short, or what SQLite met.
    pub(crate) async fn answer(
        &self,
        call: Call,
        request: serde_json::Value,
        queue: &writer::Queue,
    ) -> Result<serde_json::Value, ProviderError> {
        let question = Question::read(request)?;
        let bound = Bound::begin(call.budget);
        if let Question::DeleteUser(delete) = question {
            let (reply, answer) = oneshot::channel();
            queue.put(writer::Job::Remove(writer::Removal::new(delete.user_id, reply)))?;
            let deleted = answer.await.map_err(|_| writer::ended())??;
            return Answer::DeleteUser(deleted).write();
        }
        let place = self.places.clone().acquire_owned().await;
        let (reply, answer) = oneshot::channel();
        let (path, thread_bound) = (self.path.clone(), bound.clone());
        let body = move || {
            let _ = reply.send(read(&path, &thread_bound, &question));
            drop(place);
        };
        std::thread::Builder::new()
            .name("sqlite-read".into())
            .spawn(body)
            .map_err(|error| ProviderError::internal(format!("can't start a thread: {error}")))?;
        let _waiting = bound.waiting();
        answer.await.map_err(|_| ProviderError::internal("the reading thread ended without an answer"))??.write()
    }
}

fn read(path: &Path, bound: &Bound, question: &Question) -> Result<Answer, ProviderError> {
    let reader = Reader::open(path)?;
    let answered =
        bound.set(reader.connection()).map_err(Failed::from).and_then(|()| answer(reader.connection(), question));
    answered.map_err(|failed| failed.within(bound.budget()))
}

/// Answers one question from what was committed when it began.
pub(crate) fn answer(connection: &Connection, question: &Question) -> Result<Answer, Failed> {
    // Several statements see one state of the file. A transaction that only reads has nothing to commit.
    let _state = connection.unchecked_transaction()?;
    Ok(match question {
        Question::Counts(counts) => Answer::Counts(trends::counts(connection, counts)?),
        Question::Top(top) => Answer::Top(trends::top(connection, top)?),
        Question::Breakdown(breakdown) => Answer::Breakdown(trends::breakdown(connection, breakdown)?),
        Question::Funnel(funnel) => Answer::Funnel(paths::funnel(connection, funnel)?),
        Question::Retention(retention) => Answer::Retention(paths::retention(connection, retention)?),
        Question::Timeline(timeline) => Answer::Timeline(events::timeline(connection, timeline)?),
        Question::Live(live) => Answer::Live(events::live(connection, live)?),
        Question::Export(export) => Answer::Export(events::export(connection, export)?),
        _ => return Err(Failed::Unknown),
    })
}

#[cfg(test)]
mod tests;
