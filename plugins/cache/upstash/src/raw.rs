//! A large value as the body of a request of its own: bytes as they are, neither escaped nor copied.
//!
//! Upstash appends a body to the command that the path names. What stands before and after the value goes into the path,
//! in hexadecimal, because no documentation says how other characters of a path are read. A script puts the words into
//! order and runs them. It is called by its hash, so that the path stays short.

use outrigger_plugin_api::sdk::Bytes;
use outrigger_redis_commands::{Command, List};

/// Values below this are worth no request of their own: escaped they cost at most as much again.
const VALUE_BYTES_MIN: usize = 64 << 10;

/// Longest words beside the value. With them the path stays below the 8 KiB that servers commonly take.
const OTHERS_BYTES_MAX: usize = 2 << 10;

/// ARGV: the value's place in the command, its other words in hexadecimal after an `x`, the value.
pub(crate) const SCRIPT: &str = r"local place, words = tonumber(ARGV[1]), {}
local function plain(hex)
  local function byte(two) return string.char(tonumber(two, 16)) end
  return (string.gsub(string.sub(hex, 2), '%x%x', byte))
end
for i = 2, #ARGV - 1 do
  if #words + 1 == place then words[place] = ARGV[#ARGV] end
  words[#words + 1] = plain(ARGV[i])
end
if #words + 1 == place then words[place] = ARGV[#ARGV] end
return redis.pcall(unpack(words))";

/// Returns the path after the script's hash, and the body, where the command should go alone. `row` is what it would
/// take in a pipeline.
pub(crate) fn alone(command: &Command<List>, row: &[u8]) -> Option<(String, Bytes)> {
    let words = &command.words.0;
    let (place, value) = words.iter().enumerate().max_by_key(|(_, word)| word.len())?;
    let others: usize = words.iter().map(Bytes::len).sum::<usize>().saturating_sub(value.len());
    // A script can't call a script.
    let fits = command.body.is_none() && words.first().is_some_and(|name| name != "EVAL") && others <= OTHERS_BYTES_MAX;
    // Text that JSON hardly escapes is as well off in the pipeline.
    let pays = value.len() >= VALUE_BYTES_MIN && row.len() > value.len() + value.len() / 4;
    if !fits || !pays {
        return None;
    }
    let mut path = format!("/0/{}", place + 1);
    for (_, word) in words.iter().enumerate().filter(|(other, _)| *other != place) {
        path.push_str("/x");
        word.iter().for_each(|byte| path.push_str(&format!("{byte:02x}")));
    }
    Some((path, value.clone()))
}

#[cfg(test)]
mod tests;
