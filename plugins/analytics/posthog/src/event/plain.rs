//! The plain case, which most events are: a `track` whose texts have no escapes and whose properties touch none of
//! PostHog's own. It is put together from its text, without another tree and its writing.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Said;
use crate::id;

/// Room for what is added to the properties; a long user agent makes it grow.
const ADDED_BYTES: usize = 256;

/// A `track`. A text with an escape can't be borrowed, and reading fails.
#[derive(Deserialize)]
struct Track<'t> {
    r#type: &'t str,
    event: &'t str,
    user_id: Option<&'t str>,
    anonymous_id: Option<&'t str>,
    timestamp_ms: Option<u64>,
    message_id: Option<&'t str>,
    session_id: Option<&'t str>,
    #[serde(borrow)]
    properties: Option<&'t RawValue>,
    #[serde(borrow)]
    context: Option<Context<'t>>,
}

/// What PostHog has properties for, of an event's circumstances.
#[derive(Clone, Copy, Default, Deserialize)]
struct Context<'t> {
    #[serde(borrow)]
    ip: Option<&'t RawValue>,
    #[serde(borrow, rename = "userAgent")]
    user_agent: Option<&'t RawValue>,
    #[serde(borrow, rename = "user_agent")]
    short_user_agent: Option<&'t RawValue>,
    #[serde(borrow)]
    locale: Option<&'t RawValue>,
    #[serde(borrow)]
    groups: Option<&'t RawValue>,
}

/// Says what a record says; `None` where it is not the plain case, or PostHog would not take it.
pub(super) fn say(text: &str) -> Option<Said<'_>> {
    let track: Track<'_> = serde_json::from_str(text).ok()?;
    let given = match track.properties {
        Some(properties) => properties.get().strip_prefix('{')?.strip_suffix('}')?,
        None => "",
    };
    // A name that begins with a dollar sign is PostHog's own, also where an escape stands for the sign.
    if track.r#type != "track" || given.contains(['$', '\\']) {
        return None;
    }
    let person = id::checked(track.user_id.or(track.anonymous_id)?).ok()?;
    let (name, message_id) = (Cow::from(track.event), track.message_id.map(Cow::from));
    let properties = properties(given, &track);
    Some(Said { name, person: Cow::from(person), timestamp_ms: track.timestamp_ms, message_id, properties })
}

/// Adds to the app's properties what every event says of its circumstances.
fn properties(given: &str, track: &Track<'_>) -> String {
    let mut object = String::with_capacity(given.len() + ADDED_BYTES);
    object.push('{');
    object.push_str(given);
    let comma = if given.is_empty() { "" } else { "," };
    object.extend([comma, "\"$lib\":\"outrigger\",\"$lib_version\":\"", env!("CARGO_PKG_VERSION"), "\""]);
    let context = track.context.unwrap_or_default();
    let said = [
        ("$ip", beginning(context.ip, '"')),
        ("$raw_user_agent", beginning(context.user_agent, '"').or_else(|| beginning(context.short_user_agent, '"'))),
        ("$locale", beginning(context.locale, '"')),
        ("$groups", beginning(context.groups, '{')),
        ("$process_person_profile", track.user_id.is_none().then_some("false")),
    ];
    for (name, json) in said.into_iter().filter_map(|(name, json)| Some((name, json?))) {
        object.extend([",\"", name, "\":", json]);
    }
    if let Some(session) = track.session_id {
        object.extend([",\"$session_id\":\"", session, "\""]);
    }
    object.push('}');
    object
}

/// Returns a value's JSON where it begins so, as a text or an object does.
fn beginning(value: Option<&RawValue>, with: char) -> Option<&str> {
    value.map(RawValue::get).filter(|json| json.starts_with(with))
}
