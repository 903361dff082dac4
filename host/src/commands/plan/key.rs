//! Keys, whatever they hold.

use outrigger_plugin_api::sdk::cache::Op;

use super::{Ops, is};
use crate::{
    commands::{
        fault::{self, Fault},
        form::Form,
    },
    resp::{self, Arguments},
};

pub(in crate::commands) fn del<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    ops.extend(args.from(1).map(|key| Op::Delete { key }));
    Ok(Form::Sum(args.len() - 1))
}

pub(in crate::commands) fn exists<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    ops.extend(args.from(1).map(|key| Op::Exists { key }));
    Ok(Form::Sum(args.len() - 1))
}

/// TOUCH answers as EXISTS; providers that rank entries by use see the question.
pub(in crate::commands) fn touch<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    exists(args, ops)
}

pub(in crate::commands) fn type_of<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    ops.push(Op::Exists { key: args.get(1) });
    Ok(Form::Type)
}

pub(in crate::commands) fn randomkey<'a>(_: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    ops.push(Op::RandomKey);
    Ok(Form::Bulk)
}

pub(in crate::commands) fn rename<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    ops.push(Op::Rename { key: args.get(1), to: args.get(2), if_absent: false });
    Ok(Form::Renamed)
}

pub(in crate::commands) fn renamenx<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    ops.push(Op::Rename { key: args.get(1), to: args.get(2), if_absent: true });
    Ok(Form::RenamedFlag)
}

pub(in crate::commands) fn copy<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    let (mut replace, mut at) = (false, 3);
    while at < args.len() {
        if is(args.get(at), "REPLACE") {
            replace = true;
            at += 1;
        } else if is(args.get(at), "DB") && at + 1 < args.len() {
            // The one database there is.
            match resp::integer(args.get(at + 1)) {
                Some(0) => at += 2,
                Some(_) => return Err(fault::DB_INDEX),
                None => return Err(fault::NOT_AN_INTEGER),
            }
        } else {
            return Err(fault::SYNTAX);
        }
    }
    if args.get(1) == args.get(2) {
        return Err("ERR source and destination objects are the same".into());
    }
    ops.push(Op::Copy { key: args.get(1), to: args.get(2), replace });
    Ok(Form::Flag)
}

/// OBJECT, for what tools ask.
pub(in crate::commands) fn object<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    let name = args.get(1);
    let known = ["ENCODING", "REFCOUNT", "IDLETIME", "FREQ"].into_iter().find(|known| is(name, known));
    let Some(known) = known else { return Err(fault::unknown_subcommand("OBJECT", name)) };
    let key = args.get(2);
    match known {
        "ENCODING" => {
            ops.push(Op::Get { key });
            Ok(Form::Encoding)
        }
        "FREQ" => {
            Err("ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when \
                       switching between policies at runtime LRU and LFU data will take some time to adjust."
                .into())
        }
        other => {
            ops.push(Op::Exists { key });
            Ok(Form::Whether(i64::from(other == "REFCOUNT")))
        }
    }
}

/// MEMORY USAGE.
pub(in crate::commands) fn memory<'a>(args: Arguments<'a>, ops: &mut Ops<'a>) -> Result<Form, Fault> {
    if !is(args.get(1), "USAGE") {
        return Err(fault::unknown_subcommand("MEMORY", args.get(1)));
    }
    match args.len() {
        3 => {}
        5 if is(args.get(3), "SAMPLES") => {
            let samples = resp::integer(args.get(4)).ok_or(fault::NOT_AN_INTEGER)?;
            if samples < 0 {
                return Err(fault::SYNTAX);
            }
        }
        _ => return Err(fault::SYNTAX),
    }
    ops.push(Op::Get { key: args.get(2) });
    Ok(Form::Usage(args.get(2).len()))
}
