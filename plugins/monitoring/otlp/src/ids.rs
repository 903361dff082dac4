//! Ids of traces and spans as bytes.

/// Bytes of a trace's id.
pub(crate) const TRACE_BYTES: usize = 16;
/// Bytes of a span's id.
pub(crate) const SPAN_BYTES: usize = 8;

/// Reads an id of so many bytes from hexadecimal; an id of zeros alone is none (W3C Trace Context, "trace-id").
pub(crate) fn read(text: &str, bytes: usize) -> Option<Vec<u8>> {
    if text.len() != bytes * 2 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let (pairs, _) = text.as_bytes().as_chunks::<2>();
    let id: Option<Vec<u8>> =
        pairs.iter().map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    id.filter(|id| id.iter().any(|byte| *byte != 0))
}

#[cfg(test)]
mod tests;
