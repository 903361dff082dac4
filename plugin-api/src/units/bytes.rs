//! Byte sizes written as a whole number and a binary unit: `"512B"`, `"64KiB"`, `"8MiB"`, `"1GiB"`.

use std::fmt;

use super::{UnitError, split, written_as_text};

/// The units, largest first, with their bytes. Binary only: `KB` means 1000 to some readers and 1024 to others.
const UNITS: &[(&str, u64)] = &[("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

/// The names that error messages list.
const NAMES: &[&str] = &["B", "KiB", "MiB", "GiB", "TiB"];

/// A number of bytes that is written and read with its unit.
///
/// ```
/// use outrigger_plugin_api::units::ByteCount;
/// # fn main() -> Result<(), outrigger_plugin_api::units::UnitError> {
/// let limit: ByteCount = "64KiB".parse()?;
/// assert_eq!(limit.0, 65_536);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ByteCount(pub u64);

impl fmt::Display for ByteCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_bytes(self.0))
    }
}

written_as_text!(ByteCount, parse_bytes, "ByteCount", "byte-size", "a size with its unit such as \"64KiB\"");

/// Reads a byte size with its unit.
///
/// # Errors
///
/// Whatever is no whole number followed by one of the units; decimal units are answered with the binary one.
pub fn parse_bytes(text: &str) -> Result<u64, UnitError> {
    let (number, unit) = split(text, "MiB")?;
    let Some((_, length)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(UnitError::UnitUnknown { unit: unit.to_owned(), nearest: nearest(unit), units: NAMES });
    };
    number.checked_mul(*length).ok_or(UnitError::TooLarge)
}

/// Returns the binary unit that other notations call `unit`.
fn nearest(unit: &str) -> Option<&'static str> {
    match unit.to_ascii_lowercase().as_str() {
        "b" | "byte" | "bytes" => Some("B"),
        "k" | "kb" | "ki" | "kib" => Some("KiB"),
        "m" | "mb" | "mi" | "mib" => Some("MiB"),
        "g" | "gb" | "gi" | "gib" => Some("GiB"),
        "t" | "tb" | "ti" | "tib" => Some("TiB"),
        _ => None,
    }
}

/// Writes a size in the largest unit that holds it exactly, so that it reads back as itself.
#[must_use]
pub fn format_bytes(bytes: u64) -> String {
    if bytes == 0 {
        return "0B".to_owned();
    }
    let (unit, length) = UNITS.iter().find(|(_, length)| bytes.is_multiple_of(*length)).unwrap_or(&("B", 1));
    format!("{}{unit}", bytes / length)
}
