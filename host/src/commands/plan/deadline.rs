//! Deadlines of entries.

use std::time::Duration;

use outrigger_plugin_api::sdk::cache::{ExpireCondition, Expiry, Op};

use super::{Ops, is};
use crate::{
    clock,
    commands::{
        fault::{self, Fault},
        form::{Form, Unit},
    },
    resp::{self, Arguments},
};

/// How a deadline is written: the unit, and from when it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands) struct Deadlines {
    pub(in crate::commands) unit: Unit,
    /// From the epoch instead of from now.
    pub(in crate::commands) absolute: bool,
}

impl Deadlines {
    /// Returns the deadline that a number is, which may be past; `None` where Redis' clock can't hold it.
    fn read(self, number: i64) -> Option<Expiry> {
        let millis = match self.unit {
            Unit::Seconds => number.checked_mul(1_000)?,
            Unit::Millis => number,
        };
        if self.absolute {
            // What is past is past, however long.
            return Some(Expiry::At { unix_ms: u64::try_from(millis).unwrap_or_default() });
        }
        i64::try_from(clock::unix_ms()).ok()?.checked_add(millis)?;
        Some(match u64::try_from(millis) {
            Ok(millis) => Expiry::In(Duration::from_millis(millis)),
            Err(_) => Expiry::At { unix_ms: 0 },
        })
    }
}

/// Returns how an option of SET and GETEX writes its deadline.
pub(in crate::commands) fn expiry_option(word: &[u8]) -> Option<Deadlines> {
    let deadlines = |unit, absolute| Some(Deadlines { unit, absolute });
    match word {
        word if is(word, "EX") => deadlines(Unit::Seconds, false),
        word if is(word, "PX") => deadlines(Unit::Millis, false),
        word if is(word, "EXAT") => deadlines(Unit::Seconds, true),
        word if is(word, "PXAT") => deadlines(Unit::Millis, true),
        _ => None,
    }
}

/// Reads the deadline of a write, which must be positive.
pub(in crate::commands) fn relative(deadlines: Deadlines, text: &[u8], command: &str) -> Result<Expiry, Fault> {
    let number = resp::integer(text).ok_or(fault::NOT_AN_INTEGER)?;
    let expiry = (number > 0).then(|| deadlines.read(number)).flatten();
    expiry.ok_or_else(|| fault::expire_time(command))
}

/// EXPIRE and its like: key, number, conditions.
fn expires<'a>(args: Arguments<'a>, ops: &mut Ops<'a>, name: &str, deadlines: Deadlines) -> Result<Form, Fault> {
    let (condition, form) = condition(args)?;
    let number = resp::integer(args.get(2)).ok_or(fault::NOT_AN_INTEGER)?;
    let expiry = deadlines.read(number).ok_or_else(|| fault::expire_time(name))?;
    ops.push(Op::Expire { key: args.get(1), expiry, condition });
    Ok(form)
}

/// Reads NX, XX, GT and LT, which may be repeated.
fn condition(args: Arguments<'_>) -> Result<(ExpireCondition, Form), Fault> {
    let (mut nx, mut xx, mut gt, mut lt) = (false, false, false, false);
    for word in args.from(3) {
        let flag = match word {
            word if is(word, "NX") => &mut nx,
            word if is(word, "XX") => &mut xx,
            word if is(word, "GT") => &mut gt,
            word if is(word, "LT") => &mut lt,
            other => return Err(format!("ERR Unsupported option {}", String::from_utf8_lossy(other)).into()),
        };
        *flag = true;
    }
    let condition = match (nx, xx, gt, lt) {
        (true, xx, gt, lt) if xx || gt || lt => {
            return Err("ERR NX and XX, GT or LT options at the same time are not compatible".into());
        }
        (_, _, true, true) => {
            return Err("ERR GT and LT options at the same time are not compatible".into());
        }
        (true, ..) => ExpireCondition::IfPersistent,
        // A key without deadline counts as infinitely far, so only keys with one can get a later one.
        (_, _, true, _) => ExpireCondition::IfLater,
        // But any is earlier than none, which XX does not want.
        (_, true, _, true) => return Ok((ExpireCondition::IfEarlier, Form::FlagIfExpiring)),
        (_, _, _, true) => ExpireCondition::IfEarlier,
        (_, true, ..) => ExpireCondition::IfExpiring,
        _ => ExpireCondition::Always,
    };
    Ok((condition, Form::Flag))
}

pub(in crate::commands) fn expire<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    expires(args, ops, "expire", Deadlines { unit: Unit::Seconds, absolute: false })
}

pub(in crate::commands) fn pexpire<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    expires(args, ops, "pexpire", Deadlines { unit: Unit::Millis, absolute: false })
}

pub(in crate::commands) fn expireat<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    expires(args, ops, "expireat", Deadlines { unit: Unit::Seconds, absolute: true })
}

pub(in crate::commands) fn pexpireat<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    expires(args, ops, "pexpireat", Deadlines { unit: Unit::Millis, absolute: true })
}

fn asks<'a>(args: Arguments<'a>, ops: &mut Ops<'a>, form: Form) -> Result<Form, Fault> {
    ops.push(Op::Ttl { key: args.get(1) });
    Ok(form)
}

pub(in crate::commands) fn ttl<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    asks(args, ops, Form::Left(Unit::Seconds))
}

pub(in crate::commands) fn pttl<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    asks(args, ops, Form::Left(Unit::Millis))
}

pub(in crate::commands) fn expiretime<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    asks(args, ops, Form::Deadline(Unit::Seconds))
}

pub(in crate::commands) fn pexpiretime<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    asks(args, ops, Form::Deadline(Unit::Millis))
}

pub(in crate::commands) fn persist<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    ops.push(Op::Persist { key: args.get(1) });
    Ok(Form::Flag)
}
