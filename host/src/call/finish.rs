//! Brings a provider's outcome to its end within a bound.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt;
use outrigger_plugin_api::{
    abi::{FfiFuture, Outcome, RResult, Res, wire},
    sdk::{ErrorKind, ProviderError},
};

use crate::crash::Mark;

/// Returns the outcome's value, waiting at most `budget`, each poll under its mark.
///
/// Dropping the returned future aborts the provider's work.
///
/// # Errors
/// The provider's error; `timeout` after the budget; `panicked` where a foreign future reports a panic that no guard
/// caught.
pub async fn finish<T>(mark: Mark, budget: Option<Duration>, outcome: Outcome<T>) -> Result<T, ProviderError> {
    match outcome {
        Outcome::Ready(result) => decoded(result),
        Outcome::Pending(future) => pending(mark, budget, future).await,
    }
}

pub(super) async fn pending<T>(
    mark: Mark,
    budget: Option<Duration>,
    future: FfiFuture<Res<T>>,
) -> Result<T, ProviderError> {
    // async-ffi panics here, in the awaiting task, where the other side reports a panic.
    let caught = AssertUnwindSafe(mark.waits(future)).catch_unwind();
    let ended = match budget {
        None => caught.await,
        Some(budget) => match tokio::time::timeout(budget, caught).await {
            Ok(ended) => ended,
            Err(_) => {
                return Err(ProviderError::new(
                    ErrorKind::Timeout,
                    format!("no answer within {} ms", budget.as_millis()),
                ));
            }
        },
    };
    match ended {
        Ok(result) => decoded(result),
        Err(_) => Err(ProviderError::new(ErrorKind::Panicked, "the provider's future reported a panic")),
    }
}

fn decoded<T>(result: Res<T>) -> Result<T, ProviderError> {
    match result {
        RResult::ROk(value) => Ok(value),
        RResult::RErr(error) => Err(wire::decode_error(&error)),
    }
}
