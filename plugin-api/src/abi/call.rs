//! What every call carries beside its arguments.

use abi_stable::StableAbi;

/// The frame of one call: time left, trace, attempt. Valid for the duration of the call only.
#[repr(C)]
#[derive(StableAbi, Clone, Copy, Debug)]
pub struct CallView {
    /// Microseconds the host will wait from now; zero = no bound. Relative, so no clock is shared.
    pub budget_us: u64,
    /// W3C trace id, all zero where there is none.
    pub trace_id: [u8; 16],
    /// W3C parent span id, all zero where there is none.
    pub span_id: [u8; 8],
    /// 1 on the first try.
    pub attempt: u32,
    /// Zero; ignored by readers of this version.
    pub flags: u32,
    /// Zero; ignored by readers of this version.
    pub reserved: [u64; 2],
}

impl CallView {
    /// Returns a first attempt without bound or trace.
    pub const fn unbounded() -> Self {
        Self { budget_us: 0, trace_id: [0; 16], span_id: [0; 8], attempt: 1, flags: 0, reserved: [0; 2] }
    }
}
