//! Every event as lines of JSON, page by page: at any moment one page is in memory, and the client sets the pace.

use axum::{
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use http::header;
use outrigger_plugin_api::sdk::Bytes;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{read, refused};
use crate::{
    call::{CallError, Sinks},
    door::http::{Problem, input},
    host::Host,
};

/// What `GET /v1/analytics/export` takes; the body of `POST` takes every filter.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::door::http) struct Chosen {
    from: Option<String>,
    to: Option<String>,
    event: Option<String>,
    r#type: Option<String>,
    provider: Option<String>,
}

/// `GET /v1/analytics/export`.
pub(in crate::door::http) async fn export(
    State(host): State<Host>,
    chosen: Result<Query<Chosen>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(Chosen { from, to, event, r#type, provider }) = chosen?;
    let (mut filter, mut selector) = (Map::new(), Map::new());
    let set = |object: &mut Map<String, Value>, name: &str, value: Option<String>| {
        if let Some(value) = value {
            object.insert(name.to_owned(), value.into());
        }
    };
    set(&mut filter, "from", from);
    set(&mut filter, "to", to);
    set(&mut selector, "name", event);
    set(&mut selector, "type", r#type);
    if !selector.is_empty() {
        filter.insert("events".to_owned(), json!([selector]));
    }
    lines(&host, json!(filter), provider).await
}

/// The body of `POST /v1/analytics/export`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::door::http) struct ExportAsked {
    /// Which events.
    #[serde(default)]
    #[schemars(with = "outrigger_plugin_api::sdk::analytics::query::Filter")]
    filter: Map<String, Value>,
    /// Who is asked; absent = the first that answers.
    provider: Option<String>,
}

/// `POST /v1/analytics/export`.
pub(in crate::door::http) async fn export_filtered(
    State(host): State<Host>,
    body: super::Body,
) -> Result<Response, Problem> {
    let asked: ExportAsked = input::json(&body?)?;
    lines(&host, Value::Object(asked.filter), asked.provider).await
}

async fn lines(host: &Host, filter: Value, provider: Option<String>) -> Result<Response, Problem> {
    let mut body = Map::new();
    body.insert("query".to_owned(), "export".into());
    body.insert("filter".to_owned(), filter);
    body.insert("provider".to_owned(), provider.into());
    let asked = read::question(body)?;
    let sinks = host.analytics()?.outlet().sinks().clone();
    // The first page before the head of the answer: what is refused gets a problem, not half an export.
    let first =
        page(&sinks, asked.provider.as_deref(), &asked.question).await.map_err(|error| refused(error, &asked))?;
    let begin = Next::Page(first);
    let pages = stream::try_unfold((sinks, asked, begin), |(sinks, mut asked, next)| async move {
        let page = match next {
            Next::End => return Ok::<_, CallError>(None),
            Next::Page(page) => page,
            Next::Cursor(cursor) => {
                if let Some(question) = asked.question.as_object_mut() {
                    question.insert("cursor".to_owned(), cursor.into());
                }
                page(&sinks, asked.provider.as_deref(), &asked.question).await?
            }
        };
        let next = page.cursor.map_or(Next::End, Next::Cursor);
        Ok(Some((page.lines, (sinks, asked, next))))
    });
    // A failure in the middle breaks the connection off: an answer that ends well is whole.
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(pages)).into_response())
}

/// What comes next.
enum Next {
    Page(Page),
    Cursor(String),
    End,
}

/// One page as lines.
struct Page {
    lines: Bytes,
    cursor: Option<String>,
}

async fn page(sinks: &Sinks, provider: Option<&str>, question: &Value) -> Result<Page, CallError> {
    let answer = sinks.query(provider, question).await?;
    let events = answer.get("events").and_then(Value::as_array).into_iter().flatten();
    let lines: String = events.map(|event| format!("{event}\n")).collect();
    let cursor = answer.get("cursor").and_then(Value::as_str).map(str::to_owned);
    Ok(Page { lines: lines.into(), cursor })
}
