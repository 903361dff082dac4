//! Each provider that speaks HTTP, loaded, against its vendor's rules.

#[path = "vendors/plausible.rs"]
mod plausible;
