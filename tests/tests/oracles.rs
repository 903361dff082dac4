//! Tests that need another's implementation as judge, in one binary: `cargo xtask test --oracles` installs them first.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests; clippy knows their functions, but not those they call"
)]

#[path = "oracles/clickhouse.rs"]
mod clickhouse;
#[path = "oracles/installed.rs"]
mod installed;
#[path = "oracles/otlp.rs"]
mod otlp;
#[path = "oracles/redis_clients.rs"]
mod redis_clients;
#[path = "oracles/sentry.rs"]
mod sentry;
