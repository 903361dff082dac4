//! `outrigger call cache`.

use std::io::Read;

use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::door::cli::{
    Exit,
    arguments::OutputArguments,
    client::Client,
    output::{bytes, line},
};

/// When a write applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum If {
    /// Only where the key has no value
    Absent,
    /// Only where the key has a value
    Present,
}

/// What to do with the cache.
#[derive(Debug, Subcommand)]
pub enum CacheCommand {
    /// Prints a value as it is
    Get {
        /// The key
        key: String,
    },
    /// Writes a value
    Set {
        /// The key
        key: String,
        /// The value; `-` reads standard input
        value: String,
        /// How long it lives, such as 30s
        #[arg(long)]
        ttl: Option<String>,
        /// When to write
        #[arg(long = "if", value_enum)]
        condition: Option<If>,
    },
    /// Deletes a key
    Delete {
        /// The key
        key: String,
    },
    /// Prints how long a key still lives
    Ttl {
        /// The key
        key: String,
    },
    /// Adds to a number and prints the sum
    Increment {
        /// The key
        key: String,
        /// What to add
        #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
        by: i64,
        /// How long a key that this creates lives, such as 1m
        #[arg(long)]
        ttl: Option<String>,
    },
    /// Lists keys by prefix
    Scan {
        /// What keys begin with
        #[arg(default_value = "")]
        prefix: String,
    },
    /// Deletes every key with a prefix
    Clear {
        /// What keys begin with
        #[arg(default_value = "")]
        prefix: String,
        /// Needed where the prefix is empty
        #[arg(long)]
        all: bool,
    },
    /// Prints how much the cache holds
    Size,
}

/// Percent-encodes text for a path or query, so that any key is one segment.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

pub(super) fn call(command: CacheCommand, client: &Client, output: OutputArguments) -> Result<Exit, Exit> {
    let path = |key: &str| format!("/v1/cache/keys/{}", encoded(key));
    match command {
        CacheCommand::Get { key } => get(client, &path(&key), &key, output),
        CacheCommand::Set { key, value, ttl, condition } => {
            let ttl = ttl.map(|ttl| format!("ttl={}", encoded(&ttl)));
            let condition = condition.map(|c| if c == If::Absent { "if=absent" } else { "if=present" }.to_owned());
            let query: Vec<_> = [ttl, condition].into_iter().flatten().collect();
            set(client, &format!("{}?{}", path(&key), query.join("&")), &value, output)
        }
        CacheCommand::Delete { key } => {
            client.succeeded(client.send("DELETE", &path(&key), None)?)?;
            output.answer(&json!({ "deleted": true }), || "deleted".into());
            Ok(Exit::Ok)
        }
        CacheCommand::Ttl { key } => {
            let answer = client.ask("GET", &format!("/v1/cache/ttl/{}", encoded(&key)), None)?;
            output.answer(&answer, || match answer.get("ttl_ms").and_then(Value::as_u64) {
                Some(left) => format!("{left}ms"),
                None => "no deadline".into(),
            });
            Ok(Exit::Ok)
        }
        CacheCommand::Increment { key, by, ttl } => {
            let body = json!({ "by": by, "ttl": ttl });
            let answer = client.ask("POST", &format!("/v1/cache/increment/{}", encoded(&key)), Some(&body))?;
            output.answer(&answer, || answer.get("value").map(Value::to_string).unwrap_or_default());
            Ok(Exit::Ok)
        }
        CacheCommand::Scan { prefix } => scan(client, &prefix, output),
        CacheCommand::Clear { prefix, all } => {
            let path = format!("/v1/cache/clear?prefix={}&all={all}", encoded(&prefix));
            let answer = client.ask("POST", &path, None)?;
            output.answer(&answer, || format!("{} deleted", answer.get("deleted").unwrap_or(&Value::Null)));
            Ok(Exit::Ok)
        }
        CacheCommand::Size => {
            let answer = client.ask("GET", "/v1/cache/size", None)?;
            output.answer(&answer, || {
                let number = |field| answer.get(field).and_then(Value::as_u64).map_or("?".into(), |n| n.to_string());
                format!("{} entries, {} bytes", number("entries"), number("bytes"))
            });
            Ok(Exit::Ok)
        }
    }
}

fn get(client: &Client, path: &str, key: &str, output: OutputArguments) -> Result<Exit, Exit> {
    let answer = client.send("GET", path, None)?;
    if answer.status == 404 {
        output.error("cache.missing", &format!("there is no value under `{key}`"), None);
        return Ok(Exit::NotFound);
    }
    let answer = client.succeeded(answer)?;
    if output.json() {
        let text = String::from_utf8(answer.body).ok();
        output.answer(&json!({ "value": text }), String::new);
    } else {
        bytes(&answer.body);
    }
    Ok(Exit::Ok)
}

fn set(client: &Client, path: &str, value: &str, output: OutputArguments) -> Result<Exit, Exit> {
    let mut read = Vec::new();
    let body = if value == "-" {
        if let Err(error) = std::io::stdin().lock().read_to_end(&mut read) {
            output.error("cli.input", &format!("can't read standard input: {error}"), None);
            return Ok(Exit::Failed);
        }
        &read
    } else {
        value.as_bytes()
    };
    let answer = client.send("PUT", path, Some(("application/octet-stream", body)))?;
    if answer.status == 412 {
        output.answer(&json!({ "stored": false }), || "not stored: the condition does not hold".into());
        return Ok(Exit::Failed);
    }
    client.succeeded(answer)?;
    output.answer(&json!({ "stored": true }), || "stored".into());
    Ok(Exit::Ok)
}

fn scan(client: &Client, prefix: &str, output: OutputArguments) -> Result<Exit, Exit> {
    let mut keys = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/v1/cache/scan?prefix={}&cursor={}&count=1000", encoded(prefix), encoded(&cursor));
        let page = client.ask("GET", &path, None)?;
        keys.extend(page.get("keys").and_then(Value::as_array).cloned().unwrap_or_default());
        match page.get("cursor").and_then(Value::as_str) {
            Some(next) if !next.is_empty() => cursor = next.to_owned(),
            _ => break,
        }
    }
    if output.json() {
        output.answer(&json!({ "keys": keys }), String::new);
    } else {
        for key in &keys {
            line(key.as_str().unwrap_or_default());
        }
    }
    Ok(Exit::Ok)
}
