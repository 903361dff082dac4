//! How the host changes while it runs.

use std::time::Duration;

use outrigger_plugin_api::units::HumanDuration;

use super::Section;
use crate::config::key::{Key, Preset, Reader};

/// How the host changes while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reload {
    /// Whether the file, the env file and the plugin folders are watched.
    pub watch: bool,
    /// How long nothing may have changed before a watched change is taken.
    pub settle: Duration,
    /// Most libraries that are mapped and no longer used.
    pub libraries_max: u32,
}

pub(in crate::config) const SECTION: Section = Section {
    title: "reload",
    about: "Changes while the host runs: SIGHUP, `outrigger reload` and `outrigger provider` always work.",
    keys: &[&WATCH, &SETTLE, &LIBRARIES_MAX],
};

const WATCH: Key<bool> = Key {
    path: "reload.watch",
    env: None,
    default: Preset::Same(|| false),
    bounds: None,
    doc: "Reload by itself when this file, the env file or a plugin folder changes. Off: a change to a file takes \
          effect when somebody asks for it.",
};

const SETTLE: Key<HumanDuration> = Key {
    path: "reload.settle",
    env: None,
    default: Preset::Same(|| HumanDuration(Duration::from_millis(500))),
    bounds: Some((HumanDuration(Duration::from_millis(10)), HumanDuration(Duration::from_secs(60)))),
    doc: "With `watch`: how long nothing may have changed before the change is taken. 500 ms outlasts the copying of a \
          plugin and the two writes of most editors.",
};

/// A hundred debug builds are 2 GiB of address space, a hundred releases 200 MiB: a month of daily releases of three plugins.
const LIBRARIES_MAX: Key<u32> = Key {
    path: "reload.libraries-max",
    env: None,
    default: Preset::Same(|| 100),
    bounds: Some((1, 10_000)),
    doc: "How many replaced plugin libraries may stay in memory: none is ever unmapped, each keeps some 2 MiB. A reload \
          that would bring one more is refused until a restart.",
};

/// Reads the section.
pub(in crate::config) fn read(reader: &mut Reader<'_>) -> Reload {
    Reload {
        watch: reader.read(&WATCH).value,
        settle: reader.read(&SETTLE).value.0,
        libraries_max: reader.read(&LIBRARIES_MAX).value,
    }
}
