//! Requests as Upstash reads them, and what it refuses.

use serde_json::Value;

use super::Refusal;
use crate::vendor::Request;

/// Longest request of the smaller plans.
pub(super) const REQUEST_BYTES_MAX: usize = 10_000_000;

/// Longest key.
const KEY_BYTES_MAX: usize = 32 << 10;

/// A command's words.
pub(super) type Words = Vec<Vec<u8>>;

/// What a request asks for.
#[derive(Debug)]
pub(super) enum Asked {
    One(Words),
    Pipeline(Vec<Words>),
    Transaction(Vec<Words>),
}

/// What REST has no connection for, and what came after the version that Upstash speaks.
const UNAVAILABLE: [&str; 22] = [
    "WATCH",
    "UNWATCH",
    "MULTI",
    "EXEC",
    "DISCARD",
    "SELECT",
    "AUTH",
    "HELLO",
    "CLIENT",
    "QUIT",
    "RESET",
    "SUBSCRIBE",
    "BLPOP",
    "BRPOP",
    "BLMOVE",
    "WAIT",
    "SAVE",
    "BGSAVE",
    "CONFIG",
    "DELEX",
    "DIGEST",
    "MSETEX",
];

/// Reads a request.
pub(super) fn read(request: &Request) -> Result<Asked, Refusal> {
    if request.body.len() > REQUEST_BYTES_MAX {
        let actual = request.body.len();
        let text = format!("ERR max request size exceeded. Limit: {REQUEST_BYTES_MAX} bytes, Actual: {actual} bytes");
        return Err(Refusal(400, text));
    }
    let asked = match request.path.as_str() {
        "" | "/" => Asked::One(words(&json(request)?)?),
        "/pipeline" => Asked::Pipeline(lists(&json(request)?)?),
        "/multi-exec" => Asked::Transaction(lists(&json(request)?)?),
        path => Asked::One(from_path(request, path)?),
    };
    let commands = match &asked {
        Asked::One(words) => std::slice::from_ref(words),
        Asked::Pipeline(commands) | Asked::Transaction(commands) => commands.as_slice(),
    };
    commands.iter().try_for_each(permitted)?;
    Ok(asked)
}

fn syntax(text: &str) -> Refusal {
    Refusal(400, format!("ERR {text}"))
}

fn json(request: &Request) -> Result<Value, Refusal> {
    serde_json::from_slice(&request.body).map_err(|error| syntax(&format!("failed to parse command: {error}")))
}

fn lists(value: &Value) -> Result<Vec<Words>, Refusal> {
    let lists = value.as_array().filter(|lists| !lists.is_empty());
    lists.ok_or_else(|| syntax("failed to parse pipeline request"))?.iter().map(words).collect()
}

/// Words are texts and numbers.
fn words(value: &Value) -> Result<Words, Refusal> {
    let list = value.as_array().filter(|list| !list.is_empty()).ok_or_else(|| syntax("failed to parse command"))?;
    let word = |word: &Value| match word {
        Value::String(text) => Ok(text.clone().into_bytes()),
        Value::Number(number) => Ok(number.to_string().into_bytes()),
        _ => Err(syntax("failed to parse command")),
    };
    list.iter().map(word).collect()
}

/// `/set/key/value`, with a body as one more word, and the query's words behind it.
fn from_path(request: &Request, path: &str) -> Result<Words, Refusal> {
    // The longest line of a request that common servers take.
    if path.len() > 8 << 10 {
        return Err(Refusal(414, "URI Too Long".to_owned()));
    }
    let mut words: Words = path.trim_start_matches('/').split('/').map(unescaped).collect();
    if !request.body.is_empty() {
        words.push(request.body.to_vec());
    }
    for pair in request.query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("_token=")) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        words.push(unescaped(name));
        if !value.is_empty() {
            words.push(unescaped(value));
        }
    }
    Ok(words)
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let byte = tail.get(..2).and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        match byte.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    bytes
}

fn permitted(words: &Words) -> Result<(), Refusal> {
    let name = words.first().map(|name| String::from_utf8_lossy(name).to_uppercase()).unwrap_or_default();
    if UNAVAILABLE.contains(&name.as_str()) {
        return Err(syntax(&format!("Command is not available: '{name}'")));
    }
    let key = match name.as_str() {
        "EVAL" | "EVALSHA" => words.get(3),
        "SCRIPT" | "SCAN" => None,
        _ => words.get(1),
    };
    match key.map(Vec::len) {
        Some(actual) if actual > KEY_BYTES_MAX && !name.starts_with("EVAL") => {
            Err(syntax(&format!("max key size exceeded. Limit: {KEY_BYTES_MAX} bytes, Actual: {actual} bytes")))
        }
        _ => Ok(()),
    }
}
