//! One place in the pool: a connection, or the reason why there is none.

use std::sync::Arc;

use outrigger_plugin_api::{sdk::ProviderError, tracing};
use redis::{Pipeline, RedisError, Value, aio::MultiplexedConnection};
use tokio::{sync::watch, task::JoinHandle, time::timeout};

use super::{Limit, backoff, open::Opener};
use crate::failure::from_client;

/// Where a connection stands.
enum State {
    /// It serves. The number tells it from its successors.
    Up(MultiplexedConnection, u64),
    /// It was lost and the first try to replace it runs: calls wait for that, since most losses are short.
    Trying,
    /// No connection; tries go on. Calls fail at once with this.
    Down(ProviderError),
}

/// A connection that is replaced when lost. Dropping it ends the connection and the tries.
pub(crate) struct Slot {
    state: watch::Sender<State>,
    keeper: JoinHandle<()>,
}

impl Slot {
    /// Opens the connection.
    pub(crate) async fn open(opener: Arc<Opener>, longest_pause: std::time::Duration) -> Result<Self, ProviderError> {
        let state = watch::Sender::new(State::Up(opener.open().await?, 0));
        let keeper = tokio::spawn(keep(opener, state.clone(), longest_pause));
        Ok(Self { state, keeper })
    }

    /// Tells why there is no connection.
    pub(crate) fn down(&self) -> Option<ProviderError> {
        match &*self.state.borrow() {
            State::Up(..) => None,
            State::Trying => Some(ProviderError::unavailable("reconnecting to redis")),
            State::Down(why) => Some(why.clone()),
        }
    }

    /// Sends commands and waits for all answers.
    pub(crate) async fn exchange(&self, limit: Limit, pipeline: &Pipeline) -> Result<Vec<Value>, ProviderError> {
        let mut number = None;
        let answered = timeout(limit.wait, async {
            let (mut connection, current) = self.connection().await?;
            number = Some(current);
            let answers = connection.send_packed_commands(pipeline, 0, pipeline.len()).await;
            answers.map_err(|error| self.failed(current, &error))
        });
        match (answered.await, number) {
            (Ok(answers), number) => {
                let answers = answers?;
                // A master that became a replica keeps its connections: only a new one finds its successor.
                if let (Some(number), true) = (number, answers.iter().any(is_read_only)) {
                    self.lost(number);
                }
                Ok(answers)
            }
            (Err(_), Some(number)) if limit.own => {
                self.lost(number);
                Err(limit.elapsed())
            }
            (Err(_), _) => Err(limit.elapsed()),
        }
    }

    /// Returns the connection and its number, waiting for a try that runs.
    async fn connection(&self) -> Result<(MultiplexedConnection, u64), ProviderError> {
        let mut state = self.state.subscribe();
        let settled = state.wait_for(|state| !matches!(state, State::Trying)).await;
        match settled.as_deref() {
            Ok(State::Up(connection, number)) => Ok((connection.clone(), *number)),
            Ok(State::Down(why)) => Err(why.clone()),
            _ => Err(ProviderError::unavailable("the connection is closed")),
        }
    }

    fn failed(&self, number: u64, error: &RedisError) -> ProviderError {
        if error.is_io_error() || error.is_unrecoverable_error() {
            self.lost(number);
        }
        from_client(error)
    }

    /// Marks the connection as lost, unless it was replaced already.
    fn lost(&self, number: u64) {
        self.state.send_if_modified(|state| {
            let current = matches!(state, State::Up(_, current) if *current == number);
            if current {
                *state = State::Trying;
            }
            current
        });
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

fn is_read_only(value: &Value) -> bool {
    matches!(value, Value::ServerError(error) if error.code() == "READONLY")
}

/// Replaces the connection each time it is lost, for as long as it takes.
async fn keep(opener: Arc<Opener>, state: watch::Sender<State>, longest_pause: std::time::Duration) {
    let mut losses = state.subscribe();
    for number in 1.. {
        if losses.wait_for(|state| matches!(state, State::Trying)).await.is_err() {
            return;
        }
        let mut tries = 0;
        let connection = loop {
            match opener.open().await {
                Ok(connection) => break connection,
                Err(why) => {
                    if tries == 0 {
                        tracing::warn!(reason = %why.message, "lost the connection to redis, reconnecting");
                    }
                    state.send_replace(State::Down(why));
                }
            }
            tokio::time::sleep(backoff::pause(tries, longest_pause)).await;
            tries += 1;
        };
        tracing::info!(tries, "reconnected to redis");
        state.send_replace(State::Up(connection, number));
    }
}
