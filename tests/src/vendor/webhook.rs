//! A receiver of webhooks as the plugin's documentation tells people to write one: it checks the signature and its time,
//! recognises repeats, and refuses a body that is too large.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{Answer, Request, Vendor};

/// The secret it shares with the sender.
pub const SECRET: &str = "hook-canary-0123456789abcdef";

/// The token that it wants in a header.
pub const TOKEN: &str = "Bearer hook-token-canary";

/// Most bytes of a body unless told otherwise, as nginx has it.
const BODY_BYTES_MAX: usize = 1 << 20;

/// Oldest signature, in seconds.
const AGE_MAX: u64 = 300;

/// What arrived.
#[derive(Debug)]
pub struct Inbox {
    /// Most bytes of a body.
    pub body_bytes_max: usize,
    /// Records in order, each once.
    pub records: Vec<Value>,
    ids: BTreeSet<String>,
    keys: BTreeSet<String>,
}

/// A running receiver.
#[derive(Debug)]
pub struct Webhook {
    /// The server.
    pub vendor: Vendor,
    inbox: Arc<Mutex<Inbox>>,
}

impl Default for Inbox {
    fn default() -> Self {
        let (ids, keys) = (BTreeSet::new(), BTreeSet::new());
        Self { body_bytes_max: BODY_BYTES_MAX, records: Vec::new(), ids, keys }
    }
}

impl Webhook {
    /// Starts a receiver.
    pub async fn start() -> Self {
        let inbox = Arc::new(Mutex::new(Inbox::default()));
        let own = inbox.clone();
        Self { vendor: Vendor::start(move |request| answer(request, &mut lock(&own))).await, inbox }
    }

    /// Returns what arrived.
    pub fn inbox(&self) -> MutexGuard<'_, Inbox> {
        lock(&self.inbox)
    }

    /// Answers by the rules again, after [`Vendor::answer`].
    pub fn recover(&self) {
        let own = self.inbox.clone();
        self.vendor.answer(move |request| answer(request, &mut lock(&own)));
    }
}

fn lock(inbox: &Mutex<Inbox>) -> MutexGuard<'_, Inbox> {
    inbox.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(request: &Request, inbox: &mut Inbox) -> Answer {
    if request.header("authorization") != Some(TOKEN) {
        return Answer::new(401, "who are you?");
    }
    if request.body.len() > inbox.body_bytes_max {
        return Answer::new(413, "Request Entity Too Large");
    }
    if let Err(why) = signed(request) {
        return Answer::new(401, why);
    }
    let body = request.json();
    let Some(records) = body.get("records").and_then(Value::as_array).filter(|_| body.get("kind").is_some()) else {
        return Answer::new(400, "no batch");
    };
    let Some(key) = request.header("idempotency-key") else { return Answer::new(400, "no idempotency-key") };
    let is_new = inbox.keys.insert(key.to_owned());
    for record in records.iter().filter(|_| is_new) {
        let Some(id) = record.get("id").and_then(Value::as_str) else { return Answer::new(400, "a record without id") };
        if inbox.ids.insert(id.to_owned()) {
            inbox.records.push(record.clone());
        }
    }
    Answer::json(202, &json!({ "repeat": !is_new }))
}

/// Checks the signature, in the order that the documentation gives.
fn signed(request: &Request) -> Result<(), &'static str> {
    let header = request.header("x-outrigger-signature").ok_or("not signed")?;
    let (time, hex) = header.strip_prefix("t=").and_then(|rest| rest.split_once(",v1=")).ok_or("no signature")?;
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).map_err(|_| "no key")?;
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(&request.body);
    let digits = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok());
    let bytes = digits.collect::<Option<Vec<u8>>>().ok_or("the signature is not hex")?;
    mac.verify_slice(&bytes).map_err(|_| "the signature does not match")?;
    let time = time.parse::<u64>().map_err(|_| "the time is no number")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs());
    if now.abs_diff(time) > AGE_MAX { Err("the signature is old") } else { Ok(()) }
}
