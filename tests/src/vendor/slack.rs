//! Slack's incoming webhooks: one path that is its own secret, blocks with bounds, about one message a second.
//!
//! Rules as in "Sending messages using incoming webhooks" and the Block Kit reference, read 2026-11-22. The bound on the
//! whole message is not documented; it is where Slack was seen to refuse (bolt-js 2509).

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Answer, Request, Vendor};

/// The webhook's path.
pub const PATH: &str = "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX";

/// Characters of all blocks together at which a message is refused.
const MESSAGE_CHARS_MAX: usize = 13_200;

/// A channel with a webhook.
#[derive(Debug)]
pub struct Slack {
    /// The server.
    pub vendor: Vendor,
    channel: Arc<Channel>,
}

#[derive(Debug, Default)]
struct Channel {
    posted: Mutex<Vec<Value>>,
    last: Mutex<Option<Instant>>,
    unhurried: AtomicBool,
}

impl Slack {
    /// Starts a server with one webhook.
    pub async fn start() -> Self {
        let channel = Arc::new(Channel::default());
        let served = channel.clone();
        Self { vendor: Vendor::start(move |request| served.answer(request)).await, channel }
    }

    /// Returns the webhook's URL.
    pub fn webhook(&self) -> String {
        format!("{}{PATH}", self.vendor.url())
    }

    /// Lifts the bound on messages a second, as a server of one's own has none.
    pub fn unhurried(&self) {
        self.channel.unhurried.store(true, Ordering::SeqCst);
    }

    /// Returns the messages of the channel.
    pub fn posted(&self) -> Vec<Value> {
        self.channel.posted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Channel {
    fn answer(&self, request: &Request) -> Answer {
        if request.path != PATH {
            return Answer::new(404, "no_service");
        }
        if request.method != "POST" || !request.header("content-type").is_some_and(|form| form.contains("json")) {
            return Answer::new(400, "invalid_payload");
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| last.elapsed() < Duration::from_secs(1)) && !self.unhurried.load(Ordering::SeqCst) {
            return Answer::new(429, "rate_limited").header("retry-after", "1");
        }
        *last = Some(Instant::now());
        match fault(&request.json()) {
            Some(fault) => Answer::new(400, fault),
            None => {
                self.posted.lock().unwrap_or_else(PoisonError::into_inner).push(request.json());
                Answer::new(200, "ok")
            }
        }
    }
}

/// Returns what is wrong with a message.
fn fault(message: &Value) -> Option<&'static str> {
    let Some(message) = message.as_object() else { return Some("invalid_payload") };
    let blocks = message.get("blocks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = message.get("text").and_then(Value::as_str).unwrap_or_default();
    if text.is_empty() && blocks.is_empty() {
        return Some("no_text");
    }
    let lengths = blocks.iter().map(|block| {
        let text = block.pointer("/text/text").and_then(Value::as_str).map_or(0, |text| text.chars().count());
        let section = block.get("type").is_some_and(|kind| kind == "section");
        (section && (1..=3000).contains(&text)).then_some(text)
    });
    match lengths.sum::<Option<usize>>() {
        Some(all) if all > MESSAGE_CHARS_MAX => Some("msg_blocks_too_long"),
        Some(_) if blocks.len() <= 50 => None,
        _ => Some("invalid_blocks"),
    }
}
