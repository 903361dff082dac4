//! Tests that need another's implementation as judge, in one binary: `cargo xtask test --oracles` installs them first.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests; clippy knows their functions, but not those they call; an oracle's log is shown where a test fails"
)]

#[path = "oracles/clickhouse.rs"]
mod clickhouse;
#[path = "oracles/datadog.rs"]
mod datadog;
#[path = "oracles/installed.rs"]
mod installed;
#[path = "oracles/otlp.rs"]
mod otlp;
#[path = "oracles/redis_clients.rs"]
mod redis_clients;
#[path = "oracles/sample.rs"]
mod sample;
#[path = "oracles/sentry.rs"]
mod sentry;
#[path = "oracles/upstash.rs"]
mod upstash;
