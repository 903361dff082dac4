//! How the host ends.

use std::time::Duration;

use outrigger_plugin_api::units::HumanDuration;

use super::Section;
use crate::config::key::{Key, Preset, Reader};

/// How the host ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shutdown {
    /// How long calls in flight and final deliveries may take.
    pub grace: Duration,
}

pub(in crate::config) const SECTION: Section =
    Section { title: "shutdown", about: "What happens after a signal to stop.", keys: &[&GRACE] };

const GRACE: Key<HumanDuration> = Key {
    path: "shutdown.grace",
    env: None,
    default: Preset::Same(|| HumanDuration(Duration::from_secs(10))),
    bounds: Some((HumanDuration(Duration::ZERO), HumanDuration(Duration::from_secs(3600)))),
    doc: "How long calls in flight may take to finish after a signal to stop. 10 s is below the 30 s after which \
          Kubernetes kills, with room for the app beside it to end first.",
};

/// Reads the section.
pub(in crate::config) fn read(reader: &mut Reader<'_>) -> Shutdown {
    Shutdown { grace: reader.read(&GRACE).value.0 }
}
