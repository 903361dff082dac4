//! Counts tests by the closing lines of the test binaries.

use std::fmt;

/// What all test binaries of a run reported together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    passed: u64,
    failed: u64,
    binaries: u64,
}

impl Tally {
    /// Returns how many tests ran to an end.
    pub(crate) fn ran(&self) -> u64 {
        self.passed + self.failed
    }

    /// Returns both counts together.
    pub(crate) fn and(&self, other: &Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            binaries: self.binaries + other.binaries,
        }
    }

    /// Takes in one line of output, such as `test result: ok. 3 passed; 0 failed; 0 ignored; …`.
    pub(crate) fn read(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else { return };
        self.binaries += 1;
        let words: Vec<&str> = result.split([' ', ';']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            match pair {
                [count, "passed"] => self.passed += count.parse().unwrap_or(0),
                [count, "failed"] => self.failed += count.parse().unwrap_or(0),
                _ => {}
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} tests passed, {} failed, in {} binaries", self.passed, self.failed, self.binaries)
    }
}

#[cfg(test)]
mod tests;
