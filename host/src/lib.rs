//! Outrigger: carries an app's cache, monitoring and analytics calls to provider plugins.

mod access;
pub mod admin;
pub mod analytics;
pub mod cache;
pub mod call;
pub mod clock;
pub mod codes;
pub mod commands;
pub mod config;
pub mod conformance;
pub mod crash;
pub mod deliver;
pub mod diagnostic;
pub mod door;
pub mod event;
mod host;
pub mod journal;
pub mod monitoring;
pub mod observe;
mod outbound;
mod platform;
pub mod plugin;
mod problem;
mod replace;
pub mod resp;

pub use host::{
    Changes, Host, ProviderChange, ProviderStatus, Readiness, Refusal, ReloadError, StartError, ValueChange, configure,
};
pub mod operations;
pub mod serve;
pub mod shutdown;
pub mod sidecar;

pub use outrigger_plugin_api::{self as plugin_api, manifest};
