//! Reads and writes a part of one value.

use crate::store::write::Write;
use crate::{StoreError, Value};

impl Write<'_, '_> {
    /// Copies the bytes from `start` to `end`, both included; negative counts from the end, as in `GETRANGE`.
    pub(super) fn range(&mut self, start: i64, end: i64) -> Value {
        let value = self.value();
        let bytes = value.as_deref().unwrap_or_default();
        Value::build(self.key, [slice(bytes, start, end)])
    }

    pub(super) fn set_range(&mut self, offset: usize, bytes: &[u8]) -> Result<usize, StoreError> {
        let (former, deadline) = match self.find() {
            Some(entry) => (Some(entry.value.clone()), entry.deadline),
            None => (None, None),
        };
        let former = former.as_deref().unwrap_or_default();
        // Writing nothing neither pads nor creates (SETRANGE).
        if bytes.is_empty() {
            return Ok(former.len());
        }
        let end = offset.saturating_add(bytes.len());
        // Before the zeros are allocated.
        self.shard.limits.check_value(self.key, end.max(former.len()))?;
        let head = former.get(..offset).unwrap_or(former);
        let tail = former.get(end..).unwrap_or_default();
        let padding = vec![0; offset.saturating_sub(former.len())];
        self.put([head, &padding, bytes, tail], deadline).map(|value| value.len())
    }
}

fn slice(bytes: &[u8], start: i64, end: i64) -> &[u8] {
    let Ok(length) = i64::try_from(bytes.len()) else {
        return &[];
    };
    if start < 0 && end < 0 && start > end {
        return &[];
    }
    let from_front = |at: i64| {
        if at < 0 { length.saturating_add(at).max(0) } else { at }
    };
    let (start, last) = (from_front(start), from_front(end).min(length - 1));
    match (usize::try_from(start), usize::try_from(last)) {
        (Ok(start), Ok(last)) => bytes.get(start..=last).unwrap_or_default(),
        _ => &[],
    }
}
