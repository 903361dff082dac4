//! Which members each operation takes. Another one is a mistake: a `ttl` that a rename ignores would keep an entry for
//! ever.

use super::{Fault, Operation};

const KEY: &[&str] = &["key", "key_base64"];
const TO: &[&str] = &["to", "to_base64"];
const VALUE: &[&str] = &["value", "value_base64"];
const EXPECTED: &[&str] = &["expected", "expected_base64"];
const EXPIRY: &[&str] = &["ttl", "expires_at_ms", "keep_ttl"];
const DEADLINE: &[&str] = &["ttl", "expires_at_ms"];

/// Returns the members of an operation beside `op`, in groups; none where there is no such operation.
fn taken(op: &str) -> Option<&'static [&'static [&'static str]]> {
    Some(match op {
        "get" | "delete" | "exists" | "ttl" | "persist" | "get_and_delete" | "length" | "token" => &[KEY],
        "set" => &[KEY, VALUE, EXPIRY, &["if", "return_old"]],
        "expire" => &[KEY, DEADLINE, &["if"]],
        "increment" => &[KEY, EXPIRY, &["by"]],
        "increment_float" => &[KEY, &["by"]],
        "append" => &[KEY, VALUE],
        "compare_and_set" => &[KEY, EXPECTED, VALUE, EXPIRY],
        "compare_and_delete" => &[KEY, EXPECTED],
        "compare_and_expire" => &[KEY, EXPECTED, DEADLINE],
        "get_and_touch" => &[KEY, EXPIRY],
        "get_range" => &[KEY, &["start", "end"]],
        "set_range" => &[KEY, VALUE, &["offset"]],
        "rename" => &[KEY, TO, &["if"]],
        "copy" => &[KEY, TO, &["replace"]],
        "random_key" => &[],
        _ => return None,
    })
}

impl Operation {
    /// Refuses a member that this operation does not take.
    pub(super) fn check_members(&self) -> Result<(), Fault> {
        let Some(taken) = taken(&self.op) else { return Ok(()) };
        let foreign = |(name, given): &(&str, bool)| *given && !taken.iter().any(|group| group.contains(name));
        let Some((name, _)) = self.given().into_iter().find(foreign) else { return Ok(()) };
        let taken: Vec<_> = taken.concat().iter().map(|name| format!("`{name}`")).collect();
        let taken = if taken.is_empty() { "nothing".to_owned() } else { taken.join(", ") };
        Err(Fault::of(name, format!("is no member of `{}`, which takes {taken}", self.op)))
    }

    /// Returns every member and whether it was given. Destructured, so that a new member can't be forgotten.
    fn given(&self) -> [(&'static str, bool); 18] {
        let Self {
            op: _,
            key,
            key_base64,
            value,
            value_base64,
            expected,
            expected_base64,
            to,
            to_base64,
            ttl,
            expires_at_ms,
            keep_ttl,
            r#if,
            return_old,
            by,
            start,
            end,
            offset,
            replace,
        } = self;
        [
            ("key", key.is_some()),
            ("key_base64", key_base64.is_some()),
            ("value", value.is_some()),
            ("value_base64", value_base64.is_some()),
            ("expected", expected.is_some()),
            ("expected_base64", expected_base64.is_some()),
            ("to", to.is_some()),
            ("to_base64", to_base64.is_some()),
            ("ttl", ttl.is_some()),
            ("expires_at_ms", expires_at_ms.is_some()),
            ("keep_ttl", keep_ttl.is_some()),
            ("if", r#if.is_some()),
            ("return_old", return_old.is_some()),
            ("by", by.is_some()),
            ("start", start.is_some()),
            ("end", end.is_some()),
            ("offset", offset.is_some()),
            ("replace", replace.is_some()),
        ]
    }
}
