//! Splits an inline request into arguments by Redis' rules of quoting (`sdssplitargs`), in place.

/// Quotes that don't end, or are followed by something else than space.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unbalanced;

/// Unquotes the line's arguments where they stand and tells offset and length of each.
pub(super) fn split(line: &mut [u8], mut found: impl FnMut(usize, usize)) -> Result<(), Unbalanced> {
    let mut read = 0;
    loop {
        while line.get(read).is_some_and(|byte| is_space(*byte)) {
            read += 1;
        }
        // To Redis the line is a C string: it ends at a zero.
        if line.get(read).is_none_or(|byte| *byte == 0) {
            return Ok(());
        }
        let start = read;
        let mut write = start;
        read = argument(line, read, &mut write)?;
        found(start, write - start);
    }
}

/// Unquotes one argument; returns where the rest begins. What is written is never longer than what was read.
fn argument(line: &mut [u8], mut read: usize, write: &mut usize) -> Result<usize, Unbalanced> {
    loop {
        let byte = match line.get(read).copied() {
            None | Some(0) => return Ok(line.len()),
            Some(byte) if is_space(byte) => return Ok(read + 1),
            Some(quote @ (b'"' | b'\'')) => {
                read = quoted(line, read + 1, write, quote)?;
                match line.get(read).copied() {
                    Some(byte) if !is_space(byte) => return Err(Unbalanced),
                    _ => return Ok(read),
                }
            }
            Some(byte) => byte,
        };
        put(line, write, byte);
        read += 1;
    }
}

/// Unquotes up to the closing quote; returns where the rest begins.
fn quoted(line: &mut [u8], mut read: usize, write: &mut usize, quote: u8) -> Result<usize, Unbalanced> {
    loop {
        let (byte, taken) =
            match (line.get(read).copied().filter(|byte| *byte != 0).ok_or(Unbalanced)?, line.get(read + 1).copied()) {
                (byte, _) if byte == quote => return Ok(read + 1),
                (b'\\', Some(next)) if quote == b'"' => escaped(line, read, next),
                (b'\\', Some(b'\'')) => (b'\'', 2),
                (byte, _) => (byte, 1),
            };
        put(line, write, byte);
        read += taken;
    }
}

/// Returns the byte that a backslash and what follows stand for, and how many bytes that takes.
fn escaped(line: &[u8], read: usize, next: u8) -> (u8, usize) {
    let digit =
        |at: usize| line.get(at).and_then(|byte| char::from(*byte).to_digit(16)).and_then(|d| u8::try_from(d).ok());
    match (next, digit(read + 2), digit(read + 3)) {
        (b'x', Some(high), Some(low)) => (high << 4 | low, 4),
        (b'n', ..) => (b'\n', 2),
        (b'r', ..) => (b'\r', 2),
        (b't', ..) => (b'\t', 2),
        (b'b', ..) => (8, 2),
        (b'a', ..) => (7, 2),
        _ => (next, 2),
    }
}

fn put(line: &mut [u8], write: &mut usize, byte: u8) {
    if let Some(place) = line.get_mut(*write) {
        *place = byte;
    }
    *write += 1;
}

/// As C's `isspace`.
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}
