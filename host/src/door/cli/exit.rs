//! The exit codes, the same for every command.

use std::process::ExitCode;

/// How a command ended. The numbers are a promise to scripts; docs/doors/cli.md lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It did what was asked.
    Ok = 0,
    /// It did not; the message says why.
    Failed = 1,
    // 2 is clap's: the command line makes no sense.
    /// There is no such key, plugin or record.
    NotFound = 3,
    /// The host can't be reached, or is not ready (sysexits EX_UNAVAILABLE).
    Unavailable = 69,
    /// A plugin was refused (sysexits EX_SOFTWARE).
    PluginRefused = 70,
    /// The configuration can't be used (sysexits EX_CONFIG).
    Config = 78,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
