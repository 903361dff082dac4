//! What tests of several crates share: real backends on free ports, and fakes.

pub mod redis_server;
