//! Known scripts as operations.

use std::time::Duration;

use outrigger_plugin_api::sdk::cache::{Condition, ExpireCondition, Expiry, Group, Op, Reply, Watched};

use super::{Call, Known};
use crate::{
    commands::{
        Engine,
        fault::{self, Fault},
        form::{Form, Unit},
        plan::{Deadlines, Ops, expiry_option, relative},
    },
    resp::{self, Replies},
};

const SECONDS: Deadlines = Deadlines { unit: Unit::Seconds, absolute: false };
const MILLIS: Deadlines = Deadlines { unit: Unit::Millis, absolute: false };

impl Engine {
    pub(super) async fn run_script(&self, known: Known, call: Call<'_>, out: &mut Replies) -> Result<(), Fault> {
        let key = call.key()?;
        match known {
            Known::Release => {
                let op = Op::CompareAndDelete { key, expected: call.argument(1)? };
                self.one(op, Form::Flag, out).await;
            }
            Known::ReleaseOrGone => self.release_or_gone(key, call.argument(1)?, out).await?,
            Known::ExtendSeconds | Known::ExtendMillis => {
                let unit = if known == Known::ExtendSeconds { SECONDS } else { MILLIS };
                let expiry = relative(unit, call.argument(2)?, "expire")?;
                let op = Op::CompareAndExpire { key, expected: call.argument(1)?, expiry };
                self.one(op, Form::Flag, out).await;
            }
            Known::ExtendLeft => self.extend_left(key, call, out).await?,
            Known::AddSeconds => {
                let expiry = relative(SECONDS, call.argument(2)?, "setex")?;
                let (value, condition) = (call.argument(1)?, Condition::IfAbsent);
                self.one(Op::Set { key, value, expiry, condition, return_old: false }, Form::Written, out).await;
            }
            Known::CompareAndSet => self.compare_and_set(key, call, out).await?,
            Known::Increment => {
                let by = number(call.argument(1)?)?;
                self.one(Op::Increment { key, by, expiry: Expiry::Never }, Form::Integer, out).await;
            }
            Known::IncrementMillis => self.increment_millis(key, call, out).await?,
            Known::IncrementPresent => {
                let by = number(call.argument(1)?)?;
                let ops = vec![Op::Increment { key, by, expiry: Expiry::Never }];
                match self.if_each(&[key], Op::Exists { key }, &Reply::Yes, &ops).await? {
                    Some(replies) => Form::Integer.write(&mut replies.into_iter().map(Ok), out),
                    None => out.null(),
                }
            }
            Known::Limit => self.limit(key, call, out).await?,
            Known::LockAll => {
                let sets = self.sets(&call, &call.keys())?;
                let free = self.if_each(&call.keys(), Op::Exists { key }, &Reply::No, &sets).await?;
                out.count(free.map_or(0, |replies| replies.len()));
            }
            Known::UnlockAll => {
                let expected = call.argument(1)?;
                let ops: Vec<_> = call.keys().into_iter().map(|key| Op::CompareAndDelete { key, expected }).collect();
                let form = Form::Sum(ops.len());
                self.step(&ops, form, out).await;
            }
            Known::ExtendAll => {
                let sets = self.sets(&call, &call.keys())?;
                let own = Reply::Value(call.argument(1)?.to_vec().into());
                let held = self.if_each(&call.keys(), Op::Get { key }, &own, &sets).await?;
                out.count(held.map_or(0, |replies| replies.len()));
            }
        }
        Ok(())
    }

    async fn one(&self, op: Op<&[u8]>, form: Form, out: &mut Replies) {
        self.step(&vec![op], form, out).await;
    }

