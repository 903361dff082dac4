//! CLIENT: what clients say of themselves and ask of each other.

use super::{
    Engine, Session,
    fault::{self, Fault},
    plan::is,
    session::{Answering, Card},
};
use crate::{
    clock,
    resp::{Arguments, Replies, Version},
};

pub(super) fn client(
    engine: &Engine,
    session: &mut Session,
    args: Arguments<'_>,
    out: &mut Replies,
) -> Result<(), Fault> {
    let name = args.get(1).to_ascii_uppercase();
    match (&name[..], args.len()) {
        (b"ID", 2) => out.integer(i64::try_from(session.card.id).unwrap_or(i64::MAX)),
        (b"GETNAME", 2) => match session.card.names.lock().client.as_str() {
            "" => out.null(),
            name => out.bulk(name.as_bytes()),
        },
        (b"SETNAME", 3) => {
            session.card.names.lock().client = self::name(args.get(2), "Client names")?;
            out.status("OK");
        }
        (b"SETINFO", 4) => set_info(session, args, out)?,
        (b"INFO", 2) => out.verbatim(&format!("{}\n", line(&session.card, session.version))),
        (b"LIST", _) => {
            let cards = engine.clients.cards.lock().clone();
            // Of the others' protocol nothing is known here; it matters to nobody.
            let lines = cards.iter().map(|card| format!("{}\n", line(card, session.version)));
            out.verbatim(&lines.collect::<String>());
        }
        (b"NO-EVICT", 3) => {
            session.no_evict = switch(args.get(2))?;
            out.status("OK");
        }
        (b"NO-TOUCH", 3) => {
            switch(args.get(2))?;
            out.status("OK");
        }
        (b"REPLY", 3) => reply(session, args.get(2), out)?,
        (b"GETREDIR", 2) => out.integer(-1),
        (b"TRACKING", 3..) => {
            if switch(args.get(2))? {
                return Err("ERR client-side caching is not offered here: nobody would be told of changes".into());
            }
            out.status("OK");
        }
        _ => return Err(fault::unknown_subcommand("CLIENT", args.get(1))),
    }
    Ok(())
}

fn switch(word: &[u8]) -> Result<bool, Fault> {
    match word {
        word if is(word, "ON") => Ok(true),
        word if is(word, "OFF") => Ok(false),
        _ => Err(fault::SYNTAX),
    }
}

fn reply(session: &mut Session, word: &[u8], out: &mut Replies) -> Result<(), Fault> {
    match word {
        word if is(word, "ON") => {
            session.answering = Answering::All;
            out.status("OK");
        }
        word if is(word, "OFF") => session.answering = Answering::None,
        word if is(word, "SKIP") && session.answering == Answering::All => session.answering = Answering::NotTheNext,
        word if is(word, "SKIP") => {}
        _ => return Err(fault::SYNTAX),
    }
    Ok(())
}

fn set_info(session: &Session, args: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
    let mut names = session.card.names.lock();
    match args.get(2) {
        word if is(word, "LIB-NAME") => names.library = name(args.get(3), "lib-name")?,
        word if is(word, "LIB-VER") => names.version = name(args.get(3), "lib-ver")?,
        other => return Err(format!("ERR Unrecognized option '{}'", String::from_utf8_lossy(other)).into()),
    }
    out.status("OK");
    Ok(())
}

/// Reads a name, which is visible ASCII without spaces.
pub(super) fn name(text: &[u8], what: &str) -> Result<String, Fault> {
    if text.iter().all(u8::is_ascii_graphic) {
        return Ok(String::from_utf8_lossy(text).into_owned());
    }
    Err(format!("ERR {what} cannot contain spaces, newlines or special characters.").into())
}

/// Describes a client as Redis does, with the fields that mean something here.
fn line(card: &Card, version: Version) -> String {
    let names = card.names.lock().clone();
    let age_ms = u64::try_from(clock::since(card.began).as_millis()).unwrap_or(u64::MAX);
    let idle_ms = age_ms.saturating_sub(card.asked_ms.load(std::sync::atomic::Ordering::Relaxed));
    let peer = card.peer.map_or_else(|| "?:0".to_owned(), |peer| peer.to_string());
    format!(
        "id={} addr={peer} name={} age={} idle={} flags=N db=0 sub=0 psub=0 multi=-1 user=default resp={} lib-name={} \
         lib-ver={}",
        card.id,
        names.client,
        age_ms / 1_000,
        idle_ms / 1_000,
        if version == Version::Three { 3 } else { 2 },
        names.library,
        names.version
    )
}
