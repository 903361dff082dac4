//! How long which categories must wait, as the server's answers said.
//!
//! Source: develop.sentry.dev, "Rate Limiting", read 2026-11-22.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use outrigger_plugin_api::sdk::http::Response;

use crate::category::Category;

/// The wait after a 429 that names none.
const WAIT_DEFAULT: Duration = Duration::from_secs(60);
/// The longest wait believed: a day. A longer one would be a slip of the server's, or its clock's.
const WAIT_MAX: Duration = Duration::from_secs(24 * 3600);

/// Waits by category.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<BTreeMap<Category, Instant>>);

impl Limits {
    /// Returns how long a category must still wait.
    pub(crate) fn wait(&self, category: Category, now: Instant) -> Option<Duration> {
        let limits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        limits.get(&category).map(|until| until.saturating_duration_since(now)).filter(|wait| !wait.is_zero())
    }

    /// Learns from an answer, whatever its status.
    pub(crate) fn learn(&self, answer: &Response, now: Instant) {
        let waits = match answer.header("x-sentry-rate-limits") {
            Some(header) => read(header),
            None if answer.status == 429 => {
                let wait = answer.retry_after().unwrap_or(WAIT_DEFAULT);
                Category::ALL.into_iter().map(|category| (category, wait)).collect()
            }
            None => return,
        };
        let mut limits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (category, wait) in waits {
            let until = now + wait.min(WAIT_MAX);
            // Of two limits the longer holds.
            limits.entry(category).and_modify(|known| *known = (*known).max(until)).or_insert(until);
        }
    }
}

/// Reads `retry_after:categories:scope:reason:namespaces, …`. No categories means all of them; a limit whose categories
/// are all unknown is not ours, nor is one that can't be read.
fn read(header: &str) -> Vec<(Category, Duration)> {
    let mut waits = Vec::new();
    for limit in header.split(',') {
        let mut fields = limit.trim().split(':');
        let seconds = fields.next().and_then(|text| text.trim().parse::<f64>().ok());
        let Some(wait) = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) else { continue };
        let names = fields.next().unwrap_or_default().trim();
        let categories: Vec<Category> = match names {
            "" => Category::ALL.to_vec(),
            names => names.split(';').filter_map(Category::named).collect(),
        };
        waits.extend(categories.into_iter().map(|category| (category, wait)));
    }
    waits
}

#[cfg(test)]
mod tests;
