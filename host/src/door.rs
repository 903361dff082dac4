//! Where calls come in. Doors never name a provider or each other.

pub mod cli;
pub mod http;
pub mod redis;
pub mod upstash;
