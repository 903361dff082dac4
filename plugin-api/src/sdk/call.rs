//! What every call carries: the time left, the trace it belongs to, the attempt.

use std::time::Duration;

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
}
