//! How long to wait before the next try: exponential with full jitter.

use std::time::Duration;

/// Returns the longest wait before try number `tries + 1`: `min * 2^(tries-1)`, at most `max`.
pub(super) fn ceiling(tries: u32, min: Duration, max: Duration) -> Duration {
    min.saturating_mul(1_u32.checked_shl(tries.saturating_sub(1)).unwrap_or(u32::MAX)).min(max)
}

/// Returns the wait: anything up to the ceiling, so that many clients of one vendor don't come back together; never less
/// than what the vendor asked for.
pub(super) fn wait(tries: u32, min: Duration, max: Duration, asked: Option<Duration>, random: f64) -> Duration {
    let jittered = ceiling(tries, min, max).mul_f64(random.clamp(0.0, 1.0));
    asked.map_or(jittered, |asked| asked + jittered.min(asked / 10))
}

#[cfg(test)]
mod tests;
