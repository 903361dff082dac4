//! Why a plugin is not trusted. Each situation has its own words: people act differently on a broken download, on a
//! forgotten command, and on an attack.

/// Why a plugin is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Fewer bytes than were locked: a download or copy that broke off.
    #[error("the file is cut short: it has {bytes} bytes, {lock} says {locked}")]
    Truncated {
        /// The place in the lock file.
        lock: String,
        /// How many it has.
        bytes: u64,
        /// How many it should have.
        locked: u64,
    },
    /// Another content under the same version.
    #[error("the file was changed: its SHA-256 is {sha256}, {lock} says {locked}")]
    Changed {
        /// The place in the lock file.
        lock: String,
        /// What the file has.
        sha256: String,
        /// What was locked.
        locked: String,
        /// When the file was last written, if the system says so.
        written: Option<String>,
    },
    /// Another version than was locked.
    #[error("it is version {version}, {lock} says {locked}")]
    OtherVersion {
        /// The place in the lock file.
        lock: String,
        /// The file's.
        version: String,
        /// The locked one.
        locked: String,
    },
    /// Locked, but not for the system that the file is for.
    #[error("{lock} has no hash of it for {target}, only for {locked}")]
    OtherTarget {
        /// The place in the lock file.
        lock: String,
        /// The file's target.
        target: String,
        /// The targets that are locked.
        locked: String,
    },
    /// Not locked at all.
    #[error("it is not in {lock}; {policy}")]
    NotLocked {
        /// The lock file.
        lock: String,
        /// The policy and where it is set.
        policy: String,
    },
    /// No signature.
    #[error("it has no signature; {policy}")]
    Unsigned {
        /// Where a signature is looked for.
        signature: String,
        /// The policy and where it is set.
        policy: String,
    },
    /// A signature that is none, or that does not fit the bytes.
    #[error("its signature is bad: {why}")]
    BadSignature {
        /// Where the signature is.
        signature: String,
        /// What is wrong with it.
        why: String,
    },
    /// A signature by somebody else.
    #[error("it is signed by the key {key}, which is not in trust.public-keys")]
    UnknownKey {
        /// The key's number as minisign prints it.
        key: String,
    },
}

impl TrustError {
    /// Returns the stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Truncated { .. } => "plugin.truncated",
            Self::Changed { .. } => "plugin.changed",
            Self::OtherVersion { .. } => "plugin.other_version",
            Self::OtherTarget { .. } => "plugin.not_locked_for_target",
            Self::NotLocked { .. } => "plugin.not_locked",
            Self::Unsigned { .. } => "plugin.unsigned",
            Self::BadSignature { .. } => "plugin.bad_signature",
            Self::UnknownKey { .. } => "plugin.unknown_key",
        }
    }

    /// Returns a few words for a table.
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Truncated { .. } => "CUT SHORT",
            Self::Changed { .. } => "CHANGED",
            Self::OtherVersion { .. } => "OTHER VERSION",
            Self::OtherTarget { .. } => "not locked for this target",
            Self::NotLocked { .. } => "not locked",
            Self::Unsigned { .. } => "unsigned",
            Self::BadSignature { .. } => "BAD SIGNATURE",
            Self::UnknownKey { .. } => "signed by an unknown key",
        }
    }

    /// Returns what to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Truncated { .. } => "copy or download the file again".into(),
            Self::Changed { written, .. } => {
                let written = written.as_ref().map(|at| format!(" (last written {at})")).unwrap_or_default();
                format!(
                    "if you rebuilt or replaced it{written}: outrigger plugin lock; \
                     if not, somebody else did: install it again from where you trust"
                )
            }
            Self::OtherVersion { .. } => "if you upgraded it: outrigger plugin lock".into(),
            Self::OtherTarget { .. } => {
                "with every target's files at hand: outrigger plugin lock --add-targets DIR".into()
            }
            Self::NotLocked { .. } => "if you trust the file: outrigger plugin lock".into(),
            Self::Unsigned { signature, .. } => format!("put its author's signature at {signature}"),
            Self::BadSignature { signature, .. } => {
                format!("install the plugin and {signature} again, both from its author; it may be another file's")
            }
            Self::UnknownKey { .. } => "if you trust that key: add it to trust.public-keys".into(),
        }
    }
}
