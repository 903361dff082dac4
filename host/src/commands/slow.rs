//! Requests that took long, newest first.

use std::{
    collections::VecDeque,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use parking_lot::Mutex;

use super::{
    Engine, Session,
    fault::{self, Fault},
    plan::is,
};
use crate::{
    clock,
    resp::{self, Arguments, Replies},
};

/// Entries that are kept: Redis' `slowlog-max-len`.
pub(super) const KEPT_MAX: usize = 128;
/// Words of a request that are kept, the last one saying how many more there were, and bytes of each: Redis' bounds.
const WORDS_MAX: usize = 32;
/// See [`WORDS_MAX`].
const WORD_BYTES_MAX: usize = 128;

#[derive(Debug, Clone)]
struct Slow {
    id: u64,
    unix_ms: u64,
    took: Duration,
    words: Vec<Vec<u8>>,
    peer: String,
    name: String,
}

/// The slow log.
#[derive(Debug, Default)]
pub(super) struct SlowLog {
    next: AtomicU64,
    kept: Mutex<VecDeque<Slow>>,
}

impl SlowLog {
    /// Notes a request; its time is that of the batch in which it crossed the seam. Secrets are not among its words:
    /// AUTH and HELLO are never noted.
    #[cold]
    pub(super) fn note(&self, session: &Session, args: Arguments<'_>, took: Duration) {
        let cut = |word: &[u8]| match word.get(..WORD_BYTES_MAX) {
            Some(head) if word.len() > WORD_BYTES_MAX => {
                [head, format!("... ({} more bytes)", word.len() - WORD_BYTES_MAX).as_bytes()].concat()
            }
            _ => word.to_vec(),
        };
        let mut words: Vec<_> = args.from(0).take(WORDS_MAX).map(cut).collect();
        if let (Some(last), true) = (words.last_mut(), args.len() > WORDS_MAX) {
            *last = format!("... ({} more arguments)", args.len() - WORDS_MAX + 1).into_bytes();
        }
        let slow = Slow {
            id: self.next.fetch_add(1, Relaxed),
            unix_ms: clock::unix_ms(),
            took,
            words,
            peer: session.card.peer.map_or_else(String::new, |peer| peer.to_string()),
            name: session.card.names.lock().client.clone(),
        };
        let mut kept = self.kept.lock();
        kept.push_front(slow);
        kept.truncate(KEPT_MAX);
    }
}

/// SLOWLOG GET, LEN and RESET.
pub(super) fn slowlog(engine: &Engine, _: &mut Session, args: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
    let mut kept = engine.slow.kept.lock();
    match (args.get(1), args.len()) {
        (word, 2) if is(word, "LEN") => out.count(kept.len()),
        (word, 2) if is(word, "RESET") => {
            kept.clear();
            out.status("OK");
        }
        (word, 2 | 3) if is(word, "GET") => {
            let most = match args.len() {
                2 => 10,
                _ => resp::integer(args.get(2)).ok_or(fault::NOT_AN_INTEGER)?,
            };
            let most = match most {
                -1 => kept.len(),
                most => usize::try_from(most).map_err(|_| "ERR count should be greater than or equal to -1")?,
            };
            let found: Vec<_> = kept.iter().take(most).cloned().collect();
            drop(kept);
            out.list(found.len());
            found.iter().for_each(|slow| write(slow, out));
        }
        (other, _) => return Err(fault::unknown_subcommand("SLOWLOG", other)),
    }
    Ok(())
}

fn write(slow: &Slow, out: &mut Replies) {
    let number = |number: u128| i64::try_from(number).unwrap_or(i64::MAX);
    out.list(6);
    out.integer(number(slow.id.into()));
    out.integer(number((slow.unix_ms / 1_000).into()));
    out.integer(number(slow.took.as_micros()));
    out.list(slow.words.len());
    slow.words.iter().for_each(|word| out.bulk(word));
    out.bulk(slow.peer.as_bytes());
    out.bulk(slow.name.as_bytes());
}
