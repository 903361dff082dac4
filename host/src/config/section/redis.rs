//! The door for Redis clients.

use std::path::{Path, PathBuf};
use std::time::Duration;

use outrigger_plugin_api::units::{ByteCount, HumanDuration};

use super::Section;
use crate::config::key::{Key, Preset, Reader};
use crate::config::{Secret, codes, sources};
use crate::diagnostic::Diagnostic;

/// How Redis clients are served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redis {
    /// Threads that serve them; `None` for one for each two cores.
    pub threads: Option<u32>,
    /// Most of them at once.
    pub connections: u32,
    /// How long one may be silent; zero for ever.
    pub idle_timeout: Duration,
    /// How long one may take to read its replies.
    pub write_timeout: Duration,
    /// Largest request, in bytes.
    pub request_max: u64,
    /// Requests that take longer come into the slow log; zero for none.
    pub slower_than: Duration,
    /// What TLS needs; without it the door speaks plain text.
    pub tls: Option<Tls>,
}

/// A server's certificate and key, as PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The certificate, then those that lead to its authority.
    pub certificates: String,
    /// The private key.
    pub key: Secret,
}

pub(in crate::config) const SECTION: Section = Section {
    title: "redis",
    about: "The door for Redis clients, at `listen.redis`. Its password is `auth.token`.",
    keys: &[
        &THREADS,
        &CONNECTIONS,
        &IDLE_TIMEOUT,
        &WRITE_TIMEOUT,
        &REQUEST_MAX,
        &SLOWER_THAN,
        &TLS_CERTIFICATE,
        &TLS_KEY,
    ],
};

/// Bound of the files of certificate and key: a chain of four takes 8 KiB.
const PEM_BYTES_MAX: u64 = 1 << 20;

const THREADS: Key<u32> = Key {
    path: "redis.threads",
    env: None,
    default: Preset::Absent(|| 0, "one for each two cores"),
    bounds: Some((1, 256)),
    doc: "Threads that serve Redis clients, each with its share of the connections. One serves some 100,000 requests \
          a second one by one and ten times as many in pipelines; the app beside the sidecar needs the other cores more.",
};

const CONNECTIONS: Key<u32> = Key {
    path: "redis.connections",
    env: None,
    default: Preset::Same(|| 10_000),
    bounds: Some((1, 1_000_000)),
    doc: "Most clients at once, as Redis' `maxclients`; one more is told so and disconnected. One that waits takes some \
          2 KiB. Raise `ulimit -n` with it.",
};

// The number's reason stands in `doc`, which the reference shows.
const IDLE_TIMEOUT: Key<HumanDuration> = Key {
    path: "redis.idle-timeout",
    env: None,
    default: Preset::Same(|| HumanDuration(Duration::ZERO)),
    bounds: Some((HumanDuration(Duration::ZERO), HumanDuration(Duration::from_secs(86_400)))),
    doc: "How long a client may be silent before it is disconnected, as Redis' `timeout`; `0s` for ever, because pools \
          of clients keep connections for later.",
};

// The number's reason stands in `doc`, which the reference shows.
const WRITE_TIMEOUT: Key<HumanDuration> = Key {
    path: "redis.write-timeout",
    env: None,
    default: Preset::Same(|| HumanDuration(Duration::from_secs(60))),
    bounds: Some((HumanDuration(Duration::from_millis(100)), HumanDuration(Duration::from_secs(3_600)))),
    doc: "How long a client may take to read what waits for it, at most 1 MiB and one reply, before it is disconnected. \
          This bounds the memory that clients hold which ask and do not read.",
};

// The number's reason stands in `doc`, which the reference shows.
const REQUEST_MAX: Key<ByteCount> = Key {
    path: "redis.request-max",
    env: None,
    default: Preset::Same(|| ByteCount(512 << 20)),
    bounds: Some((ByteCount(64 << 10), ByteCount(4 << 30))),
    doc: "Largest request with all its arguments, and all requests of one transaction. 512 MiB is Redis' longest value; \
          memory grows with what arrives, not with what is announced.",
};

// The number's reason stands in `doc`, which the reference shows.
const SLOWER_THAN: Key<HumanDuration> = Key {
    path: "redis.slower-than",
    env: None,
    default: Preset::Same(|| HumanDuration(Duration::from_millis(10))),
    bounds: Some((HumanDuration(Duration::ZERO), HumanDuration(Duration::from_secs(3_600)))),
    doc: "Requests that take longer are kept for `SLOWLOG GET`, the newest 128; `0s` for none. 10 ms is Redis' own.",
};

const TLS_CERTIFICATE: Key<Option<PathBuf>> = Key {
    path: "redis.tls-certificate",
    env: None,
    default: Preset::Absent(|| None, "none: plain text"),
    bounds: None,
    doc: "PEM file with the server's certificate and those that lead to its authority. With it, clients must speak TLS \
          (`rediss://`). Read at start.",
};

const TLS_KEY: Key<Option<PathBuf>> = Key {
    path: "redis.tls-key",
    env: None,
    default: Preset::Absent(|| None, "none"),
    bounds: None,
    doc: "PEM file with the private key of `redis.tls-certificate`.",
};

/// Reads the section.
pub(in crate::config) fn read(reader: &mut Reader<'_>, base: &Path) -> Redis {
    Redis {
        threads: Some(reader.read(&THREADS).value).filter(|threads| *threads > 0),
        connections: reader.read(&CONNECTIONS).value,
        idle_timeout: reader.read(&IDLE_TIMEOUT).value.0,
        write_timeout: reader.read(&WRITE_TIMEOUT).value.0,
        request_max: reader.read(&REQUEST_MAX).value.0,
        slower_than: reader.read(&SLOWER_THAN).value.0,
        tls: read_tls(reader, base),
    }
}

fn read_tls(reader: &mut Reader<'_>, base: &Path) -> Option<Tls> {
    let mut file = |key: &Key<Option<PathBuf>>, wanted_by: &str| {
        let found = reader.read(key);
        let text = found.value.as_ref().and_then(|file| {
            sources::read_text_at(&base.join(file), PEM_BYTES_MAX, wanted_by, &found.origin, reader.found)
        });
        (found, text)
    };
    let (certificate, certificates) = file(&TLS_CERTIFICATE, "`redis.tls-certificate`");
    let (key, key_text) = file(&TLS_KEY, "`redis.tls-key`");
    let alone = match (&certificate.value, &key.value) {
        (Some(_), None) => Some((&certificate.origin, "redis.tls-certificate", "redis.tls-key")),
        (None, Some(_)) => Some((&key.origin, "redis.tls-key", "redis.tls-certificate")),
        _ => None,
    };
    if let Some((origin, given, missing)) = alone {
        let message = format!("`{given}` is set and `{missing}` is not; TLS needs both");
        reader.found.push(Diagnostic::error(codes::VALUE_INVALID, message).at(origin));
    }
    Some(Tls { certificates: certificates?, key: Secret::new(key_text?) })
}
