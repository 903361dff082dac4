//! Acts on a batch that came home: ends records, buries dead ones, sends others again.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use outrigger_plugin_api::sdk::sink::Verdict;
use tracing::{debug, error, warn};

use super::Worker;
use crate::{
    call::CallError,
    clock,
    deliver::{
        backoff,
        deadletter::DeadLetter,
        judge::{Again, Judgement, Reason, Wait, judge},
        outcome::Outcome,
        window::{Batch, Item, Source},
    },
};

/// How long to wait where dead letters can't be kept: a full disk does not pass in less.
const BURY_AGAIN: Duration = Duration::from_secs(1);

impl Worker {
    /// Acts on what a batch's delivery gave.
    pub(super) async fn home(&mut self, batch: Batch, result: Result<Vec<Verdict>, CallError>) {
        let Some(policy) = self.policy.clone() else { return };
        if let Err(error) = &result {
            debug!(
                provider = self.lane.name(),
                code = error.code(),
                records = batch.items.len(),
                "delivery failed: {error}"
            );
        }
        let code = result.as_ref().err().map_or("delivery.retry", CallError::code);
        let Judgement { ended, dead, again, pause } = judge(batch, result, &policy);
        let now = clock::now();
        if pause {
            if self.failures == 0 {
                warn!(provider = self.lane.name(), code, "deliveries are paused: the provider does not serve");
            }
            self.failures = self.failures.saturating_add(1);
        } else if self.failures > 0 {
            self.failures = 0;
            self.window.hasten(now);
        }
        let wait =
            |failures, asked| backoff::wait(failures, policy.backoff_min, policy.backoff_max, asked, rand_unit());
        if pause {
            let asked = again.iter().find_map(|again| match again.wait {
                Wait::BackOff(asked) => asked,
                Wait::None => None,
            });
            self.paused_until = Some(now + wait(self.failures, asked));
        }
        self.ended(&ended);
        let age_max = policy.age_max;
        let mut dead = dead;
        for Again { batch, wait: how_long, why } in again {
            let at = match how_long {
                Wait::None => now,
                Wait::BackOff(_) if pause => self.paused_until.unwrap_or(now),
                Wait::BackOff(asked) => now + wait(batch.failures, asked),
            };
            dead.extend(self.once_more(batch, at, code, &why, age_max));
        }
        self.bury(dead).await;
        self.lane.tell();
    }

    /// Keeps a batch for another try, but for the records that are too old, which it returns.
    fn once_more(
        &mut self,
        mut batch: Batch,
        at: Instant,
        code: &'static str,
        why: &str,
        age_max: Duration,
    ) -> Vec<(Item, Reason)> {
        let now_ms = clock::unix_ms();
        let age = |item: &Item| u128::from(now_ms.saturating_sub(item.event.received_at_ms));
        let (old, young): (Vec<_>, Vec<_>) =
            batch.items.into_iter().partition(|item| item.source == Source::Cursor && age(item) > age_max.as_millis());
        let next_ms =
            now_ms + u64::try_from(at.saturating_duration_since(clock::now()).as_millis()).unwrap_or_default();
        let mut progress = self.lane.progress();
        for item in young.iter().filter(|item| item.source == Source::Cursor) {
            progress.failed(item.position, item.tries, next_ms, code, why);
        }
        drop(progress);
        self.lane.counts.retried.fetch_add(u64::try_from(young.len()).unwrap_or_default(), Ordering::Relaxed);
        if !young.is_empty() {
            batch.items = young;
            self.window.again(batch, at);
        }
        let reason = || Reason { code: "delivery.expired", text: format!("older than delivery.age-max; last: {why}") };
        old.into_iter().map(|item| (item, reason())).collect()
    }

    /// Ends records, and tells whoever sent them.
    fn ended(&mut self, ended: &[(Item, Outcome)]) {
        let mut progress = self.lane.progress();
        for (item, outcome) in ended {
            self.window.ended(item);
            self.lane.counts.note(*outcome);
            match item.source {
                Source::Cursor => progress.ended(item.position, *outcome),
                Source::Replay(id) => self.replays.ended(id, *outcome),
                Source::DeadLetter(id, position) => {
                    self.replays.ended(id, *outcome);
                    // Given up again, it has a new letter; either way this one is closed.
                    let lane = self.lane.clone();
                    tokio::spawn(async move { lane.dead.close(vec![position]).await });
                }
            }
        }
    }

    /// Keeps records as dead letters. Only once that is on the disk have they ended; else they are tried again.
    pub(super) async fn bury(&mut self, dead: Vec<(Item, Reason)>) {
        if dead.is_empty() {
            return;
        }
        let now_ms = clock::unix_ms();
        let letters = dead.iter().map(|(item, reason)| DeadLetter::of(item, reason, now_ms)).collect();
        match self.lane.dead.keep(letters).await {
            Ok(()) => {
                if let Some((item, reason)) = dead.first() {
                    warn!(provider = self.lane.name(), code = reason.code, records = dead.len(), first = %item.event.id,
                        "kept as dead letters: {}", reason.text);
                }
                let ended: Vec<_> = dead.into_iter().map(|(item, _)| (item, Outcome::DeadLettered)).collect();
                self.ended(&ended);
            }
            Err(error) => {
                error!(
                    provider = self.lane.name(),
                    code = error.code(),
                    "can't keep dead letters, will try again: {error}"
                );
                // They were refused or are ambiguous: sending them again is just what must not happen.
                self.unburied.extend(dead);
                self.bury_at = Some(clock::now() + BURY_AGAIN);
            }
        }
        self.lane.tell();
    }
}

impl Worker {
    /// Tries once more to keep what could not be kept as dead letters.
    pub(super) async fn bury_again(&mut self) {
        if self.bury_at.is_some_and(|at| at <= clock::now()) {
            self.bury_at = None;
            let unburied = std::mem::take(&mut self.unburied);
            self.bury(unburied).await;
        }
    }
}

/// Returns a random number from 0 to 1: the last bits of a fresh UUID are random enough for a wait.
fn rand_unit() -> f64 {
    let [.., a, b, c, d] = uuid::Uuid::now_v7().into_bytes();
    f64::from(u32::from_le_bytes([a, b, c, d])) / f64::from(u32::MAX)
}
