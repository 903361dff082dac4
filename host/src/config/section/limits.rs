//! Bounds of what one client can take from the host.

use outrigger_plugin_api::units::{ByteCount, HumanDuration};
use std::time::Duration;

use super::Section;
use crate::config::key::{Key, Preset, Reader};

/// Bounds that the HTTP listeners keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest request body, in bytes.
    pub body: u64,
    /// Longest time from the first byte of a request to the last byte of its answer.
    pub request_timeout: Duration,
    /// Longest time a client may take to send the head of a request.
    pub header_timeout: Duration,
    /// Most open connections over all listeners.
    pub connections: u32,
}

pub(in crate::config) const SECTION: Section = Section {
    title: "limits",
    about: "Bounds that keep one client from taking everything.",
    keys: &[&BODY, &REQUEST_TIMEOUT, &HEADER_TIMEOUT, &CONNECTIONS],
};

const BODY: Key<ByteCount> = Key {
    path: "limits.body",
    env: None,
    default: Preset::Same(|| ByteCount(16 << 20)),
    bounds: Some((ByteCount(1 << 10), ByteCount(1 << 30))),
    doc: "Largest request body. 16 MiB holds the largest batch the analytics SDKs send and any sensible cache value; \
          memory grows by this times the connections in the worst case.",
};

// The number's reason stands in `doc`, which the reference shows.
const REQUEST_TIMEOUT: Key<HumanDuration> = Key {
    path: "limits.request-timeout",
    env: None,
    default: Preset::Same(|| HumanDuration(Duration::from_secs(30))),
    bounds: Some((HumanDuration(Duration::from_millis(100)), HumanDuration(Duration::from_secs(3600)))),
    doc: "Longest time for one request from its first byte to the last byte of the answer. Longer than any provider's \
          `timeout`, so that the provider's own error is what the client sees.",
};

// The number's reason stands in `doc`, which the reference shows.
const HEADER_TIMEOUT: Key<HumanDuration> = Key {
    path: "limits.header-timeout",
    env: None,
    default: Preset::Same(|| HumanDuration(Duration::from_secs(10))),
    bounds: Some((HumanDuration(Duration::from_millis(100)), HumanDuration(Duration::from_secs(300)))),
    doc: "Longest time a client may take to send the head of a request. Ends clients that trickle bytes to hold \
          connections; a client on the same machine needs microseconds.",
};

const CONNECTIONS: Key<u32> = Key {
    path: "limits.connections",
    env: None,
    default: Preset::Same(|| 512),
    bounds: Some((1, 1_000_000)),
    doc: "Most open connections. 512 leaves half of the usual 1024 open files to plugins and journals; \
          raise `ulimit -n` together with it.",
};

/// Reads the section.
pub(in crate::config) fn read(reader: &mut Reader<'_>) -> Limits {
    Limits {
        body: reader.read(&BODY).value.0,
        request_timeout: reader.read(&REQUEST_TIMEOUT).value.0,
        header_timeout: reader.read(&HEADER_TIMEOUT).value.0,
        connections: reader.read(&CONNECTIONS).value,
    }
}
