//! Verdicts across the seam.

use std::time::Duration;

use crate::abi::{Blob, VerdictView};
use crate::sdk::sink::Verdict;

const DELIVERED: u16 = 1;
const ACCEPTED_UNVERIFIED: u16 = 2;
const RETRY: u16 = 3;
const REJECTED: u16 = 4;
const DROPPED_BY_VENDOR: u16 = 5;
const UNSUPPORTED: u16 = 6;
const AMBIGUOUS: u16 = 7;

/// Encodes a verdict.
pub fn encode_verdict(verdict: Verdict) -> VerdictView {
    let (code, wait, reason) = match verdict {
        Verdict::Delivered => (DELIVERED, None, Blob::empty()),
        Verdict::AcceptedUnverified => (ACCEPTED_UNVERIFIED, None, Blob::empty()),
        Verdict::Retry { after, reason } => (RETRY, after, reason.into()),
        Verdict::Rejected(reason) => (REJECTED, None, reason.into()),
        Verdict::DroppedByVendor(reason) => (DROPPED_BY_VENDOR, None, reason.into()),
        Verdict::Unsupported => (UNSUPPORTED, None, Blob::empty()),
        Verdict::Ambiguous(reason) => (AMBIGUOUS, None, reason.into()),
    };
    let wait = wait.map_or(0, super::millis_up);
    VerdictView { code, flags: 0, retry_after_ms: u32::try_from(wait).unwrap_or(u32::MAX), reason }
}

/// Decodes a verdict; a code of a later version is a retry that says so, so that nothing counts as delivered by mistake.
pub fn decode_verdict(view: &VerdictView) -> Verdict {
    let reason = || {
        view.reason
            .text()
            .map_or_else(|| "the plugin's reason claims an impossible length".to_owned(), std::borrow::Cow::into_owned)
    };
    let after = || (view.retry_after_ms != 0).then(|| Duration::from_millis(u64::from(view.retry_after_ms)));
    match view.code {
        DELIVERED => Verdict::Delivered,
        ACCEPTED_UNVERIFIED => Verdict::AcceptedUnverified,
        RETRY => Verdict::Retry { after: after(), reason: reason() },
        REJECTED => Verdict::Rejected(reason()),
        DROPPED_BY_VENDOR => Verdict::DroppedByVendor(reason()),
        UNSUPPORTED => Verdict::Unsupported,
        AMBIGUOUS => Verdict::Ambiguous(reason()),
        other => Verdict::Retry {
            after: after(),
            reason: format!("the plugin answered with verdict {other}, which is unknown"),
        },
    }
}
