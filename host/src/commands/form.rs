//! How the results of operations become one reply.

use outrigger_plugin_api::sdk::cache::{OpResult, Reply, Value};

use super::{
    fault::{self, Fault},
    write,
};
use crate::resp::Replies;

/// What reply a request gets, and so how many results it takes.
#[derive(Debug)]
pub(super) enum Form {
    /// This error; no operation was needed.
    Fault(Fault),
    /// This error where there is the key, else nothing: it was looked for first.
    FaultIfPresent(Fault),
    /// The value or nothing.
    Bulk,
    /// OK, or nothing where a condition did not hold.
    Written,
    /// The value before.
    Former,
    /// One where it applied, else zero.
    Flag,
    /// As [`Self::Flag`], once it is known that the key has a deadline: asked and done as one step.
    FlagIfExpiring,
    /// How many of these applied.
    Sum(usize),
    /// A list of these many values.
    Bulks(usize),
    /// OK once all of these are written.
    AllWritten(usize),
    /// A number.
    Integer,
    /// Time left.
    Left(Unit),
    /// The deadline, as unix time.
    Deadline(Unit),
    /// OK, or the error that there is no such key.
    Renamed,
    /// One or zero, or the error that there is no such key.
    RenamedFlag,
    /// `string` or `none`.
    Type,
    /// How Redis would hold the value.
    Encoding,
    /// This number where there is the key, else nothing.
    Whether(i64),
    /// What an entry takes, with a key of this length.
    Usage(usize),
}

/// What times are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Seconds,
    Millis,
}

impl Form {
    /// Writes the reply. The first error among its results is the reply.
    pub(super) fn write(self, results: &mut impl Iterator<Item = OpResult>, out: &mut Replies) {
        if let Err(error) = self.try_write(results, out) {
            out.error(&error);
        }
    }

    fn try_write(self, results: &mut impl Iterator<Item = OpResult>, out: &mut Replies) -> Result<(), Fault> {
        match self {
            Self::Fault(fault) => return Err(fault),
            Self::Sum(count) => {
                // All are taken, or the next request would get what is left.
                let taken: Vec<_> = results.take(count).collect();
                let applied = |result: OpResult| Ok::<_, Fault>(usize::from(result.map_err(said)? == Reply::Yes));
                out.count(taken.into_iter().map(applied).sum::<Result<usize, _>>()?);
            }
            Self::AllWritten(count) => {
                let taken: Vec<_> = results.take(count).collect();
                taken.into_iter().try_for_each(|result| result.map(drop).map_err(said))?;
                out.status("OK");
            }
            Self::Bulks(count) => {
                out.list(count);
                for result in results.take(count) {
                    // As in MGET, what is no string is nothing.
                    bulk(result.ok().and_then(value), out);
                }
            }
            single => single.one(results.next().unwrap_or_else(|| Err(missing())).map_err(said)?, out)?,
        }
        Ok(())
    }

    #[inline]
    fn one(self, reply: Reply, out: &mut Replies) -> Result<(), Fault> {
        match (self, reply) {
            (Self::Bulk, reply) => bulk(value(reply), out),
            (Self::FaultIfPresent(fault), Reply::Yes) => return Err(fault),
            (Self::FaultIfPresent(_), _) => out.null(),
            (Self::Written, Reply::Stored(_)) => out.status("OK"),
            (Self::Written, _) => out.null(),
            (Self::Former, Reply::Stored(old) | Reply::NotStored(old)) => bulk(old, out),
            (Self::Flag | Self::RenamedFlag, Reply::Yes | Reply::Stored(_)) => out.integer(1),
            (Self::Flag | Self::RenamedFlag, Reply::No | Reply::NotStored(_)) => out.integer(0),
            (Self::Renamed, Reply::Yes) => out.status("OK"),
            (Self::Renamed | Self::RenamedFlag, Reply::Missing) => return Err(fault::NO_SUCH_KEY),
            (Self::Integer, Reply::Integer(number)) => out.integer(number),
            (Self::Left(_) | Self::Deadline(_), Reply::Missing) => out.integer(-2),
            (Self::Left(_) | Self::Deadline(_), Reply::Persistent) => out.integer(-1),
            (Self::Left(unit), Reply::Ttl(left)) => out.integer(write::in_unit(unit, left)),
            (Self::Deadline(unit), Reply::Ttl(left)) => out.integer(write::deadline(unit, left)),
            (Self::Type, reply) => out.status(if reply == Reply::Yes { "string" } else { "none" }),
            (Self::Encoding, Reply::Value(value)) => out.bulk(write::encoding(value.as_ref())),
            (Self::Whether(number), Reply::Yes) => out.integer(number),
            (Self::Encoding | Self::Whether(_) | Self::Usage(_), Reply::Missing | Reply::No) => out.null(),
            (Self::Usage(key_bytes), Reply::Value(value)) => {
                out.count(write::usage(key_bytes, value.as_ref().len()));
            }
            (form, other) => return Err(fault::internal(format_args!("{form:?} from {other:?}"))),
        }
        Ok(())
    }
}

fn value(reply: Reply) -> Option<Value> {
    if let Reply::Value(value) = reply { Some(value) } else { None }
}

#[inline]
fn bulk(value: Option<Value>, out: &mut Replies) {
    match value {
        Some(value) => out.value(value),
        None => out.null(),
    }
}

#[cold]
fn missing() -> outrigger_plugin_api::sdk::ProviderError {
    outrigger_plugin_api::sdk::ProviderError::internal("an operation got no result")
}

#[cold]
fn said(error: outrigger_plugin_api::sdk::ProviderError) -> Fault {
    fault::of_provider(&error)
}
