//! Every test that needs more than one crate, in one binary.

#[path = "main/conformance.rs"]
mod conformance;
#[path = "main/http.rs"]
mod http;
