//! One verdict for each record, at its place, whatever the batch.

use super::super::{Case, Fixture, Stop, Subject, ensure, sample};
use crate::sdk::{Call, sink::Verdict};

pub(super) async fn every_sort_gets_a_verdict<S: Subject>(fixture: &Fixture<S>) -> Case {
    let promise = fixture.subject.promise();
    let sorts = sample::sorts(&promise);
    ensure(!sorts.is_empty(), || "the manifest names no sort that this kind knows".to_owned())?;
    for sort in &sorts {
        fixture.taken(vec![sample::good(promise.kind, *sort, "one")]).await?;
    }
    fixture.taken(sorts.iter().map(|sort| sample::good(promise.kind, *sort, "all")).collect()).await
}

/// A sort that nobody can declare: the set ends at 63.
const SORT_UNKNOWN: u16 = 64;

pub(super) async fn mixed_batch_gets_verdicts_in_place<S: Subject>(fixture: &Fixture<S>) -> Case {
    let promise = fixture.subject.promise();
    let good = || sample::any(&promise, "good");
    let sort = good().sort;
    let malformed = || sample::raw(sort, "{\"type\":");
    let unknown = || sample::raw(SORT_UNKNOWN, "{}");
    // Not the same read backwards: verdicts in reverse have to be seen.
    let batch = vec![malformed(), good(), unknown(), good(), malformed(), unknown(), good()];
    let verdicts = fixture.verdicts(batch).await?;
    let name = |verdict: &Verdict| if super::is_taken(verdict) { "taken" } else { verdict.as_str() };
    let names: Vec<_> = verdicts.iter().map(name).collect();
    let expected = ["rejected", "taken", "unsupported", "taken", "rejected", "unsupported", "taken"];
    ensure(names == expected, || format!("got {verdicts:?}"))
}

pub(super) async fn unknown_sort_is_unsupported<S: Subject>(fixture: &Fixture<S>) -> Case {
    let lacking = (1..=6).filter(|sort| !fixture.subject.promise().sorts.has(*sort));
    let batch = lacking.chain([SORT_UNKNOWN, u16::MAX]).map(|sort| sample::raw(sort, "{}")).collect();
    let verdicts = fixture.verdicts(batch).await?;
    ensure(verdicts.iter().all(|verdict| *verdict == Verdict::Unsupported), || format!("got {verdicts:?}"))
}

pub(super) async fn empty_batch_gets_none<S: Subject>(fixture: &Fixture<S>) -> Case {
    fixture.verdicts(Vec::new()).await.map(drop)
}

pub(super) async fn full_batch_is_taken<S: Subject>(fixture: &Fixture<S>) -> Case {
    let promise = fixture.subject.promise();
    fixture.taken((0..promise.batch.count_max).map(|index| sample::any(&promise, &index.to_string())).collect()).await
}

pub(super) async fn batch_near_bytes_max_is_taken<S: Subject>(fixture: &Fixture<S>) -> Case {
    let promise = fixture.subject.promise();
    let records = promise.batch.count_max.clamp(1, 8);
    let bytes = |text: &str| sample::any(&promise, text).body.len();
    let share = usize::try_from(promise.batch.bytes_max / records).unwrap_or(usize::MAX);
    // Some sorts hold the text twice; the batch shall end just below the bound whichever it is.
    let (frame, copies) = (bytes(""), bytes("x").saturating_sub(bytes("")).max(1));
    let text = "x".repeat(share.saturating_sub(frame) / copies);
    let verdicts = fixture.verdicts((0..records).map(|_| sample::any(&promise, &text)).collect()).await?;
    // A vendor may refuse one large record by a rule of its own; it has to say so, and not of a retry.
    let said = |verdict: &Verdict| super::is_taken(verdict) || matches!(verdict, Verdict::Rejected(_));
    ensure(verdicts.iter().all(said), || format!("got {verdicts:?}"))
}

/// Callers at once: as many as a busy host's delivery workers.
const CALLERS: u32 = 16;

pub(super) async fn concurrent_batches_all_get_verdicts<S: Subject>(fixture: &Fixture<S>) -> Case {
    let promise = fixture.subject.promise();
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let subject = fixture.subject.clone();
            tokio::spawn(async move {
                for turn in 0..4 {
                    let batch =
                        (0..3).map(|index| sample::any(&promise, &format!("{caller} {turn} {index}"))).collect();
                    let verdicts = subject.deliver(Call::unbounded(), batch).await?;
                    let taken = verdicts.iter().filter(|verdict| super::is_taken(verdict)).count();
                    ensure(taken == 3, || format!("caller {caller} got {verdicts:?}"))?;
                }
                Ok::<(), Stop>(())
            })
        })
        .collect();
    for caller in callers {
        caller.await.map_err(|error| Stop::Failed(error.to_string()))??;
    }
    Ok(())
}
