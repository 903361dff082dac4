//! The machine's format: one JSON object a line, with every field the record has.

use std::io;

use outrigger_plugin_api::sdk::{Moment, monitoring::Event, sink::Record};
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};
use uuid::Uuid;

/// One line. The record's own fields follow its identity; none of them bears these names.
#[derive(Serialize)]
struct Line<'r> {
    id: Uuid,
    received_at: Moment,
    #[serde(flatten)]
    event: &'r Event,
}

/// Appends the record as one line.
///
/// # Errors
/// Where the record can't be JSON; what was appended then has to be cut off.
pub fn push(out: &mut Vec<u8>, record: &Record<Event>) -> Result<(), serde_json::Error> {
    let line = Line { id: record.id, received_at: Moment(record.received_at_ms), event: &record.body };
    line.serialize(&mut Serializer::with_formatter(&mut *out, Harmless))?;
    out.push(b'\n');
    Ok(())
}

/// Compact JSON that also escapes what JSON may leave bare and a terminal obeys: the file may be shown with `cat`.
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        // Nearly all text is this, and a search by characters takes ten times as long.
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return CompactFormatter.write_string_fragment(writer, fragment);
        }
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_active(*c)) {
            let (plain, tail) = rest.split_at(at);
            CompactFormatter.write_string_fragment(writer, plain)?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = tail.get(c.len_utf8()..).unwrap_or_default();
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}

/// Tells whether the character does something instead of showing something.
pub const fn is_active(c: char) -> bool {
    matches!(c,
        // C0 and DEL; C1, which some terminals obey as they obey ESC sequences.
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // Direction marks and overrides (CVE-2021-42574), line and paragraph separators, invisible ones.
        | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        // Tags, which no font shows.
        | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests;
