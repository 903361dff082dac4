//! Replies as JSON.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// How texts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As they are; what is no UTF-8 is replaced.
    Text,
    /// Base64, all but `OK`.
    Base64,
}

/// Reads replies of RESP2 one after the other. They are the host's own, so they are well-formed.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    encoding: Encoding,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(replies: &'a [u8], encoding: Encoding) -> Self {
        Self { rest: replies, encoding }
    }

    /// Returns the next reply as `{"result": …}` or `{"error": …}`.
    pub(super) fn result(&mut self) -> Value {
        match self.reply() {
            Ok(result) => json!({ "result": result }),
            Err(error) => json!({ "error": error }),
        }
    }

    /// Returns the next reply, a list, as a list of such; or its error.
    pub(super) fn results(&mut self) -> Result<Vec<Value>, String> {
        match self.head() {
            (b'*', text) => Ok((0..text.parse().unwrap_or(0)).map(|_| self.result()).collect()),
            (b'-', text) => Err(text.to_owned()),
            _ => Err("ERR provider.internal: a transaction that is none".to_owned()),
        }
    }

    fn reply(&mut self) -> Result<Value, String> {
        Ok(match self.head() {
            (b'-', text) => return Err(text.to_owned()),
            (b':', text) => text.parse::<i64>().map_or(Value::Null, Value::from),
            (b'+', "OK") => json!("OK"),
            (b'+', text) => self.text(text.as_bytes()),
            (b'$', length) => match length.parse::<usize>() {
                Ok(bytes) => {
                    let (value, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, &[]));
                    self.rest = rest.get(2..).unwrap_or_default();
                    self.text(value)
                }
                Err(_) => Value::Null,
            },
            (b'*', count) => match count.parse::<usize>() {
                // What failed within a list is told where it stands, as a text.
                Ok(count) => (0..count).map(|_| self.reply().unwrap_or_else(Value::from)).collect(),
                Err(_) => Value::Null,
            },
            _ => Value::Null,
        })
    }

    fn text(&self, bytes: &[u8]) -> Value {
        match self.encoding {
            Encoding::Text => String::from_utf8_lossy(bytes).into_owned().into(),
            Encoding::Base64 => STANDARD.encode(bytes).into(),
        }
    }

    /// Reads a line: its first byte and the rest.
    fn head(&mut self) -> (u8, &'a str) {
        let end = self.rest.iter().position(|byte| *byte == b'\n').unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at_checked(end + 1).unwrap_or((self.rest, &[]));
        self.rest = rest;
        match line.split_first() {
            Some((kind, text)) => (*kind, std::str::from_utf8(text).unwrap_or_default().trim_ascii_end()),
            None => (0, ""),
        }
    }
}

#[cfg(test)]
mod tests;
