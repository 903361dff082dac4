//! Questions about delivered events over HTTP: any question, all events as lines, and removing a person.

mod export;
mod read;
mod remove;

use axum::{
    Json,
    extract::{State, rejection::BytesRejection},
};
use outrigger_plugin_api::sdk::{Bytes, ErrorKind};
use serde_json::{Map, Value};

pub(super) use export::{ExportAsked, export, export_filtered};
pub(super) use read::schema;
pub(super) use remove::{Removed, remove};

use super::{Problem, fault::Fault, input};
use crate::{call::CallError, host::Host};

type Body = Result<Bytes, BytesRejection>;

/// `POST /v1/analytics/query`: asks the provider named as `provider`, or the first that answers questions.
pub(super) async fn query(State(host): State<Host>, body: Body) -> Result<Json<Value>, Problem> {
    let analytics = host.analytics()?;
    let body: Map<String, Value> = input::json(&body?)?;
    let asked = read::question(body)?;
    let answer = analytics.outlet().sinks().query(asked.provider.as_deref(), &asked.question).await;
    answer.map(Json).map_err(|error| refused(error, &asked))
}

/// Names the place that the provider found fault with, in the client's words.
fn refused(error: CallError, asked: &read::Asked) -> Problem {
    let fault = match &error {
        CallError::Provider { error, .. } if error.kind == ErrorKind::Invalid && error.message.starts_with('/') => {
            error
                .message
                .split_once(' ')
                .map(|(pointer, detail)| Fault { pointer: pointer.into(), detail: detail.into() })
        }
        _ => None,
    };
    let problem = Problem::from(error);
    match fault {
        Some(fault) => problem.with_faults(&[asked.told(fault)]),
        None => problem,
    }
}
