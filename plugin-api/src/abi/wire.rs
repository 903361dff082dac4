//! Translates between the authoring types and the frozen ones, for both sides.
//!
//! Decoding treats its input as an allegation: unknown codes and overlong lengths become errors, never values.

mod error;
mod op;
mod reply;
mod sink;

pub use error::{decode_error, encode_error};
pub use op::{decode_op, encode_op};
pub use reply::{decode_reply, decode_result, encode_reply, encode_result};
pub use sink::{decode_verdict, encode_verdict};

use std::time::Duration;

use super::CallView;
use crate::sdk::{Call, Trace};

/// Returns whole milliseconds, rounded up so that a short wait does not become none.
pub(crate) fn millis_up(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

impl From<&CallView> for Call {
    #[inline]
    fn from(view: &CallView) -> Self {
        Self {
            budget: (view.budget_us != 0).then(|| Duration::from_micros(view.budget_us)),
            trace: (view.trace_id != [0; 16]).then_some(Trace { trace_id: view.trace_id, span_id: view.span_id }),
            attempt: view.attempt,
        }
    }
}

impl From<&Call> for CallView {
    fn from(call: &Call) -> Self {
        let budget_us = call.budget.map_or(0, |budget| u64::try_from(budget.as_micros()).unwrap_or(u64::MAX).max(1));
        let (trace_id, span_id) = call.trace.map_or(([0; 16], [0; 8]), |trace| (trace.trace_id, trace.span_id));
        Self { budget_us, trace_id, span_id, attempt: call.attempt, ..Self::unbounded() }
    }
}

#[cfg(test)]
mod tests;
