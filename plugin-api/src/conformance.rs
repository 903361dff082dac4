//! Suites that say what every provider of a kind has to do, in-process and as a loaded library.
//!
//! Behind the feature `conformance`, for tests only: the semantics that `sdk` documents, as programs.

pub mod cache;
mod report;
pub mod sink;

pub use report::{Progress, Report, Verdict, Watch};

#[cfg(test)]
mod tests;
