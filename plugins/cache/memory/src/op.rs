//! Lists the operations of the store and their replies, so that single calls and groups share one executor.

use crate::Value;

/// When a written entry ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Expiry {
    /// Never; a former deadline is dropped.
    #[default]
    None,
    /// This many milliseconds from now, at least 1.
    In(u64),
    /// At this unix time in milliseconds. A time not in the future deletes the key.
    At(u64),
    /// As before the write.
    Keep,
}

/// When an existing entry ends. A deadline not in the future deletes the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// This many milliseconds from now.
    In(u64),
    /// At this unix time in milliseconds.
    At(u64),
}

/// What [`Op::GetAndTouch`] does to the lifetime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touch {
    /// Sets a deadline; a lifetime of 0 is refused, as by Redis' `GETEX`.
    Until(Deadline),
    /// Removes the deadline.
    Persist,
}

/// What must hold for a write to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Condition<'a> {
    /// Nothing.
    #[default]
    Always,
    /// The key does not exist.
    IfAbsent,
    /// The key exists.
    IfPresent,
    /// The key exists with this value.
    IfEquals(&'a [u8]),
}

/// What must hold of the old deadline for a new one to be set. No deadline counts as infinitely late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExpiryCondition {
    /// Nothing.
    #[default]
    Always,
    /// There is none (`NX`).
    IfNone,
    /// There is one (`XX`).
    IfSome,
    /// The new one is later (`GT`).
    IfLater,
    /// The new one is earlier (`LT`).
    IfEarlier,
}

/// Whether a write returns the value it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Old {
    /// It does not.
    #[default]
    Drop,
    /// It does, also when the condition failed.
    Return,
}

/// What a rename or copy does to an existing destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Writes over it.
    Replace,
    /// Leaves it and reports `false`.
    Refuse,
}

/// One operation. Keys and values are borrowed for the call; each variant names its [`Reply`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the fields are the nouns of their variant's sentence")]
pub enum Op<'a> {
    /// Reads a value: [`Reply::Value`].
    Get { key: &'a [u8] },
    /// Writes a value: [`Reply::Written`]. `IfEquals` makes it a compare-and-set.
    Set { key: &'a [u8], value: &'a [u8], expiry: Expiry, condition: Condition<'a>, old: Old },
    /// Removes a key: [`Reply::Changed`].
    Delete { key: &'a [u8] },
    /// Tells whether a key exists: [`Reply::Changed`].
    Exists { key: &'a [u8] },
    /// Reads the remaining lifetime: [`Reply::Ttl`].
    Ttl { key: &'a [u8] },
    /// Sets a deadline: [`Reply::Changed`].
    Expire { key: &'a [u8], deadline: Deadline, condition: ExpiryCondition },
    /// Removes the deadline: [`Reply::Changed`], false if there was none.
    Persist { key: &'a [u8] },
    /// Adds to an integer, 0 if missing: [`Reply::Integer`]. `initial` is the deadline of a key this creates.
    Increment { key: &'a [u8], by: i64, initial: Option<Deadline> },
    /// Adds to a decimal number, 0 if missing: [`Reply::Value`], the text stored.
    IncrementFloat { key: &'a [u8], by: f64, initial: Option<Deadline> },
    /// Extends a value: [`Reply::Length`].
    Append { key: &'a [u8], bytes: &'a [u8] },
    /// Removes a key if it has this value: [`Reply::Changed`].
    CompareAndDelete { key: &'a [u8], expected: &'a [u8] },
    /// Sets a deadline if the key has this value: [`Reply::Changed`].
    CompareAndExpire { key: &'a [u8], expected: &'a [u8], deadline: Deadline },
    /// Reads and removes a key: [`Reply::Value`].
    GetAndDelete { key: &'a [u8] },
    /// Reads a key and changes its lifetime: [`Reply::Value`].
    GetAndTouch { key: &'a [u8], touch: Touch },
    /// Reads the length of a value, 0 if missing: [`Reply::Length`].
    Length { key: &'a [u8] },
    /// Reads the bytes from `start` to `end`, both included, negative from the end: [`Reply::Value`], empty if missing.
    GetRange { key: &'a [u8], start: i64, end: i64 },
    /// Writes over the bytes from `offset`, padding with zeros: [`Reply::Length`].
    SetRange { key: &'a [u8], offset: usize, bytes: &'a [u8] },
    /// Moves an entry with its deadline: [`Reply::Changed`].
    Rename { from: &'a [u8], to: &'a [u8], existing: Existing },
    /// Duplicates an entry with its deadline: [`Reply::Changed`].
    Copy { from: &'a [u8], to: &'a [u8], existing: Existing },
    /// Reads the token that tells one state of a key from the next: [`Reply::Token`].
    Version { key: &'a [u8] },
    /// Picks some key: [`Reply::Key`]. Not uniform: a key is as likely as the gap before its hash is wide.
    RandomKey,
    /// Lists keys that begin with `prefix`: [`Reply::Keys`]. `cursor` 0 begins; `count` keys are looked at.
    Scan { cursor: u64, prefix: &'a [u8], count: usize },
    /// Removes the keys that begin with `prefix`: [`Reply::Count`]. Outside a group, not atomic over shards.
    ClearPrefix { prefix: &'a [u8] },
    /// Removes every key: [`Reply::Count`]. Outside a group, not atomic over shards.
    Clear,
}

/// The answer to an [`Op`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A value, or none.
    Value(Option<Value>),
    /// Whether the write took place, and the value found before it if it was asked for.
    Written {
        /// False when the condition failed.
        stored: bool,
        /// The value found.
        old: Option<Value>,
    },
    /// Whether the key existed, or was changed.
    Changed(bool),
    /// A lifetime.
    Ttl(Ttl),
    /// A sum.
    Integer(i64),
    /// A length in bytes.
    Length(usize),
    /// A number of keys.
    Count(usize),
    /// A key, or none in an empty store.
    Key(Option<Vec<u8>>),
    /// A page of keys.
    Keys(KeyPage),
    /// A token.
    Token(Token),
}

/// A remaining lifetime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ttl {
    /// The key does not exist.
    Missing,
    /// The key has no deadline.
    Persistent,
    /// Milliseconds left, at least 1.
    In(u64),
}

/// One page of a scan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyPage {
    /// The keys found, in no useful order.
    pub keys: Vec<Vec<u8>>,
    /// Where to go on; 0 at the end. Good for the life of this store only.
    pub next: u64,
}

/// Tells one state of a key from every later one. Compare for equality only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Token {
    /// The key does not exist.
    Missing,
    /// The key is as the write with this number left it.
    Written(u64),
}
