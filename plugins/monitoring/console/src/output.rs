//! Where lines go: a standard stream of the host, or a file.

mod stream;

use outrigger_plugin_api::sdk::ProviderError;
use outrigger_record_lines::{Lines, Output as LineOutput, Rotating, Stopped, Sync};

use crate::settings::{Settings, Stream};

/// The place. One write is one call to the system, so that lines of other writers stay between batches.
#[derive(Debug)]
pub(crate) enum Output {
    Stream(stream::Duplicate),
    File(Rotating),
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
        let opened = Rotating::open(path, settings.rotate_at.0, settings.keep, Sync::Never).map(Self::File);
        opened.map_err(|error| ProviderError::settings(format!("file `{shown}` can't be opened: {error}")))
    }

    /// Tells whether a person watches.
    pub(crate) fn is_terminal(&self) -> bool {
        match self {
            Self::Stream(stream) => stream.is_terminal(),
            Self::File(_) => false,
        }
    }
}

impl LineOutput for Output {
    fn write(&mut self, lines: &Lines) -> Result<(), Stopped> {
        match self {
            Self::Stream(stream) => stream.write(lines),
            Self::File(file) => file.write(lines),
        }
    }
}
