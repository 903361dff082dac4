//! Names of journal files: they sort like the positions in them.

const PREFIX: &str = "journal-";
const SUFFIX: &str = ".log";
/// As many digits as the largest position has.
const DIGITS: usize = 20;

/// Returns the name of the journal file whose records begin at `first`.
pub(in crate::journal) fn file_name(first: u64) -> String {
    format!("{PREFIX}{first:0DIGITS$}{SUFFIX}")
}

/// Whether this is the name of a journal file in use.
pub(in crate::journal) fn is_journal_file(name: &str) -> bool {
    first_in_name(name).is_some_and(|first| name == file_name(first))
}

/// Returns the first position a name tells: also that of a journal file set aside, which has something behind `.log`.
pub(in crate::journal) fn first_in_name(name: &str) -> Option<u64> {
    let (digits, rest) = name.strip_prefix(PREFIX)?.split_at_checked(DIGITS)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && rest.starts_with(SUFFIX);
    plain.then(|| digits.parse().ok())?
}
