//! Makes text from anywhere harmless on a terminal and within its line.
//!
//! Whoever can get a text into an error must not be able to forge a line, move the cursor, or turn text around.

use outrigger_record_lines::is_active;

/// Most bytes of one text that the human format shows. Longer ones are cut with a note; JSON has all of it.
const TEXT_BYTES_MAX: usize = 8 * 1024;

/// Appends the text with each active character written out.
pub(crate) fn push(out: &mut String, text: &str) {
    let shown = text.get(..text.floor_char_boundary(TEXT_BYTES_MAX)).unwrap_or(text);
    for c in shown.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_active(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    let hidden = text.len() - shown.len();
    if hidden > 0 {
        out.push_str(&format!("… ({hidden} more bytes)"));
    }
}

/// Returns what [`push`] appends.
pub(crate) fn text(text: &str) -> String {
    let mut out = String::new();
    push(&mut out, text);
    out
}

/// Returns the text as one word of `key=value`: in quotes where it would not read as one.
pub(crate) fn word(word: &str) -> String {
    let plain = !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '='));
    if plain { text(word) } else { format!("\"{}\"", text(&word.replace('"', "\\\""))) }
}

#[cfg(test)]
mod tests;
