//! How a command ends when it does not succeed: a sentence for the reader and an exit code for the caller.

/// Exit code for a command line that names something unknown, as most Unix tools use it.
pub(crate) const EXIT_USAGE: u8 = 2;

/// Why a command stopped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) code: u8,
}

impl Failure {
    /// The work was tried and did not succeed.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1 }
    }

    /// The command line itself is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: EXIT_USAGE }
    }

    /// A program that was started ended with this code; none means a signal ended it.
    pub(crate) fn of_program(name: &str, code: Option<i32>) -> Self {
        let code_shown = code.map_or("a signal".to_owned(), |code| format!("exit code {code}"));
        let code = code.and_then(|code| u8::try_from(code).ok()).filter(|&code| code != 0).unwrap_or(1);
        Self { message: format!("{name} ended with {code_shown}"), code }
    }
}
