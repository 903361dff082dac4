//! Sentry: what its own normalizer of events says of ours, and what a server that speaks its protocol shows.

#[path = "sentry/bugsink.rs"]
mod bugsink;
#[path = "sentry/normalizer.rs"]
mod normalizer;
