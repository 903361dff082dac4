//! The Redis serialization protocol, versions 2 and 3: requests in, replies out. Pure: knows no socket and no command.
//!
//! Texts and bounds are those of Redis 7 (`networking.c`, `server.h`), because clients compare them.

mod inline;
mod number;
mod parse;
mod reply;
mod request;

pub use number::{float, integer};
pub use parse::{Bounds, Broken, Parser};
pub use reply::{Replies, Version};
pub use request::{Arguments, Requests, Span};
