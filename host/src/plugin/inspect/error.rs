//! Why a file can't be a plugin of this host, each with its code and what to do.

use super::major;
use crate::plugin::Writable;

/// Why a file can't be this host's plugin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InspectError {
    /// The file can't be read.
    #[error("the file can't be read: {0}")]
    Unreadable(String),
    /// Not an object file, or cut short.
    #[error("the file is {0}")]
    Damaged(String),
    /// Shorter than what was locked under the file's name.
    #[error("the file is cut short: it has {bytes} bytes, {lock} says {locked}")]
    Truncated {
        /// The place in the lock file.
        lock: String,
        /// How many it has.
        bytes: u64,
        /// How many it should have.
        locked: u64,
    },
    /// For another machine.
    #[error("the file is {found}, this host is {host}")]
    WrongTarget {
        /// The file's format and processor.
        found: String,
        /// Ours.
        host: String,
    },
    /// No manifest inside.
    #[error("the file has no Outrigger manifest; it exports {0}")]
    NotAPlugin(String),
    /// A manifest that makes no sense.
    #[error("the file's manifest can't be used: {0}")]
    BadManifest(String),
    /// Another major version of the plugin API.
    #[error("it speaks plugin API {plugin}, this host {host}")]
    WrongApi {
        /// The plugin's.
        plugin: String,
        /// Ours.
        host: String,
    },
    /// Somebody else could write the file.
    #[error(transparent)]
    FileWritable(Writable),
    /// Somebody else could put another file in its place.
    #[error(transparent)]
    DirWritable(Writable),
    /// Built so that a panic ends the process.
    #[error("it was built with panic = \"{0}\", so a fault in it would end the host")]
    Aborts(String),
}

impl InspectError {
    #[expect(clippy::needless_pass_by_value, reason = "for map_err")]
    pub(crate) fn unreadable(error: std::io::Error) -> Self {
        Self::Unreadable(error.to_string())
    }

    /// Returns the stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "plugin.unreadable",
            Self::Damaged(_) => "plugin.damaged",
            Self::Truncated { .. } => "plugin.truncated",
            Self::WrongTarget { .. } => "plugin.wrong_target",
            Self::NotAPlugin(_) => "plugin.not_a_plugin",
            Self::BadManifest(_) => "plugin.bad_manifest",
            Self::WrongApi { .. } => "plugin.api_mismatch",
            Self::FileWritable(_) => "plugin.file_writable",
            Self::DirWritable(_) => "plugin.dir_writable",
            Self::Aborts(_) => "plugin.panic_abort",
        }
    }

    /// Returns what to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Unreadable(_) => "check the file's owner and permissions".into(),
            Self::Damaged(_) => "copy the file again; a copy in progress is seen as cut short".into(),
            Self::Truncated { .. } => "copy or download the file again".into(),
            Self::WrongTarget { host, .. } => format!("build or download the plugin for {host}"),
            Self::NotAPlugin(_) => "is it an ordinary library? a plugin ends with export_plugin!".into(),
            Self::BadManifest(_) => "rebuild the plugin with a released outrigger-plugin-api".into(),
            Self::WrongApi { plugin, host } => match newer(plugin, host) {
                true => format!("upgrade the host to one that speaks API {plugin}, or install a plugin for {host}"),
                false => format!("install a plugin built against outrigger-plugin-api {host}"),
            },
            Self::FileWritable(writable) | Self::DirWritable(writable) => writable.help(),
            Self::Aborts(_) => "rebuild it with panic = \"unwind\" in its profile".into(),
        }
    }
}

fn newer(plugin: &str, host: &str) -> bool {
    major(plugin) > major(host)
}
