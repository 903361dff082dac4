//! Detached minisign signatures: one file beside each library, bound to its bytes and not to its name.
//!
//! Both of minisign's forms are taken, the present one (of the BLAKE2b hash) and the legacy one (of the bytes).

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use minisign_verify::{PublicKey, Signature};

use super::{Content, Finding, TrustError};
use crate::config::{Signatures, Trust};

/// Most bytes of a signature file: minisign's own has some 300, and its comments are bounded to 8 KiB.
const SIGNATURE_BYTES_MAX: u64 = 16 << 10;

/// Where the number of a key stands in a decoded key or signature, after two bytes that name the algorithm.
const NUMBER: std::ops::Range<usize> = 2..10;

/// A key that plugins may be signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    key: PublicKey,
    text: String,
}

impl Key {
    /// Reads a key as minisign prints it: the second line of its `.pub` file.
    pub fn parse(text: &str) -> Option<Self> {
        PublicKey::from_base64(text).ok().map(|key| Self { key, text: text.to_owned() })
    }

    /// Returns the key's number as minisign prints it.
    pub fn number(&self) -> String {
        number(&self.text).unwrap_or_default()
    }
}

/// Returns where the signature of a library is looked for: `FILE.minisig`, as minisign itself puts it.
pub fn beside(library: &Path) -> PathBuf {
    let mut name = OsString::from(library);
    name.push(".minisig");
    name.into()
}

pub(super) fn judge(trust: &Trust, content: Content<'_>) -> Finding {
    if trust.signatures == Signatures::Off {
        return Finding::Absent("not checked");
    }
    match check(trust, content) {
        Ok(words) => Finding::Good(words),
        Err(error) if trust.signatures == Signatures::Warn => Finding::Doubtful(error),
        Err(error) => Finding::Refused(error),
    }
}

fn check(trust: &Trust, content: Content<'_>) -> Result<String, TrustError> {
    let file = beside(content.file);
    let shown = file.display().to_string();
    let bad = |why: &str| TrustError::BadSignature { signature: shown.clone(), why: why.to_owned() };
    let text = match read(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(TrustError::Unsigned { signature: shown, policy: trust.signatures_by.clone() });
        }
        Err(error) => return Err(bad(&format!("it can't be read: {error}"))),
    };
    let signature = Signature::decode(&text).map_err(|_| bad("it is no minisign signature"))?;
    let by = text.lines().nth(1).and_then(number).unwrap_or_default();
    // Two keys may have one number by chance or by somebody's design: each is tried.
    let mut candidates = trust.keys.iter().filter(|key| key.number() == by).peekable();
    if candidates.peek().is_none() {
        return Err(TrustError::UnknownKey { key: by });
    }
    if candidates.any(|key| key.key.verify(content.bytes, &signature, true).is_ok()) {
        return Ok(format!("signed by {by}"));
    }
    Err(bad(&format!("it claims the key {by}, and does not fit the file's bytes")))
}

fn read(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    let length = File::open(file)?.take(SIGNATURE_BYTES_MAX + 1).read_to_string(&mut text)?;
    if length as u64 > SIGNATURE_BYTES_MAX {
        return Err(io::Error::other(format!("more than {SIGNATURE_BYTES_MAX} bytes")));
    }
    Ok(text)
}

/// Returns the number in a key's or signature's base64 text, as minisign prints it: most significant byte first.
fn number(text: &str) -> Option<String> {
    let bytes = BASE64_STANDARD.decode(text).ok()?;
    Some(bytes.get(NUMBER)?.iter().rev().map(|byte| format!("{byte:02X}")).collect())
}

#[cfg(test)]
mod tests;
