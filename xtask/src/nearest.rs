//! Finds the name a mistyped one was meant to be.

/// Returns the closest of `names`, or none if more than half of the letters would have to change.
pub(crate) fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    names
        .into_iter()
        .map(|name| (distance(typed, name), name))
        .filter(|(distance, name)| distance * 2 <= name.len().max(typed.len()))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Counts the single-letter edits between two words (Levenshtein), one row of the table at a time.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (line, from_letter) in from.chars().enumerate() {
        let mut next = vec![line + 1];
        for ((to_letter, pair), left_edits) in to.chars().zip(row.windows(2)).zip(1_usize..) {
            let &[diagonal, above] = pair else { continue };
            let left = next.last().copied().unwrap_or(left_edits);
            let changed = usize::from(from_letter != to_letter);
            next.push((diagonal + changed).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests;
