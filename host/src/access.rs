//! Decides who may speak to a listener: holders of the token, or, where none is set, anybody on this machine but a web
//! page.

use http::{HeaderMap, StatusCode, header};
use sha2::{Digest, Sha256};

use crate::{config::Secret, door::http::Problem};

/// What requests are compared with.
#[derive(Debug, Clone)]
pub struct Access {
    /// Of the token only its digest is kept: comparing digests takes the same time wherever two tokens differ.
    token_digest: Option<[u8; 32]>,
}

impl Access {
    /// Returns the access that this token gives.
    pub fn new(token: Option<&Secret>) -> Self {
        Self { token_digest: token.map(|token| Sha256::digest(token.expose()).into()) }
    }

    /// Lets a request pass by its headers.
    ///
    /// # Errors
    /// `http.origin_refused` or `http.unauthorized`.
    pub fn admit(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(expected) = self.token_digest else {
            // Any web page can send requests to a loopback port; it can't help sending its Origin with them.
            return if headers.contains_key(header::ORIGIN) {
                let detail = "requests from web pages need a token; set [auth] token and send it";
                Err(Problem::new(StatusCode::FORBIDDEN, "http.origin_refused", detail))
            } else {
                Ok(())
            };
        };
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        match given {
            Some(given) if <[u8; 32]>::from(Sha256::digest(given)) == expected => Ok(()),
            Some(_) => Err(unauthorized("the token is not the one set as [auth] token")),
            None => Err(unauthorized("a token is needed: send `Authorization: Bearer …`")),
        }
    }
}

fn unauthorized(detail: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "http.unauthorized", detail)
}
