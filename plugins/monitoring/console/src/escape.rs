//! Makes text from anywhere harmless on a terminal and within its line.
//!
//! Whoever can get a text into an error must not be able to forge a line, move the cursor, or turn text around.

/// Most bytes of one text that the human format shows. Longer ones are cut with a note; JSON has all of it.
const TEXT_BYTES_MAX: usize = 8 * 1024;

/// Tells whether the character does something instead of showing something.
pub(crate) const fn is_active(c: char) -> bool {
    matches!(c,
        // C0 and DEL; C1, which some terminals obey as they obey ESC sequences.
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // Direction marks and overrides (CVE-2021-42574), line and paragraph separators, invisible ones.
        | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        // Tags, which no font shows.
        | '\u{e0000}'..='\u{e007f}')
}

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
