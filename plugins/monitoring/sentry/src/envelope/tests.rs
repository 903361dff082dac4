//! Checks the DSN's forms and the envelope's.

use std::time::UNIX_EPOCH;

use sentry_types::protocol::v7::{EnvelopeItem, Event};
use uuid::Uuid;

use super::Ingest;

#[test]
fn a_dsn_gives_address_and_key() {
    let event = || {
        let event = Event { event_id: Uuid::from_u128(7), timestamp: UNIX_EPOCH, ..Event::default() };
        vec![EnvelopeItem::Event(Box::new(event))]
    };
    for (dsn, url, auth) in [
        ("https://abc@o1.ingest.sentry.io/42", "https://o1.ingest.sentry.io/api/42/envelope/", "sentry_key=abc, "),
        (" http://abc:s@127.0.0.1:8000/pre/42\n", "http://127.0.0.1:8000/pre/api/42/envelope/", "sentry_secret=s"),
    ] {
        let request = Ingest::of(dsn).unwrap().request(event(), UNIX_EPOCH).unwrap();
        assert_eq!(request.url(), url);
        let sent = request.header_value("X-Sentry-Auth").unwrap();
        assert!(sent.starts_with("Sentry ") && sent.contains(auth) && sent.contains("sentry_version=7"), "{sent}");
        assert_eq!(request.header_value("content-type"), Some("application/x-sentry-envelope"));
        let text = String::from_utf8(request.body_bytes().to_vec()).unwrap();
        let [head, item, payload] = text.trim_end().split('\n').collect::<Vec<_>>().try_into().unwrap();
        assert!(
            head.contains("\"event_id\":\"00000000-0000-0000-0000-000000000007\"") && head.contains("sent_at"),
            "{head}"
        );
        assert!(!head.contains("dsn"), "a key in the envelope breaks forwarding: {head}");
        assert_eq!(item, format!("{{\"type\":\"event\",\"length\":{}}}", payload.len()));
    }
}

#[test]
fn a_dsn_that_is_none_is_refused_without_being_shown() {
    for dsn in ["", "s3cret", "https://host/42", "https://s3cret@host", "https://s3cret@host/", "ftp://s3cret@host/1"] {
        let error = Ingest::of(dsn).unwrap_err();
        assert!(error.message.starts_with("dsn must be https://KEY@HOST/PROJECT"), "{dsn}: {error}");
        assert!(!error.message.contains("s3cret"), "{error}");
    }
}
