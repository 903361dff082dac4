//! Builds the manifest's bytes at compile time, so that they stand in the file before any code runs.
#![expect(clippy::indexing_slicing, reason = "const evaluation: an index out of range is a compile error")]

use crate::sdk::sink::Idempotency;

/// The target triple this crate is compiled for.
pub const TARGET: &str = env!("OUTRIGGER_TARGET");
/// The compiler this crate is compiled with.
pub const RUSTC: &str = env!("OUTRIGGER_RUSTC");
/// `debug` or `release`.
pub const PROFILE: &str = if cfg!(debug_assertions) { "debug" } else { "release" };
/// How a panic ends.
pub const PANIC: &str = if cfg!(panic = "unwind") { "unwind" } else { "abort" };

/// Decimal digits of a number, made at compile time.
pub struct Digits([u8; 20], usize);

impl Digits {
    /// Returns the digits of `number`.
    pub const fn of(mut number: u64) -> Self {
        let (mut digits, mut at) = ([b'0'; 20], 20);
        loop {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                return Self(digits, at);
            }
        }
    }

    /// Returns them as bytes.
    pub const fn bytes(&self) -> &[u8] {
        self.0.split_at(self.1).1
    }
}

/// Returns the summed length of the parts.
pub const fn length(parts: &[&[u8]]) -> usize {
    let (mut sum, mut index) = (0, 0);
    while index < parts.len() {
        sum += parts[index].len();
        index += 1;
    }
    sum
}

/// Joins the parts; `N` is their [`length`].
pub const fn join<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    let (mut joined, mut at, mut index) = ([0; N], 0, 0);
    while index < parts.len() {
        let (part, mut byte) = (parts[index], 0);
        while byte < part.len() {
            joined[at] = part[byte];
            at += 1;
            byte += 1;
        }
        index += 1;
    }
    joined
}

/// Returns the manifest's word for the class.
pub const fn idempotency(class: Idempotency) -> &'static str {
    match class {
        Idempotency::Full => "full",
        Idempotency::Partial => "partial",
        Idempotency::None => "none",
    }
}

/// What the export macro takes from the provider's type.
pub struct Parts {
    /// The kind.
    pub kind: super::Kind,
    /// Capability or sort bits.
    pub capabilities: u64,
    /// Whether repeats are recognised.
    pub idempotency: Idempotency,
    /// The largest batch.
    pub batch: crate::sdk::sink::BatchLimits,
    /// Whether two providers of one configuration would disturb each other.
    pub exclusive: bool,
    /// One sentence.
    pub description: &'static str,
}

/// All of a manifest, ready to be written.
pub struct Text<'a> {
    /// The crate's name.
    pub name: &'a str,
    /// The crate's version.
    pub version: &'a str,
    /// The schema's text.
    pub settings: &'a str,
    /// The rest.
    pub parts: Parts,
}

/// Runs `$body` with `$list` bound to the manifest's pieces: a const function can't return borrowed digits.
macro_rules! with_pieces {
    ($text:expr, $list:ident => $body:expr) => {{
        let text = $text;
        assert!(plain(text.parts.description), "the description may not hold quotes, backslashes or control bytes");
        let capabilities = Digits::of(text.parts.capabilities);
        let count = Digits::of(text.parts.batch.count_max as u64);
        let bytes = Digits::of(text.parts.batch.bytes_max as u64);
        let $list: &[&[u8]] = &[
            b"{\"name\":\"",
            text.name.as_bytes(),
            b"\",\"version\":\"",
            text.version.as_bytes(),
            b"\",\"api\":\"",
            super::API_VERSION.as_bytes(),
            b"\",\"kinds\":[\"",
            text.parts.kind.as_str().as_bytes(),
            b"\"],\"capabilities\":",
            capabilities.bytes(),
            b",\"idempotency\":\"",
            idempotency(text.parts.idempotency).as_bytes(),
            b"\",\"batch_count_max\":",
            count.bytes(),
            b",\"batch_bytes_max\":",
            bytes.bytes(),
            if text.parts.exclusive { b",\"exclusive\":true" } else { b"" },
            b",\"target\":\"",
            TARGET.as_bytes(),
            b"\",\"rustc\":\"",
            RUSTC.as_bytes(),
            b"\",\"profile\":\"",
            PROFILE.as_bytes(),
            b"\",\"panic\":\"",
            PANIC.as_bytes(),
            b"\",\"description\":\"",
            text.parts.description.as_bytes(),
            b"\",\"settings\":",
            text.settings.as_bytes(),
            b"}",
        ];
        $body
    }};
}

impl Text<'_> {
    /// Returns how many bytes the manifest has.
    pub const fn length(&self) -> usize {
        with_pieces!(self, pieces => length(pieces))
    }

    /// Returns the manifest; `N` is [`Self::length`].
    pub const fn join<const N: usize>(&self) -> [u8; N] {
        with_pieces!(self, pieces => join(pieces))
    }
}

/// Tells whether the text can stand in JSON as it is.
const fn plain(text: &str) -> bool {
    let (bytes, mut index) = (text.as_bytes(), 0);
    while index < bytes.len() {
        if bytes[index] < 0x20 || bytes[index] == b'"' || bytes[index] == b'\\' {
            return false;
        }
        index += 1;
    }
    true
}
