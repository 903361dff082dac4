//! The cases, and how each is run.

mod arrival;
mod hostile;
mod life;
mod verdicts;

use super::{CASE_TIME_MAX, Case, Fixture, RawRecord, Report, Stop, Subject, ensure};
use crate::sdk::{Call, ErrorKind, ProviderError, sink::Verdict};

/// Runs every case into the report.
pub(super) async fn all<S: Subject>(start: &impl AsyncFn() -> Result<Fixture<S>, ProviderError>, report: &mut Report) {
    macro_rules! run {
        ($($module:ident: $($case:ident)+;)+) => {$($(
            report.add(stringify!($case), one(start, $module::$case).await);
        )+)+};
    }
    run! {
        verdicts: every_sort_gets_a_verdict mixed_batch_gets_verdicts_in_place unknown_sort_is_unsupported
            empty_batch_gets_none full_batch_is_taken batch_near_bytes_max_is_taken concurrent_batches_all_get_verdicts;
        arrival: order_is_kept flush_is_a_barrier repeat_is_recorded_once shutdown_flushes;
        life: health_is_serving dropped_future_leaves_it_usable shutdown_twice_is_fine deliver_after_shutdown_is_an_error;
        hostile: control_characters_are_harmless invalid_surrogates_are_harmless large_text_is_harmless
            deep_nesting_is_harmless bodies_that_lie_are_rejected;
    }
}

async fn one<S: Subject>(
    start: &impl AsyncFn() -> Result<Fixture<S>, ProviderError>,
    case: impl AsyncFn(&Fixture<S>) -> Case,
) -> Case {
    let fixture = start().await.map_err(|error| Stop::Failed(format!("could not start: {error}")))?;
    let hung = || Stop::Failed(format!("did not end within {CASE_TIME_MAX:?}"));
    tokio::time::timeout(CASE_TIME_MAX, case(&fixture)).await.unwrap_or_else(|_| Err(hung()))
}

impl<S: Subject> Fixture<S> {
    /// Delivers and checks what holds for every delivery: a verdict for each record, and no panic.
    async fn verdicts(&self, batch: Vec<RawRecord>) -> Result<Vec<Verdict>, Stop> {
        let sent = batch.len();
        let verdicts = self.subject.deliver(Call::unbounded(), batch).await?;
        ensure(verdicts.len() == sent, || format!("{} verdicts for {sent} records", verdicts.len()))?;
        Ok(verdicts)
    }

    /// Delivers records that have to be taken.
    async fn taken(&self, batch: Vec<RawRecord>) -> Case {
        let verdicts = self.verdicts(batch).await?;
        match verdicts.iter().position(|verdict| !is_taken(verdict)) {
            None => Ok(()),
            Some(at) => Err(Stop::Failed(format!("record {at} of {}: {:?}", verdicts.len(), verdicts.get(at)))),
        }
    }
}

fn is_taken(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Delivered | Verdict::AcceptedUnverified)
}

/// Fails where the provider panicked; any other error is its right.
fn no_panic<T>(result: &Result<T, ProviderError>) -> Case {
    match result {
        Err(error) if error.kind == ErrorKind::Panicked => Err(Stop::Failed(format!("it panicked: {}", error.message))),
        _ => Ok(()),
    }
}
