//! Tests that need another's implementation as judge, in one binary: `cargo xtask test --oracles` installs them first.
#![expect(clippy::expect_used, reason = "tests; clippy knows their functions, but not those they call")]

#[path = "oracles/installed.rs"]
mod installed;
