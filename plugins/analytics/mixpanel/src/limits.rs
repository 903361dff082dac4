//! What Mixpanel's strict import would refuse, said before it is sent.
//!
//! Sources, read 2026-11-22: the reference of `/import` (properties, depth, arrays, sizes, times).

use serde_json::Value;

/// Properties of an event, its own among them: fewer than 256.
const PROPERTIES_MAX: usize = 255;
/// Levels of objects and arrays below a property's own. The documentation leaves open whether that one counts: what is
/// one too deep for Mixpanel comes back with its reason, what it would have taken must not be refused here.
const DEPTH_MAX: usize = 3;
/// Elements of an array.
const ELEMENTS_MAX: usize = 255;
/// Characters of an event's name; longer ones are cut, and would then count as another event.
const NAME_CHARS_MAX: usize = 255;
/// Bytes of one event: less than a megabyte.
const EVENT_BYTES_MAX: usize = 999_999;
/// How far an event's time may be ahead, in milliseconds.
const AHEAD_MS_MAX: u64 = 3_600_000;
/// 1971-01-01 in unix milliseconds: earlier times are refused.
const EARLIEST_MS: u64 = 31_536_000_000;

/// Checks an event's name.
pub(crate) fn name(name: &str) -> Result<(), String> {
    let chars = name.chars().count();
    match chars {
        0 => Err("the event's name is empty".to_owned()),
        1..=NAME_CHARS_MAX => Ok(()),
        _ => Err(format!("the event's name: {chars} characters, Mixpanel keeps {NAME_CHARS_MAX}")),
    }
}

/// Checks an event's time against when the host accepted it.
pub(crate) fn time(at_ms: u64, received_at_ms: u64) -> Result<(), String> {
    if at_ms < EARLIEST_MS {
        return Err(format!("time: {at_ms} ms is before 1971, which Mixpanel refuses"));
    }
    if at_ms > received_at_ms.saturating_add(AHEAD_MS_MAX) {
        return Err("time: more than an hour ahead, which Mixpanel refuses".to_owned());
    }
    Ok(())
}

/// Checks properties, named by the field of the record they are in.
pub(crate) fn properties<'v>(members: impl Iterator<Item = (&'v String, &'v Value)>) -> Result<(), String> {
    let mut count = 0_usize;
    for (name, value) in members {
        count += 1;
        shape(value, 0).map_err(|why| format!("property `{}`: {why}", shortened(name)))?;
    }
    if count > PROPERTIES_MAX {
        return Err(format!("{count} properties with Mixpanel's own, it takes {PROPERTIES_MAX}"));
    }
    Ok(())
}

/// Checks the length of an event as JSON.
pub(crate) fn length(bytes: usize) -> Result<(), String> {
    if bytes <= EVENT_BYTES_MAX {
        return Ok(());
    }
    Err(format!("the event: {bytes} bytes as JSON, Mixpanel takes at most {EVENT_BYTES_MAX}"))
}

/// Looks no deeper than one level beyond what is taken, however deep the value is.
fn shape(value: &Value, depth: usize) -> Result<(), String> {
    let deeper = |one: &Value| {
        if depth == DEPTH_MAX {
            return Err(format!("nested more than {DEPTH_MAX} levels deep"));
        }
        shape(one, depth + 1)
    };
    match value {
        Value::Array(list) if list.len() > ELEMENTS_MAX => {
            Err(format!("{} elements, Mixpanel takes {ELEMENTS_MAX}", list.len()))
        }
        Value::Array(list) => list.iter().filter(|one| is_nested(one)).try_for_each(deeper),
        Value::Object(object) => object.values().filter(|one| is_nested(one)).try_for_each(deeper),
        _ => Ok(()),
    }
}

const fn is_nested(value: &Value) -> bool {
    matches!(value, Value::Array(_) | Value::Object(_))
}

fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}
