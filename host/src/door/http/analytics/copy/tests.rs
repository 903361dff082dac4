//! What is copied is what the long way stores; what is not plain is left to it.

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::*;
use crate::door::http::analytics::{BATCH_EVENTS_MAX, read};

/// Returns what is stored of an event by the short way, after seeing that the long way stores the same.
fn copied(sort: &str, body: &str) -> Option<Json> {
    let short = one(body.as_bytes(), sort, None)?;
    let mut object: Map<String, Json> = serde_json::from_str(body).unwrap();
    object.insert("type".into(), sort.into());
    let event = read(object).expect("what is copied can be read");
    let long = event::outgoing_analytics(&event).unwrap();
    assert_eq!(short.sort, long.sort);
    if event.common().message_id.is_some() {
        assert_eq!(short.id, long.id);
    }
    let stored: outrigger_plugin_api::sdk::analytics::Event = serde_json::from_slice(&short.body).unwrap();
    assert_eq!(stored, event, "{body}");
    Some(serde_json::from_slice(&short.body).unwrap())
}

#[test]
fn every_sort_is_copied_in_the_models_words() {
    let ids = r#""userId":"u","anonymousId":"a\u00e9\"","messageId":"m","sessionId":"s","context":{"groupId":"g"}"#;
    let own = [
        ("track", r#""event_type":"e","metadata":{"n":[1,-2,3.50,1e3,true,null,{}],"t":"\ud83d\ude00\n"}"#),
        ("identify", r#""traits":{"plan":"pro"},"event_type":"no member of this sort","metadata":7"#),
        ("page", r#""name":"n","properties":{"a":{"b":[[]]}},"unknown":[{"x":1}]"#),
        ("screen", r#""name":null,"timestamp":"2026-11-23T10:00:00.250Z""#),
        ("group", r#""groupId":"g","traits":{},"timestamp_ms":5"#),
        ("alias", r#""previousId":"p","originalTimestamp":1795427999000"#),
    ];
    for (sort, own) in own {
        let stored = copied(sort, &format!(" {{ {own} , {ids} }} ")).unwrap_or_else(|| panic!("{sort} is plain"));
        assert_eq!(stored["user_id"], "u", "{stored}");
        assert_eq!(stored["type"], sort);
        assert_eq!(stored.get("unknown"), None);
    }
    let screen = copied("screen", r#"{"user_id":"u","timestamp":"2026-11-23T10:00:00.250Z"}"#).unwrap();
    assert_eq!(screen, json!({"type": "screen", "user_id": "u", "timestamp_ms": 1_795_428_000_250_u64}));
}

#[test]
fn what_is_not_plain_is_left_to_the_long_way() {
    let left = [
        r#"{"event":"e"}"#,
        r#"{"event":"e","user_id":""}"#,
        r#"{"user_id":"u"}"#,
        r#"{"event":null,"user_id":"u"}"#,
        r#"{"event":1,"user_id":"u"}"#,
        r#"{"event":"e","user_id":"u","properties":null}"#,
        r#"{"event":"e","user_id":"u","context":[]}"#,
        r#"{"event":"e","user_id":"u","userId":"v"}"#,
        r#"{"event":"e","user_id":"u","properties":{"a":1,"\u0061":2}}"#,
        r#"{"type":"track","event":"e","user_id":"u","type":"track"}"#,
        r#"{"event":"e","user_id":"u","messageId":"with \" escape"}"#,
        r#"{"event":"e","user_id":"u","timestamp":"yesterday"}"#,
        r#"{"event":"e","user_id":"u","timestamp_ms":"2026-11-23T10:00:00Z"}"#,
        r#"{"event":"e","user_id":"u","timestamp":-1}"#,
        r#"{"event":"e","user_id":"u","properties":{"n":1e999}}"#,
        r#"{"event":"e","user_id":"u"} more"#,
        r#"["event"]"#,
        "",
    ];
    for body in left {
        assert!(one(body.as_bytes(), "track", None).is_none(), "{body}");
    }
    assert!(one(br#"{"user_id":"u"}"#, "purchase", None).is_none());
    let deep =
        |levels| format!(r#"{{"event":"e","user_id":"u","unknown":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
    assert!(one(deep(100).as_bytes(), "track", None).is_some());
    assert!(one(deep(200).as_bytes(), "track", None).is_none(), "deeper than any provider reads");
}

#[test]
fn a_key_names_what_has_no_name() {
    let body = br#"{"event":"e","user_id":"u","message_id":null}"#;
    let named = one(body, "track", Some("k\"1")).unwrap();
    assert_eq!(named.id, event::message_uuid("k\"1"));
    assert_eq!(serde_json::from_slice::<Json>(&named.body).unwrap()["message_id"], "k\"1");
    let own = one(br#"{"event":"e","user_id":"u","messageId":"own"}"#, "track", Some("k")).unwrap();
    assert_eq!(own.id, event::message_uuid("own"));
    let batch =
        batch(br#"{"batch":[{"userId":"u","type":"page"},{"type":"identify","userId":"u"}]}"#, Some("k")).unwrap();
    let ids: Vec<_> = batch.iter().map(|event| event.id).collect();
    assert_eq!(ids, ["k/0", "k/1"].map(event::message_uuid));
}

#[test]
fn a_type_is_found_wherever_it_stands() {
    let sorts = |body: &str| batch(body.as_bytes(), None).map(|batch| batch[0].sort);
    assert_eq!(sorts(r#"{"batch":[{"type":"page","userId":"u"}]}"#), Some(sort::PAGE));
    assert_eq!(sorts(r#"{"batch":[{ "userId":"u", "type" : "page" }]}"#), Some(sort::PAGE));
    assert_eq!(sorts(r#"{"batch":[{"type":"\u0070age","userId":"u"}]}"#), None, "left to the long way");
    assert_eq!(sorts(r#"{"batch":[{"type":"page","userId":"u","type":"screen"}]}"#), None);
    assert_eq!(sorts(r#"{"batch":[{"userId":"u"}]}"#), None);
}

#[test]
fn one_odd_event_makes_its_batch_odd() {
    assert!(batch(br#"{"batch":[{"type":"page","userId":"u"},{"type":"page"}]}"#, None).is_none());
    assert!(batch(br#"{"batch":[7]}"#, None).is_none());
    assert!(batch(br#"{"events":[]}"#, None).is_none());
    assert!(batch(br#"{"batch":[],"batch":[]}"#, None).is_none());
    assert!(batch(br#"{"batch":[]} and more"#, None).is_none());
    assert_eq!(batch(br#"{"batch":[],"sentAt":"now"}"#, None).map(|events| events.len()), Some(0));
    let many = |count| format!(r#"{{"batch":[{}]}}"#, vec![r#"{"type":"page","userId":"u"}"#; count].join(","));
    assert_eq!(batch(many(BATCH_EVENTS_MAX).as_bytes(), None).map(|events| events.len()), Some(BATCH_EVENTS_MAX));
    assert!(batch(many(BATCH_EVENTS_MAX + 1).as_bytes(), None).is_none());
}

#[test]
fn a_batch_is_copied_alike_wherever_its_types_stand() {
    let members = r#""userId":"u","messageId":"m","properties":{"a":[1,{"b":"\u00e9"}]},"timestamp":5"#;
    let stored =
        |batch: Option<Vec<Outgoing>>| batch.map(|events| (events[0].id, events[0].sort, events[0].body.clone()));
    let first = batch(format!(r#"{{"batch":[{{"type":"page",{members}}}],"sentAt":1}}"#).as_bytes(), None);
    let last = batch(format!(r#"{{"sentAt":1,"batch":[{{{members},"type":"page"}}]}}"#).as_bytes(), None);
    assert!(first.is_some());
    assert_eq!(stored(first), stored(last));
    // As deep as an event alone may be, though the batch is around it.
    let deep = |levels: usize| {
        let event = format!(r#"{{"type":"page","userId":"u","unknown":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
        batch(format!(r#"{{"batch":[{event}]}}"#).as_bytes(), None).is_some()
    };
    assert!(deep(126) && !deep(127));
}

/// Any JSON, a few levels deep.
fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        // Few digits: reading many loses the last, with serde_json as we use it, the long way as well.
        any::<i32>().prop_map(|eighths| Json::from(f64::from(eighths) / 8.0)),
        ".{0,8}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::btree_map(".{0,4}", inner, 0..5)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_properties_are_copied_as_they_are(properties in any_json(), event in ".{0,8}") {
        let body = json!({"event": event, "properties": {"p": properties}, "anonymousId": "a"}).to_string();
        let stored = copied("track", &body).expect("plain");
        let sent: Json = serde_json::from_str(&body).unwrap();
        prop_assert_eq!(&stored["properties"], &sent["properties"]);
        prop_assert_eq!(&stored["event"], &sent["event"]);
    }

    #[test]
    fn any_text_is_copied_as_the_long_way_reads_it_or_left_to_it(body in r#"\{("(event|user_id|userId|x)":("a"|1|null|\{\}|\[1,2\]),?){0,4}\}"#) {
        copied("track", &body);
    }
}
