//! What came from a client and is not done with. A connection that waits for its client holds no memory here.

use std::{
    cell::RefCell,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, ReadBuf};

/// Bytes read at once: a pipeline of 16 requests with values of 1 KiB each.
const READ_BYTES: usize = 32 << 10;
/// Buffers that a thread keeps for the next connection that has something to say: more than are ever in use at once,
/// as a thread runs one connection at a time unless providers make it wait.
const KEPT_MAX: usize = 64;

thread_local! {
    static KEPT: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// Bytes in order of arrival.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    /// All of it is initialised; the first `filled` bytes have come.
    bytes: Vec<u8>,
    filled: usize,
}

impl Buffer {
    /// Reads what has come, at least a byte; 0 where the client sends no more. `wanted` is how long the buffer must be
    /// for what is announced: it grows with what arrives and no faster.
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        stream: Pin<&mut (impl AsyncRead + ?Sized)>,
        wanted: usize,
    ) -> Poll<io::Result<usize>> {
        if self.bytes.is_empty() {
            self.bytes = KEPT.with_borrow_mut(Vec::pop).unwrap_or_else(|| vec![0; READ_BYTES]);
        }
        if self.filled == self.bytes.len() {
            let double = self.bytes.len().saturating_mul(2);
            self.bytes.resize(double.min(wanted.max(self.bytes.len() + READ_BYTES)), 0);
        }
        let mut room = ReadBuf::new(self.bytes.get_mut(self.filled..).unwrap_or_default());
        let read = stream.poll_read(cx, &mut room);
        let new = room.filled().len();
        if read.is_pending() {
            self.give_back();
        }
        ready!(read)?;
        self.filled += new;
        Poll::Ready(Ok(new))
    }

    /// Returns what has come.
    pub(super) fn filled(&mut self) -> &mut [u8] {
        self.bytes.get_mut(..self.filled).unwrap_or_default()
    }

    /// Forgets the first bytes.
    pub(super) fn forget(&mut self, bytes: usize) {
        let bytes = bytes.min(self.filled);
        if bytes == 0 {
            return;
        }
        if bytes < self.filled {
            self.bytes.copy_within(bytes..self.filled, 0);
        }
        self.filled -= bytes;
        if self.bytes.len() > READ_BYTES && self.filled <= READ_BYTES {
            self.bytes.truncate(READ_BYTES);
            self.bytes.shrink_to_fit();
        }
    }

    /// Gives an empty buffer to whoever needs one next.
    fn give_back(&mut self) {
        if self.filled == 0 && self.bytes.len() == READ_BYTES {
            let bytes = std::mem::take(&mut self.bytes);
            KEPT.with_borrow_mut(|kept| {
                if kept.len() < KEPT_MAX {
                    kept.push(bytes);
                }
            });
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.filled = 0;
        self.give_back();
    }
}
