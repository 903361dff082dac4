//! The circumstances of a record under Amplitude's names.

use outrigger_plugin_api::sdk::analytics::Object;
use serde_json::Value;

/// Where Segment's context keeps what Amplitude has a field for.
const FIELDS: &[(&str, &[&str])] = &[
    ("app_version", &["app", "version"]),
    ("platform", &["device", "type"]),
    ("os_name", &["os", "name"]),
    ("os_version", &["os", "version"]),
    ("device_brand", &["device", "brand"]),
    ("device_manufacturer", &["device", "manufacturer"]),
    ("device_model", &["device", "model"]),
    ("carrier", &["network", "carrier"]),
    ("country", &["location", "country"]),
    ("region", &["location", "region"]),
    ("city", &["location", "city"]),
    ("location_lat", &["location", "latitude"]),
    ("location_lng", &["location", "longitude"]),
    ("language", &["locale"]),
    ("ip", &["ip"]),
    ("user_agent", &["userAgent"]),
    ("user_agent", &["user_agent"]),
    ("idfa", &["device", "advertisingId"]),
];

/// Adds what the context says, texts and numbers only.
pub(crate) fn add(event: &mut Object, context: &Object) {
    for (field, path) in FIELDS {
        let value = at(context, path).filter(|value| match value {
            Value::String(text) => !text.is_empty(),
            Value::Number(_) => true,
            _ => false,
        });
        if let Some(value) = value {
            event.entry(*field).or_insert_with(|| value.clone());
        }
    }
}

/// Returns the device's id, where the context names it.
pub(crate) fn device_id(context: &Object) -> Option<&str> {
    at(context, &["device", "id"])?.as_str().filter(|id| !id.is_empty())
}

fn at<'o>(context: &'o Object, path: &[&str]) -> Option<&'o Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(context.get(*first)?, |value, name| value.get(name))
}
