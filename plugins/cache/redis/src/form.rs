//! Commands and replies in the client library's form.

use outrigger_redis_commands::{Answer, Words};
use redis::{Cmd, Value};

/// A command that the library sends as it is.
pub(crate) struct Packed(pub(crate) Cmd);

/// Room for a command before its buffers grow: name, key of usual length, a few options; and their bytes.
const ROOM: (usize, usize) = (6, 96);

impl Words for Packed {
    fn named(name: &str) -> Self {
        let mut cmd = Cmd::with_capacity(ROOM.0, ROOM.1);
        cmd.arg(name);
        Self(cmd)
    }

    fn word(&mut self, word: &[u8]) {
        self.0.arg(word);
    }

    fn number(&mut self, number: i64) {
        self.0.arg(number);
    }

    fn count(&mut self, count: u64) {
        self.0.arg(count);
    }
}

/// Returns a reply in the form that is decoded.
pub(crate) fn answer(value: Value) -> Answer {
    match value {
        Value::Nil => Answer::Nil,
        Value::Okay => Answer::Okay,
        Value::Int(number) => Answer::Integer(number),
        Value::BulkString(bytes) => Answer::Bytes(bytes),
        Value::SimpleString(text) => Answer::Bytes(text.into_bytes()),
        Value::Array(values) => Answer::List(values.into_iter().map(answer).collect()),
        Value::ServerError(error) => {
            Answer::Error { code: error.code().to_owned(), detail: error.details().unwrap_or_default().to_owned() }
        }
        _ => Answer::Other,
    }
}
