//! Random requests: every command of the door, with arguments that are valid, odd and wrong.
#![expect(clippy::indexing_slicing, reason = "tests; clippy knows their functions, but not those they call")]

pub(super) use rand_core::Source;

/// Words of a request.
pub(super) type Request = Vec<Vec<u8>>;

/// A small generator whose sequence a seed decides for ever.
pub(super) mod rand_core {
    /// SplitMix64.
    pub(crate) struct Source(pub(crate) u64);

    impl Source {
        pub(crate) fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        }

        pub(crate) fn below(&mut self, bound: usize) -> usize {
            usize::try_from(self.next() % bound as u64).unwrap()
        }

        pub(crate) fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
            of[self.below(of.len())]
        }

        pub(crate) fn chance(&mut self, percent: usize) -> bool {
            self.below(100) < percent
        }
    }
}

const KEYS: [&[u8]; 8] = [b"a", b"b", b"c", b"d", b"", b"key:1", b"key:2", b"bin\0\xff\r\n"];
const VALUES: [&[u8]; 16] = [
    b"",
    b"0",
    b"1",
    b"-1",
    b"42",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"3.5",
    b"1e2",
    b"abc",
    b" 1",
    b"01",
    b"hello world",
    b"\0\xff\r\n",
    b"10.25",
    b"nan",
];
const NUMBERS: [&[u8]; 14] = [
    b"0",
    b"1",
    b"-1",
    b"2",
    b"5",
    b"-3",
    b"100",
    b"1000000",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"x",
    b"1.5",
    b"",
    b"9223372036854775808",
];
const WATCHED: [&[u8]; 2] = [b"w:1", b"w:2"];
/// Deadlines are either long past a test's end, or wrong, or past.
const TIMES: [&[u8]; 9] =
    [b"1000", b"5000", b"100000", b"0", b"-1", b"x", b"9223372036854775807", b"9223372036854775", b"3000"];
const MOMENTS: [&[u8]; 6] = [b"4102444800", b"4102444800000", b"1", b"0", b"-5", b"x"];
const FLOATS: [&[u8]; 9] = [b"0.5", b"-1.25", b"3", b"1e2", b"0.25", b"x", b"inf", b"", b"-2"];

/// Returns one request.
pub(super) fn request(source: &mut Source) -> Request {
    let mut words = match source.below(100) {
        0..25 => write(source),
        25..45 => read(source),
        45..60 => count(source),
        60..80 => deadline(source),
        80..92 => keys(source),
        _ => connection(source),
    };
    if source.chance(3) {
        // A word too few or too many.
        if source.chance(50) && words.len() > 1 { drop(words.pop()) } else { words.push(b"extra".to_vec()) }
    }
    if source.chance(10) {
        words[0].make_ascii_uppercase();
    }
    words
}

fn of(name: &str, words: Vec<&[u8]>) -> Request {
    std::iter::once(name.as_bytes()).chain(words).map(<[u8]>::to_vec).collect()
}

fn write(s: &mut Source) -> Request {
    let (key, value) = (s.one(&KEYS), s.one(&VALUES));
    if s.chance(10) {
        return of("set", vec![s.one(&WATCHED), value]);
    }
    match s.below(9) {
        0..3 => {
            let mut words = vec![key, value];
            for _ in 0..s.below(4) {
                let option: &[u8] =
                    s.one(&[&b"NX"[..], b"XX", b"GET", b"KEEPTTL", b"EX", b"px", b"EXAT", b"PXAT", b"BAD"]);
                words.push(option);
                if matches!(option, b"EX" | b"px") {
                    words.push(s.one(&TIMES));
                } else if matches!(option, b"EXAT" | b"PXAT") {
                    words.push(s.one(&MOMENTS));
                }
            }
            of("set", words)
        }
        3 => of("setnx", vec![key, value]),
        4 => of(s.one(&["setex", "psetex"]), vec![key, s.one(&TIMES), value]),
        5 => of("getset", vec![key, value]),
        6 => of("append", vec![key, value]),
        7 => of("setrange", vec![key, s.one(&[&b"0"[..], b"3", b"10", b"-1", b"x", b"536870912"]), value]),
        _ => {
            let mut words = vec![key, value, s.one(&KEYS), s.one(&VALUES)];
            if s.chance(10) {
                words.pop();
            }
            of(s.one(&["mset", "msetnx"]), words)
        }
    }
}

fn read(s: &mut Source) -> Request {
    let key = s.one(&KEYS);
    match s.below(8) {
        0..3 => of("get", vec![key]),
        3 => of("mget", (0..=s.below(4)).map(|_| s.one(&KEYS)).collect()),
        4 => of("strlen", vec![key]),
        5 => of(s.one(&["getrange", "substr"]), vec![key, s.one(&NUMBERS), s.one(&NUMBERS)]),
        6 => of("getdel", vec![key]),
        _ => {
            let options: [&[&[u8]]; 7] =
                [&[], &[b"PERSIST"], &[b"EX", b"1000"], &[b"PX", b"0"], &[b"EXAT", b"4102444800"], &[b"BAD"], &[b"EX"]];
            let option = options[s.below(options.len())];
            of("getex", [&[key][..], option].concat())
        }
    }
}

