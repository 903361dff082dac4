//! What the page of the last run tells: whether it ended well, and if not, what is known of it. Pure.

use std::fmt;

use super::{
    mark::Op,
    page::{Entry, Head, PROVIDERS_MAX, Words},
};

/// How a process ended that was not told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// By a signal that its own code raised.
    Signal(i32),
    /// By a fatal signal that another process sent.
    Sent(i32),
    /// By `exit`, which the host did not call.
    Exit,
}

impl Cause {
    /// Returns the number in the page; never 0. Fit for a signal handler.
    pub(super) const fn number(self) -> u64 {
        match self {
            Self::Signal(number) => 1 << 32 | number.unsigned_abs() as u64,
            Self::Sent(number) => 2 << 32 | number.unsigned_abs() as u64,
            Self::Exit => 3 << 32,
        }
    }

    fn of(number: u64) -> Option<Self> {
        let signal = i32::try_from(number & 0xFFFF_FFFF).ok()?;
        match number >> 32 {
            1 => Some(Self::Signal(signal)),
            2 => Some(Self::Sent(signal)),
            3 => Some(Self::Exit),
            _ => None,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The numbers of Linux on every processor that it has plugins for.
        let name = |number| match number {
            4 => "SIGILL",
            5 => "SIGTRAP",
            6 => "SIGABRT",
            7 => "SIGBUS",
            8 => "SIGFPE",
            11 => "SIGSEGV",
            31 => "SIGSYS",
            _ => "a signal",
        };
        match self {
            Self::Signal(number) => write!(f, "{} ({number})", name(*number)),
            Self::Sent(number) => write!(f, "{} ({number}) from another process", name(*number)),
            Self::Exit => write!(f, "a call of exit"),
        }
    }
}

/// A crash that is some provider's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crash {
    /// The run's number, so that it is counted once.
    pub run: u64,
    /// The provider.
    pub provider: String,
    /// The content of its plugin.
    pub sha256: String,
    /// What it was asked for; `None` on a thread of its own.
    pub operation: Option<Op>,
    /// How.
    pub cause: Cause,
    /// When, in unix milliseconds.
    pub at_ms: u64,
    /// How long after it was loaded, in milliseconds.
    pub ran_ms: u64,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// As it was told to, or there was none.
    Well,
    /// By this provider.
    ByProvider(Crash),
    /// Nobody knows by whom: killed, out of memory, loss of power, `_exit`, or a crash of the host's own.
    Otherwise {
        /// How, as far as known.
        cause: Option<Cause>,
        /// What was in flight, in words.
        in_flight: Vec<String>,
    },
}

/// Reads how the run ended that left these words.
pub(super) fn read(words: &Words) -> Ended {
    if words.head(Head::Clean) != 0 {
        return Ended::Well;
    }
    let cause = Cause::of(words.head(Head::Cause));
    let guilty = usize::try_from(words.head(Head::Provider)).ok().and_then(|at| words.entry(at.checked_sub(1)?));
    match (cause, guilty) {
        (Some(cause), Some(entry)) => Ended::ByProvider(crash(words, cause, entry)),
        (cause, _) => Ended::Otherwise { cause, in_flight: in_flight(words) },
    }
}

fn crash(words: &Words, cause: Cause, entry: Entry) -> Crash {
    let operation = usize::try_from(words.head(Head::Operation)).ok().and_then(|number| number.checked_sub(1));
    Crash {
        run: words.head(Head::Run),
        provider: entry.name,
        sha256: entry.sha256,
        operation: operation.and_then(|at| Op::ALL.get(at)).copied(),
        cause,
        at_ms: words.head(Head::At),
        ran_ms: words.head(Head::Moment).saturating_sub(entry.started),
    }
}

fn in_flight(words: &Words) -> Vec<String> {
    let entries = (0..PROVIDERS_MAX).filter_map(|at| words.entry(at));
    let shown = entries.flat_map(|entry| {
        let name = entry.name;
        entry.in_flight.into_iter().map(move |(op, count)| format!("{name} {} ×{count}", op.as_str()))
    });
    shown.collect()
}

#[cfg(test)]
mod tests;
