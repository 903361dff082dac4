//! Commands from JSON or from a path.

use serde_json::Value;

use crate::resp::{Requests, Span};

/// Requests with their words.
#[derive(Debug, Default)]
pub(super) struct Words {
    bytes: Vec<u8>,
    spans: Vec<Span>,
    ends: Vec<usize>,
}

impl Words {
    /// Reads one command: a list of texts and numbers.
    pub(super) fn one(body: &[u8]) -> Result<Self, String> {
        let mut words = Self::default();
        words.command(&parsed(body)?)?;
        Ok(words)
    }

    /// Reads a list of commands.
    pub(super) fn many(body: &[u8]) -> Result<Self, String> {
        let Value::Array(commands) = parsed(body)? else { return Err("the body must be a list of commands".into()) };
        let mut words = Self::default();
        commands.iter().try_for_each(|command| words.command(command))?;
        Ok(words)
    }

    /// Reads a command from a path, with a word in the body and more in the query.
    pub(super) fn path(path: &str, body: &[u8], query: Option<&str>) -> Result<Self, String> {
        let mut words = Self::default();
        for word in path.trim_matches('/').split('/') {
            words.word(&decoded(word, false)?);
        }
        if !body.is_empty() {
            words.word(body);
        }
        for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            words.word(&decoded(name, true)?);
            if !value.is_empty() {
                words.word(&decoded(value, true)?);
            }
        }
        words.end();
        Ok(words)
    }

    /// Returns the same commands between MULTI and EXEC.
    pub(super) fn transaction(self) -> Self {
        let mut words = Self::default();
        words.word(b"MULTI");
        words.end();
        let requests = self.requests();
        for request in (0..requests.len()).filter_map(|number| requests.get(number)) {
            request.from(0).for_each(|word| words.word(word));
            words.end();
        }
        words.word(b"EXEC");
        words.end();
        words
    }

    pub(super) fn requests(&self) -> Requests<'_> {
        Requests::new(&self.bytes, &self.spans, &self.ends)
    }

    fn command(&mut self, command: &Value) -> Result<(), String> {
        let Value::Array(list) = command else { return Err("a command must be a list".into()) };
        if list.is_empty() {
            return Err("a command must not be empty".into());
        }
        for word in list {
            match word {
                Value::String(text) => self.word(text.as_bytes()),
                Value::Number(_) | Value::Bool(_) => self.word(word.to_string().as_bytes()),
                Value::Null | Value::Array(_) | Value::Object(_) => {
                    return Err("the words of a command must be texts or numbers".into());
                }
            }
        }
        self.end();
        Ok(())
    }

    fn word(&mut self, word: &[u8]) {
        self.spans.push(Span { at: self.bytes.len(), bytes: word.len() });
        self.bytes.extend_from_slice(word);
    }

    fn end(&mut self) {
        self.ends.push(self.spans.len());
    }
}

fn parsed(body: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(body).map_err(|error| format!("the body is no JSON: {error}"))
}

/// Decodes `%41`, and in a query `+`.
fn decoded(text: &str, plus: bool) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' if plus => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
                let code = digit().zip(digit()).map(|(high, low)| high << 4 | low);
                code.and_then(|code| u8::try_from(code).ok()).ok_or("a percent sign that stands for nothing")?
            }
            byte => byte,
        });
    }
    Ok(bytes)
}
