//! The Lua scripts, for what Redis 7 has no command for.
//!
//! Each body reads only KEYS and ARGV, so that the same text runs as a script of its own and as a function of the
//! group script. Strings, not numbers, carry integers: Lua's are floats, exact only to 2^53.

/// A script by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// KEYS: key. ARGV: expected, value, options of SET.
    CompareAndSet,
    /// KEYS: key. ARGV: expected.
    CompareAndDelete,
    /// KEYS: key. ARGV: expected, command that sets the deadline and its argument, or nothing.
    CompareAndExpire,
    /// KEYS: key. ARGV: by, command that sets the deadline, its argument.
    Increment,
    /// KEYS: key.
    Token,
}

impl Body {
    const ALL: [Self; 5] =
        [Self::CompareAndSet, Self::CompareAndDelete, Self::CompareAndExpire, Self::Increment, Self::Token];

    /// Returns the name by which the group script calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CompareAndSet => "@set",
            Self::CompareAndDelete => "@delete",
            Self::CompareAndExpire => "@expire",
            Self::Increment => "@increment",
            Self::Token => "@token",
        }
    }

    /// Returns the Lua text.
    pub const fn text(self) -> &'static str {
        match self {
            Self::CompareAndSet => {
                "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], unpack(ARGV, 3))
return 1"
            }
            Self::CompareAndDelete => {
                "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])"
            }
            Self::CompareAndExpire => {
                "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] then redis.call(ARGV[2], KEYS[1], unpack(ARGV, 3)) end
return 1"
            }
            // The sum is read back as text before a deadline that is over can delete it.
            Self::Increment => {
                "local had = redis.call('EXISTS', KEYS[1])
redis.call('INCRBY', KEYS[1], ARGV[1])
local sum = redis.call('GET', KEYS[1])
if had == 0 then redis.call(ARGV[2], KEYS[1], ARGV[3]) end
return sum"
            }
            // The deadline is part of the state, as a change of it ends a WATCH. Servers before 7.0 can't tell it.
            Self::Token => {
                "local value = redis.call('GET', KEYS[1])
if not value then return '-' end
local deadline = redis.pcall('PEXPIRETIME', KEYS[1])
if type(deadline) == 'table' then deadline = '' end
return redis.sha1hex(value) .. #value .. ':' .. deadline"
            }
        }
    }
}

/// The frame of the group script. KEYS: the watched keys, then every key of the operations (for routing and access
/// control only). ARGV: how many keys are watched, their tokens, then each command as its length and its words.
const GROUP: &str = "
local at = 0
local function take() at = at + 1; return ARGV[at] end
for i = 1, tonumber(take()) do
  if bodies['@token']({KEYS[i]}, {}) ~= take() then return false end
end
local function run(words)
  local body = bodies[words[1]]
  if not body then
    local reply = redis.call(unpack(words))
    if words[1] == 'INCRBY' and math.abs(reply) >= 9007199254740992 then return redis.call('GET', words[2]) end
    return reply
  end
  local count, keys, args = tonumber(words[2]), {}, {}
  for i = 3, #words do
    if i < 3 + count then keys[#keys + 1] = words[i] else args[#args + 1] = words[i] end
  end
  return body(keys, args)
end
local replies = {}
while at < #ARGV do
  local words = {}
  for i = 1, tonumber(take()) do words[i] = take() end
  local ok, reply = pcall(run, words)
  if not ok and type(reply) ~= 'table' then reply = {err = tostring(reply)} end
  replies[#replies + 1] = reply
end
return replies";

/// Returns the group script, with every body as a function.
pub fn group_script() -> String {
    let mut text = String::from("local bodies = {}");
    for body in Body::ALL {
        text.push_str(&format!("\nbodies['{}'] = function(KEYS, ARGV)\n{}\nend", body.name(), body.text()));
    }
    text.push_str(GROUP);
    text
}
