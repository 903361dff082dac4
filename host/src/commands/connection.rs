//! Requests about the connection itself.

use super::{
    Engine, REDIS_VERSION, Session,
    fault::{self, Fault},
    plan::is,
};
use crate::{
    clock,
    resp::{self, Arguments, Replies, Version},
};

const NO_PASSWORD_SET: &str = "ERR AUTH <password> called without any password configured for the default user. Are you \
                               sure your configuration is correct?";

const HELLO_NEEDS_AUTH: &str = "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO \
                                <proto> AUTH <user> <pass> option can be used to authenticate the client and select the \
                                RESP protocol version at the same time";

pub(super) fn ping(_: &Engine, _: &mut Session, args: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
    match args.len() {
        1 => out.status("PONG"),
        2 => out.bulk(args.get(1)),
        _ => return Err(fault::arity("ping")),
    }
    Ok(())
}

pub(super) fn echo(_: &Engine, _: &mut Session, args: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
    out.bulk(args.get(1));
    Ok(())
}

pub(super) fn auth(
    engine: &Engine,
    session: &mut Session,
    args: Arguments<'_>,
    out: &mut Replies,
) -> Result<(), Fault> {
    match args.len() {
        2 if !engine.access.needs_token() => return Err(NO_PASSWORD_SET.into()),
        2 => authenticate(engine, session, b"default", args.get(1))?,
        3 => authenticate(engine, session, args.get(1), args.get(2))?,
        _ => return Err(fault::SYNTAX),
    }
    out.status("OK");
    Ok(())
}

/// Lets a client in: its password is the host's token; there is one user.
fn authenticate(engine: &Engine, session: &mut Session, user: &[u8], password: &[u8]) -> Result<(), Fault> {
    if user != b"default" || !engine.access.knows(password) {
        return Err(fault::WRONG_PASS);
    }
    session.authenticated = true;
    Ok(())
}

pub(super) fn hello(
    engine: &Engine,
    session: &mut Session,
    args: Arguments<'_>,
    out: &mut Replies,
) -> Result<(), Fault> {
    let version = match (args.len(), resp::integer(args.get(1))) {
        (1, _) => session.version,
        (_, None) => return Err("ERR Protocol version is not an integer or out of range".into()),
        (_, Some(2)) => Version::Two,
        (_, Some(3)) => Version::Three,
        (_, Some(_)) => return Err("NOPROTO unsupported protocol version".into()),
    };
    let (mut at, mut name) = (2, None);
    while at < args.len() {
        let left = args.len() - at - 1;
        if is(args.get(at), "AUTH") && left >= 2 {
            authenticate(engine, session, args.get(at + 1), args.get(at + 2))?;
            at += 3;
        } else if is(args.get(at), "SETNAME") && left >= 1 {
            name = Some(super::client::name(args.get(at + 1), "Client names")?);
            at += 2;
        } else {
            let option = String::from_utf8_lossy(args.get(at));
            return Err(format!("ERR Syntax error in HELLO option '{option}'").into());
        }
    }
    if !session.authenticated {
        return Err(HELLO_NEEDS_AUTH.into());
    }
    if let Some(name) = name {
        session.card.names.lock().client = name;
    }
    session.version = version;
    out.version = version;
    out.map(7);
    for (key, value) in [("server", "redis"), ("version", REDIS_VERSION)] {
        out.bulk(key.as_bytes());
        out.bulk(value.as_bytes());
    }
    out.bulk(b"proto");
    out.integer(if version == Version::Three { 3 } else { 2 });
    out.bulk(b"id");
    out.integer(i64::try_from(session.card.id).unwrap_or(i64::MAX));
    for (key, value) in [("mode", "standalone"), ("role", "master")] {
        out.bulk(key.as_bytes());
        out.bulk(value.as_bytes());
    }
    out.bulk(b"modules");
    out.list(0);
    Ok(())
}

pub(super) fn select(_: &Engine, _: &mut Session, args: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
    match resp::integer(args.get(1)) {
        Some(0) => out.status("OK"),
        Some(number) if i32::try_from(number).is_ok() => return Err(fault::DB_INDEX),
        _ => return Err(fault::NOT_AN_INTEGER),
    }
    Ok(())
}

pub(super) fn quit(_: &Engine, session: &mut Session, _: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
    session.end();
    out.status("OK");
    Ok(())
}

pub(super) fn reset(engine: &Engine, session: &mut Session, _: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
    session.reset(!engine.access.needs_token());
    out.version = Version::Two;
    out.status("RESET");
    Ok(())
}

pub(super) fn time(_: &Engine, _: &mut Session, _: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
    let millis = clock::unix_ms();
    out.list(2);
    out.bulk((millis / 1_000).to_string().as_bytes());
    out.bulk((millis % 1_000 * 1_000).to_string().as_bytes());
    Ok(())
}

pub(super) fn role(_: &Engine, _: &mut Session, _: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
    out.list(3);
    out.bulk(b"master");
    out.integer(0);
    out.list(0);
    Ok(())
}

/// LASTSAVE: nothing is saved, so the last time was the start.
pub(super) fn lastsave(engine: &Engine, _: &mut Session, _: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
    out.integer(i64::try_from(engine.started_unix_ms / 1_000).unwrap_or(i64::MAX));
    Ok(())
}

/// WAIT: there are no replicas to wait for.
pub(super) fn wait(_: &Engine, _: &mut Session, args: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
    for word in args.from(1) {
        if resp::integer(word).ok_or(fault::NOT_AN_INTEGER)? < 0 {
            return Err("ERR timeout is negative".into());
        }
    }
    out.integer(0);
    Ok(())
}
