//! COMMAND: what there is, for clients that complete names or look for keys.

use super::{
    Engine, Session,
    fault::{self, Fault},
    plan::is,
    table::{ROWS, Row, find},
};
use crate::resp::{Arguments, Replies};

pub(super) fn command(_: &Engine, _: &mut Session, args: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
    let named = || args.from(2).map(|name| find(name).map(|(_, row)| row));
    match (args.get(1), args.len()) {
        (_, 1) => {
            out.list(ROWS.len());
            ROWS.iter().for_each(|row| info(row, out));
        }
        (word, 2) if is(word, "COUNT") => out.count(ROWS.len()),
        (word, 2) if is(word, "LIST") => {
            out.list(ROWS.len());
            ROWS.iter().for_each(|row| out.bulk(row.name.as_bytes()));
        }
        (word, 2) if is(word, "INFO") => {
            out.list(ROWS.len());
            ROWS.iter().for_each(|row| info(row, out));
        }
        (word, _) if is(word, "INFO") => {
            out.list(args.len() - 2);
            named().for_each(|row| match row {
                Some(row) => info(row, out),
                None => out.null_list(),
            });
        }
        (word, count) if is(word, "DOCS") => {
            let rows: Vec<&Row> = if count == 2 { ROWS.iter().collect() } else { named().flatten().collect() };
            out.map(rows.len());
            rows.into_iter().for_each(|row| docs(row, out));
        }
        (word, 3..) if is(word, "GETKEYS") => keys(args, out)?,
        (other, _) => return Err(fault::unknown_subcommand("COMMAND", other)),
    }
    Ok(())
}

fn info(row: &Row, out: &mut Replies) {
    out.list(10);
    out.bulk(row.name.as_bytes());
    out.integer(row.arity.into());
    let has_keys = row.keys.0 != 0;
    let flag = if row.writes { "write" } else { "readonly" };
    out.set(usize::from(has_keys));
    if has_keys {
        out.status(flag);
    }
    for number in [row.keys.0, row.keys.1, row.keys.2] {
        out.integer(number.into());
    }
    out.set(1);
    out.status(&format!("@{}", row.group));
    // Tips, key specifications and subcommands: not given.
    for _ in 0..3 {
        out.list(0);
    }
}

fn docs(row: &Row, out: &mut Replies) {
    out.bulk(row.name.as_bytes());
    out.map(3);
    for (key, value) in [("summary", row.summary), ("since", row.since), ("group", row.group)] {
        out.bulk(key.as_bytes());
        out.bulk(value.as_bytes());
    }
}

fn keys(args: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
    let words = args.len() - 2;
    let (_, row) = find(args.get(2)).ok_or("ERR Invalid command specified")?;
    if row.keys.0 == 0 {
        return Err("ERR The command has no key arguments".into());
    }
    if !row.takes(words) {
        return Err("ERR Invalid number of arguments specified for command".into());
    }
    let place = |number: i8| usize::from(number.unsigned_abs());
    let last = if row.keys.1 < 0 { words.saturating_sub(place(row.keys.1)) } else { place(row.keys.1) };
    let places: Vec<_> = (place(row.keys.0)..=last).step_by(place(row.keys.2).max(1)).collect();
    out.list(places.len());
    places.into_iter().for_each(|at| out.bulk(args.get(2 + at)));
    Ok(())
}
