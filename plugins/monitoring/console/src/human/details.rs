//! Circumstances: one dim line each, names in one column.

use std::fmt::Display;

use outrigger_plugin_api::sdk::{
    Moment,
    monitoring::{Breadcrumb, Context, Event, Object, Request, User},
};
use serde_json::Value;

use super::{Paint, escape};

/// Breadcrumbs shown: the last ones, which is where the way to the error is.
const BREADCRUMBS_SHOWN: usize = 5;

/// Appends every line the record has something for.
pub(super) fn push(out: &mut String, event: &Event, paint: Paint) {
    let mut lines = Lines { out, paint };
    let fields = match event {
        Event::Event { properties, .. } => properties,
        Event::Log { fields, .. } | Event::Span { fields, .. } => fields,
        _ => &Object::new(),
    };
    lines.pairs("fields", fields.iter().map(value));
    if let Event::Error { fingerprint, .. } = event {
        lines.words("group", fingerprint.iter().map(String::as_str));
    }
    circumstances(&mut lines, event.context());
}

fn circumstances(lines: &mut Lines<'_>, context: &Context) {
    lines.words("logger", context.logger.as_deref());
    if let Some(User { id, email, username, ip_address }) = &context.user {
        let parts = [("id", id), ("name", username), ("email", email), ("ip", ip_address)];
        lines.pairs("user", parts.into_iter().filter_map(|(key, value)| Some((key, escape::word(value.as_deref()?)))));
    }
    if let Some(request) = &context.request {
        push_request(lines, request);
    }
    lines.pairs("tags", context.tags.iter().map(|(key, value)| (key.as_str(), escape::word(value))));
    lines.pairs("extra", context.extra.iter().map(value));
    let app = [("release", &context.release), ("environment", &context.environment)];
    lines.pairs("app", app.into_iter().filter_map(|(key, value)| Some((key, escape::word(value.as_deref()?)))));
    let trace = [("id", &context.trace_id), ("span", &context.span_id)];
    lines.pairs("trace", trace.into_iter().filter_map(|(key, value)| Some((key, escape::word(value.as_deref()?)))));
    let crumbs = &context.breadcrumbs;
    for crumb in crumbs.iter().skip(crumbs.len().saturating_sub(BREADCRUMBS_SHOWN)) {
        push_breadcrumb(lines, crumb);
    }
}

fn push_request(lines: &mut Lines<'_>, request: &Request) {
    let status = request.status.map(|status| status.to_string());
    let parts = [request.method.as_deref(), request.url.as_deref(), status.as_deref()];
    lines.words("request", parts.into_iter().flatten());
    lines.pairs("headers", request.headers.iter().map(|(key, value)| (key.as_str(), escape::word(value))));
}

fn push_breadcrumb(lines: &mut Lines<'_>, crumb: &Breadcrumb) {
    lines.line("before", |out| {
        let moment = crumb.timestamp_ms.map(|ms| Moment(ms).to_string());
        for (index, part) in [&moment, &crumb.category, &crumb.message].into_iter().flatten().enumerate() {
            out.push_str(if index == 0 { "" } else { " " });
            escape::push(out, part);
        }
        for pair in crumb.data.iter().map(value) {
            out.push(' ');
            push_pair(out, &pair);
        }
    });
}

struct Lines<'o> {
    out: &'o mut String,
    paint: Paint,
}

impl Lines<'_> {
    fn line(&mut self, name: &str, write: impl FnOnce(&mut String)) {
        self.paint.dim(self.out, |out| {
            out.push_str(&format!("    {name:<8} "));
            write(out);
        });
        self.out.push('\n');
    }

    fn pairs<K: Display>(&mut self, name: &str, pairs: impl Iterator<Item = (K, String)>) {
        let mut pairs = pairs.peekable();
        if pairs.peek().is_some() {
            self.line(name, |out| {
                for (index, pair) in pairs.enumerate() {
                    out.push_str(if index == 0 { "" } else { " " });
                    push_pair(out, &pair);
                }
            });
        }
    }

    fn words<'w>(&mut self, name: &str, words: impl IntoIterator<Item = &'w str>) {
        let mut words = words.into_iter().peekable();
        if words.peek().is_some() {
            self.line(name, |out| {
                for (index, word) in words.enumerate() {
                    out.push_str(if index == 0 { "" } else { " " });
                    escape::push(out, word);
                }
            });
        }
    }
}

fn push_pair<K: Display>(out: &mut String, (key, value): &(K, String)) {
    out.push_str(&escape::word(&key.to_string()));
    out.push('=');
    out.push_str(value);
}

/// A field's value made to be shown: text as a word, all else as JSON.
fn value<'f>((key, value): (&'f String, &Value)) -> (&'f str, String) {
    let shown = match value.as_str() {
        Some(text) => escape::word(text),
        None => escape::text(&value.to_string()),
    };
    (key, shown)
}
