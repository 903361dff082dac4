//! Sends a request and reads what there is to read of its answer.

use outrigger_plugin_api::sdk::{Countdown, ErrorKind, ProviderError, http::Request, sink::Verdict};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::GoogleAnalytics;

/// Requests on their way at once. Google names no limit of rate; its own tags send about as many.
pub(crate) const IN_FLIGHT: usize = 8;

/// What the validation server says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Validated {
    #[serde(default)]
    validation_messages: Vec<Message>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Message {
    field_path: String,
    description: String,
    validation_code: String,
}

/// Sends one request.
///
/// # Errors
/// What befell the request as a whole.
pub(crate) async fn send(
    provider: &GoogleAnalytics,
    countdown: Countdown,
    body: Value,
) -> Result<Verdict, ProviderError> {
    let settings = &provider.settings;
    if settings.validate
        && let Some(objection) = validate(provider, countdown, &body).await?
    {
        return Ok(Verdict::Rejected(objection));
    }
    let request = Request::post(settings.address("/mp/collect")).json(&body)?.timeout(countdown.left());
    match provider.host.http().send(request).await?.success() {
        // Google answers 2xx to whatever it can read, and tells nobody what it keeps.
        Ok(_) => Ok(Verdict::AcceptedUnverified),
        Err(error) if error.kind == ErrorKind::Invalid => Ok(Verdict::Rejected(error.message)),
        Err(error) => Err(error),
    }
}

/// Asks the server that validates and stores nothing. It checks neither the id nor the secret.
async fn validate(
    provider: &GoogleAnalytics,
    countdown: Countdown,
    body: &Value,
) -> Result<Option<String>, ProviderError> {
    let mut body = body.clone();
    if let Value::Object(members) = &mut body {
        members.insert("validation_behavior".into(), json!("ENFORCE_RECOMMENDATIONS"));
    }
    let address = provider.settings.address("/debug/mp/collect");
    let request = Request::post(address).json(&body)?.timeout(countdown.left());
    // Nothing is stored there: a lost answer leaves nothing open.
    let answer = provider.host.http().send(request).await.and_then(|answer| answer.success());
    let answer = answer.map_err(|error| match error.kind {
        ErrorKind::Timeout => ProviderError { kind: ErrorKind::Unavailable, ..error },
        _ => error,
    })?;
    let said: Validated = answer.json()?;
    let texts = said.validation_messages.iter().map(|message| {
        let Message { field_path, description, validation_code } = message;
        format!("{validation_code} at `{field_path}`: {description}")
    });
    let texts: Vec<_> = texts.collect();
    Ok((!texts.is_empty()).then(|| texts.join("; ")))
}

#[cfg(test)]
mod tests;
