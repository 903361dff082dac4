//! Turns a record into what Mixpanel takes of it: an event, updates of a profile or a group, or both.

use outrigger_plugin_api::sdk::{
    analytics::{Common, Event, Object},
    sink::{Piece, Record},
};
use serde_json::{Map, Value, json};

use crate::{limits, profile, settings::Settings};

/// Where a piece goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// Events.
    Import,
    /// Users' profiles.
    Profiles,
    /// Groups' profiles.
    Groups,
}

/// One piece as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outgoing {
    /// The place of its record in the batch.
    pub(crate) record: usize,
    pub(crate) target: Target,
    pub(crate) json: Vec<u8>,
}

impl Piece for Outgoing {
    fn record(&self) -> usize {
        self.record
    }

    fn bytes(&self) -> &[u8] {
        &self.json
    }
}

/// Where Segment's context keeps what Mixpanel has a default property for.
const CONTEXT: &[(&str, &[&str])] = &[
    ("$app_version_string", &["app", "version"]),
    ("$os", &["os", "name"]),
    ("$os_version", &["os", "version"]),
    ("$brand", &["device", "brand"]),
    ("$manufacturer", &["device", "manufacturer"]),
    ("$model", &["device", "model"]),
    ("$carrier", &["network", "carrier"]),
    ("$screen_width", &["screen", "width"]),
    ("$screen_height", &["screen", "height"]),
    ("$current_url", &["page", "url"]),
    ("$referrer", &["page", "referrer"]),
    ("ip", &["ip"]),
    ("$locale", &["locale"]),
    ("utm_source", &["campaign", "source"]),
    ("utm_medium", &["campaign", "medium"]),
    ("utm_campaign", &["campaign", "name"]),
    ("utm_term", &["campaign", "term"]),
    ("utm_content", &["campaign", "content"]),
];

/// Returns a record's pieces, mostly one.
pub(crate) fn outgoing(place: usize, record: &Record<Event>, settings: &Settings) -> Result<Vec<Outgoing>, String> {
    let common = record.body.common();
    let ids = Ids::of(common)?;
    let event = |name: &str, properties: &Object, more: &[(&str, Value)]| -> Result<Outgoing, String> {
        let json = event_json(name, properties, more, &ids, record)?;
        Ok(Outgoing { record: place, target: Target::Import, json })
    };
    let update = |target, body: Value| Outgoing { record: place, target, json: body.to_string().into_bytes() };
    match &record.body {
        Event::Track { event: name, properties, .. } => Ok(vec![event(name.trim(), properties, &[])?]),
        Event::Page { name, properties, .. } => Ok(vec![event(&seen(name.as_deref(), "Page"), properties, &[])?]),
        Event::Screen { name, properties, .. } => Ok(vec![event(&seen(name.as_deref(), "Screen"), properties, &[])?]),
        Event::Identify { traits, .. } => {
            let mut pieces = Vec::new();
            if let (Some(user), Some(device)) = (ids.user, ids.device) {
                // Any event with both ids joins them; this name is what Mixpanel's own clients give it.
                let more = [("$identified_id", user.into()), ("$anon_id", device.into())];
                pieces.push(event("$identify", &Object::new(), &more)?);
            }
            if !traits.is_empty() || pieces.is_empty() {
                pieces.push(update(Target::Profiles, profile::of_user(&ids, traits, settings)?));
            }
            Ok(pieces)
        }
        Event::Group { group_id, .. } if group_id.is_empty() => Err("group_id is empty".to_owned()),
        Event::Group { group_id, traits, .. } => Ok(vec![
            update(Target::Profiles, profile::member(&ids, group_id, settings)),
            update(Target::Groups, profile::of_group(group_id, traits, settings)?),
        ]),
        _ => Err("Mixpanel has no such event".to_owned()),
    }
}

/// Who an event is of, under Mixpanel's simplified merging of ids.
pub(crate) struct Ids<'r> {
    pub(crate) user: Option<&'r str>,
    pub(crate) device: Option<&'r str>,
}

/// Ids that Mixpanel refuses or strikes off, because careless clients send them for everybody. Compared without case.
const NOBODY: [&str; 16] = [
    "00000000-0000-0000-0000-000000000000",
    "anon",
    "anonymous",
    "nil",
    "none",
    "null",
    "n/a",
    "na",
    "undefined",
    "unknown",
    "<nil>",
    "0",
    "-1",
    "true",
    "false",
    "[]",
];

impl<'r> Ids<'r> {
    fn of(common: &'r Common) -> Result<Self, String> {
        let given = |id: &'r Option<String>| id.as_deref().filter(|id| !id.is_empty());
        let (user, device) = (given(&common.identity.user_id), given(&common.identity.anonymous_id));
        for (field, id) in [("user_id", user), ("anonymous_id", device)] {
            if let Some(id) = id.filter(|id| NOBODY.iter().any(|nobody| nobody.eq_ignore_ascii_case(id))) {
                return Err(format!("{field}: `{id}` stands for nobody, and Mixpanel refuses it"));
            }
        }
        if user.is_none() && device.is_none() {
            return Err("neither user_id nor anonymous_id is set".to_owned());
        }
        Ok(Self { user, device })
    }

    /// Returns the id that an event or profile is kept under.
    pub(crate) fn distinct(&self) -> String {
        match (self.user, self.device) {
            (Some(user), _) => user.to_owned(),
            (None, Some(device)) => format!("$device:{device}"),
            (None, None) => String::new(),
        }
    }
}

fn event_json(
    name: &str,
    properties: &Object,
    more: &[(&str, Value)],
    ids: &Ids<'_>,
    record: &Record<Event>,
) -> Result<Vec<u8>, String> {
    let common = record.body.common();
    let time = common.timestamp_ms.unwrap_or(record.received_at_ms);
    limits::name(name)?;
    limits::time(time, record.received_at_ms)?;
    let mut members = Map::new();
    for (property, path) in CONTEXT {
        let value = at(&common.context, path).filter(|value| value.is_string() || value.is_number());
        members.extend(value.map(|value| ((*property).to_owned(), value.clone())));
    }
    members.extend(common.session_id.iter().map(|id| ("$session_id".to_owned(), id.as_str().into())));
    members.extend(properties.iter().map(|(name, value)| (name.clone(), value.clone())));
    // Last: what Mixpanel counts by is never a client's to name.
    members.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    members.extend(ids.user.map(|user| ("$user_id".to_owned(), user.into())));
    members.extend(ids.device.map(|device| ("$device_id".to_owned(), device.into())));
    members.insert("distinct_id".to_owned(), ids.distinct().into());
    members.insert("time".to_owned(), time.into());
    // 36 bytes of hexadecimal digits and hyphens, as Mixpanel takes them; the same in every try.
    members.insert("$insert_id".to_owned(), record.id.hyphenated().to_string().into());
    limits::properties(members.iter())?;
    let json = json!({ "event": name, "properties": members }).to_string().into_bytes();
    limits::length(json.len())?;
    Ok(json)
}

fn at<'o>(context: &'o Object, path: &[&str]) -> Option<&'o Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(context.get(*first)?, |value, name| value.get(name))
}

/// Returns the name of a page view, as Segment's own connection to Mixpanel forms it.
fn seen(name: Option<&str>, what: &str) -> String {
    match name.map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => format!("Viewed {name} {what}"),
        None => format!("Loaded a {what}"),
    }
}

#[cfg(test)]
mod tests;
