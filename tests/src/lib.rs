//! What tests of several crates share: hosts over real plugin libraries, real backends on free ports, and fakes.
#![expect(clippy::expect_used, clippy::panic, reason = "a harness has nobody to return an error to")]

pub mod loaded_sink;
pub mod plugins;
pub mod postgres_server;
pub mod program;
pub mod redis_server;
pub mod resp_client;
pub mod sink_subject;
pub mod test_host;
pub mod vendor;
