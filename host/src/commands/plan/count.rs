//! Counters.

use outrigger_plugin_api::sdk::cache::{Expiry, Op};

use super::Ops;
use crate::{
    commands::{
        fault::{self, Fault},
        form::Form,
    },
    resp::{self, Arguments},
};

fn add<'a>(args: Arguments<'a>, ops: &mut Ops<'a>, by: i64) -> Form {
    ops.push(Op::Increment { key: args.get(1), by, expiry: Expiry::Never });
    Form::Integer
}

pub(in crate::commands) fn incr<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    Ok(add(args, ops, 1))
}

pub(in crate::commands) fn decr<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    Ok(add(args, ops, -1))
}

pub(in crate::commands) fn incrby<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    let by = resp::integer(args.get(2)).ok_or(fault::NOT_AN_INTEGER)?;
    Ok(add(args, ops, by))
}

pub(in crate::commands) fn decrby<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    let by = resp::integer(args.get(2)).ok_or(fault::NOT_AN_INTEGER)?;
    // The least number has no opposite.
    let by = by.checked_neg().ok_or("ERR decrement would overflow")?;
    Ok(add(args, ops, by))
}

pub(in crate::commands) fn incrbyfloat<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    let by = resp::float(args.get(2)).ok_or(fault::NOT_A_FLOAT)?;
    ops.push(Op::IncrementFloat { key: args.get(1), by });
    Ok(Form::Bulk)
}
