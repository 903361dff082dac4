//! A cache's operations as Redis commands, and Redis' replies as a cache's.
//!
//! Shared by the providers that end in a Redis, whatever carries the commands there, so that their answers can't
//! differ. Pure: nothing here does input or output.

mod answer;
mod decode;
mod encode;
mod failure;
mod group;
mod keyspace;
mod script;
mod words;

pub use answer::Answer;
pub use decode::{decode, integer, scan_page, unexpected};
pub use encode::{Command, encode};
pub use failure::{from_code, split};
pub use group::{group, group_results, keys_of};
pub use keyspace::Keyspace;
pub use script::{Body, group_script};
pub use words::{List, Words};
