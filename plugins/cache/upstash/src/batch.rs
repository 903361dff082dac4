//! Many commands in few requests, in order.

use std::sync::PoisonError;

use outrigger_plugin_api::sdk::{Bytes, ProviderError};
use outrigger_redis_commands::{Answer, Command, List, Words};

use crate::{
    escape::row,
    raw,
    rest::{Asking, Rest},
};

/// Most commands of one pipeline: what the official clients send at most.
const PIPELINE_COMMANDS_MAX: usize = 1000;

/// One result per command.
pub(crate) type Answers = Vec<Result<Answer, ProviderError>>;

/// One request, or none.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// Commands that go as they are.
    Together(Vec<Vec<u8>>),
    /// A command with a large value.
    Alone { path: String, value: Bytes },
    /// A command that no request can hold.
    Refused(ProviderError),
}

/// Lays commands out into requests whose bodies take at most so many bytes.
fn plan(commands: &[Command<List>], request_max: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut room = 0;
    for command in commands {
        let row = row(command);
        if let Some((path, value)) = raw::alone(command, &row) {
            steps.push(too_large(value.len(), request_max).unwrap_or(Step::Alone { path, value }));
            continue;
        }
        // Two brackets around all, a comma after each.
        let taken = row.len() + 1;
        if let Some(refused) = too_large(taken + 1, request_max) {
            steps.push(refused);
            continue;
        }
        match steps.last_mut() {
            Some(Step::Together(rows)) if rows.len() < PIPELINE_COMMANDS_MAX && taken <= room => {
                rows.push(row);
                room -= taken;
            }
            _ => {
                steps.push(Step::Together(vec![row]));
                room = request_max - taken - 1;
            }
        }
    }
    steps
}

fn too_large(bytes: usize, request_max: usize) -> Option<Step> {
    let error =
        || ProviderError::invalid(format!("its request takes {bytes} bytes, and `request-max` is {request_max} bytes"));
    (bytes > request_max).then(|| Step::Refused(error()))
}

/// Returns the rows as one request's, where they fit.
pub(crate) fn rows(commands: &[Command<List>], request_max: usize) -> Result<Vec<Vec<u8>>, ProviderError> {
    let rows: Vec<_> = commands.iter().map(row).collect();
    match too_large(rows.iter().map(|row| row.len() + 1).sum::<usize>() + 1, request_max) {
        Some(Step::Refused(error)) => Err(error),
        _ => Ok(rows),
    }
}

impl Rest {
    /// Runs commands in order. Once a request fails, the commands of later requests are not sent and share its error.
    pub(crate) async fn run(&self, asking: &Asking, commands: &[Command<List>]) -> Answers {
        let mut answers = Answers::with_capacity(commands.len());
        let mut stopped: Option<ProviderError> = None;
        for step in plan(commands, self.request_max) {
            let count = if let Step::Together(rows) = &step { rows.len() } else { 1 };
            let result = match (step, &stopped) {
                (Step::Refused(error), _) => {
                    answers.push(Err(error));
                    continue;
                }
                (_, Some(error)) => Err(error.clone()),
                (Step::Together(rows), None) => self.together(asking, rows).await,
                (Step::Alone { path, value }, None) => self.alone(asking, &path, value).await.map(|one| vec![one]),
            };
            match result {
                Ok(some) => answers.extend(some.into_iter().map(Ok)),
                Err(error) => {
                    answers.extend(std::iter::repeat_n(Err(error.clone()), count));
                    stopped = Some(error);
                }
            }
        }
        answers
    }

    async fn together(&self, asking: &Asking, mut rows: Vec<Vec<u8>>) -> Result<Vec<Answer>, ProviderError> {
        match (rows.len(), rows.pop()) {
            (1, Some(row)) => Ok(vec![self.one(asking, row).await?]),
            (_, Some(last)) => {
                rows.push(last);
                self.many(asking, "/pipeline", &rows).await
            }
            (_, None) => Ok(Vec::new()),
        }
    }

    /// Sends a large value, and first the script for it where the server may not have it.
    async fn alone(&self, asking: &Asking, path: &str, value: Bytes) -> Result<Answer, ProviderError> {
        let known = self.script.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(hash) = known {
            match self.raw(asking, &format!("/evalsha/{hash}{path}"), value.clone()).await? {
                // Nothing ran: the server lost its scripts.
                Answer::Error { code, .. } if code == "NOSCRIPT" => {}
                answer => return Ok(answer),
            }
        }
        let mut load = List::named("SCRIPT");
        load.word(b"LOAD");
        load.word(raw::SCRIPT.as_bytes());
        let hash = match self.one(asking, row(&Command { words: load, body: None, key: None })).await? {
            Answer::Bytes(hash) if hash.iter().all(u8::is_ascii_hexdigit) => {
                String::from_utf8_lossy(&hash).into_owned()
            }
            answer => return Ok(answer),
        };
        *self.script.lock().unwrap_or_else(PoisonError::into_inner) = Some(hash.clone());
        self.raw(asking, &format!("/evalsha/{hash}{path}"), value).await
    }
}

#[cfg(test)]
mod tests;
