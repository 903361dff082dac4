//! The circumstances of a record as attributes, under the names of OpenTelemetry's semantic conventions.
//!
//! Source: opentelemetry.io, "Semantic conventions" 1.43 (user, client, http, url, log), read 2026-11-23. What they don't
//! name begins with `outrigger.`.

use outrigger_plugin_api::sdk::{
    monitoring::{Context, Event, Object},
    sink::Record,
};

use crate::{attributes::Attributes, ids};

/// Adds the circumstances to what was put already, and last what the app named itself: a name of the conventions keeps
/// its meaning.
pub(crate) fn add(attributes: &mut Attributes, record: &Record<Event>, fields: &Object) {
    let said = record.body.context();
    if let Some(user) = &said.user {
        attributes.put_some("user.id", user.id.as_ref());
        attributes.put_some("user.email", user.email.as_ref());
        attributes.put_some("user.name", user.username.as_ref());
        attributes.put_some("client.address", user.ip_address.as_ref());
    }
    if let Some(request) = &said.request {
        attributes.put_some("http.request.method", request.method.as_ref());
        attributes.put_some("url.full", request.url.as_ref());
        attributes.put_some("http.response.status_code", request.status.map(i64::from));
        for (name, value) in &request.headers {
            let name = format!("http.request.header.{}", name.to_lowercase());
            attributes.put(&name, &[value.clone()][..]);
        }
    }
    // Text, because lists of objects are shown by few vendors.
    let crumbs = serde_json::to_string(&said.breadcrumbs).ok().filter(|_| !said.breadcrumbs.is_empty());
    attributes.put_some("outrigger.breadcrumbs", crumbs);
    strange_ids(attributes, said);
    attributes.give_all("fields", fields);
    attributes.give_all("extra", &said.extra);
    for (name, value) in &said.tags {
        attributes.give("tags", name, value.into());
    }
}

/// Keeps ids that are none of W3C's, and so have no place of their own in OTLP, as text.
fn strange_ids(attributes: &mut Attributes, said: &Context) {
    let strange = |id: Option<&String>, bytes: usize| id.filter(|id| ids::read(id, bytes).is_none()).cloned();
    attributes.put_some("outrigger.trace_id", strange(said.trace_id.as_ref(), ids::TRACE_BYTES));
    attributes.put_some("outrigger.span_id", strange(said.span_id.as_ref(), ids::SPAN_BYTES));
}
