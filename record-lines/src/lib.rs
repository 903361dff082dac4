//! Monitoring records as JSON lines, files that turn over when they are full, and the thread that writes.
//!
//! Shared by the providers that write lines, so that a half-written line, a full disk and a pipe that stands still end the
//! same way in each.

mod json;
mod lines;
mod rotating;
mod writer;

pub use json::{is_active, push};
pub use lines::{Lines, Output, Stopped, write_all};
pub use rotating::{Rotating, Sync};
pub use writer::Writer;
