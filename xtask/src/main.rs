//! Builds, checks and measures Outrigger.

fn main() {}
