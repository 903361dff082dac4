//! Decides what becomes of a batch that came home: the rules of delivery, as one pure function.

use std::time::Duration;

use outrigger_plugin_api::sdk::{ErrorKind, sink::Verdict};

use super::{
    outcome::Outcome,
    policy::{POISON_TRIES, Policy},
    window::{Batch, Item},
};
use crate::{call::CallError, config::OnAmbiguous};

/// Why a record will never be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reason {
    /// The stable code.
    pub(super) code: &'static str,
    /// The provider's words.
    pub(super) text: String,
}

/// What becomes of the records of a batch.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Judgement {
    /// These have ended.
    pub(super) ended: Vec<(Item, Outcome)>,
    /// These are dead letters.
    pub(super) dead: Vec<(Item, Reason)>,
    /// These are sent again: at once where the wait is `None`, else after the back-off or what was asked for.
    pub(super) again: Vec<Again>,
    /// The provider as a whole did not serve: nothing else is sent before the wait is over.
    pub(super) pause: bool,
}

/// A batch to be sent again.
#[derive(Debug, PartialEq)]
pub(super) struct Again {
    pub(super) batch: Batch,
    pub(super) wait: Wait,
    pub(super) why: String,
}

/// How long a batch waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// Not at all: it is half of a batch that was refused as a whole.
    None,
    /// As its failures say, and no shorter than asked.
    BackOff(Option<Duration>),
}

/// Judges a batch by what its delivery gave.
pub(super) fn judge(mut batch: Batch, result: Result<Vec<Verdict>, CallError>, policy: &Policy) -> Judgement {
    match result {
        Ok(verdicts) => by_verdicts(batch, verdicts, policy.on_ambiguous),
        Err(error) => {
            if !was_sent(&error) {
                // The provider saw nothing: this is no failure of the records.
                for item in &mut batch.items {
                    item.tries = item.tries.saturating_sub(1);
                }
                return Judgement { pause: true, ..again(batch, &error) };
            }
            batch.failures = batch.failures.saturating_add(1);
            by_error(batch, &error, policy)
        }
    }
}

/// Tells whether the call reached the provider.
const fn was_sent(error: &CallError) -> bool {
    !matches!(
        error,
        CallError::BreakerOpen { .. }
            | CallError::NotRunning { .. }
            | CallError::Overloaded { .. }
            | CallError::NoProvider { .. }
    )
}

fn by_verdicts(batch: Batch, verdicts: Vec<Verdict>, on_ambiguous: OnAmbiguous) -> Judgement {
    let mut judgement = Judgement::default();
    let (mut later, mut asked, mut why) = (Vec::new(), None, String::new());
    for (item, verdict) in batch.items.into_iter().zip(verdicts) {
        let dead = |item, code, text| (item, Reason { code, text });
        match verdict {
            Verdict::Delivered => judgement.ended.push((item, Outcome::Delivered)),
            Verdict::AcceptedUnverified => judgement.ended.push((item, Outcome::AcceptedUnverified)),
            Verdict::DroppedByVendor(_) => judgement.ended.push((item, Outcome::DroppedByVendor)),
            Verdict::Unsupported => judgement.ended.push((item, Outcome::Unsupported)),
            Verdict::Rejected(text) => judgement.dead.push(dead(item, "delivery.rejected", text)),
            Verdict::Ambiguous(text) => match on_ambiguous {
                OnAmbiguous::DeadLetter => judgement.dead.push(dead(item, "delivery.ambiguous", text)),
                OnAmbiguous::Drop => judgement.ended.push((item, Outcome::Dropped)),
                OnAmbiguous::Retry | OnAmbiguous::ByClass => {
                    why = text;
                    later.push(item);
                }
            },
            Verdict::Retry { after, reason } => {
                (asked, why) = (asked.max(after), reason);
                later.push(item);
            }
            // A verdict of a later version: the record stays until one is known.
            _ => later.push(item),
        }
    }
    if !later.is_empty() {
        let batch = Batch { items: later, failures: batch.failures.saturating_add(1) };
        judgement.again.push(Again { batch, wait: Wait::BackOff(asked), why });
    }
    judgement
}

fn by_error(batch: Batch, error: &CallError, policy: &Policy) -> Judgement {
    let kind = match error {
        CallError::Provider { error, .. } => error.kind,
        CallError::Deadline { .. } => ErrorKind::Timeout,
        CallError::Unsupported { .. } => ErrorKind::Unsupported,
        _ => ErrorKind::Internal,
    };
    match kind {
        ErrorKind::Unsupported => {
            let ended = batch.items.into_iter().map(|item| (item, Outcome::Unsupported)).collect();
            Judgement { ended, ..Judgement::default() }
        }
        ErrorKind::Invalid => split(batch, error, "delivery.rejected"),
        ErrorKind::Timeout => match policy.on_ambiguous {
            OnAmbiguous::Retry | OnAmbiguous::ByClass => Judgement { pause: true, ..again(batch, error) },
            OnAmbiguous::DeadLetter => Judgement { pause: true, ..dead(batch, error, "delivery.ambiguous") },
            OnAmbiguous::Drop => {
                let ended = batch.items.into_iter().map(|item| (item, Outcome::Dropped)).collect();
                Judgement { ended, pause: true, ..Judgement::default() }
            }
        },
        // One record may be the cause: it is looked for by halves, and left out once it failed often enough alone.
        ErrorKind::Panicked | ErrorKind::Internal if batch.failures >= 2 && batch.items.len() > 1 => {
            split(batch, error, "delivery.poison")
        }
        ErrorKind::Panicked | ErrorKind::Internal if batch.failures >= POISON_TRIES => {
            dead(batch, error, "delivery.poison")
        }
        ErrorKind::Panicked | ErrorKind::Internal => again(batch, error),
        // The whole account or backend: every record would fare alike, so all wait until it is mended or too old.
        _ => Judgement { pause: true, ..again(batch, error) },
    }
}

/// Halves a batch to find the record that can't be delivered; alone, it is a dead letter.
fn split(mut batch: Batch, error: &CallError, code: &'static str) -> Judgement {
    if batch.items.len() <= 1 {
        return match code {
            // A lone half of a batch that failed inside: it gets its own tries.
            "delivery.poison" if batch.failures < POISON_TRIES => again(batch, error),
            _ => dead(batch, error, code),
        };
    }
    let second = batch.items.split_off(batch.items.len() / 2);
    let half = |items| Again { batch: Batch { items, failures: 1 }, wait: Wait::None, why: error.to_string() };
    Judgement { again: vec![half(batch.items), half(second)], ..Judgement::default() }
}

fn again(batch: Batch, error: &CallError) -> Judgement {
    let again = Again { batch, wait: Wait::BackOff(error.retry_after()), why: error.to_string() };
    Judgement { again: vec![again], ..Judgement::default() }
}

fn dead(batch: Batch, error: &CallError, code: &'static str) -> Judgement {
    let reason = || Reason { code, text: error.to_string() };
    let dead = batch.items.into_iter().map(|item| (item, reason())).collect();
    Judgement { dead, ..Judgement::default() }
}

#[cfg(test)]
mod tests;
