//! Google's rules for names.
//!
//! Source: developers.google.com, "Measurement Protocol (Google Analytics 4)", reserved names and limitations, read
//! 2026-11-22.

/// Longest name of an event or parameter, in characters.
pub(crate) const NAME_CHARS_MAX: usize = 40;
/// Longest name of a user property, in characters.
pub(crate) const PROPERTY_NAME_CHARS_MAX: usize = 24;

/// Names of events that Google keeps for itself.
const EVENTS: [&str; 24] = [
    "ad_activeview",
    "ad_click",
    "ad_exposure",
    "ad_impression",
    "ad_query",
    "adunit_exposure",
    "app_clear_data",
    "app_install",
    "app_remove",
    "app_update",
    "error",
    "first_open",
    "first_visit",
    "in_app_purchase",
    "notification_dismiss",
    "notification_foreground",
    "notification_open",
    "notification_receive",
    "os_update",
    "screen_view",
    "session_start",
    "user_engagement",
    "app_store_refund",
    "app_store_subscription_renew",
];
/// What no event's name begins with.
const EVENT_PREFIXES: [&str; 5] = ["_", "firebase_", "ga_", "google_", "gtag."];
/// What no parameter's or user property's name begins with.
const PREFIXES: [&str; 4] = ["_", "firebase_", "ga_", "google_"];
/// Names of user properties that Google keeps for itself.
const PROPERTIES: [&str; 5] =
    ["first_open_time", "first_visit_time", "last_deep_link_referrer", "user_id", "first_open_after_install"];

/// Returns the name as Google writes names: blanks, hyphens and dots become `_`, as its own connectors do.
fn written(name: &str) -> String {
    name.trim().chars().map(|c| if matches!(c, ' ' | '-' | '.') { '_' } else { c }).collect()
}

/// Returns an event's name.
///
/// # Errors
/// Which rule it breaks.
pub(crate) fn event(name: &str) -> Result<String, String> {
    let said = |why: String| format!("the event's name `{name}` {why}");
    let written = formed(name, NAME_CHARS_MAX).map_err(said)?;
    if EVENTS.contains(&written.as_str()) {
        return Err(said("is reserved by Google Analytics".into()));
    }
    match EVENT_PREFIXES.iter().find(|prefix| written.starts_with(**prefix)) {
        Some(prefix) => Err(said(format!("begins with `{prefix}`, which Google Analytics reserves"))),
        None => Ok(written),
    }
}

/// Returns a parameter's name.
///
/// # Errors
/// Which rule it breaks.
pub(crate) fn parameter(name: &str) -> Result<String, String> {
    let said = |why: String| format!("the parameter's name `{name}` {why}");
    let written = formed(name, NAME_CHARS_MAX).map_err(said)?;
    match PREFIXES.iter().find(|prefix| written.starts_with(**prefix)) {
        Some(prefix) => Err(said(format!("begins with `{prefix}`, which Google Analytics reserves"))),
        None => Ok(written),
    }
}

/// Returns a user property's name.
///
/// # Errors
/// Which rule it breaks.
pub(crate) fn property(name: &str) -> Result<String, String> {
    let said = |why: String| format!("the user property's name `{name}` {why}");
    let written = formed(name, PROPERTY_NAME_CHARS_MAX).map_err(said)?;
    let reserved = PROPERTIES.contains(&written.as_str()) || PREFIXES.iter().any(|prefix| written.starts_with(prefix));
    if reserved { Err(said("is reserved by Google Analytics".into())) } else { Ok(written) }
}

fn formed(name: &str, chars_max: usize) -> Result<String, String> {
    let written = written(name);
    let mut chars = written.chars();
    let first = chars.next().ok_or("is empty")?;
    if !(first.is_ascii_alphabetic() || first == '_') || !chars.all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err("must begin with a letter and hold only letters, digits and `_`".into());
    }
    // All ASCII by now, so bytes are characters.
    if written.len() > chars_max {
        return Err(format!("has {} characters; Google Analytics takes {chars_max}", written.len()));
    }
    Ok(written)
}

#[cfg(test)]
mod tests;
