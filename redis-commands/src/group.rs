//! Groups as one script: what it is given, and what its reply says.

use outrigger_plugin_api::sdk::{
    Bytes, ProviderError,
    cache::{Group, Op, OpResult, Watched},
};

use crate::{Answer, Command, Keyspace, List, Words, decode, unexpected};

/// Commands of a group; those that could not be encoded are not sent.
pub type Encoded = Result<Command<List>, ProviderError>;

/// Returns the keys of an operation as the server knows them: none, one or two.
pub fn keys_of(space: &Keyspace, op: &Op<Bytes>) -> Vec<Bytes> {
    let mut keys = Vec::with_capacity(2);
    // The order of fields is that of Op: the key comes first, and only these two have a second.
    op.map(|bytes| keys.push(space.outer(bytes)));
    keys.truncate(if matches!(op, Op::Rename { .. } | Op::Copy { .. }) { 2 } else { 1 });
    keys
}

/// Returns the call of the [`group_script`](crate::group_script): `name` is EVAL or EVALSHA, `script` its text or hash.
/// `keys` begins with the watched ones.
pub fn group<W: Words>(name: &str, script: &str, keys: &[Bytes], watched: &[Watched], commands: &[Encoded]) -> W {
    let mut words = W::named(name);
    words.word(script.as_bytes());
    words.count(keys.len() as u64);
    for key in keys {
        words.bytes(key);
    }
    words.count(watched.len() as u64);
    for watched in watched {
        words.bytes(&watched.token);
    }
    for command in commands.iter().flatten() {
        // An EVAL becomes the name of its body, in place of the two words EVAL and the text.
        let rest = command.words.0.get(if command.body.is_some() { 2 } else { 0 }..).unwrap_or_default();
        words.count(rest.len() as u64 + u64::from(command.body.is_some()));
        if let Some(body) = command.body {
            words.word(body.name().as_bytes());
        }
        for word in rest {
            words.bytes(word);
        }
    }
    words
}

/// Returns what the script's reply says of the group.
///
/// # Errors
/// The script's own, or `internal` where the reply is none of its.
pub fn group_results(ops: &[Op<Bytes>], commands: Vec<Encoded>, answer: Answer) -> Result<Group, ProviderError> {
    let answers = match answer {
        Answer::Nil => return Ok(Group::Changed),
        Answer::List(answers) => answers,
        other => return Err(unexpected(&other)),
    };
    let mut answers = answers.into_iter();
    let result = |(op, command): (&Op<Bytes>, Encoded)| -> OpResult {
        command?;
        let answer = answers.next().ok_or_else(|| ProviderError::internal("the group answered too few operations"))?;
        decode(op, answer)
    };
    Ok(Group::Ran(ops.iter().zip(commands).map(result).collect()))
}
