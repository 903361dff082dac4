//! Stub.
#![allow(missing_docs)]
pub use outrigger_plugin_api::manifest::Kind;
use std::{path::PathBuf, time::Duration};
#[derive(Debug, Clone)]
pub struct Breaker {
    pub failures: u32,
    pub open_for: Duration,
}
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    pub name: String,
    pub kind: Kind,
    pub plugin: String,
    pub file: PathBuf,
    pub required: bool,
    pub settings: serde_json::Value,
    pub timeout: Duration,
    pub start_timeout: Duration,
    pub concurrency: usize,
    pub breaker: Breaker,
}
#[derive(Debug, Clone, Copy)]
pub enum LogFormat {
    Auto,
    Human,
    Json,
}
#[derive(Debug, Clone)]
pub struct LogConfig {
    pub level: tracing::level_filters::LevelFilter,
    pub format: LogFormat,
}
#[derive(Debug, Clone)]
pub struct Shutdown {
    pub grace: Duration,
}
#[derive(Debug, Clone)]
pub struct Store {
    pub dir: PathBuf,
}
#[derive(Debug, Clone)]
pub struct Config {
    pub providers: Vec<ProviderConfig>,
    pub shutdown: Shutdown,
    pub store: Store,
}
