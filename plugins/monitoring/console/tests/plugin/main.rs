//! The plugin as a host uses it, in one binary.
#![expect(clippy::unwrap_used, reason = "a failure ends the test")]

mod deliver;
mod suite;
