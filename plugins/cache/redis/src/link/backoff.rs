//! How long to wait between tries to reconnect: doubling, with full jitter.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

/// The first pause's bound. A restarted server is usually back within a few of these.
const FIRST: Duration = Duration::from_millis(50);

/// Returns the pause after the failure number `tries` (from 0): between nothing and a bound that doubles up to `most`,
/// so that many clients of a restarted server do not come back at the same moment.
pub(crate) fn pause(tries: u32, most: Duration) -> Duration {
    let bound = FIRST.saturating_mul(1_u32.checked_shl(tries.min(16)).unwrap_or(u32::MAX)).min(most);
    // The standard library seeds each RandomState from the system's randomness and a counter: enough to spread.
    let draw = RandomState::new().hash_one(tries) >> 32;
    let nanos = u64::try_from(bound.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(u64::try_from((u128::from(nanos) * u128::from(draw)) >> 32).unwrap_or(nanos))
}

#[cfg(test)]
mod tests;
