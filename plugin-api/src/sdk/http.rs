//! HTTP that the host runs for a provider: one pooled client for all, with TLS, time-outs and an allow-list.
//!
//! A provider that speaks only HTTP needs no runtime ([`RunOn::Caller`](super::RunOn::Caller)), no TLS and no client of
//! its own, so its library stays small, and it can reach nothing but the addresses that its settings name. Mark these
//! in the settings type:
//!
//! ```
//! # use schemars::JsonSchema; use serde::Deserialize;
//! #[derive(Deserialize, JsonSchema)]
//! #[serde(default, rename_all = "kebab-case")]
//! struct Settings {
//!     /// The setting is a URL: its scheme, host and port may be reached.
//!     #[schemars(extend("x-egress" = true))]
//!     url: String,
//!     /// The setting is a part of URLs: `{}` stands for its value.
//!     #[schemars(extend("x-egress" = ["https://api.{}", "https://intake.{}"]))]
//!     site: String,
//! }
//! # impl Default for Settings { fn default() -> Self { Self { url: String::new(), site: String::new() } } }
//! ```
//!
//! The mark works on settings at the top level whose value is a text or a list of texts; one that nobody set counts with
//! its default. Redirects are followed within the same origin only, and only those that keep method and body (307, 308).

mod request;
mod response;
mod url;

use std::{fmt, sync::Arc};

pub use request::{Method, Request};
pub use response::{Response, excerpt};
pub use url::check_url;

use super::{ErrorKind, ProviderError};
use crate::{
    abi::{HttpReplyView, Outcome, RResult, Res, wire},
    export::bridge,
};

/// The host's HTTP client as one provider sees it. Cheap to clone; usable from any thread.
#[derive(Clone)]
pub struct Http(Via);

/// Who answers.
#[derive(Clone)]
enum Via {
    /// The host, for this instance.
    Host(u64),
    /// A function of a test.
    Double(Double),
}

type Double = Arc<dyn Fn(Request) -> Result<Response, ProviderError> + Send + Sync>;

impl Http {
    pub(crate) const fn of(instance: u64) -> Self {
        Self(Via::Host(instance))
    }

    pub(crate) fn answered_by(
        answer: impl Fn(Request) -> Result<Response, ProviderError> + Send + Sync + 'static,
    ) -> Self {
        Self(Via::Double(Arc::new(answer)))
    }

    /// Sends the request and returns the answer, whatever its status; see [`Response::success`].
    ///
    /// Nothing is dialled before the first poll. Dropping the future ends the request; whether the backend acted on it
    /// is unknown then. The host may bound the time below what the request asks.
    ///
    /// # Errors
    /// - `unavailable`: no connection could be made, so nothing was sent; a retry can help.
    /// - `timeout`: the time was over, or the connection broke, after something may have been sent; whether the
    ///   backend acted on it is unknown.
    /// - `refused`: the address is not in the provider's allow-list, or is one that no provider may reach.
    /// - `invalid`: the method, URL or a header can't be sent.
    /// - `internal`: the answer is larger than the host's bound, or can't be read.
    /// - `unsupported`: the host is older than this service.
    pub async fn send(&self, request: Request) -> Result<Response, ProviderError> {
        let instance = match &self.0 {
            Via::Host(instance) => *instance,
            Via::Double(answer) => return answer(request),
        };
        let crossed = match hand_over(instance, request) {
            Outcome::Ready(result) => result,
            Outcome::Pending(future) => future.await,
        };
        read(crossed)
    }
}

/// Not async, so that no borrowed view lives across an await.
fn hand_over(instance: u64, request: Request) -> Outcome<HttpReplyView> {
    let (parts, body) = request.into_parts();
    bridge::http(&parts.view(instance), body.into())
}

fn read(crossed: Res<HttpReplyView>) -> Result<Response, ProviderError> {
    match crossed {
        RResult::ROk(reply) => Response::read(reply),
        RResult::RErr(error) => Err(match wire::decode_error(&error) {
            ProviderError { kind: ErrorKind::Unsupported, .. } => {
                ProviderError::unsupported("reach its backend: the host has no `http`")
            }
            error => error,
        }),
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Via::Host(_) => "Http(host)",
            Via::Double(_) => "Http(test)",
        })
    }
}

#[cfg(test)]
mod tests;
