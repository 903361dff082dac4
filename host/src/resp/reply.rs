//! Writes replies one behind the other, ready for a socket: short ones into one buffer, long values as they are.

use std::io::IoSlice;

use outrigger_plugin_api::sdk::cache::Value;

/// Values from this length on are sent from where they lie: copying 16 KiB costs about what one more piece of a
/// gathered write does (1 µs).
const COPIED_BYTES_MAX: usize = 16 << 10;

/// The protocol a client chose by HELLO.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Version {
    /// RESP2.
    #[default]
    Two,
    /// RESP3, with types of its own for maps, null and more.
    Three,
}

/// Replies in order.
#[derive(Debug, Default)]
pub struct Replies {
    /// Which protocol the next reply is in.
    pub version: Version,
    text: Vec<u8>,
    /// Long values with the length of `text` before each.
    values: Vec<(usize, Value)>,
    value_bytes: usize,
}

impl Replies {
    /// Writes a status, such as OK.
    pub fn status(&mut self, text: &str) {
        self.line(b'+', text.as_bytes());
    }

    /// Writes an error: its code, such as ERR, and text. What would end the line is replaced.
    pub fn error(&mut self, text: &str) {
        self.text.push(b'-');
        self.text.extend(text.bytes().map(|byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { byte }));
        self.end();
    }

    /// Writes a number.
    #[inline]
    pub fn integer(&mut self, number: i64) {
        self.head(b':', number);
    }

    /// Writes a number of things.
    pub fn count(&mut self, number: usize) {
        self.integer(i64::try_from(number).unwrap_or(i64::MAX));
    }

    /// Writes bytes.
    #[inline]
    pub fn bulk(&mut self, bytes: &[u8]) {
        self.head(b'$', i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        self.text.extend_from_slice(bytes);
        self.end();
    }

    /// Writes a value, without copying a long one.
    #[inline]
    pub fn value(&mut self, value: Value) {
        let bytes = value.as_ref().len();
        if bytes <= COPIED_BYTES_MAX {
            return self.bulk(value.as_ref());
        }
        self.head(b'$', i64::try_from(bytes).unwrap_or(i64::MAX));
        self.value_bytes = self.value_bytes.saturating_add(bytes);
        self.values.push((self.text.len(), value));
        self.end();
    }

    /// Writes a text for people, of several lines.
    pub fn verbatim(&mut self, text: &str) {
        match self.version {
            Version::Two => self.bulk(text.as_bytes()),
            Version::Three => {
                self.head(b'=', i64::try_from(text.len() + 4).unwrap_or(i64::MAX));
                self.text.extend_from_slice(b"txt:");
                self.text.extend_from_slice(text.as_bytes());
                self.end();
            }
        }
    }

    /// Writes that there is nothing, where bytes were asked for.
    #[inline]
    pub fn null(&mut self) {
        self.text.extend_from_slice(match self.version {
            Version::Two => b"$-1\r\n",
            Version::Three => b"_\r\n",
        });
    }

    /// Writes that there is nothing, where a list was asked for.
    pub fn null_list(&mut self) {
        self.text.extend_from_slice(match self.version {
            Version::Two => b"*-1\r\n",
            Version::Three => b"_\r\n",
        });
    }

    /// Begins a list of this many replies.
    pub fn list(&mut self, count: usize) {
        self.head(b'*', i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Begins a set of this many replies; a list in RESP2.
    pub fn set(&mut self, count: usize) {
        let kind = if self.version == Version::Three { b'~' } else { b'*' };
        self.head(kind, i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Begins a map of this many pairs; a list in RESP2.
    pub fn map(&mut self, pairs: usize) {
        match self.version {
            Version::Two => self.list(pairs.saturating_mul(2)),
            Version::Three => self.head(b'%', i64::try_from(pairs).unwrap_or(i64::MAX)),
        }
    }

    /// Returns how many bytes wait to be sent.
    pub fn bytes(&self) -> usize {
        self.text.len().saturating_add(self.value_bytes)
    }

    /// Tells whether nothing waits to be sent.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Takes back what was written after `mark`, a former [`Self::mark`].
    pub fn cut(&mut self, mark: usize) {
        self.text.truncate(mark);
        while let Some((_, value)) = self.values.pop_if(|(at, _)| *at > mark) {
            self.value_bytes = self.value_bytes.saturating_sub(value.as_ref().len());
        }
    }

    /// Returns a place to which [`Self::cut`] returns.
    pub fn mark(&self) -> usize {
        self.text.len()
    }

    /// Gathers what is behind the first `sent` bytes, as many pieces as `pieces` has room for; returns how many.
    pub fn gather<'a>(&'a self, mut sent: usize, pieces: &mut [IoSlice<'a>]) -> usize {
        let ends = self.values.iter().map(|(at, value)| (*at, value.as_ref()));
        let mut parts = Vec::with_capacity(2 * self.values.len() + 1);
        let mut from = 0;
        for (at, value) in ends {
            parts.push(self.text.get(from..at).unwrap_or_default());
            parts.push(value);
            from = at;
        }
        parts.push(self.text.get(from..).unwrap_or_default());
        let mut used = 0;
        for part in parts {
            let skipped = sent.min(part.len());
            sent -= skipped;
            let (Some(rest), Some(piece)) = (part.get(skipped..).filter(|rest| !rest.is_empty()), pieces.get_mut(used))
            else {
                continue;
            };
            *piece = IoSlice::new(rest);
            used += 1;
        }
        used
    }

    /// Appends everything to `bytes`.
    pub fn append_to(&self, bytes: &mut Vec<u8>) {
        let mut from = 0;
        for (at, value) in &self.values {
            bytes.extend_from_slice(self.text.get(from..*at).unwrap_or_default());
            bytes.extend_from_slice(value.as_ref());
            from = *at;
        }
        bytes.extend_from_slice(self.text.get(from..).unwrap_or_default());
    }

    /// Returns everything as one piece where no long value is among it.
    #[inline]
    pub fn plain(&self) -> Option<&[u8]> {
        self.values.is_empty().then_some(&self.text)
    }

    /// Forgets everything, and memory beyond `keep_bytes`.
    pub fn clear(&mut self, keep_bytes: usize) {
        self.text.clear();
        self.text.shrink_to(keep_bytes);
        self.values.clear();
        self.value_bytes = 0;
    }

    #[inline]
    fn head(&mut self, kind: u8, number: i64) {
        // The longest: kind, sign, 19 digits, line's end.
        let mut place = [0; 23];
        let mut at = place.len() - 2;
        if let Some(end) = place.get_mut(at..) {
            end.copy_from_slice(b"\r\n");
        }
        let mut rest = number.unsigned_abs();
        let mut put = |byte| {
            at -= 1;
            if let Some(place) = place.get_mut(at) {
                *place = byte;
            }
        };
        loop {
            put(b'0' + u8::try_from(rest % 10).unwrap_or_default());
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            put(b'-');
        }
        put(kind);
        self.text.extend_from_slice(place.get(at..).unwrap_or_default());
    }

    fn line(&mut self, kind: u8, text: &[u8]) {
        self.text.push(kind);
        self.text.extend_from_slice(text);
        self.end();
    }

    #[inline]
    fn end(&mut self) {
        self.text.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests;
