//! What changes the running host: reload, switch, undo. Every path is a POST, needs the token where one is set, and is
//! closed to web pages where none is.

use axum::{
    Json, Router,
    extract::{State, rejection::JsonRejection},
    routing::{get, post},
};
use http::StatusCode;
use outrigger_plugin_api::manifest::Kind;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    host::ReloadError,
    operations::{By, Operation, OperationError, Operations, Selection},
    problem::Problem,
};

/// Returns the routes.
pub(super) fn routes(operations: Operations) -> Router {
    Router::new()
        .route("/admin/v1/reload", post(reload))
        .route("/admin/v1/undo", post(undo))
        .route("/admin/v1/switch", post(switch))
        .route("/admin/v1/select", post(select))
        .route("/admin/v1/operations", get(log))
        .with_state(operations)
}

type Answer = Result<Json<Operation>, Problem>;

async fn reload(State(operations): State<Operations>) -> Answer {
    answer(finished(async move { operations.reload(By::Admin).await }).await)
}

async fn undo(State(operations): State<Operations>) -> Answer {
    answer(finished(async move { operations.undo(By::Admin).await }).await)
}

/// The providers of a kind, all of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    kind: Kind,
    providers: Vec<String>,
}

async fn switch(State(operations): State<Operations>, body: Result<Json<Switch>, JsonRejection>) -> Answer {
    let Json(Switch { kind, providers }) = body.map_err(unreadable)?;
    answer(finished(async move { operations.switch(By::Admin, kind, providers).await }).await)
}

async fn select(State(operations): State<Operations>, body: Result<Json<Selection>, JsonRejection>) -> Answer {
    let Json(selection) = body.map_err(unreadable)?;
    answer(finished(async move { operations.select(By::Admin, selection).await }).await)
}

async fn log(State(operations): State<Operations>) -> Json<Value> {
    Json(json!({ "operations": operations.log().await }))
}

/// Runs an operation to its end, also where the client has gone away in the middle.
async fn finished(
    operation: impl Future<Output = Result<Operation, OperationError>> + Send + 'static,
) -> Result<Operation, OperationError> {
    let done = tokio::spawn(operation).await;
    done.unwrap_or_else(|error| Err(OperationError::Unreadable(format!("the operation ended early: {error}"))))
}

fn answer(done: Result<Operation, OperationError>) -> Answer {
    done.map(Json).map_err(|error| {
        let status = match &error {
            OperationError::Reload(ReloadError::Ending) => StatusCode::SERVICE_UNAVAILABLE,
            OperationError::NothingToUndo | OperationError::FileChanged | OperationError::Overridden { .. } => {
                StatusCode::CONFLICT
            }
            OperationError::Unwritable { .. } | OperationError::NotKept { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let problem = Problem::new(status, error.code(), error.text());
        match error.help() {
            Some(help) => problem.with("help", json!(help)),
            None => problem,
        }
    })
}

fn unreadable(rejection: JsonRejection) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "http.json", rejection.body_text())
}
