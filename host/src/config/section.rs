//! The sections of `plugins.toml`, one a file, each with its keys, defaults, bounds and reasons.

pub(super) mod auth;
pub(super) mod delivery;
pub(super) mod journal;
pub(super) mod limits;
pub(super) mod listen;
pub(super) mod log;
pub(super) mod outbound;
pub(super) mod provider;
pub(super) mod redis;
pub(super) mod reload;
pub(super) mod select;
pub(super) mod shutdown;
pub(super) mod store;
pub(super) mod trust;

use super::key::Described;

/// A section with the introduction that the reference prints.
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) about: &'static str,
    pub(super) keys: &'static [&'static (dyn Described + Sync)],
}

/// All sections outside `[providers.NAME]`, in the order of the reference.
pub(super) const ALL: &[Section] = &[
    select::TOP,
    select::CACHE,
    select::MONITORING,
    select::ANALYTICS,
    trust::SECTION,
    listen::SECTION,
    auth::SECTION,
    limits::SECTION,
    redis::SECTION,
    log::SECTION,
    reload::SECTION,
    shutdown::SECTION,
    store::SECTION,
    journal::SECTION,
    outbound::SECTION,
];
