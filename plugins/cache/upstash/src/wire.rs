//! Answers as JSON.

use base64::{Engine, engine::general_purpose::STANDARD};
use outrigger_plugin_api::sdk::ProviderError;
use outrigger_redis_commands::{Answer, split};
use serde_json::Value;

use crate::settings::Encoding;

/// Reads the answer to one command: `{"result": …}` or `{"error": "…"}`.
///
/// # Errors
/// `internal` where it is neither, or where a text is no Base64.
pub(crate) fn answer(encoding: Encoding, entry: Value) -> Result<Answer, ProviderError> {
    let Value::Object(mut entry) = entry else { return Err(strange("an entry of the answer is no object")) };
    if let Some(Value::String(error)) = entry.get("error") {
        let (code, detail) = split(error);
        return Ok(Answer::Error { code: code.to_owned(), detail: detail.to_owned() });
    }
    let result =
        entry.remove("result").ok_or_else(|| strange("an entry of the answer has neither result nor error"))?;
    read(encoding, result, LIST_DEPTH_MAX)
}

/// SCAN and the group script nest once; a deeper answer is none of theirs.
const LIST_DEPTH_MAX: u8 = 2;

fn read(encoding: Encoding, value: Value, depth: u8) -> Result<Answer, ProviderError> {
    match value {
        Value::Null => Ok(Answer::Nil),
        // The one text that is never encoded; no Base64 has its length.
        Value::String(text) if text == "OK" => Ok(Answer::Okay),
        Value::String(text) => match encoding {
            Encoding::Plain => Ok(Answer::Bytes(text.into_bytes())),
            Encoding::Base64 => STANDARD.decode(text).map(Answer::Bytes).map_err(|_| {
                strange("a text of the answer is no Base64: an emulator without it needs encoding = \"plain\"")
            }),
        },
        Value::Number(number) => Ok(number.as_i64().map_or(Answer::Other, Answer::Integer)),
        Value::Array(_) if depth == 0 => Ok(Answer::Other),
        Value::Array(values) => {
            values.into_iter().map(|value| read(encoding, value, depth - 1)).collect::<Result<_, _>>().map(Answer::List)
        }
        Value::Bool(_) | Value::Object(_) => Ok(Answer::Other),
    }
}

fn strange(why: &str) -> ProviderError {
    ProviderError::internal(format!("the server's answer can't be read: {why}"))
}

#[cfg(test)]
mod tests;
