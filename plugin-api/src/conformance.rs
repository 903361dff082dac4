//! Suites that say what every provider of a kind has to do, run over the real plugin by its own tests.

pub mod sink;
