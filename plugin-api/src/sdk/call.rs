//! What every call carries: the time left, the trace it belongs to, the attempt.

use std::time::{Duration, Instant};

/// W3C trace context of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    /// Trace id.
    pub trace_id: [u8; 16],
    /// The span that made this call.
    pub span_id: [u8; 8],
}

/// The frame of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// How long the host will wait, from the moment the call arrived; `None` = no bound.
    /// The host drops the call's future at that moment, so this only serves to set backend time-outs.
    pub budget: Option<Duration>,
    /// The trace, where the caller has one.
    pub trace: Option<Trace>,
    /// 1 on the first try.
    pub attempt: u32,
}

impl Call {
    /// Returns a first attempt without bound or trace.
    pub const fn unbounded() -> Self {
        Self { budget: None, trace: None, attempt: 1 }
    }

    /// Returns a first attempt that must answer within `budget`.
    pub const fn within(budget: Duration) -> Self {
        Self { budget: Some(budget), trace: None, attempt: 1 }
    }

    /// Begins to count the budget down. Asked for first thing in a call, because the budget runs from there.
    pub fn countdown(&self) -> Countdown {
        let end = self.budget.and_then(|budget| Instant::now().checked_add(budget.saturating_sub(budget / 10)));
        Countdown { end }
    }
}

/// What is left of a call's budget, less a tenth of it: the host drops the call at the budget's end, and what was
/// known by then is lost, so the answer has to be on its way before.
#[derive(Debug, Clone, Copy)]
pub struct Countdown {
    end: Option<Instant>,
}

impl Countdown {
    /// Returns what is left, zero once it is over; `None` = no bound. It fits
    /// [`Request::timeout`](super::http::Request::timeout).
    pub fn left(&self) -> Option<Duration> {
        Some(self.end?.saturating_duration_since(Instant::now()))
    }

    /// Tells whether nothing more is to be begun.
    pub fn is_over(&self) -> bool {
        self.left() == Some(Duration::ZERO)
    }
}

#[cfg(test)]
mod tests;
