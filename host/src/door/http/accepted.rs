//! Answers posted events: accepted, or, where the client waits for it, what became of them.

use std::time::Duration;

use axum::{
    Json,
    extract::{FromRequestParts, Query},
    response::{IntoResponse, Response},
};
use http::{StatusCode, request::Parts};
use outrigger_plugin_api::units;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Problem;
use crate::deliver::{Accepted, Receipt};

/// How long a client that waits does so unless it says: most deliveries take less, and few clients time out sooner.
const WAIT: Duration = Duration::from_secs(2);
/// The longest wait: below the request's own time-out, so that the answer is a receipt and not an error.
const WAIT_MAX: Duration = Duration::from_secs(20);

/// Whether the client waits for deliveries.
#[derive(Debug, Default)]
pub(super) struct Wait(Option<Duration>);

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    wait: Option<For>,
    timeout: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum For {
    Accepted,
    Delivered,
}

impl<S: Send + Sync> FromRequestParts<S> for Wait {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // The common request has no query: nothing to parse.
        if parts.uri.query().is_none() {
            return Ok(Self(None));
        }
        let Query(asked) = Query::<Asked>::from_request_parts(parts, state).await?;
        let timeout = asked.timeout.as_deref().map(units::parse_duration).transpose();
        let timeout = timeout.map_err(|error| Problem::invalid(format!("timeout: {error}")))?;
        match (asked.wait, timeout) {
            (Some(For::Delivered), timeout) => Ok(Self(Some(timeout.unwrap_or(WAIT).min(WAIT_MAX)))),
            (_, Some(_)) => Err(Problem::invalid("timeout has a meaning only with wait=delivered")),
            (_, None) => Ok(Self(None)),
        }
    }
}

/// Events that are kept and will be delivered.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Kept {
    /// What that means: `fsync`, `interval` or `none`.
    pub(super) durability: String,
    /// The events in the order they came.
    pub(super) events: Vec<KeptEvent>,
}

/// One event that is kept.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct KeptEvent {
    /// Its id, with which `/v1/receipts/{id}` tells what became of it.
    #[schemars(with = "String")]
    pub(super) id: Uuid,
    /// What became of it at each provider; only where the client waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) providers: Option<Vec<crate::deliver::Progressed>>,
}

impl Wait {
    /// Answers: 202 where deliveries are still to come, 200 where every provider is done with every event.
    pub(super) async fn answer(self, accepted: &Accepted) -> Response {
        let durability = accepted.durability();
        let Some(wait) = self.0 else {
            let events = accepted.ids().iter().map(|id| KeptEvent { id: *id, providers: None }).collect();
            return (StatusCode::ACCEPTED, Json(Kept { durability, events })).into_response();
        };
        let receipts = accepted.delivered(wait).await;
        let ended = receipts.iter().all(Receipt::has_ended);
        let status = if ended { StatusCode::OK } else { StatusCode::ACCEPTED };
        let event = |receipt: Receipt| KeptEvent { id: receipt.id, providers: Some(receipt.providers) };
        (status, Json(Kept { durability, events: receipts.into_iter().map(event).collect() })).into_response()
    }
}
