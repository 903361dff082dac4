//! The journal: where events are kept before anybody hears that they were accepted.

use std::path::{Path, PathBuf};
use std::time::Duration;

use outrigger_plugin_api::units::{ByteCount, HumanDuration};

use super::Section;
use crate::config::key::{Key, Preset, Reader};
use crate::config::value::Words;

/// How events are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    /// The folder; no two hosts share one.
    pub dir: PathBuf,
    /// What an acknowledgement means.
    pub durability: Durability,
    /// How often the disk is told to keep what was written, where `durability` is `interval`.
    pub sync_every: Duration,
    /// Size of one file.
    pub file_bytes: u64,
    /// How long delivered records are kept for replays.
    pub retain: Duration,
    /// Size of all files together.
    pub bytes_max: u64,
    /// Free space below which no more events are taken.
    pub free_bytes_min: u64,
}

/// What an acknowledgement means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// On the disk: survives the loss of power.
    Fsync,
    /// With the system, which is told every `sync-every` to write it out: survives a crash of the process.
    Interval,
    /// With the system: survives a crash of the process.
    None,
}

impl Words for Durability {
    const ALL: &'static [(&'static str, Self)] =
        &[("fsync", Self::Fsync), ("interval", Self::Interval), ("none", Self::None)];
}

pub(in crate::config) const SECTION: Section = Section {
    title: "journal",
    about: "Where events are kept before they are acknowledged, and until every provider has them.",
    keys: &[&DIR, &DURABILITY, &SYNC_EVERY, &FILE_SIZE, &RETAIN, &SIZE_MAX, &FREE_MIN],
};

const DIR: Key<PathBuf> = Key {
    path: "journal.dir",
    env: Some("OUTRIGGER_JOURNAL_DIR"),
    default: Preset::Same(|| PathBuf::from(".outrigger/journal")),
    bounds: None,
    doc: "Folder of the journal, its cursors and the dead letters; relative to the folder of `plugins.toml`. Must \
          survive a restart, so on a container give it a volume. No two hosts can share one.",
};

const DURABILITY: Key<Durability> = Key {
    path: "journal.durability",
    env: Some("OUTRIGGER_JOURNAL_DURABILITY"),
    default: Preset::Same(|| Durability::Fsync),
    bounds: None,
    doc: "When an event is acknowledged: `fsync` once the disk has it; `interval` and `none` once the system has it, \
          which loses the newest events with the machine's power. Every receipt and metric names it.",
};

const SYNC_EVERY: Key<HumanDuration> = Key {
    path: "journal.sync-every",
    env: None,
    default: Preset::Same(|| HumanDuration(Duration::from_millis(50))),
    bounds: Some((HumanDuration(Duration::from_millis(1)), HumanDuration(Duration::from_secs(60)))),
    doc: "How often the disk is told to keep what was written, where `durability` is `interval`: the most that a loss \
          of power costs. 50 ms is ten times what one sync takes.",
};

const FILE_SIZE: Key<ByteCount> = Key {
    path: "journal.file-size",
    env: None,
    default: Preset::Same(|| ByteCount(64 << 20)),
    bounds: Some((ByteCount(1 << 20), ByteCount(4 << 30))),
    doc: "Size at which a new file is begun. Whole files are deleted, so it is also the grain of retention; only the \
          last one is read at start, 64 MiB in about 50 ms.",
};

const RETAIN: Key<HumanDuration> = Key {
    path: "journal.retain",
    env: None,
    default: Preset::Same(|| HumanDuration(Duration::from_secs(72 * 3_600))),
    bounds: Some((HumanDuration(Duration::ZERO), HumanDuration(Duration::from_secs(366 * 86_400)))),
    doc: "How long records that every provider has are kept, so that they can be replayed to a provider added later. \
          72 h spans a weekend; `size-max` bounds it too.",
};

// The number's reason stands in `doc`, which the reference shows.
const SIZE_MAX: Key<ByteCount> = Key {
    path: "journal.size-max",
    env: None,
    default: Preset::Same(|| ByteCount(10 << 30)),
    bounds: Some((ByteCount(8 << 20), ByteCount(1 << 50))),
    doc: "Size of all files together. History goes first; what some provider still needs goes only as its \
          `delivery.on-full` says. 10 GiB are 15 million events of 700 bytes.",
};

// The number's reason stands in `doc`, which the reference shows.
const FREE_MIN: Key<ByteCount> = Key {
    path: "journal.free-min",
    env: None,
    default: Preset::Same(|| ByteCount(256 << 20)),
    bounds: Some((ByteCount(0), ByteCount(1 << 50))),
    doc: "Free space on the disk below which no more events are taken (503). At twice this the host is no longer \
          ready and says why. 256 MiB leave four journal files and room for other programs' logs.",
};

/// Reads the section; the folder is returned relative to nothing but the process.
pub(in crate::config) fn read(reader: &mut Reader<'_>, base: &Path) -> Journal {
    Journal {
        dir: base.join(reader.read(&DIR).value),
        durability: reader.read(&DURABILITY).value,
        sync_every: reader.read(&SYNC_EVERY).value.0,
        file_bytes: reader.read(&FILE_SIZE).value.0,
        retain: reader.read(&RETAIN).value.0,
        bytes_max: reader.read(&SIZE_MAX).value.0,
        free_bytes_min: reader.read(&FREE_MIN).value.0,
    }
}
