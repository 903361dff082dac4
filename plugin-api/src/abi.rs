//! The frozen layer: the exact types and tables that cross between host and plugin.
//!
//! Everything here is `repr(C)` and never changes shape (`docs/abi.md` says what may be added and where).
//! Only the host and [`crate::export`] name these types; authors write against [`crate::sdk`].
//! A value that arrives through this layer is an allegation: lengths, text and codes are checked by whoever
//! receives it, before use.

pub mod blob;
pub mod cache;
pub mod call;
pub mod error;
pub mod http;
pub mod life;
pub mod outcome;
pub mod root;
pub mod services;
pub mod sink;
pub mod wire;

pub use abi_stable::{
    self,
    std_types::{RBox, RResult, RSlice, RStr, RVec},
};
pub use async_ffi::{self, FfiFuture};

pub use blob::Blob;
pub use cache::{Cache, Cache_TO, CacheBox, GroupView, OpView, ReplyView, ScanPageView, SizeView, WatchView, read};
pub use call::CallView;
pub use error::{AbiError, ErrorCode, Res};
pub use http::{HttpReplyView, HttpRequestView};
pub use life::{HealthView, Life, Life_TO, LifeBox};
pub use outcome::Outcome;
pub use root::{BuiltCache, BuiltSink, InstanceView, PluginRoot, PluginRoot_Ref};
pub use services::{HostServices, HostServices_Ref, LogView};
pub use sink::{CHECKED, RecordView, Sink, Sink_TO, SinkBox, VerdictView};

#[cfg(test)]
mod tests;
