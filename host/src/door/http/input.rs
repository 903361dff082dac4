//! Reads what requests carry: keys from paths, JSON bodies, durations.

use std::time::Duration;

use http::Uri;
use outrigger_plugin_api::{sdk::Bytes, units};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    Problem,
    fault::{self, Fault},
};

/// Returns the key that the path names after `prefix`, percent-decoded: any bytes can be a key.
pub(super) fn key(uri: &Uri, prefix: &str) -> Result<Bytes, Problem> {
    let raw = uri.path().strip_prefix(prefix).unwrap_or_default().as_bytes();
    let mut key = Vec::with_capacity(raw.len());
    let mut rest = raw;
    loop {
        match rest {
            [] => break,
            [b'%', high, low, tail @ ..] => {
                let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                let (Some(high), Some(low)) = (digit(*high), digit(*low)) else { return Err(bad_escape()) };
                key.push(high << 4 | low);
                rest = tail;
            }
            [b'%', ..] => return Err(bad_escape()),
            [byte, tail @ ..] => {
                key.push(*byte);
                rest = tail;
            }
        }
    }
    Ok(key.into())
}

fn bad_escape() -> Problem {
    Problem::invalid("the path has a % that is not followed by two hexadecimal digits")
}

/// Reads a JSON body.
pub(super) fn json<T: DeserializeOwned + JsonSchema>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        let detail = format!("the body is not the JSON expected here: {error}");
        let problem = Problem::new(http::StatusCode::UNPROCESSABLE_ENTITY, "http.json", detail);
        // Read again without a model, which only a refused body costs: a body that is no JSON has no places.
        match serde_json::from_slice::<Value>(body) {
            Ok(value) => problem.with_faults(&fault::faults::<T>(&value, &error.to_string())),
            Err(_) => problem,
        }
    })
}

/// Reads a model from a value.
pub(super) fn model<T: DeserializeOwned + JsonSchema>(value: &Value) -> Result<T, Vec<Fault>> {
    T::deserialize(value).map_err(|error| fault::faults::<T>(value, &error.to_string()))
}

/// Reads a time to live, such as `30s`.
pub(super) fn ttl(text: Option<&str>) -> Result<Option<Duration>, Problem> {
    let read = |text| units::parse_duration(text).map_err(|error| Problem::invalid(format!("ttl: {error}")));
    text.map(read).transpose()
}