    /// Returns writes of ARGV[1] for ARGV[2] milliseconds.
    fn sets<'a>(&self, call: &Call<'a>, keys: &[&'a [u8]]) -> Result<Ops<'a>, Fault> {
        let (value, expiry) = (call.argument(1)?, relative(MILLIS, call.argument(2)?, "set")?);
        let set = |key| Op::Set { key, value, expiry, condition: Condition::Always, return_old: false };
        Ok(keys.iter().copied().map(set).collect())
    }

    /// Runs operations as one step if a question gives this reply for each key. `None` where it does not.
    async fn if_each(
        &self,
        keys: &[&[u8]],
        question: Op<&[u8]>,
        wanted: &Reply,
        ops: &Ops<'_>,
    ) -> Result<Option<Vec<Reply>>, Fault> {
        let ask = |key| if matches!(question, Op::Get { .. }) { Op::Get { key } } else { Op::Exists { key } };
        let questions: Vec<_> = keys.iter().copied().map(ask).collect();
        for _ in 0..fault::TRIES_MAX {
            let watched = self.tokens(keys).await?;
            let answers = self.batch(&questions).await?;
            for answer in answers {
                if answer.map_err(|error| fault::of_provider(&error))? != *wanted {
                    return Ok(None);
                }
            }
            if let Some(replies) = self.ran(&watched, ops).await? {
                return Ok(Some(replies));
            }
        }
        Err(fault::contended())
    }

    /// Runs a group; `None` where a watched key has changed.
    async fn ran(&self, watched: &[Watched], ops: &Ops<'_>) -> Result<Option<Vec<Reply>>, Fault> {
        match self.group(watched, ops).await.map_err(|error| fault::of_call(&error))? {
            Group::Changed => Ok(None),
            Group::Ran(results) => {
                let replies: Result<Vec<_>, _> = results.into_iter().collect();
                replies.map(Some).map_err(|error| fault::of_provider(&error))
            }
        }
    }

    async fn reply(&self, op: Op<&[u8]>) -> Result<Reply, Fault> {
        let result = self.batch(&vec![op]).await?.pop();
        result.unwrap_or(Ok(Reply::Missing)).map_err(|error| fault::of_provider(&error))
    }

    async fn release_or_gone(&self, key: &[u8], expected: &[u8], out: &mut Replies) -> Result<(), Fault> {
        let released = self.reply(Op::CompareAndDelete { key, expected }).await? == Reply::Yes;
        let there = released || self.reply(Op::Exists { key }).await? == Reply::Yes;
        out.integer(if released {
            1
        } else if there {
            0
        } else {
            -1
        });
        Ok(())
    }

    async fn extend_left(&self, key: &[u8], call: Call<'_>, out: &mut Replies) -> Result<(), Fault> {
        let millis = number(call.argument(2)?)?;
        let Reply::Ttl(left) = self.reply(Op::Ttl { key }).await? else {
            out.integer(0);
            return Ok(());
        };
        let left = i64::try_from(left.as_millis()).unwrap_or(i64::MAX);
        let sum = if call.argument(3)? == b"0" { millis.saturating_add(left) } else { millis };
        let expiry = Expiry::In(Duration::from_millis(u64::try_from(sum).unwrap_or_default()));
        // Whoever holds the lock is the only one to move its deadline, so nothing moved it since.
        let op = Op::CompareAndExpire { key, expected: call.argument(1)?, expiry };
        self.one(op, Form::Flag, out).await;
        Ok(())
    }

    async fn compare_and_set(&self, key: &[u8], call: Call<'_>, out: &mut Replies) -> Result<(), Fault> {
        let expiry = match call.arguments() {
            4 => relative(expiry_option(call.argument(3)?).ok_or(fault::SYNTAX)?, call.argument(4)?, "set")?,
            _ => Expiry::Never,
        };
        let op = Op::CompareAndSet { key, expected: call.argument(2)?, value: call.argument(1)?, expiry };
        if self.reply(op).await? == Reply::Yes {
            out.status("OK")
        } else {
            out.integer(0)
        }
        Ok(())
    }

    async fn increment_millis(&self, key: &[u8], call: Call<'_>, out: &mut Replies) -> Result<(), Fault> {
        let by = number(call.argument(1)?)?;
        let expiry = relative(MILLIS, call.argument(2)?, "pexpire")?;
        // The deadline comes with the key, as nothing may come between; by another number, 1 is no sign of a new key.
        let created = if by == 1 { expiry } else { Expiry::Never };
        let reply = self.reply(Op::Increment { key, by, expiry: created }).await?;
        if reply == Reply::Integer(1) {
            self.reply(Op::Expire { key, expiry, condition: ExpireCondition::Always }).await?;
        }
        Form::Integer.write(&mut std::iter::once(Ok(reply)), out);
        Ok(())
    }

    async fn limit(&self, key: &[u8], call: Call<'_>, out: &mut Replies) -> Result<(), Fault> {
        let by = number(call.argument(1)?)?;
        let expiry = relative(SECONDS, call.argument(2)?, "set")?;
        let (value, condition) = (&b"0"[..], Condition::IfAbsent);
        let ops = vec![
            Op::Set { key, value, expiry, condition, return_old: false },
            Op::Increment { key, by, expiry: Expiry::Never },
            Op::Ttl { key },
        ];
        let replies = self.ran(&[], &ops).await?.unwrap_or_default();
        let [_, Reply::Integer(consumed), left] = replies.as_slice() else {
            return Err(fault::internal("a counter that is no number"));
        };
        let left = match left {
            Reply::Ttl(left) => i64::try_from(left.as_millis()).unwrap_or(i64::MAX),
            _ => {
                self.reply(Op::Expire { key, expiry, condition: ExpireCondition::Always }).await?;
                number(call.argument(2)?)?.saturating_mul(1_000)
            }
        };
        out.list(2);
        out.integer(*consumed);
        out.integer(left);
        Ok(())
    }
}

fn number(text: &[u8]) -> Result<i64, Fault> {
    resp::integer(text).ok_or(fault::NOT_AN_INTEGER)
}
