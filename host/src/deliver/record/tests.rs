//! The journal's form of an event.

use super::*;

fn event(body: &'static [u8]) -> Outgoing {
    Outgoing { id: Uuid::from_u128(7), received_at_ms: 1_700_000_000_123, sort: 513, body: Bytes::from_static(body) }
}

#[test]
fn an_event_comes_back_as_it_was() {
    for (kind, body) in [(Kind::Monitoring, &b"{}"[..]), (Kind::Analytics, b""), (Kind::Analytics, b"\xff\0x")] {
        let bytes = Bytes::from(encode(kind, &event(body)));
        assert_eq!(decode(&bytes), Some((kind, event(body))));
    }
}

#[test]
fn foreign_bytes_are_no_event() {
    let good = encode(Kind::Analytics, &event(b"{}"));
    for length in 0..HEAD_BYTES {
        assert_eq!(decode(&Bytes::copy_from_slice(&good[..length])), None, "{length} bytes");
    }
    for (at, value) in [(0, 2), (1, 0), (1, 9)] {
        let mut bad = good.clone();
        bad[at] = value;
        assert_eq!(decode(&Bytes::from(bad)), None, "byte {at} = {value}");
    }
}
