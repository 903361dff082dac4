//! Every test that needs more than one crate, in one binary.
#![expect(clippy::unwrap_used, reason = "tests; clippy knows their functions, but not those they call")]

#[path = "main/conformance.rs"]
mod conformance;
#[cfg(target_os = "linux")]
#[path = "main/crash.rs"]
mod crash;
#[path = "main/crooked_code.rs"]
mod crooked_code;
#[path = "main/crooked_files.rs"]
mod crooked_files;
#[path = "main/crooked_sink.rs"]
mod crooked_sink;
#[path = "main/events.rs"]
mod events;
#[path = "main/examples.rs"]
mod examples;
#[path = "main/full.rs"]
mod full;
#[path = "main/http.rs"]
mod http;
#[path = "main/isolation.rs"]
mod isolation;
#[path = "main/kill.rs"]
mod kill;
#[path = "main/kit.rs"]
mod kit;
#[path = "main/lies.rs"]
mod lies;
#[path = "main/log.rs"]
mod log;
#[path = "main/mix.rs"]
mod mix;
#[path = "main/operations.rs"]
mod operations;
#[path = "main/outage.rs"]
mod outage;
#[path = "main/outbound.rs"]
mod outbound;
#[path = "main/plugin_test.rs"]
mod plugin_test;
#[path = "main/program.rs"]
mod program;
#[path = "main/providers.rs"]
mod providers;
#[path = "main/questions.rs"]
mod questions;
#[path = "main/redis_door.rs"]
mod redis_door;
#[path = "main/reload.rs"]
mod reload;
#[path = "main/secrets.rs"]
mod secrets;
#[path = "main/stores.rs"]
mod stores;
#[cfg(target_os = "linux")]
#[path = "main/trust.rs"]
mod trust;
#[path = "main/vendors.rs"]
mod vendors;
