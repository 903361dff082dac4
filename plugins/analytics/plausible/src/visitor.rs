//! Whom Plausible takes the visitor for: by the address and the browser that the record's context names.

use std::net::IpAddr;

use outrigger_plugin_api::sdk::{analytics::Object, http::Request};
use serde_json::Value;

/// Longest `User-Agent` that is passed on: four times the longest that browsers send, within every server's bound.
const USER_AGENT_BYTES_MAX: usize = 2_048;

/// Adds the two headers that Plausible tells visitors apart by. An address that is none is left out: Plausible then
/// takes the one that the request comes from.
pub(crate) fn headers(request: Request, context: &Object, fallback: &str) -> Request {
    let text = |name| context.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let agent = text("userAgent").or_else(|| text("user_agent")).unwrap_or(fallback);
    let request = request.header("user-agent", plain(agent));
    match text("ip").and_then(|ip| ip.parse::<IpAddr>().ok()) {
        Some(ip) => request.header("x-forwarded-for", ip),
        None => request,
    }
}

/// Returns the text as a header can carry it.
fn plain(text: &str) -> String {
    let plain = |char: char| if char == ' ' || char.is_ascii_graphic() { char } else { '?' };
    text.chars().map(plain).take(USER_AGENT_BYTES_MAX).collect()
}

#[cfg(test)]
mod tests;
