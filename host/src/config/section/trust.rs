//! Which plugins may be loaded, beside those whose file and folder are sound.

use std::path::{Path, PathBuf};

use super::Section;
use crate::config::key::{Found, Key, Preset, Reader};
use crate::config::value::{Setting, Texts, Words};
use crate::config::{codes, sources};
use crate::diagnostic::{Diagnostic, Origin};
use crate::plugin::trust::{Key as PublicKey, Lock};

/// Which plugins are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// What becomes of plugins that the lock file does not name.
    pub unknown: Unknown,
    /// That policy as written and where, for messages.
    pub unknown_by: String,
    /// Whether signatures are asked for.
    pub signatures: Signatures,
    /// That policy as written and where, for messages.
    pub signatures_by: String,
    /// Keys that may sign plugins.
    pub keys: Vec<PublicKey>,
    /// Where the lock file is, or would be.
    pub lock_file: PathBuf,
    /// The lock file, if there is one.
    pub lock: Option<Lock>,
}

impl Trust {
    /// Returns the trust in bytes that ran before in this process: they were judged then, and what vouched for them may
    /// vouch for their successor now.
    pub(crate) fn of_what_ran(&self) -> Self {
        Self { unknown: Unknown::Allow, signatures: Signatures::Off, lock: None, ..self.clone() }
    }

    /// Returns the lock file as people write it.
    pub fn lock_name(&self) -> String {
        self.lock_file.display().to_string()
    }
}

/// What becomes of plugins that the lock file does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// They are loaded.
    Allow,
    /// They are loaded, and the log says so.
    Warn,
    /// They are refused.
    Deny,
}

impl Words for Unknown {
    const ALL: &'static [(&'static str, Self)] = &[("allow", Self::Allow), ("warn", Self::Warn), ("deny", Self::Deny)];
}

/// Whether signatures are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signatures {
    /// They are not looked at.
    Off,
    /// The log says what is not signed well; it is loaded all the same.
    Warn,
    /// What is not signed well is refused.
    Require,
}

impl Words for Signatures {
    const ALL: &'static [(&'static str, Self)] =
        &[("off", Self::Off), ("warn", Self::Warn), ("require", Self::Require)];
}

pub(in crate::config) const SECTION: Section = Section {
    title: "trust",
    about: "Which plugins may be loaded. `plugins.lock`, beside `plugins.toml`, holds the SHA-256 of each plugin for \
            every target; `outrigger plugin lock` writes it. A plugin that it names and that has another content is \
            never loaded, whatever these keys say.",
    keys: &[&UNKNOWN, &SIGNATURES, &PUBLIC_KEYS],
};

/// The lock file's name.
const LOCK_NAME: &str = "plugins.lock";

/// Bound of the lock file: room for a thousand plugins of ten targets each.
const LOCK_BYTES_MAX: u64 = 2 << 20;

const UNKNOWN: Key<Option<Unknown>> = Key {
    path: "trust.unknown-plugins",
    env: Some("OUTRIGGER_TRUST_UNKNOWN_PLUGINS"),
    default: Preset::Absent(|| None, "`deny` where there is a `plugins.lock`, else `allow`"),
    bounds: None,
    doc: "What becomes of plugins that `plugins.lock` does not name. Without a lock file a plugin dropped into the \
          folder just runs, as people expect on the first day; whoever has written one means those files and no \
          others. `warn` loads them and says so in the log.",
};

const SIGNATURES: Key<Signatures> = Key {
    path: "trust.signatures",
    env: Some("OUTRIGGER_TRUST_SIGNATURES"),
    default: Preset::Same(|| Signatures::Off),
    bounds: None,
    doc: "Whether each plugin must have a minisign signature by one of `trust.public-keys` in a file beside it, such \
          as `libcache_redis.so.minisig`. Off by default, because the hash in `plugins.lock` already holds a plugin to \
          what was installed; a signature tells besides who made it. `warn` says what is not signed well and loads it.",
};

const PUBLIC_KEYS: Key<Texts> = Key {
    path: "trust.public-keys",
    env: Some("OUTRIGGER_TRUST_PUBLIC_KEYS"),
    default: Preset::Same(|| Texts(Vec::new())),
    bounds: None,
    doc: "minisign public keys, each the second line of a `.pub` file; in the variable separated by commas.",
};

/// Reads the section and the lock file.
pub(in crate::config) fn read(reader: &mut Reader<'_>, base: &Path) -> Trust {
    let (unknown, signatures) = (reader.read(&UNKNOWN), reader.read(&SIGNATURES));
    let keys = read_keys(reader, &signatures);
    let lock_file = base.join(LOCK_NAME);
    let lock = read_lock(&lock_file, reader);
    let said = |path: &str, value: String, origin: &Origin| format!("{path} = {value} ({origin})");
    let (in_force, unknown_by) = match (unknown.value, lock.is_some()) {
        (Some(policy), _) => (policy, said(UNKNOWN.path, policy.show(), &unknown.origin)),
        (None, true) => (Unknown::Deny, format!("{} = \"deny\" (the default beside a lock file)", UNKNOWN.path)),
        (None, false) => (Unknown::Allow, said(UNKNOWN.path, Unknown::Allow.show(), &unknown.origin)),
    };
    Trust {
        unknown: in_force,
        unknown_by,
        signatures: signatures.value,
        signatures_by: said(SIGNATURES.path, signatures.value.show(), &signatures.origin),
        keys,
        lock_file,
        lock,
    }
}

fn read_keys(reader: &mut Reader<'_>, signatures: &Found<Signatures>) -> Vec<PublicKey> {
    let Found { value: Texts(texts), origin } = reader.read(&PUBLIC_KEYS);
    if texts.is_empty() && signatures.value != Signatures::Off {
        let message =
            format!("`{}` is {} and `{}` is empty", SIGNATURES.path, signatures.value.show(), PUBLIC_KEYS.path);
        reader.found.push(
            Diagnostic::error(codes::VALUE_INVALID, message)
                .at(&signatures.origin)
                .help("add the keys of those whose plugins you trust: the second line of each one's `.pub` file")
                .plain(),
        );
    }
    let read = |text: &String| {
        let key = PublicKey::parse(text);
        if key.is_none() {
            let message = format!("`{text}` in `{}` is no minisign public key", PUBLIC_KEYS.path);
            let help = "write the second line of the `.pub` file, which begins with RW";
            reader.found.push(Diagnostic::error(codes::VALUE_INVALID, message).at(&origin).help(help).plain());
        }
        key
    };
    texts.iter().filter_map(read).collect()
}

/// A lock file that can't be read pins nothing, and so must not pass for none.
fn read_lock(file: &Path, reader: &mut Reader<'_>) -> Option<Lock> {
    let there = file.symlink_metadata().is_ok();
    let text = there.then(|| sources::read_text(file, LOCK_BYTES_MAX, "`plugins.toml` beside it", reader.found))??;
    let parsed = Lock::parse(&text);
    let refuse = |error: crate::plugin::trust::LockError| {
        let message = format!("{}:{}: {}", file.display(), error.line, error.why);
        let help = "restore the file, or remove it and have `outrigger plugin lock` write a new one";
        reader.found.push(Diagnostic::error(codes::LOCK_INVALID, message).help(help));
    };
    parsed.map_err(refuse).ok()
}
