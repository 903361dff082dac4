//! Which scripts are known, and how one is recognised.

/// Longest script that is looked at: the longest known one has some 700 bytes.
const TEXT_BYTES_MAX: usize = 4 << 10;

/// A script that is run as native operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands) enum Known {
    /// Deletes if the value is ARGV[1]: 1 or 0.
    Release,
    /// As `Release`, but -1 where there is no key.
    ReleaseOrGone,
    /// Sets the deadline ARGV[2], in seconds, if the value is ARGV[1].
    ExtendSeconds,
    /// Sets the deadline ARGV[2], in milliseconds, if the value is ARGV[1].
    ExtendMillis,
    /// As `ExtendMillis`, but adds to what is left unless ARGV[3] says otherwise; 0 for a key without deadline.
    ExtendLeft,
    /// Writes ARGV[1] for ARGV[2] seconds if the key is free: OK or nothing.
    AddSeconds,
    /// Writes ARGV[1] if the value is ARGV[2], with the option ARGV[3] and ARGV[4]: OK or 0.
    CompareAndSet,
    /// Adds ARGV[1]; where that gives 1, sets the deadline ARGV[2] in milliseconds.
    IncrementMillis,
    /// Adds ARGV[1].
    Increment,
    /// Adds ARGV[1] where there is a key, else nothing.
    IncrementPresent,
    /// Adds ARGV[1] to a counter that lasts ARGV[2] seconds from its first use: the count and the milliseconds left.
    Limit,
    /// Writes ARGV[1] for ARGV[2] milliseconds to all keys if none exists: how many keys, or 0.
    LockAll,
    /// Deletes the keys whose value is ARGV[1]: how many.
    UnlockAll,
    /// Writes ARGV[1] for ARGV[2] milliseconds to all keys if each has that value: how many keys, or 0.
    ExtendAll,
}

/// Plain texts, as [`plain`] gives them.
const KNOWN: &[(&str, Known)] = &[
    // aiocache, cashews, Laravel, and Redis' own documentation of SET.
    ("if redis.call('get',keys[1])==argv[1]then return redis.call('del',keys[1])else return 0 end", Known::Release),
    ("if redis.call('get',keys[1])==argv[1]then return redis.call('unlink',keys[1])else return 0 end", Known::Release),
    // redis-py's Lock, which django-redis, dogpile.cache and Flask-Caching use too.
    (
        "local token=redis.call('get',keys[1])if not token or token~=argv[1]then return 0 end redis.call('del',keys[1])return 1",
        Known::Release,
    ),
    (
        "local token=redis.call('get',keys[1])if not token or token~=argv[1]then return 0 end \
         local expiration=redis.call('pttl',keys[1])if not expiration then expiration=0 end \
         if expiration<0 then return 0 end local newttl=argv[2]\
         if argv[3]=='0'then newttl=argv[2]+expiration end redis.call('pexpire',keys[1],newttl)return 1",
        Known::ExtendLeft,
    ),
    (
        "local token=redis.call('get',keys[1])if not token or token~=argv[1]then return 0 end \
         redis.call('pexpire',keys[1],argv[2])return 1",
        Known::ExtendMillis,
    ),
    // Laravel's refresh, redsync's touch.
    (
        "if redis.call('get',keys[1])==argv[1]then return redis.call('expire',keys[1],argv[2])else return 0 end",
        Known::ExtendSeconds,
    ),
    (
        "if redis.call('get',keys[1])==argv[1]then return redis.call('pexpire',keys[1],argv[2])else return 0 end",
        Known::ExtendMillis,
    ),
    // redsync's release.
    (
        "local val=redis.call('get',keys[1])if val==argv[1]then return redis.call('del',keys[1])\
         elseif val==false then return-1 else return 0 end",
        Known::ReleaseOrGone,
    ),
    // Laravel's add.
    ("return redis.call('exists',keys[1])<1 and redis.call('setex',keys[1],argv[2],argv[1])", Known::AddSeconds),
    // aiocache's optimistic lock.
    (
        "if redis.call('get',keys[1])==argv[2]then if#argv==4 then \
         return redis.call('set',keys[1],argv[1],argv[3],argv[4])else return redis.call('set',keys[1],argv[1])end \
         else return 0 end",
        Known::CompareAndSet,
    ),
    // cashews' counter.
    (
        "local current_count=redis.call('incrby',keys[1],argv[1])\
         if current_count==1 then redis.call('pexpire',keys[1],argv[2])end return current_count",
        Known::IncrementMillis,
    ),
    // django-redis' counters.
    ("return redis.call('incrby',keys[1],argv[1])", Known::Increment),
    (
        "local exists=redis.call('exists',keys[1])if(exists==1)then return redis.call('incrby',keys[1],argv[1])\
         else return false end",
        Known::IncrementPresent,
    ),
    // rate-limiter-flexible.
    (
        "redis.call('set',keys[1],0,'ex',argv[2],'nx')local consumed=redis.call('incrby',keys[1],argv[1])\
         local ttl=redis.call('pttl',keys[1])if ttl==-1 then redis.call('expire',keys[1],argv[2])ttl=1000*argv[2]end \
         return{consumed,ttl}",
        Known::Limit,
    ),
    // redlock for Node.js.
    (
        "for i,key in ipairs(keys)do if redis.call('exists',key)==1 then return 0 end end \
         for i,key in ipairs(keys)do redis.call('set',key,argv[1],'px',argv[2])end return#keys",
        Known::LockAll,
    ),
    (
        "local count=0 for i,key in ipairs(keys)do if redis.call('get',key)==argv[1]then redis.pcall('del',key)\
         count=count+1 end end return count",
        Known::UnlockAll,
    ),
    (
        "for i,key in ipairs(keys)do if redis.call('get',key)~=argv[1]then return 0 end end \
         for i,key in ipairs(keys)do redis.call('set',key,argv[1],'px',argv[2])end return#keys",
        Known::ExtendAll,
    ),
];

impl Known {
    /// Returns the known script that a text is, however it is indented, commented, quoted and capitalised.
    pub(super) fn recognise(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok().filter(|text| text.len() <= TEXT_BYTES_MAX)?;
        let plain = plain(text);
        KNOWN.iter().find(|(known, _)| *known == plain).map(|(_, known)| *known)
    }
}

/// Writes a script without comments, in small letters, with single quotes, and with a space only between two words.
/// None of the known scripts has a literal in which that would matter.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut gap = false;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    for line in text.lines() {
        let code = line.split_once("--").map_or(line, |(code, _)| code);
        for c in code.chars().map(|c| if c == '"' { '\'' } else { c.to_ascii_lowercase() }) {
            if c.is_whitespace() || c == ';' {
                gap = true;
                continue;
            }
            if gap && is_word(c) && plain.ends_with(is_word) {
                plain.push(' ');
            }
            gap = false;
            plain.push(c);
        }
        gap = true;
    }
    plain
}
