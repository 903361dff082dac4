//! The error as it crosses: a kind the host acts on, a text for people, a wait before the next try.

use abi_stable::{StableAbi, std_types::RResult};

use super::Blob;

/// What went wrong, as an open set of numbers: a reader treats one it does not know as [`Self::INTERNAL`].
#[repr(transparent)]
#[derive(StableAbi, Clone, Copy, PartialEq, Eq, Debug)]
pub struct ErrorCode(pub u16);

impl ErrorCode {
    /// The backend can't be reached or said it is down. A retry can help.
    pub const UNAVAILABLE: Self = Self(1);
    /// No answer within the call's budget. The outcome of a write is unknown.
    pub const TIMEOUT: Self = Self(2);
    /// The backend asks for less load. A retry after the named wait can help.
    pub const OVERLOADED: Self = Self(3);
    /// The backend understood and said no (credentials, permission, quota). A retry can't help.
    pub const REFUSED: Self = Self(4);
    /// The arguments make no sense to this provider. A retry can't help.
    pub const INVALID: Self = Self(5);
    /// Code in the plugin panicked; the text is the panic's. A retry may help.
    pub const PANICKED: Self = Self(6);
    /// A fault of the provider's own. A retry may help.
    pub const INTERNAL: Self = Self(7);
    /// The provider lacks this ability. A retry can't help.
    pub const UNSUPPORTED: Self = Self(8);
    /// The settings can't be used. A retry can't help.
    pub const SETTINGS: Self = Self(9);
}

/// An error made by one side and read by the other. `message` is a claim: read it with [`Blob::text`].
#[repr(C)]
#[derive(StableAbi, Debug)]
pub struct AbiError {
    /// What went wrong.
    pub code: ErrorCode,
    /// Unused; zero.
    pub flags: u16,
    /// Milliseconds until a retry makes sense; zero where the provider doesn't know.
    pub retry_after_ms: u32,
    /// Plain text for people, without secrets.
    pub message: Blob,
    /// Zero; ignored by readers of this version.
    pub reserved: u64,
}

impl AbiError {
    /// Returns an error with this text and no wait.
    pub fn new(code: ErrorCode, message: impl Into<Blob>) -> Self {
        Self { code, flags: 0, retry_after_ms: 0, message: message.into(), reserved: 0 }
    }

    /// Returns the answer of a slot that this plugin was built without.
    pub fn unsupported() -> Self {
        Self::new(ErrorCode::UNSUPPORTED, Blob::from_static(b"this plugin does not have the operation"))
    }

    /// Returns the answer for a method or service that the other side's table ends before: `whose` table, which method.
    pub fn lacks(whose: &str, method: &str) -> Self {
        Self::new(ErrorCode::UNSUPPORTED, format!("{whose} has no `{method}`").into_bytes())
    }
}

/// A result that crosses.
pub type Res<T> = RResult<T, AbiError>;
