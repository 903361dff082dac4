//! Answers questions about the stored events, each from one state of the database and on a connection of its own.
//!
//! A question that runs out of its time, or that nobody waits for any more, is cancelled on the server.

mod cancel;
mod events;
mod failed;
mod paths;
mod people;
mod reading;
mod removal;
mod scan;
mod select;
mod trends;

use std::{sync::Arc, time::Duration};

use outrigger_plugin_api::sdk::{
    Call, ErrorKind, ProviderError,
    analytics::query::{Answer, Question},
};
use serde_json::Value;

use self::{cancel::Cancel, failed::Failed, reading::Reading};
use crate::{link, row, store::Store};

/// The part of the budget that is kept back, a twentieth: enough to say what happened before the host stops listening.
const KEPT_PART: u32 = 20;

/// Answers one question.
///
/// # Errors
/// `unsupported` for a question that this version does not know, `invalid` for one that makes no sense, `timeout` where
/// the budget was too short, or as PostgreSQL says.
pub(crate) async fn answer(store: &Arc<Store>, call: Call, request: Value) -> Result<Value, ProviderError> {
    let question = Question::read(as_stored(request)?)?;
    let answering = ask(store, question, call.budget);
    let answer = match call.budget {
        Some(budget) => {
            let answer = tokio::time::timeout(budget - budget / KEPT_PART, answering).await;
            answer.map_err(|_| late(Some(budget)))??
        }
        None => answering.await?,
    };
    answer.write()
}

/// NUL is asked for as it is stored.
fn as_stored(request: Value) -> Result<Value, ProviderError> {
    let text = row::without_nul(request.to_string());
    serde_json::from_str(&text).map_err(|error| ProviderError::invalid(format!("the question: {error}")))
}

async fn ask(store: &Arc<Store>, question: Question, budget: Option<Duration>) -> Result<Answer, ProviderError> {
    let place = store.questions.clone().acquire_owned().await.map_err(|_| link::ended())?;
    if let Question::DeleteUser(delete) = question {
        // A task of its own: half a person removed is worse than either, so it goes on when nobody waits any more.
        let store = store.clone();
        let removing = tokio::spawn(async move {
            let _place = place;
            removal::remove(&store, &delete.user_id).await
        });
        let removed = removing.await.map_err(|_| ProviderError::internal("the removal ended without an answer"))?;
        return removed.map(Answer::DeleteUser);
    }
    let mut lease = store.ready().await?;
    let cancel = Cancel::new(&lease);
    let done = read(store, &mut lease.client, &question, budget).await;
    cancel.disarm();
    match done {
        Ok(answer) => {
            lease.put_back();
            Ok(answer)
        }
        Err(Failed::Fault(fault)) => {
            lease.put_back();
            Err(ProviderError::invalid(fault.to_string()))
        }
        Err(Failed::Unknown) => {
            lease.put_back();
            Err(ProviderError::unsupported("answer this question"))
        }
        Err(Failed::Postgres(error)) if failed::took_too_long(&error) => {
            lease.put_back();
            Err(late(budget))
        }
        Err(Failed::Postgres(error)) => {
            let said = crate::fault::running(&error);
            Err(store.finish(lease, Err(error)).err().unwrap_or(said))
        }
    }
}

async fn read(
    store: &Store,
    client: &mut tokio_postgres::Client,
    question: &Question,
    budget: Option<Duration>,
) -> Result<Answer, Failed> {
    let reading = Reading::begin(client, &store.schema, budget).await?;
    Ok(match question {
        Question::Counts(counts) => Answer::Counts(trends::counts(&reading, counts).await?),
        Question::Top(top) => Answer::Top(trends::top(&reading, top).await?),
        Question::Breakdown(breakdown) => Answer::Breakdown(trends::breakdown(&reading, breakdown).await?),
        Question::Funnel(funnel) => Answer::Funnel(paths::funnel(&reading, funnel).await?),
        Question::Retention(retention) => Answer::Retention(paths::retention(&reading, retention).await?),
        Question::Timeline(timeline) => Answer::Timeline(events::timeline(&reading, timeline).await?),
        Question::Live(live) => Answer::Live(events::live(&reading, live).await?),
        Question::Export(export) => Answer::Export(events::export(&reading, export).await?),
        _ => return Err(Failed::Unknown),
    })
}

fn late(budget: Option<Duration>) -> ProviderError {
    let ms = budget.map(|budget| format!(" within {} ms", budget.as_millis())).unwrap_or_default();
    let text = format!(
        "the question could not be answered{ms}; ask about less time or fewer events, or raise `timeout` of this provider"
    );
    ProviderError::new(ErrorKind::Timeout, text)
}
