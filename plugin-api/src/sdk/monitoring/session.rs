//! The link to what a user's browser did, where a session recorder runs there.

use super::{Context, Event};

/// The header in which a browser's recorder sends the link with each request, where it is told to: LogRocket's.
pub const SESSION_URL_HEADER: &str = "x-logrocket-url";

/// The tag that carries the link in a record, so that every provider shows it.
pub const SESSION_URL_TAG: &str = "logrocket.session_url";

/// Longest link that is kept. Real ones have about 100 bytes; the header is anybody's.
const SESSION_URL_BYTES_MAX: usize = 1024;

impl Context {
    /// Notes the link to the user's session as the tag [`SESSION_URL_TAG`]. A tag that is there stays; what is no plain
    /// `https` address is left out, because whoever sends a request writes the header.
    pub fn note_session_url(&mut self, url: &str) {
        let url = url.trim();
        let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'"' | b'|' | b'\\');
        if url.starts_with("https://") && url.len() <= SESSION_URL_BYTES_MAX && url.bytes().all(plain) {
            self.tags.entry(SESSION_URL_TAG.to_owned()).or_insert_with(|| url.to_owned());
        }
    }

    /// Returns the link to the user's session.
    pub fn session_url(&self) -> Option<&str> {
        self.tags.get(SESSION_URL_TAG).map(String::as_str)
    }
}

impl Event {
    /// Returns the circumstances to add to them.
    pub const fn context_mut(&mut self) -> &mut Context {
        match self {
            Self::Error { context, .. }
            | Self::Event { context, .. }
            | Self::Log { context, .. }
            | Self::Span { context, .. }
            | Self::CheckIn { context, .. }
            | Self::Session { context, .. } => context,
        }
    }
}

#[cfg(test)]
mod tests;
