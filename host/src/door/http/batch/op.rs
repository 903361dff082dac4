//! One operation as JSON.

mod members;

use base64::{Engine, engine::general_purpose::STANDARD};
use outrigger_plugin_api::{
    sdk::{
        Bytes,
        cache::{Condition, ExpireCondition, Expiry, Op},
    },
    units,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Fault;

/// One operation: `op` names it, the other members are its arguments.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Operation {
    /// get, set, delete, exists, ttl, expire, persist, increment, increment_float, append, compare_and_set,
    /// compare_and_delete, compare_and_expire, get_and_delete, get_and_touch, length, get_range, set_range, rename,
    /// copy, random_key or token.
    op: String,
    /// The key as text.
    key: Option<String>,
    /// The key in base64, where it is no text.
    key_base64: Option<String>,
    /// The value as text.
    value: Option<String>,
    /// The value in base64.
    value_base64: Option<String>,
    /// The value a comparison expects, as text.
    expected: Option<String>,
    /// The same in base64.
    expected_base64: Option<String>,
    /// The other key of a rename or copy, as text.
    to: Option<String>,
    /// The same in base64.
    to_base64: Option<String>,
    /// How long, such as `30s`.
    ttl: Option<String>,
    /// Until when, unix milliseconds.
    expires_at_ms: Option<u64>,
    /// Keeps the deadline the key has.
    keep_ttl: Option<bool>,
    /// set: absent or present. expire: persistent, expiring, later or earlier. rename: absent.
    r#if: Option<String>,
    /// set: answers with the former value.
    return_old: Option<bool>,
    /// increment: what to add.
    by: Option<serde_json::Number>,
    /// get_range: first byte, negative from the end.
    start: Option<i64>,
    /// get_range: last byte, included.
    end: Option<i64>,
    /// set_range: where.
    offset: Option<u64>,
    /// copy: replaces the target.
    replace: Option<bool>,
}

impl Operation {
    /// Returns the operation, or what is wrong with it.
    pub(super) fn read(self) -> Result<Op<Bytes>, Fault> {
        self.check_members()?;
        let key = || either(self.key.as_ref(), self.key_base64.as_ref(), "key");
        let value = || either(self.value.as_ref(), self.value_base64.as_ref(), "value");
        let expected = || either(self.expected.as_ref(), self.expected_base64.as_ref(), "expected");
        let to = || either(self.to.as_ref(), self.to_base64.as_ref(), "to");
        Ok(match self.op.as_str() {
            "get" => Op::Get { key: key()? },
            "set" => Op::Set {
                key: key()?,
                value: value()?,
                expiry: self.expiry()?,
                condition: self.condition()?,
                return_old: self.return_old.unwrap_or(false),
            },
            "delete" => Op::Delete { key: key()? },
            "exists" => Op::Exists { key: key()? },
            "ttl" => Op::Ttl { key: key()? },
            "expire" => Op::Expire { key: key()?, expiry: self.deadline()?, condition: self.expire_condition()? },
            "persist" => Op::Persist { key: key()? },
            "increment" => Op::Increment { key: key()?, by: self.whole()?, expiry: self.expiry()? },
            "increment_float" => Op::IncrementFloat { key: key()?, by: self.number()? },
            "append" => Op::Append { key: key()?, value: value()? },
            "compare_and_set" => {
                Op::CompareAndSet { key: key()?, expected: expected()?, value: value()?, expiry: self.expiry()? }
            }
            "compare_and_delete" => Op::CompareAndDelete { key: key()?, expected: expected()? },
            "compare_and_expire" => {
                Op::CompareAndExpire { key: key()?, expected: expected()?, expiry: self.deadline()? }
            }
            "get_and_delete" => Op::GetAndDelete { key: key()? },
            "get_and_touch" => Op::GetAndTouch { key: key()?, expiry: self.expiry()? },
            "length" => Op::Length { key: key()? },
            "get_range" => Op::GetRange { key: key()?, start: self.start.unwrap_or(0), end: self.end.unwrap_or(-1) },
            "set_range" => Op::SetRange { key: key()?, offset: self.offset.unwrap_or(0), value: value()? },
            "rename" => Op::Rename { key: key()?, to: to()?, if_absent: self.only_if_absent()? },
            "copy" => Op::Copy { key: key()?, to: to()?, replace: self.replace.unwrap_or(false) },
            "random_key" => Op::RandomKey,
            "token" => Op::Token { key: key()? },
            other => return Err(Fault::of("op", format!("`{other}` is no operation; /openapi.json lists them"))),
        })
    }

