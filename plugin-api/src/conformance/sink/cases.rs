//! The cases, and how each is run.

mod arrival;
mod hostile;
mod life;
mod questions;
mod verdicts;

use self::questions::{events, paths, refusals, trends};
use super::{CASE_TIME_MAX, Case, Fixture, RawRecord, Report, Stop, Subject, ensure};
use crate::conformance::{Progress, Watch};
use crate::sdk::{Call, ErrorKind, ProviderError, sink::Verdict};

/// Runs cases of modules into the report.
macro_rules! run {
    ($start:ident, $report:ident, $watch:ident; $($module:ident: $($case:ident)+;)+) => {$($(
        $watch(Progress::Begins(stringify!($case)));
        let outcome = $report.add(stringify!($case), one($start, $module::$case).await);
        $watch(Progress::Ends(stringify!($case), &outcome.into()));
    )+)+};
}

/// Runs every case into the report.
pub(super) async fn all<S: Subject>(
    start: &impl AsyncFn() -> Result<Fixture<S>, ProviderError>,
    report: &mut Report,
    watch: Watch<'_>,
) {
    run! { start, report, watch;
        verdicts: every_sort_gets_a_verdict mixed_batch_gets_verdicts_in_place unknown_sort_is_unsupported
            empty_batch_gets_none full_batch_is_taken batch_near_bytes_max_is_taken concurrent_batches_all_get_verdicts;
        arrival: order_is_kept flush_is_a_barrier repeat_is_recorded_once shutdown_flushes;
        life: health_is_serving dropped_future_leaves_it_usable shutdown_twice_is_fine deliver_after_shutdown_is_an_error;
        hostile: control_characters_are_harmless invalid_surrogates_are_harmless large_text_is_harmless
            deep_nesting_is_harmless bodies_that_lie_are_rejected;
    }
}

/// Runs every case about questions into the report.
pub(super) async fn all_questions<S: Subject>(
    start: &impl AsyncFn() -> Result<Fixture<S>, ProviderError>,
    report: &mut Report,
    watch: Watch<'_>,
) {
    run! { start, report, watch;
        trends: people_are_counted_once_whatever_their_ids conditions_choose_events days_begin_where_the_zone_has_them
            most_frequent_events_come_first events_divide_over_a_propertys_values;
        paths: a_funnel_finds_every_way_through a_funnel_divides_over_the_first_steps_value retention_follows_cohorts;
        events: a_timeline_has_all_of_a_persons_ids an_event_comes_back_whole a_feed_goes_on_where_it_was
            an_export_has_every_event_once a_removed_person_leaves_nothing;
        refusals: a_question_without_sense_names_its_member an_unknown_question_is_unsupported;
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
