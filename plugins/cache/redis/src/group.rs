//! Groups: one script that compares the watched states and runs the operations as one atomic step.
//!
//! Unlike WATCH, MULTI, EXEC on a connection of its own, this is one round trip on a shared connection, and a dropped
//! call leaves nothing half done. The price: a watched key that changed and changed back counts as unchanged.

use outrigger_plugin_api::sdk::{
    Bytes, Call, ProviderError,
    cache::{Group, Op, OpResult, Watched},
};
use redis::{Cmd, Value, cluster_routing::Slot};

use crate::{
    decode::{decode, unexpected},
    encode::{Command, encode},
    provider::RedisCache,
    script::GROUP_SCRIPT,
};

impl RedisCache {
    pub(crate) async fn run_group(
        &self,
        call: Call,
        watched: Vec<Watched>,
        ops: Vec<Op<Bytes>>,
    ) -> Result<Group, ProviderError> {
        let commands: Vec<_> = ops.iter().map(|op| encode(&self.space, op)).collect();
        let mut keys: Vec<Bytes> = watched.iter().map(|watched| self.space.outer(&watched.key)).collect();
        keys.extend(ops.iter().zip(&commands).filter(|(_, command)| command.is_ok()).flat_map(|(op, _)| self.keys(op)));
        if self.link.is_cluster() {
            same_slot(&keys)?;
        }
        let (text, hash) = &*GROUP_SCRIPT;
        let remembered = script("EVALSHA", hash, &keys, &watched, &commands);
        let route = || keys.first().cloned();
        let answer = match self.one(&call, remembered, route()).await {
            Ok(Value::ServerError(error)) if error.code() == "NOSCRIPT" => {
                self.one(&call, script("EVAL", text, &keys, &watched, &commands), route()).await
            }
            answer => answer,
        };
        match answer? {
            Value::Nil => Ok(Group::Changed),
            Value::Array(values) => Ok(Group::Ran(results(&ops, commands, values))),
            other => Err(unexpected(&other)),
        }
    }

    async fn one(&self, call: &Call, cmd: Cmd, key: Option<Bytes>) -> Result<Value, ProviderError> {
        let mut answers = self.link.run(self.limit(call), vec![(cmd, key)]).await;
        answers.pop().unwrap_or_else(|| Err(ProviderError::internal("the group got no answer")))
    }

    fn keys(&self, op: &Op<Bytes>) -> Vec<Bytes> {
        let mut keys = Vec::with_capacity(2);
        // The order of fields is that of Op: the key comes first, and only these two have a second.
        op.map(|bytes| keys.push(self.space.outer(bytes)));
        keys.truncate(if matches!(op, Op::Rename { .. } | Op::Copy { .. }) { 2 } else { 1 });
        keys
    }
}

/// Gives each operation its reply; those that could not be encoded were not sent.
fn results(ops: &[Op<Bytes>], commands: Vec<Result<Command, ProviderError>>, values: Vec<Value>) -> Vec<OpResult> {
    let mut values = values.into_iter();
    let answer = |(op, command): (&Op<Bytes>, Result<Command, ProviderError>)| {
        command?;
        let value = values.next().ok_or_else(|| ProviderError::internal("the group answered too few operations"))?;
        decode(op, value)
    };
    ops.iter().zip(commands).map(answer).collect()
}

fn script(
    name: &str,
    text_or_hash: &str,
    keys: &[Bytes],
    watched: &[Watched],
    commands: &[Result<Command, ProviderError>],
) -> Cmd {
    let mut cmd = redis::cmd(name);
    cmd.arg(text_or_hash).arg(keys.len());
    for key in keys {
        cmd.arg(&key[..]);
    }
    cmd.arg(watched.len());
    for watched in watched {
        cmd.arg(&watched.token[..]);
    }
    for command in commands.iter().flatten() {
        // An EVAL becomes the name of its body, in place of the two words EVAL and the text.
        let words = command.cmd.args_iter().skip(if command.body.is_some() { 2 } else { 0 });
        cmd.arg(words.len() + usize::from(command.body.is_some()));
        if let Some(body) = command.body {
            cmd.arg(body.name());
        }
        for word in words {
            if let redis::Arg::Simple(word) = word {
                cmd.arg(word);
            }
        }
    }
    cmd
}

/// A cluster runs a script on one node only.
fn same_slot(keys: &[Bytes]) -> Result<(), ProviderError> {
    let mut slots = keys.iter().map(Slot::for_key);
    let first = slots.next();
    if slots.all(|slot| Some(slot) == first) {
        return Ok(());
    }
    Err(ProviderError::invalid(
        "the keys of a group must share a slot of the cluster: give them the same {tag}, as in `{user1}:name`",
    ))
}
