//! Where lines go: a standard stream of the host, or a file.

mod file;
mod stream;

use std::{
    fs::File,
    io::{self, Write as _},
    time::Duration,
};

use outrigger_plugin_api::sdk::ProviderError;

use crate::settings::{Settings, Stream};

/// Lines to be written at once.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    pub(crate) bytes: Vec<u8>,
    /// Where each record ends.
    pub(crate) ends: Vec<usize>,
}

impl Lines {
    /// Returns how many records are whole within the first `bytes`.
    fn whole(&self, bytes: usize) -> usize {
        self.ends.iter().take_while(|end| **end <= bytes).count()
    }
}

/// Why a write stopped, and what had been written by then.
#[derive(Debug)]
pub(crate) struct Stopped {
    /// Records that arrived whole.
    pub(crate) records: usize,
    pub(crate) error: io::Error,
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self { records: 0, error }
    }
}

/// The place. One write is one call to the system, so that lines of other writers stay between batches.
#[derive(Debug)]
pub(crate) enum Output {
    Stream(stream::Duplicate),
    File(file::Rotating),
}

impl Output {
    /// Opens what the settings name.
    ///
    /// # Errors
    /// `settings` where the file can't be opened.
    pub(crate) fn open(settings: &Settings) -> Result<Self, ProviderError> {
        let Some(path) = settings.file.clone() else {
            let stream = settings.output.unwrap_or(Stream::Stderr);
            let opened = stream::Duplicate::of(stream).map(Self::Stream);
            return opened.map_err(|error| ProviderError::unavailable(format!("can't write to {stream:?}: {error}")));
        };
        let shown = path.display().to_string();
        let opened = file::Rotating::open(path, settings.rotate_at.0, settings.keep).map(Self::File);
        opened.map_err(|error| ProviderError::settings(format!("file `{shown}` can't be opened: {error}")))
    }

    /// Tells whether a person watches.
    pub(crate) fn is_terminal(&self) -> bool {
        match self {
            Self::Stream(stream) => stream.is_terminal(),
            Self::File(_) => false,
        }
    }

    /// Writes the lines. After an error the next call tries anew, on a line of its own.
    ///
    /// # Errors
    /// What the system said, with how many records arrived.
    pub(crate) fn write(&mut self, lines: &Lines) -> Result<(), Stopped> {
        match self {
            Self::Stream(stream) => stream.write(lines),
            Self::File(file) => file.write(lines),
        }
    }
}

/// How often a stream in non-blocking mode is asked again, and for how long: a second, after which the records are
/// handed back. Another process that shares the terminal may have set that mode.
const TRIES_MAX: u32 = 200;
const TRY_EVERY: Duration = Duration::from_millis(5);

/// Writes all bytes and returns how many were written, with the error that stopped it.
fn write_all(mut file: &File, bytes: &[u8]) -> (usize, Option<io::Error>) {
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
