//! Values.

use outrigger_plugin_api::sdk::cache::{Condition, Expiry, Op};

use super::{Deadlines, Ops, expiry_option, is, relative};
use crate::{
    commands::{
        fault::{self, Fault},
        form::{Form, Unit},
    },
    resp::{self, Arguments},
};

/// Longest value of a Redis, `proto-max-bulk-len`. Providers may have a lower bound of their own.
const VALUE_BYTES_MAX: u64 = 512 << 20;

pub(in crate::commands) fn get<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    ops.push(Op::Get { key: args.get(1) });
    Ok(Form::Bulk)
}

fn plain<'a>(key: &'a [u8], value: &'a [u8], expiry: Expiry) -> Op<&'a [u8]> {
    Op::Set { key, value, expiry, condition: Condition::Always, return_old: false }
}

pub(in crate::commands) fn set<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    let (mut expiry, mut condition, mut return_old) = (None, Condition::Always, false);
    let mut deadline: Option<(Deadlines, &[u8])> = None;
    let mut words = args.from(3);
    while let Some(word) = words.next() {
        match word {
            word if is(word, "NX") && condition != Condition::IfPresent => condition = Condition::IfAbsent,
            word if is(word, "XX") && condition != Condition::IfAbsent => condition = Condition::IfPresent,
            word if is(word, "GET") => return_old = true,
            word if is(word, "KEEPTTL") && deadline.is_none() => expiry = Some(Expiry::Keep),
            word => {
                // The same option may stand twice: the last one counts.
                let fits =
                    |option: &Deadlines| expiry.is_none() && deadline.is_none_or(|(former, _)| former == *option);
                let option = expiry_option(word).filter(fits);
                deadline = Some((option.ok_or(fault::SYNTAX)?, words.next().ok_or(fault::SYNTAX)?));
            }
        }
    }
    if let Some((option, number)) = deadline {
        expiry = Some(relative(option, number, "set")?);
    }
    let expiry = expiry.unwrap_or_default();
    ops.push(Op::Set { key: args.get(1), value: args.get(2), expiry, condition, return_old });
    Ok(if return_old { Form::Former } else { Form::Written })
}

pub(in crate::commands) fn setnx<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    let (key, value) = (args.get(1), args.get(2));
    let (expiry, condition) = (Expiry::Never, Condition::IfAbsent);
    ops.push(Op::Set { key, value, expiry, condition, return_old: false });
    Ok(Form::Flag)
}

pub(in crate::commands) fn setex<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    let deadlines = Deadlines { unit: Unit::Seconds, absolute: false };
    ops.push(plain(args.get(1), args.get(3), relative(deadlines, args.get(2), "setex")?));
    Ok(Form::Written)
}

pub(in crate::commands) fn psetex<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    let deadlines = Deadlines { unit: Unit::Millis, absolute: false };
    ops.push(plain(args.get(1), args.get(3), relative(deadlines, args.get(2), "psetex")?));
    Ok(Form::Written)
}

pub(in crate::commands) fn getset<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    let (key, value) = (args.get(1), args.get(2));
    ops.push(Op::Set { key, value, expiry: Expiry::Never, condition: Condition::Always, return_old: true });
    Ok(Form::Former)
}

pub(in crate::commands) fn getdel<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    ops.push(Op::GetAndDelete { key: args.get(1) });
    Ok(Form::Bulk)
}

pub(in crate::commands) fn getex<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    let expiry = match args.len() {
        2 => Expiry::Keep,
        3 if is(args.get(2), "PERSIST") => Expiry::Never,
        4 => {
            let option = expiry_option(args.get(2)).ok_or(fault::SYNTAX)?;
            match relative(option, args.get(3), "getex") {
                Ok(expiry) => expiry,
                Err(fault) => {
                    ops.push(Op::Exists { key: args.get(1) });
                    return Ok(Form::FaultIfPresent(fault));
                }
            }
        }
        _ => return Err(fault::SYNTAX),
    };
    ops.push(Op::GetAndTouch { key: args.get(1), expiry });
    Ok(Form::Bulk)
}

pub(in crate::commands) fn mget<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    ops.extend(args.from(1).map(|key| Op::Get { key }));
    Ok(Form::Bulks(args.len() - 1))
}

pub(in crate::commands) fn mset<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    if args.len().is_multiple_of(2) {
        return Err(fault::arity("mset"));
    }
    let pairs = args.from(1).step_by(2).zip(args.from(2).step_by(2));
    ops.extend(pairs.map(|(key, value)| plain(key, value, Expiry::Never)));
    Ok(Form::AllWritten(args.len() / 2))
}

pub(in crate::commands) fn append<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    ops.push(Op::Append { key: args.get(1), value: args.get(2) });
    Ok(Form::Integer)
}

pub(in crate::commands) fn strlen<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    ops.push(Op::Length { key: args.get(1) });
    Ok(Form::Integer)
}

pub(in crate::commands) fn getrange<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    let start = resp::integer(args.get(2)).ok_or(fault::NOT_AN_INTEGER)?;
    let end = resp::integer(args.get(3)).ok_or(fault::NOT_AN_INTEGER)?;
    ops.push(Op::GetRange { key: args.get(1), start, end });
    Ok(Form::Bulk)
}

pub(in crate::commands) fn setrange<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    let (key, value) = (args.get(1), args.get(3));
    let offset = resp::integer(args.get(2)).ok_or(fault::NOT_AN_INTEGER)?;
    let offset = u64::try_from(offset).map_err(|_| "ERR offset is out of range")?;
    if value.is_empty() {
        // Nothing is written then, not even an empty value.
        ops.push(Op::Length { key });
        return Ok(Form::Integer);
    }
    if offset.saturating_add(value.len() as u64) > VALUE_BYTES_MAX {
        return Err("ERR string exceeds maximum allowed size (proto-max-bulk-len)".into());
    }
    ops.push(Op::SetRange { key, offset, value });
    Ok(Form::Integer)
}
