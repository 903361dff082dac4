//! Patterns of keys as Redis matches them (`stringmatchlen`).

/// Steps of one match at most: a hostile pattern such as `*a*a*a*a*b` would otherwise take hours for one key. Patterns
/// of people take some hundred.
const STEPS_MAX: u32 = 1 << 20;

/// Tells whether the pattern matches.
pub(super) fn matches(pattern: &[u8], text: &[u8]) -> bool {
    Match { steps: 0 }.run(pattern, text)
}

/// As [`matches`], whatever the case of the pattern; the text is in lower case.
pub(super) fn matches_lowercase(pattern: &[u8], text: &[u8]) -> bool {
    matches(&pattern.to_ascii_lowercase(), text)
}

/// Returns the bytes that every match begins with.
pub(super) fn prefix(pattern: &[u8]) -> &[u8] {
    let end = pattern.iter().position(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\'));
    pattern.get(..end.unwrap_or(pattern.len())).unwrap_or_default()
}

struct Match {
    steps: u32,
}

impl Match {
    /// Matches piece by piece. Only the last star is ever gone back to: what an earlier one could do, it can too.
    fn run(&mut self, mut pattern: &[u8], mut text: &[u8]) -> bool {
        let mut star: Option<(&[u8], &[u8])> = None;
        loop {
            self.steps += 1;
            if self.steps > STEPS_MAX {
                return false;
            }
            if let [b'*', rest @ ..] = pattern {
                star = Some((rest, text));
                pattern = rest;
                continue;
            }
            match (text, one(pattern, text.first().copied())) {
                ([], _) if pattern.is_empty() => return true,
                ([_, behind @ ..], Some(rest)) => (pattern, text) = (rest, behind),
                _ => {
                    let Some((after_star, [_, behind @ ..])) = star else { return false };
                    star = Some((after_star, behind));
                    (pattern, text) = (after_star, behind);
                }
            }
        }
    }
}

/// Matches one byte by what the pattern begins with; returns the rest of the pattern.
fn one(pattern: &[u8], byte: Option<u8>) -> Option<&[u8]> {
    let byte = byte?;
    match pattern {
        [b'?', rest @ ..] => Some(rest),
        [b'[', rest @ ..] => class(rest, byte),
        [b'\\', literal, rest @ ..] => (*literal == byte).then_some(rest),
        [literal, rest @ ..] => (*literal == byte).then_some(rest),
        [] => None,
    }
}

/// Matches a byte by a class, behind its bracket. A class that does not end goes to the end of the pattern.
fn class(mut rest: &[u8], byte: u8) -> Option<&[u8]> {
    let negated = matches!(rest, [b'^', ..]);
    if let (true, [_, behind @ ..]) = (negated, rest) {
        rest = behind;
    }
    let mut found = false;
    loop {
        rest = match rest {
            [] => break,
            [b']', behind @ ..] => {
                rest = behind;
                break;
            }
            [b'\\', literal, behind @ ..] => {
                found |= *literal == byte;
                behind
            }
            [low, b'-', high, behind @ ..] => {
                found |= (low.min(high)..=low.max(high)).contains(&&byte);
                behind
            }
            [literal, behind @ ..] => {
                found |= *literal == byte;
                behind
            }
        };
    }
    (found != negated).then_some(rest)
}

#[cfg(test)]
mod tests;
