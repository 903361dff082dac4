//! Which origins a provider may reach: those that its settings name, as the plugin's schema says by `x-egress`.

use std::fmt;

use reqwest::Url;
use serde_json::Value as Json;

use super::address::{forbidden, is_metadata_name};

/// Most origins of one provider: a bound on what a schema can make of one setting.
const ORIGINS_MAX: usize = 64;

/// Scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origin {
    fn of(url: &Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
        Some(Self { scheme: url.scheme().to_owned(), host, port: url.port_or_known_default()? })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.scheme, self.host, self.port)
    }
}

/// The origins of one provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Egress(Vec<Origin>);

impl Egress {
    /// Reads the origins out of settings. `x-egress` of a property is `true` where its value is a URL, or a list of
    /// URLs in which `{}` stands for the value. A property that is not set counts with its default.
    pub(crate) fn of(schema: &Json, settings: &Json) -> Self {
        let properties = schema.get("properties").and_then(Json::as_object);
        let mut origins = Vec::new();
        for (name, property) in properties.into_iter().flatten() {
            let Some(mark) = property.get("x-egress") else { continue };
            let set = settings.get(name).filter(|value| !value.is_null());
            for value in texts(set.or_else(|| property.get("default"))) {
                match mark {
                    Json::Array(templates) => {
                        let urls = templates.iter().filter_map(Json::as_str).map(|url| url.replace("{}", value));
                        origins.extend(urls.filter_map(|url| origin(&url)));
                    }
                    Json::Bool(true) => origins.extend(origin(value)),
                    _ => {}
                }
            }
        }
        origins.truncate(ORIGINS_MAX);
        Self(origins)
    }

    /// Tells why the provider may not reach a URL.
    ///
    /// # Errors
    /// What was asked for and what is allowed, for people; never the path or query, which may hold a secret.
    pub(super) fn check(&self, url: &Url) -> Result<(), String> {
        let Some(origin) = Origin::of(url) else {
            return Err(format!("only http and https can be spoken, not {}", url.scheme()));
        };
        if !self.0.contains(&origin) {
            let known: Vec<_> = self.0.iter().map(ToString::to_string).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(format!("{origin} is not among the addresses that the settings name ({known})"));
        }
        let literal = url.host().and_then(|host| match host {
            url::Host::Ipv4(address) => forbidden(address.into()),
            url::Host::Ipv6(address) => forbidden(address.into()),
            url::Host::Domain(name) => is_metadata_name(name).then_some("a cloud's metadata service"),
        });
        match literal {
            Some(why) => Err(format!("{origin} is {why}, which no provider may reach")),
            None => Ok(()),
        }
    }
}

/// Tells whether a redirect stays where it began.
pub(super) fn same_origin(one: &Url, other: &Url) -> bool {
    Origin::of(one).is_some_and(|one| Origin::of(other) == Some(one))
}

fn origin(text: &str) -> Option<Origin> {
    Origin::of(&Url::parse(text.trim()).ok()?)
}

/// Returns the texts of a value: itself, or its elements.
fn texts(value: Option<&Json>) -> Vec<&str> {
    match value {
        Some(Json::String(text)) => vec![text],
        Some(Json::Array(list)) => list.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}
