//! A standard stream, written through a duplicate of its own.
//!
//! The standard library's handles buffer standard output and lock the whole process while a write waits; the
//! duplicate does neither, so a terminal that stands still holds up nobody but this plugin's thread.

use std::{
    fs::File,
    io::{self, IsTerminal},
};

use outrigger_record_lines::{Lines, Stopped, write_all};

use crate::settings::Stream;

/// The duplicate.
#[derive(Debug)]
pub(crate) struct Duplicate {
    file: File,
    /// Whether the last write stopped within a line.
    torn: bool,
}

impl Duplicate {
    pub(super) fn of(stream: Stream) -> io::Result<Self> {
        Ok(Self { file: duplicate(stream)?, torn: false })
    }

    pub(super) fn is_terminal(&self) -> bool {
        self.file.is_terminal()
    }

    pub(super) fn write(&mut self, lines: &Lines) -> Result<(), Stopped> {
        if self.torn {
            if let (_, Some(error)) = write_all(&self.file, b"\n") {
                return Err(error.into());
            }
            self.torn = false;
        }
        let (written, error) = write_all(&self.file, &lines.bytes);
        let Some(error) = error else { return Ok(()) };
        self.torn = written > 0 && !lines.ends.contains(&written);
        Err(Stopped { records: lines.whole(written), error })
    }
}

#[cfg(unix)]
fn duplicate(stream: Stream) -> io::Result<File> {
    use std::os::fd::AsFd;
    let owned = match stream {
        Stream::Stderr => io::stderr().as_fd().try_clone_to_owned(),
        Stream::Stdout => io::stdout().as_fd().try_clone_to_owned(),
    };
    owned.map(File::from)
}

#[cfg(windows)]
fn duplicate(stream: Stream) -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    let owned = match stream {
        Stream::Stderr => io::stderr().as_handle().try_clone_to_owned(),
        Stream::Stdout => io::stdout().as_handle().try_clone_to_owned(),
    };
    owned.map(File::from)
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
