//! Reads and writes numbers as Redis keeps them in strings.

use crate::StoreError;

/// Fraction digits of a decimal result: Redis prints `%.17Lf` and trims zeros.
const FRACTION_DIGITS: usize = 17;

/// Reads an integer by the rules of Redis' `string2ll`: digits with an optional minus, nothing around them,
/// no leading zero, no `-0`, in the range of an `i64`.
pub(crate) fn parse_integer(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let canonical = match digits {
        [b'0'] => digits.len() == text.len(),
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if !canonical {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Adds to a decimal number and returns the sum without exponent and trailing zeros.
///
/// The sum is exact to 17 fraction digits up to about 10^21, so that 0.1 + 0.2 is 0.3 as in Redis, which
/// calculates in 80 bits; beyond, it is the sum of two `f64`.
pub(crate) fn add_decimal(text: &[u8], by: f64) -> Result<String, StoreError> {
    // Rust's grammar is that of `strtold` without hexadecimal; both refuse blanks.
    let text = std::str::from_utf8(text).map_err(|_| StoreError::NotAFloat)?;
    let number: f64 = text.parse().map_err(|_| StoreError::NotAFloat)?;
    if number.is_nan() {
        return Err(StoreError::NotAFloat);
    }
    let sum = number + by;
    if !sum.is_finite() {
        return Err(StoreError::FloatOverflow);
    }
    // The shortest text of an `f64` first: 0.1 is 0.1. Digits past the 17th are rounded off, as Redis prints none.
    let or_rounded =
        |exact: Option<i128>, number: f64| exact.or_else(|| fixed_point(&format!("{number:.FRACTION_DIGITS$}")));
    let left = or_rounded(fixed_point(text), number);
    let right = or_rounded(fixed_point(&by.to_string()), by);
    match left.zip(right).and_then(|(left, right)| left.checked_add(right)) {
        Some(sum) => Ok(format_fixed(sum)),
        // An operand of 10^21 and more: the sum has no fraction. Adding 0 turns -0 into 0.
        None => Ok((sum + 0.0).to_string()),
    }
}

/// Reads a plain decimal as a multiple of 10^-17; `None` if it has an exponent, more digits, or does not fit.
fn fixed_point(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let padding = FRACTION_DIGITS.checked_sub(fraction.len())?;
    let mut sum: i128 = 0;
    for digit in whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', padding)) {
        let digit = char::from(digit).to_digit(10)?;
        sum = sum.checked_mul(10)?.checked_add(i128::from(digit))?;
    }
    Some(if negative { -sum } else { sum })
}

fn format_fixed(sum: i128) -> String {
    let scale = 10_u128.pow(FRACTION_DIGITS as u32);
    let sign = if sum < 0 { "-" } else { "" };
    let (whole, fraction) = (sum.unsigned_abs() / scale, sum.unsigned_abs() % scale);
    let text = format!("{sign}{whole}.{fraction:0FRACTION_DIGITS$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests;
