//! Errors across the seam.

use std::time::Duration;

use crate::abi::{AbiError, ErrorCode};
use crate::sdk::{ErrorKind, ProviderError};

/// Most bytes of an error's text that are kept: enough for a vendor's answer, too few to fill a log.
const MESSAGE_BYTES_MAX: usize = 4096;

/// Encodes an error.
pub fn encode_error(error: ProviderError) -> AbiError {
    let code = match error.kind {
        ErrorKind::Unavailable => ErrorCode::UNAVAILABLE,
        ErrorKind::Timeout => ErrorCode::TIMEOUT,
        ErrorKind::Overloaded => ErrorCode::OVERLOADED,
        ErrorKind::Refused => ErrorCode::REFUSED,
        ErrorKind::Invalid => ErrorCode::INVALID,
        ErrorKind::Panicked => ErrorCode::PANICKED,
        ErrorKind::Internal => ErrorCode::INTERNAL,
        ErrorKind::Unsupported => ErrorCode::UNSUPPORTED,
        ErrorKind::Settings => ErrorCode::SETTINGS,
    };
    let wait = error.retry_after.map_or(0, super::millis_up);
    AbiError { retry_after_ms: u32::try_from(wait).unwrap_or(u32::MAX), ..AbiError::new(code, error.message) }
}

/// Decodes an error. An unknown code is `internal`; an impossible text says so.
pub fn decode_error(error: &AbiError) -> ProviderError {
    let kind = match error.code {
        ErrorCode::UNAVAILABLE => ErrorKind::Unavailable,
        ErrorCode::TIMEOUT => ErrorKind::Timeout,
        ErrorCode::OVERLOADED => ErrorKind::Overloaded,
        ErrorCode::REFUSED => ErrorKind::Refused,
        ErrorCode::INVALID => ErrorKind::Invalid,
        ErrorCode::PANICKED => ErrorKind::Panicked,
        ErrorCode::UNSUPPORTED => ErrorKind::Unsupported,
        ErrorCode::SETTINGS => ErrorKind::Settings,
        _ => ErrorKind::Internal,
    };
    let message = error.message.bytes().map_or_else(
        || "the plugin's error text claims an impossible length".to_owned(),
        |bytes| String::from_utf8_lossy(bytes.get(..MESSAGE_BYTES_MAX).unwrap_or(bytes)).into_owned(),
    );
    let retry_after = (error.retry_after_ms != 0).then(|| Duration::from_millis(u64::from(error.retry_after_ms)));
    ProviderError { kind, message, retry_after }
}
