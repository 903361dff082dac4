//! Counts HTTP requests by route, method and class of status, and how long they took.
//!
//! One count for the process, as there is one log. Its size is bounded: routes are templates of the routers, methods
//! and classes are fixed lists.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use parking_lot::RwLock;

/// The methods told apart; any other is counted as `other`, because a client may send any word.
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "other"];
/// The classes of status.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// Upper bounds of the histogram's buckets in microseconds: from a cache hit to the longest request of the default
/// `limits.request-timeout`, about three a decade.
pub const BUCKETS_US: [u64; 16] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    10_000_000, 30_000_000,
];

/// The requests of one route and method.
#[derive(Debug, Default)]
struct Series {
    classes: [AtomicU64; CLASSES.len()],
    /// Requests in each bucket alone; the last is beyond every bound.
    buckets: [AtomicU64; BUCKETS_US.len() + 1],
    sum_us: AtomicU64,
}

type Route = [Series; METHODS.len()];

static ROUTES: LazyLock<RwLock<BTreeMap<String, Arc<Route>>>> = LazyLock::new(RwLock::default);

/// Counts one answered request. `route` is a router's template, never a client's path.
pub fn count(route: &str, method: &str, status: u16, took: Duration) {
    let known = ROUTES.read().get(route).cloned();
    let series = known.unwrap_or_else(|| ROUTES.write().entry(route.to_owned()).or_default().clone());
    let method = METHODS.iter().position(|known| *known == method).unwrap_or(METHODS.len() - 1);
    let Some(series) = series.get(method) else { return };
    let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let bucket = BUCKETS_US.partition_point(|bound| *bound < us);
    let class = usize::from(status / 100).saturating_sub(1);
    for counter in [series.classes.get(class), series.buckets.get(bucket)].into_iter().flatten() {
        counter.fetch_add(1, Ordering::Relaxed);
    }
    series.sum_us.fetch_add(us, Ordering::Relaxed);
}

/// What was counted of one route and method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The template.
    pub route: String,
    /// The method.
    pub method: &'static str,
    /// Requests of each class that has any.
    pub classes: Vec<(&'static str, u64)>,
    /// Requests that took at most as long as the bound of the same place in [`BUCKETS_US`].
    pub within: [u64; BUCKETS_US.len()],
    /// All of them.
    pub count: u64,
    /// Microseconds they took together.
    pub sum_us: u64,
}

/// Returns what was counted, by route and method; only what had requests.
pub fn counted() -> Vec<Counted> {
    let routes = ROUTES.read();
    let series = routes.iter().flat_map(|(route, methods)| METHODS.iter().zip(methods.iter()).map(move |s| (route, s)));
    series.map(|(route, (method, series))| series.read(route, method)).filter(|counted| counted.count > 0).collect()
}

impl Series {
    fn read(&self, route: &str, method: &'static str) -> Counted {
        let mut sum = 0_u64;
        let mut buckets = self.buckets.iter().map(|bucket| {
            sum = sum.saturating_add(bucket.load(Ordering::Relaxed));
            sum
        });
        let within = std::array::from_fn(|_| buckets.next().unwrap_or_default());
        let count = buckets.next().unwrap_or_default();
        let classes = CLASSES.iter().zip(&self.classes).map(|(name, count)| (*name, count.load(Ordering::Relaxed)));
        let classes = classes.filter(|(_, count)| *count > 0).collect();
        let sum_us = self.sum_us.load(Ordering::Relaxed);
        Counted { route: route.to_owned(), method, classes, within, count, sum_us }
    }
}

#[cfg(test)]
mod tests;
