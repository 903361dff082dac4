//! Groups: a transaction where nothing is watched, else one script that compares and runs.

use std::sync::LazyLock;

use outrigger_plugin_api::sdk::{
    Bytes, ProviderError,
    cache::{Group, Op, Watched},
};
use outrigger_redis_commands::{Answer, Command, List, encode, group, group_results, group_script, keys_of, split};

use crate::{batch::rows, provider::UpstashCache, rest::Asking};

/// The group script, with errors and OK among its replies as lists: how the server writes those within a list is not
/// documented, and no command of a cache answers with a list.
static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let script = group_script();
    format!(
        "local function group()\n{script}\nend
local replies = group()
for i = 1, type(replies) == 'table' and #replies or 0 do
  local reply = replies[i]
  if type(reply) == 'table' and reply.err then replies[i] = {{'-', reply.err}} end
  if type(reply) == 'table' and reply.ok then replies[i] = {{'+'}} end
end
return replies"
    )
});

/// Turns what the script wrote as lists back.
fn plain(answer: Answer) -> Answer {
    let Answer::List(parts) = &answer else { return answer };
    match parts.as_slice() {
        [Answer::Bytes(mark)] if mark == b"+" => Answer::Okay,
        [Answer::Bytes(mark), Answer::Bytes(line)] if mark == b"-" => {
            let line = String::from_utf8_lossy(line);
            let (code, detail) = split(&line);
            Answer::Error { code: code.to_owned(), detail: detail.to_owned() }
        }
        _ => answer,
    }
}

impl UpstashCache {
    pub(crate) async fn run_group(
        &self,
        asking: &Asking,
        watched: Vec<Watched>,
        ops: &[Op<Bytes>],
    ) -> Result<Group, ProviderError> {
        let commands: Vec<_> = ops.iter().map(|op| encode::<List>(&self.space, op)).collect();
        let answer = if watched.is_empty() {
            let sent: Vec<_> = commands.iter().flatten().cloned().collect();
            let rows = rows(&sent, self.rest.request_max)?;
            Answer::List(if rows.is_empty() {
                Vec::new()
            } else {
                self.rest.many(asking, "/multi-exec", &rows).await?
            })
        } else {
            let mut keys: Vec<Bytes> = watched.iter().map(|watched| self.space.outer(&watched.key)).collect();
            let sent = ops.iter().zip(&commands).filter(|(_, command)| command.is_ok());
            keys.extend(sent.flat_map(|(op, _)| keys_of(&self.space, op)));
            let words = group("EVAL", &SCRIPT, &keys, &watched, &commands);
            let rows = rows(&[Command { words, body: None, key: None }], self.rest.request_max)?;
            match self.rest.one(asking, rows.concat()).await? {
                Answer::List(answers) => Answer::List(answers.into_iter().map(plain).collect()),
                answer => answer,
            }
        };
        group_results(ops, commands, answer)
    }
}