fn count(s: &mut Source) -> Request {
    let key = s.one(&KEYS);
    match s.below(5) {
        0 => of("incr", vec![key]),
        1 => of("decr", vec![key]),
        2 => of("incrby", vec![key, s.one(&NUMBERS)]),
        3 => of("decrby", vec![key, s.one(&NUMBERS)]),
        // On keys of its own: beside numbers of 19 digits, Redis' long doubles and decimals round differently.
        _ => of(s.one(&["incrbyfloat", "incrbyfloat", "set"]), vec![s.one(&[&b"f:1"[..], b"f:2"]), s.one(&FLOATS)]),
    }
}

fn deadline(s: &mut Source) -> Request {
    let key = s.one(&KEYS);
    match s.below(8) {
        0..3 => {
            let name = s.one(&["expire", "pexpire", "expireat", "pexpireat"]);
            let time = if name.ends_with("at") { s.one(&MOMENTS) } else { s.one(&TIMES) };
            // GT and LT compare with a deadline that was set at another millisecond on the other server.
            let other = (1_000 + s.below(100_000_000)).to_string();
            let time = if s.chance(50) && !name.ends_with("at") { other.as_bytes() } else { time };
            let mut words = vec![key, time];
            for _ in 0..s.below(3) {
                let flags: [&[u8]; 5] = [b"NX", b"XX", b"gt", b"LT", b"BAD"];
                let unlike = time == other.as_bytes() || name.ends_with("at");
                words.push(s.one(if unlike { &flags } else { &flags[..2] }));
            }
            of(name, words)
        }
        3 => of("ttl", vec![key]),
        4 => of("pttl", vec![key]),
        5 => of(s.one(&["expiretime", "pexpiretime"]), vec![key]),
        _ => of("persist", vec![key]),
    }
}

fn keys(s: &mut Source) -> Request {
    let (key, to) = (s.one(&KEYS), s.one(&KEYS));
    match s.below(16) {
        0..3 => of(s.one(&["del", "unlink"]), vec![key, to]),
        3..5 => of(s.one(&["exists", "touch"]), vec![key, to, key]),
        5 => of("type", vec![key]),
        6..8 => of(s.one(&["rename", "renamenx"]), vec![key, to]),
        8..10 => {
            let options: [&[&[u8]]; 5] = [&[], &[b"REPLACE"], &[b"DB", b"0"], &[b"DB", b"x"], &[b"BAD"]];
            let option = options[s.below(options.len())];
            of("copy", [&[key, to][..], option].concat())
        }
        10 => of("keys", vec![s.one(&[&b"*"[..], b"key:*", b"[a-c]", b"?", b"nope"])]),
        11 => {
            let options: [&[&[u8]]; 7] = [
                &[b"0", b"COUNT", b"1000"],
                &[b"0", b"MATCH", b"key:*", b"COUNT", b"1000"],
                &[b"0", b"COUNT", b"0"],
                &[b"x"],
                &[b"0", b"COUNT"],
                &[b"0", b"TYPE", b"string", b"COUNT", b"1000"],
                &[b"0", b"TYPE", b"hash", b"COUNT", b"1000"],
            ];
            of("scan", options[s.below(options.len())].to_vec())
        }
        12 => of("dbsize", vec![]),
        13 => of("randomkey", vec![]),
        14 => of("object", vec![s.one(&[&b"refcount"[..], b"BAD"]), key]),
        _ if s.chance(20) => of(s.one(&["flushdb", "flushall"]), vec![s.one(&[&b"SYNC"[..], b"ASYNC", b"BAD"])]),
        _ => of("exists", vec![key]),
    }
}

fn connection(s: &mut Source) -> Request {
    match s.below(14) {
        0 => of("ping", vec![]),
        1 => of("ping", vec![b"hi"]),
        2 => of("echo", vec![s.one(&VALUES)]),
        3 => of("select", vec![s.one(&[&b"0"[..], b"x", b"99"])]),
        4 => of("multi", vec![]),
        5..8 => of("exec", vec![]),
        8 => of("discard", vec![]),
        // Keys of their own, which are rarely deleted: see the known differences of WATCH.
        9 => of("watch", vec![s.one(&WATCHED), s.one(&WATCHED)]),
        10 => of("unwatch", vec![]),
        11 => of("nope", vec![s.one(&VALUES), b"b"]),
        12 => of("client", vec![s.one(&[&b"getname"[..], b"nope"])]),
        _ => of("wait", vec![b"0", b"0"]),
    }
}
