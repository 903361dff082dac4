//! Tests of messages: their form, their bounds, and that no text gets out of its place.

use outrigger_plugin_api::sdk::monitoring::Event;
use serde_json::{Value, json};

use super::{Message, write};
use crate::digest::groups;

fn event(json: Value) -> Event {
    serde_json::from_value(json).expect("an event")
}

fn message(events: &[Event], known: bool) -> Message {
    let mut groups = groups(events.iter().map(|event| (event, 1_795_392_000_123)));
    groups.iter_mut().for_each(|group| group.known = known);
    write(&groups)
}

fn texts(message: &Message) -> Vec<&str> {
    let blocks = message.body["blocks"].as_array().expect("blocks");
    blocks.iter().map(|block| block["text"]["text"].as_str().expect("a text")).collect()
}

fn payment_error() -> Event {
    event(json!({
        "type": "error",
        "exceptions": [
            { "type": "PaymentError", "value": "card <declined>", "frames": [
                { "function": "shop::charge", "file": "src/pay.rs", "line": 2, "in_app": true },
            ] },
            { "type": "io::Error", "value": "refused" },
        ],
        "environment": "production",
        "release": "1.2",
        "user": { "id": "42" },
        "request": { "method": "POST", "url": "https://shop.example/pay" },
        "tags": { "logrocket.session_url": "https://app.logrocket.com/a/b/s/1?x=1&y=2" },
    }))
}

#[test]
fn an_error_is_shown_with_place_causes_circumstances_and_session() {
    let message = message(&[payment_error(), payment_error(), payment_error()], false);
    let when = "<!date^1795392000^{date_num} {time_secs}|2026-11-23T00:00:00.123Z>";
    let expected = format!(
        ":red_circle: *PaymentError: card &lt;declined&gt;*\nat shop::charge (src/pay.rs:2)\ncaused by io::Error: refused\n\
         environment production · release 1.2 · user 42 · request POST https://shop.example/pay\n\
         <https://app.logrocket.com/a/b/s/1?x=1&amp;y=2|session>\n{when} – _2 more suppressed, the last {when}_"
    );
    assert_eq!(texts(&message), ["*3 records* of 1 kind", expected.as_str()]);
    assert_eq!(message.body["text"], "3 records: PaymentError: card &lt;declined&gt;");
    assert_eq!(message.shown.len(), 1);
}

#[test]
fn what_was_shown_before_is_counted() {
    let message = message(&[payment_error(), payment_error()], true);
    let list = "Not shown in full:\n:red_circle: PaymentError: card &lt;declined&gt; – _2 suppressed, again_";
    assert_eq!(texts(&message), ["*2 records* of 1 kind", list]);
    assert!(message.shown.is_empty());
}

#[test]
fn no_text_mentions_or_links() {
    let evil = "<!channel> & <https://evil.example|here>\n*x*\u{7}";
    let message = message(
        &[event(json!({
            "type": "log", "message": evil, "severity": "error", "environment": evil,
            "tags": { "logrocket.session_url": "https://a|<!here>" },
        }))],
        false,
    );
    for text in texts(&message) {
        assert!(!text.contains("<!channel") && !text.contains("<http") && !text.contains("<!here"), "{text}");
        assert!(!text.contains('\u{7}'), "{text}");
    }
}

#[test]
fn the_largest_digest_is_within_every_bound() {
    let letters = |n: usize| {
        ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].map(|letter| letter.repeat(n / 10 + 1))[n % 10].clone()
    };
    for text in ["&", "x", "ü"] {
        let events: Vec<_> = (0..300)
            .map(|n| {
                let value = format!("{} {}", letters(n), text.repeat(5_000));
                let exceptions = vec![json!({ "type": letters(n), "value": value }); 5];
                event(json!({ "type": "error", "exceptions": exceptions, "environment": text.repeat(900) }))
            })
            .collect();
        let message = message(&events, false);
        let texts = texts(&message);
        assert!(texts.len() <= 50 && texts.len() > 2, "{}", texts.len());
        assert!(texts.iter().all(|text| text.chars().count() <= 3000));
        assert!(texts.iter().map(|text| text.chars().count()).sum::<usize>() <= 12_000);
        assert!(texts.last().is_some_and(|last| last.contains("… and ")), "the rest is counted");
        assert!(!texts.iter().any(|text| text.ends_with("&am…")));
    }
    let many: Vec<_> =
        (0..300).map(|n| event(json!({ "type": "log", "message": letters(n), "severity": "error" }))).collect();
    assert!(texts(&message(&many, false)).len() <= 50);
}
