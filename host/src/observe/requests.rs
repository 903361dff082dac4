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

use super::latency::{Histogram, Latency};

/// The methods told apart; any other is counted as `other`, because a client may send any word.
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "other"];
/// The classes of status.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The requests of one route and method.
#[derive(Debug, Default)]
struct Series {
    classes: [AtomicU64; CLASSES.len()],
    latency: Latency,
}

type Route = [Series; METHODS.len()];

static ROUTES: LazyLock<RwLock<BTreeMap<String, Arc<Route>>>> = LazyLock::new(RwLock::default);

/// Counts one answered request. `route` is a router's template, never a client's path.
pub fn count(route: &str, method: &str, status: u16, took: Duration) {
    let known = ROUTES.read().get(route).cloned();
    let series = known.unwrap_or_else(|| ROUTES.write().entry(route.to_owned()).or_default().clone());
    let method = METHODS.iter().position(|known| *known == method).unwrap_or(METHODS.len() - 1);
    let Some(series) = series.get(method) else { return };
    if let Some(class) = series.classes.get(usize::from(status / 100).saturating_sub(1)) {
        class.fetch_add(1, Ordering::Relaxed);
    }
    series.latency.note(took);
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
    /// How long they took.
    pub took: Histogram,
}

/// Returns what was counted, by route and method; only what had requests.
pub fn counted() -> Vec<Counted> {
    let routes = ROUTES.read();
    let series = routes.iter().flat_map(|(route, methods)| METHODS.iter().zip(methods.iter()).map(move |s| (route, s)));
    series
        .map(|(route, (method, series))| series.read(route, method))
        .filter(|counted| counted.took.count > 0)
        .collect()
}

impl Series {
    fn read(&self, route: &str, method: &'static str) -> Counted {
        let classes = CLASSES.iter().zip(&self.classes).map(|(name, count)| (*name, count.load(Ordering::Relaxed)));
        let classes = classes.filter(|(_, count)| *count > 0).collect();
        Counted { route: route.to_owned(), method, classes, took: self.latency.read() }
    }
}

#[cfg(test)]
mod tests;
