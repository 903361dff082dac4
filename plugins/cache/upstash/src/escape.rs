//! Commands as JSON, which carries text alone: how bytes that aren't UTF-8 travel.
//!
//! A command of text goes as it is. One with other bytes becomes a script: each byte of its words is written as the
//! character of the same number (ISO 8859-1), and the script turns the characters back before it runs the command. Bytes
//! below 128 are themselves, so a word of text with a few others grows little; random bytes grow by half. Raw bodies,
//! the documented way for bytes, carry one command a request and are kept for large values ([`raw`](crate::raw)).

use std::borrow::Cow;

use outrigger_redis_commands::{Command, List};
use serde_json::Value;

/// Turns escaped words back. Lua's strings are bytes: character 128 to 255 arrives as two bytes of UTF-8.
const PRELUDE: &str = r"local bytes = {}
for i = 128, 191 do
  bytes['\194' .. string.char(i)] = string.char(i)
  bytes['\195' .. string.char(i)] = string.char(i + 64)
end
local function plain(words)
  local out = {}
  for i = 1, #words do out[i] = string.gsub(words[i], '[\194\195][\128-\191]', bytes) end
  return out
end
local KEYS, ARGV = plain(KEYS), plain(ARGV)
";

/// Runs one command. KEYS: its key, if it has one. ARGV: its name, then what follows the key. Lua's numbers are exact
/// only to 2^53, so a larger sum is read back as text.
const RUN: &str = r"local words = {ARGV[1], KEYS[1]}
for i = 2, #ARGV do words[#words + 1] = ARGV[i] end
local reply = redis.pcall(unpack(words))
if words[1] == 'INCRBY' and type(reply) == 'number' and math.abs(reply) >= 9007199254740992 then
  return redis.call('GET', KEYS[1])
end
return reply";

/// Returns the command as the JSON array that is sent.
pub(crate) fn row(command: &Command<List>) -> Vec<u8> {
    let words = &command.words.0;
    let text: Option<Vec<_>> = words.iter().map(|word| std::str::from_utf8(word).ok().map(Cow::Borrowed)).collect();
    let row: Vec<Cow<'_, str>> = match (text, words.split_first()) {
        (Some(text), _) => text,
        (None, Some((name, rest))) if name == "EVAL" => {
            // The script itself is ours, and text.
            let (script, rest) = rest
                .split_first()
                .map_or((Cow::Borrowed(""), rest), |(script, rest)| (String::from_utf8_lossy(script), rest));
            let head = [Cow::Borrowed("EVAL"), Cow::Owned(format!("{PRELUDE}{script}"))];
            head.into_iter().chain(rest.iter().map(|word| escaped(word))).collect()
        }
        (None, Some((name, rest))) => {
            // A key is declared as such, so that the server can load it first. Escaped it would be another key's name.
            let (keys, rest) = match rest.split_first() {
                Some((key, rest)) if command.key.is_some() => (std::slice::from_ref(key), rest),
                _ => ([].as_slice(), rest),
            };
            let head = [Cow::Borrowed("EVAL"), Cow::Owned(format!("{PRELUDE}{RUN}"))];
            let count = Cow::Borrowed(if keys.is_empty() { "0" } else { "1" });
            let words = keys.iter().chain([name]).chain(rest).map(|word| escaped(word));
            head.into_iter().chain([count]).chain(words).collect()
        }
        (None, None) => Vec::new(),
    };
    Value::from(row).to_string().into_bytes()
}

/// Writes each byte as the character of the same number.
fn escaped(word: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(word) {
        Ok(text) if text.is_ascii() => Cow::Borrowed(text),
        _ => Cow::Owned(word.iter().copied().map(char::from).collect()),
    }
}

#[cfg(test)]
mod tests;
