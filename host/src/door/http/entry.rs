//! One cache entry: raw bytes with their content type.

use std::time::Duration;

use axum::{
    extract::{
        Query, State,
        rejection::{BytesRejection, QueryRejection},
    },
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use outrigger_plugin_api::sdk::{
    Bytes,
    cache::{Condition, Expiry, Op, OpResult, Reply},
};
use serde::Deserialize;

use super::{Problem, content_type, input};
use crate::{cache::Cache, host::Host};

const PREFIX: &str = "/v1/cache/keys/";
/// Returns the problem of a key without a value.
pub(super) fn missing() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "cache.missing", "there is no value under this key")
}

/// `GET` and `HEAD`: the value.
pub(super) async fn read(State(host): State<Host>, uri: Uri) -> Result<Response, Problem> {
    let (cache, key) = (host.cache()?, input::key(&uri, PREFIX)?);
    let typed = content_type::key(&key);
    let mut results = cache.batch(&[Op::Get { key }, Op::Get { key: typed }]).await?.into_iter();
    let value = match one(&cache, results.next())? {
        Reply::Value(value) => Bytes::from(value),
        _ => return Err(missing()),
    };
    // A type that can't be read never hides the value.
    let kept = match results.next() {
        Some(Ok(Reply::Value(kept))) => content_type::of(&value, &kept),
        _ => None,
    };
    let content_type = kept.unwrap_or(HeaderValue::from_static(content_type::PLAIN));
    // A page that the value could be taken for must not be made of it.
    let headers =
        [(header::CONTENT_TYPE, content_type), (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))];
    Ok((headers, value).into_response())
}

/// The query of a write. An unknown parameter is a misspelt one: ignoring it could keep an entry for ever.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Write {
    ttl: Option<String>,
    keep_ttl: Option<String>,
    r#if: Option<String>,
}

/// `PUT`: writes.
pub(super) async fn write(
    State(host): State<Host>,
    query: Result<Query<Write>, QueryRejection>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let (cache, key, body) = (host.cache()?, input::key(&uri, PREFIX)?, body?);
    let Query(query) = query?;
    let (expiry, condition) = (expiry(&query)?, condition(&query)?);
    let type_op = content_type::keep(&key, &body, headers.get(header::CONTENT_TYPE), expiry);
    let value_op = Op::Set { key, value: body, expiry, condition, return_old: false };
    let stored = if condition == Condition::Always {
        one(&cache, cache.batch(&[value_op, type_op]).await?.into_iter().next())?
    } else {
        // The type may be written only once the condition is known to hold.
        let stored = cache.run(value_op).await?;
        if matches!(stored, Reply::Stored(_))
            && let Err(error) = cache.run(type_op).await
        {
            // The value is written: an error now would make the client write again and be refused.
            tracing::warn!(code = error.code(), "a value's content type was not kept: {error}");
        }
        stored
    };
    match stored {
        Reply::Stored(_) => Ok(StatusCode::NO_CONTENT),
        _ => {
            let detail = "nothing was written: the condition of `if` does not hold";
            Err(Problem::new(StatusCode::PRECONDITION_FAILED, "cache.condition", detail))
        }
    }
}

/// `DELETE`: deletes.
pub(super) async fn delete(State(host): State<Host>, uri: Uri) -> Result<StatusCode, Problem> {
    let (cache, key) = (host.cache()?, input::key(&uri, PREFIX)?);
    let typed = content_type::key(&key);
    let results = cache.batch(&[Op::Delete { key }, Op::Delete { key: typed }]).await?;
    match one(&cache, results.into_iter().next())? {
        Reply::Yes => Ok(StatusCode::NO_CONTENT),
        _ => Err(missing()),
    }
}

/// Returns one operation's reply; its error is the request's.
pub(super) fn one(cache: &Cache, result: Option<OpResult>) -> Result<Reply, Problem> {
    match result {
        Some(Ok(reply)) => Ok(reply),
        Some(Err(error)) => {
            let provider = cache.calls().provider();
            Err(crate::call::CallError::Provider { provider, error }.into())
        }
        None => Err(Problem::new(StatusCode::BAD_GATEWAY, "provider.internal", "the provider gave no answer")),
    }
}

fn expiry(query: &Write) -> Result<Expiry, Problem> {
    let ttl: Option<Duration> = input::ttl(query.ttl.as_deref())?;
    match (ttl, query.keep_ttl.as_deref()) {
        (Some(ttl), None) => Ok(Expiry::In(ttl)),
        (None, Some("true")) => Ok(Expiry::Keep),
        (None, None | Some("false")) => Ok(Expiry::Never),
        (Some(_), Some(_)) => Err(Problem::invalid("ttl and keep_ttl exclude each other")),
        (None, Some(_)) => Err(Problem::invalid("keep_ttl is `true` or `false`")),
    }
}

fn condition(query: &Write) -> Result<Condition, Problem> {
    match query.r#if.as_deref() {
        None => Ok(Condition::Always),
        Some("absent") => Ok(Condition::IfAbsent),
        Some("present") => Ok(Condition::IfPresent),
        Some(_) => Err(Problem::invalid("if is `absent` or `present`")),
    }
}
