//! Sends messages in requests that Segment takes, and halves one that it refuses.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use outrigger_plugin_api::sdk::{
    Countdown, ErrorKind, ProviderError,
    http::{Http, Request, Response},
    sink::{Bounds, Requests, Tally, Verdict, joined},
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

/// Most a request may hold. Each message fits alone: it was looked at before.
const BOUNDS: Bounds = Bounds { count_max: MESSAGES_MAX, bytes_max: BODY_BYTES_MAX, frame: BEFORE.len() + AFTER.len() };

/// The delivery of one batch.
pub(crate) struct Delivery<'d> {
    pub(crate) http: &'d Http,
    pub(crate) target: &'d Target,
    pub(crate) countdown: Countdown,
}

impl Delivery<'_> {
    /// Sends the messages, in order, and notes what becomes of records in the tally.
    pub(crate) async fn run(&self, messages: Vec<Message>, tally: &mut Tally) {
        let mut requests = Requests::new(self.countdown, tally, REQUESTS_MAX);
        requests.add(messages, BOUNDS);
        while let Some(messages) = requests.next_request() {
            let answer = self.http.send(self.request(joined(BEFORE, &messages, AFTER))).await;
            match answer.and_then(|answer| read(answer.without(&self.target.write_key))) {
                // It answers 200 to messages that it throws away, too.
                Ok(()) => requests.answer(&messages, Verdict::AcceptedUnverified),
                Err(error) if error.kind == ErrorKind::Invalid => requests.halve(messages, &error.message),
                Err(error) => requests.stop(&messages, error),
            }
        }
    }

    fn request(&self, body: Vec<u8>) -> Request {
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
