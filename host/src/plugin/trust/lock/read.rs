//! Reads the text of a lock file. The TOML parser bounds the depth, `config` the length.

use serde::{Deserialize, de::IgnoredAny};
use toml::Spanned;

use super::{FORM, Lock, Locked, Pinned};

/// Longest text of an entry: names have 64 bytes, a URL seldom more than 200.
const TEXT_BYTES_MAX: usize = 1_024;

/// Why a text is no lock file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct LockError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    #[serde(rename = "version")]
    _form: IgnoredAny,
    #[serde(default)]
    plugin: Vec<Spanned<Plugin>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plugin {
    name: String,
    version: String,
    origin: Option<String>,
    files: Vec<Spanned<File>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    target: String,
    file: String,
    bytes: u64,
    sha256: String,
}

/// Only the version: a later form may have other keys, and its version is what people need to hear of.
#[derive(Deserialize)]
struct Form {
    version: Spanned<i64>,
}

impl Lock {
    /// Reads a lock file.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let at = |offset: usize| text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
        let syntax = |error: toml::de::Error| LockError {
            line: error.span().map_or(1, |span| at(span.start)),
            why: error.message().to_owned(),
        };
        let form: Form = toml::from_str(text).map_err(syntax)?;
        if *form.version.get_ref() != FORM {
            let why = format!("this host reads version {FORM} of the file, not {}", form.version.get_ref());
            return Err(LockError { line: at(form.version.span().start), why });
        }
        let read: Text = toml::from_str(text).map_err(syntax)?;
        let mut lock = Self::default();
        for plugin in read.plugin {
            let line = at(plugin.span().start);
            let locked = locked(plugin.into_inner(), line, at).map_err(|(line, why)| LockError { line, why })?;
            if let Some(first) = lock.find(&locked.name) {
                let why = format!("`{}` is there already, on line {}", locked.name, first.line);
                return Err(LockError { line, why });
            }
            lock.plugins.push(locked);
        }
        lock.plugins.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(lock)
    }
}

fn locked(plugin: Plugin, line: usize, at: impl Fn(usize) -> usize) -> Result<Locked, (usize, String)> {
    let Plugin { name, version, origin, files } = plugin;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
        return Err((line, format!("the name {name:?} is not of [a-z0-9_]{{1,64}}")));
    }
    for text in [Some(&version), origin.as_ref()].into_iter().flatten() {
        sound(text).map_err(|why| (line, why))?;
    }
    let mut locked = Locked { name, version, origin, files: Vec::new(), line };
    for file in files {
        let line = at(file.span().start);
        let pinned = pinned(file.into_inner(), line).map_err(|why| (line, why))?;
        if locked.for_target(&pinned.target).is_some() {
            return Err((line, format!("`{}` has two files for {}", locked.name, pinned.target)));
        }
        locked.files.push(pinned);
    }
    locked.files.sort_by(|a, b| a.target.cmp(&b.target));
    Ok(locked)
}

fn pinned(read: File, line: usize) -> Result<Pinned, String> {
    let File { target, file, bytes, sha256 } = read;
    sound(&target)?;
    sound(&file)?;
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if sha256.len() != 64 || !sha256.bytes().all(digit) {
        return Err(format!("the SHA-256 {sha256:?} is not of 64 lower-case hexadecimal digits"));
    }
    Ok(Pinned { target, file, bytes, sha256, line })
}

/// These texts reach terminals and logs.
fn sound(text: &str) -> Result<(), String> {
    if text.is_empty() || text.len() > TEXT_BYTES_MAX || text.chars().any(char::is_control) {
        return Err(format!("{text:?} is empty, longer than {TEXT_BYTES_MAX} bytes, or not printable"));
    }
    Ok(())
}
