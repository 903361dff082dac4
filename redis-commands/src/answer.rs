//! A reply of Redis, free of what carried it.

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Nothing.
    Nil,
    /// `OK`.
    Okay,
    /// A number.
    Integer(i64),
    /// A text or any bytes.
    Bytes(Vec<u8>),
    /// Several replies.
    List(Vec<Answer>),
    /// An error: its code, such as `WRONGTYPE`, and its text.
    Error {
        /// The first word, in capitals.
        code: String,
        /// The rest.
        detail: String,
    },
    /// What no command of these answers.
    Other,
}
