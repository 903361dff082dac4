//! Numbers as Redis reads them: nothing around them, no sign but a minus, no leading zeros.

/// Returns the integer that the text is, by the rules of Redis' `string2ll`.
pub fn integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    match digits {
        [b'0'] if !negative => return Some(0),
        [b'1'..=b'9', ..] if digits.len() <= 19 => {}
        _ => return None,
    }
    let mut value: u64 = 0;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    if negative { 0_i64.checked_sub_unsigned(value) } else { i64::try_from(value).ok() }
}

/// Returns the decimal number that the text is: finite, without spaces around it.
pub fn float(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    let bytes = text.as_bytes();
    // Rust reads neither hexadecimal nor spaces; what it reads and Redis does not is an empty exponent, which neither
    // takes. Words are read by both, but only finite numbers are of use.
    if bytes.is_empty() || bytes.len() > FLOAT_BYTES_MAX {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| !number.is_nan())
}

/// Longest text of a number: Redis reads it through a buffer of this size.
const FLOAT_BYTES_MAX: usize = 5 * 1024 - 1;

#[cfg(test)]
mod tests;
