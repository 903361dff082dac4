//! The address of the page that an event names, or one that stands for it.

use outrigger_plugin_api::sdk::analytics::{Event, Object};
use serde_json::Value;

/// Returns the URL: what the properties or the context say, made absolute; else one made of the page's or screen's
/// name, as Plausible's documentation asks of apps; else the site's front page.
pub(crate) fn of(event: &Event, site: &str) -> String {
    let (properties, name) = match event {
        Event::Page { properties, name, .. } | Event::Screen { properties, name, .. } => {
            (Some(properties), name.as_deref())
        }
        Event::Track { properties, .. } => (Some(properties), None),
        _ => (None, None),
    };
    let page = event.common().context.get("page").and_then(Value::as_object);
    let said = |name| text(properties, name).or_else(|| text(page, name));
    let origin =
        if matches!(event, Event::Screen { .. }) { "app://localhost".to_owned() } else { format!("https://{site}") };
    match said("url").or_else(|| said("path")) {
        Some(url) if url.contains("://") => url.to_owned(),
        Some(path) => format!("{origin}/{}", path.trim_start_matches('/')),
        None => format!("{origin}/{}", name.map(encoded).unwrap_or_default()),
    }
}

/// Returns how many characters the path has, as Plausible counts them: decoded.
pub(crate) fn path_chars(url: &str) -> usize {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let (mut count, mut bytes) = (0, path.bytes());
    while let Some(byte) = bytes.next() {
        let byte = if byte == b'%' { escaped(&mut bytes).unwrap_or(byte) } else { byte };
        // Bytes 10xxxxxx go on with a character that has begun.
        count += usize::from(byte & 0xc0 != 0x80);
    }
    count
}

/// Reads the two digits of an escape; what follows is left as it is where they are none.
fn escaped(bytes: &mut std::str::Bytes<'_>) -> Option<u8> {
    let mut ahead = bytes.clone();
    let mut digit = || char::from(ahead.next()?).to_digit(16);
    let value = digit()? * 16 + digit()?;
    *bytes = ahead;
    u8::try_from(value).ok()
}

/// Writes a name as one part of a path.
fn encoded(name: &str) -> String {
    let mut part = String::with_capacity(name.len());
    for byte in name.trim().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => part.push(char::from(byte)),
            _ => part.push_str(&format!("%{byte:02X}")),
        }
    }
    part
}

fn text<'o>(object: Option<&'o Object>, name: &str) -> Option<&'o str> {
    object?.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