    fn expiry(&self) -> Result<Expiry, Fault> {
        let ttl = self.ttl.as_deref().map(units::parse_duration).transpose();
        let ttl = ttl.map_err(|error| Fault::of("ttl", error.to_string()))?;
        match (ttl, self.expires_at_ms, self.keep_ttl.unwrap_or(false)) {
            (None, None, false) => Ok(Expiry::Never),
            (None, None, true) => Ok(Expiry::Keep),
            (Some(ttl), None, false) => Ok(Expiry::In(ttl)),
            (None, Some(unix_ms), false) => Ok(Expiry::At { unix_ms }),
            _ => Err(Fault::of("", "ttl, expires_at_ms and keep_ttl exclude each other")),
        }
    }

    fn deadline(&self) -> Result<Expiry, Fault> {
        match self.expiry()? {
            Expiry::Never | Expiry::Keep => Err(Fault::of("", "`ttl` or `expires_at_ms` is missing")),
            deadline => Ok(deadline),
        }
    }

    fn condition(&self) -> Result<Condition, Fault> {
        match self.r#if.as_deref() {
            None => Ok(Condition::Always),
            Some("absent") => Ok(Condition::IfAbsent),
            Some("present") => Ok(Condition::IfPresent),
            Some(_) => Err(Fault::of("if", "must be one of `absent`, `present`")),
        }
    }

    fn only_if_absent(&self) -> Result<bool, Fault> {
        match self.condition() {
            Ok(Condition::Always) => Ok(false),
            Ok(Condition::IfAbsent) => Ok(true),
            _ => Err(Fault::of("if", "must be `absent`")),
        }
    }

    fn whole(&self) -> Result<i64, Fault> {
        let whole = self.by.as_ref().map_or(Some(1), serde_json::Number::as_i64);
        whole.ok_or_else(|| Fault::of("by", "is no whole number of 64 bits"))
    }

    fn number(&self) -> Result<f64, Fault> {
        let number = self.by.as_ref().map_or(Some(1.0), serde_json::Number::as_f64);
        number.ok_or_else(|| Fault::of("by", "is no number"))
    }

    fn expire_condition(&self) -> Result<ExpireCondition, Fault> {
        match self.r#if.as_deref() {
            None => Ok(ExpireCondition::Always),
            Some("persistent") => Ok(ExpireCondition::IfPersistent),
            Some("expiring") => Ok(ExpireCondition::IfExpiring),
            Some("later") => Ok(ExpireCondition::IfLater),
            Some("earlier") => Ok(ExpireCondition::IfEarlier),
            Some(_) => Err(Fault::of("if", "must be one of `persistent`, `expiring`, `later`, `earlier`")),
        }
    }
}

/// Returns bytes given as text or in base64.
pub(super) fn either(text: Option<&String>, base64: Option<&String>, name: &str) -> Result<Bytes, Fault> {
    match (text, base64) {
        (Some(text), None) => Ok(Bytes::copy_from_slice(text.as_bytes())),
        (None, Some(base64)) => from_base64(base64, &format!("{name}_base64")),
        (None, None) => Err(Fault::of(name, "is missing")),
        (Some(_), Some(_)) => Err(Fault::of(name, format!("`{name}` and `{name}_base64` exclude each other"))),
    }
}

/// Reads the member `name`, which is base64.
pub(super) fn from_base64(text: &str, name: &str) -> Result<Bytes, Fault> {
    STANDARD.decode(text).map(Bytes::from).map_err(|error| Fault::of(name, format!("is no base64: {error}")))
}

/// Shows bytes as text where they are, else in base64.
pub(super) fn value(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => json!({ "found": true, "value": text }),
        _ => json!({ "found": true, "value_base64": STANDARD.encode(bytes) }),
    }
}

#[cfg(test)]
mod tests;
