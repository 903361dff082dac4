//! The plugin as a host uses it.
#![expect(clippy::unwrap_used, reason = "tests; clippy knows their functions, but not those they call")]

mod deliver;
mod suite;
