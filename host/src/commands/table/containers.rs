//! Commands that are named by two words: which second words there are, and how many words each takes.

use super::Row;
use crate::{
    commands::fault::{self, Fault},
    resp::{Arguments, Replies},
};

/// Second word and arity, both counted with the first.
type Subcommands = &'static [(&'static str, i8)];

const CONTAINERS: &[(&str, Subcommands)] = &[
    (
        "client",
        &[
            ("getname", 2),
            ("getredir", 2),
            ("id", 2),
            ("info", 2),
            ("list", -2),
            ("no-evict", 3),
            ("no-touch", 3),
            ("reply", 3),
            ("setinfo", 4),
            ("setname", 3),
            ("tracking", -3),
        ],
    ),
    ("command", &[("count", 2), ("docs", -2), ("getkeys", -3), ("info", -2), ("list", -2)]),
    ("config", &[("get", -3), ("resetstat", 2), ("rewrite", 2), ("set", -4)]),
    ("memory", &[("usage", -3)]),
    ("object", &[("encoding", 3), ("freq", 3), ("idletime", 3), ("refcount", 3)]),
    ("script", &[("exists", -3), ("flush", -2), ("load", 3)]),
    ("slowlog", &[("get", -2), ("len", 2), ("reset", 2)]),
];

fn of(row: &Row) -> Option<Subcommands> {
    CONTAINERS.iter().find(|(name, _)| *name == row.name).map(|(_, subcommands)| *subcommands)
}

/// Checks the second word of a command that has one.
pub(in crate::commands) fn check(row: &Row, args: Arguments<'_>) -> Result<(), Fault> {
    let (Some(subcommands), 2..) = (of(row), args.len()) else { return Ok(()) };
    let name = args.get(1);
    if name.eq_ignore_ascii_case(b"help") {
        return Ok(());
    }
    let found = subcommands.iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()));
    match found {
        Some((_, arity)) if super::takes(*arity, args.len()) => Ok(()),
        Some((known, _)) => Err(fault::arity(&format!("{}|{known}", row.name))),
        None => Err(fault::unknown_subcommand(&row.name.to_ascii_uppercase(), name)),
    }
}

/// Tells whether HELP is one of its second words.
pub(in crate::commands) fn has_help(row: &Row) -> bool {
    of(row).is_some()
}

/// Answers HELP.
pub(in crate::commands) fn help(row: &Row, out: &mut Replies) {
    let subcommands = of(row).unwrap_or_default();
    out.list(subcommands.len() + 1);
    out.status(&format!("{} <subcommand> [<arg> ...]. Subcommands are:", row.name.to_ascii_uppercase()));
    subcommands.iter().for_each(|(name, _)| out.status(&name.to_ascii_uppercase()));
}
