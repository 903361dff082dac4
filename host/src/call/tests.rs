//! The bounds in front of a provider: what they let through, what they refuse, and what they hold against whom.

mod breaker;
mod gate;

use std::time::{Duration, Instant};

/// Waits until `holds`; ten seconds are longer than any wait of these tests on a busy machine.
async fn eventually(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(10), "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
