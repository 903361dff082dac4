//! Complete requests, where they lie in a buffer.

/// One argument: where it lies in the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub at: usize,
    /// Length in bytes.
    pub bytes: usize,
}

impl Span {
    /// Returns the argument's bytes; empty where the span is not of this buffer.
    #[inline]
    pub fn of(self, buffer: &[u8]) -> &[u8] {
        buffer.get(self.at..self.at.saturating_add(self.bytes)).unwrap_or_default()
    }
}

/// Complete requests of a buffer.
#[derive(Debug, Clone, Copy)]
pub struct Requests<'a> {
    buffer: &'a [u8],
    spans: &'a [Span],
    ends: &'a [usize],
    /// Where the arguments of the first one begin.
    start: usize,
}

impl<'a> Requests<'a> {
    /// Returns requests over a buffer: all arguments, and behind which of them each request ends.
    pub const fn new(buffer: &'a [u8], spans: &'a [Span], ends: &'a [usize]) -> Self {
        Self { buffer, spans, ends, start: 0 }
    }

    /// Returns how many there are.
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Tells whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns those behind the first `done`.
    #[must_use]
    pub fn after(self, done: usize) -> Self {
        let start = done.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(self.start);
        Self { ends: self.ends.get(done..).unwrap_or_default(), start, ..self }
    }

    /// Returns one of them, by its number from zero.
    #[inline]
    pub fn get(&self, number: usize) -> Option<Arguments<'a>> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(self.start);
        Some(Arguments { buffer: self.buffer, spans: self.spans.get(start..end)? })
    }
}

/// The words of one request, the command's name first.
#[derive(Debug, Clone, Copy)]
pub struct Arguments<'a> {
    buffer: &'a [u8],
    spans: &'a [Span],
}

impl<'a> Arguments<'a> {
    /// Returns how many words there are.
    #[inline]
    pub const fn len(&self) -> usize {
        self.spans.len()
    }

    /// Tells whether there are none, which no request has.
    pub const fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Returns a word; empty where there is none.
    #[inline]
    pub fn get(&self, at: usize) -> &'a [u8] {
        self.spans.get(at).map_or(&[], |span| span.of(self.buffer))
    }

    /// Returns the words from this one on.
    pub fn from(&self, at: usize) -> impl ExactSizeIterator<Item = &'a [u8]> + use<'a> {
        let buffer = self.buffer;
        self.spans.get(at..).unwrap_or_default().iter().map(move |span| span.of(buffer))
    }
}
