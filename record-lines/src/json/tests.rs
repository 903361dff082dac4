//! Lines parse back and hold nothing a terminal obeys.

use outrigger_plugin_api::sdk::monitoring::Context;
use serde_json::Value;

use super::*;

fn line(message: &str) -> String {
    let context = Context { tags: [("key\u{9b}".to_owned(), "\u{202e}".to_owned())].into(), ..Context::default() };
    let body = Event::Log { message: message.to_owned(), fields: serde_json::Map::new(), context: Box::new(context) };
    let record = Record { id: Uuid::nil(), received_at_ms: 1_795_392_000_123, attempt: 1, body };
    let mut out = Vec::new();
    push(&mut out, &record).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_line_has_identity_time_type_and_the_fields() {
    let line = line("hello");
    let value: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(value["id"], "00000000-0000-0000-0000-000000000000");
    assert_eq!(value["received_at"], "2026-11-23T00:00:00.123Z");
    assert_eq!(value["type"], "log");
    assert_eq!(value["message"], "hello");
    assert!(line.starts_with("{\"id\":") && line.ends_with("}\n"), "{line}");
}

#[test]
fn active_characters_are_escaped_and_read_back() {
    let text = "\u{1b}[2J \u{9b}31m \u{7f} \u{202e} \u{2028} \u{feff} \u{e0041} \n\" \\ 日本 🦀";
    let line = line(text);
    let value: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(value["message"], text);
    assert_eq!(value["tags"]["key\u{9b}"], "\u{202e}");
    let line = line.trim_end_matches('\n');
    assert!(!line.contains(is_active), "{line:?}");
    assert!(line.contains("\\u009b31m") && line.contains("\\udb40\\udc41") && line.contains("日本 🦀"), "{line}");
}
