//! Reads requests where they lie in a connection's buffer: arguments are spans of it, nothing is copied.
//!
//! A request that is not complete yet is resumed where it stopped, so that a client that trickles a large one costs no
//! more than one that sends it whole.

use super::{Requests, Span, inline, number};

/// Longest inline request, and longest line that announces a count: `PROTO_INLINE_MAX_SIZE`.
const LINE_BYTES_MAX: usize = 64 << 10;
/// Most arguments of one request, as Redis: `INT_MAX`. What they hold together is bounded by the buffer.
const ARGUMENTS_MAX: i64 = i32::MAX as i64;
/// Most arguments of a client that has not authenticated.
const ARGUMENTS_MAX_BEFORE_AUTH: i64 = 10;
/// Longest argument of a client that has not authenticated.
const BULK_BYTES_MAX_BEFORE_AUTH: i64 = 16 << 10;

/// What a request may be.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Longest argument, in bytes.
    pub bulk_bytes_max: usize,
    /// Whether the client still has to authenticate: then Redis' tighter bounds hold.
    pub before_auth: bool,
}

/// A request that breaks the protocol. The reply is sent and the connection ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken(pub std::borrow::Cow<'static, str>);

impl Broken {
    const fn text(text: &'static str) -> Self {
        Self(std::borrow::Cow::Borrowed(text))
    }
}

/// Where reading stands.
#[derive(Debug, Clone, Copy, Default)]
enum Stage {
    /// Before a request.
    #[default]
    Start,
    /// This many arguments of a request are to come.
    Arguments(i64),
    /// An argument of this length is to come, then this many.
    Bulk(usize, i64),
}

/// Reads one connection's requests.
#[derive(Debug, Default)]
pub struct Parser {
    stage: Stage,
    at: usize,
    spans: Vec<Span>,
    /// Behind which argument each complete request ends.
    ends: Vec<usize>,
}

impl Parser {
    /// Reads requests up to the end of the buffer, at most `most`. The buffer begins where it began at the last call,
    /// with more bytes at its end. Inline requests are unquoted in place.
    ///
    /// # Errors
    /// [`Broken`]: the requests before it are complete, nothing after it can be read.
    pub fn read(&mut self, buffer: &mut [u8], bounds: Bounds, most: usize) -> Result<(), Broken> {
        while self.ends.len() < most && self.next(buffer, bounds)? {}
        Ok(())
    }

    /// Reads one request, with arguments or without any, which gets no reply. `false` where more bytes are needed.
    fn next(&mut self, buffer: &mut [u8], bounds: Bounds) -> Result<bool, Broken> {
        loop {
            self.stage = match self.stage {
                Stage::Start => match buffer.get(self.at) {
                    None => return Ok(false),
                    Some(b'*') => {
                        let Some(count) = self.count(buffer, bounds)? else { return Ok(false) };
                        if count <= 0 {
                            return Ok(true);
                        }
                        Stage::Arguments(count)
                    }
                    Some(_) => return self.inline(buffer),
                },
                Stage::Arguments(0) => {
                    self.stage = Stage::Start;
                    self.ends.push(self.spans.len());
                    return Ok(true);
                }
                Stage::Arguments(left) => {
                    let Some(bytes) = self.length(buffer, bounds)? else { return Ok(false) };
                    Stage::Bulk(bytes, left - 1)
                }
                Stage::Bulk(bytes, left) => {
                    // Redis too passes over the two bytes behind an argument without looking at them.
                    if buffer.len() - self.at < bytes + 2 {
                        return Ok(false);
                    }
                    self.spans.push(Span { at: self.at, bytes });
                    self.at += bytes + 2;
                    Stage::Arguments(left)
                }
            };
        }
    }

    /// Returns the complete requests.
    pub fn requests<'a>(&'a self, buffer: &'a [u8]) -> Requests<'a> {
        Requests::new(buffer, &self.spans, &self.ends)
    }

    /// Returns where what comes behind the complete requests would be read.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Returns how many bytes the buffer must have for an announced argument to be complete.
    pub fn wanted(&self) -> usize {
        match self.stage {
            Stage::Bulk(bytes, _) => self.at + bytes + 2,
            _ => self.at + 1,
        }
    }

