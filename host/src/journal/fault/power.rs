//! What is left after the process or the machine has stopped.

use std::collections::BTreeMap;

use super::{
    FaultDisk, NameChange,
    file::{Change, Content},
};

/// The least that survives or not on its own: smaller than any record, so that each can tear.
const PIECE_BYTES: usize = 8;

/// How it stopped, and what un-synced changes survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::journal) enum Power {
    /// Only the process did: nothing is lost.
    Killed,
    /// Nothing that was not synced.
    Lost,
    /// The older part of it.
    Prefix,
    /// Any part: later changes without earlier ones, pieces of one write.
    Reordered,
}

impl Power {
    pub(in crate::journal) const ALL: [Self; 4] = [Self::Killed, Self::Lost, Self::Prefix, Self::Reordered];
}

/// Luck that repeats: xorshift64*.
struct Luck(u64);

impl Luck {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(drawn).unwrap() % bound
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }
}

impl NameChange {
    pub(super) fn apply(&self, names: &mut BTreeMap<String, u64>) {
        match self {
            Self::Link(name, id) => {
                names.insert(name.clone(), *id);
            }
            Self::Unlink(name) => {
                names.remove(name);
            }
            Self::Rename(from, to, id) => {
                names.remove(from);
                names.insert(to.clone(), *id);
            }
        }
    }
}

impl FaultDisk {
    /// Ends what went on and starts anew with what survived. The same seed has the same luck.
    pub(in crate::journal) fn restart(&self, power: Power, seed: u64) {
        let mut state = self.0.lock();
        let state = &mut *state;
        (state.dead, state.fault) = (false, None);
        let mut luck = Luck(seed.wrapping_mul(2).wrapping_add(0x9e37_79b9_7f4a_7c15) | 1);
        if power != Power::Killed {
            for change in survivors(&state.name_changes, power, &mut luck) {
                change.apply(&mut state.names_on_disk);
            }
            state.names = state.names_on_disk.clone();
            state.name_changes.clear();
        }
        for content in state.files.values_mut() {
            content.sync_failed = false;
            if power != Power::Killed {
                *content = Content::on_disk(after_power_cut(content, power, &mut luck));
            }
        }
    }
}

fn after_power_cut(content: &Content, power: Power, luck: &mut Luck) -> Vec<u8> {
    let mut bytes = content.on_disk.clone();
    let pieces: Vec<_> = content.doubtful.iter().chain(&content.unsynced).flat_map(pieces).collect();
    for change in survivors(&pieces, power, luck) {
        change.apply(&mut bytes);
    }
    // The length can outlive the bytes: then they are zeros.
    if power == Power::Reordered && bytes.len() < content.live.len() && luck.coin() {
        bytes.resize(content.live.len(), 0);
    }
    bytes
}

fn pieces(change: &Change) -> Vec<Change> {
    match change {
        Change::Write(at, bytes) => {
            let piece = |(index, piece): (usize, &[u8])| Change::Write(at + index * PIECE_BYTES, piece.to_vec());
            bytes.chunks(PIECE_BYTES).enumerate().map(piece).collect()
        }
        cut @ Change::Cut(_) => vec![cut.clone()],
    }
}

fn survivors<T: Clone>(changes: &[T], power: Power, luck: &mut Luck) -> Vec<T> {
    match power {
        Power::Killed => changes.to_vec(),
        Power::Lost => Vec::new(),
        Power::Prefix => changes[..luck.below(changes.len() + 1)].to_vec(),
        Power::Reordered => changes.iter().filter(|_| luck.coin()).cloned().collect(),
    }
}
