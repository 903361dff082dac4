//! EVAL and EVALSHA for the small scripts of well-known libraries: each is recognised by its text and run as native
//! operations, so that their locks and counters work with any provider.

mod known;
mod run;

use std::collections::HashMap;

use parking_lot::Mutex;

use super::{
    Engine,
    fault::{self, Fault},
    plan::is,
};
use crate::resp::{self, Arguments, Replies};

pub(super) use known::Known;

/// Scripts that are remembered by their hash. There are some twenty known ones, each in a few ways of writing; what
/// comes beyond is refused as unknown, and its client sends the text.
const LOADED_MAX: usize = 1_024;

/// Known scripts by the SHA-1 of the text in which a client sent them.
#[derive(Debug, Default)]
pub(super) struct Scripts(Mutex<HashMap<[u8; 20], Known>>);

impl Scripts {
    fn hash(text: &[u8]) -> [u8; 20] {
        sha1_smol::Sha1::from(text).digest().bytes()
    }

    fn load(&self, hash: [u8; 20], known: Known) {
        let mut loaded = self.0.lock();
        if loaded.len() < LOADED_MAX || loaded.contains_key(&hash) {
            loaded.insert(hash, known);
        }
    }

    fn get(&self, hash: &[u8]) -> Option<Known> {
        self.0.lock().get(&parse_hash(hash)?).copied()
    }
}

fn parse_hash(text: &[u8]) -> Option<[u8; 20]> {
    let mut hash = [0; 20];
    if text.len() != 40 {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(text.chunks(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(hash)
}

impl Engine {
    pub(super) async fn eval(&self, args: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
        let text = args.get(1);
        let call = Call::read(args)?;
        let known = Known::recognise(text).ok_or_else(unknown)?;
        self.scripts.load(Scripts::hash(text), known);
        self.run_script(known, call, out).await
    }

    pub(super) async fn evalsha(&self, args: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
        let call = Call::read(args)?;
        let known = self.scripts.get(args.get(1)).ok_or("NOSCRIPT No matching script. Please use EVAL.")?;
        self.run_script(known, call, out).await
    }

    pub(super) fn script(&self, args: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
        match (args.get(1), args.len()) {
            (word, 3) if is(word, "LOAD") => {
                let hash = Scripts::hash(args.get(2));
                let known = Known::recognise(args.get(2)).ok_or_else(unknown)?;
                self.scripts.load(hash, known);
                let text: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
                out.bulk(text.as_bytes());
            }
            (word, 3..) if is(word, "EXISTS") => {
                out.list(args.len() - 2);
                args.from(2).for_each(|hash| out.integer(i64::from(self.scripts.get(hash).is_some())));
            }
            (word, 2 | 3) if is(word, "FLUSH") => {
                if args.len() == 3 && !is(args.get(2), "SYNC") && !is(args.get(2), "ASYNC") {
                    return Err("ERR SCRIPT FLUSH only support SYNC|ASYNC option".into());
                }
                self.scripts.0.lock().clear();
                out.status("OK");
            }
            (other, _) => return Err(fault::unknown_subcommand("SCRIPT", other)),
        }
        Ok(())
    }
}

fn unknown() -> Fault {
    fault::unsupported("this script is none of those that are known here, and no other is run")
}

/// What a script is called with.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    args: Arguments<'a>,
    keys: usize,
}

impl<'a> Call<'a> {
    fn read(args: Arguments<'a>) -> Result<Self, Fault> {
        let keys = resp::integer(args.get(2)).ok_or(fault::NOT_AN_INTEGER)?;
        let keys = usize::try_from(keys).map_err(|_| "ERR Number of keys can't be negative")?;
        if keys > args.len() - 3 {
            return Err("ERR Number of keys can't be greater than number of args".into());
        }
        Ok(Self { args, keys })
    }

    fn keys(&self) -> Vec<&'a [u8]> {
        self.args.from(3).take(self.keys).collect()
    }

    /// Returns the first key, which each of these scripts uses.
    fn key(&self) -> Result<&'a [u8], Fault> {
        if self.keys == 0 { Err("ERR this script needs a key".into()) } else { Ok(self.args.get(3)) }
    }

    /// Returns an argument behind the keys, by Lua's count from one.
    fn argument(&self, number: usize) -> Result<&'a [u8], Fault> {
        let at = 2 + self.keys + number;
        if at < self.args.len() {
            Ok(self.args.get(at))
        } else {
            Err(format!("ERR this script needs ARGV[{number}]").into())
        }
    }

    fn arguments(&self) -> usize {
        self.args.len() - 3 - self.keys
    }
}

#[cfg(test)]
mod tests;
