//! Lines on their way out, and what takes them.

use std::{
    fs::File,
    io::{self, Write as _},
    time::Duration,
};

/// Lines to be written at once.
#[derive(Debug, Default)]
pub struct Lines {
    /// The lines.
    pub bytes: Vec<u8>,
    /// Where each record ends.
    pub ends: Vec<usize>,
}

impl Lines {
    /// Returns how many records are whole within the first `bytes`.
    pub fn whole(&self, bytes: usize) -> usize {
        self.ends.iter().take_while(|end| **end <= bytes).count()
    }
}

/// Why a write stopped, and what had been written by then.
#[derive(Debug)]
pub struct Stopped {
    /// Records that arrived whole.
    pub records: usize,
    /// What the system said.
    pub error: io::Error,
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self { records: 0, error }
    }
}

/// A place that takes lines.
pub trait Output: Send + 'static {
    /// Writes the lines. After an error the next call tries anew, on a line of its own.
    ///
    /// # Errors
    /// What the system said, with how many records arrived.
    fn write(&mut self, lines: &Lines) -> Result<(), Stopped>;
}

/// How often a stream in non-blocking mode is asked again, and for how long: a second, after which the records are
/// handed back. Another process that shares the terminal may have set that mode.
const TRIES_MAX: u32 = 200;
const TRY_EVERY: Duration = Duration::from_millis(5);

/// Writes all bytes and returns how many were written, with the error that stopped it.
pub fn write_all(mut file: &File, bytes: &[u8]) -> (usize, Option<io::Error>) {
    let (mut written, mut tries) = (0, 0);
    while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
        match file.write(rest) {
            Ok(0) => return (written, Some(io::ErrorKind::WriteZero.into())),
            Ok(some) => written += some,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && tries < TRIES_MAX => {
                tries += 1;
                // On the plugin's own thread: nobody else waits.
                std::thread::sleep(TRY_EVERY);
            }
            Err(error) => return (written, Some(error)),
        }
    }
    (written, None)
}
