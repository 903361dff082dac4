//! The addresses the host listens on.

use std::net::{Ipv4Addr, SocketAddr};

use super::Section;
use crate::config::key::{Key, Preset, Reader};
use crate::diagnostic::Origin;

/// Where the host listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// The data doors over HTTP.
    pub http: SocketAddr,
    /// The door for Redis clients.
    pub redis: SocketAddr,
    /// Health, metrics and control.
    pub admin: SocketAddr,
    /// Health and metrics, without control.
    pub metrics: SocketAddr,
}

pub(in crate::config) const SECTION: Section = Section {
    title: "listen",
    about: "Addresses with ports; port 0 takes a free one, which the log names. Beyond loopback a token is required, \
            see `[auth]`.",
    keys: &[&HTTP, &REDIS, &ADMIN, &METRICS],
};

const HTTP: Key<SocketAddr> = Key {
    path: "listen.http",
    env: Some("OUTRIGGER_LISTEN_HTTP"),
    default: Preset::Same(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 8181))),
    bounds: None,
    doc: "The data doors over HTTP. Loopback, because a sidecar serves the app beside it; 8181 because 8080 and 8000 \
          usually belong to that app.",
};

const REDIS: Key<SocketAddr> = Key {
    path: "listen.redis",
    env: Some("OUTRIGGER_LISTEN_REDIS"),
    default: Preset::Same(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 6380))),
    bounds: None,
    doc: "The door for Redis clients: RESP2 and RESP3. 6380, so that a Redis beside it keeps 6379.",
};

const ADMIN: Key<SocketAddr> = Key {
    path: "listen.admin",
    env: Some("OUTRIGGER_LISTEN_ADMIN"),
    default: Preset::Same(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 8182))),
    bounds: None,
    doc: "Health, metrics and control, on a listener of their own, so that opening the data doors to a network \
          opens no control.",
};

const METRICS: Key<SocketAddr> = Key {
    path: "listen.metrics",
    env: Some("OUTRIGGER_LISTEN_METRICS"),
    default: Preset::Same(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 8183))),
    bounds: None,
    doc: "Health and metrics again, on a listener that changes nothing: the one to open to probes and scrapers.",
};

/// Reads the section, with the place that chose each address.
pub(in crate::config) fn read(reader: &mut Reader<'_>) -> (Listen, [(&'static str, SocketAddr, Origin); 4]) {
    let http = reader.read(&HTTP);
    let redis = reader.read(&REDIS);
    let admin = reader.read(&ADMIN);
    let metrics = reader.read(&METRICS);
    let listen = Listen { http: http.value, redis: redis.value, admin: admin.value, metrics: metrics.value };
    let found = [(&HTTP, http), (&REDIS, redis), (&ADMIN, admin), (&METRICS, metrics)];
    (listen, found.map(|(key, found)| (key.path, found.value, found.origin)))
}
