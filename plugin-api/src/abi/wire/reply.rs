//! Cache replies across the seam.

use std::time::Duration;

use crate::abi::{Blob, RResult, ReplyView, Res};
use crate::sdk::{
    ProviderError,
    cache::{OpResult, Reply, Value},
};

const MISSING: u16 = 0;
const VALUE: u16 = 1;
const INTEGER: u16 = 2;
const YES: u16 = 3;
const NO: u16 = 4;
const STORED: u16 = 5;
const NOT_STORED: u16 = 6;
const PERSISTENT: u16 = 7;
const TTL: u16 = 8;

/// `flags` bit: `value` holds the former value.
const HAS_OLD: u16 = 1;

/// Encodes a reply.
#[inline]
pub fn encode_reply(reply: Reply) -> ReplyView {
    let blank = |code| ReplyView { code, flags: 0, reserved: 0, number: 0, value: Blob::empty() };
    let with = |code, value| ReplyView { value, ..blank(code) };
    let old = |code, value: Option<Value>| match value {
        Some(value) => ReplyView { flags: HAS_OLD, ..with(code, value) },
        None => blank(code),
    };
    match reply {
        Reply::Missing => blank(MISSING),
        Reply::Value(value) => with(VALUE, value),
        Reply::Integer(number) => ReplyView { number, ..blank(INTEGER) },
        Reply::Yes => blank(YES),
        Reply::No => blank(NO),
        Reply::Stored(value) => old(STORED, value),
        Reply::NotStored(value) => old(NOT_STORED, value),
        Reply::Persistent => blank(PERSISTENT),
        Reply::Ttl(left) => {
            ReplyView { number: i64::try_from(super::millis_up(left)).unwrap_or(i64::MAX), ..blank(TTL) }
        }
    }
}

/// Decodes a reply.
///
/// # Errors
/// `internal` for an unknown code, an impossible length or a negative time: the plugin broke the contract.
pub fn decode_reply(view: ReplyView) -> OpResult {
    let ReplyView { code, flags, number, value, .. } = view;
    if value.bytes().is_none() {
        let claim = value.claimed_length();
        // Not freed: a blob that lies about its length can't be trusted to free itself.
        std::mem::forget(value);
        return Err(broken(&format!("a value of {claim} bytes, which is more than any value may have")));
    }
    let old = |value| (flags & HAS_OLD != 0).then_some(value);
    match code {
        MISSING => Ok(Reply::Missing),
        VALUE => Ok(Reply::Value(value)),
        INTEGER => Ok(Reply::Integer(number)),
        YES => Ok(Reply::Yes),
        NO => Ok(Reply::No),
        STORED => Ok(Reply::Stored(old(value))),
        NOT_STORED => Ok(Reply::NotStored(old(value))),
        PERSISTENT => Ok(Reply::Persistent),
        TTL => match u64::try_from(number) {
            Ok(left) => Ok(Reply::Ttl(Duration::from_millis(left))),
            Err(_) => Err(broken("a negative time to live")),
        },
        other => Err(broken(&format!("reply code {other}, which is unknown"))),
    }
}

/// Encodes one operation's result.
#[inline]
pub fn encode_result(result: OpResult) -> Res<ReplyView> {
    match result {
        Ok(reply) => RResult::ROk(encode_reply(reply)),
        Err(error) => RResult::RErr(super::encode_error(error)),
    }
}

/// Decodes one operation's result.
///
/// # Errors
/// The provider's own error, or `internal` where the plugin broke the contract.
pub fn decode_result(result: Res<ReplyView>) -> OpResult {
    match result {
        RResult::ROk(view) => decode_reply(view),
        RResult::RErr(error) => Err(super::decode_error(&error)),
    }
}

fn broken(what: &str) -> ProviderError {
    ProviderError::internal(format!("the plugin answered with {what}"))
}
