//! Speaks to the running host over its HTTP door.

use std::{net::SocketAddr, time::Duration};

use serde_json::Value;
use ureq::{
    Agent, Body,
    http::{Request, Response},
};

use super::{
    Exit,
    arguments::{OutputArguments, SourceArguments},
};
use crate::{
    config::{Draft, Listen, Secret},
    diagnostic::Diagnostics,
};

/// Longest time of one command: above the host's own request time-out, which gives the better message.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Most bytes of an answer: the largest value a provider keeps.
const ANSWER_BYTES_MAX: u64 = 1 << 30;

/// The running host.
pub struct Client {
    agent: Agent,
    base: String,
    token: Option<Secret>,
    output: OutputArguments,
}

/// An answer.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Returns the body as JSON, `null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Reads where the host listens. No plugin is looked at: those of the running host may lie elsewhere.
fn configured(sources: &SourceArguments) -> Result<Draft, Diagnostics> {
    let mut found = Diagnostics::default();
    let draft = Draft::read(&sources.read().map_err(|error| error.0)?, &mut found);
    if found.has_errors() { Err(found) } else { Ok(draft) }
}

impl Client {
    /// Finds the host: by `url`, or where the configuration says it listens.
    pub fn new(url: Option<String>, sources: &SourceArguments, output: OutputArguments) -> Result<Self, Exit> {
        Self::at(|listen| listen.http, url, sources, output)
    }

    /// Finds the host's admin listener, likewise.
    pub fn admin(url: Option<String>, sources: &SourceArguments, output: OutputArguments) -> Result<Self, Exit> {
        Self::at(|listen| listen.admin, url, sources, output)
    }

    fn at(
        door: impl Fn(&Listen) -> SocketAddr,
        url: Option<String>,
        sources: &SourceArguments,
        output: OutputArguments,
    ) -> Result<Self, Exit> {
        let (listen, token) = match (configured(sources), &url) {
            (Ok(draft), _) => (door(draft.listen().0).to_string(), draft.listen().1.cloned()),
            // A host elsewhere needs no sound configuration here.
            (Err(_), Some(_)) => (String::new(), None),
            (Err(found), None) => return Err(output.diagnostics(&found)),
        };
        let base = url.unwrap_or_else(|| format!("http://{listen}")).trim_end_matches('/').to_owned();
        let agent = Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false).proxy(None);
        Ok(Self { agent: agent.build().into(), base, token, output })
    }

    /// Sends one request; a `body` goes with its content type.
    pub fn send(&self, method: &str, path: &str, body: Option<(&str, &[u8])>) -> Result<Answer, Exit> {
        let url = format!("{}{path}", self.base);
        let mut request = Request::builder().method(method).uri(&url);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {}", token.expose()));
        }
        if let Some((content_type, _)) = body {
            request = request.header("content-type", content_type);
        }
        let bytes = body.map_or(&[][..], |(_, bytes)| bytes);
        let request = request.body(bytes).map_err(|error| self.unreachable(&error.to_string()))?;
        let response = self.agent.run(request).map_err(|error| self.unreachable(&error.to_string()))?;
        self.read(response)
    }

    fn read(&self, response: Response<Body>) -> Result<Answer, Exit> {
        let status = response.status().as_u16();
        let body = response.into_body().into_with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        let body = body.map_err(|error| self.unreachable(&error.to_string()))?;
        Ok(Answer { status, body })
    }

    /// Sends one request and returns its answer if it succeeded; else prints the host's problem.
    pub fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Exit> {
        let text = body.map(Value::to_string);
        let answer = self.send(method, path, text.as_ref().map(|text| ("application/json", text.as_bytes())))?;
        self.succeeded(answer).map(|answer| answer.json())
    }

    /// Returns the answer if it succeeded; else prints the host's problem and returns the exit code for it.
    pub fn succeeded(&self, answer: Answer) -> Result<Answer, Exit> {
        if (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        let problem = answer.json();
        let text = |field: &str| problem.get(field).and_then(Value::as_str);
        let plain = format!("the host answered with status {}", answer.status);
        self.output.error(text("code").unwrap_or("cli.answer"), text("detail").unwrap_or(&plain), text("help"));
        Err(match answer.status {
            404 => Exit::NotFound,
            502..=504 => Exit::Unavailable,
            _ => Exit::Failed,
        })
    }

    fn unreachable(&self, why: &str) -> Exit {
        let message = format!("no host answers at {}: {why}", self.base);
        let help = "start one with `outrigger run`, or name another address with --url";
        self.output.error("cli.unreachable", &message, Some(help));
        Exit::Unavailable
    }
}
