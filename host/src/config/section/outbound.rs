//! The HTTP client that the host runs for plugins.

use std::path::{Path, PathBuf};
use std::time::Duration;

use outrigger_plugin_api::units::{ByteCount, HumanDuration};
use serde_json::{Value as Json, json};

use super::Section;
use crate::config::key::{Found, Key, Preset, Reader};
use crate::config::reference::{self, Reference};
use crate::config::show::{Row, Shown};
use crate::config::tree::{Node, Value};
use crate::config::value::{Fault, Setting, Texts};
use crate::config::{Kind, Secret, codes, sources};
use crate::diagnostic::{Diagnostic, Origin};

/// How the host reaches backends for plugins that speak HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbound {
    /// The proxy's URL; may hold a password.
    pub proxy: Option<Secret>,
    /// Hosts, domains and networks that are reached without the proxy.
    pub no_proxy: Vec<String>,
    /// PEM certificates of authorities trusted beside the public ones.
    pub ca: Option<String>,
    /// Longest time until the last byte of an answer.
    pub timeout: Duration,
    /// Longest time until a connection stands.
    pub connect_timeout: Duration,
    /// Largest body of an answer, in bytes.
    pub response_max: u64,
}

pub(in crate::config) const SECTION: Section = Section {
    title: "outbound",
    about: "The HTTP client that the host runs for plugins. Each provider reaches only what its settings name.",
    keys: &[&PROXY, &NO_PROXY, &CA_FILE, &TIMEOUT, &CONNECT_TIMEOUT, &RESPONSE_MAX],
};

/// Bound of the file of certificates: every public authority takes 250 KiB.
const CA_BYTES_MAX: u64 = 1 << 20;

const PROXY: Key<Option<Proxy>> = Key {
    path: "outbound.proxy",
    env: Some("OUTRIGGER_PROXY"),
    default: Preset::Absent(|| None, "none: backends are reached directly"),
    bounds: None,
    doc: "Proxy for every request to a backend: a URL such as `http://proxy.internal:3128`, or a reference like \
          `{ env = \"HTTPS_PROXY\" }` where it holds a password. The process' own `HTTP_PROXY` variables are not read: \
          what reaches a backend is decided here.",
};

const NO_PROXY: Key<Texts> = Key {
    path: "outbound.no-proxy",
    env: None,
    default: Preset::Same(|| Texts(vec!["localhost".into(), "127.0.0.0/8".into(), "::1".into()])),
    bounds: None,
    doc: "Hosts reached without the proxy: names (their subdomains too), addresses, networks such as `10.0.0.0/8`.",
};

const CA_FILE: Key<Option<PathBuf>> = Key {
    path: "outbound.ca-file",
    env: None,
    default: Preset::Absent(|| None, "none: only public authorities are trusted"),
    bounds: None,
    doc: "PEM file with certificates of authorities that are trusted beside the public ones: of a company's own \
          backends, or of a proxy that opens TLS. The public ones are compiled in, so that an empty container works.",
};

// The number's reason stands in `doc`, which the reference shows.
const TIMEOUT: Key<HumanDuration> = Key {
    path: "outbound.timeout",
    env: None,
    default: Preset::Same(|| HumanDuration(Duration::from_secs(30))),
    bounds: Some((HumanDuration(Duration::from_millis(10)), HumanDuration(Duration::from_secs(600)))),
    doc: "Longest time of one request to its last byte. A provider's own `timeout` is mostly shorter and ends it first; \
          this one bounds what plugins do outside of calls.",
};

// The number's reason stands in `doc`, which the reference shows.
const CONNECT_TIMEOUT: Key<HumanDuration> = Key {
    path: "outbound.connect-timeout",
    env: None,
    default: Preset::Same(|| HumanDuration(Duration::from_secs(3))),
    bounds: Some((HumanDuration(Duration::from_millis(10)), HumanDuration(Duration::from_secs(60)))),
    doc: "Longest time until a connection and its TLS stand. Shorter than a provider's `timeout`, so that a backend \
          that is not there counts as unreachable, where nothing was sent and a retry is safe, and not as one that \
          gave no answer. Three seconds allow for one lost packet.",
};

