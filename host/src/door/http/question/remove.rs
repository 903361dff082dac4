//! Removes a person from every provider that keeps events.

use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
};
use outrigger_plugin_api::sdk::{
    ProviderError,
    analytics::query::{Answer, Deleted},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::read;
use crate::{
    call::{CallError, Sinks},
    host::Host,
    problem::Problem,
};

/// From whom; absent = every provider that answers questions.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::door::http) struct From {
    provider: Option<String>,
}

/// What became of a person.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::door::http) struct Removed {
    /// Each provider that was asked.
    providers: Vec<RemovedFrom>,
    /// Each that was not, because it answers no questions or does not run: what it has is not removed.
    not_asked: Vec<String>,
}

/// What became of a person at one provider.
#[derive(Debug, Serialize, JsonSchema)]
struct RemovedFrom {
    /// Which.
    provider: String,
    /// How many events are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<u64>,
    /// How many ids are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    ids: Option<u64>,
    /// Why nothing may be gone: the stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// The same for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// `DELETE /v1/analytics/users/{id}`.
pub(in crate::door::http) async fn remove(
    State(host): State<Host>,
    Path(user): Path<String>,
    from: Result<Query<From>, QueryRejection>,
) -> Result<Json<Removed>, Problem> {
    let Query(from) = from?;
    let analytics = host.analytics()?;
    let sinks = analytics.outlet().sinks();
    let question = json!({ "query": "delete_user", "user_id": user });
    let question = read::question(question.as_object().cloned().unwrap_or_default())?.question;
    let names: Vec<String> = match from.provider {
        Some(name) => vec![name],
        None => sinks.answering().map(|slot| slot.config.name.clone()).collect(),
    };
    if names.is_empty() {
        // Says that nobody answers.
        sinks.query(None, &question).await?;
    }
    let (mut providers, mut failed) = (Vec::new(), None);
    for name in names {
        providers.push(match removed(sinks, &name, &question).await {
            Ok(Deleted { events, ids }) => {
                RemovedFrom { provider: name, events: Some(events), ids: Some(ids), code: None, detail: None }
            }
            Err(error) => {
                let (code, detail) = (Some(error.code()), Some(error.to_string()));
                failed.get_or_insert(error);
                RemovedFrom { provider: name, events: None, ids: None, code, detail }
            }
        });
    }
    match failed {
        None => Ok(Json(Removed { not_asked: not_asked(sinks, &providers), providers })),
        // One place where something may be left makes it a failure; the rest is told beside it.
        Some(error) => Err(Problem::from(error).with("providers", json!(providers))),
    }
}

async fn removed(sinks: &Sinks, provider: &str, question: &Value) -> Result<Deleted, CallError> {
    let answer = sinks.query(Some(provider), question).await?;
    match serde_json::from_value(answer) {
        Ok(Answer::DeleteUser(deleted)) => Ok(deleted),
        _ => {
            let error = ProviderError::internal("the answer does not say what was removed");
            Err(CallError::Provider { provider: provider.to_owned(), error })
        }
    }
}

fn not_asked(sinks: &Sinks, asked: &[RemovedFrom]) -> Vec<String> {
    let slots = sinks.slots();
    let names = slots.iter().map(|slot| slot.config.name.clone());
    names.filter(|name| !asked.iter().any(|one| one.provider == *name)).collect()
}
