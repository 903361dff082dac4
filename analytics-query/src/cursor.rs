//! Where a page ended, as a text that the next page is asked with.

use outrigger_plugin_api::sdk::analytics::query::Fault;

/// The place of the last event of a page of all events: its number.
pub fn of_all(seq: i64) -> String {
    format!("a{seq}")
}

/// Reads what [`of_all`] wrote; 0, before all, for none.
///
/// # Errors
/// `/cursor` for any other text.
pub fn read_all(cursor: Option<&str>) -> Result<i64, Fault> {
    let Some(cursor) = cursor else { return Ok(0) };
    cursor.strip_prefix('a').and_then(number).ok_or_else(refused)
}

/// The place of the last event of a page of a timeline: its moment and its number.
pub fn of_timeline(ts: i64, seq: i64) -> String {
    format!("t{ts}.{seq}")
}

/// Reads what [`of_timeline`] wrote; after all for none.
///
/// # Errors
/// `/cursor` for any other text.
pub fn read_timeline(cursor: Option<&str>) -> Result<(i64, i64), Fault> {
    let Some(cursor) = cursor else { return Ok((i64::MAX, i64::MAX)) };
    let parts = cursor.strip_prefix('t').and_then(|rest| rest.split_once('.'));
    parts.and_then(|(ts, seq)| Some((number(ts)?, number(seq)?))).ok_or_else(refused)
}

/// Digits only, so that each place has one text.
fn number(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn refused() -> Fault {
    let detail = "is not from an answer to this question; leave it out to begin anew".to_owned();
    Fault { pointer: "/cursor".to_owned(), detail }
}

#[cfg(test)]
mod tests;
