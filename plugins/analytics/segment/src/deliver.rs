//! Sends messages in requests that Segment takes, and halves one that it refuses.

use std::{
    collections::VecDeque,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use outrigger_plugin_api::sdk::{
    Countdown, ErrorKind, ProviderError,
    http::{Http, Request, Response},
    sink::{Tally, Verdict},
};

/// Most messages of a request.
const MESSAGES_MAX: usize = 2_500;
/// Most bytes of a request's body. 500 kB is read as the smaller of its two meanings.
const BODY_BYTES_MAX: usize = 500_000;
/// Most requests for one batch. Halving 2,500 messages down to one takes 24; more means that the answers lead nowhere.
const REQUESTS_MAX: usize = 32;

/// What stands around the messages. `sentAt` is left out on purpose: with it Segment would correct each message's time
/// by a clock's skew that the host has corrected already.
const BEFORE: &[u8] = b"{\"batch\":[";
const AFTER: &[u8] = b"]}";

/// Where requests go, and as whom.
pub(crate) struct Target {
    pub(crate) address: String,
    pub(crate) authorization: String,
    pub(crate) write_key: String,
    pub(crate) gzip: bool,
}

/// A message with the place of its record in the batch.
type Message = (usize, Vec<u8>);

/// The delivery of one batch.
pub(crate) struct Delivery<'d> {
    http: &'d Http,
    target: &'d Target,
    countdown: Countdown,
    tally: &'d mut Tally,
    waiting: VecDeque<Vec<Message>>,
}

impl<'d> Delivery<'d> {
    /// Returns a delivery that notes what becomes of records in the tally.
    pub(crate) const fn new(http: &'d Http, target: &'d Target, countdown: Countdown, tally: &'d mut Tally) -> Self {
        Self { http, target, countdown, tally, waiting: VecDeque::new() }
    }

    /// Sends the messages, in order.
    pub(crate) async fn run(mut self, messages: Vec<Message>) {
        self.split(messages);
        let mut requests = 0;
        while let Some(messages) = self.waiting.pop_front() {
            if self.tally.is_stopped() || self.countdown.is_over() {
                return;
            }
            if requests == REQUESTS_MAX {
                let text = format!("{REQUESTS_MAX} requests were not enough for one batch");
                return self.tally.stop([], ProviderError::new(ErrorKind::Overloaded, text));
            }
            requests += 1;
            let answer = self.http.send(self.request(&messages)).await;
            self.apply(answer.and_then(|answer| read(answer.without(&self.target.write_key))), messages);
        }
    }

    /// Splits messages into requests within the bounds of count and bytes. Each fits alone: it was looked at before.
    fn split(&mut self, messages: Vec<Message>) {
        let frame = BEFORE.len() + AFTER.len();
        let (mut request, mut bytes) = (Vec::new(), frame);
        for message in messages {
            let length = message.1.len() + 1;
            if !request.is_empty() && (request.len() == MESSAGES_MAX || bytes + length > BODY_BYTES_MAX) {
                self.waiting.push_back(std::mem::take(&mut request));
                bytes = frame;
            }
            bytes += length;
            request.push(message);
        }
        if !request.is_empty() {
            self.waiting.push_back(request);
        }
    }

    fn apply(&mut self, result: Result<(), ProviderError>, mut messages: Vec<Message>) {
        let Err(error) = result else {
            for (record, _) in messages {
                // It answers 200 to messages that it throws away, too.
                self.tally.answer(record, Verdict::AcceptedUnverified);
            }
            return;
        };
        if error.kind != ErrorKind::Invalid {
            return self.tally.stop(messages.into_iter().map(|(record, _)| record), error);
        }
        if let [(record, _)] = messages.as_slice() {
            return self.tally.answer(*record, Verdict::Rejected(error.message));
        }
        let second = messages.split_off(messages.len() / 2);
        self.waiting.push_front(second);
        self.waiting.push_front(messages);
    }

    fn request(&self, messages: &[Message]) -> Request {
        let mut body = BEFORE.to_vec();
        for (place, (_, message)) in messages.iter().enumerate() {
            if place > 0 {
                body.push(b',');
            }
            body.extend_from_slice(message);
        }
        body.extend_from_slice(AFTER);
        let request = Request::post(self.target.address.as_str())
            .header("authorization", &self.target.authorization)
            .header("content-type", "application/json")
            .body(body)
            .timeout(self.countdown.left());
        if self.target.gzip { request.compressed() } else { request }
    }
}

/// Reads an answer. Where `Retry-After` is missing the wait is that of `X-RateLimit-Reset`.
fn read(answer: Response) -> Result<(), ProviderError> {
    let reset = answer.header("x-ratelimit-reset").and_then(wait);
    answer.success().map(drop).map_err(|mut error| {
        if error.kind == ErrorKind::Overloaded {
            error.retry_after = error.retry_after.or(reset);
        }
        error
    })
}

/// Reads `X-RateLimit-Reset`, which is the number of seconds to some servers and the moment to others.
fn wait(text: &str) -> Option<Duration> {
    /// A number from here on is a moment: in seconds it is 31 years, in unix time 2001.
    const MOMENTS_FROM: u64 = 1_000_000_000;
    let seconds = Duration::from_secs(text.trim().parse::<u64>().ok()?);
    if seconds.as_secs() < MOMENTS_FROM {
        return Some(seconds);
    }
    Some(seconds.saturating_sub(SystemTime::now().duration_since(UNIX_EPOCH).ok()?))
}

#[cfg(test)]
mod tests;
