//! Reads `name=value`, the form of OpenTelemetry's variables for headers and resource attributes.
//!
//! Source: opentelemetry.io, "OTLP Exporter Configuration" and "Resource SDK": the format of W3C Baggage, whose values
//! are percent-encoded.

use outrigger_plugin_api::sdk::ProviderError;

/// Reads the list of the setting `name`. Empty items are none, as an empty variable is an unset one.
///
/// # Errors
/// `settings`, by the item's place: its text may be secret.
pub(crate) fn read(name: &str, list: &[String]) -> Result<Vec<(String, String)>, ProviderError> {
    let mut pairs = Vec::new();
    for (place, item) in list.iter().enumerate().filter(|(_, item)| !item.trim().is_empty()) {
        let pair = item.split_once('=').and_then(|(name, value)| {
            let name = decoded(name.trim())?;
            (!name.is_empty()).then_some((name, decoded(value.trim())?))
        });
        let place = place + 1;
        let refused = || format!("item {place} of `{name}` must be \"name=value\", percent-encoded UTF-8");
        pairs.push(pair.ok_or_else(|| ProviderError::settings(refused()))?);
    }
    Ok(pairs)
}

/// Decodes `%20`; a percent sign without two digits after it stands for itself. `None` where the bytes are no text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.first_chunk::<2>().filter(|pair| *first == b'%' && pair.iter().all(u8::is_ascii_hexdigit));
        let escaped = digits.and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = match escaped {
            Some(_) => tail.get(2..).unwrap_or_default(),
            None => tail,
        };
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
