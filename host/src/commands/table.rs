//! The commands there are: name, number of words, keys, and what carries each out.

mod containers;
mod rows;

use std::sync::LazyLock;

use super::{Engine, Session, fault::Fault, plan::Planner};
use crate::{
    call::Tally,
    resp::{Arguments, Replies},
};

pub(super) use containers::{check, has_help, help};
pub(super) use rows::ROWS;

/// What carries a command out.
#[derive(Clone, Copy)]
pub(super) enum Act {
    /// Operations of the cache, which may share a batch with those of other requests.
    Ops(Planner),
    /// Operations that must be one step where they are several.
    Step(Planner),
    /// The connection alone: answered at once, without the cache.
    Connection(fn(&Engine, &mut Session, Arguments<'_>, &mut Replies) -> Result<(), Fault>),
    /// More than one call of the cache.
    Alone(Alone),
}

/// A command that needs more than one call, or one of another sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    Multi,
    Exec,
    Discard,
    Watch,
    Unwatch,
    MsetNx,
    Scan,
    Keys,
    DbSize,
    Flush,
    Info,
    Eval,
    EvalSha,
    Script,
}

/// One command.
pub(super) struct Row {
    pub(super) name: &'static str,
    /// Words including the name; where negative, at least so many.
    pub(super) arity: i8,
    /// Whether it changes entries.
    pub(super) writes: bool,
    /// First key, last key (negative: from the end) and step; zeros where it has none.
    pub(super) keys: (i8, i8, i8),
    pub(super) group: &'static str,
    pub(super) since: &'static str,
    pub(super) summary: &'static str,
    pub(super) act: Act,
}

impl Row {
    pub(super) fn takes(&self, words: usize) -> bool {
        takes(self.arity, words)
    }
}

/// Tells whether an arity allows so many words: where it is negative, they are at least as many.
fn takes(arity: i8, words: usize) -> bool {
    let least = usize::from(arity.unsigned_abs());
    if arity < 0 { words >= least } else { words == least }
}

/// Longest name of a command.
const NAME_BYTES_MAX: usize = 16;
/// Slots of the look-up: some ten times the commands, so that most names are found at the first probe.
const SLOTS: usize = 1 << 10;

/// For each hash, which row it may be, one more than its number; zero ends a probe.
static SLOT: LazyLock<Box<[u8]>> = LazyLock::new(|| {
    let mut slots = vec![0; SLOTS].into_boxed_slice();
    for (number, row) in ROWS.iter().enumerate() {
        let mut at = hash(row.name.as_bytes());
        while slots.get(at).is_some_and(|slot| *slot != 0) {
            at = (at + 1) % SLOTS;
        }
        if let (Some(slot), Ok(number)) = (slots.get_mut(at), u8::try_from(number + 1)) {
            *slot = number;
        }
    }
    slots
});

/// FNV-1a over the name in lower case, folded to the number of slots.
fn hash(name: &[u8]) -> usize {
    let mix = |hash: u32, byte: &u8| (hash ^ u32::from(byte | 0x20)).wrapping_mul(0x0100_0193);
    let hash = name.iter().fold(0x811c_9dc5, mix);
    (hash ^ hash >> 16) as usize % SLOTS
}

/// Returns the number of a command and its row.
#[inline]
pub(super) fn find(name: &[u8]) -> Option<(usize, &'static Row)> {
    if name.len() > NAME_BYTES_MAX {
        return None;
    }
    let slots = &*SLOT;
    let mut at = hash(name);
    loop {
        let number = usize::from(*slots.get(at)?).checked_sub(1)?;
        let row = ROWS.get(number)?;
        if name.eq_ignore_ascii_case(row.name.as_bytes()) {
            return Some((number, row));
        }
        at = (at + 1) % SLOTS;
    }
}

/// Returns the names of all commands, in small letters.
pub fn names() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|row| row.name)
}

/// How often each command was asked for, and how often refused.
#[derive(Debug)]
pub struct CommandCounts {
    asked: Vec<Tally>,
    refused: Vec<Tally>,
    unknown: Tally,
}

impl Default for CommandCounts {
    fn default() -> Self {
        let each = || ROWS.iter().map(|_| Tally::default()).collect();
        Self { asked: each(), refused: each(), unknown: Tally::default() }
    }
}

impl CommandCounts {
    #[inline]
    pub(super) fn ask(&self, number: usize) {
        if let Some(tally) = self.asked.get(number) {
            tally.add();
        }
    }

    #[cold]
    pub(super) fn refuse(&self, number: Option<usize>) {
        number.and_then(|number| self.refused.get(number)).unwrap_or(&self.unknown).add();
    }

    /// Returns each command that was asked for: name, how often, and how often the request itself was refused.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, u64, u64)> {
        let sums = self.asked.iter().zip(&self.refused).map(|(asked, refused)| (asked.sum(), refused.sum()));
        let rows = ROWS.iter().zip(sums).map(|(row, (asked, refused))| (row.name, asked, refused));
        rows.filter(|(_, asked, _)| *asked > 0)
    }

    /// Returns how many requests named no command.
    pub fn unknown(&self) -> u64 {
        self.unknown.sum()
    }
}

#[cfg(test)]
mod tests;
