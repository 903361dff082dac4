//! Updates of profiles: what is known of a user or a group.

use outrigger_plugin_api::sdk::analytics::Object;
use serde_json::{Map, Value, json};

use crate::{event::Ids, limits, settings::Settings};

/// Traits that Mixpanel shows under names of its own, as Segment's own connection maps them.
const RESERVED: &[(&str, &str)] = &[
    ("email", "$email"),
    ("name", "$name"),
    ("firstName", "$first_name"),
    ("first_name", "$first_name"),
    ("lastName", "$last_name"),
    ("last_name", "$last_name"),
    ("phone", "$phone"),
    ("avatar", "$avatar"),
    ("createdAt", "$created"),
    ("created_at", "$created"),
];

/// Returns the update that sets a user's traits. The address of the request is the host's, and says nothing of where the
/// user is.
pub(crate) fn of_user(ids: &Ids<'_>, traits: &Object, settings: &Settings) -> Result<Value, String> {
    let traits = named(traits);
    limits::properties(traits.iter())?;
    Ok(json!({ "$token": settings.token, "$distinct_id": ids.distinct(), "$ip": "0", "$set": traits }))
}

/// Returns the update that puts a user into a group.
pub(crate) fn member(ids: &Ids<'_>, group: &str, settings: &Settings) -> Value {
    let groups = json!({ &settings.group_key: [group] });
    json!({ "$token": settings.token, "$distinct_id": ids.distinct(), "$ip": "0", "$union": groups })
}

/// Returns the update that sets a group's traits.
pub(crate) fn of_group(group: &str, traits: &Object, settings: &Settings) -> Result<Value, String> {
    limits::properties(traits.iter())?;
    Ok(json!({
        "$token": settings.token, "$group_key": settings.group_key, "$group_id": group, "$set": traits,
    }))
}

fn named(traits: &Object) -> Map<String, Value> {
    let name = |name: &String| {
        let reserved = RESERVED.iter().find(|(trait_, _)| trait_ == name);
        reserved.map_or_else(|| name.clone(), |(_, reserved)| (*reserved).to_owned())
    };
    traits.iter().map(|(trait_, value)| (name(trait_), value.clone())).collect()
}
