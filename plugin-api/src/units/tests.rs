//! Checks what is read, what is refused and in which words.

use std::time::Duration;

use super::*;

#[test]
fn durations_are_read() {
    for (text, expected) in [
        ("250ms", Duration::from_millis(250)),
        ("30s", Duration::from_secs(30)),
        ("5m", Duration::from_secs(300)),
        ("1h", Duration::from_secs(3600)),
        ("7d", Duration::from_secs(604_800)),
        ("10us", Duration::from_micros(10)),
        ("0s", Duration::ZERO),
        (" 2 s ", Duration::from_secs(2)),
    ] {
        assert_eq!(parse_duration(text), Ok(expected), "{text}");
    }
}

#[test]
fn wrong_durations_say_what_to_write() {
    for (text, expected) in [
        ("", "is empty"),
        ("30", "`30` has no unit, write for example \"30s\""),
        ("30sec", "`sec` is not a unit, write `s`"),
        ("30S", "`S` is not a unit, write `s`"),
        ("5fortnights", "`fortnights` is not a unit, use one of ns, us, ms, s, m, h, d"),
        ("1.5s", "`1.5` is not a whole number"),
        ("-1s", "`-1` is not a whole number"),
        ("soon", "`soon` is not a whole number"),
        ("99999999999999999999s", "is too large"),
        ("213504d", "is too large"),
    ] {
        assert_eq!(parse_duration(text).unwrap_err().to_string(), expected, "{text}");
    }
}

#[test]
fn sizes_are_read() {
    for (text, expected) in
        [("0B", 0), ("512B", 512), ("64KiB", 65_536), ("8MiB", 8 << 20), ("1GiB", 1 << 30), ("2TiB", 2 << 40)]
    {
        assert_eq!(parse_bytes(text), Ok(expected), "{text}");
    }
}

#[test]
fn wrong_sizes_say_what_to_write() {
    for (text, expected) in [
        ("16", "`16` has no unit, write for example \"16MiB\""),
        ("16MB", "`MB` is not a unit, write `MiB`"),
        ("16kb", "`kb` is not a unit, write `KiB`"),
        ("16 parsecs", "`parsecs` is not a unit, use one of B, KiB, MiB, GiB, TiB"),
        ("16777216TiB", "is too large"),
    ] {
        assert_eq!(parse_bytes(text).unwrap_err().to_string(), expected, "{text}");
    }
}

#[test]
fn what_is_written_reads_back_as_itself() {
    let mut sample = 1_u64;
    for step in 0..2_000_u64 {
        // A multiplicative walk visits small, round and odd quantities alike.
        sample = sample.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(step) >> (step % 50);
        let duration = Duration::from_nanos(sample);
        assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
        assert_eq!(parse_bytes(&format_bytes(sample)), Ok(sample));
    }
    assert_eq!(format_duration(Duration::from_secs(90)), "90s");
    assert_eq!(format_bytes(16 << 20), "16MiB");
}

#[test]
fn serde_and_schema_agree_on_text() {
    let read: HumanDuration = serde_json::from_str("\"5s\"").unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), "\"5s\"");
    let refused = serde_json::from_str::<ByteCount>("16").unwrap_err().to_string();
    assert!(refused.contains("expected a size with its unit"), "{refused}");
    assert_eq!(
        serde_json::to_value(schemars::schema_for!(ByteCount)).unwrap()["format"],
        serde_json::json!("byte-size")
    );
}
