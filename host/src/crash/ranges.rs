//! Which addresses are whose code: a thread that a plugin made for itself carries no mark, but where it stands tells.

use std::{
    path::Path,
    sync::atomic::{AtomicU64, Ordering::Relaxed, Ordering::Release},
};

use super::{Crumb, page::PROVIDERS_MAX};

/// Most ranges: two generations of as many providers as are marked. Those of a reload beyond that are not known.
const RANGES_MAX: usize = 2 * PROVIDERS_MAX;

/// One range of code; empty while `end` is 0.
struct Range {
    start: AtomicU64,
    end: AtomicU64,
    /// The provider's number, from 1.
    owner: AtomicU64,
}

static RANGES: [Range; RANGES_MAX] =
    [const { Range { start: AtomicU64::new(0), end: AtomicU64::new(0), owner: AtomicU64::new(0) } }; RANGES_MAX];
static TAKEN: AtomicU64 = AtomicU64::new(0);

/// Notes where a provider's library was mapped. Two providers of one plugin share its code, and have a range each.
pub(crate) fn note(crumb: Crumb, library: &Path) {
    let Some(owner) = crumb.place().map(|at| at as u64 + 1) else { return };
    // Absent elsewhere than on Linux, and in a container without /proc.
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    for (start, end) in code_of(&maps, library) {
        let known = |range: &Range| range.start.load(Relaxed) == start && range.owner.load(Relaxed) == owner;
        if RANGES.iter().any(known) {
            continue;
        }
        let Some(range) = usize::try_from(TAKEN.fetch_add(1, Relaxed)).ok().and_then(|at| RANGES.get(at)) else {
            return;
        };
        range.start.store(start, Relaxed);
        range.owner.store(owner, Relaxed);
        // Last: what reads it in the middle finds it empty.
        range.end.store(end, Release);
    }
}

/// Returns the provider's number, from 1, whose code is at an address; of several the preferred one. Fit for a signal
/// handler.
pub(super) fn owner_of(address: u64, preferred: u64) -> Option<u64> {
    let here = |range: &&Range| {
        let (start, end) = (range.start.load(Relaxed), range.end.load(Relaxed));
        (start..end).contains(&address)
    };
    let mut first = None;
    for range in RANGES.iter().filter(here) {
        let owner = range.owner.load(Relaxed);
        if owner == preferred {
            return Some(owner);
        }
        first = first.or(Some(owner));
    }
    first
}

/// Returns the executable ranges of a library, from the kernel's list of what is mapped.
fn code_of(maps: &str, library: &Path) -> Vec<(u64, u64)> {
    // The folder is named for the content, so these two are enough, and independent of links above them.
    let mut parts = library.components().rev().map(|part| part.as_os_str().to_string_lossy());
    let (Some(name), Some(folder)) = (parts.next(), parts.next()) else { return Vec::new() };
    let ending = format!("/{folder}/{name}");
    let range = |line: &str| {
        // proc(5): `start-end perms offset device inode path`, the path to the line's end.
        let (range, rest) = line.split_once(' ')?;
        let (rights, _) = rest.split_once(' ')?;
        let (start, end) = range.split_once('-')?;
        let number = |text| u64::from_str_radix(text, 16).ok();
        (rights.contains('x') && line.ends_with(&ending)).then_some((number(start)?, number(end)?))
    };
    maps.lines().filter_map(range).collect()
}

#[cfg(test)]
mod tests;
