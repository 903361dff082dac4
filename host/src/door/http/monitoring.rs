//! Monitoring events over HTTP.

use axum::{
    extract::{State, rejection::BytesRejection},
    response::Response,
};
use http::HeaderMap;
use outrigger_plugin_api::sdk::{
    Bytes,
    monitoring::{Event, SESSION_URL_HEADER},
};
use serde_json::{Value, json};

use super::{Problem, accepted::Wait, fault::Fault, idempotency::Key, input};
use crate::{event, host::Host};

type Answer = Result<Response, Problem>;
type Body = Result<Bytes, BytesRejection>;

pub(super) async fn errors(State(host): State<Host>, key: Key, wait: Wait, headers: HeaderMap, body: Body) -> Answer {
    send(&host, (key, wait, headers), body, |body| {
        // The short form: `{"message": "…"}` is one exception without a type.
        if let (Some(message), None) = (body.remove("message"), body.get("exceptions")) {
            let name = body.remove("error_type").unwrap_or_else(|| "Error".into());
            body.insert("exceptions".into(), json!([{ "type": name, "value": message }]));
        }
        "error"
    })
    .await
}

pub(super) async fn events(State(host): State<Host>, key: Key, wait: Wait, headers: HeaderMap, body: Body) -> Answer {
    send(&host, (key, wait, headers), body, |_| "event").await
}

pub(super) async fn logs(State(host): State<Host>, key: Key, wait: Wait, headers: HeaderMap, body: Body) -> Answer {
    send(&host, (key, wait, headers), body, |_| "log").await
}

pub(super) async fn requests(State(host): State<Host>, key: Key, wait: Wait, headers: HeaderMap, body: Body) -> Answer {
    send(&host, (key, wait, headers), body, |body| {
        body.entry("operation").or_insert_with(|| "http.server".into());
        "span"
    })
    .await
}

async fn send(
    host: &Host,
    (key, wait, headers): (Key, Wait, HeaderMap),
    body: Body,
    sort: impl FnOnce(&mut serde_json::Map<String, Value>) -> &'static str,
) -> Answer {
    let monitoring = host.monitoring()?;
    let mut object: serde_json::Map<String, Value> = input::json(&body?)?;
    let sort = sort(&mut object);
    object.insert("type".into(), sort.into());
    let mut event: Event = input::model(&Value::Object(object)).map_err(Problem::faulty)?;
    if let Event::Error { exceptions, .. } = &event
        && exceptions.is_empty()
    {
        let fault = Fault::of("exceptions", "an error needs at least one exception, or a `message`");
        return Err(Problem::faulty(vec![fault]));
    }
    // The app passes on what the user's browser sent it.
    if let Some(url) = headers.get(SESSION_URL_HEADER).and_then(|value| value.to_str().ok()) {
        event.context_mut().note_session_url(url);
    }
    let mut outgoing = event::outgoing(&event)?;
    if let Some(id) = key.id()? {
        outgoing.id = id;
    }
    Ok(wait.answer(&monitoring.outlet().accept(vec![outgoing]).await?).await)
}
