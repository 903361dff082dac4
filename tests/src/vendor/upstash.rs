//! Upstash Redis' REST API over a real redis-server, after its documentation of August 2026.
//!
//! Strict where a client must not rely on more: a text of an answer that is no UTF-8 is damaged unless Base64 was asked
//! for; what stands in a path is not decoded twice; commands of a connection don't exist; requests, keys and methods
//! have their limits. Replies within a list that are errors or OK come as plain texts, because nobody says how.

mod request;
mod resp;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{Answer, Request, Vendor};
use request::{Asked, Words};
use resp::{Connection, Reply};

/// The token that opens the database.
pub const TOKEN: &str = "AYNgAS2553feg6a2d9842h2a0gcdb5f8efe9934DQ";

/// An answer instead of a result: status and text.
#[derive(Debug)]
struct Refusal(u16, String);

struct Database {
    port: u16,
    idle: Mutex<Vec<Connection>>,
    /// Counts writes: what the sync token says.
    writes: AtomicU64,
    lagging: AtomicBool,
    injected: Mutex<Vec<Answer>>,
}

/// A database.
pub struct Upstash {
    /// The server.
    pub vendor: Vendor,
    database: Arc<Database>,
}

impl Upstash {
    /// Starts the API over the redis-server at this port.
    pub async fn start(port: u16) -> Self {
        let database = Arc::new(Database {
            port,
            idle: Mutex::default(),
            writes: AtomicU64::new(0),
            lagging: AtomicBool::new(false),
            injected: Mutex::default(),
        });
        let served = database.clone();
        Self { vendor: Vendor::start(move |request| served.answer(request)).await, database }
    }

    /// Has replicas lag: a read that does not bring the last sync token finds nothing.
    pub fn lag(&self) {
        self.database.lagging.store(true, Ordering::SeqCst);
    }

    /// Gives the next requests these answers instead.
    pub fn inject(&self, answers: Vec<Answer>) {
        *self.database.injected.lock().unwrap_or_else(PoisonError::into_inner) = answers.into_iter().rev().collect();
    }
}

impl Database {
    fn answer(&self, request: &Request) -> Answer {
        if let Some(answer) = self.injected.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            return answer;
        }
        let (status, body) = match self.respond(request) {
            Ok(body) => (200, body),
            Err(Refusal(status, text)) => (status, json!({ "error": text })),
        };
        Answer::json(status, &body).header("upstash-sync-token", &format!("w{}", self.writes.load(Ordering::SeqCst)))
    }

    fn respond(&self, request: &Request) -> Result<Value, Refusal> {
        if !["GET", "HEAD", "POST", "PUT"].contains(&request.method.as_str()) {
            return Err(Refusal(405, "Method Not Allowed".to_owned()));
        }
        let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let in_query = request.query.split('&').find_map(|pair| pair.strip_prefix("_token="));
        if token.or(in_query) != Some(TOKEN) {
            return Err(Refusal(401, "WRONGPASS invalid or missing auth token".to_owned()));
        }
        let encoded = match request.header("upstash-encoding") {
            None => false,
            Some("base64") => true,
            Some(_) => return Err(Refusal(400, "ERR unsupported encoding".to_owned())),
        };
        // RESP2 bodies: not played, because no provider here asks for them.
        if request.header("upstash-response-format").is_some_and(|format| format != "json") {
            return Err(Refusal(400, "ERR unsupported response format".to_owned()));
        }
        let asked = request::read(request)?;
        let current = format!("w{}", self.writes.load(Ordering::SeqCst));
        let stale = self.lagging.load(Ordering::SeqCst) && request.header("upstash-sync-token") != Some(&current);
        self.run(asked, encoded, stale)
    }

    fn run(&self, asked: Asked, encoded: bool, stale: bool) -> Result<Value, Refusal> {
        match asked {
            Asked::One(words) if stale && reads(&words) => Ok(json!({ "result": null })),
            Asked::One(words) => match self.replies(&[words])?.pop() {
                Some(Reply::Error(text)) => Err(Refusal(400, text)),
                Some(reply) => Ok(json!({ "result": shown(reply, encoded) })),
                None => Err(gone()),
            },
            Asked::Pipeline(commands) => Ok(entries(self.replies(&commands)?, encoded)),
            Asked::Transaction(commands) => {
                let word = |word: &str| vec![word.as_bytes().to_vec()];
                let all: Vec<_> = [word("MULTI")].into_iter().chain(commands).chain([word("EXEC")]).collect();
                match self.replies(&all)?.pop() {
                    Some(Reply::Array(Some(replies))) => Ok(entries(replies, encoded)),
                    Some(Reply::Error(text)) => Err(Refusal(400, text)),
                    _ => Err(gone()),
                }
            }
        }
    }

    fn replies(&self, commands: &[Words]) -> Result<Vec<Reply>, Refusal> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = idle.map_or_else(|| Connection::open(self.port), Ok).map_err(|_| gone())?;
        let replies = connection.run(commands).map_err(|_| gone())?;
        self.writes.fetch_add(commands.iter().filter(|words| !reads(words)).count() as u64, Ordering::SeqCst);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(replies)
    }
}

/// The database is not there.
fn gone() -> Refusal {
    Refusal(503, "Service Unavailable".to_owned())
}

fn reads(words: &Words) -> bool {
    let name = words.first().map(|name| String::from_utf8_lossy(name).to_uppercase()).unwrap_or_default();
    ["GET", "EXISTS", "PTTL", "STRLEN", "GETRANGE", "DBSIZE", "SCAN", "RANDOMKEY"].contains(&name.as_str())
}

fn entries(replies: Vec<Reply>, encoded: bool) -> Value {
    let entry = |reply| match reply {
        Reply::Error(text) => json!({ "error": text }),
        reply => json!({ "result": shown(reply, encoded) }),
    };
    replies.into_iter().map(entry).collect()
}

fn shown(reply: Reply, encoded: bool) -> Value {
    let text = |bytes: Vec<u8>| match encoded {
        true => STANDARD.encode(bytes),
        false => String::from_utf8_lossy(&bytes).into_owned(),
    };
    match reply {
        Reply::Status(ok) if ok == "OK" => ok.into(),
        Reply::Status(status) | Reply::Error(status) => text(status.into_bytes()).into(),
        Reply::Integer(number) => number.into(),
        Reply::Bulk(None) | Reply::Array(None) => Value::Null,
        Reply::Bulk(Some(bytes)) => text(bytes).into(),
        Reply::Array(Some(replies)) => replies.into_iter().map(|reply| shown(reply, encoded)).collect(),
    }
}
