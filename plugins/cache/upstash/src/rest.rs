//! Requests and their answers: credentials, the sync token, what may be asked twice, and what a status means.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use outrigger_plugin_api::sdk::{
    Bytes, Call, Countdown, ErrorKind, Health, Host, ProviderError, Standing,
    http::{Http, Request, Response},
};
use outrigger_redis_commands::{Answer, from_code};
use serde_json::Value;

use crate::{
    settings::{Encoding, Settings},
    wire,
};

/// Header of the token that makes replicas wait for what this provider has written.
const SYNC_TOKEN: &str = "upstash-sync-token";

/// Whether the server may get the same request twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It only reads.
    Safe,
    /// It may write, and twice is not once.
    Unsafe,
}

/// What holds for every request of one call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking {
    countdown: Countdown,
    repeat: Repeat,
}

impl Asking {
    pub(crate) fn of(call: &Call, repeat: Repeat) -> Self {
        Self { countdown: call.countdown(), repeat }
    }
}

/// The way to the database.
pub(crate) struct Rest {
    http: Http,
    url: String,
    authorization: String,
    token: String,
    response_timeout: Duration,
    pub(crate) request_max: usize,
    encoding: Encoding,
    /// The last token, or none where reads need not see writes.
    sync: Option<Mutex<Option<String>>>,
    standing: Standing,
    /// The hash of the script for large values, once the server has told it.
    pub(crate) script: Mutex<Option<String>>,
}

impl Rest {
    /// Checks the settings. Nothing is sent before the first operation.
    pub(crate) fn new(settings: Settings, host: &Host) -> Result<Self, ProviderError> {
        let url = settings.checked_url()?;
        Ok(Self {
            http: host.http().clone(),
            url,
            authorization: format!("Bearer {}", settings.token),
            token: settings.token,
            response_timeout: settings.response_timeout.0,
            request_max: usize::try_from(settings.request_max.0).unwrap_or(usize::MAX),
            encoding: settings.encoding,
            sync: settings.read_your_writes.then(Mutex::default),
            standing: Standing::default(),
            script: Mutex::default(),
        })
    }

    /// Runs one command, given as JSON.
    pub(crate) async fn one(&self, asking: &Asking, row: Vec<u8>) -> Result<Answer, ProviderError> {
        self.single(asking, "", "application/json", row.into()).await
    }

    /// Runs the command that the path names, with the body as its last word.
    pub(crate) async fn raw(&self, asking: &Asking, path: &str, body: Bytes) -> Result<Answer, ProviderError> {
        self.single(asking, path, "application/octet-stream", body).await
    }

    async fn single(&self, asking: &Asking, path: &str, form: &str, body: Bytes) -> Result<Answer, ProviderError> {
        let response = self.post(asking, path, form, body).await?;
        wire::answer(self.encoding, response.json()?)
    }

    /// Runs commands, each given as JSON, through `/pipeline` or `/multi-exec`.
    pub(crate) async fn many(
        &self,
        asking: &Asking,
        path: &str,
        rows: &[Vec<u8>],
    ) -> Result<Vec<Answer>, ProviderError> {
        let body = [b"[", rows.join(&b',').as_slice(), b"]"].concat();
        let response = self.post(asking, path, "application/json", body.into()).await?;
        let entries = match response.json()? {
            Value::Array(entries) if entries.len() == rows.len() => entries,
            Value::Array(_) => return Err(ProviderError::internal("the server answered another number of commands")),
            // Nothing ran: the request itself was refused.
            other => return Err(refusal(wire::answer(self.encoding, other)?)),
        };
        entries.into_iter().map(|entry| wire::answer(self.encoding, entry)).collect()
    }

    /// Sends a request, a second time where that is safe, and returns an answer that holds results or an error of Redis.
    async fn post(&self, asking: &Asking, path: &str, form: &str, body: Bytes) -> Result<Response, ProviderError> {
        let began = Instant::now();
        let first = self.attempt(asking, path, form, body.clone()).await;
        let again = match &first {
            // Nothing was sent.
            Err(error) if error.kind == ErrorKind::Unavailable => true,
            // The connection broke, or the server had trouble; what it did is unknown.
            Err(error) if error.kind == ErrorKind::Timeout => asking.repeat == Repeat::Safe,
            Ok(response) if (500..=599).contains(&response.status) => asking.repeat == Repeat::Safe,
            _ => false,
        };
        // A broken connection shows at once; silence, which took its time, is not asked again.
        let soon = began.elapsed() < self.response_timeout / 2 && !asking.countdown.is_over();
        let last = if again && soon { self.attempt(asking, path, form, body).await } else { first };
        self.standing.noted(last.and_then(|response| meaning(response, &self.token)))
    }

    async fn attempt(&self, asking: &Asking, path: &str, form: &str, body: Bytes) -> Result<Response, ProviderError> {
        let timeout = asking.countdown.left().map_or(self.response_timeout, |left| left.min(self.response_timeout));
        let mut request = Request::post(format!("{}{path}", self.url))
            .header("authorization", &self.authorization)
            .header("content-type", form)
            .timeout(Some(timeout))
            .body(body);
        if self.encoding == Encoding::Base64 {
            request = request.header("upstash-encoding", "base64");
        }
        let token = self.sync_token();
        if let Some(token) = &token {
            request = request.header(SYNC_TOKEN, token);
        }
        let response = self.http.send(request).await?;
        self.keep_sync_token(asking, token, &response);
        Ok(response)
    }

    fn sync_token(&self) -> Option<String> {
        self.sync.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps the token of an answer. Tokens can't be compared, so a read's replaces only the one it was sent with: it is
    /// at least as new. That of a write is kept in any case.
    fn keep_sync_token(&self, asking: &Asking, sent: Option<String>, response: &Response) {
        let (Some(place), Some(token)) = (&self.sync, response.header(SYNC_TOKEN)) else { return };
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        if asking.repeat == Repeat::Unsafe || *place == sent {
            *place = Some(token.to_owned());
        }
    }

    /// Returns what the last answers say: a probe would be a billed command.
    pub(crate) fn health(&self) -> Health {
        self.standing.health()
    }
}

/// Returns the answer where it holds results or an error of Redis.
fn meaning(response: Response, token: &str) -> Result<Response, ProviderError> {
    let response = match response.status {
        200 => return Ok(response),
        status => (status, response.without(token)),
    };
    match response {
        // Redis' own errors of one command, and of a request that is none.
        (400, response) if response.json::<Value>().is_ok_and(|body| body.get("error").is_some()) => Ok(response),
        (_, response) => response.success(),
    }
}

/// The error of a request that was refused as a whole.
fn refusal(answer: Answer) -> ProviderError {
    match answer {
        Answer::Error { code, detail } => from_code(&code, &detail),
        _ => ProviderError::internal("the server answered a list of commands with one result"),
    }
}

#[cfg(test)]
mod tests;
