//! What is an event, and what is none.

use serde_json::json;

use super::*;
use crate::sdk::sink::Body;

fn read(value: &Value) -> Result<Event, String> {
    let from_text = serde_json::from_str::<Event>(&value.to_string()).map_err(|error| error.to_string());
    let from_value = Event::deserialize(value).map_err(|error| error.to_string());
    assert_eq!(from_text.as_ref().ok(), from_value.as_ref().ok());
    let outline = outline(&value.to_string()).map_err(|error| error.to_string());
    assert_eq!(outline.as_ref().map(Body::sort), from_text.as_ref().map(Body::sort), "an outline is one of an event");
    from_value
}

#[test]
fn every_sort_is_read_as_it_is_written() {
    let common = json!({"user_id": "u", "anonymous_id": "a", "timestamp_ms": 5, "message_id": "m", "session_id": "s",
                        "context": {"locale": "de"}});
    let own = [
        json!({"type": "track", "event": "e", "properties": {"a": [1, {"b": null}]}}),
        json!({"type": "identify", "traits": {"plan": "pro"}}),
        json!({"type": "page", "name": "n", "properties": {"url": "/"}}),
        json!({"type": "screen", "name": "n", "properties": {"depth": 1.5}}),
        json!({"type": "group", "group_id": "g", "traits": {"size": 3}}),
        json!({"type": "alias", "previous_id": "p"}),
    ];
    for own in own {
        let (mut whole, Value::Object(common)) = (own.clone(), common.clone()) else { unreachable!() };
        whole.as_object_mut().unwrap().extend(common);
        let event = read(&whole).unwrap();
        assert_eq!(serde_json::to_value(&event).unwrap(), whole);
        assert_eq!(event.common().identity.user_id.as_deref(), Some("u"));
        let written = serde_json::to_value(read(&own).map_err(|error| format!("{own}: {error}")).unwrap()).unwrap();
        assert_eq!(written, own, "what is absent stays absent");
    }
}

#[test]
fn what_another_sort_has_or_nobody_knows_does_no_harm() {
    let event = read(&json!({"type": "track", "event": "e", "traits": null, "group_id": 7, "unknown": [[]]})).unwrap();
    assert_eq!(serde_json::to_value(event).unwrap(), json!({"type": "track", "event": "e"}));
    assert!(read(&json!({"type": "page", "name": null, "user_id": null})).is_ok());
}

#[test]
fn what_its_own_sort_needs_has_to_be_there_and_fit() {
    let refused = [
        (json!({}), "missing field `type`"),
        (json!({"type": "tracks"}), "unknown variant `tracks`"),
        (json!({"type": "track"}), "missing field `event`"),
        (json!({"type": "track", "event": 1}), "`event` is not text"),
        (json!({"type": "track", "event": "e", "properties": null}), "`properties` is not an object"),
        (json!({"type": "identify", "traits": []}), "`traits` is not an object"),
        (json!({"type": "page", "name": {}}), "`name` is not text"),
        (json!({"type": "group", "group_id": null}), "missing field `group_id`"),
        (json!({"type": "alias"}), "missing field `previous_id`"),
        (json!({"type": "alias", "previous_id": "p", "user_id": 3}), "invalid type"),
        (json!({"type": "alias", "previous_id": "p", "timestamp_ms": -3}), "invalid value"),
        (json!({"type": "alias", "previous_id": "p", "context": null}), "`context` is not an object"),
        (json!([]), "invalid"),
    ];
    for (value, why) in refused {
        let error = read(&value).unwrap_err();
        assert!(error.contains(why), "{value}: {error}");
    }
}

#[test]
fn every_number_leaves_as_it_came() {
    for number in
        ["2.4282266812363367e-167", "0.30000000000000004", "123456789012345.67", "-18446744073709.553", "5e-324"]
    {
        let text = format!(r#"{{"type":"track","event":"e","properties":{{"n":{number}}}}}"#);
        let event: Event = serde_json::from_str(&text).unwrap();
        let written = serde_json::to_value(&event).unwrap();
        let exact: f64 = number.parse().unwrap();
        assert_eq!(written["properties"]["n"].as_f64().map(f64::to_bits), Some(exact.to_bits()), "{number}");
    }
}

#[test]
fn an_outline_finds_what_reading_the_whole_finds() {
    let deep = |levels| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    // Of an event with this among its details, whether it can be read.
    let details = [
        (r#""a \" \u00e9 \ud83d\ude00""#.to_owned(), true),
        (r#""\ud83d""#.to_owned(), false),
        (r#"{"\udead": 1}"#.to_owned(), false),
        (r#"[1, -2, 1.5e3, true, null, {"b": []}]"#.to_owned(), true),
        ("1e999".to_owned(), false),
        ("01".to_owned(), false),
        (deep(120), true),
        (deep(127), false),
        ("{\"a\": }".to_owned(), false),
    ];
    for (value, good) in details {
        let text = format!(r#"{{"type":"track","event":"e","properties":{{"p":{value}}}}}"#);
        assert_eq!(outline(&text).is_ok(), good, "{value}");
        assert_eq!(serde_json::from_str::<Event>(&text).is_ok(), good, "{value}");
    }
    for text in ["", "{\"type\":\"alias\",\"previous_id\":\"p\"} x", "[]", "{\"type\":\"alias\",\"type\":\"alias\"}"] {
        assert!(outline(text).is_err() && serde_json::from_str::<Event>(text).is_err(), "{text}");
    }
}
