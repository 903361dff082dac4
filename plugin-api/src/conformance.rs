//! The suites that every provider of a kind must pass, in-process and as a loaded library.
//!
//! Behind the feature `conformance`, for tests only: the semantics that `sdk` documents, as programs.

pub mod cache;
mod report;

pub use report::{Report, Verdict};

#[cfg(test)]
mod tests;
