//! Groups: one script that compares the watched states and runs the operations as one atomic step.
//!
//! Unlike WATCH, MULTI, EXEC on a connection of its own, this is one round trip on a shared connection, and a dropped
//! call leaves nothing half done. The price: a watched key that changed and changed back counts as unchanged.

use std::sync::LazyLock;

use outrigger_plugin_api::sdk::{
    Bytes, Call, ProviderError,
    cache::{Group, Op, Watched},
};
use outrigger_redis_commands::{encode, group, group_results, group_script, keys_of};
use redis::{Cmd, Value, cluster_routing::Slot};

use crate::{
    form::{Packed, answer},
    provider::RedisCache,
};

/// The group script, and its SHA-1 by which the server remembers it.
static GROUP_SCRIPT: LazyLock<(String, String)> = LazyLock::new(|| {
    let text = group_script();
    let hash = redis::Script::new(&text).get_hash().to_owned();
    (text, hash)
});

impl RedisCache {
    pub(crate) async fn run_group(
        &self,
        call: Call,
        watched: Vec<Watched>,
        ops: Vec<Op<Bytes>>,
    ) -> Result<Group, ProviderError> {
        let commands: Vec<_> = ops.iter().map(|op| encode(&self.space, op)).collect();
        let mut keys: Vec<Bytes> = watched.iter().map(|watched| self.space.outer(&watched.key)).collect();
        let sent = ops.iter().zip(&commands).filter(|(_, command)| command.is_ok());
        keys.extend(sent.flat_map(|(op, _)| keys_of(&self.space, op)));
        if self.link.is_cluster() {
            same_slot(&keys)?;
        }
        let (text, hash) = &*GROUP_SCRIPT;
        let script = |name: &str, script: &str| group::<Packed>(name, script, &keys, &watched, &commands).0;
        let route = || keys.first().cloned();
        let value = match self.one(&call, script("EVALSHA", hash), route()).await {
            Ok(Value::ServerError(error)) if error.code() == "NOSCRIPT" => {
                self.one(&call, script("EVAL", text), route()).await
            }
            value => value,
        };
        group_results(&ops, commands, answer(value?))
    }

    async fn one(&self, call: &Call, cmd: Cmd, key: Option<Bytes>) -> Result<Value, ProviderError> {
        let mut answers = self.link.run(self.limit(call), vec![(cmd, key)]).await;
        answers.pop().unwrap_or_else(|| Err(ProviderError::internal("the group got no answer")))
    }
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
