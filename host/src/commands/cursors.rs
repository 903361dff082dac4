//! Cursors of SCAN as the numbers that Redis' clients know.

use std::collections::VecDeque;

use outrigger_plugin_api::sdk::Bytes;
use parking_lot::Mutex;

/// Cursors of providers that are no numbers, kept for the clients that were given a number for one. The oldest goes
/// first: then its scan ends with an error.
const CURSORS_MAX: usize = 4_096;

/// Stands for cursors that are no numbers.
#[derive(Debug, Default)]
pub(super) struct Cursors(Mutex<(u64, VecDeque<(u64, Bytes)>)>);

impl Cursors {
    /// Returns the number a client gets for a cursor.
    pub(super) fn number(&self, cursor: &Bytes) -> u64 {
        let written = std::str::from_utf8(cursor).ok().and_then(|text| text.parse::<u64>().ok());
        if let Some(number) = written.filter(|number| number.to_string().as_bytes() == cursor) {
            return number;
        }
        let mut kept = self.0.lock();
        kept.0 += 1;
        let number = kept.0;
        kept.1.push_back((number, cursor.clone()));
        if kept.1.len() > CURSORS_MAX {
            kept.1.pop_front();
        }
        number
    }

    /// Returns the cursor that a number stands for.
    pub(super) fn cursor(&self, number: u64) -> Bytes {
        let kept = self.0.lock();
        let found = kept.1.iter().find(|(given, _)| *given == number).map(|(_, cursor)| cursor.clone());
        found.unwrap_or_else(|| if number == 0 { Bytes::new() } else { number.to_string().into() })
    }
}