// The number's reason stands in `doc`, which the reference shows.
const RESPONSE_MAX: Key<ByteCount> = Key {
    path: "outbound.response-max",
    env: None,
    default: Preset::Same(|| ByteCount(16 << 20)),
    bounds: Some((ByteCount(1 << 10), ByteCount(1 << 30))),
    doc: "Largest body of an answer after decompression. 16 MiB holds what a cache over HTTP gives for the largest \
          value of `limits.body`; event vendors answer with less than a kilobyte.",
};

/// Where the proxy's URL is.
#[derive(Clone)]
enum Proxy {
    Itself(Secret),
    Elsewhere(Reference),
}

impl Setting for Proxy {
    const EXPECTS: &'static str = "a URL or a reference `{ env = \"NAME\" }` or `{ file = \"path\" }`";
    const SECRET: bool = true;

    fn from_node(node: &Node) -> Result<Self, Fault> {
        match (Reference::from_node(node), &node.value) {
            (Some(reference), _) => Ok(Self::Elsewhere(reference)),
            (None, Value::Text(text)) => Self::from_text(text),
            (None, _) => Err(Fault::expected(Self::EXPECTS, node)),
        }
    }

    fn from_text(text: &str) -> Result<Self, Fault> {
        Ok(Self::Itself(Secret::new(text.trim())))
    }

    fn show(&self) -> String {
        match self {
            Self::Itself(_) => "set".to_owned(),
            Self::Elsewhere(reference) => reference.show(),
        }
    }

    fn schema() -> Json {
        json!({ "anyOf": [{ "type": "string", "minLength": 1 }, { "$ref": "#/$defs/reference" }] })
    }
}

/// Reads the section.
pub(in crate::config) fn read(reader: &mut Reader<'_>, base: &Path) -> Outbound {
    let (proxy, proxy_at) = read_proxy(reader, base);
    let no_proxy = reader.read(&NO_PROXY).value.0;
    let Found { value: ca_file, origin: ca_at } = reader.read(&CA_FILE);
    let wanted_by = "`outbound.ca-file`";
    let ca =
        ca_file.and_then(|file| sources::read_text_at(&base.join(file), CA_BYTES_MAX, wanted_by, &ca_at, reader.found));
    let outbound = Outbound {
        proxy,
        no_proxy,
        ca,
        timeout: reader.read(&TIMEOUT).value.0,
        connect_timeout: reader.read(&CONNECT_TIMEOUT).value.0,
        response_max: reader.read(&RESPONSE_MAX).value.0,
    };
    for (fault, at) in crate::outbound::faults(&outbound).into_iter().zip([&proxy_at, &ca_at]) {
        if let Some(fault) = fault {
            reader.found.push(Diagnostic::error(codes::VALUE_INVALID, fault).at(at));
        }
    }
    outbound
}

fn read_proxy(reader: &mut Reader<'_>, base: &Path) -> (Option<Secret>, Origin) {
    let (proxy, origin) = match reader.read_quietly(&PROXY, Kind::Cache) {
        Found { value: None, origin } => (None, origin),
        Found { value: Some(Proxy::Itself(secret)), origin } => (Some(secret), origin),
        Found { value: Some(Proxy::Elsewhere(target)), origin } => {
            let wanted_by = "`outbound.proxy`";
            match reference::resolve(&target, &origin, base, reader.environment, wanted_by, reader.found) {
                Some((text, origin)) => (Some(Secret::new(text.trim())), origin),
                None => (None, origin),
            }
        }
    };
    let value = if proxy.is_some() { Shown::SecretSet } else { Shown::SecretMissing };
    reader.rows.push(Row { path: PROXY.path.to_owned(), value, origin: origin.clone() });
    (proxy, origin)
}
