//! Each provider that speaks HTTP, loaded, against its vendor's rules.

#[path = "vendors/amplitude.rs"]
mod amplitude;
#[path = "vendors/plausible.rs"]
mod plausible;
