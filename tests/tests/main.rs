//! Every test that needs more than one crate, in one binary.

#[path = "main/conformance.rs"]
mod conformance;
#[path = "main/crooked_files.rs"]
mod crooked_files;
#[path = "main/events.rs"]
mod events;
#[path = "main/outage.rs"]
mod outage;
#[path = "main/secrets.rs"]
mod secrets;
