//! The circumstances of a record as Sentry's interfaces.

use std::collections::BTreeMap;

use outrigger_plugin_api::sdk::monitoring::{Breadcrumb, Context, Object, Request, User};
use sentry_types::protocol::v7::{self as protocol, Map, Value};
use url::Url;

use super::accepted;

/// Longest tag name that Sentry keeps (docs.sentry.io, "Tags", 2026-11).
const TAG_NAME_CHARS_MAX: usize = 32;
/// Longest tag value, likewise.
const TAG_VALUE_CHARS_MAX: usize = 200;

/// Returns the tags that Sentry keeps, and those it would drop, as further details.
pub(super) fn tags(tags: &BTreeMap<String, String>) -> (Map<String, String>, Map<String, Value>) {
    let mut kept = Map::new();
    let mut rest = Map::new();
    for (name, value) in tags {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '-');
        let fits = !name.is_empty()
            && name.chars().count() <= TAG_NAME_CHARS_MAX
            && name.chars().all(plain)
            && value.chars().count() <= TAG_VALUE_CHARS_MAX
            && !value.trim().is_empty()
            && !value.contains('\n');
        if fits {
            kept.insert(name.clone(), value.clone());
        } else {
            rest.insert(format!("tag {name}"), Value::from(value.clone()));
        }
    }
    (kept, rest)
}

pub(super) fn user(user: &User) -> protocol::User {
    protocol::User {
        id: user.id.clone(),
        email: user.email.clone(),
        username: user.username.clone(),
        // What is no address would make the server refuse the field with a complaint on the issue.
        ip_address: user.ip_address.as_deref().and_then(|address| address.parse().ok()),
        other: Map::new(),
    }
}

/// Returns the request, and its answer's status as a context.
pub(super) fn request(request: &Request) -> (protocol::Request, Option<protocol::Context>) {
    let url = request.url.as_deref().and_then(|url| Url::parse(url).ok());
    let headers = request.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let answer = request.status.map(|status| {
        let answer = protocol::ResponseContext { status_code: Some(u64::from(status)), ..Default::default() };
        protocol::Context::Response(Box::new(answer))
    });
    let mut request = protocol::Request { url, headers, method: request.method.clone(), ..Default::default() };
    // What can't be a method stays readable beside it, under the name that CGI has for it.
    if let Some(method) = request.method.take_if(|method| !accepted::method(method)) {
        request.env.insert("REQUEST_METHOD".to_owned(), method);
    }
    (request, answer)
}

/// Returns the breadcrumbs, at most the last 100, which is what Sentry keeps; those without a time get that of the
/// event.
pub(super) fn breadcrumbs(breadcrumbs: &[Breadcrumb], event: std::time::SystemTime) -> Vec<protocol::Breadcrumb> {
    const KEPT: usize = 100;
    let recent = breadcrumbs.iter().skip(breadcrumbs.len().saturating_sub(KEPT));
    let convert = |breadcrumb: &Breadcrumb| protocol::Breadcrumb {
        timestamp: breadcrumb
            .timestamp_ms
            .map_or(event, |ms| std::time::UNIX_EPOCH + std::time::Duration::from_millis(ms)),
        ty: "default".to_owned(),
        category: breadcrumb.category.clone(),
        level: breadcrumb.severity.map_or(protocol::Level::Info, super::level),
        message: breadcrumb.message.clone(),
        data: object(&breadcrumb.data),
    };
    recent.map(convert).collect()
}

pub(super) fn object(object: &Object) -> Map<String, Value> {
    object.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Returns the context that ties an event to its trace.
pub(super) fn trace(ids: (protocol::TraceId, protocol::SpanId)) -> protocol::TraceContext {
    protocol::TraceContext { trace_id: ids.0, span_id: ids.1, ..Default::default() }
}

/// Returns what the record says, else the default; a blank says nothing.
pub(super) fn or_default(said: &Option<String>, default: &Option<String>) -> Option<String> {
    said.clone().filter(|said| !said.trim().is_empty()).or_else(|| default.clone())
}

/// Which version of the app it was, and where that ran.
pub(super) struct Origin {
    pub(super) release: Option<String>,
    pub(super) environment: Option<String>,
    /// Names that Sentry discards in those fields, as further details.
    pub(super) rest: Map<String, Value>,
}

/// Returns the origin as the record says it, else the defaults.
pub(super) fn origin(context: &Context, defaults: &super::Defaults) -> Origin {
    let mut release = or_default(&context.release, &defaults.release);
    let mut environment = or_default(&context.environment, &defaults.environment);
    let refused = [
        ("release", release.take_if(|name| !accepted::release(name))),
        ("environment", environment.take_if(|name| !accepted::environment(name))),
    ];
    let rest = refused.into_iter().filter_map(|(field, name)| Some((field.to_owned(), Value::from(name?)))).collect();
    Origin { release, environment, rest }
}