    /// Forgets the complete requests and returns how many bytes they took, which the caller cuts off the front of the
    /// buffer.
    pub fn forget(&mut self) -> usize {
        let complete = self.ends.last().copied().unwrap_or_default();
        self.ends.clear();
        if matches!(self.stage, Stage::Start) {
            self.spans.clear();
            return std::mem::take(&mut self.at);
        }
        // The request that is being read stays; the one before it ended where this one's header began.
        self.spans.drain(..complete);
        let gone = self.begin();
        self.at -= gone;
        self.spans.iter_mut().for_each(|span| span.at -= gone);
        gone
    }

    /// Where the bytes that the request being read still needs begin.
    fn begin(&self) -> usize {
        self.spans.first().map_or(self.at, |span| span.at)
    }

    /// Reads `*<count>`.
    fn count(&mut self, buffer: &[u8], bounds: Bounds) -> Result<Option<i64>, Broken> {
        let Some(line) = self.line(buffer, "Protocol error: too big mbulk count string")? else { return Ok(None) };
        let count = number::integer(line.of(buffer)).filter(|count| *count <= ARGUMENTS_MAX);
        let count = count.ok_or(Broken::text("Protocol error: invalid multibulk length"))?;
        if bounds.before_auth && count > ARGUMENTS_MAX_BEFORE_AUTH {
            return Err(Broken::text("Protocol error: unauthenticated multibulk length"));
        }
        Ok(Some(count))
    }

    /// Reads `$<length>`.
    fn length(&mut self, buffer: &[u8], bounds: Bounds) -> Result<Option<usize>, Broken> {
        let at = self.at;
        let Some(line) = self.line(buffer, "Protocol error: too big bulk count string")? else { return Ok(None) };
        let kind = buffer.get(at).copied().unwrap_or_default();
        if kind != b'$' {
            return Err(Broken(format!("Protocol error: expected '$', got '{}'", printable(kind)).into()));
        }
        let length = number::integer(line.of(buffer)).filter(|length| *length >= 0);
        let length = length.ok_or(Broken::text("Protocol error: invalid bulk length"))?;
        if bounds.before_auth && length > BULK_BYTES_MAX_BEFORE_AUTH {
            return Err(Broken::text("Protocol error: unauthenticated bulk length"));
        }
        let bytes = usize::try_from(length).ok().filter(|bytes| *bytes <= bounds.bulk_bytes_max);
        bytes.map(Some).ok_or(Broken::text("Protocol error: invalid bulk length"))
    }

    /// Returns what stands between the first byte and the end of the line, and passes over it.
    fn line(&mut self, buffer: &[u8], too_long: &'static str) -> Result<Option<Span>, Broken> {
        let rest = buffer.get(self.at..).unwrap_or_default();
        let Some(end) = rest.iter().take(LINE_BYTES_MAX + 1).position(|byte| *byte == b'\r') else {
            return if rest.len() > LINE_BYTES_MAX { Err(Broken::text(too_long)) } else { Ok(None) };
        };
        if rest.len() < end + 2 {
            return Ok(None);
        }
        let line = Span { at: self.at + 1, bytes: end.saturating_sub(1) };
        self.at += end + 2;
        Ok(Some(line))
    }

    fn inline(&mut self, buffer: &mut [u8]) -> Result<bool, Broken> {
        let rest = buffer.get_mut(self.at..).unwrap_or_default();
        let Some(end) = rest.iter().take(LINE_BYTES_MAX + 1).position(|byte| *byte == b'\n') else {
            return if rest.len() > LINE_BYTES_MAX {
                Err(Broken::text("Protocol error: too big inline request"))
            } else {
                Ok(false)
            };
        };
        let at = self.at;
        let (line, _) = rest.split_at_mut(end);
        let before = self.spans.len();
        let found = inline::split(line, |start, bytes| self.spans.push(Span { at: at + start, bytes }));
        found.map_err(|inline::Unbalanced| Broken::text("Protocol error: unbalanced quotes in request"))?;
        self.at += end + 1;
        if self.spans.len() > before {
            self.ends.push(self.spans.len());
        }
        Ok(true)
    }
}

/// A byte as it may stand in an error: a line's end would be another reply's beginning.
const fn printable(byte: u8) -> char {
    if matches!(byte, b'\r' | b'\n') { ' ' } else { byte as char }
}

#[cfg(test)]
mod tests;
