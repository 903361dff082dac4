//! The token that the listeners ask for.

use std::net::SocketAddr;

use serde_json::{Value as Json, json};

use super::Section;
use crate::config::key::{Found, Key, Preset, Reader};
use crate::config::reference::{self, Reference};
use crate::config::show::{Row, Shown};
use crate::config::tree::{Node, Value};
use crate::config::value::{Fault, Setting};
use crate::config::{Kind, Secret, codes};
use crate::diagnostic::{Diagnostic, Diagnostics, Origin};

/// Who may talk to the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auth {
    /// The token that every request must carry; `None` only while every listener is on loopback.
    pub token: Option<Secret>,
}

pub(in crate::config) const SECTION: Section =
    Section { title: "auth", about: "One token for the data doors and the control listener.", keys: &[&TOKEN] };

/// Shortest token: 16 random characters are beyond guessing over a network.
const TOKEN_BYTES_MIN: usize = 16;

const TOKEN: Key<Option<Token>> = Key {
    path: "auth.token",
    env: Some("OUTRIGGER_TOKEN"),
    default: Preset::Absent(|| None, "none: requests on loopback carry no token"),
    bounds: None,
    doc: "Where the token comes from: `{ env = \"NAME\" }` or `{ file = \"path\" }`, never the token itself, because \
          this file is committed. At least 16 visible ASCII characters, so that it can't be guessed and fits into \
          a header. Required as soon as a listener is not on loopback.",
};

/// Where the token is.
#[derive(Clone)]
enum Token {
    /// It is the text of the variable itself.
    Itself(Secret),
    /// It is where the reference points.
    Elsewhere(Reference),
}

impl Setting for Token {
    const EXPECTS: &'static str = "a reference `{ env = \"NAME\" }` or `{ file = \"path\" }`";
    const SECRET: bool = true;

    fn from_node(node: &Node) -> Result<Self, Fault> {
        if let Some(reference) = Reference::from_node(node) {
            return Ok(Self::Elsewhere(reference));
        }
        Err(match node.value {
            Value::Text(_) => Fault::new(format!("must be {}, not the token itself", Self::EXPECTS)),
            _ => Fault::expected(Self::EXPECTS, node),
        })
    }

    fn from_text(text: &str) -> Result<Self, Fault> {
        Ok(Self::Itself(Secret::new(text.trim())))
    }

    fn show(&self) -> String {
        match self {
            Self::Itself(_) => "set".to_owned(),
            Self::Elsewhere(reference) => reference.show(),
        }
    }

    fn schema() -> Json {
        json!({ "$ref": "#/$defs/reference" })
    }
}

/// Reads the section.
pub(in crate::config) fn read(reader: &mut Reader<'_>, base: &std::path::Path) -> Auth {
    let Found { value: Some(value), origin } = reader.read_quietly(&TOKEN, Kind::Cache) else {
        let row = Row { path: TOKEN.path.to_owned(), value: Shown::SecretMissing, origin: Origin::Default };
        reader.rows.push(row);
        return Auth { token: None };
    };
    let (token, origin) = match value {
        Token::Itself(secret) => (Some(secret), origin),
        Token::Elsewhere(target) => {
            match reference::resolve(&target, &origin, base, reader.environment, "`auth.token`", reader.found) {
                Some((text, origin)) => (Some(Secret::new(text.trim())), origin),
                None => (None, origin),
            }
        }
    };
    let shown = if token.is_some() { Shown::SecretSet } else { Shown::SecretMissing };
    reader.rows.push(Row { path: TOKEN.path.to_owned(), value: shown, origin: origin.clone() });
    let fits = |secret: &Secret| {
        secret.expose().len() >= TOKEN_BYTES_MIN && secret.expose().bytes().all(|byte| byte.is_ascii_graphic())
    };
    if let Some(token) = &token
        && !fits(token)
    {
        let message =
            format!("`auth.token` must be at least {TOKEN_BYTES_MIN} visible ASCII characters without blanks");
        let help = "generate one, for example with `openssl rand -hex 32`";
        reader.found.push(Diagnostic::error(codes::VALUE_INVALID, message).at(&origin).help(help));
    }
    Auth { token }
}

/// Refuses listeners that other machines reach without a token.
pub(in crate::config) fn check(token_given: bool, listeners: &[(&str, SocketAddr, Origin)], found: &mut Diagnostics) {
    if token_given {
        return;
    }
    for (path, address, origin) in listeners.iter().filter(|(_, address, _)| !address.ip().is_loopback()) {
        let message = format!("`{path}` is {address}, which other machines can reach, and no token protects it");
        found.push(
            Diagnostic::error(codes::TOKEN_MISSING, message)
                .at(origin)
                .help("set OUTRIGGER_TOKEN, or `[auth] token = { env = \"NAME\" }`, or listen on 127.0.0.1")
                .docs("docs/reference/configuration.md#auth")
                .plain(),
        );
    }
}

/// Returns whether anything claims to give a token, even one that turned out to be wrong.
pub(in crate::config) fn is_given(reader: &Reader<'_>) -> bool {
    let written = reader.table.is_some_and(|table| crate::config::key::descend(table, TOKEN.path).is_some());
    written || TOKEN.env.is_some_and(|name| reader.environment.is_set(name))
}
