//! Turns an author's provider into the exported table: [`export_plugin!`](crate::export_plugin) and what it calls.
//!
//! Every way into the plugin (call, poll, drop) passes the guard: a panic becomes an error of kind `panicked`
//! here, because one that reached the seam would end the host.

pub mod bridge;
mod cache;
mod drive;
mod guard;
mod instance;
mod life;
mod macros;
pub mod schema;
mod sink;
mod table;

pub use cache::start_cache;
pub use instance::check_settings;
pub use sink::start_sink;
pub use table::{LibHeader, Plugin, header};

#[cfg(test)]
mod tests;
