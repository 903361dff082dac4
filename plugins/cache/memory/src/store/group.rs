//! Runs several operations as one, provided that watched keys did not change.

use crate::store::execute::Keys;
use crate::store::locked::Locked;
use crate::store::{Store, shard_of};
use crate::{Op, Reply, StoreError, Token};

/// The outcome of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupOutcome {
    /// A watched key had another token: nothing was run.
    Aborted,
    /// Every operation was run, each with its own result: as in Redis, one refusal does not undo the others.
    Done(Vec<Result<Reply, StoreError>>),
}

impl Store {
    /// Runs the operations in order, at one moment, with every key they touch locked.
    ///
    /// Tokens come from [`Op::Version`]. A key that was missing, written and removed again since counts as
    /// unchanged. An operation on all keys locks the whole store.
    pub fn group(&self, ops: &[Op], watched: &[(&[u8], Token)]) -> GroupOutcome {
        let mut numbers: Vec<usize> = watched.iter().map(|(key, _)| shard_of(self.hash(key))).collect();
        for op in ops {
            match op.keys() {
                Keys::One(key) => numbers.push(shard_of(self.hash(key))),
                Keys::Two(from, to) => numbers.extend([from, to].map(|key| shard_of(self.hash(key)))),
                Keys::All => numbers.extend(0..self.shards.len()),
            }
        }
        let mut locked = Locked::many(&self.shards, numbers);
        let mut moment = self.moment();
        let unchanged = watched.iter().all(|(key, token)| {
            let hash = self.hash(key);
            locked.with(hash, |shard| shard.token(hash, key, &mut moment)) == *token
        });
        if !unchanged {
            return GroupOutcome::Aborted;
        }
        let replies = ops.iter().map(|op| self.execute(*op, &mut locked, &mut moment)).collect();
        drop(locked);
        self.trim();
        GroupOutcome::Done(replies)
    }
}
